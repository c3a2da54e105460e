// Package store keeps what outlives a run and is shared by every editor on the
// machine, in one SQLite file.
//
// Opening happens in the background and writing does too, so that nobody who
// serves a keystroke waits for a disk. Whatever goes wrong with the file costs
// the features that need it and nothing else: the store says what is wrong,
// keeps in memory what waits to be written, and tries again.
package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"go.uber.org/zap"
)

// Why a store is not fully usable. The error of a State wraps one of them and
// says in words what to do.
var (
	ErrNewer       = errors.New("the store was written by a newer claude-lsp")
	ErrUnavailable = errors.New("the store cannot be used")
	ErrClosed      = errors.New("the store is closed")
)

// Options say where the store is and what it needs. Path must be given; the
// zero values of the rest work.
type Options struct {
	Path  string           // of the file; see Path for the usual place
	Log   *zap.Logger      // nil logs nothing
	Now   func() time.Time // the clock that says which day it is; nil means time.Now
	Retry time.Duration    // pause before a store that failed is tried again; 0 means a minute

	// ReadOnly opens a store that is there to be read, also one that other
	// processes write: it is neither made nor migrated nor mended, and what is
	// added is lost.
	ReadOnly bool

	pragmas []string // added to every connection, for tests
}

// A Phase says how far a store has come.
type Phase string

// The phases. All but Closed may be left again: a full disk gets room, a
// broken file is set aside, a newer program changes the schema.
const (
	Opening     Phase = "opening"     // nothing is known yet
	Writable    Phase = "writable"    // all is well
	ReadOnly    Phase = "read_only"   // what is there can be read; what is added waits in memory
	Unavailable Phase = "unavailable" // neither reading nor writing; what is added waits in memory
	Closed      Phase = "closed"
)

// A State says what a store can do at the moment.
type State struct {
	Phase Phase
	Err   error // why it is not as it was to be; nil when Opening, Writable, or ReadOnly as wished
}

// gather is how long what is not urgent waits for more of its kind. What is
// urgent takes it along.
const gather = time.Second

// A Store is the file, open or about to be. It is safe for concurrent use.
type Store struct {
	path  string
	log   *zap.Logger
	now   func() time.Time
	retry time.Duration
	extra []string
	view  bool // opened to be read alone

	spending  *spending
	decisions *decisions
	outcomes  *outcomes
	links     *links
	indexed   *indexed
	ledger    *ledger
	answers   *answers
	latencies *latencies
	tables    []table // all of them, in the order in which they are written

	life    context.Context // ends when Close gives up waiting
	abort   context.CancelFunc
	opened  chan struct{} // closed when the first attempt to open has ended
	wake    chan struct{} // holds a token when something waits to be written
	lately  chan struct{} // the same for what may wait a moment longer
	suspect chan struct{} // holds a token when a reader met a broken page
	quit    chan struct{} // closed by Close
	done    chan struct{} // closed when the background work has ended
	closing sync.Once

	mended time.Time   // when a broken file was last set aside; of run alone
	file   fs.FileInfo // the file as it was opened; of run alone

	mu    sync.RWMutex // guards db and state
	db    *sql.DB      // nil unless Writable or ReadOnly
	state State

	// commit is held by the writer while a batch turns from waiting in memory to
	// standing in the file, and by readers who add the two up. Without it they
	// would count a batch twice, or not at all.
	commit sync.RWMutex
}

