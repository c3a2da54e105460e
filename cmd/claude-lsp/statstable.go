package main

import (
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"
)

// print shows the figures to a person.
func (s stats) print(w io.Writer) error {
	if s.Days.empty() {
		_, err := fmt.Fprintf(w, "Nothing was counted in the last %d days (%s).\n"+
			"Suggestions are counted once an editor has shown one: claude-lsp doctor says whether they can come.\n", statsDays, s.Store)
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintf(t, "\ttoday\tlast %d days\n", statsDays)
	for _, f := range facts {
		fmt.Fprintf(t, "%s\t%s\t%s\n", f.name, f.of(s.Today.All), f.of(s.Days.All))
	}
	table(t, "language", s.Days.ByLanguage)
	table(t, "model", s.Days.ByModel)
	if len(s.Days.ByProvider) > 1 {
		table(t, "provider", s.Days.ByProvider)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if l := s.Link; l != nil {
		fmt.Fprintf(w, "\nThe link: a prompt may have %s tokens; %s.\n", number(l.Window), l.says)
	}
	_, err := fmt.Fprintf(w, "\nCounted on this machine alone (%s); nothing is sent anywhere.\n", s.Store)
	return err
}

// table shows groups of the longer period, one a line, without the columns that
// nothing is known for.
func table(w io.Writer, of string, groups []group) {
	if len(groups) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s, %d days", of, statsDays)
	var columns []fact
	for _, f := range facts {
		for _, g := range groups {
			if f.short != "" && f.of(g) != unknown {
				columns = append(columns, f)
				fmt.Fprint(w, "\t", f.short)
				break
			}
		}
	}
	fmt.Fprintln(w)
	for _, g := range groups {
		fmt.Fprint(w, clean(g.Name))
		for _, f := range columns {
			fmt.Fprint(w, "\t", f.of(g))
		}
		fmt.Fprintln(w)
	}
}

// unknown stands where there is nothing to say a figure of.
const unknown = "-"

// A fact is a figure as a person reads it. Without a short name it is no column
// of the tables.
type fact struct {
	name, short string
	of          func(g group) string
}

// spentFact is a fact of what was paid.
func spentFact(name, short string, of func(p *paid) string) fact {
	return fact{name, short, func(g group) string {
		if g.paid == nil {
			return unknown
		}
		return of(g.paid)
	}}
}

var facts = []fact{
	{"shown", "shown", func(g group) string { return strconv.Itoa(g.Shown) }},
	{"accepted", "accepted", func(g group) string { return share(g.Accepted, g.AcceptedPercent) }},
	{"accepted in part, by words", "words", func(g group) string { return strconv.Itoa(g.PartlyByWords) }},
	{"accepted in part, by lines", "lines", func(g group) string { return strconv.Itoa(g.PartlyByLines) }},
	{"typed through", "typed", func(g group) string { return strconv.Itoa(g.TypedThrough) }},
	{"rejected", "rejected", func(g group) string { return strconv.Itoa(g.Rejected) }},
	{"still there after 30 s", "30 s", func(g group) string { return share(g.Kept[0].Kept, g.Kept[0].Percent) }},
	{"still there after 2 min", "2 min", func(g group) string { return share(g.Kept[1].Kept, g.Kept[1].Percent) }},
	{"still there after 10 min", "10 min", func(g group) string { return share(g.Kept[2].Kept, g.Kept[2].Percent) }},
	{"accepted characters", "characters", func(g group) string { return strconv.Itoa(g.AcceptedCharacters) }},
	spentFact("paid requests", "requests", func(p *paid) string { return strconv.Itoa(p.Requests) }),
	spentFact("of a prompt, read from the cache", "cached", func(p *paid) string {
		if p.Tokens.CacheReadPercent == nil {
			return unknown
		}
		return fmt.Sprintf("%.1f %%", *p.Tokens.CacheReadPercent)
	}),
	spentFact("tokens read from the cache", "", func(p *paid) string { return number(p.Tokens.CacheRead) }),
	spentFact("tokens written to it", "", func(p *paid) string { return number(p.Tokens.CacheWrite) }),
	spentFact("other tokens in", "", func(p *paid) string { return number(p.Tokens.Input) }),
	spentFact("tokens out", "", func(p *paid) string { return number(p.Tokens.Output) }),
	spentFact("cached ahead, requests", "", func(p *paid) string { return strconv.Itoa(p.Warming.Requests) }),
	spentFact("cached ahead, tokens written", "", func(p *paid) string { return number(p.Warming.CacheWrite) }),
	spentFact("cached ahead, cost", "", func(p *paid) string { return fmt.Sprintf("$%.4f", p.Warming.USD) }),
	spentFact("cost, with that", "cost", func(p *paid) string { return fmt.Sprintf("$%.4f", p.USD) }),
	spentFact("cost of an accepted character", "per character", func(p *paid) string {
		if p.PerCharacter == nil {
			return unknown
		}
		return fmt.Sprintf("$%.6f", *p.PerCharacter)
	}),
	timeFact("first text, p50 / p90 / p99", "first text", func(t *took) *quantiles { return t.First }),
	timeFact("answer, asking the model", "", func(t *took) *quantiles { return t.Asked }),
	timeFact("answer from memory", "", func(t *took) *quantiles { return t.Reused }),
}

// share is a count and what it is of the whole.
func share(n int, percent *float64) string {
	if percent == nil {
		return unknown
	}
	return fmt.Sprintf("%d (%.0f %%)", n, *percent)
}
