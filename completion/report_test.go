package completion

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/script"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

func TestReportNamesThePlace(t *testing.T) {
	for _, tt := range []struct {
		text         string
		line, column int
	}{
		{"‸", 1, 1},
		{"a\nbc‸\n", 2, 3},
		{"a\r\n\té😀‸x\r\n", 2, 4}, // characters, not bytes and not UTF-16
		{"a\n‸", 2, 1},
	} {
		r := at(t, "go", tt.text)
		e := engineOf()
		e.Decline(r, "away")
		if got := e.report(t); got.Line != tt.line || got.Column != tt.column || got.Language != "go" {
			t.Errorf("%q: line %d, column %d; want %d, %d", tt.text, got.Line, got.Column, tt.line, tt.column)
		}
	}
}

// What the caller declines counts as a request too, also one for a document
// that nobody knows.
func TestDecline(t *testing.T) {
	e := engineOf()
	e.Decline(Request{Invoked: true}, "not_open")
	if got := e.report(t); got.Request != 1 || got.Outcome != NotAsked || got.Reason != "not_open" || !got.Invoked || got.Line != 0 || got.Language != "" {
		t.Errorf("reported %+v", got)
	}
	e.Complete(t.Context(), at(t, "go", "fo‸o"))
	if got := e.reports[1]; got.Request != 2 || got.Verdict.Ask || got.Verdict.Reason != ReasonMidWord {
		t.Errorf("reported %+v", got)
	}
	if n := len(e.model.Prompts()); n != 0 {
		t.Errorf("the model was asked %d times", n)
	}
}

// Of several parts of an answer the last one that was tried tells what was
// wrong with it, also if an earlier one had the same fault.
func TestReportNamesTheStepThatDropped(t *testing.T) {
	for _, tt := range []struct{ name, text, answer, want string }{
		{"a character", "x := ‸\n", "```\na\x01\n```", "characters"},
		{"an empty fence", "x := ‸\n", "```\n```", ""},
		{"two faults", "x := ‸\n", "```\n```\n```\na\x01\n```", "characters"},
		{"the same fault first and last", "x := ‸\n", "```\na\x01\n```\n```\n```\n```\na\x01\n```", "characters"},
		{"something is shown", "x := ‸\n", "```\na\x01\n```\n```\nb\n```", ""},
		{"nothing was said", "x := ‸\n", "", ""},
	} {
		e := engineOf(script.Says(tt.answer))
		e.Complete(t.Context(), at(t, "go", tt.text))
		if got := e.report(t); got.Dropped() != tt.want {
			t.Errorf("%s: dropped by %q, want %q; %+v", tt.name, got.Dropped(), tt.want, got)
		}
	}
}

// The two reports of a request whose stream outlived it have one number.
func TestOutlivedHasTheNumberOfItsRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := typing(t, "\tx := ‸\n", "```\nfirst + second\n```", "```\n1\n```")
		y.ask(false)
		time.Sleep(450 * time.Millisecond)
		y.edit(0, "f") // the stream goes on for the one who types what it says
		if a := <-y.ask(false); a.Outcome != Shown {
			t.Errorf("typing on shows %+v", a)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		numbers := map[uint64]int{}
		for _, r := range y.reports {
			if r.Outlived {
				numbers[r.Request] += 10
			} else {
				numbers[r.Request]++
			}
		}
		if len(numbers) != 2 || numbers[1] != 11 || numbers[2] != 1 {
			t.Errorf("reports by number: %v; want both of the first request and one of the second", numbers)
		}
		first, second := y.reports[0], y.last()
		if first.Outcome != Stale || first.Verdict != (Verdict{Ask: true, Wait: autoWait}) || first.Missed != MissNothing {
			t.Errorf("the first is %+v", first)
		}
		if second.Source != FromLive && second.Source != FromKept || second.Missed != "" {
			t.Errorf("the second is %+v", second)
		}
	})
}

// Why what is known did not serve.
func TestReportSaysWhatWasMissed(t *testing.T) {
	answer := "```\nalpha\n```"
	for _, tt := range []struct {
		name string
		then func(y *typist) (invoked bool)
		want Miss
	}{
		{"nothing is known", nil, MissNothing},
		{"it serves", func(y *typist) bool { y.edit(0, "al"); return false }, ""},
		{"something else was typed", func(y *typist) bool { y.edit(0, "be"); return false }, MissTyped},
		{"all of it was typed", func(y *typist) bool { y.edit(0, "alpha"); return false }, MissUsedUp},
		{"the model was changed", func(y *typist) bool { y.settings.Model = "other"; return false }, MissSettings},
		{"several are wanted", func(*typist) bool { return true }, MissInvoked},
		{"another place", func(y *typist) bool { y.at -= 6; return false }, MissElsewhere},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				y := typing(t, "a()\n\n\tx := ‸\n", answer, answer)
				y.settings.Debounce = 0
				<-y.ask(false)
				if tt.then != nil {
					<-y.ask(tt.then(y))
				}
				if got := y.last(); got.Missed != tt.want {
					t.Errorf("missed %q, want %q; %+v", got.Missed, tt.want, got)
				}
			})
		})
	}
}

// What a reader of reports is told of the stream's end.
func TestReportNamesTheStop(t *testing.T) {
	e := engineOf(script.Answer{Chunks: []string{"```\na()\nb()"}, Stop: model.StopLength})
	e.Complete(t.Context(), at(t, "go", "z()\n‸\n"))
	if got := e.report(t); got.Stop != model.StopLength || got.EarlyEnd != "" {
		t.Errorf("reported %+v", got)
	}
}

// What a request that is declined costs, with its place in a line as long as
// people write.
func BenchmarkDecline(b *testing.B) {
	e := New(Options{})
	r := at(b, "go", "\tif value, ok := table[key]; ok && value.something(else, more) {‸\n")
	b.ReportAllocs()
	for b.Loop() {
		e.Decline(r, ReasonDisabled)
	}
}
