package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// insertOptions are the flags of the subcommand.
type insertOptions struct {
	binary   string
	chunking string
	trigger  string // "invoked" or "automatic"
	out      string
	style    string
	workers  int

	listens bool          // the client sees answers grow
	pause   time.Duration // before each delta
}

// insert plays answers through the whole server and tells what they did to the
// document.
func insert(ctx context.Context, w io.Writer, args []string) error {
	var o insertOptions
	flags := flag.NewFlagSet("insert", flag.ContinueOnError)
	flags.StringVar(&o.binary, "binary", "bin/claude-lsp", "the built server")
	flags.StringVar(&o.chunking, "chunking", chunksGiven, "how streams are cut: given, bytes, lines or whole")
	flags.StringVar(&o.trigger, "trigger", "invoked", "why a completion is asked for: invoked or automatic")
	flags.StringVar(&o.out, "out", "", "write the final documents to this file, one JSON object a line")
	flags.StringVar(&o.style, "style", "", "play the cases of one style alone")
	flags.IntVar(&o.workers, "workers", 2*runtime.NumCPU(), "how many servers work side by side")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return errors.New("usage: bench insert [flags] FILE")
	}
	if o.trigger != "invoked" && o.trigger != "automatic" {
		return fmt.Errorf("-trigger %s: it is invoked or automatic", o.trigger)
	}
	cases, err := readLines[insertCase](flags.Arg(0))
	if err != nil {
		return err
	}
	if o.style != "" {
		var kept []insertCase
		for _, c := range cases {
			if c.Style == o.style {
				kept = append(kept, c)
			}
		}
		if cases = kept; len(cases) == 0 {
			return fmt.Errorf("no case has the style %s", o.style)
		}
	}
	began := time.Now()
	ends, err := playCases(ctx, o, cases)
	if err != nil {
		return err
	}
	if err := writeEnds(o.out, cases, ends); err != nil {
		return err
	}
	return printEnds(w, o, cases, ends, time.Since(began))
}

// An insertEnd is how a case ended.
type insertEnd struct {
	doc     string
	asked   int    // requests for an answer that came upstream
	trouble string // an error in the place of a result, or an item that fits nowhere
	verdict verdict
	grown   []string // the texts that the client saw grow
	item    string   // the text that came in the end
}

// playCases plays all cases, several servers side by side. Each server has an
// upstream of its own and one case at a time.
func playCases(ctx context.Context, o insertOptions, cases []insertCase) ([]insertEnd, error) {
	ends := make([]insertEnd, len(cases))
	err := share(ctx, o.workers, len(cases), func(ctx context.Context, next func() (int, bool)) error {
		up := &caseUpstream{}
		api := messages.New(messages.Options{Forget: true, Done: up.done})
		api.Answer(up.answer)
		env := []string{
			"CLAUDE_LSP_COMPLETION_DEBOUNCE=0ms",
			"CLAUDE_LSP_COMPLETION_MAX_TOKENS=8192", // an answer ends where the case says, and nowhere else
			"CLAUDE_LSP_CACHE_MAXMB=0",              // every case is asked anew
		}
		var own map[string]any
		if o.listens {
			own = map[string]any{"claudeLsp": map[string]bool{"inlineCompletionProgress": true}}
		}
		return sitAs(ctx, own, "", o.binary, nil, api, env, func(s sitting) error {
			for i, more := next(); more; i, more = next() {
				var err error
				if ends[i], err = playCase(ctx, s, up, o, i, cases[i]); err != nil {
					return fmt.Errorf("%s: %w", cases[i].ID, err)
				}
			}
			return up.refused()
		})
	})
	return ends, err
}

