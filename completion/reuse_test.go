package completion

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/fake/script"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

// A typist edits one document, and asks as an editor does.
type typist struct {
	*bench
	t        *testing.T
	doc      *document.Document
	at       document.Offset
	settings Settings
	accepted bool
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
	r := Request{Doc: y.doc, At: y.at, Path: "a.go", Settings: y.settings, Invoked: invoked, Accepted: y.accepted}
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

// A slip, taken back, finds what was there.
func TestUndo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := typing(t, "func f() {\n\t‸\n}\n", loop)
		y.shows(y.ask(false), "for _, x := range xs {\n\t\tsum += x\n\t}")
		y.write("for _")
		y.write("k") // instead of a comma
		time.Sleep(250 * time.Millisecond)
		y.edit(1, "")
		y.shows(y.ask(false), ", x := range xs {\n\t\tsum += x\n\t}")
		time.Sleep(100 * time.Millisecond)
		y.edit(5, "")
		y.shows(y.ask(false), "for _, x := range xs {\n\t\tsum += x\n\t}")
		y.edit(1, "") // behind the place where the question was asked
		if a := <-y.ask(false); a.Reason != ReasonDeletion {
			t.Errorf("got %+v", a)
		}
		y.questions(1)
	})
}

// Coming back finds what was there, also after edits elsewhere.
func TestReturn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := typing(t, "package p\n\n"+lines(20)+"\nfunc f() {\n\t‸\n}\n", loop, "```\nreturn\n```")
		y.shows(y.ask(false), "for _, x := range xs {\n\t\tsum += x\n\t}")
		there := y.doc.Len() - y.at
		y.edit(0, "")
		y.at = document.Offset(len("package p\n"))
		y.edit(0, "import \"fmt\"\n")
		y.ask(false)
		time.Sleep(time.Second)
		y.at = y.doc.Len() - there
		y.shows(y.ask(false), "for _, x := range xs {\n\t\tsum += x\n\t}")
		y.edit(0, "fo")
		y.shows(y.ask(false), "r _, x := range xs {\n\t\tsum += x\n\t}")
		y.questions(2)
	})
}

// The same place of another document is another place.
func TestTwoDocuments(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := typing(t, "func f() {\n\t‸\n}\n", "```\na()\n```", "```\nb()\n```")
		y.shows(y.ask(false), "a()")
		first := y.doc
		y.doc = document.New("file:///p/b.go", "go", 1, y.doc.Text())
		y.shows(y.ask(false), "b()")
		y.doc = first
		y.shows(y.ask(false), "a()")
		y.questions(2)
	})
}

// However often somebody begins anew, two streams of a document run at most.
func TestTwoInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := typing(t, "func f() {\n\t‸\n}\n")
		for range 8 {
			y.model.Queue(script.Answer{Hang: true})
		}
		for range 4 {
			y.edit(0, "x()\n\t")
			y.ask(false)
			time.Sleep(50 * time.Millisecond)
			y.edit(0, "zzz ")
			y.at -= 6 // into a place of its own
			y.ask(true)
			y.at += 6
		}
		if c := y.model.Counts(); c.Peak != inFlight {
			t.Errorf("streams %+v", c)
		}
		y.cancel(context.Canceled)
		time.Sleep(2 * grace)
		if c := y.model.Counts(); c.Live != 0 {
			t.Errorf("streams %+v", c)
		}
	})
}

// Accepting what was shown shows what comes next at once.
func TestAcceptThenNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := typing(t, "func f() {\n\t‸\n}\n", "```\na := 1\n"+lines(60)+"\treturn a\n```")
		shown := <-y.ask(false)
		if len(shown.Candidates) != 1 || !shown.Partial {
			t.Fatalf("got %+v", shown)
		}
		y.edit(0, shown.Candidates[0].Text)
		y.accepted = true
		began := time.Now()
		next := <-y.ask(false)
		if len(next.Candidates) != 1 || time.Since(began) > 100*time.Millisecond || y.last().Source != FromAccepted {
			t.Errorf("after %v from %q: %+v", time.Since(began), y.last().Source, next)
		}
		if next.Candidates[0].ID == shown.Candidates[0].ID {
			t.Error("what follows has the name of what was accepted")
		}
		y.questions(1)
	})
}

