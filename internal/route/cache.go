package route

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"io"
	"iter"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/model"
)

// An AnswerKey names a question: a digest of all that determines its answer. It
// tells nothing of the question's text.
type AnswerKey [sha256.Size]byte

// A KeptAnswer is what a model said to a question, as it said it: with the
// placeholders that stand for secrets in the question.
type KeptAnswer struct {
	Text     string
	Markdown bool
	// Stop is why the model ended the answer. "" says that it did not: its reader
	// had enough. The same reader has enough of it again, at the same byte,
	// because it reads bytes and not chunks.
	Stop model.Stop
}

// Answers keep answers. The store is behind them.
type Answers interface {
	// Find returns the answer to a question. It is asked while somebody waits, so
	// it must say no rather than take long.
	Find(ctx context.Context, k AnswerKey) (KeptAnswer, bool)
	// Keep keeps an answer, and Forget forgets one. They must not wait.
	Keep(k AnswerKey, a KeptAnswer)
	Forget(k AnswerKey)
}

// CacheOptions say how answers are kept. Answers must be set.
type CacheOptions struct {
	Answers Answers
	// Salt is what determines answers beside the prompt: who answers, and which
	// version of the program reads the answer.
	Salt string
	// Keepable reports whether a text may be kept on the disk; nil: any may.
	Keepable func(text string) bool
}

// maxKept is the largest answer that is kept, in bytes.
const maxKept = 64 << 10

// errHalf says that a reader wants more of an answer than the one for whom it
// was kept.
var errHalf = fmt.Errorf("%w: what was kept of it ends here", model.ErrIncomplete)

// Cached answers from what is kept, and keeps what next answers. What is kept
// comes as chunks that say so, and costs nothing.
//
// An answer is kept when it is complete, or when its reader left it because it
// had enough. One that broke off, was refused, was cut off from outside or says
// nothing is not.
func Cached(next model.Streamer, o CacheOptions) model.Streamer {
	if o.Keepable == nil {
		o.Keepable = func(string) bool { return true }
	}
	return caching{next, o}
}

type caching struct {
	next model.Streamer
	o    CacheOptions
}

// Stream implements model.Streamer.
func (c caching) Stream(ctx context.Context, p model.Prompt) iter.Seq2[model.Chunk, error] {
	return func(yield func(model.Chunk, error) bool) {
		k := keyOf(p, c.o.Salt)
		if a, ok := c.o.Answers.Find(ctx, k); ok {
			c.play(k, a, yield)
			return
		}
		var (
			text     strings.Builder
			markdown bool
		)
		for chunk, err := range c.next.Stream(ctx, p) {
			text.WriteString(chunk.Text)
			markdown = markdown || chunk.Markdown && chunk.Text != ""
			more := yield(chunk, err)
			switch {
			case err != nil:
				return
			case chunk.Stop != "" || !more && ctx.Err() == nil:
				c.keep(k, KeptAnswer{text.String(), markdown, chunk.Stop})
				return
			case !more:
				return
			}
		}
	}
}

// play says what is kept.
func (c caching) play(k AnswerKey, a KeptAnswer, yield func(model.Chunk, error) bool) {
	if !yield(model.Chunk{Text: a.Text, Markdown: a.Markdown, Kept: true}, nil) {
		return
	}
	if a.Stop != "" {
		yield(model.Chunk{Kept: true, Stop: a.Stop}, nil)
		return
	}
	c.o.Answers.Forget(k)
	yield(model.Chunk{}, errHalf)
}

func (c caching) keep(k AnswerKey, a KeptAnswer) {
	if strings.TrimSpace(a.Text) == "" || len(a.Text) > maxKept || !c.o.Keepable(a.Text) {
		return // the next time there may be something to say
	}
	c.o.Answers.Keep(k, a)
}

// keyOf names a question. Blocks go in by their IDs, which are digests of what
// they hold: equal ones mean equal bytes, and the window is 240 KB.
func keyOf(p model.Prompt, salt string) AnswerKey {
	h := sha256.New()
	text := func(parts ...string) {
		for _, s := range parts {
			number(h, len(s))
			_, _ = io.WriteString(h, s) // a hash never fails
		}
	}
	text("claude-lsp answer 1", salt, p.Model, p.Language, p.Path, p.Rules, p.Notes, p.Before, p.After, p.Mark, p.Task)
	number(h, p.MaxTokens)
	number(h, flags(p.OneLine, p.Invoked))
	number(h, len(p.Blocks))
	for _, b := range p.Blocks {
		text(b.ID)
	}
	number(h, len(p.Near))
	for _, part := range p.Near {
		text(part.Path, part.Text)
		number(h, part.FirstLine)
		number(h, part.LastLine)
	}
	return AnswerKey(h.Sum(nil))
}

func number(h hash.Hash, n int) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(n))
	_, _ = h.Write(b[:])
}

func flags(all ...bool) (n int) {
	for _, f := range all {
		n *= 2
		if f {
			n++
		}
	}
	return n
}
