package main

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// madeSession is the made session, with answers of so many lines.
func madeSession(t *testing.T, lines int) *plan {
	t.Helper()
	sessions, err := readLines[session]("testdata/replay.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	p, err := prepare(sessions[0], lines)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPrepare(t *testing.T) {
	p := madeSession(t, 1)
	if p.lang != "go" || p.uri != "file:///made/add.go" {
		t.Errorf("%s in %s", p.lang, p.uri)
	}
	const row = "\t/* é😀 */ return a + b"
	wrong := 0
	for i, k := range p.keys {
		if k.n != i || k.in != len(k.line) {
			t.Fatalf("key %d: %+v", i, k)
		}
		if k.truth < 0 {
			if wrong++; k.rest != "" {
				t.Errorf("key %d is wrong and would be answered with %q", i, k.rest)
			}
			continue
		}
		// What is typed is the beginning of the row, so the two sides make it up.
		if k.line+k.rest != row || !strings.HasPrefix(p.new[k.truth:], k.rest) {
			t.Errorf("key %d: %q, then %q", i, k.line, k.rest)
		}
	}
	if wrong != 1 || len(p.keys) != 24 {
		t.Errorf("%d keys, %d of them wrong", len(p.keys), wrong)
	}
	last := p.keys[len(p.keys)-1]
	if last.rest != "" || madeSession(t, 2).keys[0].rest != p.keys[0].rest { // the row behind it stands there already
		t.Errorf("at the end of the row: %q; in two lines: %q", last.rest, madeSession(t, 2).keys[0].rest)
	}
}

func TestPrepareRefusesWhatDoesNotFit(t *testing.T) {
	open := event{Kind: "open", URI: "file:///made/a.go", Text: "a\n"}
	ask := event{Kind: "req", Truth: &[2]int{0, 0}}
	for name, s := range map[string]session{
		"an edit outside the text":  {New: "a\n", Events: []event{open, {Kind: "change", Range: [4]int{7, 0, 7, 0}}, ask}},
		"a cursor outside the text": {New: "a\n", Events: []event{open, {Kind: "req", Place: [2]int{0, 5}}}},
		"a truth outside the text":  {New: "a\n", Events: []event{open, {Kind: "req", Truth: &[2]int{0, 9}}}},
		"another final text":        {New: "b\n", Whole: true, Events: []event{open, ask}},
		"an unknown event":          {New: "a\n", Events: []event{open, {Kind: "dance"}, ask}},
		"no key":                    {New: "a\n", Events: []event{open}},
	} {
		if _, err := prepare(s, 1); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestLinesOfAnAnswerEndWhereOldTextBegins(t *testing.T) {
	s := session{New: "old\none\ntwo\nthree\nold\n", Spans: [][2]int{{1, 4}}, Events: []event{
		{Kind: "open", URI: "file:///made/a.go", Text: "old\no\nold\n"},
		{Kind: "req", Place: [2]int{1, 1}, Truth: &[2]int{1, 1}},
	}}
	for lines, want := range map[int]string{1: "ne", 2: "ne\ntwo", 9: "ne\ntwo\nthree"} {
		p, err := prepare(s, lines)
		if err != nil || p.keys[0].rest != want {
			t.Errorf("%d lines: %q (%v), want %q", lines, p.keys[0].rest, err, want)
		}
	}
}

func TestRight(t *testing.T) {
	p := madeSession(t, 1)
	const typed = 12 // "\t/* é😀 */ r", and the cursor behind it
	k := p.keys[typed+1]
	for k.line != "\t/* é😀 */ r" {
		k = p.keys[k.n-1]
	}
	at := func(from, to int) *span { return &span{position{4, from}, position{4, to}} }
	end := k.at.Character
	for _, c := range []struct {
		name        string
		item        item
		right, fits bool
	}{
		{"the rest", item{Text: "eturn a + b"}, true, true},
		{"a part of it, with a range", item{"eturn", at(end, end)}, true, true},
		{"the whole line", item{"\t/* é😀 */ return", at(0, end)}, true, true},
		{"from the middle", item{" return", at(end-2, end)}, true, true},
		{"more than is true", item{Text: "eturn a - b"}, false, true},
		{"nothing", item{Text: ""}, false, true},
		{"another beginning", item{"x return", at(end-2, end)}, false, true},
		{"a range behind the cursor", item{"x", at(end+1, end+1)}, false, false},
		{"a range before the cursor", item{"x", at(0, 1)}, false, false},
		{"a range inside a character", item{"x", at(6, end)}, false, false},
		{"a range on another line", item{"x", &span{position{3, 0}, position{4, end}}}, false, false},
	} {
		if right, fits := p.right(k, c.item); right != c.right || fits != c.fits {
			t.Errorf("%s: right %v, fits %v", c.name, right, fits)
		}
	}
}

func TestPromptsAreFoundInTheirDocument(t *testing.T) {
	p := madeSession(t, 1)
	u := &truthUpstream{plan: p, recent: p.keys}
	for _, k := range p.keys {
		prompt := "rules\n\n" + k.before + "<HERE/>" + k.after + "\n\nthe task"
		// After a mistake was taken back the document is the one from before.
		if got, ok := u.place(prompt); !ok || got.key.before != k.before || got.ahead {
			t.Errorf("the prompt of key %d is taken for %+v", k.n, got)
		}
	}
	if got, ok := u.place("rules alone"); ok {
		t.Errorf("a prompt without the document is taken for key %d", got.n)
	}

	end := &key{before: "some text\n"} // nothing behind the cursor
	u = &truthUpstream{plan: p, recent: []*key{{before: "some text"}, end, {before: "some tex"}}}
	if got, _ := u.place("rules some text\n<HERE/> task"); got.key != end {
		t.Errorf("at the document's end: %v", got)
	}

	// The cursor has typed "one" and gone to another line.
	there := &key{before: "func b\n", after: "end\n"}
	u = &truthUpstream{plan: &plan{new: "func a\none\nfunc b\ntwo\nend\n"}, recent: []*key{
		{before: "func a\no", after: "\nfunc b"}, {before: "func a\none", after: "\nfunc b"}, there,
	}}
	if got, _ := u.place("func a\none\nfunc b\n<HERE/>end\n"); got.key != there {
		t.Errorf("after the cursor has moved: %v", got)
	}
}

func TestChance(t *testing.T) {
	u := &truthUpstream{plan: &plan{name: "made"}, o: replayOptions{seed: 1}}
	const all = 5000
	below := 0
	for n := range all {
		c := u.chance(n)
		if c < 0 || c > 1 || c != u.chance(n) {
			t.Fatalf("%d: %v", n, c)
		}
		if c < 0.3 {
			below++
		}
	}
	if math.Abs(float64(below)/all-0.3) > 0.03 {
		t.Errorf("%d of %d are below 0.3", below, all)
	}
}

func TestMistakesAreMistakes(t *testing.T) {
	p := madeSession(t, 1)
	for _, k := range p.keys {
		if m := p.mistake(k.n, k.rest); m == "" || k.rest != "" && m[0] == strings.TrimSpace(k.rest)[0] {
			t.Errorf("key %d: %q instead of %q", k.n, m, k.rest)
		}
	}
}

func TestAnswersOfTheUpstream(t *testing.T) {
	p := madeSession(t, 1)
	u := &truthUpstream{o: replayOptions{speed: 4, firstByte: 400 * time.Millisecond, tps: 60, right: 1}}
	u.play(p)
	k := p.keys[3]
	u.press(p.keys[2])
	u.press(k)
	q := messages.Request{ID: "one"}
	q.Body.MaxTokens = 100
	q.Body.Messages = []messages.Message{{Content: []messages.Block{{Type: "text", Text: k.before + "<HERE/>" + k.after}}}}
	a := u.answer(q)
	if want := "```go\n" + k.rest + "\n```"; a.Text != want || a.Delay != 100*time.Millisecond || a.TokensPerSecond != 240 || k.asked != 1 {
		t.Errorf("%+v, asked %d times; want %q", a, k.asked, want)
	}
	u.o.right = 0
	q.ID = "two"
	if a := u.answer(q); strings.Contains(a.Text, k.rest) || k.asked != 2 || u.asked != 2 {
		t.Errorf("a wrong answer: %+v", a)
	}
	q.Body.MaxTokens = 0
	if a := u.answer(q); a.Text != "" || u.asked != 2 {
		t.Errorf("a request that fills the cache: %+v", a)
	}

	soon := time.Now().Add(time.Second)
	if !u.carries(k, soon) || !u.carries(p.keys[4], soon) || u.carries(p.keys[2], soon) || u.carries(p.keys[len(p.keys)-1], soon) {
		t.Error("the right stream carries what lies within its text, and nothing else")
	}
	u.streams["one"].ended, u.streams["one"].idle = soon.Add(time.Millisecond), true
	if u.carries(k, soon) {
		t.Error("a stream that the server has left carries nothing")
	}
}

func TestKeysAreCounted(t *testing.T) {
	now := time.Now()
	const (
		right = `{"items":[{"insertText":"turn"}]}`
		wrong = `{"items":[{"insertText":"tern"}]}`
		none  = `{"items":[]}`
		stale = `{"code":-32801}`
	)
	p := &plan{new: "return\n"}
	here := key{line: "re", in: 2, at: position{0, 2}, truth: 2, rest: "turn"}
	end := key{line: "return", in: 6, at: position{0, 6}, truth: 6}
	typo := key{line: "rex", in: 3, at: position{0, 3}, truth: -1}
	for _, c := range []struct {
		name        string
		key         key
		asked       int
		result, err string
		after       time.Duration // the response, behind the next edit
		carried     bool
		want        counts
	}{
		{"a right answer in time", here, 1, right, "", -1, false, counts{right: 1}},
		{"from memory", here, 0, right, "", -1, false, counts{right: 1, local: 1}},
		{"a wrong answer", here, 1, wrong, "", -1, false, counts{wrong: 1}},
		{"anything behind a typo", typo, 1, right, "", -1, false, counts{wrong: 1}},
		{"an item that meets the edit", here, 1, right, "", crossing, false, counts{crossed: 1}},
		{"an item for a text that is gone", here, 1, right, "", crossing + 1, false, counts{stale: 1}},
		{"an item that fits nowhere", here, 1, `{"items":[{"insertText":"x","range":{"start":{"line":1,"character":0},"end":{"line":1,"character":0}}}]}`, "", -1, false, counts{stale: 1}},
		{"nothing, and nothing was due", end, 1, none, "", -1, false, counts{none: 1}},
		{"the same without a request", end, 0, none, "", -1, false, counts{none: 1, local: 1}},
		{"nothing, but too late", end, 1, none, "", 1, false, counts{}},
		{"nothing although something was due", here, 1, none, "", -1, false, counts{}},
		{"the same without a request", here, 0, none, "", -1, false, counts{declined: 1}},
		{"overtaken before it was asked", here, 0, "", stale, 1, false, counts{overtaken: 1}},
		{"overtaken while a stream brings it", here, 0, "", stale, 1, true, counts{local: 1}},
		{"overtaken after it was asked", here, 1, "", stale, 1, false, counts{}},
		{"another error", here, 1, "", `{"code":-32603}`, -1, false, counts{failed: 1}},
		{"no list", here, 1, `"x"`, "", -1, false, counts{failed: 1}},
		{"no response", here, 1, "", "", 0, false, counts{lost: 1}},
	} {
		k := c.key
		k.asked = c.asked
		k.played.over = now
		k.played.got = c.result != "" || c.err != ""
		k.played.reply = reply{at: now.Add(c.after), result: json.RawMessage(c.result)}
		if c.err != "" {
			k.played.reply.err = json.RawMessage(c.err)
		}
		u := &truthUpstream{}
		if c.carried {
			u.streams = map[string]*stream{"one": {right: true, from: 0, to: 6, began: now.Add(-1)}}
		}
		var got counts
		if _ = u.judge(&got, p, &k); got != c.want {
			t.Errorf("%s:\ngot  %+v\nwant %+v", c.name, got, c.want)
		}
	}
}

func TestReplayOfTheBuiltServer(t *testing.T) {
	binary := built(t)
	var b strings.Builder
	err := replay(t.Context(), &b, []string{"-binary", binary, "-speed", "2", "-first-byte", "20ms", "-tps", "5000", "testdata/replay.jsonl"})
	if err != nil && !strings.HasPrefix(err.Error(), "VOID") { // the machine may be busy, which is no fault here
		t.Fatal(err)
	}
	var row []string
	for line := range strings.Lines(b.String()) {
		if strings.Contains(line, "ALL") {
			row = strings.Fields(line)
		}
	}
	if len(row) < 14 || row[0] != "24" || row[1] == "0.000" || row[6] == "0.0" {
		t.Fatalf("nothing was shown:\n%s", b.String())
	}
	zeros := []int{11, 12, 13} // lost, double, failed
	if err == nil {
		zeros = append(zeros, 9) // stale; a player that is late takes what is in time for it
	}
	for _, zero := range zeros {
		if row[zero] != "0" {
			t.Errorf("column %d is %s in\n%s", zero, row[zero], b.String())
		}
	}
}
