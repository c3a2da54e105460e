package claude

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"os"
	"path/filepath"
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

// sources is window with real text in its blocks: 240 KB of this repository, the
// form in which compression must show what it is worth.
func sources(b *testing.B) func(keystroke int) model.Prompt {
	b.Helper()
	var text []byte
	for _, pattern := range []string{"../../completion/*.go", "../../lsp/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			b.Fatal(err)
		}
		for _, f := range files {
			more, err := os.ReadFile(f)
			if err != nil {
				b.Fatal(err)
			}
			text = append(text, more...)
		}
	}
	const each = 13_000
	if len(text) < 20*each {
		b.Fatalf("only %d bytes of sources", len(text))
	}
	return func(keystroke int) model.Prompt {
		p := window(keystroke)
		for i := range p.Blocks {
			p.Blocks[i].Parts[0].Text = string(text[i*each : (i+1)*each])
		}
		tail := string(text[18*each : 18*each+4000])
		p.Before, p.After = tail[:2000]+strings.Repeat(" ", keystroke%7), tail[2000:]
		return p
	}
}

// BenchmarkBody is the part of a keystroke that is ours alone: from the prompt
// to the last byte read by a transport that does nothing. A first keystroke
// finds nothing that is kept, a later one all but its tail.
func BenchmarkBody(b *testing.B) {
	make7 := sources(b)
	prompts := make([]model.Prompt, 7)
	for i := range prompts {
		prompts[i] = make7(i)
	}
	scratch := make([]byte, 16<<10) // as net/http's HTTP/2 reads
	for _, when := range []Gzip{GzipNever, GzipAlways} {
		for _, key := range []string{"first", "later"} {
			b.Run(map[Gzip]string{GzipNever: "plain/", GzipAlways: "gzip/"}[when]+key, func(b *testing.B) {
				c := newClient(b, Options{Gzip: when})
				b.ReportAllocs()
				var size int64
				for i := 0; b.Loop(); i++ {
					if key == "first" {
						c.forget()
					}
					body, _, err := c.render(prompts[i%7], toAnswer)
					if err != nil {
						b.Fatal(err)
					}
					if c.compresses(body) {
						body = c.packed(body, levelNow)
					}
					size = body.size
					r := body.reader()
					for err == nil {
						_, err = r.Read(scratch)
					}
				}
				b.ReportMetric(float64(size), "wire-B")
			})
		}
	}
}

// forget throws away what c keeps between requests.
func (c *Client) forget() {
	c.encoded = newEncodings(maxEncoded)
	c.sections = newSections(maxSections)
}

// BenchmarkRequest measures from Stream until net/http has handed on the last
// byte of a 95,000-token prompt, warm, on loopback, where the server reads at
// once. Budget: p50 <= 1 ms, p99 <= 3 ms.
func BenchmarkRequest(b *testing.B) {
	make7 := sources(b)
	prompts := make([]model.Prompt, 7)
	for i := range prompts {
		prompts[i] = make7(i)
	}
	for _, how := range []string{tls2, plain} {
		for _, when := range []Gzip{GzipNever, GzipAlways} {
			b.Run(strings.ReplaceAll(how, "/", "")+map[Gzip]string{GzipNever: "/plain", GzipAlways: "/gzip"}[when], func(b *testing.B) {
				u := serve(b, how, func(w http.ResponseWriter, r *http.Request) {
					_, _ = io.Copy(io.Discard, r.Body)
					events(w, wholeAnswer...)
				})
				wire := int64(0)
				c := newClient(b, Options{
					BaseURL: u.URL, Key: withKey(credentials.APIKey), Gzip: when,
					Observe: func(t Transfer) { wire = t.Wire },
				})
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
				for i := range prompts {
					run(prompts[i])
				}
				took = nil
				for i := 0; b.Loop(); i++ {
					run(prompts[i%7])
				}
				slices.Sort(took)
				b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-us")
				b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-us")
				b.ReportMetric(float64(wire), "wire-B")
			})
		}
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
