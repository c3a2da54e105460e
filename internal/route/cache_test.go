package route

import (
	"context"
	"errors"
	"iter"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/claude-lsp/claude-lsp/internal/model"
)

// memory keeps answers in memory.
type memory map[AnswerKey]KeptAnswer

func (m memory) Find(_ context.Context, k AnswerKey) (KeptAnswer, bool) { a, ok := m[k]; return a, ok }
func (m memory) Keep(k AnswerKey, a KeptAnswer)                         { m[k] = a }
func (m memory) Forget(k AnswerKey)                                     { delete(m, k) }

// scripted is a model that says the same to everyone, and counts how often.
type scripted struct {
	chunks []model.Chunk
	err    error // behind them
	asked  int
}

func (s *scripted) Stream(context.Context, model.Prompt) iter.Seq2[model.Chunk, error] {
	s.asked++
	return func(yield func(model.Chunk, error) bool) {
		for _, c := range s.chunks {
			if !yield(c, nil) {
				return
			}
		}
		if s.err != nil {
			yield(model.Chunk{}, s.err)
		}
	}
}

// heard reads a stream until it has heard enough ("" is all of it).
func heard(of model.Streamer, ctx context.Context, enough string) (text string, kept bool, stop model.Stop, err error) {
	for c, e := range of.Stream(ctx, model.Prompt{Before: "x := "}) {
		text, kept, stop, err = text+c.Text, kept || c.Kept, c.Stop, e
		if enough != "" && strings.Contains(text, enough) {
			return text, kept, stop, err
		}
	}
	return text, kept, stop, err
}

func TestWhatIsKept(t *testing.T) {
	line := func(text string) model.Chunk { return model.Chunk{Text: text, Markdown: true} }
	used := model.Chunk{Usage: &model.Usage{Input: 10, Output: 4}, Stop: model.StopEnd}
	for _, tt := range []struct {
		name   string
		of     scripted
		enough string
		ended  bool // the context, before the reader left
		want   []KeptAnswer
	}{
		{"complete", scripted{chunks: []model.Chunk{line("one\n"), line("two"), used}}, "", false, []KeptAnswer{{"one\ntwo", true, model.StopEnd}}},
		{"cut at its length", scripted{chunks: []model.Chunk{line("one"), {Stop: model.StopLength}}}, "", false, []KeptAnswer{{"one", true, model.StopLength}}},
		{"bare code", scripted{chunks: []model.Chunk{{Text: "one"}, used}}, "", false, []KeptAnswer{{"one", false, model.StopEnd}}},
		{"enough of it", scripted{chunks: []model.Chunk{line("one\n"), line("two\nth"), line("never")}}, "two\n", false, []KeptAnswer{{"one\ntwo\nth", true, ""}}},
		{"left because its context ended", scripted{chunks: []model.Chunk{line("one\n"), line("two\n"), used}}, "one\n", true, nil},
		{"broken off", scripted{chunks: []model.Chunk{line("one\n")}, err: model.ErrIncomplete}, "", false, nil},
		{"refused", scripted{chunks: []model.Chunk{line("one\n")}, err: model.ErrRefused}, "", false, nil},
		{"ended without a word", scripted{chunks: []model.Chunk{line("one\n")}}, "", false, nil},
		{"nothing said", scripted{chunks: []model.Chunk{line(" \n"), used}}, "", false, nil},
		{"a secret in it", scripted{chunks: []model.Chunk{line("secret"), used}}, "", false, nil},
		{"too large", scripted{chunks: []model.Chunk{line(strings.Repeat("x", maxKept+1)), used}}, "", false, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := memory{}
			of := Cached(&tt.of, CacheOptions{Answers: m, Keepable: func(s string) bool { return !strings.Contains(s, "secret") }})
			ctx, cancel := context.WithCancel(t.Context())
			if tt.ended {
				cancel()
			}
			defer cancel()
			text, kept, _, _ := heard(of, ctx, tt.enough)
			if kept || text == "" {
				t.Errorf("heard %q, kept: %v", text, kept)
			}
			var got []KeptAnswer
			for _, a := range m {
				got = append(got, a)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Fatalf("(-want +got):\n%s", diff)
			}
			again, kept, _, err := heard(of, t.Context(), tt.enough)
			if again != text || err != nil && tt.of.err == nil {
				t.Errorf("then %q, %v", again, err)
			}
			if want := len(tt.want) > 0; kept != want || (tt.of.asked == 1) != want {
				t.Errorf("kept: %v, asked %d times", kept, tt.of.asked)
			}
		})
	}
}

// Who wants more of an answer than the one it was kept for is told that it broke
// off, and asks the model the next time.
func TestHalfAnAnswerIsNoWhole(t *testing.T) {
	m := memory{}
	of := &scripted{chunks: []model.Chunk{{Text: "one\n"}, {Text: "two\n"}, {Stop: model.StopEnd}}}
	c := Cached(of, CacheOptions{Answers: m})
	if _, _, _, err := heard(c, t.Context(), "one\n"); err != nil {
		t.Fatal(err)
	}
	text, kept, stop, err := heard(c, t.Context(), "")
	if text != "one\n" || !kept || stop != "" || !errors.Is(err, model.ErrIncomplete) {
		t.Errorf("%q, %v, %q, %v", text, kept, stop, err)
	}
	if text, kept, stop, err := heard(c, t.Context(), ""); text != "one\ntwo\n" || kept || stop != model.StopEnd || err != nil {
		t.Errorf("asked anew: %q, %v, %q, %v", text, kept, stop, err)
	}
}

// Whatever changes the answer changes the key, and no two fields run into each
// other.
func TestKeys(t *testing.T) {
	seen := map[AnswerKey]string{}
	for name, p := range map[string]model.Prompt{
		"nothing": {}, "model": {Model: "a"}, "language": {Language: "a"}, "path": {Path: "a"}, "rules": {Rules: "a"}, "notes": {Notes: "a"},
		"before": {Before: "a"}, "after": {After: "a"}, "mark": {Mark: "a"}, "task": {Task: "a"}, "tokens": {MaxTokens: 1}, "line": {OneLine: true},
		"invoked": {Invoked: true}, "block": {Blocks: []model.Block{{ID: "a"}}}, "blocks": {Blocks: []model.Block{{ID: "a"}, {ID: "b"}}},
		"one block": {Blocks: []model.Block{{ID: "ab"}}}, "near": {Near: []model.Part{{Path: "a"}}}, "near text": {Near: []model.Part{{Text: "a"}}},
		"near line": {Near: []model.Part{{FirstLine: 1}}}, "near last": {Near: []model.Part{{LastLine: 1}}}, "both": {Before: "a", After: "b"}, "run": {Before: "ab"},
	} {
		k := keyOf(p, "salt")
		if other, known := seen[k]; known {
			t.Errorf("%s and %s have one key", name, other)
		}
		seen[k] = name
	}
	if keyOf(model.Prompt{}, "salt") == keyOf(model.Prompt{}, "pepper") {
		t.Error("the salt does not matter")
	}
}
