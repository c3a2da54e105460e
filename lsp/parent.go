package lsp

import (
	"context"
	"time"

	"go.uber.org/zap"
)

// watchParent ends the session when the process that the client named is gone:
// an editor that crashed may leave our input open, in the hands of another
// child of it. A process that cannot be seen from the start lives elsewhere
// (the server runs in a container) and says nothing.
func (s *Server) watchParent(pid int) {
	if !processLives(pid) {
		s.log.Info("the client's process cannot be seen from here; its death will not be noticed", zap.Int("pid", pid))
		return
	}
	s.spawn(func(ctx context.Context) {
		tick := time.NewTicker(s.opts.ParentPoll)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if !processLives(pid) {
				// There is nobody to tell, and where the output is still open in
				// other hands and unread, telling would wait for ever.
				s.opts.ClientLog.bind(nil)
				s.log.Warn("the client's process is gone; the server ends", zap.Int("pid", pid))
				s.quit(s.life.at() == shutting)
				return
			}
		}
	})
}
