package rank

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/claude-lsp/claude-lsp/context/index"
	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// What is known of a candidate is a list of features, each of a size of about
// one. A score is their weighted sum: the logarithm of the odds that the line
// uses the symbol, up to a constant.
type feature uint8

const (
	importedName feature = iota // the document imports this name
	unusedImport                // and has not used it yet
	unbound                     // the document uses the name and neither defines nor imports it, and an import is what is written
	importedFile                // the document imports the file
	passedOnFile                // what the document imports passes the file's names on
	siblingFile                 // the file lies in the same folder
	secondFile                  // a file that is imported imports the file
	closePath                   // how near the file lies
	testFile                    // it is a test, and the document is none
	hidden                      // it cannot be used outside of its file or package
	receiverType                // it is a member of what stands before the dot: how sure
	otherType                   // what stands before the dot is known, and it is no member of that: how sure
	inModule                    // it stands in the module before the dot, or that is imported from
	outOfModule                 // it does not, though the module is known
	lexical                     // its name is like the words near
	lexicalLine                 // its name is like the words of the line
	usedHere                    // how often the document has the name
	usedNear                    // the name stands near the cursor already
	usedLine                    // the name stands on the line already
	usedBeside                  // how many of the files like this one have it
	popular                     // how many files have the name
	following                   // how often it follows on what stands before the cursor
	begun                       // it begins as the word that is being typed, or does not: 1 or -1
	crowd                       // how many symbols the file has
	homonyms                    // how many other definitions have the same name
	features
)

// A class is what the kinds of symbol come to where they are used.
type class uint8

const (
	classFunction class = iota
	classMember         // of a type, but for its fields
	classType
	classValue // a constant or variable
	classField
	classMacro
	classOther // a module, or an addition to a type
	classes
)

func classOf(s *index.Symbol) class {
	switch s.Kind {
	case syntax.Field:
		return classField
	case syntax.Method:
		return classMember
	case syntax.Type:
		return classType
	case syntax.Macro:
		return classMacro
	case syntax.Module, syntax.Extension:
		return classOther
	case syntax.Function:
		if s.Scope != "" { // in the body of another: a method of what that returns
			return classMember
		}
		return classFunction
	}
	if s.Scope != "" {
		return classField // of an enum
	}
	return classValue
}

// A site is what comes at the cursor, as precisely as it is known.
type site uint8

const (
	siteAny    site = iota
	siteMember      // of something that is no module
	siteModule      // of a module
	sitePath        // of a path, which may be a type's or a module's
	siteType
	siteImport
	sites
)

func (r *run) site() site {
	switch r.p.want {
	case wantMember:
		if r.p.paths {
			return sitePath
		}
		if len(r.qualified) > 0 {
			return siteModule
		}
		return siteMember
	case wantType:
		return siteType
	case wantImport:
		return siteImport
	}
	return siteAny
}

// weights were fitted to lines of open source projects of four languages, none
// of which is used to measure with.
var weights = [features]float32{
	importedName: 2.3, unusedImport: 2.8, unbound: 5.7, importedFile: 1.5, passedOnFile: 0.6, siblingFile: 1.1, secondFile: 0.5, closePath: 0.5,
	testFile: -2.3, hidden: -1.5, receiverType: 3.1, otherType: -0.4, inModule: 2.1, outOfModule: -1.9,
	lexical: 5.8, lexicalLine: 2.2, usedHere: 0.4, usedNear: -1, usedLine: -1.2, usedBeside: 0.5, popular: 0.3, following: 1.3, begun: 3,
	crowd: -0.2, homonyms: -1.8,
}

// fits says how often a class of symbol is used at a site, as a logarithm.
// Fields and constants were not among what was asked for: theirs are guesses.
var fits = [sites][classes]float32{
	//           function member type value field macro other
	siteAny:    {-0.1, -1.6, -0.5, -0.1, -3, -0.3, -3},
	siteMember: {-1, 0.1, -1.6, -1.7, -1, -3, -3},
	siteModule: {0.2, -0.3, -0.9, -0.7, -1.8, 0, -1},
	sitePath:   {0.4, 0.5, 0.2, 0, 0, -0.1, -1},
	siteType:   {-1.5, -4.1, 0.9, -2.4, -5, -2, -3},
	siteImport: {0.1, -4.2, 0.6, -0.2, -5, -0.3, -1},
}