// playCase opens the document, asks at the cursor, and does to the text what
// an editor does when the first item is accepted.
func playCase(ctx context.Context, s sitting, up *caseUpstream, o insertOptions, n int, c insertCase) (insertEnd, error) {
	base := c.Prefix + c.Suffix
	end := insertEnd{doc: base}
	answer, err := c.answer(o.chunking)
	if err != nil {
		return end, err
	}
	// The folder's name stands in the prompt, and says which case is asked for.
	// The file keeps its own name, which answers may repeat.
	mark := fmt.Sprintf("case%06d", n)
	answer.PerChunk = o.pause
	var grown []string
	s.listen(func(method string, params json.RawMessage) {
		var told struct{ Item item }
		if method == "claude-lsp/inlineCompletionProgress" && json.Unmarshal(params, &told) == nil {
			grown = append(grown, told.Item.Text)
		}
	})
	up.set(mark, answer)
	uri := s.root + (&url.URL{Path: "/" + mark + "/" + c.Path}).EscapedPath()
	language := syntax.IDForPath(c.Path)
	if language == "plaintext" { // the name says nothing
		language = c.Lang
	}
	if err := s.opened(uri, language, 1, base); err != nil {
		return end, err
	}
	trigger := map[string]int{"invoked": 1, "automatic": 2}[o.trigger]
	at := positionOf(base, len(c.Prefix))
	got, _, err := s.call("textDocument/inlineCompletion", map[string]any{
		"textDocument": map[string]string{"uri": uri}, "position": at,
		"context": map[string]int{"triggerKind": trigger},
	})
	if err != nil {
		return end, err
	}
	var r reply
	select {
	case <-ctx.Done():
		return end, context.Cause(ctx)
	case <-time.After(time.Minute):
		return end, errors.New("no response within a minute")
	case answered, ok := <-got:
		if !ok {
			return end, errors.New("the server has ended")
		}
		r = answered
	}
	s.listen(nil)
	end.grown = grown
	end.asked = up.set("", messages.Answer{})
	end.apply(r, at)
	end.verdict = c.judge(end.doc)
	return end, s.closed(uri)
}

// apply does to the document what an editor does with a response.
func (e *insertEnd) apply(r reply, at position) {
	if r.err != nil {
		e.trouble = string(r.err)
		return
	}
	items, err := itemsOf(r.result)
	if err != nil {
		e.trouble = err.Error()
		return
	}
	if len(items) == 0 {
		return
	}
	where := span{at, at}
	if items[0].Range != nil {
		where = *items[0].Range
	}
	doc, err := edited(e.doc, where, items[0].Text)
	if err != nil {
		e.trouble = "an item fits nowhere: " + err.Error()
		return
	}
	e.doc, e.item = doc, items[0].Text
}

// A caseUpstream answers requests for one case at a time.
type caseUpstream struct {
	mu    sync.Mutex
	mark  string
	says  messages.Answer
	asked int
	wrong error // the first request that the API turned down
}

// set puts another case in the place of the current one, and returns how often
// that one was asked for.
func (u *caseUpstream) set(mark string, says messages.Answer) int {
	u.mu.Lock()
	defer u.mu.Unlock()
	asked := u.asked
	u.mark, u.says, u.asked = mark, says, 0
	return asked
}

// answer says nothing to a request that is for no case, or for one that is
// over: background work must not get the next one's answer.
func (u *caseUpstream) answer(q messages.Request) messages.Answer {
	u.mu.Lock()
	defer u.mu.Unlock()
	if q.Body.MaxTokens == 0 || u.mark == "" || !strings.Contains(q.Body.Prompt(), u.mark) {
		return messages.Answer{}
	}
	u.asked++
	return u.says
}

func (u *caseUpstream) done(q messages.Request) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.wrong == nil {
		u.wrong = refusal(q)
	}
}

func (u *caseUpstream) refused() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.wrong
}

// writeEnds writes the final documents, for other scorers and for whoever
// looks for a case that went wrong.
func writeEnds(name string, cases []insertCase, ends []insertEnd) (err error) {
	if name == "" {
		return nil
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriter(f)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for i, end := range ends {
		line := struct {
			ID      string `json:"id"`
			Doc     string `json:"doc"`
			Style   string `json:"style"`
			Verdict string `json:"verdict"`
			Trouble string `json:"trouble,omitempty"`
		}{cases[i].ID, end.doc, cases[i].Style, end.verdict.String(), end.trouble}
		if err := e.Encode(line); err != nil {
			return err
		}
	}
	return w.Flush()
}

// printEnds prints the table, and what the table does not show.
func printEnds(w io.Writer, o insertOptions, cases []insertCase, ends []insertEnd, took time.Duration) error {
	verdicts := make([]verdict, len(ends))
	silent, often, troubles, first := 0, 0, 0, ""
	for i, end := range ends {
		verdicts[i] = end.verdict
		switch {
		case end.asked == 0:
			silent++
		case end.asked > 1:
			often++
		}
		if end.trouble != "" {
			if troubles++; first == "" {
				first = fmt.Sprintf("; the first: %s: %s", cases[i].ID, end.trouble)
			}
		}
	}
	fmt.Fprintf(w, "%d answers, chunks: %s, trigger: %s, %s, %d servers\n\n", len(cases), o.chunking, o.trigger, took.Round(time.Second), min(o.workers, len(cases)))
	if err := printTally(w, cases, verdicts); err != nil {
		return err
	}
	fmt.Fprintf(w, "\nnot asked upstream: %d; asked more than once: %d; errors: %d%s\n", silent, often, troubles, first)
	return nil
}
