package completion

import (
	"slices"
	"strings"
	"sync"
	"time"

	doccontext "github.com/claude-lsp/claude-lsp/context"
	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/model"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

const (
	// warmAgain is how long a provider keeps what was cached, and so the least
	// time between two warm-ups of a document.
	warmAgain = 5 * time.Minute
	// maxVain is how many documents may be warmed up in vain, one after the
	// other, before no more are that were merely opened: an editor may open
	// dozens, and each costs as much as some hundred keys.
	maxVain = 2
	// formTokens is what a prompt holds beside its window and its rules: the
	// heading of the excerpt and the task.
	formTokens tokens.Count = 200
)

// A Warming is what was paid to have a prompt cached before it is needed.
type Warming struct {
	Language string // LSP language id
	Model    string // as asked for; "" is the provider's default
	Window   tokens.Count
	Usage    model.Usage
	Err      error
}

// Prepare is called when a document was opened or saved, or is changed again
// after a pause: what its prompts need is made ready in the background, and
// cached by the provider before the first request, if the settings allow it. It
// returns at once. An At below 0 says that the cursor is not known.
func (e *Engine) Prepare(r Request) {
	if r.Doc == nil || r.Settings.Disabled {
		return
	}
	known := r.At >= 0
	r.At = max(r.At, 0)
	q := e.windowRequest(r, r.Doc, r.At, 0)
	q.Pause, q.Blind = true, !known
	e.o.Prepare(q)
	if e.o.Warm == nil || !r.Settings.Prewarm || !e.warmth.allows(r.Doc.URI(), known, e.o.Clock.Now()) {
		return
	}
	e.sittings.start(func() { e.warm(r, known) })
}

// warm has the provider cache what the next prompt of a document begins with:
// the same blocks, byte for byte. Where the cursor is not known, neither is what
// of the document is far from it.
func (e *Engine) warm(r Request, known bool) {
	q := e.windowRequest(r, r.Doc, r.At, -1)
	q.Blind = !known
	w := e.o.Window(q)
	if !known {
		w.Blocks = slices.DeleteFunc(slices.Clone(w.Blocks), func(b doccontext.Block) bool { return b.Side != "" })
	}
	if !slices.ContainsFunc(w.Blocks, func(b doccontext.Block) bool { return b.Breakpoint }) {
		return // there is nothing that lasts
	}
	uri := r.Doc.URI()
	// A request that is under way has the same prefix cached.
	if e.sittings.flying(uri) || !e.warmth.begin(uri, prefixOf(w.Blocks), known, e.o.Clock.Now()) {
		return
	}
	p := BuildPrompt(r.target(r.Doc), w, Shape{})
	p.Priority = model.Prewarm
	usage, err := e.o.Warm(e.sittings.ctx, p)
	if err != nil {
		e.warmth.failed(uri)
	} else {
		e.learn(w.Tokens, usage)
	}
	e.o.Warmed(Warming{Language: r.Doc.Language(), Model: r.Settings.Model, Window: w.Tokens, Usage: usage, Err: err})
}

// windowRequest asks for the window of a place of doc.
func (e *Engine) windowRequest(r Request, doc *document.Document, at document.Offset, wait time.Duration) doccontext.Request {
	return doccontext.Request{Doc: doc, At: at, Path: r.Path, Others: r.Others, Recent: r.Recent, Given: r.Given, Budget: e.budget(r.Settings), Wait: wait}
}

// budget is what the window may cost. The setting bounds the whole prompt, by
// the provider's own count. So the rules and the task are taken off, and a
// twenty-fifth: as much as an estimate that was corrected by many prompts is
// still off for one whose mix of languages is another. With a setting that the
// rules alone nearly use up, the window gets half of it all the same.
func (e *Engine) budget(s Settings) tokens.Count {
	all := orDefault(s.WindowTokens, defaultWindowTokens)
	return max(all-all/25-rulesTokens()-formTokens, all/2)
}

// rulesTokens is what the rules cost by an estimate without experience: they are
// the same for every request, and a keystroke does not count them again.
var rulesTokens = sync.OnceValue(func() tokens.Count { return tokens.NewEstimator().Count("markdown", rules) })

// learn corrects the estimate of what prompts cost by what one has cost. A
// provider that counts a part of the prompt, or something else than tokens, is
// not believed.
func (e *Engine) learn(window tokens.Count, u model.Usage) {
	estimated := window + rulesTokens() + formTokens
	actual := tokens.Count(u.Input + u.CacheRead + u.CacheWrite5m + u.CacheWrite1h)
	if actual > estimated/2 && actual < 2*estimated {
		e.o.Tokens.Observe(estimated, actual)
	}
}

// target is what the prompts of a request are about.
func (r Request) target(doc *document.Document) Target {
	return Target{
		Model: r.Settings.Model, Language: doc.Language(), Path: r.Path,
		MaxTokens: orDefault(r.Settings.MaxTokens, defaultMaxTokens),
	}
}

// prefixOf names what of a prompt stays as it is for an epoch.
func prefixOf(blocks []doccontext.Block) string {
	var s strings.Builder
	for _, b := range blocks {
		if b.Side == "" {
			s.WriteString(b.ID)
		}
	}
	return s.String()
}

// warmth is what the provider has cached for documents, as far as is known.
type warmth struct {
	mu   sync.Mutex
	docs map[string]*warm // by URI
	vain int              // documents that were warmed up and not asked about yet, in a row
}

// A warm is what is cached for a document.
type warm struct {
	prefix string
	used   time.Time // by a request or a warm-up
	warmed time.Time // zero if it was not
	vain   bool      // nothing was asked since then
}

// allows reports whether a document may be warmed up at all, before anything
// is made for it.
func (w *warmth) allows(uri string, known bool, now time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	d := w.docs[uri]
	return (known || w.vain < maxVain) && (d == nil || d.warmed.IsZero() || now.Sub(d.warmed) >= warmAgain)
}

// begin notes that a document is being warmed up, unless its prefix is warm.
func (w *warmth) begin(uri, prefix string, known bool, now time.Time) bool {
	if !w.allows(uri, known, now) {
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	d := w.of(uri)
	if d.prefix == prefix && !d.used.IsZero() && now.Sub(d.used) < warmAgain {
		return false
	}
	if !d.vain {
		d.vain = true
		w.vain++
	}
	d.prefix, d.used, d.warmed = prefix, now, now
	return true
}

// failed forgets a document whose warm-up has failed.
func (w *warmth) failed(uri string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if d := w.docs[uri]; d != nil && d.vain {
		w.vain--
	}
	delete(w.docs, uri)
}

// asked notes that a request has a prefix cached or keeps it so.
func (w *warmth) asked(uri, prefix string, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	d := w.of(uri)
	if d.prefix, d.used = prefix, now; d.vain {
		d.vain, w.vain = false, 0
	}
}

// of returns what is known of a document. The lock must be held.
func (w *warmth) of(uri string) *warm {
	if d := w.docs[uri]; d != nil {
		return d
	}
	if w.docs == nil {
		w.docs = map[string]*warm{}
	}
	if len(w.docs) >= maxDocuments {
		oldest := ""
		for u, d := range w.docs {
			if oldest == "" || d.used.Before(w.docs[oldest].used) {
				oldest = u
			}
		}
		delete(w.docs, oldest)
	}
	d := &warm{}
	w.docs[uri] = d
	return d
}
