// Package script is a model that says what a test wrote down for it: a
// model.Streamer without a network, whose waits are those of the test's clock.
//
// It works inside testing/synctest: nothing in it waits but on timers, contexts
// and channels made at the time of use.
package script

import (
	"context"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/model"
)

// An Answer is what the model says to one prompt.
type Answer struct {
	Chunks []string
	Bare   bool // the chunks are bare code; otherwise Markdown with a fence
	Usage  *model.Usage
	Stop   model.Stop // of the last chunk; "" is model.StopEnd

	First time.Duration // before the first chunk
	Each  time.Duration // before each later chunk, and before the end
	Err   error         // in the place of the end, after the chunks
	Hang  bool          // in the place of the end: nothing more until the context ends
}

// Says is a Markdown answer of these chunks, without a pause.
func Says(chunks ...string) Answer { return Answer{Chunks: chunks} }

// Fails is an answer of nothing but err.
func Fails(err error) Answer { return Answer{Err: err} }

// A Model answers prompts by its script. The zero value has nothing to say to
// anyone. It is safe for concurrent use.
type Model struct {
	mu      sync.Mutex
	queue   []Answer
	answer  func(model.Prompt) Answer
	prompts []model.Prompt
	counts  Counts
}

// Counts says what became of the streams of a Model. Each stream that is no
// longer live is in exactly one of the three others.
type Counts struct {
	Live     int // being read now
	Peak     int // most that were live at once
	Finished int // complete: the chunk with the Stop was taken
	Failed   int // ended in the script's Err
	Aborted  int // given up by the reader, or ended with its context
}

// New is a Model that gives these answers, one for each prompt, and says
// nothing after the last.
func New(answers ...Answer) *Model { return &Model{queue: answers} }

// Always is a Model that gives the same answer to everyone.
func Always(a Answer) *Model { return Func(func(model.Prompt) Answer { return a }) }

// Func is a Model whose answers f works out; f may be called from several
// goroutines at once.
func Func(f func(model.Prompt) Answer) *Model { return &Model{answer: f} }

// Queue appends answers for the next prompts. They go before those of Func.
func (m *Model) Queue(answers ...Answer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.queue = append(m.queue, answers...)
}

// Prompts returns the prompts so far, in the order in which their streams were
// first read.
func (m *Model) Prompts() []model.Prompt {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.prompts)
}

// Counts returns what became of the streams so far.
func (m *Model) Counts() Counts {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.counts
}

// Stream answers p. As with a real provider nothing happens before the
// sequence is read, and each reading is a request of its own. When ctx ends
// first, the error is its cause.
func (m *Model) Stream(ctx context.Context, p model.Prompt) iter.Seq2[model.Chunk, error] {
	return func(yield func(model.Chunk, error) bool) {
		a := m.begin(p)
		end := &m.counts.Aborted // until something better is known; also if yield panics
		defer func() { m.end(end) }()

		pause := a.First
		for _, text := range a.Chunks {
			if !wait(ctx, pause) {
				yield(model.Chunk{}, context.Cause(ctx))
				return
			}
			pause = a.Each
			if !yield(model.Chunk{Text: text, Markdown: !a.Bare}, nil) {
				return
			}
		}
		if a.Hang {
			<-ctx.Done()
		}
		if !wait(ctx, pause) {
			yield(model.Chunk{}, context.Cause(ctx))
			return
		}
		if a.Err != nil {
			end = &m.counts.Failed
			yield(model.Chunk{}, a.Err)
			return
		}
		end = &m.counts.Finished
		if a.Stop == "" {
			a.Stop = model.StopEnd
		}
		yield(model.Chunk{Markdown: !a.Bare, Usage: a.Usage, Stop: a.Stop}, nil)
	}
}

// begin takes the answer to p and counts its stream.
func (m *Model) begin(p model.Prompt) Answer {
	m.mu.Lock()
	m.prompts = append(m.prompts, p)
	m.counts.Live++
	m.counts.Peak = max(m.counts.Peak, m.counts.Live)
	var a Answer
	answer := m.answer
	if len(m.queue) > 0 {
		a, m.queue, answer = m.queue[0], m.queue[1:], nil
	}
	m.mu.Unlock()
	if answer != nil {
		return answer(p) // outside the lock: it may look at Prompts
	}
	return a
}

// end counts one stream out. count is guarded by the lock.
func (m *Model) end(count *int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.counts.Live--
	*count++
}

// wait pauses for d and reports whether ctx is still good.
func wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
