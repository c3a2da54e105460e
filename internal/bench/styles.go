package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// stylesOptions are the flags of the subcommand.
type stylesOptions struct {
	seed    uint64
	n       int // cases of each style
	compose int // styles that are composed, instead of the ones with a name
	style   string
	half    string
}

// styles writes cases: holes cut from sources, and answers to them in many
// styles.
func styles(_ context.Context, w io.Writer, args []string) error {
	var o stylesOptions
	flags := flag.NewFlagSet("styles", flag.ContinueOnError)
	flags.Uint64Var(&o.seed, "seed", 1, "equal seeds make equal cases")
	flags.IntVar(&o.n, "n", 40, "how many cases to make of each style")
	flags.IntVar(&o.compose, "compose", 0, "make cases of so many random compositions of styles instead")
	flags.StringVar(&o.style, "style", "", "make the cases of one style alone; "+plainStyle+" is a well-formed answer")
	flags.StringVar(&o.half, "half", halfAll, "which styles and sources to use: all, or one of the halves dev and held, which share none")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() == 0 {
		return errors.New("usage: bench styles [flags] SOURCE, or several sources")
	}
	if o.half != halfAll && o.half != halfDev && o.half != halfHeld {
		return fmt.Errorf("-half %s: it is %s, %s or %s", o.half, halfAll, halfDev, halfHeld)
	}
	var holes []hole
	for _, name := range flags.Args() {
		found, err := holesOf(name, o)
		if err != nil {
			return err
		}
		holes = append(holes, found...)
	}
	if len(holes) == 0 {
		return errors.New("no hole could be cut from the sources")
	}
	out := bufio.NewWriter(w)
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	for _, c := range styledCases(holes, o) {
		if err := e.Encode(c); err != nil {
			return err
		}
	}
	return out.Flush()
}

// holesOf takes the holes of a case file, or cuts new ones from a folder.
func holesOf(name string, o stylesOptions) ([]hole, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return holesIn(name, o)
	}
	cases, err := readLines[insertCase](name)
	if err != nil {
		return nil, err
	}
	var holes []hole
	seen := map[string]bool{}
	for _, c := range cases {
		key := c.Path + "\x00" + c.Prefix + "\x00" + c.Suffix
		if c.Accept != acceptExact || seen[key] || !inHalf(c.Prefix, o.half) {
			continue
		}
		seen[key] = true
		unix := strings.NewReplacer("\r\n", "\n").Replace
		h := hole{
			path: c.Path, lang: c.Lang, kind: "given", crlf: strings.Contains(c.Prefix+c.Suffix, "\r\n"),
			prefix: unix(c.Prefix), want: unix(c.Expected), suffix: unix(c.Suffix),
		}
		if h.clear() {
			holes = append(holes, h)
		}
	}
	return holes, nil
}

const (
	largestSource = 24 << 10 // bytes; each case holds its document whole
	longestLine   = 300      // bytes; what has longer ones is hardly written by hand
	sourcesOfKind = 150      // files of one language; more are drawn from
	holesPerFile  = 4
)

// holesIn cuts holes from the files below a folder, from as many of each
// language.
func holesIn(root string, o stylesOptions) ([]hole, error) {
	byLang := map[string][]string{}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, name)
		rel = filepath.ToSlash(rel)
		lang := syntax.IDForPath(rel)
		if !d.Type().IsRegular() || lang == "plaintext" || lang == "ignore" || !inHalf(rel, o.half) {
			return nil
		}
		byLang[lang] = append(byLang[lang], name)
		return nil
	})
	if err != nil {
		return nil, err
	}
	var holes []hole
	for _, lang := range sortedKeys(byLang) {
		r := rand.New(rand.NewPCG(o.seed, uint64(hash(lang))))
		names := byLang[lang]
		slices.Sort(names)
		r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		for _, name := range names[:min(len(names), sourcesOfKind)] {
			data, err := os.ReadFile(name)
			if err != nil {
				return nil, err
			}
			if text := string(data); usable(text) {
				rel, _ := filepath.Rel(root, name)
				holes = append(holes, holesFrom(filepath.ToSlash(rel), text, r)...)
			}
		}
	}
	return holes, nil
}

