package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"os"
	"reflect"
	"sync"

	"go.uber.org/zap"

	"github.com/claude-lsp/claude-lsp/internal/claude"
	"github.com/claude-lsp/claude-lsp/internal/config"
	"github.com/claude-lsp/claude-lsp/internal/credentials"
	"github.com/claude-lsp/claude-lsp/internal/credentials/keyring"
	"github.com/claude-lsp/claude-lsp/internal/credentials/vault"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

// keys have the key of the place that the settings name at the moment, so that
// neither a new key nor a new place needs a restart.
//
// The place is taken from the user's own settings and the environment alone:
// see invariant 10.
type keys struct {
	settings *config.Loader
	log      *zap.Logger
	closing  sync.WaitGroup // keepers of places that are not named any more

	mu     sync.Mutex
	keeper *credentials.Keeper // nil: nobody has asked yet
	made   config.Credentials  // what keeper was made from
	closed bool
}

// keeperNow returns the keeper for the present settings. It opens nothing.
func (k *keys) keeperNow() *credentials.Keeper {
	cfg := k.settings.For("").Credentials
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.keeper != nil && (k.closed || reflect.DeepEqual(k.made, cfg)) {
		return k.keeper
	}
	if before := k.keeper; before != nil {
		k.closing.Go(before.Close) // it may have to tell a vault
	}
	k.keeper, k.made = credentials.NewKeeper(sourceOf(cfg), k.log), cfg
	return k.keeper
}

// key is asked for per request. It waits only for the very first one.
func (k *keys) key(ctx context.Context) (credentials.Key, error) {
	key, err := keyOf(ctx, k.keeperNow())
	if errors.Is(err, model.ErrNoKey) && k.settings.For("").Credentials.Source == config.SourceEnv {
		err = fmt.Errorf("%w, or provider = \"embedded\" to work without one", err)
	}
	return key, err
}

// keyOf is a keeper's key, with errors in the terms of package model.
func keyOf(ctx context.Context, keeper *credentials.Keeper) (credentials.Key, error) {
	key, err := keeper.Key(ctx)
	switch {
	case err == nil:
		return key, nil
	case errors.Is(err, credentials.ErrUnusable):
		return key, fmt.Errorf("%w: %w", model.ErrUnauthorized, err)
	}
	return key, fmt.Errorf("%w: %w", model.ErrNoKey, err)
}

// told reports whether the settings say where a key is, or one is in the
// environment. It never waits, so it does not know whether the key is good.
func (k *keys) told() bool {
	cfg := k.settings.For("").Credentials
	switch {
	case cfg.Source != config.SourceEnv:
		return true
	case cfg.Variable != "":
		return os.Getenv(cfg.Variable) != ""
	}
	_, found := credentials.FromEnvironment(os.Getenv)
	return found
}

// close ends what is under way and gives back what a vault has lent.
func (k *keys) close() {
	k.mu.Lock()
	before := k.keeper
	closed := k.closed
	k.closed = true
	k.mu.Unlock()
	if before != nil && !closed {
		before.Close()
	}
	k.closing.Wait()
}

// sourceOf is the place that the settings name.
func sourceOf(cfg config.Credentials) credentials.Source {
	kind := credentials.APIKey
	if cfg.Kind == config.KindBearer {
		kind = credentials.Bearer
	}
	switch v := cfg.Vault; cfg.Source {
	case config.SourceFile:
		return credentials.File(cfg.File, kind)
	case config.SourceCommand:
		return credentials.Command(cfg.Command, kind)
	case config.SourceKeyring:
		return keyring.New(kind)
	case config.SourceVault:
		return vault.New(vault.Options{
			Address: v.Address, Namespace: v.Namespace, CAFile: v.CAFile,
			Auth: vault.Auth(v.Auth), AuthMount: v.AuthMount, Role: v.Role,
			TokenFile: v.TokenFile, RoleIDFile: v.RoleIDFile, SecretIDFile: v.SecretIDFile,
			Path: v.Path, Field: v.Field, Kind: kind,
		})
	default:
		return credentials.Environment(os.Getenv, cfg.Variable, kind)
	}
}

// A rekeying is a client whose key is replaced once when the service refuses
// it, so that whoever types does not notice that the key was rotated.
type rekeying struct {
	keeper func() *credentials.Keeper // the one whose keys client uses
	client model.Streamer
	log    *zap.Logger
}

// Stream implements model.Streamer.
func (r rekeying) Stream(ctx context.Context, prompt model.Prompt) iter.Seq2[model.Chunk, error] {
	return func(yield func(model.Chunk, error) bool) {
		keeper := r.keeper()
		used, _ := keeper.Key(ctx) // the client asks for it, too, and words what is wrong with it
		spoke, again := false, false
		for chunk, err := range r.client.Stream(ctx, prompt) {
			if again = !spoke && refusedKey(err) && keeper.Replace(ctx, used); again {
				break
			}
			spoke = true
			if !yield(chunk, err) {
				return
			}
		}
		if !again {
			return
		}
		r.log.Info("the service refused the key; there is a new one, which is used now")
		for chunk, err := range r.client.Stream(ctx, prompt) {
			if !yield(chunk, err) {
				return
			}
		}
	}
}

// refusedKey reports whether the service does not know the key. What a key may
// not do (403) a newer one may not do either.
func refusedKey(err error) bool {
	var status *claude.StatusError
	return errors.As(err, &status) && status.Status == http.StatusUnauthorized
}

// rekeyed does something with the present key, and once more with a new one
// where the service refuses it.
func rekeyed[T any](ctx context.Context, keeper *credentials.Keeper, do func() (T, error)) (T, error) {
	used, _ := keeper.Key(ctx)
	result, err := do()
	if refusedKey(err) && keeper.Replace(ctx, used) {
		return do()
	}
	return result, err
}
