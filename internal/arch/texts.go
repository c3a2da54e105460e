package arch

import (
	"bytes"
	"go/ast"
	"regexp"
	"strings"
)

// How many lines a file may have. What is longer is usually two things.
const (
	maxLines     = 400
	maxLinesLSP  = 300 // one file for each method keeps the hub from growing
	maxLinesTest = 600 // tables are long
)

// long marks a file that is longer on purpose; the reason follows on the line.
const long = "//arch:long"

// checkLength refuses files that have grown, unless they say why.
func (s source) checkLength() []Violation {
	limit := maxLines
	switch {
	case s.test:
		limit = maxLinesTest
	case s.dir == "lsp":
		limit = maxLinesLSP
	}
	lines := bytes.Count(s.data, []byte("\n"))
	if lines <= limit || ast.IsGenerated(s.file) {
		return nil
	}
	for _, group := range s.file.Comments {
		for _, c := range group.List {
			if reason, ok := strings.CutPrefix(c.Text, long); ok {
				if strings.TrimSpace(reason) != "" {
					return nil
				}
				return []Violation{s.at(c.Pos(), "%s needs a reason on its line", long)}
			}
		}
	}
	return []Violation{s.at(s.file.Package, "%d lines, more than %d: divide the file, or say why not in a comment %s", lines, limit, long)}
}

// words are what no kept file may hold, because it is true on one machine or
// in one network only. The expressions are written so that they do not match
// themselves.
var words = []struct {
	expression *regexp.Regexp
	why        string
}{
	{regexp.MustCompile(`(?:^|[^\w.~-])/(?:work|farm|root)/`), "a path of one machine"},
	{regexp.MustCompile(`/tmp/(?:w|[a-z]+_jobs[.\w]*)/`), "a path of one machine"},
	{regexp.MustCompile(`proxy\.golang\.or[g]|registry\.npmjs\.or[g]|//deb\.debian\.or[g]`), "a registry's host: the machine's own settings say where packages come from"},
}

// checkWords refuses machine paths and registry hosts.
func checkWords(name string, data []byte) []Violation {
	var found []Violation
	line := 0
	for text := range bytes.Lines(data) {
		line++
		for _, w := range words {
			if m := w.expression.Find(text); m != nil {
				found = append(found, Violation{File: name, Line: line, Text: string(bytes.TrimSpace(m)) + " is " + w.why})
			}
		}
	}
	return found
}
