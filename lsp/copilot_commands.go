package lsp

import (
	"encoding/json"
	"time"

	"go.lsp.dev/jsonrpc2"
)

// The commands of Copilot's server. They are accepted and not announced: items
// carry our own, and every client sends back the one that its item has.
const (
	copilotAccept      = "github.copilot.didAcceptCompletionItem"
	copilotAcceptPanel = "github.copilot.didAcceptPanelCompletionItem"
	copilotAcceptEdit  = "github.copilot.didAcceptNextEditSuggestionItem"
	copilotRejectEdit  = "github.copilot.didRejectNextEditSuggestionItem"
	copilotIgnoreEdit  = "github.copilot.didIgnoreNextEditSuggestionItem"
	copilotFinishFlow  = "github.copilot.finishDeviceFlow"
)

// copilotCommand runs one of them; known is false for any other. Reports are
// answered with whether there is such an item.
func (s *Server) copilotCommand(name string, args []json.RawMessage) (result any, known bool, err error) {
	switch name {
	case copilotFinishFlow:
		a, err := s.signedIn()
		if err != nil {
			return nil, true, err
		}
		return a, true, nil
	case copilotAccept, copilotAcceptPanel, copilotAcceptEdit, copilotRejectEdit, copilotIgnoreEdit:
		id, err := argument[string](args)
		if err != nil {
			return nil, true, jsonrpc2.Errorf(jsonrpc2.InternalError, "%s takes the name of an item", name)
		}
		found := false
		if name == copilotAccept || name == copilotAcceptPanel { // we suggest no edits elsewhere
			s.outcome(func(o *outcomes, now time.Time) { found = o.accepted(id, now) })
		}
		return found, true, nil
	}
	return nil, false, nil
}
