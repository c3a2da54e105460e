package editor

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// A Call is a request to the server. The test must look at its answer: by Wait
// or one of the methods that read a result, or by Forget.
type Call struct {
	Method string

	e        *Editor
	id       json.RawMessage
	answered bool
	looked   bool
	result   json.RawMessage
	err      *Error

	// Of requests about a place in a document: what the editor sees there.
	uri     string
	version int
	text    string
	at      Position
}

func (c *Call) String() string { return fmt.Sprintf("%s (id %s)", c.Method, c.id) }

// Request sends a request. A nil params is left out.
func (e *Editor) Request(method string, params any) *Call {
	return e.call(&Call{Method: method}, params)
}

// call sends c under the next id.
func (e *Editor) call(c *Call, params any) *Call {
	e.t.Helper()
	c.e = e
	e.update(func() {
		if in, ok := params.(map[string]any); ok && in["workDoneToken"] != nil {
			e.progress[fmt.Sprintf("%q", in["workDoneToken"])] = "create" // the editor's own token, a string
		}
		if in, ok := params.(map[string]any); ok && in["partialResultToken"] != nil {
			e.progress[fmt.Sprintf("%q", in["partialResultToken"])] = "partial"
		}
		e.lastID++
		c.id = fmt.Append(nil, e.lastID)
		if e.options.StringIDs {
			c.id = fmt.Appendf(nil, `"call-%d"`, e.lastID)
		}
		e.calls[string(c.id)] = c
	})
	e.send(map[string]any{"id": c.id, "method": c.Method}, params)
	return c
}

// Wait returns the answer when it is there: a result or an error, never both.
func (c *Call) Wait() (json.RawMessage, *Error) {
	c.e.t.Helper()
	c.e.wait("the answer to "+c.String(), func() bool {
		c.looked = c.looked || c.answered
		return c.answered
	})
	return c.result, c.err
}

// Answered reports whether the answer is there. It does not look at it.
func (c *Call) Answered() bool {
	c.e.mu.Lock()
	defer c.e.mu.Unlock()
	return c.answered
}

// Forget says that the answer, which must come all the same, does not matter.
func (c *Call) Forget() {
	c.e.update(func() { c.looked = true })
}

// Cancel tells the server that the answer is no longer wanted. The answer must
// come all the same, and be looked at.
func (e *Editor) Cancel(c *Call) {
	e.t.Helper()
	e.Notify("$/cancelRequest", map[string]any{"id": c.id})
}

// answered takes a response.
func (e *Editor) answered(m incoming) {
	e.update(func() {
		c := e.calls[string(m.id)]
		switch {
		case c == nil:
			e.t.Errorf("the server answered id %s, which nobody asked", m.id)
			return
		case c.answered:
			e.t.Errorf("the server answered %s twice", c)
			return
		case e.state == exited:
			e.t.Errorf("the server answered %s after exit", c)
		}
		c.answered, c.result, c.err = true, m.result, m.err
	})
}

// pending lists the calls that have no answer, and is "" when there are none.
// The caller holds the lock.
func (e *Editor) pending() string {
	var open []string
	for _, c := range e.calls {
		if !c.answered {
			open = append(open, c.String())
		}
	}
	slices.Sort(open)
	return strings.Join(open, ", ")
}
