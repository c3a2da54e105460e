package record

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/context/trail"
	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/redact"
)

// planted are made-up secrets, each with the line that makes it one; § is its
// place. They are put together from pieces so that no scanner takes them for a
// leak.
var planted = []struct{ name, line, secret string }{
	{"github", `t := "§"`, "gh" + "p_" + "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dF3hJ5"},
	{"aws", `id = '§'`, "AK" + "IA" + "QZ7XK4MWB2NRT5VY"},
	{"anthropic", `ANTHROPIC_API_KEY=§ ./run`, "sk-" + "ant-api03-" + "Zk2mX9vB4tR8wL1nC6pQ7sD3fG5hJ0"},
	{"assigned", `client_secret = "§"`, "q7Zk2mX9vB4tR8wL1nC6"},
	{"password", `password := "§"`, "pa55-Wo7d!"},
	{"url", `dsn = "postgres://app:§@db.example/x"`, "fAk3-pa55"},
	{"bearer", `Authorization: Bearer §`, "a1B2c3D4e5F6g7H8i9J0k1L2"},
	{"jwt", `jwt("§")`, "ey" + "J" + "hbGciOiJIUzI1NiJ9" + ".ey" + "J" + "zdWIiOiIxMjM0NTY3ODkwIn0" + "." + "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"},
	{"azure", `AccountKey=§;`, "Zk2mX9vB4tR8wL1nC6pQ7sD3fG5hJ0Zk2mX9vB4tR8wL1nC6pQ7sD3fG5hJ0=="},
}

// least is how much of a secret in a row is too much.
const least = 6

// holdsSecret reports whether text has a run of a secret.
func holdsSecret(text, secret string) string {
	for i := range len(secret) - least + 1 {
		if run := secret[i : i+least]; strings.Contains(text, run) {
			return run
		}
	}
	return ""
}

// A sitting drives a keeper as a recorder does, and reads what it wrote.
type sitting struct {
	t    *testing.T
	keep *keeper
	file bytes.Buffer
	doc  *document.Document
	past trail.Recorder // what was done and refused a moment ago is told with each request
	n    int
}

func shown(uri string) (path string, ok bool) { return uri, true }

func newSitting(t *testing.T, text string) *sitting {
	s := &sitting{t: t, doc: document.New("file:///w/a.txt", "plaintext", 1, text)}
	f := newFile(&s.file, Options{MaxBytes: 1 << 30})
	s.keep = newKeeper(func(e Event) { f.write(e); _ = f.flush() })
	_ = f.flush()
	return s
}

// ask asks at a place.
func (s *sitting) ask(at int) {
	s.n++
	r := &completion.Request{Doc: s.doc, At: document.Offset(at), Path: "a.txt", Recent: s.past.Recent(s.doc.URI(), shown)}
	s.keep.take(entry{Event: Event{Request: &Request{N: s.n}}, request: r})
}

// answer says something to the last request, in pieces of some bytes, with a
// candidate.
func (s *sitting) answer(text string, size int, candidate string) {
	s.keep.take(entry{Event: Event{Question: &Question{N: s.n, Path: "a.txt"}}})
	for rest := text; rest != ""; {
		n := min(size, len(rest))
		s.keep.take(entry{Event: Event{Chunk: &Chunk{Question: s.n, Text: Text(rest[:n])}}})
		rest = rest[n:]
	}
	s.keep.take(entry{Event: Event{Decision: &Decision{Request: s.n, Outcome: "shown", Candidates: []Candidate{{Text: Text(candidate)}}}}})
	s.keep.take(entry{Event: Event{Answered: &Answered{Question: s.n}}})
	s.past.Decided(trail.Suggestion{Path: s.doc.URI(), Text: candidate})
}

// put makes an edit and asks behind it.
func (s *sitting) put(from, to int, text string) {
	next, err := s.doc.Apply(s.doc.Version()+1, document.Change{From: document.Offset(from), To: document.Offset(to), Text: text})
	if err != nil {
		s.t.Fatal(err)
	}
	s.past.Edited(s.doc, next)
	s.doc = next
	s.ask(from + len(text))
}

