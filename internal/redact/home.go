package redact

import (
	"slices"
	"strings"
)

// sharedHomes are the homes that many machines have: they name nobody.
var sharedHomes = []string{
	"user", "username", "you", "me", "name", "runner", "vagrant", "ubuntu", "debian", "ec2-user", "node", "app", "dev", "vscode", "shared",
	"public", "default", "linuxbrew", "circleci", "travis", "jenkins", "git", "root", "admin", "administrator", "runneradmin", "vsts", "gitpod", "codespace",
}

// findHome takes the name of a user out of the path of a home directory.
func findHome(text string, at int) (from, to int) {
	if at > 0 && (!startsWord(text, at) || strings.IndexByte("_.-)}]*", text[at-1]) >= 0) && !isDrive(text, at) {
		return 0, 0 // the end of an address or of a longer path
	}
	switch text[at : at+2] {
	case "/h":
		from = at + len("/home/")
	case "/U", `\U`:
		from = at + len("/Users/")
	default:
		return 0, 0 // a route of a service
	}
	if !strings.HasPrefix(text[at+1:], "home") && !strings.HasPrefix(text[at+1:], "Users") {
		return 0, 0
	}
	if text[at] == '\\' && from < len(text) && text[from] == '\\' {
		from++ // written with escapes
	}
	to = wordAfter(text, from, 33, func(c byte) bool { return isURLWord(c) || c == '.' })
	if to == len(text) || to-from < 2 || to-from > 32 || text[to] != text[at] || !isAlnum(text[from]) {
		return 0, 0
	}
	// A path goes on: what ends there is a route as well as a home.
	if after := wordAfter(text, to, 2, func(c byte) bool { return c == '\\' || c == '/' }); after == len(text) || !isAlnum(text[after]) && text[after] != '.' && text[after] != '_' {
		return 0, 0
	}
	if isShared(text[from:to]) {
		return 0, 0
	}
	return from, to
}

func isShared(name string) bool { return slices.Contains(sharedHomes, strings.ToLower(name)) }

// ownHome finds the name of the user in the path of the user's home directory,
// also where no path goes on behind it.
func (r *Redactor) ownHome(text string) (found []span) {
	if r.let[homeRule.id] {
		return nil
	}
	for _, home := range r.homes {
		name := strings.LastIndexAny(home, `/\`) + 1
		for at := 0; ; {
			n := strings.Index(text[at:], home)
			if n < 0 {
				break
			}
			from := at + n
			at = from + len(home)
			if at == len(text) || !isURLWord(text[at]) {
				found = append(found, span{from + name, at, homeRule})
			}
		}
	}
	return found
}

// homeRule is the one of contextRules.
var homeRule = &contextRules[slices.IndexFunc(contextRules, func(r rule) bool { return r.id == "home" })]

// isDrive reports whether a Windows path's drive, `C:`, ends at text[at:].
func isDrive(text string, at int) bool { return at >= 2 && text[at-1] == ':' && isAlnum(text[at-2]) }
