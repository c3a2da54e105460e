package lsp

import (
	"context"
	"time"

	"go.lsp.dev/protocol"
	"go.uber.org/zap"
)

// didChangeWatchedFiles tells the workspace which files were made, changed or
// deleted. What is not a file of the disk is left out.
func (s *Server) didChangeWatchedFiles(c *call) (any, error) {
	var p protocol.DidChangeWatchedFilesParams
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	paths := make([]string, 0, len(p.Changes))
	for _, change := range p.Changes {
		if change.URI.IsFile() {
			paths = append(paths, filePath(change.URI))
		}
	}
	if len(paths) > 0 {
		s.opts.Workspace.Touched(paths)
	}
	return nil, nil
}

// watchFiles asks the client to tell of changes to the files of all folders,
// where it can be asked. Others tell by themselves or not at all, and the
// workspace looks for itself now and then.
func (s *Server) watchFiles() {
	if !s.client.watches {
		return
	}
	options, err := protocol.Marshal(protocol.DidChangeWatchedFilesRegistrationOptions{
		Watchers: []protocol.FileSystemWatcher{{GlobPattern: protocol.Pattern("**/*")}},
	})
	if err != nil {
		s.log.Error("the registration of file watchers cannot be written", zap.Error(err))
		return
	}
	s.spawn(func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		err := s.call(ctx, "client/registerCapability", &protocol.RegistrationParams{Registrations: []protocol.Registration{{
			ID: "claude-lsp/files", Method: "workspace/didChangeWatchedFiles", RegisterOptions: options,
		}}}, nil)
		if err != nil && ctx.Err() == nil {
			s.log.Info("the client does not watch files", zap.Error(err))
		}
	})
}
