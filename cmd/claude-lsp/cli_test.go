package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/built"
	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
	"github.com/claude-lsp/claude-lsp/internal/price"
)

// run runs the binary to its end.
func run(t *testing.T, cmd *exec.Cmd) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// project is a folder with files.
func project(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		write(t, filepath.Join(dir, name), text)
	}
	return dir
}

func TestVersion(t *testing.T) {
	for _, arg := range []string{"version", "--version"} {
		out, _, code := run(t, command(t, nil, arg))
		if code != 0 || !strings.HasPrefix(out, "claude-lsp ") || !strings.Contains(out, runtime.Version()) {
			t.Errorf("%s: exit code %d, %q", arg, code, out)
		}
	}
}

func TestCompleteStreamsAndPrints(t *testing.T) {
	api := messages.Start(t, messages.Options{Keys: []string{"sk-cli"}})
	api.Say("```go\nreturn a + b\n```")
	dir := project(t, map[string]string{"go.mod": "module x\n", "add.go": "package x\n\nfunc add(a, b int) int {\n\t\n}\n"})
	env := []string{"ANTHROPIC_API_KEY=sk-cli", "ANTHROPIC_BASE_URL=" + api.URL()}
	place := filepath.Join(dir, "add.go") + ":4:2"

	out, errs, code := run(t, command(t, env, "complete", place))
	if code != 0 || !strings.Contains(out, "func add(a, b int) int {\n\treturn a + b\n}") {
		t.Errorf("exit code %d, stdout %q, stderr %q", code, out, errs)
	}
	if !strings.Contains(errs, "claude-haiku-5-5") || !strings.Contains(errs, "$0.000") {
		t.Errorf("stderr tells neither model nor price: %q", errs)
	}

	out, errs, code = run(t, command(t, env, "complete", "--json", place))
	var result struct {
		Outcome, Provider, Model string
		Candidates               []struct {
			Text  string
			Range struct{ Line, From, To int }
		}
		USD *float64
	}
	if err := json.Unmarshal([]byte(out), &result); err != nil || code != 0 {
		t.Fatalf("exit code %d, %v: %s %s", code, err, out, errs)
	}
	if result.Outcome != "shown" || result.Provider != "claude" || result.USD == nil || len(result.Candidates) != 1 ||
		result.Candidates[0].Text != "return a + b" || result.Candidates[0].Range.Line != 4 || result.Candidates[0].Range.From != 2 || result.Candidates[0].Range.To != 2 {
		t.Errorf("--json printed %s", out)
	}
	if !strings.Contains(out, `"cacheRead": `) {
		t.Errorf("--json names what was used otherwise than all else: %s", out)
	}

	cmd := command(t, env, "complete", "--stdin", "--json", filepath.Join(dir, "add.go")+":1:1")
	cmd.Stdin = strings.NewReader("// é😀\n")
	if out, errs, code := run(t, cmd); code != 0 || !strings.Contains(out, `"outcome"`) {
		t.Errorf("--stdin: exit code %d, %s %s", code, out, errs)
	}
	if got := string(api.Requests()[2].Raw); !strings.Contains(got, "é😀") {
		t.Errorf("the text from standard input was not sent: %s", got)
	}
}

// An editor that was told a wrong argument reads what we print as the protocol.
func TestWrongArgumentsLeaveStdoutAlone(t *testing.T) {
	for _, args := range [][]string{{"--nonsense"}, {"serve", "--nonsense"}, {"complete"}, {"complete", "a.go"}} {
		out, errs, code := run(t, command(t, nil, args...))
		if out != "" || code == 0 || !strings.Contains(errs, "Usage: ") {
			t.Errorf("%v: exit code %d, stdout %q, stderr %q", args, code, out, errs)
		}
	}
	if out, _, code := run(t, command(t, nil, "--help")); code != 0 || !strings.Contains(out, "Usage: ") {
		t.Errorf("--help: exit code %d, stdout %q", code, out)
	}
}

