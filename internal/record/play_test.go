package record

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/claude-lsp/claude-lsp/completion"
	doccontext "github.com/claude-lsp/claude-lsp/context"
	"github.com/claude-lsp/claude-lsp/context/trail"
	"github.com/claude-lsp/claude-lsp/internal/document"
	fake "github.com/claude-lsp/claude-lsp/internal/fake/script"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// wall is the time of the test: that of the bubble, inside one.
type wall struct{}

func (wall) Now() time.Time { return time.Now() }

func (wall) Sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func engineOf(p Parts) Closer {
	return completion.New(completion.Options{Model: p.Model, Clock: p.Clock, Observe: p.Observe, Window: doccontext.New(doccontext.Options{}).Window})
}

// A typist sits before an engine that is recorded.
type typist struct {
	engine Engine
	docs   map[string]*document.Document
	at     document.Offset
	cancel context.CancelCauseFunc
	asked  chan completion.Answer // of the last request
	auto   completion.Settings
	past   trail.Recorder
}

// ask asks at the cursor of a document. What was asked before ends with cause.
func (y *typist) ask(name string, cause error, how completion.Request) {
	if y.cancel != nil {
		y.cancel(cause)
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	y.cancel = cancel
	how.Doc, how.At, how.Path, how.Settings = y.docs[name], y.at, name, y.auto
	how.Recent = y.past.Recent(how.Doc.URI(), shown)
	for _, other := range slices.Sorted(maps.Keys(y.docs)) {
		if other != name {
			how.Others = append(how.Others, doccontext.Other{Doc: y.docs[other], Path: other})
		}
	}
	asked := make(chan completion.Answer, 1)
	y.asked = asked
	go func() {
		answer, _ := y.engine.Complete(ctx, how)
		asked <- answer
	}()
	synctest.Wait()
}

// put puts text in at the cursor and asks behind it.
func (y *typist) put(name, text string, how completion.Request) {
	d := y.docs[name]
	next, err := d.Apply(d.Version()+1, document.Change{From: y.at, To: y.at, Text: text})
	if err != nil {
		panic(err)
	}
	y.past.Edited(d, next)
	y.docs[name] = next
	y.at += document.Offset(len(text))
	y.ask(name, completion.ErrStale, how)
}

func (y *typist) typed(name, text string, gap time.Duration) {
	for _, r := range text {
		y.put(name, string(r), completion.Request{})
		time.Sleep(gap)
	}
}

// settle waits for the answer and returns it.
func (y *typist) settle() completion.Answer { return <-y.asked }

// recordSitting records a sitting with all that can happen in one.
func recordSitting(t *testing.T) []byte {
	t.Helper()
	var file bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		paced := func(chunks ...string) fake.Answer {
			return fake.Answer{Chunks: chunks, First: 300 * time.Millisecond, Each: 17 * time.Millisecond, Usage: &model.Usage{Input: 300, Output: 9}}
		}
		m := fake.New(
			paced("```go\n", "range names {", "\n\t\tprintln(", "name)\n", "\t}\n", "}\n```"),
			fake.Answer{Err: model.ErrRefused, First: 200 * time.Millisecond},
			fake.Answer{Chunks: []string{"```go\n", "return nil\n", "\tx"}, First: 100 * time.Millisecond, Each: 10 * time.Millisecond, Err: model.ErrIncomplete},
			paced("```go\none()\n```\n", "```go\ntwo()\n```\n", "```go\nthree()\n```\n"),
			fake.Answer{First: time.Second, Err: model.ErrRateLimited},
		)
		m.Queue(slices.Repeat([]fake.Answer{paced("```go\n", "wert := 1\n", "```\n")}, 20)...)
		r := New(&file, Options{Program: "test", Platform: "here", Clock: wall{}})
		inner := engineOf(r.Around(Parts{Model: m, Clock: wall{}, Observe: func(completion.Report) {}}))
		y := &typist{engine: r.Engine(inner), docs: map[string]*document.Document{
			"a.go": document.New("file:///w/a.go", "go", 1, "package a\n\nfunc f(names []string) {\n\tfor _, name := \n}\n"),
			"b.go": document.New("file:///w/b.go", "go", 1, "package a\r\n\r\nfunc größe() { // 🙂 weit\r\n\t\r\n}\r\n"),
		}, auto: completion.Settings{Debounce: -1, MaxTokens: 256}}

		y.at = document.Offset(strings.Index(y.docs["a.go"].Text(), ":= ") + 3)
		y.ask("a.go", nil, completion.Request{})
		time.Sleep(100 * time.Millisecond)
		y.typed("a.go", "range na", 60*time.Millisecond) // through the time to the first byte
		shown := y.settle()
		y.put("a.go", shown.Candidates[0].Text, completion.Request{Accepted: true}) // and the next lines
		y.settle()
		r.Feedback(completion.Feedback{ID: shown.Candidates[0].ID, Kind: completion.FeedbackAccepted})
		time.Sleep(2 * time.Second)
		y.put("a.go", "\n\tif ", completion.Request{}) // refused
		y.settle()
		y.put("a.go", "\n\t", completion.Request{}) // cut off
		y.settle()
		y.ask("a.go", completion.ErrSuperseded, completion.Request{Invoked: true}) // three candidates
		y.settle()
		y.put("a.go", "y := g(", completion.Request{})
		time.Sleep(10 * time.Millisecond)
		y.ask("a.go", completion.ErrSuperseded, completion.Request{}) // superseded
		time.Sleep(10 * time.Millisecond)
		y.cancel(context.Canceled) // cancelled
		y.settle()
		r.Declined("snoozed")
		y.at = document.Offset(strings.Index(y.docs["b.go"].Text(), "\t\r") + 1)
		y.typed("b.go", "größe", 60*time.Millisecond)
		y.settle()
		y.typed("b.go", "n := \"\r\n", 200*time.Millisecond)
		y.settle()
		inner.Close()
		r.Close()
	})
	return file.Bytes()
}

