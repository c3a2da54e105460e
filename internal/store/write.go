package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"
)

// writeTimeout bounds one batch.
const writeTimeout = 10 * time.Second

// A table keeps in memory what waits to be written, and writes it when the
// store asks. To add one: a file beside spend.go with its schema, its waiting
// rows and its methods on Store; its schema at the end of migrations; and the
// table in Open.
//
// What waits must be bounded by the table itself: the file may be unusable for
// as long as the process lives.
type table interface {
	// begin hands over everything that waits, for one transaction. It reports
	// whether there is anything. The store calls exactly one end afterwards.
	begin() bool
	// insert writes what begin handed over.
	insert(ctx context.Context, tx *sql.Tx) error
	// end forgets what was handed over, or keeps it when it was not written.
	end(written bool)
}

// write writes what all tables have waiting, in one transaction. A failure
// keeps it waiting; the next thing added or the next retry tries again.
func (s *Store) write() {
	if s.State().Phase == Writable && s.moved() {
		s.reopen(false)
	}
	s.mu.RLock()
	db, state := s.db, s.state
	s.mu.RUnlock()
	if db == nil || s.view || errors.Is(state.Err, ErrNewer) {
		s.ledger.fail(state.why())
		return
	}
	var waiting []table
	for _, t := range s.tables {
		if t.begin() {
			waiting = append(waiting, t)
		}
	}
	if len(waiting) == 0 {
		return
	}
	err := s.batch(db, waiting)
	if err == nil {
		s.loadAnswers(false)
	}
	switch {
	case isBroken(err):
		s.reopen(true)
		nudge(s.wake)
	case err == nil && state.Err != nil:
		s.log.Info("the store can be written again", zap.String("path", s.path))
		s.enter(db, State{Phase: Writable})
	case err != nil:
		if state.Err == nil { // the same trouble again is no news
			s.log.Warn("the store is read_only", zap.String("path", s.path), zap.Error(err))
		}
		if !errors.Is(err, ErrNewer) {
			err = fmt.Errorf("%w: %s could not be written: %w", ErrUnavailable, s.path, err)
		}
		s.enter(db, State{ReadOnly, err})
		s.ledger.fail(err) // who spends must know at once
	}
}

// batch is one transaction over the tables given.
func (s *Store) batch(db *sql.DB, waiting []table) (err error) {
	ctx, cancel := context.WithTimeout(s.life, writeTimeout)
	defer cancel()
	locked := false
	defer func() {
		for _, t := range waiting {
			t.end(err == nil)
		}
		if locked {
			s.commit.Unlock()
		}
	}()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // after Commit it does nothing, and before it err says why
	// Another process may have migrated since this one opened the file.
	c, err := readSchema(ctx, tx)
	if err != nil {
		return err
	}
	if c.version > len(migrations) {
		return newer(c.version)
	}
	for _, t := range waiting {
		if err := t.insert(ctx, tx); err != nil {
			return err
		}
	}
	s.commit.Lock()
	locked = true
	return tx.Commit()
}
