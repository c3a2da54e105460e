package completion

import (
	"bytes"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// dropOverlap takes off the end of an answer what stands behind the cursor
// already: the rest of the line, and lines below it. It compares without
// blanks, and asks for evidence before it cuts:
//
//   - the rest of the line has to be repeated as a whole, or cutting has to
//     leave the brackets better;
//   - repeated lines begin where a line begins, and hold a name at the columns
//     they have below; closing brackets alone go only if the brackets then are
//     better, because a short closer is as likely the answer's own.
func dropOverlap(p *place, d draft) (draft, bool) {
	if strings.TrimSpace(p.after) == "" {
		return d, true
	}
	if p.next != "" {
		if lines := strings.Split(d.text, "\n"); len(lines) > 2 {
			if i := p.behindBlock(lines); i > 0 {
				d.text = strings.TrimRight(strings.Join(lines[:i], "\n"), " \t\n")
			}
		}
	}
	a, after := compact(d.text), compact(p.after[:min(len(p.after), 2*len(d.text)+4096)])
	if len(a.b) == 0 {
		return d, true
	}
	tail := len(compact(p.tail).b)
	whole, tries := -1, mostTries
	for n := range overlaps(a.b, after.b) {
		cut := len(a.b) - n
		text := d.text[:a.at[cut]]
		if tail == 0 && !a.begins(cut) {
			continue
		}
		if whole < 0 {
			whole = p.defects(d.text, p.tail)
		}
		if tries--; tries < 0 {
			break
		}
		left := p.defects(text, p.tail)
		if left > whole || !p.overlapTells(d, a, after, n, tail, left < whole) {
			continue
		}
		return p.cutAt(d, text, tail)
	}
	return p.dropGoingOn(d, a, tail)
}

// cutAt ends d after text. Nothing is left where all of it stands behind the
// cursor already.
func (p *place) cutAt(d draft, text string, tail int) (draft, bool) {
	if tail == 0 {
		text = strings.TrimRight(text, " \t\n")
	} else if rest := strings.TrimLeft(p.tail, " \t"); len(rest) < len(p.tail) {
		text = strings.TrimRight(text, " \t") // the rest of the line brings its own
	}
	d.text = text
	return d, strings.TrimSpace(text) != ""
}

// overlapTells reports whether the last n bytes of a, which are the first n of
// after, are a repetition. better says that the brackets are better without
// them.
func (p *place) overlapTells(d draft, a, after compacted, n, tail int, better bool) bool {
	cut := len(a.b) - n
	rep := string(after.b[:n])
	if tail > 0 {
		if n < tail {
			return better
		}
		if n > tail && !after.endsLine(n-1) && !d.growing {
			return false
		}
		if cut > 0 && wordByte(a.b[cut]) && wordByte(a.b[cut-1]) && a.at[cut] == a.at[cut-1]+1 && !wordEnd(p.head) && n < 6 && !d.echoed {
			return false // inside a word, unless the cursor stands in one
		}
		return better || tail > 1 || n > tail || strings.ContainsAny(rep, ";,:.") || letters(rep) > 0 ||
			rep == ">" && openAngles(p.head+d.text[:a.at[cut]]) == 1
	}
	if d.cut && !strings.Contains(strings.TrimSpace(d.text[a.at[cut]:]), "\n") {
		return false // its last line was not its last word
	}
	level := p.columnAt(d.text, a.at[cut]) == p.columns(p.next)
	if letters(rep) < 2 {
		return level && (better || n >= 3 && !strings.ContainsAny(rep, "()[]{}"))
	}
	if !after.endsStatement(n-1) && !d.growing && n < 12 && !better {
		return false
	}
	return level || strings.Count(strings.TrimSpace(d.text[a.at[cut]:]), "\n") >= 1 && n >= 16
}

// openAngles counts the angle brackets that line leaves open. Arrows and
// comparisons are none; the balance of a place knows nothing of angles, because
// in code no table can tell them from operators.
func openAngles(line string) int {
	n := 0
	for i := range len(line) {
		var prev, next byte = ' ', ' '
		if i > 0 {
			prev = line[i-1]
		}
		if i+1 < len(line) {
			next = line[i+1]
		}
		switch {
		case line[i] == '<' && strings.IndexByte(" =<-", next) < 0 && prev != '<', line[i] == '<' && i+1 == len(line):
			n++
		case line[i] == '>' && strings.IndexByte(" =-", prev) < 0 && n > 0:
			n--
		}
	}
	return n
}

// columnAt is how far the line of the i-th byte of text will be indented in the
// document: the first one stands behind the cursor.
func (p *place) columnAt(text string, i int) int {
	line := lineAround(text, i)
	if !strings.Contains(text[:i], "\n") {
		line = p.head + line
	}
	return p.columns(line)
}

// wordEnd reports whether text ends in a name.
func wordEnd(text string) bool {
	return text != "" && wordByte(text[len(text)-1])
}

// dropGoingOn handles an answer that repeats what follows and then goes on
// differently, as where it gives the rest of the function with a change. The
// rest of the line and the nearest lines below must stand in it, once, and be
// long enough not to be there by chance.
func (p *place) dropGoingOn(d draft, a compacted, tail int) (draft, bool) {
	i := p.following(a)
	if i < 0 {
		d, ok := p.dropRegiven(d, tail)
		if !ok {
			return d, false
		}
		return p.dropRestated(d)
	}
	text := d.text[:a.at[i]]
	if n := p.defects(text, p.tail); n > p.defects(d.text, p.tail) || n > p.defects("", p.tail) {
		return p.dropRegiven(d, tail)
	}
	return p.cutAt(d, text, tail)
}

// following finds where a begins to give the text behind the cursor: the rest
// of the line and the nearest lines below it, or -1.
func (p *place) following(a compacted) int {
	n := len(p.sequel)
	if n == 0 {
		return -1
	}
	i := bytes.Index(a.b, p.sequel)
	if i < 0 || bytes.LastIndex(a.b, p.sequel) != i || !a.endsLine(i+n-1) {
		return -1
	}
	if n < 32 && p.restBlank() && bytes.Contains(p.beforeCompact.b, p.sequel) {
		return -1 // what occurs more than once may occur once more
	}
	if p.restBlank() && (!a.begins(i) || p.columnAt(a.text, a.at[i]) != p.columns(p.next)) {
		return -1
	}
	return i
}

// sequelOf is the rest of the cursor's line and the nearest lines below it,
// without blanks, as many as are needed to be known again, and the last of
// these lines.
func sequelOf(p *place) (sequel []byte, last string) {
	after := compact(p.after[:min(len(p.after), near)])
	n := min(len(compact(p.tail).b), len(after.b)) // the cursor's line alone may be longer than all that is looked at
	for lines := 0; n < len(after.b) && (lines < 2 || n < 16); lines++ {
		for n < len(after.b) && !after.endsLine(n) {
			n++
		}
		n = min(n+1, len(after.b))
	}
	if n < 16 || letters(string(after.b[:n])) < 8 {
		return nil, ""
	}
	return after.b[:n], strings.TrimSpace(lineAround(after.text, after.at[n-1]))
}

// goesOn reports whether text has come to what follows the cursor, and so much
// of it that it is known again.
func (p *place) goesOn(text string) bool {
	last := strings.TrimSpace(text[strings.LastIndexByte(text, '\n')+1:])
	return last != "" && last == p.sequelEnd && endsCompact(text, p.sequel) && p.following(compact(text)) >= 0
}

// endsCompact reports whether text without blanks ends with b.
func endsCompact(text string, b []byte) bool {
	i := len(b)
	for j := len(text); i > 0 && j > 0; j-- {
		switch c := text[j-1]; {
		case strings.IndexByte(" \t\n\r", c) >= 0:
		case c != b[i-1]:
			return false
		default:
			i--
		}
	}
	return i == 0
}

// dropSurplus takes closing brackets off the end of an answer as long as the
// brackets round the cursor are better without them. Where they cannot tell,
// because something else in the file is open, the columns do: a closing line
// that stands below already, at the same columns, with only one block there to
// close.
func dropSurplus(p *place, d draft) (draft, bool) {
	if d.growing {
		return d, true
	}
	if !p.bal.known {
		return p.dropRawSurplus(d), true
	}
	rest := p.tail[d.to:]
	now := p.defects(d.text, rest)
	for tries := 0; ; tries++ {
		text, ok := withoutCloser(d.text)
		if !ok {
			break
		}
		if tries == mostTries {
			return d, false // it is brackets and no end
		}
		if p.ownCloser(d.text, text) {
			break
		}
		if n := p.defects(text, rest); n < now {
			d.text, now = text, n
			continue
		}
		if !p.closedBelow(d.text, text) {
			break
		}
		d.text, now = text, p.defects(text, rest)
	}
	return d, strings.TrimSpace(d.text) != ""
}

// dropRawSurplus is dropSurplus inside a text that the brackets of the file say
// nothing of, such as a template string: a last line of closing brackets goes
// if it stands below already and the answer itself closes more than it opens.
func (p *place) dropRawSurplus(d draft) draft {
	text, ok := withoutCloser(d.text)
	if !ok || !p.restBlank() || p.next == "" || !strings.HasPrefix(d.text[len(text):], "\n") {
		return d
	}
	line := strings.TrimLeft(d.text[len(text):], "\n")
	if strings.Trim(line, ",; \t\n") != strings.Trim(p.next, ",; \t") || p.columns(line) != p.columns(p.next) {
		return d
	}
	net := 0
	for _, c := range d.text {
		switch c {
		case '(', '[', '{':
			net++
		case ')', ']', '}':
			net--
		}
	}
	if net < 0 {
		d.text = text
	}
	return d
}

// ownCloser reports whether the closing line that text has and without lacks is
// deeper than the line below the cursor, and so closes something of the
// answer's own.
func (p *place) ownCloser(text, without string) bool {
	line := strings.TrimLeft(text[len(without):], "\n")
	return strings.HasPrefix(text[len(without):], "\n") && p.next != "" && p.columns(line) > p.columns(p.next)
}

// withoutCloser is text without its last line if that is closing brackets
// alone, and else without its last closing bracket and what ends a statement
// behind it.
func withoutCloser(text string) (string, bool) {
	s := strings.TrimRight(text, " \t\n")
	body := strings.TrimRight(s, ";,")
	if body == "" || strings.IndexByte(")]}", body[len(body)-1]) < 0 {
		return text, false
	}
	if i := strings.LastIndexByte(s, '\n'); strings.Trim(s[i+1:], ")]};, \t") == "" {
		return strings.TrimRight(s[:max(i, 0)], " \t\n"), true
	}
	return strings.TrimRight(body[:len(body)-1], " \t"), true
}

// closedBelow reports whether the closing line that text has and without lacks
// stands below the cursor already.
func (p *place) closedBelow(text, without string) bool {
	if !p.restBlank() || p.next == "" || len(p.bal.cols) < 2 {
		return false
	}
	line := strings.TrimLeft(text[len(without):], "\n")
	if strings.Contains(strings.TrimSpace(line), "\n") || strings.TrimSpace(line) != strings.TrimSpace(p.next) || strings.IndexByte(")]}", strings.TrimSpace(line)[0]) < 0 {
		return false
	}
	col := p.columns(line)
	cols := p.bal.cols
	return col == p.columns(p.next) && cols[len(cols)-1] == col && cols[len(cols)-2] != col && p.even(without)
}

// even reports whether text, behind the cursor's line, opens and closes the
// same number of brackets.
func (p *place) even(text string) bool {
	n := 0
	for t := range p.lang.Scan(p.head+text, p.bal.state) {
		switch t.Kind { //nolint:exhaustive // brackets alone are counted
		case syntax.Open:
			n++
		case syntax.Close:
			n--
		}
	}
	return n == 0
}

// fitTail looks at what stays behind the answer on the cursor's line. If the
// brackets are better without it, or without the closers that it begins with,
// and all that goes stands in the answer's own end in the same order, then the
// answer was meant to take its place. If the answer leaves the brackets of the
// line worse than they were, it is no text for this place.
func fitTail(p *place, d draft) (draft, bool) {
	if p.restBlank() || d.growing {
		return d, true
	}
	last := d.text[strings.LastIndexByte(d.text, '\n')+1:]
	least, to, before := p.defects(d.text, p.tail), 0, p.defects("", p.tail)
	for n := 1; n <= len(p.tail); n++ {
		closer := n <= shutRun && strings.IndexByte(")]}>\"'`;, ", p.tail[n-1]) >= 0
		if !closer {
			n = len(p.tail)
		}
		if least == 0 || !subsequence(strings.TrimSpace(p.tail[:n]), last) {
			break
		}
		if left := p.defects(d.text, p.tail[n:]); left < least && (n == len(p.tail) || left <= before) {
			least, to = left, n
		}
	}
	d.to = to
	return d, to == len(p.tail) || least <= before
}

// subsequence reports whether all bytes of part stand in text, in order.
func subsequence(part, text string) bool {
	for i := range len(text) {
		if part != "" && text[i] == part[0] {
			part = part[1:]
		}
	}
	return part == ""
}
