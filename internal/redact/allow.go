package redact

import (
	"path"
	"strings"
)

// SecretFile reports whether the file at path holds secrets, as the function
// SecretFile does, and the user does not let it through. What the text of such
// a file holds is taken out of it all the same.
//
// A pattern of Options.Allow without a slash is for the name of a file, one
// with a slash for the end of its path, folder by folder; two stars stand for
// any number of folders. Case does not matter.
func (r *Redactor) SecretFile(path string) bool { return SecretFile(path) && !r.allows(path) }

func (r *Redactor) allows(file string) bool {
	if len(r.globs) == 0 {
		return false
	}
	parts := strings.Split(strings.ToLower(strings.ReplaceAll(file, `\`, "/")), "/")
	for _, glob := range r.globs {
		pattern := strings.Split(glob, "/")
		if pattern[0] == "" || pattern[0] == "~" { // from the root or from home: the end of a path is enough
			pattern = pattern[1:]
		}
		for i := range parts {
			if matches(pattern, parts[i:]) {
				return true
			}
		}
	}
	return false
}

// matches reports whether parts, all of them, match pattern.
func matches(pattern, parts []string) bool {
	for len(pattern) > 0 {
		if pattern[0] == "**" {
			for i := range len(parts) + 1 {
				if matches(pattern[1:], parts[i:]) {
					return true
				}
			}
			return false
		}
		if len(parts) == 0 {
			return false
		}
		if ok, err := path.Match(pattern[0], parts[0]); err != nil || !ok {
			return false
		}
		pattern, parts = pattern[1:], parts[1:]
	}
	return len(parts) == 0
}
