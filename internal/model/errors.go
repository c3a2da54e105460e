package model

import (
	"context"
	"errors"
	"time"
)

// The kinds of trouble a Streamer may end in. Providers return errors that
// errors.Is one of these and whose text tells a person what to do.
var (
	ErrNoKey          = errors.New("no API key")
	ErrUnauthorized   = errors.New("the API key was refused")
	ErrBilling        = errors.New("the account cannot pay for the request")
	ErrBudget         = errors.New("the budget of the day allows no request now")
	ErrRateLimited    = errors.New("rate limited")
	ErrShed           = errors.New("put off in favour of what is more urgent")
	ErrInvalidRequest = errors.New("the request was refused as invalid")
	ErrUnknownModel   = errors.New("the model is not known")
	ErrUnavailable    = errors.New("the service is unavailable")
	ErrOffline        = errors.New("the service cannot be reached")
	ErrTimeout        = errors.New("the service did not answer in time")
	ErrRefused        = errors.New("the model refused to answer")
	ErrIncomplete     = errors.New("the answer broke off")
	ErrConfig         = errors.New("the settings do not allow the request")
)

// A Refusal is what a service said of a request that it turned down, as far as
// it matters to whether and when it is worth asking again.
type Refusal struct {
	Status      int           // as of HTTP
	RetryAfter  time.Duration // how long it wants to be left alone; 0: it did not say
	ShouldRetry *bool         // what it thinks of asking again, whatever the status; nil: it did not say
}

// RefusalOf returns what err tells of a refusal; ok is false where no service
// has answered. Errors of providers tell it by a method Refusal.
func RefusalOf(err error) (r Refusal, ok bool) {
	type refusal interface {
		error
		Refusal() Refusal
	}
	if e, ok := errors.AsType[refusal](err); ok {
		return e.Refusal(), true
	}
	return Refusal{}, false
}

// ForLog is the text of err that may be logged. An error whose words came from
// elsewhere, and might quote a prompt, says so by a method Discreet.
func ForLog(err error) string {
	type discreet interface {
		error
		Discreet() string
	}
	if d, ok := errors.AsType[discreet](err); ok {
		return d.Discreet()
	}
	return err.Error()
}

// Trouble is the name of a kind of trouble, for a status, a counter or a log.
// It is "" where there is none.
type Trouble string

// The names, in the order in which TroubleOf looks for them.
var troubles = []struct {
	err  error
	name Trouble
}{
	{ErrNoKey, "no_key"},
	{ErrUnauthorized, "unauthorized"},
	{ErrBilling, "billing"},
	{ErrBudget, "budget"},
	{ErrRateLimited, "rate_limited"},
	{ErrShed, "shed"},
	{ErrInvalidRequest, "invalid_request"},
	{ErrUnknownModel, "unknown_model"},
	{ErrTimeout, "timeout"},
	{ErrUnavailable, "unavailable"},
	{ErrOffline, "offline"},
	{ErrRefused, "refused"},
	{ErrIncomplete, "incomplete"},
	{ErrConfig, "config"},
}

// troubleInternal names what no provider has a word for.
const troubleInternal Trouble = "internal"

// Troubles are all names.
func Troubles() []Trouble {
	var names []Trouble
	for _, t := range troubles {
		names = append(names, t.name)
	}
	return append(names, troubleInternal)
}

// Err is an error of the kind, nil for "".
func (t Trouble) Err() error {
	if t == "" {
		return nil
	}
	for _, known := range troubles {
		if known.name == t {
			return known.err
		}
	}
	return errors.New(string(t))
}

// TroubleOf names the kind of err. Ends that the caller brought about itself
// (a cancelled or expired context of its own) are no trouble; an unknown error
// is "internal".
func TroubleOf(err error) Trouble {
	if err == nil {
		return ""
	}
	for _, t := range troubles {
		if errors.Is(err, t.err) {
			return t.name
		}
	}
	if errors.Is(err, context.Canceled) {
		return ""
	}
	return troubleInternal
}
