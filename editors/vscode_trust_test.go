package editors

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// A repository that nobody trusts brings settings, in a window of the extension
// without a server inside: it finds ours by PATH, which here is the tap.
func TestVSCodeUntrusted(t *testing.T) {
	slow(t)
	w := newWorld(t, writes(lead1+"return a + b¦"))
	elsewhere := messages.Start(t, messages.Options{})
	trap := filepath.Join(w.dir, "trapped")
	evil := w.write("evil.sh", "#!/bin/sh\ntouch "+trap+"\n")
	if err := os.Chmod(evil, 0o700); err != nil {
		t.Fatal(err)
	}
	repository, err := json.Marshal(map[string]any{
		"claude-lsp.path": evil, "claude-lsp.claude.baseURL": elsewhere.URL(), "claude-lsp.credentials.command": []string{evil},
		"claude-lsp.provider": "embedded", "claude-lsp.model": "claude-of-theirs", "claude-lsp.context.windowTokens": 900000,
		"claude-lsp.context.exclude": []string{"private/"}, "claude-lsp.redact.allow": []string{"*"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(w.folder("project", ".vscode"), "settings.json"), repository, 0o600); err != nil {
		t.Fatal(err)
	}
	file := w.write("sums.go", "package sums\n")
	v := startVSCode(t, w, vsix(t, "universal"), file, true, nil)

	defer v.shot("end")
	v.says("(sparkle) claude-haiku-5-5")
	v.begins(sumsGo)
	v.types("ret")
	v.sees("urn a + b")
	if _, err := os.Stat(trap); err == nil {
		t.Error("the repository's program was started")
	}
	if n := len(elsewhere.Requests()); n != 0 {
		t.Errorf("%d requests went where the repository wanted them", n)
	}
	settings := w.told()
	if len(settings) == 0 || !slices.ContainsFunc(settings, func(s string) bool { return strings.Contains(s, `"context.exclude":["private/"]`) }) {
		t.Errorf("the exclusion of the repository was not told: %q", settings)
	}
	for _, s := range settings {
		for _, not := range []string{"baseURL", "credentials", "provider", "redact", "model", "900000", evil} {
			if strings.Contains(s, not) {
				t.Errorf("the server was told %s", s)
			}
		}
	}

	// What the extension reports, on the wire.
	time.Sleep(200 * time.Millisecond) // it counts as shown when it has stood for a moment
	v.keys("Control+ArrowRight")
	v.sees(" a + b")
	v.keys("Escape")
	v.sees("")
	for _, method := range []string{"textDocument/didShowCompletion", "textDocument/didPartiallyAcceptCompletion", "claude-lsp/didRejectCompletion"} {
		eventually(t, method, func() string { return strings.Join(w.reported(method), "\n") }, func() bool {
			return slices.ContainsFunc(w.reported(method), func(body string) bool {
				return strings.Contains(body, `"command":"claude-lsp.accept","arguments":["`) && (!strings.Contains(method, "Partially") || strings.Contains(body, `"acceptedLength":3`))
			})
		})
	}

	v.grows()

	// Nothing there to start: a message that says what to do.
	if err := os.Remove(filepath.Join(w.dir, "bin", "claude-lsp")); err != nil {
		t.Fatal(err)
	}
	v.palette("Restart Server")
	popups := func() string { return strings.Join(v.list("popups"), "\n") }
	eventually(t, "a message", popups, func() bool { return strings.Contains(popups(), "claude-lsp was not found") })
	v.says("(error)")
	v.shot("missing")
}

// grows starts a scripted server in the place of ours, whose answer is written
// line by line when the test says so, and looks at what stands on the screen.
func (v *vscode) grows() {
	v.t.Helper()
	w := v.w
	grow, asked := filepath.Join(w.dir, "grow"), filepath.Join(w.dir, "asked")
	say := func(s string) {
		v.t.Helper()
		if err := os.WriteFile(grow, []byte(s), 0o600); err != nil {
			v.t.Fatal(err)
		}
	}
	say("")
	server, err := filepath.Abs("vscode/real/growing-server.mjs")
	if err != nil {
		v.t.Fatal(err)
	}
	link := filepath.Join(w.dir, "bin", "claude-lsp")
	script := fmt.Sprintf("#!/bin/sh\nGROW=%s ASKED=%s exec node %s\n", strconv.Quote(grow), strconv.Quote(asked), strconv.Quote(server))
	if err := os.Remove(link); err != nil {
		v.t.Fatal(err)
	}
	if err := os.WriteFile(link, []byte(script), 0o700); err != nil { //nolint:gosec // a program
		v.t.Fatal(err)
	}
	v.palette("Restart Server")
	v.says("scripted")
	questions := func() int { b, _ := os.ReadFile(asked); return strings.Count(string(b), "\n") }

	v.begins("‸\n")
	v.types("f")
	eventually(v.t, "the question", func() string { return "" }, func() bool { return questions() > 0 })
	time.Sleep(300 * time.Millisecond) // until nothing more comes of what was typed
	n := questions()
	for i, want := range []string{"urn add(", "urn add(\n    a,", "urn add(\n    a,\n    b,"} {
		say(strings.Repeat("+", i+1))
		v.sees(want)
		v.shot(fmt.Sprintf("grows-%d", i+1))
	}
	say("+++.")
	v.sees("urn add(\n    a,\n    b,\n)")
	if q := questions(); q != n {
		v.t.Errorf("growing asked %d times more", q-n)
	}
	v.keys("Tab")
	v.saves(filepath.Join(w.dir, "project", "sums.go"), "furn add(\n\ta,\n\tb,\n)\n")

	// What is typed meanwhile ends it: nothing of the old answer comes back.
	say("")
	v.begins("‸\n")
	v.types("f")
	n = questions()
	say("+")
	v.sees("urn add(")
	say("")
	v.types("x")
	v.sees("")
	say("++")
	v.sees("urn add(\n    a,") // of the new question
	v.keys("Escape")
	v.sees("")
	say("+++.")
	v.must("wait", 500) // for nothing
	v.sees("")
}

// told are the settings that the editor answered with.
func (w *world) told() (all []string) {
	for _, m := range w.wire() {
		if !m.Server && m.Method == "" && strings.Contains(string(m.Result), `"`) && strings.HasPrefix(string(m.Result), "[{") {
			all = append(all, string(m.Result))
		}
	}
	return all
}

// reported are the editor's notifications of a kind.
func (w *world) reported(method string) (all []string) {
	for _, m := range w.wire() {
		if !m.Server && m.Method == method {
			all = append(all, string(m.Body))
		}
	}
	return all
}
