// Package planted makes secrets for tests that look for them where they must
// not be. They are made when the test runs, so that no scanner takes the
// repository for a leak, and each run has its own.
package planted

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/redact"
)

// minPart is the least length of a piece that is looked for, in bytes. Shorter
// ones stand in ordinary text too.
const minPart = 6

// A Secret is one that was made up.
type Secret struct {
	Kind string // the id of the rule that knows it
	Text string // what stands in a file; it has several lines for some kinds
	// Parts are the pieces of Text that nobody but its owner may know: not a
	// byte string of this list may be found anywhere else.
	Parts []string
}

// Secrets returns one secret of each kind that is known. The same seed gives
// the same ones.
func Secrets(seed uint64) []Secret {
	r := rand.New(rand.NewPCG(seed, 0))
	draw := func(alphabet string, n int) string {
		for {
			b := make([]byte, n)
			for i := range b {
				b[i] = alphabet[r.IntN(len(alphabet))]
			}
			// A key of letters alone is as rare as it is odd.
			if text := string(b); n < minPart || strings.ContainsAny(text, "23456789") && strings.Trim(text, "0123456789") != "" || len(alphabet) == 10 {
				return text
			}
		}
	}
	examples := redact.Examples(draw)
	secrets := make([]Secret, 0, len(examples))
	for _, e := range examples {
		s := Secret{Kind: e.Kind, Text: e.Text}
		for _, part := range e.Parts {
			if len(part) >= minPart {
				s.Parts = append(s.Parts, part)
			}
		}
		secrets = append(secrets, s)
	}
	return secrets
}

// File returns source code that holds the secrets, in the manner of a language
// by its extension: go, py, yaml or json. Secrets of several lines stand in a
// comment or a block.
func File(extension string, secrets []Secret) string {
	var b strings.Builder
	if extension == "go" {
		b.WriteString("package main\n\n")
	}
	for i, s := range secrets {
		quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s.Text)
		switch extension {
		case "go":
			fmt.Fprintf(&b, "const value%d = \"%s\"\n", i, quoted)
		case "py":
			fmt.Fprintf(&b, "value_%d = \"\"\"%s\"\"\"\n", i, s.Text)
		case "json":
			fmt.Fprintf(&b, "{\"value%d\": \"%s\"}\n", i, quoted)
		default:
			fmt.Fprintf(&b, "value%d: |\n  %s\n---\n", i, strings.ReplaceAll(s.Text, "\n", "\n  "))
		}
	}
	return b.String()
}

// Leak returns the first secret of which a piece is in text, and the piece.
func Leak(text string, secrets []Secret) (kind, part string, found bool) {
	for _, s := range secrets {
		for _, part := range s.Parts {
			if strings.Contains(text, part) {
				return s.Kind, part, true
			}
		}
	}
	return "", "", false
}
