package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"time"
)

// frontDoor puts a listener before the upstream, where broke breaks
// connections.
func frontDoor(broke func(u *brokenUpstream, c net.Conn)) func(*faultHouse) error {
	return func(h *faultHouse) error {
		d := &door{house: h, to: h.up.inner.Listener.Addr().String(), broke: broke}
		h.up.inner.Config.SetKeepAlivesEnabled(false) // each request comes through the door
		h.clean = append(h.clean, d.shut)
		return d.open("127.0.0.1:0")
	}
}

// refusing shuts the door: for a moment where it is to break once, for a longer
// one where it is to break twice. How often somebody knocks at a port that is
// not there cannot be counted.
func refusing(h *faultHouse) error {
	d := &door{house: h, to: h.up.inner.Listener.Addr().String()}
	h.up.inner.Config.SetKeepAlivesEnabled(false)
	h.clean = append(h.clean, d.shut)
	if err := d.open("127.0.0.1:0"); err != nil {
		return err
	}
	at := d.listener.Addr().String()
	h.up.shut = func(n int) {
		d.shut()
		if n == forEver {
			return
		}
		time.AfterFunc(map[int]time.Duration{1: 60 * time.Millisecond, 2: 300 * time.Millisecond}[n], func() { _ = d.open(at) })
		if n == 0 {
			time.Sleep(50 * time.Millisecond) // it is open again
		}
	}
	return nil
}

// A door is where connections to the upstream come in.
type door struct {
	house *faultHouse
	to    string
	broke func(u *brokenUpstream, c net.Conn)

	mu       sync.Mutex
	listener net.Listener
}

func (d *door) open(at string) error {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", at)
	if err != nil {
		return err
	}
	d.mu.Lock()
	d.listener = l
	d.mu.Unlock()
	url := l.Addr().String()
	if strings.HasPrefix(d.house.up.inner.URL, "https") {
		d.house.base = "https://" + url
	} else {
		d.house.base = "http://" + url
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if d.broke != nil && d.house.up.breaks() {
				d.house.up.tries.Add(1)
				go d.broke(d.house.up, c)
				continue
			}
			go d.pass(c)
		}
	}()
	return nil
}

func (d *door) shut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	_ = d.listener.Close()
}

// pass copies a connection to the upstream and back.
func (d *door) pass(c net.Conn) {
	defer func() { _ = c.Close() }()
	up, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", d.to)
	if err != nil {
		return // the house is being closed
	}
	defer func() { _ = up.Close() }()
	go func() {
		_, _ = io.Copy(up, c)
		_ = up.Close() // the client has left
	}()
	_, _ = io.Copy(c, up)
}

// resetAtOnce resets a connection before anything was said.
func resetAtOnce(_ *brokenUpstream, c net.Conn) { resetConn(c) }

// resetAfterRequest resets it when the request has begun to come.
func resetAfterRequest(_ *brokenUpstream, c net.Conn) {
	_, _ = c.Read(make([]byte, 64))
	resetConn(c)
}

// closeAfterRequest closes it then.
func closeAfterRequest(_ *brokenUpstream, c net.Conn) {
	_, _ = c.Read(make([]byte, 1<<20))
	_ = c.Close()
}

func resetConn(c net.Conn) {
	if t, ok := c.(*net.TCPConn); ok {
		_ = t.SetLinger(0) // best effort: a close is a broken answer too
	}
	_ = c.Close()
}

// mute takes a connection and says nothing.
func mute(u *brokenUpstream, c net.Conn) {
	defer func() { _ = c.Close() }()
	gone := make(chan struct{})
	go func() { _, _ = io.Copy(io.Discard, c); close(gone) }()
	select {
	case <-gone:
	case <-u.done:
	}
}

// notTLS answers a handshake as a web server without TLS does.
func notTLS(_ *brokenUpstream, c net.Conn) {
	_, _ = io.WriteString(c, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
	_ = c.Close()
}

// certified answers a handshake with a certificate that is not good.
func certified(host string, from, until time.Duration) func(*brokenUpstream, net.Conn) {
	cert, err := certificate(host, time.Now().Add(from), time.Now().Add(until))
	return func(_ *brokenUpstream, c net.Conn) {
		defer func() { _ = c.Close() }()
		if err != nil {
			return
		}
		s := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{cert}})
		_ = s.HandshakeContext(context.Background()) // the client hangs up
		_, _ = io.Copy(io.Discard, s)
	}
}

// certificate makes one that nobody has signed but itself.
func certificate(host string, from, until time.Time) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: from, NotAfter: until, DNSNames: []string{host}, IPAddresses: []net.IP{net.ParseIP(host)}}
	if c.IPAddresses[0] == nil {
		c.IPAddresses = nil
	}
	raw, err2 := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, errors.Join(err, err2)
}
