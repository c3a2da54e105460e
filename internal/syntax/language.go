package syntax

import (
	"path"
	"sort"
	"strings"
	"sync"
)

// A Language is what the tables say of one language, made ready for scanning.
// It is immutable; there is one for each language id and its aliases.
type Language struct {
	id     string
	family string
	rules  []rule

	class  [256]class
	starts [256][]uint8 // the rules that may begin with the byte, longest opening mark first

	indent   bool
	comments []string
	openers  map[string]bool
	within   map[string]bool
	starters map[string]bool
	enders   map[string]bool
	labels   map[string]bool

	grammar *grammar // nil where definitions are not known
}

// A class is a set of the properties of one byte.
type class uint8

const (
	head     class = 1 << iota // begins a word
	tail                       // goes on with a word
	digit                      // begins a number
	blank                      // space within a line
	lineEnd                    // \n or \r
	operator                   // runs together with its like
	begins                     // some rule begins with it
)

// A spec is one language as the tables give it.
type spec struct {
	ids    []string // LSP language ids, the first is the language's own; the others are what editors call it too
	family string   // languages that continue from each other's text; "" is its first id
	exts   []string // file extensions without the dot, in lower case
	names  []string // whole file names

	rules []rule
	words string // bytes that begin or go on with a word besides letters, digits and _
	tails string // bytes that only go on with one

	indent   bool     // blocks are made by indentation
	openers  []string // last on a line they begin a block, as every opening bracket does
	within   []string // anywhere on a line they begin a block that an ender closes
	starters []string // first on a line they do so too
	enders   []string
	labels   []string // first on a line that ends in a colon they begin a block
}

// Languages are made when they are first asked for: their tables take 12 KB
// each, and a session meets few of them.
var (
	plain = compile(spec{ids: []string{"plaintext"}})
	index = catalogue(curly, scripting, functional, markup)
)

// languages finds a language by what an editor or a file is called.
type languages struct {
	byID   map[string]func() *Language
	byExt  map[string]string // the language's own id
	byName map[string]string // as byExt; whole file names in lower case
}

// catalogue reads the tables, and compiles none of their languages yet.
func catalogue(tables ...[]spec) languages {
	c := languages{map[string]func() *Language{}, map[string]string{}, map[string]string{}}
	for _, table := range tables {
		for _, s := range table {
			l := sync.OnceValue(func() *Language { return compile(s) })
			for _, id := range s.ids {
				c.byID[id] = l
			}
			for _, e := range s.exts {
				c.byExt[e] = s.ids[0]
			}
			for _, n := range s.names {
				c.byName[strings.ToLower(n)] = s.ids[0]
			}
		}
	}
	c.byID["plaintext"] = func() *Language { return plain }
	return c
}

// ByID returns the language of an LSP language id. An id that is not known
// gets a language without strings and comments; the result is never nil.
func ByID(languageID string) *Language {
	if l := index.byID[languageID]; l != nil {
		return l()
	}
	return plain
}

