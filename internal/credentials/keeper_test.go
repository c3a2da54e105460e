package credentials_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/claude-lsp/claude-lsp/internal/credentials"
)

// A place is a source that tests turn. Each ask takes its time.
type place struct {
	t *testing.T

	mu     sync.Mutex
	secret string
	err    error
	takes  time.Duration
	found  credentials.Found // but for the key
	asked  int
	fresh  int // of these
	under  int // asks at this moment
	closed bool
}

func (p *place) Get(ctx context.Context, fresh bool) (credentials.Found, error) {
	p.mu.Lock()
	p.asked++
	if fresh {
		p.fresh++
	}
	if p.under++; p.under > 1 {
		p.t.Error("the source is asked twice at once")
	}
	takes := p.takes
	p.mu.Unlock()
	select {
	case <-time.After(takes):
	case <-ctx.Done():
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.under--
	if ctx.Err() != nil {
		return credentials.Found{}, ctx.Err()
	}
	if p.err != nil {
		return credentials.Found{}, p.err
	}
	found := p.found
	found.Key = mustKey(p.t, p.secret, credentials.APIKey)
	return found, nil
}

func (p *place) Name() string { return "a place" }

func (p *place) Close() { p.closed = true }

// turn changes the place.
func (p *place) turn(f func(*place)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f(p)
}

func (p *place) count() (asked, fresh int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked, p.fresh
}

// kept runs a test in a bubble, with a keeper of a place that has "k-one", takes
// a second to say so, and need not be asked again for a minute.
func kept(t *testing.T, test func(t *testing.T, k *credentials.Keeper, p *place, log *observer.ObservedLogs)) {
	synctest.Test(t, func(t *testing.T) {
		core, log := observer.New(zapcore.DebugLevel)
		p := &place{t: t, secret: "k-one", takes: time.Second, found: credentials.Found{Hold: time.Minute}}
		k := credentials.NewKeeper(p, zap.New(core))
		defer func() {
			k.Close()
			if !p.closed {
				t.Error("Close leaves the source open")
			}
			for _, e := range log.All() {
				if text := fmt.Sprint(e.Message, e.ContextMap()); strings.Contains(text, "k-") {
					t.Errorf("the log tells a key: %s", text)
				}
			}
		}()
		test(t, k, p, log)
	})
}

// wantKey asks for the key and says how long that may take.
func wantKey(t *testing.T, k *credentials.Keeper, want string, within time.Duration) {
	t.Helper()
	began := time.Now()
	key, err := k.Key(t.Context())
	if err != nil || key.Reveal() != want {
		t.Fatalf("Key = %q, %v; want %q", key.Reveal(), err, want)
	}
	if took := time.Since(began); took != within {
		t.Errorf("Key %q took %v; want %v", want, took, within)
	}
}

func TestKeeperWaitsForTheFirstKeyAlone(t *testing.T) {
	kept(t, func(t *testing.T, k *credentials.Keeper, p *place, _ *observer.ObservedLogs) {
		if asked, _ := p.count(); asked != 0 {
			t.Error("the source is asked before anybody needs a key")
		}
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() { wantKey(t, k, "k-one", time.Second) })
		}
		all.Wait()
		p.turn(func(p *place) { p.secret = "k-two" })
		wantKey(t, k, "k-one", 0)
		time.Sleep(2 * time.Minute)
		wantKey(t, k, "k-one", 0) // which has it asked again
		wantKey(t, k, "k-one", 0)
		time.Sleep(2 * time.Second)
		wantKey(t, k, "k-two", 0)
		if asked, fresh := p.count(); asked != 2 || fresh != 0 {
			t.Errorf("the source was asked %d times, %d of them for a fresh key; want 2 and 0", asked, fresh)
		}
	})
}

func TestKeeperAsksNobodyWhileNobodyAsks(t *testing.T) {
	kept(t, func(t *testing.T, k *credentials.Keeper, p *place, _ *observer.ObservedLogs) {
		wantKey(t, k, "k-one", time.Second)
		time.Sleep(24 * time.Hour)
		if asked, _ := p.count(); asked != 1 {
			t.Errorf("the source was asked %d times overnight; want the one ask before", asked)
		}
	})
}

