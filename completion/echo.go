package completion

import (
	"bytes"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// dropEcho takes off what an answer repeats of the text in front of the
// cursor: the word or line that was begun, lines above it, the whole function
// or file. What is repeated is the longest end of the text before the cursor
// that the answer begins with, laid out in whatever way; where the answer left
// something out above, the nearest lines are looked for inside it.
//
// An echo must have something to show for it: it begins where a line or a word
// does, it holds a name, and taking it off leaves the brackets no worse.
func dropEcho(p *place, d draft) (draft, bool) {
	if rest, ok := dropMarker(p, d); ok {
		return rest, true
	}
	a := compact(d.text)
	if len(a.b) == 0 {
		return d, true
	}
	if d.growing && strings.TrimSpace(d.text) == p.marker() {
		return draft{}, false // its mark alone has come so far
	}
	if rest, ok := p.dropQuote(d.text); ok {
		d.text, d.echoed = rest, true
		return d, true
	}
	b, tries := p.beforeCompact, mostTries
	for n := range overlaps(b.b, a.b) {
		if !echoes(p, a, b, n) {
			continue
		}
		if tries--; tries < 0 {
			break
		}
		rest := afterEcho(p, a, n)
		if p.headBlank() && strings.Trim(rest, ";, \t\n") == "" {
			rest = "" // a line is the same with what ends it and without
		}
		if d.growing && strings.TrimSpace(rest) == "" {
			return draft{}, false // it is not decided yet whether all of it is an echo
		}
		if !p.betterWithout(d.text, rest, a, b, n) {
			continue
		}
		return echoed(p, d, a, b, n, rest), true
	}
	if d.growing && p.repeatsAbove(a.b) {
		return draft{}, false
	}
	if rest, ok := p.requoted(d.text); ok {
		d.text, d.echoed = rest, true
		return d, true
	}
	return dropBetween(p, d, a)
}

// dropQuote takes off an answer the string that the cursor stands in, from its
// opening quote on. The quote alone may as well be meant to close the string,
// but then no word follows it.
func (p *place) dropQuote(text string) (rest string, ok bool) {
	if p.in != syntax.InString || !p.bal.known {
		return "", false
	}
	from := 0
	for t := range p.lang.Scan(p.head, p.bal.state) {
		from = t.From
	}
	begun := p.head[from:]
	rest, ok = strings.CutPrefix(strings.TrimLeft(text, " \t\n"), begun)
	return rest, ok && rest != "" && (letters(begun) > 0 || wordByte(rest[0]) || strings.IndexByte("%/${", rest[0]) >= 0)
}

// requoted takes off text the cursor's line so far, given with other quotes or
// blanks. Where the last quote is still open, what closes it becomes the line's
// kind of quote too.
func (p *place) requoted(text string) (rest string, ok bool) {
	head := strings.TrimSpace(p.head)
	if letters(head) < 2 || !strings.ContainsAny(head, "'\"") {
		return "", false
	}
	text = strings.TrimLeft(text, " \t\n")
	i, j := 0, 0
	for j < len(head) && i < len(text) {
		a, b := text[i], head[j]
		switch {
		case b == ' ' || b == '\t':
			j++
		case a == ' ' || a == '\t':
			i++
		case a == b, strings.IndexByte("'\"", a) >= 0 && strings.IndexByte("'\"", b) >= 0:
			i, j = i+1, j+1
		default:
			return "", false
		}
	}
	rest = text[i:]
	if j < len(head) || strings.TrimSpace(rest) == "" {
		return "", false
	}
	if strings.TrimRight(p.head, " \t") != p.head {
		rest = strings.TrimLeft(rest, " \t")
	}
	if given, own := strings.LastIndexAny(text[:i], "'\""), strings.LastIndexAny(head, "'\""); p.in == syntax.InString && text[given] != head[own] {
		rest = strings.Replace(rest, text[given:given+1], head[own:own+1], 1)
	}
	return rest, p.leadDefects(rest) <= p.leadDefects(text)
}

// echoes reports whether the first n bytes of a may be an echo of the last n
// of b, by where they begin and end.
func echoes(p *place, a, b compacted, n int) bool {
	from := len(b.b) - n
	end := a.b[n-1]
	if n < len(a.b) && wordByte(end) && wordByte(a.b[n]) {
		apartInText := a.at[n] > a.at[n-1]+1
		apartInFile := b.at[len(b.b)-1] < len(b.text)-1
		if apartInFile && !apartInText { // "in " is not repeated by "int"
			return false
		}
	}
	if b.begins(from) {
		// A single line that stands at other columns is another line.
		col := p.columns(lineAround(a.text, a.at[0]))
		sameLine := !strings.Contains(strings.TrimSpace(b.text[b.at[from]:]), "\n")
		return b.at[from] >= p.headAt || !sameLine || col == 0 || col == p.columns(lineAround(b.text, b.at[from]))
	}
	if b.at[from] < p.headAt {
		return false
	}
	first := b.b[from]
	prev := b.b[from-1]
	apart := b.at[from] > b.at[from-1]+1
	// Inside the line an echo begins with a word, or where one has ended.
	return wordByte(first) && (apart || !wordByte(prev)) && letters(string(b.b[from:])) >= 2 && (first < '0' || first > '9')
}

// betterWithout reports whether an echo of n bytes goes. Lines above that hold
// a name go: they are seldom written twice. Within the cursor's line the first
// line of the answer tells: "max(" in front of "max(a, b), c)" is the answer's
// own, because the brackets need it. What holds no name, as a closing bracket,
// goes only if the brackets are better without it.
func (p *place) betterWithout(text, rest string, a, b compacted, n int) bool {
	from := len(b.b) - n
	named := letters(string(a.b[:n])) >= 2 || b.begins(from) && n >= 3 && letters(string(a.b[:n])) > 0 ||
		n >= 6 && !bytes.ContainsAny(a.b[:n], "()[]{}")
	if !named {
		now := p.defects(text, p.tail)
		if p.defects(rest, p.tail) < now {
			return true
		}
		d, ok := dropOverlap(p, draft{text: rest})
		if !ok || !b.begins(from) {
			return false
		}
		left := p.defects(d.text, p.tail)
		// Else it has to be a line at the columns of the one above, and not at
		// the cursor's.
		col := p.columns(lineAround(text, a.at[0]))
		return left < now || left == now && p.headBlank() && col > 0 && col != p.columns(p.head) && col == p.columns(lineAround(b.text, b.at[from]))
	}
	if b.at[from] < p.headAt {
		return true
	}
	return p.leadDefects(rest) <= p.leadDefects(text)
}

// leadDefects counts the defects of the first line of text alone. The rest of
// the cursor's line comes behind it if text has no other line; what the line
// repeats of it is left out.
func (p *place) leadDefects(text string) int {
	line, _, more := strings.Cut(strings.TrimLeft(text, "\n"), "\n")
	tail := strings.TrimSpace(p.tail)
	if i := strings.LastIndex(line, tail); i >= 0 && tail != "" {
		return p.defects(line[:i], p.tail)
	}
	if more {
		return p.defects(line, "")
	}
	return p.defects(line, p.tail)
}

// afterEcho is what is left of a behind its first n bytes.
func afterEcho(p *place, a compacted, n int) string {
	rest := a.text[a.at[n-1]+1:]
	switch {
	case p.headBlank(): // the rest of the repeated line, and the break behind it
		if i := strings.IndexByte(rest, '\n'); i >= 0 && strings.TrimSpace(rest[:i]) == "" {
			rest = rest[i+1:]
		}
	case strings.TrimRight(p.head, " \t") != p.head:
		rest = strings.TrimLeft(rest, " \t")
	}
	return rest
}

// echoed is d without its echo. Where the last line of the echo stands in both
// texts says by how much the answer's lines are off.
func echoed(p *place, d draft, a, b compacted, n int, rest string) draft {
	inText, inFile := lineAround(a.text, a.at[n-1]), lineAround(b.text, b.at[len(b.b)-1])
	fromLineStart := a.begins(0) && (n >= 1 && b.begins(len(b.b)-n) || strings.Contains(a.text[:a.at[n-1]], "\n"))
	if fromLineStart && strings.Contains(strings.TrimSpace(rest), "\n") || p.headBlank() && fromLineStart {
		d.shift, d.placed = p.columns(inFile)-p.columns(inText), true
	}
	d.text, d.echoed = rest, true
	return d
}

// lineAround is the line of text that holds the i-th byte.
func lineAround(text string, i int) string {
	from := strings.LastIndexByte(text[:i], '\n') + 1
	line, _, _ := strings.Cut(text[from:], "\n")
	return line
}

// repeatsAbove reports whether the answer, so far, is a copy of whole lines
// above the cursor that has not come to the cursor yet.
func (p *place) repeatsAbove(a []byte) bool {
	if len(a) < 4 {
		return false
	}
	b := p.beforeCompact
	for from := 0; ; {
		i := bytes.Index(b.b[from:], a)
		if i < 0 {
			return false
		}
		if b.begins(from + i) {
			return true
		}
		from += i + 1
	}
}

// dropBetween handles an answer that gives the text round the cursor anew but
// not letter by letter: it takes what lies between the lines that stand above
// the cursor in the file and, where they follow, the lines below it.
func dropBetween(p *place, d draft, a compacted) (draft, bool) {
	lines := nearest(p.before, 3)
	if first := compact(firstLine(d.text)); !p.repeatsAbove(first.b) {
		lines = nil // it begins with something new
	}
	for len(lines) > 1 {
		text := strings.Join(lines, "")
		needle := compact(text)
		if len(needle.b) < 8 || letters(string(needle.b)) < 6 {
			break
		}
		i := bytes.Index(a.b, needle.b)
		if i > 0 && a.begins(i) && bytes.LastIndex(a.b, needle.b) == i {
			n := i + len(needle.b)
			inFile := lineAround(p.before, max(0, len(strings.TrimRight(p.before, " \t\n"))-1))
			d.shift, d.placed = p.columns(inFile)-p.columns(lineAround(a.text, a.at[n-1])), true
			d.text, d.echoed = afterEcho(p, a, n), true
			return d, true
		}
		lines = lines[1:]
	}
	return d, !p.rewrites(d.text)
}

// nearest are the last lines of text that are not blank, at most n, in their
// order.
func nearest(text string, n int) []string {
	var lines []string
	for text != "" && len(lines) < n {
		text = strings.TrimSuffix(text, "\n")
		i := strings.LastIndexByte(text, '\n') + 1
		if strings.TrimSpace(text[i:]) != "" {
			lines = append([]string{text[i:] + "\n"}, lines...)
		}
		text = text[:i]
	}
	return lines
}

// rewrites reports whether text begins with the opening line of a block that
// the cursor stands in: the model has written the block anew and differently,
// and no one can say which part of it belongs to the cursor.
func (p *place) rewrites(text string) bool {
	first := strings.TrimSpace(firstLine(text))
	if letters(first) < 8 || !strings.Contains(first, " ") || !p.lang.Opens(first) {
		return false
	}
	least := p.columns(p.head)
	if p.headBlank() && p.tail == "" && len(p.head) == 0 && len(p.levels) > 0 {
		least = p.levels[len(p.levels)-1] + 1
	}
	rest := p.before[:p.headAt]
	for range 400 {
		if rest == "" || least == 0 {
			return false
		}
		rest = strings.TrimSuffix(rest, "\n")
		i := strings.LastIndexByte(rest, '\n') + 1
		line := rest[i:]
		rest = rest[:i]
		if strings.TrimSpace(line) == "" || p.columns(line) >= least {
			continue
		}
		least = p.columns(line)
		if strings.TrimSpace(line) == first {
			return true
		}
	}
	return false
}