// typed types text at a place, a character at a time.
func (s *sitting) typed(at int, text string) {
	for i, r := range text {
		s.put(at+i, at+i, string(r))
	}
}

// read ends the sitting, and holds the documents of the recording against the
// real ones: the same lengths and the same lines.
func (s *sitting) read() string {
	s.t.Helper()
	s.keep.finish()
	rec, err := Read(bytes.NewReader(s.file.Bytes()))
	if err != nil {
		s.t.Fatalf("%v\n%s", err, s.file.String())
	}
	var last *document.Document
	for _, d := range rec.docs {
		if d != nil {
			last = d
		}
	}
	got, want := last.Text(), s.doc.Text()
	if len(got) != len(want) || len(utf16.Encode([]rune(got))) != len(utf16.Encode([]rune(want))) || strings.Count(got, "\n") != strings.Count(want, "\n") {
		s.t.Errorf("the document is recorded as\n%q\nand is\n%q", got, want)
	}
	return s.file.String()
}

func TestNoSecretIsWritten(t *testing.T) {
	for _, p := range planted {
		before, after, _ := strings.Cut(p.line, "§")
		line := before + p.secret + after
		top := "a é 🙂\r\n"
		for _, tt := range []struct {
			name string
			do   func(*testing.T) *sitting
		}{
			{"there from the beginning", func(t *testing.T) *sitting {
				s := newSitting(t, top+line+"\nend")
				s.ask(0)
				return s
			}},
			{"pasted", func(t *testing.T) *sitting {
				s := newSitting(t, top+before+after)
				s.ask(0)
				s.put(len(top+before), len(top+before), p.secret)
				return s
			}},
			{"pasted with its line", func(t *testing.T) *sitting {
				s := newSitting(t, top)
				s.put(len(top), len(top), line+"\n")
				return s
			}},
			{"typed", func(t *testing.T) *sitting {
				s := newSitting(t, top)
				s.ask(0)
				s.typed(len(top), line+"\nend")
				return s
			}},
			{"typed between what makes it one", func(t *testing.T) *sitting {
				s := newSitting(t, top+before+after+"\nend")
				s.ask(0)
				s.typed(len(top+before), p.secret)
				s.typed(0, "x")
				return s
			}},
			{"half typed when it was opened", func(t *testing.T) *sitting {
				text := top + before + p.secret
				s := newSitting(t, text[:len(text)-len(p.secret)/3])
				s.ask(int(s.doc.Len()))
				s.typed(int(s.doc.Len()), text[s.doc.Len():]+after)
				return s
			}},
			{"typed with slips", func(t *testing.T) *sitting {
				s := newSitting(t, top)
				s.ask(0)
				at := len(top)
				for i := range len(line) {
					s.put(at+i, at+i, "Q")
					s.put(at+i, at+i+1, "")
					s.put(at+i, at+i, line[i:i+1])
				}
				return s
			}},
			{"taken back again", func(t *testing.T) *sitting {
				s := newSitting(t, top)
				s.ask(0)
				s.typed(len(top), line)
				for i := len(line); i > 0; i-- {
					s.put(len(top)+i-1, len(top)+i, "")
				}
				return s
			}},
			{"broken in two later", func(t *testing.T) *sitting {
				s := newSitting(t, top+line)
				s.ask(0)
				s.put(len(top+before)+len(p.secret)/2, len(top+before)+len(p.secret)/2, " ")
				return s
			}},
			{"copied without its beginning", func(t *testing.T) *sitting {
				s := newSitting(t, top+line+"\n")
				s.ask(0)
				s.put(0, 0, p.secret[1:])
				return s
			}},
			{"in an answer", func(t *testing.T) *sitting {
				s := newSitting(t, top)
				s.ask(0)
				s.answer("```\n"+line+"\n```\n", 1000, line)
				return s
			}},
			{"in an answer in pieces", func(t *testing.T) *sitting {
				s := newSitting(t, top)
				s.ask(0)
				s.answer("Here:\n```\n"+line+"\n```\n", 5, line)
				return s
			}},
			{"in an answer that ends the line", func(t *testing.T) *sitting {
				s := newSitting(t, top+before)
				s.ask(len(top + before))
				s.answer("```\n"+p.secret+after+"\n```\n", 5, p.secret+after)
				return s
			}},
			{"in answers while it is typed", func(t *testing.T) *sitting {
				s := newSitting(t, top)
				s.ask(0)
				for i := range len(line) {
					s.put(len(top)+i, len(top)+i, line[i:i+1])
					s.answer("```\n"+line[:i+1]+"\n```\n", 3, line[:i+1])
				}
				return s
			}},
		} {
			t.Run(p.name+"/"+tt.name, func(t *testing.T) {
				if got := tt.do(t).read(); holdsSecret(got, p.secret) != "" {
					t.Errorf("%q of %q is in\n%s", holdsSecret(got, p.secret), p.secret, got)
				}
			})
		}
	}
}

