package dropin

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/fake/built"
	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// spoken runs the server on bytes and returns what it wrote and its exit code.
func spoken(t *probe, input string) (out string, exit int) {
	t.Helper()
	cmd := built.Command(t, nil, "--stdio")
	var said bytes.Buffer
	cmd.Stdin, cmd.Stdout = strings.NewReader(input), &said
	var bad *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &bad) {
		t.Fatal(err)
	}
	return said.String(), cmd.ProcessState.ExitCode()
}

func frame(body string) string { return fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body) }

func hardness(t *probe) {
	const (
		initialize = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}`
		shutdown   = `{"jsonrpc":"2.0","id":9,"method":"shutdown"}`
		exit       = `{"jsonrpc":"2.0","method":"exit"}`
		status     = `{"jsonrpc":"2.0","id":2,"method":"claude-lsp/status"}`
	)
	for _, tt := range []struct {
		what, input string
		exit        int
		said        string
	}{
		{"a header without a length", frame(initialize) + "Content-Type: x\r\n\r\n{}", 1, `"id":1`},
		{"a length that is none", frame(initialize) + "Content-Length: ten\r\n\r\n{}", 1, `"id":1`},
		{"a negative length", frame(initialize) + "Content-Length: -4\r\n\r\n{}", 1, `"id":1`},
		{"a body that is no JSON", frame(initialize) + frame("{nonsense") + frame(status) + frame(shutdown) + frame(exit), 0, "-32700"},
		{"what follows a body that is no JSON", frame(initialize) + frame("{nonsense") + frame(status) + frame(shutdown) + frame(exit), 0, `"id":2`},
		{"a batch", frame(initialize) + frame("["+status+"]") + frame(shutdown) + frame(exit), 0, `"id":2`},
		{"exit without shutdown", frame(initialize) + frame(exit), 1, ""},
		{"a second initialize", frame(initialize) + frame(strings.Replace(initialize, "1", "3", 2)) + frame(shutdown) + frame(exit), 0, "-32600"},
	} {
		said, code := spoken(t, tt.input)
		if code != tt.exit || !strings.Contains(said, tt.said) {
			t.Errorf("%s: exit code %d, want %d; it says %s, want %s in it", tt.what, code, tt.exit, said, tt.said)
		}
	}
	// The same place in three encodings: behind é, 😀 and a tab.
	for encoding, column := range map[string]int{"utf-8": 14, "utf-16": 10, "utf-32": 9} {
		api := messages.Start(t, messages.Options{})
		api.Say("```\ndone\n```")
		e, _ := built.Start(t, []string{"ANTHROPIC_API_KEY=sk-row", "ANTHROPIC_BASE_URL=" + api.URL(), "CLAUDE_LSP_COMPLETION_DEBOUNCE=0ms"},
			editor.Options{InlineCompletion: true, Encodings: []string{encoding}})
		e.Allow("didChangeStatus", "didChangeStatus/v2", "statusNotification")
		var got struct {
			Capabilities struct{ PositionEncoding string }
		}
		if err := json.Unmarshal(e.Initialize(), &got); err != nil || got.Capabilities.PositionEncoding != encoding {
			t.Errorf("offered %s, chosen %q", encoding, got.Capabilities.PositionEncoding)
		}
		e.Open("file:///rows/a.go", "go", "\t// héé😀 \n")
		items := e.Inline("file:///rows/a.go", editor.Position{Character: column}, editor.InlineOptions{Invoked: true}).Items()
		if len(items) != 1 || items[0].Range.Start.Character != column {
			t.Errorf("%s: %+v, want one at %d", encoding, items, column)
		}
		e.Shutdown()
	}
}

func largeWindow(t *probe) {
	var long strings.Builder
	long.WriteString("package zoo\n\n")
	for i := range 9000 {
		fmt.Fprintf(&long, "func feed%d(okapi, tapir int) int { return okapi*%d + tapir }\n", i, i)
	}
	c := connect(t, setup{})
	c.says("okapi")
	p := c.draw("long.go", long.String()+"\nfunc last(okapi int) int {\n\treturn ‸\n}\n")
	c.items(c.ask(p, invoked))
	all := c.paid()
	if len(all) != 1 {
		t.Fatalf("%d requests", len(all))
	}
	usage := all[0].Usage
	if prompt := usage.Input + usage.CacheRead + usage.CacheWrite5m + usage.CacheWrite1h; prompt < 60_000 || prompt > 100_000 {
		t.Errorf("the prompt has %d tokens, want 60,000 to 100,000", prompt)
	}
	blocks := 0
	for _, m := range all[0].Body.Messages {
		blocks += len(m.Content)
	}
	if blocks < 5 {
		t.Errorf("the prompt has %d blocks: it is not in parts", blocks)
	}
	c.Shutdown()

	c = connect(t, setup{menu: true})
	c.says("okapi + tapir")
	p = c.draw("menu.go", "package zoo\n\nfunc feed(okapi, tapir int) int {\n\treturn ok‸\n}\n")
	items := c.Completion(p.uri, p.at, "").Items()
	if len(items) != 1 || !strings.Contains(items[0].Text, "okapi + tapir") || items[0].FilterText == "" || items[0].Documentation == "" {
		t.Errorf("the menu has %+v", items)
	}
	c.Shutdown()
}
