package doccontext

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/claude-lsp/claude-lsp/context/rank"
	"github.com/claude-lsp/claude-lsp/context/trail"
	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

// passages are n ranges of made files, each of about size bytes.
func passages(n, size int, reason string) (all []rank.Passage) {
	for i := range n {
		all = append(all, rank.Passage{Path: fmt.Sprintf("%s/f%03d.go", reason, i), FirstLine: 1, LastLine: size / 25, Text: code(size, i*1000), Reason: reason})
	}
	return all
}

// ranks is a ranker that always finds the same.
func ranks(found rank.Ranking) func(context.Context, rank.Query) rank.Ranking {
	return func(_ context.Context, q rank.Query) rank.Ranking {
		if q.Bulk == 0 {
			return rank.Ranking{Line: found.Line}
		}
		return found
	}
}

func collector(t testing.TB, o Options) *Collector {
	if o.Redact == nil {
		o.Redact = clean
	}
	c := New(o)
	c.after = 0
	t.Cleanup(c.Close)
	return c
}

// workspaceBlocks are the blocks of other files.
func workspaceBlocks(w Window) (blocks []Block) {
	for _, b := range w.Blocks {
		if b.Side == "" {
			blocks = append(blocks, b)
		}
	}
	return blocks
}

// A full window: blocks of the workspace, what lasts before what does not, then
// the document's, then the tail; within every limit of the provider's cache.
func TestWindowOfAWorkspace(t *testing.T) {
	secret := "gh" + "p_" + strings.Repeat("Fake0", 8)
	found := rank.Ranking{
		Line: []rank.Passage{{Path: "line.go", FirstLine: 3, LastLine: 3, Text: "func needed(token = \"" + secret + "\")\n", Reason: rank.ReasonDefinition}},
		Bulk: append(append(passages(30, 3_000, rank.ReasonSimilar), passages(60, 3_000, rank.ReasonImported)...),
			rank.Passage{Path: ".env", Text: "A=1", Reason: rank.ReasonSibling}),
	}
	c := collector(t, Options{
		Rank: ranks(found),
		Notes: func(_ trail.Recent, _ string, _, limit int) string {
			return "Edited a moment ago: " + secret[:min(limit, 44)]
		},
	})
	for _, budget := range []tokens.Count{2_000, 8_000, 30_000, 95_000} {
		r := at(t, goLines(3000)+"x‸\n"+goLines(1000))
		r.Budget, r.Wait, r.Path = budget, -1, fmt.Sprint(budget, ".go")
		w := c.Window(r)
		if n := cost(tokens.NewEstimator(), r, w); w.Tokens > budget || n > w.Tokens || n < budget/2 {
			t.Errorf("%d: the window says %d and costs %d", budget, w.Tokens, n)
		}
		if len(w.Near) != 1 || strings.Contains(w.Near[0].Text, secret) || strings.Contains(w.Notes, secret) || w.Notes == "" {
			t.Errorf("%d: near %v, notes %q", budget, w.Near, w.Notes)
		}
		blocks, marks, churn, own := workspaceBlocks(w), 0, false, false
		if budget > smallWindow && len(blocks) == 0 || len(blocks) > maxBlocks || len(w.Blocks) > maxBlocks+maxSlabs {
			t.Errorf("%d: %d blocks of the workspace, %d in all", budget, len(blocks), len(w.Blocks))
		}
		for _, b := range w.Blocks {
			if b.Breakpoint {
				marks++
			}
			own = own || b.Side != ""
			for _, p := range b.Parts {
				if p.Path == ".env" || own && b.Side == "" || churn && p.Reason == rank.ReasonImported {
					t.Errorf("%d: %s of %s is in the wrong place", budget, p.Reason, p.Path)
				}
				churn = churn || p.Reason == rank.ReasonSimilar
			}
		}
		if marks > 3 { // and one behind the rules
			t.Errorf("%d: %d breakpoints", budget, marks)
		}
	}
}

