package rank

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/claude-lsp/claude-lsp/context/index"
	"github.com/claude-lsp/claude-lsp/context/trail"
	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/syntax"
	"github.com/google/go-cmp/cmp"
)

// A workspace is files, the text of each behind its name: "== a.go ==".
func workspace(t testing.TB, text string) (*Ranker, Query) {
	t.Helper()
	x := new(index.Index)
	texts := map[string]string{}
	var q Query
	for part := range strings.SplitSeq(text, "\n== ") {
		name, body, ok := strings.Cut(strings.TrimPrefix(part, "== "), " ==\n")
		if !ok {
			continue
		}
		if at := strings.Index(body, "‸"); at >= 0 {
			body = body[:at] + body[at+len("‸"):]
			q = Query{Doc: document.New("file:///w/"+name, syntax.IDForPath(name), 1, body), At: document.Offset(at), Path: name, Line: 2000}
		}
		texts[name] = body
		x.Put(index.Read(name, syntax.IDForPath(name), body))
	}
	if q.Doc == nil {
		t.Fatal("no cursor is drawn")
	}
	return New(Options{Index: x, Text: func(name string) (string, bool) {
		text, ok := texts[name]
		return text, ok
	}}), q
}

// first returns the signature that is worth most.
func first(r *Ranker, q Query) string {
	found := newRun(context.Background(), r, q).candidates()
	if len(found.order) == 0 {
		return ""
	}
	return found.list[uint32(found.order[0])].Symbol().Name
}

