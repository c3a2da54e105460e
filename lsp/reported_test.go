package lsp

import (
	"strings"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
)

// TestReportsCountOnce: whatever a client tells of a suggestion, and whatever its
// edits say, it counts once.
func TestReportsCountOnce(t *testing.T) {
	second := func(d *desk) { d.now = d.now.Add(time.Second) }
	shown := func(d *desk) { d.o.wasShown("1.0") }
	rejected := func(d *desk) { d.o.dismissed("1.0", d.now) }
	accepted := func(d *desk) { d.o.accepted("1.0", d.now) }
	claims := func(d *desk) { d.o.claims("1.0", d.now) }
	late := func(d *desk) { d.now = d.now.Add(settledAfter); d.o.lookAll(d.now) }
	partly := func(units int) func(*desk) { return func(d *desk) { d.o.partly("1.0", units) } }
	types := func(text string) func(*desk) {
		return func(d *desk) { d.edit(document.Change{From: d.cursor, To: d.cursor, Text: text}) }
	}
	end := func(d *desk) { d.o.end(d.now) }
	for _, tt := range []struct {
		name string
		does []func(*desk)
		want string
	}{
		{"seen, and typed over at once", []func(*desk){shown, types("z"), end}, "shown"},
		{"not seen, and typed over at once", []func(*desk){types("z"), end}, ""},
		{"seen twice, and typed over later", []func(*desk){shown, shown, second, types("z"), end}, "shown rejected"},
		{"sent away at once", []func(*desk){shown, rejected, end}, "shown rejected"},
		{"sent away without a word before", []func(*desk){rejected, rejected, end}, "shown rejected"},
		{"sent away, and typed on", []func(*desk){second, rejected, types("z"), second, end}, "shown rejected"},
		{"accepted, and sent away by a plugin that forgets nothing", []func(*desk){shown, accepted, rejected, end}, "shown accepted(13)"},
		{"seen and accepted", []func(*desk){shown, accepted, types("foo(bar, baz)"), shown, end}, "shown accepted(13)"},
		{"a word, told before the edit", []func(*desk){shown, partly(4), types("foo("), second, types("z"), second, end}, "shown accepted_words(4)"},
		{"a word, told behind the edit", []func(*desk){shown, types("foo("), partly(4), second, types("z"), second, end}, "shown accepted_words(4)"},
		{"all, put in key by key", []func(*desk){types("foo(bar, baz)"[:1]), func(d *desk) {
			for i := 1; i < len("foo(bar, baz)"); i++ {
				types("foo(bar, baz)"[i : i+1])(d)
			}
		}, accepted, end}, "shown accepted(13)"},
		{"a letter, which could have been typed", []func(*desk){partly(1), types("f"), second, types("z"), second, end}, "shown accepted_words(1)"},
		{"word by word to the end", []func(*desk){partly(4), types("foo("), partly(9), types("bar, "), accepted, types("baz)"), end}, "shown accepted(13)"},
		{"all, told before its edit", []func(*desk){claims, types("foo(bar, baz)"), end}, "shown accepted(13)"},
		{"all, told behind its edit", []func(*desk){types("foo(bar, baz)"), claims, late, end}, "shown accepted(13)"},
		{"all, and no edit shows it", []func(*desk){claims, late, rejected, types("z"), end}, "shown accepted(13)"},
		{"all, and the document closes", []func(*desk){claims, end}, "shown accepted(13)"},
		{"all, in a form of the editor's own", []func(*desk){claims, types("foo( bar )"), end}, "shown accepted(10)"},
		{"all, where the edit puts in a word", []func(*desk){claims, types("foo("), second, types("z"), second, end}, "shown accepted_words(4)"},
		{"all, where the edit puts in a letter", []func(*desk){claims, types("f"), second, types("z"), second, end}, "shown accepted_words(1)"},
		{"word by word to the end, all told as all", []func(*desk){claims, types("foo("), claims, types("bar, "), claims, types("baz"), claims, types(")"), end}, "shown accepted(13)"},
		{"a part, and the rest sent away", []func(*desk){partly(4), types("foo("), rejected, end}, "shown accepted_words(4)"},
		{"more than there is", []func(*desk){partly(400), second, types("z"), second, end}, "shown accepted_words(13)"},
		{"nothing of it", []func(*desk){partly(0), partly(-3), types("z"), end}, ""},
		{"somebody else's", []func(*desk){func(d *desk) { d.o.wasShown("9.9"); d.o.partly("9.9", 3); d.o.dismissed("9.9", d.now) }, types("z"), end}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(t, "x := ‸\n")
			d.answer(false, "foo(bar, baz)")
			for _, do := range tt.does {
				do(d)
			}
			if got := strings.Join(d.said, " "); got != tt.want {
				t.Errorf("said %q, want %q", got, tt.want)
			}
		})
	}
}

