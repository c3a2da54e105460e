package claude

import (
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/claude-lsp/claude-lsp/internal/model"
)

// maxBreakpoints is the API's limit of cache breakpoints in one request; a
// fifth is refused.
const maxBreakpoints = 4

// The breakpoints. An hour pays for the rules, which are the same for every
// request of every file. The API wants longer lives before shorter ones, which
// holds because the system text comes before the messages.
const (
	endHour  = `","cache_control":{"type":"ephemeral","ttl":"1h"}}`
	endMark  = `","cache_control":{"type":"ephemeral"}}`
	endPlain = `"}`
)

// A body is a rendered request: pieces of JSON in order. The pieces of stable
// context are shared with the encodings and are never changed; nothing is
// copied together, because a window is 250 KB and a keystroke changes its last
// four.
type body struct {
	pieces [][]byte
	size   int64 // bytes of all pieces
	cuts   []cut // where the frozen beginning can be cut, in order
	gzip   bool  // the pieces are a gzip member, and no JSON any more
}

// A cut ends a part of a body that other requests share: each stands behind a
// block with a breakpoint.
type cut struct {
	end int        // the number of pieces before it
	key sectionKey // names the bytes before it, all of them
}

// A sectionKey is a digest of what a body was rendered from, up to a cut.
type sectionKey [sha256.Size]byte

func (b *body) add(piece []byte) {
	b.pieces = append(b.pieces, piece)
	b.size += int64(len(piece))
}

// reader returns the body from its beginning. A request that net/http sends
// again on another connection (one whose end it saw before anything was
// processed) needs a second one.
func (b *body) reader() io.ReadCloser { return io.NopCloser(&pieceReader{left: b.pieces}) }

// A pieceReader reads pieces as one. Other than io.MultiReader it fills what it
// is given: for HTTP/2 each read becomes a frame.
type pieceReader struct {
	left [][]byte
	at   int // bytes of left[0] that were read
}

