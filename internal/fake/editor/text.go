package editor

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A Position is a place as the protocol names it: line and column from 0, the
// column in units of the negotiated encoding.
type Position struct {
	Line      int `json:"line"`
	Character int `json:"character"`
}

// A Range is the text between two positions.
type Range struct {
	Start Position `json:"start"`
	End   Position `json:"end"`
}

// An Edit replaces a range, or the whole text where Range is nil.
type Edit struct {
	Range *Range `json:"range,omitempty"`
	Text  string `json:"text"`
}

// Insert is the edit of typing or pasting at a place.
func Insert(at Position, text string) Edit {
	return Edit{Range: &Range{at, at}, Text: text}
}

// columns is an encoding of positions.
type columns string

const (
	utf8Columns  columns = "utf-8"
	utf16Columns columns = "utf-16"
	utf32Columns columns = "utf-32"
)

// A text is the editor's own copy of a document.
type text struct {
	language string
	version  int
	content  string
}

// splitLines cuts a text into lines, with their line breaks.
func splitLines(content string) []string {
	var lines []string
	for {
		i := strings.IndexAny(content, "\r\n")
		if i < 0 {
			return append(lines, content)
		}
		i++
		if strings.HasPrefix(content[i-1:], "\r\n") {
			i++
		}
		lines, content = append(lines, content[:i]), content[i:]
	}
}

// width returns how many columns a text without line breaks has.
func (c columns) width(s string) int {
	switch c {
	case utf8Columns:
		return len(s)
	case utf32Columns:
		return utf8.RuneCountInString(s)
	case utf16Columns:
	}
	return len(utf16.Encode([]rune(s)))
}

// offset returns the bytes before a position, or an error where the text has no
// such position.
func (c columns) offset(content string, p Position) (int, error) {
	lines := splitLines(content)
	if p.Line < 0 || p.Line >= len(lines) {
		return 0, fmt.Errorf("line %d of %d", p.Line, len(lines))
	}
	line := strings.TrimRight(lines[p.Line], "\r\n")
	before := len(strings.Join(lines[:p.Line], ""))
	for i := range line + "." { // the end of the line is a place too
		if c.width(line[:i]) == p.Character {
			return before + i, nil
		}
	}
	return 0, fmt.Errorf("column %d (%s) of line %d, %.200q", p.Character, c, p.Line, line)
}

// position returns the name of an offset.
func (c columns) position(content string, at int) Position {
	lines := splitLines(content[:at])
	last := len(lines) - 1
	return Position{Line: last, Character: c.width(lines[last])}
}

// apply returns the content after an edit.
func (c columns) apply(content string, edit Edit) (string, error) {
	if edit.Range == nil {
		return edit.Text, nil
	}
	from, err := c.offset(content, edit.Range.Start)
	if err != nil {
		return "", fmt.Errorf("the text has no %w", err)
	}
	to, err := c.offset(content, edit.Range.End)
	if err != nil {
		return "", fmt.Errorf("the text has no %w", err)
	}
	if to < from {
		return "", fmt.Errorf("the range %v ends before it begins", *edit.Range)
	}
	return content[:from] + edit.Text + content[to:], nil
}

// Text returns the editor's own copy of a document.
func (e *Editor) Text(uri string) string {
	e.t.Helper()
	return e.document(uri).content
}

// Version returns the version of a document that was sent last.
func (e *Editor) Version(uri string) int {
	e.t.Helper()
	return e.document(uri).version
}

// After returns the position behind the first place where a document has some
// text.
func (e *Editor) After(uri, some string) Position {
	e.t.Helper()
	content := e.document(uri).content
	i := strings.Index(content, some)
	if i < 0 {
		e.t.Fatalf("%s has no %q", uri, some)
	}
	return e.encoding.position(content, i+len(some))
}

// document returns an open document.
func (e *Editor) document(uri string) *text {
	e.t.Helper()
	d := e.documents[uri]
	if d == nil {
		e.t.Fatalf("%s is not open", uri)
	}
	return d
}
