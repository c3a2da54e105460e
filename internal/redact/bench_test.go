package redact

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// ordinary returns size bytes of real code: sources of Go's own library.
func ordinary(b *testing.B, size int) string {
	b.Helper()
	var text strings.Builder
	for _, name := range []string{"net/http/server.go", "net/http/transport.go", "encoding/json/decode.go", "crypto/tls/handshake_client.go"} {
		data, err := os.ReadFile(filepath.Join(runtime.GOROOT(), "src", name))
		if err != nil {
			b.Skip(err)
		}
		text.Write(data)
	}
	for text.Len() < size {
		text.WriteString(text.String())
	}
	return text.String()[text.Len()-size:]
}

// The budget is 1 ms for 100 KB.
func BenchmarkText(b *testing.B) {
	code := ordinary(b, 100<<10)
	own, err := os.ReadFile("assigned.go") // speaks of secrets all the time
	if err != nil {
		b.Fatal(err)
	}
	for _, bb := range []struct{ name, text string }{
		{"code", code},
		{"code about secrets", strings.Repeat(string(own), 100<<10/len(own))},
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
