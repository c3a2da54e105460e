package route

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"iter"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/model"
)

// retries is how often a request is put again.
const retries = 3

// firstPause is how long to wait before the first retry, and twice as long
// before each further one. All three together are at most 1.75 s, and so within
// the time for which somebody who types has a use for the answer.
const firstPause = 250 * time.Millisecond

// RetryOptions of a Retry. The zero value works.
type RetryOptions struct {
	Times   int // how often to ask again; 0 is 3
	Observe Observer

	random func() float64 // in [0, 1); tests put their own in its place
}

// A Retry asks again after troubles that pass by themselves, as long as nothing
// was said yet and the answer would still be of use (see Useful).
type Retry struct {
	next model.Streamer
	o    RetryOptions
}

// NewRetry wraps next.
func NewRetry(next model.Streamer, o RetryOptions) *Retry {
	if o.Times <= 0 {
		o.Times = retries
	}
	if o.random == nil {
		o.random = rand.Float64
	}
	return &Retry{next, o}
}

// Stream implements model.Streamer. Its error is that of the last attempt.
func (r *Retry) Stream(ctx context.Context, p model.Prompt) iter.Seq2[model.Chunk, error] {
	return func(yield func(model.Chunk, error) bool) {
		useful := usefulUntil(ctx)
		for n := range r.o.Times + 1 {
			a := try(ctx, r.next, p, yield)
			if a.left || a.err == nil {
				return
			}
			wait := pause(n, a.err, r.o.random())
			if n == r.o.Times || a.spoke || ctx.Err() != nil || !passes(a.err) || !time.Now().Add(wait).Before(useful) {
				a.fail(yield)
				return
			}
			if !sleep(ctx, wait) {
				a.err = ended(ctx)
				a.fail(yield)
				return
			}
			r.o.Observe.abandoned(p, a.usage())
			r.o.Observe.tell(Event{Kind: Retried, Trouble: model.TroubleOf(a.err), Priority: p.Priority, Wait: wait})
		}
	}
}

// passes reports whether trouble may pass by itself within seconds.
func passes(err error) bool {
	switch {
	case errors.Is(err, model.ErrBilling), errors.Is(err, model.ErrBudget), errors.Is(err, model.ErrShed):
		return false // a spending limit comes as a 429 and lasts until somebody raises it
	}
	if r, ok := model.RefusalOf(err); ok {
		if r.ShouldRetry != nil {
			return *r.ShouldRetry
		}
		switch r.Status {
		case http.StatusRequestTimeout, http.StatusConflict, http.StatusTooManyRequests:
			return true
		}
		return r.Status >= 500
	}
	var untrusted *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	if errors.As(err, &untrusted) || errors.As(err, &unknown) {
		return false // a certificate does not get better
	}
	return Down(err)
}

// pause is how long to wait before a request is put again after n retries. What
// the service asked for is kept to, and not undercut: chance lengthens it by up
// to a tenth, so that the editors of a machine do not all come back at once.
func pause(n int, err error, random float64) time.Duration {
	if r, _ := model.RefusalOf(err); r.RetryAfter > 0 {
		return r.RetryAfter + time.Duration(random*float64(r.RetryAfter)/10)
	}
	longest := firstPause << n
	return longest/2 + time.Duration(random*float64(longest/2))
}
