package main_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Every story, written down and played again, is decided as it was.
func TestStoriesReplay(t *testing.T) {
	eachStory(t, func(s *story, t *testing.T) {
		file := filepath.Join(t.TempDir(), "sitting.jsonl")
		s.args = []string{"--record", file}
		s.play(t)
		out, code := replay(t, file)
		if code != 0 || !strings.Contains(out, " 0 DIFFERENT") {
			data, _ := os.ReadFile(file)
			t.Errorf("exit code %d:\n%s\nof\n%s", code, out, data)
		}
	})
}

// replay plays a recording and returns what is printed on either stream.
func replay(t *testing.T, file string, args ...string) (out string, code int) {
	t.Helper()
	data, err := command(t, nil, append([]string{"replay", file}, args...)...).CombinedOutput()
	var bad *exec.ExitError
	if err != nil && !errors.As(err, &bad) {
		t.Fatal(err)
	}
	if bad != nil {
		code = bad.ExitCode()
	}
	return string(data), code
}
