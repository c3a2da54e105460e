package editor

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/metamodel"
)

// deadline is how long the editor waits for anything.
const deadline = 10 * time.Second

// Options say what kind of editor it is. The zero value is an editor that
// counts in utf-16, has no folder and knows no inline completion.
type Options struct {
	Name                  string         // as the server sees it; "" is "strict editor"
	Encodings             []string       // of positions, the best first; nil offers none
	Folders               []string       // URIs of the workspace folders
	InlineCompletion      bool           // offers the capability
	InitializationOptions any            // nil leaves them out
	Configuration         map[string]any // answers to workspace/configuration by section; nil means that the editor lacks the capability
	StringIDs             bool           // ids of requests are strings; the protocol allows both
	WatchesFiles          bool           // the server may ask to be told of changes to files
	NoCommands            bool           // accepting an item runs no command, as in Helix
	Snippets              bool           // menu entries may be snippets, which are indented as in Helix
}

// An Editor is the client's end of one connection. Its methods are for the
// test's goroutine; a failed expectation of theirs ends the test.
type Editor struct {
	t       testing.TB
	conn    io.ReadWriteCloser
	options Options

	encoding  columns
	server    capabilities
	documents map[string]*text
	closed    bool // the test is done with the editor

	mu       sync.Mutex
	changed  chan struct{} // closed and renewed whenever something below changes
	calls    map[string]*Call
	lastID   int
	messages []*Message
	allowed  map[string]bool
	handlers map[string]Handler
	settings []setting
	progress progress
	model    *metamodel.Session // what it wants of each message of the server
	outbox   []outgoing
	trace    []string // the last messages both ways, to be shown when the test failed
	dropped  int      // messages that the trace has lost
	state    state
	ended    bool // the server has closed its end
	mayEnd   bool // and the test knows that it would
	hungUp   bool // we have closed ours
}

// outgoing is what waits to be written.
type outgoing struct {
	data []byte
	exit bool // with it written, the server must fall silent
}

// A state is how far the session is. Its order is that of a session.
type state int

const (
	starting state = iota // no answer to initialize yet
	running
	exited // exit was sent
)

// A Message is a notification or a request of the server.
type Message struct {
	Method string
	Params json.RawMessage
	looked bool
}

// A Handler answers requests of the server.
type Handler func(params json.RawMessage) (result any, err *Error)

// Start connects an editor to a server at the other end of conn, and sends
// nothing yet. The editor closes conn, and checks at the end of the test that
// nothing was left unanswered or unseen.
func Start(t testing.TB, conn io.ReadWriteCloser, options Options) *Editor {
	e := &Editor{
		t:         t,
		conn:      conn,
		options:   options,
		encoding:  utf16Columns,
		documents: map[string]*text{},
		changed:   make(chan struct{}),
		calls:     map[string]*Call{},
		allowed:   map[string]bool{},
		handlers:  map[string]Handler{},
		progress:  progress{},
		model:     metamodel.NewSession(),
	}
	for section, value := range options.Configuration {
		e.settings = append(e.settings, setting{section: section, value: value})
	}
	t.Cleanup(e.Close)
	go e.read()
	go e.write()
	return e
}

// Allow declares messages of the server expected, whether they come or not and
// however many there are.
func (e *Editor) Allow(methods ...string) {
	e.update(func() {
		for _, method := range methods {
			e.allowed[method] = true
		}
	})
}

// Handle answers requests of the server by a function of the test. It runs on
// the editor's own goroutine and must not wait for the server.
func (e *Editor) Handle(method string, h Handler) {
	e.update(func() { e.handlers[method] = h })
}

// Next returns the first message with the method that was not looked at yet,
// and waits for it when there is none.
func (e *Editor) Next(method string) Message {
	e.t.Helper()
	var found *Message
	e.wait("a message "+method, func() bool {
		i := slices.IndexFunc(e.messages, func(m *Message) bool { return m.Method == method && !m.looked })
		if i < 0 {
			return false
		}
		found = e.messages[i]
		found.looked = true
		return true
	})
	return *found
}

// All returns the messages with the method that came until now and were not
// looked at yet. It does not wait.
func (e *Editor) All(method string) []Message {
	var all []Message
	e.update(func() {
		for _, m := range e.messages {
			if m.Method == method && !m.looked {
				m.looked = true
				all = append(all, *m)
			}
		}
	})
	return all
}

// Notify sends a notification. A nil params is left out.
func (e *Editor) Notify(method string, params any) {
	e.send(map[string]any{"method": method}, params)
}

// Raw sends bytes as they are, framing included. It is for what no editor
// should send.
func (e *Editor) Raw(data []byte) {
	e.update(func() { e.post(outgoing{data: data}, string(data)) })
}

// Shutdown ends the session as the protocol wants it, waits until every call
// was answered and the server has closed its end, and closes the editor.
func (e *Editor) Shutdown() {
	e.t.Helper()
	if result, err := e.Request("shutdown", nil).Wait(); err != nil || string(result) != "null" {
		e.t.Errorf("shutdown was answered by %s, error %v; want null", result, err)
	}
	e.wait("the answers to all requests", func() bool { return e.pending() == "" })
	e.Notify("exit", nil)
	e.WaitEnd()
	e.Close()
}

// WaitEnd waits until the server has closed its end: after exit, or after
// something that the test knows the server cannot survive.
func (e *Editor) WaitEnd() {
	e.t.Helper()
	e.update(func() { e.mayEnd = true })
	e.wait("the server's end of the connection to close", func() bool { return e.ended })
}

