package lsp

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.uber.org/zap"

	"github.com/claude-lsp/claude-lsp/completion"
)

// This file is the whole of our dispatch. It stands in for
// protocol.NewServer, whose chain starts every message at once and so applies
// edits out of order, and for protocol.CancelHandler, which derives contexts
// from a pooled request and can crash the process (jsonrpc2 v1.0.1).
//
// Messages are handled on the read loop in wire order. A slow handler takes
// its snapshot there and then releases the next message with call.async.

// The error codes of the protocol that the libraries do not name.
const (
	codeServerNotInitialized jsonrpc2.Code = -32002
	codeServerCancelled      jsonrpc2.Code = -32802
)

// The ends of a request that answer the client with an error, all of them
// silent in the editors. Contexts are cancelled with what they stand for as
// cause: completion.ErrSuperseded, completion.ErrStale, or the error itself.
var (
	errSuperseded = jsonrpc2.NewError(codeServerCancelled, "superseded by a newer request for the document")
	errStale      = jsonrpc2.NewError(protocol.CodeContentModified, "the document changed")
	errCancelled  = jsonrpc2.NewError(protocol.CodeRequestCancelled, "cancelled by the client")
	errShutDown   = jsonrpc2.NewError(codeServerCancelled, "the server is shutting down")
)

// A call is one incoming message, as a handler sees it.
type call struct {
	ctx    context.Context // of the connection, never the pooled one of the request
	pooled context.Context // what jsonrpc2 handed in; good for Async alone
	id     jsonrpc2.ID
	isCall bool
	method string // owned
	params jsonrpc2.RawMessage
	server *Server
	cancel context.CancelCauseFunc
}

// async releases the read loop: from here on the handler runs beside later
// messages. It returns the context that the work must use; it ends when the
// client cancels the request, when the server does (see gate), or with the
// connection. What the handler needs of the session it must have read before,
// and what later messages must find of it, before does: it is called on the
// read loop with the function that ends the context, and may be nil.
func (c *call) async(before func(cancel context.CancelCauseFunc)) context.Context {
	ctx, cancel := context.WithCancelCause(c.ctx)
	c.cancel = cancel
	if c.isCall {
		c.server.cancels.add(c.id, cancel)
	}
	if before != nil {
		before(cancel)
	}
	jsonrpc2.Async(c.pooled)
	return ctx
}

// decode reads the parameters into v. Absent parameters leave v as it is.
func (c *call) decode(v any) error {
	if len(c.params) == 0 {
		return nil
	}
	if err := protocol.Unmarshal(c.params, v); err != nil {
		return jsonrpc2.Errorf(jsonrpc2.InvalidParams, "%s: %v", c.method, err)
	}
	return nil
}

// handle is the jsonrpc2.Handler of a connection.
func (s *Server) handle(pooled context.Context, req *jsonrpc2.Request) (result any, err error) {
	c := &call{
		ctx:    jsonrpc2.DetachContext(pooled),
		pooled: pooled,
		id:     req.ID(),
		isCall: req.IsCall(),
		method: strings.Clone(req.Method()),
		params: req.Params(),
		server: s,
	}
	began := time.Now()
	defer func() {
		if c.cancel != nil {
			s.cancels.remove(c.id)
			c.cancel(nil)
		}
		if r := recover(); r != nil {
			s.log.Error("a handler panicked", zap.String("method", c.method), zap.Any("panic", r), zap.ByteString("stack", debug.Stack()))
			err = jsonrpc2.Errorf(jsonrpc2.InternalError, "%s: internal error, see the log", c.method)
		}
		if !c.isCall {
			if err != nil { // the library would close the connection
				s.log.Warn("a notification could not be handled", zap.String("method", c.method), zap.Error(err))
			}
			result, err = nil, nil
			return
		}
		if err == nil && result == nil {
			result = jsonrpc2.RawMessage("null") // a response needs a result, were it null
		}
		s.trace.request(c.method, time.Since(began), err)
	}()

	if err := s.life.admit(c.method, c.isCall); err != nil {
		return nil, err
	}
	if c.method != "initialize" && s.life.begin() {
		s.begin()
	}
	h, known := methods[c.method]
	if !known {
		h, known = s.copilotHandler(c.method)
	}
	switch {
	case known:
		return h(s, c)
	case c.isCall:
		return nil, fmt.Errorf("%q: %w", c.method, jsonrpc2.ErrMethodNotFound)
	default:
		return nil, nil // unknown notifications are ignored, as the specification asks
	}
}

// wireError is the error that a request is answered with after its context
// ended: the cause, when it is one of ours.
func wireError(err error) error {
	var wire *jsonrpc2.Error
	switch {
	case errors.As(err, &wire):
		return wire
	case errors.Is(err, completion.ErrSuperseded):
		return errSuperseded
	case errors.Is(err, completion.ErrStale):
		return errStale
	case errors.Is(err, context.Canceled):
		return errShutDown // only the end of the connection cancels without a cause
	default:
		return jsonrpc2.Errorf(jsonrpc2.InternalError, "%v", err)
	}
}

// cancelTable finds the running requests by their id.
type cancelTable struct {
	mu      sync.Mutex
	running map[jsonrpc2.ID]context.CancelCauseFunc
}

func (t *cancelTable) add(id jsonrpc2.ID, cancel context.CancelCauseFunc) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.running == nil {
		t.running = map[jsonrpc2.ID]context.CancelCauseFunc{}
	}
	t.running[id] = cancel
}

func (t *cancelTable) remove(id jsonrpc2.ID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.running, id)
}

// cancel ends the request with the given id, if it still runs.
func (t *cancelTable) cancel(id jsonrpc2.ID, cause error) {
	t.mu.Lock()
	cancel := t.running[id]
	t.mu.Unlock()
	if cancel != nil {
		cancel(cause)
	}
}

// all ends every running request.
func (t *cancelTable) all(cause error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, cancel := range t.running {
		cancel(cause)
	}
}

// codec stands in for the protocol package's own, which is not exported.
type codec struct{}

func (codec) Marshal(v any) ([]byte, error) {
	if raw, ok := v.(jsonrpc2.RawMessage); ok {
		return raw, nil
	}
	return protocol.Marshal(v)
}

func (codec) Unmarshal(data []byte, v any) error { return protocol.Unmarshal(data, v) }
