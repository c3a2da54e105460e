package completion

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	doccontext "github.com/claude-lsp/claude-lsp/context"
	"github.com/claude-lsp/claude-lsp/context/rank"
	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/fake/script"
	"github.com/claude-lsp/claude-lsp/internal/model"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

// a kettle has an engine that warms up prompts.
type kettle struct {
	*Engine
	model   *script.Model
	mu      sync.Mutex // guards what follows while the engine works in the background
	warmed  []model.Prompt
	costs   []Warming
	windows []doccontext.Request
	err     error
}

func kettleOf(t *testing.T, answer script.Answer) *kettle {
	k := &kettle{model: script.Always(answer)}
	c := doccontext.New(doccontext.Options{Now: time.Now, Rank: func(context.Context, rank.Query) rank.Ranking {
		return rank.Ranking{Bulk: []rank.Passage{{Path: "b.go", Text: "package b\n\nfunc B() {}\n", Reason: rank.ReasonImported}}}
	}})
	k.Engine = New(Options{
		Model: k.model, Clock: wallClock{}, Prepare: c.Prepare,
		Window: func(r doccontext.Request) doccontext.Window {
			k.mu.Lock()
			k.windows = append(k.windows, r)
			k.mu.Unlock()
			return c.Window(r)
		},
		Warm: func(_ context.Context, p model.Prompt) (model.Usage, error) {
			k.mu.Lock()
			defer k.mu.Unlock()
			k.warmed = append(k.warmed, p)
			return model.Usage{CacheWrite5m: 1000}, k.err
		},
		Warmed: func(w Warming) {
			k.mu.Lock()
			defer k.mu.Unlock()
			k.costs = append(k.costs, w)
		},
	})
	t.Cleanup(func() {
		c.Close()
		k.Close()
	})
	return k
}

func documentOf(name string, lines int) Request {
	var b strings.Builder
	for i := range lines {
		fmt.Fprintf(&b, "// part%d has a comment.\nfunc part%d() int { return %d }\n\n", i, i, i)
	}
	const here = "var x = "
	at := len(here)
	text := here + "\n\n" + b.String()
	if n := strings.Index(text[len(text)/2:], "\n\n"); n >= 0 {
		n += len(text)/2 + 2
		text, at = text[:n]+here+"\n\n"+text[n:], n+len(here)
	}
	doc := document.New("file:///p/"+name, "go", 1, text)
	return Request{Doc: doc, At: document.Offset(at), Path: name, Settings: Settings{Model: "m", Prewarm: true}}
}

// What is cached ahead is what the first prompt begins with, byte for byte.
func TestPrepareWarmsWhatComesNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := kettleOf(t, script.Says("```\n1\n```"))
		r := documentOf("a.go", 2000)
		k.Prepare(r)
		synctest.Wait()
		if len(k.warmed) != 1 || len(k.costs) != 1 || k.costs[0].Usage.CacheWrite5m != 1000 || k.costs[0].Model != "m" || k.costs[0].Language != "go" {
			t.Fatalf("warmed %d, costs %+v", len(k.warmed), k.costs)
		}
		if _, err := k.Complete(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		warm, asked := k.warmed[0], k.model.Prompts()[0]
		if warm.Rules != asked.Rules || warm.Model != asked.Model || len(warm.Blocks) != len(asked.Blocks) || len(warm.Blocks) < 3 {
			t.Fatalf("%d blocks, then %d", len(warm.Blocks), len(asked.Blocks))
		}
		for i, b := range warm.Blocks {
			if b.ID != asked.Blocks[i].ID || b.Breakpoint != asked.Blocks[i].Breakpoint {
				t.Errorf("block %d differs", i)
			}
		}
	})
}

