package index

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/claude-lsp/claude-lsp/context/files"
	"github.com/claude-lsp/claude-lsp/internal/redact"
)

// disk is a Source of made files in the folder /w.
type disk struct {
	texts map[string]string
	times map[string]time.Time
	bad   map[string]error
	reads []string // in order
}

// anyday is when files were changed, long before the tests' present.
var anyday = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func newDisk(texts map[string]string) *disk {
	return &disk{texts: texts, times: map[string]time.Time{}, bad: map[string]error{}}
}

func (d *disk) file(name string) files.File {
	at, ok := d.times[name]
	if !ok {
		at = anyday
	}
	return files.File{Folder: "/w", Path: name, Size: int64(len(d.texts[name])), ModTime: at}
}

func (d *disk) Files() []files.File {
	var all []files.File
	for _, name := range slices.Sorted(maps.Keys(d.texts)) {
		all = append(all, d.file(name))
	}
	return all
}

func (d *disk) Read(f files.File) (string, error) {
	d.reads = append(d.reads, f.Path)
	if err := d.bad[f.Path]; err != nil {
		return "", err
	}
	text, ok := d.texts[f.Path]
	if !ok {
		return "", fs.ErrNotExist
	}
	return text, nil
}

// took returns what was read since it was called last.
func (d *disk) took() string {
	defer func() { d.reads = nil }()
	return strings.Join(d.reads, " ")
}

// shelf is a Keeper in memory.
type shelf map[string]Kept

func (s shelf) Load(_ context.Context, folder string, paths []string, each func(int, Kept)) {
	for i, path := range paths {
		if k, ok := s[folder+"|"+path]; ok {
			each(i, k)
		}
	}
}
func (s shelf) Keep(_ context.Context, folder, path string, k Kept) { s[folder+"|"+path] = k }
func (s shelf) Forget(folder, path string)                          { delete(s, folder+"|"+path) }

// shown is Texts that notes what it sees.
type shown map[string]string

func (s shown) Update(path, _, text string) { s[path] = text }
func (s shown) Remove(path string)          { delete(s, path) }

// symbols are the names of all symbols of an index, by file.
func symbols(x *Index) string {
	var all []string
	for _, f := range x.All() {
		line := f.Path + ":"
		for _, s := range f.Symbols {
			line += " " + s.Name
		}
		all = append(all, line)
	}
	return strings.Join(all, "; ")
}

func build(t *testing.T, b *Builder, src Source) Built {
	t.Helper()
	built, err := b.Build(t.Context(), src)
	if err != nil {
		t.Fatal(err)
	}
	return built
}

func check(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n got %s\nwant %s", what, got, want)
	}
}

func TestOnlyWhatHasChangedIsRead(t *testing.T) {
	d := newDisk(map[string]string{"a.go": "package a\n\nfunc A() {}\n", "b.go": "package a\n\nfunc B() {}\n"})
	x, keep := &Index{}, shelf{}
	b := NewBuilder(BuilderOptions{Index: x, Keeper: keep, Maker: "v1"})
	build(t, b, d)
	check(t, "first read", d.took(), "a.go b.go")
	check(t, "index", symbols(x), "a.go: A; b.go: B")
	build(t, b, d)
	check(t, "read again", d.took(), "")

	d.texts["a.go"] = "package a\n\nfunc A2() {}\n"                                // another size
	d.texts["b.go"], d.times["b.go"] = "package a\n\nfunc C() {}\n", anyday.Add(1) // the same size
	d.texts["new.go"] = "package a\n\nfunc New() {}\n"
	build(t, b, d)
	check(t, "read after changes", d.took(), "a.go b.go new.go")
	check(t, "index", symbols(x), "a.go: A2; b.go: C; new.go: New")

	delete(d.texts, "b.go")
	if built := build(t, b, d); built.Removed != 1 {
		t.Errorf("%+v", built)
	}
	check(t, "index", symbols(x), "a.go: A2; new.go: New")
	check(t, "kept", fmt.Sprint(slices.Sorted(maps.Keys(keep))), "[/w|a.go /w|new.go]")
}

// many are enough files that what was kept is asked for.
func many() map[string]string {
	texts := map[string]string{}
	for i := range 40 {
		texts[fmt.Sprintf("f%02d.go", i)] = fmt.Sprintf("package a\n\nfunc F%02d() {}\n", i)
	}
	return texts
}

