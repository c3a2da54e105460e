package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"slices"
	"sync"
	"time"
)

// answersSchema makes the table of answers: what models said to questions, named
// by a digest of the question, which tells nothing of its text. The sum of
// their sizes is kept by triggers, so that it is right whoever writes.
const answersSchema = `
CREATE TABLE answers (
	id       INTEGER PRIMARY KEY AUTOINCREMENT, -- grows: what is new to a reader has a higher one
	digest   BLOB    NOT NULL UNIQUE,
	made     INTEGER NOT NULL,    -- milliseconds since 1970, and so is the next
	used     INTEGER NOT NULL,
	size     INTEGER NOT NULL,    -- bytes that the row takes
	markdown INTEGER NOT NULL,    -- 1: the text is Markdown, and not bare code
	stop     TEXT    NOT NULL,    -- why the model ended it; "" where its reader had enough
	text     TEXT    NOT NULL     -- as the model gave it
) STRICT;
CREATE INDEX answers_used ON answers (used);
CREATE TABLE answers_size (id INTEGER PRIMARY KEY CHECK (id = 1), bytes INTEGER NOT NULL) STRICT;
INSERT INTO answers_size VALUES (1, 0);
CREATE TRIGGER answers_added AFTER INSERT ON answers BEGIN UPDATE answers_size SET bytes = bytes + new.size; END;
CREATE TRIGGER answers_removed AFTER DELETE ON answers BEGIN UPDATE answers_size SET bytes = bytes - old.size; END`

// answersSince is the first schema that has the table.
var answersSince = slices.Index(migrations, answersSchema) + 1

const (
	// AnswerLife is how long an answer may be used: what a model says to the same
	// question changes with the model, rarely and without a word.
	AnswerLife = 30 * 24 * time.Hour
	// waitingAnswers bounds the answers that wait in memory, in bytes. What is too
	// much is lost.
	waitingAnswers = 1 << 20
	// maxAnswer is the largest answer that is kept, in bytes.
	maxAnswer = 64 << 10
	// knownAnswers is how many of the newest answers are known in memory to be
	// there. Older ones are not looked for.
	knownAnswers = 1 << 14
	// answerOverhead is what a row takes beside its text, in bytes, with its part
	// of two indexes.
	answerOverhead = 256
	// evictAtOnce is how many rows are deleted in one step.
	evictAtOnce = 64
)

// An AnswerKey names a question by its digest.
type AnswerKey [32]byte

// An Answer is what a model said to a question.
type Answer struct {
	Text     string
	Markdown bool
	Stop     string // why the model ended it; "" where its reader wanted no more of it
}

func (a Answer) size() int64 { return int64(len(a.Text)) + answerOverhead }

// KeepAnswer keeps an answer, in the place of what was kept before. It never
// waits: the file is written in the background, a moment later.
func (s *Store) KeepAnswer(k AnswerKey, a Answer) {
	if len(a.Text) > maxAnswer {
		return
	}
	s.answers.put(k, &a)
	nudge(s.lately)
}

// ForgetAnswer forgets an answer.
func (s *Store) ForgetAnswer(k AnswerKey) {
	s.answers.put(k, nil)
	nudge(s.lately)
}

// LimitAnswers bounds what the answers take in the file, in bytes: those that
// were used longest ago go. 0 keeps none. Before it is called none is added.
func (s *Store) LimitAnswers(bytes int64) {
	if s.answers.bound(bytes) {
		nudge(s.lately)
	}
}

// HasAnswer reports whether an answer is likely there. It never waits. It is
// false until the file was opened, and of one that this process has just kept
// until that is written.
func (s *Store) HasAnswer(k AnswerKey) bool { return s.answers.has(k) }

// AnswerTo returns the answer to a question, and false where there is none that
// may still be used. It does not wait for the store to be opened.
func (s *Store) AnswerTo(ctx context.Context, k AnswerKey) (Answer, bool, error) {
	if !s.answers.has(k) {
		return Answer{}, false, nil
	}
	var a Answer
	var made int64
	err := s.read(ctx, func(db *sql.DB) error {
		return db.QueryRowContext(ctx, `SELECT made, markdown, stop, text FROM answers WHERE digest = ?`, k[:]).Scan(&made, &a.Markdown, &a.Stop, &a.Text)
	})
	if errors.Is(err, sql.ErrNoRows) {
		s.answers.lost(k) // it was evicted
		return Answer{}, false, nil
	}
	if age := s.now().Sub(time.UnixMilli(made)); err != nil || age < 0 || age > AnswerLife {
		return Answer{}, false, err
	}
	s.answers.touch(k)
	nudge(s.lately)
	return a, true, nil
}

// answers is the table of answers. What waits is the newest of each question,
// nil where it is to be forgotten, and which were used.
type answers struct {
	now func() time.Time

	mu      sync.Mutex
	waiting answersBatch
	taken   answersBatch
	limit   int64 // bytes in the file; below 0 where none was given
	changed bool  // limit
	known   map[uint64]struct{}
	last    int64 // the highest id that known has
}

