package editors

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// The menu has the entries of the language's own server and ours, and either
// can be taken.
func TestHelixBesideAnotherServer(t *testing.T) {
	t.Parallel()
	for name, entry := range map[string]string{"ours": "return a + b", "the other's": otherWord} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, writes(author))
			self, err := os.Executable()
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(self, filepath.Join(w.dir, "bin", otherServer)); err != nil {
				t.Fatal(err)
			}
			h := startHelixWith(t, w, w.write("sums.go", adding), `"gopls"`, `"other"`, "\n[language-server.other]\ncommand = \""+otherServer+"\"\n")
			h.inserts("4")
			h.types("retu")
			h.sees(otherWord)
			h.sees("return a + b")
			// The chosen entry stands in the text, and either may be the first.
			chosen := func() bool {
				for l := range strings.Lines(h.screen()) {
					if l = strings.TrimSpace(l); strings.HasPrefix(l, "4") && strings.Contains(l, entry) {
						return true
					}
				}
				return false
			}
			for end := time.Now().Add(patience); !chosen() && time.Now().Before(end); time.Sleep(300 * time.Millisecond) {
				h.keys("C-n")
			}
			h.keys("Enter")
			h.saves(lead + entry + "\n}\n")
		})
	}
}

// Helix counts in bytes if it may.
func TestHelixCountsInBytes(t *testing.T) {
	w := newWorld(t, writes("package names\n\nfunc f() {\n\tname := \"é😀\" + first + \"ö\"¦"))
	h := startHelix(t, w, w.write("names.go", "package names\n\nfunc f() {\n\tname := \"é😀\" + \n}\n"))
	h.inserts("4")
	h.types("fir")
	h.sees("first + ")
	found := false
	for _, m := range w.wire() {
		if m.Method == "textDocument/completion" {
			found = true
			if at := m.Params.Position.Character; at < len("\tname := \"é😀\" + ") {
				t.Errorf("Helix asks at %d, and does not count in bytes", at)
			}
		}
		if m.Server && strings.Contains(string(m.Result), `"capabilities"`) && !strings.Contains(string(m.Result), `"positionEncoding":"utf-8"`) {
			t.Errorf("the server did not choose utf-8: %s", m.Result)
		}
	}
	if !found {
		t.Error("Helix has asked for nothing")
	}
	h.accepts()
	h.saves("package names\n\nfunc f() {\n\tname := \"é😀\" + first + \"ö\"\n}\n")
}

// Upstream trouble shows no error in the menu, and when it is over suggestions
// come again.
func TestHelixTooManyRequests(t *testing.T) {
	over := make(chan struct{})
	w := newWorld(t, func(before, after string) messages.Answer {
		select {
		case <-over:
			return writes(author)(before, after)
		default:
			return messages.Fail(http.StatusTooManyRequests)
		}
	})
	h := startHelix(t, w, w.write("sums.go", adding))
	h.inserts("4")
	h.types("ret")
	w.asked(1)
	w.answered()
	h.offersNothing()
	close(over)
	eventually(t, "the suggestion after the trouble", h.screen, func() bool {
		h.keys("C-x") // it asks
		w.answered()
		return strings.Contains(h.screen(), "return a + b")
	})
	h.accepts()
	h.saves(lead + "return a + b\n}\n")
	w.noErrors()
}

// A language is switched off by the settings of the server in languages.toml.
func TestHelixDisabledLanguage(t *testing.T) {
	w := newWorld(t, writes(author))
	h := startHelixWith(t, w, w.write("sums.go", adding), `"gopls", `, "", "\n[language-server.claude-lsp.config]\nlanguages.go.enabled = false\n")
	h.inserts("4")
	h.types("retu")
	w.answered()
	h.offersNothing()
	h.saves(lead + "retu\n}\n")
	if n := w.requests(); n != 0 {
		t.Errorf("%d requests for a language that is switched off", n)
	}
}
