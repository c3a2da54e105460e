package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// The test binary is a language server of its own when it is started as one:
// it does nothing but reuse what it was told, as well as that can be done. So
// it shows that the measure sees reuse, and that its goals can be met:
//
//	go test -c -o ideal ./internal/bench && go run ./internal/bench replay -binary ./ideal FILE
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "--stdio" {
		s := &ideal{docs: map[string]string{}, speed: 1}
		if len(os.Args) > 2 {
			fmt.Sscanf(os.Args[2], "--clock-speed=%g", &s.speed)
		}
		s.serve(os.Stdin)
		return
	}
	os.Exit(m.Run())
}

// An ideal server keeps the texts and the last suggestions.
type ideal struct {
	speed float64 // of its clock

	mu      sync.Mutex
	docs    map[string]string
	known   []told // the last answers of the model
	pending *told  // what is being asked for; its text is not known yet
	waiting *asked // the request that waits; nil if none does
}

type told struct{ before, text, after string }

type asked struct {
	id            json.RawMessage
	before, after string
	timer         *time.Timer // it will be asked upstream then; nil while it waits for pending
}

// goesOn is what is left of a suggestion at a place, or false if it does not
// lead there.
func (k told) goesOn(a *asked) (rest string, ok bool) {
	typed, ok := strings.CutPrefix(a.before, k.before)
	if !ok || k.after != a.after {
		return "", false
	}
	return strings.CutPrefix(k.text, typed)
}

func (s *ideal) serve(r io.Reader) {
	in := textproto.NewReader(bufio.NewReader(r))
	for {
		header, err := in.ReadMIMEHeader()
		if err != nil {
			return
		}
		n, _ := strconv.Atoi(header.Get("Content-Length"))
		body := make([]byte, n)
		if _, err := io.ReadFull(in.R, body); err != nil {
			return
		}
		var m struct {
			ID     json.RawMessage
			Method string
			Params struct {
				TextDocument   struct{ URI, Text string }
				ContentChanges []struct {
					Range span
					Text  string
				}
				Position position
			}
		}
		if json.Unmarshal(body, &m) != nil {
			return
		}
		s.mu.Lock()
		uri := m.Params.TextDocument.URI
		switch m.Method {
		case "textDocument/didOpen":
			s.docs[uri] = m.Params.TextDocument.Text
		case "textDocument/didChange":
			s.overtake()
			for _, c := range m.Params.ContentChanges {
				s.docs[uri], _ = edited(s.docs[uri], c.Range, c.Text)
			}
		case "textDocument/didClose":
			s.overtake()
		case "textDocument/inlineCompletion":
			at, _ := offsetOf(s.docs[uri], m.Params.Position)
			s.ask(&asked{id: m.ID, before: s.docs[uri][:at], after: s.docs[uri][at:]})
		case "exit":
			os.Exit(0)
		default:
			if m.ID != nil {
				s.reply(m.ID, `"result":{}`)
			}
		}
		s.mu.Unlock()
	}
}

// overtake ends the request that waits. What was asked upstream for it goes on.
func (s *ideal) overtake() {
	if s.waiting == nil {
		return
	}
	if s.waiting.timer != nil {
		s.waiting.timer.Stop()
	}
	s.reply(s.waiting.id, `"error":{"code":-32801,"message":"the text moved on"}`)
	s.waiting = nil
}

// ask answers from the last suggestions, waits for the one under way, or asks
// upstream after the debounce. An answer is the rest of a line, so on another
// line there is nothing to wait for.
func (s *ideal) ask(a *asked) {
	for _, k := range s.known {
		if rest, ok := k.goesOn(a); ok && rest != "" {
			s.offer(a.id, rest)
			return
		}
	}
	s.waiting = a
	if p := s.pending; p != nil && p.after == a.after {
		if typed, ok := strings.CutPrefix(a.before, p.before); ok && !strings.Contains(typed, "\n") {
			return
		}
	}
	wait, _ := time.ParseDuration(os.Getenv("CLAUDE_LSP_COMPLETION_DEBOUNCE"))
	wait = time.Duration(float64(wait) / s.speed)
	a.timer = time.AfterFunc(wait, func() { s.upstream(a) })
}

