package lsp

import (
	"slices"
	"unicode/utf8"

	"go.lsp.dev/protocol"

	"github.com/claude-lsp/claude-lsp/internal/document"
)

// An encoding is what a client counts the columns of a position in. Below this
// file there are byte offsets alone.
//
// A byte that is no valid UTF-8 counts as one, whatever the encoding. In utf-16
// and utf-32 it is the one replacement character that an editor shows for it. In
// utf-8 it is the byte itself and not the three bytes of the replacement
// character: an editor that sent us the raw byte has it in its buffer, and one
// that replaces it has sent us the replacement.
type encoding string

// The encodings of the protocol. utf16 is the one that every client speaks.
const (
	utf8Columns  = encoding(protocol.PositionEncodingKindUTF8)
	utf16Columns = encoding(protocol.PositionEncodingKindUTF16)
	utf32Columns = encoding(protocol.PositionEncodingKindUTF32)
)

// negotiate chooses among the encodings that the client offered. It takes utf-8
// where it can, because it needs no counting, and else what the client likes
// best. A client that offers nothing, or nothing we know, counts in utf-16.
func negotiate(offered []protocol.PositionEncodingKind) encoding {
	if slices.Contains(offered, protocol.PositionEncodingKindUTF8) {
		return utf8Columns
	}
	for _, kind := range offered {
		if e := encoding(kind); e == utf16Columns || e == utf32Columns {
			return e
		}
	}
	return utf16Columns
}

// offset returns the place in d that p names. A column behind the line's end
// means its end, and a line behind the last means the end of the text, as the
// protocol has it; a column inside a character means the character's begin.
// exact is false in all these cases: the client may have another text than d.
func (e encoding) offset(d *document.Document, p protocol.Position) (at document.Offset, exact bool) {
	if int64(p.Line) >= int64(d.Lines()) {
		return d.Len(), false
	}
	start, end := d.LineStart(int(p.Line)), d.LineEnd(int(p.Line))
	if e == utf8Columns {
		if int64(p.Character) > int64(end-start) {
			return end, false
		}
		at = start + document.Offset(p.Character)
		begin := d.RuneStart(at)
		return begin, begin == at
	}

	at = start
	left := int64(p.Character)
	for text := range d.Pieces(start, end) {
		next := at + document.Offset(len(text))
		units := e.units(d, at, next)
		if units > left { // the place is in this piece
			bytes, rest := e.advance(text, left)
			return at + document.Offset(bytes), rest == 0
		}
		at, left = next, left-units
	}
	return at, left == 0
}

// position returns how the client names the place at in d. A place between \r
// and \n is named as the end of its line, one inside a character as the
// character's begin, and one outside the text as its nearest end.
func (e encoding) position(d *document.Document, at document.Offset) protocol.Position {
	line := d.LineAt(at)
	start := d.LineStart(line)
	at = d.RuneStart(max(start, min(at, d.LineEnd(line))))
	return protocol.Position{Line: uint32(line), Character: uint32(e.units(d, start, at))}
}

// units returns how many units the text from..to has.
func (e encoding) units(d *document.Document, from, to document.Offset) int64 {
	if e == utf8Columns {
		return int64(to - from)
	}
	all, wide := d.Characters(from, to)
	if e == utf16Columns {
		all += wide // these are surrogate pairs
	}
	return int64(all)
}

// advance goes over text until units are used up or the next character needs
// more than are left. It returns how far it came and the units left.
func (e encoding) advance(text string, units int64) (bytes int, left int64) {
	for bytes < len(text) && units > 0 {
		if text[bytes] < utf8.RuneSelf {
			bytes++
			units--
			continue
		}
		r, n := utf8.DecodeRuneInString(text[bytes:])
		w := e.width(r)
		if w > units {
			return bytes, units
		}
		bytes += n
		units -= w
	}
	return bytes, units
}

// width returns the units of one character. An invalid byte, decoded to the
// replacement character, has one.
func (e encoding) width(r rune) int64 {
	if e == utf16Columns && r > 0xFFFF {
		return 2 // a surrogate pair
	}
	return 1
}
