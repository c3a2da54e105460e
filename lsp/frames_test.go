package lsp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"go.lsp.dev/jsonrpc2"
	"go.uber.org/zap"
)

// pipe is a connection whose input is given and whose output is kept.
type pipe struct {
	io.Reader
	bytes.Buffer
}

func (p *pipe) Read(b []byte) (int, error) { return p.Reader.Read(b) }
func (p *pipe) Close() error               { return nil }

func frame(body string) string {
	return fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body)
}

// readAll reads frames until an error, and returns the bodies and what was
// answered.
func readAll(input string) (bodies []string, answered string, err error) {
	p := &pipe{Reader: strings.NewReader(input)}
	f := newFrames(p, zap.NewNop())
	for {
		var body []byte
		body, _, err = f.ReadFrame(context.Background())
		if err != nil {
			return bodies, p.String(), err
		}
		bodies = append(bodies, string(body))
	}
}

const good = `{"jsonrpc":"2.0","method":"good"}`

func TestFrames(t *testing.T) {
	long := `{"jsonrpc":"2.0","method":"long","params":"` + strings.Repeat("x", 100_000) + `"}`
	for _, tt := range []struct {
		name     string
		input    string
		want     []string
		answered string // must be part of what was answered; "" for nothing
		err      error
	}{
		{name: "nothing", input: "", err: io.EOF},
		{name: "two messages", input: frame(good) + frame(long), want: []string{good, long}, err: io.EOF},
		{name: "other headers, other case, lone line feeds", input: fmt.Sprintf("content-type: x\ncontent-LENGTH:%d\n\n%s", len(good), good), want: []string{good}, err: io.EOF},
		{name: "a body that is no JSON is answered, and the next is served", input: frame("{nonsense") + frame(good), want: []string{good}, answered: `-32700`, err: io.EOF},
		{name: "an empty body", input: frame("") + frame(good), want: []string{good}, answered: `-32700`, err: io.EOF},
		{name: "a fraction as id", input: frame(`{"jsonrpc":"2.0","id":1.5,"method":"m"}`) + frame(good), want: []string{good}, answered: `"id":null`, err: io.EOF},
		{name: "no version", input: frame(`{"id":1,"method":"m"}`) + frame(good), want: []string{good}, answered: `-32600`, err: io.EOF},
		{name: "a response without sense is not answered", input: frame(`{"jsonrpc":"2.0","id":{}}`) + frame(good), want: []string{good}, err: io.EOF},
		{name: "no length", input: "Content-Type: x\r\n\r\n" + good, err: errBrokenFraming},
		{name: "no colon", input: "hello\r\n\r\n", err: errBrokenFraming},
		{name: "a negative length", input: "Content-Length: -5\r\n\r\n", err: errBrokenFraming},
		{name: "a length that is no number", input: "Content-Length: ten\r\n\r\n", err: errBrokenFraming},
		{name: "a length past all sense", input: "Content-Length: 99999999999\r\n\r\n", err: errBrokenFraming},
		{name: "an endless header line", input: "X: " + strings.Repeat("y", 40<<10), err: errBrokenFraming},
		{name: "endless header lines", input: strings.Repeat("X: y\r\n", 5000), err: errBrokenFraming},
		{name: "an end inside the header", input: "Content-Le", err: errBrokenFraming},
		{name: "an end inside the body", input: "Content-Length: 100\r\n\r\n{", err: errBrokenFraming},
		{name: "too large a body is skipped", input: fmt.Sprintf("Content-Length: %d\r\n\r\n%s", maxBody+1, strings.Repeat(" ", maxBody+1)) + frame(good), want: []string{good}, err: io.EOF},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bodies, answered, err := readAll(tt.input)
			if !errors.Is(err, tt.err) {
				t.Errorf("ended with %v, want %v", err, tt.err)
			}
			if strings.Join(bodies, "\n") != strings.Join(tt.want, "\n") {
				t.Errorf("got %d messages %.200q, want %d", len(bodies), bodies, len(tt.want))
			}
			if tt.answered == "" && answered != "" || !strings.Contains(answered, tt.answered) {
				t.Errorf("answered %q, want something with %q", answered, tt.answered)
			}
		})
	}
}

// FuzzFrames feeds any bytes: whatever comes out must be what the library
// takes, and the end must come.
func FuzzFrames(f *testing.F) {
	f.Add([]byte(frame(good) + frame("{") + frame(good)))
	f.Add([]byte("Content-Length: 3\r\n\r\n[1]"))
	f.Add([]byte("Content-Length: 0\r\n\r\n"))
	f.Add([]byte("\r\n\r\n\r\n"))
	f.Fuzz(func(t *testing.T, input []byte) {
		bodies, _, err := readAll(string(input))
		if err == nil {
			t.Fatal("no end")
		}
		for _, body := range bodies {
			if strings.HasPrefix(strings.TrimLeft(body, " \t\r\n"), "[") {
				if _, err := jsonrpc2.ParseRequests([]byte(body)); err != nil {
					t.Fatalf("a batch came through that the library refuses: %q: %v", body, err)
				}
				continue
			}
			if _, err := jsonrpc2.DecodeMessage([]byte(body)); err != nil {
				t.Fatalf("a message came through that the library refuses: %q: %v", body, err)
			}
		}
	})
}
