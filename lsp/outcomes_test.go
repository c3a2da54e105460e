package lsp

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.lsp.dev/uri"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/context/trail"
	"github.com/claude-lsp/claude-lsp/internal/document"
)

// at splits a text at the drawn cursor ‸.
func at(text string) (string, document.Offset) {
	before, after, _ := strings.Cut(text, "‸")
	return before + after, document.Offset(len(before))
}

// A desk is a document at which somebody works, with outcomes that watch.
type desk struct {
	t      *testing.T
	o      outcomes
	doc    *document.Document
	cursor document.Offset
	now    time.Time
	said   []string
	told   []trail.Suggestion // what was decided
	names  int
}

const deskURI = uri.URI("file:///a.go")

func newDesk(t *testing.T, drawn string) *desk {
	text, cursor := at(drawn)
	d := &desk{t: t, doc: document.New(string(deskURI), "go", 1, text), cursor: cursor, now: time.Unix(1e9, 0)}
	d.o.report = func(f completion.Feedback) {
		s := string(f.Kind)
		switch f.Kind {
		case completion.FeedbackKept:
			s += fmt.Sprintf("(%v %.0f%%)", f.After, 100*f.Share)
		case completion.FeedbackShown, completion.FeedbackRejected, completion.FeedbackTypedThrough:
		default:
			s += fmt.Sprintf("(%d)", f.Characters)
		}
		d.said = append(d.said, s)
	}
	d.o.decided = func(s trail.Suggestion) { d.told = append(d.told, s) }
	d.o.open(deskURI, d.doc, d.now)
	return d
}

// edit makes one edit, and puts the cursor behind it.
func (d *desk) edit(c document.Change) {
	d.t.Helper()
	next, err := d.doc.Apply(d.doc.Version()+1, c)
	if err != nil {
		d.t.Fatal(err)
	}
	d.o.edited(deskURI, d.doc, c, next, d.now)
	d.doc, d.cursor = next, c.From+document.Offset(len(c.Text))
}

// answer is what a request at the cursor is answered with; same keeps the names
// of before.
func (d *desk) answer(same bool, texts ...string) {
	d.t.Helper()
	if !same {
		d.names++
	}
	var all []completion.Candidate
	for i, text := range texts {
		to := d.cursor
		if head, n, ok := strings.Cut(text, "⇥"); ok { // it replaces n bytes after the cursor
			k, err := strconv.Atoi(n)
			if err != nil {
				d.t.Fatal(err)
			}
			text, to = head, to+document.Offset(k)
		}
		all = append(all, completion.Candidate{ID: fmt.Sprintf("%d.%d", d.names, i), Text: text, From: d.cursor, To: to})
	}
	if !d.o.answered(deskURI, d.doc, d.cursor, all, completion.Feedback{Language: "go"}, d.now) {
		d.t.Fatal("the answer is stale")
	}
}

// do is one step, such as "insert f(1)":
//
//	offer TEXT|TEXT   the cursor's place is answered with candidates; TEXT⇥1 replaces a byte after it
//	again TEXT|TEXT   the same suggestion, as far as it is left
//	nothing           it is answered with none
//	type TEXT         key by key
//	insert TEXT       as one edit
//	replace TEXT      ‹drawn› in place of what is drawn: replace ab‹old›c→new
//	whole TEXT        the whole document is sent anew, with the cursor ‸
//	delete N          N bytes before the cursor
//	go TEXT           the cursor goes where it is drawn
//	wait DURATION
//	accept N          the client reports that candidate of the newest offer
//	accept N.N        or of the offer of that number
//	close             the document closes.
func (d *desk) do(step string) {
	d.t.Helper()
	verb, arg, _ := strings.Cut(step, " ")
	switch verb {
	case "offer", "again":
		d.answer(verb == "again", strings.Split(arg, "|")...)
	case "nothing":
		d.answer(true)
	case "type":
		for _, r := range arg {
			d.edit(document.Change{From: d.cursor, To: d.cursor, Text: string(r)})
		}
	case "insert":
		d.edit(document.Change{From: d.cursor, To: d.cursor, Text: arg})
	case "replace":
		drawn, text, _ := strings.Cut(arg, "→")
		head, rest, _ := strings.Cut(drawn, "‹")
		old, tail, _ := strings.Cut(rest, "›")
		if d.doc.Text() != head+old+tail {
			d.t.Fatalf("the text is %q, not %q", d.doc.Text(), head+old+tail)
		}
		d.edit(document.Change{From: document.Offset(len(head)), To: document.Offset(len(head + old)), Text: text})
	case "whole":
		text, cursor := at(arg)
		d.edit(document.Change{To: d.doc.Len(), Text: text})
		d.cursor = cursor
	case "delete":
		n, err := strconv.Atoi(arg)
		if err != nil {
			d.t.Fatal(err)
		}
		d.edit(document.Change{From: d.cursor - document.Offset(n), To: d.cursor})
	case "go":
		text, cursor := at(arg)
		if text != d.doc.Text() {
			d.t.Fatalf("the text is %q, not %q", d.doc.Text(), text)
		}
		d.cursor = cursor
	case "wait":
		w, err := time.ParseDuration(arg)
		if err != nil {
			d.t.Fatal(err)
		}
		for end := d.now.Add(w); ; { // as the server's timer does
			due, ok := d.o.next()
			if !ok || due.After(end) {
				d.now = end
				return
			}
			d.now = due
			d.o.lookAll(due)
		}
	case "accept":
		if !strings.Contains(arg, ".") {
			arg = fmt.Sprintf("%d.%s", d.names, arg)
		}
		d.o.accepted(arg, d.now)
	case "close":
		d.o.close(deskURI, d.now)
	default:
		d.t.Fatalf("what is %q?", step)
	}
}