// What make try shows on a fresh machine: a hole in a file of this repository is
// filled with no key at all, and by the Messages API with one.
func TestTryShowsACompletion(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the script is for a POSIX shell")
	}
	try := func(env []string) string {
		t.Helper()
		cmd := command(t, env)
		cmd = &exec.Cmd{Path: "/bin/sh", Args: []string{"sh", "../../scripts/try", cmd.Path}, Env: cmd.Env}
		out, errs, code := run(t, cmd)
		if code != 0 {
			t.Fatalf("exit code %d: %s %s", code, out, errs)
		}
		return out + errs
	}
	want := "\tvar p protocol.DidCloseTextDocumentParams\n\tif err := c.decode(&p); err != nil {\n\t\treturn nil, err\n\t}\n"
	if out := try(nil); !strings.Contains(out, want) || !strings.Contains(out, "embedded") {
		t.Errorf("with no key:\n%s", out)
	}
	api := messages.Start(t, messages.Options{})
	api.Say("```go\nif err := c.decode(&p); err != nil {\n\treturn nil, err\n}\n```")
	if out := try([]string{"ANTHROPIC_API_KEY=sk-x", "ANTHROPIC_BASE_URL=" + api.URL()}); !strings.Contains(out, want) || !strings.Contains(out, "claude-haiku-5-5") {
		t.Errorf("with a key:\n%s", out)
	}
}

func TestCompleteSaysWhatIsWrong(t *testing.T) {
	dir := project(t, map[string]string{"a.go": "package a\n", ".env": "A=b\n"})
	for _, tt := range []struct {
		name string
		env  []string
		args []string
		want string
	}{
		{"no place", nil, []string{"complete"}, "FILE:LINE:COL"},
		{"no numbers", nil, []string{"complete", "a.go"}, "FILE:LINE:COL"},
		{"no such file", nil, []string{"complete", filepath.Join(dir, "none.go") + ":1:1"}, "none.go"},
		{"no such line", nil, []string{"complete", filepath.Join(dir, "a.go") + ":9:1"}, "2 lines"},
		{"no such column", nil, []string{"complete", filepath.Join(dir, "a.go") + ":1:99"}, "9 characters"},
		{"a secret file", nil, []string{"complete", filepath.Join(dir, ".env") + ":1:1"}, "secret file"},
		{"no key", []string{"CLAUDE_LSP_PROVIDER=claude"}, []string{"complete", filepath.Join(dir, "a.go") + ":2:1"}, "ANTHROPIC_API_KEY"},
		{"nobody there", []string{"ANTHROPIC_API_KEY=sk-x", "ANTHROPIC_BASE_URL=http://127.0.0.1:9"}, []string{"complete", filepath.Join(dir, "a.go") + ":2:1"}, "127.0.0.1:9"},
		{"a key over plain http", []string{"ANTHROPIC_API_KEY=sk-x", "ANTHROPIC_BASE_URL=http://192.0.2.1"}, []string{"complete", filepath.Join(dir, "a.go") + ":2:1"}, "https"},
		{"a provider that comes later", []string{"CLAUDE_LSP_PROVIDER=fim"}, []string{"complete", filepath.Join(dir, "a.go") + ":2:1"}, "no effect yet"},
		{"an unknown command", nil, []string{"finish"}, "finish"},
		{"an unknown editor", nil, []string{"doctor", "--editor", "ed"}, "neovim"},
		{"a public address", nil, []string{"serve", "--listen", "0.0.0.0:0"}, "loopback"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, errs, code := run(t, command(t, tt.env, tt.args...))
			if code == 0 || !strings.Contains(errs, tt.want) {
				t.Errorf("exit code %d, stderr %q, want something with %q (stdout %q)", code, errs, tt.want, out)
			}
			if strings.Contains(errs+out, "sk-x") {
				t.Error("the key was printed")
			}
		})
	}
}

func TestTerminalObeysNoModel(t *testing.T) {
	api := messages.Start(t, messages.Options{})
	api.Say("```go\nx := \"\x1b]0;owned\x07\x1b[2J\"\n```")
	dir := project(t, map[string]string{"a.go": "package a\n\nfunc f() {\n\t\n}\n"})
	out, errs, _ := run(t, command(t, []string{"ANTHROPIC_API_KEY=sk-x", "ANTHROPIC_BASE_URL=" + api.URL()}, "complete", filepath.Join(dir, "a.go")+":4:2"))
	if strings.ContainsAny(out+errs, "\x1b\x07") {
		t.Errorf("control sequences of the model reached the terminal: %q %q", out, errs)
	}
}

