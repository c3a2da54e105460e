package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"os/signal"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/claude-lsp/claude-lsp/completion"
	doccontext "github.com/claude-lsp/claude-lsp/context"
	"github.com/claude-lsp/claude-lsp/internal/config"
	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/model"
	"github.com/claude-lsp/claude-lsp/internal/price"
	"github.com/claude-lsp/claude-lsp/internal/redact"
	"github.com/claude-lsp/claude-lsp/internal/store"
	"github.com/claude-lsp/claude-lsp/internal/syntax"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

type contextCmd struct {
	At    place `arg:"" name:"FILE:LINE:COL" help:"The place of the cursor. Lines and columns count from 1, columns in characters."`
	JSON  bool  `name:"json" help:"Print one JSON object, for tools; docs/context.md names the fields."`
	Full  bool  `help:"Print the text, too."`
	Stdin bool  `help:"Read the file's text from standard input, as an editor with unsaved changes would send it."`

	key []byte // see houseOptions
}

// Run shows what a request at the place would send, as typing makes it. Nothing
// is sent.
func (c contextCmd) Run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	return c.show(ctx, os.Stdout)
}

func (c contextCmd) show(ctx context.Context, w io.Writer) error {
	one := completeCmd{At: c.At, Stdin: c.Stdin}
	text, err := one.text()
	if err != nil {
		return err
	}
	doc := document.New(c.At.file, syntax.IDForPath(c.At.file), 0, text)
	at, err := c.At.in(doc)
	if err != nil {
		return err
	}
	h := openHouse(houseOptions{quiet: true, offline: true, key: c.key})
	defer h.close()
	h.start(ctx, func() {})
	folder := c.At.folder()
	h.workspace.Folders([]string{folder})
	req, err := one.request(h, folder, doc, at)
	if err != nil {
		return err // before anything of the workspace is read
	}
	h.workspace.wait(ctx)
	h.workspace.Changed(doc, c.At.file)
	shown := h.shownRequest(ctx, req, c.Full)
	shown.Line, shown.Column = c.At.line, c.At.column
	if c.JSON {
		return shown.json(w)
	}
	return shown.print(w)
}

// shownContext is what an editor shows of a request: as printed, and as JSON.
func (h *house) shownContext(ctx context.Context, req completion.Request, full bool) (text string, report json.RawMessage, err error) {
	shown := h.shownRequest(ctx, req, full)
	line := req.Doc.LineAt(req.At)
	shown.Line, shown.Column = line+1, 1+utf8.RuneCountInString(req.Doc.Slice(req.Doc.LineStart(line), req.At))
	var words, object bytes.Buffer
	if err := errors.Join(shown.print(&words), shown.json(&object)); err != nil {
		return "", nil, err
	}
	return words.String(), object.Bytes(), nil
}

// shownRequest is what a request would send, as typing makes it. Its place is
// left to the caller.
func (h *house) shownRequest(ctx context.Context, req completion.Request, full bool) shownWindow {
	req.Invoked = false
	verdict := completion.Decide(req, completion.History{})
	req.Invoked = !verdict.Ask // then asking by hand is what sends something
	window, prompt := h.engine.Window(req)
	shown := h.shownWindow(req, window, prompt)
	if !verdict.Ask {
		shown.Verdict, shown.Reason = verdictNot, verdict.Reason
	}
	shown.LastRequest = lastRequest(ctx)
	if !full {
		shown.dropText()
	}
	return shown
}

func (s *shownWindow) json(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(s)
}

