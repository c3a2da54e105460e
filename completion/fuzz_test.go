package completion

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	doccontext "github.com/claude-lsp/claude-lsp/context"
	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/fake/script"
	"github.com/claude-lsp/claude-lsp/internal/model"
	"github.com/claude-lsp/claude-lsp/internal/redact"
)

// How a fuzzed request is made, by the bits of one number.
const (
	fuzzInvoked   = 1 << 4 // below them: the language
	fuzzBare      = 1 << 5
	fuzzCut       = 1 << 6
	fuzzBroken    = 1 << 7
	fuzzNever     = 1 << 8
	fuzzAlways    = 1 << 9
	fuzzAhead     = 1 << 10 // the window is worth reading ahead
	fuzzLanguages = fuzzInvoked - 1
)

var languagesToFuzz = []string{
	"go", "python", "typescriptreact", "c", "markdown", "ruby", "rust", "no-such-language",
	"yaml", "haskell", "html", "json", "shellscript", "lua", "sql", "git-commit",
}

// Whatever a model says, to whatever request in whatever document: nothing
// fails; the answer is the same however the stream was cut, and whether it was
// seen growing; and a candidate changes nothing but its range on the cursor's
// line, and nothing that a person would not see.
func FuzzComplete(f *testing.F) {
	for _, s := range []struct {
		before, after, answer string
		cuts                  string
		flags                 uint16
	}{
		{"func f() {\n\t", ")\n}\n", "```go\nx)\n```", "\x01", 0},
		{"def f():\n    ", "", "<fill>\n\treturn 1\n</fill>", "\x02\x05", 1},
		{"a\r\n  b", "c\r\nd", "Here:\n\n~~~\nb\n~~~", "\x03", 2 | fuzzInvoked},
		{"/* ", " */", "x\n```\ny", "", 3 | fuzzCut},
		{"x = \"", "\"", "`a`", "\x05\x01\x01", 4 | fuzzNever},
		{"x = ", "\n", "1. a\n```\n1\n```\n2. b\n```\n2\n```", "\x00", fuzzInvoked},
		{"x = ", ")\n", "1\n2\n3\n4\n5\n6\n7\n", "\x00", 7 | fuzzBare | fuzzNever | fuzzAhead},
		{"- a: b\n  c: d\n- ", "", "```yaml\na: e\nc: f\n```", "\x02", 8},
		{"\tx ", "", "```\n   y<|im_end|>z\n```", "\x06", fuzzBroken},
		{"f(", ", b)\n", "```\ng(a\n\th(a)\n```", "\x04", fuzzAlways},
		{"\xff\xe2", "\x80\xb8\n", "```\n\xe2\x80\xb8\u202e\n```", "\x01", fuzzInvoked},
	} {
		f.Add(s.before, s.after, s.answer, []byte(s.cuts), s.flags)
	}
	f.Fuzz(func(t *testing.T, before, after, answer string, cuts []byte, flags uint16) {
		if len(before)+len(after)+len(answer) > 1<<12 {
			t.Skip()
		}
		checkAnswer(t, before, after, answer, cuts, flags)
	})
}

// The same for what looks like code, talk and Markdown: each byte is a piece of
// such text, so that most inputs reach the steps that fit an answer in.
func FuzzCompletePieces(f *testing.F) {
	pieces := strings.Split("\n|\n\n|\t|    |  |\r\n| |{|}|(|)|[|]|;|,|:|\"|'|=|x|y1|return x|if a {|func f() {|def f():|else:|- |key: |// |# |/*|*/|"+
		"```|```go|~~~|`|<fill>|</fill>|<think>|</think>|Here is the code:|This is what it does.|1. |+ |> |é|日|\u200d|<CURSOR/>|<|eot|>|diff --git a/|...|// ...", "|")
	text := func(b []byte) string {
		var s strings.Builder
		for _, c := range b {
			s.WriteString(pieces[int(c)%len(pieces)])
		}
		return s.String()
	}
	for i := range byte(len(pieces)) {
		f.Add([]byte{23, 0, 2, i, 19}, []byte{10, 0, 8}, []byte{33, 0, i, 0, 2, 21, 0, 32}, []byte{i}, uint16(i)<<2)
	}
	f.Fuzz(func(t *testing.T, before, after, answer, cuts []byte, flags uint16) {
		if len(before)+len(after)+len(answer) > 200 {
			t.Skip()
		}
		checkAnswer(t, text(before), text(after), text(answer), cuts, flags)
	})
}

