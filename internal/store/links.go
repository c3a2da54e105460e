package store

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"
)

// linksSchema makes the table of what is known of the way to each endpoint.
const linksSchema = `
CREATE TABLE links (
	endpoint   TEXT    PRIMARY KEY, -- a digest of its address
	at         INTEGER NOT NULL,    -- when the row was written: milliseconds since 1970
	window     INTEGER NOT NULL,    -- tokens that a prompt may have
	first_byte INTEGER NOT NULL,    -- microseconds, and so is the next
	by_size    INTEGER NOT NULL,
	up         INTEGER NOT NULL,    -- bits a second
	plain      INTEGER NOT NULL,    -- bytes of the last request, and so is the next
	sent       INTEGER NOT NULL,
	refused    INTEGER NOT NULL     -- 1: the endpoint takes no compressed requests
) STRICT, WITHOUT ROWID`

// linksSince is the first schema that has the table.
var linksSince = slices.Index(migrations, linksSchema) + 1

const (
	keptLinks    = 16 // in the file
	waitingLinks = 16 // in memory
)

// A Link is what a server knows of the way to an endpoint: numbers that a
// person in another process may look at. What is not known is 0.
type Link struct {
	Endpoint string    // a digest of its address
	At       time.Time // of the newest number; kept to the millisecond

	Window    int           // how many tokens a prompt may have, as the server has chosen by what follows
	FirstByte time.Duration // from sending a request until its answer begins, usually; to the microsecond, as the next
	BySize    time.Duration // how much of that is by the size of the prompt
	Up        int           // what the uplink carries, in bits a second

	Plain, Sent int  // bytes of the last request, before it was compressed and as it was sent
	Refused     bool // the endpoint takes no compressed requests
}

// SetLink writes down what is known of the way to an endpoint, in the place of
// what was known before. It never waits: the file is written in the background,
// a moment later.
func (s *Store) SetLink(l Link) {
	s.links.set(l)
	nudge(s.lately)
}

// LinkTo returns what servers of this machine have last known of an endpoint,
// and false where that is nothing. What was not written yet is not in it. It
// waits for the first attempt to open the store, until ctx ends.
func (s *Store) LinkTo(ctx context.Context, endpoint string) (Link, bool, error) {
	l, known := Link{Endpoint: endpoint}, false
	err := s.read(ctx, func(db *sql.DB) error {
		c, err := readSchema(ctx, db)
		if err != nil || c.version < linksSince {
			return err // a file that nobody has migrated yet holds none
		}
		err = db.QueryRowContext(ctx, `SELECT at, window, first_byte, by_size, up, plain, sent, refused FROM links WHERE endpoint = ?`, endpoint).
			Scan(millis{&l.At}, &l.Window, micros{&l.FirstByte}, micros{&l.BySize}, &l.Up, &l.Plain, &l.Sent, &l.Refused)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		known = err == nil
		return err
	})
	return l, known, err
}

// links is the table of links. What waits is the newest row of each endpoint.
type links struct {
	mu      sync.Mutex
	waiting map[string]Link
	taken   map[string]Link // in the batch that is being written
}

func (t *links) set(l Link) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.waiting == nil {
		t.waiting = map[string]Link{}
	}
	if _, known := t.waiting[l.Endpoint]; known || len(t.waiting) < waitingLinks {
		t.waiting[l.Endpoint] = l
	}
}

func (t *links) begin() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.taken, t.waiting = t.waiting, nil
	return len(t.taken) > 0
}

func (t *links) insert(ctx context.Context, tx *sql.Tx) error {
	t.mu.Lock()
	rows := slices.Collect(maps.Values(t.taken))
	t.mu.Unlock()
	for _, l := range rows {
		_, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO links
			(endpoint, at, window, first_byte, by_size, up, plain, sent, refused) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			l.Endpoint, millis{&l.At}, l.Window, micros{&l.FirstByte}, micros{&l.BySize}, l.Up, l.Plain, l.Sent, l.Refused)
		if err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM links WHERE endpoint NOT IN (SELECT endpoint FROM links ORDER BY at DESC LIMIT ?)`, keptLinks)
	return err
}

func (t *links) end(written bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !written { // what was set meanwhile is newer
		rows := t.taken
		maps.Copy(rows, t.waiting)
		t.waiting = rows
	}
	t.taken = nil
}
