package lsp

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"go.lsp.dev/uri"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/document"
)

// spansOf reads the spans ‹drawn› in a text.
func spansOf(drawn string) (text string, spans []span) {
	for {
		head, rest, ok := strings.Cut(drawn, "‹")
		text += head
		if !ok {
			return text, spans
		}
		in, tail, _ := strings.Cut(rest, "›")
		from := document.Offset(len(text))
		text += in
		spans = append(spans, span{from, from + document.Offset(len(in))})
		drawn = tail
	}
}

// draw draws spans in a text.
func draw(text string, spans []span) string {
	for _, s := range slices.Backward(spans) {
		text = text[:s.from] + "‹" + text[s.from:s.to] + "›" + text[s.to:]
	}
	return text
}

func TestFollow(t *testing.T) {
	for _, tt := range []struct {
		name, before, after string // with what is followed drawn
		share               float64
	}{
		{"untouched", "a ‹bcd› e", "a ‹bcd› e", 1},
		{"text before", "a ‹bcd›", "xx a ‹bcd›", 1},
		{"text behind", "a ‹bcd› e", "a ‹bcd› exx", 1},
		{"right before", "a ‹bcd›", "a x‹bcd›", 1},
		{"right behind", "a ‹bcd›", "a ‹bcd›x", 1},
		{"deleted before", "aaa ‹bcd›", "a ‹bcd›", 1},
		{"something put in", "‹bcd›", "‹bc›XX‹d›", 1},
		{"its start deleted", "a ‹bcde›", "a ‹de›", 0.5},
		{"its end deleted", "‹bcde› f", "‹bc› f", 0.5},
		{"its middle deleted", "‹bcde›", "‹be›", 0.5},
		{"its middle replaced", "‹bcde›", "‹b›XY‹e›", 0.5},
		{"more than it deleted", "a ‹bc› d", "a d", 0},
		{"replaced whole", "a ‹bcd› e", "a xyz e", 0},
		{"two places", "‹ab› c ‹de›", "‹ab› ‹de›", 1},
		{"from one into the other", "‹abc› d ‹efg›", "‹ag›", 2.0 / 6},
		{"indented", "‹a\nbc\n›}", "‹a\n›  ‹bc\n›}", 1},
		{"wide characters", "‹日本語›", "‹日›x‹語›", 2.0 / 3},

		// One range from the first change to the last.
		{"a formatter on both sides", "f( )\n‹if a {\n b()\n}›\ng( )\n", "f()\n‹if a {›\n\t‹b()›\n‹}›\ng()\n", 1},
		{"a formatter, and a changed line", "f( )\n‹one()\ntwo()\nthree()›\ng( )\n", "f()\n‹one()›\n2()\n‹three()›\ng()\n", 12.0 / 17},
		{"parts of lines", "x  := ‹f(a)\ny  := g(b)›\nz  := 0", "x := ‹f(a)›\n‹y := g(b)›\nz := 0", 1},
		{"wide characters in lines", "f( )\na=‹日本\n語( é)›\ng( )", "f()\na = ‹日本›\n‹語(é)›\ng()", 1},
		{"lines of another order", "x( )\n‹one()\ntwo()›\ny( )", "x()\ntwo()\n‹one()›\ny()", 0.5},
		{"a bracket is found behind its line alone", "x( )\n‹if a {\n}›\ny( )", "x()\n}\nif b {\n}\ny()", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			old, spans := spansOf(tt.before)
			text, want := spansOf(tt.after)
			before := document.New("", "", 1, old)
			after := document.New("", "", 2, text)
			f := follow{}
			for _, s := range spans {
				f.add(before, s, time.Time{})
			}
			f.move(before, trim(before, document.Change{To: before.Len(), Text: text}), after, &relined{})
			if got := draw(text, f.spans); got != draw(text, want) {
				t.Errorf("what stands is %q, want %q", got, draw(text, want))
			}
			if got := f.stands(after); got < tt.share-0.01 || got > tt.share+0.01 {
				t.Errorf("%.2f of it stands, want %.2f", got, tt.share)
			}
		})
	}
}

func TestOldestIsGivenUpFirst(t *testing.T) {
	d := newDesk(t, "‸")
	d.do("offer old(1)")
	d.do("insert old(1)")
	d.do("wait 1s")
	other := document.New("file:///b.go", "go", 1, "")
	d.o.open("file:///b.go", other, d.now)
	for range maxFollowed {
		d.do("type ;")
		d.do("offer abc(1)")
		d.do("insert abc(1)")
	}
	if w := d.o.docs[deskURI]; len(w.follows) != maxFollowed || w.follows[0].characters != len("abc(1)") {
		t.Errorf("%d are followed, the oldest with %d characters", len(w.follows), w.follows[0].characters)
	}
}

