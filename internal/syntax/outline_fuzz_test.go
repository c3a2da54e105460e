package syntax

import (
	"strings"
	"testing"
)

// grammared are the ids of the languages whose definitions are known.
var grammared = strings.Fields("go python typescript typescriptreact javascript javascriptreact rust java c cpp csharp php kotlin swift ruby lua shellscript")

func FuzzOutline(f *testing.F) {
	for i := range grammared {
		for _, text := range brokenTexts {
			f.Add(text, uint8(i))
		}
	}
	f.Fuzz(func(t *testing.T, text string, language uint8) {
		l := ByID(grammared[int(language)%len(grammared)])
		checkOutline(t, l, text)
		checkImports(t, l, text)
	})
}

// checkOutline checks what holds of every outline.
func checkOutline(t *testing.T, l *Language, text string) {
	t.Helper()
	before := 0
	for _, s := range l.Outline(text) {
		switch {
		case s.From < before || s.To < s.From || s.End < s.To || s.End > len(text):
			t.Fatalf("%s: %q: the ranges of %+v", l.id, text, s)
		case s.Name == "":
			t.Fatalf("%s: %q: %+v has no name", l.id, text, s)
		case s.From > 0 && !strings.ContainsRune("\r\n", rune(text[s.From-1])):
			t.Fatalf("%s: %q: %+v begins within a line", l.id, text, s)
		case !lineEnds(text, s.To) || !lineEnds(text, s.End):
			t.Fatalf("%s: %q: %+v ends within a line", l.id, text, s)
		case s.To-s.From > maxSignature:
			t.Fatalf("%s: %+v is too long", l.id, s)
		}
		before = s.From
	}
}

func lineEnds(text string, at int) bool {
	return at == len(text) || text[at] == '\r' || text[at] == '\n'
}

func checkImports(t *testing.T, l *Language, text string) {
	t.Helper()
	before := 0
	for _, i := range l.Imports(text) {
		if i.Path == "" || i.From < before || i.To < i.From || i.To > len(text) {
			t.Fatalf("%s: %q: %+v", l.id, text, i)
		}
		before = i.From
	}
}

// brokenTexts are beginnings, ends and heaps of what definitions are made of.
var brokenTexts = []string{
	"", "\n", "}", "{", ")", "(((", "}}}}", "{{{{", "class", "class {", "func (", "def", "def (", "fn<", "impl<T for", "#", "#define", "#if\n#else\n#endif",
	"class A {\n  f(\n  g() {\nclass B {\n", "def f(\n  a\ndef g():\n", "function f(a\nfunction g()\nend\n", "type X = {\n a: {\ntype Y =",
	"import", "from import", "import {", "import {a", "from . import (", "from", "use a::{b::{", "use ::", "require(", "using x =", "@", "@a.", "@a(", "#[", "[[",
	"template<", "template <class T>\n", "A::~", "A<T>::", "operator", "typedef {", "typedef struct {", "typedef struct { typedef struct {", "typedef struct {\n int a;\n} b;", "struct", "enum A {", "enum A { B, C",
	"const {", "const { a, b: c = {", "export default", "export default function", "module.exports =", "a.b.c = function", "x = async (a", "x = <T,>(",
	"#include", "#include <", "# include \"", "using", "use A\\", "use A\\{B", "require", "autoload :", "source", ".", "export", "export {", "import a from", "import static", "pub(", "extern crate", "\r\n\r\n", "a\rb\r", "if x {\r\n\ty(\r\n}\r\n", "\"", "'''", "/*", "<<A\n", "var\xff = \xfe", "record R(int a,", "class A(val b: C, var d",
	"class A\n  def f\n  rescue\n  end\nend\n", "f() {\n", "f ()\n{\n}\n", "function a-b", "local function", "local a, b =", "func (r *T[K]) f() {", "package a\nfunc f(",
	"package p\ntype A struct {\n\tB\n\tc, d int\n", "case a, b(", "init?", "subscript", "const fn", "static", "public:", "public: private:",
}

// TestOutlineOfBrokenTexts heaps up what is broken, so that it nests and runs on.
func TestOutlineOfBrokenTexts(t *testing.T) {
	for _, id := range grammared {
		l := ByID(id)
		for _, text := range brokenTexts {
			for n := range 3 {
				checkOutline(t, l, strings.Repeat(text, 1+n*5))
				checkOutline(t, l, strings.Repeat(text+"\n", 1+n*5))
				checkImports(t, l, strings.Repeat(text+" ", 1+n*5))
			}
		}
	}
}

// BenchmarkOutline prints the throughput on realistic code, and on texts on
// which a walk back or ahead for each symbol would be slow.
func BenchmarkOutline(b *testing.B) {
	run := func(name string, l *Language, text string) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				l.Outline(text)
			}
		})
	}
	for _, tt := range outlineTests {
		if tt.name == "definitions" {
			text := strings.Repeat(tt.text, 1+100_000/len(tt.text))
			run(tt.language, ByID(tt.language), text)
			if tt.language == "go" { // above it was broken: a file has one package clause and its imports come first
				head := "package shop\n\nimport \"fmt\"\n"
				run("go/whole", ByID("go"), head+strings.ReplaceAll(text, head, ""))
			}
		}
	}
	for _, hard := range []string{"int a;", "class A {", "(", "{", "a<", "}", "class A<{", "f(a) ", "let a = (", "template <", "::", "\"", "#if\n", "\n(", "const {a, ", "a.b = "} {
		for _, id := range []string{"typescript", "cpp", "ruby", "go"} {
			run("hard/"+id+"/"+hard, ByID(id), strings.Repeat(hard, 300_000/len(hard)))
		}
	}
}

// BenchmarkImports is the same for imports.
func BenchmarkImports(b *testing.B) {
	for _, tt := range outlineTests {
		if tt.name == "definitions" {
			l, text := ByID(tt.language), strings.Repeat(tt.text, 1+100_000/len(tt.text))
			b.Run(tt.language, func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				b.ReportAllocs()
				for b.Loop() {
					l.Imports(text)
				}
			})
		}
	}
}