func TestOutcomes(t *testing.T) {
	for _, tt := range []struct {
		name, doc string
		steps     []string
		want      string
	}{
		// Accepted.
		{"the whole of it at once", "x := ‸", []string{"offer f(1)", "insert f(1)"}, "shown accepted(4)"},
		{"several lines", "‸", []string{"offer a()\nb()\n", "insert a()\nb()\n"}, "shown accepted(8)"},
		{"typed a little, then taken", "‸", []string{"offer return nil", "type re", "insert turn nil"}, "shown accepted(8)"},
		{"a menu replaces the typed word", "ret‸", []string{"offer urn a + b", "replace ‹ret›→return a + b"}, "shown accepted(9)"},
		{"text after the cursor replaced too", "f(‸)", []string{"offer 1, 2)⇥1", "replace f(‹)›→1, 2)"}, "shown accepted(4)"},
		{"the same, sent as the least edit", "f(‸)", []string{"offer 1, 2)⇥1", "insert 1, 2"}, "shown accepted(4)"},
		{"wide characters", "s := \"é😀‸", []string{"offer 日本\"", "insert 日本\""}, "shown accepted(3)"},
		{"with the whole document", "f {\n‸\n}\n", []string{"offer }\n}", "whole f {\n}\n}‸\n}\n"}, "shown accepted(3)"},
		{"one of several", "‸", []string{"offer one()|two()|three()", "wait 5s", "insert two()", "type ;", "offer x", "close"}, "shown accepted(5)"},
		{"more to choose from are one suggestion", "‸", []string{"offer one()", "wait 1s", "offer two()|three()", "wait 1s", "insert three()", "close"}, "shown accepted(7)"},
		{"an import comes with it", "import a\n\n‸\n", []string{"offer b.F()", "replace import a‹›\n\n\n→\nimport b", "go import a\nimport b\n\n‸\n", "insert b.F()"}, "shown accepted(5)"},
		{"a line above it, from its start", "\nx‸", []string{"offer yz", "replace ‹›\nx→// a\n", "go // a\n\nx‸", "insert yz"}, "shown accepted(2)"},
		{"a line below it", "x‸\ny", []string{"offer zz", "replace x\n‹y›→w", "go x‸\nw", "insert zz"}, "shown accepted(2)"},

		// By the client's own report.
		{"the report follows the edit", "‸", []string{"offer abc", "insert abc", "accept 0", "close"}, "shown accepted(3)"},
		{"the report comes first", "‸", []string{"offer abc", "accept 0", "insert abc", "wait 30s", "close"}, "shown accepted(3) kept(30s 100%)"},
		{"of an edit that we do not know it by", "‸", []string{"offer abc(1)", "insert abc( 1 )", "accept 0", "wait 30s", "close"}, "shown accepted(8) kept(30s 100%)"},
		{"of one character, which might have been typed", "f(a‸", []string{"offer )", "insert )", "accept 0", "close"}, "shown accepted(1)"},
		{"of one that was left before", "‸", []string{"offer abc", "type x", "offer yz", "accept 1.0", "close"}, "shown accepted(3)"},
		{"twice", "‸", []string{"offer abc", "type x", "offer yz", "accept 1.0", "accept 1.0", "close"}, "shown accepted(3)"},
		{"of what was never offered", "‸", []string{"offer abc", "accept 9.9", "close"}, ""},

		// Partly.
		{"words of it", "‸", []string{"offer return nil, err", "insert return nil", "type x", "offer y", "close"}, "shown accepted_words(10)"},
		{"words, one after the other", "‸", []string{"offer one two three", "insert one ", "insert two ", "close"}, "shown accepted_words(8)"},
		{"words, then the rest", "‸", []string{"offer return nil, err", "insert return nil", "insert , err", "close"}, "shown accepted(15)"},
		{"words, typing, then the rest", "‸", []string{"offer return nil, err", "insert return nil", "type , ", "insert err", "close"}, "shown accepted(13)"},
		{"lines", "‸", []string{"offer a(b)\nc(d)\ne", "insert a(b)\n", "insert c(d)", "close"}, "shown accepted_lines(9)"},
		{"lines of CRLF", "‸", []string{"offer a(b)\r\nc(d)", "insert a(b)", "close"}, "shown accepted_lines(4)"},
		{"the last word of a line is a word", "‸", []string{"offer go on\nthen", "insert go ", "insert on", "close"}, "shown accepted_words(5)"},
		{"words, with the whole document", "a\n‸\nb", []string{"offer return nil, err", "whole a\nreturn nil‸\nb", "close"}, "shown accepted_words(10)"},
		{"a part, taken back", "‸", []string{"offer return nil, err", "insert return nil", "delete 10", "offer x", "close"}, "shown rejected"},

		// Typed.
		{"one typed character never counts", "f(a‸", []string{"offer )", "type )", "close"}, ""},
		{"all of it by hand", "‸", []string{"offer ok()", "wait 1s", "type ok()", "close"}, "shown typed_through"},
		{"by hand, quicker than anyone reads", "‸", []string{"offer ok()", "type ok()", "close"}, ""},
		{"with a bracket that the editor closes", "f‸", []string{"offer ()", "wait 1s", "insert ()", "close"}, "shown typed_through"},
		{"with a bracket closed too early", "f‸", []string{"offer (a, b)", "wait 1s", "insert ()", "go f(‸)", "again a, b)⇥1", "insert a, b", "close"}, "shown accepted(4)"},
		{"by hand, shown again on the way", "‸", []string{"offer return", "wait 400ms", "type ret", "again urn", "wait 400ms", "type urn", "offer x", "close"}, "shown typed_through"},
		{"a line break and its indentation", "{‸", []string{"offer \n\ta\n}", "wait 1s", "insert \n\t", "type a", "insert \n}", "close"}, "shown typed_through"},
		{"with the whole document", "f(a‸\n", []string{"offer )", "wait 1s", "whole f(a)‸\n", "close"}, "shown typed_through"},
		{"one of two, and the other goes on", "‸", []string{"offer ab|abc", "wait 1s", "type ab", "type c", "close"}, "shown typed_through"},

		// Rejected.
		{"something else", "‸", []string{"offer return nil", "wait 1s", "type p", "offer anic()", "close"}, "shown rejected"},
		{"something else, before it could be read", "‸", []string{"offer return nil", "wait 749ms", "type p", "wait 1s", "offer anic()", "close"}, ""},
		{"something else after a little of it", "‸", []string{"offer return nil", "type r", "wait 1s", "type x", "nothing", "close"}, "shown rejected"},
		{"a slip that was taken back", "‸", []string{"offer return nil", "wait 1s", "type x", "delete 1", "again return nil", "insert return nil", "close"}, "shown accepted(10)"},
		{"something else, and no answer comes", "‸", []string{"offer return nil", "wait 1s", "type x", "wait 5s"}, "shown rejected"},
		{"a slip that was taken back late", "‸", []string{"offer abc", "wait 1s", "type x", "wait 6s", "delete 1", "again abc", "insert abc", "close"}, "shown rejected shown accepted(3)"},
		{"deleted", "ab‸", []string{"offer cd", "wait 1s", "delete 2", "nothing", "close"}, "shown rejected"},
		{"moved away", "a‸\nb", []string{"offer cd", "wait 1s", "go a\nb‸", "offer ef", "insert ef"}, "shown rejected shown accepted(2)"},
		{"moved away, where there is nothing", "a‸\nb", []string{"offer cd", "wait 1s", "go a\nb‸", "nothing", "close"}, "shown rejected"},
		{"typed somewhere else", "a‸\nb", []string{"offer cd", "wait 1s", "go a\nb‸", "type cd", "nothing"}, "shown rejected"},
		{"closed", "‸", []string{"offer cd", "wait 1s", "close"}, "shown rejected"},
		{"something else, with the whole document", "a\n‸\nb", []string{"offer return nil", "wait 1s", "whole a\nreturn nil‸\nc", "close"}, "shown rejected"},

		// Neither.
		{"taken away by the server", "‸", []string{"offer cd", "wait 1s", "nothing", "type x", "offer yz", "close"}, "shown"},
		{"taken away, and back", "‸", []string{"offer cd", "wait 1s", "nothing", "nothing", "again cd", "insert cd", "close"}, "shown accepted(2)"},

		// Undone, kept and changed.
		{"undone", "‸", []string{"offer f(1)", "insert f(1)", "wait 9s", "delete 4", "wait 1h", "close"}, "shown accepted(4) undone(4)"},
		{"undone with what was typed after it", "‸", []string{"offer f(1)", "insert f(1)", "type ;", "wait 9s", "delete 5", "close"}, "shown accepted(4) undone(4)"},
		{"words undone when all was over", "‸", []string{"offer a b c", "insert a b", "type x", "offer y", "delete 4", "wait 30s", "close"}, "shown accepted_words(3) kept(30s 0%)"},
		{"thrown out later", "‸", []string{"offer f(1)", "insert f(1)", "wait 11s", "delete 4", "wait 1h", "close"}, "shown accepted(4) kept(30s 0%) kept(2m0s 0%) kept(10m0s 0%)"},
		{"kept", "‸", []string{"offer f(1)", "insert f(1)", "type \ng()", "wait 1h", "close"}, "shown accepted(4) kept(30s 100%) kept(2m0s 100%) kept(10m0s 100%)"},
		{"changed between two marks", "‸", []string{"offer abcd", "insert abcd", "wait 1m", "delete 3", "wait 1h"}, "shown accepted(4) kept(30s 100%) kept(2m0s 25%) kept(10m0s 25%)"},
		{"closed between two marks", "‸", []string{"offer abcd", "insert abcd", "wait 1m", "close", "wait 1h"}, "shown accepted(4) kept(30s 100%)"},
		{"words kept", "‸", []string{"offer return nil, err", "insert return nil", "type x", "wait 30s", "close"}, "shown accepted_words(10) kept(30s 100%)"},
		{"typed between accepted words", "‸", []string{"offer return nil, err", "insert return nil", "type , ", "insert err", "delete 5", "wait 30s"}, "shown accepted(13) kept(30s 75%)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(t, tt.doc)
			for _, step := range tt.steps {
				d.do(step)
			}
			if s := strings.Join(d.said, " "); s != tt.want {
				t.Errorf("said %q, want %q", s, tt.want)
			}
		})
	}
}

