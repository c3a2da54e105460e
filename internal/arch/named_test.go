package arch

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// A page that names a test names its folder too, as in `lsp.FuzzFrames`.
var (
	namedTest = regexp.MustCompile("`([a-z][a-z/-]*)\\.((?:Test|Fuzz|Benchmark)[A-Z]\\w*)`")
	anyTest   = regexp.MustCompile("`[^`]*\\b(?:Test|Fuzz|Benchmark)[A-Z]\\w*`")
)

// What a page says of a threat is worth as much as the test that holds it:
// each test that is named is there.
func TestNamedTestsAreThere(t *testing.T) {
	for page, least := range map[string]int{"docs/security.md": 45, "docs/redaction.md": 8} {
		text, err := os.ReadFile("../../" + page)
		if err != nil {
			t.Fatal(err)
		}
		named := namedTest.FindAllSubmatch(text, -1)
		if all := len(anyTest.FindAll(text, -1)); len(named) < least || len(named) != all {
			t.Errorf("%s names %d tests by folder and name, of %d; at least %d are wanted", page, len(named), all, least)
		}
		for _, m := range named {
			folder, name := string(m[1]), string(m[2])
			files, err := filepath.Glob(filepath.Join("../..", filepath.FromSlash(folder), "*_test.go"))
			if err != nil {
				t.Fatal(err)
			}
			if !holds(t, files, regexp.MustCompile(`(?m)^func `+name+`\(`)) {
				t.Errorf("%s: there is no %s in %s", page, name, folder)
			}
		}
	}
}

func holds(t *testing.T, files []string, what *regexp.Regexp) bool {
	t.Helper()
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if what.Match(text) {
			return true
		}
	}
	return false
}