func TestDoctor(t *testing.T) {
	api := messages.Start(t, messages.Options{})
	out, _, code := run(t, command(t, []string{"ANTHROPIC_API_KEY=sk-secret", "ANTHROPIC_BASE_URL=" + api.URL()}, "doctor"))
	for _, want := range []string{"ok  key", "ok  endpoint", api.URL(), "ok  model", "claude-haiku-5-5", "ok  store", "budget"} {
		if !strings.Contains(out, want) {
			t.Errorf("doctor does not say %q:\n%s", want, out)
		}
	}
	if code != 0 || strings.Contains(out, "sk-secret") {
		t.Errorf("exit code %d:\n%s", code, out)
	}
	if n := len(api.Requests()); n != 0 {
		t.Errorf("doctor made %d requests; looking must not cost", n)
	}

	out, _, code = run(t, command(t, nil, "doctor"))
	if code != 0 || !strings.Contains(out, "embedded model answers") {
		t.Errorf("without a key: exit code %d:\n%s", code, out)
	}
	out, _, code = run(t, command(t, []string{"CLAUDE_LSP_PROVIDER=claude", "CLAUDE_LSP_MODELL=x"}, "doctor", "--offline"))
	if code != 1 || !strings.Contains(out, "!!  key") || !strings.Contains(out, "CLAUDE_LSP_MODEL") {
		t.Errorf("provider without a key, and an odd variable: exit code %d:\n%s", code, out)
	}
	for _, name := range []string{"neovim", "helix", "emacs"} {
		if out, _, code := run(t, command(t, nil, "doctor", "--editor", name)); code != 0 || !strings.Contains(out, "claude-lsp") {
			t.Errorf("%s: exit code %d, %q", name, code, out)
		}
	}
}

func TestExitCodes(t *testing.T) {
	for _, tt := range []struct {
		name, input string
		want        int
	}{
		{"end of input", "", 1},
		{"exit without shutdown", message(`{"jsonrpc":"2.0","method":"exit"}`), 1},
		{"shutdown and exit", message(`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}`) +
			message(`{"jsonrpc":"2.0","id":2,"method":"shutdown"}`) + message(`{"jsonrpc":"2.0","method":"exit"}`), 0},
		{"end of input after shutdown", message(`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}`) +
			message(`{"jsonrpc":"2.0","id":2,"method":"shutdown","params":null}`), 0},
		{"broken framing", "what is this\r\n\r\n", 1},
	} {
		for _, args := range [][]string{
			nil,
			{"--stdio"},
			{"serve"},
			{"serve", "--stdio", "--clientProcessId=1"},
			{"--experimental-sqlite", "/opt/copilot/dist/language-server.js", "--stdio"},
			{"/opt/copilot.vim/dist/agent.js", "--stdio"},
		} {
			cmd := command(t, nil, args...)
			cmd.Stdin = strings.NewReader(tt.input)
			_, errs, code := run(t, cmd)
			if code != tt.want {
				t.Errorf("%s with %q: exit code %d, want %d; log:\n%s", tt.name, args, code, tt.want, errs)
			}
			if tt.name == "broken framing" && !strings.Contains(errs, "broken framing") {
				t.Errorf("the log does not say why: %s", errs)
			}
		}
	}
}

func message(body string) string {
	return fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body)
}

