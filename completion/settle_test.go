package completion

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/fake/script"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

// extends checks that nothing of what has settled is taken back.
func extends(t testing.TB, settled, now []fitted) {
	t.Helper()
	for i, s := range settled {
		if i >= len(now) || now[i].to != s.to || !strings.HasPrefix(now[i].text, s.text) {
			t.Fatalf("%+v had settled, and now it is %+v", settled, now)
		}
	}
}

// follows checks that candidates extend what was told before.
func follows(t testing.TB, told Progress, now []Candidate) {
	t.Helper()
	for i, was := range told.Candidates {
		if i >= len(now) {
			t.Fatalf("%+v was told, and now it is %+v", told, now)
		}
		c := now[i]
		if c.ID != was.ID || c.From != was.From || c.To != was.To || !strings.HasPrefix(c.Text, was.Text) || i < told.Whole && c != was {
			t.Fatalf("%+v was told, and now it is %+v", was, c)
		}
	}
}

// listen asks, and returns what was told, which is whole once the answer came.
func (y *typist) listen(invoked bool) (<-chan Answer, *[]Progress) {
	var told []Progress
	y.progress = func(now Progress) {
		if len(told) > 0 {
			follows(y.t, told[len(told)-1], now.Candidates)
		}
		told = append(told, now)
	}
	return y.ask(invoked), &told
}

// texts are the texts of the first candidates that were told.
func texts(told []Progress) []string {
	var all []string
	for _, p := range told {
		all = append(all, p.Candidates[0].Text)
	}
	return all
}

func TestProgress(t *testing.T) {
	for _, tt := range []struct {
		name, text, answer string
		want               string // what is told, parted by "|"
	}{
		{"a line when the next one is there", "func f() {\n\t‸\n}\n", "```go\na := g(1)\n\tb := h(2)\n\tc := k(3)\n\treturn a + b*c\n```", "a := g(1)|a := g(1)\n\tb := h(2)|a := g(1)\n\tb := h(2)\n\tc := k(3)"},
		{"a talker, too", "func f() {\n\t‸\n}\n", "Here it is:\n\n```go\na := g(1)\n\tb := h(2)\n\treturn a + b\n```\n\nDone.", "a := g(1)|a := g(1)\n\tb := h(2)"},
		{"line ends of the document", "func f() {\r\n\t‸\r\n}\r\n", "```go\na := g(1)\n\tb := h(2)\n\treturn a + b\n```", "a := g(1)|a := g(1)\r\n\tb := h(2)"},
		{"one line is whole at once", "func f() {\n\tx := ‸\n}\n", "```go\ng(1)\n```", ""},
		{"what may be an echo", "func f() {\n\tuse(limit)\n\t‸\n}\n", "```go\nuse(limit)\n\tb := h(2)\n\treturn b\n```", ""},
		{"what may follow", "func f() {\n\t‸\n\tend(b)\n\tclose(c)\n}\n", "```go\na := g(1)\n\tend(b)\n\tclose(c)\n}\n```", ""},
		{"another indentation", "func f() {\n\t\t‸\n}\n", "```go\nif a {\n\tb()\n}\nc()\nd()\n```", ""},
		{"a second time round", "func f() {\n\t‸\n}\n", "```go\na := g(1)\n\tb := h(2)\n\ta := g(1)\n\tb := h(2)\n\ta := g(1)\n\tb := h(2)\n```", "a := g(1)|a := g(1)\n\tb := h(2)"},
		{"a line that stands above, once another does not", "func e() {\n\tif a {\n\t\tg()\n\t}\n}\n\nfunc f() {\n\t‸\n}\n", "```go\nif a {\n\t\thandle()\n\t}\n\treturn\n```", "if a {|if a {\n\t\thandle()|if a {\n\t\thandle()\n\t}"},
		{"a block that it has opened itself", "func f() {\n\t‸\n}\n", "```go\nif a {\n\t\tb()\n\t}\n\tc()\n\treturn\n```", "if a {|if a {\n\t\tb()|if a {\n\t\tb()\n\t}|if a {\n\t\tb()\n\t}\n\tc()"},
		{"other blanks", "func f() {\n\tg()\n}\n\n‸\n", "```go\ntype t struct {\n    a int\n    b int\n    c int\n}\n```", ""},
		{"behind the block", "func f() {\n\t‸\n}\n", "```go\na := g(1)\n\treturn a\n}\n\nfunc g() {\n\tb()\n}\n```", "a := g(1)|a := g(1)\n\treturn a"},
		{"another answer", "func f() {\n\t‸\n}\n", "```go\na := g(1)\n\treturn a\n\n\t// Alternatively:\n\ta := g(1)\n\treturn a + 0\n```", "a := g(1)|a := g(1)\n\treturn a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				y := typing(t, strings.ReplaceAll(tt.text, "‸", cursor), tt.answer)
				c, told := y.listen(false)
				a := <-c
				if got := strings.Join(texts(*told), "|"); got != tt.want {
					t.Errorf("told %q, want %q", got, tt.want)
				}
				if len(*told) > 0 {
					follows(t, (*told)[len(*told)-1], a.Candidates)
				}
			})
		})
	}
}

