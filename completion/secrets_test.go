package completion

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	doccontext "github.com/claude-lsp/claude-lsp/context"
	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/fake/planted"
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

// Whatever secrets a document has and wherever in it the cursor is, also inside
// one of them, the model sees no piece of any.
func TestNoSecretIsSent(t *testing.T) {
	secrets := planted.Secrets(1)
	b := secretBench()
	sizes := []int{5, len(secrets)}
	for _, extension := range []string{"go", "py", "json", "yaml"} {
		for _, size := range sizes {
			for some := range slices.Chunk(secrets, size) {
				text := planted.File(extension, some)
				if extension != "yaml" { // a manifest is a file of its own
					some = slices.DeleteFunc(slices.Clone(some), func(s planted.Secret) bool { return s.Kind == "kubernetes-secret" })
				}
				doc := document.New("file:///p/a."+extension, extension, 1, text)
				for cursor := 0; cursor <= len(text); cursor += size + 2 {
					w := b.o.Window(doccontext.Request{Doc: doc, At: document.Offset(cursor), Path: "a." + extension, Budget: 95_000})
					if kind, part, leaks := planted.Leak(textOf(w), some); leaks {
						t.Fatalf("%q of a %s is sent from\n%s‸%s", part, kind, text[max(0, cursor-200):cursor], text[cursor:min(len(text), cursor+200)])
					}
				}
			}
		}
	}
}

// textOf is all text that a window has.
func textOf(w doccontext.Window) string {
	text := w.Notes + w.Before + "\n" + w.After
	for _, part := range w.Near {
		text += part.Text
	}
	for _, block := range w.Blocks {
		for _, part := range block.Parts {
			text += part.Text
		}
	}
	return text
}
