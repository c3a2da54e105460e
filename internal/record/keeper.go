package record

import (
	"slices"
	"strings"

	"github.com/claude-lsp/claude-lsp/completion"
	doccontext "github.com/claude-lsp/claude-lsp/context"
	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/redact"
)

const (
	// maxHeld bounds the events that are held back, in bytes of text. Beyond it
	// the oldest are written as they are.
	maxHeld = 4 << 20
	// maxDocs bounds the documents that are followed. One that was not used for
	// long is opened anew when it comes back.
	maxDocs = 64
	// around is how much text on both sides of an edit is looked at for secrets,
	// in bytes. A private key of 16,384 bits fits.
	around = 20 << 10
)

// A keeper turns entries into lines in which no secret can be read. It belongs
// to one goroutine.
//
// A masked document has the length of the real one, and its characters stand at
// the same places. What was masked once stays masked, however it is edited.
//
// A secret that is typed is one only when it is whole. So what happened since a
// line was begun is held back until it is left: another one is edited, or a line
// break is put in, or a document is opened. A secret that is found until then is masked
// from its first character on, also where it was half. An answer is held back
// until it is over, for the same reason.
type keeper struct {
	write  func(Event)
	docs   map[string]*kept // by URI
	number int              // of the newest document
	used   int
	known  *known

	recent  doccontext.Recent // what the last request was told
	written doccontext.Recent // the same, of the last request that was written, as it was

	rounds  map[int]round // of requests that are not decided
	answers map[int]*reply

	held  []*held
	bytes int   // of held
	free  int   // how many of held, from the first on, may be written as far as lines go
	doc   *kept // which was opened or edited last; nil before that
	line  int   // and in which line

	lost bool // a document could not be followed: nothing more is written
}

// A kept is a document that is followed.
type kept struct {
	number int
	path   string
	doc    *document.Document
	masked []span // of doc
	used   int
	round  round // of the last request

	shown       *document.Document // as it stands in what was written
	shownMasked []span
}

// A round is the cursor's line without what is put in there.
type round struct{ head, tail string }

// A reply is an answer of the model.
type reply struct {
	round  round
	text   strings.Builder
	over   bool
	sealed bool // masked is known
	masked []span
}

// A held is an event that is not written yet.
type held struct {
	Event
	doc    *kept // of Open and Change
	step   step  // of Change
	text   string
	masked []span // of the document after it

	reply *reply // of Chunk
	at    int    // where in it

	round round   // of Decision, and of Request for what was selected
	docs  []*kept // of Request
	told  doccontext.Recent
	size  int
}

func newKeeper(write func(Event)) *keeper {
	return &keeper{write: write, docs: map[string]*kept{}, known: newKnown(), rounds: map[int]round{}, answers: map[int]*reply{}}
}

// take takes the next entry.
func (k *keeper) take(e entry) {
	h := &held{Event: e.Event, size: 256}
	switch {
	case e.Request != nil:
		k.request(h, e.request)
	case e.Decision != nil:
		h.round = k.rounds[e.Decision.Request]
		delete(k.rounds, e.Decision.Request)
		h.size += e.size
	case e.Question != nil:
		r := &reply{}
		for _, t := range k.docs {
			if t.path == e.Question.Path {
				r.round = t.round
			}
		}
		k.answers[e.Question.N] = r
	case e.Chunk != nil:
		if h.reply = k.answers[e.Chunk.Question]; h.reply != nil {
			h.at = h.reply.text.Len()
			h.reply.text.WriteString(string(e.Chunk.Text))
		}
		h.size += len(e.Chunk.Text)
	case e.Answered != nil:
		if r := k.answers[e.Answered.Question]; r != nil {
			r.over = true
		}
		delete(k.answers, e.Answered.Question)
	}
	k.hold(h)
}

// request makes the event of a request, after those of its documents.
func (k *keeper) request(h *held, r *completion.Request) {
	n := h.Request.N
	for _, o := range r.Others {
		t := k.follow(h.At, o.Doc, o.Path, -1)
		h.docs = append(h.docs, t)
		h.Request.Others = append(h.Request.Others, t.number)
	}
	line := r.Doc.LineAt(r.At)
	t := k.follow(h.At, r.Doc, r.Path, line)
	h.docs = append(h.docs, t)
	t.round.head, t.round.tail = lineRound(r.Doc, r.At)
	h.round, k.rounds[n] = t.round, t.round
	column, _ := r.Doc.Characters(r.Doc.LineStart(line), r.At)
	h.Request.Doc, h.Request.At, h.Request.Line, h.Request.Column = t.number, int(r.At), line+1, column+1
	for _, g := range r.Given {
		h.Request.Given = append(h.Request.Given, Given{g.Path, Text(g.Text)})
		h.size += len(g.Path) + len(g.Text)
	}
	h.Request.Choices = r.Choices
	h.Request.Invoked, h.Request.Menu, h.Request.Paused, h.Request.Accepted = r.Invoked, r.Menu, r.Paused, r.Accepted
	h.Request.Settings = settingsOf(r.Settings)
	h.Request.Recent = recentBetween(k.recent, r.Recent)
	k.recent, h.told = r.Recent, r.Recent
	h.size += h.Request.Recent.size()
	if s := r.Selected; s != nil {
		h.Request.Selected = &Edit{From: int(s.From), To: int(s.To), Text: Text(s.Text)}
	}
}

