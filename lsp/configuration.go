package lsp

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.lsp.dev/protocol"
	"go.uber.org/zap"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/config"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

// didChangeConfiguration takes settings that the editor pushes. Many clients
// send an empty object to say that something changed, or nothing at all: what
// they have is asked for then.
func (s *Server) didChangeConfiguration(c *call) (any, error) {
	var p struct {
		Settings json.RawMessage `json:"settings"`
	}
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	var all map[string]json.RawMessage
	if json.Unmarshal(p.Settings, &all) == nil && ours(all) {
		s.opts.Settings.SetEditor(s.ownSettings(p.Settings))
		s.settingsApplied()
	}
	s.copilotConfigured(p.Settings)
	s.pullConfiguration()
	return nil, nil
}

// ours reports whether some of the settings that were pushed are meant for us:
// eglot sends those of all servers to each.
func ours(all map[string]json.RawMessage) bool {
	for key := range all {
		if ownKey(key) {
			return true
		}
	}
	return false
}

// ownKey reports whether a key of settings is one of ours.
func ownKey(key string) bool {
	first, _, _ := strings.Cut(key, ".")
	return first == config.Section || slices.ContainsFunc(config.Settings(), func(known *config.Setting) bool {
		group, _, _ := strings.Cut(known.Key, ".")
		return group == first
	})
}

// pullConfiguration asks the client for its settings, of the whole and of each
// folder.
func (s *Server) pullConfiguration() {
	if !s.client.configuration {
		return
	}
	s.mu.Lock()
	folders := s.folders
	s.mu.Unlock()
	items := []protocol.ConfigurationItem{{Section: new(config.Section)}}
	for _, f := range folders {
		items = append(items, protocol.ConfigurationItem{ScopeURI: new(f.uri), Section: new(config.Section)})
	}
	own := len(items)
	if s.copilot.client.Load() {
		for _, section := range copilotSections {
			items = append(items, protocol.ConfigurationItem{Section: new(section)})
		}
	}
	s.spawn(func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		var answer []json.RawMessage
		err := s.call(ctx, "workspace/configuration", &protocol.ConfigurationParams{Items: items}, &answer)
		if err != nil || len(answer) != len(items) {
			if ctx.Err() == nil {
				s.log.Warn("the client did not tell its settings", zap.Error(err), zap.Int("answers", len(answer)))
			}
			return
		}
		if isObject(answer[0]) {
			s.opts.Settings.SetEditor(answer[0])
		}
		for i, f := range folders {
			if isObject(answer[i+1]) {
				s.opts.Settings.SetFolderEditor(f.path, answer[i+1])
			}
		}
		s.settingsApplied()
		s.copilotConfigured(sectionsOf(answer[own:]))
	})
}

// isObject tells settings from the null that clients send where they have
// none.
func isObject(raw json.RawMessage) bool {
	var object map[string]json.RawMessage
	return json.Unmarshal(raw, &object) == nil && object != nil
}

// SettingsChanged tells the server that a settings file changed on the disk.
func (s *Server) SettingsChanged() {
	if s.life.at() == running {
		s.settingsApplied()
	}
}

// settingsApplied makes known what follows from new settings.
func (s *Server) settingsApplied() {
	if s.opts.Applied != nil {
		s.opts.Applied()
	}
	s.showWarnings()
	s.publishStatus()
}

// maxWarnings is how many messages about settings a user is asked to read.
const maxWarnings = 3

// showWarnings shows each warning about the settings once. What is only a
// notice goes to the log.
func (s *Server) showWarnings() {
	warnings := s.opts.Settings.Warnings()
	if n := len(slices.DeleteFunc(slices.Clone(warnings), func(w config.Warning) bool { return w.Notice })); n > maxWarnings {
		s.notice("settings: many", fmt.Sprintf("claude-lsp: %d odd settings; see the log or claude-lsp doctor", n))
		for _, w := range warnings {
			s.log.Warn("settings", zap.String("warning", w.String()))
		}
		return
	}
	for _, w := range warnings {
		if w.Notice {
			s.log.Info("settings", zap.String("notice", w.String()))
			continue
		}
		short := w // the log has the whole path; a message must fit a line where it can
		short.Source = filepath.Base(w.Source)
		if s.notice("settings: "+w.String(), "claude-lsp: "+short.String()) {
			s.log.Warn("settings", zap.String("warning", w.String()))
		}
	}
}

// settings are the parts of a configuration that the engine knows.
func (s *Server) settings(cfg config.Config) completion.Settings {
	out := completion.Settings{
		MaxTokens:    cfg.Completion.MaxTokens,
		WindowTokens: tokens.Count(cfg.Context.WindowTokens.Max),
		Multiline:    completion.Multiline(cfg.Completion.Multiline),
		Debounce:     cfg.Completion.Debounce.D,
		Model:        cfg.Model,
		Ahead:        cfg.Completion.Ahead,
		Prewarm:      cfg.Context.Prewarm,
	}
	if cfg.Completion.Debounce.Auto {
		out.Debounce = -1
	}
	if cfg.Context.WindowTokens.Auto && s.opts.AutoWindow != nil {
		out.WindowTokens = s.opts.AutoWindow(out.WindowTokens)
	}
	if s.opts.Fit != nil {
		out = s.opts.Fit(out)
	}
	return out
}
