package document

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// long is text of several pieces with every kind of line break and width of
// character.
var long = strings.Repeat("one\r\ntwo é\nthree €\rfour 😀\r\n\n\xff\x80 five \r\r\n", 500)

func TestLines(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
		eol        string
	}{
		{"empty", "", []string{""}, "\n"},
		{"no break", "a", []string{"a"}, "\n"},
		{"final newline", "a\n", []string{"a", ""}, "\n"},
		{"no final newline", "a\nb", []string{"a", "b"}, "\n"},
		{"crlf", "a\r\nb\r\n", []string{"a", "b", ""}, "\r\n"},
		{"lone cr", "a\rb\r", []string{"a", "b", ""}, "\r"},
		{"cr before crlf", "a\r\r\nb", []string{"a", "", "b"}, "\r"},
		{"lf before cr", "a\n\rb", []string{"a", "", "b"}, "\n"},
		{"only breaks", "\n\r\n\r", []string{"", "", "", ""}, "\n"},
		{"unicode's own breaks break nothing", "a\u2028b\u0085c\vd\fe", []string{"a\u2028b\u0085c\vd\fe"}, "\n"},
		{"invalid bytes", "\xff\n\x80\xe2\x82\r\n", []string{"\xff", "\x80\xe2\x82", ""}, "\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := New("file:///a", "go", 1, tt.text)
			var got []string
			for n := range d.Lines() {
				got = append(got, d.Line(n))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
			if d.EOL() != tt.eol {
				t.Errorf("EOL = %q, want %q", d.EOL(), tt.eol)
			}
			compare(t, d, tt.text)
		})
	}
}

func TestLongText(t *testing.T) {
	d := New("file:///a", "go", 1, long)
	if len(d.text) < 4 {
		t.Fatalf("%d pieces: the text is too short to test borders", len(d.text))
	}
	compare(t, d, long)
}

func TestApply(t *testing.T) {
	tests := []struct {
		name, text string
		changes    []Change
		want       string
	}{
		{"nothing", "abc", nil, "abc"},
		{"insert", "ac", []Change{{1, 1, "b"}}, "abc"},
		{"into nothing", "", []Change{{0, 0, "b"}}, "b"},
		{"delete all", "abc", []Change{{0, 3, ""}}, ""},
		{"replace all", "abc", []Change{{0, 3, "é\r\n"}}, "é\r\n"},
		{"each change sees the one before", "ab", []Change{{2, 2, "cd"}, {3, 4, "D"}, {0, 1, ""}}, "bcD"},
		{"split a crlf", "a\r\nb", []Change{{2, 2, "x"}}, "a\rx\nb"},
		{"make a crlf", "a\rx\nb", []Change{{2, 3, ""}}, "a\r\nb"},
		{"delete half a crlf", "a\r\nb", []Change{{1, 2, ""}}, "a\nb"},
		{"make a character of its bytes", "\xe2\xac", []Change{{1, 1, "\x82"}}, "\xe2\x82\xac"},
		{"between bytes that are no character", "\x80\x80", []Change{{1, 1, "x"}}, "\x80x\x80"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := New("file:///a", "go", 1, tt.text)
			next, err := d.Apply(2, tt.changes...)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, next, tt.want)
			compare(t, d, tt.text)
			if next.URI() != "file:///a" || next.Language() != "go" || next.Version() != 2 || d.Version() != 1 {
				t.Errorf("got %s %s version %d, before %d", next.URI(), next.Language(), next.Version(), d.Version())
			}
		})
	}
}

