package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/record"
	"github.com/claude-lsp/claude-lsp/internal/redact"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

type replayCmd struct {
	File    string        `arg:"" help:"What serve --record has written."`
	From    time.Duration `placeholder:"TIME" help:"Show only what came so long after the beginning, such as 12.5s. All before it is played too."`
	To      time.Duration `placeholder:"TIME" help:"Show only what came before."`
	Request int           `placeholder:"N" help:"Show one request, with all that was decided about it."`
	JSON    bool          `name:"json" help:"Print one JSON object, for tools."`
}

// Run plays a recording to the engine of this version, without a network, a key
// or a store. The exit code is 0 when all was decided as then, and 1 otherwise.
func (c replayCmd) Run() error {
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	rec, err := record.Read(f)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	result := record.Play(rec, func(p record.Parts) record.Closer {
		counts, secrets := tokens.NewEstimator(), redact.New(redact.Options{})
		return completion.New(engineOptions(p, newWindow(counts, p.Clock, secrets, nil), secrets, counts))
	})
	if c.JSON {
		err = printJSON(os.Stdout, result)
	} else {
		err = c.print(os.Stdout, result)
	}
	if err == nil && !result.AllSame() {
		return exitError(1)
	}
	return err
}

func printJSON(out io.Writer, r *record.Result) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	return enc.Encode(struct {
		*record.Result
		Same      int `json:"same"`
		Different int `json:"different"`
	}{r, r.Same(), r.Different()})
}

// print shows a line for each request and each question that only one of the two
// put, in order of time, and a sum.
func (c replayCmd) print(out io.Writer, r *record.Result) error {
	fmt.Fprintf(out, "recorded by claude-lsp %s on %s, replayed by %s\n", clean(r.Header.Program), clean(r.Header.Platform), version)
	if r.Cut {
		fmt.Fprintln(out, "the end of the recording is missing: the server was killed or still runs; what is there was replayed")
	}
	if c.Request > 0 {
		return printRequest(out, r, c.Request)
	}
	questions, declined := otherQuestions(r), r.Declined
	before := func(at int64) { // what came before a request
		for len(questions) > 0 && questions[0].At <= at {
			c.linef(out, questions[0].At, "%-32s  DIFFERENT: %s", clean(questions[0].Path), howText(questions[0]))
			questions = questions[1:]
		}
		for len(declined) > 0 && declined[0].At <= at {
			c.linef(out, declined[0].At, "%-32s  not for the engine: %s", "", clean(declined[0].Reason))
			declined = declined[1:]
		}
	}
	for _, p := range r.Requests {
		before(p.At)
		c.linef(out, p.At, "%4d %-27s  %s", p.Request.N, placeOf(p), compared(p))
	}
	before(int64(1) << 62)
	fmt.Fprintf(out, "%d the same, %d DIFFERENT; %d questions to the model, %d of them in only one of the two\n",
		r.Same(), r.Different(), len(r.Questions), r.OtherQuestions())
	return nil
}

// linef prints what happened at a time, if that is to be shown.
func (c replayCmd) linef(out io.Writer, at int64, format string, args ...any) {
	d := time.Duration(at) * time.Microsecond
	if d >= c.From && (c.To == 0 || d < c.To) {
		fmt.Fprintf(out, "%9.3fs "+format+"\n", append([]any{d.Seconds()}, args...)...)
	}
}

func otherQuestions(r *record.Result) []record.PlayedQuestion {
	var others []record.PlayedQuestion
	for _, q := range r.Questions {
		if q.How != record.AskedAgain {
			others = append(others, q)
		}
	}
	slices.SortStableFunc(others, func(a, b record.PlayedQuestion) int { return cmp.Compare(a.At, b.At) })
	return others
}

func howText(q record.PlayedQuestion) string {
	switch q.How {
	case record.NotAsked:
		return "the model was asked then, and not now"
	case record.Borrowed:
		return fmt.Sprintf("the model was asked now, and not then (borrowed: the answer is that of question %d)", q.Recorded)
	default:
		return "the model was asked now, and not then (not_recorded: there is no answer)"
	}
}

func placeOf(p *record.Played) string {
	return fmt.Sprintf("%s %s:%d:%d", clean(p.Language), clean(p.Path), p.Request.Line, p.Request.Column)
}

// compared are both decisions about a request, as one where they are the same.
func compared(p *record.Played) string {
	switch {
	case p.Want == nil:
		return brief(p.Got) + "  (the recording ends before it was decided)"
	case len(p.Differs) == 0:
		return brief(p.Want) + "  same"
	}
	var names []string
	for _, d := range p.Differs {
		names = append(names, d.Field)
	}
	text := fmt.Sprintf("%s -> %s  DIFFERENT: %s", brief(p.Want), brief(p.Got), strings.Join(names, ", "))
	if p.Request.Masked {
		text += " (the recording has masked text)"
	}
	return text
}

// brief is a decision in a few words.
func brief(d *record.Decision) string {
	if d == nil {
		return "no decision"
	}
	words := []string{d.Outcome}
	for _, word := range []string{d.Reason, d.Source} {
		if word != "" && word != d.Trouble {
			words = append(words, word)
		}
	}
	if d.Trouble != "" {
		words = append(words, d.Trouble)
	}
	if n := len(d.Candidates); n > 0 {
		words = append(words, fmt.Sprintf("(%d)", n))
	}
	return clean(strings.Join(words, " "))
}

// printRequest shows all that is known of one request.
func printRequest(out io.Writer, r *record.Result, n int) error {
	for _, p := range r.Requests {
		if p.Request.N != n {
			continue
		}
		settings, err := json.Marshal(p.Request.Settings)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "request %d at %.3fs: %s\n", n, time.Duration(p.At*1000).Seconds(), placeOf(p))
		fmt.Fprintf(out, "  invoked %t, accepted before %t, %d other documents, masked text %t\n  settings %s\n",
			p.Request.Invoked, p.Request.Accepted, len(p.Request.Others), p.Request.Masked, clean(string(settings)))
		printDecision(out, "recorded", p.Want)
		printDecision(out, "replayed", p.Got)
		for _, d := range p.Differs {
			fmt.Fprintf(out, "DIFFERENT: %s\n  recorded %s\n  replayed %s\n", d.Field, clean(d.Want), clean(d.Got))
		}
		return nil
	}
	return fmt.Errorf("the recording has no request %d; its requests are 1 to %d", n, len(r.Requests))
}

func printDecision(out io.Writer, which string, d *record.Decision) {
	fmt.Fprintf(out, "%s: %s\n", which, brief(d))
	if d == nil {
		return
	}
	fmt.Fprintf(out, "  one line %t, partial %t, window %d tokens, steps %s\n", d.OneLine, d.Partial, d.Window, clean(strings.Join(d.Steps, " ")))
	for _, c := range d.Candidates {
		fmt.Fprintf(out, "  candidate %d for the bytes %d to %d:\n    %s\n", c.N, c.From, c.To, strings.ReplaceAll(clean(string(c.Text)), "\n", "\n    "))
	}
}
