package lsp

import (
	"slices"
	"time"
	"unicode/utf8"
)

// What a client reports of items by itself, by textDocument/didShowCompletion and
// its like, is laid over what is inferred: each suggestion counts once, whoever
// tells of it first. A report about an item that is not on the screen any more,
// or never was, says nothing.

// onScreen is the offer that has a candidate of that id and was not accepted.
func (o *outcomes) onScreen(id string) (*watched, *offer, name) {
	for _, w := range o.docs {
		if w.offer == nil || w.offer.accepted {
			continue
		}
		if n, ok := w.offer.knows(id); ok {
			return w, w.offer, n
		}
	}
	return nil, nil, name{}
}

// known is the candidate of that id, if it is on a screen.
func (o *outcomes) known(id string) (name, bool) {
	_, off, n := o.onScreen(id)
	return n, off != nil
}

// wasShown takes note that a person has the candidate before their eyes. It
// counts as shown, however soon it goes.
func (o *outcomes) wasShown(id string) {
	if _, off, _ := o.onScreen(id); off != nil {
		off.reported, off.top = true, id
	}
}

// partly takes note that a person took the first part of a candidate, units of
// UTF-16 long. The edit may have come before, or comes now, or was one that is
// not known for it.
func (o *outcomes) partly(id string, units int) {
	_, off, n := o.onScreen(id)
	if off == nil || units <= 0 {
		return
	}
	piece := first16(n.offered.Text, units)
	off.reported, off.top, off.said.ID = true, id, id
	off.part = max(off.part, utf8.RuneCountInString(piece))
	off.lines = off.lines || lineEnds(piece, n.offered.Text[len(piece):])
}

// claims takes note that the client inserts a candidate, or has done so. copilot.lua
// says it before its edit comes, and names the whole candidate where a person
// takes a word of it: what the edit puts in is what counts. Where none comes, it
// was the whole.
func (o *outcomes) claims(id string, now time.Time) {
	_, off, _ := o.onScreen(id)
	if off == nil || off.candidates == nil {
		o.accepted(id, now)
		return
	}
	off.claim, off.claimed = id, now
}

// honour takes a claim at its word.
func (o *outcomes) honour(off *offer, now time.Time) {
	if off.claim != "" {
		o.accepted(off.claim, now)
	}
}

// dismissed takes note that a person sent a candidate away. That is a no,
// however soon it came.
func (o *outcomes) dismissed(id string, now time.Time) {
	w, off, _ := o.onScreen(id)
	if off == nil {
		return
	}
	if off.until.IsZero() {
		off.dismissed, off.top = true, id
	}
	o.settle(w, now)
}

// recall is the offer that was left and has a candidate of that id. It is forgotten
// with that.
func (o *outcomes) recall(id string) (*offer, bool) {
	i := slices.IndexFunc(o.past, func(off *offer) bool { _, ok := off.knows(id); return ok })
	if i < 0 {
		return nil, false
	}
	off := o.past[i]
	o.past = slices.Delete(o.past, i, i+1)
	return off, true
}
