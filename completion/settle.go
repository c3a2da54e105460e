package completion

import (
	"slices"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// What of an answer may be shown while it still grows, and never be taken back?
// No rule can tell for sure: a step may always find, ten lines later, that the
// first ones were an echo. So there are two halves. This file holds back every
// line of which something that is still to come is known to change it; and what
// it has let go binds the answer (see keep), whether anyone was shown it or not.
// Who listens to an answer that grows gets the same one as who does not.

// settle looks how much of a block has settled, when a line of it became whole.
// The work is that of one look at the answer, so long answers are looked at
// less often.
func (r *reading) settle() {
	p, parts := r.place, r.fence.parts
	if r.advanced || r.limit > 1 || r.form != aBlock || !p.restBlank() || p.inText() || fencedLanguages[p.lang.ID()] {
		return
	}
	last := len(parts) - 1
	order := candidateParts(p, parts, false)
	if len(order) != 1 || order[0] != last || last > 1 || parts[last].kind == partText || last == 1 && parts[last].info == "" {
		return // what comes may show that it is another part
	}
	part := parts[last]
	text := string(part.text)
	if strings.TrimSpace(text) == "" || len(text) < r.settledAt+r.settledAt/16 {
		return
	}
	r.settledAt = len(text)
	fit, ok, changed := p.polish(draft{kind: part.kind, info: part.info, text: text + "\n", form: r.form, growing: true})
	if !ok || fit.to != 0 || slices.ContainsFunc(changed, func(name string) bool { return unsettled[name] }) ||
		p.dedented(text, fit.text) || p.mayBeEcho(text) || strings.Contains(text, "<<<<<<<") {
		r.agreed = nil
		return
	}
	lines := strings.Split(fit.text, "\n")
	n := 0 // two looks in a row that say the same, and the last line may be joined by more
	for n < len(r.agreed) && n < len(lines)-1 && r.agreed[n] == lines[n] {
		n++
	}
	r.agreed = lines
	n = p.undecided(lines, n)
	now := strings.TrimRight(strings.Join(lines[:n], "\n"), " \t\n")
	switch {
	case strings.TrimSpace(now) == "":
	case r.settled == nil:
		r.settled = []fitted{{text: now}}
	case len(now) > len(r.settled[0].text) && strings.HasPrefix(now, r.settled[0].text):
		r.settled = []fitted{{text: now}} // whoever looks holds the old one
	}
}

// unsettled are the steps that look at an answer as a whole: where one of them
// has changed something, it may see it differently when more has come.
var unsettled = map[string]bool{
	"diff": true, "envelope": true, "display": true, "mark": true, "alternative": true, "elision": true, "below": true,
	"indentation": true,
}

// dedented reports whether lines of text are less indented than the cursor's, so
// that all of them may have to be moved; fit is how they stand now.
func (p *place) dedented(text, fit string) bool {
	own := p.own()
	lines := strings.TrimLeft(text, "\n")
	if likely := p.expected(own); len(likely) > 0 && (p.head == "" || fit[0] == '\n') {
		own = likely[0]
	} else {
		_, lines, _ = strings.Cut(lines, "\n") // the first one stands where the cursor is
	}
	for line := range strings.Lines(lines) {
		if s := strings.TrimSpace(line); s != "" && p.columns(line) < own {
			return true
		}
	}
	return false
}

// mayBeEcho reports whether the answer begins like the text above the cursor, or
// like the text below it, so that all of it may come to be an echo.
func (p *place) mayBeEcho(text string) bool {
	first := compact(firstLine(text))
	whole := sameBut(strings.TrimSpace(p.head + string(first.b)))
	return p.repeatsAbove(first.b) || p.repeatsAbove(compact(text).b) || p.rewrites(text) ||
		len(first.b) > 0 && slices.ContainsFunc(p.below(mostLookedBelow), func(line string) bool { return sameBut(line) == sameBut(string(first.b)) || sameBut(line) == whole })
}

// undecided is how many of the first n lines no look at what follows them can
// take away: those in front of what may be the beginning of the lines below the
// cursor, of a second time round, of the end of the cursor's block, or of what
// stands behind that.
func (p *place) undecided(lines []string, n int) int {
	n = min(n, p.scopeEnd(lines), p.comesBelow(lines), comesAgain(lines), p.offersAnother(lines))
	for n > 0 {
		s := strings.TrimSpace(lines[n-1])
		if _, comment := commentText(p.lang, s); s != "" && !comment && !closes(p, s) {
			break
		}
		n--
	}
	return n
}

// offersAnother is where a comment seems to announce a second answer.
func (p *place) offersAnother(lines []string) int {
	for i := 1; i < len(lines); i++ {
		if said, comment := commentText(p.lang, lines[i]); comment && offersAnother(said) {
			return i
		}
	}
	return len(lines)
}

// closes reports whether a line does nothing but close what was opened: it may
// be one closer too many, which shows at the end.
func closes(p *place, line string) bool {
	return strings.Trim(line, ")]};, \t") == "" || p.lang.Closes(line) && !p.lang.Opens(line)
}

// scopeEnd is where lines seem to leave the cursor's block, whatever the
// brackets say so far; see endOfScope.
func (p *place) scopeEnd(lines []string) int {
	for i := 2; i < len(lines); i++ {
		if line := lines[i]; line != "" && syntax.Leading(line) == "" && strings.TrimSpace(lines[i-1]) == "" && (p.columns(p.head) > 0 || p.lang.Opens(p.nonblank) || p.lang.Opens(p.head)) {
			return i - 1
		}
	}
	return len(lines)
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

// comesAgain is where the end of lines begins to be a copy of lines before it,
// or of the beginning, but for numbers.
func comesAgain(lines []string) int {
	n := len(lines)
	same := func(i, j int) bool {
		a, b := strings.TrimSpace(lines[i]), strings.TrimSpace(lines[j])
		return a == b || withoutDigits(a) == withoutDigits(b)
	}
	first := n
	for period := 1; period <= maxPeriod && period < n; period++ {
		i := n - 1
		for i >= period && strings.TrimSpace(lines[i]) == strings.TrimSpace(lines[i-period]) {
			i--
		}
		first = min(first, i+1)
	}
	for i := 2; i < first; i++ {
		k := 0
		for i+k < n && same(i+k, k) {
			k++
		}
		if i+k == n {
			return i
		}
	}
	return first
}

// keep holds an answer to what has settled. Where it has come to something else
// all the same, what has settled is the answer.
func (r *reading) keep(found []fitted) []fitted {
	for i, s := range r.settled {
		if i >= len(found) || found[i].to != s.to || !strings.HasPrefix(found[i].text, s.text) {
			return r.settled
		}
	}
	return found
}

// wholes are the suggestions of an answer of several that are whole, in the
// order in which they will be given. Those that leave the brackets worse come
// last of all, so they wait for the end.
func (r *reading) wholes(found []fitted) []fitted {
	p, parts := r.place, r.fence.parts
	if parts[0].kind == partText && startsAsCode(p, string(parts[0].text)) {
		return nil
	}
	if !p.bal.known || !p.code() {
		return found
	}
	return slices.DeleteFunc(slices.Clone(found), func(f fitted) bool { return p.harm(f) > 0 })
}

// tell tells whoever listens to the request what has settled of a suggestion
// that it will be answered from. It reports whether anything was told so far.
func (a *asking) tell(h hit, l look) bool {
	// A closer that the editor has put behind the cursor goes with the end of the
	// suggestion, which is still to come.
	if a.r.Progress == nil || l.decided || h.trail.shut != "" {
		return len(a.told) > 0
	}
	now := Progress{}
	names := h.names(len(l.settled), a.accepted(h), a.o.NewID)
	for i, f := range l.settled {
		rest, ok := h.trail.rest(f)
		if !ok || strings.TrimSpace(rest.text) == "" {
			continue // another one than what is typed
		}
		now.Candidates = append(now.Candidates, a.candidate(rest, names[i]))
		if i < l.wholes {
			now.Whole++
		}
	}
	if len(now.Candidates) > 0 && !slices.Equal(now.Candidates, a.told) {
		a.told = now.Candidates
		a.r.Progress(now)
	}
	return len(a.told) > 0
}
