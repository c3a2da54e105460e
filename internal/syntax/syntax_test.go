package syntax

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// kinds in the notation of the tests.
var short = map[Kind]string{Word: "w", Number: "n", String: "s", Comment: "c", Open: "o", Close: "x", Punct: "p", Newline: "nl"}

// scanned writes text's tokens as kind:text, blanks left out.
func scanned(l *Language, text string) []string {
	var got []string
	for t := range l.Scan(text, State{}) {
		switch t.Kind {
		case Space:
		case Newline:
			got = append(got, "nl")
		default:
			got = append(got, short[t.Kind]+":"+text[t.From:t.To])
		}
	}
	return got
}

func TestScan(t *testing.T) {
	tests := []struct {
		name, language, text string
		want                 string // tokens, parted by blanks; a blank inside a token is written ·
	}{
		{"go", "go", "x := `a\nb`+\"c\\\"\"", "w:x p::= s:`a\nb` p:+ s:\"c\\\"\""},
		{"a Go string ends with its line", "go", "\"ab\nc", "s:\"ab nl w:c"},
		{"a Go rune", "go", `'\'' + 'é'`, `s:'\'' p:+ s:'é'`},
		{"operators stop at a comment", "go", "a=/*c*/b", "w:a p:= c:/*c*/ w:b"},
		{"numbers", "go", "1.5e-3 0x1f-1 1..2 x.0", "n:1.5e-3 n:0x1f p:- n:1 n:1 p:.. n:2 w:x p:. n:0"},
		{"line breaks", "go", "a\r\nb\rc\n\n", "w:a nl w:b nl w:c nl nl"},
		{"comment up to a line break of two bytes", "go", "// a\r\nb", "c://·a nl w:b"},
		{"python triple quotes", "python", "x = '''it's\n'''; y", "w:x p:= s:'''it's\n''' p:; w:y"},
		{"a prefix is a word of its own", "python", `rb"\"" #c`, `w:rb s:"\"" c:#c`},
		{"a line continued in a string", "python", "'a\\\nb' c", "s:'a\\\nb' w:c"},
		{"rust lifetimes and characters", "rust", "&'a str, 'x', '\\u{1F600}'", `p:& p:' w:a w:str p:, s:'x' p:, s:'\u{1F600}'`},
		{"rust raw strings", "rust", `r##"a"#b"## r"\" br#"x"# r#type`, `s:r##"a"#b"## s:r"\" s:br#"x"# w:r p:# w:type`},
		{"rust nests comments", "rust", "/* a /* b */ c */ d", "c:/*·a·/*·b·*/·c·*/ w:d"},
		{"go does not", "go", "/* a /* b */ c", "c:/*·a·/*·b·*/ w:c"},
		{"templates", "typescript", "`a${b + `c${d}`}e` f", "s:`a${ w:b p:+ s:`c${ w:d s:}` s:}e` w:f"},
		{"braces in a template's code", "typescript", "`${ {a:{}} }`", "s:`${ o:{ w:a p:: o:{ x:} x:} s:}`"},
		{"a regular expression", "javascript", "x = /['\"/]\\//g / 2", `w:x p:= s:/['"/]\// w:g p:/ n:2`},
		{"a division", "javascript", "a / b / c", "w:a p:/ w:b p:/ w:c"},
		{"behind return", "javascript", "return /'/", "w:return s:/'/"},
		{"apostrophes between tags", "typescriptreact", "<p>don't</p> 'a'", "p:< w:p p:> w:don p:' w:t p:< p:/ w:p p:> s:'a'"},
		{"a Java text block", "java", "\"\"\"\n a \"b\" \"\"\" c", "s:\"\"\"\n·a·\"b\"·\"\"\" w:c"},
		{"C++ raw", "cpp", `R"x(a)" )x" b`, `s:R"x(a)"·)x" w:b`},
		{"C++ digits", "cpp", `1'000 u8"a"`, `n:1 p:' n:000 w:u8 s:"a"`},
		{"C# verbatim", "csharp", `@"a\" + $@"b""c"`, `s:@"a\" p:+ s:$@"b""c"`},
		{"lua long brackets", "lua", "x = [==[a]]b]==] --[[c\nd]] e --f", "w:x p:= s:[==[a]]b]==] c:--[[c\nd]] w:e c:--f"},
		{"a shell's comment", "shellscript", `echo $# a#b #c`, `w:echo p:$ p:# w:a p:# w:b c:#c`},
		{"a shell's quotes", "shellscript", `x="$(dirname "$0")" \" '\'`, `w:x p:= s:"$( w:dirname s:"$0" s:)" p:\" s:'\'`},
		{"a here-document", "shellscript", "cat <<-EOF | x\n\tdon't\n\tEOF\ny", "w:cat s:<<-EOF p:| w:x nl s:\tdon't\n\tEOF nl w:y"},
		{"its name in quotes", "shellscript", "cat <<'end'\n'\nend\n", "w:cat s:<<'end' nl s:'\nend nl"},
		{"no here-document", "shellscript", "x <<< EOF", "w:x p:< p:< p:< w:EOF"},
		{"php", "php", "$a = 'b'; #[X] # c", "w:$a p:= s:'b' p:; p:# o:[ w:X x:] c:#·c"},
		{"ruby", "ruby", "=begin\n'\n=end\n\"#{a['b']}\"", "c:=begin\n'\n=end nl s:\"#{ w:a o:[ s:'b' x:] s:}\""},
		{"sql doubles quotes", "sql", "'it''s' -- c", "s:'it''s' c:--·c"},
		{"haskell", "haskell", "f' 'a' {- {- -} -} -- c", "w:f' s:'a' c:{-·{-·-}·-} c:--·c"},
		{"ocaml", "ocaml", "'a list (* (* *) *)", "p:' w:a w:list c:(*·(*·*)·*)"},
		{"erlang", "erlang", `$" % c`, `s:$" c:%·c`},
		{"clojure", "clojure", `(map \" my-fn) ; c`, `o:( w:map s:\" w:my-fn x:) c:;·c`},
		{"html text has apostrophes", "html", `don't <a b="c">`, `w:don p:' w:t p:< w:a w:b p:= s:"c" p:>`},
		{"css", "css", "a-b { c: 'd' } /* e */", "w:a-b o:{ w:c p:: s:'d' x:} c:/*·e·*/"},
		{"scss leaves URLs", "scss", "url(http://x) // c", "w:url o:( w:http p:: p:/ p:/ w:x x:) c://·c"},
		{"yaml", "yaml", "a: it's 'b' # c", "w:a p:: w:it p:' w:s s:'b' c:#·c"},
		{"toml", "toml", `a = '\' # c`, `w:a p:= s:'\' c:#·c`},
		{"vim", "vim", "\" it's\nlet x = \"a\"", "c:\"·it's nl w:let w:x p:= s:\"a\""},
		{"latex", "latex", `50\% % c`, `n:50 p:\% c:%·c`},
		{"zig", "zig", "\\\\a \"b\nc", "s:\\\\a·\"b nl w:c"},
		{"powershell", "powershell", "@\"\n\"x\"\n\"@ <# c #>", "s:@\"\n\"x\"\n\"@ c:<#·c·#>"},
		{"nix", "nix", "''a ${b} 'c''", "s:''a·${ w:b s:}·'c''"},
		{"swift", "swift", `"a\(f("b"))" #"\"#`, `s:"a\( w:f o:( s:"b" x:) s:)" s:#"\"#`},
		{"prose", "markdown", "don't `x` <!-- c -->", "w:don p:' w:t p:` w:x p:` c:<!--·c·-->"},
		{"unknown", "no such language", "a 'b' // c é\x00", "w:a p:' w:b p:' p:// w:c w:é"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := strings.ReplaceAll(strings.Join(scanned(ByID(tt.language), tt.text), "|"), " ", "·")
			want := strings.ReplaceAll(tt.want, " ", "|")
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("tokens of %q (-want +got):\n%s", tt.text, diff)
			}
		})
	}
}

