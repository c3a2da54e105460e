package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// decisionsSchema makes the ring of decisions: how each of the last requests
// went. It holds numbers and names, never text, a path or a key.
const decisionsSchema = `
CREATE TABLE decisions (
	id          INTEGER PRIMARY KEY, -- grows by one: the order of the ring
	session     TEXT    NOT NULL,    -- names the process, at random
	request     INTEGER NOT NULL,    -- counts the requests of the session, from 1
	at          INTEGER NOT NULL,    -- milliseconds since 1970
	language    TEXT    NOT NULL,    -- LSP language id
	line        INTEGER NOT NULL,    -- from 1, and so are columns, in characters; 0 is unknown
	col         INTEGER NOT NULL,
	invoked     INTEGER NOT NULL,    -- 1: by hand, 0: by typing
	verdict     TEXT    NOT NULL,
	missed      TEXT    NOT NULL,
	source      TEXT    NOT NULL,
	outcome     TEXT    NOT NULL,    -- '' while only the cost of its stream is known
	reason      TEXT    NOT NULL,
	trouble     TEXT    NOT NULL,
	provider    TEXT    NOT NULL,
	model       TEXT    NOT NULL,
	one_line    INTEGER NOT NULL,
	candidates  INTEGER NOT NULL,
	window      INTEGER NOT NULL,    -- tokens, as counted before asking
	blocks      INTEGER NOT NULL,    -- of context in the prompt
	input       INTEGER NOT NULL,    -- tokens, as billed, and so are the next three
	cache_read  INTEGER NOT NULL,
	cache_write INTEGER NOT NULL,
	output      INTEGER NOT NULL,
	estimated   INTEGER NOT NULL,    -- 1: output was counted here
	steps       TEXT    NOT NULL,    -- joined by commas
	early_end   TEXT    NOT NULL,
	stop        TEXT    NOT NULL,
	waited      INTEGER NOT NULL,    -- microseconds, and so are the next two
	first       INTEGER NOT NULL,
	total       INTEGER NOT NULL,
	lost        INTEGER NOT NULL,    -- decisions right before this one that could not be kept
	UNIQUE (session, request)
) STRICT`

// sentSchema adds how large requests were on their way.
const sentSchema = `ALTER TABLE decisions ADD COLUMN sent INTEGER NOT NULL DEFAULT 0` // bytes of the request's body

// The first schemas that have the table, and the column that was added to it.
var (
	decisionsSince = slices.Index(migrations, decisionsSchema) + 1
	sentSince      = slices.Index(migrations, sentSchema) + 1
)

const (
	// keptDecisions bounds the ring, in rows: some days of typing, and about
	// 400 KB of the file.
	keptDecisions = 2000
	// waitingDecisions bounds what waits in memory.
	waitingDecisions = 256
	// longestName bounds what others name, such as a language id, in bytes.
	longestName = 64
)

// A Decision says how one request for a suggestion went, in numbers and names.
// What the names mean is for those to say who write and read them.
type Decision struct {
	Session string    // names the process, at random
	Request uint64    // counts the requests of the session, from 1
	At      time.Time // when it was answered; kept to the millisecond

	Language     string // LSP language id
	Line, Column int    // of the cursor, from 1, columns in characters; 0 where it is unknown
	Invoked      bool   // the user asked, not typing

	Verdict  string // whether the model was worth a question; "" where that was not asked
	Missed   string // why what was known already did not serve
	Source   string // where the answer came from
	Outcome  string
	Reason   string // why nothing was shown
	Trouble  string // what went wrong
	Provider string // who is asked, such as "claude"
	Model    string

	OneLine    bool // one line was asked for
	Candidates int
	Window     int // tokens of the window, as counted before asking
	Blocks     int // of context in the prompt

	// What its streams have cost, in tokens as billed.
	Input, CacheRead, CacheWrite, Output int
	Estimated                            bool // Output was counted here, because the stream was ended early
	Sent                                 int  // bytes of the request's body on the wire; 0 where that is not known

	Steps    []string // the filters that changed or dropped something
	EarlyEnd string   // why its stream was ended before the model was done
	Stop     string   // why the model ended it

	// Kept to the microsecond.
	Waited time.Duration // before asking
	First  time.Duration // from asking to the first text
	Total  time.Duration // from the request to the answer

	Lost int // decisions right before this one that could not be kept
}

