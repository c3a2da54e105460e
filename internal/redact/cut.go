package redact

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// The limits of text that is sent beside the text at the cursor, in bytes. A
// longer line is data or made by a program, and so is a longer file.
const (
	MaxLine = 2 << 10
	MaxFile = 512 << 10
)

// Cut returns text with the middle taken out of each line that is longer than
// line bytes, and without the lines that begin behind the first file bytes.
// What was taken out is counted in its place. No rune, placeholder or other
// word of moderate length is cut in two, and line n stays line n, so it comes
// after Text. It is not for the text at the cursor, which must be whole.
func Cut(text string, line, file int) string {
	if len(text) > file {
		end := strings.LastIndexByte(text[:file], '\n') + 1
		left := len(text) - end
		text = cutLines(text[:end], line) + fmt.Sprintf("[... %d more bytes]\n", left)
		return text
	}
	return cutLines(text, line)
}

func cutLines(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	var b strings.Builder
	done := 0 // text[:done] is written
	for at := 0; at < len(text); {
		end := strings.IndexByte(text[at:], '\n')
		if end < 0 {
			end = len(text) - at
		}
		if end > limit {
			from, to := wordEnd(text, at+limit*3/4, at), wordStart(text, at+end-limit/8, at+end)
			b.WriteString(text[done:from])
			fmt.Fprintf(&b, "[... %d bytes ...]", to-from)
			done = to
		}
		at += end + 1
	}
	if done == 0 {
		return text
	}
	b.WriteString(text[done:])
	return b.String()
}

// maxWord is how far a cut gives way to a word.
const maxWord = 100

// wordEnd moves a cut back to the start of the word that it is in, not before
// least.
func wordEnd(text string, at, least int) int {
	from := wordBefore(text, at, min(maxWord, at-least), isURLWord)
	if at-from == maxWord {
		from = at
	}
	for from > least && !utf8.RuneStart(text[from]) {
		from--
	}
	return from
}

// wordStart moves a cut on to the end of the word that it is in.
func wordStart(text string, at, most int) int {
	to := at
	if isURLWord(text[at-1]) {
		to = wordAfter(text, at, min(maxWord, most-at), isURLWord)
	}
	if to-at == maxWord {
		to = at
	}
	for to < most && !utf8.RuneStart(text[to]) {
		to++
	}
	return to
}
