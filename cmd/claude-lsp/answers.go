package main

import (
	"cmp"
	"context"
	"sync"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/claude"
	"github.com/claude-lsp/claude-lsp/internal/config"
	"github.com/claude-lsp/claude-lsp/internal/model"
	"github.com/claude-lsp/claude-lsp/internal/redact"
	"github.com/claude-lsp/claude-lsp/internal/route"
	"github.com/claude-lsp/claude-lsp/internal/store"
)

const (
	// findWithin is how long a request waits for an answer that is known to be on
	// the disk: a hundredth of what asking takes. One that is not known to be there
	// is not waited for at all.
	findWithin = 5 * time.Millisecond
	// answersShare is the part of cache.maxMB that answers may take: a quarter. The
	// rest is for what is known of the workspaces' files.
	answersShare = 4
)

// answers are the kept answers of the store, as internal/route wants them.
type answers struct {
	store *lazyStore

	mu    sync.Mutex
	limit int64 // bytes, as the store was told last; below 0 before that
}

func newAnswers(st *lazyStore) *answers { return &answers{store: st, limit: -1} }

// ready opens the store, so that it is there with the first key, and tells it
// how much it may keep. It returns at once.
func (a *answers) ready(maxMB int) {
	st := a.store.open()
	if st == nil {
		return
	}
	limit := int64(maxMB) * 1_000_000 / answersShare
	a.mu.Lock()
	news := limit != a.limit
	a.limit = limit
	a.mu.Unlock()
	if news {
		st.LimitAnswers(limit)
	}
}

// Find implements route.Answers.
func (a *answers) Find(ctx context.Context, k route.AnswerKey) (route.KeptAnswer, bool) {
	st := a.store.open()
	if st == nil || !st.HasAnswer(store.AnswerKey(k)) {
		return route.KeptAnswer{}, false
	}
	ctx, cancel := context.WithTimeout(ctx, findWithin)
	defer cancel()
	answer := make(chan store.Answer, 1)
	go func() { // a disk that hangs does not look at ctx
		defer close(answer)
		if kept, known, err := st.AnswerTo(ctx, store.AnswerKey(k)); known && err == nil {
			answer <- kept
		}
	}()
	select {
	case kept, known := <-answer:
		return route.KeptAnswer{Text: kept.Text, Markdown: kept.Markdown, Stop: model.Stop(kept.Stop)}, known
	case <-ctx.Done():
		return route.KeptAnswer{}, false
	}
}

// Keep implements route.Answers.
func (a *answers) Keep(k route.AnswerKey, kept route.KeptAnswer) {
	if st := a.store.open(); st != nil {
		st.KeepAnswer(store.AnswerKey(k), store.Answer{Text: kept.Text, Markdown: kept.Markdown, Stop: string(kept.Stop)})
	}
}

// Forget implements route.Answers.
func (a *answers) Forget(k route.AnswerKey) {
	if st := a.store.open(); st != nil {
		st.ForgetAnswer(store.AnswerKey(k))
	}
}

// keepable reports whether an answer may be kept: one in which the rules find a
// secret may not, wherever the model has it from.
func keepable(text string) bool {
	clean, _ := redact.Text(text)
	return clean == text
}

// cached answers from what is kept, if the settings and the house let it.
func (p *provider) cached(next model.Streamer, cfg config.Config) model.Streamer {
	if p.answers == nil || cfg.Cache.MaxMB == 0 {
		return next
	}
	return route.Cached(next, route.CacheOptions{
		Answers: p.answers, Keepable: keepable,
		Salt: version + "\n" + cmp.Or(cfg.Claude.BaseURL, firstParty) + "\n" + cmp.Or(cfg.Model, claude.DefaultModel),
	})
}