// Each signal, in one language or several, decides what comes first where all
// else is equal: the candidates are alike and stand in files alike.
func TestFirstComesWhatTheLineNeeds(t *testing.T) {
	tests := []struct{ name, files, want string }{
		{
			"a method of the variable's type, made by a function (Go)",
			"== go.mod ==\nmodule m\n== a/a.go ==\npackage a\n\nimport \"m/b\"\n\nfunc f() {\n\tp := b.NewPump()\n\tp.‸\n}\n" +
				"== b/b.go ==\npackage b\n\ntype Mill struct{}\n\nfunc (m *Mill) Grind() {}\n\ntype Pump struct{}\n\nfunc NewPump() *Pump { return nil }\n\nfunc (p *Pump) Start() {}\n", "Start",
		},
		{
			"a method of the field's type (Go)",
			"== go.mod ==\nmodule m\n== a/a.go ==\npackage a\n\nimport \"m/b\"\n\ntype house struct {\n\twater *b.Pump\n}\n\nfunc (h *house) f() {\n\th.water.‸\n}\n" +
				"== b/b.go ==\npackage b\n\ntype Mill struct{}\n\nfunc (m *Mill) Grind() {}\n\ntype Pump struct{}\n\nfunc (p *Pump) Start() {}\n", "Start",
		},
		{
			"a function of the package before the dot (Go)",
			"== go.mod ==\nmodule m\n== a/a.go ==\npackage a\n\nimport (\n\t\"m/b\"\n\t\"m/c\"\n)\n\nvar x = c.‸\n" +
				"== b/b.go ==\npackage b\n\nfunc Alpha() int { return 1 }\n== c/c.go ==\npackage c\n\nfunc Gamma() int { return 1 }\n", "Gamma",
		},
		{
			"nothing that is not exported (Go)",
			"== go.mod ==\nmodule m\n== a/a.go ==\npackage a\n\nimport \"m/b\"\n\nvar x = b.‸\n== b/b.go ==\npackage b\n\nfunc alpha() int { return 1 }\n\nfunc Other() int { return 1 }\n", "Other",
		},
		{
			"a type where one is due (Go)",
			"== a.go ==\npackage a\n\nfunc f(x *‸\n== b.go ==\npackage a\n\nfunc Alpha() {}\n\ntype Gamma struct{}\n", "Gamma",
		},
		{
			"a method of an annotated parameter (Python)",
			"== a.py ==\nfrom b import Pump\n\ndef f(p: Pump):\n    p.‸\n== b.py ==\nclass Mill:\n    def grind(self): pass\n\nclass Pump:\n    def start(self): pass\n", "start",
		},
		{
			"a method of what a constructor made (Python)",
			"== a.py ==\nfrom b import Pump, Mill\n\ndef f():\n    p = Pump(1)\n    m = Mill()\n    p.‸\n== b.py ==\nclass Mill:\n    def grind(self): pass\n\nclass Pump:\n    def start(self): pass\n", "start",
		},
		{
			"an inherited method (Python)",
			"== a.py ==\nfrom b import Pump\n\nclass Own(Pump):\n    def f(self):\n        self.‸\n== b.py ==\nclass Mill:\n    def grind(self): pass\n\nclass Pump:\n    def start(self): pass\n", "start",
		},
		{
			"what is imported by name and not used yet (Python)",
			"== a.py ==\nfrom b import alpha, gamma\n\nalpha()\nx = ‸\n== b.py ==\ndef alpha(): pass\n\ndef gamma(): pass\n\ndef delta(): pass\n", "gamma",
		},
		{
			"a variable that is called as a type is (Python)",
			"== a.py ==\nimport b\n\ndef f(pump):\n    pump.‸\n== b.py ==\nclass Mill:\n    def grind(self): pass\n\nclass Pump:\n    def start(self): pass\n", "start",
		},
		{
			"a member of new (TypeScript)",
			"== a.ts ==\nimport { Pump } from './b'\n\nconst p = new Pump()\np.‸\n== b.ts ==\nexport class Mill {\n  grind() {}\n}\n\nexport class Pump {\n  start() {}\n}\n", "start",
		},
		{
			"a name that the text uses, in the list of an import (TypeScript)",
			"== a.ts ==\nimport {\n  ‸\n} from './b'\n\nconst x = gamma(1)\n== b.ts ==\nexport function alpha() {}\n\nexport function gamma(n: number) {}\n", "gamma",
		},
		{
			"what an index passes on (TypeScript)",
			"== a/a.ts ==\nimport {\n  ‸\n} from '../lib'\n\nconst x = gamma(1)\n== lib/index.ts ==\nexport * from './deep/g'\n== lib/deep/g.ts ==\nexport function gamma(n: number) {}\n== other/h.ts ==\nexport function gamma2(n: number) {}\n", "gamma",
		},
		{
			"an associated function of the type before the colons (Rust)",
			"== src/lib.rs ==\nmod b;\nuse crate::b::Pump;\n\nfn f() {\n    let p = Pump::‸\n}\n== src/b.rs ==\npub struct Mill;\nimpl Mill {\n    pub fn grind() {}\n}\npub struct Pump;\nimpl Pump {\n    pub fn start() {}\n}\n", "start",
		},
		{
			"a method of a let binding (Rust)",
			"== src/lib.rs ==\nmod b;\nuse crate::b::Pump;\n\nfn f() {\n    let p = Pump::new(1);\n    p.‸\n}\n== src/b.rs ==\npub struct Mill;\nimpl Mill {\n    pub fn grind(&self) {}\n}\npub struct Pump;\nimpl Pump {\n    pub fn new(n: u8) -> Self { Pump }\n    pub fn start(&self) {}\n}\n", "start",
		},
		{
			"a method of a declared variable (Java)",
			"== A.java ==\nclass A {\n  void f(Pump p) {\n    p.‸\n  }\n}\n== Mill.java ==\npublic class Mill {\n  public void grind() {}\n}\n== Pump.java ==\npublic class Pump {\n  public void start() {}\n}\n", "start",
		},
		{"what the word begins as", // in any language
			"== a.go ==\npackage a\n\nvar x = gam‸\n== b.go ==\npackage a\n\nfunc alpha() {}\n\nfunc gammaRay() {}\n", "gammaRay"},
		{
			"what is called as the words near are",
			"== a.go ==\npackage a\n\nfunc readHeader() {\n\theader := ‸\n}\n== b.go ==\npackage a\n\nfunc parseBody() int { return 1 }\n\nfunc parseHeader() int { return 1 }\n", "parseHeader",
		},
		{
			"what follows on the same words elsewhere",
			"== a.go ==\npackage a\n\nfunc f() {\n\tdefer ‸\n}\n== b.go ==\npackage a\n\nfunc alpha() {}\n\nfunc gamma() {}\n== c.go ==\npackage a\n\nfunc g() {\n\tdefer gamma()\n}\n\nfunc h() {\n\talpha()\n}\n", "gamma",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, q := workspace(t, tt.files)
			if got := first(r, q); got != tt.want {
				t.Errorf("%s came first, want %s", got, tt.want)
			}
		})
	}
}

// A diagnostic of the line tells what it needs.
func TestDiagnosticsCount(t *testing.T) {
	r, q := workspace(t, "== a.go ==\npackage a\n\nfunc f() {\n\tx(‸\n}\n== b.go ==\npackage a\n\nfunc parseBody() int { return 1 }\n\nfunc parseHeader() int { return 1 }\n")
	for _, want := range []string{"parseBody", "parseHeader"} {
		q.Recent.Diagnostics = []trail.Diagnostic{{FirstLine: 3, LastLine: 3, Message: "cannot use the result of " + want}}
		if got := first(r, q); got != want {
			t.Errorf("%s came first, want %s", got, want)
		}
	}
}

