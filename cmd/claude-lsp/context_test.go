package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/claude-lsp/claude-lsp/completion"
	doccontext "github.com/claude-lsp/claude-lsp/context"
	"github.com/claude-lsp/claude-lsp/context/rank"
	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/redact"
	"github.com/claude-lsp/claude-lsp/internal/store"
)

// atHome gives the test a home of its own, and the key if it is not "".
func atHome(t *testing.T, key string) (home string) {
	t.Helper()
	home = t.TempDir()
	for _, name := range []string{"XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "HOME"} {
		t.Setenv(name, home)
	}
	t.Setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:9") // nobody is there
	t.Setenv("ANTHROPIC_AUTH_TOKEN", "")
	t.Setenv("ANTHROPIC_API_KEY", key)
	return home
}

// inFolder writes files into a folder that is a repository of its own.
func inFolder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// plainToken is a secret that rules can tell.
const plainToken = "ghp" + "_16C7e42F292c6912E7710c838347Ae178B4a"

var sampleFiles = map[string]string{
	"go.mod": "module example.org/shop\n",
	"store.go": "package shop\n\nimport \"errors\"\n\nconst token = \"" + plainToken + "\"\n\n// Total adds up what is in a basket.\n" +
		"func Total(b Basket) (Money, error) {\n\t\n}\n\nvar errEmpty = errors.New(\"the basket is empty\")\n",
	"basket.go": "package shop\n\n// A Basket holds what somebody wants to buy.\ntype Basket struct{ Items []Item }\n\n" +
		"// An Item is a thing and its price.\ntype Item struct {\n\tName  string\n\tPrice Money\n}\n",
	"money.go": "package shop\n\n// Money is an amount in cents.\ntype Money int\n",
}

