package main

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestKindOf(t *testing.T) {
	for _, tt := range []struct {
		result, err string
		kind        string
		bad         bool
	}{
		{result: `{"items":[{"insertText":"x"}]}`, kind: items},
		{result: `{"items":[]}`, kind: "empty"},
		{result: `null`, kind: "no list", bad: true},
		{result: `7`, kind: "no list", bad: true},
		{err: `{"code":-32800,"message":"x"}`, kind: "given up"},
		{err: `{"code":-32801,"message":"x"}`, kind: "text moved on"},
		{err: `{"code":-32802,"message":"x"}`, kind: "superseded"},
		{err: `{"code":-32603,"message":"x"}`, kind: "error -32603", bad: true},
		{err: `"x"`, kind: "unreadable", bad: true},
	} {
		r := reply{result: json.RawMessage(tt.result)}
		if tt.err != "" {
			r.err = json.RawMessage(tt.err)
		}
		if kind, bad := kindOf(r); kind != tt.kind || bad != tt.bad {
			t.Errorf("%s%s: %q, %v", tt.result, tt.err, kind, bad)
		}
	}
}

// What grew, was lost or came twice fails the run, and what is flat does not.
func TestSoakVerdict(t *testing.T) {
	flat := []sample{{mb: 40, files: 10, threads: 8}, {mb: 44, files: 12, threads: 9}, {mb: 41, files: 9, threads: 9}, {mb: 43, files: 11, threads: 8}}
	grown := append(append([]sample{}, flat[:3]...), sample{mb: 90, files: 40, threads: 8})
	full := []sample{{mb: 80}, {mb: 100}, {mb: 115}, {mb: 121}}
	for _, tt := range []struct {
		name    string
		change  func(s *soaking, rest *atRest)
		message string // part of what is wrong; "" for nothing
	}{
		{"flat", func(*soaking, *atRest) {}, ""},
		{"more memory", func(s *soaking, _ *atRest) { s.samples = grown }, "memory grew from 41 to 90"},
		{"much memory", func(s *soaking, _ *atRest) { s.samples = full }, "memory is 121 MB"},
		{"more descriptors", func(s *soaking, _ *atRest) { s.samples = grown }, "descriptors grew from 10 to 40"},
		{"more goroutines", func(_ *soaking, r *atRest) { r.goroutines = 60 }, "goroutines grew from 20 to 60"},
		{"a lost response", func(s *soaking, _ *atRest) { s.lost = 1 }, "1 responses were lost"},
		{"a second response", func(s *soaking, _ *atRest) { s.strays = 2 }, "2 responses too many"},
		{"an error", func(s *soaking, _ *atRest) { s.wrong = []string{"code -32603"} }, "code -32603"},
		{"silence", func(s *soaking, _ *atRest) { s.got = nil }, "nothing was suggested"},
		{"a request that goes on", func(_ *soaking, r *atRest) { r.upstream = 3 }, "3 requests were left upstream"},
	} {
		s := &soaking{h: &faultHouse{up: &brokenUpstream{}}, samples: flat, got: map[string]int{items: 5}, asked: 9, took: 1e9}
		rest := atRest{goroutines: 20, files: 10}
		fresh := rest
		tt.change(s, &rest)
		var b strings.Builder
		err := soakOptions{}.print(&b, s, fresh, rest)
		switch {
		case tt.message == "" && err != nil, tt.message != "" && (err == nil || !strings.Contains(err.Error(), tt.message)):
			t.Errorf("%s: %v", tt.name, err)
		case !strings.Contains(b.String(), "lost responses"):
			t.Errorf("%s: no table: %s", tt.name, b.String())
		}
	}
}
