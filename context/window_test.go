package doccontext

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/claude-lsp/claude-lsp/context/rank"
	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/redact"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

func clean(_, text string) string {
	text, _ = redact.Text(text)
	return text
}

// at makes a document of text in which ‸ stands for the cursor.
func at(t testing.TB, text string) Request {
	t.Helper()
	before, after, ok := strings.Cut(text, "‸")
	if !ok {
		t.Fatalf("no cursor in %q", text)
	}
	return Request{
		Doc:    document.New("file:///w/main.go", "go", 1, before+after),
		At:     document.Offset(len(before)),
		Path:   "main.go",
		Budget: 95_000,
	}
}

func other(path, text string) Other {
	return Other{Doc: document.New("file:///w/"+path, "go", 1, text), Path: path}
}

// show draws a window as a text with the cursor.
func show(w Window) string {
	before, after := around(w)
	return before + "‸" + after
}

// around is the document's text as a window has it.
func around(w Window) (before, after string) {
	for _, b := range w.Blocks {
		switch b.Side {
		case Above:
			before += b.text()
		case Below:
			after += b.text()
		}
	}
	return before + w.Before, w.After + after
}

// cost counts a window anew, as whoever sends it would.
func cost(e *tokens.Estimator, r Request, w Window) tokens.Count {
	n := e.Count(r.Doc.Language(), w.Before) + e.Count(r.Doc.Language(), w.After)
	for _, b := range w.Blocks {
		if b.Side != "" {
			n += e.Count(r.Doc.Language(), b.text()) + headingTokens
			continue
		}
		for _, p := range b.Parts {
			n += e.Count("", p.Path) + e.Count("go", p.Text)
		}
	}
	for _, p := range w.Near {
		n += e.Count("", p.Path) + e.Count("go", p.Text)
	}
	return n + e.Count("", w.Notes)
}

func TestWindowRoundTheCursor(t *testing.T) {
	lines := func(from, to int) string {
		var b strings.Builder
		for i := from; i < to; i++ {
			fmt.Fprintf(&b, "line %02d\n", i)
		}
		return b.String()
	}
	unit := tokens.NewEstimator().Count("go", lines(0, 100))
	budget := func(lines int) tokens.Count { return unit * tokens.Count(lines) / 100 }

	tests := []struct {
		name, text string
		budget     tokens.Count
		want       string
	}{
		{"all of it", "a\nb‸c\nd", 1000, "a\nb‸c\nd"},
		{"empty document", "‸", 1000, "‸"},
		{"CRLF stays", "a\r\nb‸\r\nc\r\n", 1000, "a\r\nb‸\r\nc\r\n"},
		{"lone CR stays", "a\rb‸\rc", 1000, "a\rb‸\rc"},
		{"at the end", "a\n‸", 1000, "a\n‸"},
		{"no budget", "a‸b", 0, "‸"},
		{
			"three lines before for one after",
			lines(0, 50) + "line‸ 50\n" + lines(51, 100), budget(41) + 6, lines(20, 50) + "line‸ 50\n" + lines(51, 61),
		},
		{
			"what the end of the file leaves goes to the lines before",
			lines(0, 90) + "line‸ 90\n" + lines(91, 93), budget(41) + 6, lines(52, 90) + "line‸ 90\n" + lines(91, 93),
		},
		{
			"what the start of the file leaves goes to the lines after",
			lines(0, 3) + "line‸ 03\n" + lines(4, 100), budget(41) + 6, lines(0, 3) + "line‸ 03\n" + lines(4, 41),
		},
		{"the current line alone", lines(0, 9) + "some current‸ line\n" + lines(0, 9), 10, "some current‸ line\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := at(t, tt.text)
			r.Budget = tt.budget
			w := New(Options{}).Window(r)
			if diff := cmp.Diff(tt.want, show(w)); diff != "" {
				t.Errorf("window (-want +got):\n%s", diff)
			}
			if w.Tokens > r.Budget {
				t.Errorf("%d tokens, budget %d", w.Tokens, r.Budget)
			}
		})
	}
}

