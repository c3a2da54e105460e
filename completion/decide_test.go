package completion

import (
	"strings"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/document"
)

// at is a request at the place that text draws.
func at(t testing.TB, language, text string) Request {
	t.Helper()
	before, after, ok := strings.Cut(text, cursor)
	if !ok {
		t.Fatalf("no cursor in %q", text)
	}
	doc := document.New("file:///p/a.go", language, 1, before+after)
	return Request{Doc: doc, At: document.Offset(len(before)), Path: "a.go"}
}

func TestDecide(t *testing.T) {
	tests := []struct {
		name     string
		text     string
		invoked  bool
		disabled bool
		accepted bool
		thrifty  bool // Settings.InvokedOnly
		selected *Selected
		want     string
	}{
		{name: "little is left of a budget", text: "x := ‸", thrifty: true, want: ReasonBudget},
		{name: "little is left of a budget, but the user asked", text: "x := ‸", thrifty: true, invoked: true},
		{name: "little is left of a budget, and switched off", text: "x := ‸", thrifty: true, disabled: true, want: ReasonDisabled},
		{name: "end of an open expression", text: "x := ‸"},
		{name: "an empty line", text: "a\n‸\nb"},
		{name: "in front of a closing bracket", text: "f(‸)"},
		{name: "in front of several closers", text: "f(\"‸\")}];  "},
		{name: "a short rest", text: "f(‸, b)"},
		{name: "a long rest", text: "f(‸, this, and, that)", want: ReasonRestOfLine},
		{name: "a long rest of punctuation alone", text: "f(‸ ))))) }}}} ;;;;"},
		{name: "a long rest, but the user asked", text: "f(‸, this, and, that)", invoked: true},
		{name: "inside a word", text: "fo‸o", want: ReasonMidWord},
		{name: "inside a word of another script", text: "при‸вет", want: ReasonMidWord},
		{name: "in front of a digit", text: "x‸1", want: ReasonMidWord},
		{name: "inside a word, but the user asked", text: "fo‸o", invoked: true},
		{name: "switched off", text: "x := ‸", disabled: true, want: ReasonDisabled},
		{name: "switched off, whoever asks", text: "x := ‸", disabled: true, invoked: true, want: ReasonDisabled},
		{name: "an empty document", text: "‸", want: ReasonNoText},
		{name: "a document of blanks", text: "\n \t‸\n", want: ReasonNoText},
		{name: "an empty document, but the user asked", text: "‸", invoked: true},
		{name: "just accepted", text: "f(x)‸", accepted: true, want: ReasonAccepted},
		{name: "just accepted, on a new line", text: "f(x)\n‸", accepted: true},
		{name: "just accepted, but the user asked", text: "f(x)‸", accepted: true, invoked: true},
		{name: "with an entry of the menu", text: "x.le‸", selected: &Selected{From: 2, To: 4, Text: "len"}},
		{name: "an entry that ends elsewhere", text: "x.le‸", selected: &Selected{From: 2, To: 3, Text: "len"}, want: ReasonSelection},
		{name: "an entry that begins on another line", text: "x\n.le‸", selected: &Selected{From: 0, To: 5, Text: "len"}, want: ReasonSelection},
		{name: "an entry that begins behind the cursor", text: "x‸.le", selected: &Selected{From: 3, To: 1, Text: "len"}, invoked: true, want: ReasonSelection},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := at(t, "go", tt.text)
			r.Invoked, r.Accepted, r.Selected = tt.invoked, tt.accepted, tt.selected
			r.Settings.InvokedOnly = tt.thrifty
			r.Settings.Disabled = tt.disabled
			v := Decide(r, History{})
			if v.Reason != tt.want || v.Ask != (tt.want == "") {
				t.Errorf("got %+v, want reason %q", v, tt.want)
			}
		})
	}
}

