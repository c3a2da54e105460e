package store

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// whole is a decision of which nothing is missing.
var whole = Decision{
	Session: "q7ZK", Request: 3, At: time.UnixMilli(1795608245123),
	Language: "go", Line: 12, Column: 5, Invoked: true,
	Verdict: "ask", Missed: "typed_else", Source: "upstream", Outcome: "shown", Reason: "r", Trouble: "incomplete",
	Provider: "claude", Model: "claude-haiku-5-5",
	OneLine: true, Candidates: 2, Window: 1234, Blocks: 7,
	Input: 10, CacheRead: 20, CacheWrite: 30, Output: 40, Estimated: true,
	Steps: []string{"echo", "overlap"}, EarlyEnd: "one_line", Stop: "end",
	Waited: 75 * time.Millisecond, First: 412345 * time.Microsecond, Total: 530 * time.Millisecond,
	Lost: 1, Sent: 61_234,
}

// decided asserts what the store says, the newest first.
func decided(t *testing.T, s *Store, want ...Decision) {
	t.Helper()
	got, err := s.Decisions(t.Context(), 0)
	if err != nil {
		t.Fatalf("Decisions: %v", err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Decisions (-want +got):\n%s", diff)
	}
}

// numbered are decisions of the requests from to to-1, the newest first.
func numbered(from, to int) []Decision {
	var all []Decision
	for i := to - 1; i >= from; i-- {
		all = append(all, Decision{Session: "s", Request: uint64(i), At: time.UnixMilli(int64(i)), Outcome: "shown"})
	}
	return all
}

func TestADecisionComesBackAsItWas(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s, logs := opened(t, Options{Path: path})
	decided(t, s)
	bare := Decision{Session: "other", Request: 1, At: time.UnixMilli(5), Outcome: "not_asked", Reason: "mid_word"}
	s.AddDecision(whole)
	s.AddDecision(bare)
	closed(t, s)
	if _, err := s.Decisions(t.Context(), 0); !errors.Is(err, ErrClosed) {
		t.Errorf("Decisions after Close: %v", err)
	}

	again, _ := opened(t, Options{Path: path})
	decided(t, again, bare, whole)
	if got, err := again.Decisions(t.Context(), 1); err != nil || len(got) != 1 || got[0].Session != "other" {
		t.Errorf("the last one: %+v, %v", got, err)
	}
	if logs.Len() != 0 {
		t.Errorf("logged %q, want nothing", warnings(logs))
	}
}

// Names that others choose are no place for a text.
func TestNamesAreShort(t *testing.T) {
	s, _ := opened(t, Options{Path: filepath.Join(t.TempDir(), "store.db")})
	s.AddDecision(Decision{Session: "s", Request: 1, Outcome: "shown", Language: strings.Repeat("é", 500), Model: strings.Repeat("m", 500)})
	s.write()
	got, err := s.Decisions(t.Context(), 0)
	if err != nil || len(got) != 1 || len(got[0].Language) != longestName || len(got[0].Model) != longestName {
		t.Errorf("%+v, %v; want %d bytes of each", got, err, longestName)
	}
}

// A stream that outlives its request tells its cost later, or, because the two
// are reported by two goroutines, before.
func TestTheCostOfAStreamCompletesItsRequest(t *testing.T) {
	request := Decision{Session: "s", Request: 1, At: time.UnixMilli(9), Outcome: "shown", Source: "upstream", Provider: "claude", Total: time.Second}
	cost := Decision{Session: "s", Request: 1, Input: 10, CacheRead: 20, CacheWrite: 30, Output: 4, Estimated: true, First: time.Millisecond, EarlyEnd: "one_line", Steps: []string{"blanks"}}
	both := request
	both.Input, both.CacheRead, both.CacheWrite, both.Output, both.Estimated = 10, 20, 30, 4, true
	both.First, both.EarlyEnd, both.Steps = time.Millisecond, "one_line", []string{"blanks"}
	twice := both
	twice.Input, twice.CacheRead, twice.CacheWrite, twice.Output = 20, 40, 60, 8
	next := Decision{Session: "s", Request: 2, At: time.UnixMilli(10), Outcome: "empty"}

	for _, tt := range []struct {
		name string
		add  []Decision
		want []Decision
	}{
		{"later", []Decision{request, cost}, []Decision{both}},
		{"before", []Decision{cost, request}, []Decision{both}},
		{"not yet known", []Decision{request}, []Decision{request}},
		{"of nothing that was reported", []Decision{cost}, nil},
		{"with another request between", []Decision{request, next, cost}, []Decision{next, both}},
		{"of two streams", []Decision{cost, request, cost}, []Decision{twice}},
	} {
		for _, batches := range []string{"in one batch", "in several"} {
			t.Run(tt.name+" "+batches, func(t *testing.T) {
				s, _ := opened(t, Options{Path: filepath.Join(t.TempDir(), "store.db")})
				for _, d := range tt.add {
					s.AddDecision(d)
					if batches == "in several" {
						flushed(t, s)
					}
				}
				flushed(t, s)
				decided(t, s, tt.want...)
			})
		}
	}
}

// flushed has what waits written now, by what is urgent and so takes it along.
func flushed(t *testing.T, s *Store) {
	t.Helper()
	s.AddSpend("m", one)
	eventually(t, "a batch", func() bool {
		s.decisions.mu.Lock()
		defer s.decisions.mu.Unlock()
		return len(s.decisions.waiting)+len(s.decisions.taken) == 0
	})
}

func TestTheRingIsBounded(t *testing.T) {
	s, _ := opened(t, Options{Path: filepath.Join(t.TempDir(), "store.db")})
	const n = keptDecisions + 2*waitingDecisions + 17
	for i := 1; i <= n; i++ {
		s.AddDecision(Decision{Session: "s", Request: uint64(i), At: time.UnixMilli(int64(i)), Outcome: "shown"})
		if i%waitingDecisions == 0 {
			flushed(t, s)
		}
	}
	flushed(t, s)
	decided(t, s, numbered(n-keptDecisions+1, n+1)...)
}

// A file that cannot be written must not make the memory grow. What was dropped
// is counted, and the count stands in the file once there is one.
func TestWhatWaitsIsBounded(t *testing.T) {
	blocker := filepath.Join(t.TempDir(), "claude-lsp")
	if err := os.WriteFile(blocker, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s, _ := opened(t, Options{Path: filepath.Join(blocker, "store.db"), Retry: time.Millisecond})
	const lost = 2*waitingDecisions + 5
	for i := 1; i <= lost+waitingDecisions; i++ {
		s.AddDecision(Decision{Session: "s", Request: uint64(i), At: time.UnixMilli(int64(i)), Outcome: "shown"})
	}
	if got := len(s.decisions.waiting); got != waitingDecisions {
		t.Errorf("%d wait, want %d", got, waitingDecisions)
	}
	if err := os.Remove(blocker); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the store to be opened", func() bool { return s.State().Phase == Writable })
	flushed(t, s)
	want := numbered(lost+1, lost+waitingDecisions+1)
	want[len(want)-1].Lost = lost
	decided(t, s, want...)
}

func TestABatchThatFailsKeepsTheNewest(t *testing.T) {
	table := &decisions{}
	for i := range waitingDecisions {
		table.add(&Decision{Request: uint64(i)})
	}
	if !table.begin() {
		t.Fatal("nothing waits")
	}
	for i := range 3 {
		table.add(&Decision{Request: uint64(waitingDecisions + i)})
	}
	table.end(false)
	first, last := table.waiting[0], table.waiting[len(table.waiting)-1]
	if len(table.waiting) != waitingDecisions || first.Request != 3 || first.Lost != 3 || last.Request != waitingDecisions+2 {
		t.Errorf("%d wait, from %+v to %+v", len(table.waiting), first, last)
	}
	table.begin()
	table.end(true)
	if table.begin() {
		t.Error("what was written waits")
	}
}

func TestDecisionsAreGathered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// The file is real, and what waits for it is not waiting for time.
		s := Open(Options{Path: filepath.Join(t.TempDir(), "store.db")})
		defer closed(t, s)
		if err := s.Ready(t.Context()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait() // what is added while it opens is written at once
		waiting := func() int {
			s.decisions.mu.Lock()
			defer s.decisions.mu.Unlock()
			return len(s.decisions.waiting)
		}
		for i := range 5 {
			s.AddDecision(Decision{Session: "s", Request: uint64(i), Outcome: "shown"})
			time.Sleep(gather / 10)
			synctest.Wait()
		}
		if n := waiting(); n != 5 {
			t.Errorf("%d wait within the time of a batch, want 5", n)
		}
		time.Sleep(gather)
		synctest.Wait()
		if n := waiting(); n != 0 {
			t.Errorf("%d wait after it", n)
		}
	})
}