// Whatever is ranked, noted and typed, and however the estimate moves, no window
// costs more than its budget.
func TestWindowOfAWorkspaceHoldsItsBudget(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	estimator := tokens.NewEstimator()
	stock := slices.Concat(passages(40, 2_000, rank.ReasonImported), passages(40, 5_000, rank.ReasonSimilar), passages(40, 300, rank.ReasonDefinition))
	some := func(n int) (all []rank.Passage) {
		for _, i := range random.Perm(len(stock))[:random.IntN(n)] {
			all = append(all, stock[i])
		}
		return all
	}
	c := collector(t, Options{
		Tokens: estimator, CacheBytes: 1 << 20, Now: time.Now,
		Rank: func(context.Context, rank.Query) rank.Ranking { return rank.Ranking{Line: some(10), Bulk: some(120)} },
		Notes: func(_ trail.Recent, _ string, _, limit int) string {
			return strings.Repeat("note\n", random.IntN(limit/4+1))
		},
	})
	for round := range 30 {
		r := at(t, goLines(random.IntN(4000))+"\tx‸\n"+goLines(random.IntN(3000)))
		r.Path = fmt.Sprint(round % 20)
		r.Others = []Other{other("o.go", code(20_000, 1))}
		for range 20 {
			r.Budget = tokens.Count(1 + random.IntN([]int{3_000, 30_000, 100_000}[random.IntN(3)]))
			r.Wait, r.Pause = -time.Duration(random.IntN(2)), random.IntN(3) == 0
			estimator.Observe(1000, tokens.Count(700+random.IntN(900)))
			r = edit(t, r, random.IntN(3), "word ")
			w := c.Window(r)
			if n := cost(estimator, r, w); w.Tokens > r.Budget || n > r.Budget {
				t.Fatalf("round %d: budget %d, window says %d and costs %d", round, r.Budget, w.Tokens, n)
			}
			before, after := around(w)
			if !strings.HasSuffix(r.Doc.Slice(0, r.At), before) || !strings.HasPrefix(r.Doc.Slice(r.At, r.Doc.Len()), after) {
				t.Fatalf("round %d: the window is not the text round the cursor", round)
			}
		}
	}
}

// As long as nothing is found in the workspace, the open documents stand for it.
func TestOpenDocumentsWhereNothingIsFrozen(t *testing.T) {
	c := collector(t, Options{Rank: ranks(rank.Ranking{})})
	r := at(t, "x‸\n")
	r.Others, r.Wait = []Other{other("o.go", "package o\n")}, -1
	if b := workspaceBlocks(c.Window(r)); len(b) != 1 || b[0].Parts[0].Path != "o.go" || !b[0].Breakpoint {
		t.Errorf("got %+v", b)
	}
}

// At small budgets definitions get at least half.
func TestShares(t *testing.T) {
	for _, budget := range []tokens.Count{1, 500, 2_000, 4_000, 8_000, 32_000, 95_000, 900_000} {
		s := shareOf(budget)
		if s.line < 0 || s.text <= 0 || s.line+s.notes+s.text > budget {
			t.Errorf("%d: %+v", budget, s)
		}
		definitions := s.line + s.bulk(budget, s.text)
		if budget > 1 && definitions < budget/2 {
			t.Errorf("%d: %d for definitions", budget, definitions)
		}
		if s.bulk(budget, budget)+s.text+s.line+s.notes > budget {
			t.Errorf("%d is exceeded", budget)
		}
	}
}