// FuzzFollow edits at random, as a client may: the bytes are edits.
func FuzzFollow(f *testing.F) {
	f.Add("a‹bc›d\ne", []byte("\x01\x02xyz"))
	f.Add("x( )\n‹if a {\n b()\n}›\ny( )", []byte("\x00\xffx()\nif a {\n\tb()\n}\ny()"))
	f.Add("‹日本›語\r\n‹a›", []byte{3, 3, 'x', 0, 0, 9, '\n'})
	f.Fuzz(func(t *testing.T, drawn string, edits []byte) {
		text, spans := spansOf(drawn)
		doc := document.New("", "", 1, text)
		o := outcomes{report: func(said completion.Feedback) {
			if said.Share < 0 || said.Share > 1 || said.Characters < 0 {
				t.Errorf("%+v", said)
			}
		}}
		now := time.Unix(0, 0)
		u := uri.URI("file:///a")
		o.open(u, doc, now)
		followed := &follow{since: now}
		for _, s := range spans {
			followed.add(doc, s, now)
		}
		o.docs[u].follows = append(o.docs[u].follows, followed)
		for len(edits) >= 3 {
			from := doc.RuneStart(document.Offset(edits[0]) * doc.Len() / 255)
			to := doc.RuneStart(document.Offset(edits[1]) * doc.Len() / 255)
			n := min(int(edits[2])%32, len(edits)-3)
			if edits[2] == 0xff {
				n = len(edits) - 3
			}
			edit := document.Change{From: min(from, to), To: max(from, to), Text: string(edits[3 : 3+n])}
			edits = edits[3+n:]
			next, err := doc.Apply(1, edit)
			if err != nil {
				t.Fatal(err)
			}
			o.answered(u, doc, from, []completion.Candidate{{ID: fmt.Sprint(n), Text: edit.Text, From: edit.From, To: edit.To}}, completion.Feedback{}, now)
			o.edited(u, doc, edit, next, now)
			if n%3 == 0 {
				o.accepted(fmt.Sprint(n), now)
			}
			doc, now = next, now.Add(time.Duration(n)*time.Second)
			for _, f := range o.docs[u].follows {
				end := document.Offset(0)
				for _, s := range f.spans {
					if s.from < end || s.to <= s.from || s.to > doc.Len() {
						t.Fatalf("%v in a text of %d bytes", f.spans, doc.Len())
					}
					end = s.to
				}
				if share := f.stands(doc); share < 0 || share > 1 || len(f.spans) > maxSpans {
					t.Fatalf("%v of %v stand", share, f.spans)
				}
			}
		}
		o.lookAll(now.Add(time.Hour))
		o.end(now)
	})
}

// BenchmarkEdited is what a keystroke costs while as much is followed as may
// be: typing in front of it all, and a formatter that gives the file anew.
func BenchmarkEdited(b *testing.B) {
	var text strings.Builder
	for i := range 64 {
		fmt.Fprintf(&text, "func f%d(a, b int) int {\n\treturn  a + b\n}\n\n", i)
	}
	before := document.New("", "go", 1, text.String())
	u := uri.URI("file:///a.go")
	watch := func() *outcomes {
		o := &outcomes{report: func(completion.Feedback) {}}
		o.open(u, before, time.Time{})
		for i := range maxFollowed {
			f := &follow{}
			f.add(before, span{before.LineStart(4 * i), before.LineEnd(4*i + 2)}, time.Time{})
			o.docs[u].follows = append(o.docs[u].follows, f)
		}
		return o
	}
	for _, bb := range []struct {
		name string
		edit document.Change
	}{
		{"key", document.Change{Text: "x"}},
		{"formatter", document.Change{To: before.Len(), Text: strings.ReplaceAll(text.String(), "  ", " ")}},
	} {
		b.Run(bb.name, func(b *testing.B) {
			after, err := before.Apply(2, bb.edit)
			if err != nil {
				b.Fatal(err)
			}
			o := watch()
			was := slices.Clone(o.docs[u].follows)
			spans := make([][]span, len(was))
			for i, f := range was {
				spans[i] = slices.Clone(f.spans)
			}
			b.ReportAllocs()
			for b.Loop() {
				for i, f := range was {
					f.spans = append(f.spans[:0], spans[i]...)
				}
				o.docs[u].follows = append(o.docs[u].follows[:0], was...)
				o.edited(u, before, bb.edit, after, time.Time{})
			}
		})
	}
}
