package main

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/claude-lsp/claude-lsp/internal/config"
	"github.com/claude-lsp/claude-lsp/internal/price"
	"github.com/claude-lsp/claude-lsp/internal/store"
)

func TestWindowFinding(t *testing.T) {
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	slow := store.Link{Window: 48_000, FirstByte: 420 * time.Millisecond, BySize: 60 * time.Millisecond, Up: 12_000_000, At: now.Add(-5 * time.Minute)}
	for _, tt := range []struct {
		name       string
		w          config.WindowTokens
		l          store.Link
		known      bool
		says, todo string
	}{
		{"a number", config.WindowTokens{Max: 95_000}, slow, true, "at most 95 000 tokens, by context.windowTokens", ""},
		{"auto, and nothing known", config.WindowTokens{Auto: true, Max: 95_000}, store.Link{}, false, "auto, at most 95 000 tokens; no server has measured the link yet", "for a while"},
		{
			"auto on a slow link",
			config.WindowTokens{Auto: true, Max: 95_000},
			slow, true,
			"auto, at most 95 000 tokens: 48 000 by now, because answers begin after 420 ms, 60 ms of it by the size of the prompt, and the uplink carries 12.0 Mbit/s (measured 5 min ago)",
			"holds the window fixed",
		},
		{"auto with a bound below", config.WindowTokens{Auto: true, Max: 20_000}, store.Link{Window: 48_000, At: now}, true, "auto, at most 20 000 tokens: 20 000 by now, because answers begin after less than 1 ms (measured 0 s ago)", ""},
	} {
		f := windowFinding(tt.w, tt.l, tt.known, now)
		if f.says != tt.says || !f.ok || (f.todo == "") != (tt.todo == "") || !strings.Contains(f.todo, tt.todo) {
			t.Errorf("%s: %+v, want %q and %q", tt.name, f, tt.says, tt.todo)
		}
	}
}

func TestGzipFinding(t *testing.T) {
	for _, tt := range []struct {
		name, url  string
		gzip       config.Gzip
		l          store.Link
		says, todo string
	}{
		{"the first party", "", config.GzipAuto, store.Link{Plain: 243_000, Sent: 61_000}, `on, by context.gzip = "auto"; the last request was sent as 61 KB instead of 243 KB`, ""},
		{"loopback", "http://127.0.0.1:8787", config.GzipAuto, store.Link{}, `on, by context.gzip = "auto"`, ""},
		{"loopback by name", "http://localhost:8787/", config.GzipAuto, store.Link{}, `on, by context.gzip = "auto"`, ""},
		{"elsewhere", "https://gateway.example.org", config.GzipAuto, store.Link{}, "off: \"auto\"", "always"},
		{"a name that only begins so", "https://api.anthropic.com.example.org", config.GzipAuto, store.Link{}, "off: \"auto\"", "always"},
		{"elsewhere, wanted", "https://gateway.example.org", config.GzipAlways, store.Link{}, `on, by context.gzip = "always"`, ""},
		{"refused", "", config.GzipAuto, store.Link{Refused: true}, "off: the endpoint takes no compressed requests", "never"},
		{"not wanted", "", config.GzipNever, store.Link{Refused: true}, "off, by context.gzip", "auto"},
		{"no URL", "http://[", config.GzipAuto, store.Link{}, "off: \"auto\"", "always"},
	} {
		var cfg config.Config
		cfg.Claude.BaseURL, cfg.Context.Gzip = tt.url, tt.gzip
		f := gzipFinding(cfg, tt.l)
		if !strings.HasPrefix(f.says, tt.says) || (f.todo == "") != (tt.todo == "") || !strings.Contains(f.todo, tt.todo) {
			t.Errorf("%s: %+v, want %q and %q", tt.name, f, tt.says, tt.todo)
		}
	}
}