// While somebody types, what is frozen stays as it is, whatever is ranked; and
// in 1,000 keys it is made anew three times at most, of which each keeps what
// has lasted.
func TestEpochsAreFew(t *testing.T) {
	stable, similar := passages(40, 3_000, rank.ReasonImported), passages(30, 3_000, rank.ReasonSimilar)
	key := 0
	c := collector(t, Options{Rank: func(_ context.Context, q rank.Query) rank.Ranking {
		if q.Bulk == 0 {
			return rank.Ranking{}
		}
		churn := slices.Clone(similar)
		for i := range churn { // others every 50 keys
			churn[i].Text = fmt.Sprintf("// %d\n", key/50) + churn[i].Text
		}
		return rank.Ranking{Bulk: append(churn, stable...)}
	}})
	r := at(t, "x‸\n")
	var last []Block
	rebuilds := 0
	for key = range 3_000 {
		r = edit(t, r, 0, []string{"a", " ", "\n"}[key%3])
		<-c.prepare(c.desks.get(r.Doc, r.Path), r)
		blocks := workspaceBlocks(c.Window(r))
		if last != nil && blocks[len(blocks)-1].ID != last[len(last)-1].ID {
			rebuilds++
			if blocks[0].ID != last[0].ID || blocks[1].ID != last[1].ID {
				t.Fatalf("key %d: what has lasted was made anew", key)
			}
		}
		last = blocks
	}
	if rebuilds == 0 || rebuilds > 9 {
		t.Errorf("%d rebuilds in 3,000 keys", rebuilds)
	}
}

// What does not fit into the window is no reason to make the epoch anew.
func TestWhatDoesNotFitIsNoDrift(t *testing.T) {
	c := collector(t, Options{Rank: ranks(rank.Ranking{Bulk: passages(200, 3_000, rank.ReasonImported)})})
	r := at(t, "x‸\n")
	d := c.desks.get(r.Doc, r.Path)
	for range 120 {
		<-c.prepare(d, r)
	}
	c.Window(r)
	if d.drift != 0 || d.wasted != 0 || d.ended != endFirst {
		t.Errorf("drift %v, wasted %v, ended by %s", d.drift, d.wasted, d.ended)
	}
}

// One ranking of a document runs at a time, the newest request is ranked next,
// and each has little time.
func TestPrepareRanksTheNewest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ranked []document.Offset
		var running, most atomic.Int32
		c := New(Options{Rank: func(ctx context.Context, q rank.Query) rank.Ranking {
			most.Store(max(most.Load(), running.Add(1)))
			defer running.Add(-1)
			ranked = append(ranked, q.At)
			<-ctx.Done()
			return rank.Ranking{Line: []rank.Passage{{Path: "b.go", Text: fmt.Sprintf("at %d\n", q.At)}}}
		}})
		defer c.Close()
		r := at(t, "abcdef‸")
		began := time.Now()
		for r.At = range 6 {
			c.Prepare(r)
			if r.At == 0 {
				time.Sleep(rankAfter) // the first one begins
			}
			synctest.Wait()
		}
		if w := c.Window(r); len(w.Near) > 0 {
			t.Error("the window waited for the ranking")
		}
		r.Wait = freezeWithin + time.Millisecond
		if w := c.Window(r); len(w.Near) != 1 || w.Near[0].Text != "at 0\n" {
			t.Errorf("near: %v", w.Near)
		}
		time.Sleep(freezeWithin)
		synctest.Wait()
		if fmt.Sprint(ranked) != "[0 5]" || most.Load() != 1 {
			t.Errorf("ranked %v, %d at a time", ranked, most.Load())
		}
		if w := c.Window(r); len(w.Near) != 1 || w.Near[0].Text != "at 5\n" || time.Since(began) > 2*freezeWithin+time.Second {
			t.Errorf("near: %v", w.Near)
		}
	})
}

// Close ends what is under way, and what comes after it has nobody to rank it
// and waits for nothing.
func TestCloseEndsRanking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(Options{Rank: func(ctx context.Context, _ rank.Query) rank.Ranking {
			<-ctx.Done()
			return rank.Ranking{}
		}})
		r := at(t, "a‸")
		r.Wait = -1
		go c.Window(r) // would take ten seconds
		synctest.Wait()
		c.Close()
		c.Prepare(r)
		if w := c.Window(r); w.Before != "a" {
			t.Errorf("got %+v", w)
		}
	})
}

