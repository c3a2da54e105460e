package completion

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/script"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

// What other completion tools filter out of a model's answers, and what their
// filters take away too much. Each filter that is known has rows of its own
// below (peers_*_test.go): what it is for must come out right here too, and
// where it is too eager, what was meant must stay.

// A peer is a filter of another tool, with the answers that tell whether this
// engine does as well.
type peer struct {
	filter string // the tool and what it calls the filter
	eager  bool   // the filter takes away what is meant here
	in     string // language id; "" is Go
	ask    how
	rows   []fit // want has a document for each candidate; see each
}

// how is how a peer's rows are asked for. The zero value is a person who types.
type how struct {
	invoked   bool
	multiline Multiline
	bare      bool       // the provider sends code without Markdown
	stop      model.Stop // "" is the end
	reason    string     // for which nothing must be shown; "" is any
	end       string     // for which the stream must be ended early; "" is any
}

// each is what a row wants of several candidates.
func each(documents ...string) string { return strings.Join(documents, "\n---\n") }

// The filters, by tool. A filter that stands here has a row.
var peerFilters = map[string][]string{
	"tabby": {
		"trimMultiLineInSingleLineMode", "removeLineEndsWithRepetition", "dropDuplicated", "trimSpace", "dropMinimum",
		"removeRepetitiveBlocks", "removeRepetitiveLines", "limitScopeByIndentation", "removeDuplicatedBlockClosingLine",
		"formatIndentation", "normalizeIndentation", "removeDuplicateSuffixLines", "isLineEnd",
	},
	"continue": {
		"stop tokens", "stopAtStartOf", "language char filters", "stopAtLines", "stopAtLinesExact", "stopAtRepeatingLines",
		"avoidEmptyComments", "avoidPathLine", "skipPrefixes", "noDoubleNewLine", "stopAtSimilarLine",
		"showWhateverWeHaveAtXMs", "stopAfterMaxProcessingTime",
		"blank", "rewritesLineAbove", "isExtremeRepetition", "codestral", "qwen3", "granite", "mercury", "gemini",
		"leading double space", "backtick fences", "BracketMatchingService", "processSingleLineCompletion",
	},
	"cody": {
		"fixBadCompletionStart", "extractFromCodeBlock", "collapseDuplicativeWhitespace", "trimLeadingWhitespaceUntilNewline",
		"normalizeStartLine", "truncateMultiline by syntax", "truncateMultiline by indentation", "trimUntilSuffix",
		"removeTrailingWhitespace", "removeLowQuality", "dedupe", "rank", "range over overlapping suffix", "visibility",
		"detect-multiline", "dynamic multiline",
	},
	"llm-ls":    {"should_complete", "tokens_to_clear", "first-line cut"},
	"llama.vim": {"empty", "equals following lines", "equals line suffix", "completes to next line", "suffix overlap or line 1", "leading whitespace on blank line"},
	"minuet":    {"overlap after cursor", "overlap before cursor", "trim", "dedupe", "prepend partial word"},
	"twinny": {
		"bracket balance", "file label", "next lines similar", "duplicate quotes", "mid-word quotes", "overlap with rest of line",
		"skip mid-word", "similar to rest of line", "blank characters", "complete node",
	},
	"lsp-ai": {"extractor", "remove_duplicate_start", "remove_duplicate_end"},
	"hexai":  {"strip fences", "duplicate assignment prefix", "duplicate general prefix", "indent of prompts"},
	"zed":    {"interpolates", "extends the old one", "reject reasons"},
}

// peers are all rows.
var peers = slices.Concat(tabbyPeers, continuePeers, codyPeers, smallPeers)

// timedPeers are filters that are about time or about typing on, and the tests
// that have their rows.
var timedPeers = map[string]func(*testing.T){
	"continue: showWhateverWeHaveAtXMs":    testShowsWhatIsThere,
	"continue: stopAfterMaxProcessingTime": testEndlessAnswer,
	"zed: interpolates":                    testTypedSomethingElse,
	"zed: extends the old one":             testGrowsOnly,
}

func TestPeers(t *testing.T) {
	for _, p := range peers {
		t.Run(p.filter, p.run)
	}
	for filter, test := range timedPeers {
		t.Run(filter, test)
	}
}

// run checks all rows of p, in chunks of several sizes.
func (p peer) run(t *testing.T) {
	t.Helper()
	for _, row := range p.rows {
		t.Run(row.name, func(t *testing.T) {
			for _, size := range []int{0, 1, 7} {
				synctest.Test(t, func(t *testing.T) { p.check(t, row, size) })
			}
		})
	}
}

// check brings a row's answer through the whole engine, in chunks of size
// bytes. An answer whose stream is to be ended early does not end by itself.
func (p peer) check(t *testing.T, row fit, size int) {
	t.Helper()
	language := p.in
	if language == "" {
		language = "go"
	}
	e := engineOf(script.Answer{Chunks: chunksOf(row.answer, size), Bare: p.ask.bare, Stop: p.ask.stop, Hang: p.ask.end != ""})
	defer e.Close()
	r := at(t, language, row.text)
	r.Invoked, r.Settings.Multiline = p.ask.invoked, p.ask.multiline
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	answer, _ := e.Complete(ctx, r)
	var all []string
	text := r.Doc.Text()
	for _, c := range answer.Candidates {
		all = append(all, text[:c.From]+c.Text+cursor+text[c.To:])
	}
	report := e.report(t)
	if got := each(all...); got != row.want {
		t.Errorf("in chunks of %d, by the steps %v:\n%s\n--- want\n%s", size, report.Steps, got, row.want)
	}
	if p.ask.reason != "" && report.Reason != p.ask.reason || p.ask.end != "" && report.EarlyEnd != p.ask.end {
		t.Errorf("in chunks of %d: reason %q, ended by %q", size, report.Reason, report.EarlyEnd)
	}
}

// chunksOf cuts an answer into chunks of size bytes; 0 is one chunk.
func chunksOf(answer string, size int) []string {
	if size == 0 {
		return []string{answer}
	}
	var all []string
	for c := range slices.Chunk([]byte(answer), size) {
		all = append(all, string(c))
	}
	return all
}

// Each filter has a row, and each row is of a filter.
func TestPeersAreComplete(t *testing.T) {
	have := map[string]bool{}
	for _, p := range peers {
		have[p.filter] = have[p.filter] || !p.eager && len(p.rows) > 0 || p.eager && onlyEager[p.filter]
	}
	for filter := range timedPeers {
		have[filter] = true
	}
	for tool, filters := range peerFilters {
		for _, f := range filters {
			name := tool + ": " + f
			if !have[name] {
				t.Errorf("no row of %s", name)
			}
			delete(have, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(have)) {
		t.Errorf("%s is no known filter", name)
	}
}

// onlyEager are filters that are for nothing a person would want.
var onlyEager = map[string]bool{"tabby: dropMinimum": true, "continue: noDoubleNewLine": true}