// IDForPath returns the language id of a file by its name, or "plaintext".
// Letter case does not count.
func IDForPath(file string) string {
	name := strings.ToLower(path.Base(strings.ReplaceAll(file, `\`, "/")))
	if id := index.byName[name]; id != "" {
		return id
	}
	if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
		if id := index.byExt[name[dot+1:]]; id != "" {
			return id
		}
	}
	if id := index.byName[strings.SplitN(name, ".", 2)[0]]; id != "" { // Dockerfile.dev
		return id
	}
	return plain.id
}

// ID returns the language's own id; its aliases give the same Language.
func (l *Language) ID() string { return l.id }

// Family returns the id that stands for all languages whose text can continue
// one another, such as TypeScript and JavaScript.
func (l *Language) Family() string { return l.family }

// IndentBlocks says whether blocks are made by indentation, as in Python.
func (l *Language) IndentBlocks() bool { return l.indent }

// LineComments returns what begins a comment that ends with its line, the
// usual one first. The caller must not change it.
func (l *Language) LineComments() []string { return l.comments }

// known returns st, or the zero State where st cannot be of l.
func (l *Language) known(st State) State {
	ok := int(st.rule) <= len(l.rules) && int(st.pending) <= len(l.rules) && st.nest <= maxNest
	ok = ok && (st.pending == 0 || l.rules[st.pending-1].form == hereDocument)
	for _, f := range st.frames {
		ok = ok && (f.rule == 0 || int(f.rule) <= len(l.rules) && l.rules[f.rule-1].interp != "")
	}
	for _, f := range st.frames[:min(int(st.nest), maxNest)] {
		ok = ok && f.rule != 0
	}
	if !ok {
		return State{}
	}
	return st
}

func compile(s spec) *Language {
	l := &Language{
		id: s.ids[0], family: s.family, indent: s.indent,
		openers: set(s.openers), within: set(s.within), starters: set(s.starters), enders: set(s.enders), labels: set(s.labels),
	}
	if l.family == "" {
		l.family = l.id
	}
	l.grammar = grammars[l.id]
	for c := range l.class {
		l.class[c] = classOf(byte(c), s)
	}
	l.rules = append([]rule(nil), s.rules...)
	sort.SliceStable(l.rules, func(i, j int) bool { return len(l.rules[i].open) > len(l.rules[j].open) })
	for i := range l.rules {
		r := &l.rules[i]
		l.class[r.open[0]] |= begins
		l.starts[r.open[0]] = append(l.starts[r.open[0]], uint8(i))
		r.stop()
	}
	for _, r := range s.rules { // in the order of the table
		if r.kind == Comment && r.close == "" {
			l.comments = append(l.comments, r.open)
		}
	}
	return l
}

func classOf(c byte, s spec) class {
	switch {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_', c >= 0x80, strings.IndexByte(s.words, c) >= 0:
		return head | tail
	case c >= '0' && c <= '9':
		return digit | tail
	case c == '\n', c == '\r':
		return lineEnd
	case c <= ' ', c == 0x7f:
		return blank
	}
	var of class
	if strings.IndexByte("+-*/%=<>!&|^~:?.@$#", c) >= 0 {
		of = operator
	}
	if strings.IndexByte(s.tails, c) >= 0 {
		of |= tail
	}
	return of
}

// stop marks the bytes at which inside must look closer.
func (r *rule) stop() {
	switch r.form {
	case hereDocument:
		for c := range r.stops {
			r.stops[c] = isName(byte(c))
		}
		return
	case hashes:
		r.stops['"'] = true
		return
	case longBracket:
		r.stops[']'] = true
		return
	case delimiter:
		r.stops[')'] = true
		return
	}
	r.stops['\n'], r.stops['\r'] = !r.multi, !r.multi
	r.stops[r.escape] = r.escape != 0
	if r.close != "" {
		r.stops[r.close[0]] = true
	}
	if r.interp != "" {
		r.stops[r.interp[0]] = true
	}
	if r.nests {
		r.stops[r.open[0]] = true
	}
}

func set(words []string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}

// The rules that many tables share.

func lineComment(open string) rule { return rule{kind: Comment, open: open} }

func block(open, end string) rule { return rule{kind: Comment, open: open, close: end, multi: true} }

func nesting(open, end string) rule {
	return rule{kind: Comment, open: open, close: end, multi: true, nests: true}
}

// quoted is a string that ends with its line, with backslash escapes.
func quoted(q string) rule { return rule{kind: String, open: q, close: q, escape: '\\'} }

// raw is a string over lines, in which nothing but the end has a meaning.
func raw(q string) rule { return rule{kind: String, open: q, close: q, multi: true} }

// overLines makes the string go on over lines.
func (r rule) overLines() rule { r.multi = true; return r }

// code lets code stand in the string, between interp and the bracket's end.
func (r rule) code(interp string) rule { r.interp = interp; return r }

// from changes what the string begins with, but not what ends it.
func (r rule) from(open string) rule { r.open = open; return r }

// behind lets the rule begin only behind one of the bytes of after.
func (r rule) behind(after string) rule { r.after = after; return r }

// notBehind lets the rule begin behind none of the bytes of never.
func (r rule) notBehind(never string) rule { r.never = never; return r }

// formed gives a rule of a form other than fixed.
func formed(f form, kind Kind, open string) rule {
	return rule{kind: kind, form: f, open: open, multi: true}
}
