package lsp

import (
	"time"

	"go.lsp.dev/uri"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/context/trail"
	"github.com/claude-lsp/claude-lsp/internal/document"
)

// maxPast bounds the offers that were left and that a late report of the client
// may still name.
const maxPast = 32

// The outcomes tell what becomes of suggestions: from the answers that were
// given, the edits that follow, and what the client reports of itself. Helix
// runs no command on acceptance, and no client says that it has shown something
// or that somebody has looked away, so most of it is inferred.
//
// It is a state machine of its arguments: time is handed in, and what it has to
// say goes to report. Documents are compared by identity, so that an answer to
// a text that has moved on meanwhile is noticed. It must be used by one
// goroutine at a time.
type outcomes struct {
	docs   map[uri.URI]*watched
	past   []*offer // left and not accepted, the newest last
	report func(completion.Feedback)

	// decided is told of what was accepted whole, and of what was refused: the
	// suggestion, whose Path is the URI. What was typed through or taken off the
	// screen is neither. nil: nobody.
	decided func(trail.Suggestion)
}

// A watched document is what is known of one that is open.
type watched struct {
	doc     *document.Document // its newest text
	offer   *offer             // the newest; nil where there was none, or something was typed after it was accepted
	follows []*follow          // the oldest first
}

// answered takes note of what a request for a place of doc was answered with,
// maybe nothing. It reports whether doc is still the newest text; an answer to
// another one must not be given. said tells who made the candidates.
func (o *outcomes) answered(u uri.URI, doc *document.Document, at document.Offset, candidates []completion.Candidate, said completion.Feedback, now time.Time) bool {
	w := o.docs[u]
	if w == nil || w.doc != doc {
		return false
	}
	old := w.offer
	switch {
	case old != nil && len(candidates) == 0 && old.accepted:
		return true // what was accepted is still the last thing that happened here
	case old != nil && len(candidates) == 0 && (old.how == takenAway || old.covers(at)):
		old.leave(takenAway, now) // it may come again
		return true
	case old != nil && !old.accepted && (old.has(candidates) || old.covers(at)): // more of it, or others to choose from
		old.show(doc, candidates)
		return true
	case old != nil:
		o.settle(w, now)
	}
	if len(candidates) > 0 {
		said.ID = candidates[0].ID
		w.offer = &offer{said: said, since: now}
		w.offer.show(doc, candidates)
	}
	return true
}

// open takes note of a document; one that is open already is closed first.
func (o *outcomes) open(u uri.URI, doc *document.Document, now time.Time) {
	o.close(u, now)
	if o.docs == nil {
		o.docs = map[uri.URI]*watched{}
	}
	o.docs[u] = &watched{doc: doc}
}

// edited takes note of one edit, which makes after of before. All edits of open
// documents must come, in order.
func (o *outcomes) edited(u uri.URI, before *document.Document, edit document.Change, after *document.Document, now time.Time) {
	w := o.docs[u]
	if w == nil {
		return
	}
	o.look(w, now)
	if w.doc = after; w.offer == nil && len(w.follows) == 0 {
		return
	}
	least := trim(before, edit)
	if least.From == least.To && least.Text == "" {
		if w.offer != nil {
			w.offer.version = after.Version()
		}
		return
	}
	off := w.offer
	var t taking
	if off != nil && off.candidates != nil {
		if t = off.edited(before, edit, now); t.edit != (document.Change{}) {
			least = t.edit
		}
	}
	o.move(w, before, least, after, now)
	switch {
	case off == nil:
	case off.accepted && t.how == tookAll: // its edit, which the report of the client came before
		o.insert(w, t.in(), now)
		off.candidates, off.version = nil, after.Version()
	case off.accepted:
		w.offer = nil
	case t.how == tookAll:
		o.insert(w, t.in(), now)
		off.candidates = nil
		o.accept(off, off.follow.characters, after.Version())
	case t.how == tookWords || t.how == tookLines:
		o.insert(w, t.in(), now)
		off.claim = "" // it was for a part
	case off.candidates == nil:
		off.last = span{least.From, least.From + document.Offset(len(least.Text))}
		o.honour(off, now)
	}
}

