package claude

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/claude-lsp/claude-lsp/internal/credentials"
	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

// unzipped returns what a body that is one gzip member holds, as the standard
// library reads it: checksum, length and end included.
func unzipped(t testing.TB, b *body) []byte {
	t.Helper()
	raw, err := io.ReadAll(b.reader())
	if err != nil || int64(len(raw)) != b.size || !b.gzip {
		t.Fatalf("%d bytes, %d announced, gzip %v, %v", len(raw), b.size, b.gzip, err)
	}
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	z.Multistream(false)
	got, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// FuzzPacked cuts bytes into pieces and sections wherever the fuzzer likes.
// Each body is packed twice, and then with another end.
func FuzzPacked(f *testing.F) {
	f.Add([]byte("func f() { return f() }\nfunc f() { return f() }\n"), []byte{3, 9, 0, 255, 20}, uint8(levelNow))
	f.Add(bytes.Repeat([]byte("0123456789abcdef"), 5000), []byte{200, 250, 250, 250, 130}, uint8(levelAhead))
	f.Add([]byte{}, []byte{}, uint8(levelTail))
	f.Fuzz(func(t *testing.T, text, at []byte, level uint8) {
		c := newClient(t, Options{})
		b := &body{}
		rest := text
		for i, n := range at {
			size := min(len(rest), int(n)*(1+i*100))
			b.add(rest[:size])
			rest = rest[size:]
			if n%2 == 0 {
				key := sectionKey{byte(i), byte(len(b.pieces))}
				b.cuts = append(b.cuts, cut{len(b.pieces), key})
			}
		}
		b.add(rest)
		for range 2 {
			if got := unzipped(t, c.packed(b, int(level%10))); !bytes.Equal(got, text) {
				t.Fatalf("%d bytes came back as %d", len(text), len(got))
			}
		}
		b.add([]byte("another end"))
		if got := unzipped(t, c.packed(b, levelNow)); string(got) != string(text)+"another end" {
			t.Fatalf("with another end %d bytes came back as %d", len(text), len(got))
		}
	})
}

// TestFrozenSectionsAreKept: a key compresses what changed, and what stands in
// front of it is the very bytes of the last request.
func TestFrozenSectionsAreKept(t *testing.T) {
	c := newClient(t, Options{})
	pack := func(p model.Prompt, why purpose, level int) [][]byte {
		b, _, err := c.render(p, why)
		if err != nil {
			t.Fatal(err)
		}
		packed := c.packed(b, level)
		if got, want := unzipped(t, packed), renderedFor(t, c, p, why); string(got) != want {
			t.Fatalf("%d bytes came back, want %d", len(got), len(want))
		}
		return packed.pieces
	}
	same := func(a, b []byte) bool { return &a[0] == &b[0] }
	ahead := pack(window(0), toWarm, levelAhead)
	if len(ahead) != 5 {
		t.Fatalf("%d pieces, want header, three sections and tail", len(ahead))
	}
	for _, why := range []purpose{toAnswer, toCount} {
		for i, s := range pack(window(1), why, levelNow)[1:4] {
			if !same(s, ahead[1+i]) {
				t.Errorf("section %d was made anew for purpose %d", i, why)
			}
		}
	}
	later := window(2) // the file's last blocks have changed, and the rules and the workspace have not
	later.Blocks[15].ID, later.Blocks[15].Parts = "new", []model.Part{{Text: "new\n"}}
	if got := pack(later, toAnswer, levelNow); !same(got[1], ahead[1]) || !same(got[2], ahead[2]) || same(got[3], ahead[3]) {
		t.Error("want the first two sections kept and the third one new")
	}
	early := window(2)
	early.Blocks[0].ID, early.Blocks[0].Parts = "new", []model.Part{{Text: "new\n"}}
	for i, s := range pack(early, toAnswer, levelNow)[1:4] {
		if same(s, ahead[1+i]) {
			t.Errorf("section %d was kept behind other bytes", i)
		}
	}
	nameless := window(3)
	nameless.Blocks[9].ID = ""
	if got := pack(nameless, toAnswer, levelNow); len(got) != 3 || !same(got[1], ahead[1]) {
		t.Errorf("%d pieces, want the one section before the block without a name", len(got))
	}
	rules := window(4)
	rules.Rules = "Other rules."
	if got := pack(rules, toAnswer, levelNow); same(got[1], ahead[1]) {
		t.Error("a section was kept behind other rules")
	}
}

func TestWhoGetsGzip(t *testing.T) {
	for _, tt := range []struct {
		base string
		when map[Gzip]bool
	}{
		{"", map[Gzip]bool{GzipAuto: true, GzipAlways: true, GzipNever: false}},
		{"https://API.anthropic.com", map[Gzip]bool{GzipAuto: true}},
		{"http://127.0.0.1:8080", map[Gzip]bool{GzipAuto: true, GzipAlways: true, GzipNever: false}},
		{"https://[::1]:8080", map[Gzip]bool{GzipAuto: true}},
		{"http://localhost", map[Gzip]bool{GzipAuto: true}},
		{"https://gateway.example", map[Gzip]bool{GzipAuto: false, GzipAlways: true, GzipNever: false}},
		{"https://api.anthropic.com.example", map[Gzip]bool{GzipAuto: false}},
	} {
		for when, want := range tt.when {
			c := newClient(t, Options{BaseURL: tt.base, Gzip: when})
			big, small := &body{size: minGzip}, &body{size: minGzip - 1}
			if c.compresses(big) != want || c.compresses(small) {
				t.Errorf("%q with %q: compressed %v, want %v; a small one %v", tt.base, when, !want, want, c.compresses(small))
			}
		}
	}
}

// TestStrictGzip: the strict fake reads what was compressed, over both
// protocols, and it is a third of the prompt at most.
func TestStrictGzip(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		api, c := strict(t, http2, Options{})
		api.Say("ok")
		for i := range 3 {
			if got := askFor(t, c, window(i)); got.Err != nil {
				t.Fatal(got.Err)
			}
		}
		if got := ask(t.Context(), c); got.Err != nil {
			t.Fatal(got.Err)
		}
		requests := api.Requests()
		for i, r := range requests[:3] {
			if r.Encoding != "gzip" || r.Wire*3 > len(r.Raw) || string(r.Raw) != rendered(t, c, window(i)) {
				t.Errorf("http2 %v: %d bytes as %d with encoding %q", http2, len(r.Raw), r.Wire, r.Encoding)
			}
		}
		if r := requests[3]; r.Encoding != "" || r.Wire != len(r.Raw) {
			t.Errorf("http2 %v: a small request of %d bytes went as %d with encoding %q", http2, len(r.Raw), r.Wire, r.Encoding)
		}
	}
}