// A candidate is a definition that the line may use.
type candidate struct {
	index.Ref
	score  float32
	reason reason
}

// A reason is the Reason constant of a candidate, in a byte.
type reason uint8

var reasons = [...]string{ReasonNear, ReasonSibling, ReasonImported, ReasonDefinition}

func reasonFor(v *[features]float32) reason {
	switch {
	case v[importedName] > 0 || v[receiverType] > 0.5 || v[unbound] > 0 || v[usedNear] > 0:
		return 3
	case v[importedFile]+v[passedOnFile] > 0:
		return 2
	case v[siblingFile] > 0:
		return 1
	}
	return 0
}

// found are candidates and the order in which they are worth their bytes.
type found struct {
	list  []candidate
	order []uint64 // the low half is a place in list
}

// dear is how much a signature's length counts against it: 1 would make the
// most of every byte, 0 nothing of them.
const dear = 0.8

func (f *found) add(c candidate) {
	n := len(c.Symbol().Signature)
	if n == 0 {
		return
	}
	worth := c.score - dear*float32(math.Log(float64(n+20)))
	// The bits of a float rise with it, but for the sign; the largest go first,
	// and of equals the first.
	bits := math.Float32bits(worth)
	if bits>>31 != 0 {
		bits = ^bits
	} else {
		bits |= 1 << 31
	}
	f.order = append(f.order, uint64(^bits)<<32|uint64(len(f.list)))
	f.list = append(f.list, c)
}

// maxCandidates bounds the definitions that are scored.
const maxCandidates = 60_000

// candidates returns the definitions of the workspace.
func (r *run) candidates() *found {
	out := new(found)
	site := r.site()
	r.files = r.order()
	for _, f := range r.files {
		if len(out.list) > maxCandidates || r.over() {
			break
		}
		base := r.file(f)
		r.x.Counts(f, func(i, files, defining int) {
			if s := &f.Symbols[i]; f.Language == "go" && r.q.Bulk < largeBulk && r.hidden(f, s) {
				return // there is no way to use it, and no room to see how its package works
			}
			v := base
			v[popular], v[homonyms] = logOf(files), logOf(defining-1)
			c := candidate{Ref: index.Ref{File: f, N: i}}
			c.score = r.score(c.Ref, site, &v)
			c.reason = reasonFor(&v)
			out.add(c)
		})
	}
	slices.Sort(out.order)
	return out
}

// order returns the files whose definitions are looked at: those that are bound
// to the document first, then those that lie near.
func (r *run) order() []*index.File {
	type ranked struct {
		*index.File
		by float32
	}
	var list []ranked
	for _, f := range r.x.All() {
		if f.Path == r.p.path || !r.related(f.Language) || len(f.Symbols) == 0 {
			continue
		}
		if r.relations[f] == unrelated && isTest(f.Path) && !isTest(r.p.path) {
			continue
		}
		by := float32(r.relations[f]) + closeness(f.Path, r.p.path)
		if r.qualified[f] {
			by += 4
		}
		list = append(list, ranked{f, by})
	}
	slices.SortStableFunc(list, func(a, b ranked) int { return cmp.Compare(b.by, a.by) })
	files := make([]*index.File, len(list))
	for i, f := range list {
		files[i] = f.File
	}
	return files
}

// file returns the features that all symbols of a file share.
func (r *run) file(f *index.File) (v [features]float32) {
	switch r.relations[f] {
	case imported:
		v[importedFile] = 1
	case passedOn:
		v[passedOnFile] = 1
	case sibling:
		v[siblingFile] = 1
	case second:
		v[secondFile] = 1
	}
	v[closePath] = closeness(f.Path, r.p.path)
	if isTest(f.Path) && !isTest(r.p.path) {
		v[testFile] = 1
	}
	if r.qualified[f] {
		v[inModule] = 1
	} else if len(r.qualified) > 0 {
		v[outOfModule] = 1
	}
	v[crowd] = logOf(len(f.Symbols))
	return v
}

