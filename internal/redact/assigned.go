package redact

import "strings"

// findAssigned takes a quoted, random-looking value that is given to a name
// which says that it is a secret:
//
//	apiKey := "…"    PASSWORD: '…'    {"token": "…"}    const secret: string = `…`
//	setenv("TOKEN", "…")    withToken("…")
//
// at is the place of the keyword somewhere in the name.
func findAssigned(text string, at int) (from, to int) {
	end := min(at+reach, len(text))
	i := at
	for i < end && isNameByte(text[i]) {
		i++
	}
	// Most places with such a name give it no literal: look for that first.
	rest := text[at:i]
	if i = skipToValue(text, i, end); i >= end {
		return 0, 0
	}
	quote := text[i]
	if quote != '"' && quote != '\'' && quote != '`' {
		return 0, 0
	}
	from = i + 1
	n := strings.IndexByte(text[from:min(from+reach, len(text))], quote)
	if n < 0 {
		return 0, 0
	}
	name := text[nameStart(text, at) : at+len(rest)]
	if strings.Contains(name, marker) || !isSecretName(rest) || !isSecretValue(text[from:from+n], isPasswordName(rest)) {
		return 0, 0
	}
	return from, from + n
}

func isNameByte(c byte) bool { return isAlnum(c) || c == '_' || c == '-' || c == '.' }

func nameStart(text string, at int) int {
	for n := 0; at > 0 && n < 64 && isNameByte(text[at-1]); n++ {
		at--
	}
	return at
}

// skipToValue passes the end of the name, an optional type and the operator,
// and returns where the value's quote should be, or end.
func skipToValue(text string, i, end int) int {
	spaces := func() {
		for i < end && (text[i] == ' ' || text[i] == '\t') {
			i++
		}
	}
	quoted := false
	for i < end && strings.IndexByte("\"'`]", text[i]) >= 0 {
		quoted = true
		i++
	}
	spaces()
	// A type between name and value: `: string =`, `string =`, `: &'static str =`.
	if eq := strings.IndexByte(text[i:min(i+24, end)], '='); eq > 0 && isType(text[i:i+eq]) {
		i += eq
	}
	operator := i
	for i < end && strings.IndexByte(":=>?(!|", text[i]) >= 0 {
		i++
	}
	if i == operator && quoted && i < end && text[i] == ',' {
		i++
	}
	if i == operator {
		return end
	}
	spaces()
	// A prefix of the string itself: b"…", @"…", L"…".
	if i+1 < end && strings.IndexByte("bBrRuUfFL@", text[i]) >= 0 && !isNameByte(text[i+1]) {
		i++
	}
	return i
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

// isSecretValue reports whether a quoted value is a secret. People choose
// passwords, machines draw tokens: a password may be shorter and less random.
func isSecretValue(value string, password bool) bool {
	if len(value) < 8 || isStandIn(value) || strings.Contains(value, marker) {
		return false
	}
	for i := range len(value) {
		if c := value[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("\\<>{}()[]", c) >= 0 {
			return false
		}
	}
	if strings.Contains(value, "://") || strings.Contains(value, "${") || strings.Contains(value, "..") ||
		value[0] == '/' || value[0] == '.' || value[0] == '%' || value[0] == '$' && !password {
		return false
	}
	if password && isMixed(value) {
		return true
	}
	return isRandom(value, 12)
}

// isMixed reports whether a password has letters, and digits or signs inside
// it: "pa55-Word" and not "password1" or "user.password".
func isMixed(value string) bool {
	letters, digits, signs := 0, 0, 0
	for i := range len(value) {
		switch class(value[i]) {
		case 'a', 'A':
			letters++
		case '0':
			digits++
		default:
			if strings.IndexByte("!@#$%^&*?+~", value[i]) >= 0 {
				signs++
			}
		}
	}
	return letters > 0 && (digits >= 2 || digits == 1 && signs > 0) && entropy(value) >= 2.7
}
