package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/store"
)

// planted fills every text of a struct, also those that later versions add.
func planted(t *testing.T, x reflect.Value) {
	t.Helper()
	for _, f := range x.Fields() {
		switch f.Interface().(type) {
		case string:
			f.SetString("hunted")
		case []string:
			f.Set(reflect.ValueOf([]string{"hunted"}))
		}
	}
}

// Whatever stands in the store, strangers see names of the program's own.
func TestStrangersSeeNoNames(t *testing.T) {
	var d store.Decision
	planted(t, reflect.ValueOf(&d).Elem())
	own := store.Decision{
		Session: "A", Language: "go", Provider: "claude", Model: "claude-haiku-5-5", Verdict: verdictAsk, Missed: "nothing_known", Source: "upstream",
		Outcome: "shown", Reason: "unfit", Trouble: "timeout", EarlyEnd: "closed", Stop: "end", Steps: []string{"prose"},
	}
	sessions := map[string]string{"hunted": "1", "A": "2"}
	cut := forStrangers(d, sessions)
	if text := fmt.Sprintf("%+v", cut); strings.Contains(text, "hunted") {
		t.Errorf("a decision says %s", text)
	}
	if d.Steps[0] != "hunted" {
		t.Error("what was handed in is changed")
	}
	kept := own
	kept.Session = "2"
	if got := forStrangers(own, sessions); !reflect.DeepEqual(got, kept) {
		t.Errorf("a decision without names is told as %+v", got)
	}
	var out strings.Builder
	if err := (told{rows: []store.Decision{cut}}).printJSON(&out); err != nil || strings.Contains(out.String(), "hunted") {
		t.Errorf("%v: %s", err, out.String())
	}

	var of store.Subject
	planted(t, reflect.ValueOf(&of).Elem())
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.Local)
	all := rows{
		[]store.OutcomesRow{{Day: "2026-11-23", Subject: of, Outcomes: store.Outcomes{Shown: 1}}, {Day: "2026-11-23", Subject: store.Subject{Language: "hunted2", Model: "hunted2"}, Outcomes: store.Outcomes{Shown: 2}}},
		[]store.SpentRow{{Day: "2026-11-23", Model: "hunted"}},
		[]store.LatencyRow{{Day: "2026-11-23", Model: "hunted", Kind: "hunted", Took: store.Histogram{1: 1}}},
	}
	text, err := json.Marshal(newStats("", now, all.forStrangers()))
	if err != nil || strings.Contains(string(text), "hunted") || !strings.Contains(string(text), `"name":"other","shown":3`) {
		t.Errorf("%v: %s", err, text)
	}
	if all.outcomes[0].Language != "hunted" {
		t.Error("what was handed in is changed")
	}
}

// What is wrong with a store is told without its path.
func TestStoreTrouble(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want string
	}{
		{fmt.Errorf("%w: /home/hunted", store.ErrUnavailable), store.ErrUnavailable.Error()},
		{fmt.Errorf("/home/hunted: %w", context.DeadlineExceeded), context.DeadlineExceeded.Error()},
		{errors.New("/home/hunted"), "the store cannot be read"},
	} {
		if got := storeTrouble(tt.err); got != tt.want {
			t.Errorf("%v is told as %q", tt.err, got)
		}
	}
}

// docs/bug-reports.md lists the files of a bundle.
func TestPageOfBundles(t *testing.T) {
	page, err := os.ReadFile("../../docs/bug-reports.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{readmeFile, versionsFile, settingsFile, doctorFile, statsFile, whyFile} {
		if !strings.Contains(string(page), "\n| `"+name+"` | ") {
			t.Errorf("%s is not on the page", name)
		}
	}
	if want := fmt.Sprintf("which of %d variables", len(tellingVariables)); !strings.Contains(string(page), want) {
		t.Errorf("the page does not say %q", want)
	}
	if want := fmt.Sprintf("the last %d requests", bundledDecisions); !strings.Contains(string(page), want) {
		t.Errorf("the page does not say %q", want)
	}
}
