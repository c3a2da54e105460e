package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/config"
	"github.com/claude-lsp/claude-lsp/internal/model"
	"github.com/claude-lsp/claude-lsp/internal/store"
)

type whyCmd struct {
	Last     int           `short:"n" default:"20" help:"How many requests to tell of."`
	All      bool          `help:"Tell of requests that were overtaken by the next key, too."`
	Language string        `placeholder:"ID" help:"Tell of documents of one language alone, such as go."`
	Since    time.Duration `placeholder:"DURATION" help:"Tell of so long ago at most, such as 10m."`
	JSON     bool          `name:"json" help:"Print one JSON object a line, for tools; docs/why.md names the fields."`
}

// Run prints how the last requests went, the newest last. It reads the store
// alone, so it works while servers run and after.
func (c whyCmd) Run() error {
	path, err := store.Path(os.Getenv)
	if err != nil {
		return fmt.Errorf("%w, so nothing is kept of how requests went", err)
	}
	st := store.Open(store.Options{Path: path, ReadOnly: true})
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	defer func() { _ = st.Close(ctx) }() // it has nothing to lose
	all, err := st.Decisions(ctx, 0)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w\nclaude-lsp doctor says more about the store; a server that can write it mends what is broken", err)
	}
	if len(all) == 0 {
		return c.nothing(path)
	}
	told := c.choose(all, time.Now())
	if c.JSON {
		return told.printJSON(os.Stdout)
	}
	return told.print(os.Stdout, time.Now())
}

// nothing says why nothing is recorded.
func (c whyCmd) nothing(path string) error {
	why := "no server has answered a request yet, or it was a second ago"
	settings := config.New(config.Options{UserFile: config.UserFile(os.Environ()), Environ: os.Environ()})
	if settings.For("").Cache.MaxMB == 0 {
		why = "cache.maxMB is 0"
	}
	fmt.Fprintf(os.Stderr, "nothing is recorded in %s: %s.\nUse suggestions in an editor, and ask again; claude-lsp doctor says whether all is ready for that.\n", path, why)
	return nil
}

// What is told: the newest last.
type told struct {
	rows      []store.Decision
	overtaken int // of the same time, and left out
	lost      int // of the same time, and not kept by the server
}

// choose picks what is told of all decisions, which come the newest first.
func (c whyCmd) choose(all []store.Decision, now time.Time) told {
	var t told
	for _, d := range all {
		switch {
		case len(t.rows) == c.Last, c.Since > 0 && now.Sub(d.At) > c.Since:
			slices.Reverse(t.rows)
			return t
		case c.Language != "" && d.Language != c.Language:
			continue
		}
		t.lost += d.Lost
		if !c.All && overtaken(d) {
			t.overtaken++
			continue
		}
		t.rows = append(t.rows, d)
	}
	slices.Reverse(t.rows)
	return t
}

// overtaken reports whether nobody waited for the answer any more.
func overtaken(d store.Decision) bool {
	switch completion.Outcome(d.Outcome) {
	case completion.Superseded, completion.Cancelled, completion.Stale:
		return true
	default:
		return false
	}
}

