package embedded

import (
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/model"
	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// What makes an answer worth showing. The numbers are from BenchmarkSelf and
// from the sources of other Go projects; the package comment says what they
// mean.
const (
	sureFirst = 0.40 // a first line less sure than this is not said
	sureNext  = 0.60 // nor is one after it

	onlyOnce = 0.8 // what a token is worth that one single place vouches for
	aString  = 0.7 // a string: they differ where all else is alike
	newName  = 0.8 // a name that the document does not hold yet

	weightNear     = 1.5 // of places in the document itself and in its folder, against 1
	weightExpected = 3   // times so much where what follows is what stands after the cursor
)

const (
	maxLines      = 20
	maxLineTokens = 100
	maxIndent     = 64 << 10 // bytes of a text that are read to see how it is indented
	tokenBytes    = 3        // of a model's token, for Prompt.MaxTokens
	defaultTokens = 256      // where Prompt.MaxTokens is 0
)

// A writer puts an answer together, token by token, from what the matches say.
type writer struct {
	ctx   context.Context
	q     *query
	field field

	oneLine bool
	bytes   int // that the answer may still have

	open   []byte        // the brackets that are open where the answer has got to
	own    int           // how many of them the answer has opened
	begun  bool          // the answer has written something: a token of the line or a line
	block  bool          // a block has begun in the answer or on the cursor's line
	indent syntax.Indent // the document's; zero until it is needed
}

// newWriter finds what matches the prompt. It reports false where there is
// nothing to continue.
func newWriter(ctx context.Context, c *corpus, p model.Prompt) (*writer, bool) {
	q, ok := newQuery(p)
	if !ok {
		return nil, false
	}
	w := &writer{ctx: ctx, q: q, oneLine: p.OneLine || len(q.rest) > 0, bytes: p.MaxTokens * tokenBytes, open: slices.Clone(q.open)}
	if p.MaxTokens <= 0 {
		w.bytes = defaultTokens * tokenBytes
	}
	// In the document itself one token in common is enough, and none where the
	// beginning of a word tells; elsewhere that would be half of all places.
	least := 1
	if len(q.partial) > 1 {
		least = 0
	}
	w.field.search(q.before, q.context, q.partial, least, weightNear)
	w.field.search(q.after, q.context, q.partial, least, weightNear)
	for s, weight := range others(c, p, q.lang) {
		if ctx.Err() != nil {
			return nil, false
		}
		w.field.search(s, q.context, q.partial, 2, weight)
	}
	return w, true
}

// others yields what may be continued from beside the document: the prompt's
// blocks, then the files of the workspace, near ones first.
func others(c *corpus, p model.Prompt, lang *syntax.Language) iter.Seq2[*source, float64] {
	return func(yield func(*source, float64) bool) {
		for _, b := range p.Blocks {
			l := syntax.ByID(syntax.IDForPath(b.Path))
			if l.Family() != lang.Family() || b.Path != p.Path && c.has(b.Path) {
				continue
			}
			if s := newSource(b.Path, l, b.Text, syntax.State{}); !yield(s, weightNear) {
				return
			}
		}
		for s, same := range c.near(p.Path) {
			weight := 1.0
			if same {
				weight = weightNear
			}
			if s.lang.Family() == lang.Family() && !yield(s, weight) {
				return
			}
		}
	}
}

// lines yields the answer in pieces, a line each. There is none where the
// model is not confident.
func (w *writer) lines() iter.Seq[string] {
	return func(yield func(string) bool) {
		first, last, end := w.line(sureFirst)
		if end == gaveUp || len(first) > w.bytes {
			return
		}
		w.bytes -= len(first)
		if first != "" && !yield(first) || end == metRest || w.oneLine {
			return
		}
		written := w.q.typed + first
		w.block = w.q.lang.Opens(written)
		if first == "" && !w.block {
			return // the line was whole already, and nothing says that another belongs to it
		}
		held := "" // a line that begins a block is not said before one that stands in it
		for n := 1; n < maxLines; n++ {
			lead, final, ok := w.nextLine(last)
			if !ok {
				return
			}
			w.field.follow(lineEnd)
			line, match, end := w.line(sureNext)
			text := held + "\n" + lead + line
			if end == gaveUp || line == "" || len(text) > w.bytes || w.repeats(line, written) {
				return
			}
			if held = ""; w.q.lang.Opens(line) {
				held, w.block = text, true
			} else {
				w.bytes -= len(text)
				if !yield(text) {
					return
				}
			}
			if final && w.own <= 0 {
				return
			}
			written, last = line, match
		}
	}
}

// An ending says how a line came to its end.
type ending int

const (
	gaveUp    ending = iota // the model is not confident
	lineEnded               // the line is whole
	metRest                 // what follows stands after the cursor already
)

// line writes the rest of a line. last is the match that says that the line
// ends there. need is how sure the model must be of all of the line.
func (w *writer) line(need float64) (text string, last match, end ending) {
	var b strings.Builder
	sure := 1.0
	for range maxLineTokens {
		expected := lineEnd
		if w.own <= 0 && w.begun && len(w.q.rest) > 0 {
			expected = w.q.rest[0]
		}
		v := w.field.vote(expected, w.fits)
		sure *= w.worth(v)
		switch {
		case sure < need, w.ctx.Err() != nil:
			return "", match{}, gaveUp
		case expected != lineEnd && v.id == expected:
			return b.String(), v.match, metRest
		case v.id == lineEnd && len(w.q.rest) > 0:
			return "", match{}, gaveUp
		case v.id == lineEnd:
			w.begun = true
			return b.String(), v.match, lineEnded
		}
		token := v.match.in.token(v.match.at)
		if len(token) == maxLength || strings.ContainsAny(token, "\r\n") || !w.bracket(token, v.id) {
			return "", match{}, gaveUp
		}
		switch {
		case !w.begun && w.q.partial != "":
			token = token[len(w.q.partial):]
		case !w.begun && w.q.spaced:
		default:
			token = v.match.in.gap(v.match.at) + token
		}
		w.begun = true
		b.WriteString(token)
		w.field.follow(v.id)
	}
	return "", match{}, gaveUp
}

// fits reports whether the token may stand here: a closing bracket must close
// the one that is open.
func (w *writer) fits(m match) bool {
	if kindOf(m.id()) != syntax.Close || len(w.open) == 0 || !w.begun && w.q.partial != "" {
		return true
	}
	return closing(w.open[len(w.open)-1]) == m.in.token(m.at)[0]
}

// worth says how likely the token is the right one, from what the votes say and
// what they cannot know.
func (w *writer) worth(v vote) float64 {
	p := v.share
	if v.times == 1 && len(w.q.rest) == 0 { // else what stands after the cursor is a second witness
		p *= onlyOnce
	}
	if !w.begun && w.q.partial != "" {
		return p // what was typed of the token vouches for it
	}
	switch kindOf(v.id) {
	case syntax.String:
		p *= aString
	case syntax.Word:
		if !slices.Contains(w.q.before.ids, v.id) && !slices.Contains(w.q.after.ids, v.id) {
			p *= newName
		}
	}
	return p
}

// bracket keeps account of a token that is a bracket. It reports false for one
// that closes what the text after the cursor closes already.
func (w *writer) bracket(token string, id uint32) bool {
	switch kindOf(id) {
	case syntax.Open:
		if w.begun || w.q.partial == "" { // else it stands before the cursor and is counted
			w.open = append(w.open, token[0])
			w.own++
		}
	case syntax.Close:
		if !w.begun && w.q.partial != "" {
			break
		}
		if w.own <= 0 && w.q.closed(w.open) {
			return false
		}
		if n := len(w.open); n > 0 {
			w.open = w.open[:n-1]
		}
		w.own--
	}
	return true
}

// nextLine decides whether the line that stands after last belongs to the
// answer. It returns the blanks it begins with, and whether it is the last one.
func (w *writer) nextLine(last match) (lead string, final, ok bool) {
	in, at := last.in, last.at+1
	if at >= len(in.ids) {
		return "", false, false
	}
	lead, deeper := w.lead(in, last.from, at)
	closes := w.q.lang.Closes(in.lineFrom(at))
	switch {
	case w.block && deeper > 0, w.own > 0 && !closes:
		return lead, false, true
	case w.block && deeper == 0 && closes:
		return lead, true, w.own > 0 || !w.q.closed(w.open)
	case w.block || deeper > 0 || !w.q.fresh:
		return "", false, false
	case closes:
		return lead, true, deeper < 0 && !w.q.closed(w.open) && len(w.open) > 0
	}
	return lead, false, deeper == 0 && !in.blankBefore(at)
}

// lead returns the blanks for the line of token at, and how many levels deeper
// it is than the cursor's line. In in, the cursor's line is that of token from.
func (w *writer) lead(in *source, from, at int) (string, int) {
	theirs := syntax.InferIndent(headLines(in.text, maxIndent), syntax.Indent{Width: 4})
	if w.indent == (syntax.Indent{}) {
		w.indent = syntax.InferIndent(tailLines(w.q.before.text, maxIndent), theirs)
	}
	ours := w.indent
	step := max(theirs.Width, 1)
	deeper := theirs.Columns(in.leading(at)) - theirs.Columns(in.leading(from))
	levels := deeper / step
	if levels >= 0 {
		return w.q.leading + strings.Repeat(ours.String(), levels), levels
	}
	lead := w.q.leading
	for range -levels {
		lead = strings.TrimSuffix(lead, ours.String())
	}
	return lead, levels
}

// repeats reports whether line says what stands there already: the line before
// it or the one after the cursor. Lines of closing brackets may.
func (w *writer) repeats(line, before string) bool {
	if strings.Trim(line, ")]},; ") == "" {
		return false
	}
	return line == w.q.next || line == strings.TrimSpace(before)
}
