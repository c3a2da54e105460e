package editors

import (
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// aroundCursor is the text before and after the cursor of a request's
// document, with plain line ends. What stands round the cursor is the last thing
// in the prompt but for the task, which names the cursor once more; of a long
// document the lines above it come in blocks of their own.
func aroundCursor(r messages.Request) (before, after string) {
	var above, last string
	for _, m := range r.Body.Messages {
		for _, b := range m.Content {
			last = strings.ReplaceAll(b.Text, "\r\n", "\n")
			if _, text, ok := strings.Cut(last, ": lines above the excerpt that the prompt ends with.\n\n"); ok {
				above += text
			}
		}
	}
	before, after, _ = strings.Cut(last, "<CURSOR/>")
	if above != "" { // the text of a long document comes in parts, and the excerpt goes on from the last one
		_, before, _ = strings.Cut(before[strings.LastIndex(before, "File being edited: "):], "\n\n")
	}
	return above + before, after
}

// writes is an author who has a text in mind, from the document's first line
// to the sign ¦: however far the document has come, he goes on from there, and
// is silent where it differs from what he has in mind.
func writes(text string) func(before, after string) messages.Answer {
	text, _, _ = strings.Cut(text, "¦")
	return func(before, _ string) messages.Answer {
		for n := len(text) - 1; n > 0; n-- {
			if strings.HasSuffix(before, text[:n]) {
				return fenced(text[n:])
			}
		}
		return messages.Answer{}
	}
}

// fenced is code as models answer it.
func fenced(code string) messages.Answer {
	return messages.Answer{Text: "```\n" + code + "\n```\n"}
}

// halfway lets an author stop behind the code said, until on is closed. An editor
// may ask a key earlier or later, so said must not be the beginning of it all.
func halfway(author func(before, after string) messages.Answer, said string, on <-chan struct{}) func(before, after string) messages.Answer {
	return func(before, after string) messages.Answer {
		a := author(before, after)
		if at := strings.Index(a.Text, said); at >= 0 {
			at += len(said)
			a.Chunks, a.Hold = []string{a.Text[:at], a.Text[at:]}, on
		}
		return a
	}
}

// inParts is an author who has a text in mind, of which he says a part at a
// time: the rest of the part that the document has come into. The first part is
// where he begins.
func inParts(parts ...string) func(before, after string) messages.Answer {
	return func(before, _ string) messages.Answer {
		lead := parts[0]
		for _, part := range parts[1:] {
			if n, ok := cameTo(before, lead, part); ok {
				return fenced(part[n:])
			}
			lead += part
		}
		return messages.Answer{}
	}
}

// cameTo is how many bytes of a text that is to follow lead stand in front of
// the cursor. It is false if that is something else, or all of the text.
func cameTo(before, lead, text string) (n int, ok bool) {
	for n := range len(text) {
		if strings.HasSuffix(before, lead+text[:n]) {
			return n, true
		}
	}
	return 0, false
}

// askedFor counts the requests for a text that is to follow lead: those whose
// cursor stood in front of it or in the midst of it. Behind all of it, whether
// it stands there or the engine sees it coming, other requests may ask for what
// is next. The rest asked for something else.
func (w *world) askedFor(lead, text string) (n, rest int) {
	for _, r := range w.api.Requests() {
		before, _ := aroundCursor(r)
		_, within := cameTo(before, lead, text)
		switch {
		case r.Body.MaxTokens == 0: // it only fills the prompt cache
		case within:
			n++
		case !strings.Contains(before, lead+text):
			rest++
		}
	}
	return n, rest
}

// askedOnce asserts that a text that is to follow lead was asked for once,
// however often it was shown, and nothing else was.
func (w *world) askedOnce(lead, text string) {
	w.t.Helper()
	if n, rest := w.askedFor(lead, text); n != 1 || rest != 0 {
		w.t.Errorf("%q was asked for %d times, and something else %d times; want it once and nothing else", text, n, rest)
	}
}

// choices is an author who answers with these texts behind lead: the first where
// one is wanted, all of them where more are.
func choices(lead string, texts ...string) func(before, after string) messages.Answer {
	return func(before, _ string) messages.Answer {
		n, ok := cameTo(before, lead, texts[0])
		if !ok {
			return messages.Answer{}
		}
		var a messages.Answer
		for _, text := range texts {
			a.Text += fenced(text[n:]).Text
		}
		return a
	}
}
