package lsp

import (
	"sync"
	"sync/atomic"

	"go.lsp.dev/jsonrpc2"
)

// Many plugins were written for copilot-language-server. The files copilot_*.go
// let them run this server when only their command is changed: thin adapters
// that turn its methods into ours and back. Nothing below lsp knows of them, and
// docs/copilot.md has the table of what each of them does.

// copilotMethods are those that no other client sends. Who sends one is taken
// for a client of Copilot's server from then on.
var copilotMethods = map[string]handler{
	"signIn":         (*Server).signIn,
	"signInInitiate": (*Server).signIn, // its older name
	"signInConfirm":  (*Server).signInConfirm,
	"signOut":        (*Server).signOut,
	"checkStatus":    (*Server).checkStatus,

	"textDocument/copilotInlineEdit":      (*Server).inlineEdit,
	"textDocument/didShowInlineEdit":      (*Server).ignore,
	"notifyNextEditRejected":              (*Server).fine,
	"textDocument/copilotPanelCompletion": (*Server).panelCompletion, // slow

	"getCompletions":        (*Server).getCompletions,        // slow
	"getCompletionsCycling": (*Server).getCompletionsCycling, // slow
	"getPanelCompletions":   (*Server).getPanelCompletions,   // slow
	"notifyShown":           (*Server).notifyShown,
	"notifyAccepted":        (*Server).notifyAccepted,
	"notifyRejected":        (*Server).notifyRejected,

	"copilot/models":    (*Server).copilotModels,
	"checkQuota":        (*Server).checkQuota,
	"checkFileStatus":   (*Server).checkFileStatus,
	"getVersion":        (*Server).getVersion,
	"setEditorInfo":     (*Server).fine,
	"debug/diagnostics": (*Server).debugDiagnostics, // slow

	"notifyChangeConfiguration":   (*Server).didChangeConfiguration, // of copilot.vim 1.26
	"context/registerProviders":   (*Server).registerProviders,
	"context/unregisterProviders": (*Server).unregisterProviders,
	"vs/didAddWorkspaceFolder":    (*Server).didAddWorkspaceFolder,
	"vs/didRemoveWorkspaceFolder": (*Server).didRemoveWorkspaceFolder,
}

// The codes of Copilot's server for requests that a person made by hand. What an
// editor asks because of typing is answered with nothing instead: some of them
// show an error for each key.
const (
	codeNotSignedIn   jsonrpc2.Code = 1000
	codeSignInFailed  jsonrpc2.Code = 1001
	codeFileForbidden jsonrpc2.Code = 1002
)

// copilot is what the server knows of a client of Copilot's server.
type copilot struct {
	client atomic.Bool  // it is one
	busy   atomic.Int32 // requests that have taken a while
	panels panelTable
	proxy  atomic.Bool // its settings name one

	mu       sync.Mutex
	settings copilotSettings
	chose    string        // the model that its settings have chosen
	status   copilotStatus // the last one that was sent; guarded by statusBoard.publishing
	quota    struct {      // what it was told last of the budget; as status
		step string
		left float64 // percent
	}
	typed typedQuestion // the last one
}

// isCopilotClient tells such a client by what it says of itself: every one names
// its editor and its plugin, because Copilot's server refuses all others.
func isCopilotClient(params lenient) bool {
	options := params.at("initializationOptions")
	return options.at("editorInfo").isObject() || options.at("editorPluginInfo").isObject() ||
		options.at("copilotCapabilities").isObject() || params.at("capabilities", "copilot").isObject()
}

// copilotHandler finds the handler of one of Copilot's methods.
func (s *Server) copilotHandler(method string) (handler, bool) {
	h, known := copilotMethods[method]
	if known && !s.copilot.client.Swap(true) {
		s.publishStatus()
	}
	return h, known
}

// fine answers requests that ask for nothing but a word.
func (s *Server) fine(*call) (any, error) { return "OK", nil }
