package doccontext

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

// edit puts text in the place of n bytes before the cursor.
func edit(t testing.TB, r Request, n int, text string) Request {
	t.Helper()
	from := r.Doc.RuneStart(max(r.At-document.Offset(n), 0))
	doc, err := r.Doc.Apply(r.Doc.Version()+1, document.Change{From: from, To: r.At, Text: text})
	if err != nil {
		t.Fatal(err)
	}
	r.Doc, r.At = doc, from+document.Offset(len(text))
	return r
}

// goLines is Go source of n lines or a few more, each paragraph unlike the
// others.
func goLines(n int) string {
	var b strings.Builder
	for i := 0; i < n; i += 9 {
		fmt.Fprintf(&b, "// part%d does what its name says, and part%d more of it.\nfunc part%d(in []int) (out int) {\n\tfor _, v := range in {\n\t\tif v > %d {\n\t\t\tout += v * %d\n\t\t}\n\t}\n\treturn out\n}\n", i, i*7, i, i%13, i%5)
		b.WriteString("\n")
	}
	return b.String()
}

func sides(w Window) (blocks []Block) {
	for _, b := range w.Blocks {
		if b.Side != "" {
			blocks = append(blocks, b)
		}
	}
	return blocks
}

// Whatever is done to a document, and wherever the cursor is, the parts of a
// window join to its text: all of it where the budget reaches so far.
func TestWindowJoinsToTheText(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	texts := []string{goLines(300), goLines(2000), strings.Repeat("key: value # no blank line in it\n", 3000), strings.Repeat("äöü 這 \r\n\r\n", 2000), strings.Repeat("x", 9000) + "\n" + goLines(200)}
	for round, text := range texts {
		c := New(Options{Redact: clean})
		doc := document.New("file:///w/a.go", "go", 1, text)
		r := Request{Doc: doc, At: doc.RuneStart(doc.Len() / 2), Path: "a.go", Budget: 90_000}
		var undo []*document.Document
		for step := range 400 {
			switch random.IntN(12) {
			case 0: // a far edit
				at := r.Doc.RuneStart(document.Offset(random.IntN(int(r.Doc.Len()) + 1)))
				next, err := r.Doc.Apply(r.Doc.Version()+1, document.Change{From: at, To: at, Text: "far\n\n"})
				if err != nil {
					t.Fatal(err)
				}
				if r.Doc = next; at <= r.At {
					r.At += 5
				}
			case 1: // another place
				r.At = r.Doc.RuneStart(document.Offset(random.IntN(int(r.Doc.Len()) + 1)))
			case 2: // pasted
				r = edit(t, r, 0, goLines(random.IntN(60)))
			case 3: // taken back
				if len(undo) > 0 {
					r.Doc = undo[random.IntN(len(undo))]
					r.At = r.Doc.RuneStart(min(r.At, r.Doc.Len()))
				}
			case 4:
				r = edit(t, r, random.IntN(3000), "")
			default:
				r = edit(t, r, 0, []string{"a", "b ", "\n", "\n\n", "}"}[random.IntN(5)])
			}
			undo = append(undo, r.Doc)
			if random.IntN(20) == 0 {
				r.Budget = []tokens.Count{90_000, 30_000, 8_000, 2_000}[random.IntN(4)]
			}
			w := c.Window(r)
			before, after := around(w)
			whole := r.Doc.Text()
			if !strings.HasSuffix(whole[:r.At], before) || !strings.HasPrefix(whole[r.At:], after) {
				t.Fatalf("text %d, step %d: the window is not the text round %d of %d", round, step, r.At, r.Doc.Len())
			}
			if w.Tokens > r.Budget {
				t.Fatalf("text %d, step %d: %d tokens of %d", round, step, w.Tokens, r.Budget)
			}
			if n := len(sides(w)); n > maxSlabs {
				t.Fatalf("text %d, step %d: %d blocks", round, step, n)
			}
			if r.Budget == 90_000 && tokens.Count(len(whole)) < 60_000 && before+after != whole {
				t.Fatalf("text %d, step %d: %d of %d bytes", round, step, len(before+after), len(whole))
			}
		}
	}
}