type answersBatch struct {
	rows  map[AnswerKey]*Answer
	used  map[AnswerKey]bool
	bytes int64
}

// short names a question in memory. Two that share it only cost a look at the
// file.
func (k AnswerKey) short() uint64 { return binary.BigEndian.Uint64(k[:]) }

func (t *answers) put(k AnswerKey, a *Answer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if a == nil {
		delete(t.known, k.short())
	}
	t.waiting.put(k, a)
}

func (b *answersBatch) put(k AnswerKey, a *Answer) {
	if b.rows == nil {
		b.rows = map[AnswerKey]*Answer{}
	}
	if old := b.rows[k]; old != nil {
		b.bytes -= old.size()
		delete(b.rows, k)
	}
	size := int64(answerOverhead)
	if a != nil {
		size = a.size()
	}
	if b.bytes+size > waitingAnswers {
		return
	}
	b.rows[k] = a
	if a != nil {
		b.bytes += size
	}
}

func (t *answers) touch(k AnswerKey) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.waiting.used == nil {
		t.waiting.used = map[AnswerKey]bool{}
	}
	if len(t.waiting.used) < knownAnswers {
		t.waiting.used[k] = true
	}
}

// bound sets the limit and reports whether it is another one.
func (t *answers) bound(bytes int64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	news := t.limit != bytes
	t.limit, t.changed = bytes, t.changed || news
	return news
}

func (t *answers) has(k AnswerKey) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, known := t.known[k.short()]
	return known
}

func (t *answers) lost(k AnswerKey) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.known, k.short())
}

func (t *answers) begin() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.waiting.rows)+len(t.waiting.used) == 0 && !t.changed {
		return false
	}
	t.taken, t.waiting = t.waiting, answersBatch{}
	return true
}

func (t *answers) end(written bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if written {
		t.changed = false
	} else {
		newer := t.waiting
		t.waiting = t.taken
		for k, a := range newer.rows {
			t.waiting.put(k, a)
		}
	}
	t.taken = answersBatch{}
}

func (t *answers) insert(ctx context.Context, tx *sql.Tx) error {
	t.mu.Lock()
	batch, limit, now := t.taken, t.limit, t.now().UnixMilli()
	t.mu.Unlock()
	for k, a := range batch.rows {
		// The triggers see an insert and a delete, and no replacement.
		if _, err := tx.ExecContext(ctx, `DELETE FROM answers WHERE digest = ?`, k[:]); err != nil {
			return err
		}
		if a == nil || limit <= 0 {
			continue
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO answers (digest, made, used, size, markdown, stop, text) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			k[:], now, now, a.size(), a.Markdown, a.Stop, a.Text)
		if err != nil {
			return err
		}
	}
	for k := range batch.used {
		if _, err := tx.ExecContext(ctx, `UPDATE answers SET used = ? WHERE digest = ?`, now, k[:]); err != nil {
			return err
		}
	}
	if limit < 0 {
		return nil
	}
	return evict(ctx, tx, limit, now)
}

// evict deletes answers that nobody used for their whole life, and those that
// were used longest ago until the rest fits.
func evict(ctx context.Context, tx *sql.Tx, limit, now int64) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM answers WHERE used < ?`, now-AnswerLife.Milliseconds()); err != nil {
		return err
	}
	for {
		var bytes int64
		if err := tx.QueryRowContext(ctx, `SELECT bytes FROM answers_size`).Scan(&bytes); err != nil || bytes <= limit {
			return err
		}
		r, err := tx.ExecContext(ctx, `DELETE FROM answers WHERE id IN (SELECT id FROM answers ORDER BY used LIMIT ?)`, evictAtOnce)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return err
		}
	}
}

// load reads which answers there are that this process does not know of: at
// first the newest ones, later what this and other processes have added.
func (t *answers) load(ctx context.Context, db *sql.DB, anew bool) error {
	if c, err := readSchema(ctx, db); err != nil || c.version < answersSince {
		return err
	}
	t.mu.Lock()
	if anew {
		t.known, t.last = map[uint64]struct{}{}, 0
	}
	last := t.last
	t.mu.Unlock()
	rows, err := db.QueryContext(ctx, `SELECT id, digest FROM answers WHERE id > ? ORDER BY id DESC LIMIT ?`, last, knownAnswers)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // Err says what went wrong
	for rows.Next() {
		var id int64
		var digest []byte
		if err := rows.Scan(&id, &digest); err != nil {
			return err
		}
		if len(digest) < len(AnswerKey{}) {
			continue
		}
		t.mu.Lock()
		if len(t.known) >= 2*knownAnswers { // those that were evicted meanwhile are among them
			clear(t.known)
		}
		t.known[AnswerKey(digest[:len(AnswerKey{})]).short()] = struct{}{}
		t.last = max(t.last, id)
		t.mu.Unlock()
	}
	return rows.Err()
}