func (r *pieceReader) Read(p []byte) (n int, err error) {
	for len(r.left) > 0 && n < len(p) {
		done := copy(p[n:], r.left[0][r.at:])
		n, r.at = n+done, r.at+done
		if r.at == len(r.left[0]) {
			r.left, r.at = r.left[1:], 0
		}
	}
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// A purpose is what a request is for. The prompt is the same for all of them,
// and with it what the API caches and what we keep compressed.
type purpose uint8

const (
	toAnswer purpose = iota // an answer, as a stream
	toWarm                  // the prompt cache alone is to be filled
	toCount                 // the prompt's tokens are to be counted
)

// placeholder is the last block of a request that fills the cache: the API
// wants one, and caches nothing of it.
const placeholder = "Wait."

// render returns the Messages request for p, and the model it asks.
//
// The order is the prompt's own, most stable first: rules as the system text,
// a text block for each block of context, and one last block that is never
// marked: a breakpoint there would be paid for on each keystroke and never
// read. What differs between requests or purposes comes last, the model
// included, so that all of them begin with the same bytes. There is no prefill
// of the answer (models since 4.6 refuse it) and there are no stop sequences
// (any that ends an answer could also occur in code; the reader of the answer
// stops instead).
func (c *Client) render(p model.Prompt, why purpose) (*body, string, error) {
	id := p.Model
	if id == "" {
		id = c.opts.Model
	}
	traits := traitsOf(id)
	if err := traits.check(id); err != nil {
		return nil, id, err
	}
	last := placeholder
	if why != toWarm {
		last = excerpt(p)
	}
	if last == "" {
		return nil, id, fmt.Errorf("%w: the prompt is empty", model.ErrInvalidRequest)
	}

	b := &body{pieces: make([][]byte, 0, 2*len(p.Blocks)+4)}
	chain := sha256.New()
	left := maxBreakpoints
	if blank(p.Rules) {
		b.add([]byte("{" + userTurn))
		_, _ = io.WriteString(chain, "-")
	} else {
		b.add([]byte(`{"system":[`))
		b.add(c.encoded.get(encodingKey{rules: true, name: p.Rules}, func() []byte { return textBlock(p.Rules) }))
		// Rules shorter than the model's minimum are silently not cached.
		b.add([]byte(endHour + "]," + userTurn))
		_, _ = io.WriteString(chain, strconv.Itoa(len(p.Rules))+" "+p.Rules)
		left--
	}
	blocks := withText(p.Blocks)
	marks := chooseMarks(blocks, left)
	named := true // every block up to here has a name
	for i, block := range blocks {
		b.add(c.encoded.get(encodingKey{name: block.ID}, func() []byte { return textBlock(blockText(block)) }))
		named = named && block.ID != ""
		_, _ = io.WriteString(chain, strconv.Itoa(len(block.ID))+" "+block.ID)
		if !marks[i] {
			b.add([]byte(endPlain + ","))
			continue
		}
		b.add([]byte(endMark + ","))
		_, _ = io.WriteString(chain, "!")
		if named {
			b.cuts = append(b.cuts, cut{len(b.pieces), sectionKey(chain.Sum(nil))})
		}
	}
	end := append(textBlock(last), endPlain+`]}],"model":"`...)
	end = append(appendString(end, id), '"')
	b.add(append(traits.appendSending(end, why, p.MaxTokens), '}'))
	return b, id, nil
}

// userTurn begins the one message.
const userTurn = `"messages":[{"role":"user","content":[`

// textBlock returns a text block up to, and without, the quote that ends its
// text: whether a breakpoint follows differs from request to request.
func textBlock(text string) []byte {
	dst := make([]byte, 0, len(text)+len(text)/16+64)
	return appendString(append(dst, `{"type":"text","text":"`...), text)
}

// blockText is a block of context as the model reads it. Line numbers are those
// of the moment at which the block was made: a heading that followed each edit
// would spoil the prompt cache. So blocks of the document itself have none, and
// say on which side of the excerpt they stand; they are cut anywhere, and their
// text goes on in the next one.
func blockText(b model.Block) string {
	var s strings.Builder
	switch b.Side {
	case model.Above:
		s.WriteString(ownHeading(b) + "lines above the excerpt that the prompt ends with.\n\n")
	case model.Below:
		s.WriteString(ownHeading(b) + "lines below the excerpt that the prompt ends with.\n\n")
	default:
		writeParts(&s, b.Parts)
		return s.String()
	}
	for _, p := range b.Parts {
		s.WriteString(p.Text)
	}
	return s.String()
}

func ownHeading(b model.Block) string {
	if len(b.Parts) == 0 || blank(b.Parts[0].Path) {
		return "Part of the file being edited: "
	}
	return "Part of the file being edited, " + oneLine(b.Parts[0].Path) + ": "
}

// writeParts writes ranges of files, each under its name. Where the next range is
// of the same file the lines alone are named, and nothing where it goes on with
// the one before: a file may have dozens.
func writeParts(s *strings.Builder, parts []model.Part) {
	for i, p := range parts {
		lines := "lines " + strconv.Itoa(p.FirstLine) + " to " + strconv.Itoa(p.LastLine)
		if p.FirstLine == p.LastLine {
			lines = "line " + strconv.Itoa(p.FirstLine)
		}
		switch {
		case i > 0 && !blank(p.Path) && p.Path == parts[i-1].Path && p.FirstLine > 0:
			if !strings.HasSuffix(parts[i-1].Text, "\n") {
				s.WriteString("\n")
			}
			if p.FirstLine != parts[i-1].LastLine+1 {
				s.WriteString("(" + lines + ")\n")
			}
		default:
			if i > 0 {
				s.WriteString("\n\n")
			}
			if blank(p.Path) {
				break
			}
			s.WriteString("File: " + oneLine(p.Path))
			if p.FirstLine > 0 {
				s.WriteString(", " + lines)
			}
			s.WriteString("\n\n")
		}
		s.WriteString(p.Text)
	}
}

// excerpt is the end of the prompt: what its line may need, the text round the
// cursor and the task. It is "" for a prompt that holds nothing at all.
func excerpt(p model.Prompt) string {
	var s strings.Builder
	if len(p.Near) > 0 {
		s.WriteString("What the line at the mark may need, from other files:\n\n")
		writeParts(&s, p.Near)
		s.WriteString("\n\n(End of other files.)\n\n")
	}
	if !blank(p.Notes) {
		s.WriteString(strings.TrimRight(p.Notes, "\n") + "\n\n")
	}
	if !blank(p.Path) {
		s.WriteString("File being edited: " + oneLine(p.Path))
		if !blank(p.Language) {
			s.WriteString(" (" + oneLine(p.Language) + ")")
		}
		if slices.ContainsFunc(p.Blocks, func(b model.Block) bool { return b.Side != "" }) {
			s.WriteString(", the excerpt round the mark; lines of the same file above and below it stand earlier")
		}
		s.WriteString("\n\n")
	}
	s.WriteString(p.Before + p.Mark + p.After)
	if !blank(p.Task) {
		// The text has no end of its own that the model could see.
		s.WriteString("\n\n(End of the text.)\n" + p.Task)
	}
	if blank(s.String()) {
		return ""
	}
	return s.String()
}

// withText leaves out the blocks that would be blank, which the API refuses. A
// breakpoint of such a block moves to the one before it.
func withText(blocks []model.Block) []model.Block {
	empty := func(b model.Block) bool {
		return !slices.ContainsFunc(b.Parts, func(p model.Part) bool { return b.Side == "" && !blank(p.Path) || !blank(p.Text) })
	}
	if !slices.ContainsFunc(blocks, empty) {
		return blocks
	}
	var keep []model.Block // the prompt is not ours to change
	for _, b := range blocks {
		if !empty(b) {
			keep = append(keep, b)
		} else if b.Breakpoint && len(keep) > 0 {
			keep[len(keep)-1].Breakpoint = true
		}
	}
	return keep
}

// chooseMarks says which blocks get one of the left breakpoints. When there are
// more than that, the first keeps its (what it ends outlives every edit) and
// the last ones theirs (they save the most while nothing changed).
func chooseMarks(blocks []model.Block, left int) map[int]bool {
	var at []int
	for i, b := range blocks {
		if b.Breakpoint {
			at = append(at, i)
		}
	}
	if extra := len(at) - left; extra > 0 {
		at = append(at[:1], at[1+extra:]...)
	}
	marks := make(map[int]bool, len(at))
	for _, i := range at {
		marks[i] = true
	}
	return marks
}

// blank reports whether the API would refuse s as an empty text block.
func blank(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !unicode.IsSpace(r) }) < 0
}

// oneLine keeps a path or a name from breaking out of its header line.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s)
}
