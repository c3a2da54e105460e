package rank

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/claude-lsp/claude-lsp/context/index"
)

const (
	companions = 24        // files like this one whose use of names is looked at
	queryWords = 48        // rare words near the cursor by which they are found
	readable   = 256 << 10 // bytes of a file that is read for what stands where
)

// accompany finds the files that are most like the document: they share the rare
// words round the cursor, and lie near. Which names they use, and which follow
// there on what stands before the cursor, tells what will be used here.
func (r *run) accompany() {
	type word struct {
		hash   uint32
		weight float32
	}
	var list []word
	for h, w := range r.words {
		list = append(list, word{h, w})
	}
	slices.SortFunc(list, func(a, b word) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.hash, b.hash))
	})
	scores := map[*index.File]float32{}
	for _, w := range list[:min(len(list), queryWords)] {
		for _, f := range r.x.With(w.hash) {
			scores[f] += w.weight
		}
	}
	for f, rel := range r.relations {
		if rel == sibling {
			scores[f] += 1.5
		}
	}
	var files []*index.File
	for f := range scores {
		if f.Path != r.p.path && r.related(f.Language) {
			scores[f] += closeness(f.Path, r.p.path)
			files = append(files, f)
		}
	}
	slices.SortFunc(files, func(a, b *index.File) int {
		return cmp.Or(cmp.Compare(scores[b], scores[a]), strings.Compare(a.Path, b.Path))
	})
	files = files[:min(len(files), companions)]
	r.company = files

	r.beside, r.follows = map[uint32]float32{}, map[string]float32{}
	var all float32
	for _, f := range files {
		all += scores[f]
	}
	for _, f := range files {
		for _, w := range f.Words {
			r.beside[w.Hash] += scores[f] / all
		}
	}
	lead := r.lead()
	r.continued(r.p.text, lead, 1)
	for _, f := range files {
		if r.over() {
			return
		}
		if text, ok := r.text(f.Path); ok && len(text) <= readable {
			r.continued(text, lead, 1)
		}
	}
}

// lead returns the ends of what stands before the cursor, the longest first, of
// at most three words: what follows on them elsewhere may follow here.
func (r *run) lead() []string {
	left := strings.TrimLeft(r.p.line[:len(r.p.line)-len(r.p.partial)], " \t")
	var leads []string
	n := len(left)
	for words := 0; n > 0 && words < 3; words++ {
		for n > 0 && trailingName(left[:n]) == "" {
			n--
		}
		n -= len(trailingName(left[:n]))
		leads = append(leads, left[n:])
	}
	slices.Reverse(leads)
	return slices.DeleteFunc(slices.Compact(leads), func(s string) bool { return strings.TrimSpace(s) == "" })
}

// continued counts the names that stand in a text behind one of leads; those
// behind a longer one count more.
func (r *run) continued(text string, leads []string, weight float32) {
	for i, lead := range leads {
		more := weight * float32(len(leads)-i)
		for at, n := 0, 0; n < 200; n++ {
			k := strings.Index(text[at:], lead)
			if k < 0 {
				break
			}
			at += k + len(lead)
			if name := leadingName(text[at:]); name != "" && (at == len(lead) || !nameByte(lead[0]) || !nameByte(text[at-len(lead)-1])) {
				r.follows[name] += more
			}
		}
	}
}

func leadingName(text string) string {
	n := 0
	for n < len(text) && nameByte(text[n]) {
		n++
	}
	return text[:n]
}

func nameByte(c byte) bool {
	return c == '_' || c == '$' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c >= utf8.RuneSelf
}

// closeness is 1 for files of one folder, and falls with the folders between
// them.
func closeness(a, b string) float32 {
	a, b = a[:strings.LastIndexByte(a, '/')+1], b[:strings.LastIndexByte(b, '/')+1]
	if a == b {
		return 1
	}
	same, n := 0, min(len(a), len(b))
	for i := 0; i < n && a[i] == b[i]; i++ {
		if a[i] == '/' {
			same++
		}
	}
	return 0.8 * float32(same+1) / float32(1+max(strings.Count(a, "/"), strings.Count(b, "/"), 1))
}