// Edits at the border of two pieces may put together what no piece may cut.
func TestApplyAtBorders(t *testing.T) {
	fill := strings.Repeat("x", pieceSize-1)
	for _, parts := range []string{"\r|\n", "\xe2|\x82\xac", "\xe2\x82|\xac", "\xf0|\x9f\x98\x80", "\xf0\x9f|\x98\x80", "\xf0\x9f\x98|\x80"} {
		head, tail, _ := strings.Cut(parts, "|")
		text := fill[:pieceSize-len(head)] + head + "|" + tail + fill
		d := New("file:///a", "go", 1, text)
		if len(d.text) < 2 {
			t.Fatalf("%q: one piece alone has no border", parts)
		}
		bar := Offset(strings.IndexByte(text, '|'))
		joined := strings.Replace(text, "|", "", 1)
		next, err := d.Apply(2, Change{bar, bar + 1, ""})
		if err != nil {
			t.Fatalf("%q: %v", parts, err)
		}
		compare(t, next, joined)

		if parts == "\r|\n" { // a place between \r and \n can be edited, one inside a character cannot
			again, err := next.Apply(3, Change{bar, bar, "|"})
			if err != nil {
				t.Fatal(err)
			}
			compare(t, again, text)
		} else if _, err := next.Apply(3, Change{bar, bar, "|"}); !errors.Is(err, ErrRange) {
			t.Errorf("%q: inserting into a character: %v, want ErrRange", parts, err)
		}
	}
}

func TestApplyRefuses(t *testing.T) {
	const text = "a€b😀"
	tests := []struct {
		name   string
		change Change
		want   string
	}{
		{"reversed", Change{4, 1, ""}, "change 2 of 2: the range does not fit the text: 4..1 ends before it begins"},
		{"before", Change{-1, 1, ""}, "change 2 of 2: the range does not fit the text: -1..1 is outside of its 9 bytes"},
		{"behind", Change{9, 10, ""}, "change 2 of 2: the range does not fit the text: 9..10 is outside of its 9 bytes"},
		{"begins in €", Change{3, 4, ""}, "change 2 of 2: the range does not fit the text: 3..4 begins inside a character"},
		{"ends in 😀", Change{5, 8, ""}, "change 2 of 2: the range does not fit the text: 5..8 ends inside a character"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := New("file:///a", "go", 1, text)
			next, err := d.Apply(2, Change{0, 1, "A"}, tt.change)
			if !errors.Is(err, ErrRange) || err.Error() != tt.want {
				t.Errorf("error %v\n want %s", err, tt.want)
			}
			if next != nil {
				t.Errorf("got a document together with an error")
			}
			compare(t, d, text)
			if _, err := d.Apply(2, Change{0, 1, "A"}); err != nil {
				t.Errorf("the receiver is of no use afterwards: %v", err)
			}
		})
	}
}

func TestOutsideTheText(t *testing.T) {
	d := New("file:///a", "go", 1, "ab\ncd")
	if got := d.Slice(-5, 99); got != "ab\ncd" {
		t.Errorf("Slice(-5, 99) = %q", got)
	}
	if got := d.Slice(4, 2); got != "" {
		t.Errorf("Slice(4, 2) = %q", got)
	}
	for range d.Pieces(4, 2) {
		t.Error("Pieces(4, 2) yields")
	}
	for _, tt := range []struct {
		line       int
		start, end Offset
		text       string
	}{{-1, 0, 0, ""}, {2, 5, 5, ""}, {99, 5, 5, ""}} {
		if s, e := d.LineStart(tt.line), d.LineEnd(tt.line); s != tt.start || e != tt.end || d.Line(tt.line) != tt.text {
			t.Errorf("line %d is %d..%d %q, want %d..%d %q", tt.line, s, e, d.Line(tt.line), tt.start, tt.end, tt.text)
		}
	}
	if a, b := d.LineAt(-1), d.LineAt(99); a != 0 || b != 1 {
		t.Errorf("LineAt before and behind = %d, %d, want 0, 1", a, b)
	}
}