// A line above the budget is cut at both ends, between characters.
func TestWindowOfALongLine(t *testing.T) {
	for _, size := range []int{2_000, 600_000} {
		r := at(t, "x\n"+strings.Repeat("äöü€ ", size/10)+"here‸there"+strings.Repeat("äöü€ ", size/10)+"\ny\n")
		r.Budget = 100
		w := New(Options{}).Window(r)
		if !strings.HasSuffix(w.Before, "here") || !strings.HasPrefix(w.After, "there") {
			t.Errorf("not cut round the cursor: %q", show(w))
		}
		if !utf8.ValidString(w.Before) || !utf8.ValidString(w.After) {
			t.Errorf("a character was cut: %q", show(w))
		}
		if strings.Contains(show(w), "\n") {
			t.Errorf("other lines beside half of the current one: %q", show(w))
		}
		if n := cost(tokens.NewEstimator(), r, w); n > 100 || n < 80 {
			t.Errorf("%d of 100 tokens used", n)
		}
	}
}

func TestWindowHidesSecrets(t *testing.T) {
	ghp := "gh" + "p_" + strings.Repeat("Fake0", 8)
	hidden := clean("", ghp)
	pem := "TUFERS1VUC1UTy1URVNULU5PVC1BLUtFWS1BVC1BTEwtSlVTVC1GQUtFMDAwMDAw\n"
	begin, end := "-----BEGIN PRIV"+"ATE KEY-----\n", "-----END PRIV"+"ATE KEY-----\n"
	key := clean("", begin+pem+pem+end)
	tests := []struct{ name, text, want string }{
		{"typed text stays as it is", "x := \"" + ghp + "\"\ncall(arg‸\n", "x := \"" + hidden + "\"\ncall(arg‸\n"},
		{"on the line, before the cursor", "a(\"" + ghp + "\", b‸)\n", "a(\"" + hidden + "\", b‸)\n"},
		{"on the line, after the cursor", "a(b‸, \"" + ghp + "\")\n", "a(b‸, \"" + hidden + "\")\n"},
		{"on both sides", "a(\"" + ghp + "\"‸, \"" + ghp + "\")\n", "a(\"" + hidden + "\"‸, \"" + hidden + "\")\n"},
		{"across the cursor", "a(\"" + ghp[:20] + "‸" + ghp[20:] + "\")\n", "a(\"" + hidden + "‸\")\n"},
		{"across the cursor, nothing else", ghp[:20] + "‸" + ghp[20:], hidden + "‸"},
		{"a key of several lines", "a\n" + begin + pem + pem + end + "‸b\n", "a\n" + key + "‸b\n"},
		{"a key of several lines behind", "‸a\n" + begin + pem + pem + end + "b\n", "‸a\n" + key + "b\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := show(New(Options{Redact: clean}).Window(at(t, tt.text)))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("window (-want +got):\n%s", diff)
			}
		})
	}
}

// No byte of a key gets out wherever the cursor is, the window ends or the key
// stands among chunks.
func TestWindowHidesSecretsEverywhere(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	line := func() string { return strings.Repeat("UExBTlRFRC", 6) + fmt.Sprintf("%04d", random.IntN(10000)) }
	for round := range 300 {
		var text strings.Builder
		for range random.IntN(60) {
			text.WriteString([]string{"\n", "func f() {\n", "\tx := 1\n", "}\n\n", "\r\n"}[random.IntN(5)])
		}
		start := text.Len()
		text.WriteString("-----BEGIN RSA PRIV" + "ATE KEY-----\n")
		for range 2 + random.IntN(30) {
			text.WriteString(line() + "\n")
		}
		text.WriteString("-----END RSA PRIV" + "ATE KEY-----\n")
		for range random.IntN(60) {
			text.WriteString([]string{"\n", "func f() {\n", "\tx := 1\n", "}\n\n", "\r\n"}[random.IntN(5)])
		}
		doc := document.New("file:///w/a.go", "go", 1, text.String())
		r := Request{Doc: doc, At: document.Offset(random.IntN(text.Len() + 1)), Path: "a.go", Budget: tokens.Count(20 + random.IntN(3000))}
		w := New(Options{Redact: clean}).Window(r)
		if strings.Contains(show(w), "UExBTlRFRC") {
			t.Fatalf("round %d: key at %d, cursor at %d, budget %d:\n%s", round, start, r.At, r.Budget, show(w))
		}
	}
}