// All of a suggestion was accepted, and nothing more is known.
func TestAcceptAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := typing(t, "func f() {\n\t‸\n}\n", "```\na()\n```")
		y.shows(y.ask(false), "a()")
		y.edit(0, "a()")
		y.accepted = true
		if a := <-y.ask(false); a.Outcome != NotAsked || a.Reason != ReasonAccepted {
			t.Errorf("got %+v", a)
		}
	})
}

// Lines behind the shown one are read where they are worth it, and are there
// when they are wanted.
func TestReadInAdvance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fill := strings.Repeat("// A line of text that says nothing much.\n", 400)
		y := typing(t, fill+"// Sort ‸\n", "```\nthe names.\nfunc sortNames(names []string) {\n\tslices.Sort(names)\n}\nvar a int\nvar b int\nvar c int\n```")
		y.shows(y.ask(false), "the names.")
		time.Sleep(time.Second)
		y.edit(0, "the names.")
		y.accepted = true
		a := <-y.ask(false)
		if len(a.Candidates) != 1 || !strings.HasPrefix(a.Candidates[0].Text, "\nfunc sortNames(names []string) {\n\tslices.Sort(names)\n}") {
			t.Errorf("got %+v", a)
		}
		if c := y.model.Counts(); c.Aborted != 1 {
			t.Errorf("it was read to its end: %+v", c)
		}
		y.questions(1)
	})
}

// What broke off or was refused is not shown a second time.
func TestBrokenIsNotKept(t *testing.T) {
	broken := fmt.Errorf("reset: %w", model.ErrIncomplete)
	tests := []struct {
		name   string
		answer script.Answer
	}{
		{"broken", script.Answer{Chunks: []string{"```\na()\n\tb("}, Err: broken}},
		{"refused", script.Answer{Chunks: []string{"```\na()\n"}, Err: model.ErrRefused}},
		{"failed", script.Fails(model.ErrNoKey)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				y := typing(t, "func f() {\n\t‸\n}\n")
				y.model.Queue(tt.answer, script.Says("```\nc()\n```"))
				<-y.ask(false)
				y.shows(y.ask(false), "c()")
				y.questions(2)
			})
		})
	}
}

// Where the model had nothing to say it is not asked again at once.
func TestNothingTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := typing(t, "func f() {\n\t‸\n}\n", "```\n```", "```\na()\n```")
		<-y.ask(false)
		if a := <-y.ask(false); a.Reason != ReasonUnchanged {
			t.Errorf("got %+v", a)
		}
		time.Sleep(2 * forgetNothing)
		y.shows(y.ask(false), "a()")
	})
}

// Asked by hand a second time, the same candidates come, without a question.
func TestCycling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := typing(t, "x := ‸\n", "```\nalpha\n```\n```\nbeta\n```\n```\ngamma\n```")
		first := <-y.ask(true)
		again := <-y.ask(true)
		if len(first.Candidates) != 3 || fmt.Sprint(first) != fmt.Sprint(again) {
			t.Errorf("first %+v, then %+v", first, again)
		}
		y.edit(0, "b")
		y.shows(y.ask(false), "eta")
		y.questions(1)
	})
}