// askFor streams p to its end.
func askFor(t *testing.T, c *Client, p model.Prompt) (got said) {
	t.Helper()
	for chunk, err := range c.Stream(t.Context(), p) {
		got.Text += chunk.Text
		got.Stop, got.Err = chunk.Stop, err
	}
	return got
}

// TestRefusedGzip: a server that takes no compressed bodies costs one request,
// once, and nobody notices but the log.
func TestRefusedGzip(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		core, logs := observer.New(zap.InfoLevel)
		api := messages.Start(t, messages.Options{HTTP2: http2, RefuseGzip: true})
		trust(t, api)
		c := newClient(t, Options{BaseURL: api.URL(), Key: withKey(credentials.APIKey), Log: zap.New(core)})
		api.Say("ok")
		api.ExpectRefusal(400, "invalid_request_error")
		for i := range 3 {
			if got := askFor(t, c, window(i)); got.Err != nil || got.Text != "ok" {
				t.Fatalf("http2 %v: %+v", http2, got)
			}
		}
		var encodings []string
		for _, r := range api.Requests() {
			encodings = append(encodings, r.Encoding)
		}
		if !slices.Equal(encodings, []string{"gzip", "", "", ""}) || !c.RefusesGzip() {
			t.Errorf("http2 %v: encodings %q, remembered %v", http2, encodings, c.RefusesGzip())
		}
		if logs.Len() != 1 || logs.All()[0].ContextMap()["code"] != codeUnsupported {
			t.Errorf("http2 %v: %d log lines: %v", http2, logs.Len(), logs.All())
		}
	}
}

