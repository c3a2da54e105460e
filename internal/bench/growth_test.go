package main

import (
	"strings"
	"testing"
)

func TestGrowth(t *testing.T) {
	var tally grownTally
	for _, e := range []insertEnd{
		{item: "a()"},   // one line is whole at once
		{item: "\na()"}, // and one below the cursor's
		{item: "a()\nb()\nc()", grown: []string{"a()", "a()\nb()"}},
		{item: "\na()\nb()\nc()", grown: []string{"\na()"}},
		{item: "a()\nb()"},
		{item: "a()\nb()", grown: []string{"b()"}},
	} {
		tally.add(e)
	}
	if want := (grownTally{answers: 4, told: 3, lines: 6, early: 4, back: 1}); tally != want {
		t.Errorf("got %+v, want %+v", tally, want)
	}
	cases := []insertCase{{}}
	var out strings.Builder
	if err := printGrowth(&out, cases, []insertEnd{{item: "a()"}}); err == nil {
		t.Error("nothing to measure is no error")
	}
	if err := printGrowth(&out, cases, []insertEnd{{item: "a()\nb()\nc()", grown: []string{"a()"}}}); err != nil || !strings.Contains(out.String(), "100.0% of 1 seen before they were whole, 50.0% of their 2 lines") {
		t.Errorf("%v: %s", err, out.String())
	}
}

func TestCutAtLines(t *testing.T) {
	got, err := insertCase{Raw: "a\n\nb\n"}.cut(chunksLines)
	if err != nil || strings.Join(got, "|") != "a\n|\n|b\n" {
		t.Errorf("%q, %v", got, err)
	}
}
