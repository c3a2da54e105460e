package completion

import (
	"math"
	"slices"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/redact"
	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// A settling looks at a part while it grows, a line at a time. A look that fits
// all of it in costs as much as the part is long, so there are two kinds: such a
// whole one, and one at the new line alone. The latter is enough where the last
// whole one has found nothing to change, and there is nothing in the line that a
// step would do something about. So all looks together cost a few whole ones,
// whatever the part's length.
type settling struct {
	from  int // the part's bytes that were seen
	whole int // and those at the last whole look
	looks int // whole ones that were made
	spent int // bytes they were made at, together
	sent  int // lines that have settled

	lines []string // what the part is, fitted in; nil where it may come to be anything
	plain bool     // all but the first are as the model wrote them
	own   int      // no line is less indented, unless it ends a block of the document's
	new   bool     // some line stands nowhere round the cursor, so the part is no echo

	// What is known of the lines so far.
	stop    int    // where the cursor's block, or the answer, seems to end
	again   []int  // where what is the beginning once more, up to the end, begins
	matched []bool // the line closes nothing but what the part has opened
	scan    syntax.State
	open    int // brackets that the part leaves open
}

// mostLooks is how many times a part's bytes may be fitted in while it grows.
const mostLooks = 8

// grown looks at a part of which a line became whole, and returns what of it has
// settled, or "" if that is no more than before.
func (s *settling) grown(p *place, part part, want form) string {
	if len(part.text) < s.from {
		*s = settling{} // it was opened anew
	}
	fresh := part.text[s.from:]
	if len(fresh) == 0 {
		return "" // a blank line
	}
	s.from = len(part.text)
	relook := s.looks < 2 || s.from >= s.whole+s.whole/2
	switch {
	case s.plain && !relook && s.take(p, strings.Split(strings.TrimPrefix(string(fresh), "\n"), "\n")):
	case s.spent+s.from > mostLooks*s.from:
		s.plain = false
		return ""
	default:
		s.look(p, draft{kind: part.kind, info: part.info, text: string(part.text) + "\n", form: want, growing: true})
	}
	return s.settled(p)
}

// look fits in all that has come.
func (s *settling) look(p *place, d draft) {
	s.whole, s.looks, s.spent = s.from, s.looks+1, s.spent+s.from
	s.lines, s.plain = nil, false
	text := strings.Trim(d.text, "\n")
	if strings.TrimSpace(text) == "" || strings.Contains(text, "<<<<<<<") {
		return
	}
	fit, ok, changed := p.polish(d)
	if !ok || fit.to != 0 || slices.ContainsFunc(changed, func(name string) bool { return unsettled[name] }) {
		return
	}
	if s.own, ok = p.leastIndented(text, fit.text); !ok {
		return
	}
	if s.new = s.new || !p.standsAround(text); !s.new || p.repeatsAbove(compact(text).b) || p.rewrites(text) {
		return
	}
	s.lines = strings.Split(fit.text, "\n")
	_, written, _ := strings.Cut(text, "\n")
	_, fitted, _ := strings.Cut(strings.TrimLeft(fit.text, "\n"), "\n")
	s.plain = written == fitted
	s.stop, s.again, s.matched = math.MaxInt, nil, nil
	s.scan, s.open = p.bal.state, 0
	for i := range s.lines {
		s.follow(p, i)
	}
}

// unsettled are the steps that look at an answer as a whole: where one of them
// has changed something, it may see it differently when more has come.
var unsettled = map[string]bool{
	"diff": true, "envelope": true, "display": true, "mark": true, "alternative": true, "elision": true, "below": true,
	"indentation": true,
}

// take looks at new lines alone. It is false where that is not enough.
func (s *settling) take(p *place, lines []string) bool {
	n := len(s.lines)
	for _, line := range lines {
		s.lines = append(s.lines, line)
		if !p.ordinary(line) || strings.TrimSpace(line) != "" && p.columns(line) < s.own || !s.follow(p, len(s.lines)-1) {
			s.lines = s.lines[:n]
			return false
		}
	}
	return true
}

// follow takes in the i-th line. It reports whether the line closes nothing but
// what the part has opened.
func (s *settling) follow(p *place, i int) bool {
	line, from := s.lines[i], 0
	if i == 0 {
		line, from = p.head+line, len(p.head)
	}
	text, matched := line+"\n", true
	for t := range p.lang.Scan(text, s.scan) {
		switch {
		case t.From < from:
		case t.Kind == syntax.Open:
			s.open++
		case t.Kind == syntax.Close && s.open == 0:
			matched = false
		case t.Kind == syntax.Close:
			s.open--
		}
	}
	s.scan = p.lang.After(text, s.scan)
	if s.matched = append(s.matched, matched); !matched {
		s.stop = min(s.stop, i) // it may be the end of the cursor's block, which is below already
	}
	if said, comment := commentText(p.lang, line); i > 0 && comment && offersAnother(said) {
		s.stop = min(s.stop, i)
	}
	// It leaves the cursor's block, whatever the brackets say so far; see
	// endOfScope.
	if i > 1 && line != "" && syntax.Leading(line) == "" && strings.TrimSpace(s.lines[i-1]) == "" && (p.columns(p.head) > 0 || p.lang.Opens(p.nonblank) || p.lang.Opens(p.head)) {
		s.stop = min(s.stop, i-1)
	}
	s.again = slices.DeleteFunc(s.again, func(from int) bool { return !sameButNumbers(s.lines[i], s.lines[i-from]) })
	if i > 1 && sameButNumbers(s.lines[i], s.lines[0]) {
		s.again = append(s.again, i)
	}
	return matched
}

// settled is what of the lines no look at what follows them can take away: those
// in front of what may be the beginning of the lines below the cursor, of a second
// time round, of the end of the cursor's block, or of what stands behind that.
func (s *settling) settled(p *place) string {
	n := len(s.lines) - 1 // the last one may be joined by more
	if n <= s.sent {
		return ""
	}
	n = min(n, s.stop, p.comesBelow(s.lines), goesRound(s.lines))
	if len(s.again) > 0 {
		n = min(n, s.again[0])
	}
	for ; n > s.sent; n-- {
		line := strings.TrimSpace(s.lines[n-1])
		if line != "" && !p.mayGo(line) && (s.matched[n-1] || !closes(p, line)) {
			break
		}
	}
	if n <= s.sent {
		return ""
	}
	s.sent = n
	return strings.TrimRight(strings.Join(s.lines[:n], "\n"), " \t\n")
}

// mayGo reports whether a line at the end of an answer may be no part of it: a
// comment.
func (p *place) mayGo(line string) bool {
	said, comment := commentText(p.lang, line)
	return comment && (said == "" || elided(p.lang, line) || p.labelled(line) || endsAnswer(p.lang, line) || offersAnother(said))
}

// ordinary reports whether no step has anything to do with line, where it has
// nothing to do with those before it.
func (p *place) ordinary(line string) bool {
	s := strings.TrimSpace(line)
	if s == "" {
		return line == ""
	}
	if p.otherBlanks(line) {
		return false
	}
	if clean, ok := redact.Visible(line); !ok || clean != line || redact.HasPlaceholder(line) || strings.ContainsFunc(line, oddBlank) || p.mark != "" && strings.Contains(line, p.mark) {
		return false
	}
	for _, mark := range []string{"<|", "<｜", "<<<<<<<", "=======", ">>>>>>>"} {
		if strings.Contains(s, mark) {
			return false
		}
	}
	for i := range len(s) {
		if (s[i] == '<' || s[i] == '[') && onlyTokens(s[i:]) {
			return false
		}
	}
	if strings.HasPrefix(s, "|") || strings.HasPrefix(s, "```") || isProse(p.lang, s) || leadIn([]string{s, ""}) || isHeading(p.lang, s) || p.foreignLine(s) || stutter(s) > 0 {
		return false
	}
	if said, comment := commentText(p.lang, s); comment {
		return !elided(p.lang, s) && !p.labelled(s) && !endsAnswer(p.lang, s) && !offersAnother(said)
	}
	return !elided(p.lang, s)
}

// leastIndented is the column that no line of text, which is fit by now, is left
// of, but for those that end a block that the cursor stands in, and what follows
// them. It is false where others are: then all lines may have to be moved.
func (p *place) leastIndented(text, fit string) (own int, ok bool) {
	own = p.own()
	lines, first := text, true
	if likely := p.expected(own); len(likely) > 0 && (p.head == "" || fit[0] == '\n') {
		own = likely[0]
	} else {
		_, lines, _ = strings.Cut(lines, "\n") // the first one stands where the cursor is
		first = false
	}
	at := len(text) - len(lines)
	for line := range strings.Lines(lines) {
		from := at
		at += len(line)
		s := strings.TrimSpace(line)
		if s == "" {
			continue
		}
		if p.otherBlanks(line) {
			return 0, false
		}
		switch col := p.columns(line); {
		case col >= own:
		case first && col > 0 && slices.Contains(p.levels, col) && p.indentsLikeFile(lines),
			first && col == 0 && p.topLevel(line) && (p.next == "" || p.columns(p.next) == 0),
			!first && strings.IndexByte(")]}", s[0]) >= 0 && slices.Contains(p.levels, col) && p.leftOpen(text[:from]) <= 0:
			own = col
		default:
			return 0, false
		}
		first = false
	}
	return own, true
}

// otherBlanks reports whether line is indented with the character that the
// document does not use: it is not known yet how many columns that stands for.
func (p *place) otherBlanks(line string) bool {
	return p.tabs != p.spaces && line != "" && (line[0] == ' ' && p.tabs || line[0] == '\t' && p.spaces)
}

// leftOpen counts the brackets that text leaves open.
func (p *place) leftOpen(text string) int {
	n, whole := 0, p.head+text
	for t := range p.lang.Scan(whole, p.bal.state) {
		switch {
		case t.From < len(p.head):
		case t.Kind == syntax.Open:
			n++
		case t.Kind == syntax.Close:
			n--
		}
	}
	return n
}

// indentsLikeFile reports whether the first block of lines shows levels of the
// file's own width.
func (p *place) indentsLikeFile(lines string) bool {
	opener := -1
	for line := range strings.Lines(lines) {
		switch s := strings.TrimSpace(line); {
		case s == "":
		case opener >= 0:
			return p.columns(line) == opener+p.indent.Width
		case p.lang.Opens(s):
			opener = p.columns(line)
		}
	}
	return false
}

// standsAround reports whether every line of text stands above or below the
// cursor too, so that all of it may come to be an echo.
func (p *place) standsAround(text string) bool {
	below := p.below(mostLookedBelow)
	stands := func(line string) bool {
		line = sameBut(line)
		return slices.ContainsFunc(below, func(b string) bool { return sameBut(b) == line })
	}
	for line := range strings.SplitSeq(text, "\n") {
		if c := compact(line).b; len(c) >= 4 && !p.repeatsAbove(c) && !stands(line) {
			return false
		}
	}
	return true
}

// closes reports whether a line does nothing but close what was opened: it may
// be one closer too many, which shows at the end.
func closes(p *place, line string) bool {
	return strings.Trim(line, ")]};, \t") == "" || p.lang.Closes(line) && !p.lang.Opens(line)
}

// comesBelow is where the end of lines begins to resemble the lines below the
// cursor.
func (p *place) comesBelow(lines []string) int {
	below := p.below(mostLookedBelow)
	lines = slices.Concat([]string{p.head + lines[0]}, lines[1:])
	for i := max(0, len(lines)-mostLookedBelow); i < len(lines); i++ {
		if k := 0; strings.TrimSpace(lines[i]) != "" && !slices.ContainsFunc(lines[i:], func(line string) bool {
			s := strings.TrimSpace(line)
			if s == "" {
				return false
			}
			k++
			return k > len(below) || sameBut(s) != sameBut(below[k-1]) && !almost(s, below[k-1])
		}) {
			return i
		}
	}
	return len(lines)
}

// mostLookedBelow is how many lines at the end of what has come are compared
// with those below the cursor.
const mostLookedBelow = 8

// goesRound is where the end of lines begins to be a copy of the lines before it.
func goesRound(lines []string) int {
	n := len(lines)
	first := n
	for period := 1; period <= maxPeriod && period < n; period++ {
		i := n - 1
		for i >= period && strings.TrimSpace(lines[i]) == strings.TrimSpace(lines[i-period]) {
			i--
		}
		first = min(first, i+1)
	}
	return first
}

// sameButNumbers reports whether two lines are the same, but for blanks round
// them and for numbers.
func sameButNumbers(a, b string) bool {
	a, b = strings.TrimSpace(a), strings.TrimSpace(b)
	return a == b || strings.ContainsAny(a, "0123456789") && withoutDigits(a) == withoutDigits(b)
}