// A settings file that is mended is heard without a restart, and a broken one
// is a warning that names line and key.
func TestSettingsFileIsWatched(t *testing.T) {
	api := messages.Start(t, messages.Options{})
	api.Say("```go\nx\n```")
	dir := project(t, map[string]string{"config/claude-lsp/config.toml": "[completion]\nmaxTokns = 99\n"})
	file := filepath.Join(dir, "config/claude-lsp/config.toml")
	e := startServer(t, []string{
		"ANTHROPIC_API_KEY=sk-x", "ANTHROPIC_BASE_URL=" + api.URL(), "XDG_CONFIG_HOME=" + filepath.Join(dir, "config"),
		"CLAUDE_LSP_COMPLETION_DEBOUNCE=0ms",
	}, editor.Options{InlineCompletion: true})
	e.Initialize()
	m := e.Next("window/showMessage")
	for _, want := range []string{"config.toml:2", "maxTokns", "completion.maxTokens"} {
		if !strings.Contains(string(m.Params), want) {
			t.Errorf("the warning does not name %s: %s", want, m.Params)
		}
	}
	uri := "file:///w/a.go"
	e.Open(uri, "go", "a := ")
	maxTokens := func() int {
		e.Inline(uri, editor.Position{Line: 0, Character: 5}, editor.InlineOptions{}).Items()
		all := api.Requests()
		return all[len(all)-1].Body.MaxTokens
	}
	if n := maxTokens(); n != 256 {
		t.Errorf("max_tokens %d, want the default", n)
	}
	write(t, file, "[completion]\nmaxTokens = 99\n")
	for end := time.Now().Add(15 * time.Second); maxTokens() != 99; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the mended file was not heard")
		}
	}
	e.Shutdown()
}

// The embedded model says nothing of what it must not read any more.
func TestEmbeddedModelForgets(t *testing.T) {
	var functions strings.Builder
	for i := range 12 {
		fmt.Fprintf(&functions, "func do%d(ctx context.Context, name string) error {\n\treturn bravoRegistry.Do(ctx, name)\n}\n\n", i)
	}
	dir := project(t, map[string]string{"bravo.go": "package a\n\n" + functions.String(), "config/claude-lsp/config.toml": ""})
	e := startServer(t, []string{"XDG_CONFIG_HOME=" + filepath.Join(dir, "config"), "CLAUDE_LSP_COMPLETION_DEBOUNCE=0ms"},
		editor.Options{InlineCompletion: true, Folders: []string{"file://" + filepath.ToSlash(dir)}})
	e.Allow("$/progress", "window/workDoneProgress/create")
	e.Initialize()
	documents := 0
	knows := func() bool {
		documents++ // another one each time: what was suggested in one is remembered
		uri := fmt.Sprintf("file://%s/new%d.go", filepath.ToSlash(dir), documents)
		e.Open(uri, "go", "package a\n\nfunc do(ctx context.Context, name string) error {\n\treturn bravo\n}\n")
		defer e.CloseDocument(uri)
		return len(e.Inline(uri, editor.Position{Line: 3, Character: 13}, editor.InlineOptions{Invoked: true}).Items()) > 0
	}
	until := func(want bool, what string) {
		t.Helper()
		for end := time.Now().Add(15 * time.Second); knows() != want; time.Sleep(1500 * time.Millisecond) { // documents rest meanwhile
			if time.Now().After(end) {
				t.Fatal(what)
			}
		}
	}
	until(true, "it has read nothing")
	write(t, filepath.Join(dir, "config/claude-lsp/config.toml"), "[context]\nexclude = [\"bravo.go\"]\n")
	until(false, "it goes on saying what is excluded")
	e.Shutdown()
}