// print writes a summary, a line for each request, and what the filters that
// were at work do.
func (t told) print(w io.Writer, now time.Time) error {
	fmt.Fprintln(w, t.summary())
	if len(t.rows) == 0 {
		return nil
	}
	fmt.Fprintln(w)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, d := range t.rows {
		when := d.At.Local().Format(time.TimeOnly)
		if d.At.Local().Format(time.DateOnly) != now.Local().Format(time.DateOnly) {
			when = d.At.Local().Format(time.DateTime)
		}
		place := "-"
		if d.Line > 0 {
			place = fmt.Sprintf("%d:%d", d.Line, d.Column)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", when, cmp.Or(clean(d.Language), "-"), place, clean(sentence(d)))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	var used []string
	for _, d := range t.rows {
		for _, name := range d.Steps {
			if !slices.Contains(used, name) {
				used = append(used, name)
			}
		}
	}
	if len(used) == 0 {
		return nil
	}
	slices.Sort(used)
	fmt.Fprint(w, "\nfilters:\n")
	for _, name := range used {
		fmt.Fprintf(table, "  %s\t%s\n", clean(name), words(stepWords, name))
	}
	return table.Flush()
}

// summary counts.
func (t told) summary() string {
	var shown, reused, not, empty, failed int
	for _, d := range t.rows {
		switch completion.Outcome(d.Outcome) {
		case completion.Shown:
			shown++
			if completion.Source(d.Source) != completion.FromUpstream {
				reused++
			}
		case completion.NotAsked:
			not++
		case completion.Empty:
			empty++
		case completion.Failed:
			failed++
		default:
		}
	}
	text := fmt.Sprintf("Of the last %d requests: %d shown (%d of them reused), %d not asked, %d with nothing to show, %d failed.",
		len(t.rows), shown, reused, not, empty, failed)
	if t.overtaken > 0 {
		text += fmt.Sprintf("\n%d more were overtaken by the next key; --all tells of them.", t.overtaken)
	}
	if t.lost > 0 {
		text += fmt.Sprintf("\n%d were not kept, because the store could not be written.", t.lost)
	}
	return text
}

// sentence says how one request went.
func sentence(d store.Decision) string {
	parts := []string{outcome(d)}
	add := func(ok bool, format string, args ...any) {
		if ok {
			parts = append(parts, fmt.Sprintf(format, args...))
		}
	}
	add(d.Invoked, "by hand")
	add(d.Candidates > 1, "%d candidates", d.Candidates)
	if completion.Source(d.Source) == completion.FromUpstream {
		add(d.First > 0, "first text %s", ms(d.First))
		add(d.Total > 0, "answered after %s", ms(d.Total))
		add(d.Waited > 0, "waited %s before asking", ms(d.Waited))
		add(d.Window > 0, "window %d tokens", d.Window)
		add(d.Sent > 0, "%s sent", size(d.Sent))
	} else {
		add(d.Outcome == string(completion.Shown) && d.Total > 0, "answered after %s", ms(d.Total))
	}
	add(d.Input+d.CacheRead+d.CacheWrite+d.Output > 0, "%s", usage(d)) // also of a stream that somebody else is answered from
	if completion.Source(d.Source) == completion.FromUpstream {
		add(d.Missed != "" && completion.Miss(d.Missed) != completion.MissNothing, "not from memory: %s", words(missWords, completion.Miss(d.Missed)))
		add(d.EarlyEnd != "", "ended early: %s", words(endWords, d.EarlyEnd))
		add(model.Stop(d.Stop) == model.StopLength, "%s", words(stopWords, model.Stop(d.Stop)))
	}
	add(len(d.Steps) > 0 && !slices.Equal(d.Steps, []string{droppedBy(d)}), "filters: %s", strings.Join(d.Steps, ", "))
	return strings.Join(parts, "; ")
}

// outcome is the first part of a sentence: what became of the request, and why.
func outcome(d store.Decision) string {
	o := completion.Outcome(d.Outcome)
	switch {
	case o == completion.Shown && d.Trouble != "":
		return fmt.Sprintf("shown, %s, but %s (%s)", words(sourceWords, completion.Source(d.Source)), words(troubleWords, model.Trouble(d.Trouble)), d.Trouble)
	case o == completion.Shown:
		return "shown, " + words(sourceWords, completion.Source(d.Source))
	case o == completion.Failed:
		return fmt.Sprintf("failed: %s (%s)", words(troubleWords, model.Trouble(d.Trouble)), d.Trouble)
	case droppedBy(d) != "":
		return fmt.Sprintf("nothing shown: %s (%s); the filter %s %s", words(reasonWords, d.Reason), d.Reason, droppedBy(d), words(stepWords, droppedBy(d)))
	case d.Reason != "" && !overtaken(d):
		return fmt.Sprintf("nothing shown: %s (%s)", words(reasonWords, d.Reason), d.Reason)
	default:
		return words(outcomeWords, o)
	}
}

// droppedBy is the filter that left nothing of the answer.
func droppedBy(d store.Decision) string {
	return completion.Report{Outcome: completion.Outcome(d.Outcome), Reason: d.Reason, Steps: d.Steps}.Dropped()
}

// usage is what the request has cost, in tokens.
func usage(d store.Decision) string {
	text := fmt.Sprintf("cost %d tokens in", d.Input+d.CacheRead+d.CacheWrite)
	if d.CacheRead > 0 {
		text += fmt.Sprintf(" (%d from the cache, %.0f %%)", d.CacheRead, cacheShare(d))
	}
	about := ""
	if d.Estimated {
		about = "about "
	}
	return text + fmt.Sprintf(", %s%d out", about, d.Output)
}

// cacheShare is how much of the prompt was read from the provider's cache, as a
// percentage.
func cacheShare(d store.Decision) float64 {
	return share100(d.CacheRead, d.Input+d.CacheRead+d.CacheWrite)
}

// words are those of a name. A server of another version may have written one
// that this program does not know.
func words[K ~string](table map[K]string, name K) string {
	return cmp.Or(table[name], strings.ReplaceAll(string(name), "_", " "))
}

// size is a number of bytes as people read it.
func size[N int | int64](bytes N) string {
	n, unit := float64(bytes)/1e3, "KB"
	if n >= 1e3 {
		n, unit = n/1e3, "MB"
	}
	if n < 10 {
		return fmt.Sprintf("%.1f %s", n, unit)
	}
	return fmt.Sprintf("%.0f %s", n, unit)
}

func ms(d time.Duration) string {
	if d < time.Millisecond {
		return "less than 1 ms"
	}
	return fmt.Sprintf("%.0f ms", milliseconds(d))
}

// A whyRecord is what --json prints of a request. Fields are only ever added;
// docs/why.md says what they mean.
type whyRecord struct {
	Time       string    `json:"time"`
	Session    string    `json:"session"`
	Request    uint64    `json:"request"`
	Language   string    `json:"language,omitempty"`
	Line       int       `json:"line,omitempty"`
	Column     int       `json:"column,omitempty"`
	Invoked    bool      `json:"invoked"`
	Verdict    string    `json:"verdict,omitempty"`
	Missed     string    `json:"missed,omitempty"`
	Source     string    `json:"source,omitempty"`
	Outcome    string    `json:"outcome"`
	Reason     string    `json:"reason,omitempty"`
	Trouble    string    `json:"trouble,omitempty"`
	Provider   string    `json:"provider"`
	Model      string    `json:"model,omitempty"`
	OneLine    bool      `json:"oneLine"`
	Candidates int       `json:"candidates"`
	Window     int       `json:"windowTokens"`
	Blocks     int       `json:"blocks"`
	Sent       int       `json:"sentBytes,omitempty"`
	Usage      *whyUsage `json:"usage,omitempty"`
	Steps      []string  `json:"steps,omitempty"`
	DroppedBy  string    `json:"droppedBy,omitempty"`
	EarlyEnd   string    `json:"earlyEnd,omitempty"`
	Stop       string    `json:"stop,omitempty"`
	WaitedMS   float64   `json:"waitedMs"`
	FirstMS    float64   `json:"firstTokenMs"`
	TotalMS    float64   `json:"totalMs"`
	Lost       int       `json:"lost,omitempty"`
	Says       string    `json:"says"`
}

// whyUsage counts model tokens as the provider bills them.
type whyUsage struct {
	Input      int     `json:"input"`
	CacheRead  int     `json:"cacheRead"`
	CacheWrite int     `json:"cacheWrite"`
	Output     int     `json:"output"`
	Estimated  bool    `json:"estimated,omitempty"`
	Percent    float64 `json:"cacheReadPercent"`
}

func (t told) printJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, d := range t.rows {
		r := whyRecord{
			Time: d.At.Format("2006-01-02T15:04:05.000Z07:00"), Session: d.Session, Request: d.Request,
			Language: d.Language, Line: d.Line, Column: d.Column, Invoked: d.Invoked,
			Verdict: d.Verdict, Missed: d.Missed, Source: d.Source, Outcome: d.Outcome, Reason: d.Reason, Trouble: d.Trouble,
			Provider: d.Provider, Model: d.Model, OneLine: d.OneLine, Candidates: d.Candidates, Window: d.Window, Blocks: d.Blocks, Sent: d.Sent,
			Steps: d.Steps, DroppedBy: droppedBy(d), EarlyEnd: d.EarlyEnd, Stop: d.Stop,
			WaitedMS: milliseconds(d.Waited), FirstMS: milliseconds(d.First), TotalMS: milliseconds(d.Total),
			Lost: d.Lost, Says: sentence(d),
		}
		if d.Input+d.CacheRead+d.CacheWrite+d.Output > 0 {
			r.Usage = &whyUsage{d.Input, d.CacheRead, d.CacheWrite, d.Output, d.Estimated, cacheShare(d)}
		}
		if err := enc.Encode(r); err != nil {
			return err
		}
	}
	return nil
}
