package completion

import "github.com/claude-lsp/claude-lsp/internal/redact"

// restoreSecrets puts the document's own secrets in the place of the stand-ins
// that the model saw. It comes first: the later steps compare the answer with
// the document, which has the secrets. What is left, another document's or one
// that was made up, makes the next step refuse the answer.
func restoreSecrets(p *place, d draft) (draft, bool) {
	if d.growing || d.cut {
		d.text = d.text[:redact.Begun(d.text)] // the rest of a name is still to come
	}
	if p.restore != nil && redact.HasPlaceholder(d.text) {
		restored, ok := p.restore(d.text)
		if !ok {
			return d, false
		}
		d.text = unixBreaks(restored)
	}
	return d, true
}
