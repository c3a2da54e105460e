package redact

import (
	"regexp"
	"slices"
	"strings"
)

// A rule knows one kind of secret. Rules are data: adding a kind is adding an
// entry to a table, with an example that the tests run.
type rule struct {
	id       string   // the kind, as the placeholder names it
	keywords []string // lower case, two bytes or more; one of them begins the match, in either case
	pattern  string   // what must stand at the keyword; group 1, where there is one, is the secret
	inWord   bool     // the keyword may follow a letter or digit
	generic  bool     // told by its surroundings: gives way to a rule that knows the kind
	surprise int      // how random the secret must look at least, as surprise counts; 0 for a form nobody writes by accident

	// find takes the place of pattern where an expression would be too slow or
	// cannot say it. It returns the secret as text[from:to], empty for none.
	find func(text string, at int) (from, to int)

	// example is text with exactly one secret of this kind, as a form to fill:
	// {w20} stands for twenty letters and digits, see alphabets. So no scanner
	// takes the table for a leak.
	example string
	re      *regexp.Regexp
}

// rules are all that is looked for.
var rules = slices.Concat(contextRules, tokenRules)

// reach is how far a pattern looks at first. Expressions get a short text
// because the matcher's cost has a part that grows with the text it is given.
const reach = 512

// match returns the secret whose keyword stands at text[at:], or an empty
// range. It never holds a placeholder.
func (r *rule) match(text string, at int) (from, to int) {
	if !r.inWord && !startsWord(text, at) {
		return 0, 0
	}
	find := r.find
	if find == nil {
		find = r.matchPattern
	}
	if from, to = find(text, at); from < to {
		if strings.Contains(text[from:to], marker) {
			return 0, 0 // cleaned before
		}
		if r.surprise != 0 && surprise(text[from:to]) < r.surprise {
			return 0, 0
		}
	}
	return from, to
}

func (r *rule) matchPattern(text string, at int) (from, to int) {
	for limit := reach; ; limit *= 8 {
		rest := text[at:]
		if len(rest) > limit {
			rest = rest[:limit]
		}
		whole := beforePlaceholder(rest)
		m := r.re.FindStringSubmatchIndex(whole)
		if m == nil {
			return 0, 0
		}
		if m[1] == len(rest) && len(rest) == limit {
			continue // cut short by the limit: the rest of the secret must go too
		}
		if len(m) > 2 && m[2] >= 0 {
			return at + m[2], at + m[3]
		}
		return at + m[0], at + m[1]
	}
}

// beforePlaceholder is text up to its first placeholder, which is no part of a
// key even where it stands right behind one.
func beforePlaceholder(text string) string {
	before, _, found := strings.Cut(text, marker)
	if !found {
		return text
	}
	return strings.TrimSuffix(strings.TrimSuffix(before, stem), userStem)
}

// startsWord reports whether text[at] begins a word. What an escape such as
// \n or %3D ends in does not count as a letter before it; a plus sign in base64
// does.
func startsWord(text string, at int) bool {
	if at >= 2 && text[at-1] == '+' && isAlnum(text[at-2]) {
		return false
	}
	if at == 0 || !isAlnum(text[at-1]) {
		return true
	}
	if at >= 2 && text[at-2] == '\\' {
		return true
	}
	return at >= 3 && text[at-3] == '%'
}

func isAlnum(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// compile makes the expressions of the rules. A program that sends nothing
// never needs them.
func compile(rules []rule) []rule {
	for i := range rules {
		if rules[i].find == nil {
			rules[i].re = regexp.MustCompile(`^(?:` + rules[i].pattern + `)`)
		}
	}
	return rules
}

// alphabets are what the places of an example are filled from.
var alphabets = map[byte]string{
	'd': "0123456789",
	'x': "0123456789abcdef",
	'X': "0123456789ABCDEF",
	'a': "0123456789abcdefghijklmnopqrstuvwxyz",
	'A': "234567ABCDEFGHIJKLMNOPQRSTUVWXYZ",
	'w': "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
	'b': "023456789acdefghjklmnpqrstuvwxyz", // bech32
}

// An Example is text with one secret of a kind.
type Example struct {
	Kind string
	Text string
	// Parts are the pieces of Text that were drawn: no byte of them may stay.
	Parts []string
}

// Examples returns an example for each rule, made up with draw, which returns
// n characters of an alphabet.
func Examples(draw func(alphabet string, n int) string) []Example {
	examples := make([]Example, 0, len(rules))
	for i := range rules {
		examples = append(examples, rules[i].fill(draw))
	}
	return examples
}

func (r *rule) fill(draw func(alphabet string, n int) string) Example {
	e := Example{Kind: r.id}
	var text strings.Builder
	for rest := r.example; ; {
		head, tail, ok := strings.Cut(rest, "{")
		text.WriteString(head)
		place, after, closed := strings.Cut(tail, "}")
		if !ok || !closed {
			e.Text = text.String()
			return e
		}
		n := 0
		for _, c := range []byte(place[1:]) {
			n = n*10 + int(c-'0')
		}
		part := draw(alphabets[place[0]], n)
		text.WriteString(part)
		e.Parts = append(e.Parts, part)
		rest = after
	}
}
