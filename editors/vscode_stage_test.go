package editors

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// A stage is an API that answers differently in each act of a session: a
// browser takes so long to open that all acts share one.
type stage struct {
	mu     sync.Mutex
	author func(before, after string) messages.Answer
	good   string // the digest of the one key that is good; "" is any
}

func (s *stage) says(author func(before, after string) messages.Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.author = author
}

func (s *stage) answer(r messages.Request) messages.Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.good != "" && r.KeyDigest != s.good {
		return messages.Fail(401)
	}
	return s.author(aroundCursor(r))
}

func digest(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])[:12]
}

// A visit is a session of a person at VS Code.
type visit struct {
	*vscode
	s    *stage
	file string // the one that is open
}

// act is a part of a visit. What fails in one must not fail the next.
func (v *visit) act(name string, does func(t *testing.T)) {
	v.t.Helper()
	outer := v.t
	ok := outer.Run(name, func(t *testing.T) {
		v.t, v.w.t = t, t
		defer func() {
			v.shot("end")
			if t.Failed() {
				v.w.log("server.log")
			}
			v.t, v.w.t = outer, outer
		}()
		does(t)
	})
	if !ok {
		v.keys("Escape", "Escape")
	}
}

// The file of most acts; what the model has in mind follows the cursor.
const (
	sumsGo = "package sums\n\nfunc Add(a, b int) int {\n\t‸\n}\n"
	lead1  = "package sums\n\nfunc Add(a, b int) int {\n\t"
)

// with is sumsGo with a text in the place of the cursor.
func with(text string) string { return strings.Replace(sumsGo, "‸", text, 1) }

// settings is the text of the user's own settings.
func (v *vscode) settings() string {
	b, _ := os.ReadFile(filepath.Join(v.w.dir, "code", "User", "settings.json"))
	return string(b)
}

// popup waits for a message that holds a text.
func (v *vscode) popup(part string) {
	v.t.Helper()
	seen := func() string { return strings.Join(v.list("popups"), "\n") }
	eventually(v.t, "the message "+part, seen, func() bool { return strings.Contains(seen(), part) })
}

// lines are those of all editors that can be seen.
func (v *vscode) lines() (all []string) {
	v.t.Helper()
	got, _ := v.must("texts", ".editor-instance .view-lines .view-line").([]any)
	for _, e := range got {
		s, _ := e.(string)
		all = append(all, s)
	}
	return all
}

// aloneAgain closes what stands beside the file.
func (v *vscode) aloneAgain() {
	v.t.Helper()
	v.must("focus", nil)
	v.must("palette", "View: Close Editors in Other Groups")
}
