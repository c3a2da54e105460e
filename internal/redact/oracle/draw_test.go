package oracle

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	crand "crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"math/rand/v2"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"
)

// A sample is text made to match an expression. Drawn has, for each byte,
// whether it was chosen at random from many: what makes a secret a secret.
type sample struct {
	text  []byte
	drawn []bool
}

func (s *sample) add(b byte, drawn bool) {
	s.text = append(s.text, b)
	s.drawn = append(s.drawn, drawn)
}

// A drawer makes samples of expressions.
type drawer struct {
	*rand.Rand
	many  bool // inside a repetition
	lower bool // letters of either case are small ones, as most keys are
}

// draw returns text that re matches, if its assertions hold where the text is
// put.
func (d *drawer) draw(re *syntax.Regexp) (s sample) {
	d.lower = d.IntN(10) < 7
	d.walk(&s, re)
	return s
}

func (d *drawer) walk(s *sample, re *syntax.Regexp) {
	switch re.Op {
	case syntax.OpLiteral:
		lower := re.Flags&syntax.FoldCase != 0 && d.lower
		for _, r := range re.Rune {
			text := string(r)
			if lower {
				text = strings.ToLower(text)
			}
			for _, b := range []byte(text) {
				s.add(b, false)
			}
		}
	case syntax.OpCharClass:
		set := printable(re.Rune, d.lower)
		s.add(set[d.IntN(len(set))], len(set) >= 8)
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		if !d.many { // a dot that forgot its backslash
			s.add('.', false)
			return
		}
		const set = "abcdefghijklmnopqrstuvwxyz0123456789"
		s.add(set[d.IntN(len(set))], true)
	case syntax.OpCapture, syntax.OpConcat:
		for _, sub := range re.Sub {
			d.walk(s, sub)
		}
	case syntax.OpAlternate:
		d.walk(s, re.Sub[d.IntN(len(re.Sub))])
	case syntax.OpQuest:
		d.repeat(s, re, 0, 1)
	case syntax.OpStar:
		d.repeat(s, re, 0, 8)
	case syntax.OpPlus:
		d.repeat(s, re, 1, 24)
	case syntax.OpRepeat:
		most := re.Max
		if most < 0 {
			most = re.Min + 32
		}
		d.repeat(s, re, re.Min, most)
	default: // assertions take no text
	}
}

// privateKey makes a key, as a block of lines or in one line with escapes.
func (d *drawer) privateKey() (s sample) {
	var key any
	_, key, _ = ed25519.GenerateKey(crand.Reader)
	if d.IntN(2) == 0 {
		key, _ = ecdsa.GenerateKey(elliptic.P384(), crand.Reader)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		panic(err)
	}
	text := strings.TrimSpace(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
	if d.IntN(2) == 0 {
		text = strings.ReplaceAll(text, "\n", `\n`)
	}
	for line := range strings.SplitAfterSeq(text, "\n") {
		for _, b := range []byte(line) {
			s.add(b, b != '\n' && !strings.HasPrefix(line, "-----"))
		}
	}
	if !strings.Contains(text, "\n") { // the two lines are no part of the key
		for i := range s.drawn {
			s.drawn[i] = i >= len("-----BEGIN PRIVATE KEY-----") && i < len(text)-len("-----END PRIVATE KEY-----")
		}
	}
	return s
}

// manifest makes a Secret of Kubernetes.
func (d *drawer) manifest() (s sample) {
	value := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", d.IntN(8)) + crand.Text()[:12+d.IntN(12)]))
	data := []string{"data:\n  ", "value", ": ", "", "\n"}
	parts := append([]string{"apiVersion: v1\nkind: Secret\nmetadata:\n  name: app\n"}, data...)
	if d.IntN(2) == 0 {
		parts = append(data, "kind: Secret\nmetadata:\n  name: app\n")
	}
	for _, part := range parts {
		if part == "" {
			for _, b := range []byte(value) {
				s.add(b, true)
			}
		}
		for _, b := range []byte(part) {
			s.add(b, false)
		}
	}
	return s
}

// repeat draws what may stand several times. Few keys are as long as their
// expression allows.
func (d *drawer) repeat(s *sample, re *syntax.Regexp, least, most int) {
	n := least
	if least == 0 && re.Sub[0].Op == syntax.OpCharClass && len(printable(re.Sub[0].Rune, true)) < 8 {
		most = min(most, 1) // quotes and blanks round an operator
	}
	if re.Flags&syntax.NonGreedy == 0 || re.Sub[0].Op == syntax.OpCharClass && least > 20 {
		n += d.IntN(min(most-least, 40) + 1)
	}
	outer := d.many
	d.many = true
	for range n {
		d.walk(s, re.Sub[0])
	}
	d.many = outer
}

// printable are the bytes of a class that are seen in a key. A class in which
// the expression ignores case has the odd letters that fold to ASCII.
func printable(ranges []rune, lower bool) []byte {
	folded := false
	var set []byte
	for pair := range slices.Chunk(ranges, 2) {
		folded = folded || pair[0] == 'ſ' || pair[0] == '\u212a'
		for r := max(pair[0], '!'); r <= min(pair[1], '~'); r++ {
			set = append(set, byte(r))
		}
	}
	if len(set) == 0 { // a class of blanks
		return []byte(" ")
	}
	plain := slices.DeleteFunc(slices.Clone(set), func(b byte) bool {
		return folded && lower && 'A' <= b && b <= 'Z' || len(set) > 80 && !isWord(b)
	})
	if len(plain) > 0 {
		return plain
	}
	return set
}

func isWord(b byte) bool {
	return '0' <= b && b <= '9' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z'
}

// captures returns the groups of an expression, in order.
func captures(re *syntax.Regexp) (found []*syntax.Regexp) {
	if re.Op == syntax.OpCapture {
		found = append(found, re)
	}
	for _, sub := range re.Sub {
		found = append(found, captures(sub)...)
	}
	return found
}

// leak is the longest run of drawn bytes in a row that no
// span covers.
func (s sample) leak(covered []bool) (longest int) {
	run := 0
	for i := range s.text {
		if run++; !s.drawn[i] || covered[i] {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}

func isText(data []byte) bool {
	return utf8.Valid(data) && !slices.Contains(data, 0)
}
