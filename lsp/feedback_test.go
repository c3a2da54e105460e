package lsp

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
)

// A ledger takes down feedback.
type ledger struct {
	mu   sync.Mutex
	all  []completion.Feedback
	came []time.Time
}

func (l *ledger) take(o *Options) {
	o.Provider = func(string) (string, string) { return "claude", "claude-haiku-5-5" }
	o.Feedback = func(f completion.Feedback) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.all, l.came = append(l.all, f), append(l.came, time.Now())
	}
}

// kinds are what came since the last time.
func (l *ledger) kinds() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var all []string
	for _, f := range l.all {
		all = append(all, string(f.Kind))
	}
	l.all, l.came = nil, nil
	return strings.Join(all, " ")
}

// What was accepted is looked at again after 30 s, 2 min and 10 min, by timers
// that belong to the session and end with it.
func TestWhatStandsIsLookedAtInTime(t *testing.T) {
	for _, stop := range []time.Duration{20 * time.Minute, 90 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			var l ledger
			s := begin(t, says("f(1, 2)"), editor.Options{InlineCompletion: true, Folders: []string{"file:///w"}}, l.take)
			s.Initialize()
			s.Open(uriA, "go", "x := \ny := 1\n")
			s.Accept(s.Inline(uriA, pos(0, 5), editor.InlineOptions{}).Items()[0]).Wait()
			accepted := time.Now()
			if got := l.kinds(); got != "shown accepted" {
				t.Fatalf("said %q", got)
			}
			time.Sleep(time.Minute)
			s.Change(uriA, editor.Edit{Range: &editor.Range{Start: pos(0, 5), End: pos(0, 10)}}) // "f(1, " goes
			s.Change(uriA, editor.Edit{Text: s.Text(uriA) + "z := 2\n"})                         // the whole document
			time.Sleep(stop)
			s.Shutdown()
			s.Close()
			<-s.ended
			s.ended <- nil

			want := []completion.Feedback{
				{After: 30 * time.Second, Share: 1},
				{After: 2 * time.Minute, Share: 1.0 / 3},
				{After: 10 * time.Minute, Share: 1.0 / 3},
			}
			if stop < 10*time.Minute {
				want = want[:2]
			}
			if len(l.all) != len(want) {
				t.Fatalf("%d feedbacks, want %d: %+v", len(l.all), len(want), l.all)
			}
			for i, w := range want {
				w.Kind, w.ID, w.Language, w.Provider, w.Model = completion.FeedbackKept, "0", "go", "claude", "claude-haiku-5-5"
				if l.all[i] != w || l.came[i].Sub(accepted) != w.After {
					t.Errorf("after %v came %+v, want %+v", l.came[i].Sub(accepted), l.all[i], w)
				}
			}
		})
	}
}

// What is still on the screen at the end was not taken, and is reported before
// shutdown is answered: Helix ends its servers by force soon after.
func TestFeedbackAtTheEndOfASession(t *testing.T) {
	for _, end := range []func(s *session){
		func(s *session) { s.CloseDocument(uriA); s.Request("claude-lsp/status", nil).Wait() },
		func(s *session) { s.Request("shutdown", nil).Wait() },
		func(s *session) { s.Shutdown(); s.Close() },
		func(s *session) { s.Close(); <-s.ended; s.ended <- nil }, // the editor dies
	} {
		synctest.Test(t, func(t *testing.T) {
			var l ledger
			s := begin(t, says("f()"), editor.Options{InlineCompletion: true}, l.take)
			s.Initialize()
			s.Open(uriA, "go", "x := ")
			s.Inline(uriA, pos(0, 5), editor.InlineOptions{}).Items()
			time.Sleep(readable)
			end(s)
			if got := l.kinds(); got != "shown rejected" {
				t.Errorf("said %q", got)
			}
		})
	}
}