// docs/context.md shows what the command prints, the reasons and the fields.
func TestTheContextPage(t *testing.T) {
	atHome(t, "sk-none")
	dir := inFolder(t, sampleFiles)
	var out strings.Builder
	if err := (contextCmd{At: place{filepath.Join(dir, "store.go"), 9, 2}, key: []byte("the same each time")}).show(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	page := openPage(t, "../../docs/context.md")
	page.sample("claude-lsp context store.go:9:2", out.String())
	page.tables(contextSections(t))
	page.renew()
	page.names(reflect.TypeFor[shownWindow](), reflect.TypeFor[shownText](), reflect.TypeFor[shownBlock](),
		reflect.TypeFor[shownPart](), reflect.TypeFor[shownPrice](), reflect.TypeFor[shownLast]())
}

// What an editor would send, with everything that a window can hold.
func shownExample(t *testing.T) shownWindow {
	t.Helper()
	atHome(t, "sk-none")
	h := openHouse(houseOptions{quiet: true, offline: true})
	t.Cleanup(h.close)
	hidden, n := redact.Text("const token = \"" + plainToken + "\"\n")
	if n != 1 {
		t.Fatalf("%d secrets in the example", n)
	}
	part := func(path string, first, last int, text, reason string) doccontext.Part {
		return doccontext.Part{Path: path, FirstLine: first, LastLine: last, Text: text, Tokens: 100, Reason: reason}
	}
	w := doccontext.Window{
		Blocks: []doccontext.Block{
			{ID: "b1", Parts: []doccontext.Part{
				part("a/keys.go", 3, 4, hidden+hidden, rank.ReasonSibling),
				part("a/\x1b[2Jodd.go", 0, 0, "package a\n\x1b]0;owned\x07\u202e\n", "moon_phase"),
			}, Tokens: 40_000},
			{ID: "b2", Parts: []doccontext.Part{part("b.go", 1, 9, "package b\n", rank.ReasonImported)}, Tokens: 20_000, Breakpoint: true},
			{ID: "b3", Side: doccontext.Above, Parts: []doccontext.Part{part("m.go", 1, 300, "package m\n", doccontext.ReasonOpen)}, Tokens: 10_000, Breakpoint: true},
			{ID: "b4", Side: doccontext.Below, Parts: []doccontext.Part{part("m.go", 400, 500, "}\n", doccontext.ReasonOpen)}, Tokens: 5_000},
		},
		Near:   []doccontext.Part{part("c.go", 7, 8, hidden, rank.ReasonDefinition)},
		Notes:  "Edited a moment ago: x\n",
		Before: "x := ", After: "\n", Tokens: 76_000,
	}
	doc := document.New("file:///m.go", "go", 1, "x := \n")
	r := completion.Request{Doc: doc, At: 5, Path: "m.go", Settings: completion.Settings{Model: "claude-haiku-5-5", WindowTokens: 95_000}}
	prompt := completion.BuildPrompt(completion.Target{Model: "claude-haiku-5-5", Language: "go", Path: "m.go", MaxTokens: 256}, w, completion.Shape{})
	s := h.shownWindow(r, w, prompt)
	s.Line, s.Column = 1, 6
	s.LastRequest = &shownLast{Language: "go", Line: 12, Column: 5, Input: 800, CacheRead: 76_000, CacheWrite: 200, Percent: 98.7, at: time.Date(2026, 11, 26, 9, 0, 0, 0, time.Local)}
	return s
}

func TestAWindowIsShown(t *testing.T) {
	s := shownExample(t)
	s.dropText()
	var out strings.Builder
	if err := s.print(&out); err != nil {
		t.Fatal(err)
	}
	// The rules may be worded otherwise one day, and cost something else then.
	got := regexp.MustCompile(`1 \d\d\d( +to 1 )`).ReplaceAllString(out.String(), "1 xxx$1")
	want := `m.go:1:6, for claude-haiku-5-5 (claude)

tokens  cached  what             why
1 xxx   to 1    rules            the same for every request
40 000  to 2    block 1          of the workspace
                  a/keys.go:3-4  signatures of a file of the same folder; 2 secrets were taken out
                  a/[2Jodd.go    moon phase
20 000  to 2    block 2          of the workspace
                  b.go:1-9       signatures of a file that the document imports
10 000  to 3    block 3          of the document, above the text round the cursor
                  m.go:1-300     it is open in the editor
5 000   no      block 4          of the document, below it
                  m.go:400-500   it is open in the editor
100     no      near             what this very line may need
                  c.go:7-8       it defines a name near the cursor, or one that fits there; 1 secret was taken out
`
	if !strings.HasPrefix(got, want) {
		t.Errorf("(-want +got):\n%s", cmp.Diff(want, got))
	}
	for _, line := range []string{
		"81.", // per cent of the budget
		"; 3 secrets were taken out.\n",
		" tokens (92 %) stay the same while you type",
		"At claude-haiku-5-5 it costs $0.00",
		"The last request of an editor (2026-11-26 09:00:00, go 12:5) read 99 % of its 77 000 tokens from the cache.\n",
	} {
		if !strings.Contains(got, line) {
			t.Errorf("it does not say %q:\n%s", line, got)
		}
	}
}

// What two parts of a file show is one secret, and what stands in two places
// is two.
func TestASecretIsCountedOnce(t *testing.T) {
	hidden, _ := redact.Text("const token = \"" + plainToken + "\"\n")
	s := shownWindow{
		Blocks: []shownBlock{
			{Parts: []shownPart{{Path: "keys.go", Text: "package shop\n\n" + hidden + hidden}}},
			{Parts: []shownPart{{Path: "keys.go", FirstLine: 3, Text: hidden}, {Path: "other.go", FirstLine: 3, Text: hidden}}},
		},
		Near: []shownPart{{Path: "keys.go", FirstLine: 4, Text: hidden}, {Path: "keys.go", FirstLine: 9, Text: hidden}},
	}
	if got := s.redactedInFiles(); got != 4 { // keys.go:3, 4 and 9, other.go:3
		t.Errorf("%d secrets, want 4", got)
	}
}

// A key's price is what the list says: an hour's write costs twice the input,
// one of five minutes 1.25 times, and what is read a tenth.
func TestThePriceOfAWindow(t *testing.T) {
	s := shownWindow{Rules: shownText{Tokens: 1_000}, Cacheable: 91_000, Tokens: 93_000, maxAnswerTokens: 1_000}
	want := &shownPrice{Model: "claude-haiku-5-5", First: .0002 + .01125 + .0002, Next: .00091 + .0002, Answer: .0005}
	if got := s.priced("claude-haiku-5-5"); !cmp.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := s.priced("some-model"); got != nil {
		t.Errorf("the price of an unknown model is %+v", got)
	}
	s.Model, s.Provider = "some-model", "claude"
	if got := s.summary(); !strings.Contains(got, "there is no price for some-model") {
		t.Errorf("it says %q", got)
	}
}

// The text is shown whole, but for what a terminal would obey.
func TestTheTextOfAWindow(t *testing.T) {
	s := shownExample(t)
	var out strings.Builder
	if err := s.print(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"\n--- rules ---\n", "\n--- block 1: a/keys.go:3-4 ---\nconst token = \"REDACTED_", "\n--- block 1: a/[2Jodd.go ---\npackage a\n]0;owned\n",
		"\n--- near: c.go:7-8 ---\n", "\n--- notes ---\nEdited", "\n--- before ---\nx := \n", "\n--- task ---\nInsert at ",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not shown:\n%s", want, out.String())
		}
	}
	if strings.ContainsAny(out.String(), "\x1b\x07\u202e") || strings.Contains(out.String(), plainToken) {
		t.Errorf("what must not be shown is: %q", out.String())
	}
}