func TestPrewarmAndIndexFindings(t *testing.T) {
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	index := func(x indexFigures, err error) finding {
		return indexFinding(t.Context(), func(context.Context) (indexFigures, error) { return x, err }, now)
	}
	for _, tt := range []struct {
		got  finding
		ok   bool
		says string
		todo bool
	}{
		{prewarmFinding(true, store.Spent{}), true, "on: the unchanging part of a prompt is cached before the first key needs it", false},
		{prewarmFinding(true, store.Spent{Requests: 3, Cost: 12_300}), true, "on: the unchanging part of a prompt is cached before the first key needs it; 3 times today, for $0.0123", false},
		{prewarmFinding(false, store.Spent{}), true, "off, by context.prewarm", true},
		{index(indexFigures{Files: 10_234, Bytes: 5_600_000, At: now.Add(-3 * time.Hour)}, nil), true, "10 234 files, 5.6 MB in the store, read 3 h ago", false},
		{index(indexFigures{}, nil), true, "nothing is kept yet", true},
		{index(indexFigures{}, errors.New("the store is broken")), false, "the store is broken", true},
	} {
		if tt.got.ok != tt.ok || tt.got.says != tt.says || (tt.got.todo != "") != tt.todo {
			t.Errorf("%+v, want %q", tt.got, tt.says)
		}
	}
}

// What one process has measured and paid, doctor and stats say in another.
func TestDoctorAndStatsKnowWhatServersMeasured(t *testing.T) {
	home := atHome(t, "sk-none")
	t.Setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:9")
	path := filepath.Join(home, "claude-lsp", "store.db")
	st := store.Open(store.Options{Path: path})
	now := time.Now()
	st.SetLink(store.Link{
		Endpoint: endpointDigest("http://127.0.0.1:9"), At: now, Window: 48_000, FirstByte: 420 * time.Millisecond, Up: 12_500_000, Plain: 243_000, Sent: 61_000,
	})
	st.AddWarming("claude-haiku-5-5", store.Spent{Requests: 2, Cost: 20_000, Tokens: price.Tokens{CacheWrite5m: 90_000}})
	if err := st.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	h := openHouse(houseOptions{quiet: true, offline: true})
	defer h.close()
	said := map[string]string{}
	for _, f := range h.findings(t.Context(), true) {
		said[f.what] = f.says
	}
	for what, want := range map[string]string{
		"window":  "at most 95 000 tokens, by context.windowTokens",
		"gzip":    "the last request was sent as 61 KB instead of 243 KB",
		"prewarm": "2 times today, for $0.0200",
		"store":   "$0.0200 spent today",
		"index":   "nothing is kept yet",
	} {
		if !strings.Contains(said[what], want) {
			t.Errorf("%s: %q, want %q", what, said[what], want)
		}
	}

	s, err := readStats(t.Context(), path, "http://127.0.0.1:9", now)
	if err != nil {
		t.Fatal(err)
	}
	want := &linkFigures{Time: now.Format(time.RFC3339), Window: 48_000, FirstByteMS: 420, UpMbit: 12.5, says: s.Link.says}
	if diff := cmp.Diff(want, s.Link, cmp.AllowUnexported(linkFigures{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if w := s.Today.All.Warming; w.Requests != 2 || w.CacheWrite != 90_000 || s.Today.All.Tokens.Requests != 0 {
		t.Errorf("today %+v", s.Today.All.paid)
	}
	var out strings.Builder
	if err := s.print(&out); err != nil {
		t.Fatal(err)
	}
	if line := "\nThe link: a prompt may have 48 000 tokens; answers begin after 420 ms, and the uplink carries 12.5 Mbit/s (measured "; !strings.Contains(out.String(), line) {
		t.Errorf("%q is not printed:\n%s", line, out.String())
	}
	elsewhere, err := readStats(t.Context(), path, "", now)
	if err != nil || elsewhere.Link != nil {
		t.Errorf("of another endpoint: %+v, %v", elsewhere.Link, err)
	}
}