func TestIn(t *testing.T) {
	tests := []struct {
		language, text string
		want           Place
	}{
		{"go", "x := ", InCode},
		{"go", "x := \"a", InString},
		{"go", "x := \"a\n", InCode},
		{"go", "x := `a\n", InString},
		{"go", "// a", InComment},
		{"go", "// a\n", InCode},
		{"go", "/* a\n", InComment},
		{"typescript", "`a${", InCode},
		{"typescript", "`a${b}", InString},
		{"shellscript", "cat <<EOF\n", InString},
		{"python", `"""a"`, InString},
	}
	for _, tt := range tests {
		if got := ByID(tt.language).After(tt.text, State{}).In(); got != tt.want {
			t.Errorf("%s: after %q we are in %d, want %d", tt.language, tt.text, got, tt.want)
		}
	}
}

func TestOpens(t *testing.T) {
	tests := []struct {
		language, line string
		want           bool
	}{
		{"go", "if x {", true},
		{"go", "if x { // why", true},
		{"go", "x := f(a,", false},
		{"go", "\tcase 1:", true},
		{"go", "// if x {", false},
		{"go", "x := \"{", false},
		{"go", "", false},
		{"python", "def f(a) -> int:  # c", true},
		{"python", "x = a[1:]", false},
		{"python", "if x[1:]:", true},
		{"lua", "if x then", true},
		{"lua", "local f = function(a)", true},
		{"lua", "if x then return end", false},
		{"ruby", "items.each do |x|", true},
		{"ruby", "def name", true},
		{"ruby", "return x if y", false},
		{"ruby", "items.each do |x| x end", false},
		{"shellscript", "for i in a b; do", true},
		{"shellscript", "for i in a; do x; done", false},
		{"yaml", "a:", true},
		{"yaml", "a: b", false},
		{"haskell", "main = do", true},
		{"elixir", "def f(x) do", true},
	}
	for _, tt := range tests {
		if got := ByID(tt.language).Opens(tt.line); got != tt.want {
			t.Errorf("%s: Opens(%q) = %v", tt.language, tt.line, got)
		}
	}
}

