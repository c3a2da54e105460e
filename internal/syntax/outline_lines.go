package syntax

import "strings"

// A lineReader reads a language whose definitions begin with a line and end
// where the indentation, and perhaps a word, says so: Python, and languages
// whose blocks end with a word. That a block's end stands in the column of its
// beginning is more certain in broken text than any count of words.
type lineReader struct {
	scanner
	lines lines
	g     *grammar
	out   []Symbol

	line   []Token // the logical line's tokens, groups in brackets as one Open token; no more than maxHead
	start  int     // where its first line begins
	column int     // of its first token
	last   Token   // its last token

	open []openLine
	end  int // where the last logical line ended
}

// An openLine is a definition that the lines that stand deeper belong to.
type openLine struct {
	column int
	symbol int // 1 + its index; 0 for none
	kind   SymbolKind
	name   string
	scope  string // of what stands in it
}

func (l *Language) outlineLines(text string, g *grammar) []Symbol {
	r := &lineReader{scanner: scanner{lang: l, text: text}, lines: lines{text: text}, g: g}
	r.at = mark(text)
	for r.logical() {
		r.leaveTo(r.column)
		g.line(r)
		r.end = r.last.To
	}
	r.leaveTo(-1)
	return r.out
}

// logical reads the next logical line that has something on it: to a line
// break outside of brackets. It reports whether there was one.
func (r *lineReader) logical() bool {
	r.line = r.line[:0]
	at, fresh := r.at, true // where the line we are on begins
	depth, group := 0, 0
	for r.at < len(r.text) {
		inside := r.st.In() == InString
		t := r.next()
		if inside && len(r.line) == 0 && t.Kind == String { // a here-document belongs to the line before it
			r.end = t.To
			continue
		}
		switch t.Kind {
		case Space:
			continue
		case Newline:
			at, fresh = t.To, true
			if len(r.line) > 0 && depth == 0 && !r.goesOn() {
				return true
			}
			continue
		case Comment:
			if i := strings.LastIndexAny(r.text[t.From:t.To], "\r\n"); i >= 0 {
				at, fresh = t.From+i+1, true
			}
			continue
		}
		switch {
		case len(r.line) == 0:
			r.start, r.column = at, r.g.column(r.text[at:t.From])
		case fresh && depth > 0 && t.Kind == Word && r.g.column(r.text[at:t.From]) <= r.column && r.g.anchors[r.text[t.From:t.To]]:
			r.scanner = scanner{lang: r.lang, text: r.text, at: at}
			return true
		}
		fresh = false
		r.last = t
		if c := r.text[t.From]; r.g.round && (c == '{' || c == '}') && t.Kind != String {
			r.push(t)
			continue
		}
		switch {
		case t.Kind == Open:
			if depth == 0 {
				group = t.From
			}
			depth++
		case t.Kind == Close && depth > 0:
			if depth--; depth == 0 {
				r.push(Token{Open, group, t.To})
			}
		case depth == 0:
			r.push(t)
		case len(r.line) == 0:
			r.push(t)
		}
		if depth == 1 && t.Kind == Open && len(r.line) == 0 {
			r.push(Token{Open, t.From, t.To}) // so that the line has a beginning
		}
	}
	return len(r.line) > 0
}

func (r *lineReader) push(t Token) {
	if len(r.line) < maxHead {
		r.line = append(r.line, t)
	}
}

// goesOn reports whether the logical line goes on behind the line break.
func (r *lineReader) goesOn() bool {
	last := r.text[r.last.To-1]
	return last == '\\' || r.g.newlines && last == ','
}

// leaveTo ends the definitions that nothing in the given column belongs to.
func (r *lineReader) leaveTo(column int) {
	if len(r.line) > 0 && r.g.between[r.str(0)] {
		column++ // it belongs to what began in its column
	}
	for n := len(r.open); n > 0 && r.open[n-1].column >= column; n = len(r.open) {
		o := r.open[n-1]
		end := r.end
		if column == o.column && r.closes() {
			end = r.last.To
		}
		if o.symbol != 0 {
			s := &r.out[o.symbol-1]
			s.End = max(s.End, r.lines.end(end))
		}
		r.open = r.open[:n-1]
	}
}

// closes reports whether the logical line begins with a word that ends a
// definition.
func (r *lineReader) closes() bool {
	return len(r.line) > 0 && (r.lang.enders[r.str(0)] || r.g.round && r.str(0) == "}")
}

// str returns the text of a token of the logical line, "" behind its end.
func (r *lineReader) str(i int) string {
	if i < 0 || i >= len(r.line) {
		return ""
	}
	return r.text[r.line[i].From:r.line[i].To]
}

// word reports whether the token is a word.
func (r *lineReader) word(i int) bool { return i < len(r.line) && r.line[i].Kind == Word }

// group reports whether the token is a group in round brackets.
func (r *lineReader) group(i int) bool {
	return i < len(r.line) && r.line[i].Kind == Open && r.text[r.line[i].From] == '('
}

// around returns the definition that the line stands in; ok is false for the
// file itself.
func (r *lineReader) around() (o openLine, ok bool) {
	if n := len(r.open); n > 0 {
		return r.open[n-1], true
	}
	return openLine{}, false
}

// add adds a symbol whose signature ends with the token at last.
func (r *lineReader) add(k SymbolKind, name, scope string, last int) {
	if name == "" {
		return
	}
	to, ok := r.lines.signature(r.start, r.line[min(last, len(r.line)-1)].To)
	if !ok {
		return
	}
	r.out = append(r.out, Symbol{Kind: k, Name: name, Scope: scope, From: r.start, To: to, End: max(to, r.lines.end(r.last.To))})
}

// enter adds a symbol that the deeper lines belong to.
func (r *lineReader) enter(k SymbolKind, name, scope string, last int) {
	n := len(r.out)
	r.add(k, name, scope, last)
	if len(r.open) >= maxScopes {
		return
	}
	o := openLine{column: r.column, kind: k, name: name, scope: within(scope, name)}
	if len(r.out) > n {
		o.symbol = n + 1
	}
	r.open = append(r.open, o)
}

// define adds a symbol, and enters it where its end does not stand on its line.
func (r *lineReader) define(k SymbolKind, name, scope string, last int, closed bool) {
	if closed {
		r.add(k, name, scope, last)
	} else {
		r.enter(k, name, scope, last)
	}
}

// joined reads the path at i whose words separator parts, and returns the index
// behind it.
func (r *lineReader) joined(i int, separator string) (path string, end int) {
	from := i
	for r.str(i+1) == separator && r.word(i+2) {
		i += 2
	}
	return r.text[r.line[from].From:r.line[i].To], i + 1
}

// has reports whether the word stands in the line.
func (r *lineReader) has(word string) bool {
	for i := range r.line {
		if r.line[i].Kind == Word && r.str(i) == word {
			return true
		}
	}
	return false
}

// assigned returns the index of the sign that a value stands behind, or -1.
func (r *lineReader) assigned() int {
	for i, t := range r.line {
		if t.Kind != Punct || r.text[t.From] != '=' {
			continue
		}
		if s := r.str(i); len(s) == 1 || s[1] != '=' && s[1] != '~' && s[1] != '>' {
			return i
		}
	}
	return -1
}

// constant reports whether a name is written as constants are.
func constant(name string) bool {
	upper := false
	for i := range len(name) {
		if c := name[i]; c >= 'a' && c <= 'z' || c >= 0x80 {
			return false
		} else if c >= 'A' && c <= 'Z' {
			upper = true
		}
	}
	return upper && len(name) > 1
}