func TestKeeperTendsWhatWouldLapse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &lease{term: 30 * time.Minute}
		k := credentials.NewKeeper(p, nil)
		defer k.Close()
		first, _ := k.Key(t.Context())
		time.Sleep(24*time.Hour - time.Minute)
		key, err := k.Key(t.Context())
		if err != nil || key.Equal(first) {
			t.Errorf("after a day the key is %v and new is %v; want a new one that is good", err, !key.Equal(first))
		}
		if p.asked != 24*3 { // every 20 minutes
			t.Errorf("the source was asked %d times in a day", p.asked)
		}
	})
}

// A lease is a source that lends a new key each time.
type lease struct {
	term  time.Duration
	asked int
}

func (l *lease) Get(context.Context, bool) (credentials.Found, error) {
	l.asked++
	now := time.Now()
	key, err := credentials.NewKey(strings.Repeat("k", l.asked), credentials.APIKey)
	return credentials.Found{Key: key, Ends: now.Add(l.term), Hold: time.Hour, Tend: now.Add(l.term * 2 / 3)}, err
}

func (*lease) Name() string { return "a lease" }

func (*lease) Close() {}

func TestKeeperOutlivesAPlaceThatIsDown(t *testing.T) {
	kept(t, func(t *testing.T, k *credentials.Keeper, p *place, log *observer.ObservedLogs) {
		begun := time.Now()
		p.turn(func(p *place) { p.found.Ends, p.found.Tend = begun.Add(time.Hour), begun.Add(40*time.Minute) })
		wantKey(t, k, "k-one", time.Second)
		p.turn(func(p *place) { p.err = errors.New("down for repairs") })
		time.Sleep(50 * time.Minute)
		wantKey(t, k, "k-one", 0) // the last good one
		warnings := log.FilterMessageSnippet("the last one is used").All()
		if len(warnings) != 1 || warnings[0].Level != zap.WarnLevel || warnings[0].ContextMap()["until"] == nil {
			t.Errorf("warned %d times: %v; want one warning that says until when", len(warnings), warnings)
		}
		time.Sleep(11 * time.Minute) // until it has ended
		if key, err := k.Key(t.Context()); err == nil || !strings.Contains(err.Error(), "down for repairs") {
			t.Errorf("Key = %q, %v after its end; want the reason why there is none", key.Reveal(), err)
		}
		if asked, _ := p.count(); asked < 10 || asked > 40 {
			t.Errorf("the source that was down was asked %d times in 21 minutes", asked)
		}
		p.turn(func(p *place) {
			p.err, p.secret, p.found.Ends, p.found.Tend = nil, "k-two", time.Time{}, time.Time{}
		})
		time.Sleep(2 * time.Minute)
		wantKey(t, k, "k-two", 0) // it was asked although nobody needed a key
		if n := log.FilterMessageSnippet("can be asked for again").Len(); n != 1 {
			t.Errorf("told %d times that it is well again", n)
		}
	})
}

func TestKeeperDoesNotHammerAPlaceWithoutAKey(t *testing.T) {
	kept(t, func(t *testing.T, k *credentials.Keeper, p *place, log *observer.ObservedLogs) {
		p.turn(func(p *place) { p.err, p.takes = credentials.Missing("nothing here"), 0 })
		for range 600 { // ten keystrokes a second
			if _, err := k.Key(t.Context()); !errors.Is(err, credentials.ErrMissing) {
				t.Fatalf("Key = %v", err)
			}
			time.Sleep(100 * time.Millisecond)
		}
		if asked, _ := p.count(); asked > 8 {
			t.Errorf("asked %d times in a minute", asked)
		}
		if n := log.Len(); n != 1 {
			t.Errorf("%d lines in the log: %v", n, log.All())
		}
	})
}

func TestKeeperLetsTheCallerGo(t *testing.T) {
	kept(t, func(t *testing.T, k *credentials.Keeper, p *place, _ *observer.ObservedLogs) {
		p.turn(func(p *place) { p.takes = time.Hour })
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if _, err := k.Key(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Key = %v; want the end of the caller's context", err)
		}
	})
}

func TestKeeperClosesWhileItAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &place{t: t, takes: time.Hour}
		k := credentials.NewKeeper(p, nil)
		waits := make(chan error)
		go func() {
			_, err := k.Key(t.Context())
			waits <- err
		}()
		synctest.Wait()
		go k.Close()
		if err := <-waits; err == nil {
			t.Error("Key returns a key of a keeper that was closed")
		}
		synctest.Wait()
		if _, err := k.Key(t.Context()); err == nil {
			t.Error("a closed keeper has a key")
		}
	})
}

