package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// realTokens is how many real tokens one of this measure stands for: on current
// models a token is about 2.5 characters.
const realTokens = 1.44

// lookedAt is from opening a document to asking in it: the server ranks what is
// opened when nothing was typed for 300 ms.
const lookedAt = 500 * time.Millisecond

// recallServer asks the built server, in a session with the repository open.
type recallServer struct{ binary string }

// play hands each window to done.
func (s *recallServer) play(ctx context.Context, r *recallRepo, tasks []*recallTask, budget int, done func(*recallTask, string) error) error {
	c := new(catcher)
	api := messages.New(messages.Options{Forget: true, Done: c.done})
	api.Answer(func(messages.Request) messages.Answer { return messages.Answer{Text: "````\nx\n````"} })
	home, err := os.MkdirTemp("", "claude-lsp-bench")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(home) }()
	log := filepath.Join(home, "log")
	env := []string{
		"CLAUDE_LSP_LOG_LEVEL=info", "CLAUDE_LSP_LOG_FILE=" + log, // which says when the workspace was read
		"CLAUDE_LSP_COMPLETION_DEBOUNCE=0ms", "CLAUDE_LSP_CACHE_MAXMB=0",
		fmt.Sprintf("CLAUDE_LSP_CONTEXT_WINDOWTOKENS=%d", int(float64(budget)*realTokens)),
	}
	return sitIn(ctx, r.dir, s.binary, nil, api, env, func(sit sitting) error {
		if _, err := awaitReading(ctx, log); err != nil {
			return err
		}
		for _, t := range tasks {
			window, err := c.ask(ctx, sit, r, t, t.Path)
			if err != nil {
				return fmt.Errorf("%s: %w", t.ID, err)
			}
			if err := done(t, window); err != nil {
				return err
			}
		}
		return nil
	})
}

// A catcher keeps the text of the last prompt.
type catcher struct {
	mu   sync.Mutex
	text string
	err  error
}

func (c *catcher) done(q messages.Request) {
	var body struct {
		Stream   bool `json:"stream"`
		Messages []struct {
			Content json.RawMessage `json:"content"`
		} `json:"messages"`
	}
	if err := json.Unmarshal(q.Raw, &body); err != nil || !body.Stream {
		return // no keystroke: the cache is filled ahead, or tokens are counted
	}
	var text strings.Builder
	for _, m := range body.Messages {
		var plain string
		if json.Unmarshal(m.Content, &plain) == nil {
			text.WriteString(plain)
			continue
		}
		var blocks []struct {
			Text string `json:"text"`
		}
		_ = json.Unmarshal(m.Content, &blocks)
		for _, b := range blocks {
			text.WriteString(b.Text + "\n")
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.text, c.err = text.String(), errors.Join(c.err, refusal(q))
}

// ask opens the document without the rest of the line by a name, asks there, and
// returns what was sent for it.
func (c *catcher) ask(ctx context.Context, s sitting, r *recallRepo, t *recallTask, name string) (string, error) {
	text, at, err := r.hole(t)
	if err != nil {
		return "", err
	}
	c.mu.Lock()
	c.text = ""
	c.mu.Unlock()
	uri := s.root + (&url.URL{Path: "/" + name}).EscapedPath()
	if err := s.opened(uri, syntax.IDForPath(name), 1, text); err != nil {
		return "", err
	}
	select { // a person looks at the file first; by then it is ranked
	case <-ctx.Done():
		return "", context.Cause(ctx)
	case <-time.After(lookedAt):
	}
	answer, _, err := s.call("textDocument/inlineCompletion", map[string]any{
		"textDocument": map[string]string{"uri": uri}, "position": positionOf(text, at),
		"context": map[string]int{"triggerKind": 1},
	})
	if err != nil {
		return "", err
	}
	select {
	case <-ctx.Done():
		return "", context.Cause(ctx)
	case <-time.After(time.Minute):
		return "", errors.New("no response within a minute")
	case _, ok := <-answer:
		if !ok {
			return "", errors.New("the server has ended")
		}
	}
	if err := s.closed(uri); err != nil {
		return "", err
	}
	for range 100 { // what was sent is told when the exchange has ended
		c.mu.Lock()
		text, err := c.text, c.err
		c.mu.Unlock()
		if text != "" || err != nil {
			return text, err
		}
		time.Sleep(10 * time.Millisecond)
	}
	return "", errors.New("nothing was sent")
}
