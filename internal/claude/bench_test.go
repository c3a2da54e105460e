package claude

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/credentials"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

// window is a prompt of about 95,000 tokens (240 KB), laid out as the window
// is: eight blocks of workspace, ten of the file, three breakpoints, and a tail
// that differs from keystroke to keystroke.
func window(keystroke int) model.Prompt {
	line := "\tif err := s.store.Put(ctx, key, value); err != nil { // \"keep\" what was <put>\n"
	p := model.Prompt{
		Path: "internal/server/handler.go", Language: "go", Rules: strings.Repeat("Answer with the code alone, in one fence. ", 60),
		Before: strings.Repeat(line, 20) + "\treturn" + strings.Repeat(" ", keystroke%7), Mark: "<CURSOR>", After: "\n}\n" + strings.Repeat(line, 20),
		Task: "Write what belongs at the cursor.",
	}
	for i := range 18 {
		p.Blocks = append(p.Blocks, model.Block{
			ID:         fmt.Sprint("block", i),
			Parts:      []model.Part{{Path: fmt.Sprintf("internal/p%d/file.go", i), Text: strings.Repeat(line, 13_000/len(line))}},
			Breakpoint: i == 7 || i == 12 || i == 17,
		})
	}
	return p
}

// BenchmarkRender is the part of a keystroke that is ours alone: from the prompt
// to the last byte read by a transport that does nothing.
func BenchmarkRender(b *testing.B) {
	prompts := make([]model.Prompt, 7)
	for i := range prompts {
		prompts[i] = window(i)
	}
	scratch := make([]byte, 16<<10) // as net/http's HTTP/2 reads
	for _, cold := range []bool{false, true} {
		b.Run(map[bool]string{false: "warm", true: "cold"}[cold], func(b *testing.B) {
			c := newClient(b, Options{})
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if cold {
					c.encoded = newEncodings(maxEncoded)
				}
				body, _, err := c.render(prompts[i%7], toAnswer)
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(body.size)
				r := body.reader()
				for err == nil {
					_, err = r.Read(scratch)
				}
			}
		})
	}
}

// BenchmarkRequest measures from Stream until net/http has handed on the last
// byte of a 95,000-token prompt, warm, over HTTP/2 and TLS on loopback, where
// the server reads at once. Budget: p50 <= 1 ms, p99 <= 3 ms.
func BenchmarkRequest(b *testing.B) {
	for _, how := range []string{tls2, plain} {
		b.Run(strings.ReplaceAll(how, "/", ""), func(b *testing.B) {
			u := serve(b, how, func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				events(w, wholeAnswer...)
			})
			c := newClient(b, Options{BaseURL: u.URL, Key: withKey(credentials.APIKey)})
			var took []time.Duration
			run := func(p model.Prompt) {
				var written time.Time
				begun := time.Now()
				ctx := httptrace.WithClientTrace(b.Context(), &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { written = time.Now() }})
				for _, err := range c.Stream(ctx, p) {
					if err != nil {
						b.Fatal(err)
					}
				}
				took = append(took, written.Sub(begun))
			}
			prompts := make([]model.Prompt, 7)
			for i := range prompts {
				prompts[i] = window(i)
				run(prompts[i])
			}
			took = nil
			for i := 0; b.Loop(); i++ {
				run(prompts[i%7])
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-us")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-us")
		})
	}
}

// BenchmarkDelta measures an answer's events, from bytes to chunks.
func BenchmarkDelta(b *testing.B) {
	const deltas = 494
	list := []string{evStart, evText, evPing}
	for range deltas {
		list = append(list, evHello)
	}
	raw := stream(append(list, evClose, evEnd, evStop)...)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		for _, err := range chunks(strings.NewReader(raw), "") {
			if err != nil {
				b.Fatal(err)
			}
		}
		n += deltas + 6
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/event")
}
