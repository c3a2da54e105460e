package store

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// known is a link of which nothing is missing.
var known = Link{
	Endpoint: "d1", At: time.UnixMilli(1795608245123), Window: 48_000, FirstByte: 420123 * time.Microsecond, BySize: 60 * time.Millisecond,
	Up: 12_000_000, Plain: 243_000, Sent: 61_000, Refused: true,
}

// linked asserts what the store says of an endpoint; nil is nothing.
func linked(t *testing.T, s *Store, endpoint string, want *Link) {
	t.Helper()
	got, ok, err := s.LinkTo(t.Context(), endpoint)
	if err != nil {
		t.Fatalf("LinkTo: %v", err)
	}
	if ok != (want != nil) || ok && !cmp.Equal(got, *want) {
		t.Errorf("LinkTo(%q) = %+v, %v; want %+v", endpoint, got, ok, want)
	}
}

func TestALinkComesBackAsItWas(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s, _ := opened(t, Options{Path: path})
	linked(t, s, "d1", nil)
	older := known
	older.Window, older.At = 20_000, known.At.Add(-time.Hour)
	s.SetLink(older)
	s.SetLink(known)
	s.SetLink(Link{Endpoint: "d2", At: time.UnixMilli(1)})
	closed(t, s)
	again, logs := opened(t, Options{Path: path, ReadOnly: true})
	linked(t, again, "d1", &known)
	linked(t, again, "d2", &Link{Endpoint: "d2", At: time.UnixMilli(1)})
	linked(t, again, "d3", nil)
	if logs.Len() != 0 {
		t.Errorf("logged %q", warnings(logs))
	}
}

// Endpoints come and go; the newest are kept, on the disk and in memory.
func TestLinksAreBounded(t *testing.T) {
	s, _ := opened(t, Options{Path: filepath.Join(t.TempDir(), "store.db")})
	for i := range keptLinks + 5 {
		s.SetLink(Link{Endpoint: fmt.Sprint(i), At: time.UnixMilli(int64(i))})
		s.AddSpend("m", one) // is urgent, and takes the link along
		eventually(t, "a batch", func() bool {
			s.links.mu.Lock()
			defer s.links.mu.Unlock()
			return len(s.links.waiting)+len(s.links.taken) == 0
		})
	}
	linked(t, s, "4", nil)
	for i := 5; i < keptLinks+5; i++ {
		linked(t, s, fmt.Sprint(i), &Link{Endpoint: fmt.Sprint(i), At: time.UnixMilli(int64(i))})
	}

	stuck, _ := opened(t, Options{Path: t.TempDir()}) // a folder
	for i := range 3 * waitingLinks {
		stuck.SetLink(Link{Endpoint: fmt.Sprint(i)})
	}
	if n := len(stuck.links.waiting); n != waitingLinks {
		t.Errorf("%d links wait, want %d", n, waitingLinks)
	}
}

// A batch that fails does not undo what was set while it was written.
func TestTheNewestLinkStays(t *testing.T) {
	var l links
	l.set(Link{Endpoint: "a", Window: 1})
	l.set(Link{Endpoint: "b", Window: 1})
	l.begin()
	l.set(Link{Endpoint: "a", Window: 2})
	l.end(false)
	want := map[string]Link{"a": {Endpoint: "a", Window: 2}, "b": {Endpoint: "b", Window: 1}}
	if diff := cmp.Diff(want, l.waiting); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
