package lsp

import (
	"crypto/subtle"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
	"go.uber.org/zap"

	"github.com/claude-lsp/claude-lsp/internal/config"
)

// clientInfo is what initialize told about the client.
type clientInfo struct {
	name, version  string
	encoding       encoding
	ownBreaks      bool // it wants inline items with \n whatever the document has, and puts in the document's own
	pauses         bool // it asks a while after the last key (Neovim 0.12: 200 ms), and not at each
	wholeFilter    bool // it is kakoune-lsp, which indents lines anew unless the filter text is all that is put in
	snippets       bool // it is Helix and takes snippets, for which there is a reason; see asSnippet
	inline         bool // it asks for inline completions itself
	configuration  bool // it answers workspace/configuration
	progress       bool // it shows work-done progress that the server begins
	grows          bool // it shows inline items while they grow
	watches        bool // it can be asked to watch files
	ownTrouble     bool // it shows the trouble of our status itself
	opensAtZero    bool // its documents begin as version 0, whatever it calls them later (Neovim)
	oldTriggerKind *sawZero
}

// sawZero notes that the client numbers its trigger kinds from 0, as the
// protocol's draft did.
type sawZero struct{ yes bool }

// invoked reports whether the user asked. In the final protocol 1 is Invoked
// and 2 Automatic; vscode-languageclient 9 sends 0 and 1. A client that was
// seen to send 0 means the draft's numbers.
func (c *clientInfo) invoked(kind protocol.InlineCompletionTriggerKind) bool {
	if kind == 0 {
		c.oldTriggerKind.yes = true
		return true
	}
	return kind == protocol.InlineCompletionTriggerKindInvoked && !c.oldTriggerKind.yes
}

// menu reports whether the client gets suggestions as menu entries.
func (c *clientInfo) menu(cfg config.Config) bool {
	switch cfg.Completion.Menu {
	case config.MenuAlways:
		return true
	case config.MenuNever:
		return false
	default:
		return !c.inline
	}
}

// initialize reads what is used of the parameters and ignores what has another
// type than it should: one odd capability must not keep the server from
// starting.
func (s *Server) initialize(c *call) (any, error) {
	var p lenient
	if err := json.Unmarshal(c.params, &p.value); err != nil {
		s.log.Warn("the parameters of initialize cannot be read; defaults are used", zap.Error(err))
	}
	if t := p.at("initializationOptions", "token").text(); s.opts.Token != "" && subtle.ConstantTimeCompare([]byte(t), []byte(s.opts.Token)) != 1 {
		time.AfterFunc(time.Second/5, func() { s.quit(false) }) // once the answer is out; no second guess
		return nil, jsonrpc2.NewError(jsonrpc2.InvalidRequest, "initializationOptions.token is not the one that the server printed")
	}
	var offered []protocol.PositionEncodingKind
	for _, e := range p.at("capabilities", "general", "positionEncodings").list() {
		offered = append(offered, protocol.PositionEncodingKind(e.text()))
	}
	named := func(name string) bool { return strings.EqualFold(p.at("clientInfo", "name").text(), name) }
	s.client = clientInfo{
		name:           p.at("clientInfo", "name").text(),
		version:        p.at("clientInfo", "version").text(),
		encoding:       negotiate(offered),
		ownBreaks:      named("Neovim"),
		pauses:         named("Neovim"),
		wholeFilter:    named("kakoune-lsp"),
		snippets:       named("helix") && p.at("capabilities", "textDocument", "completion", "completionItem", "snippetSupport").yes(),
		inline:         p.at("capabilities", "textDocument", "inlineCompletion").isObject(),
		configuration:  p.at("capabilities", "workspace", "configuration").yes(),
		progress:       p.at("capabilities", "window", "workDoneProgress").yes(),
		grows:          p.at("capabilities", "experimental", "claudeLsp", "inlineCompletionProgress").yes(),
		watches:        p.at("capabilities", "workspace", "didChangeWatchedFiles", "dynamicRegistration").yes(),
		ownTrouble:     p.at("capabilities", "experimental", "claudeLsp", "trouble").yes(),
		opensAtZero:    named("Neovim"),
		oldTriggerKind: &sawZero{},
	}
	if isCopilotClient(p) {
		s.copilot.client.Store(true)
		s.client.encoding = utf16Columns // copilot.lua offers others and counts in these all the same
	}
	s.trace.set(p.at("trace").text())
	s.setFolders(p.folders())
	if options, ok := p.at("initializationOptions").value.(map[string]any); ok && s.opts.Token != "" {
		delete(options, "token") // it is no setting
	}
	if options, ok := p.at("initializationOptions").value.(map[string]any); ok && s.copilot.client.Load() {
		s.copilotConfigured(p.at("initializationOptions").raw())
		if options["networkProxy"] != nil {
			s.noticeProxy()
		}
		p.value.(map[string]any)["initializationOptions"] = withoutCopilots(options)
	}
	if raw := p.at("initializationOptions").raw(); raw != nil {
		s.opts.Settings.SetInitial(raw)
	}
	if pid, ok := p.at("processId").number(); ok && pid > 0 {
		s.watchParent(int(pid))
	}
	s.log.Info("a client has connected", zap.String("name", s.client.name), zap.String("version", s.client.version),
		zap.String("positionEncoding", string(s.client.encoding)), zap.Bool("inlineCompletion", s.client.inline), zap.Int("folders", len(s.folders)))
	s.life.enter(opening)
	return &protocol.InitializeResult{
		Capabilities: s.capabilities(),
		ServerInfo:   protocol.ServerInfo{Name: s.opts.Name, Version: protocol.NewOptional(s.opts.Version)},
	}, nil
}

