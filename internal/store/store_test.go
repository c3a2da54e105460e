package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/price"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

// TestMain runs the tests, or, as a second process of one of them, what the
// environment names.
func TestMain(m *testing.M) {
	if job := os.Getenv(jobVariable); job != "" {
		os.Exit(runJob(job))
	}
	goleak.VerifyTestMain(m)
}

var (
	one = Spent{Requests: 1, Tokens: price.Tokens{Input: 10, CacheRead: 20, CacheWrite5m: 3, CacheWrite1h: 4, Output: 5}, Cost: 7}
	two = one.Plus(one)
)

// noon is a clock that stands still.
func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.Local) }

// opened returns a store that has been opened, or failed to be, and what it
// logs. It is closed when the test ends.
func opened(t *testing.T, o Options) (*Store, *observer.ObservedLogs) {
	t.Helper()
	core, logs := observer.New(zap.InfoLevel)
	o.Log = zap.New(core)
	if o.Now == nil {
		o.Now = noon
	}
	s := Open(o)
	t.Cleanup(func() { closed(t, s) })
	select {
	case <-s.opened:
	case <-time.After(time.Minute):
		t.Fatal("the store was not opened within a minute")
	}
	return s, logs
}

// closed closes a store and checks that nothing was left behind.
func closed(t *testing.T, s *Store) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := s.Close(ctx); err != nil {
		t.Errorf("Close: %v", err)
	}
}

// spent asserts the sum of today.
func spent(t *testing.T, s *Store, want Spent) {
	t.Helper()
	got, err := s.SpentToday(t.Context())
	if err != nil {
		t.Fatalf("SpentToday: %v", err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("SpentToday (-want +got):\n%s", diff)
	}
}

// eventually waits until holds does.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited a minute for %s", what)
		}
	}
}

func TestWhatWasSpentOutlivesTheProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new folder", "100%?", "store.db")
	s, logs := opened(t, Options{Path: path})
	if err := s.Ready(t.Context()); err != nil {
		t.Fatalf("Ready: %v", err)
	}
	spent(t, s, Spent{})
	s.AddSpend("claude-haiku-5-5", one)
	s.AddSpend("claude-sonnet-5-5", one)
	spent(t, s, two)
	closed(t, s)
	if got := s.State(); got.Phase != Closed || !errors.Is(got.Err, ErrClosed) {
		t.Errorf("State after Close: %+v", got)
	}
	if _, err := s.SpentToday(t.Context()); !errors.Is(err, ErrClosed) {
		t.Errorf("SpentToday after Close: %v", err)
	}

	again, _ := opened(t, Options{Path: path})
	spent(t, again, two)
	again.AddSpend("claude-haiku-5-5", one)
	spent(t, again, two.Plus(one))
	if logs.Len() != 0 {
		t.Errorf("a store in order logs nothing, but it did: %v", logs.All())
	}
	if runtime.GOOS == "windows" {
		return
	}
	for name, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: mode %v, %v; want %v", name, info.Mode().Perm(), err, want)
		}
	}
}

func TestTheBudgetOfADayEndsAtMidnight(t *testing.T) {
	var mu sync.Mutex
	now := time.Date(2026, 11, 23, 23, 59, 0, 0, time.FixedZone("", -8*3600))
	clock := func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	s, _ := opened(t, Options{Path: filepath.Join(t.TempDir(), "store.db"), Now: clock})
	s.AddSpend("m", one)
	spent(t, s, one)
	mu.Lock()
	now = now.Add(2 * time.Minute)
	mu.Unlock()
	spent(t, s, Spent{})
	s.AddSpend("m", two)
	spent(t, s, two)
}

// Whoever adds up the file and the memory must never see a batch twice or not
// at all while it moves from one to the other.
func TestTheSumIsExactAtEveryMoment(t *testing.T) {
	s, _ := opened(t, Options{Path: filepath.Join(t.TempDir(), "store.db")})
	const rounds = 300
	for i := range rounds {
		s.AddSpend("m", one)
		got, err := s.SpentToday(t.Context())
		if err != nil || got.Requests != i+1 {
			t.Fatalf("after %d requests the sum is %d, %v", i+1, got.Requests, err)
		}
	}
}

func TestOpenReturnsBeforeTheFileIsThere(t *testing.T) {
	s := Open(Options{Path: filepath.Join(t.TempDir(), "store.db")})
	s.AddSpend("m", one) // accepted at once, whatever the state
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("the test ends it")
	cancel(why)
	if err := s.Ready(ctx); err != nil && !errors.Is(err, why) {
		t.Errorf("Ready under an ended context: %v", err)
	}
	closed(t, s) // drains although opening may not have begun
	again, _ := opened(t, Options{Path: s.path, Now: time.Now})
	spent(t, again, one)
}

