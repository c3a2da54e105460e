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
	importedFile                // the document imports the file
	siblingFile                 // the file lies in the same folder
	secondFile                  // a file that is imported imports the file
	closePath                   // how near the file lies
	testFile                    // it is a test, and the document is none
	hidden                      // it cannot be used outside of its file or package
	receiverType                // it is a member of what stands before the dot: how sure
	inModule                    // it stands in the module before the dot
	outOfModule                 // it does not, though the module is known
	lexical                     // its name is like the words near
	usedHere                    // how often the document has the name
	usedNear                    // the name stands near the cursor already
	usedBeside                  // how many of the files like this one have it
	popular                     // how many files have the name
	following                   // how often it follows on what stands before the cursor
	begun                       // it begins as the word that is being typed
	crowd                       // how many symbols the file has
	memberMember                // a method or field, where a member is wanted
	memberBare                  // the same, where none is
	bareMember                  // a function, where a member of something that is no module is wanted
	typeType                    // a type, where one is wanted
	typeOther                   // something else, where a type is wanted
	typeMember                  // a type, where a member is wanted
	field                       // a field
	constant                    // a constant or variable
	container                   // a module, or an addition to a type
	homonyms                    // how many other definitions have the same name
	features
)

// weights were fitted to lines of open source projects of four languages; see
// docs/decisions. Fields were not among what was asked for there, theirs is a
// guess.
var weights = [features]float32{
	importedName: 2.5, unusedImport: 2, importedFile: 1.5, siblingFile: 1.2, secondFile: 0.7, closePath: 1,
	testFile: -1.5, hidden: -3, receiverType: 3.5, inModule: 3, outOfModule: -1.5, lexical: 1.2, usedHere: 0.5, usedNear: -0.5,
	usedBeside: 1.5, popular: 0.2, following: 0.8, begun: 3, crowd: -0.2,
	memberMember: 1, memberBare: -2, bareMember: -2, typeType: 1.5, typeOther: -2, typeMember: -1,
	field: -1, constant: -0.5, container: -3, homonyms: -0.3,
}

// A candidate is a definition that the line may use.
type candidate struct {
	index.Ref
	score float32
	why   [features]float32
}

// maxCandidates bounds the definitions that are scored.
const maxCandidates = 60_000

// candidates returns the definitions of the workspace, the likeliest first.
func (r *run) candidates() []candidate {
	files := r.order()
	var list []candidate
	for _, f := range files {
		if len(list) > maxCandidates || r.ctx.Err() != nil {
			break
		}
		base := r.file(f)
		for i := range f.Symbols {
			c := candidate{Ref: index.Ref{File: f, N: i}, why: base}
			r.score(&c)
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

func (r *run) score(c *candidate) {
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
	member := s.Kind == syntax.Method || s.Kind == syntax.Field || s.Scope != "" && s.Kind != syntax.Module && !isType(s.Kind)
	if s.Scope != "" {
		if sure := r.receivers[s.Owner()]; sure > 0 {
			v[receiverType] = sure
		}
	}
	switch {
	case r.p.want == wantMember && member:
		v[memberMember] = 1
		v[inModule], v[outOfModule] = 0, 0
	case member:
		v[memberBare] = 1
	case r.p.want == wantMember && isType(s.Kind):
		v[typeMember] = 1
	case r.p.want == wantMember && len(r.qualified) == 0:
		v[bareMember] = 1
	case r.p.want == wantType && isType(s.Kind):
		v[typeType] = 1
	case r.p.want == wantType:
		v[typeOther] = 1
	}
	switch s.Kind {
	case syntax.Field:
		v[field] = 1
	case syntax.Constant, syntax.Variable:
		v[constant] = 1
	case syntax.Module, syntax.Extension:
		v[container] = 1
	}
	parts := c.File.Parts(c.N)
	var like float32
	for _, part := range parts {
		like += r.words[part]
	}
	v[lexical] = like / float32(math.Sqrt(float64(max(len(parts), 1))))
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
	c.score = 0
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
