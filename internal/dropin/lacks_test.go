package dropin

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/built"
	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// tenThings are what copilot-language-server does not have.
func tenThings() []row {
	return []row{
		{n: 1, capability: "own key and endpoint, from environment, file, command or Vault, with rotation", check: ownKey, how: "a key of each source reaches the API; one that was replaced is used without a restart"},
		{n: 2, capability: "a daily budget that holds", check: holdsBudget, how: "warnings, then local suggestions and not one more request upstream"},
		{n: 3, capability: "a local model when the service is not there", check: localModel, how: "after 401, 429, 503, 529 and without a connection a suggestion still comes"},
		{n: 4, capability: "the exact prompt on request", check: promptOnRequest, how: "what `claude-lsp/context` says is compared with what went upstream"},
		{n: 5, capability: "secrets taken out, secret files off, an ignore file", check: secretsStay, how: "planted secrets are looked for in the prompts, and counted in the context"},
		{n: 6, capability: "figures for Prometheus, and no telemetry", check: figuresAndSilence, how: "the figures are scraped; a proxy for everything else sees no connection"},
		{n: 7, capability: "answers kept between runs", check: keptAnswers, how: "a repeat after a restart, with the service gone"},
		{n: 8, capability: "small and quick: one static file", check: footprint, how: "size, time to the initialize result and memory are measured and logged; what is tested is that it needs no library"},
		{n: 9, capability: "protocol hardness", check: hardness, how: "exit codes after bad framing and without shutdown, -32700, and utf-8, utf-16 and utf-32"},
		{n: 10, capability: "a window of 95,000 tokens, and a menu for editors without ghost text", check: largeWindow, how: "the tokens of a prompt by the API's count; completion items in an editor without inline completion"},
	}
}

// ownKey turns one key after the other into the only one that the API takes.
func ownKey(t *probe) {
	var good atomic.Pointer[string]
	inner := messages.New(messages.Options{})
	inner.Say("```\na + b\n```")
	lock := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Api-Key") != *good.Load() {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, `{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}`)
			return
		}
		inner.ServeHTTP(w, r)
	}))
	vault := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Vault-Token") != "token-of-vault" || r.URL.Path != "/v1/secret/data/anthropic" {
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, `{"errors":["permission denied"]}`)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"data": map[string]any{"data": map[string]any{"key": *good.Load()}, "metadata": map[string]any{"version": 1}}})
	}))
	t.Cleanup(func() {
		inner.Close()
		for _, s := range []*httptest.Server{lock, vault} {
			s.CloseClientConnections()
			s.Close()
		}
	})
	dir := t.TempDir()
	file := filepath.Join(dir, "key")
	turn := func(key string) {
		good.Store(&key)
		writeFile(t, dir, "key", key+"\n")
	}
	for what, env := range map[string][]string{
		"environment": {"ANTHROPIC_API_KEY=k-1"},
		"file":        {"CLAUDE_LSP_CREDENTIALS_SOURCE=file", "CLAUDE_LSP_CREDENTIALS_FILE=" + file},
		"command":     {"CLAUDE_LSP_CREDENTIALS_SOURCE=command", fmt.Sprintf("CLAUDE_LSP_CREDENTIALS_COMMAND=[\"cat\", %q]", file)},
		"Vault": {
			"CLAUDE_LSP_CREDENTIALS_SOURCE=vault", "VAULT_ADDR=" + vault.URL, "VAULT_TOKEN=token-of-vault",
			"CLAUDE_LSP_CREDENTIALS_VAULT_PATH=secret/data/anthropic",
		},
	} {
		turn("k-1")
		c := connect(t, setup{noKey: true, env: append(env, "ANTHROPIC_BASE_URL="+lock.URL)})
		if got := c.items(c.ask(c.draw("a.go", half), nil)); len(got) != 1 {
			t.Errorf("%s: %d items", what, len(got))
		}
		if what != "environment" {
			turn("k-2")
			if got := c.items(c.ask(c.draw("b.go", half), nil)); len(got) != 1 {
				t.Errorf("%s: %d items after the key was replaced", what, len(got))
			}
		}
		c.Shutdown()
	}
}

// knownLines is a document from which the embedded model can continue.
const knownLines = "package a\n\nfunc feed(okapi *Okapi) error {\n\tif err := okapi.Open(); err != nil {\n\t\treturn err\n\t}\n\tif err := okapi.Eat(); err != nil {\n\t\treturn err\n\t}\n\tif err := okapi.Close(); err != nil {\n\t\treturn err\n\t}\n\tif err := okapi.Sleep(); err != nil {\n\t\t‸\n\t}\n}\n"