// A budget that is used up stops what is paid before it is passed, says so, and
// leaves the editor in peace.
func TestBudgetHolds(t *testing.T) {
	api := messages.Start(t, messages.Options{})
	api.Say("```go\nx\n```")
	const limit = 0.002
	e := startServer(t, []string{
		"ANTHROPIC_API_KEY=sk-x", "ANTHROPIC_BASE_URL=" + api.URL(), "CLAUDE_LSP_COMPLETION_DEBOUNCE=0ms",
		fmt.Sprint("CLAUDE_LSP_BUDGET_DAILY_USD=", limit),
	}, editor.Options{InlineCompletion: true})
	e.Initialize()
	e.Open("file:///w/a.go", "go", "a := ")
	at := editor.Position{Line: 0, Character: 5}
	answered, left := 0, 0
	for ; left < 3 && answered < 100; at = e.Type("file:///w/a.go", at, "b") {
		if len(e.Inline("file:///w/a.go", at, editor.InlineOptions{Invoked: true}).Items()) == 0 {
			left++
			time.Sleep(100 * time.Millisecond) // what the one before has taken may come back
			continue
		}
		answered, left = answered+1, 0
	}
	if answered == 0 || answered == 100 {
		t.Errorf("%d requests were answered", answered)
	}
	told := ""
	for !strings.Contains(told, " % of budget.dailyUSD") || !strings.Contains(told, "budget.dailyUSD allows no request") {
		told += string(e.Next("window/showMessage").Params)
	}
	e.Allow("window/showMessage") // which shares of it are told depends on what the requests came to
	usd := 0.0
	for _, r := range api.Requests() {
		haiku, _ := price.Lookup("claude-haiku-5-5")
		usd += haiku.USD(price.Tokens{
			Input: r.Usage.Input, CacheRead: r.Usage.CacheRead, CacheWrite5m: r.Usage.CacheWrite5m, CacheWrite1h: r.Usage.CacheWrite1h, Output: r.Usage.Output,
		})
	}
	if usd > limit || usd < limit/2 {
		t.Errorf("$%f was spent of $%f in %d requests", usd, limit, answered)
	}
	e.Shutdown()
}

// A refusal of the API may quote the prompt: its words are for the user's eyes,
// and not for the log.
func TestLogHoldsNoWordsOfTheService(t *testing.T) {
	api := messages.Start(t, messages.Options{})
	api.Answer(func(messages.Request) messages.Answer {
		return messages.Answer{Fault: &messages.Fault{Status: 400, Message: "messages.0: cannot read words-of-the-prompt"}}
	})
	e, p := startProcess(t, []string{
		"ANTHROPIC_API_KEY=sk-x", "ANTHROPIC_BASE_URL=" + api.URL(), "CLAUDE_LSP_COMPLETION_DEBOUNCE=0ms",
		"CLAUDE_LSP_LOG_LEVEL=debug",
	}, editor.Options{InlineCompletion: true})
	e.Allow("window/showMessage")
	e.Initialize()
	e.Open("file:///w/a.go", "go", "a := ")
	e.Inline("file:///w/a.go", editor.Position{Line: 0, Character: 5}, editor.InlineOptions{}).Items()
	raw, err := e.Request("claude-lsp/status", nil).Wait()
	if err != nil || !strings.Contains(string(raw), "words-of-the-prompt") {
		t.Errorf("the status does not tell what the service said: %s, %v", raw, err)
	}
	for _, m := range append(e.All("window/logMessage"), e.All("window/showMessage")...) {
		if strings.Contains(string(m.Params), "words-of-the-prompt") {
			t.Errorf("logged: %s", m.Params)
		}
	}
	e.Shutdown()
	p.Exit()
	if text := p.Stderr.String(); strings.Contains(text, "words-of-the-prompt") || !strings.Contains(text, "invalid_request") {
		t.Errorf("the log is\n%s", text)
	}
}

func TestListen(t *testing.T) {
	t.Run("loopback wants the token", func(t *testing.T) {
		addr, token := built.Listen(t, "127.0.0.1:0")
		connect := func() *editor.Editor {
			t.Helper()
			conn, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			e := editor.Start(t, conn, editor.Options{})
			e.Allow("claude-lsp/status", "window/logMessage")
			return e
		}
		e := connect()
		if _, err := e.Request("initialize", map[string]any{"capabilities": map[string]any{}, "initializationOptions": map[string]any{"token": "no"}}).Wait(); err == nil {
			t.Error("a wrong token was taken")
		}
		e.WaitEnd() // no second guess
		e = connect()
		raw, rerr := e.Request("initialize", map[string]any{"capabilities": map[string]any{}, "initializationOptions": map[string]any{"token": token}}).Wait()
		if rerr != nil {
			t.Fatal(rerr)
		}
		e.Initialized(raw)
		e.Shutdown()
	})
	t.Run("unix socket of the owner", func(t *testing.T) {
		if runtime.GOOS == "windows" {
			t.Skip("there are no such sockets")
		}
		path := filepath.Join(t.TempDir(), "s")
		built.Listen(t, "unix:"+path)
		st, err := os.Stat(path)
		if err != nil || st.Mode().Perm() != 0o600 {
			t.Errorf("the socket: %v, %v", st, err)
		}
		for range 2 { // one client after another
			conn, err := net.Dial("unix", path)
			if err != nil {
				t.Fatal(err)
			}
			e := editor.Start(t, conn, editor.Options{})
			e.Allow("claude-lsp/status", "window/logMessage")
			e.Initialize()
			e.Shutdown()
		}
	})
}

