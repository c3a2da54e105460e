package route

import (
	"context"
	"iter"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/model"
)

// How long an answer is of use after it was asked for. Someone who types has
// typed something else by then; someone who asked by hand waits, and watches.
const (
	usefulTyping  = 3 * time.Second
	usefulInvoked = 10 * time.Second
)

// UsefulOptions say for how long answers are of use. A zero field means its
// default.
type UsefulOptions struct {
	Typing  time.Duration // asked for because of typing, or ahead; 3s
	Invoked time.Duration // asked for by hand; 10s
}

// A Useful tells those below it until when an answer is of use. It ends
// nothing: what was begun may still come, and serve the next key. But nobody
// begins anything new after that moment.
type Useful struct {
	next model.Streamer
	o    UsefulOptions
}

// NewUseful wraps next.
func NewUseful(next model.Streamer, o UsefulOptions) *Useful {
	if o.Typing <= 0 {
		o.Typing = usefulTyping
	}
	if o.Invoked <= 0 {
		o.Invoked = usefulInvoked
	}
	return &Useful{next, o}
}

// Stream implements model.Streamer.
func (u *Useful) Stream(ctx context.Context, p model.Prompt) iter.Seq2[model.Chunk, error] {
	return func(yield func(model.Chunk, error) bool) {
		d := u.o.Typing
		if p.Invoked {
			d = u.o.Invoked
		}
		u.next.Stream(context.WithValue(ctx, usefulKey{}, time.Now().Add(d)), p)(yield)
	}
}

// usefulKey is of the moment until which an answer is of use, in a context. The
// moment carries the monotonic clock's reading, so that it stays where it is
// when the machine's clock is set.
type usefulKey struct{}

// usefulUntil is that moment; where nobody has said, the one for typing that
// begins now.
func usefulUntil(ctx context.Context) time.Time {
	if t, ok := ctx.Value(usefulKey{}).(time.Time); ok {
		return t
	}
	return time.Now().Add(usefulTyping)
}
