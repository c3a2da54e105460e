package claude

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/tmaxmax/go-sse"

	"github.com/claude-lsp/claude-lsp/internal/model"
)

const (
	maxEvent  = 1 << 20 // bytes of one event: go-sse's default of 64 KB is too small for a thinking block
	maxAnswer = 8 << 20 // bytes of a whole stream; the longest answer anybody asks for is a hundredth of it
)

// chunks reads an answer's server-sent events and yields its text, what it has
// cost, and last a Stop. It ends without an error only after message_stop: a
// connection that dies between two events looks like a clean end to everybody
// else. Errors are those of package model.
func chunks(body io.Reader, secret string) iter.Seq2[model.Chunk, error] {
	return func(yield func(model.Chunk, error) bool) {
		in := &limited{r: body, left: maxAnswer}
		d := decoder{secret: secret}
		for ev, err := range sse.Read(in, &sse.ReadConfig{MaxEventSize: maxEvent}) {
			if err != nil {
				yield(model.Chunk{}, fmt.Errorf("%w: %w", model.ErrIncomplete, err))
				return
			}
			chunk, some, err := d.event(ev)
			if err != nil {
				if some && !yield(chunk, nil) {
					return
				}
				yield(model.Chunk{}, err)
				return
			}
			if some && !yield(chunk, nil) || d.done {
				return
			}
		}
		yield(model.Chunk{}, fmt.Errorf("%w: the stream ended without message_stop", model.ErrIncomplete))
	}
}

// A decoder turns the events of one answer into chunks, one at a time.
type decoder struct {
	secret string // taken out of error messages
	usage  model.Usage
	skip   map[int]bool // blocks that are no text: thinking, tools, and kinds yet to come
	stop   model.Stop
	done   bool // message_stop was seen
}

// event is what an event's data may hold, of all the types of events. Fields
// that we do not use are not named.
type event struct {
	Type    string `json:"type"`
	Index   int    `json:"index"`
	Message struct {
		Usage *usage `json:"usage"`
	} `json:"message"`
	Block struct {
		Type string `json:"type"`
		Text string `json:"text"`
	} `json:"content_block"`
	Delta struct {
		Type        string `json:"type"`
		Text        string `json:"text"`
		StopReason  string `json:"stop_reason"`
		StopDetails struct {
			Category string `json:"category"`
		} `json:"stop_details"`
	} `json:"delta"`
	Usage     *usage   `json:"usage"`
	Error     apiError `json:"error"`
	RequestID string   `json:"request_id"`
}

// usage is the API's count of tokens. Local servers leave fields out.
type usage struct {
	Input    *int `json:"input_tokens"`
	Output   *int `json:"output_tokens"`
	Read     *int `json:"cache_read_input_tokens"`
	Written  *int `json:"cache_creation_input_tokens"`
	ByLength *struct {
		FiveMinutes int `json:"ephemeral_5m_input_tokens"`
		Hour        int `json:"ephemeral_1h_input_tokens"`
	} `json:"cache_creation"`
}

