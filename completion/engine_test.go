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

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	doccontext "github.com/claude-lsp/claude-lsp/context"
	past "github.com/claude-lsp/claude-lsp/context/trail"
	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/fake/script"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// a bench has an engine over a scripted model, and keeps the reports.
type bench struct {
	*Engine
	model   *script.Model
	mu      sync.Mutex // guards reports: streams report on their own
	reports []Report
	windows []doccontext.Request
}

func engineOf(answers ...script.Answer) *bench {
	b := &bench{model: script.New(answers...)}
	collector := doccontext.New(doccontext.Options{})
	n := 0
	b.Engine = New(Options{
		Model: b.model,
		Window: func(r doccontext.Request) doccontext.Window {
			b.windows = append(b.windows, r)
			return collector.Window(r)
		},
		Clock: wallClock{},
		NewID: func() string { n++; return fmt.Sprint("id", n) },
		Observe: func(r Report) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.reports = append(b.reports, r)
		},
	})
	return b
}

// wallClock is the time of the test, which a synctest bubble makes its own.
type wallClock struct{}

func (wallClock) Now() time.Time { return time.Now() }

func (wallClock) Sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// report is the single report that one request must leave.
func (b *bench) report(t *testing.T) Report {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.reports) != 1 {
		t.Fatalf("%d reports of one request: %+v", len(b.reports), b.reports)
	}
	return b.reports[0]
}

func TestComplete(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := engineOf(script.Answer{
			Chunks: []string{"```go\n", "1\n", "```\n"}, First: 400 * time.Millisecond, Each: 10 * time.Millisecond, Hang: true,
		})
		r := at(t, "go", "x := ‸\n")
		r.Settings = Settings{Model: "m", MaxTokens: 77, WindowTokens: 1000}
		r.Others = []doccontext.Other{{Doc: document.New("file:///p/b.go", "go", 1, "package b"), Path: "b.go"}}
		r.Recent.Edits = []past.Edit{{Path: "b.go", After: "package b\n"}}
		answer, err := e.Complete(t.Context(), r)
		want := Answer{Outcome: Shown, Candidates: []Candidate{{ID: "id1", Text: "1", From: 5, To: 5}}}
		if diff := cmp.Diff(want, answer); diff != "" || err != nil {
			t.Errorf("error %v, answer (-want +got):\n%s", err, diff)
		}
		p := e.model.Prompts()[0]
		if p.Model != "m" || p.MaxTokens != 77 || p.Before != "x := " || p.After != "\n" || p.OneLine {
			t.Errorf("asked %+v", p)
		}
		if w := e.windows[0]; w.Budget != 500 || len(w.Others) != 1 || len(w.Recent.Edits) != 1 || w.Path != "a.go" {
			t.Errorf("window of %+v", w)
		}
		got := e.report(t)
		if got.Outcome != Shown || got.EarlyEnd != EndClosed || !got.Estimated || got.Usage.Output == 0 || got.Candidates != 1 || got.Language != "go" || got.Model != "m" {
			t.Errorf("report %+v", got)
		}
		if got.First != 400*time.Millisecond || got.Total != 420*time.Millisecond || got.Window == 0 {
			t.Errorf("report %+v", got)
		}
		if c := e.model.Counts(); c.Aborted != 1 || c.Live != 0 {
			t.Errorf("the stream was not aborted when the fence was closed: %+v", c)
		}
	})
}

