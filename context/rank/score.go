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
		if r.p.path2 {
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
	importedName: 2, unusedImport: 2.5, unbound: 5, importedFile: 1.3, passedOnFile: 0.5, siblingFile: 0.9, secondFile: 0.4, closePath: 0.3,
	testFile: -2.5, hidden: -1.1, receiverType: 3, otherType: -0.2, inModule: 1.8, outOfModule: -1.8,
	lexical: 6, lexicalLine: 2, usedHere: 0.3, usedNear: -0.9, usedBeside: 0.5, popular: 0.2, following: 1.3, begun: 3,
	crowd: -0.15, homonyms: -2,
}

// fits says how often a class of symbol is used at a site, as a logarithm.
// Fields and constants were not among what was asked for: theirs are guesses.
var fits = [sites][classes]float32{
	//           function member type value field macro other
	siteAny:    {-0.2, -1.1, -0.5, -0.6, -3, -0.3, -3},
	siteMember: {-0.6, -0.2, -1.8, -1.6, -1, -3, -3},
	siteModule: {0.2, -0.3, -0.9, -0.7, -1.8, 0, -1},
	sitePath:   {0.5, 0.5, 0.1, 0, 0, -0.1, -1},
	siteType:   {-1.7, -4, 1.3, -2.5, -5, -2, -3},
	siteImport: {-0.1, -4, 0.6, 0, -5, -0.4, -1},
}

// A candidate is a definition that the line may use.
type candidate struct {
	index.Ref
	score float32
	site  site
	class class
	why   [features]float32
}

// maxCandidates bounds the definitions that are scored.
const maxCandidates = 60_000

// candidates returns the definitions of the workspace, the likeliest first.
func (r *run) candidates() []candidate {
	files := r.order()
	site := r.site()
	var list []candidate
	for _, f := range files {
		if len(list) > maxCandidates || r.ctx.Err() != nil {
			break
		}
		base := r.file(f)
		for i := range f.Symbols {
			c := candidate{Ref: index.Ref{File: f, N: i}, why: base}
			r.score(&c, site)
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.score, a.score), strings.Compare(a.File.Path, b.File.Path), cmp.Compare(a.N, b.N))
	})
	return list
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

func logOf(n int) float32 { return float32(math.Log1p(float64(n))) }

func (r *run) score(c *candidate, site site) {
	s, v := c.Symbol(), &c.why
	hash := index.Hash(s.Name)
	here := r.p.entry.Count(hash)
	if r.names[s.Name] {
		v[importedName] = 1
		if here <= 1 {
			v[unusedImport] = 1
		}
	}
	if r.hidden(c.File, s) {
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
	parts := c.File.Parts(c.N)
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
	v[usedBeside] = r.beside[hash]
	v[popular] = logOf(r.x.Files(hash))
	v[following] = float32(math.Log1p(float64(r.follows[s.Name])))
	if n := len(r.p.partial); n > 0 {
		v[begun] = -1
		if len(s.Name) >= n && strings.EqualFold(s.Name[:n], r.p.partial) {
			v[begun] = 1
		}
	}
	v[homonyms] = logOf(r.homonyms(s.Name) - 1)
	c.site, c.class = site, class
	c.score = fits[site][class]
	for i, x := range v {
		c.score += weights[i] * x
	}
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
