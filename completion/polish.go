package completion

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// A draft is an answer on its way to the document: text takes the place of the
// first to bytes of the cursor's line behind the cursor.
type draft struct {
	text string
	to   int

	kind    partKind
	info    string // the fence's info string
	marked  bool   // a closing fence says that it is code
	open    bool   // no closing marker came
	cut     bool   // the answer ends before its end: its last line may be cut anywhere
	growing bool   // more of the answer is still to come
	form    form   // how much of it is wanted

	echoed bool // it began with an echo of the text before the cursor
	shift  int  // columns that the answer's lines must be moved by to stand where the document has them
	placed bool // shift is known
}

// A step makes a draft fit a place a little better. It is pure. It reports
// false if nothing that could be inserted is left, and then no later step sees
// the draft.
type step struct {
	name string
	fit  func(p *place, d draft) (draft, bool)
}

// The steps, in order. Each relies on those before it and undoes nothing of
// theirs. None of them looks at how the answer was cut into chunks, and none of
// them can reach beyond draft.to: whatever a model says, nothing but the
// candidate's range changes.
var steps = []step{
	{"secrets", restoreSecrets},
	{"characters", refuseCharacters},
	{"cut", wholeLines},
	{"diff", newSide},
	{"tokens", dropTokens},
	{"prose", dropProse},
	{"envelope", openEnvelope},
	{"display", dropDisplay},
	{"mark", dropMark},
	{"stray", dropStray},
	{"alternative", dropAlternative},
	{"repetition", dropRepetition},
	{"elision", dropElision},
	{"echo", dropEcho},
	{"below", refuseBelow},
	{"line_start", fitStart},
	{"indentation", fitIndentation},
	{"in_front", endInFront},
	{"overlap", dropOverlap},
	{"brackets", dropSurplus},
	{"scope", endOfScope},
	{"one_line", firstLineOnly},
	{"tail", fitTail},
	{"blanks", trimBlanks},
	{"nothing", refuseNothing},
}

// StepNames are the names of all steps, as a Report has them.
func StepNames() []string {
	var names []string
	for _, s := range steps {
		names = append(names, s.name)
	}
	return names
}

// polish brings d through the steps. It names those that changed or dropped
// it; ok is false if it was dropped.
func (p *place) polish(d draft) (fit draft, ok bool, changed []string) {
	for _, s := range steps {
		next, ok := s.fit(p, d)
		if !ok {
			return draft{}, false, append(changed, s.name)
		}
		if next.text != d.text || next.to != d.to {
			changed = append(changed, s.name)
		}
		d = next
	}
	return d, true, changed
}

// wholeLines drops the last line of an answer that was cut off, because it may
// end anywhere. While an answer is growing its first line is shown all the
// same; what comes next replaces it.
func wholeLines(_ *place, d draft) (draft, bool) {
	if !d.cut && !d.growing {
		return d, true
	}
	i := strings.LastIndexByte(d.text, '\n')
	switch {
	case i >= 0:
		d.text = d.text[:i]
	case d.cut:
		return d, false
	}
	return d, true
}

// trimBlanks takes away blanks that nobody sees: on blank lines, and at the end
// where nothing follows on the line.
func trimBlanks(p *place, d draft) (draft, bool) {
	lines := strings.Split(d.text, "\n")
	for i, line := range lines {
		if i > 0 && i < len(lines)-1 && strings.TrimSpace(line) == "" {
			lines[i] = ""
		}
	}
	d.text = strings.Join(lines, "\n")
	if strings.TrimSpace(p.tail[d.to:]) == "" {
		d.text = strings.TrimRight(d.text, " \t\n")
	}
	return d, true
}

// refuseNothing drops a draft that would insert nothing to be seen, or exactly
// what it replaces, or half of a character, as may be left of it in a text that
// has halves itself.
func refuseNothing(p *place, d draft) (draft, bool) {
	return d, utf8.ValidString(d.text) && strings.TrimSpace(d.text) != "" && d.text != p.tail[:d.to] && !p.emptyComment(d.text)
}

// emptyComment reports whether text is marks of comments alone. In front of a
// line of a comment they part two paragraphs.
func (p *place) emptyComment(text string) bool {
	if !p.headBlank() || !p.code() || slices.ContainsFunc(p.lang.LineComments(), func(mark string) bool { return strings.HasPrefix(strings.TrimSpace(p.next), mark) }) {
		return false
	}
	for _, line := range nonblank(strings.Split(text, "\n")) {
		if !slices.Contains(p.lang.LineComments(), line) {
			return false
		}
	}
	return true
}
