package embedded

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/model"
	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

const (
	maxLines      = 10 // of one answer; each is a search of its own
	maxLineTokens = 100
	maxIndent     = 64 << 10 // bytes of a text that are read to see how it is indented
	tokenBytes    = 3        // of a model's token, for Prompt.MaxTokens
	defaultTokens = 256      // where Prompt.MaxTokens is 0
)

// A writer puts an answer together, token by token, from what the matches say.
type writer struct {
	ctx     context.Context
	q       *query
	places  []place // where matches are looked for
	context []token // what stands before the next token
	field   field

	asked   bool // the user asked for an answer
	oneLine bool
	bytes   int // that the answer may still have

	sure   float64       // how likely all of the answer so far is right
	open   []byte        // the brackets that are open where the answer has got to
	own    int           // how many of them the answer has opened
	begun  bool          // the answer has written something: a token of the line or a line
	block  bool          // a block has begun in the answer or on the cursor's line
	lead   string        // the blanks at the start of the line that is written
	depth  int           // how much deeper that line is than the cursor's
	indent syntax.Indent // the document's; zero until it is needed
}

// A place is a text in which matches are looked for.
type place struct {
	in     *source
	least  int     // what a match there must be worth
	weight float64 // how much it counts
}

// newWriter finds what matches the prompt. It reports false where there is
// nothing to continue.
func newWriter(ctx context.Context, c *corpus, p model.Prompt) (*writer, bool) {
	q, ok := newQuery(p)
	if !ok {
		return nil, false
	}
	w := &writer{
		ctx: ctx, q: q, context: q.context, asked: p.Invoked, oneLine: p.OneLine || len(q.rest) > 0, bytes: p.MaxTokens * tokenBytes,
		open: slices.Clone(q.open), lead: q.leading, sure: 1,
	}
	if p.MaxTokens <= 0 {
		w.bytes = defaultTokens * tokenBytes
	}
	// In the document itself one token in common is enough, and none where the
	// beginning of a word tells; elsewhere that would be half of all places.
	least := 1
	if len(q.partial) > 1 {
		least = 0
	}
	w.places = []place{{q.before, least, weightNear}, {q.after, least, weightNear}}
	for s, weight := range others(c, p, q.lang) {
		w.places = append(w.places, place{s, 2, weight})
	}
	return w, w.search(q.partial)
}

// search finds what matches the document with the answer so far. It reports
// false where nobody waits for it any more.
func (w *writer) search(partial string) bool {
	w.field = field{}
	p := newPattern(w.context, w.q.after.ids[:min(len(w.q.after.ids), maxHead)], w.beginning())
	for _, in := range w.places {
		if w.ctx.Err() != nil {
			return false
		}
		w.field.search(in.in, p, partial, in.least, in.weight)
	}
	return true
}

// beginning is how the cursor's line begins, while nothing stands on it.
func (w *writer) beginning() *beginning {
	in := w.q.before
	n := len(in.ids)
	if !w.q.fresh || w.begun || n < 2 {
		return nil
	}
	gap := in.text[in.end(n-2):]
	return &beginning{
		step:  cmp.Compare(len(w.q.leading), len(in.leading(n-2))),
		blank: strings.Count(gap, "\n")+strings.Count(strings.ReplaceAll(gap, "\r\n", ""), "\r") > 1,
	}
}

