package redact

import (
	"math"
	"strings"
)

// The longest body of a key that is looked at, in bytes: a 16,384-bit RSA key
// has about 13 KB.
const maxKeyBody = 16 << 10

// findPrivateKey takes the body of a private key block, between the line that
// begins it and the line that ends it; at is the place of "PRIVATE KEY" in
// either. A block whose end was cut off goes as far as its lines look like a
// key, and so does, upwards, one whose beginning was cut off.
//
// The body must look like a key: code that only names the two lines, to search
// for them, is left alone.
func findPrivateKey(text string, at int) (from, to int) {
	from = at + len("PRIVATE KEY")
	if strings.HasPrefix(text[from:], " BLOCK") {
		from += len(" BLOCK")
	}
	if !strings.HasPrefix(text[from:], "-----") || text[at:at+len("PRIVATE KEY")] != "PRIVATE KEY" {
		return 0, 0
	}
	from += len("-----")
	head := text[max(0, at-40):at]
	if end := strings.LastIndex(head, "-----END "); end >= 0 {
		return keyBefore(text, at-len(head)+end)
	}
	if !strings.Contains(head, "-----BEGIN ") {
		return 0, 0
	}
	body := text[from:min(from+maxKeyBody, len(text))]
	if end := strings.Index(body, "-----END "); end >= 0 {
		body = body[:end]
	} else {
		body = body[:keyPrefix(body)]
	}
	if !looksLikeKey(body) {
		return 0, 0
	}
	return trim(text, from, from+len(body))
}

// keyBefore takes the lines of a key that stand right before text[end].
func keyBefore(text string, end int) (from, to int) {
	from = end
	for from > 0 && end-from < maxKeyBody {
		start := strings.LastIndexByte(text[:from-1], '\n') + 1
		// The last line of a key may be short, and so may the first of a text
		// that begins inside one. Any other short word is no part of a key.
		short := len(keyWord(text[start:from])) < 32 && from != end && start != 0
		if short || !isKeyLine(text[start:from]) {
			break
		}
		from = start
	}
	if !looksLikeKey(text[from:end]) {
		return 0, 0
	}
	return trim(text, from, end)
}

// looksLikeKey reports whether body holds a whole line of base64, and more
// base64 than anything else.
func looksLikeKey(body string) bool {
	longest, inRuns := 0, 0
	for i := 0; i < len(body); {
		n := base64Run(body[i:])
		if n >= 16 {
			inRuns += n
		}
		longest = max(longest, n)
		i += n + 1
	}
	return longest >= 40 && inRuns*2 > len(body)
}

// keyPrefix is the length of the lines at the start of body that belong to a
// key, the rest of the header's line included.
func keyPrefix(body string) int {
	n := 0
	for line := range strings.Lines(body) {
		if n > 0 && !isKeyLine(line) {
			break
		}
		n += len(line)
	}
	return n
}

// isKeyLine reports whether line could be a line of a key as it stands in a
// file, a quoted string or a YAML block: one word of base64 with a few signs
// round it, or nothing.
func isKeyLine(line string) bool {
	word := keyWord(line)
	return base64Run(word) == len(word)
}

func keyWord(line string) string {
	return strings.TrimSuffix(strings.Trim(line, " \t\r\n\"'`+,;|>*#/\\"), `\n`)
}

func base64Run(s string) int {
	for i := range len(s) {
		if c := s[i]; !isAlnum(c) && c != '+' && c != '/' && c != '=' {
			return i
		}
	}
	return len(s)
}

// trim takes white space and escaped line breaks off both ends of
// text[from:to], so that the placeholder stands where the key stood.
func trim(text string, from, to int) (int, int) {
	for from < to && strings.IndexByte(" \t\r\n", text[from]) >= 0 {
		from++
	}
	for from < to && strings.IndexByte(" \t\r\n", text[to-1]) >= 0 {
		to--
	}
	return from, to
}

// findURLPassword takes the password of scheme://user:password@host.
func findURLPassword(text string, at int) (from, to int) {
	if at == 0 || !isAlnum(text[at-1]) {
		return 0, 0
	}
	const stops = "/?#\"'`<>{}()$\\ \t\r\n,"
	i, end := at+len("://"), min(at+reach, len(text))
	user := i
	for i < end && text[i] != ':' && text[i] != '@' && strings.IndexByte(stops, text[i]) < 0 {
		i++
	}
	if i == end || text[i] != ':' {
		return 0, 0
	}
	name := text[user:i]
	from = i + 1
	for i = from; i < end && text[i] != '@' && strings.IndexByte(stops, text[i]) < 0; {
		i++
	}
	if i == end || text[i] != '@' {
		return 0, 0
	}
	pass := text[from:i]
	if len(pass) < 3 || pass == name || isStandIn(pass) || strings.Contains(pass, marker) {
		return 0, 0
	}
	return from, i
}

