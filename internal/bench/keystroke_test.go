package main

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/claude-lsp/claude-lsp/completion"
	doccontext "github.com/claude-lsp/claude-lsp/context"
	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/fake/script"
	"github.com/claude-lsp/claude-lsp/internal/redact"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

// BenchmarkKeystroke is what one key costs between the protocol and the
// network: apply the edit, decide, window, redact, prompt, and the reading of a
// short answer. The window is full: 40 KB here, and the rest in other documents
// or in a workspace, of which the line's part is ranked beside each key.
func BenchmarkKeystroke(b *testing.B) {
	b.Run("documents", func(b *testing.B) {
		est := tokens.NewEstimator()
		window := doccontext.New(doccontext.Options{
			Redact: func(_, text string) string { clean, _ := redact.Text(text); return clean },
			Tokens: est,
		})
		benchmarkKeystroke(b, completion.Options{Window: window.Window, Tokens: est})
	})
	b.Run("workspace", func(b *testing.B) {
		est := tokens.NewEstimator()
		window := collectorOf(b, est)
		benchmarkKeystroke(b, completion.Options{Window: window.Window, Prepare: window.Prepare, Tokens: est})
	})
}

func benchmarkKeystroke(b *testing.B, o completion.Options) {
	m := script.Always(script.Says("```go\n", "compute(first, second)\n", "```"))
	o.Model = m
	engine := completion.New(o)
	var others []doccontext.Other
	for i := range 4 {
		name := fmt.Sprintf("other%d.go", i)
		others = append(others, doccontext.Other{Doc: document.New("file:///made/"+name, "go", 1, goFile(name[:6], 48_000)), Path: name})
	}
	text := goFile("Here", 40_000) + "func g(first, second int) {\n\tx := f("
	doc := document.New("file:///made/here.go", "go", 1, text+"\n}\n"+strings.Repeat("// end\n", 20))
	at := document.Offset(len(text))
	b.ReportAllocs()
	asked := 0
	defer func() {
		if n := len(m.Prompts()); n != asked {
			b.Errorf("the model was asked %d times for %d keys", n, asked)
		}
		engine.Close()
	}()
	for i := 0; b.Loop(); i++ {
		next, err := doc.Apply(int32(i+2), document.Change{From: at, To: at, Text: "x"})
		if err != nil {
			b.Fatal(err)
		}
		// Another setting each time, so that nothing known fits and the model is asked.
		settings := completion.Settings{MaxTokens: 1 + i}
		a, err := engine.Complete(context.Background(), completion.Request{Doc: next, At: at + 1, Path: "here.go", Others: others, Settings: settings})
		if asked++; err != nil || a.Outcome == completion.Failed {
			b.Fatal(a, err)
		}
	}
}