// How a request ends, whatever the model does.
func TestOutcomes(t *testing.T) {
	broken := fmt.Errorf("connection reset: %w", model.ErrIncomplete)
	tests := []struct {
		name    string
		text    string
		answer  script.Answer
		want    string // of the first candidate
		outcome Outcome
		reason  string
		err     error
		partial bool
	}{
		{name: "whole", text: "x := ‸\n", answer: script.Says("```\n1\n```"), want: "1", outcome: Shown},
		{name: "bare code", text: "x := ‸\n", answer: script.Answer{Chunks: []string{"1"}, Bare: true}, want: "1", outcome: Shown},
		{name: "nothing", text: "x := ‸\n", answer: script.Says(), outcome: Empty, reason: ReasonNothing},
		{name: "an empty fence", text: "x := ‸\n", answer: script.Says("```\n```"), outcome: Empty, reason: ReasonNothing},
		{name: "talk", text: "x := ‸\n", answer: script.Says("I'm sorry, but I can't do that."), outcome: Empty, reason: ReasonUnfit},
		{name: "a refusal", text: "x := ‸\n", answer: script.Answer{Chunks: []string{"```\n1\n"}, Err: model.ErrRefused}, outcome: Empty, reason: ReasonRefused},
		{name: "no key", text: "x := ‸\n", answer: script.Fails(model.ErrNoKey), outcome: Failed, reason: "no_key", err: model.ErrNoKey},
		{name: "broken before any code", text: "x := ‸\n", answer: script.Answer{Chunks: []string{"Here"}, Err: broken}, outcome: Failed, reason: "incomplete", err: model.ErrIncomplete},
		{name: "broken inside the first line", text: "x := ‸\n", answer: script.Answer{Chunks: []string{"```\nfoo(b"}, Err: broken}, outcome: Failed, reason: "incomplete", err: model.ErrIncomplete, partial: true},
		{name: "broken behind a whole line", text: "z()\n\t‸\n", answer: script.Answer{Chunks: []string{"```\na()\n\tfoo(b"}, Err: broken}, want: "a()", outcome: Shown, err: model.ErrIncomplete, partial: true},
		{name: "cut by its length", text: "z()\n\t‸\n", answer: script.Answer{Chunks: []string{"```\na()\n\tfoo(b"}, Stop: model.StopLength}, want: "a()", outcome: Shown, partial: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := engineOf(tt.answer)
			answer, err := e.Complete(t.Context(), at(t, "go", tt.text))
			if err != nil {
				t.Fatalf("an error for the editor: %v", err)
			}
			got := ""
			if len(answer.Candidates) > 0 {
				got = answer.Candidates[0].Text
			}
			if got != tt.want || answer.Outcome != tt.outcome || answer.Reason != tt.reason || answer.Partial != tt.partial {
				t.Errorf("got %+v", answer)
			}
			if tt.err != nil && !errors.Is(answer.Err, tt.err) {
				t.Errorf("got error %v, want %v", answer.Err, tt.err)
			}
			if r := e.report(t); r.Outcome != tt.outcome || r.Reason != tt.reason || r.Trouble != model.TroubleOf(answer.Err) {
				t.Errorf("reported %+v", r)
			}
			if c := e.model.Counts(); c.Live != 0 {
				t.Errorf("streams %+v", c)
			}
		})
	}
}

func TestNotAsked(t *testing.T) {
	e := engineOf()
	answer, err := e.Complete(t.Context(), at(t, "go", "fo‸o"))
	if err != nil || answer.Outcome != NotAsked || answer.Reason != ReasonMidWord {
		t.Errorf("got %+v, %v", answer, err)
	}
	if n := len(e.model.Prompts()); n != 0 || len(e.windows) != 0 {
		t.Errorf("the model was asked %d times", n)
	}
	if r := e.report(t); r.Outcome != NotAsked || r.Reason != ReasonMidWord {
		t.Errorf("reported %+v", r)
	}
}

// A context that ends first names the outcome, wherever the request is.
func TestEnded(t *testing.T) {
	causes := []struct {
		cause   error
		outcome Outcome
	}{
		{ErrSuperseded, Superseded},
		{fmt.Errorf("wrapped: %w", ErrStale), Stale},
		{context.Canceled, Cancelled},
		{errors.New("for a reason of its own"), Cancelled},
	}
	for _, after := range []time.Duration{0, 30 * time.Millisecond, 100 * time.Millisecond, 600 * time.Millisecond} {
		for _, c := range causes {
			t.Run(fmt.Sprintf("%v after %v", c.cause, after), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					e := engineOf(script.Answer{Chunks: []string{"```\na\n", "b\n"}, First: 400 * time.Millisecond, Each: 100 * time.Millisecond, Hang: true})
					ctx, cancel := context.WithCancelCause(t.Context())
					time.AfterFunc(after, func() { cancel(c.cause) })
					r := at(t, "go", "x := ‸\n")
					r.Settings.Debounce = -1
					answer, err := e.Complete(ctx, r)
					if answer.Outcome != c.outcome || len(answer.Candidates) != 0 || !errors.Is(err, c.cause) {
						t.Errorf("got %+v, error %v", answer, err)
					}
					if got := e.report(t); got.Outcome != c.outcome {
						t.Errorf("reported %+v", got)
					}
					// What was asked goes on for whoever comes next, and not for long.
					time.Sleep(grace)
					synctest.Wait()
					if c := e.model.Counts(); c.Live != 0 {
						t.Errorf("streams %+v", c)
					}
					switch {
					case len(e.model.Prompts()) == 0:
						e.report(t)
					case len(e.reports) != 2:
						t.Errorf("%d reports of a request and the stream that outlived it: %+v", len(e.reports), e.reports)
					default:
						if got := e.reports[1]; !got.Outlived || !got.Estimated || got.Usage.Output == 0 || got.First != 400*time.Millisecond {
							t.Errorf("what was streamed is not counted: %+v", got)
						}
					}
				})
			})
		}
	}
}

