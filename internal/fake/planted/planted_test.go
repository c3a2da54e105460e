package planted

import (
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/redact"
)

// Whatever is planted is found again, in each manner of writing it.
func TestPlanted(t *testing.T) {
	for seed := range uint64(20) {
		secrets := Secrets(seed)
		if len(secrets) < 40 {
			t.Fatalf("%d kinds of secrets", len(secrets))
		}
		for _, extension := range []string{"go", "py", "yaml", "json"} {
			for _, s := range secrets {
				if len(s.Parts) == 0 {
					t.Errorf("%s has nothing to look for: %q", s.Kind, s.Text)
				}
				text := File(extension, []Secret{s})
				if extension != "yaml" && s.Kind == "kubernetes-secret" {
					continue // a manifest is no string
				}
				if _, _, planted := Leak(text, []Secret{s}); !planted {
					t.Fatalf("%s is not in %q", s.Kind, text)
				}
				clean, _ := redact.Text(text)
				if _, part, leaks := Leak(clean, []Secret{s}); leaks {
					t.Errorf("seed %d: %q of a %s in a %s file stays: %q", seed, part, s.Kind, extension, clean)
				}
			}
		}
	}
}

// A Finder finds what Leak finds, wherever it stands.
func TestFinder(t *testing.T) {
	secrets := Secrets(7)
	f := NewFinder(secrets)
	if kind, at, found := f.Find([]byte(File("go", nil))); found {
		t.Errorf("a %s in a file without secrets, at %d", kind, at)
	}
	for _, s := range secrets {
		for _, part := range s.Parts {
			for _, text := range []string{part, "x" + part, part + "x"} {
				if _, at, found := f.Find([]byte(text)); !found || text[at:] == "" {
					t.Errorf("%q of a %s is not found in %q", part, s.Kind, text)
				}
			}
			if _, _, found := f.Find([]byte(part[:len(part)-1])); found {
				if _, _, other := Leak(part[:len(part)-1], secrets); !other {
					t.Errorf("a part of %q is taken for all of it", part)
				}
			}
		}
	}
}
