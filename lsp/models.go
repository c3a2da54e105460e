package lsp

// methodModels is a request of the client: which models it may let a person
// choose from, by the command claude-lsp.chooseModel. See docs/protocol.md.
const methodModels = "claude-lsp/models"

type modelsResult struct {
	Models []modelChoice `json:"models"`
}

type modelChoice struct {
	Name    string `json:"name"`
	Current bool   `json:"current"` // what is used now, by the settings or by choice
}

// models lists the models that can be chosen. One that is in use without being
// among them, as a settings file may name any, comes first.
func (s *Server) models(*call) (any, error) {
	r := &modelsResult{Models: []modelChoice{}}
	current := s.snapshot().Model
	known := false
	if s.opts.Models != nil {
		for _, name := range s.opts.Models() {
			r.Models = append(r.Models, modelChoice{name, name == current})
			known = known || name == current
		}
	}
	if !known && current != "" {
		r.Models = append([]modelChoice{{current, true}}, r.Models...)
	}
	return r, nil
}
