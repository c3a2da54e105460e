package syntax

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// An outlineTest is a text and its symbols, one a line: the kind, the scope and
// the name, and the lines, counted from 1, on which it begins, its signature
// ends and all of it ends.
type outlineTest struct {
	name, language, text, want string
}

var outlineTests = slices.Concat(outlineTests1, outlineTests2, outlineTests3)

func outlined(l *Language, text string) string {
	lineOf := func(at int) int { return 1 + strings.Count(text[:at], "\n") }
	var b strings.Builder
	for _, s := range l.Outline(text) {
		fmt.Fprintf(&b, "%s %s %d-%d-%d\n", s.Kind, within(s.Scope, s.Name), lineOf(s.From), lineOf(s.To), lineOf(s.End))
	}
	return b.String()
}

func (tt outlineTest) run(t *testing.T) {
	t.Run(tt.language+"/"+tt.name, func(t *testing.T) {
		text := strings.TrimPrefix(tt.text, "\n")
		want := strings.TrimPrefix(strings.ReplaceAll(tt.want, "\t", ""), "\n")
		if diff := cmp.Diff(want, outlined(ByID(tt.language), text)); diff != "" {
			t.Errorf("symbols (-want +got):\n%s\nof\n%s", diff, text)
		}
	})
}

func TestOutline(t *testing.T) {
	for _, tt := range outlineTests {
		tt.run(t)
	}
	if got := ByID("markdown").Outline("# a\n"); got != nil {
		t.Errorf("a language without tables has %v", got)
	}
}
