package completion

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/document"
)

const (
	// grace is how long a stream goes on that nobody waits for: the time to
	// press the next key or to take back the last one. At 60 tokens a second it
	// costs at most 60 tokens.
	grace = time.Second
	// graceShown is the same for a stream whose first lines are on the screen
	// and whose rest is to be there when they are taken.
	graceShown = 5 * time.Second
	// inFlight is how many streams of one document run at the same time: the
	// newest, and one that may still be returned to.
	inFlight = 2
	// maxDocuments bounds the documents whose last text is remembered.
	maxDocuments = 16
	// forgetNothing is how long it is remembered that the model had nothing to
	// say: it may have more to say when other files are open.
	forgetNothing = time.Minute
)

// errUnused ends a stream that nobody can be answered from.
var errUnused = errors.New("nobody waits for the stream")

// The sittings are what an engine remembers: of each document the text it last
// saw and the suggestions made for it.
type sittings struct {
	clock Clock
	limit int // bytes of finished suggestions

	ctx  context.Context // of all streams
	stop context.CancelFunc
	work sync.WaitGroup

	mu     sync.Mutex
	closed bool
	docs   map[string]*sitting
	used   uint64
	kept   []*suggestion // finished ones, the least recently used first
	bytes  int           // of kept
	keys   rhythm        // between two keys
	firsts rhythm        // from asking to the first text
}

// A sitting is the work on one document.
type sitting struct {
	doc     *document.Document
	when    time.Time       // of the last change
	at      document.Offset // the cursor after it
	deleted bool            // it did nothing but delete in front of the cursor
	starved time.Time       // since when keys have come too fast to be asked for; zero if the last one was answered or asked for
	used    uint64
	misses  int
	typo    bool
	all     []*suggestion // newest first
}

func newSittings(clock Clock, limit int) *sittings {
	s := &sittings{clock: clock, limit: limit, docs: map[string]*sitting{}}
	s.ctx, s.stop = context.WithCancel(context.Background())
	return s
}

func (s *sittings) close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.stop()
	s.work.Wait()
}

// arrive notes that a request has come for a place of doc, and returns what is
// known for it: whether the last edit did nothing but delete.
func (s *sittings) arrive(doc *document.Document, at document.Offset) (deleted bool) {
	now := s.clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.docs[doc.URI()]
	if t == nil {
		t = &sitting{doc: doc, when: now}
		s.docs[doc.URI()] = t
		s.forgetDocuments()
	}
	s.used++
	t.used = s.used
	old := t.doc
	if t.doc = doc; old == doc {
		return t.deleted && at == t.at
	}
	// Pauses for thought are not typing, and what comes all at once is not
	// either.
	if d := now.Sub(t.when); d >= 20*time.Millisecond && d < time.Second {
		s.keys.add(d)
	}
	t.when = now
	from := old.CommonPrefix(doc)
	suffix := min(old.CommonSuffix(doc), min(old.Len(), doc.Len())-from)
	end, by := old.Len()-suffix, doc.Len()-old.Len()
	for _, g := range t.all {
		g.spot = g.spot.moved(end, by)
	}
	taken := old.Slice(from, end)
	t.at, t.deleted = at, by < 0 && from+suffix == doc.Len() && // nothing was put in
		at <= from && at >= from+by && // equal characters: any of them may be the one
		len(taken) < around && !strings.ContainsAny(taken, "\r\n")
	return t.deleted
}

// forgetDocuments drops what was used longest ago if there are too many
// documents.
func (s *sittings) forgetDocuments() {
	if len(s.docs) <= maxDocuments {
		return
	}
	oldest := ""
	for u, t := range s.docs {
		if o := s.docs[oldest]; t.used > 0 && (o == nil || t.used < o.used) {
			oldest = u
		}
	}
	if t := s.docs[oldest]; t != nil {
		for _, g := range slices.Clone(t.all) {
			s.drop(g)
		}
		delete(s.docs, oldest)
	}
}

// take holds the suggestion for a request. The lock must be held.
func (s *sittings) take(h hit) {
	if i := slices.Index(s.kept, h.suggestion); i >= 0 { // it is the most recently used now
		s.kept = append(slices.Delete(s.kept, i, i+1), h.suggestion)
		return
	}
	h.followers++
	if h.unwatch != nil {
		h.unwatch()
		h.unwatch = nil
	}
}

