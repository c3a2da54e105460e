package lsp

import (
	"fmt"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/claude-lsp/claude-lsp/context/trail"
)

// methodDiagnostics is a notification of the client: what other servers say of a
// document. The protocol shows diagnostics to clients alone, and a line with an
// error in it is where a completion is wanted most. See docs/protocol.md.
const methodDiagnostics = "claude-lsp/diagnostics"

// diagnosticsParams are those of textDocument/publishDiagnostics, as far as they
// matter here.
type diagnosticsParams struct {
	TextDocument struct {
		URI     uri.URI `json:"uri"`
		Version *int32  `json:"version"` // of the text that they are about; null or absent: the present one
	} `json:"textDocument"`
	Diagnostics []struct {
		Range    protocol.Range `json:"range"`
		Severity int            `json:"severity"` // as in the protocol; 0 where the client does not say
		Message  string         `json:"message"`
	} `json:"diagnostics"`
}

// worstHint is the severity from which on a diagnostic is a hint and no problem.
const worstHint = 3

// diagnostics takes note of all errors and warnings of a document, in the place
// of those that were told before. What is about an older text is late: the lines
// of those that are known moved with the edits, and newer ones will come.
func (s *Server) diagnostics(c *call) (any, error) {
	var p diagnosticsParams
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	u := p.TextDocument.URI
	open := s.get(u)
	if open == nil {
		return nil, fmt.Errorf("%s is not open", u)
	}
	if v := p.TextDocument.Version; v != nil && *v != open.doc.Version() {
		return nil, nil
	}
	if ok, _ := s.opts.Workspace.Allowed(open.path); !ok {
		return nil, nil
	}
	last := open.doc.Lines() - 1
	var all []trail.Diagnostic
	for _, d := range p.Diagnostics {
		if d.Severity < worstHint {
			from := min(int(d.Range.Start.Line), last)
			all = append(all, trail.Diagnostic{FirstLine: from, LastLine: max(from, min(int(d.Range.End.Line), last)), Message: d.Message})
		}
	}
	s.trail.recorder.Diagnose(string(u), all)
	return nil, nil
}