func sortedKeys(m map[string][]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// usable reports whether a text was written by hand, for all that can be told.
func usable(text string) bool {
	if len(text) < 200 || len(text) > largestSource || !utf8.ValidString(text) || strings.ContainsAny(text, "\x00\ufeff") {
		return false
	}
	for line := range strings.SplitSeq(text, "\n") {
		if len(line) > longestLine {
			return false
		}
	}
	return !strings.Contains(strings.ToLower(text[:min(len(text), 400)]), "generated")
}

// holesFrom cuts holes from one file. Some files are made to look like those of
// other editors first: other line ends, another indentation, no break at the end.
func holesFrom(name, text string, r *rand.Rand) []hole {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	crlf := r.IntN(8) == 0
	if strings.Contains(text, "\r") {
		return nil
	}
	if lang := syntax.IDForPath(name); r.IntN(4) == 0 && lang != "makefile" && lang != "markdown" && lang != "yaml" && lang != "restructuredtext" {
		text = reindented(text, []syntax.Indent{{Tabs: true, Width: 4}, {Width: 2}, {Width: 3}, {Width: 4}, {Width: 8}}[r.IntN(5)])
	}
	if r.IntN(6) == 0 {
		text = strings.TrimRight(text, "\n")
	}
	s := newSource(name, text)
	var holes []hole
	for range holesPerFile {
		if h, ok := holeFrom(s, r); ok {
			h.crlf = crlf
			holes = append(holes, h)
		}
	}
	return holes
}

// reindented gives a text's levels of indentation another width.
func reindented(text string, to syntax.Indent) string {
	from := syntax.InferIndent(text, syntax.Indent{Width: 4})
	lines := shifted(strings.Split(text, "\n"), func(lead string) string {
		n := from.Columns(lead)
		return strings.Repeat(to.String(), n/max(from.Width, 1)) + strings.Repeat(" ", n%max(from.Width, 1))
	})
	return strings.Join(lines, "\n")
}

// plainStyle is the one that all others deviate from: the code that was asked
// for in the fence that was asked for, and not a word. It is none of the styles,
// because it belongs to neither half of them.
const plainStyle = "plain"

// styledCases answers holes in each style. Which holes and which wordings a
// style gets depends on the seed and its name alone.
func styledCases(holes []hole, o stylesOptions) []insertCase {
	var cases []insertCase
	all := halfOf(answerStyles(), o.half)
	if o.style == plainStyle {
		all = []answerStyle{{name: plainStyle}}
	}
	if o.compose > 0 {
		r := rand.New(rand.NewPCG(o.seed, 0))
		all = nil
		seen := map[string]bool{}
		for tries := 0; len(all) < o.compose && tries < 20*o.compose; tries++ {
			if s := composed(r.IntN, o.half); !seen[s.name] {
				seen[s.name] = true
				all = append(all, s)
			}
		}
	}
	for _, s := range all {
		if o.style != "" && s.name != o.style {
			continue
		}
		r := rand.New(rand.NewPCG(o.seed, uint64(hash(s.name))))
		made := 0
		for _, i := range r.Perm(len(holes)) {
			if made == o.n {
				break
			}
			if c, ok := caseOf(s, holes[i], made, r); ok {
				cases = append(cases, c)
				made++
			}
		}
	}
	return cases
}

func caseOf(s answerStyle, h hole, n int, r *rand.Rand) (insertCase, bool) {
	a, ok := s.say(h, n)
	if !ok {
		return insertCase{}, false
	}
	c := insertCase{
		ID: fmt.Sprintf("%s/%s/%s/%d", s.name, h.kind, path.Base(h.path), n), Lang: h.lang, Path: h.path, Style: s.name,
		Prefix: h.prefix, Suffix: h.suffix, Raw: a.raw, Stop: a.stop, Chunks: []int{},
		Expected: h.want, Accept: a.accept, Also: a.also,
	}
	switch {
	case a.accept == acceptNone:
		c.Expected = ""
	case a.want != "":
		c.Expected = a.want
	}
	if h.crlf {
		dos := strings.NewReplacer("\n", "\r\n").Replace
		c.Prefix, c.Suffix, c.Expected = dos(c.Prefix), dos(c.Suffix), dos(c.Expected)
		for i := range c.Also {
			c.Also[i] = dos(c.Also[i])
		}
	}
	for at := 1 + r.IntN(12); at < len(a.raw); at += 1 + r.IntN(24) {
		c.Chunks = append(c.Chunks, at)
	}
	return c, true
}
