package editors

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/fake/metamodel"
)

// The editors do not start the server but this test binary, under the server's
// name. It starts the server, passes on what both say and writes it down: what
// an editor shows is half of a scenario, what it asked for is the other half.
const (
	realServer = "EDITORS_SERVER" // the variable that holds the server's path
	wireLog    = "EDITORS_WIRE"   // and the log's
)

// isTap reports whether this process was started as the server.
func isTap() bool {
	return filepath.Base(os.Args[0]) == "claude-lsp" && os.Getenv(realServer) != ""
}

// tap is the program that stands between an editor and the server. It ends as
// the server ends. If it is killed, the server sees the end of its input. What an
// editor runs of the binary beside the server is started as it is.
func tap() int {
	if len(os.Args) > 1 && !strings.HasPrefix(os.Args[1], "-") && os.Args[1] != "serve" {
		c := exec.Command(os.Getenv(realServer), os.Args[1:]...)
		c.Stdin, c.Stdout, c.Stderr = os.Stdin, os.Stdout, os.Stderr
		_ = c.Run()
		return c.ProcessState.ExitCode()
	}
	log, err := os.OpenFile(os.Getenv(wireLog), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	c := exec.Command(os.Getenv(realServer), os.Args[1:]...)
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	out, err := c.StdoutPipe()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if err := c.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	var mu sync.Mutex
	note := func(server bool, body []byte) {
		line, err := json.Marshal(message{Tap: os.Getpid(), Server: server, Body: body})
		if err != nil { // the scenario fails, because it misses the message
			fmt.Fprintln(os.Stderr, err)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		_, _ = log.Write(append(line, '\n'))
	}
	go func() {
		pass(in, os.Stdin, func(body []byte) { note(false, body) })
		in.Close()
	}()
	pass(os.Stdout, out, func(body []byte) { note(true, body) })
	_ = c.Wait()
	return c.ProcessState.ExitCode()
}

// pass hands messages on until there are no more. Each is noted before it is
// handed on, so that whoever sees its effect finds it in the log.
func pass(to io.Writer, from io.Reader, note func(body []byte)) {
	r := textproto.NewReader(bufio.NewReader(from))
	for {
		header, err := r.ReadMIMEHeader()
		if err != nil {
			return
		}
		n, err := strconv.Atoi(header.Get("Content-Length"))
		if err != nil {
			return
		}
		body := make([]byte, n)
		if _, err := io.ReadFull(r.R, body); err != nil {
			return
		}
		note(body)
		if _, err := to.Write(append(fmt.Appendf(nil, "Content-Length: %d\r\n\r\n", n), body...)); err != nil {
			return
		}
	}
}

// A message is one of the protocol, as the log holds it.
type message struct {
	Tap    int             // whose it is, where an editor started several servers
	Server bool            // who sent it
	Body   json.RawMessage `json:",omitempty"`

	ID     json.RawMessage `json:"-"` // the rest is what Body says
	Method string          `json:"-"`
	Params struct {
		TextDocument struct {
			URI     string
			Version int
		}
		Position struct{ Line, Character int }
	} `json:"-"`
	Result json.RawMessage `json:"-"`
}

// wire is what the editor and the server have said so far.
func (w *world) wire() []message {
	w.t.Helper()
	log, err := os.ReadFile(filepath.Join(w.dir, "wire.log"))
	if err != nil && !os.IsNotExist(err) {
		w.t.Fatal(err)
	}
	all, err := parseWire(log)
	if err != nil {
		w.t.Fatal(err)
	}
	return all
}

// parseWire reads a log, but for a line that is being written.
func parseWire(log []byte) (all []message, err error) {
	for line := range bytes.Lines(log) {
		if !bytes.HasSuffix(line, []byte("\n")) {
			break
		}
		var m message
		if err := json.Unmarshal(line, &m); err != nil {
			return nil, fmt.Errorf("the wire log's %q: %w", line, err)
		}
		said := struct {
			ID             *json.RawMessage
			Method         *string
			Params, Result any
		}{&m.ID, &m.Method, &m.Params, &m.Result}
		var other *json.UnmarshalTypeError // parameters that no scenario looks at
		if err := json.Unmarshal(m.Body, &said); err != nil && !errors.As(err, &other) {
			return nil, fmt.Errorf("the message %q: %w", m.Body, err)
		}
		all = append(all, m)
	}
	return all, nil
}

// allowed asserts that the protocol's own model allows all that the server has
// said. Every world does so at its end.
func (w *world) allowed() {
	w.t.Helper()
	for _, wrong := range defects(w.wire()) {
		w.t.Error(wrong)
	}
}

// defects are the messages of servers that the model does not allow.
func defects(wire []message) (found []string) {
	sessions := map[int]*metamodel.Session{}
	for _, m := range wire {
		if sessions[m.Tap] == nil {
			sessions[m.Tap] = metamodel.NewSession()
		}
		if !m.Server {
			sessions[m.Tap].Client(m.Body)
			continue
		}
		for _, d := range sessions[m.Tap].Server(m.Body) {
			found = append(found, fmt.Sprintf("the server said %s\nwhich the protocol's model does not allow: %v", m.Body, d))
		}
	}
	return found
}

// An exchange is a request of the editor and what the server has answered.
type exchange struct {
	request   message
	version   int // of the document that the request is about
	responses []message
}

// exchanges are the editor's requests, in their order.
func (w *world) exchanges() []*exchange {
	w.t.Helper()
	all, stray := exchanges(w.wire())
	for _, m := range stray {
		w.t.Errorf("the server answered a request that nobody made: %s", m.Body)
	}
	return all
}

// exchanges finds the requests of an editor and their answers, and the answers
// to nothing.
func exchanges(wire []message) (all []*exchange, stray []message) {
	made := map[string]*exchange{}
	versions := map[string]int{}
	for _, m := range wire {
		id, doc := fmt.Sprint(m.Tap, " ", string(m.ID)), fmt.Sprint(m.Tap, " ", m.Params.TextDocument.URI)
		switch {
		case m.Method == "textDocument/didOpen" || m.Method == "textDocument/didChange":
			versions[doc] = m.Params.TextDocument.Version
		case !m.Server && m.Method != "" && m.ID != nil:
			made[id] = &exchange{request: m, version: versions[doc]}
			all = append(all, made[id])
		case m.Server && m.Method == "" && made[id] != nil:
			made[id].responses = append(made[id].responses, m)
		case m.Server && m.Method == "":
			stray = append(stray, m)
		}
	}
	return all, stray
}

// answered waits until every request of the editor has its answer, and asserts
// that none has two.
func (w *world) answered() {
	w.t.Helper()
	open := func() (requests []string) {
		for _, x := range w.exchanges() {
			if len(x.responses) == 0 {
				requests = append(requests, string(x.request.Body))
			}
		}
		return requests
	}
	eventually(w.t, "every request to be answered", func() string { return strings.Join(open(), "\n") }, func() bool { return len(open()) == 0 })
	for _, x := range w.exchanges() {
		if len(x.responses) > 1 {
			w.t.Errorf("%s was answered %d times", x.request.Body, len(x.responses))
		}
	}
}

// said waits until the editor has sent a message about the document with this
// file name, or about any if it is "".
func (w *world) said(method, file string, screen func() string) {
	w.t.Helper()
	eventually(w.t, method+" "+file, screen, func() bool {
		return slices.ContainsFunc(w.wire(), func(m message) bool {
			return !m.Server && m.Method == method && strings.HasSuffix(m.Params.TextDocument.URI, file)
		})
	})
}

// refusals are the codes of the errors that the editor's requests ended with.
func (w *world) refusals() (codes []int) {
	w.t.Helper()
	for _, x := range w.exchanges() {
		for _, r := range x.responses {
			var answer struct{ Error *struct{ Code int } }
			if err := json.Unmarshal(r.Body, &answer); err != nil {
				w.t.Fatal(err)
			}
			if answer.Error != nil {
				codes = append(codes, answer.Error.Code)
			}
		}
	}
	return codes
}

// noErrors asserts that the editor was told of no trouble by an error: those
// that say that the person went on are none.
func (w *world) noErrors() {
	w.t.Helper()
	for _, code := range w.refusals() {
		if code != -32802 && code != -32801 {
			w.t.Errorf("the editor was told of the trouble by the error %d", code)
		}
	}
}

func TestTapPassesOnAndNotes(t *testing.T) {
	var passed bytes.Buffer
	var noted []string
	said := "Content-Length: 2\r\n\r\n{}Content-Type: x\r\ncontent-length: 4\r\n\r\n[1]\nContent-Length: 9\r\n\r\n{"
	pass(&passed, strings.NewReader(said), func(body []byte) { noted = append(noted, string(body)) })
	if want := "Content-Length: 2\r\n\r\n{}Content-Length: 4\r\n\r\n[1]\n"; passed.String() != want || strings.Join(noted, "|") != "{}|[1]\n" {
		t.Errorf("passed on %q, noted %q", passed.String(), noted)
	}
}

// Lost, doubled and stray answers must be found, or no scenario could fail by
// them.
func TestWireTellsLostAnswersFromGoodOnes(t *testing.T) {
	wire, err := parseWire([]byte(`{"Server":false,"Body":{"id":1,"method":"a","params":[1]}}
{"Server":false,"Body":{"method":"textDocument/didOpen","params":{"textDocument":{"uri":"u","version":7}}}}
{"Server":false,"Body":{"id":"1","method":"b","params":{"textDocument":{"uri":"u"},"position":{"line":3,"character":4}}}}
{"Server":true,"Body":{"id":1,"method":"window/showMessageRequest","params":{}}}
{"Server":true,"Body":{"id":"1","result":{"items":[]}}}
{"Server":false,"Body":{"id":1,"result":null}}
{"Server":true,"Body":{"id":"1","error":{"code":-32801,"message":"m"}}}
{"Server":true,"Body":{"id":2,"result":null}}
{"Server":true,"Body":{"id":1,"resu`))
	if err != nil {
		t.Fatal(err)
	}
	all, stray := exchanges(wire)
	if len(all) != 2 || len(stray) != 1 || string(stray[0].ID) != "2" {
		t.Fatalf("%d requests, and answered is also %+v", len(all), stray)
	}
	if lost := all[0]; lost.request.Method != "a" || len(lost.responses) != 0 {
		t.Errorf("got %+v", lost)
	}
	twice := all[1]
	if len(twice.responses) != 2 || twice.version != 7 || twice.request.Params.Position.Character != 4 || string(twice.responses[0].Result) != `{"items":[]}` {
		t.Errorf("got %+v", twice)
	}
}

func TestWireTellsWhatTheModelDoesNotAllow(t *testing.T) {
	wire, err := parseWire([]byte(`{"Tap":1,"Server":false,"Body":{"jsonrpc":"2.0","id":1,"method":"shutdown"}}
{"Tap":2,"Server":false,"Body":{"jsonrpc":"2.0","id":1,"method":"textDocument/inlineCompletion","params":{}}}
{"Tap":1,"Server":true,"Body":{"jsonrpc":"2.0","id":1,"result":null}}
{"Tap":2,"Server":true,"Body":{"jsonrpc":"2.0","id":1,"result":{"items":[]}}}
{"Tap":2,"Server":true,"Body":{"jsonrpc":"2.0","method":"window/logMessage","params":{"type":9,"message":"m"}}}
`))
	if err != nil {
		t.Fatal(err)
	}
	if found := defects(wire); len(found) != 1 || !strings.Contains(found[0], "params.type: is 9") {
		t.Errorf("got %q", found)
	}
}