// release says that a request waits no more for a suggestion. A stream that
// nobody waits for is ended after a while.
func (s *sittings) release(g *suggestion, shown bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g.shown = g.shown || shown
	if g.size > 0 || s.closed {
		return
	}
	if g.followers--; g.followers > 0 {
		return
	}
	wait := grace
	if (g.shown || g.ahead) && !g.left {
		wait = graceShown
	}
	ctx, cancel := context.WithCancel(s.ctx)
	g.unwatch = cancel
	s.work.Go(func() {
		defer cancel()
		if s.clock.Sleep(ctx, wait) == nil {
			s.mu.Lock()
			defer s.mu.Unlock()
			if ctx.Err() == nil {
				g.abort()
			}
		}
	})
}

// begin makes a new suggestion for a place, or for the line behind it, unless
// one has come meanwhile that r can be answered from. What is under way and of
// no use any more is ended. ok is false if the engine was closed.
func (s *sittings) begin(r Request, doc *document.Document, at document.Offset, n *next) (found hit, news context.Context, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return hit{}, nil, false
	}
	if f := s.search(r, doc, at); f.ok {
		return f.hit, nil, true
	}
	t := s.docs[doc.URI()]
	if t == nil { // forgotten while the request paused
		t = &sitting{doc: doc, used: s.used}
		s.docs[doc.URI()] = t
	}
	t.starved = time.Time{}
	flying := 1
	var after []<-chan struct{}
	for _, g := range t.all {
		if g.size > 0 || g.aborted {
			continue
		}
		if flying++; g.left || g.of != nil && g.of.left || flying > inFlight {
			flying--
			g.abort()
			after = append(after, g.done)
		}
	}
	found, news = s.make(t, r, doc, at, n, after)
	return found, news, true
}

// make puts a new suggestion into a sitting. Its stream begins when those
// before it are over. The lock must be held.
func (s *sittings) make(t *sitting, r Request, doc *document.Document, at document.Offset, n *next, after []<-chan struct{}) (hit, context.Context) {
	g := &suggestion{
		uri: doc.URI(), invoked: r.Invoked, wanted: r.wanted(), settings: settingsOf(r),
		changed: make(chan struct{}), done: make(chan struct{}), after: after, followers: 1,
	}
	if n != nil {
		g.spot, g.ahead, g.of = n.spot, true, n.of
		n.of.followedBy = true
	} else {
		g.spot = spotAt(doc, at)
	}
	ctx, cancel := context.WithCancelCause(s.ctx)
	g.cancel = cancel
	t.all = slices.Insert(t.all, 0, g)
	return hit{suggestion: g, live: true}, ctx
}

// start runs a stream, unless the engine was closed.
func (s *sittings) start(run func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.work.Go(run)
	return true
}

// flying reports whether a question about a document is under way.
func (s *sittings) flying(uri string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.docs[uri]
	return t != nil && slices.ContainsFunc(t.all, func(g *suggestion) bool { return g.size == 0 && !g.aborted })
}

// settled keeps a suggestion whose stream is over, or drops it if it must not be
// shown again.
func (s *sittings) settled(g *suggestion, good bool, first time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	size := g.bytes() // with the lock: typing moves its place
	g.cancel(nil)
	if first > 0 {
		s.firsts.add(first)
	}
	if g.unwatch != nil {
		g.unwatch()
		g.unwatch = nil
	}
	g.size, g.of = size, nil // a chain of all that was typed would never end
	if !good || g.dropped {
		s.drop(g)
		return
	}
	s.kept = append(s.kept, g)
	for s.bytes += size; s.bytes > s.limit; {
		s.drop(s.kept[0])
	}
}

// drop forgets a suggestion, and ends its stream. The lock must be held.
func (s *sittings) drop(g *suggestion) {
	g.abort()
	g.dropped = true
	if t := s.docs[g.uri]; t != nil {
		t.all = slices.DeleteFunc(t.all, func(o *suggestion) bool { return o == g })
	}
	if i := slices.Index(s.kept, g); i >= 0 {
		s.kept = slices.Delete(s.kept, i, i+1)
		s.bytes -= g.size
	}
}

// history is what is known of the document and of everybody's typing.
func (s *sittings) history(uri string) History {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := History{Gap: s.keys.usual(), First: s.firsts.usual()}
	if t := s.docs[uri]; t != nil {
		h.Misses, h.Typo = t.misses, t.typo
		if !t.starved.IsZero() {
			h.Starved = s.clock.Now().Sub(t.starved)
		}
	}
	return h
}

// starve notes that a key waits to be asked for.
func (s *sittings) starve(uri string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.docs[uri]; t != nil && t.starved.IsZero() {
		t.starved = s.clock.Now()
	}
}

// settingsOf are the settings that a suggestion depends on.
func settingsOf(r Request) Settings {
	return Settings{Model: r.Settings.Model, MaxTokens: r.Settings.MaxTokens, Multiline: r.Settings.Multiline, Ahead: r.Settings.Ahead, Indent: r.Settings.Indent}
}
