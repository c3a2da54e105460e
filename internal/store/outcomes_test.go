package store

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var (
	goOfClaude = Subject{Language: "go", Provider: "claude", Model: "claude-haiku-5-5"}
	cOfClaude  = Subject{Language: "c", Provider: "claude", Model: "claude-haiku-5-5"}
	counted    = Outcomes{
		Shown: 20, Accepted: 1, PartlyWords: 2, PartlyLines: 3, TypedThrough: 4, Rejected: 5, Undone: 6, Characters: 7, UndoneCharacters: 8,
		After30s: Standing{9, 10}, After2m: Standing{11, 12}, After10m: Standing{13, 14},
	}
)

// outcomesOf are the counts since a day, by subject.
func outcomesOf(t *testing.T, s *Store, since string) map[Subject]Outcomes {
	t.Helper()
	rows, err := s.OutcomesSince(t.Context(), since)
	if err != nil {
		t.Fatalf("OutcomesSince: %v", err)
	}
	sums := map[Subject]Outcomes{}
	for _, r := range rows {
		sums[r.Subject] = sums[r.Subject].Plus(r.Outcomes)
	}
	return sums
}

func TestOutcomesOutliveTheProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s, logs := opened(t, Options{Path: path})
	s.AddOutcomes(goOfClaude, counted)
	s.AddOutcomes(cOfClaude, counted)
	s.AddOutcomes(goOfClaude, counted)
	want := map[Subject]Outcomes{goOfClaude: counted.Plus(counted), cOfClaude: counted}
	if diff := cmp.Diff(want, outcomesOf(t, s, "2026-11-23")); diff != "" {
		t.Errorf("while they may wait (-want +got):\n%s", diff)
	}
	closed(t, s)
	again, _ := opened(t, Options{Path: path})
	if diff := cmp.Diff(want, outcomesOf(t, again, "2026-11-23")); diff != "" {
		t.Errorf("of the file (-want +got):\n%s", diff)
	}
	if got := outcomesOf(t, again, "2026-11-24"); len(got) != 0 {
		t.Errorf("of days to come: %v", got)
	}
	if logs.Len() != 0 {
		t.Errorf("logged %q", warnings(logs))
	}
}

// Every field must be added up, read and written: a count that is forgotten in
// one of the three is found by its number.
func TestOutcomesPlus(t *testing.T) {
	if got, want := fmt.Sprint(counted.Plus(counted)), "{40 2 4 6 8 10 12 14 16 {18 20} {22 24} {26 28}}"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestOutcomesBelongToTheirDay(t *testing.T) {
	now := noon()
	s, _ := opened(t, Options{Path: filepath.Join(t.TempDir(), "store.db"), Now: func() time.Time { return now }})
	s.AddOutcomes(goOfClaude, counted)
	eventually(t, "the first day to be written", func() bool { return len(s.outcomes.waitingSince("")) == 0 })
	closed(t, s)
	now = now.AddDate(0, 0, 1)
	s, _ = opened(t, Options{Path: s.path, Now: func() time.Time { return now }})
	s.AddOutcomes(goOfClaude, counted)
	rows, err := s.OutcomesSince(t.Context(), "2026-11-23")
	if err != nil || len(rows) != 2 || rows[0].Day != "2026-11-23" || rows[1].Day != "2026-11-24" {
		t.Errorf("%+v, %v; want two days", rows, err)
	}
}

func TestOutcomesOfSeveralProcessesAddUp(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	const children = 2
	var wait []func() error
	for range children {
		c := process(t, "add", path)
		c.Stdout = os.Stdout
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		wait = append(wait, c.Wait)
	}
	s, logs := opened(t, Options{Path: path})
	var want Outcomes
	for range childAdds {
		s.AddOutcomes(goOfClaude, counted)
	}
	for _, w := range wait {
		if err := w(); err != nil {
			t.Errorf("a process failed: %v", err)
		}
	}
	for range (children + 1) * childAdds {
		want = want.Plus(counted)
	}
	if diff := cmp.Diff(map[Subject]Outcomes{goOfClaude: want}, outcomesOf(t, s, "2026-11-23")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if logs.Len() != 0 {
		t.Errorf("logged %q", warnings(logs))
	}
}

// The file may be unusable for as long as the process lives.
func TestOutcomesThatWaitAreBounded(t *testing.T) {
	s, _ := opened(t, Options{Path: t.TempDir()}) // a folder
	for i := range 3 * maxOutcomes {
		s.AddOutcomes(Subject{Language: fmt.Sprint(i)}, Outcomes{Shown: 1})
	}
	rows := s.outcomes.waitingSince("")
	sum := 0
	for _, r := range rows {
		sum += r.Shown
	}
	if len(rows) > maxOutcomes+1 || sum != 3*maxOutcomes {
		t.Errorf("%d rows wait, with %d shown", len(rows), sum)
	}
	if _, err := s.OutcomesSince(t.Context(), ""); err == nil {
		t.Error("counts of a store that cannot be read are no error")
	}
}

// A store of the first release has no such table yet.
func TestAStoreOfTheFirstSchemaIsMigrated(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	sqliteFile(t, path, migrations[0], fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = 1", applicationID),
		"INSERT INTO spending VALUES ('2026-11-23', 'm', 1, 10, 20, 3, 4, 5, 7)")
	s, _ := opened(t, Options{Path: path})
	spent(t, s, one)
	rows, err := s.SpentSince(t.Context(), "2026-11-01")
	if diff := cmp.Diff([]SpentRow{{Day: "2026-11-23", Model: "m", Spent: one}}, rows); diff != "" || err != nil {
		t.Errorf("SpentSince: %v (-want +got):\n%s", err, diff)
	}
	s.AddOutcomes(goOfClaude, counted)
	if got := outcomesOf(t, s, "2026-11-23"); got[goOfClaude] != counted {
		t.Errorf("%+v", got)
	}
	if kept := asides(t, path); len(kept) != 0 {
		t.Errorf("set aside: %q", kept)
	}
}