// TestPartsAreCountedInUTF16, and lines are lines.
func TestPartsAreCountedInUTF16(t *testing.T) {
	for _, tt := range []struct {
		units int
		want  string
	}{
		{1, ""}, // half a character is none
		{2, "shown accepted_words(1)"},
		{7, "shown accepted_lines(6)"},
	} {
		d := newDesk(t, "x := ‸\n")
		d.answer(false, "😀 a b\nc")
		d.o.partly("1.0", tt.units)
		d.edit(document.Change{From: d.cursor, To: d.cursor, Text: "z"})
		d.o.end(d.now)
		if got := strings.Join(d.said, " "); got != tt.want && !(tt.want == "" && got == "shown") {
			t.Errorf("%d units: said %q, want %q", tt.units, got, tt.want)
		}
	}
}

// TestEventsOfItems: what clients send of an item, in the three ways that there
// are.
func TestEventsOfItems(t *testing.T) {
	for _, tt := range []struct {
		name string
		send func(s *session, item map[string]any)
		want string
	}{
		{"shown and rejected", func(s *session, item map[string]any) {
			s.Notify("textDocument/didShowCompletion", map[string]any{"item": item})
			s.Notify("claude-lsp/didRejectCompletion", map[string]any{"item": item})
		}, "shown rejected"},
		{"a part", func(s *session, item map[string]any) {
			s.Notify("textDocument/didPartiallyAcceptCompletion", map[string]any{"item": item, "acceptedLength": 4})
		}, "shown accepted_words"},
		{"the older names", func(s *session, _ map[string]any) {
			s.answers(t, "notifyShown", `{"uuid":"0"}`)
			s.answers(t, "notifyRejected", `{"uuids":["0"]}`)
		}, "shown rejected"},
		{"a part, by the older name, which counts from the line's beginning", func(s *session, _ map[string]any) {
			s.answers(t, "notifyAccepted", `{"uuid":"0","acceptedLength":9}`)
		}, "shown accepted_words"},
		{"all, by the older name", func(s *session, _ map[string]any) {
			s.answers(t, "notifyAccepted", `{"uuid":"0","acceptedLength":18}`)
		}, "shown accepted"},
		{"all, by the command of Copilot's server", func(s *session, _ map[string]any) {
			if got := s.answers(t, "workspace/executeCommand", `{"command":"github.copilot.didAcceptCompletionItem","arguments":["0"]}`); got != "true" {
				t.Errorf("answered %s", got)
			}
		}, "shown accepted"},
		{"about nothing", func(s *session, _ map[string]any) {
			for _, params := range []any{nil, map[string]any{}, map[string]any{"item": 7}, map[string]any{"item": map[string]any{"command": map[string]any{"arguments": []any{7}}}}} {
				s.Notify("textDocument/didShowCompletion", params)
				s.Notify("textDocument/didPartiallyAcceptCompletion", params)
				s.Notify("claude-lsp/didRejectCompletion", params)
			}
		}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var l ledger
			s := begin(t, says("foo(bar, baz)"), editor.Options{InlineCompletion: true, Folders: []string{"file:///w"}}, l.take)
			s.Allow("didChangeStatus", "statusNotification", "didChangeStatus/v2")
			s.Initialize()
			s.Open(uriA, "go", "x := \n")
			s.Inline(uriA, pos(0, 5), editor.InlineOptions{}).Items()
			tt.send(s, map[string]any{"command": map[string]any{"command": commandAccept, "arguments": []string{"0"}}})
			s.Type(uriA, pos(0, 5), "z")
			s.Shutdown()
			if got := l.kinds(); got != tt.want {
				t.Errorf("said %q, want %q", got, tt.want)
			}
		})
	}
}