func TestAWarmStartReadsNothing(t *testing.T) {
	d, keep := newDisk(many()), shelf{}
	cold := &Index{}
	build(t, NewBuilder(BuilderOptions{Index: cold, Keeper: keep, Maker: "v1"}), d)
	d.took()
	d.texts["f03.go"] = "package a\n\nfunc Other() {}\n"
	broken := keep["/w|f05.go"]
	broken.Entry = broken.Entry[:len(broken.Entry)-1]
	keep["/w|f05.go"] = broken

	warm := &Index{}
	built := build(t, NewBuilder(BuilderOptions{Index: warm, Keeper: keep, Maker: "v1"}), d)
	check(t, "read", d.took(), "f03.go f05.go")
	if built.Loaded != 38 || built.Read != 2 {
		t.Errorf("%+v", built)
	}
	check(t, "index", symbols(warm), strings.Replace(symbols(cold), "F03", "Other", 1))

	build(t, NewBuilder(BuilderOptions{Index: &Index{}, Keeper: keep, Maker: "v2"}), d)
	if n := len(strings.Fields(d.took())); n != 40 {
		t.Errorf("another program read %d files anew, want all 40", n)
	}
	some := shown{}
	build(t, NewBuilder(BuilderOptions{Index: &Index{}, Keeper: keep, Maker: "v2", Texts: func() Texts { return some }}), d)
	if len(some) != 40 {
		t.Errorf("who wants the texts too got %d of 40", len(some))
	}
}

func TestOneReadingServesAll(t *testing.T) {
	d := newDisk(map[string]string{"a.go": "package a\n", "b.go": "package b\n"})
	var texts Texts
	b := NewBuilder(BuilderOptions{Index: &Index{}, Texts: func() Texts { return texts }})
	build(t, b, d)
	d.took()
	some := shown{}
	texts = some
	build(t, b, d) // it has come into use
	build(t, b, d)
	check(t, "read", d.took(), "a.go b.go")
	delete(d.texts, "b.go")
	build(t, b, d)
	if diff := cmp.Diff(shown{"a.go": "package a\n"}, some); diff != "" {
		t.Errorf("shown (-want +got):\n%s", diff)
	}
}

func TestAnOpenDocumentCountsBeforeItsFile(t *testing.T) {
	d := newDisk(map[string]string{"a.go": "package a\n\nfunc Disk() {}\n"})
	x := &Index{}
	b := NewBuilder(BuilderOptions{Index: x})
	build(t, b, d)
	b.Open("a.go", "go", "package a\n\nfunc Typed() {}\n")
	b.Open("never saved", "go", "package a\n\nfunc Unsaved() {}\n")
	d.texts["a.go"] = "package a\n\nfunc Saved() {}\n"
	b.Refresh(t.Context(), d, d.file("a.go"))
	build(t, b, d)
	check(t, "while it is open", symbols(x), "a.go: Typed; never saved: Unsaved")
	b.Close("a.go")
	b.Close("never saved")
	check(t, "closed", symbols(x), "")
	b.Refresh(t.Context(), d, d.file("a.go"))
	check(t, "read from the disk", symbols(x), "a.go: Saved")

	b.Open("a.go", "go", "package a\n\nfunc Typed() {}\n")
	delete(d.texts, "a.go")
	build(t, b, d)
	check(t, "open and deleted", symbols(x), "a.go: Typed")
	b.Close("a.go")
	build(t, b, d)
	check(t, "closed and deleted", symbols(x), "")
}

func TestRefreshAndGone(t *testing.T) {
	d := newDisk(map[string]string{"a.go": "package a\n\nfunc A() {}\n"})
	x := &Index{}
	b := NewBuilder(BuilderOptions{Index: x, Wanted: func(f files.File) bool { return f.Path != "no.go" }})
	build(t, b, d)
	d.took()
	d.texts["b.go"], d.texts["no.go"] = "package a\n\nfunc B() {}\n", "package a\n\nfunc No() {}\n"
	for _, name := range []string{"a.go", "b.go", "b.go", "no.go"} {
		b.Refresh(t.Context(), d, d.file(name))
	}
	check(t, "read", d.took(), "b.go")
	check(t, "index", symbols(x), "a.go: A; b.go: B")
	b.Gone(d.file("a.go"))
	b.Gone(d.file("a.go"))
	check(t, "index", symbols(x), "b.go: B")
}

// Within the same moment a file can change without another size or time.
func TestAFileThatIsBeingWrittenIsReadAgain(t *testing.T) {
	d := newDisk(map[string]string{"a.go": "package a\n\nfunc A() {}\n"})
	now := anyday.Add(time.Second)
	x, keep := &Index{}, shelf{}
	b := NewBuilder(BuilderOptions{Index: x, Keeper: keep, Now: func() time.Time { return now }})
	build(t, b, d)
	if len(keep) != 0 {
		t.Error("what may change unseen was kept")
	}
	d.texts["a.go"] = "package a\n\nfunc B() {}\n" // the same size and time
	now = now.Add(time.Minute)
	build(t, b, d)
	check(t, "index", symbols(x), "a.go: B")
	if len(keep) != 1 {
		t.Error("what is settled was not kept")
	}
	d.took()
	build(t, b, d)
	check(t, "read", d.took(), "")
}