func TestRuneStart(t *testing.T) {
	d := New("file:///a", "go", 1, "a€\x80\xe2\x82😀")
	want := []Offset{0, 1, 1, 1, 4, 5, 6, 7, 7, 7, 7, 11}
	for at := range want {
		if got := d.RuneStart(Offset(at)); got != want[at] {
			t.Errorf("RuneStart(%d) = %d, want %d", at, got, want[at])
		}
	}
	if a, b := d.RuneStart(-1), d.RuneStart(99); a != 0 || b != d.Len() {
		t.Errorf("RuneStart before and behind = %d, %d", a, b)
	}
}

func TestPiecesStopsWithItsReader(t *testing.T) {
	d, n := New("file:///a", "go", 1, long), 0
	for range d.Pieces(0, d.Len()) {
		if n++; n == 2 {
			break
		}
	}
	if n != 2 {
		t.Errorf("read %d pieces after breaking out at the second", n)
	}
}

// An edit builds a piece or two; all others are the same memory as before.
func TestApplyShares(t *testing.T) {
	d := New("file:///a", "go", 1, long)
	next, err := d.Apply(2, Change{d.Len() / 2, d.Len() / 2, "x"})
	if err != nil {
		t.Fatal(err)
	}
	old := map[*piece]bool{}
	for _, p := range d.text {
		old[p.piece] = true
	}
	fresh := 0
	for _, p := range next.text {
		if !old[p.piece] {
			fresh++
		}
	}
	if fresh != 1 {
		t.Errorf("%d of %d pieces are new after typing one character, want 1", fresh, len(next.text))
	}
}

// FuzzApply applies three edits to a text that is repeated to fill some pieces.
func FuzzApply(f *testing.F) {
	f.Add("a\r\nb", uint8(1), 2, 2, "x", 1, 2, "", 0, 0, "\n")
	f.Add("one\r\ntwo é\nthree €\rfour 😀\r\n\n\xff\x80 five \r\r\n\u2028 and a long line to fill it up", uint8(150), 4096, 4096, "\n", 4095, 4097, "\r", 10, 9000, "\n")
	f.Add("0123456789abcdef0123456789abcdef\n", uint8(255), 0, 4096, "", 0, 1, "\x82", 5, 5, "new\n")
	f.Add("\xf0\x9f\x98\x80 \xf0\x9f\x98\x80\xf0\x9f\x98\x80", uint8(255), 0, 3315, "\xf0", 4, 4, "\x9f", 8, 8, "\x98\x80")
	f.Add("\r\n................\r\n\r\n............", uint8(255), 1, 8191, "", 1, 1, "\r\n", 0, 3, "\r")
	f.Fuzz(func(t *testing.T, text string, times uint8, from1, to1 int, s1 string, from2, to2 int, s2 string, from3, to3 int, s3 string) {
		if len(text)*int(times) > 8*pieceSize {
			return
		}
		text = strings.Repeat(text, int(times))
		model := text
		first := New("file:///a", "go", 1, text)
		d := first
		changes := []Change{
			{Offset(from1), Offset(to1), s1},
			{Offset(from2), Offset(to2), s2},
			{Offset(from3), Offset(to3), s3},
		}
		var good []Change
		for i, c := range changes {
			next, err := d.Apply(int32(i), c)
			if want := applies(model, c); (err == nil) != want {
				t.Fatalf("change %d..%d of %d bytes: %v, want applied = %t", c.From, c.To, len(model), err, want)
			}
			if err != nil {
				continue
			}
			model = model[:c.From] + c.Text + model[c.To:]
			d, good = next, append(good, c)
			compare(t, d, model)
		}
		compare(t, first, text)
		all, err := first.Apply(9, good...)
		if err != nil {
			t.Fatalf("what was applied one by one does not apply together: %v", err)
		}
		if all.Text() != model {
			t.Fatalf("one by one: %.100q, together: %.100q", model, all.Text())
		}
		wellFormed(t, all)
	})
}

// applies says by the plain text whether a change fits it.
func applies(text string, c Change) bool {
	if c.From < 0 || c.To < c.From || int(c.To) > len(text) {
		return false
	}
	for i := 0; i < len(text); {
		_, n := utf8.DecodeRuneInString(text[i:])
		for inside := i + 1; inside < i+n; inside++ {
			if c.From == Offset(inside) || c.To == Offset(inside) {
				return false
			}
		}
		i += n
	}
	return true
}