// Three hundred keys in the middle of a file of 2,000 lines change no block but
// by adding to them, and the text that they change is small.
func TestTypingFreezesTheRest(t *testing.T) {
	text := goLines(2000)
	half := strings.Index(text[len(text)/2:], "\n\n") + len(text)/2 + 1
	for _, keys := range []string{"value := compute(first, second)\n\t", "\n\n// more\n"} {
		r := at(t, text[:half]+"func here() {\n\t‸\n}\n"+text[half:])
		c := New(Options{Redact: clean})
		first := sides(c.Window(r))
		if len(first) < 4 || !first[len(first)-1].Breakpoint {
			t.Fatalf("%d blocks", len(first))
		}
		changes, last := 0, first
		for i := range 300 {
			r = edit(t, r, 0, keys[i%len(keys):i%len(keys)+1])
			w := c.Window(r)
			if n := len(w.Before) + len(w.After); n > 8_000 {
				t.Fatalf("key %d: the tail has %d bytes", i, n)
			}
			blocks := sides(w)
			same := 0
			for same < min(len(blocks), len(last)) && blocks[same].ID == last[same].ID {
				same++
			}
			if same < len(last)-1 || len(blocks) > len(last) && same < len(last) {
				t.Fatalf("key %d: %d of %d blocks stayed", i, same, len(last))
			}
			if same < len(blocks) || len(blocks) != len(last) {
				changes++
			}
			last = blocks
		}
		if changes > 1 {
			t.Errorf("the blocks changed %d times in 300 keys", changes)
		}
	}
}

// Going down through a file makes few blocks anew.
func TestMovingDownMakesFewBlocksAnew(t *testing.T) {
	r := at(t, "‸"+goLines(2000))
	c := New(Options{Redact: clean})
	known, fresh, moves := map[string]bool{}, 0, 0
	for r.At < r.Doc.Len() {
		changed := false
		for _, b := range sides(c.Window(r)) {
			if !known[b.ID] {
				known[b.ID], changed = true, true
				fresh++
			}
		}
		if changed {
			moves++
		}
		r.At = r.Doc.LineStart(r.Doc.LineAt(r.At) + 3)
	}
	if fresh > 5*moves {
		t.Errorf("%d blocks were made in %d moves", fresh, moves)
	}
	if moves > int(r.Doc.Len()/1_000) {
		t.Errorf("%d moves in %d bytes", moves, r.Doc.Len())
	}
}

// An edit far from the cursor is seen, and the blocks that it does not touch
// stay.
func TestFarEditIsSeen(t *testing.T) {
	r := at(t, goLines(1000)+"x‸\n"+goLines(1000))
	c := New(Options{Redact: clean})
	first := sides(c.Window(r))
	doc, err := r.Doc.Apply(2, document.Change{From: 200, To: 203, Text: "renamed"})
	if err != nil {
		t.Fatal(err)
	}
	r.Doc, r.At = doc, r.At+4
	w := c.Window(r)
	if before, _ := around(w); before != doc.Slice(0, r.At) {
		t.Error("the edit is not in the window")
	}
	again, same := sides(w), 0
	for _, b := range again {
		for _, old := range first {
			if old.ID == b.ID {
				same++
			}
		}
	}
	if same < len(first)-1 {
		t.Errorf("%d of %d blocks stayed", same, len(first))
	}
}

func TestSmallDocumentHasNoBlocks(t *testing.T) {
	if b := sides(New(Options{}).Window(at(t, goLines(140)+"‸"))); len(b) > 0 {
		t.Errorf("%d blocks", len(b))
	}
}

// No byte of a key gets out of a document in blocks, wherever the cursor goes
// and the borders are; with blank lines to cut at and without.
func TestBlocksHideSecrets(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	line := func() string { return strings.Repeat("UExBTlRFRC", 6) + fmt.Sprintf("%04d", random.IntN(10000)) }
	for round := range 60 {
		filler := func(n int) string {
			var b strings.Builder
			for b.Len() < n {
				b.WriteString([]string{"\n", "func f() {\n", "\tx := 1\n", "}\n\n", "key: value\n"}[random.IntN(5)])
			}
			if round%2 == 0 {
				return strings.ReplaceAll(b.String(), "\n\n", "\n")
			}
			return b.String()
		}
		var key strings.Builder
		key.WriteString("-----BEGIN RSA PRIV" + "ATE KEY-----\n")
		for range 2 + random.IntN(48) {
			key.WriteString(line() + "\n")
		}
		key.WriteString("-----END RSA PRIV" + "ATE KEY-----\n")
		doc := document.New("file:///w/a.go", "go", 1, filler(random.IntN(30_000))+key.String()+filler(random.IntN(30_000)))
		c := New(Options{Redact: clean})
		r := Request{Doc: doc, At: doc.Len() / 2, Path: "a.go", Budget: tokens.Count(6_000 + random.IntN(60_000))}
		for range 60 {
			if random.IntN(2) == 0 {
				r.At = document.Offset(random.IntN(int(r.Doc.Len()) + 1))
			}
			if !strings.Contains(r.Doc.Slice(r.At-40, r.At+40), "UEx") { // a key that is edited is none any more
				r = edit(t, r, 0, []string{"a", "\n", "b\n\n"}[random.IntN(3)])
			}
			if w := c.Window(r); strings.Contains(show(w), "UExBTlRFRC") {
				t.Fatalf("round %d: cursor at %d of %d, budget %d:\n%s", round, r.At, r.Doc.Len(), r.Budget, show(w))
			}
		}
	}
}
