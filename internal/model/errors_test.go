package model

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

// said is an error with words from elsewhere.
type said struct{ words string }

func (s said) Error() string  { return "400: " + s.words }
func (said) Discreet() string { return "400" }

func TestForLogLeavesOutTheWordsOfOthers(t *testing.T) {
	if got := ForLog(fmt.Errorf("asking: %w", said{"a line of the prompt"})); got != "400" {
		t.Errorf("logged %q", got)
	}
	if got := ForLog(ErrTimeout); got != ErrTimeout.Error() {
		t.Errorf("logged %q", got)
	}
}

func TestTroubleOf(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want Trouble
	}{
		{nil, ""},
		{fmt.Errorf("x: %w", ErrNoKey), "no_key"},
		{fmt.Errorf("%w: %w", ErrTimeout, context.DeadlineExceeded), "timeout"},
		{context.Canceled, ""},
		{fmt.Errorf("%w: %w", ErrBudget, errors.New("the store")), "budget"},
		{errors.New("odd"), "internal"},
	} {
		if got := TroubleOf(tt.err); got != tt.want {
			t.Errorf("%v is %q, want %q", tt.err, got, tt.want)
		}
	}
}

// A name leads back to an error of its kind.
func TestTroubleErr(t *testing.T) {
	for _, known := range troubles {
		if got := TroubleOf(known.name.Err()); got != known.name {
			t.Errorf("the error of %q is %q", known.name, got)
		}
	}
	if err := Trouble("").Err(); err != nil {
		t.Errorf("the error of no trouble is %v", err)
	}
	if got := TroubleOf(Trouble("internal").Err()); got != "internal" {
		t.Errorf("the error of an unknown kind is %q", got)
	}
}