// A key block is typed, pasted and answered line by line.
func TestNoPrivateKeyIsWritten(t *testing.T) {
	const kind = "RSA PRIV" + "ATE KEY-----"
	body := "MIIB0wIBAAJhAKq7Zk2mX9vB4tR8wL1nC6pQ7sD3fG5hJ0aB3dE5gH7jK9mN1pQ3\n" +
		"sT5vW7yZ9bC1dF3hJ5kL7nP9rT1vX3zB5dF7hJ9lN1pR3tV5xZ7bD9fH1jL3nP5r\nQ2wE4rT6yU8="
	block := "-----BEGIN " + kind + "\n" + body + "\n-----END " + kind + "\n"
	for _, tt := range []struct {
		name string
		do   func(s *sitting)
	}{
		{"there", func(s *sitting) { s.put(0, 0, block) }},
		{"typed", func(s *sitting) { s.typed(0, block) }},
		{"by lines", func(s *sitting) {
			at := 0
			for line := range strings.Lines(block) {
				s.put(at, at, line)
				at += len(line)
			}
		}},
		{"answered", func(s *sitting) { s.answer("```\n"+block+"```\n", 7, block) }},
	} {
		s := newSitting(t, "")
		s.ask(0)
		tt.do(s)
		got := strings.ReplaceAll(s.read(), `\n`, "\n")
		for line := range strings.Lines(body) {
			if run := holdsSecret(got, strings.TrimSpace(line)); run != "" {
				t.Errorf("%s: %q is in\n%s", tt.name, run, got)
			}
		}
	}
}

// Nothing grows with the session: not with what happens on one line, and not with
// the documents that were open once.
func TestKeeperIsBounded(t *testing.T) {
	s := newSitting(t, "")
	s.ask(0)
	for range 200 {
		s.put(0, 0, strings.Repeat("abc ", 16<<10))
		s.put(0, 64<<10, "")
	}
	if s.keep.bytes > maxHeld+1<<20 {
		t.Errorf("%d bytes in %d events are held back", s.keep.bytes, len(s.keep.held))
	}
	for i := range 3 * maxDocs {
		s.doc = document.New(fmt.Sprintf("file:///w/%d", i), "go", 1, "package a\n")
		s.ask(0)
		s.answer("x", 1, "x")
	}
	if len(s.keep.docs) > maxDocs || len(s.keep.answers) > 0 || len(s.keep.held) > 20 {
		t.Errorf("%d documents, %d answers and %d events are remembered", len(s.keep.docs), len(s.keep.answers), len(s.keep.held))
	}
	s.read()
	many := newKnown()
	for i := range 10_000 {
		many.add(fmt.Sprintf("%064d", i*7919))
	}
	if len(many.runs) > maxKnown {
		t.Errorf("%d pieces of secrets are remembered", len(many.runs))
	}
}

// What is masked is not in the way of what is not: a file without secrets is
// recorded as it is.
func TestOrdinaryTextIsWrittenAsItIs(t *testing.T) {
	s := newSitting(t, "")
	const text = "package a\n\nfunc secretOf(password string) string {\n\treturn token(password) // é🙂\n}\n"
	s.typed(0, text)
	s.answer("```go\nx\n```", 3, "x")
	s.keep.finish()
	rec, err := Read(&s.file)
	if err != nil {
		t.Fatal(err)
	}
	var got string
	for _, d := range rec.docs {
		if d != nil {
			got = d.Text()
		}
	}
	if got != text {
		t.Errorf("recorded as %q", got)
	}
}

