package completion

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	doccontext "github.com/claude-lsp/claude-lsp/context"
	"github.com/claude-lsp/claude-lsp/internal/fake/script"
	"github.com/claude-lsp/claude-lsp/internal/redact"
)

// secretBench has an engine that keeps secrets from the model and puts them
// back.
func secretBench(answers ...script.Answer) *bench {
	b := engineOf(answers...)
	secrets := redact.New(redact.Options{Key: []byte("a key of this machine")})
	collector := doccontext.New(doccontext.Options{
		Redact: func(path, text string) string { clean, _ := secrets.Text(path, text); return clean },
	})
	b.o.Window, b.o.Undo = collector.Window, secrets.Undo
	return b
}

// The model sees a stand-in; what it makes of it is inserted as the secret, in
// the document that has it and in no other.
func TestSecretsComeBack(t *testing.T) {
	token := "gh" + "p_" + strings.Repeat("a1B2c3", 6)
	document := "package a\n\nvar token = \"" + token + "\"\n\nfunc use() {\n\tcall(‸)\n}\n"
	secrets := redact.New(redact.Options{Key: []byte("a key of this machine")})
	standIn, _ := secrets.Text("a.go", token)
	foreign, _ := secrets.Text("b.go", token)
	for _, tt := range []struct{ name, answer, want string }{
		{"the document's own", fenced(`"` + standIn + `"`), `"` + token + `"`},
		{"inside other text", fenced(`"token " + "` + standIn + `"`), `"token " + "` + token + `"`},
		{"another document's", fenced(`"` + foreign + `"`), ""},
		{"made up", fenced(`"` + strings.Replace(standIn, "github", "gitlab", 1) + `"`), ""},
		{"half of one", fenced(`"` + standIn[:len(standIn)-3] + `"`), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := secretBench(script.Answer{Chunks: strings.SplitAfter(tt.answer, "e"), Each: time.Millisecond})
				answer, err := b.Complete(t.Context(), at(t, "go", document))
				got := ""
				if len(answer.Candidates) > 0 {
					got = answer.Candidates[0].Text
				}
				if got != tt.want || err != nil {
					t.Errorf("%q was inserted, want %q (%v)", got, tt.want, err)
				}
				for _, p := range b.model.Prompts() {
					if text := p.Before + p.After; strings.Contains(text, token) || !strings.Contains(text, standIn) {
						t.Errorf("the model saw %q", text)
					}
				}
			})
		})
	}
}
