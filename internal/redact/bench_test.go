package redact

import (
	"os"
	"strings"
	"testing"
)

// ordinary returns size bytes of ordinary code: this package's own sources
// over and over.
func ordinary(b *testing.B, size int) string {
	b.Helper()
	var text strings.Builder
	for text.Len() < size {
		for _, name := range []string{"assigned.go", "find.go", "redact.go", "secretfile.go"} {
			data, err := os.ReadFile(name)
			if err != nil {
				b.Fatal(err)
			}
			text.Write(data)
		}
	}
	return text.String()[:size]
}

// The budget is 1 ms for 100 KB.
func BenchmarkText(b *testing.B) {
	code := ordinary(b, 100<<10)
	for _, bb := range []struct{ name, text string }{
		{"code", code},
		{"code with 20 secrets", strings.Repeat(code[:5<<10]+"\nkey = \"gh"+"p_"+fake36+"\"\n", 20)},
		{"names of secrets all over", strings.Repeat("token = password.secret(apiKey, token)\n", 100<<10/39)},
		{"dashes", strings.Repeat("-", 100<<10)},
		{"one line of base64", strings.Repeat("TUFERS1VUC1UTy1URVNU", 5<<10)},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.SetBytes(int64(len(bb.text)))
			b.ReportAllocs()
			for b.Loop() {
				Text(bb.text)
			}
		})
	}
}
