package messages

import (
	"fmt"
)

const streamType = "text/event-stream; charset=utf-8"

// An event is one frame of a stream.
type event struct {
	name, data string
	delta      string // the text it carries, when it is a text delta
}

// events is the reply as the frames of a stream, up to the place at which br
// breaks it; what br does there is the sender's part. A refusal is no break
// here: the stream of one ends in good order.
func (r reply) events(a Answer) []event {
	after, whole := AllButStop, true
	if br := a.Break; br != nil && br.How != Refuse {
		after, whole = br.After, false
	}
	if after < 0 {
		return nil
	}
	s := script{unknown: a.Unknown}
	s.addf("message_start", `{"type":"message_start","message":{"id":%q,"type":"message","role":"assistant","model":%q,"content":[],`+
		`"stop_reason":null,"stop_sequence":null,"stop_details":null,"container":null,"diagnostics":null,"usage":%s}}`,
		r.id, r.model, usageJSON(Usage{
			Input: r.usage.Input, CacheRead: r.usage.CacheRead,
			CacheWrite5m: r.usage.CacheWrite5m, CacheWrite1h: r.usage.CacheWrite1h,
		}, 1))
	s.strange("aurora", `{"type":"aurora","sky":"green"}`)
	if r.thinks {
		s.thinking(r)
	}
	if s.unknown {
		s.addf("content_block_start", `{"type":"content_block_start","index":%d,"content_block":{"type":"hologram","light":""}}`, s.index)
		s.addf("content_block_delta", `{"type":"content_block_delta","index":%d,"delta":{"type":"light_delta","light":"text that is none"}}`, s.index)
		s.endBlock()
	}
	if len(r.deltas) > 0 {
		s.addf("content_block_start", `{"type":"content_block_start","index":%d,"content_block":{"type":"text","text":""}}`, s.index)
		s.addf("ping", `{"type": "ping"}`) // with a space, as it is documented: no client should compare strings
		for i, d := range r.deltas {
			if i == after {
				return s.events
			}
			for range a.Pings {
				s.addf("ping", `{"type": "ping"}`)
			}
			s.addf("content_block_delta", `{"type":"content_block_delta","index":%d,"delta":{"type":"text_delta","text":%s}}`, s.index, quote(d))
			s.events[len(s.events)-1].delta = d
			s.strange("content_block_delta", fmt.Sprintf(`{"type":"content_block_delta","index":%d,"delta":{"type":"sparkle_delta","sparkle":"*"}}`, s.index))
		}
		if after != AllButStop {
			return s.events
		}
		s.endBlock()
	} else if after != AllButStop {
		return s.events
	}
	s.ending(r)
	if whole {
		s.addf("message_stop", `{"type":"message_stop"}`)
	}
	return s.events
}

// A script is a stream as it is being written down.
type script struct {
	events  []event
	index   int // of the next content block
	unknown bool
}

func (s *script) addf(name, format string, args ...any) {
	s.events = append(s.events, event{name: name, data: fmt.Sprintf(format, args...)})
}

// strange adds a frame of a kind that no client knows yet, where those are
// wanted. The API's promise is that such frames may come at any time.
func (s *script) strange(name, data string) {
	if s.unknown {
		s.events = append(s.events, event{name: name, data: data})
	}
}

func (s *script) endBlock() {
	s.addf("content_block_stop", `{"type":"content_block_stop","index":%d}`, s.index)
	s.index++
}

// thinking comes first, and its text only where the request wants to see it.
func (s *script) thinking(r reply) {
	s.addf("content_block_start", `{"type":"content_block_start","index":%d,"content_block":{"type":"thinking","thinking":"","signature":""}}`, s.index)
	if r.showThinking {
		for _, w := range words(r.thinking) {
			s.addf("content_block_delta", `{"type":"content_block_delta","index":%d,"delta":{"type":"thinking_delta","thinking":%s}}`, s.index, quote(w))
		}
	}
	s.addf("content_block_delta", `{"type":"content_block_delta","index":%d,"delta":{"type":"signature_delta","signature":%q}}`, s.index, signature)
	s.endBlock()
}

// ending says why the answer ended. There may be more than one message_delta;
// their usage is cumulative.
func (s *script) ending(r reply) {
	usage := func(output int) string {
		u := r.usage
		return fmt.Sprintf(`{"input_tokens":%d,"cache_creation_input_tokens":%d,"cache_read_input_tokens":%d,"output_tokens":%d,`+
			`"server_tool_use":null,"output_tokens_details":%s}`, u.Input, u.CacheWrite5m+u.CacheWrite1h, u.CacheRead, output, detailsJSON(u))
	}
	s.strange("message_delta", `{"type":"message_delta","delta":{"stop_reason":null,"stop_sequence":null,"stop_details":null,"container":null},"usage":`+
		usage(1)+`}`)
	s.addf("message_delta", `{"type":"message_delta","delta":{"stop_reason":%q,"stop_sequence":%s,"stop_details":%s,"container":null},"usage":%s}`,
		r.stop, orNull(r.stopSequence), r.stopDetails(), usage(r.usage.Output))
}
