package lsp

// A handler serves one method. What it returns is the response; the error of a
// notification is logged. It runs on the read loop, in wire order, until it
// calls c.async.
type handler func(s *Server, c *call) (any, error)

// methods says which method is served where. A method that stands here alone
// is served in wire order; those marked slow release the read loop after they
// took their snapshot.
var methods = map[string]handler{
	"initialize":      (*Server).initialize,
	"initialized":     (*Server).initialized,
	"shutdown":        (*Server).shutdown,
	"exit":            (*Server).exit,
	"$/cancelRequest": (*Server).cancelRequest,
	"$/setTrace":      (*Server).setTrace,

	"textDocument/didOpen":   (*Server).didOpen,
	"textDocument/didChange": (*Server).didChange,
	"textDocument/didSave":   (*Server).didSave,
	"textDocument/didClose":  (*Server).didClose,

	"textDocument/inlineCompletion": (*Server).inlineCompletion, // slow
	"textDocument/completion":       (*Server).completion,       // slow

	"workspace/executeCommand":            (*Server).executeCommand, // slow when it asks the user
	"workspace/didChangeConfiguration":    (*Server).didChangeConfiguration,
	"workspace/didChangeWorkspaceFolders": (*Server).didChangeWorkspaceFolders,
	"workspace/didChangeWatchedFiles":     (*Server).didChangeWatchedFiles,
	"window/workDoneProgress/cancel":      (*Server).workDoneCancel,

	"textDocument/didFocus":                     (*Server).didFocus,
	"textDocument/didShowCompletion":            (*Server).didShowCompletion,
	"textDocument/didPartiallyAcceptCompletion": (*Server).didPartiallyAcceptCompletion,
	methodDidReject:                             (*Server).didRejectCompletion,

	methodStatus:      (*Server).statusRequest,
	methodDiagnostics: (*Server).diagnostics,
}

// ignore serves notifications that the specification lets a client send and
// that say nothing to this server.
func (s *Server) ignore(*call) (any, error) { return nil, nil }