func TestSignaturesOfAFileAreOnePassage(t *testing.T) {
	r, q := workspace(t, "== a.py ==\nfrom b import Pump\n\ndef f(p: Pump):\n    p.‸\n== b.py ==\nimport os\n\nclass Pump:\n    # the pump\n    def start(self,\n              n): pass\n\n    def stop(self): pass\n")
	want := []Passage{{
		Path: "b.py", FirstLine: 3, LastLine: 8, Picked: true, Reason: ReasonDefinition,
		Text: "class Pump:\n    def start(self,\n              n): pass\n    def stop(self): pass\n",
	}}
	if diff := cmp.Diff(want, r.Rank(t.Context(), q).Line); diff != "" {
		t.Errorf("passages (-want +got):\n%s", diff)
	}
	q.Shown = func(path, signature string) bool { return path == "b.py" && !strings.Contains(signature, "stop") }
	got := r.Rank(t.Context(), q).Line
	if len(got) != 1 || !strings.Contains(got[0].Text, "stop") || strings.Contains(got[0].Text, "start") {
		t.Errorf("start is shown already, stop is not:\n%v", got)
	}
}

func TestAWorkspaceThatFitsIsWhole(t *testing.T) {
	r, q := workspace(t, "== a.go ==\npackage a\n‸\n== b.go ==\npackage a\n\nfunc g() {}\n== c/readme.md ==\nread me\n")
	q.Bulk = 10_000
	got := r.Rank(t.Context(), q)
	want := []Passage{
		{Path: "b.go", Text: "package a\n\nfunc g() {}", Reason: ReasonWhole},
		{Path: "c/readme.md", Text: "read me\n", Reason: ReasonWhole},
	}
	if diff := cmp.Diff(want, got.Bulk); diff != "" || !got.Whole {
		t.Errorf("bulk, whole %v (-want +got):\n%s", got.Whole, diff)
	}
	if q.Bulk = 60; r.Rank(t.Context(), q).Whole {
		t.Error("what does not fit is said to be whole")
	}
}

// made is a workspace of n Go files that use one another.
func made(n int) string {
	random := rand.New(rand.NewPCG(1, uint64(n)))
	nouns := []string{"Pump", "Mill", "Valve", "Wheel", "Gauge", "Tank", "Pipe", "Belt"}
	verbs := []string{"Start", "Stop", "Read", "Write", "Check", "Reset", "Count", "Merge"}
	var b strings.Builder
	b.WriteString("== go.mod ==\nmodule m\n")
	for i := range n {
		other := random.IntN(max(n/10, 1))
		fmt.Fprintf(&b, "== p%d/f%d.go ==\npackage p%d\n\nimport \"m/p%d\"\n\n", i/10, i, i/10, other)
		for j := range 8 {
			noun, verb := nouns[random.IntN(8)], verbs[random.IntN(8)]
			fmt.Fprintf(&b, "// %[1]s%[3]d is a %[1]s.\ntype %[1]s%[3]d struct {\n\tRate int\n}\n\n// %[2]s%[3]d does it.\nfunc (x *%[1]s%[3]d) %[2]s%[3]d(n int) error {\n\ty := p%[4]d.New%[1]s(n)\n\treturn y.%[2]s(n, x.Rate)\n}\n\n", noun, verb, i*8+j, other)
		}
	}
	b.WriteString("== p0/here.go ==\npackage p0\n\nimport \"m/p1\"\n\nfunc here(pump *p1.Pump80) {\n\tpump.‸\n}\n")
	return b.String()
}

// Whatever the place and the budgets: they are kept, what is shown stands in
// its file, no two texts overlap, and the same query gives the same ranking.
func TestRankingHoldsWhatItPromises(t *testing.T) {
	r, q := workspace(t, made(200))
	random := rand.New(rand.NewPCG(3, 4))
	text := q.Doc.Text()
	for range 60 {
		q.At = document.Offset(random.IntN(len(text) + 1))
		q.Line, q.Bulk = random.IntN(6000), random.IntN(2)*random.IntN(250_000)
		q.Others = []Other{{Doc: document.New("file:///w/p3/f31.go", "go", 2, "package p3\n\nvar Other = 1\n"), Path: "p3/f31.go"}}
		q.Recent = trail.Recent{
			Edits: []trail.Edit{{Path: "p5/f50.go", Line: 10, After: "x\n"}, {Path: "p5/f50.go", Line: 12, After: "y\n"}, {Path: "gone.go"}},
			Seen:  []trail.Seen{{Path: "p5/f50.go", FirstLine: 5, LastLine: 9}, {Path: "p6/f60.go", FirstLine: 1, LastLine: 9}, {Path: "p6/f60.go", FirstLine: 900, LastLine: 999}},
		}
		got := r.Rank(t.Context(), q)
		check(t, r, q, got)
		if diff := cmp.Diff(got, r.Rank(t.Context(), q)); diff != "" {
			t.Fatalf("the same query, another ranking:\n%s", diff)
		}
	}
	q.Line, q.Bulk = 0, 70_000
	var reasons []string
	for _, p := range r.Rank(t.Context(), q).Bulk {
		if !slices.Contains(reasons, p.Reason) {
			reasons = append(reasons, p.Reason)
		}
	}
	slices.Sort(reasons)
	if want := []string{ReasonDefinition, ReasonEdited, ReasonImported, ReasonNear, ReasonOpen, ReasonSeen, ReasonSibling, ReasonSimilar}; !slices.Equal(reasons, want) {
		t.Errorf("reasons %v, want %v", reasons, want)
	}
}