// Open returns a store at once and opens the file in the background. The
// caller must Close it.
func Open(o Options) *Store {
	s := &Store{
		path:      o.Path,
		log:       o.Log,
		now:       o.Now,
		retry:     o.Retry,
		extra:     o.pragmas,
		view:      o.ReadOnly,
		spending:  &spending{},
		decisions: &decisions{},
		outcomes:  &outcomes{},
		links:     &links{},
		opened:    make(chan struct{}),
		wake:      make(chan struct{}, 1),
		lately:    make(chan struct{}, 1),
		suspect:   make(chan struct{}, 1),
		quit:      make(chan struct{}),
		done:      make(chan struct{}),
		state:     State{Phase: Opening},
	}
	s.life, s.abort = context.WithCancel(context.Background())
	if s.log == nil {
		s.log = zap.NewNop()
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.retry == 0 {
		s.retry = time.Minute
	}
	if abs, err := filepath.Abs(s.path); err == nil {
		s.path = abs
	}
	s.indexed = &indexed{now: s.now, limit: -1}
	s.ledger = &ledger{now: s.now, holder: rand.Text()}
	s.answers = &answers{now: s.now, limit: -1}
	s.latencies = &latencies{now: s.now}
	s.tables = []table{s.spending, s.ledger, s.decisions, s.outcomes, s.links, s.indexed, s.answers, s.latencies}
	go s.run()
	return s
}

// Path is where the file is, or will be: an absolute path.
func (s *Store) Path() string { return s.path }

// State says what the store can do now. It never waits.
func (s *Store) State() State {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.state
}

// Ready waits until the first attempt to open has ended, or ctx has. It
// returns nil where the store can be read and written, and otherwise why not.
func (s *Store) Ready(ctx context.Context) error {
	select {
	case <-s.opened:
		return s.State().Err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Close writes what waits, closes the file and ends the background work. When
// ctx ends first, Close gives up what was not written by then and returns why;
// the work ends by itself soon after. What is added to a closed store is lost.
func (s *Store) Close(ctx context.Context) error {
	s.closing.Do(func() { close(s.quit) })
	select {
	case <-s.done:
		return nil
	case <-ctx.Done():
		s.abort()
		return context.Cause(ctx)
	}
}

// run owns the file: it opens it, writes what waits, and mends what is broken.
func (s *Store) run() {
	defer close(s.done)
	defer s.abort()
	s.reopen(false)
	close(s.opened)
	s.write()
	again := time.NewTicker(s.retry)
	defer again.Stop()
	var gathered <-chan time.Time // nil while nothing is gathered
	for {
		select {
		case <-s.wake:
			s.write()
		case <-s.lately:
			if gathered == nil {
				gathered = time.After(gather)
			}
		case <-gathered:
			gathered = nil
			s.write()
		case <-s.suspect:
			s.examine()
			s.write()
		case <-again.C:
			if err := s.State().Err; err != nil && !errors.Is(err, ErrNewer) || s.moved() {
				s.reopen(false)
			}
			s.write()
		case <-s.quit:
			s.ledger.giveBack()
			s.write()
			s.leave(State{Closed, ErrClosed})
			return
		}
	}
}

// reopen closes the file if it is open, and opens it. A file that is known to
// be broken is set aside first, but not twice in a short time: then it is the
// disk that is broken, and it would be filled with files set aside.
func (s *Store) reopen(broken bool) {
	before := s.State()
	s.leave(State{Phase: Opening})
	if s.view {
		db, err := view(s.life, location{s.path, s.extra})
		state := State{Phase: ReadOnly}
		if err != nil {
			state = State{Unavailable, err}
		}
		s.enter(db, state)
		return
	}
	var db *sql.DB
	var err error
	if now := s.now(); broken && !s.mended.IsZero() && now.Sub(s.mended) < s.retry {
		err = fmt.Errorf("%w: %s is corrupt again soon after a new one was made", ErrUnavailable, s.path)
	} else {
		if broken {
			s.mended = now
		}
		db, err = open(s.life, location{s.path, s.extra}, broken, s.now, s.log)
	}
	state := State{Phase: Writable}
	switch {
	case errors.Is(err, ErrNewer):
		state = State{ReadOnly, err}
	case err != nil:
		state = State{Unavailable, err}
	}
	if err != nil && before.Err == nil { // a retry that fails again is no news
		s.log.Warn("the store is "+string(state.Phase), zap.String("path", s.path), zap.Error(err))
	}
	s.file, _ = os.Stat(s.path) // without a file nothing can have moved
	s.enter(db, state)
	s.loadAnswers(true)
}

// loadAnswers looks which answers there are, so that nobody has to who types.
func (s *Store) loadAnswers(anew bool) {
	s.mu.RLock()
	db := s.db
	s.mu.RUnlock()
	if db == nil {
		return
	}
	if err := s.answers.load(s.life, db, anew); isBroken(err) {
		nudge(s.suspect)
	}
}

// examine looks whether the file is as broken as a reader took it for, and
// mends it. The reader may have met a file that was set aside since.
func (s *Store) examine() {
	s.mu.RLock()
	db := s.db
	s.mu.RUnlock()
	if db == nil || s.view {
		return
	}
	var verdict string
	err := db.QueryRowContext(s.life, "PRAGMA quick_check(1)").Scan(&verdict)
	if isBroken(err) || err == nil && verdict != "ok" {
		s.reopen(true)
	}
}

// moved reports whether the file that is open is no longer the one at its
// path: another process has set it aside, or someone has deleted it.
func (s *Store) moved() bool {
	now, err := os.Stat(s.path)
	return s.file != nil && (errors.Is(err, fs.ErrNotExist) || err == nil && !os.SameFile(s.file, now))
}

// enter makes db, which may be nil, the file that is read and written.
func (s *Store) enter(db *sql.DB, state State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.db, s.state = db, state
}

// leave closes the file. Readers at work get an error.
func (s *Store) leave(state State) {
	s.mu.Lock()
	db := s.db
	s.db, s.state = nil, state
	s.mu.Unlock()
	if db == nil {
		return
	}
	if err := db.Close(); err != nil {
		s.log.Warn("closing the store", zap.Error(err))
	}
}

// read calls query with the file, after the first attempt to open it. A broken
// page makes the store mend itself.
func (s *Store) read(ctx context.Context, query func(*sql.DB) error) error {
	select {
	case <-s.opened:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	s.mu.RLock()
	db, state := s.db, s.state
	s.mu.RUnlock()
	if db == nil {
		return cmp.Or(state.Err, ErrUnavailable) // without an error it is just being opened again
	}
	err := query(db)
	if isBroken(err) {
		nudge(s.suspect)
	}
	return err
}

// nudge puts a token into a channel of one, unless it has one already.
func nudge(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
