package lsp

import (
	"math"
	"sync"
	"time"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

// methodStatus is both a notification, sent when the status changes, and a
// request, answered with the same object.
const methodStatus = "claude-lsp/status"

// A Status is what an editor shows of the server. Its JSON form is part of the
// protocol between the server and its plugins; fields are only ever added.
type Status struct {
	State     State    `json:"state"`
	Provider  string   `json:"provider"`
	Model     string   `json:"model"`
	Trouble   *Trouble `json:"trouble"`                // null when all is well
	CostToday *float64 `json:"costToday"`              // US dollars since local midnight, of all editors; null when unknown
	Snoozed   string   `json:"snoozedUntil,omitempty"` // RFC 3339
	Budget    *Budget  `json:"budget,omitempty"`       // where the user has set one
	Shown     int      `json:"shown"`                  // suggestions of this session
	Accepted  int      `json:"accepted"`
}

// A State says in one word whether suggestions are to be expected.
type State string

// The states.
const (
	StateReady    State = "ready"
	StateDisabled State = "disabled" // by a setting or a command
	StateSnoozed  State = "snoozed"  // for a while
	StateTrouble  State = "trouble"  // see Status.Trouble
)

// Trouble is what keeps suggestions away, and what to do about it.
type Trouble struct {
	Kind    model.Trouble `json:"kind"`
	Message string        `json:"message"`
}

// Budget is how far the budget of the day is used.
type Budget struct {
	DailyUSD float64  `json:"dailyUSD"` // as it was set
	SpentUSD *float64 `json:"spentUSD"` // today, by all editors; null when unknown
	Step     string   `json:"step"`     // what is given up for it: "whole" is nothing, "used_up" all that is paid; see docs/protocol.md
}

// step is the step of a budget that may be nil.
func (b *Budget) step() string {
	if b == nil {
		return ""
	}
	return b.Step
}

// statusBoard holds what the user commanded in this session and what went
// wrong last.
type statusBoard struct {
	publishing sync.Mutex // held from the look at the status until it was sent; taken before mu

	mu       sync.Mutex
	disabled bool
	// signedOut is a client of Copilot's server that wants no suggestions.
	signedOut bool
	snoozed   time.Time
	chosen    string
	trouble   *Trouble
	shown     int
	accepted  int

	published Status // the last one that was sent
	wake      *time.Timer
}

// off says why nothing is suggested whatever the document, or "".
func (b *statusBoard) off(now time.Time) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.disabled:
		return completion.ReasonDisabled
	case b.signedOut:
		return ReasonSignedOut
	case now.Before(b.snoozed):
		return ReasonSnoozed
	default:
		return ""
	}
}

// model is the model that was chosen by command in this session, or "".
func (b *statusBoard) model() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.chosen
}

// offered counts a suggestion that was handed out.
func (b *statusBoard) offered() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.shown++
}

// change makes a change under the lock, and publishes what became of it.
func (s *Server) change(f func(b *statusBoard)) {
	s.status.mu.Lock()
	f(&s.status)
	s.status.mu.Unlock()
	s.publishStatus()
}

// snapshot is the present status.
func (s *Server) snapshot() Status {
	folder := s.firstFolder()
	st := Status{State: StateReady}
	if s.opts.Provider != nil {
		st.Provider, st.Model = s.opts.Provider(folder)
	}
	if s.opts.Spent != nil {
		if usd, known := s.opts.Spent(); known {
			st.CostToday = new(math.Round(usd*1e6) / 1e6)
		}
	}
	if s.opts.Budget != nil {
		st.Budget = s.opts.Budget()
	}
	enabled := s.opts.Settings.For(folder).Enabled
	b := &s.status
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.chosen != "" && st.Provider != embeddedProvider {
		st.Model = b.chosen
	}
	st.Trouble, st.Shown, st.Accepted = b.trouble, b.shown, b.accepted
	switch {
	case b.disabled || b.signedOut || !enabled:
		st.State = StateDisabled
	case time.Now().Before(b.snoozed):
		st.State, st.Snoozed = StateSnoozed, b.snoozed.Format(time.RFC3339)
	case b.trouble != nil:
		st.State = StateTrouble
	}
	return st
}

// publishStatus sends the status if it says something new. Counters and cost
// alone are no news: they go along with the next change.
func (s *Server) publishStatus() {
	if s.life.at() != running {
		return
	}
	// One at a time: of two that were taken at once the older must not be sent
	// last.
	s.status.publishing.Lock()
	defer s.status.publishing.Unlock()
	st := s.snapshot()
	s.status.mu.Lock()
	old := s.status.published
	same := old.State == st.State && old.Provider == st.Provider && old.Model == st.Model &&
		old.Snoozed == st.Snoozed && old.Budget.step() == st.Budget.step() && (old.Trouble == nil) == (st.Trouble == nil) &&
		(st.Trouble == nil || *old.Trouble == *st.Trouble)
	s.status.published = st
	s.status.mu.Unlock()
	if !same {
		s.notify(methodStatus, &st)
	}
	s.publishCopilot(st)
}

// StatusChanged has the status looked at again, and sent if it says something
// new.
func (s *Server) StatusChanged() { s.publishStatus() }

// statusRequest answers with the present status.
func (s *Server) statusRequest(*call) (any, error) {
	st := s.snapshot()
	return &st, nil
}

// setTrouble notes what went wrong, or with "" that it is well again. Each
// kind is shown to the user once, not once a key.
func (s *Server) setTrouble(kind model.Trouble, message string) {
	s.change(func(b *statusBoard) {
		if kind == "" {
			b.trouble = nil
			return
		}
		b.trouble = &Trouble{Kind: kind, Message: message}
	})
	if kind != "" {
		s.noticeTrouble(kind)
	}
}

// report passes on what became of a suggestion, and counts it.
func (s *Server) report(f completion.Feedback) {
	if f.Kind == completion.FeedbackAccepted {
		s.status.mu.Lock()
		s.status.accepted++
		s.status.mu.Unlock()
	}
	if s.opts.Feedback != nil {
		s.opts.Feedback(f)
	}
}

// snooze turns suggestions off for a while, and on again after it.
func (s *Server) snooze(d time.Duration) {
	s.change(func(b *statusBoard) {
		if b.wake != nil {
			b.wake.Stop()
			b.wake = nil
		}
		b.snoozed = time.Time{}
		if d > 0 {
			b.snoozed = time.Now().Add(d)
			b.wake = time.AfterFunc(d, s.publishStatus)
		}
	})
}
