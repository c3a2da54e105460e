package main

import (
	"context"
	"time"

	"go.uber.org/zap"

	"github.com/claude-lsp/claude-lsp/context/index"
	"github.com/claude-lsp/claude-lsp/internal/config"
	"github.com/claude-lsp/claude-lsp/internal/store"
)

// entries keeps what is known of files between runs, in the store. It implements
// index.Keeper.
type entries struct {
	store    *lazyStore
	settings *config.Loader
	log      *zap.Logger
}

// limit is how large the store may become, in bytes; 0 is to keep nothing.
func (e entries) limit() int64 { return int64(e.settings.For("").Cache.MaxMB) * 1_000_000 }

// figures say what is kept of all workspaces.
func (e entries) figures(ctx context.Context) (indexFigures, error) {
	st := e.store.open()
	if st == nil {
		return indexFigures{}, e.store.why()
	}
	sum, err := st.IndexedSum(ctx)
	return indexFigures{Files: sum.Files, Bytes: sum.Bytes, At: sum.Used}, err
}

// Load implements index.Keeper.
func (e entries) Load(ctx context.Context, folder string, paths []string, each func(i int, k index.Kept)) {
	st, limit := e.store.open(), e.limit()
	if st == nil {
		return
	}
	st.UseIndexed(folder, limit)
	if limit == 0 {
		return
	}
	err := st.IndexedFiles(ctx, folder, paths, func(i int, f store.IndexedFile) {
		each(i, index.Kept{Size: f.Size, ModTime: f.ModTime, Entry: f.Entry})
	})
	if err != nil && ctx.Err() == nil { // the store has said what is wrong with it
		e.log.Info("what was known of the workspace is not used", zap.Error(err))
	}
}

// Keep implements index.Keeper.
func (e entries) Keep(ctx context.Context, folder, path string, k index.Kept) {
	if limit := e.limit(); limit > 0 {
		if st := e.store.open(); st != nil {
			if st.KeepIndexed(folder, store.IndexedFile{Path: path, Size: k.Size, ModTime: k.ModTime, Entry: k.Entry}, limit) {
				ctx, cancel := context.WithTimeout(ctx, time.Second)
				defer cancel()
				st.WriteIndexed(ctx)
			}
		}
	}
}

// Forget implements index.Keeper.
func (e entries) Forget(folder, path string) {
	if e.limit() > 0 {
		if st := e.store.open(); st != nil {
			st.ForgetIndexed(folder, path)
		}
	}
}
