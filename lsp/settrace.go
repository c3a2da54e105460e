package lsp

import (
	"fmt"
	"sync/atomic"
	"time"

	"go.lsp.dev/protocol"
)

// tracer sends $/logTrace as far as the client asked for it: nothing, a line
// for each request, or that and the reasons for which nothing was suggested.
type tracer struct {
	level  atomic.Int32 // 0 off, 1 messages, 2 verbose
	server atomic.Pointer[Server]
}

func (t *tracer) bind(s *Server) { t.server.Store(s) }

func (t *tracer) set(value string) {
	t.level.Store(map[string]int32{"messages": 1, "verbose": 2}[value])
}

// setTrace changes how much is traced.
func (s *Server) setTrace(c *call) (any, error) {
	var p protocol.SetTraceParams
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	s.trace.set(string(p.Value))
	return nil, nil
}

// request traces a request that was handled.
func (t *tracer) request(method string, took time.Duration, err error) {
	if t.level.Load() < 1 {
		return
	}
	text := fmt.Sprintf("%s took %v", method, took.Round(10*time.Microsecond))
	if err != nil {
		text += ": " + err.Error()
	}
	t.send(text)
}

// reason traces, when the client wants everything, why nothing was suggested.
func (t *tracer) reason(why string) {
	if why != "" && t.level.Load() >= 2 {
		t.send("nothing suggested: " + why)
	}
}

func (t *tracer) send(text string) {
	if s := t.server.Load(); s != nil {
		s.notify("$/logTrace", &protocol.LogTraceParams{Message: text})
	}
}
