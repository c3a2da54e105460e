package main

import (
	"runtime/debug"
	"testing"
)

func TestBuildOf(t *testing.T) {
	module := func(version string, settings ...debug.BuildSetting) *debug.BuildInfo {
		return &debug.BuildInfo{Main: debug.Module{Version: version}, Settings: settings}
	}
	revision := []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.time", Value: "2026-01-02T03:04:05Z"}}
	for _, tt := range []struct {
		name                  string
		info                  *debug.BuildInfo
		version, commit, date string
		want                  [3]string
	}{
		{"a release: what was stamped counts", module("v9.9.9", revision...), "v1.2.3", "def", "2026-05-06T00:00:00Z", [3]string{"v1.2.3", "def", "2026-05-06T00:00:00Z"}},
		{"go install of a version", module("v1.2.3"), unreleased, "", "", [3]string{"v1.2.3", "", ""}},
		{"go build in a work tree", module("v0.0.0-20260102030405-abc+dirty", revision...), unreleased, "", "", [3]string{"v0.0.0-20260102030405-abc+dirty", "abc", "2026-01-02T03:04:05Z"}},
		{"go build without history", module("(devel)"), unreleased, "", "", [3]string{unreleased, "", ""}},
		{"a binary without any of it", &debug.BuildInfo{}, unreleased, "", "", [3]string{unreleased, "", ""}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v, c, d := buildOf(tt.info, tt.version, tt.commit, tt.date)
			if got := [3]string{v, c, d}; got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestVersionLine(t *testing.T) {
	v, c, d := version, commit, date
	defer func() { version, commit, date = v, c, d }()
	version, commit, date = "v1.2.3", "0123456789abcdef", "2026-01-02T23:30:00-05:00"
	if got, want := versionLine(), "claude-lsp v1.2.3 (commit 0123456789ab, 2026-01-03, go"; len(got) < len(want) || got[:len(want)] != want {
		t.Errorf("%q, want it to begin with %q", got, want)
	}
}
