package claude

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
)

// Connect opens the connection that the first Stream will use, so that it waits
// for neither DNS, TCP, TLS nor a proxy. It sends no request and no key: it
// costs nothing and counts against no limit. It returns nil when the endpoint
// was reached or a connection was there already, and otherwise what Stream
// would have said. Calling it is never needed.
//
// It starts a request with net/http and cancels it when it has its connection
// but has not written its header; net/http keeps a connection whose request was
// cancelled that early for the next one. (A connection of
// http.Transport.NewClientConn would stay outside the pool, and we would have
// to do all over again what the pool does about dead connections.)
//
// To a plain http address on loopback it only makes sure that somebody listens:
// there is nothing to save there.
func (c *Client) Connect(ctx context.Context) error {
	n, err := c.network()
	if err != nil {
		return err
	}
	r := c.begin(ctx)
	defer r.finish()
	r.connecting()
	if c.base.Scheme == "http" {
		port := c.base.Port()
		if port == "" {
			port = "80"
		}
		conn, err := c.dial(r.ctx, "tcp", net.JoinHostPort(c.base.Hostname(), port))
		if err != nil {
			return c.unreachable(r.ctx, err)
		}
		return conn.Close()
	}
	return c.unreachable(r.ctx, c.warm(r, n))
}

// warm leaves an idle connection in the pool of n.
func (c *Client) warm(r *request, n *network) error {
	ctx, cancel := context.WithCancel(r.ctx)
	defer cancel()
	var opened atomic.Bool
	var handshakes atomic.Int32 // that are left before the connection reaches the endpoint
	handshakes.Store(1)
	if n.proxy != nil && n.proxy.Scheme == "https" {
		handshakes.Store(2) // one with the proxy itself
	}
	returned := make(chan struct{})
	req, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		// HTTP/1: the request would be written as soon as it is given a connection.
		// So it is cancelled before the dialler can hand it over, which then gives
		// it to the pool. The dialler waits here until the request is gone.
		TLSHandshakeDone: func(state tls.ConnectionState, err error) {
			if err != nil || handshakes.Add(-1) != 0 || state.NegotiatedProtocol == "h2" {
				return
			}
			opened.Store(true)
			cancel()
			<-returned
		},
		// HTTP/2: a connection belongs to the pool from the start, and a request
		// whose context has ended is given up before its header is written.
		GotConn: func(info httptrace.GotConnInfo) {
			opened.Store(true)
			cancel()
			if tc, ok := info.Conn.(*tls.Conn); !ok || tc.ConnectionState().NegotiatedProtocol != "h2" {
				_ = info.Conn.Close() // an idle HTTP/1 connection: rather lose it than send on it
			}
		},
	}), http.MethodHead, c.base.String(), nil)
	if err != nil {
		return err
	}
	resp, err := n.transport.RoundTrip(req)
	close(returned)
	if err == nil {
		_ = resp.Body.Close()
	}
	if opened.Load() {
		return nil
	}
	return err
}
