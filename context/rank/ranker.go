package rank

import (
	"context"
	"math"
	"path"
	"slices"
	"strings"

	"github.com/claude-lsp/claude-lsp/context/index"
)

// Options is what a Ranker needs.
type Options struct {
	Index *index.Index // nil: an empty one

	// Text returns the current text of a file of the index: that of the open
	// document first, then what is on the disk, with its secrets. nil: no text
	// is known, and all there is to show are signatures.
	Text func(path string) (string, bool)
}

// A Ranker makes rankings. It is safe for concurrent use and keeps nothing
// between them: the same query on the same index gives the same ranking,
// unless a deadline cut one short.
type Ranker struct {
	index *index.Index
	text  func(path string) (string, bool)
}

// New returns a Ranker.
func New(o Options) *Ranker {
	if o.Index == nil {
		o.Index = new(index.Index)
	}
	if o.Text == nil {
		o.Text = func(string) (string, bool) { return "", false }
	}
	return &Ranker{o.Index, o.Text}
}

// Rank finds what a place needs. Where ctx ends first it returns what it has by
// then, the most needed first as ever.
func (r *Ranker) Rank(ctx context.Context, q Query) Ranking {
	if q.Doc == nil || q.Line <= 0 && q.Bulk <= 0 {
		return Ranking{}
	}
	if q.Bulk > 0 {
		if all, ok := r.whole(ctx, q); ok {
			q.Bulk = 0
			ranking := r.rank(ctx, q)
			ranking.Bulk, ranking.Whole = all, true
			return ranking
		}
	}
	return r.rank(ctx, q)
}

func (r *Ranker) rank(ctx context.Context, q Query) Ranking {
	run := newRun(ctx, r, q)
	found := run.candidates()
	var out Ranking
	if q.Line > 0 {
		var have shown
		if q.Shown != nil {
			have = func(ref index.Ref) bool { return q.Shown(ref.File.Path, ref.Symbol().Signature) }
		}
		out.Line, _ = found.pick(q.Line, have)
	}
	if q.Bulk > 0 {
		out.Bulk = run.bulk(found, q.Bulk)
	}
	return out
}

// A run is one ranking under way.
type run struct {
	ctx  context.Context
	x    *index.Index
	text func(path string) (string, bool)
	q    Query
	p    *place

	typeNames map[string]bool // names that were looked up: whether they are types
	words     map[uint32]float32
	line      map[uint32]float32 // the words of the line alone
	online    map[string]bool    // names that stand on the line
	near      map[string]bool    // names that stand on the lines round the cursor
	names     map[string]bool    // names that the document imports one by one
	relations map[*index.File]relation
	looks     int             // lines that were read to guess types
	defined   map[string]bool // names that the document defines
	receivers guesses
	certain   float32              // of the surest of receivers
	qualified map[*index.File]bool // the files of the module before the dot
	beside    map[uint32]float32   // words of the files that are like this one: in which share of them they occur
	files     []*index.File        // whose definitions are looked at, those bound to the document first
	company   []*index.File        // the files that are like this one, the likest first
	follows   map[string]float32   // names that stand elsewhere behind what is before the cursor
	total     float32              // number of files
}

// over reports whether the ranking must end with what it has. It lets what
// matters more go first.
func (r *run) over() bool {
	if r.q.Yield != nil {
		r.q.Yield()
	}
	return r.ctx.Err() != nil
}

// A relation says how a file is bound to the document.
type relation uint8

const (
	unrelated relation = iota
	second             // an imported file imports it
	sibling            // it lies in the same folder
	passedOn           // what the document imports passes its names on
	imported           // the document imports it
)

func newRun(ctx context.Context, r *Ranker, q Query) *run {
	run := &run{ctx: ctx, x: r.index, text: r.text, q: q, p: read(q), typeNames: map[string]bool{}}
	run.total = float32(run.x.Len())
	run.defined = map[string]bool{}
	for i := range run.p.entry.Symbols {
		run.defined[run.p.entry.Symbols[i].Name] = true
	}
	run.surroundings()
	run.relate()
	switch run.p.want {
	case wantMember:
		run.receivers = run.receiver()
		for _, sure := range run.receivers {
			run.certain = max(run.certain, sure)
		}
		run.qualify()
	case wantImport:
		run.qualified = run.reached(run.x.Resolve(run.p.entry, *run.p.from))
	}
	run.accompany()
	return run
}

// related reports whether files of a language can use one another's names.
func (r *run) related(language string) bool { return family(language) == family(r.p.language) }

func family(language string) string {
	switch language {
	case "typescript", "typescriptreact", "javascript", "javascriptreact", "vue", "svelte":
		return "script"
	case "c", "cpp", "objective-c", "objective-cpp", "cuda-cpp":
		return "c"
	case "java", "kotlin", "scala", "groovy":
		return "jvm"
	}
	return language
}

