package record

import (
	"slices"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/redact"
)

// release writes an event, with its secrets masked as far as they are known by
// now.
func (k *keeper) release(h *held) {
	if k.lost {
		return
	}
	switch {
	case h.Open != nil:
		masked := redact.Mask(h.text, h.masked)
		h.Open.Text = Text(masked)
		h.doc.shown = document.New("", h.Open.Language, h.Open.Version, masked)
		h.doc.shownMasked = h.masked
	case h.Change != nil:
		if !k.releaseChange(h) {
			k.lost = true
			return
		}
	case h.Request != nil:
		for _, t := range h.docs {
			h.Request.Masked = h.Request.Masked || len(t.shownMasked) > 0
		}
		h.Request.Recent.mask(k.known)
		k.written, _ = h.Request.Recent.after(k.written)
		h.Request.Masked = h.Request.Masked || !sameRecent(k.written, h.told)
		for i := range h.Request.Given {
			g := &h.Request.Given[i]
			masked := Text(redact.Mask(string(g.Text), k.known.secrets(string(g.Text))))
			h.Request.Masked = h.Request.Masked || masked != g.Text
			g.Text = masked
		}
		if s := h.Request.Selected; s != nil {
			s.Text = Text(k.mask(h.round, string(s.Text)))
		}
	case h.Chunk != nil && h.reply != nil:
		k.seal(h.reply)
		text := string(h.Chunk.Text)
		h.Chunk.Text = Text(redact.Mask(text, clip(h.reply.masked, h.at, h.at+len(text))))
	case h.Decision != nil:
		for i := range h.Decision.Candidates {
			c := &h.Decision.Candidates[i]
			c.Text = Text(k.mask(h.round, string(c.Text)))
		}
	}
	k.write(h.Event)
}

// releaseChange makes the edits of a change: the one that took place, and one
// for each part of the document that only now is known to belong to a secret. It
// is false if they do not fit, which would be a mistake of ours.
func (k *keeper) releaseChange(h *held) bool {
	t, s := h.doc, h.step
	moved := s.forward(t.shownMasked)
	all := redact.Merge(slices.Concat(moved, h.masked))
	put := span{From: s.from, To: s.from + s.size}
	edits := []Edit{{From: s.from, To: s.to, Text: Text(redact.Mask(h.text, clip(all, put.From, put.To)))}}
	next, ok := apply(t.shown, h.Change.Version, edits)
	if !ok {
		return false
	}
	for _, m := range without(h.masked, redact.Merge(append(moved, put))) {
		text := next.Slice(document.Offset(m.From), document.Offset(m.To))
		edits = append(edits, Edit{From: m.From, To: m.To, Text: Text(redact.Mask(text, []span{{From: 0, To: len(text)}}))})
	}
	if next, ok = apply(next, h.Change.Version, edits[1:]); !ok {
		return false
	}
	t.shown, t.shownMasked, h.Change.Edits = next, all, edits
	return true
}

// apply is d after edits.
func apply(d *document.Document, version int32, edits []Edit) (*document.Document, bool) {
	changes := make([]document.Change, 0, len(edits))
	for _, e := range edits {
		changes = append(changes, document.Change{From: document.Offset(e.From), To: document.Offset(e.To), Text: string(e.Text)})
	}
	next, err := d.Apply(version, changes...)
	return next, err == nil
}

// seal finds the secrets of an answer. A line of it may be the rest of the
// cursor's line, which says what it is.
func (k *keeper) seal(r *reply) {
	if r.sealed {
		return
	}
	r.sealed = true
	text := r.text.String()
	found := k.known.secrets(text)
	at := 0
	for line := range strings.Lines(text) {
		for _, m := range k.inside(r.round, line) {
			found = append(found, span{From: at + m.From, To: at + m.To})
		}
		at += len(line)
	}
	r.masked = redact.Merge(found)
}

// inside is where text has a secret when it stands in a line.
func (k *keeper) inside(r round, text string) []span {
	found := k.known.secrets(r.head + text + r.tail)
	return clip(found, len(r.head), len(r.head)+len(text))
}

// mask masks text that stands in a line.
func (k *keeper) mask(r round, text string) string { return redact.Mask(text, k.inside(r, text)) }
