package redact

import (
	"strings"
	"testing"
)

func TestHome(t *testing.T) {
	// The marks « and » stand round what goes.
	for _, text := range []string{
		"see /home/«alice»/src/main.go",
		`"/Users/«bob.smith»/Library"`,
		`C:\Users\«Carol»\work`,
		`"C:\\Users\\«Carol»\\work"`,
		"file:///home/«alice»/.config",
		"file:///C:/Users/«Carol»/x",
		`"\n/home/«alice»/x"`,
		"export HOME=/srv/people/«grace»",
		"/srv/people/«grace»/x:/srv/people/«grace»",
		"/srv/people/gracehopper/x",
		"/home/runner/work", "/Users/Shared/x", "/home/user/x", `C:\Users\Public\x`,
		"GET /home/index", "/users/alice/repos", "https://example.com/home/news/today", "/home/", "/home/$USER/x", "/home/{name}/x", "api/Users/Login/x",
	} {
		plain := strings.NewReplacer("«", "", "»", "").Replace(text)
		clean, n := here.Text(config, plain)
		if want := strings.Count(text, "«"); n != want {
			t.Errorf("%d names in %q: %q", n, text, clean)
			continue
		}
		for rest := text; ; {
			_, tail, ok := strings.Cut(rest, "«")
			if !ok {
				break
			}
			name, after, _ := strings.Cut(tail, "»")
			if strings.Contains(clean, name) {
				t.Errorf("%q is still in %q", name, clean)
			}
			rest = after
		}
		if got, ok := here.Undo(config, plain).Restore(clean); got != plain || !ok {
			t.Errorf("%q came back as %q", plain, got)
		}
	}
}

// A name has one short form in a document, so that paths can be told apart.
func TestHomeIsShort(t *testing.T) {
	clean, _ := here.Text(config, "/home/alice/a /home/alice/b /home/bert/a")
	fields := strings.Fields(clean)
	first, second, third := strings.TrimSuffix(fields[0], "/a"), strings.TrimSuffix(fields[1], "/b"), strings.TrimSuffix(fields[2], "/a")
	if first != second || first == third || len(first) > len("/home/")+24 {
		t.Errorf("the names became %q", clean)
	}
}
