package trail

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/document"
)

// A desk is a document in which somebody types, with a recorder that watches.
type desk struct {
	t   testing.TB
	r   Recorder
	doc *document.Document
}

func newDesk(t testing.TB, text string) *desk {
	return &desk{t: t, doc: document.New("a.go", "go", 1, text)}
}

func (d *desk) edit(changes ...document.Change) {
	d.t.Helper()
	next, err := d.doc.Apply(d.doc.Version()+1, changes...)
	if err != nil {
		d.t.Fatal(err)
	}
	d.r.Edited(d.doc, next)
	d.doc = next
}

// put puts the text that is drawn between ‹ and ›, with what it becomes behind →,
// in the place of itself: "a‹b→c›d" makes acd of abd. With # in front it is typed
// key by key.
func (d *desk) put(drawn string) {
	d.t.Helper()
	drawn, keys := strings.CutPrefix(drawn, "#")
	head, rest, ok := strings.Cut(drawn, "‹")
	old, rest, ok2 := strings.Cut(rest, "→")
	text, tail, ok3 := strings.Cut(rest, "›")
	if !ok || !ok2 || !ok3 || head+old+tail != d.doc.Text() {
		d.t.Fatalf("the text is %q, not %q", d.doc.Text(), head+old+tail)
	}
	c := document.Change{From: document.Offset(len(head)), To: document.Offset(len(head + old)), Text: text}
	if !keys {
		d.edit(c)
		return
	}
	for _, r := range old {
		c.To = c.From + document.Offset(len(string(r)))
		c.Text = ""
		d.edit(c)
	}
	for _, r := range text {
		c.To, c.Text = c.From, string(r)
		d.edit(c)
		c.From += document.Offset(len(string(r)))
	}
}

func all(uri string) (string, bool) { return uri, true }

// drawn is the edits in one line, the newest first.
func drawn(edits []Edit) string {
	var all []string
	for _, e := range edits {
		s := fmt.Sprintf("%s:%d %q→%q", e.Path, e.Line, e.Before, e.After)
		if e.Cut {
			s += "…"
		}
		all = append(all, s)
	}
	return strings.Join(all, " ")
}

