package redact

import (
	"encoding/base64"
	"strings"
	"unicode"
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
	"your", "foo", "bar", "foobar", "xxx", "***", "...", "redacted", "dummy", "insert",
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
	if value := text[from:to]; strings.Contains(value, marker) || isStandIn(value) || !isRandom(value, verySure) {
		return 0, 0
	}
	return from, to
}

// findBasic takes the user and the password of an Authorization header.
func findBasic(text string, at int) (from, to int) {
	from = at + len("basic ")
	for from < len(text) && text[from] == ' ' {
		from++
	}
	to = wordAfter(text, wordAfter(text, from, reach, func(c byte) bool { return isAlnum(c) || c == '+' || c == '/' }), 2, isPadding)
	value := text[from:to]
	if len(value) < 12 {
		return 0, 0
	}
	if plain, err := base64.StdEncoding.DecodeString(value); err == nil {
		if _, password, ok := strings.Cut(string(plain), ":"); ok && isText(password) {
			if isStandIn(password) {
				return 0, 0
			}
			return from, to
		}
	}
	if !isRandom(value, verySure) {
		return 0, 0
	}
	return from, to
}

// isText reports whether s has no control characters.
func isText(s string) bool { return strings.IndexFunc(s, unicode.IsControl) < 0 }

// findJWT takes a JSON web token: three words of base64, of which the first
// two are JSON. The last one is the signature; it may be empty.
func findJWT(text string, at int) (from, to int) {
	header := wordAfter(text, at, reach, isURLWord)
	payload := wordAfter(text, header, 2, isPadding)
	if header-at < 17 || !strings.HasPrefix(text[payload:], ".ey") {
		return 0, 0
	}
	end := wordAfterJWT(text, payload+1)
	if end-payload < 18 {
		return 0, 0
	}
	end = wordAfter(text, end, 2, isPadding)
	if end == len(text) || text[end] != '.' {
		return 0, 0
	}
	return at, wordAfter(text, wordAfterJWT(text, end+1), 2, isPadding)
}

func isPadding(c byte) bool { return c == '=' }

// wordAfterJWT passes a word of base64. In a string of another language its
// slashes may be escaped.
func wordAfterJWT(text string, at int) int {
	for range maxKeyBody {
		at = wordAfter(text, at, maxKeyBody, func(c byte) bool { return isURLWord(c) || c == '/' })
		if at+1 >= len(text) || text[at] != '\\' || strings.IndexByte("nrt\"' \n", text[at+1]) >= 0 {
			break
		}
		at++
	}
	return at
}
