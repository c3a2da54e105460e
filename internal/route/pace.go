package route

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/claude-lsp/claude-lsp/internal/model"
)

// reserves say which part of each limit is kept back from requests of a
// priority: what is left of it is for those that are more urgent.
var reserves = [model.Priorities]float64{
	model.Keystroke: 0, model.Ahead: 0.1, model.Prewarm: 0.25, model.Background: 0.5,
}

const (
	// holdUnknown is how long an endpoint that turned a request down for its
	// limits, and did not say for how long, is not asked.
	holdUnknown = time.Second
	// maxHold bounds what it may ask for. One request a minute finds out.
	maxHold = time.Minute
)

// PaceOptions of a Pace. The zero value works.
type PaceOptions struct {
	Name    string // of the endpoint, for events
	Observe Observer
}

// A Pace keeps requests to one endpoint within its limits, the urgent ones
// first. It knows the limits from the endpoint's own answers (see Limits), and
// lets everything pass until it does.
//
// A keystroke waits for its turn as long as the answer is of use, and else ends
// in model.ErrRateLimited without having been sent. Whatever nobody waits for is
// not sent, and ends in model.ErrShed, while the limits are nearly used up.
type Pace struct {
	next model.Streamer
	o    PaceOptions

	mu      sync.Mutex
	held    time.Time // nothing is sent before
	pending int       // requests sent whose answer has not begun
	limits  [buckets]bucket
}

// The limits of an endpoint.
const (
	ofRequests = iota
	ofInput
	ofOutput
	buckets
)

// A bucket is one limit.
type bucket struct {
	left  *rate.Limiter // nil: the endpoint has none, or has not said
	usual float64       // what a request takes of it
}

// NewPace wraps next.
func NewPace(next model.Streamer, o PaceOptions) *Pace {
	p := &Pace{next: next, o: o}
	p.limits[ofRequests].usual = 1
	return p
}

// Limits takes in what the endpoint said of its limits. That takes the place of
// what was reckoned here: other programs use the same key. What was sent
// meanwhile is taken off, because the endpoint may not have counted it.
func (p *Pace) Limits(l model.Limits) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	for i, told := range [buckets]model.Limit{l.Requests, l.Input, l.Output} {
		b := &p.limits[i]
		if told.Max <= 0 {
			continue
		}
		left := float64(told.Left) - float64(max(0, p.pending-1))*b.usual
		b.left = rate.NewLimiter(rate.Limit(float64(told.Max)/60), told.Max)
		b.left.AllowN(now, told.Max-int(min(max(left, 0), float64(told.Max))))
	}
}

// Stream implements model.Streamer.
func (p *Pace) Stream(ctx context.Context, prompt model.Prompt) iter.Seq2[model.Chunk, error] {
	return func(yield func(model.Chunk, error) bool) {
		if err := p.Admit(ctx, prompt.Priority); err != nil {
			yield(model.Chunk{}, err)
			return
		}
		begun := sync.OnceFunc(p.sent())
		defer begun()
		var usage *model.Usage
		defer func() { p.learn(usage) }()
		for chunk, err := range p.next.Stream(ctx, prompt) {
			begun()
			if err != nil {
				p.refused(err)
			}
			if chunk.Usage != nil {
				usage = chunk.Usage
			}
			if !yield(chunk, err) {
				return
			}
		}
	}
}

// sent notes that a request is on its way, and returns what to call when its
// answer has begun.
func (p *Pace) sent() func() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pending++
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.pending--
	}
}

// Admit waits until a request of the priority may be sent, and counts it as
// sent. The error says why it may not be: model.ErrRateLimited for a keystroke,
// model.ErrShed for all else, or that of ctx.
func (p *Pace) Admit(ctx context.Context, priority model.Priority) error {
	wait, err := p.admit(time.Now(), priority, usefulUntil(ctx))
	switch {
	case err != nil:
		p.o.Observe.tell(Event{Kind: Shed, Endpoint: p.o.Name, Priority: priority, Trouble: model.TroubleOf(err)})
		return err
	case !sleep(ctx, wait):
		return ended(ctx)
	}
	return nil
}

// admit decides at the moment now: how long to wait, or why not to send.
func (p *Pace) admit(now time.Time, priority model.Priority, useful time.Time) (time.Duration, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	wait := max(0, p.held.Sub(now))
	if priority > model.Keystroke {
		for i := range p.limits {
			if b := &p.limits[i]; wait > 0 || !b.allows(now, reserves[min(int(priority), model.Priorities-1)]) {
				return 0, fmt.Errorf("%w (%s)", model.ErrShed, priority)
			}
		}
	}
	var taken []*rate.Reservation
	for i := range p.limits {
		if b := &p.limits[i]; b.left != nil {
			r := b.left.ReserveN(now, min(int(b.usual+0.5), b.left.Burst()))
			taken = append(taken, r)
			wait = max(wait, r.DelayFrom(now))
		}
	}
	if wait > 0 && !now.Add(wait).Before(useful) {
		for _, r := range taken {
			r.CancelAt(now)
		}
		return 0, &limited{wait}
	}
	return wait, nil
}

// allows reports whether a request leaves the reserve untouched.
func (b *bucket) allows(now time.Time, reserve float64) bool {
	return b.left == nil || b.left.TokensAt(now)-b.usual >= reserve*float64(b.left.Burst())
}

// refused takes in that the endpoint wants fewer requests.
func (p *Pace) refused(err error) {
	r, ok := model.RefusalOf(err)
	if !ok || r.Status != http.StatusTooManyRequests || errors.Is(err, model.ErrBilling) {
		return
	}
	hold := r.RetryAfter
	if hold <= 0 {
		hold = holdUnknown
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if until := time.Now().Add(min(hold, maxHold)); until.After(p.held) {
		p.held = until
	}
}

// learn takes in what a request has taken of the limits. Prompts read from the
// cache do not count against them.
func (p *Pace) learn(u *model.Usage) {
	if u == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, n := range map[int]int{ofInput: u.Input + u.CacheWrite5m + u.CacheWrite1h, ofOutput: u.Output} {
		b := &p.limits[i]
		b.usual += (float64(n) - b.usual) / 8
	}
}

// limited is the error of a keystroke that would have to wait for too long.
type limited struct{ wait time.Duration }

func (l *limited) Error() string {
	return fmt.Sprintf("%v: the service's limit leaves no room for another %v", model.ErrRateLimited, l.wait.Round(100*time.Millisecond))
}

// Is makes it a model.ErrRateLimited.
func (l *limited) Is(target error) bool { return target == model.ErrRateLimited }

// Refusal implements what model.RefusalOf looks for.
func (l *limited) Refusal() model.Refusal {
	return model.Refusal{Status: http.StatusTooManyRequests, RetryAfter: l.wait}
}
