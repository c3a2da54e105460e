package lsp

import (
	"slices"
	"time"
	"unicode/utf8"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/context/trail"
	"github.com/claude-lsp/claude-lsp/internal/document"
)

// readable is how long a suggestion must have been there to count as shown if
// nobody takes it. A glance and a line read take that long; what is gone sooner
// was typed over, and says something about the speed of typing alone. The time
// runs from the answer, so it contains the way to the screen.
const readable = 750 * time.Millisecond

// settledAfter is how long an offer that was left may be shown again: longer than
// an answer takes, and than taking back a slip. Some editors end their servers
// by force, and what was not reported by then is lost.
const settledAfter = 5 * time.Second

// maxNames bounds the candidates that one offer remembers.
const maxNames = 32

// An offer is a suggestion on the screen of one document, or the last one that
// was. It is moved along while the user types what it says.
//
// One that was left by an edit is not rejected at once: the edit may have been
// a slip that is taken back, or a bracket that the editor closed by itself, and
// then the next answer has the same candidates. So it is settled when the next
// answer has others or none, when none comes, or when the document closes.
type offer struct {
	said       completion.Feedback    // who made it
	names      []name                 // of all candidates that it ever had, the newest last
	candidates []completion.Candidate // what is left of them, in the text as it is; none once it was left
	top        string                 // the id of the one that was seen: the first, or the one that was typed along
	since      time.Time
	until      time.Time // when it was left; zero while it is on the screen
	how        leaving   // why, once it was
	lines      bool      // a part was accepted by lines
	part       int       // characters of it that the client says were accepted
	reported   bool      // the client says that it was shown
	dismissed  bool      // the client says that a person sent it away
	follow     *follow   // of what was accepted; nil if nothing was
	last       span      // what the edit has put in by which it was left, as long as no other came
	claim      string    // of the candidate that the client says it inserts, while its edit has not come
	claimed    time.Time // when it said so
	accepted   bool      // whole, and reported
	version    int32     // of the text that the acceptance has left
}

// A name is a candidate that the client may report as accepted.
type name struct {
	id         string
	characters int              // of it, when it was last offered
	offered    trail.Suggestion // how it stood then; its Path is the document's URI
}

// Why an offer was left.
type leaving int

const (
	turnedDown leaving = iota // by the person
	typedAlong                // all of it was typed
	takenAway                 // the server had nothing to say there any more
)

// show puts what an answer says on the screen: something new, or more of the
// same, in doc.
func (o *offer) show(doc *document.Document, candidates []completion.Candidate) {
	o.candidates = slices.Clone(candidates)
	o.until, o.how = time.Time{}, turnedDown
	if len(candidates) > 0 {
		o.top = candidates[0].ID
	}
	for _, c := range candidates {
		line := doc.LineAt(c.From)
		n := name{c.ID, utf8.RuneCountInString(c.Text), trail.Suggestion{
			Path: doc.URI(), Line: line, Lead: doc.Slice(doc.LineStart(line), c.From), Text: c.Text,
		}}
		if i := slices.IndexFunc(o.names, func(n name) bool { return n.id == c.ID }); i >= 0 {
			o.names[i] = n
			continue
		}
		o.names = append(o.names, n)
	}
	o.names = o.names[max(0, len(o.names)-maxNames):]
}

// knows returns the candidate of that id.
func (o *offer) knows(id string) (name, bool) {
	i := slices.IndexFunc(o.names, func(n name) bool { return n.id == id })
	if i < 0 {
		return name{}, false
	}
	return o.names[i], true
}

// left is how many characters of a candidate are still to be taken; otherwise is
// what it had when it was last offered.
func (o *offer) left(id string, otherwise int) int {
	for _, c := range o.candidates {
		if c.ID == id {
			return utf8.RuneCountInString(c.Text)
		}
	}
	return otherwise
}

// has reports whether a candidate is one of the offer's.
func (o *offer) has(candidates []completion.Candidate) bool {
	return slices.ContainsFunc(candidates, func(c completion.Candidate) bool {
		_, ok := o.knows(c.ID)
		return ok
	})
}

// covers reports whether a place is the offer's, as far as it is on the screen.
func (o *offer) covers(at document.Offset) bool {
	return slices.ContainsFunc(o.candidates, func(c completion.Candidate) bool { return c.From <= at && at <= c.To })
}

// leave notes that the offer is no longer on the screen.
func (o *offer) leave(how leaving, now time.Time) {
	if o.until.IsZero() {
		o.until, o.how = now, how
	}
	o.candidates = nil
}

// put is what an acceptance has put into doc, of which the last edit is known.
// copilot.vim puts a line in as if it were typed, key by key.
func (o *offer) put(doc *document.Document, text string) span {
	if from := o.last.to - document.Offset(len(text)); from >= 0 && from < o.last.from && doc.Slice(from, o.last.to) == text {
		return span{from, o.last.to}
	}
	return o.last
}

// due is when the offer is to be settled by itself; ok is false if it is on the
// screen, or was accepted.
func (o *offer) due() (at time.Time, ok bool) {
	if o.claim != "" {
		return o.claimed.Add(settledAfter), true
	}
	return o.until.Add(settledAfter), !o.accepted && !o.until.IsZero()
}

// edited compares an edit with what is left of the candidates, and returns the
// taking that says most about it. For tookNone the offer was left.
func (o *offer) edited(before *document.Document, edit document.Change, now time.Time) taking {
	var best taking
	var rest []completion.Candidate
	for _, c := range o.candidates {
		t := take(before, c, edit)
		if o.claim != "" { // no key has typed it
			t.how = t.how.meant()
		}
		if t.how > best.how || t.how == tookAll {
			best = t
			o.said.ID, o.top = c.ID, c.ID
		}
		if t.how == tookAll {
			return best
		}
		if t.left.Text != "" {
			rest = append(rest, t.left)
		}
	}
	if best.how == tookTyped && len(rest) > 0 { // another one goes on
		best.how = tookSome
	}
	switch best.how {
	case tookNone:
		o.leave(turnedDown, now)
	case tookTyped:
		o.leave(typedAlong, now)
	case besides, tookSome, tookWords, tookLines, tookAll:
		o.candidates = rest
		o.lines = o.lines || best.how == tookLines
	}
	return best
}

// ending is what became of the offer: what is to be said of it, in order. now is
// when it is left, if it was not before.
func (o *offer) ending(now time.Time) []completion.FeedbackKind {
	o.leave(turnedDown, now)
	part, undone := o.follow != nil || o.part > 0, o.follow != nil && o.follow.undone
	switch {
	case o.accepted:
		return nil
	case part && !undone && o.lines:
		return []completion.FeedbackKind{completion.FeedbackShown, completion.FeedbackAcceptedLines}
	case part && !undone:
		return []completion.FeedbackKind{completion.FeedbackShown, completion.FeedbackAcceptedWords}
	case o.dismissed:
		return []completion.FeedbackKind{completion.FeedbackShown, completion.FeedbackRejected}
	case !part && o.until.Sub(o.since) < readable && o.reported:
		return []completion.FeedbackKind{completion.FeedbackShown}
	case !part && o.until.Sub(o.since) < readable:
		return nil
	case !part && o.how == typedAlong:
		return []completion.FeedbackKind{completion.FeedbackShown, completion.FeedbackTypedThrough}
	case !part && o.how == takenAway:
		return []completion.FeedbackKind{completion.FeedbackShown}
	default:
		return []completion.FeedbackKind{completion.FeedbackShown, completion.FeedbackRejected}
	}
}
