package main

import "testing"

// TestFaultRows: each row has a name of its own, and something that goes wrong.
func TestFaultRows(t *testing.T) {
	rows := faultRows()
	names := map[string]bool{}
	for _, r := range rows {
		if names[r.name] {
			t.Errorf("two rows are named %q", r.name)
		}
		names[r.name] = true
		if r.play == nil && r.layout == nil && r.skip == "" {
			t.Errorf("%q plays nothing", r.name)
		}
	}
	if len(rows) < 100 {
		t.Errorf("%d rows", len(rows))
	}
}
