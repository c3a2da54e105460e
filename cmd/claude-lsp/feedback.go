package main

import (
	"time"

	"go.uber.org/zap"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/store"
)

// feedback counts what became of a suggestion. It never waits.
func (h *house) feedback(f completion.Feedback) {
	h.log.Debug("feedback", zap.String("id", f.ID), zap.String("what", string(f.Kind)), zap.Int("characters", f.Characters),
		zap.Duration("after", f.After), zap.Float64("share", f.Share))
	h.figures.Load().fedBack(f)
	if st := h.store.open(); st != nil {
		st.AddOutcomes(store.Subject{Language: f.Language, Provider: f.Provider, Model: f.Model}, count(f))
	}
}

// count is a feedback as the store counts it.
func count(f completion.Feedback) store.Outcomes {
	switch f.Kind {
	case completion.FeedbackShown:
		return store.Outcomes{Shown: 1}
	case completion.FeedbackAccepted:
		return store.Outcomes{Accepted: 1, Characters: f.Characters}
	case completion.FeedbackAcceptedWords:
		return store.Outcomes{PartlyWords: 1, Characters: f.Characters}
	case completion.FeedbackAcceptedLines:
		return store.Outcomes{PartlyLines: 1, Characters: f.Characters}
	case completion.FeedbackTypedThrough:
		return store.Outcomes{TypedThrough: 1}
	case completion.FeedbackRejected:
		return store.Outcomes{Rejected: 1}
	case completion.FeedbackUndone:
		return store.Outcomes{Undone: 1, UndoneCharacters: f.Characters}
	case completion.FeedbackKept:
		standing := store.Standing{Changed: 1}
		if f.Stands() {
			standing = store.Standing{Kept: 1}
		}
		switch f.After {
		case 30 * time.Second:
			return store.Outcomes{After30s: standing}
		case 2 * time.Minute:
			return store.Outcomes{After2m: standing}
		case 10 * time.Minute:
			return store.Outcomes{After10m: standing}
		}
	}
	return store.Outcomes{}
}
