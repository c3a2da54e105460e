package doccontext

import (
	"context"
	"slices"
	"time"

	"github.com/claude-lsp/claude-lsp/context/rank"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

const (
	// rankAfter is how long a ranking that nobody waits for lets the keystroke go
	// first: by then its prompt is on the way.
	rankAfter = 5 * time.Millisecond
	// rankWithin is how long the ranking of a line may take while somebody types,
	// and byHandWithin where one asked by hand, who waits for it.
	rankWithin   = 20 * time.Millisecond
	byHandWithin = 100 * time.Millisecond
	// freezeWithin is the same for what is frozen: it is chosen once for some
	// hundred keys. It takes a twentieth of this where the machine is not busy.
	freezeWithin = time.Second
	// rankAtLeisure is the same where somebody waits for the best there is.
	rankAtLeisure = 10 * time.Second
	// lookEvery is after how many keys the bulk is looked at again. At first it
	// is looked at more often: the workspace may still be read.
	lookEvery = 50
)

// Prepare has what r needs ranked in the background, and returns at once. One
// ranking of a document runs at a time; of the requests that come meanwhile the
// newest is ranked next. The windows that follow show what was found.
func (c *Collector) Prepare(r Request) {
	if c.rank == nil || r.Doc == nil || r.Budget <= 0 {
		return
	}
	if !r.Pause {
		c.pressed.Store(int64(time.Since(c.born)))
	}
	d := c.desks.get(r.Doc, r.Path)
	if r.Known {
		d.mu.Lock()
		d.keys++
		d.mu.Unlock()
		return
	}
	c.prepare(d, r)
}

// yield lets a key that was typed a moment ago go first.
func (c *Collector) yield() {
	if left := c.after - (time.Since(c.born) - time.Duration(c.pressed.Load())); left > 0 {
		time.Sleep(min(left, c.after))
	}
}

func (c *Collector) prepare(d *desk, r Request) (idle <-chan struct{}) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.keys++
	d.pause = d.pause || r.Pause
	d.next = &r
	if r.Wait != 0 || r.Pause {
		select {
		case d.hurry <- struct{}{}:
		default: // it was told
		}
	}
	if d.idle == nil {
		done := make(chan struct{})
		if d.idle = done; !c.start(func() { c.rankAll(d) }) {
			d.idle = nil
			d.ranked = true
			close(done)
		}
		return done
	}
	return d.idle
}

// start runs f, unless the collector was closed.
func (c *Collector) start(f func()) bool {
	c.closing.Lock()
	defer c.closing.Unlock()
	if c.ctx.Err() != nil {
		return false
	}
	c.running.Go(f)
	return true
}

// Close ends what runs in the background and waits for it. Windows can still be
// made, of what is known.
func (c *Collector) Close() {
	c.closing.Lock()
	c.stop()
	c.closing.Unlock()
	c.running.Wait()
}

// rankAll ranks what is wanted for a document until nothing is.
func (c *Collector) rankAll(d *desk) {
	for {
		d.mu.Lock()
		wanted := d.next != nil
		d.mu.Unlock()
		if wanted {
			c.giveWay(d)
		}
		d.mu.Lock()
		r := d.next
		if d.next = nil; r == nil || c.ctx.Err() != nil {
			d.ranked = true
			close(d.idle)
			d.idle = nil
			d.mu.Unlock()
			return
		}
		look := d.looks(c.now()) || d.epoch.isBlind() && !r.Blind
		d.mu.Unlock()
		c.rankFor(d, *r, look)
	}
}

// giveWay waits a moment, unless somebody waits for what is ranked or no key was
// typed.
func (c *Collector) giveWay(d *desk) {
	t := time.NewTimer(c.after)
	defer t.Stop()
	select {
	case <-t.C:
	case <-d.hurry:
	case <-c.ctx.Done():
	}
}

// looks reports whether it is time to look at the bulk. The lock must be held.
func (d *desk) looks(now time.Time) bool {
	step := min(max(d.looked, 1), lookEvery)
	return d.epoch == nil || d.pause || d.cold(now) || d.keys-d.looked >= step
}

// cold reports whether the provider has forgotten the document. The lock must be
// held.
func (d *desk) cold(now time.Time) bool {
	return !d.last.IsZero() && now.Sub(d.last) >= cacheLife
}

