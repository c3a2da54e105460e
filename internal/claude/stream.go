package claude

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptrace"
	"time"

	"go.uber.org/zap"

	"github.com/claude-lsp/claude-lsp/internal/model"
)

// apiVersion is the version of the API that we speak. There is a newer one
// (2026-10-21), which for what is sent here changes nothing: it refuses
// sampling fields, and none are sent. The older one is understood by every
// gateway and local server too.
const apiVersion = "2023-06-01"

// Stream implements model.Streamer. Every chunk is Markdown.
//
// Its errors are those of package model: ErrNoKey and ErrConfig before anything
// is sent; a *StatusError for what the API refused, before or within the
// stream; ErrOffline, ErrTimeout and ErrIncomplete for the network; ErrRefused
// for the model. When ctx ends the error is ctx.Err(), together with its cause.
func (c *Client) Stream(ctx context.Context, p model.Prompt) iter.Seq2[model.Chunk, error] {
	return func(yield func(model.Chunk, error) bool) {
		if ctx.Err() != nil {
			yield(model.Chunk{}, ended(ctx))
			return
		}
		if c.life.Err() != nil {
			yield(model.Chunk{}, fmt.Errorf("%w: %w", model.ErrUnavailable, errClosed))
			return
		}
		r := c.begin(ctx)
		defer r.finish() // aborts whatever has not come to its end
		body, id, err := c.render(p, toAnswer)
		if err != nil {
			yield(model.Chunk{}, err)
			return
		}
		r.model = id
		resp, secret, err := c.exchange(r, c.endpoint, body, levelNow)
		if err != nil {
			yield(model.Chunk{}, err)
			return
		}
		defer func() { _ = resp.Body.Close() }()
		for chunk, err := range chunks(&firstByte{resp.Body, r}, secret) {
			if r.ctx.Err() != nil {
				// What had been read ahead is not handed out after the end.
				err = c.unreachable(r.ctx, r.ctx.Err())
			}
			if err != nil {
				c.log(r, "stream broke off", resp, zap.String("trouble", string(model.TroubleOf(err))))
				yield(model.Chunk{}, err)
				return
			}
			if chunk.Usage != nil {
				c.observe(r, *chunk.Usage)
			}
			if chunk.Stop != "" {
				c.log(r, "stream complete", resp, zap.String("stop", string(chunk.Stop)))
				yield(chunk, nil)
				r.drain(resp.Body)
				return
			}
			if !yield(chunk, nil) {
				c.log(r, "stream stopped by us", resp)
				return
			}
		}
	}
}

// A request is one request's clock. Its context ends with the caller's, with
// the client, and when a phase has taken too long; the cause tells which.
type request struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	limits Timeouts
	begun  time.Time
	phase  *time.Timer // of connecting, then of waiting for the first byte; nil before
	total  *time.Timer
	unlink func() bool

	whole    bool   // an object is wanted, and no stream
	model    string // for the log
	body     *body  // as it was sent
	plain    int64  // bytes of it before it was compressed
	transfer transfer
}

// The causes with which a clock ends a request.
var (
	errConnect   = errors.New("no connection in time")
	errFirstByte = errors.New("no answer in time")
	errTotal     = errors.New("the answer took too long")
)

func (c *Client) begin(ctx context.Context) *request {
	r := &request{limits: c.opts.Timeouts, begun: time.Now()}
	r.ctx, r.cancel = context.WithCancelCause(ctx)
	r.total = time.AfterFunc(r.limits.Total, func() { r.cancel(errTotal) })
	r.unlink = context.AfterFunc(c.life, func() { r.cancel(errClosed) })
	return r
}

// connecting starts the clock of connecting. It does not run while the key is
// looked up, which may ask a vault or a person.
func (r *request) connecting() {
	if r.phase != nil {
		r.phase.Stop() // of a body that is sent once more
	}
	r.phase = time.AfterFunc(r.limits.Connect, func() { r.cancel(errConnect) })
}

// finish stops the clock and aborts the request where it is still under way.
func (r *request) finish() {
	if r.phase != nil {
		r.phase.Stop()
	}
	r.total.Stop()
	r.unlink()
	r.cancel(context.Canceled)
}