func TestCloses(t *testing.T) {
	tests := []struct {
		language, line string
		want           bool
	}{
		{"go", "\t}, nil)", true},
		{"go", "\t// }", false},
		{"go", "x }", false},
		{"go", "", false},
		{"ruby", "  end", true},
		{"ruby", "  ending", false},
		{"shellscript", "done < file", true},
		{"python", "pass", false},
	}
	for _, tt := range tests {
		if got := ByID(tt.language).Closes(tt.line); got != tt.want {
			t.Errorf("%s: Closes(%q) = %v", tt.language, tt.line, got)
		}
	}
}

func TestLanguageOfAFile(t *testing.T) {
	for file, want := range map[string]string{
		"a/b.go": "go", `C:\x\Main.JAVA`: "java", "Makefile": "makefile", "Dockerfile.dev": "dockerfile", "a.tsx": "typescriptreact",
		"x.h": "c", "x.hpp": "cpp", "LICENSE": "plaintext", "a.tar.unknown": "plaintext", "": "plaintext", ".bashrc": "shellscript", "go.mod": "go.mod",
	} {
		if got := IDForPath(file); got != want {
			t.Errorf("IDForPath(%q) = %q, want %q", file, got, want)
		}
	}
	if ByID("bash") != ByID("shellscript") {
		t.Error("an alias gives another language")
	}
	if got := ByID("no such language").ID(); got != "plaintext" {
		t.Errorf("an unknown id gives %q", got)
	}
	if got := ByID("php").LineComments(); len(got) != 2 || got[0] != "//" {
		t.Errorf("LineComments of PHP: %q", got)
	}
	if !ByID("python").IndentBlocks() || ByID("go").IndentBlocks() {
		t.Error("IndentBlocks: python has them, go has not")
	}
	if ByID("javascript").Family() != ByID("typescriptreact").Family() || ByID("go").Family() == ByID("c").Family() {
		t.Error("Family: JavaScript and TypeScript belong together, Go and C do not")
	}
}

// The tables refer to one another by name, so a slip shows up only here.
func TestTables(t *testing.T) {
	seen := map[string]string{}
	claim := func(what, id string) {
		if other, ok := seen[what]; ok {
			t.Errorf("%s belongs to %s and to %s", what, other, id)
		}
		seen[what] = id
	}
	n := 0
	for _, table := range [][]spec{curly, scripting, functional, markup} {
		for _, s := range table {
			n++
			for _, id := range s.ids {
				claim("id "+id, s.ids[0])
			}
			for _, e := range s.exts {
				claim("extension "+e, s.ids[0])
			}
			for _, name := range s.names {
				claim("name "+name, s.ids[0])
			}
			if s.family != "" && index.byID[s.family] == nil {
				t.Errorf("%s: family %q is no language", s.ids[0], s.family)
			}
			if len(s.rules) > 255 {
				t.Errorf("%s: %d rules do not fit a State", s.ids[0], len(s.rules))
			}
			for _, r := range s.rules {
				if r.interp != "" && r.form != fixed {
					t.Errorf("%s: code inside needs a fixed form: %q", s.ids[0], r.open)
				}
				if strings.ContainsAny(r.open+r.close, "\r\n") {
					t.Errorf("%s: %q: a mark over two lines cannot be resumed at a line", s.ids[0], r.open)
				}
			}
		}
	}
	if n < 40 {
		t.Errorf("only %d languages", n)
	}
}

func TestStateOfAnotherLanguage(t *testing.T) {
	for _, from := range all() {
		for _, text := range []string{"\"", "'", "`${`${", "/*", "<<EOF\n", "r##\"", "[==[", "#{", "\"\"\"", "R\"xy("} {
			st := from.After(text, State{})
			for _, to := range all() {
				covers(t, to, "a \" ' } ) ` EOF\nEOF\n */ ]==] }\n", st)
			}
		}
	}
}

