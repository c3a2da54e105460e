package main_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// freeAddress is a loopback address that nobody has at the moment.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// scrape reads the figures, as soon as they hold want.
func scrape(t *testing.T, address, want string) string {
	t.Helper()
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	said := ""
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		resp, err := client.Get("http://" + address + "/metrics")
		if err != nil {
			said = err.Error()
			continue
		}
		text, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if said = string(text); err == nil && strings.Contains(said, want) {
			return said
		}
	}
	t.Fatalf("%q does not come; the last that was read is\n%s", want, said)
	return ""
}

// A session can be watched, and what is watched holds nothing that was typed.
func TestFiguresAreServed(t *testing.T) {
	const typed, said, key, folder = "xylophoneKiwi", "zebraQuagga", "sk-hunted-key", "plans-of-ada"
	api := messages.Start(t, messages.Options{Keys: []string{key}})
	answers := []messages.Answer{
		{Fault: &messages.Fault{Status: 529}},
		{Chunks: []string{"```go\nif " + said + "\n```"}},
	}
	api.Answer(func(messages.Request) messages.Answer {
		a := answers[0]
		if len(answers) > 1 {
			answers = answers[1:]
		}
		return a
	})
	address := freeAddress(t)
	env := []string{
		"ANTHROPIC_API_KEY=" + key, "ANTHROPIC_BASE_URL=" + api.URL(), "CLAUDE_LSP_COMPLETION_DEBOUNCE=0ms",
		"CLAUDE_LSP_CONTEXT_PREWARM=false", "CLAUDE_LSP_COMPLETION_AHEAD=false", "CLAUDE_LSP_METRICS_LISTEN=" + address,
	}
	e := startServer(t, env, editor.Options{InlineCompletion: true})
	e.Initialize()
	const uri = "file:///w/" + folder + "/a.go"
	e.Open(uri, "go", "package a\n\nfunc f() {\n\tvar "+typed+" = 1\n\t\n}\n")
	if n := len(e.Inline(uri, editor.Position{Line: 4, Character: 1}, editor.InlineOptions{}).Items()); n != 1 {
		t.Fatalf("%d items", n)
	}
	e.Type(uri, editor.Position{Line: 4, Character: 1}, "i")
	items := e.Inline(uri, editor.Position{Line: 4, Character: 2}, editor.InlineOptions{}).Items()
	if len(items) != 1 {
		t.Fatalf("%d items", len(items))
	}
	if _, err := e.Accept(items[0]).Wait(); err != nil {
		t.Fatal(err)
	}

	text := scrape(t, address, `claude_lsp_suggestions_total{event="accepted"} 1`)
	for _, line := range []string{
		`claude_lsp_requests_total{outcome="shown"} 2`,
		`claude_lsp_answers_total{source="upstream"} 1`,
		`claude_lsp_answers_total{source="kept"} 1`,
		`claude_lsp_upstream_requests_total{endpoint="first"} 2`,
		`claude_lsp_upstream_errors_total{endpoint="first",class="5xx"} 1`,
		`claude_lsp_policies_total{kind="retried",endpoint=`,
		`claude_lsp_first_text_seconds_count 1`,
		`claude_lsp_asked_seconds_count 1`,
		`claude_lsp_reused_seconds_count 1`,
		`claude_lsp_suggestions_total{event="shown"} 1`,
		`claude_lsp_tokens_total{model="claude-haiku-5-5",kind="output",for="suggestions"} `,
		`claude_lsp_dollars_total{model="claude-haiku-5-5"} 0.`,
		`claude_lsp_window_tokens `,
	} {
		if !strings.Contains(text, "\n"+line) {
			t.Errorf("%s is missing", line)
		}
	}
	if strings.Contains(text, `claude_lsp_sent_bytes_total{form="wire"} 0`) {
		t.Error("no byte was counted on the wire")
	}
	for _, secret := range []string{typed, said, key, folder, strings.TrimPrefix(api.URL(), "http://"), "/w/"} {
		if strings.Contains(text, secret) {
			t.Errorf("the figures hold %q", secret)
		}
	}
	if t.Failed() {
		t.Logf("%s", text)
	}

	req, err := http.NewRequest(http.MethodGet, "http://"+address+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "rebound.example"
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("a page of another name is answered with %s", resp.Status)
	}

	e.Shutdown()
	e.WaitEnd()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		c, err := net.Dial("tcp", address)
		if err != nil {
			break
		}
		_ = c.Close()
		if time.Now().After(end) {
			t.Fatal("the address is open after the session")
		}
	}
}

// A server that does not get the address does everything else, says so once, and
// tries again.
func TestFiguresWaitForTheirAddress(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := taken.Addr().String()
	home := t.TempDir()
	set := func(level string) {
		write(t, filepath.Join(home, "claude-lsp", "config.toml"), fmt.Sprintf("provider = \"embedded\"\nlog.level = %q\nmetrics.listen = %q\n", level, address))
	}
	set("info")
	e, p := startProcess(t, []string{"XDG_CONFIG_HOME=" + home}, editor.Options{InlineCompletion: true})
	e.Initialize()
	e.Open("file:///w/a.go", "go", "package a\n\nvar x = 1\n\n")
	e.Inline("file:///w/a.go", editor.Position{Line: 3}, editor.InlineOptions{}).Items()
	_ = taken.Close()
	set("warn") // every change of the settings is a reason to look again at once
	scrape(t, address, "claude_lsp_info{")
	e.Shutdown()
	e.WaitEnd()
	p.Exit()
	if n := strings.Count(p.Stderr.String(), "cannot be read at metrics.listen"); n != 1 {
		t.Errorf("it was said %d times: %s", n, p.Stderr.String())
	}
}

// The setting is followed, and an address of others than this machine is not
// opened.
func TestFiguresFollowTheSetting(t *testing.T) {
	home := t.TempDir()
	file := filepath.Join(home, "claude-lsp", "config.toml")
	set := func(address string) {
		write(t, file, fmt.Sprintf("provider = \"embedded\"\n[metrics]\nlisten = %q\n", address))
	}
	set("0.0.0.0:0")
	e, p := startProcess(t, []string{"XDG_CONFIG_HOME=" + home}, editor.Options{InlineCompletion: true})
	e.Allow("window/showMessage")
	e.Initialize()
	const doc = "file:///w/a.go"
	e.Open(doc, "go", "package a\n")
	for range 2 {
		address := freeAddress(t)
		set(address)
		scrape(t, address, "claude_lsp_info{")
	}
	e.Shutdown()
	e.WaitEnd()
	p.Exit()
	if log := p.Stderr.String(); !strings.Contains(log, "metrics.listen") || !strings.Contains(log, "loopback") {
		t.Errorf("the log does not say what is wrong with 0.0.0.0: %s", log)
	}
}