func TestWhatCannotBeReadIsSaidOnce(t *testing.T) {
	d := newDisk(map[string]string{"a.go": "a", "b.go": "b", "c.go": "c", "gone.go": "", "ok.go": "package a\n\nfunc OK() {}\n"})
	d.bad["a.go"] = fmt.Errorf("a.go: %w", files.ErrBinary)
	d.bad["b.go"] = fmt.Errorf("b.go: %w", files.ErrBinary)
	d.bad["c.go"] = errors.New("input/output error")
	d.bad["gone.go"] = fs.ErrNotExist
	core, logs := observer.New(zap.InfoLevel)
	x := &Index{}
	b := NewBuilder(BuilderOptions{Index: x, Log: zap.New(core)})
	build(t, b, d)
	build(t, b, d)
	check(t, "index", symbols(x), "ok.go: OK")
	if logs.Len() != 2 || logs.FilterField(zap.Int("count", 2)).Len() != 1 {
		t.Errorf("logged %v, want one line for each reason", logs.All())
	}
	check(t, "read", d.took(), "a.go b.go c.go gone.go ok.go")
	delete(d.bad, "a.go")
	d.texts["a.go"] = "package a\n\nfunc Mended() {}\n"
	build(t, b, d)
	check(t, "index", symbols(x), "a.go: Mended; ok.go: OK")
}

func TestNoSecretGetsIn(t *testing.T) {
	secret := "sk-ant-api03-" + strings.Repeat("aB3", 31) + "AA"
	d := newDisk(map[string]string{"a.go": "package a\n\nconst Token = \"" + secret + "\"\n"})
	keep := shelf{}
	x := &Index{}
	b := NewBuilder(BuilderOptions{Index: x, Keeper: keep, Redact: func(_, text string) string { clean, _ := redact.Text(text); return clean }})
	build(t, b, d)
	e := x.Get("a.go")
	if e == nil || len(e.Symbols) != 1 || strings.Contains(e.Symbols[0].Signature, "aB3") {
		t.Fatalf("the entry is %+v", e)
	}
	if e.Count(Hash(secret[13:])) != 0 {
		t.Error("the words know a secret")
	}
	if len(keep) != 1 || strings.Contains(string(keep["/w|a.go"].Entry), "aB3") {
		t.Error("what is kept has the secret")
	}
}

func TestMinifiedFilesHaveNoSymbols(t *testing.T) {
	line := "function f(a){return a+1};var x=f(2);"
	d := newDisk(map[string]string{
		"wide.js": strings.Repeat(line, 2000),
		"long.js": strings.Repeat("// a comment\n", 5000) + strings.Repeat(line, 2000),
		"fine.js": strings.Repeat("function f(a) {\n  return a + 1\n}\n", 400),
	})
	x := &Index{}
	build(t, NewBuilder(BuilderOptions{Index: x}), d)
	for name, want := range map[string]bool{"wide.js": false, "long.js": false, "fine.js": true} {
		if e := x.Get(name); e == nil || (len(e.Symbols) > 0) != want || e.Bytes != len(d.texts[name]) || e.Lines < 1 {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

func TestAPanicCostsOneEntry(t *testing.T) {
	d := newDisk(map[string]string{"a.go": "package a\n\nfunc A() {}\n", "b.go": "package a\n\nfunc B() {}\n"})
	x := &Index{}
	b := NewBuilder(BuilderOptions{Index: x, Redact: func(path, text string) string {
		if path == "a.go" {
			panic("at the disco")
		}
		return text
	}})
	build(t, b, d)
	check(t, "index", symbols(x), "a.go:; b.go: B")
}

func TestBuildEndsWithItsContext(t *testing.T) {
	d := newDisk(many())
	ctx, cancel := context.WithCancelCause(t.Context())
	reason := errors.New("enough")
	n := 0
	b := NewBuilder(BuilderOptions{Index: &Index{}, Pause: func(context.Context) {
		if n++; n == 7 {
			cancel(reason)
		}
	}})
	if _, err := b.Build(ctx, d); !errors.Is(err, reason) {
		t.Errorf("Build returned %v", err)
	}
	if got := len(strings.Fields(d.took())); got != 6 {
		t.Errorf("%d files were read before the end", got)
	}
	build(t, b, d)
	if got := len(strings.Fields(d.took())); got != 34 {
		t.Errorf("%d files were read by the next Build", got)
	}
}

// A second folder gives all paths another name; what was kept stays good.
func TestPathsMayGetOtherNames(t *testing.T) {
	d, keep := newDisk(many()), shelf{}
	prefix := ""
	x := &Index{}
	b := NewBuilder(BuilderOptions{Index: x, Keeper: keep, Name: func(f files.File) string { return prefix + f.Path }})
	build(t, b, d)
	d.took()
	prefix = "w/"
	build(t, b, d)
	check(t, "read", d.took(), "")
	if x.Len() != 40 || x.Get("w/f00.go") == nil || len(keep) != 40 {
		t.Errorf("%d files in the index, %d kept", x.Len(), len(keep))
	}
}
