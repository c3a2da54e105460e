package document

import "sort"

// Lines are counted from 0. A line ends with \n, \r\n or a \r alone; these are
// the protocol's line breaks, and no other characters break a line. The text
// after the last break is a line too, even when it is empty.
//
// The index is part of the pieces, so an edit costs no scan of the text, and
// each question below costs two binary searches.

// Lines returns the number of lines: one more than there are line breaks.
func (d *Document) Lines() int {
	if len(d.text) == 0 {
		return 1
	}
	last := d.text[len(d.text)-1]
	return last.line + len(last.breaks) + 1
}

// LineStart returns where line n begins. Lines before the first mean the start
// of the text, lines after the last its end.
func (d *Document) LineStart(n int) Offset {
	switch {
	case n <= 0:
		return 0
	case n >= d.Lines():
		return d.Len()
	}
	p, i := d.lineBreak(n - 1)
	return p.at + Offset(p.breaks[i])
}

// LineEnd returns where the text of line n ends: before its line break. Lines
// outside the text are treated as by LineStart.
func (d *Document) LineEnd(n int) Offset {
	switch {
	case n < 0:
		return 0
	case n >= d.Lines()-1:
		return d.Len()
	}
	p, i := d.lineBreak(n)
	return p.at + Offset(p.breaks[i]) - Offset(len(p.eol(i)))
}

// Line returns the text of line n without its line break, and "" for a line
// that does not exist.
func (d *Document) Line(n int) string {
	return d.Slice(d.LineStart(n), d.LineEnd(n))
}

// LineAt returns the line of an offset. The offset of a line break, between \r
// and \n too, belongs to the line that it ends. Offsets outside the text mean
// its nearest end.
func (d *Document) LineAt(at Offset) int {
	if len(d.text) == 0 {
		return 0
	}
	at = d.clamp(at)
	p := d.text[d.text.find(at)]
	rest := uint16(at - p.at) // fits: it is no more than the length of a piece
	return p.line + sort.Search(len(p.breaks), func(i int) bool { return p.breaks[i] > rest })
}

// EOL returns the line break of the text: that of the first line, as mixed
// files have no better answer, and "\n" where there is none.
func (d *Document) EOL() string {
	if d.Lines() == 1 {
		return "\n"
	}
	p, i := d.lineBreak(0)
	return p.eol(i)
}

// lineBreak finds the line break that ends line n: it is number i of piece p.
// There must be one.
func (d *Document) lineBreak(n int) (p placed, i int) {
	p = d.text[sort.Search(len(d.text), func(i int) bool { return d.text[i].line > n })-1]
	return p, n - p.line
}

// eol returns the bytes of line break number i.
func (p *piece) eol(i int) string {
	end := p.breaks[i]
	if end >= 2 && p.text[end-2:end] == "\r\n" {
		return "\r\n"
	}
	return p.text[end-1 : end]
}
