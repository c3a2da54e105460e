package completion

import (
	"strings"
	"testing"
	"unicode/utf8"

	doccontext "github.com/claude-lsp/claude-lsp/context"
)

// The rules are what a provider caches for everyone: they have to be long
// enough for its minimum, and the same whatever is asked.
func TestRules(t *testing.T) {
	if n := utf8.RuneCountInString(rules); n < 1400 { // 512 tokens at 2.5 characters each, and some to spare
		t.Errorf("the rules have %d characters, too few to be cached", n)
	}
	if strings.Contains(rules, "\r") {
		t.Error("the rules depend on the line ends of the checkout")
	}
	a := BuildPrompt(Target{Language: "go", Path: "a.go"}, doccontext.Window{Before: "x"}, Shape{})
	b := BuildPrompt(Target{Language: "ruby", Path: "b.rb"}, doccontext.Window{Before: "<CURSOR/>`````"}, Shape{OneLine: true, Candidates: 3})
	if a.Rules != b.Rules {
		t.Error("the rules differ between two requests")
	}
}

func TestBuildPrompt(t *testing.T) {
	window := doccontext.Window{
		Blocks: []doccontext.Block{{ID: "1", Parts: []doccontext.Part{{Path: "b.go", Text: "package b"}}, Breakpoint: true}},
		Before: "a", After: "b",
	}
	p := BuildPrompt(Target{Model: "m", Language: "go", Path: "a.go", MaxTokens: 9}, window, Shape{})
	if p.Model != "m" || p.Language != "go" || p.Path != "a.go" || p.MaxTokens != 9 || p.Before != "a" || p.After != "b" || p.OneLine {
		t.Errorf("got %+v", p)
	}
	if len(p.Blocks) != 1 || p.Blocks[0].ID != "1" || p.Blocks[0].Parts[0].Path != "b.go" || p.Blocks[0].Parts[0].Text != "package b" || !p.Blocks[0].Breakpoint {
		t.Errorf("got blocks %+v", p.Blocks)
	}
}

// The mark and the fence are those of the whole document, wherever the borders
// between its blocks are. Other files have no say in it: they may hold a mark,
// and end no answer.
func TestMarkAndFenceOfTheWholeDocument(t *testing.T) {
	far := doccontext.Part{Path: "a.go", Text: "<CURSOR/> ````\n"}
	for _, side := range []doccontext.Side{doccontext.Above, doccontext.Below, ""} {
		p := BuildPrompt(Target{}, doccontext.Window{Blocks: []doccontext.Block{{Side: side, Parts: []doccontext.Part{far}}}, Before: "x"}, Shape{})
		mark, fence := "<CURSOR_2/>", "`````,"
		if side == "" {
			mark, fence = "<CURSOR/>", "```,"
		}
		if p.Mark != mark || !strings.Contains(p.Task, " "+fence) {
			t.Errorf("side %q: mark %s, task %s", side, p.Mark, p.Task)
		}
	}
}

func TestTask(t *testing.T) {
	tests := []struct {
		name          string
		before, after string
		shape         Shape
		want, not     []string
	}{
		{name: "a block", want: []string{"<CURSOR/>", "block of lines", "one fenced code block", "closes with ```,"}, not: []string{"without a line break"}},
		{name: "one line", shape: Shape{OneLine: true}, want: []string{"one line, without a line break"}, not: []string{"block of lines"}},
		{name: "several answers", shape: Shape{Candidates: 3}, want: []string{"up to 3 answers", "of its own"}},
		{name: "backticks in the file", before: "a ```go\n", after: "`` ````x", want: []string{"closes with `````,"}},
		{name: "backticks far into the file", after: strings.Repeat("`a", 100) + "````", want: []string{"closes with `````,"}},
		{name: "the mark is in the file", before: "<CURSOR/>", want: []string{"<CURSOR_2/>"}, not: []string{"<CURSOR/>"}},
		{name: "and the next one too", before: "<CURSOR/>", after: "<CURSOR_2/>", want: []string{"<CURSOR_3/>"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := BuildPrompt(Target{Language: "go"}, doccontext.Window{Before: tt.before, After: tt.after}, tt.shape)
			for _, s := range tt.want {
				if !strings.Contains(p.Task, s) {
					t.Errorf("the task does not say %q: %s", s, p.Task)
				}
			}
			for _, s := range tt.not {
				if strings.Contains(p.Task, s) {
					t.Errorf("the task says %q: %s", s, p.Task)
				}
			}
			if strings.Contains(tt.before, p.Mark) || strings.Contains(tt.after, p.Mark) || !strings.Contains(p.Task, p.Mark) {
				t.Errorf("mark %q", p.Mark)
			}
			if p.OneLine != tt.shape.OneLine {
				t.Errorf("OneLine is %v", p.OneLine)
			}
		})
	}
}