func check(t *testing.T, r *Ranker, q Query, got Ranking) {
	t.Helper()
	for _, part := range []struct {
		name     string
		budget   int
		passages []Passage
	}{{"line", q.Line, got.Line}, {"bulk", q.Bulk, got.Bulk}} {
		used := 0
		lines := map[string]bool{}
		for _, p := range part.passages {
			used += len(p.Text) + heading(p.Path)
			if p.Path == q.Path || p.Text == "" {
				t.Fatalf("%s has %q of %s", part.name, p.Text, p.Path)
			}
			text, ok := r.text(p.Path)
			for _, o := range q.Others {
				if o.Path == p.Path && p.Reason == ReasonOpen {
					text, ok = o.Doc.Text(), true
				}
			}
			for line := range strings.Lines(p.Text) {
				if !ok || !strings.Contains(text, strings.TrimSuffix(line, "\n")) {
					t.Fatalf("%s: %q does not stand in %s", part.name, line, p.Path)
				}
			}
			if !p.Picked && !strings.Contains(text, p.Text) {
				t.Fatalf("%s: %q is no part of %s", part.name, p.Text, p.Path)
			}
			if strings.HasPrefix(p.Text, "package") || p.Reason == ReasonOpen || p.Picked {
				continue
			}
			for n := p.FirstLine; n <= p.LastLine; n++ {
				key := fmt.Sprint(p.Path, n)
				if lines[key] {
					t.Fatalf("%s has line %d of %s twice", part.name, n, p.Path)
				}
				lines[key] = true
			}
		}
		if used > part.budget {
			t.Fatalf("%s costs %d of %d", part.name, used, part.budget)
		}
	}
}

// A ranking that is cut short still has what it found by then, or nothing.
func TestRankingEndsInTime(t *testing.T) {
	r, q := workspace(t, made(100))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	check(t, r, q, r.Rank(ctx, q))
}

func TestNoWorkspaceNoPassages(t *testing.T) {
	_, q := workspace(t, "== a.go ==\npackage a\n‸\n")
	q.Bulk = 1000
	for _, q := range []Query{q, {}, {Doc: q.Doc, At: -5, Line: 10}, {Doc: q.Doc, At: 1 << 30, Line: 10}} {
		if got := New(Options{}).Rank(t.Context(), q); len(got.Line)+len(got.Bulk) > 0 || got.Whole {
			t.Errorf("of nothing came %v", got)
		}
	}
}

func FuzzRank(f *testing.F) {
	f.Add("go", "package a\n\nfunc f() {\n\tx := New(1).a(b)[0].", 40)
	f.Add("rust", "impl A for B { fn x() { a::<B>::c(", 30)
	f.Add("python", "from a import (\n", 16)
	f.Add("typescript", "import { } from 'b'\nfoo<(a)=>b>?.", 9)
	f.Add("cpp", "p->q()->\xff\r\n::", 8)
	r, _ := workspace(f, made(20))
	f.Fuzz(func(t *testing.T, language, text string, at int) {
		q := Query{Doc: document.New("file:///w/p0/x", language, 1, text), At: document.Offset(at), Path: "p0/x", Line: 800, Bulk: 3000}
		check(t, r, q, r.Rank(t.Context(), q))
	})
}

// One ranking in a workspace of files, with what the line needs alone and with
// the bulk of a large window.
func BenchmarkRank(b *testing.B) {
	for _, files := range []int{100, 1000, 10_000} {
		r, q := workspace(b, made(files))
		for _, bulk := range []int{0, 200_000} {
			b.Run(fmt.Sprintf("files_%d_bulk_%d", files, bulk), func(b *testing.B) {
				q.Bulk = bulk
				b.ReportAllocs()
				for b.Loop() {
					r.Rank(b.Context(), q)
				}
			})
		}
	}
}
