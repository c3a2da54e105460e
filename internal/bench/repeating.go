package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// repeating measures the very same questions, asked again of a server that was
// started anew: from the request to the answer.
func repeating(ctx context.Context, binary string, n int) ([]row, error) {
	up := newUpstream()
	defer up.server.Close()
	home, err := os.MkdirTemp("", "claude-lsp-bench")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(home) }()
	env := []string{
		"CLAUDE_LSP_COMPLETION_DEBOUNCE=0ms", "CLAUDE_LSP_COMPLETION_MULTILINE=never",
		"ANTHROPIC_API_KEY=sk-bench", "ANTHROPIC_BASE_URL=" + up.server.URL,
	}
	n = min(n, 100)
	var took durations
	asked := 0
	for range 2 {
		c, err := start(ctx, binary, home, nil, env...)
		if err != nil {
			return nil, err
		}
		if err := c.initialize(); err != nil {
			return nil, err
		}
		before := up.answered()
		took = nil
		for i := range n {
			d, err := c.askOnce(i, i == 0)
			if err != nil {
				return nil, err
			}
			took = append(took, d)
		}
		if err := c.end(); err != nil {
			return nil, err
		}
		asked = up.answered() - before
	}
	if asked > 0 {
		return nil, fmt.Errorf("%d of %d repeated questions went upstream", asked, n)
	}
	return []row{{fmt.Sprintf("%d exact repeats after a restart, none upstream", n), took.String(), "<= 2 ms"}}, nil
}

// askOnce opens a document of its own, asks in it and closes it.
func (c *client) askOnce(i int, settle bool) (time.Duration, error) {
	uri := fmt.Sprintf("file:///w/repeat%d.go", i)
	if err := c.open(uri, fmt.Sprintf("package w\n\nfunc f%d(first, second int) int {\n\treturn \n}\n", i)); err != nil {
		return 0, err
	}
	if settle {
		time.Sleep(400 * time.Millisecond) // as long as somebody looks at what they have opened
	}
	answer, sent, err := c.inline(uri, 3, 8)
	if err != nil {
		return 0, err
	}
	select {
	case r := <-answer:
		if r.err != nil || len(r.result) < 20 {
			return 0, fmt.Errorf("no suggestion: %s %s", r.result, r.err)
		}
		return r.at.Sub(sent), c.notify("textDocument/didClose", map[string]any{"textDocument": map[string]any{"uri": uri}})
	case <-time.After(10 * time.Second):
		return 0, errors.New("no answer")
	}
}
