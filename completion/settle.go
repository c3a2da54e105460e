package completion

import (
	"slices"
	"strings"
)

// What of an answer may be shown while it still grows, and never be taken back?
// No rule can tell for sure: a step may always find, ten lines later, that the
// first ones were an echo. So there are two halves. This file holds back every
// line of which something that is still to come is known to change it; and what
// it has let go binds the answer (see keep), whether anyone was shown it or not.
// Who listens to an answer that grows gets the same one as who does not.

// settle looks how much of a block has settled, when a line of it became whole.
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
	now := r.settling.grown(p, parts[last], r.form)
	switch {
	case now == "":
	case r.settled == nil:
		r.settled = []fitted{{text: now}}
	case len(now) > len(r.settled[0].text) && strings.HasPrefix(now, r.settled[0].text):
		r.settled = []fitted{{text: now}} // whoever looks holds the old one
	}
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
