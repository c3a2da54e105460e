package main

import (
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
)

// A page is a document that shows what the program says.
type page struct {
	t            *testing.T
	name         string
	before, text string // as it is and as it should be
}

func openPage(t *testing.T, name string) *page {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return &page{t, name, string(data), string(data)}
}

// tables puts each section's rows into the table below its heading.
func (p *page) tables(all []section) {
	p.t.Helper()
	for _, s := range all {
		var rows strings.Builder
		for _, n := range s.names {
			fmt.Fprintf(&rows, "| `%s` | %s |\n", n, strings.ReplaceAll(s.words[n], "languages.<id>.enabled", "`languages.<id>.enabled`"))
		}
		head, rest, found := strings.Cut(p.text, "\n## "+s.heading+"\n")
		if !found {
			p.t.Fatalf("%s has no section %q", p.name, s.heading)
		}
		before, table, found := strings.Cut(rest, "|---|---|\n")
		if !found {
			p.t.Fatalf("%s: section %q has no table", p.name, s.heading)
		}
		end := 0
		for line := range strings.Lines(table) {
			if !strings.HasPrefix(line, "| ") {
				break
			}
			end += len(line)
		}
		p.text = head + "\n## " + s.heading + "\n" + before + "|---|---|\n" + rows.String() + table[end:]
	}
}

// sample puts what the program has printed into the first block of code below
// the line that shows the command.
func (p *page) sample(command, printed string) {
	p.t.Helper()
	start := "\n```\n$ " + command + "\n"
	head, rest, found := strings.Cut(p.text, start)
	_, tail, closed := strings.Cut(rest, "\n```\n")
	if !found || !closed {
		p.t.Fatalf("%s does not show %q", p.name, command)
	}
	p.text = head + start + strings.TrimSuffix(printed, "\n") + "\n```\n" + tail
}

// renew writes the page anew with -update; without it, an old page is an error.
func (p *page) renew() {
	p.t.Helper()
	if p.text == p.before {
		return
	}
	if update := flag.Lookup("update"); update == nil || update.Value.String() != "true" {
		p.t.Fatalf("%s is not what the program says; go test ./cmd/claude-lsp -run %s -update writes it anew", p.name, p.t.Name())
	}
	if err := os.WriteFile(p.name, []byte(p.text), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// names checks that the section Fields names every field of the records.
func (p *page) names(records ...reflect.Type) {
	p.t.Helper()
	_, fields, _ := strings.Cut(p.text, "\n## Fields\n")
	for _, record := range records {
		for field := range record.Fields() {
			tag, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if field.IsExported() && !strings.Contains(fields, "`"+tag+"`") {
				p.t.Errorf("%s does not name the field %s", p.name, tag)
			}
		}
	}
}