// The stream is ended as soon as the shown part is decided.
func TestEarlyEnd(t *testing.T) {
	tests := []struct {
		name      string
		text      string
		multiline Multiline
		chunks    []string
		bare      bool
		want, end string
	}{
		{name: "the fence is closed", text: "x := ‸\n", chunks: []string{"```\n1\n```\n"}, want: "1", end: EndClosed},
		{name: "one line is wanted", text: "x := ‸\n", multiline: MultilineNever, chunks: []string{"```\n1\n"}, want: "1", end: EndOneLine},
		{name: "one line of bare code", text: "x := ‸\n", multiline: MultilineNever, chunks: []string{"1\n"}, bare: true, want: "1", end: EndOneLine},
		{name: "one line behind an echo", text: "\tx := 1\n\ty :‸\n", multiline: MultilineNever, chunks: []string{"```\n\tx := 1\n\ty := 2\n"}, want: "= 2", end: EndOneLine},
		{name: "a comment goes on", text: "// Sort ‸\n", chunks: []string{"```\nthe names.\n"}, want: "the names.", end: EndOneLine},
		{
			name: "what follows the cursor", text: "\t‸\n\tfirst(thing)\n\tsecond(thing)\n",
			chunks: []string{"```\nx := 1\n", "\tfirst(thing)\n\tsecond(thing)\n"}, want: "x := 1", end: EndFollowing,
		},
		{name: "repetition", text: "\tz()\n\t‸\n", chunks: []string{"```\n", "step(x)\n\t", "step(x)\n\t", "step(x)\n"}, want: "step(x)", end: EndRepetition},
		{name: "another function", text: "func f() {\n\t‸", chunks: []string{"```\nreturn\n}\n\nfunc g() {\n"}, want: "return\n}", end: EndScope},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := engineOf(script.Answer{Chunks: tt.chunks, Bare: tt.bare, Hang: true})
				r := at(t, "go", tt.text)
				r.Settings.Multiline = tt.multiline
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				answer, err := e.Complete(ctx, r)
				if err != nil || len(answer.Candidates) != 1 || answer.Candidates[0].Text != tt.want {
					t.Errorf("got %+v, %v", answer, err)
				}
				if got := e.report(t); got.EarlyEnd != tt.end || !got.Estimated {
					t.Errorf("reported %+v", got)
				}
				if c := e.model.Counts(); c.Aborted != 1 {
					t.Errorf("streams %+v", c)
				}
			})
		})
	}
}

