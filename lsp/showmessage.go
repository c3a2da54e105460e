package lsp

import (
	"sync"
	"time"

	"go.lsp.dev/protocol"

	"github.com/claude-lsp/claude-lsp/internal/model"
)

// noticeAgain is how long a message that was shown stays away.
const noticeAgain = time.Hour

// noticeBoard remembers what the user was told.
type noticeBoard struct {
	mu   sync.Mutex
	told map[string]time.Time
}

// notice shows a message to the user unless one with the same key was shown in
// the last hour: trouble tends to come once a key.
func (s *Server) notice(key string, kind protocol.MessageType, text string) {
	now := time.Now()
	b := &s.notices
	b.mu.Lock()
	last, known := b.told[key]
	if known && now.Sub(last) < noticeAgain {
		b.mu.Unlock()
		return
	}
	if b.told == nil || len(b.told) > 1000 { // warnings about settings are many only when something is odd
		b.told = map[string]time.Time{}
	}
	b.told[key] = now
	b.mu.Unlock()
	s.notify("window/showMessage", &protocol.ShowMessageParams{Type: kind, Message: text})
}

// noticeTrouble shows trouble that the user can or should do something about.
// What passes by itself stays in the status and the log.
func (s *Server) noticeTrouble(kind model.Trouble, message string) {
	switch kind {
	case "refused", "incomplete", "internal":
		return
	}
	s.notice("trouble: "+string(kind), protocol.MessageTypeWarning, "claude-lsp: "+message)
}