func TestWindowShowsOtherDocuments(t *testing.T) {
	r := at(t, "x‸\n")
	edited := Other{Doc: document.New("file:///w/b.go", "go", 7, "package b\n\nvar B = 1\n"), Path: "b.go"}
	r.Others = []Other{
		other("z.go", "package z"),
		edited,
		other("main.go", "the same document in an older version"),
		other(".env", "A=1"),
		{Doc: document.New("file:///home/u/.aws/credentials", "ini", 1, "x"), Path: "credentials"},
		{Doc: document.New("file:///home/u/%2Eenv", "ini", 1, "x"), Path: "harmless.txt"},
		other("empty.go", ""),
		{},
		other("a/token.go", "package a\n\nconst t = \"gh"+"p_"+strings.Repeat("Fake0", 8)+"\"\n"),
	}
	w := New(Options{Redact: clean}).Window(r)

	hidden := clean("", "gh"+"p_"+strings.Repeat("Fake0", 8))
	want := []Block{
		{Parts: []Part{{Path: "a/token.go", Text: "package a\n\nconst t = \"" + hidden + "\"\n", FirstLine: 1, LastLine: 3, Reason: ReasonOpen}}},
		{Parts: []Part{{Path: "b.go", Text: "package b\n\nvar B = 1\n", FirstLine: 1, LastLine: 3, Reason: ReasonRecentlyEdited}}},
		{Parts: []Part{{Path: "z.go", Text: "package z", FirstLine: 1, LastLine: 1, Reason: ReasonOpen}}, Breakpoint: true},
	}
	ids := map[string]bool{}
	got := slices.Clone(w.Blocks)
	for i := range got {
		if got[i].Tokens <= 0 || len(got[i].ID) != 32 {
			t.Errorf("block %s: %d tokens, ID %q", got[i].Parts[0].Path, got[i].Tokens, got[i].ID)
		}
		ids[got[i].ID] = true
		got[i].ID, got[i].Tokens, got[i].Parts = "", 0, slices.Clone(got[i].Parts)
		got[i].Parts[0].Tokens = 0
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("blocks (-want +got):\n%s", diff)
	}
	if len(ids) != len(want) {
		t.Errorf("%d IDs for %d blocks", len(ids), len(want))
	}

	slices.Reverse(r.Others)
	again := New(Options{Redact: clean}).Window(r)
	if diff := cmp.Diff(w, again); diff != "" {
		t.Errorf("another order of use, another window:\n%s", diff)
	}
}

// A line that no person wrote takes no room beside others, whatever its length,
// and hides no secret; where the user types, all is there.
func TestOtherTextIsCut(t *testing.T) {
	secret := "gh" + "p_" + strings.Repeat("Fake0", 8)
	for _, size := range []int{redact.MaxLine + 500, 20 << 10, 100 << 10, redact.MaxFile + 9} {
		long := "var data = \"" + strings.Repeat("word ", size/5) + "\" + \"" + secret + "\" + \"" + strings.Repeat("word ", size/5)
		r := at(t, "x‸\n")
		r.Others = []Other{other("a.go", "package a\n"+long+"\nvar last int\n")}
		block := New(Options{Redact: clean}).Window(r).Blocks[0].text()
		if len(block) > redact.MaxLine+200 || !strings.Contains(block, " bytes ...]") || strings.Contains(block, secret[:12]) {
			t.Errorf("of a line of %d bytes %d are shown: %.100q", len(long), len(block), block)
		}
		if whole := 2*size < redact.MaxFile; whole && !strings.HasSuffix(block, "\nvar last int\n") {
			t.Errorf("what follows a line of %d bytes is not there: %q", len(long), block[max(0, len(block)-100):])
		}
		c := collector(t, Options{Rank: ranks(rank.Ranking{Bulk: []rank.Passage{{Path: "b.go", FirstLine: 1, LastLine: 1, Text: long, Reason: rank.ReasonSibling}}})})
		r.Wait = -1
		for _, b := range c.Window(r).Blocks {
			if text := b.text(); len(text) > redact.MaxLine+200 || strings.Contains(text, secret[:12]) {
				t.Errorf("of a passage of %d bytes %d are shown", len(long), len(text))
			}
		}
	}
	long := strings.Repeat("word ", redact.MaxLine)
	if got := show(New(Options{Redact: clean}).Window(at(t, long+"‸"+long))); got != long+"‸"+long {
		t.Errorf("the line that is typed in was cut to %d bytes", len(got))
	}
}

