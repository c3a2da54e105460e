package credentials

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.uber.org/zap"
)

// How a Keeper asks its source.
const (
	askLimit  = time.Minute     // for one ask; a command may have to wait for a finger on a reader
	firstWait = time.Second     // after a failure; doubled with each that follows
	longWait  = time.Minute     // the longest of these
	settled   = 1 * time.Second // how long a refused key that the source gave again is not asked for anew
)

// A Keeper has a key at hand. It is asked for each request and answers from
// memory: the source is asked in the background, before what it gave gets old,
// so that a key can be replaced without a restart and nobody waits for it but
// the very first. It is safe for concurrent use.
//
// A source that fails costs nothing as long as the last key is good: that one
// is given on, with a warning in the log.
type Keeper struct {
	source Source
	log    *zap.Logger
	life   context.Context // ends with Close
	end    context.CancelFunc
	work   sync.WaitGroup

	mu     sync.Mutex
	found  Found     // the last that was got; its Key is the zero Key before
	due    time.Time // from when on the source is asked again
	err    error     // why the last ask failed
	failed int       // asks that failed since the last that did not
	asking *asking   // under way; nil: none
	tend   *time.Timer
	barred time.Time // until then a refused key is not asked for anew
	warned Key       // the key whose age was told
}

// asking is one question to the source, shared by all who want its answer.
type asking struct {
	fresh bool
	done  chan struct{} // closed when the Keeper holds the answer
}

// NewKeeper returns a Keeper that asks source when it is needed first, and not
// before.
func NewKeeper(source Source, log *zap.Logger) *Keeper {
	if log == nil {
		log = zap.NewNop()
	}
	k := &Keeper{source: source, log: log}
	k.life, k.end = context.WithCancel(context.Background())
	return k
}

// errClosed ends those who wait when the settings name another place.
var errClosed = errors.New("the place of the key was changed")

// Key returns the key. It waits only where there is none that is still good,
// and then no longer than ctx.
func (k *Keeper) Key(ctx context.Context) (Key, error) {
	k.mu.Lock()
	now := wall()
	due := !now.Before(k.due)
	if k.good(now) {
		if due {
			k.ask(false)
		}
		defer k.mu.Unlock()
		return k.found.Key, nil
	}
	if k.err != nil && !due {
		defer k.mu.Unlock()
		return Key{}, k.err
	}
	a := k.ask(false)
	k.mu.Unlock()
	if err := k.wait(ctx, a); err != nil {
		return Key{}, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.good(wall()) {
		return k.found.Key, nil
	}
	return Key{}, k.err
}

// Replace is told that the service has refused a key, and reports whether there
// is another one to try. The source is asked once for all who come with the
// same key, and not again for a moment where it had no other.
func (k *Keeper) Replace(ctx context.Context, refused Key) bool {
	for {
		k.mu.Lock()
		now := wall()
		if k.good(now) && !k.found.Key.Equal(refused) {
			k.mu.Unlock()
			return true // somebody else was told before
		}
		if k.asking == nil && now.Before(k.barred) {
			k.mu.Unlock()
			return false
		}
		// One that began before the key was refused may still bring the old one:
		// it is waited for, and then asked again.
		a := k.asking
		if a == nil {
			a = k.ask(true)
		}
		k.mu.Unlock()
		if k.wait(ctx, a) != nil {
			return false
		}
		if a.fresh {
			k.mu.Lock()
			changed := k.good(wall()) && !k.found.Key.Equal(refused)
			k.mu.Unlock()
			return changed
		}
	}
}

// A State is what can be told about a key without telling the key.
type State struct {
	Found Found  // what is held; its Key is for nobody's eyes
	Place string // where it comes from
	Err   error  // why the last ask failed; nil: it did not
}

// State returns what is known now. It asks nobody.
func (k *Keeper) State() State {
	k.mu.Lock()
	defer k.mu.Unlock()
	return State{Found: k.found, Place: k.source.Name(), Err: k.err}
}

// Close ends what is under way and forgets the key.
func (k *Keeper) Close() {
	k.mu.Lock()
	k.end()
	if k.tend != nil {
		k.tend.Stop()
	}
	k.found = Found{}
	k.mu.Unlock()
	k.work.Wait()
	k.source.Close()
}

// good reports whether there is a key that has not ended. The caller holds mu.
func (k *Keeper) good(now time.Time) bool {
	return k.found.Key.Reveal() != "" && (k.found.Ends.IsZero() || now.Before(k.found.Ends))
}

// ask has the source asked in the background, or joins what is under way. The
// caller holds mu.
func (k *Keeper) ask(fresh bool) *asking {
	if k.asking != nil {
		return k.asking
	}
	a := &asking{fresh: fresh, done: make(chan struct{})}
	if k.life.Err() != nil {
		k.err = errClosed
		close(a.done)
		return a
	}
	k.asking = a
	k.work.Go(func() {
		ctx, cancel := context.WithTimeout(k.life, askLimit)
		defer cancel()
		found, err := k.source.Get(ctx, fresh)
		k.mu.Lock()
		defer k.mu.Unlock()
		defer close(a.done)
		k.asking = nil
		if k.life.Err() != nil {
			k.err = errClosed
			return
		}
		if fresh && (err != nil || found.Key.Equal(k.found.Key)) {
			k.barred = wall().Add(settled)
		}
		if err != nil {
			k.fail(err)
		} else {
			k.keep(found)
		}
	})
	return a
}

// wait waits for an answer, but not longer than ctx.
func (k *Keeper) wait(ctx context.Context, a *asking) error {
	select {
	case <-a.done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// keep takes note of what the source gave. The caller holds mu.
func (k *Keeper) keep(found Found) {
	now := wall()
	if k.failed > 0 {
		k.log.Info("the key can be asked for again", zap.String("from", k.source.Name()))
	}
	if found.Old(now) && !found.Key.Equal(k.warned) {
		k.warned = found.Key
		k.log.Warn("the key is old; replace it by a new one", zap.String("from", k.source.Name()),
			zap.Int("days", int(now.Sub(found.Made)/(24*time.Hour))))
	}
	k.found, k.err, k.failed = found, nil, 0
	k.due = now.Add(found.Hold)
	k.tendAt(found.Tend)
}

// fail takes note that the source gave nothing. The caller holds mu.
func (k *Keeper) fail(err error) {
	now := wall()
	if k.failed == 0 {
		fields := []zap.Field{zap.String("from", k.source.Name()), zap.Error(err)}
		if k.good(now) && !k.found.Ends.IsZero() {
			fields = append(fields, zap.Time("until", k.found.Ends))
		}
		if k.good(now) {
			k.log.Warn("the key could not be asked for anew; the last one is used", fields...)
		} else {
			k.log.Warn("there is no key", fields...)
		}
	}
	k.err = err
	k.due = now.Add(min(firstWait<<min(k.failed, 10), longWait))
	k.failed++
	if !k.found.Tend.IsZero() {
		k.tendAt(k.due)
	}
}

// tendAt has the source asked at a time, zero for never. The caller holds mu.
func (k *Keeper) tendAt(at time.Time) {
	if k.tend != nil {
		k.tend.Stop()
		k.tend = nil
	}
	if at.IsZero() {
		return
	}
	k.tend = time.AfterFunc(max(at.Sub(wall()), 0), func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.ask(false)
	})
}

// wall is the time of the wall clock: the other one stands still while a
// machine sleeps, and leases do not.
func wall() time.Time { return time.Now().Round(0) }