// accepted takes note of the client's own report that a candidate was inserted.
// One that was never offered, or long ago, counts for nothing, and is not known.
func (o *outcomes) accepted(id string, now time.Time) (known bool) {
	for _, w := range o.docs {
		off := w.offer
		if off == nil {
			continue
		}
		n, ok := off.knows(id)
		switch {
		case !ok:
			continue
		case off.accepted:
			return true
		}
		characters := n.characters
		if off.follow != nil {
			characters = off.left(id, characters) + off.follow.characters
		}
		off.said.ID = id
		// The edit may be one that we did not know it by; or it comes after.
		if off.candidates == nil && off.last.from < off.last.to {
			o.insert(w, off.put(w.doc, n.offered.Text), now)
			characters = off.follow.characters
		}
		o.accept(off, characters, w.doc.Version())
		return true
	}
	// The client knows better what it had on its screen: it was shown anew.
	off, known := o.recall(id)
	if known {
		n, _ := off.knows(id)
		off.said.ID = id
		o.accept(off, n.characters, 0)
	}
	return known
}

// justAccepted reports whether the text of the document, at this version, is
// what an acceptance has left: nothing was typed since.
func (o *outcomes) justAccepted(u uri.URI, version int32) bool {
	w := o.docs[u]
	return w != nil && w.offer != nil && w.offer.accepted && w.offer.version == version
}

// turnedDown is the suggestion that an edit has left in a document, if there was
// time to read it and nothing has shown yet that the edit was a slip. It counts as
// rejected later; the next request is to know of it now.
func (o *outcomes) turnedDown(u uri.URI) (s trail.Suggestion, ok bool) {
	w := o.docs[u]
	if w == nil || w.offer == nil {
		return s, false
	}
	off := w.offer
	if off.accepted || off.until.IsZero() || off.how != turnedDown || off.follow != nil || off.until.Sub(off.since) < readable {
		return s, false
	}
	n, ok := off.knows(off.top)
	return n.offered, ok
}

// close forgets a document. Of what is followed there, only the marks that were
// reached count.
func (o *outcomes) close(u uri.URI, now time.Time) {
	if w := o.docs[u]; w != nil {
		o.look(w, now)
		o.settle(w, now)
		delete(o.docs, u)
	}
}

// end closes all documents.
func (o *outcomes) end(now time.Time) {
	for u := range o.docs {
		o.close(u, now)
	}
	o.past = nil
}

// lookAll looks at everything whose time has come.
func (o *outcomes) lookAll(now time.Time) {
	for _, w := range o.docs {
		o.look(w, now)
		if w.offer == nil {
			continue
		}
		switch at, ok := w.offer.due(); {
		case !ok || now.Before(at):
		case w.offer.claim != "": // no edit shows it: it may have come in a form of its own
			o.honour(w.offer, now)
		default:
			o.settle(w, now)
		}
	}
}

// next is when there is something to look at; ok is false if there is nothing.
func (o *outcomes) next() (at time.Time, ok bool) {
	first := func(due time.Time, some bool) {
		if some && (!ok || due.Before(at)) {
			at, ok = due, true
		}
	}
	for _, w := range o.docs {
		if w.offer != nil {
			first(w.offer.due())
		}
		for _, f := range w.follows {
			first(f.due())
		}
	}
	return at, ok
}

// settle says what became of the offer, and forgets it but for its names.
func (o *outcomes) settle(w *watched, now time.Time) {
	off := w.offer
	if off == nil {
		return
	}
	o.honour(off, now)
	w.offer = nil
	for _, kind := range off.ending(now) {
		o.say(off, kind)
		if kind == completion.FeedbackRejected {
			n, _ := off.knows(off.top)
			o.decide(n.offered, false)
		}
	}
	if off.follow != nil {
		off.follow.settled = true
	} else if !off.accepted {
		o.past = append(o.past, off)
		o.past = o.past[max(0, len(o.past)-maxPast):]
	}
}

// accept says that an offer was accepted whole.
func (o *outcomes) accept(off *offer, characters int, version int32) {
	off.accepted, off.version, off.claim = true, version, ""
	o.say(off, completion.FeedbackShown)
	said := off.said
	said.Kind, said.Characters = completion.FeedbackAccepted, characters
	o.report(said)
	n, _ := off.knows(said.ID)
	o.decide(n.offered, true)
	if off.follow != nil {
		off.follow.offered = n.offered
		off.follow.settled, off.follow.whole = true, true
	}
}

// decide tells what became of a suggestion.
func (o *outcomes) decide(s trail.Suggestion, accepted bool) {
	if o.decided != nil && s.Text != "" {
		s.Accepted = accepted
		o.decided(s)
	}
}

func (o *outcomes) say(off *offer, kind completion.FeedbackKind) {
	said := off.said
	said.Kind = kind
	if kind == completion.FeedbackAcceptedWords || kind == completion.FeedbackAcceptedLines {
		said.Characters = off.part
		if off.follow != nil {
			said.Characters = off.follow.characters
		}
	}
	o.report(said)
}
