package editors

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// A function that grows, under a name that no act before has had; the rest of
// it as it is drawn, with tabs of four blanks.
func growing(name string) (document, lead, body, ghost string) {
	lead = fmt.Sprintf("package sums\n\nfunc %s(list []int) int {\n\tsum := 0\n\t", name)
	body = "for _, n := range list {\n\t\tsum += n\n\t}\n\treturn sum"
	return lead + "‸\n}\n", lead, body, strings.ReplaceAll(strings.TrimPrefix(body, "for "), "\t", "    ")
}

// What the model writes line by line stands on the screen line by line, and is
// asked for once.
func (v *visit) seesItGrow(t *testing.T) {
	document, lead, body, whole := growing("Grown")
	v.s.says(func(before, after string) messages.Answer {
		a := writes(lead+body+"¦")(before, after)
		a.Chunks, a.PerChunk = strings.SplitAfter(a.Text, "\n"), 400*time.Millisecond
		return a
	})
	v.begins(document)
	v.types("for ")
	var stages []string
	eventually(t, "the whole", func() string { return strings.Join(stages, "\n---\n") }, func() bool {
		if now := v.text("ghost"); now != "" && (len(stages) == 0 || now != stages[len(stages)-1]) {
			stages = append(stages, now)
		}
		return len(stages) > 0 && stages[len(stages)-1] == whole
	})
	if len(stages) < 3 {
		t.Errorf("it did not grow: %q", stages)
	}
	for i, s := range stages {
		if !strings.HasPrefix(whole, s) || i > 0 && !strings.HasPrefix(s, stages[i-1]) {
			t.Errorf("it did not only grow: %q", stages)
		}
	}
	if n, _ := v.w.askedFor(lead, body); n != 1 {
		t.Errorf("it was asked for %d times, want once", n)
	}
	v.shot("whole")
	v.keys("Tab")
	v.saves(v.file, lead+body+"\n}\n")
}

// What is typed meanwhile ends it, and so does Escape: nothing of the old answer
// comes back.
func (v *visit) typesMeanwhile(t *testing.T) {
	for name, key := range map[string]string{"Typed": "x", "Dismissed": "Escape"} {
		document, lead, body, whole := growing(name)
		on := make(chan struct{})
		v.s.says(halfway(writes(lead+body+"¦"), "\t\tsum += n\n\t}\n", on))
		v.begins(document)
		v.types("for ")
		ghost := func() string { return v.text("ghost") }
		eventually(t, "the first lines", ghost, func() bool { now := ghost(); return now != "" && now != whole && strings.HasPrefix(whole, now) })
		v.keys(key)
		v.sees("")
		close(on)
		v.must("wait", 500) // for nothing
		v.sees("")
	}
}