// checkAnswer gives an answer in one chunk, in others, and to somebody who sees
// it grow.
func checkAnswer(t *testing.T, before, after, answer string, cuts []byte, flags uint16) {
	t.Helper()
	r := Request{
		Doc: document.New("file:///p/a", languagesToFuzz[flags&fuzzLanguages], 1, before+after), At: document.Offset(len(before)), Path: "a",
		Invoked: flags&fuzzInvoked != 0,
	}
	switch {
	case flags&fuzzNever != 0:
		r.Settings.Multiline = MultilineNever
	case flags&fuzzAlways != 0:
		r.Settings.Multiline = MultilineAlways
	}
	whole := fuzzed(t, r, flags, []string{answer})
	for _, c := range whole.Candidates {
		checkCandidate(t, r, c)
	}
	if cut := fuzzed(t, r, flags, cutAt(answer, cuts)); fmt.Sprint(whole) != fmt.Sprint(cut) {
		t.Errorf("in one chunk %+v, in others %+v", whole, cut)
	}
	var told Progress
	listened := r
	listened.Progress = func(now Progress) {
		follows(t, told, now.Candidates)
		told = now
	}
	if heard := fuzzed(t, listened, flags, cutAt(answer, cuts)); fmt.Sprint(whole) != fmt.Sprint(heard) {
		t.Errorf("to who does not listen %+v, to who does %+v", whole, heard)
	}
	follows(t, told, whole.Candidates)
	if grown := grown(t, r, flags, cutAt(answer, cuts)); !slices.Equal(whole.Candidates, grown) {
		t.Errorf("answered with %+v, streamed as %+v", whole, grown)
	}
}

// fuzzEngine says the chunks to whoever asks.
func fuzzEngine(flags uint16, chunks []string, observe func(Report)) *Engine {
	a := script.Answer{Chunks: chunks, Bare: flags&fuzzBare != 0}
	if flags&fuzzCut != 0 {
		a.Stop = model.StopLength
	}
	if flags&fuzzBroken != 0 {
		a.Err = model.ErrIncomplete
	}
	window := doccontext.Window{}
	if flags&fuzzAhead != 0 {
		window.Tokens = aheadWindow
	}
	return New(Options{Model: script.New(a), Window: func(doccontext.Request) doccontext.Window { return window }, Observe: observe})
}

// A fuzzedAnswer is all that must not depend on how an answer was cut.
type fuzzedAnswer struct {
	Answer

	end   string
	steps []string
}

// fuzzed is the answer to a request.
func fuzzed(t *testing.T, r Request, flags uint16, chunks []string) fuzzedAnswer {
	t.Helper()
	var (
		mu sync.Mutex
		f  fuzzedAnswer
	)
	e := fuzzEngine(flags, chunks, func(report Report) {
		mu.Lock()
		defer mu.Unlock()
		f.steps = report.Steps
		if report.EarlyEnd != "" { // who was answered before the stream was over does not know
			f.end = report.EarlyEnd
		}
	})
	a, err := e.Complete(t.Context(), r)
	e.Close()
	if err != nil || a.Outcome == "" || (a.Outcome == Shown) != (len(a.Candidates) > 0) {
		t.Fatalf("got %+v, %v", a, err)
	}
	f.Answer = a
	return f
}

// grown are the candidates of a request at the end of a stream.
func grown(t *testing.T, r Request, flags uint16, chunks []string) []Candidate {
	t.Helper()
	e := fuzzEngine(flags, chunks, nil)
	defer e.Close()
	var last Answer
	for a := range e.Stream(t.Context(), r) {
		for _, c := range a.Candidates {
			checkCandidate(t, r, c)
		}
		last = a
	}
	for i := range last.Candidates { // its names count from the first that grew
		last.Candidates[i].ID = fmt.Sprint(i + 1)
	}
	return last.Candidates
}

