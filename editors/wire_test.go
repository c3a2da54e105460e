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
	"strconv"
	"sync"
	"testing"
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
// the server ends. If it is killed, the server sees the end of its input.
func tap() int {
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
		line, err := json.Marshal(message{Server: server, Body: body})
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
	var all []message
	for line := range bytes.Lines(log) {
		if !bytes.HasSuffix(line, []byte("\n")) {
			break // it is being written
		}
		var m message
		if err := json.Unmarshal(line, &m); err != nil {
			w.t.Fatalf("%v in the wire log's %q", err, line)
		}
		said := struct {
			ID             *json.RawMessage
			Method         *string
			Params, Result any
		}{&m.ID, &m.Method, &m.Params, &m.Result}
		var other *json.UnmarshalTypeError // parameters that no scenario looks at
		if err := json.Unmarshal(m.Body, &said); err != nil && !errors.As(err, &other) {
			w.t.Fatalf("%v in %q", err, m.Body)
		}
		all = append(all, m)
	}
	return all
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
	var all []*exchange
	open := map[string]*exchange{}
	versions := map[string]int{}
	for _, m := range w.wire() {
		switch id, doc := string(m.ID), m.Params.TextDocument; {
		case m.Method == "textDocument/didOpen" || m.Method == "textDocument/didChange":
			versions[doc.URI] = doc.Version
		case !m.Server && m.Method != "" && id != "":
			open[id] = &exchange{request: m, version: versions[doc.URI]}
			all = append(all, open[id])
		case m.Server && m.Method == "" && open[id] != nil:
			open[id].responses = append(open[id].responses, m)
		case m.Server && m.Method == "":
			w.t.Errorf("the server answered a request that nobody made: %s", m.Body)
		}
	}
	return all
}

// answered waits until every request of the editor has its answer, and asserts
// that none has two.
func (w *world) answered() {
	w.t.Helper()
	open := func() (ids []string) {
		for _, x := range w.exchanges() {
			if len(x.responses) == 0 {
				ids = append(ids, x.request.Method+" "+string(x.request.ID))
			}
		}
		return ids
	}
	eventually(w.t, "every request to be answered", func() string { return fmt.Sprint(open()) }, func() bool { return len(open()) == 0 })
	for _, x := range w.exchanges() {
		if len(x.responses) > 1 {
			w.t.Errorf("%s was answered %d times", x.request.Body, len(x.responses))
		}
	}
}

// The log must tell lost and doubled answers from good ones, or no scenario
// could fail by them.
func TestTheTapSeesWhatIsSaid(t *testing.T) {
	var passed bytes.Buffer
	var noted []string
	both := "Content-Length: 2\r\n\r\n{}Content-Type: x\r\ncontent-length: 4\r\n\r\n[1]\n"
	pass(&passed, bytes.NewReader([]byte(both+"Content-Length: 9\r\n\r\n{")), func(body []byte) { noted = append(noted, string(body)) })
	if want := "Content-Length: 2\r\n\r\n{}Content-Length: 4\r\n\r\n[1]\n"; passed.String() != want || len(noted) != 2 {
		t.Errorf("passed on %q, noted %q", passed.String(), noted)
	}
}
