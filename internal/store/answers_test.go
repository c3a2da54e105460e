package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// key is the key of a question by its number.
func key(n int) (k AnswerKey) {
	copy(k[:], fmt.Sprintf("%032d", n))
	k[0], k[1], k[2], k[3] = byte(n>>24), byte(n>>16), byte(n>>8), byte(n)
	return k
}

// written waits until a store has written all answers.
func written(t *testing.T, s *Store) {
	t.Helper()
	eventually(t, "the answers to be written", func() bool {
		nudge(s.wake) // sooner than a moment later
		s.answers.mu.Lock()
		defer s.answers.mu.Unlock()
		return len(s.answers.waiting.rows)+len(s.answers.taken.rows)+len(s.answers.waiting.used) == 0 && !s.answers.changed
	})
}

func found(t *testing.T, s *Store, n int, want string) {
	t.Helper()
	if want != "" {
		eventually(t, "the answer to be known", func() bool { return s.HasAnswer(key(n)) })
	}
	a, known, err := s.AnswerTo(t.Context(), key(n))
	if err != nil || known != (want != "") || a.Text != want {
		t.Errorf("the answer to %d is %q, %v, %v; want %q", n, short(a.Text), known, err, short(want))
	}
}

// short is the beginning of a text.
func short(s string) string { return s[:min(len(s), 20)] }

func TestAnAnswerOutlivesTheProcess(t *testing.T) {
	clock := &hand{now: noon()}
	path := filepath.Join(t.TempDir(), "store.db")
	s, _ := opened(t, Options{Path: path, Now: clock.Now})
	s.LimitAnswers(1 << 20)
	s.KeepAnswer(key(1), Answer{Text: "one", Markdown: true, Stop: "end"})
	s.KeepAnswer(key(2), Answer{Text: "two"})
	s.KeepAnswer(key(3), Answer{Text: strings.Repeat("x", maxAnswer+1)})
	written(t, s)
	found(t, s, 1, "one")
	closed(t, s)

	again, logs := opened(t, Options{Path: path, Now: clock.Now})
	if a, known, err := again.AnswerTo(t.Context(), key(1)); a != (Answer{"one", true, "end"}) || !known || err != nil {
		t.Errorf("%+v, %v, %v", a, known, err)
	}
	found(t, again, 2, "two")
	found(t, again, 3, "")
	again.LimitAnswers(1 << 20)
	again.KeepAnswer(key(2), Answer{Text: "deux"})
	again.ForgetAnswer(key(1))
	written(t, again)
	found(t, again, 1, "")
	found(t, again, 2, "deux")
	clock.move(AnswerLife)
	found(t, again, 2, "deux")
	clock.move(time.Second)
	found(t, again, 2, "")
	clock.move(-AnswerLife - 2*time.Second) // before it was made
	found(t, again, 2, "")
	if logs.Len() != 0 {
		t.Errorf("logged %q", warnings(logs))
	}
}

// What another editor keeps is found, once this one has written something.
func TestEditorsShareAnswers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	a, _ := opened(t, Options{Path: path})
	b, _ := opened(t, Options{Path: path})
	a.LimitAnswers(1 << 20)
	a.KeepAnswer(key(1), Answer{Text: "one"})
	written(t, a)
	b.AddSpend("m", one)
	eventually(t, "the other's answer", func() bool { return b.HasAnswer(key(1)) })
	found(t, b, 1, "one")
}

func TestAnswersAreBounded(t *testing.T) {
	clock := &hand{now: noon()}
	path := filepath.Join(t.TempDir(), "store.db")
	s, _ := opened(t, Options{Path: path, Now: clock.Now})
	const limit = 200_000
	s.LimitAnswers(limit)
	text := strings.Repeat("x", 1000)
	s.KeepAnswer(key(0), Answer{Text: "used again"})
	for n := 1; n <= 300; n++ {
		s.KeepAnswer(key(n), Answer{Text: text})
		if n%50 == 0 {
			written(t, s)
			clock.move(time.Minute)
			found(t, s, 0, "used again")
			written(t, s)
			clock.move(time.Minute)
		}
	}
	found(t, s, 300, text)
	found(t, s, 1, "")
	var bytes, sum, count int64
	if err := s.db.QueryRow("SELECT bytes, (SELECT sum(size) FROM answers), (SELECT count(*) FROM answers) FROM answers_size").Scan(&bytes, &sum, &count); err != nil {
		t.Fatal(err)
	}
	if bytes != sum || bytes > limit || count < 90 {
		t.Errorf("%d bytes counted, %d there, in %d rows; the limit is %d", bytes, sum, count, limit)
	}
	s.LimitAnswers(0)
	written(t, s)
	s.KeepAnswer(key(1), Answer{Text: "not to be kept"})
	written(t, s)
	found(t, s, 1, "")
	found(t, s, 0, "")
	closed(t, s)
	raw, err := os.ReadFile(path)
	if err != nil || strings.Contains(string(raw), "used again") || strings.Contains(string(raw), text[:100]) || strings.Contains(string(raw), "not to be kept") {
		t.Errorf("what was deleted stands in the file: %v", err)
	}
}

// What waits while the file cannot be written is bounded.
func TestAnswersThatWaitAreBounded(t *testing.T) {
	a := &answers{now: noon, limit: 1}
	for n := range 10_000 {
		a.put(key(n), &Answer{Text: strings.Repeat("x", 1000)})
		if n%1000 == 0 && a.begin() {
			a.end(false)
		}
	}
	if n := len(a.waiting.rows); n == 0 || a.waiting.bytes > waitingAnswers {
		t.Errorf("%d rows of %d bytes wait", n, a.waiting.bytes)
	}
}

func TestABrokenPageOfAnswersIsMended(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s, _ := opened(t, Options{Path: path})
	s.LimitAnswers(1 << 20)
	for n := range 100 {
		s.KeepAnswer(key(n), Answer{Text: strings.Repeat("x", 1000)})
	}
	written(t, s)
	closed(t, s)
	breakTable(t, path, "answers")
	s, logs := opened(t, Options{Path: path})
	s.LimitAnswers(1 << 20)
	if _, known, _ := s.AnswerTo(t.Context(), key(1)); known {
		t.Error("an answer came from a broken page")
	}
	eventually(t, "a mended store", func() bool {
		s.KeepAnswer(key(1), Answer{Text: "anew"})
		a, known, err := s.AnswerTo(t.Context(), key(1))
		return err == nil && known && a.Text == "anew"
	})
	if kept := asides(t, path); len(kept) != 1 || len(warnings(logs)) != 1 {
		t.Errorf("set aside %q, logged %q", kept, warnings(logs))
	}
}

// BenchmarkAnswer is what a look for an answer costs: one that is there, and one
// that is not.
func BenchmarkAnswer(b *testing.B) {
	s := Open(Options{Path: filepath.Join(b.TempDir(), "store.db")})
	b.Cleanup(func() { _ = s.Close(context.Background()) })
	s.LimitAnswers(64 << 20)
	for n := range 500 {
		s.KeepAnswer(key(n), Answer{Text: strings.Repeat("x", 500)})
	}
	for !s.HasAnswer(key(499)) {
		time.Sleep(10 * time.Millisecond)
	}
	for name, n := range map[string]int{"there": 250, "not there": 1000} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, known, err := s.AnswerTo(context.Background(), key(n)); err != nil || known != (n < 500) {
					b.Fatal(known, err)
				}
			}
		})
	}
}