func TestJustAccepted(t *testing.T) {
	d := newDesk(t, "‸")
	d.do("offer abc")
	d.do("insert abc")
	if !d.o.justAccepted(deskURI, 2) || d.o.justAccepted(deskURI, 3) {
		t.Error("only the version that the acceptance made is the one after it")
	}
	d.do("nothing")
	d.edit(document.Change{}) // only the version moves
	if !d.o.justAccepted(deskURI, 3) {
		t.Error("nothing was typed since")
	}
	d.do("type x")
	if d.o.justAccepted(deskURI, 4) {
		t.Error("something was typed since")
	}
}

func TestStaleAnswersAreNoOffers(t *testing.T) {
	d := newDesk(t, "‸")
	old := d.doc
	d.do("type x")
	offer := []completion.Candidate{{ID: "1", Text: "yz"}}
	if d.o.answered(deskURI, old, 0, offer, completion.Feedback{}, d.now) {
		t.Error("an answer to an older text is taken for a good one")
	}
	if d.o.answered("file:///b.go", old, 0, offer, completion.Feedback{}, d.now) {
		t.Error("an answer to a closed document is taken for a good one")
	}
	d.do("wait 1s")
	d.do("close")
	if len(d.said) > 0 || len(d.o.docs) > 0 {
		t.Errorf("said %v, %d documents are watched", d.said, len(d.o.docs))
	}
}

// Nothing grows with a session's length.
func TestOutcomesAreBounded(t *testing.T) {
	d := newDesk(t, "‸")
	for range 3 * maxFollowed {
		d.do("offer abc(1)")
		d.do("insert abc(1)")
		d.do("type \nx")
		d.do("offer left")
		d.do("wait 1s")
		d.do("type y")
		for range 2 * maxNames {
			d.do("offer one|two|three")
		}
		d.do("type \n")
	}
	w := d.o.docs[deskURI]
	if len(w.follows) > maxFollowed || len(d.o.past) > maxPast || len(w.offer.names) > maxNames {
		t.Errorf("%d followed, %d past offers, %d names", len(w.follows), len(d.o.past), len(w.offer.names))
	}
	if d.do("close"); len(d.o.docs) > 0 {
		t.Errorf("%d documents are watched after the last was closed", len(d.o.docs))
	}
}
