package completion

import (
	doccontext "github.com/claude-lsp/claude-lsp/context"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

// Window returns what the model would get to see for r, and the prompt made of
// it: the ones that a request which is answered by asking sends. Nobody is
// asked and nothing is reported, also where Decide would not have asked. Both
// are empty where the menu's entry that r names cannot be put into the document.
func (e *Engine) Window(r Request) (doccontext.Window, model.Prompt) {
	a := &asking{Engine: e, r: r, doc: r.Doc, at: r.At, waits: -1} // nobody types meanwhile
	if !a.selectEntry() {
		return doccontext.Window{}, model.Prompt{}
	}
	window, prompt, _ := a.prompt()
	return window, prompt
}