// Where a line is so long that it is cleaned in parts, no part begins or ends
// amid a secret.
func TestNoSecretIsCutInTwo(t *testing.T) {
	secret := "gh" + "p_" + strings.Repeat("Fake0", 8)
	for from := step - 300; from < step+900; from += 7 {
		line := strings.Repeat("a b ", from/4) + " \"" + secret + "\" " + strings.Repeat("a b ", 7000)
		for _, text := range []string{"x‸\n" + line + "\n", line + "\nx‸\n", line[len(line)/2:] + line[:len(line)/2] + "\nx‸\n"} {
			before, after := around(New(Options{Redact: clean}).Window(at(t, text)))
			if strings.Contains(before+after, "Fake0Fake0") {
				t.Fatalf("a secret at %d of %d bytes is sent in part", from, len(line))
			}
		}
	}
}

// Other documents that the user lets through are shown, without their secrets.
func TestSecretFileLetThrough(t *testing.T) {
	r := at(t, "x‸\n")
	r.Others = []Other{other("fixtures/a.pem", "plain words\n"), other("b.pem", "other words\n")}
	secrets := redact.New(redact.Options{Allow: []string{"fixtures/*.pem"}})
	w := New(Options{Redact: clean, Secret: secrets.SecretFile}).Window(r)
	if len(w.Blocks) != 1 || w.Blocks[0].text() != "plain words\n" {
		t.Errorf("blocks: %+v", w.Blocks)
	}
}

// code is about n bytes of made-up Go.
func code(n, seed int) string {
	var b strings.Builder
	for i := seed; b.Len() < n; i++ {
		fmt.Fprintf(&b, "// Step%d adds what it is given to the sum of step %d.\nfunc (s *state) Step%d(value int) error {\n\tif value < %d {\n\t\treturn fmt.Errorf(\"value %%d is below the limit\", value)\n\t}\n\ts.sum += value\n\treturn nil\n}\n\n", i, i*7, i, i%13)
	}
	return b.String()
}

// Large documents share what is left evenly, at most eight are there, and
// small ones are there whole.
func TestWindowSharesTheBudget(t *testing.T) {
	r := at(t, code(400_000, 0)+"x‸\n"+code(400_000, 5000))
	for i := range 12 {
		size := 100_000
		if i%4 == 0 {
			size = 500
		}
		r.Others = append(r.Others, other(fmt.Sprintf("o%02d.go", 11-i), code(size, i)))
	}
	r.Budget = 20_000
	w := New(Options{}).Window(r)
	blocks := slices.DeleteFunc(slices.Clone(w.Blocks), func(b Block) bool { return b.Side != "" })
	if len(blocks) != maxBlocks {
		t.Fatalf("%d blocks, want %d", len(blocks), maxBlocks)
	}
	sum := tokens.Count(0)
	for _, b := range blocks {
		sum += b.Tokens
		doc := r.Others[slices.IndexFunc(r.Others, func(o Other) bool { return o.Path == b.Parts[0].Path })].Doc.Text()
		switch whole := b.text() == doc; {
		case len(doc) < 1000 && !whole:
			t.Errorf("%s is small and was cut to %d lines", b.Parts[0].Path, b.Parts[0].LastLine)
		case !strings.HasPrefix(doc, b.text()) || !strings.HasSuffix(b.text(), "\n"):
			t.Errorf("%s is not made of its first lines", b.Parts[0].Path)
		case strings.Count(b.text(), "\n") != b.Parts[0].LastLine:
			t.Errorf("%s has %d lines and says %d", b.Parts[0].Path, strings.Count(b.text(), "\n"), b.Parts[0].LastLine)
		}
	}
	if sum > r.Budget*3/10 || sum < r.Budget/5 {
		t.Errorf("other documents have %d of %d tokens, want about a quarter", sum, r.Budget)
	}
	if w.Tokens < r.Budget*9/10 {
		t.Errorf("only %d of %d tokens used", w.Tokens, r.Budget)
	}
}