// However a document is edited, its recorded text has the same length at each
// step, and differs only where something is masked.
func TestRandomEdits(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"a", "é", "🙂", "\n", "\r\n", "\r", "x = 1\n", `key = "`, `"`, "\xff", ""}
	for _, p := range planted {
		pieces = append(pieces, strings.ReplaceAll(p.line, "§", p.secret), p.secret[:len(p.secret)/2], p.secret)
	}
	for range 40 {
		s := newSitting(t, "begin\n")
		s.ask(0)
		var texts []string
		for range 40 {
			from := int(s.doc.RuneStart(document.Offset(random.IntN(int(s.doc.Len()) + 1))))
			to := int(s.doc.RuneStart(document.Offset(min(int(s.doc.Len()), from+random.IntN(12)*random.IntN(3)))))
			s.put(from, max(from, to), pieces[random.IntN(len(pieces))])
			texts = append(texts, s.doc.Text())
		}
		s.keep.finish()
		if s.keep.lost {
			t.Fatal("a document could not be followed")
		}
		rec, err := Read(bytes.NewReader(s.file.Bytes()))
		if err != nil {
			t.Fatalf("%v\n%s", err, s.file.String())
		}
		var docs []string
		now := ""
		for i, e := range rec.Events {
			if rec.docs[i] != nil {
				now = rec.docs[i].Text()
			}
			if e.Request != nil {
				docs = append(docs, now)
			}
		}
		for i, text := range texts {
			if got := docs[i+1]; len(got) != len(text) {
				t.Fatalf("step %d: recorded %q, is %q", i, got, text)
			}
			for _, m := range redact.Spans(text) {
				if got, want := docs[i+1][m.From:m.To], redact.Mask(text[m.From:m.To], []span{{From: 0, To: m.To - m.From}}); got != want {
					t.Fatalf("step %d: %q is in %q", i, got, docs[i+1])
				}
			}
		}
	}
}

func TestStep(t *testing.T) {
	for _, tt := range []struct {
		before, after string
		want          step
	}{
		{"ab", "axb", step{1, 1, 1}},
		{"aa", "aaa", step{2, 2, 1}},
		{"é", "è", step{0, 2, 2}},
		{"x🙂y", "x🙃y", step{1, 5, 4}},
		{"same", "same", step{4, 4, 0}},
		{"abc", "", step{0, 3, 0}},
	} {
		got := stepBetween(document.New("", "", 1, tt.before), document.New("", "", 2, tt.after))
		if got != tt.want {
			t.Errorf("%q to %q is %v, want %v", tt.before, tt.after, got, tt.want)
		}
	}
}

func TestSpansMove(t *testing.T) {
	secret := []span{{From: 10, To: 20}}
	for _, tt := range []struct {
		name     string
		step     step
		forward  string
		backward string // of what is at 10..20 after the step
	}{
		{"before", step{0, 2, 5}, "[{13 23}]", "{7 17}"},
		{"right before", step{10, 10, 3}, "[{13 23}]", "{10 17}"},
		{"inside", step{15, 15, 3}, "[{10 23}]", "{10 17}"},
		{"right behind", step{20, 20, 3}, "[{10 20}]", "{10 20}"},
		{"behind", step{25, 26, 0}, "[{10 20}]", "{10 20}"},
		{"all of it replaced", step{5, 25, 4}, "[]", "{26 36}"},
		{"its end taken away", step{18, 20, 0}, "[{10 18}]", "{10 22}"},
		{"its last character typed", step{19, 19, 1}, "[{10 21}]", "{10 19}"},
	} {
		if got := fmt.Sprint(tt.step.forward(secret)); got != tt.forward {
			t.Errorf("%s: forward to %s, want %s", tt.name, got, tt.forward)
		}
		if got := fmt.Sprint(tt.step.backward(secret[0])); got != tt.backward {
			t.Errorf("%s: backward to %s, want %s", tt.name, got, tt.backward)
		}
	}
}
