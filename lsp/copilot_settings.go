package lsp

import (
	"encoding/json"
	"slices"
	"strings"

	"go.uber.org/zap"
)

// The sections of settings that a client of Copilot's server is asked for beside
// our own.
var copilotSections = []string{"github.copilot", "http"}

// maxLanguages bounds what is kept of the settings for languages.
const maxLanguages = 1000

// copilotSettings are what is used of the settings for Copilot's server.
//
// The rest is left alone: when to ask is the client's business (editor.*), there
// is no telemetry to switch off, and addresses and proxies are taken from the
// user's own settings and the environment alone, because an editor's may come
// from a repository.
type copilotSettings struct {
	languages map[string]bool // by id: whether there are suggestions; "*" is all others
	model     string
}

// allows reports whether a language has suggestions.
func (c copilotSettings) allows(language string) bool {
	on, known := c.languages[language]
	if !known {
		on, known = c.languages["*"]
	}
	return on || !known
}

// copilotAllows reports whether the settings for Copilot's server, if there are
// any, allow a language.
func (s *Server) copilotAllows(language string) bool {
	s.copilot.mu.Lock()
	defer s.copilot.mu.Unlock()
	return s.copilot.settings.allows(language)
}

// copilotConfigured takes what a client of Copilot's server sends as its
// settings. Those that say nothing of what is used change nothing.
func (s *Server) copilotConfigured(raw json.RawMessage) {
	var all lenient
	if !s.copilot.client.Load() || json.Unmarshal(raw, &all.value) != nil {
		return
	}
	if all.dotted("http.proxy").text() != "" {
		s.noticeProxy()
	}
	enable := all.dotted("github.copilot.enable")
	disabled := all.dotted("disabledLanguages")
	chosen := all.dotted("github.copilot.selectedCompletionModel")
	if !enable.isObject() && !disabled.isList() && chosen.value == nil {
		return
	}
	next := copilotSettings{languages: map[string]bool{}, model: chosen.text()}
	if languages, ok := enable.value.(map[string]any); ok {
		for id, v := range languages {
			if on, isBool := v.(bool); isBool && len(next.languages) < maxLanguages {
				next.languages[id] = on
			}
		}
	}
	for _, l := range disabled.list() {
		if len(next.languages) < maxLanguages {
			next.languages[l.text()+l.at("languageId").text()] = false
		}
	}
	delete(next.languages, "")

	s.copilot.mu.Lock()
	s.copilot.settings = next
	before := s.copilot.chose
	s.copilot.chose = ""
	if s.opts.Models != nil && slices.Contains(s.opts.Models(), next.model) {
		s.copilot.chose = next.model
	}
	now := s.copilot.chose
	s.copilot.mu.Unlock()
	if now == "" && next.model != "" {
		s.log.Info("the editor's settings name a model that this server does not have; its own settings count", zap.String("model", next.model))
	}
	if now != before {
		s.chooseModel(now)
	}
}

// noticeProxy says that a proxy which the editor names is not used: it would get
// to see the key.
func (s *Server) noticeProxy() {
	s.copilot.proxy.Store(true) // it may be too early to say so; see begin
	if !s.opts.Proxied && s.life.at() == running {
		s.notice("copilot: proxy", "claude-lsp: set HTTPS_PROXY in the environment; an editor's proxy is not used")
	}
}

// ownSettings are those of the settings that are meant for us: a client of
// Copilot's server sends its own along, and nobody is to be warned of them.
func (s *Server) ownSettings(raw json.RawMessage) json.RawMessage {
	var all lenient
	if !s.copilot.client.Load() || json.Unmarshal(raw, &all.value) != nil || !all.isObject() {
		return raw
	}
	own, err := json.Marshal(withoutCopilots(all.value.(map[string]any)))
	if err != nil {
		return raw
	}
	return own
}

// withoutCopilots are the initializationOptions of a client of Copilot's server
// that are meant for us; nil if none are.
func withoutCopilots(options map[string]any) map[string]any {
	var own map[string]any
	for key, v := range options {
		if ownKey(key) {
			if own == nil {
				own = map[string]any{}
			}
			own[key] = v
		}
	}
	return own
}

// dotted finds a value by its key, wherever the client has put dots and
// objects: a.b.c, "a.b": {c} and {a: {b: {c}}} are one.
func (l lenient) dotted(key string) lenient {
	object, _ := l.value.(map[string]any)
	if v, ok := object[key]; ok {
		return lenient{v}
	}
	for i := range len(key) {
		if key[i] != '.' {
			continue
		}
		if inner, ok := object[key[:i]]; ok {
			if found := (lenient{inner}).dotted(key[i+1:]); found.value != nil {
				return found
			}
		}
	}
	return lenient{}
}

// sectionsOf puts the answers to workspace/configuration for copilotSections
// into one object.
func sectionsOf(answers []json.RawMessage) json.RawMessage {
	var parts []string
	for i, section := range copilotSections {
		if i < len(answers) && isObject(answers[i]) {
			parts = append(parts, `"`+section+`":`+string(answers[i]))
		}
	}
	return json.RawMessage("{" + strings.Join(parts, ",") + "}")
}