func TestMoney(t *testing.T) {
	for _, tt := range []struct {
		usd  float64
		want MicroUSD
	}{
		{0, 0},
		{0.000001, 1},
		{0.0000001, 1}, // rounds up
		{0.1 + 0.2, 300_000},
		{12.5, 12_500_000},
	} {
		if got := MicroUSDOf(tt.usd); got != tt.want {
			t.Errorf("MicroUSDOf(%v) = %d, want %d", tt.usd, got, tt.want)
		}
	}
	if got := MicroUSD(1_500_000).USD(); got != 1.5 {
		t.Errorf("USD = %v, want 1.5", got)
	}
}

func TestPath(t *testing.T) {
	abs, err := filepath.Abs("state")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, system string
		env          map[string]string
		want         string // "" for an error
	}{
		{"set", "linux", map[string]string{"XDG_STATE_HOME": abs, "HOME": "/h"}, filepath.Join(abs, "claude-lsp", "store.db")},
		{"relative is ignored", "linux", map[string]string{"XDG_STATE_HOME": "state", "HOME": "/h"}, "/h/.local/state/claude-lsp/store.db"},
		{"macOS", "darwin", map[string]string{"HOME": "/Users/me"}, "/Users/me/.local/state/claude-lsp/store.db"},
		{"Windows", "windows", map[string]string{"LocalAppData": "/l", "HOME": "/h"}, "/l/claude-lsp/store.db"},
		{"Windows without", "windows", map[string]string{"HOME": "/h"}, ""},
		{"nothing", "linux", nil, ""},
	} {
		got, err := pathOn(tt.system, func(k string) string { return tt.env[k] })
		if filepath.ToSlash(got) != filepath.ToSlash(tt.want) || (err != nil) != (tt.want == "") {
			t.Errorf("%s: got %q, %v; want %q", tt.name, got, err, tt.want)
		}
	}
}

// What had prompts cached ahead counts as spent as all else, and is told apart.
func TestWarmingIsSpentAndToldApart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s, _ := opened(t, Options{Path: path})
	s.AddSpend("m", one)
	s.AddWarming("m", two)
	s.AddWarming("n", one)
	all := one.Plus(two).Plus(one)
	spent(t, s, all)
	closed(t, s)
	again, _ := opened(t, Options{Path: path})
	spent(t, again, all)
	got, err := again.SpentSince(t.Context(), "2026-11-23")
	if err != nil {
		t.Fatal(err)
	}
	want := []SpentRow{
		{Day: "2026-11-23", Model: "m", Spent: one.Plus(two), Warming: two},
		{Day: "2026-11-23", Model: "n", Spent: one, Warming: one},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("SpentSince (-want +got):\n%s", diff)
	}
}

// A file of the third schema is read as it is by who only looks, and brought to
// the newest by who writes. Its rows keep what they said.
func TestAStoreOfTheThirdSchema(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	statements := append(slices.Clone(migrations[:3]), fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = 3", applicationID),
		"INSERT INTO spending VALUES ('2026-11-23', 'm', 1, 10, 20, 3, 4, 5, 7)",
		"INSERT INTO decisions (session, request, at, language, line, col, invoked, verdict, missed, source, outcome, reason, trouble, provider, model, "+
			"one_line, candidates, window, blocks, input, cache_read, cache_write, output, estimated, steps, early_end, stop, waited, first, total, lost) "+
			"VALUES ('s', 1, 5, '', 0, 0, 0, '', '', '', 'shown', '', '', '', '', 0, 0, 0, 0, 10, 20, 7, 5, 0, '', '', '', 0, 0, 0, 0)")
	sqliteFile(t, path, statements...)
	old := Decision{Session: "s", Request: 1, At: time.UnixMilli(5), Outcome: "shown", Input: 10, CacheRead: 20, CacheWrite: 7, Output: 5}
	check := func(s *Store) {
		t.Helper()
		decided(t, s, old)
		linked(t, s, "d1", nil)
		rows, err := s.SpentSince(t.Context(), "2026-11-01")
		if diff := cmp.Diff([]SpentRow{{Day: "2026-11-23", Model: "m", Spent: one}}, rows); diff != "" || err != nil {
			t.Errorf("SpentSince: %v (-want +got):\n%s", err, diff)
		}
	}
	reader, _ := opened(t, Options{Path: path, ReadOnly: true})
	check(reader)
	closed(t, reader)
	writer, _ := opened(t, Options{Path: path})
	check(writer)
	writer.AddDecision(whole)
	writer.AddWarming("m", one)
	writer.SetLink(known)
	closed(t, writer)
	again, _ := opened(t, Options{Path: path})
	decided(t, again, whole, old)
	linked(t, again, "d1", &known)
	spent(t, again, two)
}
