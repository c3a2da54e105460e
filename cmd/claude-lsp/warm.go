package main

import (
	"context"
	"fmt"

	"github.com/claude-lsp/claude-lsp/internal/config"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

// A warmer has prompts cached without asking for an answer.
type warmer interface {
	Warm(ctx context.Context, p model.Prompt) (model.Usage, error)
}

// Warm has the provider cache a prompt, where it can and the budget allows it.
func (p *provider) Warm(ctx context.Context, prompt model.Prompt) (model.Usage, error) {
	if kind := p.kind(); kind != config.ProviderClaude {
		return model.Usage{}, fmt.Errorf("%w: %s has no cache to be warmed", model.ErrConfig, kind)
	}
	client, err := p.claude()
	if err == nil {
		err = p.affordable(ctx)
	}
	if err != nil {
		return model.Usage{}, err
	}
	w, ok := any(client).(warmer)
	if !ok {
		return model.Usage{}, fmt.Errorf("%w: the client cannot cache ahead", model.ErrConfig)
	}
	return w.Warm(ctx, prompt)
}
