package completion

import (
	"bytes"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// A partKind says how a part of an answer was marked off.
type partKind uint8

const (
	partText   partKind = iota // nothing marks it: prose, or code without a fence
	partFenced                 // a fenced code block
	partTagged                 // the inside of a wrapper such as <fill>…</fill>
)

// A part is a stretch of an answer. Its text has \n line ends alone, and
// neither the markers nor the line breaks in front of the closing one.
type part struct {
	kind   partKind
	info   string // a fence's info string, or a wrapper's name in lower case
	text   []byte
	closed bool // the closing marker was seen: the text is whole
}

// A fence splits an answer into its parts while it arrives, by CommonMark's
// rules for fenced code blocks (section 4.5 of the specification 0.31), plus
// the wrapper tags that models like to use. It is a machine that reads one
// byte at a time, so its result cannot depend on how the answer was cut into
// chunks. Text goes into the open part as soon as it is certain; what may
// still become a closing marker is held back.
//
// Where it is wider than CommonMark, it is because models write so and because
// nothing else could be meant by an answer: a fence may be indented by more than
// three columns, as inside a list item, and its lines may be indented less; a
// fence inside a wrapper tag is the wrapper's content; and a fence line at the
// very end, with nothing behind it, ends the code before it. Opening and
// closing fences that share their line with something else are in closing.go.
//
// The zero fence is ready for the first byte, and reads as if the document were
// Markdown, in which fences are text.
type fence struct {
	lang   *syntax.Language // the document's
	within bool             // the cursor stands in a fenced block of the document's
	parts  []part
	mode   mode
	cr     bool   // the last byte was \r: a \n after it belongs to it
	line   []byte // text mode: the line so far; fence and tag mode: what is held back
	held   bool   // fence mode: line holds the start of a line that may be the closing fence

	// The open fence.
	char    byte // '`' or '~'
	length  int
	lead    []byte // the blanks in front of it, which its lines lose
	quotes  int    // block-quote marks in front of each of its lines
	depth   int    // fences of the document's own that are open inside
	pending int    // line breaks that go in front of the next text of the part

	tag string // the wrapper that is open, in lower case
}

// A mode is what the bytes of an answer are just now.
type mode uint8

const (
	inText    mode = iota // outside every marker
	inFence               // inside a fenced block
	inTag                 // inside a wrapper, in its code
	inTagHead             // inside a wrapper, before its first code: a fence may follow
	inThought             // inside the model's thinking aloud, which is thrown away
	inBare                // the answer is code from its first byte to its last
)

// An event is what a byte brought about, as far as a reader of code cares.
type event uint8

const (
	nothing  event = iota
	codeLine       // a line of the last part, which is code, became whole
	codeEnd        // the last part was closed
)

// step reads one byte of the answer.
func (f *fence) step(c byte) event {
	if c == '\n' && f.cr {
		f.cr = false
		return nothing
	}
	if f.cr = c == '\r'; f.cr {
		c = '\n'
	}
	switch f.mode {
	case inFence:
		return f.fenceByte(c)
	case inTag:
		return f.tagByte(c)
	case inTagHead:
		return f.tagHeadByte(c)
	case inThought:
		return f.thoughtByte(c)
	case inBare:
		if c != '\n' {
			f.emit([]byte{c})
			return nothing
		}
		f.pending++
		return codeLine
	default:
		return f.textByte(c)
	}
}

// write reads a whole chunk.
func (f *fence) write(chunk string) {
	for i := range len(chunk) {
		f.step(chunk[i])
	}
}

// end says that the answer is over. What was held back is decided as the end
// of the document decides it: an open block reaches to the end.
func (f *fence) end() {
	switch f.mode {
	case inFence:
		switch {
		case f.held && f.closes(f.line):
			f.last().closed = true
		case f.held && f.endsBlock(f.line):
		default:
			f.release()
			f.lateEnd()
		}
	case inTagHead:
		f.tagHeadLine()
		f.emit(f.line)
	case inTag:
		f.emit(f.line)
	case inText:
		f.textLine(false)
	case inThought, inBare:
	}
	f.line, f.mode = nil, inText
	f.lateOpening()
}

// last is the open part, or the one that was closed last.
func (f *fence) last() *part { return &f.parts[len(f.parts)-1] }

// emit adds text to the open part, after the line breaks that were pending.
func (f *fence) emit(text []byte) {
	if len(text) == 0 {
		return
	}
	p := f.last()
	for ; f.pending > 0; f.pending-- {
		p.text = append(p.text, '\n')
	}
	p.text = append(p.text, text...)
}

// textByte reads a byte outside every marker. Lines are looked at when they
// are whole, because a backtick at the end of an info string makes the line a
// paragraph; a wrapper tag is seen as soon as it is closed.
func (f *fence) textByte(c byte) event {
	if c == '\n' {
		f.textLine(true)
		return nothing
	}
	f.line = append(f.line, c)
	if c != '>' {
		return nothing
	}
	name, from, closing := tagAtEnd(f.line)
	if !thoughts[name] && !wrappers[name] || bytes.Count(f.line[:from], []byte("`"))%2 == 1 {
		return nothing // a tag inside a code span is only talked about
	}
	switch {
	case isThought(name) && !closing:
		f.line = f.line[:from]
		f.mode, f.tag = inThought, name
	case wrappers[name]:
		f.line = f.line[:from]
		if !closing {
			f.textLine(false)
			f.open(partTagged, name)
			f.mode, f.tag = inTagHead, name
		}
	}
	return nothing
}

// textLine takes the line that was read outside every marker: it opens a
// fence, or it is text.
func (f *fence) textLine(whole bool) {
	line := f.line
	f.line = f.line[:0]
	if f.opens(line) {
		return
	}
	if lead, info, ok := f.opensBehind(line); ok {
		f.addText(lead, true)
		f.char, f.length, f.lead, f.quotes = '`', run(line[len(lead):]), nil, 0
		f.begin(info)
		return
	}
	if code, rest, ok := f.closesBehind(line, '`', 3); ok && !f.marked() {
		f.addText(code, false)
		f.last().closed = true
		line = rest
	}
	f.addText(line, whole)
}

// addText adds a line to the text outside every marker.
func (f *fence) addText(line []byte, whole bool) {
	if len(f.parts) == 0 || f.last().kind != partText || f.last().closed {
		if len(line) == 0 {
			return
		}
		f.parts = append(f.parts, part{kind: partText})
	}
	p := f.last()
	p.text = append(p.text, line...)
	if whole {
		p.text = append(p.text, '\n')
	}
}

// open begins a part.
func (f *fence) open(kind partKind, info string) {
	f.parts = append(f.parts, part{kind: kind, info: info})
	f.pending = 0
}

// close ends the open part.
func (f *fence) close() event {
	f.last().closed = true
	f.pending = 0
	f.mode = inText
	return codeEnd
}

// opens begins a fenced block if line is an opening fence: three or more
// backticks or tildes, and an info string that holds no backtick if the fence
// is made of them.
func (f *fence) opens(line []byte) bool {
	rest, quotes := quoted(line)
	lead := rest[:leading(rest)]
	if marker := listMarker(rest); marker > 0 { // the fence stands on the item's own line
		lead = bytes.Repeat([]byte{' '}, marker+leading(rest[marker:]))
	}
	if len(lead) > len(rest) {
		return false
	}
	rest = rest[len(lead):]
	n := run(rest)
	if n < 3 {
		return false
	}
	info := strings.TrimSpace(string(rest[n:]))
	if rest[0] == '`' && strings.Contains(info, "`") {
		return false
	}
	f.char, f.length, f.lead, f.quotes = rest[0], n, bytes.Clone(lead), quotes
	f.begin(info)
	return true
}

// begin opens the fenced block whose marks were read. Code that stands behind
// the info string is its first line.
func (f *fence) begin(info string) {
	word, code := codeBehindInfo(info)
	f.open(partFenced, word)
	f.mode, f.held, f.depth = inFence, true, 0
	if code != "" {
		f.emit([]byte(code))
		f.pending = 1
	}
}

// fenceByte reads a byte inside a fenced block.
func (f *fence) fenceByte(c byte) event {
	if c == '\n' {
		switch {
		case f.held && f.closes(f.line):
			if f.depth == 0 {
				f.line = f.line[:0]
				return f.close()
			}
			f.depth--
		case f.held && f.leavesQuote(f.line):
			f.close()
			f.textLine(true)
			return codeEnd
		case f.held && f.endsBlock(f.line):
			return codeEnd
		case !f.held && f.gluedEnd():
			f.close()
			f.textLine(true)
			return codeEnd
		}
		f.release()
		f.pending++
		f.held = true
		return codeLine
	}
	if !f.held {
		f.emit([]byte{c})
		return nothing
	}
	f.line = append(f.line, c)
	switch {
	case f.leavesQuote(f.line) && c != ' ':
		return f.close() // the line goes on as text
	case !f.mayClose(f.line):
		f.release()
	}
	return nothing
}

// leavesQuote reports whether line, the start of a line of a block inside a
// block quote, lacks the quote's mark, which ends both.
func (f *fence) leavesQuote(line []byte) bool {
	_, marks := quoted(line)
	return f.quotes > 0 && marks == 0
}

// release gives out the line start that was held back, without the
// indentation that belongs to the fence.
func (f *fence) release() {
	if !f.held {
		return
	}
	f.held = false
	line := f.line
	for range f.quotes {
		line = unquote(line)
	}
	n := 0
	for n < len(f.lead) && n < len(line) && line[n] == f.lead[n] {
		n++
	}
	f.emit(line[n:])
	f.line = f.line[:0]
}

// mayClose reports whether line, the start of a line of the block, may still
// become its closing fence, or is still inside the indentation that the line
// will lose.
func (f *fence) mayClose(line []byte) bool {
	for range f.quotes {
		rest := unquote(line)
		if len(rest) == len(line) {
			return leading(line) == len(line) && len(line) <= 3
		}
		line = rest
	}
	n := leading(line)
	if n == len(line) {
		return n <= len(f.lead)+3
	}
	if n > len(f.lead)+3 || line[n] != f.char {
		return false
	}
	r := run(line[n:])
	return r == len(line)-n || r >= f.length
}

// closes reports whether a whole line is the closing fence.
func (f *fence) closes(line []byte) bool {
	for range f.quotes {
		line = unquote(line)
	}
	n := leading(line)
	if n == len(line) || n > len(f.lead)+3 || line[n] != f.char {
		return false
	}
	r := run(line[n:])
	return r >= f.length && blank(line[n+r:])
}