// event decodes one event. some is false when there is nothing in it for the
// caller: pings, blocks that are no text, events and deltas unknown here, which
// the API's versioning policy asks to ignore.
func (d *decoder) event(ev sse.Event) (chunk model.Chunk, some bool, err error) {
	if ev.Data == "" {
		return chunk, false, nil
	}
	var e event
	if err := json.Unmarshal([]byte(ev.Data), &e); err != nil && !harmless(err, ev, e) {
		return chunk, false, fmt.Errorf("%w: an event of the stream cannot be read: %s", model.ErrIncomplete, printable(err.Error(), 200))
	}
	// The data's own type decides. Not every server sends the event field; where
	// it alone is sent, it has to do.
	if e.Type == "" {
		e.Type = ev.Type
	}
	chunk.Markdown = true
	switch e.Type {
	case "message_start":
		chunk.Usage = d.count(e.Message.Usage)
		return chunk, chunk.Usage != nil, nil

	case "content_block_start":
		if e.Block.Type != "text" {
			if d.skip == nil {
				d.skip = map[int]bool{}
			}
			d.skip[e.Index] = true
			return chunk, false, nil
		}
		delete(d.skip, e.Index)
		chunk.Text = e.Block.Text // "" from the API; the SDKs too take it for the block's beginning
		return chunk, chunk.Text != "", nil

	case "content_block_delta":
		if e.Delta.Type != "text_delta" || d.skip[e.Index] {
			return chunk, false, nil
		}
		chunk.Text = e.Delta.Text
		return chunk, chunk.Text != "", nil

	case "message_delta":
		chunk.Usage = d.count(e.Usage)
		switch e.Delta.StopReason {
		case "": // one of several deltas, without the reason
		case "end_turn":
			d.stop = model.StopEnd
		case "stop_sequence":
			d.stop = model.StopSequence
		case "refusal":
			return chunk, chunk.Usage != nil, refused(e.Delta.StopDetails.Category)
		default:
			// max_tokens and model_context_window_exceeded cut the answer anywhere.
			// Of reasons that come later we only know that they are not end_turn.
			d.stop = model.StopLength
		}
		return chunk, chunk.Usage != nil, nil

	case "message_stop":
		d.done = true
		if d.stop == "" {
			d.stop = model.StopEnd // some local servers give no reason
		}
		chunk.Stop = d.stop
		return chunk, true, nil

	case "error":
		return chunk, false, newStatusError(statusOf(e.Error.Type), e.Error, e.RequestID, d.secret)
	}
	return chunk, false, nil
}

// harmless reports whether an event that could not be decoded as a whole can be
// used or ignored all the same. Broken text never can.
func harmless(err error, ev sse.Event, e event) bool {
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) {
		// No JSON at all: OpenAI-style ends, and named events of others.
		return ev.Data == "[DONE]" || ev.Type != "" && !ours(ev.Type)
	}
	if e.Type == "" {
		e.Type = ev.Type
	}
	switch e.Type {
	case "content_block_delta":
		return e.Delta.Type != "text_delta"
	case "content_block_start":
		return e.Block.Type != "text"
	case "message_delta":
		return !strings.HasPrefix(wrong.Field, "delta.stop_reason")
	}
	return true // unknown, or about tokens alone
}

// ours reports whether an event of that name is one that the answer depends on.
func ours(name string) bool {
	switch name {
	case "message_start", "content_block_start", "content_block_delta", "message_delta", "message_stop", "error":
		return true
	}
	return false
}

// count takes in what the API says of tokens, whose counts are cumulative, and
// returns the new state; nil when it said nothing.
func (d *decoder) count(u *usage) *model.Usage {
	if u == nil {
		return nil
	}
	set := func(to *int, from *int) {
		if from != nil {
			*to = max(0, *from)
		}
	}
	set(&d.usage.Input, u.Input)
	set(&d.usage.Output, u.Output)
	set(&d.usage.CacheRead, u.Read)
	if u.ByLength != nil {
		d.usage.CacheWrite5m, d.usage.CacheWrite1h = max(0, u.ByLength.FiveMinutes), max(0, u.ByLength.Hour)
	} else if u.Written != nil && d.usage.CacheWrite1h == 0 {
		d.usage.CacheWrite5m = max(0, *u.Written) // five minutes is the API's default
	}
	now := d.usage
	return &now
}

// refused is the end of an answer that must not be shown, not even the part of
// it that came before. The same request would be refused again.
func refused(category string) error {
	if category = printable(category, 60); category != "" {
		return fmt.Errorf("%w (%s)", model.ErrRefused, category)
	}
	return model.ErrRefused
}

// limited is a reader that fails when more than left bytes come, where
// io.LimitReader would look like the end of the stream.
type limited struct {
	r    io.Reader
	left int
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, fmt.Errorf("the answer is longer than %d bytes", maxAnswer)
	}
	if len(p) > l.left {
		p = p[:l.left]
	}
	n, err := l.r.Read(p)
	l.left -= n
	return n, err
}