// Typing changes the text round the cursor and no block.
func TestTypingKeepsTheBlocks(t *testing.T) {
	r := at(t, code(300_000, 0)+"\tx‸\n"+code(3000, 9000))
	for i := range 4 {
		r.Others = append(r.Others, other(fmt.Sprintf("o%d.go", i), code(60_000, i)))
	}
	estimator := tokens.NewEstimator()
	c := New(Options{Redact: clean, Tokens: estimator})
	first := c.Window(r)
	for i := range 50 {
		doc, err := r.Doc.Apply(int32(i+2), document.Change{From: r.At, To: r.At, Text: "y"})
		if err != nil {
			t.Fatal(err)
		}
		r.Doc, r.At = doc, r.At+1
		estimator.Observe(10_000, 10_010)
		r.Others[0], r.Others[i%4] = r.Others[i%4], r.Others[0]
		w := c.Window(r)
		if !strings.HasSuffix(w.Before, "x"+strings.Repeat("y", i+1)) {
			t.Fatalf("the window is not of this keystroke")
		}
		if len(w.Blocks) != len(first.Blocks) {
			t.Fatalf("key %d: %d blocks, were %d", i, len(w.Blocks), len(first.Blocks))
		}
		for j := range w.Blocks {
			if w.Blocks[j].ID != first.Blocks[j].ID {
				t.Errorf("key %d changed block %s", i, w.Blocks[j].Parts[0].Path)
			}
		}
	}
}

// Whatever the request, the window costs no more than the budget and what it
// shows is text of the documents, whatever was asked before.
func TestWindowHoldsItsBudget(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	estimator := tokens.NewEstimator()
	c := New(Options{Redact: clean, Tokens: estimator, CacheBytes: 64 << 10})
	languages := []string{"go", "python", "markdown", "unknown"}
	text := func() string {
		switch random.IntN(4) {
		case 0:
			return code(random.IntN(60_000), random.IntN(100))
		case 1:
			return strings.Repeat("word ", random.IntN(9000))
		case 2:
			return strings.Repeat("\r", random.IntN(50)) + strings.Repeat("a\rb\n\n", random.IntN(3000))
		}
		return strings.Repeat("äöü 這 \n", random.IntN(3000))
	}
	for round := range 300 {
		estimator.Observe(1000, tokens.Count(700+random.IntN(900)))
		own := text()
		r := Request{
			Doc:    document.New("file:///w/x", languages[random.IntN(4)], 1, own),
			At:     document.Offset(random.IntN(len(own) + 1)),
			Path:   "x",
			Budget: tokens.Count(1 + random.IntN(20_000)),
		}
		for i := range random.IntN(10) {
			r.Others = append(r.Others, other(fmt.Sprintf("o%d", i), text()))
		}
		w := c.Window(r)
		if n := cost(estimator, r, w); w.Tokens > r.Budget || n > w.Tokens {
			t.Fatalf("round %d: budget %d, window says %d and costs %d", round, r.Budget, w.Tokens, n)
		}
		before, after := around(w)
		if !strings.Contains(own, before+after) || !strings.HasSuffix(own[:r.Doc.RuneStart(r.At)], before) {
			t.Fatalf("round %d: the window is no part of the text", round)
		}
	}
}

func TestCollectorForgets(t *testing.T) {
	r := newRecent[int, string](1000)
	for i := range 10_000 {
		r.put(i, "x", 10)
		if v, ok := r.get(i); !ok || v != "x" {
			t.Fatalf("%d was forgotten at once", i)
		}
		r.get(0) // used all the time
	}
	if n := len(r.young) + len(r.old); n > 100 {
		t.Errorf("%d values of 10 bytes in 1000 bytes", n)
	}
	if _, ok := r.get(0); !ok {
		t.Error("what was used all the time was forgotten")
	}
	if r.put(-1, "large", 501); len(r.young) == 0 {
		t.Error("a value that is too large emptied the cache")
	}
}
