package redact

import "strings"

// The keyword of some keys stands in their middle: these look to both sides.

// wordBefore returns where the run of bytes that ends at text[at:] and whose
// bytes are in a key begins, at most limit bytes before.
func wordBefore(text string, at, limit int, is func(byte) bool) int {
	for n := 0; at > 0 && n < limit && is(text[at-1]); n++ {
		at--
	}
	return at
}

func wordAfter(text string, at, limit int, is func(byte) bool) int {
	for n := 0; at < len(text) && n < limit && is(text[at]); n++ {
		at++
	}
	return at
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isHex(c byte) bool   { return isDigit(c) || 'a' <= c && c <= 'f' }
func isURLWord(c byte) bool {
	return isAlnum(c) || c == '_' || c == '-'
}

// findTelegram takes the token of a bot, such as 1234567890:AA….
func findTelegram(text string, at int) (from, to int) {
	if at == 0 || !isDigit(text[at-1]) {
		return 0, 0
	}
	from = wordBefore(text, at, 17, isDigit)
	to = wordAfter(text, at+1, 40, isURLWord)
	if n := at - from; n < 5 || n > 16 || to-at != 1+35 || text[at+1] != 'A' || !startsWord(text, from) {
		return 0, 0
	}
	return from, to
}

// findFacebook takes the token of an app: its number, a bar, its key.
func findFacebook(text string, at int) (from, to int) {
	from = wordBefore(text, at+1, 17, isDigit)
	if n := at + 1 - from; n < 15 || n > 16 || !startsWord(text, from) {
		return 0, 0
	}
	to = wordAfter(text, at+2, 41, isURLWord)
	if n := to - at - 2; n < 27 || n > 40 {
		return 0, 0
	}
	return from, to
}

// findMailchimp takes a key, which ends in the name of its data centre.
func findMailchimp(text string, at int) (from, to int) {
	from = wordBefore(text, at, 33, isHex)
	to = wordAfter(text, at+len("-us"), 3, isDigit)
	if at-from != 32 || to == at+len("-us") || !startsWord(text, from) {
		return 0, 0
	}
	return from, to
}

// findMaxMind takes a licence key: six characters, 29, and what it ends in.
func findMaxMind(text string, at int) (from, to int) {
	from = wordBefore(text, at, 6+1+29, func(c byte) bool { return isAlnum(c) || c == '_' })
	if at-from != 6+1+29 || text[from+6] != '_' || !startsWord(text, from) {
		return 0, 0
	}
	return from, at + len("_mmk")
}

// findTerraform takes an API token of Terraform Cloud.
func findTerraform(text string, at int) (from, to int) {
	from = wordBefore(text, at, 14, isAlnum)
	to = wordAfter(text, at+len(".atlasv1."), 80, func(c byte) bool { return isURLWord(c) || c == '=' })
	if at-from != 14 || to-at < len(".atlasv1.")+60 {
		return 0, 0
	}
	return from, to
}

// findAzure takes the client secret of an application: three characters, a
// digit, "Q~", and 31 or more.
func findAzure(text string, at int) (from, to int) {
	in := func(c byte) bool { return isAlnum(c) || strings.IndexByte("_~.-", c) >= 0 }
	if at < 4 || text[at] != 'Q' || !isDigit(text[at-1]) || wordBefore(text, at, 4, in) != at-4 || !startsWord(text, at-4) {
		return 0, 0
	}
	to = wordAfter(text, at+2, 40, in)
	if n := to - at - 2; n < 31 || n > 35 {
		return 0, 0
	}
	return at - 4, to
}

// findCurlUser takes the password of curl's option for a user and a password.
func findCurlUser(text string, at int) (from, to int) {
	before := text[max(0, at-300):at]
	if !strings.Contains(before, "curl") || at == 0 || strings.IndexByte(" \t\n\r", text[at-1]) < 0 {
		return 0, 0
	}
	from = at + strings.IndexAny(text[at:], " ='\"")
	if text[from] == ' ' || text[from] == '=' {
		from++
	}
	quote := byte(' ')
	if from < len(text) && (text[from] == '"' || text[from] == '\'') {
		quote = text[from]
		from++
	}
	to = wordAfter(text, from, reach, func(c byte) bool { return c != quote && c > ' ' && c != '`' && (quote != ' ' || c != '"' && c != '\'') })
	user, password, ok := strings.Cut(text[from:to], ":")
	if !ok {
		return 0, 0
	}
	if password == "" { // a key in the place of the name
		if isRandom(user, sure) {
			return from, from + len(user)
		}
		return 0, 0
	}
	if len(password) < 3 || isStandIn(password) {
		return 0, 0
	}
	if isRandom(user, sure) {
		return from, to
	}
	return to - len(password), to
}

// findKubernetes takes the values of a manifest of a Secret, whichever comes
// first, the kind or the data.
func findKubernetes(text string, at int) (from, to int) {
	kind, _, _ := strings.Cut(text[at+len("kind:"):min(at+40, len(text))], "\n")
	if strings.Trim(kind, " \t\r\"'") != "Secret" {
		return 0, 0
	}
	start, end := max(0, at-maxManifest), min(len(text), at+maxManifest)
	if i := strings.LastIndex(text[start:at], "\n---"); i >= 0 {
		start += i
	}
	if i := strings.Index(text[at:end], "\n---"); i >= 0 {
		end = at + i
	}
	key := dataKey(text[start:end])
	if key < 0 {
		return 0, 0
	}
	from = start + key + strings.IndexByte(text[start+key:], ':') + 1
	column := key - (strings.LastIndexByte(text[start:start+key], '\n') + 1)
	to = from
	for line := range strings.Lines(text[from:end]) {
		body := strings.TrimLeft(line, " ")
		if to > from && strings.TrimSpace(body) != "" && len(line)-len(body) <= column {
			break // the next key
		}
		to += len(line)
	}
	from, to = trim(text, from, to)
	if len(text[from:to]) < 12 || strings.Contains(text[from:to], "{{") {
		return 0, 0
	}
	return from, to
}

// dataKey returns where the key of a manifest's data stands, or -1.
func dataKey(text string) int {
	for at := 0; ; {
		n := strings.Index(text[at:], "ata:")
		if n < 0 {
			return -1
		}
		end := at + n
		key := wordBefore(text, end, len("stringData"), isAlnum)
		if name := text[key:end]; name == "d" || name == "stringD" {
			if start := wordBefore(text, key, maxName, isBlank); start == 0 || text[start-1] == '\n' {
				return key
			}
		}
		at = end + len("ata:")
	}
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// maxManifest is how far the data of a Secret may be from its kind, in bytes.
const maxManifest = 2 << 10