// capabilities are announced statically: Neovim ignores dynamic registration.
func (s *Server) capabilities() protocol.ServerCapabilities {
	caps := protocol.ServerCapabilities{
		PositionEncoding: protocol.PositionEncodingKind(s.client.encoding),
		TextDocumentSync: &protocol.TextDocumentSyncOptions{
			OpenClose: new(true),
			Change:    new(protocol.TextDocumentSyncKindIncremental),
			Save:      &protocol.SaveOptions{IncludeText: new(false)},
		},
		NotebookDocumentSync:     notebookSync(),
		InlineCompletionProvider: protocol.Boolean(true),
		ExecuteCommandProvider:   protocol.ExecuteCommandOptions{Commands: commandNames()},
		Workspace: &protocol.WorkspaceOptions{WorkspaceFolders: &protocol.WorkspaceFoldersServerCapabilities{
			Supported:           new(true),
			ChangeNotifications: protocol.Boolean(true),
		}},
	}
	if s.client.menu(s.opts.Settings.For(s.firstFolder())) {
		caps.CompletionProvider = &protocol.CompletionOptions{TriggerCharacters: triggerCharacters}
	}
	return caps
}

// triggerCharacters are what an editor asks after that is no part of a word:
// where an expression, an argument, a member or a line begins.
var triggerCharacters = []string{" ", "\t", "\n", ".", "(", "[", "{", ",", "=", ":", "/", "\"", "'", ">", "<", "#", "@", "$", "-", "+"}

// initialized says nothing that the next message would not have said too; see
// begin.
func (s *Server) initialized(*call) (any, error) { return nil, nil }

// begin starts what needs the client: its settings are asked for, and what was
// to be said before is said. It happens at the first message after initialize,
// because that shows that the client has our answer; not every client sends
// initialized.
func (s *Server) begin() {
	close(s.ready)
	s.pullConfiguration()
	s.watchFiles()
	s.showWarnings()
	if s.copilot.proxy.Load() {
		s.noticeProxy()
	}
	s.publishStatus()
}

// folders are the client's workspace folders; where it has none, its root, if
// that is set.
func (l lenient) folders() []folder {
	var found []folder
	for _, f := range l.at("workspaceFolders").list() {
		found = appendFolder(found, f.at("uri").text())
	}
	if len(found) == 0 {
		found = appendFolder(found, l.at("rootUri").text())
	}
	if len(found) == 0 && !l.at("workspaceFolders").isList() {
		// Helix sends a path here although it has no folder, and says so by an
		// empty list of folders.
		if root := l.at("rootPath").text(); filepath.IsAbs(root) {
			found = appendFolder(found, string(uri.File(root)))
		}
	}
	return found
}

func appendFolder(to []folder, raw string) []folder {
	if raw == "" {
		return to
	}
	u, err := uri.Parse(raw)
	if err != nil {
		return to
	}
	f := folder{uri: u, path: filepath.Clean(filePath(u))}
	if slices.ContainsFunc(to, func(other folder) bool { return other.path == f.path }) {
		return to
	}
	return append(to, f)
}

// A lenient value is JSON of any form, read by those who know what they want:
// what is absent or of another type reads as nothing.
type lenient struct{ value any }

func (l lenient) at(path ...string) lenient {
	for _, key := range path {
		object, _ := l.value.(map[string]any)
		l.value = object[key]
	}
	return l
}

func (l lenient) list() (items []lenient) {
	values, _ := l.value.([]any)
	for _, v := range values {
		items = append(items, lenient{v})
	}
	return items
}

func (l lenient) text() string            { s, _ := l.value.(string); return s }
func (l lenient) yes() bool               { b, _ := l.value.(bool); return b }
func (l lenient) isObject() bool          { _, ok := l.value.(map[string]any); return ok }
func (l lenient) isList() bool            { _, ok := l.value.([]any); return ok }
func (l lenient) number() (float64, bool) { n, ok := l.value.(float64); return n, ok }

func (l lenient) raw() json.RawMessage {
	if l.value == nil {
		return nil
	}
	raw, err := json.Marshal(l.value)
	if err != nil {
		return nil
	}
	return raw
}