func holdsBudget(t *probe) {
	c := connect(t, setup{env: []string{"CLAUDE_LSP_BUDGET_DAILY_USD=0.01", "CLAUDE_LSP_FALLBACK=embedded"}})
	c.says("return fmt.Errorf(\"sleep: %w\", err)")
	asked := 0
	ask := func() {
		t.Helper()
		asked++
		p := c.draw(fmt.Sprintf("a%d.go", asked), strings.ReplaceAll(knownLines, "okapi", fmt.Sprintf("okapi%d", asked)))
		if got := c.items(c.ask(p, invoked)); len(got) == 0 {
			t.Errorf("request %d is answered with nothing, although a local model is there", asked)
		}
	}
	type spending struct {
		DailyUSD, SpentUSD float64
		Step               string
	}
	now := func() spending {
		return result[struct{ Budget spending }](c, c.Request("claude-lsp/status", nil)).Budget
	}
	// What a request may cost is put aside until it is over, so one in between may
	// find too little left: only many in a row say that the budget is used up.
	for free := 0; free < 20 && asked < 1000; {
		before := len(c.paid())
		if ask(); len(c.paid()) > before {
			free = 0
		} else {
			free++
		}
	}
	told := ""
	for _, share := range []string{"50 % of budget.dailyUSD", "80 % of budget.dailyUSD"} {
		for !strings.Contains(told, share) {
			told += string(c.Next("window/showMessage").Params)
		}
	}
	c.Allow("window/showMessage") // that it is used up, where not even a small request fits
	if end := now(); end.SpentUSD > end.DailyUSD || end.SpentUSD < 0.8*end.DailyUSD || len(c.paid()) >= asked {
		t.Errorf("of %d requests %d were paid, and the status says %+v", asked, len(c.paid()), end)
	}
	c.Shutdown()
}

func localModel(t *probe) {
	for what, answer := range map[string]messages.Answer{
		"401": messages.Fail(401), "429": messages.SpendCap(), "503": messages.Fail(503), "529": messages.Fail(529), "offline": {},
	} {
		env := []string{"CLAUDE_LSP_FALLBACK=embedded"}
		if what == "offline" {
			env = append(env, "ANTHROPIC_BASE_URL=http://127.0.0.1:9")
		}
		c := connect(t, setup{env: env})
		c.Allow("window/showMessage")
		c.api.Answer(func(messages.Request) messages.Answer { return answer })
		if got := c.items(c.ask(c.draw("a.go", knownLines), nil)); len(got) == 0 || !strings.Contains(got[0].InsertText, "return err") {
			t.Errorf("%s: here comes %+v", what, got)
		}
		c.Shutdown()
	}
}

func promptOnRequest(t *probe) {
	c := connect(t, setup{files: map[string]string{"neighbour.go": "package a\n\nfunc feedOkapi(kilos int) (leftover int) { return 0 }\n"}})
	c.says("1")
	c.promptsUntil("the neighbour", func(i int) place { return c.draw(fmt.Sprintf("main%d.go", i), half) }, lacks("feedOkapi"))
	p := c.draw("last.go", half+"// farBehind\n")
	type answer struct {
		Text   string
		Report struct {
			Model, Provider string
			Tokens          int
			Redacted        int
			Price           *struct{}
		}
	}
	at := map[string]any{"textDocument": map[string]any{"uri": p.uri}, "position": p.at}
	short := result[answer](c, c.Request("claude-lsp/context", at))
	at["full"] = true
	full := result[answer](c, c.Request("claude-lsp/context", at))
	c.items(c.ask(p, nil))
	for _, part := range []string{"feedOkapi", "farBehind", "func add"} {
		if strings.Contains(c.prompt(), part) != strings.Contains(full.Text, part) {
			t.Errorf("%q is in the prompt: %v, and in what the server says of it: %v", part, strings.Contains(c.prompt(), part), strings.Contains(full.Text, part))
		}
	}
	if len(short.Text) >= len(full.Text) || !strings.Contains(short.Text, "neighbour.go") || full.Report.Tokens == 0 || full.Report.Model != c.status().Model || full.Report.Price == nil {
		t.Errorf("the report is %+v, the short text\n%s", full.Report, short.Text)
	}
	c.Shutdown()
}

func secretsStay(t *probe) {
	const token, password = "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a", "sk-ant-api03-" + "Kq3vR8tYw2nB5mX7zL4pD6sF9gH1jC0uVbNaEiOo-QwErTyUiOpAsDfGhJkLzXcVbNm1234567890abcdefGHIJKLMN-opqAA"
	c := connect(t, setup{files: map[string]string{
		"keys.go": "package a\n\nfunc tokenOf() string { return \"" + token + "\" }\n", ".env": "KEY=" + password + "\n",
		".claude-lsp-ignore": "private.go\n", "private.go": "package a\n\nfunc privateOkapi() {}\n",
	}})
	c.says("1")
	c.promptsUntil("the file with a secret", func(i int) place {
		return c.draw(fmt.Sprintf("main%d.go", i), "package a\n\nvar own = \""+token+"\"\n\nfunc f() {\n\tx := ‸\n}\n")
	}, lacks("tokenOf"))
	for _, q := range c.paid() {
		for _, secret := range []string{token, password, "privateOkapi"} {
			if strings.Contains(q.Body.Prompt(), secret) {
				t.Fatalf("%.8s… is in a prompt", secret)
			}
		}
	}
	report := result[struct{ Report struct{ Redacted int } }](c, c.Request("claude-lsp/context", map[string]any{
		"textDocument": map[string]any{"uri": c.uri("main0.go")}, "position": map[string]any{"line": 5, "character": 6},
	}))
	if report.Report.Redacted < 1 {
		t.Errorf("%d secrets are counted", report.Report.Redacted)
	}
	for _, drawn := range []string{".env", "private.go"} {
		if got := c.items(c.ask(c.draw(drawn, "‸\n"), invoked)); len(got) != 0 {
			t.Errorf("%s: %d items", drawn, len(got))
		}
	}
	c.Shutdown()
}