func (s *ideal) upstream(a *asked) {
	s.mu.Lock()
	if s.waiting != a {
		s.mu.Unlock()
		return
	}
	a.timer = nil
	asking := &told{before: a.before, after: a.after}
	s.pending = asking
	s.mu.Unlock()
	text := s.model(a.before + "<HERE/>" + a.after)
	s.mu.Lock()
	defer s.mu.Unlock()
	asking.text = text
	s.known = append(s.known[max(0, len(s.known)-7):], *asking)
	if s.pending != asking {
		return
	}
	s.pending = nil
	w := s.waiting
	if w == nil || w.timer != nil {
		return
	}
	s.waiting = nil
	if rest, ok := asking.goesOn(w); ok && (rest != "" || w.before == a.before) {
		s.offer(w.id, rest)
	} else {
		s.ask(w)
	}
}

func (s *ideal) model(prompt string) string {
	body, err := json.Marshal(map[string]any{
		"model": "claude-haiku-5-5", "max_tokens": 256, "thinking": map[string]string{"type": "disabled"},
		"messages": []any{map[string]string{"role": "user", "content": prompt}},
	})
	if err != nil {
		return ""
	}
	q, err := http.NewRequestWithContext(context.Background(), http.MethodPost, os.Getenv("ANTHROPIC_BASE_URL")+"/v1/messages", bytes.NewReader(body))
	if err != nil {
		return ""
	}
	for name, value := range map[string]string{"Content-Type": "application/json", "X-Api-Key": os.Getenv("ANTHROPIC_API_KEY"), "Anthropic-Version": "2023-06-01"} {
		q.Header.Set(name, value)
	}
	r, err := http.DefaultClient.Do(q)
	if err != nil {
		return ""
	}
	defer r.Body.Close()
	var m struct{ Content []struct{ Text string } }
	if json.NewDecoder(r.Body).Decode(&m) != nil || len(m.Content) == 0 {
		return ""
	}
	_, code, _ := strings.Cut(m.Content[0].Text, "\n")
	return strings.TrimSuffix(code, "\n```")
}

func (s *ideal) offer(id json.RawMessage, text string) {
	items := []item{}
	if text != "" {
		items = append(items, item{Text: text})
	}
	list, err := json.Marshal(items)
	if err != nil {
		s.reply(id, `"error":{"code":-32603,"message":"no list"}`)
		return
	}
	s.reply(id, fmt.Sprintf(`"result":{"items":%s}`, list))
}

func (s *ideal) reply(id json.RawMessage, what string) {
	body := fmt.Sprintf(`{"jsonrpc":"2.0","id":%s,%s}`, id, what)
	fmt.Fprintf(os.Stdout, "Content-Length: %d\r\n\r\n%s", len(body), body)
}

func TestReuseIsSeen(t *testing.T) {
	if testing.Short() {
		t.Skip("types for two seconds")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	o := replayOptions{binary: self, speed: 2, firstByte: 400 * time.Millisecond, tps: 60, right: 1, lines: 1, debounce: "75ms", workers: 1}
	plans, err := o.read([]string{"testdata/replay.jsonl"})
	if err != nil {
		t.Fatal(err)
	}
	backs := make([]playback, 1)
	err = share(t.Context(), 1, 1, func(ctx context.Context, next func() (int, bool)) error {
		return o.work(ctx, plans, backs, next)
	})
	if err != nil {
		t.Fatal(err)
	}
	// A slow machine moves a key from one side to the other, but no more.
	if c := backs[0].counts; c.requests > 6 || c.local < 16 || c.right < 12 || c.lost+c.double+c.failed+c.unplaced > 0 {
		t.Errorf("a server that reuses all it can: %+v", c)
	}
}
