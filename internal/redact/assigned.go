package redact

import "strings"

// An assigned value is what is given to a name:
//
//	apiKey := "…"    PASSWORD: '…'    {"token": "…"}    const secret: string = `…`
//	setenv("TOKEN", "…")    withToken("…")    DB_PASSWORD=…    <password>…</password>
type assigned struct {
	name     string // from the keyword on
	from, to int    // of the value, in the text
	quoted   bool
	tight    bool // the value stands at an equals sign, as in an environment or a connection string
	listed   bool // it follows a comma behind a name without quotes
}

// valueAt finds the value that is given to the name in which a keyword stands
// at text[at:].
func valueAt(text string, at int) (a assigned, ok bool) {
	end := min(at+reach, len(text))
	i := at
	for i < end && i-at < maxName && isNameByte(text[i]) {
		i++
	}
	a.name = text[at:i]
	// Most places with such a name give it no value: look for that first.
	i, quote := skipToValue(text, i, end)
	if i >= end || strings.Contains(text[nameStart(text, at):at+len(a.name)], marker) {
		return a, false
	}
	a.from, a.tight = i, text[i-1] == '='
	a.listed = at+len(a.name) < len(text) && text[at+len(a.name)] == ','
	if quote != 0 {
		n := strings.IndexByte(text[i:min(i+reach, len(text))], quote)
		if n > 0 && text[i+n-1] == '\\' {
			n-- // the text is a string of its own
		}
		if n > 0 {
			a.quoted, a.to = true, i+n
			return a, true
		}
	}
	for i < len(text) && i-a.from < reach && isValueByte(text[i]) {
		i++
	}
	a.to = i
	return a, i > a.from && (i == len(text) || valueEnds.has(text[i]))
}

func isNameByte(c byte) bool  { return nameBytes.has(c) }
func isValueByte(c byte) bool { return valueBytes.has(c) }

const alnum = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

var (
	nameBytes  = setOf(alnum + "_-.")
	valueBytes = setOf(alnum + "_-.+/=~!@#$%^*?|")
	valueEnds  = setOf(" \t\r\n;,\"'`<\\&)}]")
)

// maxName is the longest name that is looked at, in bytes.
const maxName = 64

func nameStart(text string, at int) int {
	for n := 0; at > 0 && n < maxName && isNameByte(text[at-1]); n++ {
		at--
	}
	return at
}

// skipToValue passes the end of the name, an optional type and the operator.
// It returns where the value begins, and the quote before it or 0; end if
// there is no value.
func skipToValue(text string, i, end int) (from int, quote byte) {
	spaces := func() {
		for i < end && (text[i] == ' ' || text[i] == '\t') {
			i++
		}
	}
	quoted := false
	for i < end && strings.IndexByte("\"'`]\\", text[i]) >= 0 {
		quoted = true
		i++
	}
	spaces()
	if quoted && hasFold(text[i:end], "value") { // <add key="password" value="…"/>
		i += len("value")
		spaces()
	}
	// A type between name and value: `: string =`, `string =`, `: &'static str =`.
	if eq := strings.IndexByte(text[i:min(i+24, end)], '='); eq > 0 && isType(text[i:i+eq]) {
		i += eq
	}
	operator := i
	for i < end && strings.IndexByte(":=>?(!|", text[i]) >= 0 {
		i++
	}
	if i == operator && i < end && text[i] == ',' {
		i++
	}
	if i == operator {
		return end, 0
	}
	spaces()
	// A prefix of the string itself: b"…", @"…", L"…".
	if i+1 < end && strings.IndexByte("bBrRuUfFL@", text[i]) >= 0 && strings.IndexByte("\"'", text[i+1]) >= 0 {
		i++
	}
	for n := 0; n < 5 && i < end; n++ {
		switch text[i] {
		case '"', '\'', '`':
			quote = text[i]
		case '\\', '=':
		default:
			return i, quote
		}
		i++
	}
	return i, quote
}

func isType(s string) bool {
	if s = strings.TrimSpace(s); s == "" || s == ":" {
		return false
	}
	for i := range len(s) {
		if !isAlnum(s[i]) && strings.IndexByte(":& '*?[]", s[i]) < 0 {
			return false
		}
	}
	return true
}