func TestPrepareWarmsSeldom(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(t *testing.T, k *kettle, r Request)
		want int
	}{
		{"once", func(_ *testing.T, k *kettle, r Request) { k.Prepare(r) }, 1},
		{"not again for five minutes", func(_ *testing.T, k *kettle, r Request) {
			for range 5 {
				k.Prepare(r)
				time.Sleep(59 * time.Second)
			}
		}, 1},
		{"then again", func(_ *testing.T, k *kettle, r Request) {
			k.Prepare(r)
			time.Sleep(warmAgain)
			k.Prepare(r)
		}, 2},
		{"switched off", func(_ *testing.T, k *kettle, r Request) {
			r.Settings.Prewarm = false
			k.Prepare(r)
		}, 0},
		{"no suggestions here", func(_ *testing.T, k *kettle, r Request) {
			r.Settings.Disabled = true
			k.Prepare(r)
		}, 0},
		{"a request has it cached", func(t *testing.T, k *kettle, r Request) {
			ranked := r
			ranked.Settings.Prewarm = false
			k.Prepare(ranked)
			synctest.Wait()
			if _, err := k.Complete(t.Context(), r); err != nil {
				t.Fatal(err)
			}
			time.Sleep(warmAgain - time.Minute)
			k.Prepare(r)
		}, 0},
		{"a request is under way", func(t *testing.T, k *kettle, r Request) {
			go k.Complete(t.Context(), r)
			time.Sleep(time.Second)
			k.Prepare(r)
		}, 0},
		{"the cursor is not known: opened in vain", func(_ *testing.T, k *kettle, r Request) {
			for i := range 9 {
				other := documentOf(fmt.Sprint(i, ".go"), 10)
				other.At = -1
				k.Prepare(other)
				time.Sleep(time.Second)
			}
			k.Prepare(r) // is worked on
		}, maxVain + 1},
		{"it failed, and may be tried again", func(_ *testing.T, k *kettle, r Request) {
			k.err = errors.New("no")
			for range 3 {
				k.Prepare(r)
				time.Sleep(time.Second)
			}
		}, 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				k := kettleOf(t, script.Answer{Chunks: []string{"```\n1\n```"}, First: 3 * time.Second})
				tt.do(t, k, documentOf("a.go", 10))
				synctest.Wait()
				if len(k.warmed) != tt.want || len(k.costs) != tt.want {
					t.Errorf("warmed up %d times, want %d", len(k.warmed), tt.want)
				}
			})
		})
	}
}

// Where the cursor is not known, what of the document is far from it is not
// cached.
func TestPrepareWithoutCursor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := kettleOf(t, script.Says("```\n1\n```"))
		r := documentOf("a.go", 2000)
		r.At = -1
		k.Prepare(r)
		synctest.Wait()
		if len(k.warmed) != 1 || len(k.warmed[0].Blocks) != 1 || k.warmed[0].Blocks[0].Side != "" || !k.warmed[0].Blocks[0].Breakpoint {
			t.Errorf("warmed %+v", k.warmed)
		}
	})
}

// Each request has its place ranked before the pause, and nobody who types waits
// for that.
func TestCompletePrepares(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var prepared []doccontext.Request
		k := kettleOf(t, script.Says("```\n1\n```"))
		k.o.Prepare = func(r doccontext.Request) { prepared = append(prepared, r) }
		r := documentOf("a.go", 10)
		r.Settings.Debounce = time.Second
		if _, err := k.Complete(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		r.Invoked, r.At = true, r.At-2
		if _, err := k.Complete(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		for range k.Stream(t.Context(), r) {
		}
		if len(prepared) != 2 || prepared[0].At != r.At+2 || prepared[0].Pause || len(k.windows) != 3 {
			t.Fatalf("prepared %+v, %d windows", prepared, len(k.windows))
		}
		for i, want := range []time.Duration{0, rankWait, -1} {
			if k.windows[i].Wait != want {
				t.Errorf("window %d waits %v, want %v", i, k.windows[i].Wait, want)
			}
		}
	})
}

// The setting bounds the whole prompt, and the estimate learns from what prompts
// have cost, cached or not.
func TestBudgetOfTheWholePrompt(t *testing.T) {
	e := New(Options{})
	for _, all := range []tokens.Count{500, 2_000, 8_000, 0} {
		n := e.budget(Settings{WindowTokens: all})
		whole := orDefault(all, defaultWindowTokens)
		if rest := e.o.Tokens.Count("markdown", rules) + formTokens; n < whole/2 || n > whole/2 && n+rest > whole {
			t.Errorf("%d: the window may have %d", all, n)
		}
	}
	before := e.o.Tokens.Count("go", strings.Repeat("abc ", 1000))
	e.learn(50_000, model.Usage{Input: 1_000, CacheRead: 60_000, CacheWrite5m: 2_000, CacheWrite1h: 2_000})
	after := e.o.Tokens.Count("go", strings.Repeat("abc ", 1000))
	if after <= before {
		t.Error("a prompt that cost more did not raise the estimate")
	}
	e.learn(50_000, model.Usage{Input: 1_000})
	if e.o.Tokens.Count("go", strings.Repeat("abc ", 1000)) != after {
		t.Error("a prompt that was counted in part was believed")
	}
}

// What is answered from what is known is counted, and nothing is ranked for it.
func TestCompleteRanksNothingForWhatIsKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var prepared []doccontext.Request
		k := kettleOf(t, script.Says("```\nalpha beta\n```"))
		k.o.Prepare = func(r doccontext.Request) { prepared = append(prepared, r) }
		r := documentOf("a.go", 10)
		for range 2 {
			if a, err := k.Complete(t.Context(), r); err != nil || a.Outcome != Shown {
				t.Fatalf("%+v, %v", a, err)
			}
			synctest.Wait()
		}
		if len(prepared) != 2 || prepared[0].Known || !prepared[1].Known {
			t.Errorf("prepared %+v", prepared)
		}
	})
}
