package redact

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"path"
	"strings"
)

// Options is what a Redactor needs.
type Options struct {
	// Key makes the names of placeholders: who does not have it can neither
	// make one up nor tell what one stands for. It should be random, 16 bytes
	// or more, and of this machine alone. With the same key the same text is
	// cleaned to the same bytes, so one that is kept keeps a prompt cache warm
	// from one run to the next. Without a key nothing can be restored.
	Key []byte

	// Allow has the ids of rules that are not looked for, and patterns of
	// paths of files that are no secret files (see Redactor.SecretFile). It
	// comes from the user's own settings: a repository must not have a say.
	Allow []string

	// Home is the user's home directory. Its name is taken out wherever the
	// path stands; of others only the usual places are known.
	Home string
}

// A Redactor takes secrets out of text and puts them back. It keeps no text:
// what a placeholder stands for is found again in the document it came from. What
// it remembers, for as long as it lives, are the secrets that it has put back: they
// may stand where no rule knows them then. It is safe for concurrent use.
type Redactor struct {
	key      []byte
	let      map[string]bool
	globs    []string
	homes    []string // the forms of the user's home directory
	restored *restored
}

// New returns a Redactor.
func New(o Options) *Redactor {
	r := &Redactor{key: o.Key, let: map[string]bool{}, restored: &restored{}}
	for _, entry := range o.Allow {
		if isRule(entry) {
			r.let[entry] = true
		} else if entry != "" {
			r.globs = append(r.globs, strings.ToLower(strings.ReplaceAll(entry, `\`, "/")))
		}
	}
	if name := path.Base(strings.ReplaceAll(o.Home, `\`, "/")); len(name) > 1 && !isShared(name) {
		slashed := strings.ReplaceAll(o.Home, `\`, "/")
		r.homes = []string{slashed}
		if strings.Contains(o.Home, `\`) {
			r.homes = append(r.homes, o.Home, strings.ReplaceAll(o.Home, `\`, `\\`))
		}
	}
	return r
}

func isRule(id string) bool {
	for i := range rules {
		if rules[i].id == id {
			return true
		}
	}
	return false
}

// Text returns text, which is a part of document, with each secret replaced by
// its placeholder, and how many were replaced. Document is its URI or another
// name that no other document has; the same secret has another placeholder in
// another document. For the rest it is as the function Text.
func (r *Redactor) Text(document, text string) (clean string, n int) {
	clean, n, _ = r.clean(document, text, false)
	return clean, n
}

// Nameless returns text with placeholders that nothing can turn into secrets again,
// for what is kept between runs: as the function Text, but that it also knows the
// secrets that r has put back.
func (r *Redactor) Nameless(text string) string {
	clean, _, _ := (&Redactor{restored: r.restored}).clean("", text, false)
	return clean
}

// An Undo knows the placeholders of one text of one document.
type Undo struct {
	replacer *strings.Replacer
	pairs    []pair
	restored *restored // of the Redactor, which is told what was put back
}

// Undo returns what turns the placeholders that Text made of text, or of parts
// of it, into secrets again. It looks through the whole text: ask for it when
// an answer has a placeholder.
func (r *Redactor) Undo(document, text string) Undo {
	_, _, pairs := r.clean(document, text, true)
	if len(pairs) == 0 || len(r.key) == 0 {
		return Undo{}
	}
	// A model may leave out the breaks, which only keep the lines, or write them in
	// another way.
	var forms []string
	for _, p := range pairs {
		breaks := breaksOf(p.secret)
		forms = append(forms, p.name+breaks, p.secret)
		if strings.Contains(breaks, "\r\n") {
			forms = append(forms, p.name+strings.ReplaceAll(breaks, "\r\n", "\n"), strings.ReplaceAll(p.secret, "\r\n", "\n"))
		}
		forms = append(forms, p.name, p.secret)
	}
	return Undo{strings.NewReplacer(forms...), pairs, r.restored}
}

// Restore returns answer with the secrets in the place of their placeholders.
// It is false if one is left: another document's, or one that was made up. Such
// an answer must not be inserted.
func (u Undo) Restore(answer string) (string, bool) {
	if u.replacer != nil && HasPlaceholder(answer) {
		for _, p := range u.pairs {
			if strings.Contains(answer, p.name) {
				u.restored.remember(p)
			}
		}
		answer = u.replacer.Replace(answer)
	}
	return answer, !HasPlaceholder(answer)
}

// Begun returns where in the beginning of an answer a placeholder starts that
// is not there to its end yet, or the length of text.
func Begun(text string) int {
	for _, stem := range []string{stem, userStem} {
		if at := strings.LastIndex(text, stem+marker); at >= 0 && !strings.Contains(text[at+len(stem)+len(marker):], markerEnd) {
			return at
		}
		for n := min(len(stem+marker)-1, len(text)); n >= 3; n-- {
			if strings.HasSuffix(text, (stem + marker)[:n]) {
				return len(text) - n
			}
		}
	}
	return len(text)
}

// clean takes the secrets out of text. Pairs are placeholders and what they
// stand for, in the order in which a replacer has to look for them.
func (r *Redactor) clean(document, text string, undo bool) (clean string, n int, pairs []pair) {
	for _, p := range r.restored.in(text) {
		p.name = r.placeholder(document, p.rule, p.secret)
		n += strings.Count(text, p.secret)
		text = strings.ReplaceAll(text, p.secret, p.name+breaksOf(p.secret))
		if undo {
			pairs = append(pairs, p)
		}
	}
	for range maxPasses {
		found := resolve(append(search(text, r.let), r.ownHome(text)...))
		if len(found) == 0 {
			break
		}
		var b strings.Builder
		b.Grow(len(text) + 32*len(found))
		at := 0
		for _, s := range found {
			secret := text[s.from:s.to]
			name := r.placeholder(document, s.rule, secret)
			b.WriteString(text[at:s.from])
			b.WriteString(name)
			b.WriteString(breaksOf(secret))
			at = s.to
			if undo {
				pairs = append(pairs, pair{name, secret, s.rule})
			}
		}
		b.WriteString(text[at:])
		text = b.String()
		n += len(found)
	}
	return text, n, pairs
}

func breaksOf(secret string) string {
	if !strings.ContainsAny(secret, "\r\n") {
		return ""
	}
	return strings.Map(func(c rune) rune {
		if c == '\n' || c == '\r' {
			return c
		}
		return -1
	}, secret)
}

// placeholder is what stands for a secret of a document.
func (r *Redactor) placeholder(document string, rule *rule, secret string) string {
	name := stem + marker + strings.ReplaceAll(rule.id, "-", "_") + "_"
	if rule.id == "home" {
		name = userStem + marker
	}
	if len(r.key) > 0 {
		name += r.digest(document, rule.id, secret) + "_"
	}
	return name + markerEnd
}

// digest is 50 bits of a keyed hash: too many to guess with answers that a
// person has to accept, few enough to cost a model little.
func (r *Redactor) digest(fields ...string) string {
	mac := hmac.New(sha256.New, r.key)
	for _, field := range fields {
		var size [8]byte
		binary.BigEndian.PutUint64(size[:], uint64(len(field)))
		mac.Write(size[:])
		mac.Write([]byte(field))
	}
	return strings.ToLower(base32.StdEncoding.EncodeToString(mac.Sum(nil))[:10])
}
