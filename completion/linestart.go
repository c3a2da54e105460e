package completion

import (
	"slices"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// fitStart decides how the first line of an answer joins the cursor's line.
//
// On a line that holds only indentation, blank lines in front of the answer are
// layout of the answer and go away. Behind text, a line break in front stays if
// it was meant: if what follows it may be a next line of the document, and the
// cursor's line may end where the cursor is. Where the answer's first line can
// only be a new line (it belongs into the block that the line opens, or it is
// code and the cursor stands behind a comment), a missing break is put in.
func fitStart(p *place, d draft) (draft, bool) {
	text := d.text
	body := strings.TrimLeft(text, "\n")
	for { // blank lines with blanks in them
		line, rest, more := strings.Cut(body, "\n")
		if !more || strings.TrimSpace(line) != "" {
			break
		}
		body = strings.TrimLeft(rest, "\n")
	}
	if p.headBlank() || strings.TrimSpace(body) == "" {
		d.text = body
		return d, true
	}
	if len(body) == len(text) {
		d.text = p.withoutBlank(text)
	}
	broken := len(body) != len(text)
	switch own := p.own(); {
	case broken && !p.newLine(body, own):
		d.text = p.withoutBlank(body)
	case broken && !strings.HasPrefix(text, "\n"): // blanks in front of the break
		d.text = text[strings.IndexByte(text, '\n'):]
	case !broken && p.restBlank() && p.onlyNewLine(body, own):
		d.text = "\n" + body
	}
	return d, true
}

// newLine reports whether body, which the answer begins on a line of its own, may
// be the lines after the cursor's, which is indented by own columns.
func (p *place) newLine(body string, own int) bool {
	first, _, more := strings.Cut(body, "\n")
	col := p.columns(first)
	s := strings.TrimSpace(first)
	switch {
	case s == "":
		return false
	case s == strings.TrimSpace(p.next):
		return true // it is on its way to be taken for what it is
	case p.in == syntax.InString && p.lang.After(p.head+"\n", p.bal.state).In() != syntax.InString:
		return false // this string ends with its line
	case !p.restBlank() && !more:
		return false // the rest of the line belongs behind it
	case p.lang.Opens(p.head):
		return col > own || p.restBlank() && (own == 0 || p.lineInside(body, own)) || strings.HasPrefix(s, "}")
	case p.in == syntax.InComment: // a blank behind the last word says that the sentence goes on
		return strings.TrimRight(p.head, " \t") == p.head || !wordByte(s[0])
	case col > own && col > 1:
		return true
	case own > 0 && col > 0:
		return slices.Contains(p.levels, col)
	}
	// Nothing says by columns where the line stands. It is one of its own if the
	// cursor's line may be at its end.
	last := p.head[len(p.head)-1]
	word, _, _ := strings.Cut(s, " ")
	return strings.IndexByte(";,{}:)\"'", last) >= 0 || own == 0 && strings.IndexByte(";,{}:)\"'", lastByte(p.head)) >= 0 ||
		wordByte(last) && wordByte(s[0]) && p.restBlank() && (more || statementWord[word]) && !p.midWord(strings.TrimLeft(body, " \t"))
}

// midWord reports whether the end of the cursor's line and the start of body are
// two halves of a word that the document or body knows.
func (p *place) midWord(body string) bool {
	from, to := len(p.head), 0
	for from > 0 && wordByte(p.head[from-1]) {
		from--
	}
	for to < len(body) && wordByte(body[to]) {
		to++
	}
	word := p.head[from:] + body[:to]
	for _, text := range []string{body, p.before[p.nearAt:p.headAt], p.after[:min(len(p.after), near)]} {
		for i := strings.Index(text, word); i >= 0; {
			end := i + len(word)
			if (i == 0 || !wordByte(text[i-1])) && (end == len(text) || !wordByte(text[end])) {
				return true
			}
			next := strings.Index(text[end:], word)
			if next < 0 {
				break
			}
			i = end + next
		}
	}
	return false
}

// lastByte is the last byte of text that is not blank; 0 for none.
func lastByte(text string) byte {
	s := strings.TrimSpace(text)
	if s == "" {
		return 0
	}
	return s[len(s)-1]
}

// onlyNewLine reports whether the first line of body can only be a line of its
// own, although the answer has no break in front of it.
func (p *place) onlyNewLine(body string, own int) bool {
	first, _, _ := strings.Cut(body, "\n")
	switch {
	case p.next != "" && strings.TrimSpace(first) == strings.TrimSpace(p.next):
		return false // it only repeats the line below
	case p.in == syntax.InComment:
		// Only a comment that ends with its line can have code behind it, and a
		// blank behind the cursor's last word says that the sentence goes on.
		return p.lang.After(p.head+"\n", p.bal.state).In() == syntax.InCode && strings.TrimRight(p.head, " \t") == p.head &&
			(p.columns(first) == own || p.columns(first) == 0) && codeLike(p.lang, first) && !wordy(first)
	case p.in != syntax.InCode:
		return false
	case p.lang.Opens(p.head):
		return p.columns(first) > max(own, 1) || p.lineInside(body, own)
	}
	return p.oneToALine(first, own)
}

// lineInside reports whether body, which has no line break in front, belongs on
// the lines below the cursor's, which opens a block. Where a bracket opens it,
// the place of its end tells: on a line of its own, in the answer or below the
// cursor, or the block goes on below in the manner of a block.
func (p *place) lineInside(body string, own int) bool {
	first, _, more := strings.Cut(body, "\n")
	if strings.IndexByte(" \t", first[0]) >= 0 && p.columns(first) < 2 {
		return false // a blank in front of the rest of the line
	}
	opener := lastByte(p.head)
	if strings.IndexByte("([{", opener) < 0 || !p.endsInCode(opener) {
		return p.wordOpens(first, more)
	}
	switch line, depth, found := p.closerLine(body); {
	case found:
		return line > 0
	case depth > 0: // what is below the cursor belongs to the answer's own bracket
		return opener == '{'
	case p.next == "":
		return opener == '{'
	case strings.IndexByte(")]}", strings.TrimSpace(p.next)[0]) >= 0:
		return p.columns(p.next) <= own || more
	}
	below := p.columns(p.next)
	return below > own && below != len(p.head) || opener == '{' && below <= own
}

// endsInCode reports whether the last character of the cursor's line, c, is
// code and no part of a string or comment.
func (p *place) endsInCode(c byte) bool {
	kind, last := syntax.Space, byte(0)
	for t := range p.lang.Scan(p.head, p.bal.state) {
		if t.Kind != syntax.Space {
			kind, last = t.Kind, p.head[t.From]
		}
	}
	return kind == syntax.Open && last == c
}

// closerLine finds the line of body on which the bracket is closed that the
// cursor's line ends with. Where text stands before it on that line, the bracket's
// content is no block, and the line is 0. depth is how many brackets body itself
// leaves open, if it does not come to that.
func (p *place) closerLine(body string) (line, depth int, found bool) {
	st, from := p.bal.state, len(p.head)
	for text := range strings.SplitAfterSeq(p.head+body, "\n") {
		fresh := true
		for t := range p.lang.Scan(text, st) {
			if line == 0 && t.To <= from {
				continue
			}
			switch t.Kind {
			case syntax.Space, syntax.Newline:
				continue
			case syntax.Open:
				depth++
			case syntax.Close:
				if depth--; depth < 0 {
					if !fresh {
						line = 0
					}
					return line, 0, true
				}
			default:
			}
			fresh = false
		}
		st = p.lang.After(text, st)
		line++
	}
	return 0, depth, false
}

// wordOpens reports whether the block that the cursor's line opens with a word
// or a colon goes on below: what stands behind a colon or an equals sign may be
// a value, so the line has to begin like a statement.
func (p *place) wordOpens(first string, more bool) bool {
	if p.lang.Closes(first) {
		return false
	}
	word, _, _ := strings.Cut(strings.TrimLeft(strings.TrimSpace(p.head), "}) "), " ")
	word = strings.TrimRight(word, ":(")
	switch c := lastByte(p.head); {
	case p.lang.ID() == "yaml":
		s := strings.TrimSpace(first)
		return c == ':' && (strings.HasPrefix(s, "- ") || more && (strings.HasSuffix(s, ":") || strings.Contains(s, ": ")))
	case c == ':':
		return blockWord[word] && p.even("") && !p.oneLiners()
	case wordByte(c):
		fields := strings.Fields(p.head)
		return p.lang.Opens(fields[len(fields)-1]) && (more || p.closesBelow())
	case c == '|' || c == ')' || c == '"' || c == '\'':
		return p.even("") && (more || p.closesBelow())
	}
	return false
}

// closesBelow reports whether the line below the cursor ends a block.
func (p *place) closesBelow() bool { return p.next != "" && p.lang.Closes(p.next) }

// oneLiners reports whether the document near the cursor writes what a colon
// opens behind it more often than below it.
func (p *place) oneLiners() bool {
	on, below := 0, 0
	for _, text := range []string{p.before[p.nearAt:p.headAt], p.after[len(p.tail):min(len(p.after), len(p.tail)+near)]} {
		for line := range strings.Lines(text) {
			s := strings.TrimSpace(line)
			word, rest, _ := strings.Cut(s, " ")
			switch {
			case !blockWord[strings.TrimRight(word, ":(")]:
			case p.lang.Opens(s):
				below++
			case strings.Contains(rest, ":"):
				on++
			}
		}
	}
	return on > below
}

// blockWord holds the words that begin a statement whose colon opens a block.
var blockWord = wordSet(`if for while elif else with def class try except finally match case default async`)

// oneToALine reports whether the cursor's line is over although it opens
// nothing: it ends a statement, or it is an item of a list that has one to a
// line.
func (p *place) oneToALine(first string, own int) bool {
	if first == "" || strings.TrimRight(p.head, " \t") != p.head || !p.even("") || strings.IndexByte(" \t", first[0]) >= 0 && p.columns(first) < 2 {
		return false
	}
	for _, mark := range append(p.lang.LineComments(), "/*") {
		if strings.HasPrefix(strings.TrimSpace(first), mark) {
			return false // it may stand behind the statement
		}
	}
	last := lastByte(p.head)
	if p.endsBranch(first) && strings.IndexByte("}.", last) < 0 {
		return true // no statement goes on with such a word
	}
	if p.columns(first) == own && own > 1 && (wordByte(last) || strings.IndexByte(")]}\"'", last) >= 0) {
		return true // it has the indentation of a line
	}
	if strings.HasSuffix(p.head, "*/") && (p.bal.state.In() == syntax.InComment || strings.HasPrefix(strings.TrimSpace(p.head), "/*")) {
		return true
	}
	switch last {
	case ';':
		return codeLike(p.lang, first) || strings.HasSuffix(strings.TrimSpace(first), ";")
	case ',':
		if strings.Count(p.head, ",") > 1 {
			return false
		}
		above := p.nonblank != "" && (p.lang.Opens(p.nonblank) || p.columns(p.nonblank) == own && lastByte(p.nonblank) == ',')
		below := p.next != "" && (p.columns(p.next) == own || strings.IndexByte(")]}", strings.TrimSpace(p.next)[0]) >= 0)
		return above && below
	}
	return false
}

// codeLike reports whether line has the marks of a statement: a comment's text
// seldom ends in a bracket or a semicolon.
func codeLike(lang *syntax.Language, line string) bool {
	s := strings.TrimSpace(line)
	if s == "" || isProse(lang, line) {
		return false
	}
	return strings.IndexByte(";{})", s[len(s)-1]) >= 0 && strings.ContainsAny(s, "(={}") || lang.Opens(s)
}

// wordy reports whether line begins with words as a sentence does, whatever it
// ends in.
func wordy(line string) bool {
	s := strings.TrimSpace(line)
	if i := strings.IndexAny(s, "(={}[;:"); i >= 0 {
		s = s[:i]
	}
	words := strings.Fields(s)
	return len(words) > 0 && !statementWord[words[0]] && (functionWords(words) > 0 || len(words) > 4)
}
