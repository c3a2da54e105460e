package main

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strings"
)

// An answer is what a model says to a hole, and what must come of it.
type styledAnswer struct {
	raw    string
	stop   string
	accept string
	want   string   // what is accepted, if it is not the hole's text
	also   []string // other insertions that are right too
}

// A style is a way in which models answer. It is made of three parts, each of
// which may be missing: what the code says, in what shape it stands, and what
// is said round it. A style without code, or one that breaks off, answers as a
// whole.
type answerStyle struct {
	name    string
	content func(h hole, v int) (string, bool)
	shape   func(h hole, code string, v int) (string, bool)
	talk    func(h hole, raw string, v int) (string, bool)
	answer  func(h hole, v int) (styledAnswer, bool)
}

// say is how a model of this style answers; v chooses among its wordings. It
// reports false for holes that the style makes no sense for.
func (s answerStyle) say(h hole, v int) (styledAnswer, bool) {
	if s.answer != nil {
		a, ok := s.answer(h, v)
		if a.stop == "" {
			a.stop = "end_turn"
		}
		return a, ok
	}
	code := h.want
	var ok bool
	if s.content != nil {
		if code, ok = s.content(h, v); !ok {
			return styledAnswer{}, false
		}
	}
	raw := h.inFence(code)
	if s.shape != nil {
		if raw, ok = s.shape(h, code, v); !ok {
			return styledAnswer{}, false
		}
	}
	if s.talk != nil {
		if raw, ok = s.talk(h, raw, v); !ok {
			return styledAnswer{}, false
		}
	}
	return styledAnswer{raw: raw, stop: "end_turn", accept: acceptExact}, true
}

// answerStyles are all styles, by name.
func answerStyles() []answerStyle {
	all := slices.Concat(contentStyles, shapeStyles, talkStyles, silentStyles, brokenStyles)
	slices.SortFunc(all, func(a, b answerStyle) int { return strings.Compare(a.name, b.name) })
	return all
}

// The halves of styles and of sources. Whoever works on the engine looks at
// one, and only measures with the other.
const (
	halfAll  = "all"
	halfDev  = "dev"
	halfHeld = "held"
)

// halfOf are every second of the styles, in the order of their names' hashes.
func halfOf(all []answerStyle, half string) []answerStyle {
	if half == halfAll {
		return all
	}
	shuffled := slices.Clone(all)
	slices.SortFunc(shuffled, func(a, b answerStyle) int { return cmp.Compare(hash(a.name), hash(b.name)) })
	var out []answerStyle
	for i, s := range shuffled {
		if (i%2 == 0) == (half == halfDev) {
			out = append(out, s)
		}
	}
	return out
}

// inHalf reports whether a source belongs to a half.
func inHalf(name, half string) bool {
	return half == halfAll || (hash(name)%2 == 0) == (half == halfDev)
}

func hash(s string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(s))
	return h.Sum32()
}

// composed joins a content, a shape and a talk of a half that were drawn at
// random. Some go with no other: a shape that ends the conversation has nothing
// said behind it, and one that shows the document brings its own code.
func composed(pick func(n int) int, half string) answerStyle {
	mine := map[string]bool{}
	for _, s := range halfOf(answerStyles(), half) {
		mine[s.name] = true
	}
	draw := func(styles []answerStyle) answerStyle {
		var of []answerStyle
		for _, s := range styles {
			if mine[s.name] && s.answer == nil {
				of = append(of, s)
			}
		}
		return of[pick(len(of))]
	}
	c, s, t := draw(contentStyles), draw(shapeStyles), draw(talkStyles)
	if bringsCode[s.name] {
		c = answerStyle{}
	}
	if endsTalk[s.name] || strings.HasPrefix(s.name, "bare_") || strings.HasPrefix(s.name, "code_span") {
		t = answerStyle{}
	}
	if c.name != "" && t.name != "" && pick(2) == 0 {
		s = answerStyle{}
	}
	var names []string
	for _, part := range []answerStyle{c, s, t} {
		if part.name != "" {
			names = append(names, part.name)
		}
	}
	return answerStyle{name: strings.Join(names, "+"), content: c.content, shape: s.shape, talk: t.talk}
}

var (
	bringsCode = map[string]bool{"before_and_after": true, "diff_with_context": true, "search_and_replace": true, "apply_patch": true}
	endsTalk   = map[string]bool{
		"stop_token_bare": true, "stop_token_after_fence": true, "next_turn": true, "fim_tokens": true, "tag_never_closed": true,
		"fence_opening_missing": true, "fence_end_glued": true, "fence_end_glued_then_talk": true, "indented_code_block": true, "tool_call": true, "json_object": true,
	}
)
