package files

import (
	"path"
	"strings"
)

// The names of the files that say what is left out. The second one is ours: it
// has the same syntax, and can only leave out more.
const (
	gitIgnoreFile = ".gitignore"
	ownIgnoreFile = ".claude-lsp-ignore"
)

// A rule is one line of an ignore file.
type rule struct {
	glob    glob
	negated bool // what matches is not ignored
	dirOnly bool // matches folders alone
	inName  bool // matches the last part of a path, wherever it is
}

// An ignore is the rules of one folder, and those of the folders above it,
// which have less weight. The empty list (nil) ignores nothing.
type ignore struct {
	above *ignore
	base  string // the folder, relative to the tree, "" for its top
	rules []rule
	fold  bool
}

// parseIgnore reads an ignore file. There are no wrong lines: what makes no
// sense matches nothing, as with git.
func parseIgnore(text string, fold bool) []rule {
	var rules []rule
	text = strings.TrimPrefix(text, "\ufeff")
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSuffix(line, "\r")
		if line == "" || line[0] == '#' {
			continue
		}
		line, _, _ = strings.Cut(line, "\x00")
		if r, ok := parseRule(trimSpaces(line), fold); ok {
			rules = append(rules, r)
		}
	}
	return rules
}

func parseRule(line string, fold bool) (r rule, ok bool) {
	line, r.negated = strings.CutPrefix(line, "!")
	line, r.dirOnly = strings.CutSuffix(line, "/")
	r.inName = !strings.Contains(line, "/")
	line = strings.TrimPrefix(line, "/")
	r.glob = compileGlob(line, r.inName, fold)
	return r, !r.glob.never
}

// trimSpaces takes the spaces off the end of line that no backslash keeps.
func trimSpaces(line string) string {
	end := 0
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case ' ':
			continue
		case '\\':
			i++
		}
		end = i + 1
	}
	return line[:min(end, len(line))]
}

// with returns the list with the rules of the folder base in front.
func (g *ignore) with(base string, rules []rule, fold bool) *ignore {
	if len(rules) == 0 {
		return g
	}
	return &ignore{g, base, rules, fold}
}

// ignored reports whether name, a path relative to the tree with slashes, is
// ignored by the last rule that matches it. That its folders are not ignored
// is for the caller to know: nothing below an ignored folder can be taken back.
func (g *ignore) ignored(name string, isDir bool) bool {
	if g != nil && g.fold {
		name = lowerASCII(name)
	}
	last := path.Base(name)
	for ; g != nil; g = g.above {
		rel := name
		if g.base != "" {
			rel = name[len(g.base)+1:]
		}
		for i := len(g.rules) - 1; i >= 0; i-- {
			r := &g.rules[i]
			if r.dirOnly && !isDir {
				continue
			}
			subject := rel
			if r.inName {
				subject = last
			}
			if r.glob.match(subject) {
				return !r.negated
			}
		}
	}
	return false
}
