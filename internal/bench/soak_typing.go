package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// soakAnswer is what the model says where nothing breaks.
func soakAnswer(messages.Request) messages.Answer {
	return messages.Answer{
		Text: "```go\ncompute(first, second)\n\tif err != nil {\n\t\treturn err\n\t}\n```", FirstByte: 60 * time.Millisecond, TokensPerSecond: 200,
	}
}

// soaking is a run under way.
type soaking struct {
	h    *faultHouse
	o    soakOptions
	text string // what every document begins with

	typists []typist
	opened  int // documents so far
	asked   int
	took    time.Duration
	samples []sample
	strays  int

	waiting sync.WaitGroup
	mu      sync.Mutex
	got     map[string]int // answers by kind
	times   durations
	lost    int
	wrong   []string // what an answer must not be
}

// A typist types line after line in a document, and opens another one when it is
// long enough.
type typist struct {
	uri             string
	version, at     int // of the document; in the line
	keys, untilGone int
}

// soakLine is what is typed, again and again.
const soakLine = "result, err := compute(first, second)"

// soakRow is the line that is typed in.
const soakRow = 4

func newSoaking(h *faultHouse, o soakOptions) *soaking {
	s := &soaking{h: h, o: o, got: map[string]int{}, typists: make([]typist, o.documents)}
	s.text = "package w\n\n// It is typed in here.\nfunc work() error {\n\n\treturn nil\n}\n" + goFile("Soak", 3000)
	return s
}

// run types until the time is over, and waits for what was asked for.
func (s *soaking) run(ctx context.Context, length time.Duration) error {
	began := time.Now()
	tick := time.NewTicker(time.Duration(float64(time.Second) / s.o.rate))
	defer tick.Stop()
	looked := began
	for n := 0; time.Since(began) < length; n++ {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		if err := s.key(&s.typists[n%len(s.typists)]); err != nil {
			return err
		}
		if now := time.Now(); now.Sub(looked) >= 500*time.Millisecond && now.Sub(began) > min(soakWarmUp, length/4) {
			looked = now
			s.samples = append(s.samples, s.h.sample())
		}
	}
	s.took = time.Since(began)
	s.waiting.Wait()
	s.h.client.mu.Lock()
	defer s.h.client.mu.Unlock()
	s.strays = s.h.client.strays
	return nil
}

// key types one character and asks. Now and then a document is closed, a line is
// begun anew, or a request is given up.
func (s *soaking) key(t *typist) error {
	c := s.h.client
	if t.keys >= t.untilGone {
		if t.uri != "" {
			if err := c.notify("textDocument/didClose", map[string]any{"textDocument": map[string]any{"uri": t.uri}}); err != nil {
				return err
			}
		}
		s.opened++
		*t = typist{uri: fmt.Sprintf("file:///w/s%d.go", s.opened), untilGone: 100 + rand.IntN(200)}
		if err := c.open(t.uri, s.text); err != nil {
			return err
		}
	}
	t.keys++
	if t.at == len(soakLine) {
		t.version++
		err := c.notify("textDocument/didChange", map[string]any{
			"textDocument": map[string]any{"uri": t.uri, "version": t.version},
			"contentChanges": []any{map[string]any{"text": "", "range": map[string]any{
				"start": map[string]int{"line": soakRow, "character": 0}, "end": map[string]int{"line": soakRow, "character": t.at},
			}}},
		})
		if err != nil {
			return err
		}
		t.at = 0
	}
	t.version++
	if err := c.typed(t.uri, t.version, soakRow, t.at, soakLine[t.at:t.at+1]); err != nil {
		return err
	}
	t.at++
	answer, sent, err := c.inline(t.uri, soakRow, t.at)
	if err != nil {
		return err
	}
	s.asked++
	s.waiting.Go(func() { s.await(answer, sent) })
	if rand.IntN(20) == 0 {
		return c.notify("$/cancelRequest", map[string]any{"id": c.next})
	}
	return nil
}

// await counts an answer.
func (s *soaking) await(answer chan reply, sent time.Time) {
	var (
		r  reply
		ok bool
	)
	select {
	case r, ok = <-answer:
	case <-time.After(faultLimit):
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !ok {
		s.lost++
		return
	}
	s.times = append(s.times, max(r.at.Sub(sent), 1))
	kind, bad := kindOf(r)
	s.got[kind]++
	if bad && len(s.wrong) < 100 {
		s.wrong = append(s.wrong, fmt.Sprintf("%s%.200s", r.err, r.result))
	}
}

// kindOf names an answer, and says whether it is one that must not be.
func kindOf(r reply) (kind string, bad bool) {
	if r.err != nil {
		var e struct{ Code int }
		if json.Unmarshal(r.err, &e) != nil {
			return "unreadable", true
		}
		switch e.Code {
		case -32800:
			return "given up", false
		case -32801:
			return "text moved on", false
		case -32802:
			return "superseded", false
		}
		return fmt.Sprint("error ", e.Code), true
	}
	var list struct{ Items []json.RawMessage }
	if err := json.Unmarshal(r.result, &list); err != nil || string(r.result) == "null" {
		return "no list", true
	}
	if len(list.Items) > 0 {
		return items, false
	}
	return "empty", false
}

// answers tells how many answers there were of each kind.
func (s *soaking) answers() string {
	var all []string
	for _, kind := range []string{items, "empty", "text moved on", "superseded", "given up"} {
		all = append(all, fmt.Sprintf("%s %d", kind, s.got[kind]))
	}
	return strings.Join(all, ", ")
}

// sample looks at the server.
func (h *faultHouse) sample() sample {
	pid := h.client.cmd.Process.Pid
	tasks, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid)) // not every system tells
	return sample{mb: statusKB(pid, "VmRSS:") >> 10, files: h.descriptors(), threads: len(tasks)}
}

// descriptors is how many files and sockets the server has open; 0 where the
// system does not tell.
func (h *faultHouse) descriptors() int {
	list, _ := os.ReadDir(fmt.Sprintf("/proc/%d/fd", h.client.cmd.Process.Pid))
	return len(list)
}

// folderSize is how many bytes the files in a folder have.
func folderSize(folder string) (sum int64) {
	_ = filepath.WalkDir(folder, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if info, err := d.Info(); err == nil {
				sum += info.Size()
			}
		}
		return nil // what has gone meanwhile has no size
	})
	return sum
}