func TestSeveralProcessesShareTheRing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	const children = 3
	var running []*exec.Cmd
	for range children {
		c := process(t, "add", path)
		c.Stdout = os.Stdout
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		running = append(running, c)
	}
	for _, c := range running {
		if err := c.Wait(); err != nil {
			t.Errorf("a process failed: %v", err)
		}
	}
	s, _ := opened(t, Options{Path: path, ReadOnly: true})
	got, err := s.Decisions(t.Context(), 0)
	if err != nil || len(got) != children*childAdds {
		t.Fatalf("%d decisions, %v; want %d", len(got), err, children*childAdds)
	}
	last := map[string]uint64{}
	for _, d := range got { // newest first
		if before := last[d.Session]; before != 0 && d.Request != before-1 {
			t.Fatalf("session %s: request %d stands before %d", d.Session, d.Request, before)
		}
		last[d.Session] = d.Request
	}
	if len(last) != children {
		t.Errorf("sessions %v, want %d", last, children)
	}
}

func TestAReaderChangesNothing(t *testing.T) {
	t.Run("while another process writes", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "store.db")
		writer, _ := opened(t, Options{Path: path})
		writer.AddDecision(whole)
		flushed(t, writer)
		reader, logs := opened(t, Options{Path: path, ReadOnly: true})
		if err := reader.Ready(t.Context()); err != nil || reader.State().Phase != ReadOnly {
			t.Errorf("Ready: %v, %+v", err, reader.State())
		}
		decided(t, reader, whole)
		second := Decision{Session: "s", Request: 1, At: time.UnixMilli(1), Outcome: "shown"}
		writer.AddDecision(second)
		flushed(t, writer)
		decided(t, reader, second, whole)
		reader.AddDecision(second)
		reader.AddSpend("m", one)
		closed(t, reader)
		spent(t, writer, two) // of flushed alone
		if logs.Len() != 0 {
			t.Errorf("logged %q", warnings(logs))
		}
	})
	t.Run("after one was killed", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "store.db")
		c := process(t, "forever", path)
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		for written := 0; written < 20; {
			if _, err := fmt.Fscan(out, &written); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = c.Wait()
		s, _ := opened(t, Options{Path: path, ReadOnly: true})
		if got, err := s.Decisions(t.Context(), 0); err != nil || len(got) < 20 {
			t.Errorf("%d decisions, %v", len(got), err)
		}
	})

	for _, tt := range []struct {
		name string
		make func(t *testing.T, path string)
		want error // of Ready; nil where it can be read
		rows int
	}{
		{"no file", func(*testing.T, string) {}, fs.ErrNotExist, 0},
		{"a file that is being made", func(t *testing.T, path string) {
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}, fs.ErrNotExist, 0},
		{"text", func(t *testing.T, path string) {
			if err := os.WriteFile(path, []byte("dear diary, today nothing happened"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, errForeign, 0},
		{"someone else's database", func(t *testing.T, path string) {
			sqliteFile(t, path, "CREATE TABLE bookmarks (url TEXT)")
		}, errForeign, 0},
		{"an older store", func(t *testing.T, path string) {
			sqliteFile(t, path, migrations[0], fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = 1", applicationID))
		}, nil, 0},
		{"a newer store", func(t *testing.T, path string) {
			s, _ := opened(t, Options{Path: path})
			s.AddDecision(whole)
			closed(t, s)
			sqliteFile(t, path, "ALTER TABLE decisions ADD COLUMN mood TEXT; PRAGMA user_version = 1000")
		}, nil, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "store.db")
			tt.make(t, path)
			before, _ := os.ReadFile(path)
			s, logs := opened(t, Options{Path: path, ReadOnly: true, Retry: time.Millisecond})
			if err := s.Ready(t.Context()); !errors.Is(err, tt.want) {
				t.Errorf("Ready: %v, want %v", err, tt.want)
			}
			got, err := s.Decisions(t.Context(), 0)
			if len(got) != tt.rows || !errors.Is(err, tt.want) {
				t.Errorf("%d decisions, %v; want %d, %v", len(got), err, tt.rows, tt.want)
			}
			closed(t, s)
			if after, _ := os.ReadFile(path); string(before) != string(after) || len(asides(t, path)) != 0 {
				t.Error("the file was changed")
			}
			if _, err := os.Stat(path); errors.Is(tt.want, fs.ErrNotExist) && before == nil && err == nil {
				t.Error("a file was made")
			}
			if logs.Len() != 0 {
				t.Errorf("logged %q", warnings(logs))
			}
		})
	}
}

// A page that breaks costs what stood in it, and the ring goes on.
func TestABrokenRingIsMended(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s, _ := opened(t, Options{Path: path})
	for i := range waitingDecisions {
		s.AddDecision(Decision{Session: "s", Request: uint64(i + 1), Outcome: "shown"})
	}
	closed(t, s)
	data := breakTable(t, path, "decisions")
	reader, _ := opened(t, Options{Path: path, ReadOnly: true})
	if _, err := reader.Decisions(t.Context(), 0); !isBroken(err) {
		t.Errorf("Decisions of a broken page: %v", err)
	}
	closed(t, reader)
	if after, err := os.ReadFile(path); err != nil || string(after) != string(data) {
		t.Errorf("a reader has mended the file (%v)", err)
	}

	s, _ = opened(t, Options{Path: path})
	if _, err := s.Decisions(t.Context(), 0); !isBroken(err) {
		t.Fatalf("Decisions of a broken page: %v", err)
	}
	eventually(t, "a mended store", func() bool {
		_, err := s.Decisions(t.Context(), 0)
		return err == nil
	})
	s.AddDecision(whole)
	flushed(t, s)
	decided(t, s, whole)
	if kept := asides(t, path); len(kept) != 1 {
		t.Errorf("set aside: %q, want one", kept)
	}
}

// What the file holds is numbers and names: no other kind of column.
func TestTheTableHasTheColumnsOfADecision(t *testing.T) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(decisionsSchema + ";" + sentSchema); err != nil {
		t.Fatal(err)
	}
	rows, err := db.Query("SELECT name, type FROM pragma_table_info('decisions')")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var got []string
	for rows.Next() {
		var name, kind string
		if err := rows.Scan(&name, &kind); err != nil {
			t.Fatal(err)
		}
		got = append(got, name)
		if kind != "INTEGER" && kind != "TEXT" {
			t.Errorf("%s is of type %s", name, kind)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	want := []string{"id"}
	for _, c := range new(Decision).columns() {
		want = append(want, c.name)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
}
