package main_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// Every story, written down and played again, is decided as it was.
func TestStoriesReplay(t *testing.T) {
	eachStory(t, "../../testdata/stories", func(s *story, t *testing.T) {
		file := filepath.Join(t.TempDir(), "sitting.jsonl")
		s.args = []string{"--record", file}
		s.play(t)
		out, code := replay(t, file)
		if code != 0 || !strings.Contains(out, " 0 DIFFERENT") {
			data, _ := os.ReadFile(file)
			t.Errorf("exit code %d:\n%s\nof\n%s", code, out, data)
		}
	})
}

// replay plays a recording and returns what is printed on either stream.
func replay(t *testing.T, file string, args ...string) (out string, code int) {
	t.Helper()
	data, err := command(t, nil, append([]string{"replay", file}, args...)...).CombinedOutput()
	var bad *exec.ExitError
	if err != nil && !errors.As(err, &bad) {
		t.Fatal(err)
	}
	if bad != nil {
		code = bad.ExitCode()
	}
	return string(data), code
}

// A sitting with all that an editor does is decided anew as it was; what the file
// says otherwise is told.
func TestReplay(t *testing.T) {
	const secret = "q7Zk2mX9vB4tR8wL1nC6"
	file := filepath.Join(t.TempDir(), "sitting.jsonl")
	api := messages.Start(t, messages.Options{})
	api.Answer(func(messages.Request) messages.Answer {
		return messages.Answer{
			Chunks:    []string{"```go\n", "range names ", "{\n", "\t\tprintln(name)\n", "\t}\n", "```\n", "token := \"q7Zk2mX9", "vB4tR8wL1nC6\"\n"},
			FirstByte: 150 * time.Millisecond, PerChunk: 10 * time.Millisecond,
		}
	})
	e, p := startProcess(t, []string{
		"ANTHROPIC_API_KEY=sk-x", "ANTHROPIC_BASE_URL=" + api.URL(), "CLAUDE_LSP_COMPLETION_DEBOUNCE=20ms",
	}, editor.Options{InlineCompletion: true, Folders: []string{"file:///w"}}, "--record", file)
	e.Initialize()
	e.Open("file:///w/.env", "plaintext", "TOKEN=never-in-the-file\n")
	e.Open("file:///w/b.go", "go", "package a\r\n\r\nvar größe = \"🙂\"\r\n")
	e.Open("file:///w/a.go", "go", "package a\n\nfunc f(names []string) {\n\tfor _, name := \n}\n")
	at := e.After("file:///w/a.go", "name := ")
	ask := func(invoked bool) *editor.Call {
		return e.Inline("file:///w/a.go", at, editor.InlineOptions{Invoked: invoked})
	}
	superseded := ask(false)
	_ = ask(false).Items()
	superseded.Forget()
	for _, key := range "range na" {
		call := ask(false)
		time.Sleep(15 * time.Millisecond) // a quick typist; keys that come all at once are not what is recorded here
		at = e.Type("file:///w/a.go", at, string(key))
		call.Forget()
	}
	if items := ask(false).Items(); len(items) > 0 {
		if call := e.Accept(items[0]); call != nil {
			call.Forget()
		}
	}
	at = e.After("file:///w/a.go", "range names {")
	ask(false).Forget()
	cancelled := ask(true)
	e.Cancel(cancelled)
	cancelled.Forget()
	at = e.Type("file:///w/a.go", editor.Position{Line: 1}, "var token = \""+secret+"\"\n\n")
	_ = ask(false).Items()
	_ = e.Inline("file:///w/b.go", editor.Position{Line: 2, Character: 16}, editor.InlineOptions{}).Items()
	_ = e.Inline("file:///w/.env", editor.Position{Line: 1}, editor.InlineOptions{}).Items()
	e.Shutdown()
	p.exit()

	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := range len(secret) - 5 {
		if run := secret[i : i+6]; strings.Contains(string(data), run) {
			t.Errorf("%q of the secret is in the recording", run)
		}
	}
	if strings.Contains(string(data), "never-in-the-file") || !strings.Contains(string(data), `{"reason":"secret_file"}`) {
		t.Errorf("of the secret file there is something, or not that it was declined:\n%s", data)
	}
	out, code := replay(t, file)
	if code != 0 || !strings.Contains(out, " 0 DIFFERENT") || !strings.Contains(out, "not for the engine: secret_file") {
		t.Errorf("exit code %d:\n%s\nof\n%s", code, out, data)
	}

	changed := filepath.Join(t.TempDir(), "changed.jsonl")
	write(t, changed, strings.ReplaceAll(string(data), `"multiline":"auto"`, `"multiline":"auto","disabled":true`))
	out, code = replay(t, changed)
	if code != 1 || !strings.Contains(out, "-> not_asked disabled  DIFFERENT: outcome") || !strings.Contains(out, "the model was asked then, and not now") {
		t.Errorf("exit code %d:\n%s", code, out)
	}
	if out, code = replay(t, changed, "--from", "1000s"); code != 1 || strings.Contains(out, "a.go") {
		t.Errorf("from a time after the end, exit code %d:\n%s", code, out)
	}
	if out, code = replay(t, changed, "--request", "2"); code != 1 || !strings.Contains(out, "range names {") || !strings.Contains(out, "DIFFERENT: outcome") {
		t.Errorf("one request, exit code %d:\n%s", code, out)
	}
	out, code = replay(t, changed, "--json")
	var result struct{ Same, Different int }
	if err := json.Unmarshal([]byte(out), &result); err != nil || code != 1 || result.Different == 0 {
		t.Errorf("as JSON, exit code %d, %v:\n%s", code, err, out)
	}
}

func TestReplayRefuses(t *testing.T) {
	write := func(text string) string {
		file := filepath.Join(t.TempDir(), "x.jsonl")
		write(t, file, text)
		return file
	}
	for _, tt := range []struct{ name, file, says string }{
		{"none", filepath.Join(t.TempDir(), "none"), "none"},
		{"another file", write("package main\n"), "no recording of claude-lsp"},
		{"newer", write(`{"claude-lsp-recording":99,"program":"v9"}` + "\n"), "play it with that version"},
		{"damaged", write(`{"claude-lsp-recording":1}` + "\n{}\n"), "in line 2"},
	} {
		if out, code := replay(t, tt.file); code != 1 || !strings.Contains(out, tt.says) {
			t.Errorf("%s: exit code %d: %s", tt.name, code, out)
		}
	}
	if out, code := replay(t, write(`{"claude-lsp-recording":1}`+"\n")); code != 0 || !strings.Contains(out, "end of the recording is missing") {
		t.Errorf("cut: exit code %d: %s", code, out)
	}
}

func TestRecordRefuses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.jsonl")
	write(t, file, "mine")
	for _, tt := range []struct {
		args []string
		says string
	}{
		{[]string{"serve", "--record", file}, "--overwrite"},
		{[]string{"serve", "--record", filepath.Join(file, "x")}, "--record"},
		{[]string{"serve", "--record", file + "2", "--listen", "127.0.0.1:0"}, "leave one of them out"},
	} {
		out, err := command(t, nil, tt.args...).CombinedOutput()
		if err == nil || !strings.Contains(string(out), tt.says) {
			t.Errorf("%v: %v: %s", tt.args, err, out)
		}
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != "mine" {
		t.Errorf("the file holds %q now (%v)", text, err)
	}
}
