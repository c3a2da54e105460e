package embedded

import (
	"context"
	"iter"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/claude-lsp/claude-lsp/internal/model"
	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// Options says what a Model may use. The zero value works.
type Options struct {
	MaxBytes int64 // memory for the workspace's files, their text included; 0 is 64 MiB
}

const defaultMaxBytes = 64 << 20

// A Model continues text from the files it was given and from the prompt
// itself. It is safe for concurrent use; it starts no goroutine and holds no
// file open.
type Model struct {
	maxBytes int64
	corpus   atomic.Pointer[corpus]

	mu    sync.Mutex // guards what follows, and who replaces corpus
	begun uint64     // how many calls of Update and Remove have begun
	calls map[string]*calls
}

var _ model.Streamer = (*Model)(nil)

// New returns a model that knows no file yet.
func New(o Options) *Model {
	m := &Model{maxBytes: o.MaxBytes, calls: map[string]*calls{}}
	if m.maxBytes <= 0 {
		m.maxBytes = defaultMaxBytes
	}
	m.corpus.Store(&corpus{})
	return m
}

// Update tells the model the text that a file has now. path is the file's path
// as Prompt.Path gives it: relative to its workspace folder, with slashes.
//
// It works in the caller's goroutine (some 10 ms for a MB) and hinders no
// Stream, so a caller that must not wait uses a goroutine of its own. Of
// several calls for one path the one that began last counts. Where the limit
// on memory is reached, the files deepest in the tree are left out, of equals
// the last by name: which ones does not depend on the order of the calls.
// Files of 2 MB and more are left out always.
func (m *Model) Update(path, languageID, text string) {
	call := m.begin(path)
	var s *source
	if len(text) < maxText {
		s = newSource(path, syntax.ByID(languageID), text, syntax.State{})
	}
	m.end(call, path, s)
}

// Remove makes the model forget a file.
func (m *Model) Remove(path string) { m.end(m.begin(path), path, nil) }

// calls is what is known of the calls for one path while any of them runs.
type calls struct {
	running int
	applied uint64 // the latest call that has taken effect
}

// begin gives a call its place in the order of calls.
func (m *Model) begin(path string) uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.calls[path]
	if c == nil {
		c = &calls{}
		m.calls[path] = c
	}
	c.running++
	m.begun++
	return m.begun
}

// end makes s the text of path, or forgets the path where s is nil, unless a
// call that began later has been here first.
func (m *Model) end(call uint64, path string, s *source) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.calls[path]
	if c.applied < call {
		c.applied = call
		m.corpus.Store(m.corpus.Load().with(path, s, m.maxBytes))
	}
	if c.running--; c.running == 0 {
		delete(m.calls, path)
	}
}

// Stream continues p.Before. The answer has no chunk with text where the model
// is not confident. The only error is that of ctx.
func (m *Model) Stream(ctx context.Context, p model.Prompt) iter.Seq2[model.Chunk, error] {
	return func(yield func(model.Chunk, error) bool) {
		w, ok := newWriter(ctx, m.corpus.Load(), p)
		if ok {
			for text := range w.lines() {
				if !yield(model.Chunk{Text: text}, nil) {
					return
				}
			}
		}
		if err := ctx.Err(); err != nil {
			yield(model.Chunk{}, context.Cause(ctx))
			return
		}
		yield(model.Chunk{Usage: &model.Usage{}, Stop: model.StopEnd}, nil)
	}
}

// A corpus is the files that the model knows at one moment. It is immutable.
type corpus struct {
	sources []*source // by path
	bytes   int64
	cut     rank // files of this rank and above were left out for want of memory; the zero rank is none
}

// A rank orders files by what is kept first.
type rank struct {
	depth int // of the path, from 1
	path  string
}

func rankOf(path string) rank { return rank{strings.Count(path, "/") + 1, path} }

func (r rank) before(o rank) bool {
	return r.depth < o.depth || r.depth == o.depth && r.path < o.path
}

// find returns where path stands in c.sources, or would stand.
func (c *corpus) find(path string) (int, bool) {
	return slices.BinarySearchFunc(c.sources, path, func(s *source, path string) int { return strings.Compare(s.path, path) })
}

func (c *corpus) has(path string) bool {
	_, found := c.find(path)
	return found
}

// with returns the corpus with s as the text of path, or without path where s
// is nil.
func (c *corpus) with(path string, s *source, maxBytes int64) *corpus {
	next := &corpus{bytes: c.bytes, cut: c.cut}
	i, found := c.find(path)
	after := i
	if found {
		next.bytes -= c.sources[i].size()
		after++
		next.cut = rank{} // there may be room again
	}
	next.sources = make([]*source, 0, len(c.sources)+1)
	next.sources = append(next.sources, c.sources[:i]...)
	if s != nil && (next.cut.depth == 0 || rankOf(path).before(next.cut)) {
		next.sources = append(next.sources, s)
		next.bytes += s.size()
	}
	next.sources = append(next.sources, c.sources[after:]...)
	for next.bytes > maxBytes {
		next.dropLast()
	}
	return next
}

// dropLast leaves out the file of the last rank. Everything of that rank and
// above stays out from then on, which is what makes the choice independent of
// the order in which files came.
func (c *corpus) dropLast() {
	last := 0
	for i, s := range c.sources {
		if rankOf(c.sources[last].path).before(rankOf(s.path)) {
			last = i
		}
	}
	c.cut = rankOf(c.sources[last].path)
	c.bytes -= c.sources[last].size()
	c.sources = slices.Delete(c.sources, last, last+1)
}

// near yields the corpus's files for a prompt at the path here: those in the same
// folder first, then the others, each in the order of their paths.
func (c *corpus) near(here string) iter.Seq2[*source, bool] {
	dir := path.Dir(here)
	return func(yield func(*source, bool) bool) {
		for _, same := range []bool{true, false} {
			for _, s := range c.sources {
				if s.path != here && (s.dir == dir) == same && !yield(s, same) {
					return
				}
			}
		}
	}
}