func TestDecideByHistory(t *testing.T) {
	left := History{Misses: proseMisses}
	tests := []struct {
		name    string
		text    string
		history History
		invoked bool
		want    string
	}{
		{name: "after a deletion", text: "x := ‸", history: History{Deleted: true}, want: ReasonDeletion},
		{name: "after a deletion, but the user asked", text: "x := ‸", history: History{Deleted: true}, invoked: true},
		{name: "nothing new", text: "x := ‸", history: History{Known: true}, want: ReasonUnchanged},
		{name: "nothing new, but the user asked", text: "x := ‸", history: History{Known: true}, invoked: true},
		{name: "a word of a comment", text: "// Sort the na‸"},
		{name: "a word of a comment that is not what was suggested", text: "// Sort the na‸", history: left, want: ReasonComment},
		{name: "between words of a comment", text: "// Sort the ‸", history: left},
		{name: "a word of a string", text: `x := "some wo‸"`, history: left, want: ReasonString},
		{name: "the start of a string", text: `x := "‸"`, history: left},
		{name: "behind a string", text: `x := "a" + na‸`, history: left},
		{name: "a word of code", text: "x := na‸", history: left},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := at(t, "go", tt.text)
			r.Invoked = tt.invoked
			if v := Decide(r, tt.history); v.Reason != tt.want || v.Ask != (tt.want == "") {
				t.Errorf("got %+v, want reason %q", v, tt.want)
			}
		})
	}
}

func TestPause(t *testing.T) {
	const ms = time.Millisecond
	tests := []struct {
		name    string
		history History
		want    time.Duration
	}{
		{"nothing is known", History{}, autoWait},
		{"usual typing", History{Gap: 150 * ms}, 75 * ms},
		{"fast typing", History{Gap: 80 * ms}, 40 * ms},
		{"very fast typing", History{Gap: 30 * ms}, minWait},
		{"slow typing", History{Gap: 900 * ms}, maxWait},
		{"a slow model", History{Gap: 150 * ms, First: 2 * time.Second}, 75 * ms},
		{"a quick model", History{Gap: 150 * ms, First: 160 * ms}, 40 * ms},
		{"a model that answers at once", History{Gap: 150 * ms, First: ms}, minWait},
		{"one miss", History{Gap: 150 * ms, Misses: 1}, 150 * ms},
		{"many misses", History{Gap: 150 * ms, Misses: 50}, 600 * ms},
		{"in a burst of keys", History{Gap: 150 * ms, Starved: 200 * ms}, 25 * ms},
		{"at the end of a burst's patience", History{Gap: 150 * ms, Starved: 300 * ms}, 0},
		{"maybe a slip", History{Gap: 150 * ms, Misses: 1, Typo: true}, 450 * ms},
		{"maybe a slip of someone slow", History{Gap: 900 * ms, Typo: true}, 8 * maxWait},
		{"maybe a slip, and no rhythm", History{Typo: true}, 450 * ms},
	}
	for _, tt := range tests {
		if got := tt.history.Pause(); got != tt.want {
			t.Errorf("%s: a pause of %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestDecideWaits(t *testing.T) {
	tests := []struct {
		name     string
		text     string
		debounce time.Duration
		invoked  bool
		want     time.Duration
	}{
		{"automatic, inside a line", "x := ‸", -1, false, autoWait},
		{"automatic, at the start of a line", "x\n\t‸", -1, false, 0},
		{"automatic, asked by hand", "x := ‸", -1, true, 0},
		{"fixed", "x := ‸", 200 * time.Millisecond, false, 200 * time.Millisecond},
		{"fixed, at the start of a line", "\t‸\nx", 200 * time.Millisecond, false, 200 * time.Millisecond},
		{"fixed, asked by hand", "x := ‸", 200 * time.Millisecond, true, 0},
		{"none", "x := ‸", 0, false, 0},
		{"below a comment", "// Sort them.\n\t‸\nx", 200 * time.Millisecond, false, 0},
		{"below a block comment", "/* Sort\n * them. */\n‸\nx", 200 * time.Millisecond, false, 0},
		{"below an empty comment", "//\n‸\nx", 200 * time.Millisecond, false, 200 * time.Millisecond},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := at(t, "go", tt.text)
			r.Settings.Debounce, r.Invoked = tt.debounce, tt.invoked
			if v := Decide(r, History{}); !v.Ask || v.Wait != tt.want {
				t.Errorf("got %+v, want a wait of %v", v, tt.want)
			}
		})
	}
}

func BenchmarkDecide(b *testing.B) {
	line := "\tfor i, v := range values { sum += v * i } // and some more\n"
	r := at(b, "go", strings.Repeat(line, 2000)+"\tx := f(‸)\n"+strings.Repeat(line, 2000))
	r.Settings.Debounce = -1
	b.ReportAllocs()
	for b.Loop() {
		if !Decide(r, History{}).Ask {
			b.Fatal("not asked")
		}
	}
}
