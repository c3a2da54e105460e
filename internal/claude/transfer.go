package claude

import (
	"sync/atomic"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/model"
)

// A Transfer is how long one request was on the way.
type Transfer struct {
	Model string
	Wire  int64       // bytes of the body as it was sent
	Plain int64       // bytes of it before it was compressed; Wire where it was not
	Usage model.Usage // of the prompt, as the beginning of the answer told it

	// Upload is from the moment at which there was a connection until the last
	// byte of the body was handed to the network. What the system keeps in its
	// own buffers counts as handed over, so the bytes may arrive a good deal
	// later. FirstByte is from the same moment until the answer began.
	Upload, FirstByte time.Duration
}

// A transfer takes the times of a request, from the goroutines of net/http.
type transfer struct {
	begun              atomic.Int64 // nanoseconds since epoch, as the next two; 0: not yet
	uploaded, firstGot atomic.Int64
	told               bool
}

// epoch is where the times of transfers count from, on the monotonic clock.
var epoch = time.Now()

func (t *transfer) begin() {
	t.begun.Store(int64(time.Since(epoch)))
	t.uploaded.Store(0)
	t.firstGot.Store(0)
}

func (t *transfer) wrote()    { t.uploaded.CompareAndSwap(0, int64(time.Since(epoch))) }
func (t *transfer) answered() { t.firstGot.CompareAndSwap(0, int64(time.Since(epoch))) }

// observe tells of a request once, when its answer has begun and said what the
// prompt was.
func (c *Client) observe(r *request, u model.Usage) {
	t := &r.transfer
	if c.opts.Observe == nil || t.told {
		return
	}
	t.told = true
	begun, first := t.begun.Load(), t.firstGot.Load()
	if begun == 0 || first < begun {
		return
	}
	// A server may answer before it has read everything, or before we were told
	// that it has.
	uploaded := t.uploaded.Load()
	if uploaded < begun || uploaded > first {
		uploaded = first
	}
	c.opts.Observe(Transfer{
		Model: r.model, Wire: r.body.size, Plain: r.plain, Usage: u,
		Upload: time.Duration(uploaded - begun), FirstByte: time.Duration(first - begun),
	})
}