// What is typed along is left out of what is told, and the suggestion keeps its
// name.
func TestProgressTypedAlong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := typing(t, "func f() {\n\t"+cursor+"\n}\n", "```go\na := g(1)\n\tb := h(2)\n\tc := k(3)\n\treturn a + b*c\n```")
		_, first := y.listen(false)
		time.Sleep(480 * time.Millisecond)
		y.edit(0, "a :")
		synctest.Wait() // the request that is overtaken ends
		before := len(*first)
		c, told := y.listen(false)
		a := y.shows(c, "= g(1)\n\tb := h(2)\n\tc := k(3)\n\treturn a + b*c")
		if got := strings.Join(texts(*told), "|"); got != "= g(1)|= g(1)\n\tb := h(2)|= g(1)\n\tb := h(2)\n\tc := k(3)" {
			t.Errorf("told %q", got)
		}
		synctest.Wait()
		if len(*first) != before || before == 0 || (*first)[0].Candidates[0].ID != a.Candidates[0].ID {
			t.Errorf("the request that was overtaken was told %+v, by then %d of it", *first, before)
		}
		y.questions(1)
	})
}

// Who asks by hand is told each of several suggestions when it is whole.
func TestProgressOfSeveral(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := typing(t, "x := "+cursor+"\n", "1.\n```go\nf(1)\n```\n2.\n```go\ng((2)\n```\n3.\n```go\nh(3)\n```\n")
		c, told := y.listen(true)
		a := <-c
		var got strings.Builder
		for _, p := range *told {
			fmt.Fprint(&got, p.Whole, " of")
			for _, c := range p.Candidates {
				got.WriteString(" " + c.Text)
			}
			got.WriteString("; ")
		}
		// What leaves a bracket open comes last of all.
		if want := "1 of f(1); "; got.String() != want || len(a.Candidates) != 3 || a.Candidates[2].Text != "g((2)" {
			t.Errorf("told %q, want %q; then %+v", got.String(), want, a)
		}
	})
}

// Who sees an answer grow is not shown a part of it for impatience.
func TestProgressNeedsNoPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answer := paced("```go\na := g(1)\n\tb := h(2)\n\tc := k(3)\n\treturn a + b*c\n```")
		answer.Each = patience / 2
		y := typing(t, "func f() {\n\t"+cursor+"\n}\n")
		y.bench = engineOf(answer)
		t.Cleanup(y.bench.Close)
		c, told := y.listen(false)
		if a := <-c; a.Partial || len(*told) != 3 {
			t.Errorf("told %d times, then %+v", len(*told), a)
		}
	})
}

// A stream that breaks off leaves what has settled; one that is refused leaves
// nothing.
func TestProgressOfBrokenAnswers(t *testing.T) {
	for err, want := range map[error]Outcome{model.ErrIncomplete: Shown, model.ErrRefused: Empty} {
		synctest.Test(t, func(t *testing.T) {
			answer := paced("```go\na := g(1)\n\tb := h(2)\n\tc := k(")
			answer.Err = err
			y := typing(t, "func f() {\n\t"+cursor+"\n}\n")
			y.bench = engineOf(answer)
			t.Cleanup(y.bench.Close)
			c, told := y.listen(false)
			if a := <-c; a.Outcome != want || len(*told) == 0 {
				t.Errorf("%v: told %d times, then %+v", err, len(*told), a)
			} else if want == Shown {
				follows(t, (*told)[len(*told)-1], a.Candidates)
			}
		})
	}
}

// Whatever a model says, and however it comes: nothing that was told is taken
// back, nothing is told after the answer, and the answer is the one that who
// does not listen gets.
func TestProgressOfAnything(t *testing.T) {
	pieces := strings.Split("\n|\n|\n\t|\n\t|\n\t\t|    | |}|\n}|)|{|(|return x|if a {|x := f(1)|\n\ty.use(x)|\n\tx++|\n\tgo z()|\n\tbreak|// Or:|// note|func g() {|```|```go\n|Here is the code:|1. |- |<CURSOR/>|...|else:|end", "|")
	random := rand.New(rand.NewPCG(1, 2))
	some := func(most int) string {
		var s strings.Builder
		for range random.IntN(most) {
			s.WriteString(pieces[random.IntN(len(pieces))])
		}
		return s.String()
	}
	heard := 0
	for i := range 3000 {
		before, after, answer := "func f() {\n\t"+some(6), some(6), some(40)
		if random.IntN(4) > 0 {
			answer = "```go\n" + answer + "\n```"
		}
		r := Request{Doc: document.New("file:///p/a", languagesToFuzz[random.IntN(3)], 1, before+after), At: document.Offset(len(before)), Path: "a", Invoked: i%5 == 0}
		if !r.Invoked && i%3 > 0 {
			r.Settings.Multiline = MultilineAlways
		}
		synctest.Test(t, func(t *testing.T) {
			var chunks []string
			for rest := answer; rest != ""; {
				n := min(1+random.IntN(9), len(rest))
				chunks, rest = append(chunks, rest[:n]), rest[n:]
			}
			ask := func(listen func(Progress)) Answer {
				e := engineOf(script.Answer{Chunks: chunks, Each: time.Millisecond})
				defer e.Close()
				r := r
				r.Progress = listen
				a, err := e.Complete(t.Context(), r)
				if err != nil {
					t.Fatal(err)
				}
				return a
			}
			var told Progress
			over := false
			a := ask(func(now Progress) {
				if over {
					t.Error("told after the answer")
				}
				heard++
				follows(t, told, now.Candidates)
				told = now
			})
			over = true
			follows(t, told, a.Candidates)
			if b := ask(nil); fmt.Sprint(a) != fmt.Sprint(b) {
				t.Fatalf("of %q in %q‸%q: listening %+v, else %+v", answer, before, after, a, b)
			}
		})
	}
	if heard < 100 {
		t.Errorf("told %d times in all: this shows nothing", heard)
	}
}