func TestEdits(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		puts       []string
		want       string
	}{
		{"nothing", "a\n", nil, ""},
		{"a line that is typed is one edit", "a\nb\n", []string{"#a\n‹→x := 1\n›b\n"}, `a.go:1 ""→"x := 1\n"`},
		{"a word of a line", "a\nbar\nc\n", []string{"#a\nb‹a→e›r\nc\n"}, `a.go:1 "bar\n"→"ber\n"`},
		{"typed on at the end of a line", "a\nb\n", []string{"#a\nb‹→cd›\n"}, `a.go:1 "b\n"→"bcd\n"`},
		{"the end of the file", "a\nb", []string{"#a\nb‹→\nc›"}, `a.go:1 "b"→"b\nc"`},
		{"an empty file", "", []string{"#‹→a\nb›"}, `a.go:0 ""→"a\nb"`},
		{"deleted", "a\nb\nc\n", []string{"a\n‹b\n→›c\n"}, `a.go:1 "b\n"→""`},
		{"two places", "a\nb\nc\nd\n", []string{"a‹→1›\nb\nc\nd\n", "a1\nb\nc\nd‹→4›\n"}, `a.go:3 "d\n"→"d4\n" a.go:0 "a\n"→"a1\n"`},
		{"the first of two again", "a\nb\nc\nd\n", []string{"a‹→1›\nb\nc\nd\n", "a1\nb\nc\nd‹→4›\n", "a1‹→2›\nb\nc\nd4\n"}, `a.go:0 "a\n"→"a12\n" a.go:3 "d\n"→"d4\n"`},
		{"lines above move it", "a\nb\nc\nd\n", []string{"a\nb\nc\nd‹→4›\n", "‹→1\n2\n›a\nb\nc\nd4\n"}, `a.go:0 ""→"1\n2\n" a.go:5 "d\n"→"d4\n"`},
		{"two that grow together", "a\nb\nc\n", []string{"a‹→1›\nb\nc\n", "a1\nb\nc‹→3›\n", "a1\nb‹→2›\nc3\n"}, `a.go:0 "a\nb\nc\n"→"a1\nb2\nc3\n"`},
		{"one that covers two", "a\nb\nc\nd\n", []string{"a‹→1›\nb\nc\nd\n", "a1\nb\nc\nd‹→4›\n", "‹a1\nb\nc\nd4\n→x\n›"}, `a.go:0 "a\nb\nc\nd\n"→"x\n"`},
		{"undone", "a\nb\n", []string{"a\nb‹→cd›\n", "a\nb‹cd→›\n"}, ""},
		{"undone after something else", "a\nb\nc\n", []string{"‹a→x›\nb\nc\n", "x\nb\n‹c→y›\n", "‹x→a›\nb\ny\n"}, `a.go:2 "c\n"→"y\n"`},
		{"a deletion that was undone", "a\nb\nc\n", []string{"a\n‹b\n→›c\n", "a\n‹→b\n›c\n"}, ""},
		{"CRLF", "a\r\nb\r\n", []string{"a\r\nb‹→c›\r\n"}, `a.go:1 "b\r\n"→"bc\r\n"`},
		{"a line break of its own kind", "a\rb", []string{"a\r‹→\n›b"}, `a.go:0 "a\r"→"a\r\n"`},
		{"wide characters", "é\n😀\n", []string{"é\n‹😀→😁›\n"}, `a.go:1 "😀\n"→"😁\n"`},
		{"a line as long as a file is left out", "a\nb\n", []string{"a\nb‹→" + strings.Repeat("x", 600) + "›\n"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(t, tt.text)
			for _, p := range tt.puts {
				d.put(p)
			}
			if got := drawn(d.r.Recent("", all).Edits); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// What is too much is cut, and what is typed in it afterwards does not go under.
func TestLargeEditsAreCut(t *testing.T) {
	paste := strings.Repeat("pasted\n", 10_000)
	d := newDesk(t, "a\nb\n")
	d.edit(document.Change{From: 2, To: 2, Text: paste})
	e := d.r.Recent("", all).Edits
	if len(e) != 1 || !e[0].Cut || e[0].Line != 1 || e[0].After != strings.Repeat("pasted\n", maxLines) {
		t.Fatalf("%d edits, cut %t, %d bytes", len(e), e[0].Cut, len(e[0].After))
	}
	at := d.doc.LineEnd(500)
	d.edit(document.Change{From: at, To: at, Text: "!"})
	if got := d.r.Recent("", all).Edits; len(got) != 2 || got[0].Line != 500 || got[0].After != "pasted!\n" || !got[1].Cut {
		t.Errorf("typed in a paste: %s", drawn(got[:1]))
	}

	d = newDesk(t, "a\nb\n")
	d.edit(document.Change{From: 2, To: 2, Text: paste})
	d.edit(document.Change{From: 2, To: 2 + document.Offset(len(paste))})
	if got := d.r.Recent("", all).Edits; len(got) != 0 {
		t.Errorf("a paste that was undone: %s", drawn(got))
	}

	// A formatter.
	text := strings.Repeat("  x = 1\n", 1000)
	d = newDesk(t, text)
	whole := func(text string) { d.edit(document.Change{From: 0, To: d.doc.Len(), Text: text}) }
	whole(strings.Repeat("\tx = 1\n", 1000))
	e = d.r.Recent("", all).Edits
	if len(e) != 1 || !e[0].Cut || len(e[0].Before)+len(e[0].After) > 2*maxBytes || strings.Count(e[0].After, "\n") > maxLines {
		t.Errorf("a formatter: %d edits of %d and %d bytes", len(e), len(e[0].Before), len(e[0].After))
	}
	whole(text)
	if got := d.r.Recent("", all).Edits; len(got) != 0 {
		t.Errorf("a formatter that was undone: %d edits", len(got))
	}
}

// A function that is typed for long is several edits.
func TestTypingOnBeginsANewEdit(t *testing.T) {
	d := newDesk(t, "")
	for i := range 3 * maxJoined {
		d.edit(document.Change{From: d.doc.Len(), To: d.doc.Len(), Text: fmt.Sprintf("line %d\n", i)})
	}
	got := d.r.Recent("", all).Edits
	if len(got) != 3 || got[0].Line != 2*maxJoined || strings.Count(got[0].After, "\n") != maxJoined {
		t.Errorf("%d edits, the newest is %s", len(got), drawn(got[:1]))
	}
}

func TestClosedDocuments(t *testing.T) {
	d := newDesk(t, "a\nb\n")
	d.put("a\n‹b→c›\n")
	d.r.Closed("a.go")
	if len(d.r.docs) != 0 {
		t.Error("the document is kept")
	}
	const want = `a.go:1 "b\n"→"c\n"`
	if got := drawn(d.r.Recent("", all).Edits); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	d.doc = document.New("a.go", "go", 1, "quite\nanother\n") // opened again
	d.put("quite\n‹another→text›\n")
	if got := drawn(d.r.Recent("", all).Edits); got != `a.go:1 "another\n"→"text\n" `+want {
		t.Errorf("got %s", got)
	}
	d.doc = document.New("a.go", "go", 1, "again\n") // and without having been closed
	d.put("again‹→!›\n")
	if got := d.r.Recent("", all).Edits; len(got) != 3 || len(d.r.docs) != 1 {
		t.Errorf("got %s", drawn(got))
	}
}

func TestOnlyWhatMayBeShown(t *testing.T) {
	var r Recorder
	for _, path := range []string{"a.go", "b.go", "c.go"} {
		r.Edited(document.New(path, "go", 1, "a\n"), document.New(path, "go", 2, "b\n"))
		r.Saw(path, 1, 2)
		r.Decided(Suggestion{Path: path, Text: "x"})
		r.Diagnose(path, []Diagnostic{{Message: path}})
	}
	asked := map[string]int{}
	now := r.Recent("a.go", func(uri string) (string, bool) { asked[uri]++; return "w/" + uri, uri != "c.go" })
	for _, list := range []struct {
		name string
		got  []string
	}{
		{"edits", []string{now.Edits[0].Path, now.Edits[1].Path}},
		{"seen", []string{now.Seen[0].Path, now.Seen[1].Path}},
		{"suggestions", []string{now.Suggestions[0].Path, now.Suggestions[1].Path}},
	} {
		if !slices.Equal(list.got, []string{"w/b.go", "w/a.go"}) {
			t.Errorf("%s of %v", list.name, list.got)
		}
	}
	if len(now.Edits)+len(now.Seen)+len(now.Suggestions) != 6 || asked["b.go"] != 1 || asked["c.go"] != 1 || asked["a.go"] != 1 {
		t.Errorf("%+v, asked %v", now, asked)
	}
	if len(now.Diagnostics) != 1 || now.Diagnostics[0].Message != "a.go" {
		t.Errorf("diagnostics %v", now.Diagnostics)
	}
}

// A part of a private key cannot be told from its text.
func TestKeysAreLeftOut(t *testing.T) {
	const body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"
	for _, tt := range []struct {
		name, text, put string
		hidden          bool
	}{
		{"a line of one", "a\nb\n", "a\n‹b→" + body + "›\n", true},
		{"what it was", "a\n" + body + "\n", "a\n‹" + body + "→b›\n", true},
		{"its last line", body + "\nab==\n", body + "\n‹ab→cd›==\n", true},
		{"its first line", "ab\n" + body + "\n", "‹ab→cd›\n" + body + "\n", true},
		{"a rule of signs", "//" + strings.Repeat("=", 70) + "\nab\n", "//" + strings.Repeat("=", 70) + "\n‹ab→cd›\n", false},
	} {
		d := newDesk(t, tt.text)
		d.put(tt.put)
		if got := len(d.r.Recent("", all).Edits) == 0; got != tt.hidden {
			t.Errorf("%s: hidden %t, want %t", tt.name, got, tt.hidden)
		}
	}
	var r Recorder
	r.Decided(Suggestion{Path: "a", Text: body + "\nab=="})
	if now := r.Recent("a", all); len(now.Suggestions) != 0 {
		t.Error("it is a suggestion")
	}
}

func TestWhatElseMovesWithTheText(t *testing.T) {
	d := newDesk(t, strings.Repeat("a\n", 100))
	d.r.Saw("a.go", 10, 20)
	d.r.Saw("b.go", 10, 20)
	d.r.Decided(Suggestion{Path: "a.go", Line: 15, Text: "x"})
	d.r.Diagnose("a.go", []Diagnostic{{FirstLine: 15, LastLine: 15, Message: "m\nmore"}, {FirstLine: 2, LastLine: 2, Message: strings.Repeat("m", 300)}})
	d.edit(document.Change{From: 0, To: 0, Text: "b\nb\n"})
	d.edit(document.Change{From: d.doc.LineStart(15), To: d.doc.LineStart(15), Text: "c\n"})
	d.edit(document.Change{From: d.doc.LineStart(90), To: d.doc.LineStart(91), Text: ""})
	now := d.r.Recent("a.go", all)
	if want := []Seen{{"b.go", 10, 20}, {"a.go", 12, 23}}; !slices.Equal(now.Seen, want) {
		t.Errorf("seen %v, want %v", now.Seen, want)
	}
	if now.Suggestions[0].Line != 18 || !slices.Equal(now.Diagnostics, []Diagnostic{{18, 18, "m"}}) {
		t.Errorf("%+v, %+v, want both in line 18", now.Suggestions, now.Diagnostics)
	}
	d.r.Diagnose("a.go", nil)
	if now := d.r.Recent("a.go", all); len(now.Diagnostics) != 0 {
		t.Errorf("taken back: %v", now.Diagnostics)
	}
}

func TestSeen(t *testing.T) {
	var r Recorder
	for line := range 300 {
		r.Saw("a", line, line+40)
	}
	r.Saw("b", 5, 10)
	r.Saw("a", 20, 60)
	got := r.Recent("", all).Seen
	covered := map[int]bool{}
	for _, s := range got {
		if s.LastLine-s.FirstLine >= maxSeenLines {
			t.Errorf("%v is too long", s)
		}
		for line := s.FirstLine; s.Path == "a" && line <= s.LastLine; line++ {
			covered[line] = true
		}
	}
	if len(covered) != 340 {
		t.Errorf("%d lines of 340 are left: %v", len(covered), got)
	}
	if got[0].Path != "a" || got[0].FirstLine > 20 || got[1] != (Seen{"b", 5, 10}) || len(got) > maxSeen {
		t.Errorf("seen %v", got)
	}
}

func TestDecided(t *testing.T) {
	var r Recorder
	r.Decided(Suggestion{Path: "a", Line: 1, Lead: "re", Text: "turn nil", Accepted: true})
	r.Decided(Suggestion{Path: "a", Line: 1, Lead: "", Text: "return nil"}) // undone
	r.Decided(Suggestion{Path: "a", Line: 2, Text: strings.Repeat("x\n", 20)})
	r.Decided(Suggestion{Path: "a", Line: 3, Text: " \n"})
	r.Decided(Suggestion{Path: "a", Line: 4, Text: strings.Repeat("x", maxLine+1)})
	want := []Suggestion{{Path: "a", Line: 2, Text: strings.Repeat("x\n", maxTextLines)}, {Path: "a", Line: 1, Text: "return nil"}}
	now := r.Recent("", all)
	if !slices.Equal(now.Suggestions, want) {
		t.Errorf("%+v", now.Suggestions)
	}
	one, long := Suggestion{Path: "a", Line: 1, Lead: "return ", Text: "nil"}, Suggestion{Text: strings.Repeat("x", maxLine+1)}
	if got := now.With(one).With(long).Suggestions; !slices.Equal(got, []Suggestion{one, want[0]}) || !slices.Equal(now.Suggestions, want) {
		t.Errorf("with one more %+v, and before %+v", got, now.Suggestions)
	}
}

// A snapshot stays as it was.
func TestRecentIsImmutable(t *testing.T) {
	d := newDesk(t, "a\nb\nc\nd\n")
	d.r.Saw("a.go", 2, 3)
	d.r.Diagnose("a.go", []Diagnostic{{FirstLine: 3, LastLine: 3, Message: "m"}})
	d.put("a\nb\n‹c→x›\nd\n")
	d.r.Decided(Suggestion{Path: "a.go", Line: 3, Text: "x"})
	before := d.r.Recent("a.go", all)
	copied := fmt.Sprint(before)
	d.put("‹→1\n2\n›a\nb\nx\nd\n")
	d.put("1\n2\na\nb\n‹x→y›\nd\n")
	d.r.Closed("a.go")
	if fmt.Sprint(before) != copied {
		t.Errorf("it has become %v, and was %s", before, copied)
	}
}

// With all edits put back, in any order, there is the text of the beginning.
func TestEditsLeadBack(t *testing.T) {
	for seed := range uint64(200) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		d := newDesk(t, strings.Repeat("a\nb\n\n", 8))
		first := d.doc.Text()
		for range 40 {
			from := rnd.IntN(int(d.doc.Len()) + 1)
			to := min(from+rnd.IntN(3), int(d.doc.Len()))
			d.edit(document.Change{From: document.Offset(from), To: document.Offset(to), Text: []string{"", "x", "\n", "y\n", "\nz", "\r\n"}[rnd.IntN(6)]})
		}
		doc := d.doc
		hunks := slices.Clone(d.r.hunks)
		slices.SortFunc(hunks, func(a, b *hunk) int { return b.first - a.first })
		for _, h := range hunks {
			if h.frozen || h.cut {
				t.Fatalf("seed %d: an edit of %d lines", seed, h.lines)
			}
			doc, _ = doc.Apply(1, document.Change{From: doc.LineStart(h.first), To: doc.LineStart(h.last()), Text: h.before})
		}
		if doc.Text() != first {
			t.Fatalf("seed %d: back to\n%q, was\n%q", seed, doc.Text(), first)
		}
	}
}

// Nothing grows with a session.
func TestRecorderIsBounded(t *testing.T) {
	var r Recorder
	const most = 400
	text := strings.Repeat("some words of a line\n", most)
	docs := make([]*document.Document, 20)
	for i := range docs {
		docs[i] = document.New(fmt.Sprint(i), "go", 1, text)
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	round := func(n int) uint64 {
		for i := range n {
			k := rnd.IntN(len(docs))
			d, path := docs[k], fmt.Sprint(k)
			at := d.LineStart(rnd.IntN(d.Lines()))
			put := document.Change{From: at, To: at, Text: "xy\n"}
			if d.Lines() > most {
				put = document.Change{From: at, To: d.LineStart(d.LineAt(at) + 1)}
			}
			next, _ := d.Apply(int32(i), put)
			r.Edited(d, next)
			docs[k] = next
			r.Saw(path, rnd.IntN(most), most)
			r.Decided(Suggestion{Path: path, Line: rnd.IntN(most), Text: strings.Repeat("text\n", 20)})
			r.Diagnose(fmt.Sprint(i), []Diagnostic{{Message: "m"}})
			if i%50 == 0 {
				r.Recent(path, all)
			}
			if i%500 == 0 {
				r.Closed(path)
			}
		}
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := round(1000)
	after := round(100_000)
	if after > before+2<<20 {
		t.Errorf("%d bytes became %d", before, after)
	}
	if len(r.hunks) > maxEdits || len(r.docs) > maxEdits || len(r.seen) > maxSeen || len(r.suggestions) > maxSuggestions || len(r.diagnosed) > maxDiagnosed {
		t.Errorf("%d edits in %d documents, %d seen, %d suggestions, %d diagnosed", len(r.hunks), len(r.docs), len(r.seen), len(r.suggestions), len(r.diagnosed))
	}
}

func TestManyAtOnce(t *testing.T) {
	var r Recorder
	var work sync.WaitGroup
	for i := range 4 {
		work.Go(func() {
			path := fmt.Sprint(i)
			d := document.New(path, "go", 1, "a\nb\n")
			for n := range 500 {
				next, _ := d.Apply(int32(n), document.Change{From: 0, To: 0, Text: "x\n"})
				r.Edited(d, next)
				d = next
				r.Saw(path, n, n+1)
				r.Decided(Suggestion{Path: path, Line: n, Text: "x"})
				r.Diagnose(path, []Diagnostic{{FirstLine: n, LastLine: n, Message: "m"}})
				if now := r.Recent(path, all); now.Notes(path, n, NotesBytes) == "" {
					t.Error("nothing to tell")
				}
				if n%100 == 0 {
					r.Closed(path)
				}
			}
		})
	}
	work.Wait()
}

// FuzzEdited: what is told of any change leads from the one text to the other.
func FuzzEdited(f *testing.F) {
	f.Add("a\nb\nc\n", "a\nx\nc\n")
	f.Add("a\rb", "a\r\nb")
	f.Add("", "\n")
	f.Add("é\nè", "è\né")
	f.Fuzz(func(t *testing.T, before, after string) {
		old, now := document.New("", "", 1, before), document.New("", "", 2, after)
		s, changed := stepBetween(old, now)
		if changed == (before == after) {
			t.Fatal("changed or not")
		}
		if changed {
			got := old.Slice(0, old.LineStart(s.first)) +
				now.Slice(now.LineStart(s.first), now.LineStart(s.first+s.new)) +
				old.Slice(old.LineStart(s.end()), old.Len())
			if got != after {
				t.Fatalf("%+v makes %q of %q, not %q", s, got, before, after)
			}
		}
		var r Recorder
		r.Edited(old, now)
		for _, e := range r.Recent("", all).Edits {
			from := old.LineStart(e.Line)
			if !e.Cut && (old.Slice(from, from+document.Offset(len(e.Before))) != e.Before ||
				before[:from]+e.After+before[int(from)+len(e.Before):] != after) {
				t.Fatalf("%+v does not make %q of %q", e, after, before)
			}
			e.diff()
		}
	})
}

// FuzzDiff: a diff has both texts in it, and its parts have all that changed.
func FuzzDiff(f *testing.F) {
	f.Add("a\nb\nc\n", "a\nx\nc\n")
	f.Add("a\nb\nc\nd\ne\nf\ng\nh\n", "b\nc\nd\ne\nf\ng\nx\n")
	f.Fuzz(func(t *testing.T, before, after string) {
		before, _ = clip(before)
		after, _ = clip(after)
		lines := diff(before, after)
		var a, b []string
		changed := 0
		for _, l := range lines {
			if l.sign != '+' {
				a = append(a, l.text)
			}
			if l.sign != '-' {
				b = append(b, l.text)
			}
			if l.sign != ' ' {
				changed++
			}
		}
		if !slices.Equal(a, split(before)) || !slices.Equal(b, split(after)) {
			t.Fatalf("%q → %q is %v", before, after, lines)
		}
		at := 0
		for _, part := range changes(lines) {
			if part[0] < at || part[1] > len(lines) {
				t.Fatalf("parts %v of %d", changes(lines), len(lines))
			}
			for ; at < part[1]; at++ {
				if lines[at].sign != ' ' {
					if at < part[0] {
						t.Fatal("a change is in no part")
					}
					changed--
				}
			}
		}
		if changed != 0 {
			t.Fatalf("%d changes are in no part", changed)
		}
	})
}

func BenchmarkEdited(b *testing.B) {
	for _, size := range []int{40 << 10, 1 << 20} {
		b.Run(fmt.Sprintf("%dKB", size>>10), func(b *testing.B) {
			line := "\tif err := something(that, has, words); err != nil {\n"
			d := document.New("", "go", 1, strings.Repeat(line, size/len(line)))
			at := d.LineEnd(d.Lines() / 2)
			docs := []*document.Document{d}
			for i := range 64 {
				text := "x"
				if i%8 == 7 {
					text = "\n"
				}
				next, _ := docs[i].Apply(1, document.Change{From: at, To: at, Text: text})
				docs, at = append(docs, next), at+1
			}
			var r Recorder
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				r.Edited(docs[i%64], docs[i%64+1])
			}
		})
	}
}

func BenchmarkRecent(b *testing.B) {
	var r Recorder
	text := strings.Repeat("some words of a line\n", 4000)
	d := document.New("", "go", 1, text)
	for i := range maxEdits {
		at := d.LineStart(100 * i)
		next, _ := d.Apply(1, document.Change{From: at, To: at, Text: "new\n"})
		r.Edited(d, next)
		d = next
	}
	b.ReportAllocs()
	for b.Loop() {
		at := d.LineStart(2000)
		next, _ := d.Apply(1, document.Change{From: at, To: at + 1, Text: "x"})
		r.Edited(d, next)
		d = next
		r.Recent("a", all)
	}
}