// findAssigned takes a random-looking value that is given to a name which says
// that it is a secret. At is the place of the keyword somewhere in the name.
func findAssigned(text string, at int) (from, to int) {
	a, ok := valueAt(text, at)
	if !ok || a.listed || !isSecretValue(text[a.from:a.to], a) || !isSecretName(a.name) || isPublic(text, at) {
		return 0, 0
	}
	return a.from, a.to
}

// isPublic reports whether the name at whose keyword text[at:] begins is a
// public one: publicKey, pub_key_token.
func isPublic(text string, at int) bool {
	before := text[nameStart(text, at):at]
	return strings.Contains(strings.ToLower(before), "pub")
}

// notSecretTails end names that hold something about a secret and not the
// secret: token_url, passwordField, secretName.
var notSecretTails = []string{
	"url", "uri", "path", "file", "filename", "name", "field", "label", "type", "kind", "pattern", "regex", "regexp",
	"endpoint", "header", "prefix", "suffix", "placeholder", "message", "format", "length", "size", "error", "env",
}

// isSecretName reports whether rest, the name from its keyword on, names a
// secret. A keyword that is only the beginning of a longer word ("tokenizer",
// "secretary") does not.
func isSecretName(rest string) bool {
	low := strings.ToLower(rest)
	for _, tail := range notSecretTails {
		if strings.HasSuffix(low, tail) {
			return false
		}
	}
	word := 0
	for word < len(rest) && isAlnum(rest[word]) && (word == 0 || class(rest[word]) == class(rest[word-1]) || word == 1) {
		word++
	}
	switch first := low[:word]; {
	case strings.HasPrefix(first, "token"):
		return word == len("token") || first == "tokens" || class(rest[0]) == 'A' && strings.HasPrefix(first, "tokenval")
	case strings.HasPrefix(first, "secret"):
		return word == len("secret") || first == "secrets" || first == "secretkey" || first == "secretaccesskey"
	}
	return true
}

func isPasswordName(rest string) bool {
	return hasFold(rest, "passw") || hasFold(rest, "pwd") || hasFold(rest, "passphrase")
}

// isSecretValue reports whether a value is a secret. People choose passwords,
// machines draw tokens: a password may be shorter and less random.
func isSecretValue(value string, a assigned) bool {
	password := isPasswordName(a.name)
	if len(value) < 8 || value[0] == '$' && !password {
		return false
	}
	want := verySure
	if a.quoted {
		want = sure
	}
	return (password && (a.quoted || a.tight || strings.ContainsAny(value, signs)) && isMixed(value) || isRandom(value, want)) && isPlain(value)
}

// isPlain reports whether value may be a secret by its form: one word that is
// no address, path, template or stand-in.
func isPlain(value string) bool {
	if len(value) < 8 {
		return false
	}
	for i := range len(value) {
		if c := value[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("\\<>{}()[]", c) >= 0 {
			return false
		}
	}
	return !strings.Contains(value, "://") && !strings.Contains(value, "${") && !strings.Contains(value, "..") &&
		strings.IndexByte("/.%#", value[0]) < 0 && !isVersion(value) && !isStandIn(value)
}

// isVersion reports whether value is a version, v1.2.3-0.20200102030405-abcdef.
func isVersion(value string) bool {
	return value[0] == 'v' && isDigit(value[1]) && strings.IndexByte(value[:min(len(value), 5)], '.') >= 0
}

// signs are in passwords and not in names.
const signs = "!@#$%^&*?+~"

// isMixed reports whether a password has letters, and digits or signs inside
// it: "pa55-Word" and not "password1" or "user.password".
func isMixed(value string) bool {
	letters, digits, odd := 0, 0, 0
	for i := range len(value) {
		switch class(value[i]) {
		case 'a', 'A':
			letters++
		case '0':
			digits++
		default:
			if strings.IndexByte(signs, value[i]) >= 0 {
				odd++
			}
		}
	}
	return letters > 0 && (digits >= 2 || digits == 1 && odd > 0) && entropy(value) >= 2.7
}
