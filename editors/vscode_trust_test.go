package editors

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// A repository that nobody trusts brings settings, in a window of the extension
// without a server inside: it finds ours by PATH, which here is the tap. So this
// is also where the wire is looked at, and where the server can be exchanged.
func TestVSCodeUntrusted(t *testing.T) {
	slow(t)
	w := newWorld(t, nil)
	s := &stage{author: writes(lead1 + "return a + b¦")}
	w.api.Answer(s.answer)
	elsewhere := messages.Start(t, messages.Options{})
	trap := filepath.Join(w.dir, "trapped")
	evil := w.write("evil.sh", "#!/bin/sh\ntouch "+trap+"\n")
	if err := os.Chmod(evil, 0o700); err != nil {
		t.Fatal(err)
	}
	repository, err := json.Marshal(map[string]any{
		"claude-lsp.path": evil, "claude-lsp.claude.baseURL": elsewhere.URL(), "claude-lsp.credentials.command": []string{evil},
		"claude-lsp.provider": "embedded", "claude-lsp.model": "claude-of-theirs", "claude-lsp.context.windowTokens": 900000,
		"claude-lsp.context.exclude": []string{"private/"}, "claude-lsp.redact.allow": []string{"*"}, "claude-lsp.trace.server": "verbose",
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(w.folder("project", ".vscode"), "settings.json"), repository, 0o600); err != nil {
		t.Fatal(err)
	}
	file := w.write("sums.go", "package sums\n")
	v := &visit{startVSCode(t, w, vsix(t, "universal"), file, true), s, file}

	v.act("a repository only narrows", func(t *testing.T) {
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
	})
	v.act("what became of it is reported", v.reports)
	v.act("text that grows", v.seesItGrow)
	v.act("typing while it grows", v.typesMeanwhile)
	v.act("a server that ends again and again", v.givesUp)
	v.act("a large workspace", v.showsProgress)
	v.act("no program", v.missesTheProgram)
}

// What the extension tells the server, on the wire.
func (v *visit) reports(t *testing.T) {
	w := v.w
	v.begins(sumsGo)
	v.types("ret")
	v.sees("urn a + b")
	reported := func(method, part string) {
		t.Helper()
		eventually(t, method, func() string { return strings.Join(w.reported(method), "\n") }, func() bool {
			return slices.ContainsFunc(w.reported(method), func(body string) bool {
				return strings.Contains(body, `"command":"claude-lsp.accept","arguments":["`) && strings.Contains(body, part)
			})
		})
	}
	reported("textDocument/didShowCompletion", "") // when it has stood for a moment
	v.keys("Control+ArrowRight")
	v.sees(" a + b")
	reported("textDocument/didPartiallyAcceptCompletion", `"acceptedLength":3`)
	v.keys("Escape")
	v.sees("")
	reported("claude-lsp/didRejectCompletion", "")
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
