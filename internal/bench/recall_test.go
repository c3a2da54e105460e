package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestARecallTaskIsJudged(t *testing.T) {
	task := &recallTask{DefText: "func Pump(n int) {", IDs: []string{"Pump", "rate"}, Symbol: "Pump"}
	got := judge(task, 10, "x\nfunc Pump(n int) {\nä")
	if !got.def || got.ids != 0.5 || got.window != 22 {
		t.Errorf("definition %v, names %v, %d characters; want true, 0.5, 22", got.def, got.ids, got.window)
	}
	if judge(task, 10, "func Pump(n").def {
		t.Error("half a definition counts")
	}
}

func TestTheHoleOfATask(t *testing.T) {
	r := &recallRepo{dir: t.TempDir()}
	if err := os.WriteFile(filepath.Join(r.dir, "a.go"), []byte("one\r\nä two three\r\nfour\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	text, at, err := r.hole(&recallTask{Path: "a.go", Line: 1, Char: 2})
	if err != nil || text != "one\nä \nfour\n" || text[:at] != "one\nä " {
		t.Errorf("%q, cursor at %d, %v", text, at, err)
	}
	if _, _, err := r.hole(&recallTask{Path: "a.go", Line: 9}); err == nil {
		t.Error("a line that is not there is found")
	}
}
