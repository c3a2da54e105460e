package doccontext

import "testing"

func TestDue(t *testing.T) {
	full := moment{frozen: 80_000, wanted: 80_000, rewrite: 100_000, drift: 0.3}
	with := func(change func(m *moment)) moment {
		m := full
		change(&m)
		return m
	}
	cost := (writtenForRead - 1) * 100_000
	tests := []struct {
		name string
		m    moment
		want string
	}{
		{"nothing is frozen", moment{first: true}, endFirst},
		{"just begun", full, ""},
		{"all of it is still wanted", with(func(m *moment) { m.drift, m.keys, m.wasted, m.cold, m.pause = 0, 1e6, 1e9, true, true }), ""},
		{"typing, and little was wasted", with(func(m *moment) { m.keys, m.wasted = 900, cost-1 }), ""},
		{"typing, and as much was wasted as it costs", with(func(m *moment) { m.keys, m.wasted = minKeys, cost }), endDrift},
		{"the same too soon", with(func(m *moment) { m.keys, m.wasted = minKeys-1, cost }), ""},
		{"saved, and half was wasted", with(func(m *moment) { m.pause, m.keys, m.wasted = true, minKeysPause, cost/2 }), endPause},
		{"saved too soon", with(func(m *moment) { m.pause, m.keys, m.wasted = true, minKeysPause-1, cost }), ""},
		{"saved, and little was wasted", with(func(m *moment) { m.pause, m.keys, m.wasted = true, 5000, cost/2-1 }), ""},
		{"few blocks change", with(func(m *moment) { m.rewrite, m.keys, m.wasted = 10_000, minKeys, cost/10 }), endDrift},
		{"the cache is cold", with(func(m *moment) { m.cold, m.drift = true, 0.01 }), endCold},
		{"frozen before the cursor was known", with(func(m *moment) { m.blind, m.drift = true, 0.01 }), endBlind},
		{"the workspace was read meanwhile", with(func(m *moment) { m.frozen = 40_000 }), endGrown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.m.due(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
