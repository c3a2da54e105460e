package embedded

import (
	"slices"
	"strings"
)

// A token is one token of the context: what stands before the cursor.
type token struct {
	id   uint32
	text string
}

// maxNames is how many names two places may differ in. Places that differ in
// more have no more in common than their brackets.
const maxNames = 4

// A renaming says which names of another place stand where the document has
// names of its own. It goes both ways: one name there is one name here.
type renaming struct {
	pairs
	texts [maxNames][2]string // theirs, ours
}

// pairs are the ids of a renaming.
type pairs struct {
	n            int
	theirs, ours [maxNames]uint32
}

// find returns which pair has the name theirs in it, or -1.
func (r *pairs) find(theirs uint32) int { return slices.Index(r.theirs[:r.n], theirs) }

// takes reports whether the pair is in r, known, or can be added, and adds it.
func (r *pairs) takes(theirs, ours uint32) (known, ok bool) {
	switch i := r.find(theirs); {
	case i >= 0:
		return true, r.ours[i] == ours
	case r.n == maxNames, !alike(theirs, ours), slices.Contains(r.ours[:r.n], ours):
		return false, false
	}
	r.theirs[r.n], r.ours[r.n] = theirs, ours
	r.n++
	return false, true
}

// alike reports whether two tokens may stand in the same role: both are names
// in the same case, both are numbers, or both are strings.
func alike(a, b uint32) bool {
	c := classOf(a)
	return c == classOf(b) && (c == name || c == upperName || c == number || c == str)
}

// apply returns the token that stands here for one that stands there. A name
// that is not in r itself may have a part in common with one that is: where
// DidSave became DidClose, onSave becomes onClose.
func (r *renaming) apply(id uint32, text string) (uint32, string) {
	if i := r.find(id); i >= 0 {
		return r.ours[i], r.texts[i][1]
	}
	c := classOf(id)
	if c != name && c != upperName && c != str {
		return id, text
	}
	for _, pair := range r.texts[:r.n] {
		theirs, ours := difference(pair[0], pair[1])
		if len(theirs) < 3 || len(ours) < 2 {
			continue
		}
		if next, ok := replacePart(text, theirs, ours); ok {
			return renamed(id, next), next
		}
	}
	return id, text
}

// difference returns the parts in which two names differ: whole words of names
// written in camel case or with underscores. It returns none where the names have
// no word in common.
func difference(a, b string) (string, string) {
	from := 0
	for i := 0; i < len(a) && i < len(b) && a[i] == b[i]; i++ {
		if i+1 < len(a) && i+1 < len(b) && wordBegins(a, i+1) && wordBegins(b, i+1) {
			from = i + 1
		}
	}
	to := 0
	for i := 1; i <= len(a)-from && i <= len(b)-from && a[len(a)-i] == b[len(b)-i]; i++ {
		if wordBegins(a, len(a)-i) && wordBegins(b, len(b)-i) {
			to = i
		}
	}
	if from == 0 && to == 0 {
		return "", ""
	}
	return a[from : len(a)-to], b[from : len(b)-to]
}

// wordBegins reports whether a word of the name s begins at i.
func wordBegins(s string, i int) bool {
	return i == 0 || upper(s[i]) && !upper(s[i-1]) || s[i-1] == '_' || s[i] == '_'
}

func upper(c byte) bool { return c >= 'A' && c <= 'Z' }

func lower(c byte) byte {
	if upper(c) {
		return c + 'a' - 'A'
	}
	return c
}

// replacePart puts ours where theirs stands in text as words of their own, in
// the case of the first letter that text has there.
func replacePart(text, theirs, ours string) (string, bool) {
	for i := 0; i+len(theirs) <= len(text); i++ {
		end := i + len(theirs)
		if lower(text[i]) != lower(theirs[0]) || text[i+1:end] != theirs[1:] {
			continue
		}
		if i > 0 && isLetter(text[i-1]) && !wordBegins(text, i) || end < len(text) && isLetter(text[end]) && !wordBegins(text, end) {
			continue
		}
		first := ours[:1]
		if upper(text[i]) {
			first = strings.ToUpper(first)
		} else {
			first = strings.ToLower(first)
		}
		return text[:i] + first + ours[1:] + text[end:], true
	}
	return text, false
}

func isLetter(c byte) bool {
	return c >= 0x80 || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
