package messages

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// A sampling says which of temperature, top_p and top_k a model takes under
// anthropic-version 2023-06-01. The newer version takes none at all.
type sampling uint8

const (
	samplingFree     sampling = iota // temperature or top_p, not both; top_k
	samplingDefaults                 // temperature 1 or top_p .99, not both; no top_k
	samplingNone
)

// A spec is what the API checks of one model. Sources: the model pages, the
// migration guide and the caching page of 2026-08 to 2026-10, and the list of
// the official Go SDK 2.13.0.
type spec struct {
	id     string
	alias  string // a shorter name for the same model
	window int    // tokens of prompt and answer together
	output int    // upper bound of max_tokens

	oldTokens bool // the tokenizer before the current one: about 30 % fewer tokens
	minCache  int  // prompts below this many tokens are not cached
	prefill   bool
	sampling  sampling

	thinkingOn   bool     // an absent "thinking" lets the model think
	types        []string // accepted thinking.type
	efforts      []string // accepted output_config.effort; none refuses the field
	effort       string   // what an absent effort means
	offMaxEffort string   // highest effort at which thinking can be off; "" is any

	fast      bool // speed "fast", with its beta header
	lifecycle string
}

var (
	effort3 = []string{"low", "medium", "high"}
	effort4 = []string{"low", "medium", "high", "max"}
	effort5 = []string{"low", "medium", "high", "xhigh", "max"}

	manual  = []string{"enabled", "disabled"}
	between = []string{"adaptive", "between_tools"}
	both    = []string{"adaptive", "enabled", "disabled"}
	either  = []string{"adaptive", "disabled"}
	always  = []string{"adaptive"}
)

// models is the catalogue, newest first. The smallest cacheable prompt of
// Sonnet 5.5 and Opus 5.5, the thinking types of Fable 5.2 and Mythos and the
// efforts of 4.6 are not published where we looked: those of the nearest
// relative stand here.
var models = []spec{
	fable("claude-fable-5-2"), fable("claude-mythos-5-2"),
	{
		id: "claude-haiku-5-5", window: 1e6, output: 128e3, minCache: 512, sampling: samplingDefaults,
		thinkingOn: true, types: either, efforts: effort5, effort: "medium", offMaxEffort: "high",
	},
	{
		id: "claude-sonnet-5-5", window: 1e6, output: 128e3, minCache: 1024, sampling: samplingDefaults,
		thinkingOn: true, types: between, efforts: effort5, effort: "high", offMaxEffort: "high",
	},
	fable("claude-fable-5-1"),
	{
		id: "claude-opus-5-5", window: 1e6, output: 128e3, minCache: 512, sampling: samplingNone,
		thinkingOn: true, types: always, efforts: effort5, effort: "medium",
	},
	fable("claude-mythos-5-1"),
	{
		id: "claude-sonnet-5", window: 1e6, output: 128e3, minCache: 1024, sampling: samplingNone,
		thinkingOn: true, types: either, efforts: effort5, effort: "high",
	},
	fable("claude-fable-5"), fable("claude-mythos-5"),
	{
		id: "claude-opus-5", window: 1e6, output: 128e3, minCache: 512, sampling: samplingNone,
		thinkingOn: true, types: either, efforts: effort5, effort: "high", offMaxEffort: "high", fast: true,
	},
	{
		id: "claude-opus-4-8", window: 1e6, output: 128e3, minCache: 1024, sampling: samplingNone,
		types: either, efforts: effort5, effort: "high", fast: true,
	},
	{
		id: "claude-opus-4-7", window: 1e6, output: 128e3, minCache: 2048, sampling: samplingNone,
		types: either, efforts: effort5, effort: "high",
	},
	{
		id: "claude-opus-4-6", window: 1e6, output: 128e3, minCache: 4096, oldTokens: true,
		types: both, efforts: effort4, effort: "high",
	},
	{
		id: "claude-sonnet-4-6", window: 1e6, output: 128e3, minCache: 2048, oldTokens: true,
		types: both, efforts: effort4, effort: "high",
	},
	{
		id: "claude-haiku-4-5-20251001", alias: "claude-haiku-4-5", window: 200e3, output: 64e3,
		minCache: 4096, oldTokens: true, prefill: true, types: manual,
	},
	{
		id: "claude-opus-4-5-20251101", alias: "claude-opus-4-5", window: 200e3, output: 64e3,
		minCache: 4096, oldTokens: true, prefill: true, types: manual, efforts: effort3, effort: "high",
	},
	{
		id: "claude-sonnet-4-5-20250929", alias: "claude-sonnet-4-5", window: 200e3, output: 64e3,
		minCache: 1024, oldTokens: true, prefill: true, types: manual, lifecycle: "deprecated",
	},
}