// AddDecision writes a decision down. A stream may go on after the request that
// asked for it, and its cost is known later: another decision of the same
// session and request completes the first one. Tokens add up; of all else the
// larger number and the text that is there counts. Without an Outcome it only
// completes, and may come before what it completes.
//
// It never waits: the file is written in the background, a moment later, so
// that typing does not write it at each key.
func (s *Store) AddDecision(d Decision) {
	s.decisions.add(&d)
	nudge(s.lately)
}

// Decisions returns the last n decisions of all processes of this machine, the
// newest first; all that are kept if n is 0. Those of this process that were
// not written yet are not among them. It waits for the first attempt to open
// the store, until ctx ends.
func (s *Store) Decisions(ctx context.Context, n int) ([]Decision, error) {
	var found []Decision
	err := s.read(ctx, func(db *sql.DB) error {
		c, err := readSchema(ctx, db)
		if err != nil || c.version < decisionsSince {
			return err // a file that nobody has migrated yet holds none
		}
		limit := n
		if n <= 0 {
			limit = -1
		}
		rows, err := db.QueryContext(ctx, selectDecisions(c.version), limit)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // Err says what went wrong
		for rows.Next() {
			var d Decision
			if err := rows.Scan(d.values()...); err != nil {
				return err
			}
			found = append(found, d)
		}
		return rows.Err()
	})
	return found, err
}

// A column of the table and the part of a Decision that stands in it. merge is
// what two rows of one request come to, in SQL; the key has none.
type column struct {
	name  string
	merge string
	value any // a pointer, or something that scans and is a driver.Valuer
}

// How rows of one request are merged, for fmt with the column's name.
const (
	largest = "max(%[1]s, excluded.%[1]s)"
	sum     = "%[1]s + excluded.%[1]s"
	present = "CASE excluded.%[1]s WHEN '' THEN %[1]s ELSE excluded.%[1]s END"
)

// columns are all columns but id.
func (d *Decision) columns() []column {
	return []column{
		{"session", "", &d.Session},
		{"request", "", &d.Request},
		{"at", largest, millis{&d.At}},
		{"language", present, &d.Language},
		{"line", largest, &d.Line},
		{"col", largest, &d.Column},
		{"invoked", largest, &d.Invoked},
		{"verdict", present, &d.Verdict},
		{"missed", present, &d.Missed},
		{"source", present, &d.Source},
		{"outcome", present, &d.Outcome},
		{"reason", present, &d.Reason},
		{"trouble", present, &d.Trouble},
		{"provider", present, &d.Provider},
		{"model", present, &d.Model},
		{"one_line", largest, &d.OneLine},
		{"candidates", largest, &d.Candidates},
		{"window", largest, &d.Window},
		{"blocks", largest, &d.Blocks},
		{"input", sum, &d.Input},
		{"cache_read", sum, &d.CacheRead},
		{"cache_write", sum, &d.CacheWrite},
		{"output", sum, &d.Output},
		{"estimated", largest, &d.Estimated},
		{"steps", present, names{&d.Steps}},
		{"early_end", present, &d.EarlyEnd},
		{"stop", present, &d.Stop},
		{"waited", largest, micros{&d.Waited}},
		{"first", largest, micros{&d.First}},
		{"total", largest, micros{&d.Total}},
		{"lost", sum, &d.Lost},
		{"sent", sum, &d.Sent},
	}
}

func (d *Decision) values() []any {
	var all []any
	for _, c := range d.columns() {
		all = append(all, c.value)
	}
	return all
}