// surroundings weighs the words round the cursor: those of the line itself
// most, those far from it least, and rare ones more than common ones.
func (r *run) surroundings() {
	r.words, r.near = map[uint32]float32{}, map[string]bool{}
	weigh := func(text string, weight float32, near bool) {
		for _, name := range index.Identifiers(text) {
			if near {
				r.near[name] = true
			}
			for part := range index.Parts(name) {
				if h := index.HashFold(part); len(part) > 1 && r.words[h] < weight {
					r.words[h] = weight
				}
			}
		}
	}
	before := strings.Split(r.p.text[:r.p.at], "\n")
	for i := len(before) - 1; i >= max(0, len(before)-nearby); i-- {
		weigh(before[i], 1/(1+float32(len(before)-1-i)/6), true)
	}
	rest := r.p.text[r.p.at:]
	for i := range below {
		line, more, ok := strings.Cut(rest, "\n")
		weigh(line, 0.7/(1+float32(i)/4), true)
		if rest = more; !ok {
			break
		}
	}
	for _, s := range r.p.enclosing() {
		weigh(s.Name, 0.6, false)
		weigh(s.Signature, 0.4, false)
	}
	weigh(strings.TrimSuffix(path.Base(r.p.path), path.Ext(r.p.path)), 0.3, false)
	for _, d := range r.q.Recent.Diagnostics {
		if line := r.q.Doc.LineAt(r.q.At); d.FirstLine <= line && line <= d.LastLine {
			weigh(d.Message, 0.9, false)
		}
	}
	r.line, r.online = map[uint32]float32{}, map[string]bool{}
	for _, name := range index.Identifiers(r.p.line) {
		r.online[name] = true
		for part := range index.Parts(name) {
			h := index.HashFold(part)
			r.line[h] = r.rarity(h)
		}
	}
	for h, w := range r.words {
		r.words[h] = w * r.rarity(h)
	}
}

// rarity is 1 for a word that is in hardly any file, and near 0 for one that is
// in all of them.
func (r *run) rarity(hash uint32) float32 {
	n := float32(r.x.Files(hash))
	return float32(math.Log(float64(1+(r.total-n+0.5)/(n+0.5))) / math.Log(float64(2+2*r.total)))
}

// relate finds the files that the document imports, those beside it, and those
// that the imported ones import.
func (r *run) relate() {
	r.relations, r.names = map[*index.File]relation{}, map[string]bool{}
	raise := func(f *index.File, to relation) {
		if f.Path != r.p.path && r.relations[f] < to {
			r.relations[f] = to
		}
	}
	for _, f := range r.x.Dir(path.Dir(r.p.path)) {
		if r.related(f.Language) {
			raise(f, sibling)
		}
	}
	var first []*index.File
	for _, m := range r.p.entry.Imports {
		for _, name := range m.Names {
			r.names[name] = true
		}
		for _, f := range r.x.Resolve(r.p.entry, m) {
			raise(f, imported)
			first = append(first, f)
		}
	}
	for f := range r.reached(first) {
		raise(f, passedOn)
	}
	for i, f := range first {
		if r.over() || i > maxFollowed {
			break
		}
		for _, m := range f.Imports {
			for _, g := range r.x.Resolve(f.Entry, m) {
				raise(g, second)
			}
		}
	}
}

// maxFollowed bounds the files whose imports are followed.
const maxFollowed = 200

// passes reports whether a file is one that passes on what others define: the
// face of a package, which imports and says little of its own.
func passes(f *index.File) bool {
	switch stem, _, _ := strings.Cut(path.Base(f.Path), "."); stem {
	case "mod", "lib", "index", "__init__":
		return true
	}
	return len(f.Imports) > len(f.Symbols) && f.Language != "go"
}

// reached returns files, and those whose names they pass on.
func (r *run) reached(files []*index.File) map[*index.File]bool {
	seen := map[*index.File]bool{}
	for _, f := range files {
		seen[f] = true
	}
	for len(files) > 0 && len(seen) < maxFollowed && !r.over() {
		var next []*index.File
		for _, f := range files {
			if !passes(f) {
				continue
			}
			for _, m := range f.Imports {
				for _, g := range r.x.Resolve(f.Entry, m) {
					if !seen[g] && g.Path != r.p.path {
						seen[g] = true
						next = append(next, g)
					}
				}
			}
		}
		files = next
	}
	return seen
}

// qualify finds the module that the name before the dot stands for.
func (r *run) qualify() {
	if len(r.p.chain) == 0 {
		return
	}
	name := r.p.chain[0]
	var files []*index.File
	for _, m := range r.p.entry.Imports {
		base := m.Path[strings.LastIndexAny(m.Path, "/.:\\")+1:]
		if base != name && !slices.Contains(m.Names, name) {
			continue
		}
		files = append(files, r.x.Resolve(r.p.entry, m)...)
	}
	if r.p.paths { // a module's own name in a path: a::b::‸
		for f := range r.relations {
			if moduleOf(f.Path) == name {
				files = append(files, f)
			}
		}
	}
	r.qualified = r.reached(files)
}

// moduleOf returns the name of the module that a file is.
func moduleOf(file string) string {
	name := strings.TrimSuffix(path.Base(file), path.Ext(file))
	switch name {
	case "mod", "lib", "index", "__init__":
		return path.Base(path.Dir(file))
	}
	return name
}

// whole returns all files of the workspace where they fit into the budget.
func (r *Ranker) whole(ctx context.Context, q Query) ([]Passage, bool) {
	if r.index.Bytes() > q.Bulk*2 { // the document itself counts too
		return nil, false
	}
	room := q.Bulk
	var list []Passage
	for _, f := range r.index.All() {
		if f.Path == q.Path || f.Bytes == 0 {
			continue
		}
		if room -= f.Bytes + heading(f.Path); room < 0 || ctx.Err() != nil {
			return nil, false
		}
		text, ok := r.text(f.Path)
		if !ok {
			continue // it is gone
		}
		if room -= len(text) - f.Bytes; room < 0 {
			return nil, false
		}
		list = append(list, Passage{Path: f.Path, Text: text, Reason: ReasonWhole})
	}
	return list, len(list) > 0
}
