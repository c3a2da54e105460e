package store

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// jobVariable names, in a process that a test has started, what to do there.
const jobVariable = "CLAUDE_LSP_STORE_TEST"

// childAdds is how many requests a second process adds.
const childAdds = 200

// runJob is main in such a process. "add PATH" adds childAdds requests, each
// with its decision, and ends; "forever PATH" adds requests one by one and
// prints how many stand in the file, until it is killed; "borrow PATH" spends a
// budget until nothing is left.
func runJob(job string) int {
	what, path, _ := strings.Cut(job, " ")
	if what == "borrow" {
		return borrowAll(path)
	}
	s := Open(Options{Path: path, Now: noon})
	ctx := context.Background()
	if err := s.Ready(ctx); err != nil {
		fmt.Println(err)
		return 1
	}
	for i := 1; what == "forever" || i <= childAdds; i++ {
		s.AddDecision(Decision{Session: fmt.Sprint(os.Getpid()), Request: uint64(i), Outcome: "shown"})
		s.AddSpend("m", one) // is urgent, and takes the decision along
		s.AddOutcomes(goOfClaude, counted)
		if what == "forever" {
			s.LimitAnswers(20_000)
			s.KeepAnswer(key(i), Answer{Text: strings.Repeat("x", i%1000)})
		}
		for what == "forever" && s.spending.waitingOn(s.today()) != (Spent{}) {
			time.Sleep(100 * time.Microsecond)
		}
		if what == "forever" {
			fmt.Println(i)
		}
	}
	if err := s.Close(ctx); err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}

// process starts this test's program again with a job.
func process(t *testing.T, job, path string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), self)
	c.Env = append(os.Environ(), jobVariable+"="+job+" "+path)
	c.Stderr = os.Stderr
	return c
}

func TestSeveralProcessesWriteAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db") // does not exist: they also race to make it
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
	s, logs := opened(t, Options{Path: path})
	for range childAdds {
		s.AddSpend("m", one)
		time.Sleep(time.Millisecond) // meets the others' transactions
	}
	for _, c := range running {
		if err := c.Wait(); err != nil {
			t.Errorf("a process failed: %v", err)
		}
	}
	got, err := s.SpentToday(t.Context())
	if want := (children + 1) * childAdds; err != nil || got.Requests != want || got.Cost != MicroUSD(want)*one.Cost {
		t.Errorf("%+v, %v; want %d requests", got, err, want)
	}
	if logs.Len() != 0 {
		t.Errorf("logged %q", warnings(logs))
	}
}

func TestAKilledProcessLosesNothingThatWasWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	c := process(t, "forever", path)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	written := 0
	for lines := bufio.NewScanner(out); written < 50 && lines.Scan(); {
		if _, err := fmt.Sscan(lines.Text(), &written); err != nil {
			t.Fatalf("the other process says %q", lines.Text())
		}
	}
	if written < 50 {
		t.Fatalf("the other process ended after %d", written)
	}
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait() // "signal: killed"

	s, logs := opened(t, Options{Path: path})
	got, err := s.SpentToday(t.Context())
	if err != nil || got.Requests < written {
		t.Errorf("%d requests, %v; at least %d were written", got.Requests, err, written)
	}
	s.AddSpend("m", one)
	spent(t, s, got.Plus(one))
	if logs.Len() != 0 || len(asides(t, path)) != 0 {
		t.Errorf("logged %q, set aside %q; want nothing", warnings(logs), asides(t, path))
	}
}

// Killed at any moment, a process leaves a file in order: also amid the answers
// of which it deletes some with each batch.
func TestAFileIsInOrderAfterEachKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	for round := range 8 {
		c := process(t, "forever", path)
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for range 30 + 7*round {
			if !lines.Scan() {
				t.Fatal("the other process ended by itself")
			}
		}
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = c.Wait() // "signal: killed"
		s, logs := opened(t, Options{Path: path})
		var verdict string
		var bytes, sum int64
		err = s.db.QueryRow("SELECT (SELECT bytes FROM answers_size), (SELECT coalesce(sum(size), 0) FROM answers), (SELECT integrity_check FROM pragma_integrity_check)").
			Scan(&bytes, &sum, &verdict)
		if err != nil || verdict != "ok" || bytes != sum || sum == 0 || logs.Len() != 0 || len(asides(t, path)) != 0 {
			t.Fatalf("round %d: %v, %q, %d of %d bytes, logged %q", round, err, verdict, bytes, sum, warnings(logs))
		}
		closed(t, s)
	}
}

// sharedBudget is what the processes of a test spend together.
const sharedBudget = 5000

// borrowAll spends what it is lent, at a request of 7 at a time, until ten
// claims in a row got nothing.
func borrowAll(path string) int {
	s := Open(Options{Path: path, Now: noon})
	for dry := 0; dry < 10; {
		l, err := s.Lease(context.Background(), Claim{Limit: sharedBudget, Want: 70, Need: 7})
		if err != nil {
			fmt.Println(err)
			return 1
		}
		if dry++; l.Left >= 7 {
			dry = 0
		}
		for left := l.Left; left >= 7; left -= 7 {
			s.Settle(l.Day, "m", Spent{Requests: 1, Cost: 7}, false)
		}
	}
	if err := s.Close(context.Background()); err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}

func TestSeveralProcessesSpendOneBudget(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	var running []*exec.Cmd
	for range 4 {
		c := process(t, "borrow", path)
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
	s, logs := opened(t, Options{Path: path})
	got, err := s.SpentToday(t.Context())
	if err != nil || got.Cost > sharedBudget || got.Cost < sharedBudget-4*70 {
		t.Errorf("%d of %d were spent, %v", got.Cost, sharedBudget, err)
	}
	if logs.Len() != 0 {
		t.Errorf("logged %q", warnings(logs))
	}
	var lent int
	if err := s.db.QueryRow("SELECT count(*) FROM leases").Scan(&lent); err != nil || lent != 0 {
		t.Errorf("%d leases of processes that have ended, %v", lent, err)
	}
}
