package editor

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// A server is the tiniest that the editor is content with, and can be made to
// misbehave: each method may be taken over by a function that writes what it
// likes.
type server struct {
	conn         net.Conn
	capabilities string
	takes        map[string]func(s *server, id, params json.RawMessage)

	mu   sync.Mutex
	seen []string // all it got, in order: the method and params, or the answer
}

const allCapabilities = `{"positionEncoding":"utf-8","textDocumentSync":{"openClose":true,"change":2},
	"inlineCompletionProvider":true,"completionProvider":{},"executeCommandProvider":{"commands":["accept"]}}`

// serve starts a server and returns the editor's end of the connection.
func serve(s *server) net.Conn {
	near, far := net.Pipe()
	s.conn = far
	if s.capabilities == "" {
		s.capabilities = allCapabilities
	}
	go s.run()
	return near
}

func (s *server) run() {
	defer s.conn.Close()
	r := bufio.NewReader(s.conn)
	for {
		body, err := readFrame(r)
		if err != nil {
			return
		}
		var m struct {
			ID, Params, Result, Error json.RawMessage
			Method                    string
		}
		if json.Unmarshal(body, &m) != nil {
			return
		}
		s.mu.Lock()
		// Joined as strings: since Go 1.27 fmt prints a json.RawMessage that was absent as null.
		s.seen = append(s.seen, strings.TrimSpace(m.Method+" "+string(m.Params)+string(m.Result)+string(m.Error)))
		s.mu.Unlock()
		switch take := s.takes[m.Method]; {
		case take != nil:
			take(s, m.ID, m.Params)
		case m.Method == "initialize":
			s.say(`{"jsonrpc":"2.0","id":%s,"result":{"capabilities":%s}}`, m.ID, s.capabilities)
		case m.Method == "exit":
			return
		case m.Method != "" && m.ID != nil:
			s.say(`{"jsonrpc":"2.0","id":%s,"result":null}`, m.ID)
		}
	}
}

// say sends a message.
func (s *server) say(format string, arguments ...any) {
	s.write(string(frame(fmt.Appendf(nil, format, arguments...))))
}

// write sends bytes. Nobody reads them once the editor has hung up.
func (s *server) write(data string) { _, _ = io.WriteString(s.conn, data) }

// got returns the messages that the server got with a method; "" are answers.
func (s *server) got(method string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	for _, m := range s.seen {
		if name, params, _ := strings.Cut(m, " "); name == method {
			all = append(all, params)
		} else if method == "" && strings.HasPrefix(m, "{") || method == "" && strings.HasPrefix(m, "[") || method == "" && m == "null" {
			all = append(all, m)
		}
	}
	return all
}

// A recorder is a testing.TB that a session may fail without failing the test.
type recorder struct {
	testing.TB
	mu       sync.Mutex
	failures []string
	cleanups []func()
}

func (r *recorder) Helper()             {}
func (r *recorder) Cleanup(f func())    { r.cleanups = append(r.cleanups, f) }
func (r *recorder) Logf(string, ...any) {}
func (r *recorder) Failed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.failures) > 0
}

func (r *recorder) Errorf(format string, arguments ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failures = append(r.failures, fmt.Sprintf(format, arguments...))
}

func (r *recorder) Fatalf(format string, arguments ...any) {
	r.Errorf(format, arguments...)
	runtime.Goexit()
}

// failures runs a session as a test of its own, and returns what it failed for.
func failures(t *testing.T, session func(t testing.TB)) []string {
	r := &recorder{TB: t}
	done := make(chan struct{})
	run := func(f func()) {
		go func() {
			defer func() { done <- struct{}{} }()
			f()
		}()
		<-done
	}
	run(func() { session(r) })
	for _, f := range r.cleanups {
		run(f)
	}
	return r.failures
}