// A stream shows what is there, and each answer holds the one before it.
func TestStreamGrows(t *testing.T) {
	e := engineOf(script.Says("```go\n", "if a", " {\n", "\t\tb()\n", "\t}\n", "```"))
	var got []string
	var last Answer
	for a := range e.Stream(t.Context(), at(t, "go", "func f() {\n\t‸\n}\n")) {
		if last.Outcome != "" {
			t.Errorf("an answer after the last: %+v", a)
		}
		if len(a.Candidates) != 1 || a.Candidates[0].ID != "id1" {
			t.Fatalf("got %+v", a)
		}
		last = a
		got = append(got, a.Candidates[0].Text)
	}
	want := []string{"if a", "if a {", "if a {\n\t\tb()", "if a {\n\t\tb()\n\t}", "if a {\n\t\tb()\n\t}"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if last.Outcome != Shown {
		t.Errorf("the last answer is %+v", last)
	}
	if r := e.report(t); r.Outcome != Shown {
		t.Errorf("reported %+v", r)
	}
}

// An echo is not shown while it may still turn out to be one.
func TestStreamHidesEchoes(t *testing.T) {
	e := engineOf(script.Says("```go\n", "func f() {\n", "\tretu", "rn so", "rt(x)\n", "```"))
	for a := range e.Stream(t.Context(), at(t, "go", "func f() {\n\treturn so‸\n}\n")) {
		for _, c := range a.Candidates {
			if want := "rt(x)"; !strings.HasPrefix(want, c.Text) {
				t.Errorf("shows %q", c.Text)
			}
		}
	}
}

// Whoever stops listening ends the request; it is reported all the same.
func TestStreamLeft(t *testing.T) {
	e := engineOf(script.Answer{Chunks: []string{"```go\n", "a\n", "b\n"}, Hang: true})
	for range e.Stream(t.Context(), at(t, "go", "\tz()\n\t‸\n")) {
		break
	}
	if r := e.report(t); r.Outcome != Cancelled || r.Reason != ReasonLeft {
		t.Errorf("reported %+v", r)
	}
	if c := e.model.Counts(); c.Aborted != 1 || c.Live != 0 {
		t.Errorf("streams %+v", c)
	}
}

func TestCandidates(t *testing.T) {
	e := engineOf(script.Says("```\na\n```\n```\nb\n```\n```\na\n```\n```\nc\n```\n```\nd\n```"))
	r := at(t, "go", "x := ‸\n")
	r.Invoked = true
	answer, err := e.Complete(t.Context(), r)
	if err != nil || len(answer.Candidates) != 3 {
		t.Fatalf("got %+v, %v", answer, err)
	}
	for i, want := range []Candidate{{"id1", "a", 5, 5}, {"id2", "b", 5, 5}, {"id3", "c", 5, 5}} {
		if answer.Candidates[i] != want {
			t.Errorf("candidate %d is %+v, want %+v", i, answer.Candidates[i], want)
		}
	}
	if task := e.model.Prompts()[0].Task; !strings.Contains(task, "up to 3 answers") {
		t.Errorf("the task is %q", task)
	}
}

func TestSelected(t *testing.T) {
	e := engineOf(script.Says("```\nlen(x.items)\n```"))
	r := at(t, "go", "\tn := x.le‸\n")
	r.Selected = &Selected{From: 8, To: 10, Text: "len("}
	answer, _ := e.Complete(t.Context(), r)
	want := []Candidate{{ID: "id1", Text: "len(x.items)", From: 8, To: 10}}
	if diff := cmp.Diff(want, answer.Candidates); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if p := e.model.Prompts()[0]; p.Before != "\tn := x.len(" {
		t.Errorf("the model was shown %q", p.Before)
	}
}

func TestReplacedTail(t *testing.T) {
	e := engineOf(script.Says("```\na int) error {\n```"))
	answer, _ := e.Complete(t.Context(), at(t, "go", "func f(‸)\r\nx\r\n"))
	if want := []Candidate{{ID: "id1", Text: "a int) error {", From: 7, To: 8}}; !cmp.Equal(want, answer.Candidates) {
		t.Errorf("got %+v", answer.Candidates)
	}
}

func TestLineEndsOfTheDocument(t *testing.T) {
	e := engineOf(script.Says("```\nif a {\n\t\tb()\n\t}\n```"))
	answer, _ := e.Complete(t.Context(), at(t, "go", "func f() {\r\n\t‸\r\n}\r\n"))
	if got := answer.Candidates; len(got) != 1 || got[0].Text != "if a {\r\n\t\tb()\r\n\t}" {
		t.Errorf("got %+v", got)
	}
}

// An engine with nothing but what it must have works.
func TestZeroOptions(t *testing.T) {
	e := New(Options{Model: script.New(script.Says("```\n1\n```")), Window: doccontext.New(doccontext.Options{}).Window})
	r := at(t, "go", "x := ‸\n")
	r.Settings.Debounce = time.Nanosecond
	answer, err := e.Complete(t.Context(), r)
	if err != nil || answer.Outcome != Shown || answer.Candidates[0].ID == "" {
		t.Errorf("got %+v, %v", answer, err)
	}
}
