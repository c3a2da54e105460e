package redact

import (
	"go/build"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// ordinary returns size bytes of real code: sources of Go's own library.
func ordinary(b *testing.B, size int) string {
	b.Helper()
	var text strings.Builder
	for _, name := range []string{"net/http/server.go", "net/http/transport.go", "encoding/json/decode.go", "crypto/tls/handshake_client.go"} {
		data, err := os.ReadFile(filepath.Join(build.Default.GOROOT, "src", name))
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

// The budget is 1 ms for 100 KB of code. Hostile text may take longer, but
// twice the text twice as long: see BenchmarkLinear.
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
		{"hostile names", strings.Repeat("key", 100<<10/3)},
		{"hostile values", strings.Repeat("key=", 100<<10/4)},
		{"hostile tokens", strings.Repeat("ey-", 100<<10/3)},
		{"hostile users", strings.Repeat("curl -u ", 100<<10/8)},
		{"hostile addresses", strings.Repeat("a://b:", 100<<10/6)},
		{"hostile keys", strings.Repeat("-----BEGIN PRIVATE"+" KEY-----\n", 100<<10/28)},
		{"hostile manifests", strings.Repeat("kind: Secret\n", 100<<10/13)},
		{"hostile placeholders", strings.Repeat("sk-ant-", 100<<10/7) + marker},
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

// BenchmarkLinear prints how much longer eight times the text takes, for the
// text that is worst: about 8, and not 64.
func BenchmarkLinear(b *testing.B) {
	for _, piece := range []string{"key", "key=", "ey-", "curl -u ", "a://b:", "-----BEGIN PRIVATE" + " KEY-----\n", "kind: Secret\n", "sk-ant-", "EAAA-", "AIza"} {
		b.Run(strings.TrimSpace(piece), func(b *testing.B) {
			small, large := strings.Repeat(piece, (16<<10)/len(piece))+marker, strings.Repeat(piece, (128<<10)/len(piece))+marker
			var took [2]time.Duration
			for b.Loop() {
				for i, text := range []string{small, large} {
					start := time.Now()
					Text(text)
					took[i] += time.Since(start)
				}
			}
			b.ReportMetric(float64(took[1])/float64(took[0]), "times")
			b.ReportMetric(0, "ns/op")
		})
	}
}
