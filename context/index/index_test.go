package index

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
	"github.com/google/go-cmp/cmp"
)

func put(x *Index, file, text string) *Entry {
	e := Read(file, syntax.IDForPath(file), text)
	x.Put(e)
	return e
}

func TestReadTellsWhatStandsInAFile(t *testing.T) {
	text := "package p\n\nimport \"example.com/q\"\n\ntype Pump struct {\n\tRate int\n}\n\n// Run runs.\nfunc (p *Pump) Run(\n\tn int,\n) error {\n\treturn nil\n}\n"
	e := Read("a/pump.go", "go", text)
	want := []Symbol{
		{Kind: syntax.Type, Name: "Pump", Line: 5, End: 7, Signature: "type Pump struct {"},
		{Kind: syntax.Field, Name: "Rate", Scope: "Pump", Line: 6, End: 6, Signature: "\tRate int"},
		{Kind: syntax.Method, Name: "Run", Scope: "Pump", Line: 10, End: 14, Signature: "func (p *Pump) Run(\n\tn int,\n) error {"},
	}
	if diff := cmp.Diff(want, e.Symbols); diff != "" {
		t.Errorf("symbols (-want +got):\n%s", diff)
	}
	if e.Lines != 15 || e.Bytes != len(text) || len(e.Imports) != 1 || e.Imports[0].Path != "example.com/q" {
		t.Errorf("%d lines, %d bytes, imports %v", e.Lines, e.Bytes, e.Imports)
	}
	if n := e.Count(Hash("Pump")); n != 2 {
		t.Errorf("Pump stands there twice, counted %d", n)
	}
}

