package metrics

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// ErrNotLoopback is the error for an address that others than this machine
// could reach.
var ErrNotLoopback = errors.New("figures are shown on a loopback address alone, such as 127.0.0.1:9464")

// What one who asks may take: Prometheus asks with one connection, every few
// seconds.
const (
	headerTime  = 2 * time.Second
	answerTime  = 5 * time.Second
	idleTime    = 2 * time.Minute
	headerBytes = 8 << 10
	connections = 16
	leaveTime   = time.Second // for answers under way when the server ends
)

// Listen opens a loopback address. A name is looked up first, and must be one
// of this machine too: what counts is where the listener really is.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	l, err := listen(ctx, address)
	if err != nil {
		return nil, err
	}
	if a, ok := l.Addr().(*net.TCPAddr); !ok || !a.IP.IsLoopback() {
		_ = l.Close()
		return nil, ErrNotLoopback
	}
	return l, nil
}

// listen refuses what is no loopback address before it is open, be it for a
// moment.
func listen(ctx context.Context, address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotLoopback, err)
	}
	if !local(host) {
		return nil, ErrNotLoopback
	}
	return (&net.ListenConfig{}).Listen(ctx, "tcp", address)
}

// local reports whether a host, as an address or a header names it, is this
// machine.
func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Handler answers GET /metrics and nothing else. The Host of a request must be
// this machine: a page in a browser can have its own name resolved to this
// address, and would read the figures otherwise.
func (r *Registry) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		host := q.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		if n := len(host); n > 2 && host[0] == '[' && host[n-1] == ']' {
			host = host[1 : n-1] // an IPv6 address without a port
		}
		switch {
		case !local(host):
			http.Error(w, "not a name of this machine", http.StatusMisdirectedRequest)
		case q.URL.Path != "/metrics":
			http.Error(w, "figures are at /metrics", http.StatusNotFound)
		case q.Method != http.MethodGet:
			w.Header().Set("Allow", http.MethodGet)
			http.Error(w, "GET alone", http.StatusMethodNotAllowed)
		default:
			w.Header().Set("Content-Type", ContentType)
			w.Header().Set("Cache-Control", "no-store")
			w.Header().Set("X-Content-Type-Options", "nosniff")
			_ = r.WriteText(w) // who asked has gone
		}
	})
}

// Serve shows the figures on l until ctx ends, and closes l. It returns nil
// where ctx ended it.
func (r *Registry) Serve(ctx context.Context, l net.Listener) error {
	var open atomic.Int32
	s := &http.Server{
		Handler:                      r.Handler(),
		DisableGeneralOptionsHandler: true,
		ReadHeaderTimeout:            headerTime,
		ReadTimeout:                  answerTime,
		WriteTimeout:                 answerTime,
		IdleTimeout:                  idleTime,
		MaxHeaderBytes:               headerBytes,
		ErrorLog:                     log.New(io.Discard, "", 0), // what is wrong with a request is the asker's to know
		ConnState: func(c net.Conn, state http.ConnState) {
			switch state {
			case http.StateNew:
				if open.Add(1) > connections {
					_ = c.Close()
				}
			case http.StateClosed:
				open.Add(-1)
			}
		},
	}
	ended := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(ended)
		leave, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveTime)
		defer cancel()
		if s.Shutdown(leave) != nil {
			_ = s.Close()
		}
	})
	err := s.Serve(l)
	if stop() {
		_ = s.Close()
		return err
	}
	<-ended
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