// insertDecision is the statement that writes, made of the columns.
var insertDecision = func() string {
	var all, merges []string
	for _, c := range new(Decision).columns() {
		all = append(all, c.name)
		if c.merge != "" {
			merges = append(merges, c.name+" = "+fmt.Sprintf(c.merge, c.name))
		}
	}
	list, marks := strings.Join(all, ", "), strings.Repeat(", ?", len(all)-1)
	return "INSERT INTO decisions (" + list + ") VALUES (?" + marks + ") ON CONFLICT (session, request) DO UPDATE SET " + strings.Join(merges, ", ")
}()

// selectDecisions is the statement that reads a file of a schema. A reader may
// not bring it to a newer one, so what it does not have yet is 0.
func selectDecisions(version int) string {
	var all []string
	for _, c := range new(Decision).columns() {
		if c.name == "sent" && version < sentSince {
			c.name = "0"
		}
		all = append(all, c.name)
	}
	return "SELECT " + strings.Join(all, ", ") + " FROM decisions WHERE outcome <> '' ORDER BY id DESC LIMIT ?"
}

// decisions is the table of the last decisions. What waits is the newest of
// them.
type decisions struct {
	mu      sync.Mutex
	waiting []*Decision // oldest first
	taken   []*Decision // in the batch that is being written
}

func (t *decisions) add(d *Decision) {
	for _, name := range []*string{&d.Language, &d.Model} {
		if len(*name) > longestName {
			*name = strings.ToValidUTF8((*name)[:longestName], "")
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waiting = append(t.waiting, d)
	t.bound()
}

// bound drops the oldest of what is too much; mu is held. The next one tells
// how many there were.
func (t *decisions) bound() {
	n := len(t.waiting) - waitingDecisions
	if n <= 0 {
		return
	}
	lost := n
	for _, d := range t.waiting[:n] {
		lost += d.Lost
	}
	clear(t.waiting[:n])
	t.waiting = t.waiting[n:]
	t.waiting[0].Lost += lost
}

func (t *decisions) begin() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.taken, t.waiting = t.waiting, nil
	return len(t.taken) > 0
}

func (t *decisions) insert(ctx context.Context, tx *sql.Tx) error {
	t.mu.Lock()
	rows := t.taken
	t.mu.Unlock()
	statement, err := tx.PrepareContext(ctx, insertDecision)
	if err != nil {
		return err
	}
	defer func() { _ = statement.Close() }() // nothing of it is left to be done
	for _, d := range rows {
		if _, err := statement.ExecContext(ctx, d.values()...); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, "DELETE FROM decisions WHERE id <= (SELECT max(id) FROM decisions) - ?", keptDecisions)
	return err
}

func (t *decisions) end(written bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !written {
		t.waiting = append(t.taken, t.waiting...)
		t.bound()
	}
	t.taken = nil
}

// millis is a time as it stands in the file.
type millis struct{ t *time.Time }

// Scan implements sql.Scanner.
func (m millis) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("a time is a whole number, not %T", v)
	}
	*m.t = time.UnixMilli(n)
	return nil
}

// Value implements driver.Valuer. No time is 0, less than any other.
func (m millis) Value() (driver.Value, error) {
	if m.t.IsZero() {
		return int64(0), nil
	}
	return m.t.UnixMilli(), nil
}

// micros is a duration as it stands in the file.
type micros struct{ d *time.Duration }

// Scan implements sql.Scanner.
func (m micros) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("a duration is a whole number, not %T", v)
	}
	*m.d = time.Duration(n) * time.Microsecond
	return nil
}

// Value implements driver.Valuer.
func (m micros) Value() (driver.Value, error) { return m.d.Microseconds(), nil }

// names is a list of names, none of which holds a comma, as it stands in the
// file.
type names struct{ list *[]string }

// Scan implements sql.Scanner.
func (n names) Scan(v any) error {
	text, ok := v.(string)
	if !ok {
		return fmt.Errorf("a list of names is text, not %T", v)
	}
	if text != "" {
		*n.list = strings.Split(text, ",")
	}
	return nil
}

// Value implements driver.Valuer.
func (n names) Value() (driver.Value, error) { return strings.Join(*n.list, ","), nil }
