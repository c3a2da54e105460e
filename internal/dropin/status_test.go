package dropin

import (
	"encoding/json"
	"fmt"
	"net"
	"strings"
	"sync/atomic"

	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// statusRows are about what the person gets to know.
func statusRows() []row {
	return []row{
		{n: 23, capability: "status notification busy / kind / message / command", check: statusNotification, how: "Normal, busy while the model is asked, a message when the key is refused, Normal again, Inactive when switched off; and the older twin"},
		{n: 24, capability: "showMessageRequest, logMessage", check: shownMessages, how: "the choice of a model is a question to the person; the log comes; trouble is shown once"},
		{
			n: 28, capability: "public-code citation notice", check: citations, how: "nobody is told of a citation that nobody looked up",
			not: "it needs GitHub's index of public code; Claude alone cannot say where a text is from",
		},
		{n: 29, capability: "quota view and warnings", check: quota, how: "checkQuota is the budget of the day: it falls with what is spent, and warnings come before it is used up"},
		{n: 30, capability: "diagnostics report", check: diagnostics, how: "the report names model, endpoint, proxy, certificates and where the key comes from, and never the key or the password of the proxy"},
		{n: 31, capability: "legacy method twins", check: legacyTwins, how: "all of copilot.lua's and LSP-copilot's methods; text over range is displayText at the cursor"},
	}
}

// A notice is didChangeStatus.
type notice struct {
	Busy    bool
	Kind    string
	Message string
	Status  string // of the twin
	Command *editor.Command
}

// until waits for a notification that is as wanted.
func (c *client) until(method, what string, ok func(notice) bool) notice {
	c.t.Helper()
	for {
		var n notice
		if err := json.Unmarshal(c.Next(method).Params, &n); err != nil {
			c.t.Fatalf("%s: %v", method, err)
		}
		switch n.Kind {
		case "Normal", "Error", "Warning", "Inactive":
		default:
			c.t.Errorf("%s has kind %q", method, n.Kind)
		}
		if ok(n) {
			return n
		}
	}
}

func statusNotification(t *probe) {
	c := connect(t, setup{})
	c.Allow("window/showMessage")
	const method, twin = "didChangeStatus", "statusNotification"
	normal := func(n notice) bool { return n.Kind == "Normal" && !n.Busy }
	c.says("a + b")
	p := c.draw("a.go", half)
	c.items(c.ask(p, nil))
	c.until(method, "ready", normal)
	c.until(twin, "ready", func(n notice) bool { return normal(n) && n.Status == "Normal" })

	hold := make(chan struct{})
	c.api.Queue(messages.Answer{Chunks: []string{"```\n", "b + a\n```"}, Hold: hold})
	p = c.draw("busy.go", half)
	call := c.ask(p, nil)
	c.until(method, "busy", func(n notice) bool { return n.Busy })
	c.until(twin, "busy", func(n notice) bool { return n.Busy && n.Status == "InProgress" })
	close(hold)
	c.items(call)
	c.until(method, "no longer busy", normal)

	c.api.Queue(messages.Fail(401))
	p = c.draw("refused.go", half)
	c.items(c.ask(p, nil))
	trouble := c.until(method, "a refused key", func(n notice) bool { return n.Kind == "Error" || n.Kind == "Warning" })
	if trouble.Message == "" {
		t.Errorf("of a refused key the status says %+v", trouble)
	}
	p = c.draw("well.go", half)
	c.items(c.ask(p, nil))
	c.until(method, "well again", normal)

	result[any](c, c.Request("workspace/executeCommand", map[string]any{"command": "claude-lsp.disable"}))
	c.until(method, "switched off", func(n notice) bool { return n.Kind == "Inactive" })
	result[any](c, c.Request("workspace/executeCommand", map[string]any{"command": "claude-lsp.enable"}))
	c.until(method, "switched on", normal)
	c.Shutdown()
}

func shownMessages(t *probe) {
	c := connect(t, setup{})
	var choices atomic.Int32
	c.Handle("window/showMessageRequest", func(params json.RawMessage) (any, *editor.Error) {
		var in struct {
			Message string
			Actions []struct{ Title string }
		}
		_ = json.Unmarshal(params, &in) // no choice is counted then
		choices.Store(int32(len(in.Actions)))
		for _, a := range in.Actions {
			if a.Title == "claude-sonnet-5" {
				return map[string]string{"title": a.Title}, nil
			}
		}
		return nil, nil
	})
	c.Allow("window/showMessageRequest")
	result[any](c, c.Request("workspace/executeCommand", map[string]any{"command": "claude-lsp.chooseModel"}))
	if now := c.status(); choices.Load() < 2 || now.Model != "claude-sonnet-5" {
		t.Errorf("of %d models the person chose one, and %s is used", choices.Load(), now.Model)
	}
	// Of a document that is not open the log says something.
	c.items(c.Request("textDocument/inlineCompletion", map[string]any{"textDocument": map[string]any{"uri": c.uri("nowhere.go")}, "position": editor.Position{}}))
	var line struct {
		Type    int
		Message string
	}
	if err := json.Unmarshal(c.Next("window/logMessage").Params, &line); err != nil || line.Type < 1 || line.Type > 5 || line.Message == "" {
		t.Errorf("a line of the log is %+v, %v", line, err)
	}
	c.api.Answer(func(messages.Request) messages.Answer { return messages.Fail(401) })
	for i := range 3 {
		if got := c.items(c.ask(c.draw(fmt.Sprintf("refused%d.go", i), half), nil)); len(got) != 0 {
			t.Errorf("%d items although the key is refused", len(got))
		}
	}
	shown := c.Next("window/showMessage")
	if more := c.All("window/showMessage"); len(more) != 0 || !strings.Contains(string(shown.Params), "key") {
		t.Errorf("of a refused key came %s and %d more messages, for three requests", shown.Params, len(more))
	}
	c.Shutdown()
}

// citations shows that nothing is pretended: a client that can show notices gets
// none.
func citations(t *probe) {
	c := connect(t, setup{options: map[string]any{"copilotCapabilities": map[string]any{"ipCodeCitation": true}}})
	c.says("a + b")
	p := c.draw("a.go", half)
	got := c.items(c.ask(p, nil))
	c.Change(p.uri, editor.Edit{Range: &got[0].Range, Text: got[0].InsertText})
	result[any](c, c.Request("workspace/executeCommand", map[string]any{"command": got[0].Command.Command, "arguments": got[0].Command.Arguments}))
	c.Shutdown() // a copilot/ipCodeCitation that nobody looked at would fail here
}

// A quotaView is what checkQuota answers.
type quotaView struct {
	Completions struct {
		PercentRemaining *float64
		Unlimited        bool
		OveragePermitted bool
	}
	Chat, PremiumInteractions *struct{ Unlimited bool }
	ResetDate                 string
	CopilotPlan               string
}

func quota(t *probe) {
	c := connect(t, setup{})
	if got := result[quotaView](c, c.Request("checkQuota", map[string]any{})); !got.Completions.Unlimited {
		t.Errorf("without a budget checkQuota says %+v", got)
	}
	c.Shutdown()

	c = connect(t, setup{env: []string{"CLAUDE_LSP_BUDGET_DAILY_USD=0.01"}})
	c.says("a + b")
	view := func() float64 {
		t.Helper()
		got := result[quotaView](c, c.Request("checkQuota", map[string]any{}))
		if got.Completions.Unlimited || got.Completions.PercentRemaining == nil || got.Completions.OveragePermitted || got.ResetDate == "" || got.CopilotPlan == "" {
			t.Fatalf("with a budget checkQuota says %+v", got)
		}
		return *got.Completions.PercentRemaining
	}
	ask := func(i int) int {
		return len(c.items(c.ask(c.draw(fmt.Sprintf("a%d.go", i), fmt.Sprintf("package a%d\n\nvar x%d = ‸\n", i, i)), invoked)))
	}
	// The first request opens the ledger, which is nothing to wait for at the start.
	if n := ask(0); n != 1 {
		t.Fatalf("%d items", n)
	}
	before := view()
	if before > 100 || before <= 0 {
		t.Errorf("%.1f %% are left after one request", before)
	}
	last, asked := before, 0
	for ctx := within(t); last > 10; asked++ {
		now := view()
		if now > last+5 { // what was put aside for a request may come back, but no more
			t.Errorf("%.1f %% are left, and were %.1f before a further request", now, last)
		}
		if last = now; ctx.Err() != nil {
			t.Fatalf("after %d requests %.1f %% are left", asked, last)
		}
		ask(asked + 1)
	}
	for _, share := range []string{"50 % of budget.dailyUSD", "80 % of budget.dailyUSD"} {
		if told := string(c.Next("window/showMessage").Params); !strings.Contains(told, share) {
			t.Errorf("the person is told %s, want something of %s", told, share)
		}
	}
	if told := string(c.Next("copilot/quotaWarning").Params); !strings.Contains(told, "80 %") {
		t.Errorf("the client is warned of %s", told)
	}
	c.Allow("window/showMessage")
	c.Shutdown()
}

func diagnostics(t *probe) {
	ca := newAuthority(t, "api.company.test", net.IPv4zero)
	c := connect(t, setup{env: []string{"HTTP_PROXY=http://ann:s3same@127.0.0.1:9", "SSL_CERT_FILE=" + ca.file}})
	report := result[struct{ Report string }](c, c.Request("debug/diagnostics", map[string]any{})).Report
	for _, part := range []string{"#", "claude-haiku-5-5", c.api.URL(), "environment", "HTTP_PROXY", ca.file} {
		if !strings.Contains(report, part) {
			t.Errorf("the report does not tell %q", part)
		}
	}
	for _, secret := range []string{"sk-row", "s3same"} {
		if strings.Contains(report, secret) {
			t.Errorf("the report holds a secret")
		}
	}
	c.Shutdown()
}