// covers checks that the tokens of text are all of it, in order, none empty.
func covers(t *testing.T, l *Language, text string, st State) {
	t.Helper()
	at := 0
	for tok := range l.Scan(text, st) {
		if tok.From != at || tok.To <= at {
			t.Fatalf("%s: %q: token %+v at %d", l.id, text, tok, at)
		}
		at = tok.To
	}
	if at != len(text) {
		t.Fatalf("%s: %q: covered %d of %d bytes", l.id, text, at, len(text))
	}
}

// all returns every language once.
func all() []*Language {
	langs := []*Language{plain}
	for _, table := range [][]spec{curly, scripting, functional, markup} {
		for _, s := range table {
			langs = append(langs, ByID(s.ids[0]))
		}
	}
	return langs
}

func FuzzScan(f *testing.F) {
	for i := range all() {
		f.Add(uint8(i), "a \"b\\\n'c' `d${ {e} }` /* f\n*/ // g\nr#\"h\"# [=[i]=] <<EOF\nj\nEOF\n=begin\n=end\n'''\n\"\"\" R\"x()x\" ''${a}'' return /k/ $' \\u{1}")
	}
	f.Fuzz(func(t *testing.T, which uint8, text string) {
		langs := all()
		l := langs[int(which)%len(langs)]
		covers(t, l, text, State{})
		want := l.After(text, State{})
		st, line := State{}, 0
		for i := 0; i < len(text); i++ { //nolint:intrange // bytes, of text that need not be UTF-8: range would skip some
			if text[i] != '\n' && (text[i] != '\r' || i+1 < len(text) && text[i+1] == '\n') {
				continue
			}
			covers(t, l, text[i+1:], l.After(text[:i+1], State{}))
			st = l.After(text[line:i+1], st)
			line = i + 1
			if got := l.After(text[line:], st); got != want {
				t.Fatalf("%s: %q, resumed at %d: %+v, want %+v", l.id, text, line, got, want)
			}
		}
		l.Opens(text)
		InferIndent(text, Indent{Width: 4})
	})
}

func TestInferIndent(t *testing.T) {
	fallback := Indent{Width: 3}
	tests := []struct {
		name, text string
		want       Indent
	}{
		{"nothing to see", "a\nb\n", fallback},
		{"tabs", "a\n\tb\n\t\tc\n", Indent{Tabs: true, Width: 3}},
		{"two", "a\n  b\n    c\n  d\n", Indent{Width: 2}},
		{"four, with an aligned line", "a\n    b\n    c\n        d\n             e\nf\n    g\n", Indent{Width: 4}},
		{"the stars of a comment do not count", "/*\n * a\n * b\n */\nf\n    g\n", Indent{Width: 4}},
		{"mostly tabs", "a\n\tb\n\tc\n  d\n", Indent{Tabs: true, Width: 3}},
	}
	for _, tt := range tests {
		if got := InferIndent(tt.text, fallback); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
	if got := (Indent{Width: 2}).String() + (Indent{Tabs: true}).String(); got != "  \t" {
		t.Errorf("one level is written %q", got)
	}
	if got := (Indent{Width: 4}).Columns(" \t "); got != 5 {
		t.Errorf("Columns = %d, want 5", got)
	}
	if got := Leading("\t a "); got != "\t " {
		t.Errorf("Leading = %q", got)
	}
}

func TestScanAllocatesNothingPerToken(t *testing.T) {
	l := ByID("typescript")
	text := strings.Repeat("const a = `b${c}` + f(\"d\", 'e') // g\n", 100)
	n := 0
	got := testing.AllocsPerRun(10, func() {
		for range l.Scan(text, State{}) {
			n++
		}
	})
	if got > 2 { // the scanner itself may move to the heap
		t.Errorf("%v allocations for %d tokens", got, n/11)
	}
}

func BenchmarkScan(b *testing.B) {
	text := strings.Repeat("func (s *Server) handle(ctx context.Context, id int) error { // a comment\n\tif err := s.write(ctx, \"a string\", id+1); err != nil {\n\t\treturn fmt.Errorf(\"write: %w\", err)\n\t}\n}\n", 1)
	text = strings.Repeat(text, 100_000/len(text))
	for _, id := range []string{"go", "python", "typescript", "rust", "markdown"} {
		l := ByID(id)
		b.Run(id, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				for range l.Scan(text, State{}) {
					n++
				}
			}
			if n == 0 {
				b.Fatal("no tokens")
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(text)), "ns/byte")
		})
	}
}