// rankFor ranks one request, and freezes the bulk anew if that is due.
func (c *Collector) rankFor(d *desk, r Request, look bool) {
	s, sh := c.scale(), shareOf(r.Budget)
	// A little is left for a document that grows and for estimates that do.
	limit := s.down(sh.bulk(r.Budget, s.up(tokens.Count(r.Doc.Len()/2)))) * 31 / 32
	d.mu.Lock()
	old := d.epoch
	d.mu.Unlock()
	q := rank.Query{
		Doc: r.Doc, At: r.At, Path: r.Path, Others: c.sharable(r), Recent: r.Recent,
		Line: size(s.down(sh.line)), Shown: c.shown(old),
	}
	if look {
		q.Bulk = size(limit)
	}
	if r.Wait == 0 {
		q.Yield = c.yield
	}
	ranking := c.ranking(d, r, q)
	if !look || len(ranking.Bulk) == 0 && old == nil {
		return
	}
	open := func(path string) bool {
		return slices.ContainsFunc(r.Others, func(o Other) bool { return o.Path == path })
	}
	fresh := c.freeze(ranking, open, limit, old)
	fresh.blind = r.Blind
	if e := c.consider(d, ranking, fresh, old); e != old {
		q.Bulk, q.Shown = 0, c.shown(e)
		c.ranking(d, r, q)
	}
}

// shown tells which signatures an epoch has.
func (c *Collector) shown(e *epoch) func(path, signature string) bool {
	return func(path, signature string) bool { return e.holds(path, c.cut(path, signature)) }
}

// ranking asks for one, gives it its time, and lays out what the line needs.
func (c *Collector) ranking(d *desk, r Request, q rank.Query) rank.Ranking {
	within := rankWithin
	switch {
	case r.Wait < 0:
		within = rankAtLeisure
	case q.Bulk > 0:
		within = freezeWithin
	case r.Wait > 0:
		within = byHandWithin
	}
	ctx, cancel := context.WithTimeout(c.ctx, within)
	defer cancel()
	ranking := c.rank(ctx, q)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.line = ranking.Line
	d.ranked = true
	return ranking
}

// consider takes a new epoch in the place of the old one if that is worth what
// it costs, and returns the one that counts from now on.
func (c *Collector) consider(d *desk, ranking rank.Ranking, fresh, old *epoch) *epoch {
	d.mu.Lock()
	defer d.mu.Unlock()
	m := moment{
		first: old == nil, wanted: fresh.tokens, rewrite: fresh.rewrite(old),
		wasted: d.wasted, keys: d.keys, pause: d.pause, cold: d.cold(c.now()),
		blind: old.isBlind() && !fresh.blind,
	}
	if d.frame != nil {
		m.rewrite += d.frame.tokens
	}
	if old != nil {
		m.frozen, m.drift = old.tokens, old.drift(c, ranking, fresh)
	}
	d.pause, d.looked, d.drift = false, d.keys, m.drift
	if why := m.due(); why != "" {
		d.epoch, d.ended = fresh, why
		d.keys, d.looked, d.drift, d.wasted = 0, 0, 0, 0
	}
	return d.epoch
}

// sharable are the other documents that may be shown.
func (c *Collector) sharable(r Request) []Other {
	return slices.DeleteFunc(slices.Clone(r.Others), func(o Other) bool {
		return o.Doc == nil || o.Doc.URI() == r.Doc.URI() || c.isSecret(o)
	})
}

// await waits for the ranking of a place, as long as the request says.
func (c *Collector) await(d *desk, r Request) {
	switch {
	case r.Wait == 0:
		return
	case r.Wait < 0:
		<-c.prepare(d, r) // each ranking has a time of its own, and Close ends them
		return
	}
	d.mu.Lock()
	under, ranked, wait := d.idle, d.ranked, r.Wait
	if d.epoch != nil && !d.epoch.blind {
		wait = min(wait, byHandWithin) // only the line is waited for
	}
	d.mu.Unlock()
	if under == nil && ranked {
		return
	}
	idle := (<-chan struct{})(under)
	if under == nil {
		idle = c.prepare(d, r)
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-idle:
	case <-t.C:
	}
}
