package record

import (
	"fmt"
	"slices"

	doccontext "github.com/claude-lsp/claude-lsp/context"
	"github.com/claude-lsp/claude-lsp/context/trail"
	"github.com/claude-lsp/claude-lsp/internal/redact"
)

// A Recent is what the person did a moment ago, as the request was told: how it
// differs from what the request before was told. What is nil is as it was. Typing
// changes one edit of many, so a key costs that edit and a few numbers.
type Recent struct {
	Edits       *[]RecentEdit       `json:"edits,omitempty"`
	Seen        *[]RecentLines      `json:"seen,omitempty"`
	Suggestions *[]RecentSuggestion `json:"suggestions,omitempty"`
	Diagnostics *[]RecentLines      `json:"diagnostics,omitempty"`
}

// Was is an item of the list before: its number, from 1, and how many lines
// further down it stands now. With 0, the item is a new one.
type Was struct {
	N  int `json:"was,omitempty"`
	By int `json:"by,omitempty"`
}

// A RecentEdit is a trail.Edit.
type RecentEdit struct {
	Was
	Path   string `json:"path,omitempty"`
	Line   int    `json:"line,omitempty"` // from 0, as all lines here
	Before Text   `json:"before,omitempty"`
	After  Text   `json:"after,omitempty"`
	Cut    bool   `json:"cut,omitempty"`
}

// A RecentSuggestion is a trail.Suggestion.
type RecentSuggestion struct {
	Was
	Path     string `json:"path,omitempty"`
	Line     int    `json:"line,omitempty"`
	Lead     Text   `json:"lead,omitempty"`
	Text     Text   `json:"text,omitempty"`
	Accepted bool   `json:"accepted,omitempty"`
}

// A RecentLines is a trail.Seen, or a trail.Diagnostic.
type RecentLines struct {
	Path    string `json:"path,omitempty"`
	First   int    `json:"first,omitempty"`
	Last    int    `json:"last,omitempty"`
	Message Text   `json:"message,omitempty"`
}

// recentBetween is how now differs from before; nil if it does not.
func recentBetween(before, now doccontext.Recent) *Recent {
	var r Recent
	if !slices.Equal(before.Edits, now.Edits) {
		r.Edits = new(turned(now.Edits, func(e trail.Edit) RecentEdit {
			for i, old := range before.Edits {
				if moved := old; moved.Path == e.Path {
					if moved.Line = e.Line; moved == e {
						return RecentEdit{Was: Was{N: i + 1, By: e.Line - old.Line}}
					}
				}
			}
			return RecentEdit{Path: e.Path, Line: e.Line, Before: Text(e.Before), After: Text(e.After), Cut: e.Cut}
		}))
	}
	if !slices.Equal(before.Suggestions, now.Suggestions) {
		r.Suggestions = new(turned(now.Suggestions, func(s trail.Suggestion) RecentSuggestion {
			for i, old := range before.Suggestions {
				if moved := old; moved.Path == s.Path {
					if moved.Line = s.Line; moved == s {
						return RecentSuggestion{Was: Was{N: i + 1, By: s.Line - old.Line}}
					}
				}
			}
			return RecentSuggestion{Path: s.Path, Line: s.Line, Lead: Text(s.Lead), Text: Text(s.Text), Accepted: s.Accepted}
		}))
	}
	if !slices.Equal(before.Seen, now.Seen) {
		r.Seen = new(turned(now.Seen, func(s trail.Seen) RecentLines {
			return RecentLines{Path: s.Path, First: s.FirstLine, Last: s.LastLine}
		}))
	}
	if !slices.Equal(before.Diagnostics, now.Diagnostics) {
		r.Diagnostics = new(turned(now.Diagnostics, func(d trail.Diagnostic) RecentLines {
			return RecentLines{First: d.FirstLine, Last: d.LastLine, Message: Text(d.Message)}
		}))
	}
	if r == (Recent{}) {
		return nil
	}
	return &r
}

// after is what the request was told, if the one before was told that. Its error
// is an item that was not there.
func (r *Recent) after(before doccontext.Recent) (now doccontext.Recent, err error) {
	now = before
	if r == nil {
		return now, nil
	}
	was := func(w Was, of int) bool {
		if w.N < 0 || w.N > of {
			err = fmt.Errorf("there was no %d of %d", w.N, of)
			return false
		}
		return w.N > 0
	}
	if r.Edits != nil {
		now.Edits = turned(*r.Edits, func(e RecentEdit) trail.Edit {
			if was(e.Was, len(before.Edits)) {
				old := before.Edits[e.N-1]
				old.Line += e.By
				return old
			}
			return trail.Edit{Path: e.Path, Line: e.Line, Before: string(e.Before), After: string(e.After), Cut: e.Cut}
		})
	}
	if r.Suggestions != nil {
		now.Suggestions = turned(*r.Suggestions, func(s RecentSuggestion) trail.Suggestion {
			if was(s.Was, len(before.Suggestions)) {
				old := before.Suggestions[s.N-1]
				old.Line += s.By
				return old
			}
			return trail.Suggestion{Path: s.Path, Line: s.Line, Lead: string(s.Lead), Text: string(s.Text), Accepted: s.Accepted}
		})
	}
	if r.Seen != nil {
		now.Seen = turned(*r.Seen, func(l RecentLines) trail.Seen { return trail.Seen{Path: l.Path, FirstLine: l.First, LastLine: l.Last} })
	}
	if r.Diagnostics != nil {
		now.Diagnostics = turned(*r.Diagnostics, func(l RecentLines) trail.Diagnostic {
			return trail.Diagnostic{FirstLine: l.First, LastLine: l.Last, Message: string(l.Message)}
		})
	}
	return now, err
}

// turned are all items in another form. It is never nil: in JSON, none is not
// what there was before.
func turned[A, B any](all []A, f func(A) B) []B {
	into := make([]B, 0, len(all))
	for _, a := range all {
		into = append(into, f(a))
	}
	return into
}

func sameRecent(a, b doccontext.Recent) bool {
	return slices.Equal(a.Edits, b.Edits) && slices.Equal(a.Seen, b.Seen) &&
		slices.Equal(a.Suggestions, b.Suggestions) && slices.Equal(a.Diagnostics, b.Diagnostics)
}

// size is how much text is in it, in bytes.
func (r *Recent) size() (n int) {
	if r == nil {
		return 0
	}
	if r.Edits != nil {
		for _, e := range *r.Edits {
			n += len(e.Before) + len(e.After) + 64
		}
	}
	if r.Suggestions != nil {
		for _, s := range *r.Suggestions {
			n += len(s.Lead) + len(s.Text) + 64
		}
	}
	return n
}

// mask masks the secrets of all texts, as far as they are known by now.
func (r *Recent) mask(k *known) {
	if r == nil {
		return
	}
	mask := func(t *Text) { *t = Text(redact.Mask(string(*t), k.secrets(string(*t)))) }
	if r.Edits != nil {
		for i := range *r.Edits {
			e := &(*r.Edits)[i]
			mask(&e.Before)
			mask(&e.After)
		}
	}
	if r.Suggestions != nil {
		for i := range *r.Suggestions {
			s := &(*r.Suggestions)[i]
			line := s.Lead + s.Text // which tells what it is
			mask(&line)
			s.Lead, s.Text = line[:len(s.Lead)], line[len(s.Lead):]
		}
	}
	if r.Diagnostics != nil {
		for i := range *r.Diagnostics {
			mask(&(*r.Diagnostics)[i].Message)
		}
	}
}
