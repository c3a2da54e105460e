package completion

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shown is how a part is written in the tables: its kind, what is known of it,
// and its text.
func shown(parts []part) []string {
	var out []string
	for _, p := range parts {
		kind := map[partKind]string{partText: "text", partFenced: "fence", partTagged: "tag"}[p.kind]
		if p.info != "" {
			kind += " " + p.info
		}
		if p.kind != partText && !p.closed {
			kind += ", open"
		}
		out = append(out, kind+": "+string(p.text))
	}
	return out
}

func split(answer string) []part {
	var f fence
	f.write(answer)
	f.end()
	return f.parts
}

func TestFence(t *testing.T) {
	tests := []struct {
		name   string
		answer string
		want   []string
	}{
		{"nothing", "", nil},
		{"backticks with a language", "```go\nx := 1\n```\n", []string{"fence go: x := 1"}},
		{"no break at the end", "```\nx\n```", []string{"fence: x"}},
		{"tildes", "~~~\nx\n~~~", []string{"fence: x"}},
		{"an empty block", "```go\n```", []string{"fence go: "}},
		{"blank lines belong to the code, but at its end", "```\n\na\n\nb\n\n```", []string{"fence: \na\n\nb"}},
		{"the other character does not close", "```\na\n~~~\nb\n```", []string{"fence: a\n~~~\nb"}},
		{"a shorter run does not close", "````\na\n```\nb\n````", []string{"fence: a\n```\nb"}},
		{"a longer run closes", "```\na\n`````", []string{"fence: a"}},
		{"an info string does not close", "```\na\n``` b\nc\n```", []string{"fence: a\n``` b\nc"}},
		{"blanks behind the closing fence", "```\na\n```  \t\n", []string{"fence: a"}},
		{"two backticks are none", "``\na\n``", []string{"text: ``\na\n``"}},
		{"a backtick in the info string", "``` a`b\nc", []string{"text: ``` a`b\nc"}},
		{"a backtick behind tildes", "~~~ a`b\nc\n~~~", []string{"fence a`b: c"}},
		{"three blanks in front, taken off the lines", "   ```\n   a\n     b\n c\n   ```", []string{"fence: a\n  b\nc"}},
		{"the closing fence may be indented", "```\na\n   ```", []string{"fence: a"}},
		{"not by four columns, but for the last line", "```\na\n    ```\nb\n    ```", []string{"fence: a\n    ```\nb"}},
		{"indented by more, as models do", "    ```go\n    a\n    ```", []string{"fence go: a"}},
		{"indented by a tab", "\t```\n\ta\n\t\tb\n\t```", []string{"fence: a\n\tb"}},
		{"no closing fence", "```go\na\nb", []string{"fence go, open: a\nb"}},
		{"no closing fence, a break at the end", "```go\na\n", []string{"fence go, open: a"}},
		{"a closing fence behind the code", "```go\nreturn x```", []string{"fence go: return x"}},
		{"a cut closing fence is code", "```go\na\n``", []string{"fence go, open: a\n``"}},
		{"an opening fence alone is open", "```go", []string{"fence go, open: "}},
		{"only the closing fence came", "return x\n```", []string{"text: return x\n"}},
		{"prose round it", "Here:\n\n```go\na\n```\nDone.", []string{"text: Here:\n\n", "fence go: a", "text: Done."}},
		{"two blocks", "```\na\n```\n\n```\nb\n```", []string{"fence: a", "fence: b"}},
		{"CRLF", "```go\r\na\r\nb\r\n```\r\n", []string{"fence go: a\nb"}},
		{"lone CR", "```go\ra\r```", []string{"fence go: a"}},
		{"in a list item", "1. First:\n   ```go\n   a\n     b\n   ```\n", []string{"text: 1. First:\n", "fence go: a\n  b"}},
		{"on the item's own line", "- ```go\n  a\n  ```", []string{"fence go: a"}},
		{"in a list item, lines not indented", "1. ```go\na\n```", []string{"fence go: a"}},
		{"in a block quote", "> ```go\n> a\n>\n>   b\n> ```\nend", []string{"fence go: a\n\n  b", "text: end"}},
		{"the quote ends, and the block with it", "> ```go\n> a\nend", []string{"fence go: a", "text: end"}},
		{"code that quotes", "```\n> a\n```", []string{"fence: > a"}},
		{"a longer fence holds Markdown", "````markdown\n```go\na\n```\n````", []string{"fence markdown: ```go\na\n```"}},
		{"three backticks on one line are a span", "```return x```", []string{"text: ```return x```"}},

		{"a tag", "<fill>a</fill>", []string{"tag fill: a"}},
		{"a tag in capitals", "<COMPLETION>a</Completion>", []string{"tag completion: a"}},
		{"a tag on lines of its own", "<fill>\n  a\n</fill>\n", []string{"tag fill:   a"}},
		{"an open tag", "<fill>a < b", []string{"tag fill, open: a < b"}},
		{"what looks like its end", "<fill>a </fil> b</fill>", []string{"tag fill: a </fil> b"}},
		{"an empty tag", "<fill></fill>", []string{"tag fill: "}},
		{"a fence in a tag", "<completion>\n```go\na\n```\n</completion>", []string{"fence go: a"}},
		{"an open fence in a tag", "<fill>```\na", []string{"fence, open: a"}},
		{"backticks in a tag", "<fill>``` not a fence`</fill>", []string{"tag fill: ``` not a fence`"}},
		{"a tag that is only spoken of", "Put it in `<fill>`, as asked.", []string{"text: Put it in `<fill>`, as asked."}},
		{"a tag that is code", "<div>a</div>", []string{"text: <div>a</div>"}},
		{"words in front of a tag", "Here: <fill>a</fill>", []string{"text: Here: ", "tag fill: a"}},
		{"thinking aloud", "<thinking>\n```go\nno\n```\n</thinking>\n```go\nyes\n```", []string{"fence go: yes"}},
		{"a long thought", "<think>" + strings.Repeat("and then ", 99) + "</think>```\na\n```", []string{"fence: a"}},
		{"thinking without an end", "<think>hm", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, shown(split(tt.answer))); diff != "" {
				t.Errorf("%q (-want +got):\n%s", tt.answer, diff)
			}
		})
	}
}

