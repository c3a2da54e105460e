package completion

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/fake/script"
)

// A typist edits one document, and asks as an editor does.
type typist struct {
	*bench
	t        *testing.T
	doc      *document.Document
	at       document.Offset
	settings Settings
	accepted bool
	menu     bool
	paused   bool
	progress func(Progress)
	cancel   context.CancelCauseFunc // ends the last request
}

// typing puts a person in front of the text, whose requests are answered after
// 400 ms with the answers, a chunk each 10 ms.
func typing(t *testing.T, text string, answers ...string) *typist {
	t.Helper()
	var all []script.Answer
	for _, answer := range answers {
		all = append(all, paced(answer))
	}
	r := at(t, "go", text)
	y := &typist{bench: engineOf(all...), t: t, doc: r.Doc, at: r.At, settings: Settings{Debounce: -1}}
	t.Cleanup(y.Close)
	return y
}

func paced(answer string) script.Answer {
	a := script.Answer{First: 400 * time.Millisecond, Each: 10 * time.Millisecond}
	for rest := answer; rest != ""; {
		n := min(4, len(rest))
		a.Chunks = append(a.Chunks, rest[:n])
		rest = rest[n:]
	}
	return a
}

// edit takes away n bytes in front of the cursor, and puts text there.
func (y *typist) edit(n int, text string) {
	y.t.Helper()
	from := y.at - document.Offset(n)
	doc, err := y.doc.Apply(y.doc.Version()+1, document.Change{From: from, To: y.at, Text: text})
	if err != nil {
		y.t.Fatal(err)
	}
	y.doc, y.at = doc, from+document.Offset(len(text))
	if y.cancel != nil {
		y.cancel(ErrStale)
	}
}

// shut puts text behind the cursor, as editors close brackets.
func (y *typist) shut(text string) {
	y.edit(0, text)
	y.at -= document.Offset(len(text))
}

// ask asks, and returns where the answer will be.
func (y *typist) ask(invoked bool) <-chan Answer {
	ctx, cancel := context.WithCancelCause(y.t.Context())
	y.cancel = cancel
	c := make(chan Answer, 1)
	r := Request{Doc: y.doc, At: y.at, Path: "a.go", Settings: y.settings, Invoked: invoked, Accepted: y.accepted, Menu: y.menu, Paused: y.paused, Progress: y.progress}
	go func() {
		answer, _ := y.Complete(ctx, r)
		c <- answer
	}()
	synctest.Wait()
	return c
}

// write types text, a key each 120 ms, and asks at each.
func (y *typist) write(text string) (last <-chan Answer) {
	for _, c := range text {
		time.Sleep(120 * time.Millisecond)
		y.edit(0, string(c))
		last = y.ask(false)
	}
	return last
}

// shows checks the one candidate of an answer.
func (y *typist) shows(c <-chan Answer, want string) Answer {
	y.t.Helper()
	a := <-c
	if len(a.Candidates) != 1 || a.Candidates[0].Text != want || a.Candidates[0].From > y.at || a.Candidates[0].To < y.at {
		y.t.Errorf("shows %+v, want %q", a, want)
	}
	return a
}

// questions checks how often the model was asked.
func (y *typist) questions(want int) {
	y.t.Helper()
	if got := len(y.model.Prompts()); got != want {
		y.t.Errorf("the model was asked %d times, want %d", got, want)
	}
}

// last is the last report of a request.
func (y *typist) last() Report {
	synctest.Wait()
	y.mu.Lock()
	defer y.mu.Unlock()
	for _, r := range slices.Backward(y.reports) {
		if !r.Outlived {
			return r
		}
	}
	return Report{}
}

// lines are n lines that do not repeat each other.
func lines(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "\t\tsum%d += x * %d\n", i*i, i)
	}
	return b.String()
}

const loop = "```\nfor _, x := range xs {\n\t\tsum += x\n\t}\n```"

// Typing on before the first token comes costs no second question, and each
// request that was overtaken has its answer at once.
func TestTypedBeforeTheFirstToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := typing(t, "func f() {\n\t‸\n}\n", loop)
		first := y.ask(false)
		second := y.write("f")
		y.edit(0, "o")
		if a := <-first; a.Outcome != Stale {
			t.Errorf("the first request ended as %+v", a)
		}
		if a := <-second; a.Outcome != Stale {
			t.Errorf("the second request ended as %+v", a)
		}
		a := y.shows(y.ask(false), "r _, x := range xs {\n\t\tsum += x\n\t}")
		if a.Partial || y.last().Source != FromLive {
			t.Errorf("got %+v from %q", a, y.last().Source)
		}
		y.questions(1)
		// And what is known is there at once.
		began := time.Now()
		y.edit(0, "r _, x")
		y.shows(y.ask(false), " := range xs {\n\t\tsum += x\n\t}")
		if took := time.Since(began); took != 0 || y.last().Source != FromKept {
			t.Errorf("took %v from %q", took, y.last().Source)
		}
		y.questions(1)
		if c := y.model.Counts(); c.Live != 0 || c.Peak != 1 {
			t.Errorf("streams %+v", c)
		}
	})
}

