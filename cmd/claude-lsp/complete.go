package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"
	"unicode"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/config"
	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/model"
	"github.com/claude-lsp/claude-lsp/internal/price"
	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

type completeCmd struct {
	At    place `arg:"" name:"FILE:LINE:COL" help:"Where to complete. Lines and columns count from 1, columns in characters."`
	JSON  bool  `name:"json" help:"Print one JSON object when the answer is whole, for tools."`
	Stdin bool  `help:"Read the file's text from standard input, as an editor with unsaved changes would send it."`
	Lines int   `default:"6" help:"How many lines round the cursor to show."`
}

// completeResult is what --json prints. Fields are only ever added.
type completeResult struct {
	Outcome    completion.Outcome `json:"outcome"`
	Reason     string             `json:"reason,omitempty"` // why there is nothing
	Error      string             `json:"error,omitempty"`
	Trouble    model.Trouble      `json:"trouble,omitempty"`
	Provider   string             `json:"provider"`
	Model      string             `json:"model"`
	Candidates []jsonCandidate    `json:"candidates"`
	Usage      *jsonUsage         `json:"usage,omitempty"`
	USD        *float64           `json:"usd,omitempty"`
	FirstMS    float64            `json:"firstTokenMs"`
	TotalMS    float64            `json:"totalMs"`
}

// jsonUsage is a model.Usage, in model tokens.
type jsonUsage struct {
	Input        int `json:"input"`
	CacheRead    int `json:"cacheRead"`
	CacheWrite5m int `json:"cacheWrite5m"`
	CacheWrite1h int `json:"cacheWrite1h"`
	Output       int `json:"output"`
}

// jsonCandidate is a suggestion; its range counts as on the command line.
type jsonCandidate struct {
	Text  string    `json:"text"`
	Range jsonRange `json:"range"`
}

type jsonRange struct {
	Line int `json:"line"`
	From int `json:"from"` // column before which the range begins
	To   int `json:"to"`   // column before which it ends; the same as From where nothing is replaced
}

// Run completes one place. Its exit code is 0 when there was a suggestion or
// nothing to suggest, and 1 when something went wrong.
func (c completeCmd) Run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	text, err := c.text()
	if err != nil {
		return err
	}
	doc := document.New(c.At.file, syntax.IDForPath(c.At.file), 0, text)
	at, err := c.At.in(doc)
	if err != nil {
		return err
	}
	var report completion.Report
	h := openHouse(houseOptions{quiet: true, observe: func(r completion.Report) { report = r }})
	defer h.close()
	h.start(ctx, func() {})
	folder := c.At.folder()
	h.workspace.Folders([]string{folder})
	h.workspace.wait(ctx)
	h.workspace.Changed(doc, c.At.file)
	req, err := c.request(h, folder, doc, at)
	if err != nil {
		return err
	}

	show := screen{out: os.Stdout, doc: doc, at: at, around: c.Lines, quiet: c.JSON, colour: isTerminal(os.Stdout)}
	show.begin()
	var answer completion.Answer
	for answer = range h.engine.Stream(ctx, req) {
		show.grow(answer)
	}
	show.end()
	if c.JSON {
		return c.print(h, doc, answer, report, folder)
	}
	return c.say(h, answer, report, folder)
}

func (c completeCmd) text() (string, error) {
	if c.Stdin {
		b, err := io.ReadAll(os.Stdin)
		return string(b), err
	}
	b, err := os.ReadFile(c.At.file)
	return string(b), err
}

// request is what an editor would ask on the user's demand.
func (c completeCmd) request(h *house, folder string, doc *document.Document, at document.Offset) (completion.Request, error) {
	if ok, reason := h.workspace.Allowed(c.At.file); !ok {
		return completion.Request{}, fmt.Errorf("%s gets no completions: %s", c.At.file, strings.ReplaceAll(reason, "_", " "))
	}
	cfg := h.settings.For(folder).ForLanguage(doc.Language())
	return completion.Request{
		Doc: doc, At: at, Path: h.workspace.relative(c.At.file), Folder: folder, Invoked: true,
		Settings: h.fit(completion.Settings{
			Model:        cfg.Model,
			Disabled:     !cfg.Enabled,
			MaxTokens:    cfg.Completion.MaxTokens,
			WindowTokens: h.provider.window(cfg.Context.WindowTokens),
			Multiline:    completion.Multiline(cfg.Completion.Multiline),
		}),
	}, nil
}

func (c completeCmd) print(h *house, doc *document.Document, a completion.Answer, r completion.Report, folder string) error {
	out := completeResult{
		Outcome: a.Outcome, Reason: a.Reason, Candidates: []jsonCandidate{},
		FirstMS: milliseconds(r.First), TotalMS: milliseconds(r.Total),
	}
	out.Provider, out.Model = h.provider.name(folder)
	if a.Err != nil {
		out.Error, out.Trouble = a.Err.Error(), model.TroubleOf(a.Err)
	}
	if r.Usage != (model.Usage{}) {
		u := r.Usage
		out.Usage = &jsonUsage{Input: u.Input, CacheRead: u.CacheRead, CacheWrite5m: u.CacheWrite5m, CacheWrite1h: u.CacheWrite1h, Output: u.Output}
	}
	if usd, ok := cost(cmp.Or(r.Usage.Model, out.Model), r.Usage); ok {
		out.USD = &usd
	}
	column := func(at document.Offset) int {
		return len([]rune(doc.Slice(doc.LineStart(doc.LineAt(at)), at))) + 1
	}
	for _, cand := range a.Candidates {
		out.Candidates = append(out.Candidates, jsonCandidate{
			Text:  cand.Text,
			Range: jsonRange{Line: doc.LineAt(cand.From) + 1, From: column(cand.From), To: column(cand.To)},
		})
	}
	enc := json.NewEncoder(os.Stdout)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(out); err != nil {
		return err
	}
	if a.Err != nil {
		return exitError(1)
	}
	return nil
}

// say prints a line about the answer to stderr, so that stdout holds the text
// alone.
func (c completeCmd) say(h *house, a completion.Answer, r completion.Report, folder string) error {
	provider, name := h.provider.name(folder)
	if a.Err != nil {
		return errors.New(clean(a.Err.Error()))
	}
	if len(a.Candidates) == 0 {
		fmt.Fprintf(os.Stderr, "no completion: %s\n", strings.ReplaceAll(a.Reason, "_", " "))
		return nil
	}
	line := fmt.Sprintf("%s, first text after %.0f ms, whole after %.0f ms", name, milliseconds(r.First), milliseconds(r.Total))
	if usd, ok := cost(cmp.Or(r.Usage.Model, name), r.Usage); ok && provider == string(config.ProviderClaude) {
		line += fmt.Sprintf(", $%.6f", usd)
	}
	fmt.Fprintln(os.Stderr, line)
	return nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// cost is what a request has cost in US dollars, if that is known.
func cost(name string, u model.Usage) (float64, bool) {
	p, known := price.Lookup(name)
	if u == (model.Usage{}) || !known {
		return 0, false
	}
	return p.USD(priced(u)), true
}

// clean takes out of a text from elsewhere what a terminal would obey.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, text)
}

func isTerminal(f *os.File) bool {
	st, err := f.Stat()
	return err == nil && st.Mode()&os.ModeCharDevice != 0 && os.Getenv("NO_COLOR") == ""
}