// TestServersWithoutGzip are of every kind that stands on loopback or behind
// context.gzip = "always".
func TestServersWithoutGzip(t *testing.T) {
	refusing := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			raw, _ := io.ReadAll(r.Body)
			if r.Header.Get("Content-Encoding") != "" && status != 0 {
				w.WriteHeader(status)
				_, _ = io.WriteString(w, body)
				return
			}
			if !json.Valid(raw) {
				w.WriteHeader(400)
				_, _ = io.WriteString(w, "invalid character")
				return
			}
			events(w, wholeAnswer...)
		}
	}
	broken := func(w http.ResponseWriter, r *http.Request) { // turns everything down, whatever its form
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(400)
		_, _ = io.WriteString(w, apiBody("invalid_request_error", "no", ""))
	}
	coded := func(code string) string { return apiBody("invalid_request_error", "no", code) }
	for _, tt := range []struct {
		name       string
		handler    http.HandlerFunc
		err        error
		requests   int32 // of two streams
		remembered bool
	}{
		{"415", refusing(415, ""), nil, 3, true},
		{"the code for what cannot be decoded", refusing(400, coded(codeInvalid)), nil, 3, true},
		{"one that does not know encodings", refusing(0, ""), nil, 3, true},
		{"one that validates", refusing(422, `{"detail":"there was an error parsing the body"}`), nil, 3, true},
		{"too large once decoded", refusing(413, apiBody("request_too_large", "no", "request_body_too_large_after_decoding")), model.ErrInvalidRequest, 2, false},
		{"another code", refusing(400, coded("organization_on_hold")), model.ErrBilling, 2, false},
		{"overloaded", refusing(529, coded("")), model.ErrUnavailable, 2, false},
		{"what is wrong with it is not the encoding", broken, model.ErrInvalidRequest, 4, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			u := serve(t, plain, tt.handler)
			c := newClient(t, Options{BaseURL: u.URL, Key: withKey(credentials.APIKey)})
			for i := range 2 {
				if got := askFor(t, c, window(i)); !errors.Is(got.Err, tt.err) {
					t.Errorf("got %v, want %v", got.Err, tt.err)
				}
			}
			if u.requests.Load() != tt.requests || c.RefusesGzip() != tt.remembered {
				t.Errorf("%d requests, remembered %v; want %d, %v", u.requests.Load(), c.RefusesGzip(), tt.requests, tt.remembered)
			}
		})
	}
	t.Run("one that has read gzip before", func(t *testing.T) {
		first := true
		u := serve(t, plain, func(w http.ResponseWriter, r *http.Request) {
			if first {
				first = false
				_, _ = io.Copy(io.Discard, r.Body)
				events(w, wholeAnswer...)
				return
			}
			broken(w, r)
		})
		c := newClient(t, Options{BaseURL: u.URL, Key: withKey(credentials.APIKey)})
		if got := askFor(t, c, window(0)); got.Err != nil {
			t.Fatal(got.Err)
		}
		if got := askFor(t, c, window(1)); !errors.Is(got.Err, model.ErrInvalidRequest) || u.requests.Load() != 2 {
			t.Errorf("got %v after %d requests, want the refusal of the second one", got.Err, u.requests.Load())
		}
	})
}

// mortal is a connection that takes no byte any more once it is dead.
type mortal struct {
	net.Conn
	dead *atomic.Bool
}

func (m mortal) Write(p []byte) (int, error) {
	if m.dead.Load() {
		return 0, net.ErrClosed
	}
	return m.Conn.Write(p)
}

// TestGzipOnADeadConnection: net/http sends a body once more where the
// connection turns out to be dead, and it is the whole body.
func TestGzipOnADeadConnection(t *testing.T) {
	var got []byte
	u := serve(t, plain, func(w http.ResponseWriter, r *http.Request) {
		z, err := gzip.NewReader(r.Body)
		if err == nil {
			got, err = io.ReadAll(z)
		}
		if err != nil {
			w.WriteHeader(500)
			return
		}
		events(w, wholeAnswer...)
	})
	c := newClient(t, Options{BaseURL: u.URL, Key: withKey(credentials.APIKey)})
	dial, dead := c.dial, new(atomic.Bool)
	c.dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		dead = new(atomic.Bool)
		return mortal{conn, dead}, err
	}
	for i := range 3 {
		if said := askFor(t, c, window(i)); said.Err != nil || string(got) != rendered(t, c, window(i)) {
			t.Fatalf("request %d: %v; %d bytes arrived", i, said.Err, len(got))
		}
		dead.Store(true)
	}
	if n := u.conns.Load(); n != 3 {
		t.Errorf("%d connections, want a new one for each request", n)
	}
}

func TestPieceReader(t *testing.T) {
	b := &body{}
	for _, p := range []string{"", "a", "bcd", "", "efghij", ""} {
		b.add([]byte(p))
	}
	for n := 1; n <= 12; n++ {
		r := b.reader()
		var all strings.Builder
		for {
			buf := make([]byte, n)
			got, err := r.Read(buf)
			all.Write(buf[:got])
			if err == io.EOF {
				break
			}
			if err != nil || got < n && all.Len() < int(b.size) {
				t.Fatalf("a read of %d gave %d, %v, in the middle", n, got, err)
			}
		}
		if all.String() != "abcdefghij" || b.size != 10 {
			t.Errorf("by %d: %q", n, all.String())
		}
	}
}