// traced starts the clock of connecting and returns the context for the
// request, which moves it on to waiting once there is a connection. net/http
// reports a connection anew when it has to try another; the wait then starts
// again.
func (r *request) traced() context.Context {
	r.connecting()
	return httptrace.WithClientTrace(r.ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) {
			if r.phase.Stop() {
				r.phase = time.AfterFunc(r.limits.FirstByte, func() { r.cancel(errFirstByte) })
			}
			r.transfer.begin()
		},
		WroteRequest:         func(httptrace.WroteRequestInfo) { r.transfer.wrote() },
		GotFirstResponseByte: r.transfer.answered,
	})
}

// drainTime bounds how long drain waits for the end of a stream whose last
// event was read. It is usually there already.
const drainTime = 50 * time.Millisecond

// drain reads the rest of a complete answer. The server then sees a finished
// request and not an abort, and an HTTP/1 connection can be used again.
func (r *request) drain(body io.Reader) {
	stop := time.AfterFunc(drainTime, func() { r.cancel(errTotal) })
	defer stop.Stop()
	_, _ = io.CopyN(io.Discard, body, 64<<10)
}

// firstByte is a response's body that stops the clock of waiting when the
// first of it arrives.
type firstByte struct {
	io.Reader
	r *request
}

func (f *firstByte) Read(p []byte) (int, error) {
	n, err := f.Reader.Read(p)
	if n > 0 {
		f.r.phase.Stop()
	}
	return n, err
}

// ended is the error of a context that its owner ended.
func ended(ctx context.Context) error {
	if cause := context.Cause(ctx); cause != ctx.Err() { //nolint:errorlint // a cause that wraps Canceled says more than Canceled, and is kept
		return fmt.Errorf("%w: %w", ctx.Err(), cause)
	}
	return ctx.Err()
}

// unreachable words an error of the network, for the request whose context is
// ctx. It returns nil for nil.
func (c *Client) unreachable(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	limits, host := c.opts.Timeouts, c.base.Host
	if ctx.Err() != nil {
		switch cause := context.Cause(ctx); {
		case errors.Is(cause, errConnect):
			return fmt.Errorf("%w: no connection to %s within %v; check the network, HTTPS_PROXY and claude.timeouts.connect", model.ErrOffline, host, limits.Connect)
		case errors.Is(cause, errFirstByte):
			return fmt.Errorf("%w: %s sent nothing for %v (claude.timeouts.firstByte)", model.ErrTimeout, host, limits.FirstByte)
		case errors.Is(cause, errTotal):
			return fmt.Errorf("%w: the answer of %s took longer than %v (claude.timeouts.total)", model.ErrTimeout, host, limits.Total)
		case errors.Is(cause, errClosed):
			return fmt.Errorf("%w: %w", model.ErrUnavailable, errClosed)
		}
		return ended(ctx)
	}
	var untrusted x509.UnknownAuthorityError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.Is(err, model.ErrConfig): // a proxy that wants a password, an address that is not loopback
		return err
	case errors.As(err, &untrusted):
		return fmt.Errorf("%w: the certificate of %s is signed by nobody known here; if your network inspects TLS, set SSL_CERT_FILE to its CA's certificate: %w", model.ErrOffline, host, err)
	case errors.As(err, &certificate):
		return fmt.Errorf("%w: the certificate of %s is not good: %w", model.ErrOffline, host, err)
	}
	return fmt.Errorf("%w: %w; check the network, HTTPS_PROXY and claude.baseURL", model.ErrOffline, err)
}

// log writes one line about a request: sizes and times, and nothing that was
// said.
func (c *Client) log(r *request, what string, resp *http.Response, more ...zap.Field) {
	if e := c.opts.Log.Check(zap.DebugLevel, what); e != nil {
		e.Write(append(more,
			zap.String("model", r.model),
			zap.Int("status", resp.StatusCode),
			zap.String("proto", resp.Proto),
			zap.String("request_id", printable(resp.Header.Get("Request-Id"), 100)),
			zap.Int64("sent_bytes", r.body.size),
			zap.Duration("after", time.Since(r.begun)))...)
	}
}
