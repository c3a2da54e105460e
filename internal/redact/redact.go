// Package redact says what must not leave the machine: files that hold
// secrets, told by their names, and secrets in the text of other files.
//
// A Redactor takes secrets out of text and puts them back into answers. The
// functions of the package do the first alone. Neither reads files, nor
// remembers any text but the secrets that a Redactor has put back (restored.go).
package redact

import (
	"cmp"
	"slices"
	"strings"
)

// A placeholder is one word of plain ASCII letters, digits and underscores, so
// that it is harmless as a name, inside a string, in a URL and in Markdown:
//
//	REDACTED_SECRET_x7q_github_token_k3f9a2m4pq_q7x
//
// The odd letters keep anybody from writing one by accident. The kind tells
// the model what stands there; the digest is a Redactor's (redactor.go).
const (
	stem      = "REDACTED_SECRET"
	userStem  = "USER" // of a name in a path
	marker    = "_x7" + "q_"
	markerEnd = "q7x"
)

// maxPasses bounds how often text is looked at again when it was cleaned. One
// replacement can bring another secret to light (a value was too long before
// the token inside it went away); two in a row are not known to happen.
const maxPasses = 8

// Text returns text with each secret replaced by the placeholder of its kind,
// and how many were replaced. Where there is none the result is text itself.
// Nothing can turn the placeholders into secrets again; a Redactor's can be.
//
// The same secret always becomes the same bytes, so that a prompt cache stays
// warm. Line breaks inside a secret are kept: line n of the result is made of
// line n of text. Text is idempotent.
func Text(text string) (clean string, n int) { return anonymous.Text("", text) }

// Count returns how many secrets were taken out of what clean was made of: how
// many placeholders it holds.
func Count(clean string) int { return strings.Count(clean, marker) }

// anonymous has no key: its placeholders have no digest.
var anonymous = New(Options{})

// HasPlaceholder reports whether text holds a placeholder or most of the
// beginning of one: an answer with one must not be inserted into a document.
func HasPlaceholder(text string) bool { return strings.Contains(text, marker) }

// A span is a secret at text[from:to].
type span struct {
	from, to int
	rule     *rule
}

// find returns the secrets of text, in order, none overlapping another.
func find(text string) []span { return resolve(search(text, nil)) }

// search returns the secrets of text that no rule in let knows.
func search(text string, let map[string]bool) (found []span) {
	triggers := triggers()
	for i := 0; i+1 < len(text); {
		n := triggers.at(text[i], text[i+1])
		if n == 0 {
			i++
			continue
		}
		next := i + 1
		for _, k := range triggers.buckets[n].candidates(text[i:]) {
			if !hasFold(text[i:], k.word) {
				continue
			}
			from, to := k.rule.match(text, i)
			if from >= to || let[k.rule.id] {
				continue
			}
			found = append(found, span{from, to, k.rule})
			if !k.rule.generic {
				// Nothing inside one token is another one. A generic value may
				// hold a token with a kind of its own: go on looking there.
				next = max(next, to)
				break
			}
		}
		i = next
	}
	return found
}

// resolve drops overlapping spans: a rule that knows the kind of the secret
// beats a generic one, otherwise the first wins. What a dropped span covered
// beyond the winner is looked at in the next pass.
func resolve(found []span) []span {
	if len(found) < 2 {
		return found
	}
	slices.SortStableFunc(found, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	kept := found[:0]
	for _, s := range found {
		if len(kept) == 0 || kept[len(kept)-1].to <= s.from {
			kept = append(kept, s)
			continue
		}
		if last := &kept[len(kept)-1]; last.rule.generic && !s.rule.generic {
			*last = s
		}
	}
	return kept
}

// fold maps ASCII capitals to small letters and leaves other bytes alone.
var fold = func() (f [256]byte) {
	for i := range f {
		f[i] = byte(i)
		if 'A' <= i && i <= 'Z' {
			f[i] += 'a' - 'A'
		}
	}
	return f
}()

// hasFold reports whether text begins with word, which is in lower case.
func hasFold(text, word string) bool {
	if len(text) < len(word) {
		return false
	}
	for i := range len(word) {
		if fold[text[i]] != word[i] {
			return false
		}
	}
	return true
}
