package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestComplete draws the cursor of the document as ‸.
func TestComplete(t *testing.T) {
	tests := []struct {
		name   string
		others string // another file in the prompt
		doc    string
		task   string
		want   string
	}{
		{name: "goes on as another line does", doc: "if err != nil {\n\treturn err\n}\nif err‸\n", want: "```go\n != nil {\n```\n"},
		{name: "as another file does", others: "x := stack.Pop()\n", doc: "x := ‸\n", want: "```go\nstack.Pop()\n```\n"},
		{name: "most frequent first", others: "go run a\ngo run b\ngo run b\n", doc: "go run ‸", want: "```go\nb\n```\n"},
		{name: "leaves what stands there", others: "f(first, second)\n", doc: "f(‸)", want: "```go\nfirst, second\n```\n"},
		{name: "an empty line follows as elsewhere", others: "for i := range n {\n\tsum += i\n}\n", doc: "for i := range n {\n\t‸\n}\n", want: "```go\nsum += i\n```\n"},
		{name: "or nearly as elsewhere", others: "for i := range m {\n\tsum += i\n}\n", doc: "for i := range n {\n\t‸\n}\n", want: "```go\nsum += i\n```\n"},
		{name: "finishes a word", doc: "total := 1\nprint(tot‸)\n", want: "```go\nal\n```\n"},
		{name: "the fence that the task wants", doc: "aa bb\naa ‸", task: "(End of the text.)\nInsert at <CURSOR/> in this objective-c document. Close with ````.", want: "````objective-c\nbb\n````\n"},
		{name: "no task", doc: "aa bb\naa ‸", task: "-", want: "```\nbb\n```\n"},
		{name: "nothing to go by", doc: "‸", want: "```go\n\n```\n"},
		{name: "CRLF", doc: "aa bb\r\naa ‸\r\n", want: "```go\nbb\n```\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := strings.Replace(tt.doc, "‸", "<CURSOR/>", 1)
			switch tt.task {
			case "":
				text += "\n\nInsert at <CURSOR/> in this go document what belongs there, between ```."
			case "-":
			default:
				text += "\n\n" + tt.task
			}
			body := messages.Body{Messages: []messages.Message{{Role: "user", Content: []messages.Block{
				{Type: "text", Text: tt.others}, {Type: "text", Text: text},
			}}}}
			for range 5 { // the same each time
				if got := complete(body); got != tt.want {
					t.Fatalf("answer %q, want %q", got, tt.want)
				}
			}
		})
	}
}

// A prompt of any shape gets an answer and never a panic.
func FuzzComplete(f *testing.F) {
	f.Add("a\nb<CURSOR/>\n\nat <CURSOR/>: ```")
	f.Add("<CURSOR/><CURSOR_2/>")
	f.Fuzz(func(t *testing.T, text string) {
		got := complete(messages.Body{Messages: []messages.Message{{Role: "user", Content: []messages.Block{{Type: "text", Text: text}}}}})
		if !strings.HasPrefix(got, "```") || !strings.HasSuffix(got, "```\n") {
			t.Errorf("answer %q is no fence", got)
		}
	})
}

// TestRun talks to the program as a person's claude-lsp would.
func TestRun(t *testing.T) {
	file := filepath.Join(t.TempDir(), "answer.md")
	if err := os.WriteFile(file, []byte("from a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		args []string
		key  string
		want string // part of the answer
		log  string // part of the line on stderr
	}{
		{name: "made up", want: `"text":"` + "```\\nPop()\\n```", log: "POST /v1/messages 200 claude-haiku-5-5 prompt 10 tokens (read 0, written 0), answer 6, "},
		{name: "text", args: []string{"--text", "said"}, want: `"text":"said"`, log: "200"},
		{name: "a file", args: []string{"--answer", file}, want: "from a file", log: "200"},
		{name: "the right key", args: []string{"--key", "sk-test"}, key: "sk-test", want: "Pop()", log: "200"},
		{name: "a wrong key", args: []string{"--key", "sk-test"}, key: "sk-other", want: "invalid x-api-key", log: "refused: invalid x-api-key"},
		{name: "failing", args: []string{"--fail", "529"}, want: "overloaded_error", log: "POST /v1/messages 529"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			out, in := io.Pipe()
			var stderr bytes.Buffer // read after run has returned
			var group sync.WaitGroup
			group.Go(func() {
				defer func() { _ = in.Close() }()
				args := append([]string{"--listen", "127.0.0.1:0", "--first-byte", "0", "--tokens-per-second", "0"}, tt.args...)
				if err := run(ctx, args, in, &stderr); err != nil {
					t.Errorf("run: %v", err)
				}
			})
			url, err := bufio.NewReader(out).ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			body := `{"model":"claude-haiku-5-5","max_tokens":64,"thinking":{"type":"disabled"},"messages":[{"role":"user","content":"x = Pop()\nx = <CURSOR/>\n"}]}`
			req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSpace(url)+"/v1/messages", strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			if tt.key == "" {
				tt.key = "sk-any"
			}
			req.Header = http.Header{"X-Api-Key": {tt.key}, "Anthropic-Version": {"2026-10-21"}, "Content-Type": {"application/json"}}
			client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
			res, err := client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			answer, err := io.ReadAll(res.Body)
			if err != nil {
				t.Fatal(err)
			}
			_ = res.Body.Close()
			cancel()
			group.Wait()
			if !strings.Contains(string(answer), tt.want) {
				t.Errorf("answer %s, want %q in it", answer, tt.want)
			}
			if !strings.Contains(stderr.String(), tt.log) {
				t.Errorf("stderr %q, want %q in it", stderr.String(), tt.log)
			}
		})
	}
}

func TestRunRefusesBadArguments(t *testing.T) {
	for _, args := range [][]string{{"--answer", "x", "--text", "y"}, {"--answer", "no such file"}, {"more"}, {"--listen", "nowhere:at:all"}, {"--no-such-flag"}} {
		if err := run(t.Context(), args, io.Discard, io.Discard); err == nil {
			t.Errorf("run %q succeeded", args)
		}
	}
}