// compare checks everything that d says against a plain text, and how d is
// built.
func compare(t *testing.T, d *Document, text string) {
	t.Helper()
	if d.Text() != text || d.Len() != Offset(len(text)) {
		t.Fatalf("text is %.100q (%d bytes), want %.100q (%d)", d.Text(), d.Len(), text, len(text))
	}
	wellFormed(t, d)

	starts, ends := lines(text)
	if d.Lines() != len(starts) {
		t.Fatalf("%d lines, want %d, in %.100q", d.Lines(), len(starts), text)
	}
	for n, start := range starts {
		if d.LineStart(n) != start || d.LineEnd(n) != ends[n] || d.Line(n) != text[start:ends[n]] {
			t.Fatalf("line %d is %d..%d %.100q, want %d..%d %.100q", n, d.LineStart(n), d.LineEnd(n), d.Line(n), start, ends[n], text[start:ends[n]])
		}
	}
	step := Offset(1 + len(text)/100) // samples: the fuzzer wants to get on
	for at := Offset(0); at <= Offset(len(text)); at += step {
		want, found := slices.BinarySearch(starts, at)
		if !found {
			want--
		}
		if got := d.LineAt(at); got != want {
			t.Fatalf("LineAt(%d) = %d, want %d", at, got, want)
		}
		to := min(at+2*pieceSize, Offset(len(text)))
		if d.Slice(at, to) != text[at:to] {
			t.Fatalf("Slice(%d, %d) differs from the text", at, to)
		}
		all, wide := d.Characters(at, to)
		if wantAll, wantWide := characters(text[at:to]); all != wantAll || wide != wantWide {
			t.Fatalf("Characters(%d, %d) = %d, %d, want %d, %d", at, to, all, wide, wantAll, wantWide)
		}
	}
}

// wellFormed checks the invariants of pieces and table.
func wellFormed(t *testing.T, d *Document) {
	t.Helper()
	at, line := Offset(0), 0
	for i, p := range d.text {
		switch {
		case p.at != at || p.line != line:
			t.Fatalf("piece %d stands at %d, line %d; want %d, line %d", i, p.at, p.line, at, line)
		case p.text == "" || len(p.text) > 2*pieceSize+utf8.UTFMax:
			t.Fatalf("piece %d has %d bytes", i, len(p.text))
		case len(p.text) < minPiece && len(d.text) > 1:
			t.Fatalf("piece %d of %d has only %d bytes", i, len(d.text), len(p.text))
		case i > 0 && strings.HasSuffix(d.text[i-1].text, "\r") && p.text[0] == '\n':
			t.Fatalf("pieces %d and %d cut a \\r\\n", i-1, i)
		}
		if i > 0 {
			before := d.text[i-1].text
			if both := utf8.RuneCountInString(before + p.text); both != utf8.RuneCountInString(before)+utf8.RuneCountInString(p.text) {
				t.Fatalf("pieces %d and %d cut a character", i-1, i)
			}
		}
		at += Offset(len(p.text))
		line += len(p.breaks)
	}
}

// characters counts by the plainest means.
func characters(text string) (all, wide int) {
	for _, r := range text {
		all++
		if r > 0xFFFF {
			wide++
		}
	}
	return all, wide
}

// lines is the line index by the plainest means: where lines begin and where
// they end before their break.
func lines(text string) (starts, ends []Offset) {
	starts = []Offset{0}
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\r' && i+1 < len(text) && text[i+1] == '\n':
			ends = append(ends, Offset(i))
			i++
		case text[i] == '\r' || text[i] == '\n':
			ends = append(ends, Offset(i))
		default:
			continue
		}
		starts = append(starts, Offset(i+1))
	}
	return starts, append(ends, Offset(len(text)))
}