func figuresAndSilence(t *probe) {
	var elsewhere atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		elsewhere.Add(1)
		w.WriteHeader(http.StatusBadGateway)
	}))
	t.Cleanup(proxy.Close)
	address := freeAddress(t)
	c := connect(t, setup{env: []string{"HTTPS_PROXY=" + proxy.URL, "HTTP_PROXY=" + proxy.URL, "CLAUDE_LSP_METRICS_LISTEN=" + address}})
	c.says("a + b")
	p := c.draw("a.go", half)
	got := c.items(c.ask(p, nil))
	c.Notify("textDocument/didShowCompletion", map[string]any{"item": map[string]any{"command": got[0].Command}})
	result[any](c, c.Request("workspace/executeCommand", map[string]any{"command": got[0].Command.Command, "arguments": got[0].Command.Arguments}))
	c.Notify("workspace/didChangeConfiguration", map[string]any{"settings": map[string]any{"telemetry": map[string]any{"telemetryLevel": "all"}}})
	text := ""
	for ctx := within(t); !strings.Contains(text, `claude_lsp_suggestions_total{event="accepted"} 1`); {
		resp, err := http.Get("http://" + address + "/metrics")
		if err == nil {
			raw, _ := io.ReadAll(resp.Body)
			resp.Body.Close()
			text = string(raw)
		}
		if ctx.Err() != nil {
			t.Fatalf("no figures: %v\n%s", err, text)
		}
	}
	for _, name := range []string{
		"claude_lsp_requests_total", "claude_lsp_answers_total", "claude_lsp_first_text_seconds_bucket", "claude_lsp_upstream_requests_total",
		"claude_lsp_dollars_total", "claude_lsp_suggestions_total",
	} {
		if !strings.Contains(text, name) {
			t.Errorf("the figures lack %s", name)
		}
	}
	if n, others := elsewhere.Load(), connections(c.run.Cmd.Process.Pid, c.api.URL(), address); n != 0 || len(others) != 0 {
		t.Errorf("%d requests went through the proxy, connections are open to %v", n, others)
	}
	c.Shutdown()
	if n := elsewhere.Load(); n != 0 {
		t.Errorf("%d requests went through the proxy at the end", n)
	}
}

func keptAnswers(t *probe) {
	state := t.TempDir()
	api := messages.New(messages.Options{})
	api.Say("```\nokapi + tapir\n```")
	up := httptest.NewServer(api)
	gone := func() {
		api.Close()
		up.CloseClientConnections()
		up.Close()
	}
	t.Cleanup(gone)
	sit := func() int {
		c := connect(t, setup{env: []string{"XDG_STATE_HOME=" + state, "ANTHROPIC_BASE_URL=" + up.URL}})
		c.Allow("window/showMessage")
		// The store is opened in the background, and an answer is kept only once it
		// is: then the status tells what the day has cost.
		for ctx := within(t); result[struct{ CostToday *float64 }](c, c.Request("claude-lsp/status", nil)).CostToday == nil; {
			if ctx.Err() != nil {
				t.Fatal("the store was not opened")
			}
		}
		const uri, before, after = "file:///rows/kept.go", "package a\n\nfunc add(okapi, tapir int) int {\n\treturn ", "\n}\n"
		c.Open(uri, "go", before+after)
		items := c.items(c.ask(place{uri, endOf(before)}, nil))
		c.Shutdown()
		c.run.Exit()
		return len(items)
	}
	if n := sit(); n != 1 || len(api.Requests()) != 1 {
		t.Fatalf("the first time %d items came, after %d requests", n, len(api.Requests()))
	}
	gone()
	if n := sit(); n != 1 {
		t.Errorf("after a restart, with the service gone, %d items came", n)
	}
}

func footprint(t *probe) {
	info, err := os.Stat(built.Binary(t))
	if err != nil {
		t.Fatal(err)
	}
	c := start(t, setup{})
	began := time.Now()
	c.Initialize()
	took := time.Since(began)
	rss := resident(c.run.Cmd.Process.Pid)
	c.Shutdown()
	t.Logf("figures: %.1f MB not stripped; initialize answered %v after it was sent to a process that was just started; %d KiB resident", float64(info.Size())/1e6, took.Round(100*time.Microsecond), rss)
	if err := static(built.Binary(t)); err != nil {
		t.Errorf("the server is not one static file: %v", err)
	}
}