func TestPlay(t *testing.T) {
	file := recordSitting(t)
	rec, err := Read(bytes.NewReader(file))
	if err != nil {
		t.Fatalf("%v\n%s", err, file)
	}
	seen := map[string]int{} // words of decisions: the sitting has them all
	for _, e := range rec.Events {
		if d := e.Decision; d != nil {
			seen[d.Outcome]++
			seen[d.Source]++
			seen[d.Trouble]++
		}
	}
	for _, want := range []string{"shown", "empty", "stale", "superseded", "cancelled", "upstream", "live", "kept", "refused", "incomplete"} {
		if seen[want] == 0 {
			t.Errorf("the sitting has no request that is %s: %v", want, seen)
		}
	}
	var first []byte
	for i := range 50 {
		result := Play(rec, engineOf)
		if !result.AllSame() || result.Same() < 20 {
			t.Fatalf("playing %d: %d same, %d different, %d other questions:\n%s", i, result.Same(), result.Different(), result.OtherQuestions(), differences(result))
		}
		got, err := json.Marshal(result)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = got
		} else if !bytes.Equal(got, first) {
			t.Fatalf("playing %d had another result:\n%s\nthan\n%s", i, got, first)
		}
	}
}

func differences(r *Result) string {
	var b strings.Builder
	for _, p := range r.Requests {
		for _, d := range p.Differs {
			fmt.Fprintf(&b, "request %d at %d: %s %s -> %s\n", p.Request.N, p.At, d.Field, d.Want, d.Got)
		}
	}
	for _, q := range r.Questions {
		if q.How != AskedAgain {
			fmt.Fprintf(&b, "question at %d: %s\n", q.At, q.How)
		}
	}
	return b.String()
}

// An engine that decides otherwise is found out.
func TestPlayFindsDifferences(t *testing.T) {
	file := recordSitting(t)
	for _, tt := range []struct {
		name   string
		change func(string) string
		field  string
		how    How
	}{
		{
			"no lines but one", func(s string) string {
				return strings.ReplaceAll(s, `"settings":{`, `"settings":{"multiline":"never",`)
			},
			"candidates", "",
		},
		{"switched off", func(s string) string { return strings.ReplaceAll(s, `"settings":{`, `"settings":{"disabled":true,`) }, "outcome", NotAsked},
		{"no pause", func(s string) string { return strings.ReplaceAll(s, `"debounceNS":-1`, `"debounceNS":0`) }, "", Borrowed},
		{"a long pause", func(s string) string { return strings.ReplaceAll(s, `"debounceNS":-1`, `"debounceNS":3000000000`) }, "outcome", NotAsked},
		{"another answer", func(s string) string { return strings.Replace(s, `"range names {"`, `"range nomen {"`, 1) }, "candidates", ""},
		{"asked elsewhere", func(s string) string { return strings.ReplaceAll(s, `"path":"b.go"`, `"path":"c.go"`) }, "", ""},
		{"no answers there", func(s string) string {
			return strings.ReplaceAll(s, `"path":"b.go","before"`, `"path":"x.go","before"`)
		}, "trouble", NotRecorded},
	} {
		t.Run(tt.name, func(t *testing.T) {
			changed := tt.change(string(file))
			if changed == string(file) {
				t.Fatal("nothing was changed")
			}
			rec, err := Read(strings.NewReader(changed))
			if err != nil {
				t.Fatal(err)
			}
			result := Play(rec, engineOf)
			fields, hows := map[string]bool{}, map[How]bool{}
			for _, p := range result.Requests {
				for _, d := range p.Differs {
					fields[d.Field] = true
				}
			}
			for _, q := range result.Questions {
				hows[q.How] = true
			}
			if tt.field != "" && !fields[tt.field] || tt.how != "" && !hows[tt.how] {
				t.Errorf("want %q and %q; differences:\n%s", tt.field, tt.how, differences(result))
			}
			if same := tt.field == "" && tt.how == ""; same != result.AllSame() {
				t.Errorf("all the same: %t; differences:\n%s", result.AllSame(), differences(result))
			}
		})
	}
}
