package completion

import (
	"slices"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/model"
)

// A reading turns one answer into suggestions while it streams. It knows
// nothing of who asked and where the chunks come from, so that a stream may be
// taken over by another request.
//
// What it finds depends on the bytes of the answer alone: it looks at the
// answer after each line of code and at the end of each part, never at the end
// of a chunk. (growing, which shows what is there so far, is for the eye.)
type reading struct {
	place *place
	form  form
	limit int // candidates wanted

	fence fence
	bare  bool // the provider sends code, not Markdown
	seen  bool // some text came

	bytes  int    // of text
	blanks int    // of these, how many blank ones came last
	looked int    // bytes of the open part at the last look at a line's end
	rest   string // what came in one chunk with the byte that decided the answer
	end    string // why no more is wanted; see the End constants
	cut    bool   // the answer broke off

	grown   []fitted // what growing said last, after so many bytes
	grownAt int

	// See settle.go.
	settled  []fitted // what the answer is bound to: the first suggestion as far as it goes, or whole ones
	settling settling // the first suggestion, a line at a time
	advanced bool     // what is read is for later: it settles nothing
}

// add takes a chunk. It reports whether the answer is decided: no later chunk
// can change what is shown.
func (r *reading) add(c model.Chunk) (decided bool) {
	if c.Text != "" && !r.seen {
		r.seen, r.bare = true, !c.Markdown
		r.place.prepare()
		r.fence.lang, r.fence.within = r.place.lang, inFencedBlock(r.place.before)
		if r.bare {
			r.fence.open(partFenced, "")
			r.fence.mode = inBare
		}
	}
	for i := range len(c.Text) {
		r.bytes++
		if strings.IndexByte(" \t\r\n", c.Text[i]) >= 0 {
			r.blanks++
		} else {
			r.blanks = 0
		}
		switch r.fence.step(c.Text[i]) {
		case codeEnd:
			r.end = r.partEnd()
		case codeLine:
			if r.end = r.lineEnd(); r.end == "" {
				r.settle()
			}
		case nothing:
		}
		if r.end == "" && r.blanks == mostBlanks {
			r.end = EndRepetition
		}
		if r.end != "" {
			r.rest = c.Text[i+1:]
			return true
		}
	}
	return false
}

// mostBlanks is how many blanks and line breaks an answer may have in a row
// before it is taken to go on like that.
const mostBlanks = 250

// mostParts is how many parts of an answer are looked at.
const mostParts = 24

// partEnd looks at the answer when a part was closed.
func (r *reading) partEnd() string {
	r.looked = 0
	found, _ := choose(r.place, r.fence.parts, r.form, r.limit, false, false)
	if found = r.keep(found); len(found) == r.limit || len(r.fence.parts) >= mostParts {
		return EndClosed
	}
	if r.limit > 1 {
		r.settled = r.wholes(found)
	}
	return ""
}

// lineEnd looks at the answer when a line of code was finished.
func (r *reading) lineEnd() string {
	if r.limit > 1 {
		return "" // the next fence is wanted too
	}
	parts := r.fence.parts
	order := candidateParts(r.place, parts, false)
	if len(order) == 0 || order[len(order)-1] != len(parts)-1 || order[0] == 0 && parts[0].kind == partText {
		return ""
	}
	part := parts[len(parts)-1]
	text := string(part.text)
	if strings.TrimSpace(text) == "" {
		return ""
	}
	if r.place.goesOn(text) {
		if _, ok, changed := r.place.polish(draft{kind: part.kind, info: part.info, text: text, form: r.form}); ok && slices.Contains(changed, "overlap") {
			return EndFollowing
		}
	}
	several := r.form == aBlock || !r.place.restBlank()
	switch {
	case several && !mayEnd(text):
		return ""
	case !several && len(text) < r.looked+r.looked/16:
		return "" // a look costs as much as the text is long, so long ones are looked at less often
	}
	r.looked = len(text)
	fit, ok, changed := r.place.polish(draft{kind: part.kind, info: part.info, text: text + "\n", form: r.form, growing: true})
	switch {
	case !ok:
		return ""
	case slices.Contains(changed, "repetition"):
		return EndRepetition
	case slices.Contains(changed, "scope"):
		return EndScope
	case several || strings.TrimSpace(fit.text) == "":
		return ""
	case r.form == onlyLine || r.place.stands(fit.text, ""):
		return EndOneLine
	}
	return ""
}

// mayEnd is a quick look at a block: whether its last line could be where it
// begins to go round in circles, or leaves the cursor's scope.
func mayEnd(text string) bool {
	i := strings.LastIndexByte(text, '\n') + 1
	last := strings.TrimSpace(text[i:])
	return last != "" && (last == text[i:] && strings.HasSuffix(text[:i], "\n\n") || circles(lastLines(text, copies*maxPeriod)))
}

// lastLines are the last n lines of text.
func lastLines(text string, n int) []string {
	from := len(text)
	for range n {
		if from = strings.LastIndexByte(text[:from], '\n'); from < 0 {
			break
		}
	}
	return strings.Split(text[from+1:], "\n")
}

// growing are the suggestions so far, in the middle of the stream. Working them
// out costs as much as the answer is long, so they may be a little behind: by a
// part of a long answer that nobody would see.
func (r *reading) growing() []fitted {
	if r.grownAt > 0 && r.bytes < r.grownAt+max(1, r.grownAt/32) {
		return r.grown
	}
	parts := slices.Clone(r.fence.parts)
	if n := len(parts); n > 0 && r.fence.pending > 0 { // the last line is whole
		parts[n-1].text = append(slices.Clone(parts[n-1].text), '\n')
	}
	r.grown, _ = choose(r.place, parts, r.form, r.limit, false, false)
	r.grown = r.keep(r.grown)
	r.grownAt = r.bytes
	return r.grown
}

// finish says that no more is read: the provider said stop, or the answer broke
// off (cut), or it was decided. It returns what the answer holds.
func (r *reading) finish(stop model.Stop, cut bool) (found []fitted, steps []string) {
	if r.end == "" {
		r.cut = cut || stop == model.StopLength
		r.fence.end()
		if n := len(r.fence.parts); r.cut && n > 0 && r.fence.pending > 0 { // its last line is whole
			r.fence.parts[n-1].text = append(r.fence.parts[n-1].text, '\n')
		}
	}
	found, steps = choose(r.place, r.fence.parts, r.form, r.limit, true, r.cut)
	return r.keep(found), steps
}

// marked reports whether the answer, so far, has a part that is sure to be
// code. Where it broke off, anything else may have been the beginning of talk.
func (r *reading) marked() bool { return r.fence.marked() }
