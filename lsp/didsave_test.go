package lsp

import (
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
)

// VS Code saves its own settings without having opened them: nobody has to read
// of that in the log.
func TestASaveOfWhatIsNotOpenIsNoTrouble(t *testing.T) {
	core, logged := observer.New(zapcore.InfoLevel)
	s := begin(t, says(), editor.Options{}, func(o *Options) { o.Log = zap.New(core) })
	s.Initialize()
	before := logged.Len()
	s.Notify("textDocument/didSave", map[string]any{"textDocument": map[string]any{"uri": "file:///home/settings.json"}})
	s.Notify("textDocument/didClose", map[string]any{"textDocument": map[string]any{"uri": "file:///w/none.go"}}) // this is one
	s.Shutdown()
	if all := logged.All()[before:]; len(all) != 1 || all[0].Level != zapcore.WarnLevel || all[0].ContextMap()["method"] != "textDocument/didClose" {
		t.Errorf("the log says %v", all)
	}
}
