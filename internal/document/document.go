// Package document is one version of one file's text: bytes, lines, edits.
//
// A Document never changes; an edit makes a new one that shares all but a few
// kilobytes with the old. So a reader takes a pointer and lets go of every
// lock: what it reads stays as it was, whatever is typed meanwhile.
//
// The package counts in bytes alone. What an editor counts in (UTF-16 code
// units, mostly) is turned into an Offset at the door and does not come here.
package document

import (
	"errors"
	"fmt"
	"iter"
	"strings"
)

// An Offset is a place between two bytes of a text: the number of bytes of
// UTF-8 before it.
type Offset int

// A Change is one edit: Text takes the place of From..To. An empty range
// inserts, an empty Text deletes.
type Change struct {
	From, To Offset
	Text     string
}

// ErrRange is the error of a Change whose range is not one of the text: it
// ends before it begins, lies outside, or cuts a character.
var ErrRange = errors.New("the range does not fit the text")

// A Document is one version of one text. It is immutable and safe for use by
// any number of goroutines.
//
// The bytes are kept as they were given, valid UTF-8 or not.
type Document struct {
	uri      string
	language string
	version  int32
	text     table
}

// New returns the document that an editor opened: uri and languageID as the
// editor spells them. The text is copied, so the message it came in is not
// kept alive by it.
func New(uri, languageID string, version int32, text string) *Document {
	return &Document{
		uri:      uri,
		language: languageID,
		version:  version,
		text:     table(nil).splice(0, 0, text),
	}
}

// URI returns the document's name as the editor spells it.
func (d *Document) URI() string { return d.uri }

// Language returns the document's language id, such as "go".
func (d *Document) Language() string { return d.language }

// Version returns the number that the editor gave to this text.
func (d *Document) Version() int32 { return d.version }

// Len returns the length of the text in bytes.
func (d *Document) Len() Offset { return d.text.len() }

// Apply returns the document after the changes, as the given version. Each
// change refers to the text as the ones before it left it.
//
// Apply never modifies d. Its error is ErrRange, with the number of the change
// and what is wrong with it; then no change was applied.
func (d *Document) Apply(version int32, changes ...Change) (*Document, error) {
	text := d.text
	for i, c := range changes {
		if err := text.check(c); err != nil {
			return nil, fmt.Errorf("change %d of %d: %w", i+1, len(changes), err)
		}
		text = text.splice(c.From, c.To, c.Text)
	}
	next := *d
	next.version, next.text = version, text
	return &next, nil
}

// check says why c cannot be applied to t.
func (t table) check(c Change) error {
	switch {
	case c.To < c.From:
		return fmt.Errorf("%w: %d..%d ends before it begins", ErrRange, c.From, c.To)
	case c.From < 0 || c.To > t.len():
		return fmt.Errorf("%w: %d..%d is outside of its %d bytes", ErrRange, c.From, c.To, t.len())
	case t.inRune(c.From):
		return fmt.Errorf("%w: %d..%d begins inside a character", ErrRange, c.From, c.To)
	case t.inRune(c.To):
		return fmt.Errorf("%w: %d..%d ends inside a character", ErrRange, c.From, c.To)
	}
	return nil
}

// Text returns the whole text. It copies; readers of large documents take
// Pieces.
func (d *Document) Text() string { return d.Slice(0, d.Len()) }

// Slice returns the text from..to. Offsets outside the text mean its nearest
// end, and a reversed range is empty. It copies only what does not lie in one
// piece.
func (d *Document) Slice(from, to Offset) string {
	from, to = d.clamp(from), d.clamp(to)
	if from >= to {
		return ""
	}
	first := d.text[d.text.find(from)]
	if to <= first.end() {
		return first.text[from-first.at : to-first.at]
	}
	var b strings.Builder
	b.Grow(int(to - from))
	for s := range d.Pieces(from, to) {
		b.WriteString(s)
	}
	return b.String()
}

// Pieces yields the text from..to in order and without copying, in strings of
// a few kilobytes. No string ends inside a character or between \r and \n,
// unless from or to themselves lie there. Offsets are treated as by Slice.
func (d *Document) Pieces(from, to Offset) iter.Seq[string] {
	from, to = d.clamp(from), d.clamp(to)
	return func(yield func(string) bool) {
		if from >= to {
			return
		}
		for _, p := range d.text[d.text.find(from):] {
			if p.at >= to {
				return
			}
			if !yield(p.text[max(from-p.at, 0):min(to-p.at, Offset(len(p.text)))]) {
				return
			}
		}
	}
}

// Characters counts the characters of from..to, and those among them that are
// beyond U+FFFF, which UTF-16 writes as two units. A byte that is no valid UTF-8
// is one character. Offsets are treated as by Slice. The pieces remember their
// counts, so a line of 1 MB is not counted again at each keystroke.
func (d *Document) Characters(from, to Offset) (all, wide int) {
	from, to = d.clamp(from), d.clamp(to)
	if from >= to {
		return 0, 0
	}
	for _, p := range d.text[d.text.find(from):] {
		if p.at >= to {
			break
		}
		var a, w int
		if from <= p.at && p.end() <= to {
			a, w = p.characters()
		} else {
			a, w = count(p.text[max(from-p.at, 0) : min(to, p.end())-p.at])
		}
		all += a
		wide += w
	}
	return all, wide
}

// RuneStart returns at, or where the character begins that at lies inside of.
// Bytes that are no valid UTF-8 are characters of one byte each. Offsets outside
// the text mean its nearest end.
func (d *Document) RuneStart(at Offset) Offset {
	for at = d.clamp(at); d.text.inRune(at); at-- {
	}
	return at
}

// clamp returns the place in the text that is nearest to at.
func (d *Document) clamp(at Offset) Offset { return min(max(at, 0), d.Len()) }
