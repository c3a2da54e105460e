package doccontext

import (
	"hash/maphash"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/redact"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

// A document is cleaned and counted in chunks of about a kilobyte. Where a
// chunk ends is told by the text beside that place alone, so an edit changes
// one chunk and the others are known from the keystroke before.
//
// Chunks end at blank lines: a secret of several lines (a key block) has none
// inside its body, so no chunk holds half of one unseen.

// step is how much text is looked at to find the next chunks, and so the
// longest chunk where a text has no place to end one.
const step = 16 << 10

type chunkKey struct{ view, text uint64 }

// cleaned is a chunk as it was and as it may be shown.
type cleaned struct {
	raw, text string
	tokens    tokens.Count // of text, in units
}

// A view is a document seen for a window: where it stands and how it counts.
type view struct {
	c      *Collector
	doc    *document.Document
	path   string
	key    uint64
	beside bool // it stands beside the document that is typed in: long lines are cut, and no chunk is kept
}

func (c *Collector) view(doc *document.Document, path string, beside bool) view {
	key := maphash.String(c.seed, doc.Language()+"\x00"+path)
	return view{c, doc, path, key, beside}
}

func (v view) count(text string) tokens.Count { return v.c.unit.Count(v.doc.Language(), text) }

// clean returns a chunk without its secrets.
func (v view) clean(raw string) cleaned {
	if v.beside {
		text := v.c.cut(v.path, raw)
		return cleaned{raw, text, v.count(text)}
	}
	key := chunkKey{v.key, maphash.String(v.c.seed, raw)}
	if known, ok := v.c.chunks.get(key); ok && known.raw == raw {
		return known
	}
	// A copy of its own: raw may be a small part of a large string.
	raw = strings.Clone(raw)
	text := v.c.redact(v.path, raw)
	bytes := len(raw) + 128
	if text == raw {
		text = raw
	} else {
		bytes += len(text)
	}
	known := cleaned{raw, text, v.count(text)}
	v.c.chunks.put(key, known, bytes)
	return known
}

// forward yields the chunks from a border on, in order.
func (v view) forward(from document.Offset) iter.Seq[cleaned] {
	return func(yield func(cleaned) bool) {
		for from < v.last() {
			to := v.end(from, step)
			raw := v.doc.Slice(from, to)
			for first := true; raw != ""; first = false {
				n := firstBorder(raw)
				if n == len(raw) && to < v.last() && !first {
					break // more of this chunk may follow: look again from here
				}
				if !yield(v.clean(raw[:n])) {
					return
				}
				from += document.Offset(n)
				raw = raw[n:]
			}
		}
	}
}

// backward yields the chunks that end at a border, the nearest first.
func (v view) backward(to document.Offset) iter.Seq[cleaned] {
	return func(yield func(cleaned) bool) {
		var places []int
		for to > 0 {
			from := v.start(to, step)
			raw := v.doc.Slice(from, to)
			places = borders(places[:0], raw)
			if from == 0 || len(places) == 0 {
				places = slices.Insert(places, 0, 0)
			} // otherwise more of the first chunk may stand before it: look again from there
			for _, at := range slices.Backward(places) {
				if !yield(v.clean(raw[at:])) {
					return
				}
				raw = raw[:at]
			}
			to = from + document.Offset(places[0])
		}
	}
}

// cut returns text of another document or file without its secrets and without
// most of a line that no person wrote.
func (c *Collector) cut(path, text string) string {
	return redact.Cut(c.redact(path, text), redact.MaxLine, redact.MaxFile)
}

// last is where the text ends that may be shown.
func (v view) last() document.Offset {
	if v.beside && v.doc.Len() > redact.MaxFile {
		return v.rune(redact.MaxFile)
	}
	return v.doc.Len()
}

// end returns the end of a piece of about size bytes that begins at from: the
// beginning of a line, or of a character in a line longer than that. Of a
// document beside, a line is in one piece, however long, since it is cut.
func (v view) end(from, size document.Offset) document.Offset {
	at, last := from+size, v.last()
	if at >= last {
		return last
	}
	if line := v.doc.LineStart(v.doc.LineAt(at)); line > from {
		return line
	}
	if v.beside {
		return min(v.doc.LineStart(v.doc.LineAt(at)+1), last)
	}
	return v.apart(at)
}

// start returns the beginning of a piece that ends at to, as end does.
func (v view) start(to, size document.Offset) document.Offset {
	at := to - size
	if at <= 0 {
		return 0
	}
	if line := v.doc.LineStart(v.doc.LineAt(at) + 1); line < to {
		return line
	}
	return v.apart(at)
}

// apart returns a place at or before at, inside a long line, that no secret lies
// across: the text round it is the same, cleaned as one and as two.
func (v view) apart(at document.Offset) document.Offset {
	const reach, stride = 4 << 10, 256
	for place := v.rune(at); place > at-step/4; place = v.rune(place - stride) {
		left, right := v.doc.Slice(max(place-reach, 0), place), v.doc.Slice(place, min(place+reach, v.doc.Len()))
		if v.c.redact(v.path, left)+v.c.redact(v.path, right) == v.c.redact(v.path, left+right) {
			return place
		}
	}
	return v.rune(at)
}

// rune returns the beginning of the character that at lies in.
func (v view) rune(at document.Offset) document.Offset {
	for range utf8.UTFMax - 1 {
		if b := v.doc.Slice(at, at+1); b == "" || utf8.RuneStart(b[0]) {
			break
		}
		at--
	}
	return max(at, 0)
}

// firstBorder returns the first place after the start of raw at which a chunk
// may end, or its length.
func firstBorder(raw string) int {
	for at := 0; ; {
		n := strings.IndexByte(raw[at:], '\n')
		if n < 0 || at+n+1 == len(raw) {
			return len(raw)
		}
		next := at + n + 1
		if isBlank(raw[at:next]) && isBorder(raw[next:]) {
			return next
		}
		at = next
	}
}

// borders appends all places inside raw at which a chunk may begin.
func borders(places []int, raw string) []int {
	for at := 0; ; {
		at += firstBorder(raw[at:])
		if at == len(raw) {
			return places
		}
		places = append(places, at)
	}
}

func isBlank(line string) bool {
	for i := range len(line) {
		if c := line[i]; c != '\n' && c != ' ' && c != '\t' && c != '\r' {
			return false
		}
	}
	return true
}

// isBorder reports whether a chunk may begin with rest, which follows a blank
// line: every third paragraph does, by a sum over its first bytes.
func isBorder(rest string) bool {
	sum := uint32(0)
	for i := range min(len(rest), 24) {
		if rest[i] == '\n' {
			break
		}
		sum = sum*31 + uint32(rest[i])
	}
	return sum%3 == 0 && !isBlank(rest[:min(len(rest), 1)])
}