// fable is the family that always thinks.
func fable(id string) spec {
	return spec{
		id: id, window: 1e6, output: 128e3, minCache: 512, sampling: samplingNone,
		thinkingOn: true, types: always, efforts: effort5, effort: "high",
	}
}

// lookup finds a model by id or alias.
func lookup(id string) (spec, bool) {
	for _, m := range models {
		if m.id == id || m.alias == id && id != "" {
			return m, true
		}
	}
	return spec{}, false
}

// off says whether a request with this thinking.type ("" when absent) leaves
// up-front thinking off.
func (m spec) off(thinking string) bool {
	switch thinking {
	case "disabled", "between_tools":
		return true
	case "":
		return !m.thinkingOn
	}
	return false
}

// info is the model's entry of /v1/models. Only what a completion server looks
// at is true to the model; the other capabilities say false.
func (m spec) info() string {
	yes := func(ok bool) string { return fmt.Sprintf(`{"supported":%t}`, ok) }
	var efforts, types strings.Builder
	for _, e := range effort5 {
		fmt.Fprintf(&efforts, ",%q:%s", e, yes(slices.Contains(m.efforts, e)))
	}
	for _, t := range []string{"adaptive", "between_tools", "disabled", "enabled"} {
		fmt.Fprintf(&types, ",%q:%s", t, yes(slices.Contains(m.types, t)))
	}
	lifecycle, ends := m.lifecycle, "null"
	if lifecycle == "" {
		lifecycle = "active"
	} else {
		ends = `"2026-11-30T00:00:00Z"`
	}
	return fmt.Sprintf(`{"type":"model","id":%q,"display_name":%q,"created_at":"1970-01-01T00:00:00Z","lifecycle":%q,`+
		`"deprecated_at":null,"retires_at":%s,"line":%q,"max_input_tokens":%d,"max_tokens":%d,"capabilities":{`+
		`"batch":{"supported":true},"citations":{"supported":false},"code_execution":{"supported":false},`+
		`"context_management":{"supported":false,"clear_thinking_20251015":{"supported":false},`+
		`"clear_tool_uses_20250919":{"supported":false},"compact_20260112":{"supported":false}},`+
		`"effort":{"supported":%t%s},"image_input":{"supported":true},"pdf_input":{"supported":true},`+
		`"server_tools":{"supported":false,"code_execution":{"supported":false},"web_search":{"supported":false}},`+
		`"structured_outputs":{"supported":true},"thinking":{"supported":true,"types":{%s}}}}`,
		m.id, m.id, lifecycle, ends, strings.Split(m.id, "-")[1], m.window, m.output,
		len(m.efforts) > 0, efforts.String(), strings.TrimPrefix(types.String(), ","))
}

// modelsPage answers GET /v1/models and GET /v1/models/{id}.
func modelsPage(path string) (string, *Fault) {
	if id, one := strings.CutPrefix(path, "/v1/models/"); one {
		m, ok := lookup(id)
		if !ok {
			return "", &Fault{Status: http.StatusNotFound, Message: "model: " + id}
		}
		return m.info(), nil
	}
	var list []string
	for _, m := range models {
		list = append(list, m.info())
	}
	return fmt.Sprintf(`{"data":[%s],"has_more":false,"first_id":%q,"last_id":%q}`,
		strings.Join(list, ","), models[0].id, models[len(models)-1].id), nil
}