func TestPartsOfIdentifiers(t *testing.T) {
	for name, want := range map[string]string{
		"HTTPServer_v2": "HTTP Server v2", "snake_case": "snake case", "camelCase": "camel Case", "__init__": "init",
		"X": "X", "getURL": "get URL", "": "", "größe": "größe", "A1B": "A1 B",
	} {
		if got := strings.Join(slices.Collect(Parts(name)), " "); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestResolve(t *testing.T) {
	tests := []struct {
		name, from, path string
		names            []string
		files            string // of the workspace; manifests have their text behind =
		want             string
	}{
		{
			name: "a Go package of the module", from: "cmd/a.go", path: "example.com/m/store",
			files: "go.mod=module example.com/m;store/b.go;store/a.go;store/a_test.go;store/x.txt;other/store/c.go", want: "store/a.go store/b.go",
		},
		{name: "the root package", from: "cmd/a.go", path: "example.com/m", files: "go.mod=module example.com/m;a.go;cmd/a.go", want: "a.go"},
		{name: "a package of the standard library", from: "a.go", path: "errors", files: "go.mod=module m;errors/a.go"},
		{name: "Go without go.mod", from: "a.go", path: "example.com/m/store", files: "store/a.go", want: "store/a.go"},
		{name: "a Python module", from: "app/a.py", path: "app.models.user", files: "src/app/models/user.py;user.py", want: "src/app/models/user.py"},
		{name: "a relative one", from: "app/sub/a.py", path: "..models", files: "app/models.py;models.py", want: "app/models.py"},
		{name: "a package", from: "a.py", path: "app", names: []string{"models", "Thing"}, files: "app/__init__.py;app/models.py", want: "app/models.py app/__init__.py"},
		{name: "a relative script", from: "src/a.ts", path: "../lib/b", files: "lib/b.tsx;b.ts", want: "lib/b.tsx"},
		{name: "by the name it will have", from: "src/a.ts", path: "./b.js", files: "src/b.ts", want: "src/b.ts"},
		{name: "an index", from: "src/a.ts", path: "./b", files: "src/b/index.ts", want: "src/b/index.ts"},
		{name: "a package of a monorepo", from: "apps/x/a.ts", path: "@own/core/deep", files: "packages/core/package.json={\n\"name\": \"@own/core\",\n};packages/core/src/deep.ts", want: "packages/core/src/deep.ts"},
		{name: "an alias", from: "src/pages/a.tsx", path: "@/lib/b", files: "src/lib/b.ts", want: "src/lib/b.ts"},
		{name: "a package from elsewhere", from: "src/a.ts", path: "react", files: "src/react.ts"},
		{name: "a module of the crate", from: "src/a/b.rs", path: "crate::x::y", files: "src/lib.rs;src/x.rs;src/x/y.rs", want: "src/x/y.rs"},
		{name: "a name of the crate's root", from: "src/a/b.rs", path: "crate::x", files: "src/lib.rs", want: "src/lib.rs"},
		{name: "a module above", from: "src/a/b.rs", path: "super::c", files: "src/a/c.rs;src/a/mod.rs", want: "src/a/c.rs"},
		{name: "an own module", from: "src/lib.rs", path: "self::m", files: "src/lib.rs;src/m/mod.rs", want: "src/m/mod.rs"},
		{name: "another crate", from: "core/src/main.rs", path: "the_lib::sink", files: "lib/Cargo.toml=[package]\nname = \"the-lib\";lib/src/lib.rs;lib/src/sink.rs", want: "lib/src/sink.rs"},
		{name: "a Java class", from: "a/src/main/java/com/x/A.java", path: "com.x.util.B", files: "b/com/x/util/B.java;b/com/y/B.java", want: "b/com/x/util/B.java"},
		{name: "a C# namespace", from: "App/A.cs", path: "App.Util", files: "App/Util/B.cs;App/Util/C.cs;Other/D.cs", want: "App/Util/B.cs App/Util/C.cs"},
		{name: "an include", from: "src/a.c", path: "../inc/b.h", files: "inc/b.h", want: "inc/b.h"},
		{name: "an include by search path", from: "src/a.cc", path: "lib/b.h", files: "inc/lib/b.h;inc/b.h", want: "inc/lib/b.h"},
		{name: "a Ruby file", from: "lib/a.rb", path: "own/b", files: "lib/own/b.rb", want: "lib/own/b.rb"},
		{name: "a Lua module", from: "a.lua", path: "own.b", files: "lua/own/b.lua", want: "lua/own/b.lua"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var x Index
			for file := range strings.SplitSeq(tt.files, ";") {
				name, text, _ := strings.Cut(file, "=")
				put(&x, name, text)
			}
			e := put(&x, tt.from, "")
			var got []string
			for _, f := range x.Resolve(e, Import{Path: tt.path, Names: tt.names}) {
				got = append(got, f.Path)
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What is put and removed leaves no trace.
func TestIndexForgets(t *testing.T) {
	var x Index
	put(&x, "go.mod", "module m")
	put(&x, "a/a.go", "package a\n\nfunc RunPump() {}\n")
	put(&x, "b/b.go", "package b\n\nimport \"m/a\"\n\nfunc f() { a.RunPump() }\n")
	if got := x.Importers("a/a.go"); len(got) != 1 || got[0].Path != "b/b.go" {
		t.Errorf("importers %v", got)
	}
	if x.Len() != 3 || len(x.Named("RunPump")) != 1 || x.Files(Hash("RunPump")) != 2 || len(x.WithPart(Hash("pump"))) != 1 {
		t.Error("what was put was not found")
	}
	put(&x, "a/a.go", "package a\n\nfunc RunMill() {}\n")
	if len(x.Named("RunPump")) != 0 || len(x.Named("RunMill")) != 1 || x.Files(Hash("RunPump")) != 1 {
		t.Error("what took its place was not found")
	}
	for _, f := range x.All() {
		x.Remove(f.Path)
	}
	x.Remove("a/a.go")
	if n := x.Len() + x.Bytes() + len(x.words) + len(x.names) + len(x.parts) + len(x.owners) + len(x.stems) + len(x.dirs) + len(x.imports) + len(x.modules); n != 0 {
		t.Errorf("%d traces are left", n)
	}
	put(&x, "c.go", "package c\n")
	if len(x.files) != 3 {
		t.Errorf("%d slots for one file of three", len(x.files))
	}
}

// What a factory returns has functions for its methods that stand in its body.
func TestClosuresAreDefinitions(t *testing.T) {
	text := "export const makePump = (n: number) => {\n  const rate: Rate = (x) => x * n\n  const speed = rate(1)\n  async function stop() {\n  }\n  return { rate, stop }\n}\nconst rest = 1\n"
	want := []Symbol{
		{Kind: syntax.Function, Name: "makePump", Line: 1, End: 7, Signature: "export const makePump = (n: number) => {"},
		{Kind: syntax.Function, Name: "rate", Scope: "makePump", Line: 2, End: 2, Signature: "  const rate: Rate = (x) => x * n"},
		{Kind: syntax.Function, Name: "stop", Scope: "makePump", Line: 4, End: 4, Signature: "  async function stop() {"},
		{Kind: syntax.Variable, Name: "rest", Line: 8, End: 8, Signature: "const rest = 1"},
	}
	got := Read("a.ts", "typescript", text).Symbols
	for i := range got { // whether a constant is a function is for package syntax to say
		if i < len(want) && (got[i].Name == "makePump" || got[i].Name == "rest") {
			got[i].Kind = want[i].Kind
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("symbols (-want +got):\n%s", diff)
	}
}

// Files come and go while others look.
func TestIndexServesMany(t *testing.T) {
	var x Index
	put(&x, "go.mod", "module m")
	var all sync.WaitGroup
	for g := range 4 {
		all.Go(func() {
			for i := range 50 {
				name := fmt.Sprintf("p%d/f%d.go", g, i%5)
				e := put(&x, name, fmt.Sprintf("package p\n\nimport \"m/p%d\"\n\nfunc Run%d() {}\n", (g+1)%4, i))
				for _, f := range x.All() {
					x.Counts(f, func(int, int, int) {})
					x.Importers(f.Path)
				}
				if refs := x.Named(fmt.Sprintf("Run%d", i)); len(refs) == 0 || len(x.Members("none")) > 0 {
					t.Errorf("Run%d was put and not found", i)
				}
				x.Resolve(e, e.Imports[0])
				x.With(Hash("package"))
				if i%7 == 0 {
					x.Remove(name)
				}
			}
		})
	}
	all.Wait()
}

func FuzzRead(f *testing.F) {
	f.Add("a.ts", "typescript", "const f = () => {\n  const g = (x) => x\r}\n")
	f.Add("go.mod", "go", "module \"")
	f.Add("Cargo.toml", "toml", "name = \"a-b\"\r\n")
	f.Add("b.rs", "rust", "impl\xff X { fn a(")
	f.Fuzz(func(t *testing.T, file, language, text string) {
		e := Read(file, language, text)
		for i := range e.Symbols {
			if s := &e.Symbols[i]; s.Line < 1 || s.End < s.Line || s.End > e.Lines || i > 0 && s.Line < e.Symbols[i-1].Line || !strings.Contains(text, s.Signature) {
				t.Fatalf("symbol %d of %d lines: %+v", i, e.Lines, *s)
			}
		}
		var x Index
		x.Put(e)
		for _, m := range e.Imports {
			x.Resolve(e, m)
		}
		x.Remove(file)
	})
}

// A changed file of 40 KB takes the place of its former self among others.
func BenchmarkPut(b *testing.B) {
	var x Index
	text := func(n int) string {
		var s strings.Builder
		for i := 0; s.Len() < 40_000; i++ {
			fmt.Fprintf(&s, "// Step%d does it.\nfunc (s *State%d) Step%d(value%d int) error {\n\treturn s.next(value%d)\n}\n\n", i*n, n%7, i*n, i, i)
		}
		return "package p\n\n" + s.String()
	}
	for i := range 500 {
		put(&x, fmt.Sprintf("p%d/f%d.go", i/20, i), text(i))
	}
	texts := []string{text(3), text(5)}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		put(&x, "p1/f30.go", texts[i%2])
	}
}