var logs = func() (list [64]float32) {
	for n := range list {
		list[n] = float32(math.Log1p(float64(n)))
	}
	return list
}()

func logOf(n int) float32 {
	if n >= 0 && n < len(logs) {
		return logs[n]
	}
	return float32(math.Log1p(float64(max(n, 0))))
}

// score adds what is known of one symbol to v, and returns the sum.
func (r *run) score(ref index.Ref, site site, v *[features]float32) float32 {
	s := ref.Symbol()
	hash := ref.File.Name(ref.N)
	here := r.p.entry.Count(hash)
	if r.names[s.Name] {
		v[importedName] = 1
		if here <= 1 {
			v[unusedImport] = 1
		}
	}
	if r.hidden(ref.File, s) {
		v[hidden] = 1
	}
	if here > 0 && site == siteImport && !r.names[s.Name] && !r.defined[s.Name] {
		v[unbound] = 1
	}
	class := classOf(s)
	if site == siteMember || site == sitePath || site == siteModule {
		if sure := r.receivers[s.Owner()]; s.Scope != "" && sure > 0 {
			v[receiverType] = sure
			v[inModule], v[outOfModule] = 0, 0
		} else {
			v[otherType] = r.certain
		}
	}
	parts := ref.File.Parts(ref.N)
	var like, line float32
	for _, part := range parts {
		like += r.words[part]
		line += r.line[part]
	}
	root := float32(math.Sqrt(float64(max(len(parts), 1))))
	v[lexical], v[lexicalLine] = like/root, line/root
	v[usedHere] = logOf(here)
	if r.near[s.Name] {
		v[usedNear] = 1
	}
	if r.online[s.Name] {
		v[usedLine] = 1
		v[lexical], v[lexicalLine] = 0, 0 // it is like itself
	}
	v[usedBeside] = r.beside[hash]
	if n := r.follows[s.Name]; n > 0 {
		v[following] = float32(math.Log1p(float64(n)))
	}
	if n := len(r.p.partial); n > 0 {
		v[begun] = -1
		if len(s.Name) >= n && strings.EqualFold(s.Name[:n], r.p.partial) {
			v[begun] = 1
		}
	}
	sum := fits[site][class]
	for i, x := range v {
		sum += weights[i] * x
	}
	return sum
}

// hidden reports whether the document cannot use a symbol of another file.
func (r *run) hidden(f *index.File, s *index.Symbol) bool {
	switch family(f.Language) {
	case "go":
		c := s.Name
		exported := c != "" && (c[0] < 'a' || c[0] > 'z') && c[0] != '_'
		return !exported && r.relations[f] != sibling
	case "python":
		return strings.HasPrefix(s.Name, "_") && !r.names[s.Name]
	case "rust":
		return s.Scope == "" && !strings.Contains(s.Signature, "pub") && s.Kind != syntax.Macro && s.Kind != syntax.Extension
	case "script":
		if s.Scope == "" {
			return !strings.Contains(s.Signature, "export")
		}
	}
	return strings.Contains(s.Signature, "private ") || strings.HasPrefix(strings.TrimLeft(s.Signature, " \t"), "#")
}

// isTest reports whether a path is that of a test, as most languages name them.
func isTest(file string) bool {
	for dir := range strings.SplitSeq(file, "/") {
		switch strings.ToLower(dir) {
		case "test", "tests", "testdata", "__tests__", "spec", "specs", "fixtures":
			return true
		}
	}
	base := file[strings.LastIndexByte(file, '/')+1:]
	return strings.Contains(base, "_test.") || strings.Contains(base, ".test.") || strings.Contains(base, ".spec.") ||
		strings.HasPrefix(base, "test_") || strings.Contains(base, "_spec.") || strings.Contains(base, "Test.") || strings.Contains(base, "Tests.")
}
