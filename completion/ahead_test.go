package completion

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// ahead puts a person in front of the text who wants the next line early.
func ahead(t *testing.T, text string, answers ...string) *typist {
	y := typing(t, text, answers...)
	y.settings.Ahead = true
	return y
}

// accept puts the candidate that is shown into the text.
func (y *typist) accept(a Answer) {
	y.edit(0, a.Candidates[0].Text)
	y.accepted = true
}

const inBody = "func f() {\n\t‸\n}\n"

func TestNextLineIsThereWithTheLineBreak(t *testing.T) {
	tests := []struct {
		name, text   string
		first, next  string
		typed, shows string // behind the first line
	}{
		{"as deep", inBody, "total := 0", "\treturn total", "\n\t", "return total"},
		{"deeper", inBody, "if total > 0 {", "\t\treturn total\n\t}", "\n\t\t", "return total\n\t}"},
		{"less deep", "func f() {\n\tif a {\n\t\t‸\n", "return total", "\t}", "\n\t", "}"},
		{"the answer without its indentation", inBody, "total := 0", "return total", "\n\t", "return total"},
		{"some of it is typed", inBody, "total := 0", "\treturn total", "\n\tret", "urn total"},
		{"CRLF", "func f() {\r\n\t‸\r\n}\r\n", "total := 0", "\treturn total", "\r\n\t", "return total"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				y := ahead(t, tt.text, "```\n"+tt.first+"\n```", "```\n"+tt.next+"\n```")
				y.shows(y.ask(false), tt.first)
				for i, c := range tt.first[:len(tt.first)-1] {
					y.shows(y.write(string(c)), tt.first[i+1:])
				}
				y.questions(2)
				if p := y.model.Prompts()[1]; !strings.HasSuffix(strings.ReplaceAll(p.Before, "\r", ""), tt.first+"\n") {
					t.Errorf("the next line was asked for behind %q", p.Before)
				}
				time.Sleep(time.Second)
				y.edit(0, tt.first[len(tt.first)-1:]+tt.typed)
				began := time.Now()
				y.shows(y.ask(false), strings.ReplaceAll(tt.shows, "\n", y.doc.EOL()))
				if took := time.Since(began); took != 0 || y.last().Source != FromAhead {
					t.Errorf("took %v from %q", took, y.last().Source)
				}
			})
		})
	}
}

// At the end of the line the next one is a suggestion already, but not in a
// menu: whoever presses Enter there would take it.
func TestNextLineAtTheEndOfTheLine(t *testing.T) {
	for _, menu := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			y := ahead(t, inBody, "```\ntotal := 0\n```", "```\n\treturn total\n```")
			y.menu = menu
			y.shows(y.ask(false), "total := 0")
			y.write("total := ")
			last := y.write("0")
			if menu {
				if a := <-last; a.Reason != ReasonAhead {
					t.Errorf("the menu shows %+v", a)
				}
				time.Sleep(time.Second)
			} else {
				y.shows(last, "\n\treturn total")
			}
			y.edit(0, "\n\t")
			y.shows(y.ask(false), "return total")
			y.questions(2)
		})
	}
}

func TestNextLineAfterAnAcceptance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := ahead(t, inBody, "```\ntotal := 0\n```", "```\n\treturn total\n```")
		y.accept(<-y.ask(false))
		if a := <-y.ask(false); a.Outcome != NotAsked || a.Reason != ReasonAhead { // nobody waits for it
			t.Errorf("behind what was accepted: %+v", a)
		}
		time.Sleep(time.Second)
		y.shows(y.ask(false), "\n\treturn total")
		y.accepted = false
		y.edit(0, "\n\t")
		y.shows(y.ask(false), "return total")
		y.questions(2)
	})
}

// Where the model has nothing to say there, the new line does not ask again.
func TestNothingInTheNextLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := ahead(t, inBody, "```\ntotal := 0\n```", "```\n```")
		y.shows(y.ask(false), "total := 0")
		y.write("total := 0")
		time.Sleep(time.Second)
		y.edit(0, "\n\t")
		if a := <-y.ask(false); a.Reason != ReasonUnchanged {
			t.Errorf("got %+v", a)
		}
		y.questions(2)
		y.edit(0, "r") // a new thought
		y.ask(false)
		time.Sleep(time.Second)
		y.questions(3)
	})
}

func TestNextLineIsNotAskedFor(t *testing.T) {
	tests := []struct {
		name, text, answer, typed string
		change                    func(*typist)
	}{
		{"when it is switched off", inBody, "total := 0", "total := ", func(y *typist) { y.settings.Ahead = false }},
		{"long before the end", inBody, "total := compute(first, second)", "total := ", nil},
		{"behind too little", inBody, "i++", "i+", nil},
		{"in front of what follows on the line", "func f() { ‸ }\n", "return 12345", "return 12", nil},
		{"behind the first of several lines", inBody, "if a {\n\t\treturn\n\t}", "if a ", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				y := ahead(t, tt.text, "```\n"+tt.answer+"\n```", "```\n\tnext()\n```")
				if tt.change != nil {
					tt.change(y)
				}
				y.ask(false)
				time.Sleep(2 * time.Second)
				y.write(tt.typed)
				time.Sleep(2 * time.Second)
				y.questions(1)
			})
		})
	}
}

// Who types something else after all is asked for what he types, and the line
// behind what he did not type is left.
func TestNextLineOfWhatWasLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := ahead(t, inBody, "```\ntotal := 0\n```", "```\n"+lines(400)+"```", "```\n.5\n```")
		y.shows(y.ask(false), "total := 0")
		y.write("total := ")
		time.Sleep(500 * time.Millisecond)
		y.questions(2)
		y.shows(y.write("1"), ".5")
		y.questions(3)
		if c := y.model.Counts(); c.Live != 0 || c.Peak > inFlight {
			t.Errorf("streams %+v", c)
		}
	})
}

// What a line asked for ahead has cost is reported once, and nothing is kept of
// the lines before it.
func TestNextLinesAreCountedAndForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var answers []string
		const all = 20
		for i := range all {
			answers = append(answers, "```\n\tsum += "+strings.Repeat("x", 4+i)+"\n```")
		}
		y := ahead(t, inBody, answers...)
		first := <-y.ask(false)
		y.edit(0, first.Candidates[0].Text)
		for range all - 2 {
			a := <-y.ask(false)
			if len(a.Candidates) != 1 {
				t.Fatalf("shows %+v", a)
			}
			y.edit(0, a.Candidates[0].Text)
		}
		y.questions(all - 1)
		time.Sleep(time.Minute)
		y.mu.Lock()
		defer y.mu.Unlock()
		upstream := 0
		for _, r := range y.reports {
			if r.First > 0 {
				upstream++
			}
		}
		if upstream != all-1 {
			t.Errorf("%d reports of %d questions", upstream, all-1)
		}
		for _, s := range y.sittings.docs {
			for _, g := range s.all {
				if g.of != nil {
					t.Error("a suggestion that is over holds the one before it")
				}
			}
		}
	})
}
