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
	for _, row := range rows {
		fmt.Fprintf(t, "%s\t%s\t%s\n", row.name, row.of(s.Today.All), row.of(s.Days.All))
	}
	s.Days.table(t, "by language", s.Days.ByLanguage)
	s.Days.table(t, "by model", s.Days.ByModel)
	if len(s.Days.ByProvider) > 1 {
		s.Days.table(t, "by provider", s.Days.ByProvider)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\nCounted on this machine alone (%s); nothing is sent anywhere.\n", s.Store)
	return err
}

// table shows groups side by side.
func (p period) table(w io.Writer, title string, groups []group) {
	if len(groups) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s, last %d days", title, statsDays)
	for _, g := range groups {
		fmt.Fprintf(w, "\t%s", clean(g.Name))
	}
	fmt.Fprintln(w)
	for _, row := range rows {
		line := row.name
		known := false
		for _, g := range groups {
			says := row.of(g)
			known = known || says != "-"
			line += "\t" + says
		}
		if known {
			fmt.Fprintln(w, line)
		}
	}
}

// rows are the figures as a person reads them.
var rows = []struct {
	name string
	of   func(g group) string
}{
	{"shown", func(g group) string { return strconv.Itoa(g.Shown) }},
	{"accepted", func(g group) string { return share(g.Accepted, g.AcceptedPercent) }},
	{"accepted in part, by words", func(g group) string { return strconv.Itoa(g.PartlyByWords) }},
	{"accepted in part, by lines", func(g group) string { return strconv.Itoa(g.PartlyByLines) }},
	{"typed through", func(g group) string { return strconv.Itoa(g.TypedThrough) }},
	{"rejected", func(g group) string { return strconv.Itoa(g.Rejected) }},
	{"still there after 30 s", func(g group) string { return share(g.Kept[0].Kept, g.Kept[0].Percent) }},
	{"still there after 2 min", func(g group) string { return share(g.Kept[1].Kept, g.Kept[1].Percent) }},
	{"still there after 10 min", func(g group) string { return share(g.Kept[2].Kept, g.Kept[2].Percent) }},
	{"accepted characters", func(g group) string { return strconv.Itoa(g.AcceptedCharacters) }},
	{"paid requests", func(g group) string {
		if g.paid == nil {
			return "-"
		}
		return strconv.Itoa(g.Requests)
	}},
	{"cost", func(g group) string {
		if g.paid == nil {
			return "-"
		}
		return fmt.Sprintf("$%.4f", g.USD)
	}},
}

// share is a count and what it is of the whole; "-" where there is no whole.
func share(n int, percent *float64) string {
	if percent == nil {
		return "-"
	}
	return fmt.Sprintf("%d (%.0f %%)", n, *percent)
}
