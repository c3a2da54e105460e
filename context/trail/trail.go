// Package trail is what a person did a moment ago: the last edits, the places
// that were looked at, and what became of the last suggestions.
//
// It holds text, so it lives in memory alone, is bounded, and is never logged.
// Nothing in it is cut inside a line: a secret is told by all of it, and half a
// one would pass.
package trail

// A Recent is the trail as it was at one moment. It is immutable. Each list has
// the newest first.
type Recent struct {
	Edits       []Edit
	Seen        []Seen
	Suggestions []Suggestion
	Diagnostics []Diagnostic // of the document that is completed, if the client tells any
}

// An Edit is one change of one document: whole lines that took the place of
// others. Edits that go on with one another are one.
type Edit struct {
	Path   string // as in prompts: relative to its workspace folder, with slashes
	Line   int    // the first one of Before and After, from 0, as the document is now
	Before string // with line breaks; "" where lines were added alone
	After  string // with line breaks; "" where lines were deleted alone
	Cut    bool   // there is more of Before or After than is here, at its end
}

// Seen is a range of lines that was on the screen or had the cursor in it.
type Seen struct {
	Path                string
	FirstLine, LastLine int // from 0, both within
}

// A Suggestion is one that was shown and decided upon.
type Suggestion struct {
	Path     string
	Line     int    // from 0
	Lead     string // what stood before it on its line
	Text     string // its first lines
	Accepted bool   // otherwise it was refused
}

// A Diagnostic is what another tool says of a range of lines.
type Diagnostic struct {
	FirstLine, LastLine int // from 0, both within
	Message             string
}
