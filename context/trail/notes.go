package trail

import (
	"fmt"
	"slices"
	"strings"
)

// NotesBytes is what Notes may have where nobody knows better: some 500 tokens.
// They stand in the part of the prompt that is paid whole with each request, so
// they are to cost less than the text round the cursor does.
const NotesBytes = 1500

const (
	// maxDiffLines and maxDiffBytes bound the diff of one edit, so that several
	// find a place.
	maxDiffLines = 16
	maxDiffBytes = 600
	// excerptLines is how far from the cursor the prompt surely shows the text as
	// it is.
	excerptLines = 12
	// maxOf bounds the suggestions of each kind.
	maxRefused  = 6
	maxAccepted = 2
	maxReported = 3
)

// The sections of the notes, in the order in which they are written. What weighs
// most comes last, beside the place.
const (
	sectionEdits = iota
	sectionAccepted
	sectionReported
	sectionRefused
	sections
)

var titles = [sections]string{
	sectionEdits:    "Edits made a moment ago, the newest last:",
	sectionAccepted: "Suggestions that were accepted in this file:",
	sectionReported: "Reported for the line of the cursor:",
	sectionRefused:  "Suggestions that were refused a moment ago; do not make them again:",
}

// Notes is what a model is told of the trail for a completion in a line (from 0)
// of the document of that path: in at most limit bytes the last edits as small
// diffs, the newest last, and the suggestions that were refused or accepted in
// the document. It is "" where there is nothing to tell.
//
// What typing at the place changes is not in it, so it is the same from key to
// key. What was refused in the very line goes in first, then the edits, the
// newest first, then the rest; what does not fit is left out whole. The text is
// as it was: its secrets are for the caller to take out.
func (r Recent) Notes(path string, line, limit int) string {
	n := notes{left: limit}
	n.refused(r.Suggestions, path, line, true)
	n.reported(r.Diagnostics, line)
	for _, e := range r.Edits {
		if !e.shows(path, line) {
			n.add(sectionEdits, e.diff())
		}
	}
	n.refused(r.Suggestions, path, line, false)
	for _, s := range r.Suggestions {
		if s.Accepted && s.Path == path && !near(s.Line, s.Line, line) && len(n.items[sectionAccepted]) < maxAccepted {
			n.add(sectionAccepted, s.text(line))
		}
	}
	return n.String()
}

// notes are the notes while they are made: the items of each section, the newest
// or nearest first.
type notes struct {
	left  int
	items [sections][]string
}

// add takes an item, if it fits. An item ends with a line break.
func (n *notes) add(section int, item string) {
	size := len(item) + 1 // an empty line
	if len(n.items[section]) == 0 {
		size += len(titles[section]) + 2
	}
	if item != "" && size <= n.left {
		n.items[section] = append(n.items[section], item)
		n.left -= size
	}
}

// refused adds what was refused in the document: in the cursor's line, or
// elsewhere.
func (n *notes) refused(all []Suggestion, path string, line int, here bool) {
	for _, s := range all {
		if !s.Accepted && s.Path == path && (s.Line == line) == here && len(n.items[sectionRefused]) < maxRefused {
			n.add(sectionRefused, s.text(line))
		}
	}
}

func (n *notes) reported(all []Diagnostic, line int) {
	for _, d := range all {
		if d.FirstLine <= line && line <= d.LastLine && len(n.items[sectionReported]) < maxReported {
			n.add(sectionReported, d.Message+"\n")
		}
	}
}

// String is the notes as text, without a line break at its end.
func (n *notes) String() string {
	var b strings.Builder
	for section, items := range n.items {
		if len(items) == 0 {
			continue
		}
		b.WriteString(titles[section] + "\n\n")
		for _, item := range slices.Backward(items) {
			b.WriteString(item + "\n")
		}
	}
	return strings.TrimRight(b.String(), "\n")
}

// near reports whether lines are so near the cursor's that the prompt shows them.
func near(first, last, line int) bool { return first <= line+excerptLines && last >= line-excerptLines }

// shows reports whether the text round the cursor says all that the edit does.
// What was only added there stands there; what it took the place of does not,
// but where the person is at it, it will be another at the next key.
func (e Edit) shows(path string, line int) bool {
	last := e.Line + max(strings.Count(e.After, "\n")-1, 0)
	if e.Path != path || !near(e.Line, last, line) {
		return false
	}
	return strings.TrimSpace(e.Before) == "" || e.Line <= line+1 && line-1 <= last
}

// diff is the edit as a small diff under its place, or "" where not even the
// first change fits.
func (e Edit) diff() string {
	var b strings.Builder
	all := diff(e.Before, e.After)
	rows, changed := 0, false
	line, at := e.Line, 0 // all[at] is or was in that line
	for _, part := range changes(all) {
		for ; at < part[0]; at++ {
			line++ // only lines that stayed are between two parts
		}
		if rows == 0 {
			b.WriteString(e.Path + ", ")
		}
		fmt.Fprintf(&b, "line %d:\n", line+1)
		for ; at < part[1]; at++ {
			l := all[at]
			if rows++; rows > maxDiffLines || b.Len()+len(l.text) > maxDiffBytes {
				if !changed {
					return ""
				}
				return b.String() + "...\n"
			}
			b.WriteByte(l.sign)
			b.WriteString(l.text + "\n")
			if changed = changed || l.sign != ' '; l.sign != '-' {
				line++
			}
		}
	}
	if e.Cut && changed {
		b.WriteString("...\n")
	}
	return b.String()
}

// text is the suggestion as it would have stood, under its place.
func (s Suggestion) text(line int) string {
	place := "here"
	if s.Line != line {
		place = fmt.Sprintf("line %d", s.Line+1)
	}
	return place + ":\n" + strings.TrimRight(s.Lead+s.Text, "\r\n") + "\n"
}