// checkCandidate looks at what a candidate would do to the request's document.
func checkCandidate(t *testing.T, r Request, c Candidate) {
	t.Helper()
	text := r.Doc.Text()
	if at := int(r.At); at < len(text) && !utf8.RuneStart(text[at]) || strings.HasPrefix(text[at:], "\n") && strings.HasSuffix(text[:at], "\r") {
		return // no editor has its cursor in the middle of a character
	}
	line := r.Doc.LineAt(r.At)
	if c.From < r.Doc.LineStart(line) || c.From > r.At || c.To < r.At || c.To > max(r.At, r.Doc.LineEnd(line)) {
		t.Errorf("%+v reaches beyond the cursor's line", c)
	}
	if c.ID == "" || strings.TrimSpace(c.Text) == "" || !utf8.ValidString(c.Text) {
		t.Errorf("%+v is nothing to be shown", c)
	}
	eol := r.Doc.EOL()
	if plain := strings.ReplaceAll(c.Text, eol, ""); eol != "" && strings.ContainsAny(plain, "\r\n") || strings.ContainsFunc(plain, unseen) {
		t.Errorf("%+v has other line ends than %q, or characters that nobody sees", c, eol)
	}
	next, err := r.Doc.Apply(2, document.Change{From: c.From, To: c.To, Text: c.Text})
	if err != nil {
		t.Fatalf("%+v: %v", c, err)
	}
	if got := next.Text(); got != text[:c.From]+c.Text+text[c.To:] || got == text {
		t.Errorf("%+v changes %q to %q", c, text, got)
	}
}

// cutAt cuts an answer into chunks, each a byte longer than the number in cuts,
// which begin anew at their end.
func cutAt(answer string, cuts []byte) []string {
	if len(cuts) == 0 {
		cuts = []byte{0}
	}
	var all []string
	for i := 0; answer != ""; i++ {
		n := min(int(cuts[i%len(cuts)])+1, len(answer))
		all, answer = append(all, answer[:n]), answer[n:]
	}
	return all
}

// What a whole answer costs for each byte, in deltas of a token and with a look
// at each. It must not grow with the answer.
func BenchmarkAnswer(b *testing.B) {
	file, _ := benchAnswer()
	numbered := func(format string, size int) string {
		var s strings.Builder
		for i := 0; s.Len() < size; i++ {
			fmt.Fprintf(&s, format, i)
		}
		return s.String()
	}
	for _, kind := range []struct{ name, text, begin, each, end string }{
		{"block", file, "```go\n", "\tif v%d > limit {\n\t\tuse(limit)\n\t}\n", "```\n"},
		{"line", "func f(" + cursor + ", b int) {\n", "```go\n", "\ta%d int,\n", "```\n"},
		{"long line", file, "```go\n", "a%d + ", "b\n```\n"},
		{"talk", file, "", "This is the number %d of what could be said.\n", ""},
		{"fences", file, "", "```\n```\n", ""},
		{"tokens", file, "```go\n", "\"<|a|>\", ", "b\n```\n"},
		{"brackets", file, "```\n", "}\n", "```\n"},
		{"echo", "x = a a a a a a a a a a a a a a a a a " + cursor + "\n", "```\n", "a ", "\n```\n"},
	} {
		for _, size := range []int{1 << 10, 1 << 14, 1 << 16} {
			b.Run(fmt.Sprintf("%s/%dKB", kind.name, size>>10), func(b *testing.B) {
				each := kind.each
				if !strings.Contains(each, "%") {
					each += "%.0s"
				}
				answer := kind.begin + numbered(each, size) + kind.end
				p := drawn(b, "go", kind.text)
				n := 0
				for b.Loop() {
					rd := &reading{place: p, limit: 1}
					for rest := answer; rest != ""; {
						n := min(4, len(rest))
						if rd.add(model.Chunk{Text: rest[:n], Markdown: true}) {
							break
						}
						rest = rest[n:]
						rd.growing()
					}
					rd.finish(model.StopEnd, false)
					n += len(answer)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/byte")
			})
		}
	}
}

// unseen reports whether a reader would not see r. What joins and selects
// depends on what stands beside it in the document.
func unseen(r rune) bool {
	_, ok := redact.Visible("x" + string(r) + "x")
	return !ok && !strings.ContainsRune("\u200c\u200d\ufe0e\ufe0f", r)
}