// What is kept stays within its bytes, and the newest stay.
func TestKeepIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := typing(t, "‸")
		y.sittings.limit = 20 << 10
		for i := range 100 {
			y.edit(0, fmt.Sprintf("\nfunc f%d() {\n\t", i))
			y.model.Queue(script.Says(fmt.Sprintf("```\nuse(%d)\n```", i)))
			y.shows(y.ask(true), fmt.Sprintf("use(%d)", i))
		}
		synctest.Wait()
		y.sittings.mu.Lock()
		bytes, kept, all := y.sittings.bytes, len(y.sittings.kept), len(y.sittings.docs["file:///p/a.go"].all)
		y.sittings.mu.Unlock()
		if bytes > 20<<10 || kept < 5 || all != kept {
			t.Errorf("%d bytes in %d suggestions, %d of the document", bytes, kept, all)
		}
		y.shows(y.ask(true), "use(99)")
		for i := range 3 * maxDocuments {
			y.doc, y.at = document.New(fmt.Sprintf("file:///p/%d.go", i), "go", 1, "x := "), 5
			y.model.Queue(script.Says("```\n1\n```"))
			<-y.ask(true)
		}
		if n := len(y.sittings.docs); n > maxDocuments {
			t.Errorf("%d documents are remembered", n)
		}
	})
}

// Nothing runs after Close, and nothing begins.
func TestClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := typing(t, "x := ‸\n")
		y.model.Queue(script.Answer{Hang: true})
		c := y.ask(true)
		y.Close()
		if a := <-c; a.Outcome != Cancelled {
			t.Errorf("got %+v", a)
		}
		if a := <-y.ask(true); a.Outcome != Cancelled {
			t.Errorf("got %+v", a)
		}
		if c := y.model.Counts(); c.Live != 0 {
			t.Errorf("streams %+v", c)
		}
	})
}

// However the answer was cut into chunks, the same is left of it.
func TestReuseInAnyChunks(t *testing.T) {
	for size := 1; size < len(loop); size++ {
		synctest.Test(t, func(t *testing.T) {
			y := typing(t, "func f() {\n\t‸\n}\n")
			a := script.Answer{First: time.Second} // nobody is typing any more
			for rest := loop; rest != ""; {
				n := min(size, len(rest))
				a.Chunks, rest = append(a.Chunks, rest[:n]), rest[n:]
			}
			y.model.Queue(a)
			y.ask(false)
			y.shows(y.write("fo"), "r _, x := range xs {\n\t\tsum += x\n\t}")
			y.questions(1)
		})
	}
}

// What reading an answer panics with comes to whoever asked, not to the process.
func TestPanicWhileReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		boom := errors.New("boom")
		e := New(Options{Model: script.Func(func(model.Prompt) script.Answer { panic(boom) }), Window: engineOf().o.Window, Clock: wallClock{}})
		defer e.Close()
		defer func() {
			if p := recover(); p != any(boom) {
				t.Errorf("panicked with %v", p)
			}
		}()
		_, _ = e.Complete(t.Context(), at(t, "go", "x := ‸\n"))
	})
}

// What a person waits for an answer that is known, whatever the file's size.
func BenchmarkReuse(b *testing.B) {
	for _, size := range []int{1 << 10, 1 << 20} {
		b.Run(fmt.Sprintf("%dKB", size>>10), func(b *testing.B) {
			line := "\tfor i, v := range values { sum += v * i }\n"
			half := strings.Repeat(line, size/2/len(line))
			e := engineOf(script.Says("```\n" + strings.Repeat("x", 1001) + lines(40) + "```"))
			defer e.Close()
			r := at(b, "go", half+"func f() {\n\t‸\n}\n"+half)
			if a, err := e.Complete(b.Context(), r); err != nil || len(a.Candidates) != 1 {
				b.Fatal(a, err)
			}
			var versions []Request
			for range 1000 {
				doc, err := r.Doc.Apply(r.Doc.Version()+1, document.Change{From: r.At, To: r.At, Text: "x"})
				if err != nil {
					b.Fatal(err)
				}
				r.Doc, r.At = doc, r.At+1
				versions = append(versions, r)
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if a, err := e.Complete(b.Context(), versions[i%len(versions)]); err != nil || len(a.Candidates) != 1 {
					b.Fatal(a, err)
				}
			}
		})
	}
}