// follow writes down how a document has come to the text d. The cursor is in a
// line of it, or elsewhere: -1.
func (k *keeper) follow(at int64, d *document.Document, path string, line int) *kept {
	k.used++
	t := k.docs[d.URI()]
	if t == nil || t.path != path || t.doc.Language() != d.Language() {
		t = k.open(at, d, path, line)
	} else if t.doc != d {
		k.change(at, t, d)
	}
	t.used = k.used
	return t
}

func (k *keeper) open(at int64, d *document.Document, path string, line int) *kept {
	k.number++
	text := d.Text()
	t := &kept{number: k.number, path: path, doc: d, masked: k.known.secrets(text)}
	k.docs[d.URI()] = t
	if line >= 0 { // it may have been typed in for a while
		k.free, k.doc, k.line = len(k.held), t, line
	}
	k.hold(&held{
		Event: Event{At: at, Open: &Open{Doc: t.number, Path: path, Language: d.Language(), Version: d.Version()}},
		doc:   t, text: text, masked: t.masked, size: len(text) + 256,
	})
	if len(k.docs) > maxDocs {
		oldest := ""
		for uri, o := range k.docs {
			if o != t && (oldest == "" || o.used < k.docs[oldest].used) {
				oldest = uri
			}
		}
		delete(k.docs, oldest)
	}
	return t
}

func (k *keeper) change(at int64, t *kept, d *document.Document) {
	before := t.doc
	s := stepBetween(before, d)
	text := d.Slice(document.Offset(s.from), document.Offset(s.from+s.size))
	masked := s.forward(t.masked)
	found := k.near(d, s)
	k.suspect(t, s, without(found, masked))
	t.doc, t.masked = d, redact.Merge(slices.Concat(masked, found))
	if line := before.LineAt(document.Offset(s.from)); k.doc != t || k.line != line || strings.ContainsAny(text, "\r\n") {
		k.free = len(k.held) // the line was left
	}
	k.doc, k.line = t, d.LineAt(document.Offset(s.from+s.size))
	k.hold(&held{
		Event: Event{At: at, Change: &Change{Doc: t.number, Version: d.Version()}},
		doc:   t, step: s, text: strings.Clone(text), masked: t.masked, size: len(text) + 256,
	})
}

// near finds the secrets round a step that has led to d.
func (k *keeper) near(d *document.Document, s step) []span {
	from := d.LineStart(d.LineAt(document.Offset(max(0, s.from-around))))
	if int(from) < s.from-2*around { // in the middle of a very long line
		from = d.RuneStart(document.Offset(s.from - around))
	}
	to := d.RuneStart(document.Offset(s.from + s.size + around))
	found := k.known.secrets(d.Slice(from, to))
	for i := range found {
		found[i].From += int(from)
		found[i].To += int(from)
	}
	return found
}

// suspect masks what has turned out to be a secret in the events that are still
// held back: where it was then, and as much of it as there was.
func (k *keeper) suspect(t *kept, s step, found []span) {
	for i := len(k.held) - 1; i >= 0 && len(found) > 0; i-- {
		h := k.held[i]
		if h.doc != t {
			continue
		}
		earlier := make([]span, 0, len(found))
		for _, m := range found {
			earlier = append(earlier, s.backward(m))
		}
		found = redact.Merge(earlier)
		h.masked = redact.Merge(slices.Concat(h.masked, found))
		s = h.step
		if h.Open != nil {
			return
		}
	}
}

// hold appends an event, and writes those that need not be held back any more.
func (k *keeper) hold(h *held) {
	k.held = append(k.held, h)
	k.bytes += h.size
	if k.doc == nil {
		k.free = len(k.held)
	}
	n := 0
	for ; n < len(k.held); n++ {
		first := k.held[n]
		if k.bytes <= maxHeld && (n >= k.free || first.reply != nil && !first.reply.over) {
			break
		}
		k.release(first)
		k.bytes -= first.size
	}
	k.held = slices.Delete(k.held, 0, n)
	k.free = max(0, k.free-n)
}

// finish writes all that is held back.
func (k *keeper) finish() {
	for _, h := range k.held {
		k.release(h)
	}
	k.held, k.bytes, k.free = nil, 0, 0
}
