package config

import (
	"fmt"
	"strings"
	"testing"
)

// What a file says, and what is said about it.
func TestParseTOML(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		entries    string // key=value@line
		broken     string // line:column text
	}{
		{name: "empty"},
		{name: "a BOM alone", text: "\ufeff"},
		{name: "comments alone", text: "# one\r\n\r\n  # two"},
		{
			name: "a BOM and CRLF", text: "\ufeffenabled = true\r\n[log]\r\nlevel = 'info'\r\n",
			entries: "enabled=true@1 log.level=info@3",
		},
		{
			name: "dotted, quoted and nested keys are one", text: "a.b = 1\n\"c.d\" = 2\n[e]\n'f' = 3\ng = {h = 4, i.j = 5}\n",
			entries: "a.b=1@1 c.d=2@2 e.f=3@4 e.g.h=4@5 e.g.i.j=5@5",
		},
		{
			name: "numbers", text: "a = 1_000\nb = 0x10\nc = 1.5e1\nd = -3\ne = nan\nf = 99999999999999999999",
			entries: "a=1000@1 b=16@2 c=15@3 d=-3@4 e=NaN@5 f={}@6",
		},
		{
			name: "a list over several lines", text: "a = [\n  'x', # one\n  'y',\n]\nb = 1",
			entries: "a=[x y]@1 b=1@5",
		},
		{name: "no setting is a date", text: "a = 2026-01-01\n", entries: "a={}@1"},
		{
			name: "inline tables in a list", text: "a = [{b = 1},\n{b = 2}]",
			entries: "a={2}@1 a[0].b=1@1 a[1].b=2@2",
		},
		{
			name: "lists of tables", text: "[[a]]\nb = 1\n[[a]]\n[a.c]\nd = 2\n[[a.e]]\nf = 3",
			entries: "a={0}@1 a[0].b=1@2 a[1].c.d=2@5 a[1].e={0}@6 a[1].e[0].f=3@7",
		},
		{name: "the same key twice", text: "a = 1\na = 2", entries: "a=1@1 a=2@2"},

		{
			name: "a broken line costs that line", text: "enabled = true\nmodel = claude\n[log]\nlevel = 'warn'\n",
			entries: "enabled=true@1 log.level=warn@4",
			broken:  "2:9 model is broken: unexpected character U+0063 'c' at start of value",
		},
		{
			name: "a unit without quotes", text: "[completion]\ndebounce = 20ms\nmenu = 'never'",
			entries: "completion.menu=never@3",
			broken:  "2:14 completion.debounce is broken: strings must be quoted",
		},
		{
			name: "a slip in the key of a broken line", text: "completion.debonce = 20ms",
			broken: `1:24 completion.debonce is broken (did you mean "completion.debounce"?): strings must be quoted`,
		},
		{
			name: "a list that is not closed", text: "[context]\nexclude = [\n  'a',\n  'b'\n\n[log]\nlevel = 'warn'\n",
			entries: "log.level=warn@7",
			broken:  "6:1 context.exclude is broken: expected ',' or ']' after array value (it begins in line 2)",
		},
		{
			name: "a text that is not closed", text: "model = 'x\nenabled = false",
			entries: "enabled=false@2", broken: "1:11 model is broken: literal strings cannot have new lines",
		},
		{
			name: "a table that is not closed", text: "[log\nlevel = 'warn'\n[context]\nprewarm = false",
			entries: "log.level=warn@2 context.prewarm=false@4", broken: "1:5 the name of a table is broken: expected ']' to close table name",
		},
		{
			name: "a table nobody knows", text: "[l og]\nlevel = 'warn'\n[context]\nprewarm = false",
			entries: "context.prewarm=false@4", broken: "1:4 the name of a table is broken: expected ']' to close table name",
		},
		{
			name: "an address in a broken line", text: "[claude]\nbaseURL = https://x\n",
			entries: "claude.baseURL={}@2", broken: "2:11 claude.baseURL is broken: unexpected character U+0068 'h' at start of value",
		},
		{
			name: "an escape in a comment", text: "# \x1b[2J\nenabled = false\n",
			entries: "enabled=false@2", broken: "1:3 broken: control characters are not allowed in comments",
		},
		{name: "UTF-16", text: "\xff\xfee\x00n\x00", broken: "1:0 is not a text file in UTF-8; save it as one"},
		{
			name: "not UTF-8", text: "model = '\xff'\nenabled = false",
			entries: "enabled=false@2", broken: "1:10 model is broken: invalid UTF-8 character in literal string",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := parseTOML("F", []byte(tt.text))
			var entries, broken []string
			for _, e := range l.entries {
				entries = append(entries, fmt.Sprintf("%s=%v@%d", e.key(), e.raw, e.line))
			}
			for _, w := range l.broken {
				broken = append(broken, fmt.Sprintf("%d:%d %s", w.Line, w.Column, w.Text))
			}
			if got := strings.Join(entries, " "); got != tt.entries {
				t.Errorf("entries %s\nwant    %s", got, tt.entries)
			}
			if got := strings.Join(broken, "; "); got != tt.broken {
				t.Errorf("broken %s\nwant   %s", got, tt.broken)
			}
		})
	}
}

// A file of nothing but mistakes is given up, in time that grows no faster than
// the file.
func TestHopelessFile(t *testing.T) {
	l := parseTOML("F", []byte(strings.Repeat("x = [\n", 100_000)))
	if n := len(l.broken); n != maxBroken+1 || !strings.Contains(l.broken[n-1].Text, "too much") {
		t.Errorf("%d warnings, the last %v", n, l.broken[n-1])
	}
	s := sit(t, "", strings.Repeat("[a]\n", 10)+many("k%d = 1\n", 50_000))
	s.For(s.folder)
	if n := len(s.Warnings()); n != maxWarnings {
		t.Errorf("%d warnings, want %d", n, maxWarnings)
	}
}

func many(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func TestSetTwice(t *testing.T) {
	s := sit(t, "model = 'a'\nmodel = 'b'\n", "")
	if got := s.For("").Model; got != "b" {
		t.Errorf("model is %q, want the later one", got)
	}
	if got := strings.Join(s.texts(), "\n"); got != "USER:2: model is set twice; the later value counts" {
		t.Error(got)
	}
}
