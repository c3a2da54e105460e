package claude

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/claude-lsp/claude-lsp/internal/model"
)

func newClient(t testing.TB, o Options) *Client {
	t.Helper()
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// rendered returns the request for p as text, after checking its length.
func rendered(t testing.TB, c *Client, p model.Prompt) string {
	t.Helper()
	return renderedFor(t, c, p, toAnswer)
}

func renderedFor(t testing.TB, c *Client, p model.Prompt, why purpose) string {
	t.Helper()
	b, _, err := c.render(p, why)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(b.reader())
	if err != nil || int64(len(raw)) != b.size {
		t.Fatalf("%d bytes read, %d announced, %v", len(raw), b.size, err)
	}
	if !json.Valid(raw) || !utf8.Valid(raw) {
		t.Fatalf("not JSON: %s", raw)
	}
	return string(raw)
}

func TestRender(t *testing.T) {
	p := model.Prompt{
		Language: "go", Path: "cmd/main.go",
		Rules: "Be terse.",
		Blocks: []model.Block{
			{Parts: []model.Part{{Path: "a.go", Text: "package a\n"}}, ID: "1"},
			{Parts: []model.Part{{Path: "b.go", Text: "if a < b && c {\n\t\"ü\"\n}"}}, ID: "2", Breakpoint: true},
			{Parts: []model.Part{{Path: "cmd/main.go", Text: "func f() {}\n"}}, ID: "3", Breakpoint: true},
		},
		Before: "x := ", Mark: "<CURSOR>", After: "\n}\n", Task: "Answer in one fence.",
		MaxTokens: 64,
	}
	want := `{"system":[{"type":"text","text":"Be terse.","cache_control":{"type":"ephemeral","ttl":"1h"}}],` +
		`"messages":[{"role":"user","content":[` +
		`{"type":"text","text":"File: a.go\n\npackage a\n"},` +
		`{"type":"text","text":"File: b.go\n\nif a < b && c {\n\t\"ü\"\n}","cache_control":{"type":"ephemeral"}},` +
		`{"type":"text","text":"File: cmd/main.go\n\nfunc f() {}\n","cache_control":{"type":"ephemeral"}},` +
		`{"type":"text","text":"File being edited: cmd/main.go (go)\n\nx := <CURSOR>\n}\n\n\n(End of the text.)\nAnswer in one fence."}]}],` +
		`"model":"claude-haiku-5-5","thinking":{"type":"disabled"},"output_config":{"effort":"low"},"max_tokens":64,"stream":true}`
	c := newClient(t, Options{})
	for range 2 { // the second time from what was encoded before
		if d := cmp.Diff(want, rendered(t, c, p)); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	}
	// What is not an answer differs behind the last breakpoint alone.
	frozen, _, _ := strings.Cut(want, `{"type":"text","text":"File being edited`)
	for why, tail := range map[purpose]string{
		toWarm: `{"type":"text","text":"Wait."}]}],"model":"claude-haiku-5-5","thinking":{"type":"disabled"},"output_config":{"effort":"low"},"max_tokens":0}`,
		toCount: `{"type":"text","text":"File being edited: cmd/main.go (go)\n\nx := <CURSOR>\n}\n\n\n(End of the text.)\nAnswer in one fence."}]}],` +
			`"model":"claude-haiku-5-5"}`,
	} {
		if d := cmp.Diff(frozen+tail, renderedFor(t, c, p, why)); d != "" {
			t.Errorf("for purpose %d (-want +got):\n%s", why, d)
		}
	}
}

// The parts of a document say where they stand to the excerpt, and what only
// this line needs stands behind all that is cached.
func TestRenderOfADocumentInParts(t *testing.T) {
	p := model.Prompt{
		Language: "go", Path: "a.go",
		Blocks: []model.Block{
			{ID: "w", Parts: []model.Part{
				{Path: "b.go", FirstLine: 3, LastLine: 4, Text: "b3\nb4"},
				{Path: "b.go", FirstLine: 5, LastLine: 5, Text: "b5\n"},
				{Path: "b.go", FirstLine: 9, LastLine: 9, Text: "b9\n"},
				{Path: "c.go", Text: "c\n"},
			}, Breakpoint: true},
			{ID: "b", Side: model.Below, Parts: []model.Part{{Path: "a.go", FirstLine: 9, LastLine: 9, Text: "below\n"}}},
			{ID: "a", Side: model.Above, Parts: []model.Part{{Path: "a.go", FirstLine: 1, LastLine: 1, Text: "above\n"}}, Breakpoint: true},
		},
		Near: []model.Part{{Path: "d.go", FirstLine: 7, LastLine: 7, Text: "func d()"}}, Notes: "Refused: x\n",
		Before: "x := ", Mark: "<CURSOR/>", After: "\n", Task: "Go on.",
	}
	var got []string
	for _, b := range parsed(t, rendered(t, newClient(t, Options{}), p)).Messages[0].Content {
		got = append(got, b.Text)
	}
	want := []string{
		"File: b.go, lines 3 to 4\n\nb3\nb4\nb5\n(line 9)\nb9\n\n\nFile: c.go\n\nc\n",
		"Part of the file being edited, a.go: lines below the excerpt that the prompt ends with.\n\nbelow\n",
		"Part of the file being edited, a.go: lines above the excerpt that the prompt ends with.\n\nabove\n",
		"What the line at the mark may need, from other files:\n\nFile: d.go, line 7\n\nfunc d()\n\n(End of other files.)\n\nRefused: x\n\n" +
			"File being edited: a.go (go), the excerpt round the mark; lines of the same file above and below it stand earlier\n\nx := <CURSOR/>\n\n\n(End of the text.)\nGo on.",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// wireRequest is the Messages request as the API reads it.
type wireRequest struct {
	Model     string                 `json:"model"`
	MaxTokens int                    `json:"max_tokens"`
	Stream    bool                   `json:"stream"`
	Thinking  *struct{ Type string } `json:"thinking"`
	System    []textParam            `json:"system"`
	Messages  []struct {
		Role    string      `json:"role"`
		Content []textParam `json:"content"`
	} `json:"messages"`
}

type textParam struct {
	Type, Text string
	Cache      *struct{ Type, TTL string } `json:"cache_control"`
}

func parsed(t *testing.T, raw string) (r wireRequest) {
	t.Helper()
	if err := json.Unmarshal([]byte(raw), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// TestRenderKeepsTheAPIsRules walks prompts of every odd shape and checks what
// the API would refuse.
func TestRenderKeepsTheAPIsRules(t *testing.T) {
	c := newClient(t, Options{})
	blocks := func(breaks ...bool) (b []model.Block) {
		for i, br := range breaks {
			b = append(b, model.Block{Parts: []model.Part{{Path: fmt.Sprint(i), Text: "t"}}, ID: fmt.Sprint(i), Breakpoint: br})
		}
		return b
	}
	for _, tt := range []struct {
		name  string
		p     model.Prompt
		marks string // of the content, by position; s is the system text
	}{
		{"the least", model.Prompt{Before: "x"}, "-"},
		{"no rules leave four breakpoints", model.Prompt{Before: "x", Blocks: blocks(true, true, true, true, true)}, "x-xxx-"},
		{"with rules there are three: the first and the last", model.Prompt{Rules: "r", Before: "x", Blocks: blocks(true, true, true, true, true)}, "sx--xx-"},
		{"three fit", model.Prompt{Rules: "r", Before: "x", Blocks: blocks(true, false, true, true)}, "sx-xx-"},
		{"blank rules are left out", model.Prompt{Rules: " \n", Before: "x"}, "-"},
		{
			"blank blocks are left out, their breakpoint moves up",
			model.Prompt{Before: "x", Blocks: []model.Block{{Parts: []model.Part{{Text: "  "}}, Breakpoint: true}, {Parts: []model.Part{{Path: "a", Text: "t"}}, ID: "a"}, {Parts: []model.Part{{Text: "\n\t"}}, Breakpoint: true}, {Parts: []model.Part{{Text: "u"}}, ID: "b"}}},
			"x--",
		},
		{"an empty file has its header", model.Prompt{Before: "x", Blocks: []model.Block{{Parts: []model.Part{{Path: "e.go"}}, ID: "e"}}}, "--"},
		{"only the task", model.Prompt{Task: "go on"}, "-"},
		{"only the mark, in an empty file", model.Prompt{Mark: "<HERE>"}, "-"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := fmt.Sprintf("%+v", tt.p)
			r := parsed(t, rendered(t, c, tt.p))
			if fmt.Sprintf("%+v", tt.p) != before {
				t.Error("the prompt was changed")
			}
			var marks strings.Builder
			hourOver := false
			all := append(append([]textParam{}, r.System...), r.Messages[0].Content...)
			for i, b := range all {
				if b.Type != "text" || strings.TrimSpace(b.Text) == "" {
					t.Errorf("block %d is %q %q", i, b.Type, b.Text)
				}
				switch {
				case b.Cache == nil:
					hourOver = true
					marks.WriteByte('-')
				case b.Cache.TTL == "1h":
					if hourOver {
						t.Error("an hour after five minutes")
					}
					marks.WriteByte('s')
				default:
					hourOver = true
					marks.WriteByte('x')
				}
			}
			if marks.String() != tt.marks || strings.Count(tt.marks, "x")+strings.Count(tt.marks, "s") > 4 {
				t.Errorf("breakpoints %q, want %q", marks.String(), tt.marks)
			}
			if len(r.Messages) != 1 || r.Messages[0].Role != "user" || !r.Stream || r.MaxTokens != 256 {
				t.Errorf("got %+v", r)
			}
		})
	}
}

func TestRenderRefusesNothingToSay(t *testing.T) {
	c := newClient(t, Options{})
	if _, _, err := c.render(model.Prompt{Rules: "r", Before: " \n"}, toAnswer); !errors.Is(err, model.ErrInvalidRequest) {
		t.Errorf("got %v, want ErrInvalidRequest", err)
	}
}

// TestRenderHeaders: a path cannot pretend to be more than a path.
func TestRenderHeaders(t *testing.T) {
	c := newClient(t, Options{})
	r := parsed(t, rendered(t, c, model.Prompt{
		Path: "a\nb.go", Language: "g\x00o", Before: "\xff\xfe",
		Blocks: []model.Block{{Parts: []model.Part{{Path: "x\n\nFile: y\u2028", Text: "t"}}}},
	}))
	got := []string{r.Messages[0].Content[0].Text, r.Messages[0].Content[1].Text}
	want := []string{"File: x  File: y \n\nt", "File being edited: a b.go (g o)\n\n\ufffd\ufffd"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestRenderPerModel: the fields follow the model, and there is no model for which a sampling field, a prefill or
// a stop sequence is sent.
func TestRenderPerModel(t *testing.T) {
	c := newClient(t, Options{Model: "claude-sonnet-5"})
	for _, tt := range []struct {
		id       string
		thinking string // "" is: not sent
		effort   string
		err      error
	}{
		{id: "", thinking: "disabled"}, // the client's own model
		{id: "claude-haiku-5-5", thinking: "disabled", effort: "low"},
		{id: "claude-haiku-5-5-20261007", thinking: "disabled", effort: "low"},
		{id: "anthropic.claude-haiku-5-5", thinking: "disabled", effort: "low"},
		{id: "anthropic/claude-haiku-5.5", thinking: "disabled", effort: "low"},
		{id: "Claude-Haiku-5-5", thinking: "disabled", effort: "low"},
		{id: "us.anthropic.claude-haiku-4-5-20251001-v1:0"},
		{id: "claude-haiku-4-5@20251001"},
		{id: "claude-haiku-4-5"},
		{id: "claude-sonnet-5-5", thinking: "between_tools", effort: "low"},
		{id: "claude-sonnet-5", thinking: "disabled"},
		{id: "claude-sonnet-5-20260301", thinking: "disabled"},
		{id: "claude-sonnet-4-6"},
		{id: "claude-opus-5", thinking: "disabled"},
		{id: "claude-opus-5-latest", thinking: "disabled"},
		{id: "claude-opus-4-8"},
		{id: "claude-opus-5-5", err: model.ErrConfig},
		{id: "claude-opus-5-5-20260901", err: model.ErrConfig},
		{id: "claude-fable-5-2", err: model.ErrConfig},
		{id: "claude-mythos-preview", err: model.ErrConfig},
		{id: "claude-fable-9", err: model.ErrConfig},
		{id: "claude-haiku-6", thinking: "disabled"},
		{id: "claude-sonnet-5-7", thinking: "between_tools"},
		{id: "claude-opus-6"},
		{id: "claude-opus-5-7"},
		{id: "claude-3-5-haiku-20241022"},
		{id: "qwen2.5-coder:7b"},
		{id: "my deployment"},
	} {
		t.Run(tt.id, func(t *testing.T) {
			b, _, err := c.render(model.Prompt{Model: tt.id, Before: "x"}, toAnswer)
			if !errors.Is(err, tt.err) {
				t.Fatalf("got %v, want %v", err, tt.err)
			}
			if err != nil {
				for _, s := range []string{tt.id, "claude-haiku-5-5", "claude-haiku-4-5"} {
					if !strings.Contains(err.Error(), s) {
						t.Errorf("%q does not name %s", err, s)
					}
				}
				return
			}
			raw, _ := io.ReadAll(b.reader())
			var fields map[string]any
			if err := json.Unmarshal(raw, &fields); err != nil {
				t.Fatal(err)
			}
			want := map[string]any{"model": tt.id, "stream": true, "max_tokens": 256.0, "messages": fields["messages"]}
			if tt.id == "" {
				want["model"] = "claude-sonnet-5"
			}
			if tt.thinking != "" {
				want["thinking"] = map[string]any{"type": tt.thinking}
			}
			if tt.effort != "" {
				want["output_config"] = map[string]any{"effort": tt.effort}
			}
			if d := cmp.Diff(want, fields); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}
