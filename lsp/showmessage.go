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

// notice shows a warning to the user unless one with the same key was shown in
// the last hour: trouble tends to come once a key. It reports whether it was
// shown.
func (s *Server) notice(key, text string) bool {
	now := time.Now()
	b := &s.notices
	b.mu.Lock()
	last, known := b.told[key]
	if known && now.Sub(last) < noticeAgain {
		b.mu.Unlock()
		return false
	}
	if b.told == nil || len(b.told) > 1000 { // warnings about settings are many only when something is odd
		b.told = map[string]time.Time{}
	}
	b.told[key] = now
	b.mu.Unlock()
	s.notify("window/showMessage", &protocol.ShowMessageParams{Type: protocol.MessageTypeWarning, Message: text})
	return true
}

// Warn shows a warning to the user, unless one with the same key was shown in
// the last hour or the session has not begun. The text must be short.
func (s *Server) Warn(key, text string) {
	if s.life.at() == running {
		s.notice(key, "claude-lsp: "+text)
	}
}

// remedies say what to do about the kinds of trouble that a user can do
// something about. What passes by itself stays in the status and the log.
//
// They are short: Neovim stops a person who types with a prompt to press Enter
// when a message is wider than the screen. The log and the status tell the rest.
var remedies = map[model.Trouble]string{
	"no_key":          "no API key: set ANTHROPIC_API_KEY",
	"unauthorized":    "API key refused: run claude-lsp doctor",
	"billing":         "the account cannot pay: check its plan and credit",
	"budget":          "budget.dailyUSD allows no request now",
	"rate_limited":    "rate limited; it goes on by itself",
	"invalid_request": "the service refused the request; see the log",
	"unknown_model":   "unknown model: check the setting model",
	"timeout":         "no answer in time; see claude.timeouts",
	"unavailable":     "the service is unavailable; it goes on by itself",
	"offline":         "no connection: check network and claude.baseURL",
	"config":          "settings forbid the request: run claude-lsp doctor",
}

// noticeTrouble shows what to do about a kind of trouble.
func (s *Server) noticeTrouble(kind model.Trouble) {
	if text, ok := remedies[kind]; ok {
		s.notice("trouble: "+string(kind), "claude-lsp: "+text)
	}
}
