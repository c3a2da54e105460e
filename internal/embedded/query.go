package embedded

import (
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/model"
	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// A query is a prompt cut up for matching.
type query struct {
	lang    *syntax.Language
	before  *source  // the text before the cursor without the token that touches it
	after   *source  // the text after the cursor's line
	context []token  // the last tokens before the cursor, without the one that touches it
	partial string   // the token that touches the cursor, which may be unfinished
	open    []byte   // the brackets open before the cursor, innermost last
	fresh   bool     // nothing but blanks stands before the cursor on its line
	spaced  bool     // a blank or nothing stands before the cursor
	typed   string   // what stands before the cursor on its line
	leading string   // the blanks at the start of the cursor's line
	rest    []uint32 // the tokens after the cursor on its line
	next    string   // the first line with something on it after the cursor's, without blanks round it
	tail    []byte   // the closing brackets after the cursor that have no opening one there, in order
}

// The parts of a long file that are read, in bytes round the cursor.
const (
	maxBefore = 256 << 10
	maxAfter  = 64 << 10
)

// newQuery cuts p up. It reports false where there is nothing to continue: in
// a comment, and inside a word.
func newQuery(p model.Prompt) (*query, bool) {
	language := p.Language
	if language == "" {
		language = syntax.IDForPath(p.Path)
	}
	q := &query{lang: syntax.ByID(language)}
	before, after := p.Around()
	before = tailLines(before, maxBefore)
	st := q.lang.After(before, syntax.State{})
	if st.In() == syntax.InComment {
		return nil, false
	}
	line, after := cutLine(headLines(after, maxAfter))
	q.before = newSource(p.Path, q.lang, before, syntax.State{})
	q.after = newSource(p.Path, q.lang, after, q.lang.After(line, st))
	if n := len(q.before.ids); n > 0 && q.before.spans[n-1].len() == 0 {
		q.before.cutTo(n - 1) // the line end that newSource has put there: the cursor's line is not at its end
	}
	if n := len(q.before.ids); n > 0 && q.before.ids[n-1] != lineEnd && q.before.end(n-1) == len(before) {
		q.partial = q.before.token(n - 1)
		q.before.cutTo(n - 1)
	}
	for i := max(0, len(q.before.ids)-maxWalk); i < len(q.before.ids); i++ {
		q.context = append(q.context, token{q.before.ids[i], q.before.token(i)})
	}
	q.typed = before[strings.LastIndexAny(before, "\r\n")+1:]
	q.leading = syntax.Leading(q.typed)
	q.fresh = len(q.leading) == len(q.typed)
	q.spaced = q.fresh || strings.HasSuffix(q.typed, " ") || strings.HasSuffix(q.typed, "\t")

	rest := newSource("", q.lang, line, st)
	q.rest = rest.ids
	for len(q.rest) > 0 && q.rest[len(q.rest)-1] == lineEnd {
		q.rest = q.rest[:len(q.rest)-1]
	}
	if len(q.rest) > 0 && line[0] != ' ' && line[0] != '\t' && q.partial != "" &&
		classOf(q.rest[0]) >= name && classOf(q.rest[0]) <= str && isWord(q.partial) {
		return nil, false
	}
	q.open = openBrackets(q.before, q.partial)
	q.tail = unopened(q.after, unopened(rest, nil))
	for after != "" && q.next == "" {
		line, after = cutLine(after)
		q.next = strings.TrimSpace(line)
	}
	return q, true
}

func isWord(s string) bool {
	c := s[len(s)-1]
	return c == '_' || c >= 0x80 || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// unopened adds to tail the closing brackets of s that have no opening one.
func unopened(s *source, tail []byte) []byte {
	depth := 0
	for i, id := range s.ids {
		switch classOf(id) {
		case opening:
			depth++
		case closing:
			if depth > 0 {
				depth--
			} else {
				tail = append(tail, s.token(i)[0])
			}
		}
	}
	return tail
}

// closed reports whether the text after the cursor closes the innermost of the
// brackets that are open.
//
// A bracket that is being typed has no other half yet, and those around it have
// one: where the text after the cursor closes fewer brackets than are open, it
// is the outer ones that it closes.
func (q *query) closed(open []byte) bool {
	if len(open) == 0 || len(q.tail) == 0 {
		return false
	}
	outer := min(len(q.tail), len(q.open))
	for i, c := range q.tail[:outer] {
		if closer(q.open[outer-1-i]) != c { // text that does not fit together, or is cut off: only look at the next bracket
			return closer(open[len(open)-1]) == q.tail[0]
		}
	}
	return len(open) <= outer
}

// openBrackets returns the brackets of s that are open at its end.
func openBrackets(s *source, partial string) []byte {
	var open []byte
	add := func(c class, token string) {
		switch c {
		case opening:
			open = append(open, token[0])
		case closing:
			if n := len(open); n > 0 && closer(open[n-1]) == token[0] {
				open = open[:n-1]
			}
		}
	}
	for i, id := range s.ids {
		if c := classOf(id); c == opening || c == closing {
			add(c, s.token(i))
		}
	}
	switch partial {
	case "(", "[", "{":
		add(opening, partial)
	case ")", "]", "}":
		add(closing, partial)
	}
	return open
}

// closer returns the bracket that closes open.
func closer(open byte) byte {
	if open == '(' {
		return ')'
	}
	return open + 2 // [ ] and { } stand two apart in ASCII
}

// tailLines returns the whole lines at the end of text that fit into limit
// bytes, and the last line in any case.
func tailLines(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	cut := len(text) - limit
	if i := strings.IndexByte(text[cut:], '\n'); i >= 0 {
		return text[cut+i+1:]
	}
	return text[strings.LastIndexByte(text, '\n')+1:]
}

// headLines returns the start of text, about limit bytes, up to a line's end.
func headLines(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	return text[:strings.LastIndexByte(text[:limit], '\n')+1]
}

// cutLine cuts text behind its first line, whose break goes with neither part.
func cutLine(text string) (line, rest string) {
	i := strings.IndexAny(text, "\r\n")
	if i < 0 {
		return text, ""
	}
	return text[:i], strings.TrimPrefix(strings.TrimPrefix(text[i:], "\r"), "\n")
}
