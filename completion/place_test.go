package completion

import (
	"slices"
	"strings"
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// cursor is how the tables draw the cursor.
const cursor = "‸"

// drawn is the place that text draws.
func drawn(t testing.TB, language, text string) *place {
	t.Helper()
	before, after, ok := strings.Cut(text, cursor)
	if !ok || strings.Contains(after, cursor) {
		t.Fatalf("no single cursor in %q", text)
	}
	doc := document.New("file:///a", language, 1, before+after)
	p := placeAt(doc, document.Offset(len(before)))
	p.mark = "<CURSOR/>"
	p.prepare()
	return p
}

// TestLongLines has lines that are longer than all that is looked at, as those
// of minified scripts are.
func TestLongLines(t *testing.T) {
	const answer = "return 42"
	long := strings.Repeat("call(argument); ", 4000)
	for name, text := range map[string]string{
		"behind the cursor":  "f(" + cursor + long,
		"before the cursor":  long + cursor,
		"on both sides":      long + cursor + long + "\n}\n",
		"wide characters":    cursor + strings.Repeat("😀 ", 20_000),
		"closed behind them": "{" + cursor + long + strings.Repeat("}", 20_000),
	} {
		t.Run(name, func(t *testing.T) {
			p := drawn(t, "javascript", text)
			d, ok, _ := p.polish(draft{kind: partFenced, text: answer, form: onlyLine})
			if !ok || d.text != answer {
				t.Errorf("the answer became %q, %v", d.text, ok)
			}
			if p.goesOn(text[:100]) {
				t.Error("a text that has nothing to do with what follows is taken for it")
			}
		})
	}
}

func TestOverlaps(t *testing.T) {
	tests := []struct {
		text, pattern string
		want          []int
	}{
		{"", "", nil},
		{"abc", "", nil},
		{"", "abc", nil},
		{"xab", "abc", []int{2}},
		{"abc", "abc", []int{3}},
		{"aabaa", "aabaab", []int{5, 2, 1}},
		{"long text a", "ab", []int{1}},
		{"xyz", "abc", nil},
	}
	for _, tt := range tests {
		var got []int
		for n := range overlaps([]byte(tt.text), []byte(tt.pattern)) {
			got = append(got, n)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("overlaps(%q, %q) = %v, want %v", tt.text, tt.pattern, got, tt.want)
		}
	}
}

// What overlaps finds is exactly what comparing all lengths finds.
func FuzzOverlaps(f *testing.F) {
	f.Add("aabaa", "aabaab")
	f.Fuzz(func(t *testing.T, text, pattern string) {
		var got, want []int
		for n := range overlaps([]byte(text), []byte(pattern)) {
			got = append(got, n)
		}
		for n := min(len(text), len(pattern)); n > 0; n-- {
			if strings.HasSuffix(text, pattern[:n]) {
				want = append(want, n)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("overlaps(%q, %q) = %v, want %v", text, pattern, got, want)
		}
	})
}

func TestPlace(t *testing.T) {
	p := drawn(t, "go", "package a\r\n\r\nfunc f() {\r\n\tif x {\r\n\t\ty(‸)\r\n\t}\r\n}\r\n")
	if p.head != "\t\ty(" || p.tail != ")" || p.next != "\t}" || strings.TrimSpace(p.nonblank) != "if x {" {
		t.Errorf("head %q, tail %q, above %q, below %q", p.head, p.tail, p.nonblank, p.next)
	}
	if !p.tabs || p.spaces || !p.indent.Tabs {
		t.Errorf("indentation %+v, tabs %v, spaces %v", p.indent, p.tabs, p.spaces)
	}
	if w := p.indent.Width; !slices.Equal(p.levels, []int{0, w, 2 * w}) {
		t.Errorf("levels %v", p.levels)
	}
	if string(p.bal.stack) != "{{" || string(p.bal.closes) != "}}" || p.in != syntax.InCode {
		t.Errorf("brackets %q and %q, in %v", p.bal.stack, p.bal.closes, p.in)
	}
}

// A cursor in a text longer than what is compared gets the lines nearest to it.
func TestPlaceInALongText(t *testing.T) {
	line := "x := 1 // a line of some length, again and again\n"
	text := strings.Repeat(line, 3*reach/len(line))
	p := drawn(t, "go", text+cursor+text)
	if len(p.before) > reach || len(p.after) > reach || !strings.HasPrefix(p.before, "x := 1") {
		t.Errorf("%d and %d bytes, beginning with %q", len(p.before), len(p.after), p.before[:20])
	}
	long := strings.Repeat("a", 2*reach)
	if p := drawn(t, "go", long+cursor); len(p.before) != reach {
		t.Errorf("%d bytes of a long line, want %d", len(p.before), reach)
	}
}

func TestDefects(t *testing.T) {
	tests := []struct {
		name, text, insert string
		want               int
	}{
		{"nothing is wrong", "f(‸)", "x", 0},
		{"a bracket too many", "f(‸)", "x)", 1},
		{"a bracket is missing", "f(g(‸)", "x", 1},
		{"the missing one", "f(g(‸)", "x)", 0},
		{"the lines below count", "if a {\n‸\n}", "}", 1},
		{"strings hide brackets", "f(‸)", `")"`, 0},
		{"an open string", `f("‸")`, `a")`, 1},
		{"the wrong bracket", "f(‸)", "[)]", 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := drawn(t, "go", tt.text)
			if got := p.defects(tt.insert, p.tail); got != tt.want {
				t.Errorf("%d defects, want %d", got, tt.want)
			}
		})
	}
}
