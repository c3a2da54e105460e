package files

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// ignoredBy says what our rules make of name, in a tree whose ignore files are
// given by folder.
func ignoredBy(files map[string]string, name string, isDir bool) bool {
	var list *ignore
	parts := strings.Split(name, "/")
	for i := range parts {
		dir := strings.Join(parts[:i], "/")
		list = list.with(dir, parseIgnore(files[dir], false), false)
		if list.ignored(strings.Join(parts[:i+1], "/"), isDir || i < len(parts)-1) {
			return true
		}
	}
	return false
}

func TestIgnoreRules(t *testing.T) {
	tests := []struct {
		name, rules string
		yes, no     []string // paths; those with a slash at the end are folders
	}{
		{"a name", "foo", []string{"foo", "foo/", "a/foo", "a/foo/b"}, []string{"foobar", "a/xfoo"}},
		{"anchored", "/foo", []string{"foo", "foo/x"}, []string{"a/foo"}},
		{"a slash inside anchors", "a/foo", []string{"a/foo"}, []string{"x/a/foo"}},
		{"folders alone", "foo/", []string{"foo/", "foo/x", "a/foo/"}, []string{"foo", "a/foo"}},
		{"star", "*.o", []string{"x.o", "a/x.o", ".o"}, []string{"x.og", "o"}},
		{"star stays in a part", "a/*.o", []string{"a/x.o"}, []string{"a/b/x.o"}},
		{"question mark", "?.c", []string{"x.c"}, []string{".c", "xx.c"}},
		{"class", "[a-c].c", []string{"a.c", "b.c"}, []string{"d.c"}},
		{"negated class", "[!a-c].c", []string{"d.c"}, []string{"b.c"}},
		{"named class", "[[:digit:]]x", []string{"1x"}, []string{"ax"}},
		{"bracket in class", "[]x]y", []string{"]y", "xy"}, []string{"zy"}},
		{"class without end", "[ab", nil, []string{"[ab", "a"}},
		{"two stars before", "**/foo", []string{"foo", "a/foo", "a/b/foo"}, []string{"afoo"}},
		{"two stars behind", "foo/**", []string{"foo/a", "foo/a/b"}, []string{"foo", "foo/"}},
		{"two stars between", "a/**/b", []string{"a/b", "a/x/b", "a/x/y/b"}, []string{"ab", "a/xb"}},
		{"two stars in a word", "a**b", []string{"ab", "axb"}, []string{"a/b"}},
		{"taken back", "*.o\n!keep.o", []string{"x.o"}, []string{"keep.o"}},
		{"the last one counts", "!x\nx", []string{"x"}, nil},
		{"not from an ignored folder", "a/\n!a/x", []string{"a/x"}, nil},
		{"comment", "#x\n\\#y", []string{"#y"}, []string{"#x", "x"}},
		{"escaped bang", `\!x`, []string{"!x"}, []string{"x"}},
		{"escaped star", `\*`, []string{"*"}, []string{"x"}},
		{"spaces at the end", "x  \ny\\ ", []string{"x", "y "}, []string{"x  ", "y"}},
		{"CRLF", "x\r\ny\r\n", []string{"x", "y"}, nil},
		{"byte order mark", "\ufeffx", []string{"x"}, nil},
		{"backslash at the end", `x\`, nil, []string{"x", `x\`}},
		{"slash alone", "/", nil, []string{"x", "a/x"}},
		{"nothing", "", nil, []string{"x"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for i, list := range [][]string{tt.no, tt.yes} {
				for _, p := range list {
					name, isDir := strings.CutSuffix(p, "/")
					if got := ignoredBy(map[string]string{"": tt.rules}, name, isDir); got != (i == 1) {
						t.Errorf("%q ignores %q: %v", tt.rules, p, got)
					}
				}
			}
		})
	}
}

// A pattern made to be slow is not.
func TestHostileGlob(t *testing.T) {
	g := compileGlob(strings.Repeat("*a", 200)+"b", true, false)
	start := time.Now()
	if g.match(strings.Repeat("a", 4000)) {
		t.Error("matched")
	}
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("took %v: not linear in the pattern", d)
	}
}

func TestIgnoreFoldsCase(t *testing.T) {
	list := (*ignore)(nil).with("", parseIgnore("Build/\n*.LOG\n[X-Z]1\n", true), true)
	for _, name := range []string{"build", "BUILD", "x.log", "a/X.Log", "y1", "Y1"} {
		if !list.ignored(name, true) {
			t.Errorf("%s is not ignored", name)
		}
	}
}

// Our matcher and git agree on rules and paths made at random.
func TestIgnoreAgreesWithGit(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("git is not installed: the comparison with it is left out")
	}
	random := rand.New(rand.NewPCG(5, 6))
	pick := func(from ...string) string { return from[random.IntN(len(from))] }

	dir := t.TempDir()
	run(t, git, dir, "init", "-q")
	// A fixed tree, so that every round costs one call of git.
	var paths []string
	words := []string{"a", "b", "ab", "abc", "a.c", "b.o", "A", "[a", "a b", "a-b", "x1", "é", "b "}
	for _, one := range words {
		for _, two := range words[:8] {
			if path.Ext(one) != "" {
				break
			}
			mustWrite(t, filepath.Join(dir, one, two, "b"), "")
			mustWrite(t, filepath.Join(dir, one, two, "a.c"), "")
			paths = append(paths, one, one+"/"+two, one+"/"+two+"/b", one+"/"+two+"/a.c")
		}
		if path.Ext(one) != "" {
			mustWrite(t, filepath.Join(dir, one), "")
			paths = append(paths, one)
		}
	}
	slices.Sort(paths)
	paths = slices.Compact(paths)
	isDir := map[string]bool{}
	for _, p := range paths {
		info, err := os.Stat(filepath.Join(dir, p))
		if err != nil {
			t.Fatal(err)
		}
		isDir[p] = info.IsDir()
	}

	segment := func() string {
		var b strings.Builder
		for range 1 + random.IntN(3) {
			b.WriteString(pick("a", "b", "c", "ab", "A", ".", "*", "**", "?", "[ab]", "[!a]", "[a-c]", "[^b-z]", "[[:alpha:]]", "[]a]", "[a", "-", `\a`, `\*`, `\`,
				"[[:alpha:]-z]", "[[:nope:]]", "[[:x]", "[a-]", `[\]a]`, "[b-a]", "[a-c-e]", "é", "1", " ", "***"))
		}
		return b.String()
	}
	line := func() string {
		var b strings.Builder
		b.WriteString(pick("", "", "", "!", "/", "!/", "#", "**/", `\`))
		for i := range 1 + random.IntN(3) {
			if i > 0 {
				b.WriteString(pick("/", "/", "/**/", "//"))
			}
			b.WriteString(pick(segment(), segment(), "a", "b", "*", "**"))
		}
		b.WriteString(pick("", "", "", "/", "/**", " ", "  ", `\ `, "\r", "/*"))
		return b.String()
	}
	rounds, ignored := 150, 0
	if testing.Short() {
		rounds = 20
	}
	for round := range rounds {
		files := map[string]string{}
		for _, where := range []string{"", "", "a", "b", "a/b", "ab"}[:1+random.IntN(6)] {
			var text strings.Builder
			for range 1 + random.IntN(4) {
				text.WriteString(line() + "\n")
			}
			files[where] = text.String()
			mustWrite(t, filepath.Join(dir, where, gitIgnoreFile), files[where])
		}
		cmd := exec.CommandContext(t.Context(), git, "-C", dir, "-c", "core.excludesFile=", "-c", "core.ignoreCase=false", "check-ignore", "--no-index", "-z", "--stdin")
		cmd.Stdin = strings.NewReader(strings.Join(paths, "\x00") + "\x00")
		out, err := cmd.Output()
		var exit *exec.ExitError // 1 says that no path is ignored
		if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) {
			t.Fatalf("git check-ignore: %v", err)
		}
		theirs := map[string]bool{}
		for name := range bytes.SplitSeq(out, []byte{0}) {
			theirs[string(name)] = true
		}
		for _, p := range paths {
			if theirs[p] {
				ignored++
			}
			if ours := ignoredBy(files, p, isDir[p]); ours != theirs[p] {
				t.Errorf("round %d: %q: we say %v, git says %v; rules %q", round, p, ours, theirs[p], files)
			}
		}
		for where := range files {
			if err := os.Remove(filepath.Join(dir, where, gitIgnoreFile)); err != nil {
				t.Fatal(err)
			}
		}
		if t.Failed() {
			return
		}
	}
	t.Logf("%d of %d paths were ignored", ignored, rounds*len(paths))
	if all := rounds * len(paths); ignored < all/20 || ignored > all*19/20 {
		t.Error("rules that ignore next to nothing, or all, compare nothing")
	}
}

func FuzzIgnore(f *testing.F) {
	f.Add("*.o\n!a/**/b\n[a-z]/\\ \n", "a/x/b.o")
	f.Add("[[:alpha:]-", "a")
	f.Fuzz(func(t *testing.T, rules, name string) {
		for _, fold := range []bool{false, true} {
			list := (*ignore)(nil).with("", parseIgnore(rules, fold), fold)
			list.ignored(name, true)
			list.ignored(name, false)
		}
		// A name by itself, escaped, ignores itself.
		if name == "" || strings.ContainsAny(name, "/\n\r\x00") || name == "." {
			return
		}
		var b strings.Builder
		for i := range len(name) {
			b.WriteByte('\\')
			b.WriteByte(name[i])
		}
		if !ignoredBy(map[string]string{"": b.String()}, name, false) {
			t.Errorf("%q does not ignore %q", b.String(), name)
		}
	})
}

func mustWrite(t testing.TB, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// run runs a command of the test's own in dir.
func run(t testing.TB, name, dir string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatal(fmt.Errorf("%s %q: %w\n%s", name, args, err, out))
	}
}