// What is certain is given out before the line is whole, and what may become a
// closing fence is not.
func TestFenceStreams(t *testing.T) {
	var f fence
	for _, s := range []struct{ add, want string }{
		{"```go\n", ""},
		{"ret", "ret"},
		{"urn x\n", "return x"},
		{"  ", "return x"},
		{"y", "return x\n  y"},
		{"\n``", "return x\n  y"},
		{"`\n", "return x\n  y"},
	} {
		f.write(s.add)
		if got := string(f.last().text); got != s.want {
			t.Errorf("after %q the code is %q, want %q", s.add, got, s.want)
		}
	}
	if !f.last().closed {
		t.Error("the block is not closed")
	}
}

// The parts of an answer do not depend on how it was cut into chunks, and no
// byte makes the machine fail or invent text.
func FuzzFence(f *testing.F) {
	for _, s := range []string{
		"", "```go\na\n```", "> ~~~\n> a\nb", "<fill>\n```\n</fill>", "1. ```\r\na\r```", "<think><fill>a</fill>", "```a`\n````\n`````", "\t```\n\t\tx",
	} {
		f.Add(s, uint8(3))
	}
	f.Fuzz(func(t *testing.T, answer string, size uint8) {
		whole := split(answer)
		var g fence
		for n := int(size)%7 + 1; len(answer) > 0; {
			n = min(n, len(answer))
			g.write(answer[:n])
			answer = answer[n:]
		}
		g.end()
		if diff := cmp.Diff(shown(whole), shown(g.parts)); diff != "" {
			t.Errorf("cut into chunks it is another answer:\n%s", diff)
		}
		for _, p := range g.parts {
			if strings.Contains(string(p.text), "\r") {
				t.Errorf("a carriage return is left in %q", p.text)
			}
		}
	})
}
