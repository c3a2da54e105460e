package completion

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/fake/script"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

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

// An editor that asks in two ways at the same place is answered from one stream.
func TestTwoRequestsOneQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := typing(t, "func f() {\n\tx := ‸\n}\n", "```\n1\n```")
		first, second := y.ask(false), y.ask(false)
		y.shows(first, "1")
		y.shows(second, "1")
		y.questions(1)
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