// After five minutes the cache has forgotten all, and what has changed is taken
// at once.
func TestColdCacheTakesWhatIsNew(t *testing.T) {
	now := time.Unix(0, 0)
	bulk := passages(20, 3_000, rank.ReasonImported)
	c := collector(t, Options{Rank: ranks(rank.Ranking{Bulk: bulk}), Now: func() time.Time { return now }})
	r := at(t, "x‸\n")
	r.Wait = -1
	first := workspaceBlocks(c.Window(r))
	bulk[0].Text += "// changed\n"
	now = now.Add(cacheLife - time.Second)
	if again := workspaceBlocks(c.Window(r)); again[0].ID != first[0].ID {
		t.Error("made anew while it was cached")
	}
	now = now.Add(cacheLife)
	if again := workspaceBlocks(c.Window(r)); again[0].ID == first[0].ID {
		t.Error("what is out of date was kept though all must be written again")
	}
}

func TestDesksAreBounded(t *testing.T) {
	c := New(Options{})
	for i := range 100 {
		r := at(t, goLines(3000)+"‸")
		r.Path = fmt.Sprint(i)
		c.Window(r)
	}
	if n := len(c.desks.byDoc); n > maxDesks {
		t.Errorf("%d documents", n)
	}
}

// Windows are made while documents are ranked and frozen anew.
func TestWindowsWhileRanking(t *testing.T) {
	var turn atomic.Int64
	c := collector(t, Options{Rank: func(context.Context, rank.Query) rank.Ranking {
		return rank.Ranking{Bulk: passages(5+int(turn.Add(1))%40, 500, rank.ReasonImported), Line: passages(2, 200, rank.ReasonDefinition)}
	}})
	first := at(t, goLines(500)+"\tx‸\n"+goLines(500))
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			r := first
			r.Path = fmt.Sprint(i % 2)
			for range 50 {
				doc, err := r.Doc.Apply(r.Doc.Version()+1, document.Change{From: r.At, To: r.At, Text: "y"})
				if err != nil {
					t.Error(err)
					return
				}
				r.Doc, r.At = doc, r.At+1
				c.Prepare(r)
				if before, _ := around(c.Window(r)); !strings.HasSuffix(r.Doc.Slice(0, r.At), before) {
					t.Error("the window is not of its request")
				}
			}
		})
	}
	all.Wait()
}

// A request that needs no window is counted, and nothing is ranked for it.
func TestPrepareOnlyCountsWhatIsKnown(t *testing.T) {
	c := collector(t, Options{Rank: func(context.Context, rank.Query) rank.Ranking {
		t.Error("it was ranked")
		return rank.Ranking{}
	}})
	r := at(t, "x‸\n")
	r.Known = true
	c.Prepare(r)
	c.running.Wait()
	if d := c.desks.get(r.Doc, r.Path); d.keys != 1 {
		t.Errorf("%d keys were counted", d.keys)
	}
}

// What was frozen before the cursor was known is chosen anew once it is, and not
// again after that; the blocks that serve both places stay.
func TestABlindEpochEndsWithTheCursor(t *testing.T) {
	both := passages(60, 3_000, rank.ReasonImported)
	c := collector(t, Options{Rank: func(_ context.Context, q rank.Query) rank.Ranking {
		here := rank.Passage{Path: "zz.go", FirstLine: 1, LastLine: 1, Text: fmt.Sprintf("func at%d()\n", q.At), Reason: rank.ReasonDefinition}
		return rank.Ranking{Bulk: append([]rank.Passage{here}, both...)}
	}})
	r := at(t, "package a\n\nx‸\n")
	d := c.desks.get(r.Doc, r.Path)
	known := r.At
	r.At, r.Blind, r.Pause = 0, true, true
	<-c.prepare(d, r)
	blind := workspaceBlocks(c.Window(r))
	r.At, r.Blind, r.Pause = known, false, false
	<-c.prepare(d, r)
	seen := workspaceBlocks(c.Window(r))
	if d.ended != endBlind || blind[0].ID != seen[0].ID || blind[len(blind)-1].ID == seen[len(seen)-1].ID {
		t.Errorf("ended by %q, %d and %d blocks", d.ended, len(blind), len(seen))
	}
	for r.At = range known {
		<-c.prepare(d, r)
	}
	if after := workspaceBlocks(c.Window(r)); after[len(after)-1].ID != seen[len(seen)-1].ID {
		t.Error("frozen anew for another place")
	}
}
