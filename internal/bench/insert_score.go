package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode"
	"unicode/utf8"
)

// A verdict says what became of the document.
type verdict struct {
	strict bool // it is the wanted one, to the byte
	match  bool // it is, but for blank lines and blanks at the ends of lines
	none   bool // nothing was inserted
}

// String is the verdict in one word.
func (v verdict) String() string {
	switch {
	case v.match:
		return "match"
	case v.none:
		return "abstain"
	default:
		return "harm"
	}
}

// judge compares a final document with what the case accepts.
func (c insertCase) judge(doc string) verdict {
	base := c.Prefix + c.Suffix
	v := verdict{none: doc == base}
	switch c.Accept {
	case acceptNone:
		v.match = essence(doc) == essence(base)
		v.strict = v.match
	case acceptPrefix:
		v.match = c.keeps(doc, v.none)
		v.strict = v.match
	case acceptBegins:
		v.match = c.begins(doc)
		v.strict = v.match
	default:
		want := c.Prefix + c.Expected + c.Suffix
		v.strict = doc == want
		v.match = v.strict || essence(doc) == essence(want)
		for _, also := range c.Also {
			v.match = v.match || essence(doc) == essence(c.Prefix+also+c.Suffix)
		}
	}
	return v
}

// keeps judges an answer that was cut off: what was inserted must begin the
// expected text and hold every whole line that the model sent. The last,
// partial line may stand or not.
func (c insertCase) keeps(doc string, none bool) bool {
	rest, before := strings.CutPrefix(doc, c.Prefix)
	inserted, after := strings.CutSuffix(rest, c.Suffix)
	if !before || !after {
		return false
	}
	whole := ""
	if body := body(c.Raw); strings.Contains(body, "\n") {
		whole = body[:strings.LastIndexByte(body, '\n')]
	}
	got := essence(inserted)
	return strings.HasPrefix(essence(c.Expected), strings.TrimRightFunc(got, unicode.IsSpace)) &&
		utf8.RuneCountInString(got) >= utf8.RuneCountInString(essence(whole)) &&
		!(none && strings.TrimSpace(whole) != "")
}

// begins judges an answer of which any beginning may stand, and nothing else.
func (c insertCase) begins(doc string) bool {
	rest, before := strings.CutPrefix(doc, c.Prefix)
	inserted, after := strings.CutSuffix(rest, c.Suffix)
	return before && after && strings.HasPrefix(essence(c.Expected), strings.TrimRightFunc(essence(inserted), unicode.IsSpace))
}

// body is the code of an answer that was cut off. Where such an answer begins
// with talk, the cases have it on the first line, then an empty one, then the
// opening of the fence.
func body(raw string) string {
	if !strings.HasPrefix(raw, "Here is") {
		return raw
	}
	lines := strings.SplitN(raw, "\n", 4)
	return lines[len(lines)-1]
}

// essence is a text without what does not count: kinds of line ends, blank
// lines, blanks at the ends of lines.
func essence(text string) string {
	var kept []string
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		if line = strings.TrimRightFunc(line, unicode.IsSpace); line != "" {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

// A tally counts verdicts.
type tally struct{ n, strict, match, abstain, harm int }

func (t *tally) add(v verdict) {
	t.n++
	if v.strict {
		t.strict++
	}
	switch {
	case v.match:
		t.match++
	case v.none:
		t.abstain++
	default:
		t.harm++
	}
}

// printTally prints a row for each style in the order of its first case, then
// the total over all cases, and the mean over the styles, in which a rare style
// weighs as much as a frequent one.
func printTally(w io.Writer, cases []insertCase, verdicts []verdict) error {
	styles := map[string]*tally{}
	var order []string
	var all tally
	for i, c := range cases {
		t := styles[c.Style]
		if t == nil {
			t = &tally{}
			styles[c.Style] = t
			order = append(order, c.Style)
		}
		t.add(verdicts[i])
		all.add(verdicts[i])
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "cases\tmatch %\tstrict %\tabstain %\tharm %\t  style")
	line := func(name string, t *tally) {
		fmt.Fprintf(tw, "%d\t%.1f\t%.1f\t%.1f\t%.1f\t  %s\n", t.n, percent(t.match, t.n), percent(t.strict, t.n), percent(t.abstain, t.n), percent(t.harm, t.n), name)
	}
	mean := 0.0
	for _, s := range order {
		line(s, styles[s])
		mean += percent(styles[s].match, styles[s].n) / float64(len(order))
	}
	line("ALL", &all)
	fmt.Fprintf(tw, "\t%.1f\t\t\t\t  MEAN OF STYLES\n", mean)
	return tw.Flush()
}

// percent is n of all; of nothing it is 0.
func percent(n, all int) float64 {
	if all == 0 {
		return 0
	}
	return 100 * float64(n) / float64(all)
}
