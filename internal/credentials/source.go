package credentials

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrMissing says that a place was asked and holds no key, or that it is not
// said which place to ask.
var ErrMissing = errors.New("no key")

// ErrUnusable says that something was found which cannot be a key.
var ErrUnusable = errors.New("the key cannot be used")

// Missing is an error of the kind ErrMissing with a text of its own, which says
// what to do. It takes what fmt.Errorf takes.
func Missing(format string, args ...any) error {
	return fault{ErrMissing, fmt.Errorf(format, args...)}
}

// Unusable is an error of the kind ErrUnusable, as Missing is of the other.
func Unusable(format string, args ...any) error {
	return fault{ErrUnusable, fmt.Errorf(format, args...)}
}

// A fault is an error with a kind that its text does not repeat.
type fault struct {
	kind error
	error
}

func (f fault) Unwrap() []error { return []error{f.kind, f.error} }

// MaxAge is how old a key may get before its owner is warned: a key that is
// never replaced is one that somebody may have copied long ago.
const MaxAge = 30 * 24 * time.Hour

// A Source is a place that keys come from. It may be slow; a Keeper stands
// between it and whoever needs a key now. Its errors say what to do and hold
// no secret. Get is never called by two goroutines at once.
type Source interface {
	// Get asks the place for its key. With fresh, a key that the source itself
	// holds has been refused by the service and must not be given again.
	Get(ctx context.Context, fresh bool) (Found, error)
	// Name says for people where the key comes from.
	Name() string
	// Close gives back what the source holds elsewhere. It is called once, after
	// the last Get, and takes a second at most.
	Close()
}

// Found is a key and what is known about it. Times are the wall clock's.
type Found struct {
	Key  Key
	Made time.Time     // when the key was made; zero: not known
	Ends time.Time     // from when on it is not good any more; zero: it does not end by itself
	Hold time.Duration // how long the place need not be asked again
	Tend time.Time     // when the place has to be asked although nobody needs a key, so that nothing lapses; zero: never
}

// Old reports whether the key should have been replaced by now.
func (f Found) Old(now time.Time) bool {
	return !f.Made.IsZero() && now.Sub(f.Made) > MaxAge
}

// An environment is the process's own: it cannot change while we run.
type environment struct {
	getenv   func(string) string
	variable string
}

// Environment is the variable of the environment with this name; "" stands for
// those that Anthropic's own SDKs read. ANTHROPIC_AUTH_TOKEN is sent as a token
// and every other as kind says.
func Environment(getenv func(string) string, variable string, kind Kind) Source {
	if variable == "" {
		return environment{getenv: getenv}
	}
	if variable == EnvAuthToken {
		kind = Bearer
	}
	return named{environment{getenv, variable}, kind}
}

func (e environment) Get(context.Context, bool) (Found, error) {
	key, ok := FromEnvironment(e.getenv)
	switch {
	case !ok:
		return Found{}, Missing("set %s or %s in the environment of the editor", EnvAPIKey, EnvAuthToken)
	case key.Err() != nil:
		return Found{}, Unusable("%w", key.Err())
	}
	return Found{Key: key, Hold: time.Hour}, nil
}

func (environment) Name() string { return "the environment" }

func (environment) Close() {}

// named is one variable that the user has named.
type named struct {
	environment
	kind Kind
}

func (n named) Get(context.Context, bool) (Found, error) {
	secret := n.getenv(n.variable)
	if blank(secret) {
		return Found{}, Missing("credentials.variable names %s, which is not set in the environment of the editor", n.variable)
	}
	key, err := NewKey(secret, n.kind)
	if err != nil {
		return Found{}, Unusable("%s: %w", n.variable, err)
	}
	return Found{Key: key, Hold: time.Hour}, nil
}

func (n named) Name() string { return "the environment variable " + n.variable }