// What an editor was shown is told in the terminal, by another process.
func TestStats(t *testing.T) {
	state := t.TempDir()
	env := []string{"XDG_STATE_HOME=" + state}
	out, errs, code := run(t, command(t, env, "stats"))
	if code != 0 || !strings.Contains(out, "Nothing was counted") || !strings.Contains(out, "claude-lsp doctor") {
		t.Errorf("without a store: exit code %d, %q, %q", code, out, errs)
	}
	if left, err := os.ReadDir(state); err != nil || len(left) != 0 {
		t.Errorf("asking made %v, %v", left, err)
	}

	api := messages.Start(t, messages.Options{Keys: []string{"sk-cli"}})
	api.Say("```go\nreturn a + b\n```")
	e := startServer(t, append(env, "ANTHROPIC_API_KEY=sk-cli", "ANTHROPIC_BASE_URL="+api.URL(), "CLAUDE_LSP_COMPLETION_DEBOUNCE=0ms"),
		editor.Options{InlineCompletion: true})
	e.Initialize()
	const uri = "file:///w/add.go"
	e.Open(uri, "go", "package x\n\nfunc add(a, b int) int {\n\t\n}\n")
	items := e.Inline(uri, editor.Position{Line: 3, Character: 1}, editor.InlineOptions{}).Items()
	if len(items) != 1 {
		t.Fatalf("%d items", len(items))
	}
	if _, err := e.Accept(items[0]).Wait(); err != nil {
		t.Fatal(err)
	}
	e.Shutdown()
	e.WaitEnd()

	type group struct {
		Name                                string
		Shown, Accepted, AcceptedCharacters int
		AcceptedPercent                     float64
		Requests                            int
		USD, USDPerAcceptedCharacter        float64
		FirstText, Asked                    struct{ Count, P50Ms, P99Ms float64 }
	}
	type period struct {
		All                 group
		ByLanguage, ByModel []group
	}
	var got struct{ Today, Last30Days period }
	// The server has ended its session, and may still be writing.
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		out, errs, code = run(t, command(t, env, "stats", "--json"))
		if err := json.Unmarshal([]byte(out), &got); err != nil || code != 0 {
			t.Fatalf("exit code %d, %v: %s %s", code, err, out, errs)
		}
		if got.Today.All.Accepted > 0 && got.Today.All.Requests > 0 && got.Today.All.Asked.Count > 0 || time.Now().After(end) {
			break
		}
	}
	for _, p := range []period{got.Today, got.Last30Days} {
		if a := p.All; a.Shown != 1 || a.Accepted != 1 || a.AcceptedPercent != 100 || a.AcceptedCharacters != len("return a + b") || a.Requests != 1 || a.USD <= 0 {
			t.Errorf("all: %+v", a)
		}
		if a := p.All; a.USDPerAcceptedCharacter <= 0 || a.FirstText.Count < 1 || a.FirstText.P50Ms <= 0 || a.Asked.P99Ms < a.Asked.P50Ms {
			t.Errorf("costs and times: %+v", a)
		}
		if len(p.ByLanguage) != 1 || p.ByLanguage[0].Name != "go" || len(p.ByModel) != 1 || p.ByModel[0].Name != "claude-haiku-5-5" || p.ByModel[0].Requests != 1 {
			t.Errorf("by language %+v, by model %+v", p.ByLanguage, p.ByModel)
		}
	}
	if out, errs, code = run(t, command(t, env, "stats")); code != 0 || !strings.Contains(out, "1 (100 %)") || !strings.Contains(out, "claude-haiku-5-5") {
		t.Errorf("exit code %d, %q, %q", code, out, errs)
	}
}