func TestAcceptCommandCountsWhatWasOffered(t *testing.T) {
	var l ledger
	s := begin(t, says("f()"), editor.Options{InlineCompletion: true}, l.take)
	s.Initialize()
	const uriX = "file:///w/a.strange"
	s.Open(uriX, "strange language!", "x := ")
	s.Inline(uriX, pos(0, 5), editor.InlineOptions{}).Items()
	accept := func(id string) {
		t.Helper()
		if _, err := s.Request("workspace/executeCommand", map[string]any{"command": commandAccept, "arguments": []any{id}}).Wait(); err != nil {
			t.Error(err)
		}
	}
	accept("77")
	if st := wantStatus(s); st.Accepted != 0 || len(l.all) != 0 {
		t.Errorf("%d accepted, said %v; nobody was offered that", st.Accepted, l.all)
	}
	accept("0")
	accept("0")
	if st := wantStatus(s); st.Accepted != 1 {
		t.Errorf("%d accepted, want 1", st.Accepted)
	}
	s.Shutdown()
	for _, f := range l.all {
		if f.Language != "other" { // what the client calls a language is written down
			t.Errorf("language %q", f.Language)
		}
	}
	if got := l.kinds(); got != "shown accepted" {
		t.Errorf("said %q", got)
	}
}

// Some clients send ranges in the order they were made.
func TestSelectedEntryWithAReversedRange(t *testing.T) {
	var got []completion.Selected
	s := begin(t, engine(func(_ context.Context, r completion.Request) (completion.Answer, error) {
		got = append(got, *r.Selected)
		return completion.Answer{Outcome: completion.Empty}, nil
	}), editor.Options{InlineCompletion: true})
	s.Initialize()
	s.Open(uriA, "go", "fmt.Pr")
	for _, r := range []editor.Range{{Start: pos(0, 4), End: pos(0, 6)}, {Start: pos(0, 6), End: pos(0, 4)}} {
		s.Inline(uriA, pos(0, 6), editor.InlineOptions{Selected: &editor.Selected{Range: r, Text: "Println"}}).Items()
	}
	s.Shutdown()
	if want := (completion.Selected{From: 4, To: 6, Text: "Println"}); !slices.Equal(got, []completion.Selected{want, want}) {
		t.Errorf("%+v, want twice %+v", got, want)
	}
}

// Answers, edits and commands come from several goroutines; each suggestion
// still ends once.
func TestFeedbackAddsUp(t *testing.T) {
	n := 0
	var mu sync.Mutex
	var l ledger
	s := begin(t, engine(func(_ context.Context, r completion.Request) (completion.Answer, error) {
		mu.Lock()
		defer mu.Unlock()
		n++
		return completion.Answer{Outcome: completion.Shown, Candidates: []completion.Candidate{
			{ID: fmt.Sprint(n), Text: "call(a, b)", From: r.At, To: r.At},
		}}, nil
	}), editor.Options{InlineCompletion: true}, l.take)
	s.Initialize()
	s.Open(uriA, "go", "")
	where := pos(0, 0)
	for i := range 200 {
		call := s.Inline(uriA, where, editor.InlineOptions{})
		switch i % 3 {
		case 0:
			s.Accept(call.Items()[0]).Wait()
			where = pos(0, where.Character+len("call(a, b)"))
		case 1:
			call.Wait()
			where = s.Type(uriA, where, "x")
		default: // the edit overtakes the answer, or not
			where = s.Type(uriA, where, "y")
			call.Wait()
		}
	}
	s.Shutdown()
	counts := map[completion.FeedbackKind]int{}
	for _, f := range l.all {
		counts[f.Kind]++
	}
	if ends := counts[completion.FeedbackAccepted] + counts[completion.FeedbackRejected] + counts[completion.FeedbackTypedThrough]; counts[completion.FeedbackAccepted] != 67 || ends > counts[completion.FeedbackShown] {
		t.Errorf("%v, want 67 accepted and no more ends than were shown", counts)
	}
}
