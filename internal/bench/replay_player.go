package main

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// What a player knows of a key.
type played struct {
	answer  chan reply
	pressed time.Time
	over    time.Time // when the next edit was sent: what comes later comes too late

	got   bool // the response came, and is r
	reply reply
}

const (
	// maxLag is how late the player may be before a run says nothing.
	maxLag = 20 * time.Millisecond
	// crossing is how long an item may be under way while an edit goes the
	// other way. One that comes later was made for a text that is gone.
	crossing = 10 * time.Millisecond
	// patience is how long a response may take once the document is closed.
	patience = 5 * time.Second
)

// A playback is how a session went.
type playback struct {
	name          string
	counts        counts
	lag           time.Duration // the worst
	steps, late   int           // messages, and those of them that were sent more than maxLag late
	before, after string        // memory of the server
}

// perform plays a session on a server.
func perform(ctx context.Context, s sitting, u *truthUpstream, p *plan) (playback, error) {
	back := playback{name: p.name, before: rss(s.cmd.Process.Pid)}
	u.play(p)
	strays := s.stray()
	began := time.Now()
	open := p.keys[:0:0] // no edit was sent after them yet
	for _, st := range p.steps {
		due := began.Add(time.Duration(float64(st.due) / u.o.speed))
		select {
		case <-ctx.Done():
			return back, context.Cause(ctx)
		case <-time.After(time.Until(due)):
		}
		lag := time.Since(due)
		back.lag = max(back.lag, lag)
		back.steps++
		if lag > maxLag {
			back.late++
		}
		if st.edits {
			for _, k := range open {
				k.played.over = time.Now()
			}
			open = open[:0]
		}
		var err error
		if st.key == nil {
			err = s.notify(st.method, st.params)
		} else {
			open = append(open, st.key)
			u.press(st.key)
			st.key.played.pressed = time.Now()
			st.key.played.answer, _, err = s.call(st.method, st.params)
		}
		if err != nil {
			return back, err
		}
	}
	if err := collect(ctx, p); err != nil {
		return back, err
	}
	back.after = rss(s.cmd.Process.Pid)
	back.counts = u.count(p)
	back.counts.double = s.stray() - strays
	return back, nil
}

// stray is how many responses came that nobody waited for.
func (c *client) stray() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.strays
}

// collect waits for the responses that are still to come.
func collect(ctx context.Context, p *plan) error {
	late := time.After(patience)
	for _, k := range p.keys {
		select {
		case r, ok := <-k.played.answer:
			if !ok {
				return errors.New("the server has ended")
			}
			k.played.got, k.played.reply = true, r
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-late:
			return nil // the others are lost
		}
	}
	select { // a second response, or the end of a stream, may still be under way
	case <-time.After(100 * time.Millisecond):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// counts are numbers of keys, where nothing else is said.
type counts struct {
	keys     int
	requests int // requests upstream
	ahead    int // of them, those for a place that nobody had come to yet

	local     int // no request was made for it: answered, or the stream under way brings what it needs
	declined  int // no request was made for it, and the answer is empty although some text is due
	overtaken int // no request was made for it before the next edit

	right int // a right text was there before the next edit
	none  int // nothing was due, and that was the answer before the next edit
	wrong int // a text that is not right was there

	stale    int // items that fit no text, or that came for a text that was gone
	crossed  int // items that were under way when the next edit was made
	lost     int // requests without a response
	double   int // responses that were one too many
	failed   int // errors that are not the ends of a request
	unplaced int // requests upstream whose place in the document was not found
}

func (c *counts) add(o counts) {
	c.keys += o.keys
	c.requests += o.requests
	c.ahead += o.ahead
	c.local += o.local
	c.declined += o.declined
	c.overtaken += o.overtaken
	c.right += o.right
	c.none += o.none
	c.wrong += o.wrong
	c.stale += o.stale
	c.crossed += o.crossed
	c.lost += o.lost
	c.double += o.double
	c.failed += o.failed
	c.unplaced += o.unplaced
}

// count judges a session that was played.
func (u *truthUpstream) count(p *plan) counts {
	u.mu.Lock()
	defer u.mu.Unlock()
	c := counts{keys: len(p.keys), requests: u.asked, ahead: u.ahead, unplaced: u.unplaced}
	for _, k := range p.keys {
		k.judged = u.judge(&c, p, k)
	}
	return c
}

// A judged key says in words what became of a key: what a person saw before the
// next edit, and what it took.
type judged struct{ seen, took string }

// judge counts one key.
func (u *truthUpstream) judge(c *counts, p *plan, k *key) (v judged) {
	m := k.played
	if !m.got {
		c.lost++
		return judged{seen: "lost"}
	}
	ended := m.reply.err != nil
	if ended && !endOfRequest(m.reply.err) {
		c.failed++
		return judged{seen: "failed"}
	}
	var items []item
	if !ended {
		var err error
		if items, err = itemsOf(m.reply.result); err != nil {
			c.failed++
			return judged{seen: "failed"}
		}
	}
	inTime := !m.reply.at.After(m.over)
	empty := !ended && len(items) == 0
	nothingDue := empty && k.truth >= 0 && k.rest == ""
	if len(items) > 0 {
		v.seen = c.show(p, k, items[0], m.reply.at.Sub(m.over))
	} else if nothingDue && inTime {
		c.none++
		v.seen = "none"
	}
	switch {
	case k.asked > 0:
		v.took = "asked"
	case len(items) > 0, nothingDue, ended && u.carries(k, m.over):
		c.local++
		v.took = "local"
	case empty:
		c.declined++
		v.took = "declined"
	default:
		c.overtaken++
		v.took = "overtaken"
	}
	return v
}

// show counts an item that came some time after the edit that followed.
func (c *counts) show(p *plan, k *key, i item, late time.Duration) (seen string) {
	right, fits := p.right(k, i)
	switch {
	case !fits, late > crossing:
		c.stale++
		return "stale"
	case late > 0:
		c.crossed++
		return "crossed"
	case right:
		c.right++
		return "right"
	default:
		c.wrong++
		return "wrong"
	}
}

// endOfRequest reports whether an error says that the request was superseded,
// cancelled or overtaken by an edit.
func endOfRequest(raw json.RawMessage) bool {
	const serverCancelled, contentModified, requestCancelled = -32802, -32801, -32800
	var e struct{ Code int }
	if json.Unmarshal(raw, &e) != nil {
		return false
	}
	return e.Code == serverCancelled || e.Code == contentModified || e.Code == requestCancelled
}