// others yields what may be continued from beside the document: the prompt's
// blocks, then the files of the workspace, near ones first.
func others(c *corpus, p model.Prompt, lang *syntax.Language) iter.Seq2[*source, float64] {
	return func(yield func(*source, float64) bool) {
		for _, b := range p.Blocks {
			if b.Side != "" {
				continue // the query holds it
			}
			for _, part := range b.Parts {
				l := syntax.ByID(syntax.IDForPath(part.Path))
				if l.Family() != lang.Family() || part.Path != p.Path && c.has(part.Path) {
					continue
				}
				if s := newSource(part.Path, l, part.Text, syntax.State{}); !yield(s, weightNear) {
					return
				}
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
		l := w.line(w.need())
		if l.end == gaveUp || len(l.text) > w.bytes {
			return
		}
		w.bytes -= len(l.text)
		if l.text != "" && !yield(l.text) || l.end == metRest || w.oneLine {
			return
		}
		written := w.q.typed + l.text
		w.block = w.q.lang.Opens(written)
		if l.text == "" && !w.block {
			return // the line was whole already, and nothing says that another belongs to it
		}
		// What follows is judged by itself: the first line is said already. A
		// block that begins as one round it is the model following its own words.
		// A line that begins a block is held until one stands in it.
		w.sure = 1
		seen := map[string]bool{strings.TrimSpace(written): true}
		held := ""
		for n := 1; n < maxLines; n++ {
			if !w.search("") {
				return
			}
			own, open := w.own, slices.Clone(w.open)
			l := w.line(sureNext)
			if l.end == gaveUp || l.text == "" || w.q.lang.Opens(l.text) && seen[l.text] {
				return
			}
			final, ok := w.belongs(l.first, own, open)
			text := held + "\n" + w.lead + l.text
			if !ok || len(text) > w.bytes || w.repeats(l.text, written) {
				return
			}
			if held = ""; w.q.lang.Opens(l.text) {
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
			written = l.text
			seen[l.text] = true
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

// A line is the rest of a line, written.
type line struct {
	text  string
	first match // what its first token is from
	end   ending
}

// line writes the rest of a line. need is how sure the model must be of all of
// it.
func (w *writer) line(need float64) line {
	var (
		l    line
		b    strings.Builder
		ends = w.block && w.lineBegins() // nothing but what ends a block is on the line
	)
	for n := range maxLineTokens {
		expected := lineEnd
		if w.own <= 0 && w.begun && len(w.q.rest) > 0 {
			expected = w.q.rest[0]
		}
		v := w.field.vote(expected, w.fits)
		if n == 0 {
			l.first = v.match
		}
		if v.match.in == nil {
			return l
		}
		id, text := v.match.id(), v.match.next.text
		// A block must end somewhere: where the vote says that it does, an
		// answer that leaves it open would be no better.
		ends = ends && (classOf(id) == closing || n > 0 && id == lineEnd)
		if !ends {
			w.sure *= w.chance(v)
		}
		l.text = b.String()
		switch {
		case w.sure < need, w.ctx.Err() != nil:
			return l
		case expected != lineEnd && id == expected:
			l.end = metRest
			return l
		case id == lineEnd && len(w.q.rest) > 0:
			return l
		case id == lineEnd:
			w.begun = true
			w.context = append(w.context, token{id: lineEnd})
			l.end = lineEnded
			return l
		}
		if len(text) >= maxLength || strings.ContainsAny(text, "\r\n") || !w.bracket(v.match.next) {
			return l
		}
		added := text
		switch {
		case !w.begun && w.q.partial != "":
			added = text[len(w.q.partial):]
		case !w.begun && w.q.spaced:
		default:
			added = v.match.in.gap(v.match.at) + text
		}
		w.begun = true
		b.WriteString(added)
		w.context = append(w.context, v.match.next)
		w.field.follow(v.match.next)
	}
	return l
}

// fits reports whether the token may stand here: a closing bracket must close
// the one that is open.
func (w *writer) fits(m *match) bool {
	if classOf(m.id()) != closing || len(w.open) == 0 || !w.begun && w.q.partial != "" {
		return true
	}
	return closer(w.open[len(w.open)-1]) == m.next.text[0]
}

// bracket keeps account of a token that is a bracket. It reports false for one
// that closes what the text after the cursor closes already.
func (w *writer) bracket(t token) bool {
	switch classOf(t.id) {
	case opening:
		if w.begun || w.q.partial == "" { // else it stands before the cursor and is counted
			w.open = append(w.open, t.text[0])
			w.own++
		}
	case closing:
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

// belongs decides whether a line belongs to the answer, and whether it is the
// last one. first is what its first token is from; own and open are the brackets
// before it. It sets the blanks that the line begins with.
func (w *writer) belongs(first match, own int, open []byte) (final, ok bool) {
	in, at := first.in, first.from
	if at < 2 || in.ids[at-1] != lineEnd {
		return false, false
	}
	w.step(in, at)
	closes := w.q.lang.Closes(in.lineFrom(at))
	switch {
	case w.block && w.depth > 0, own > 0 && !closes:
		return false, true
	case w.block && w.depth == 0 && closes:
		return true, own > 0 || !w.q.closed(open)
	case w.block || w.depth > 0 || !w.q.fresh:
		return false, false
	case closes:
		return true, w.depth < 0 && !w.q.closed(open) && len(open) > 0
	}
	return false, w.depth == 0 && !in.blankBefore(at)
}

// step goes from the line that was written last to the one that begins with
// token at of in: as much deeper as that one is than the line before it.
func (w *writer) step(in *source, at int) {
	theirs := syntax.InferIndent(headLines(in.text, maxIndent), syntax.Indent{Width: 4})
	if w.indent == (syntax.Indent{}) {
		w.indent = syntax.InferIndent(tailLines(w.q.before.text, maxIndent), theirs)
	}
	deeper := theirs.Columns(in.leading(at)) - theirs.Columns(in.leading(at-2))
	levels := deeper / max(theirs.Width, 1)
	w.depth += levels
	for range levels {
		w.lead += w.indent.String()
	}
	for range -levels {
		w.lead = strings.TrimSuffix(w.lead, w.indent.String())
	}
}

// repeats reports whether line says what stands there already: the line before
// it or the one after the cursor. Lines of closing brackets may.
func (w *writer) repeats(line, before string) bool {
	if strings.Trim(line, ")]},; ") == "" {
		return false
	}
	return line == w.q.next || line == strings.TrimSpace(before)
}