// Tools read the names.
func TestTheWindowAsJSON(t *testing.T) {
	home := atHome(t, "")
	st := store.Open(store.Options{Path: filepath.Join(home, "claude-lsp", "store.db")})
	at := time.UnixMilli(1795608245123)
	st.AddDecision(store.Decision{Session: "s", Request: 1, At: at, Language: "go", Line: 3, Column: 4, Outcome: "shown", Provider: "claude", Input: 10, CacheRead: 80, CacheWrite: 10})
	st.AddDecision(store.Decision{Session: "s", Request: 2, At: at, Outcome: "shown", Source: "kept", Provider: "claude"})
	if err := st.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	dir := inFolder(t, sampleFiles)
	var out strings.Builder
	if err := (contextCmd{At: place{filepath.Join(dir, "store.go"), 9, 2}, JSON: true, Full: true}).show(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(out.String()), &got); err != nil {
		t.Fatalf("%v: %s", err, out.String())
	}
	for name, want := range map[string]any{
		"path": "store.go", "line": 9.0, "column": 2.0, "language": "go", "provider": "embedded", "model": "embedded", "verdict": "ask",
		"budgetTokens": 95_000.0, "redacted": 1.0,
	} {
		if got[name] != want {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
	last, _ := got["lastRequest"].(map[string]any)
	if last["cacheReadPercent"] != 80.0 || last["line"] != 3.0 || last["cacheRead"] != 80.0 {
		t.Errorf("lastRequest is %v", last)
	}
	before, _ := got["before"].(map[string]any)
	if text, _ := before["text"].(string); !strings.HasSuffix(text, "error) {\n\t") || strings.Contains(text, plainToken) {
		t.Errorf("before is %v", before)
	}
	if got["price"] == nil || got["blocks"] == nil || got["near"] == nil {
		t.Errorf("something is missing: %s", out.String())
	}
}

// Where typing asks nothing, the reason is said, and what asking by hand sends.
func TestTheWindowWhereTypingAsksNothing(t *testing.T) {
	atHome(t, "")
	dir := inFolder(t, sampleFiles)
	var out strings.Builder
	if err := (contextCmd{At: place{filepath.Join(dir, "store.go"), 8, 8}, Full: true}).show(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Typing here asks nothing: a word goes on behind the cursor (mid_word).", "the embedded model answers", "Give up to 3 answers"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it does not say %q:\n%s", want, out.String())
		}
	}
}

// What is never sent is not shown either.
func TestNoWindowOfWhatIsNeverSent(t *testing.T) {
	atHome(t, "")
	dir := inFolder(t, map[string]string{".env": "A=b\n", "out.go": "package out\n", ".claude-lsp-ignore": "out.go\n", "a.go": "package a\n"})
	for _, tt := range []struct {
		file         string
		line, column int
		want         string
	}{
		{".env", 1, 1, "secret file"},
		{"out.go", 1, 1, "gets no completions: ignored"},
		{"none.go", 1, 1, "none.go"},
		{"a.go", 9, 1, "2 lines"},
	} {
		var out strings.Builder
		err := (contextCmd{At: place{filepath.Join(dir, tt.file), tt.line, tt.column}}).show(t.Context(), &out)
		if err == nil || !strings.Contains(err.Error(), tt.want) || out.Len() > 0 {
			t.Errorf("%s: error %v, printed %q; want %q", tt.file, err, out.String(), tt.want)
		}
	}
}