// standIns are passwords that documentation and tests write in place of one.
var standIns = []string{
	"password", "passwd", "pass", "pwd", "secret", "token", "changeme", "change-me", "example", "placeholder",
	"your", "xxx", "***", "...", "redacted", "dummy", "insert",
}

func isStandIn(value string) bool {
	low := strings.ToLower(value)
	for _, s := range standIns {
		if low == s || len(s) > 3 && strings.HasPrefix(low, s) && len(low) < len(s)+3 {
			return true
		}
	}
	for _, s := range []string{"example", "placeholder", "changeme", "xxxx", "****", "your_", "your-", "redacted"} {
		if strings.Contains(low, s) {
			return true
		}
	}
	return strings.HasPrefix(value, "%") || strings.HasPrefix(value, "$")
}

// findBearer takes the token of an Authorization header.
func findBearer(text string, at int) (from, to int) {
	from = at + len("bearer ")
	if text[from-1] == '%' {
		from += len("20")
	}
	to = from
	for to < len(text) && (isAlnum(text[to]) || strings.IndexByte("._~+/-=", text[to]) >= 0) {
		to++
	}
	if value := text[from:to]; strings.Contains(value, marker) || isStandIn(value) || !isRandom(value, 20) {
		return 0, 0
	}
	return from, to
}

// findTelegram takes a bot token, 1234567890:AA…: its keyword stands in the
// middle.
func findTelegram(text string, at int) (from, to int) {
	from = at
	for from > 0 && at-from < 11 && '0' <= text[from-1] && text[from-1] <= '9' {
		from--
	}
	to = at + 1
	for to < len(text) && to-at < 40 && (isAlnum(text[to]) || text[to] == '_' || text[to] == '-') {
		to++
	}
	if n := at - from; n < 8 || n > 10 || to-at != 1+35 || !startsWord(text, from) {
		return 0, 0
	}
	return from, to
}

// isRandom reports whether value looks drawn at random rather than written by
// a person: letters and digits mixed, many different ones, in no words. It is
// tuned for few false alarms.
func isRandom(value string, minLen int) bool {
	if len(value) < minLen {
		return false
	}
	c := census(value)
	switch {
	case c.lower+c.upper == 0 || c.digits == 0 || len(value) < 20 && c.digits < 2:
		return false
	case c.longest < 12 && !isUUID(value):
		return false // words joined by signs
	case c.lower > 0 && c.upper > 0 && c.wordy*2 > len(value):
		return false // words in camel case
	case (c.lower == 0 || c.upper == 0) && c.digits*8 < len(value):
		return false // one long word and a number
	}
	need := 3.0
	if len(value) >= 20 {
		need = 3.3
	}
	return float64(c.changes) >= 0.28*float64(len(value)-1) && entropy(value) >= need
}

// A counted value is what isRandom judges by.
type counted struct {
	lower, upper, digits int
	longest              int // longest run of letters and digits
	wordy                int // small letters that stand in runs of four or more
	changes              int // neighbours of different classes
}

func census(value string) (c counted) {
	run, small := 0, 0
	for i := range len(value) {
		k := class(value[i])
		if i > 0 && k != class(value[i-1]) {
			c.changes++
		}
		if run++; k == '-' {
			run = 0
		}
		c.longest = max(c.longest, run)
		if k != 'a' {
			small = 0
		}
		switch k {
		case '0':
			c.digits++
		case 'A':
			c.upper++
		case 'a':
			c.lower++
			if small++; small == 4 {
				c.wordy += 4
			} else if small > 4 {
				c.wordy++
			}
		}
	}
	return c
}

// class sorts bytes into digits '0', small letters 'a', capitals 'A' and all
// others '-'.
func class(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return '0'
	case 'a' <= c && c <= 'z':
		return 'a'
	case 'A' <= c && c <= 'Z':
		return 'A'
	}
	return '-'
}

func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		hyphen := i == 8 || i == 13 || i == 18 || i == 23
		if hyphen != (s[i] == '-') || !hyphen && strings.IndexByte("0123456789abcdefABCDEF", s[i]) < 0 {
			return false
		}
	}
	return true
}

// entropy is the Shannon entropy of s in bits a byte.
func entropy(s string) float64 {
	var count [256]int
	for i := range len(s) {
		count[s[i]]++
	}
	sum := 0.0
	for _, n := range count {
		if n > 0 {
			p := float64(n) / float64(len(s))
			sum -= p * math.Log2(p)
		}
	}
	return sum
}
