package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// The very same question is answered from the disk after a restart: for nothing,
// also when the budget is used up. With cache.maxMB = 0 it is asked again, and
// what was kept goes.
func TestARepeatAfterARestartAsksNobody(t *testing.T) {
	state := t.TempDir()
	api := messages.Start(t, messages.Options{})
	api.Say("```go\nzebraQuagga\n```")
	sit := func(want string, more ...string) {
		t.Helper()
		e := startServer(t, append(more, "XDG_STATE_HOME="+state, "ANTHROPIC_API_KEY=sk-x", "ANTHROPIC_BASE_URL="+api.URL(),
			"CLAUDE_LSP_COMPLETION_DEBOUNCE=0ms"), editor.Options{InlineCompletion: true})
		e.Allow("window/showMessage")
		e.Initialize()
		e.Open("file:///w/a.go", "go", "package a\n\nvar x = \n")
		time.Sleep(500 * time.Millisecond) // until the document is prepared, and the store with it
		items := e.Inline("file:///w/a.go", editor.Position{Line: 2, Character: 8}, editor.InlineOptions{}).Items()
		if got := len(items) == 1; got != (want != "") {
			t.Errorf("%d items, want %q", len(items), want)
		}
		e.Shutdown()
		e.WaitEnd()
	}
	upstream := func(want int) {
		t.Helper()
		n := 0
		for _, r := range api.Requests() {
			if strings.HasSuffix(r.Path, "/messages") && r.Body.MaxTokens > 0 {
				n++
			}
		}
		if n != want {
			t.Errorf("%d questions went upstream, want %d", n, want)
		}
	}
	sit("zebraQuagga")
	upstream(1)
	sit("zebraQuagga")
	upstream(1)
	sit("zebraQuagga", "CLAUDE_LSP_BUDGET_DAILY_USD=0.0000001")
	upstream(1)
	all := why(t, []string{"XDG_STATE_HOME=" + state})
	if last := all[len(all)-1]; last.Source != "disk" || last.Usage != nil && last.Usage.Input+last.Usage.Output != 0 {
		t.Errorf("why says %+v", last)
	}
	sit("zebraQuagga", "CLAUDE_LSP_CACHE_MAX_MB=0")
	upstream(2)
	if raw, err := os.ReadFile(filepath.Join(state, "claude-lsp", "store.db")); err != nil || strings.Contains(string(raw), "zebraQuagga") {
		t.Errorf("the answer is still there: %v", err)
	}
	if out, errs, code := run(t, command(t, []string{"XDG_STATE_HOME=" + state}, "purge", "--yes")); code != 0 {
		t.Errorf("purge: %d, %s%s", code, out, errs)
	}
	entries, err := os.ReadDir(filepath.Join(state, "claude-lsp"))
	if err != nil || len(entries) != 0 {
		t.Errorf("after purge: %v, %v", entries, err)
	}
}

// With a budget and no ledger that can be written nothing paid is asked, and the
// status says why.
func TestABudgetWithoutALedger(t *testing.T) {
	state := t.TempDir()
	if err := os.WriteFile(filepath.Join(state, "claude-lsp"), nil, 0o600); err != nil { // where the folder should be
		t.Fatal(err)
	}
	api := messages.Start(t, messages.Options{})
	api.Say("```go\nx\n```")
	e := startServer(t, []string{
		"XDG_STATE_HOME=" + state, "ANTHROPIC_API_KEY=sk-x", "ANTHROPIC_BASE_URL=" + api.URL(), "CLAUDE_LSP_COMPLETION_DEBOUNCE=0ms", "CLAUDE_LSP_BUDGET_DAILY_USD=5",
	}, editor.Options{InlineCompletion: true})
	e.Allow("window/showMessage")
	e.Initialize()
	e.Open("file:///w/a.go", "go", "package a\n\nvar x = \n")
	if n := len(e.Inline("file:///w/a.go", editor.Position{Line: 2, Character: 8}, editor.InlineOptions{}).Items()); n != 0 {
		t.Errorf("%d items", n)
	}
	result, failed := e.Request("claude-lsp/status", nil).Wait()
	if failed != nil || !strings.Contains(string(result), "mend the store") || !strings.Contains(string(result), `"kind":"budget"`) {
		t.Errorf("the status is %s, %v", result, failed)
	}
	for _, r := range api.Requests() {
		if strings.HasSuffix(r.Path, "/messages") {
			t.Errorf("%s was asked", r.Path)
		}
	}
	e.Shutdown()
}