// Close hangs up and says what was left over. It is called by itself at the end
// of the test.
func (e *Editor) Close() {
	e.t.Helper()
	if e.closed {
		return
	}
	e.closed = true
	early := false
	e.update(func() { early, e.hungUp = e.ended && !e.mayEnd, true })
	e.conn.Close()
	e.wait("the connection to close", func() bool { return e.ended })

	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.t.Failed() { // otherwise much is left over, and says nothing
		e.leftovers(early)
	}
	if e.t.Failed() {
		e.t.Logf("the session (%d earlier messages left out):\n%s", e.dropped, strings.Join(e.trace, "\n"))
	}
}

// leftovers says what a session that went well has left over. The caller holds
// the lock.
func (e *Editor) leftovers(early bool) {
	e.t.Helper()
	if early {
		e.t.Errorf("the server closed the connection before exit")
	}
	if p := e.pending(); p != "" {
		e.t.Errorf("never answered: %s", p)
	}
	for _, c := range e.calls {
		if c.answered && !c.looked {
			e.t.Errorf("the test did not look at the answer to %s", c)
		}
	}
	var unseen []string
	for _, m := range e.messages {
		if !m.looked && !e.allowed[m.Method] {
			unseen = append(unseen, fmt.Sprintf("%s %.200s", m.Method, m.Params))
		}
	}
	if unseen != nil {
		e.t.Errorf("the test did not look at %d messages of the server:\n%s", len(unseen), strings.Join(unseen, "\n"))
	}
}

// update changes the editor's state and wakes those who wait for a change.
func (e *Editor) update(change func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	change()
	close(e.changed)
	e.changed = make(chan struct{})
}

// wait returns when done says so, and ends the test when it does not in time,
// or when the server has closed its end so that nothing can come any more.
func (e *Editor) wait(what string, done func() bool) {
	e.t.Helper()
	timeout := time.NewTimer(deadline)
	defer timeout.Stop()
	for {
		e.mu.Lock()
		ok, ended, changed := done(), e.ended, e.changed
		e.mu.Unlock()
		switch {
		case ok:
			return
		case ended:
			e.t.Fatalf("waiting for %s: the server has closed the connection", what)
		}
		select {
		case <-changed:
		case <-timeout.C:
			e.t.Fatalf("waiting for %s: nothing within %v", what, deadline)
		}
	}
}

// send posts a message with or without params.
func (e *Editor) send(message map[string]any, params any) {
	e.t.Helper()
	message["jsonrpc"] = "2.0"
	if params != nil {
		message["params"] = params
	}
	body, err := json.Marshal(message)
	if err != nil {
		e.t.Fatalf("%v cannot be sent: %v", message, err)
	}
	e.update(func() {
		e.model.Client(body)
		e.post(outgoing{frame(body), message["method"] == "exit"}, string(body))
	})
}

// post puts bytes into the outbox, so that nobody blocks on a server that does
// not read. The caller holds the lock.
func (e *Editor) post(o outgoing, trace string) {
	e.mayEnd = e.mayEnd || o.exit
	e.outbox = append(e.outbox, o)
	e.note("-> ", trace)
}

// note keeps the last messages. The caller holds the lock.
func (e *Editor) note(direction, message string) {
	const most, longest = 200, 600
	if len(e.trace) == most {
		e.trace = e.trace[1:]
		e.dropped++
	}
	if len(message) > longest {
		message = message[:longest] + "…"
	}
	e.trace = append(e.trace, direction+message)
}

// write empties the outbox until either end is closed.
func (e *Editor) write() {
	for {
		e.mu.Lock()
		out, changed, over := e.outbox, e.changed, e.ended || e.hungUp
		e.outbox = nil
		e.mu.Unlock()
		for _, o := range out {
			if _, err := e.conn.Write(o.data); err != nil {
				return // the reader sees the end too, and says so
			}
			if o.exit {
				e.update(func() { e.state = exited })
			}
		}
		if over {
			return
		}
		if len(out) == 0 {
			<-changed
		}
	}
}

// read takes messages until the server closes its end or breaks the framing,
// after which nothing can be understood.
func (e *Editor) read() {
	defer e.update(func() { e.ended = true })
	r := bufio.NewReader(e.conn)
	for {
		body, err := readFrame(r)
		if err != nil {
			e.mu.Lock()
			defer e.mu.Unlock()
			if !errors.Is(err, io.EOF) && !(e.hungUp && isClosed(err)) {
				e.t.Errorf("broken framing: %v", err)
			}
			return
		}
		var wrong []metamodel.Defect
		e.update(func() {
			e.note("<- ", string(body))
			wrong = e.model.Server(body)
		})
		m, err := parse(body)
		if err != nil {
			e.t.Errorf("the server sent %.500s\n%v", body, err)
			continue
		}
		if m.method == "" {
			e.answered(m)
		} else {
			e.received(m)
		}
		for _, defect := range wrong {
			e.t.Errorf("the server sent %.500s\nwhich the protocol's model does not allow: %v", body, defect)
		}
	}
}

// isClosed reports whether a read failed because we hung up.
func isClosed(err error) bool {
	return errors.Is(err, io.ErrClosedPipe) || errors.Is(err, net.ErrClosed) || errors.Is(err, os.ErrClosed)
}