func TestReplace(t *testing.T) {
	kept(t, func(t *testing.T, k *credentials.Keeper, p *place, _ *observer.ObservedLogs) {
		wantKey(t, k, "k-one", time.Second)
		one := mustKey(t, "k-one", credentials.APIKey)
		if k.Replace(t.Context(), one) {
			t.Error("Replace found another key where there is none")
		}
		for range 10 { // at once, again and again: a key that is simply wrong
			if k.Replace(t.Context(), one) {
				t.Error("Replace found another key where there is none")
			}
		}
		if _, fresh := p.count(); fresh != 1 {
			t.Errorf("asked %d times for a fresh key; want 1", fresh)
		}
		time.Sleep(2 * time.Second)
		p.turn(func(p *place) { p.secret = "k-two" })
		var all sync.WaitGroup
		for range 30 { // all that were under way
			all.Go(func() {
				if !k.Replace(t.Context(), one) {
					t.Error("Replace did not find the new key")
				}
			})
		}
		all.Wait()
		wantKey(t, k, "k-two", 0)
		if _, fresh := p.count(); fresh != 2 {
			t.Errorf("asked %d times for a fresh key; want 2: one for all that were refused", fresh)
		}
		if !k.Replace(t.Context(), one) {
			t.Error("Replace does not say that there is a newer key already")
		}
	})
}

// An ask that was under way when the key was rotated may bring the old one.
func TestReplaceAsksAgainAfterAnAskThatBeganBefore(t *testing.T) {
	kept(t, func(t *testing.T, k *credentials.Keeper, p *place, _ *observer.ObservedLogs) {
		wantKey(t, k, "k-one", time.Second)
		time.Sleep(2 * time.Minute)
		wantKey(t, k, "k-one", 0) // which begins one
		time.Sleep(500 * time.Millisecond)
		if k.Replace(t.Context(), mustKey(t, "k-one", credentials.APIKey)) {
			t.Error("Replace found another key where there is none")
		}
		if asked, fresh := p.count(); asked != 3 || fresh != 1 {
			t.Errorf("asked %d times, %d of them fresh; want 3 and 1", asked, fresh)
		}
	})
}

func TestReplaceKeepsTheKeyOfAPlaceThatIsDown(t *testing.T) {
	kept(t, func(t *testing.T, k *credentials.Keeper, p *place, _ *observer.ObservedLogs) {
		wantKey(t, k, "k-one", time.Second)
		p.turn(func(p *place) { p.err = errors.New("down") })
		if k.Replace(t.Context(), mustKey(t, "k-one", credentials.APIKey)) {
			t.Error("Replace found another key where there is none")
		}
		wantKey(t, k, "k-one", 0)
	})
}

func TestKeeperWarnsOfAnOldKeyOnce(t *testing.T) {
	kept(t, func(t *testing.T, k *credentials.Keeper, p *place, log *observer.ObservedLogs) {
		p.turn(func(p *place) { p.found.Made = time.Now().Add(-31 * 24 * time.Hour) })
		wantKey(t, k, "k-one", time.Second)
		for range 5 {
			time.Sleep(time.Hour)
			wantKey(t, k, "k-one", 0)
		}
		old := log.FilterMessageSnippet("the key is old").All()
		if len(old) != 1 || old[0].Level != zap.WarnLevel || old[0].ContextMap()["days"] != int64(31) {
			t.Errorf("warned %v; want once, of 31 days", old)
		}
		if s := k.State(); !s.Found.Old(time.Now()) || s.Place != "a place" || s.Err != nil {
			t.Errorf("State = %+v", s)
		}
	})
}

func TestOld(t *testing.T) {
	now := time.Now()
	for _, tt := range []struct {
		made time.Time
		want bool
	}{{time.Time{}, false}, {now.Add(-29 * 24 * time.Hour), false}, {now.Add(-31 * 24 * time.Hour), true}, {now.Add(time.Hour), false}} {
		if got := (credentials.Found{Made: tt.made}).Old(now); got != tt.want {
			t.Errorf("Old of a key made %v = %v", tt.made, got)
		}
	}
}