// Who goes on typing sees the lines that are there.
func TestTypedWhileItStreams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := typing(t, "func f() {\n\t‸\n}\n", "```\nfor _, x := range xs {\n"+lines(40)+"\t}\n```")
		y.ask(false)
		y.write("for")
		time.Sleep(200 * time.Millisecond)
		y.edit(0, " ")
		a := <-y.ask(false)
		if len(a.Candidates) != 1 || !strings.HasPrefix(a.Candidates[0].Text, "_, x := range xs {") || !a.Partial {
			t.Errorf("got %+v", a)
		}
		time.Sleep(3 * time.Second)
		y.edit(0, "_")
		if a := <-y.ask(false); len(a.Candidates) != 1 || a.Partial || !strings.HasSuffix(a.Candidates[0].Text, "\n\t}") {
			t.Errorf("got %+v", a)
		}
		y.questions(1)
	})
}

// Who is asked for only after a pause sees whole lines: what is shown of one
// would stand there without its end until the next key.
func TestTypedWithPauses(t *testing.T) {
	for _, tt := range []struct {
		name, answer, typed, paused, quick string
	}{
		{"a line", "```\nreturn slices.Max(list)\n```", "return ", "slices.Max(list)", "slices."},
		{"a block", loop, "for _", ", x := range xs {\n\t\tsum += x\n\t}", ","},
	} {
		for _, paused := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, %v", tt.name, paused), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					y := typing(t, "func f() {\n\t‸\n}\n", tt.answer)
					y.ask(false)
					time.Sleep(390 * time.Millisecond)
					y.paused = paused
					y.edit(0, tt.typed) // while the first tokens come
					want := tt.quick
					if paused {
						want = tt.paused
					}
					y.shows(y.ask(false), want)
					y.questions(1)
				})
			})
		}
	}
}

// What says something else than what was typed is left for a new question; only
// then its stream is ended.
func TestDivergence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := typing(t, "func f() {\n\t‸\n}\n", loop+strings.Repeat(" ", 4000), "```\nreturn 1\n```")
		y.ask(false)
		c := y.write("ret")
		y.shows(c, "urn 1")
		y.questions(2)
		if p := y.model.Prompts()[1]; !strings.HasSuffix(p.Before, "\tret") {
			t.Errorf("asked behind %q", p.Before)
		}
		if c := y.model.Counts(); c.Live != 0 || c.Peak > inFlight {
			t.Errorf("streams %+v", c)
		}
	})
}

// Closing brackets that the editor adds behind the cursor break nothing, and do
// not stand there twice.
func TestShut(t *testing.T) {
	tests := []struct {
		name         string
		answer       string
		typed, shut  string
		want         string
		from, beyond int // the candidate's range, relative to the cursor
	}{
		{"a call", "g(a, b)", "g(", ")", "a, b", 0, 0},
		{"a call that goes on", "g(a, b).h()", "g(", ")", "a, b).h()", 0, 1},
		{"a string", `g("a b")`, `g("`, `")`, "a b", 0, 0},
		{"a bracket of something that stays open", "g(\n\t\ta,\n\t)", "g(", ")", "\n\t\ta,\n\t", 0, 0},
		{"braces with a line between them", "if a {\n\t\tb()\n\t}", "if a {\n\t\t", "\n\t}", "b()", 0, 0},
		{"nothing to close", "g(a, b)", "g", "", "(a, b)", 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				y := typing(t, "func f() {\n\t‸\n}\n", "```\n"+tt.answer+"\n```")
				y.shows(y.ask(false), tt.answer)
				y.edit(0, tt.typed)
				if tt.shut != "" {
					y.shut(tt.shut)
				}
				a := y.shows(y.ask(false), tt.want)
				if c := a.Candidates[0]; c.From != y.at || c.To != y.at+document.Offset(tt.beyond) {
					t.Errorf("the range is %d..%d at %d", c.From, c.To, y.at)
				}
				y.questions(1)
			})
		})
	}
}