// A shownWindow is what a request would send, and what --json prints. Fields
// are only ever added; docs/context.md says what they mean.
type shownWindow struct {
	Path     string `json:"path"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	Language string `json:"language"`
	Provider string `json:"provider"`
	Model    string `json:"model"`
	Verdict  string `json:"verdict"`
	Reason   string `json:"reason,omitempty"`

	Rules  shownText    `json:"rules"`
	Blocks []shownBlock `json:"blocks"`
	Near   []shownPart  `json:"near"`
	Notes  shownText    `json:"notes"`
	Before shownText    `json:"before"`
	After  shownText    `json:"after"`
	Task   shownText    `json:"task"`

	Tokens          tokens.Count `json:"tokens"`
	Budget          tokens.Count `json:"budgetTokens"`
	BudgetPercent   float64      `json:"budgetPercent"`
	Cacheable       tokens.Count `json:"cacheableTokens"`
	CacheablePct    float64      `json:"cacheablePercent"`
	Redacted        int          `json:"redacted"`
	Price           *shownPrice  `json:"price"`
	LastRequest     *shownLast   `json:"lastRequest,omitempty"`
	maxAnswerTokens int
}

// A shownText is a text of the prompt that belongs to no file.
type shownText struct {
	Tokens     tokens.Count `json:"tokens"`
	Breakpoint int          `json:"breakpoint,omitempty"` // the first one behind it; 0: it is not cached
	Redacted   int          `json:"redacted,omitempty"`
	Text       string       `json:"text,omitempty"`
}

type shownBlock struct {
	ID         string          `json:"id"`
	Side       doccontext.Side `json:"side,omitempty"`
	Tokens     tokens.Count    `json:"tokens"`
	Breakpoint int             `json:"breakpoint,omitempty"` // as of a shownText
	Parts      []shownPart     `json:"parts"`
}

type shownPart struct {
	Path      string       `json:"path"`
	FirstLine int          `json:"firstLine,omitempty"` // both are left out for a whole file
	LastLine  int          `json:"lastLine,omitempty"`
	Tokens    tokens.Count `json:"tokens"`
	Reason    string       `json:"reason"`
	Says      string       `json:"says"`
	Redacted  int          `json:"redacted,omitempty"`
	Text      string       `json:"text,omitempty"`
}

// A shownPrice is what the request costs in US dollars, by the list.
type shownPrice struct {
	Model  string  `json:"model"`
	First  float64 `json:"firstUSD"`  // nothing of it is in the provider's cache yet
	Next   float64 `json:"nextUSD"`   // all that is cacheable is read from there
	Answer float64 `json:"answerUSD"` // beside that; the most that an answer may have
}

// shownLast is the last request of any editor of this machine that was paid for.
type shownLast struct {
	Time       string  `json:"time"`
	Language   string  `json:"language"`
	Line       int     `json:"line"`
	Column     int     `json:"column"`
	Input      int     `json:"input"`
	CacheRead  int     `json:"cacheRead"`
	CacheWrite int     `json:"cacheWrite"`
	Percent    float64 `json:"cacheReadPercent"`
	at         time.Time
}

// shownWindow counts and prices a window.
func (h *house) shownWindow(r completion.Request, w doccontext.Window, p model.Prompt) shownWindow {
	s := shownWindow{
		Path: p.Path, Language: p.Language, Verdict: verdictAsk, Budget: r.Settings.WindowTokens, maxAnswerTokens: p.MaxTokens,
		Blocks: []shownBlock{}, Near: shownParts(w.Near),
	}
	s.Provider, s.Model = h.provider.name(r.Folder)
	text := func(language, text string) shownText {
		if text == "" {
			return shownText{}
		}
		return shownText{Tokens: h.tokens.Count(language, text), Redacted: redact.Count(text), Text: text}
	}
	s.Rules, s.Notes, s.Task = text("", p.Rules), text("", p.Notes), text("", p.Task)
	s.Before, s.After = text(p.Language, p.Before), text(p.Language, p.After)
	s.Tokens = s.Rules.Tokens + w.Tokens + s.Task.Tokens
	s.Rules.Breakpoint = 1
	s.Cacheable = s.Rules.Tokens
	point, waiting := 2, tokens.Count(0)
	for i, b := range w.Blocks {
		s.Blocks = append(s.Blocks, shownBlock{ID: b.ID, Side: b.Side, Tokens: b.Tokens, Parts: shownParts(b.Parts)})
		if waiting += b.Tokens; b.Breakpoint {
			for n := i; n >= 0 && s.Blocks[n].Breakpoint == 0; n-- {
				s.Blocks[n].Breakpoint = point
			}
			s.Cacheable, waiting, point = s.Cacheable+waiting, 0, point+1
		}
	}
	s.BudgetPercent, s.CacheablePct = share100(int(s.Tokens), int(s.Budget)), share100(int(s.Cacheable), int(s.Tokens))
	s.Redacted = s.Before.Redacted + s.After.Redacted + s.Notes.Redacted + s.redactedInFiles()
	s.Price = s.priced(r.Settings.Model)
	return s
}

// redactedInFiles counts the secrets of all parts. Parts of a file may overlap,
// and what stands in two of them is one secret. Lines are kept where one is
// taken out, so its line tells it.
func (s *shownWindow) redactedInFiles() int {
	type secret struct {
		path      string
		line, nth int
	}
	found := map[secret]bool{}
	for _, parts := range s.allParts() {
		for _, p := range parts {
			for i, line := range strings.Split(p.Text, "\n") {
				for nth := range redact.Count(line) {
					found[secret{p.Path, max(p.FirstLine, 1) + i, nth}] = true
				}
			}
		}
	}
	return len(found)
}

// allParts are the parts of the blocks, and those near the cursor.
func (s *shownWindow) allParts() [][]shownPart {
	all := [][]shownPart{s.Near}
	for _, b := range s.Blocks {
		all = append(all, b.Parts)
	}
	return all
}

func shownParts(parts []doccontext.Part) []shownPart {
	all := []shownPart{}
	for _, p := range parts {
		all = append(all, shownPart{
			Path: p.Path, FirstLine: p.FirstLine, LastLine: p.LastLine, Tokens: p.Tokens,
			Reason: p.Reason, Says: words(partWords, p.Reason), Redacted: redact.Count(p.Text), Text: p.Text,
		})
	}
	return all
}

// priced is what the request costs at a model; nil where that is not known. The
// rules are cached for an hour, and blocks for five minutes.
func (s *shownWindow) priced(name string) *shownPrice {
	list, known := price.Lookup(name)
	if !known {
		return nil
	}
	tail := int(s.Tokens - s.Cacheable)
	usd := func(t price.Tokens) float64 { return math.Round(list.USD(t)*1e9) / 1e9 }
	return &shownPrice{
		Model:  name,
		First:  usd(price.Tokens{Input: tail, CacheWrite1h: int(s.Rules.Tokens), CacheWrite5m: int(s.Cacheable - s.Rules.Tokens)}),
		Next:   usd(price.Tokens{Input: tail, CacheRead: int(s.Cacheable)}),
		Answer: usd(price.Tokens{Output: s.maxAnswerTokens}),
	}
}

// dropText leaves out what --full prints alone.
func (s *shownWindow) dropText() {
	for _, t := range []*shownText{&s.Rules, &s.Notes, &s.Before, &s.After, &s.Task} {
		t.Text = ""
	}
	for _, parts := range s.allParts() {
		for i := range parts {
			parts[i].Text = ""
		}
	}
}

// lastRequest is what the store has of the last request that was paid for; nil
// where there is no store or no such request.
func lastRequest(ctx context.Context) *shownLast {
	path, err := store.Path(os.Getenv)
	if err != nil {
		return nil
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	st := store.Open(store.Options{Path: path, ReadOnly: true})
	defer func() { _ = st.Close(ctx) }() // it has nothing to lose
	all, err := st.Decisions(ctx, 0)
	if err != nil {
		return nil // doctor says what is wrong with the store
	}
	for _, d := range all {
		if prompt := d.Input + d.CacheRead + d.CacheWrite; prompt > 0 && d.Provider == string(config.ProviderClaude) {
			return &shownLast{
				Time: d.At.Format("2006-01-02T15:04:05.000Z07:00"), Language: d.Language, Line: d.Line, Column: d.Column, at: d.At,
				Input: d.Input, CacheRead: d.CacheRead, CacheWrite: d.CacheWrite, Percent: share100(d.CacheRead, prompt),
			}
		}
	}
	return nil
}

// share100 is part of whole as a percentage, to one decimal; 0 of nothing.
func share100(part, whole int) float64 {
	if whole <= 0 {
		return 0
	}
	return math.Round(float64(part)*1000/float64(whole)) / 10
}
