package editors

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

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

// The file of most acts; what the model has in mind follows the cursor.
const (
	sumsGo = "package sums\n\nfunc Add(a, b int) int {\n\t‸\n}\n"
	lead1  = "package sums\n\nfunc Add(a, b int) int {\n\t"
)

// What a person does with the extension as it comes from a release, with the
// server inside.
func TestVSCode(t *testing.T) {
	slow(t)
	w := newWorld(t, nil)
	w.set("ANTHROPIC_API_KEY", "")
	s := &stage{author: writes(lead1 + "return a + b¦"), good: digest(key)}
	w.api.Answer(s.answer)
	file := w.write("sums.go", "package sums\n")
	v := startVSCode(t, w, vsix(t, "linux-x64"), file, false, nil)

	act := func(name string, does func(t *testing.T)) {
		t.Helper()
		ok := t.Run(name, func(t *testing.T) {
			outer := v.t
			v.t, w.t = t, t
			defer func() {
				v.shot("end")
				if t.Failed() {
					w.log("server.log")
				}
				v.t, w.t = outer, outer
			}()
			does(t)
		})
		if !ok {
			v.must("press", []string{"Escape", "Escape"})
		}
	}

	act("without a key the embedded model answers", func(t *testing.T) {
		v.says("(sparkle) embedded")
		if w.requests() != 0 {
			t.Error("the API was asked without a key")
		}
	})

	act("a wrong key is said, and the right one is taken", func(t *testing.T) {
		v.setsKey("sk-ant-api03-not-this-one")
		v.says("claude-haiku-5-5")
		v.begins(sumsGo)
		v.types("ret")
		v.says("(warning)")
		eventually(t, "a message about the key", func() string { return strings.Join(v.list("popups"), "\n") }, func() bool { return len(v.list("popups")) == 1 })
		v.shot("wrong-key")
		v.must("button", "Set API Key") // of the message
		v.entersKey(key)
		v.says("(sparkle)")
		v.begins(sumsGo)
		v.types("ret")
		v.sees("urn a + b")
		for _, name := range []string{"code/User/settings.json", "server.log"} {
			if text, _ := os.ReadFile(filepath.Join(w.dir, name)); strings.Contains(string(text), key) {
				t.Errorf("%s holds the key", name)
			}
		}
	})

	act("type, see, Tab", func(t *testing.T) {
		v.begins(sumsGo)
		v.types("re")
		v.sees("turn a + b")
		v.keys("Tab")
		v.sees("")
		v.saves(file, strings.Replace(sumsGo, "‸", "return a + b", 1))
		v.noPopup()
	})

	act("a word, then another", func(t *testing.T) {
		v.begins(sumsGo)
		v.types("ret")
		v.sees("urn a + b")
		for _, rest := range []string{" a + b", "a + b", " + b"} { // a blank is a word to VS Code
			v.keys("Control+ArrowRight")
			v.sees(rest)
		}
		v.saves(file, strings.Replace(sumsGo, "‸", "return a", 1))
	})

	act("a line of several", func(t *testing.T) {
		const body = "sum := 0\n\tfor _, n := range list {\n\t\tsum += n\n\t}\n\treturn sum"
		s.says(writes("package sums\n\nfunc Sum(list []int) int {\n\t" + body + "¦"))
		v.begins("package sums\n\nfunc Sum(list []int) int {\n\t‸\n}\n")
		v.types("sum := 0")
		v.keys("Enter")
		v.sees("    for _, n := range list {\n        sum += n\n    }\n    return sum")
		v.shot("several-lines")
		for _, rest := range []string{"        sum += n\n    }\n    return sum", "    }\n    return sum", "    return sum", ""} {
			v.keys("Control+Alt+ArrowRight")
			v.sees(rest)
		}
		v.saves(file, "package sums\n\nfunc Sum(list []int) int {\n\t"+body+"\n}\n")
	})

	act("the next one of several", func(t *testing.T) {
		s.says(func(before, _ string) messages.Answer {
			if strings.HasSuffix(before, "\t") {
				return messages.Answer{Text: "```\nreturn a + b\n```\n\n```\nreturn b + a\n```\n"}
			}
			return messages.Answer{}
		})
		v.begins(sumsGo)
		v.palette("Suggest Here")
		v.sees("return a + b")
		v.keys("Alt+]")
		v.sees("return b + a")
		v.keys("Alt+[")
		v.sees("return a + b")
		v.keys("Alt+]")
		v.sees("return b + a")
		v.keys("Tab")
		v.saves(file, strings.Replace(sumsGo, "‸", "return b + a", 1))
	})

	act("Escape", func(*testing.T) {
		s.says(writes(lead1 + "return a + b¦"))
		v.begins(sumsGo)
		v.types("ret")
		v.sees("urn a + b")
		v.keys("Escape")
		v.sees("")
		v.saves(file, strings.Replace(sumsGo, "‸", "ret", 1))
	})

	act("a 429 is in the status bar, and no popup", func(*testing.T) {
		s.says(func(string, string) messages.Answer { return messages.RateLimited(time.Second) })
		v.begins(strings.Replace(sumsGo, "Add", "Limit", 1))
		v.types("if ")
		v.says("(warning)")
		v.noPopup()
		s.says(writes("package sums\n\nfunc Limit(a, b int) int {\n\tif a > b {¦"))
		time.Sleep(1100 * time.Millisecond) // what the API asked for
		v.types("a")
		v.sees(" > b {")
		v.says("(sparkle)")
	})

	act("the menu, off here and on again", func(*testing.T) {
		s.says(writes(lead1 + "return a + b¦"))
		v.must("click", ".statusbar-item[id^='claude-lsp.claude-lsp']")
		v.offers("Disable in this workspace", "Disable for go", "Snooze", "Choose model", "What is sent here", "Why was nothing", "Figures of use", "Open log", "Set another API key", "Settings")
		v.shot("menu")
		v.must("pick", "Disable in this workspace")
		v.says("(circle-slash)")
		v.begins(sumsGo)
		v.types("ret")
		v.must("wait", 700) // for nothing
		v.sees("")
		v.palette("Enable Suggestions in This Workspace")
		v.says("(sparkle)")
		v.types("u")
		v.sees("rn a + b")
	})

	act("quiet for a while", func(*testing.T) {
		v.palette("Snooze Suggestions")
		v.offers("5 minutes", "an hour")
		v.must("pick", "15 minutes")
		v.says("(bell-slash)")
		v.palette("Snooze Suggestions")
		v.must("pick", "Suggest again")
		v.says("(sparkle)")
	})

	act("off for the language", func(t *testing.T) {
		settings := func() string {
			b, _ := os.ReadFile(filepath.Join(w.dir, "code", "User", "settings.json"))
			return string(b)
		}
		v.palette("Enable or Disable Suggestions for This Language")
		eventually(t, "the language in the user's settings", settings, func() bool { return strings.Contains(settings(), `"claude-lsp.languages"`) })
		v.begins(sumsGo)
		v.types("ret")
		v.must("wait", 700)
		v.sees("")
		v.palette("Enable or Disable Suggestions for This Language")
		eventually(t, "the settings as they were", settings, func() bool { return !strings.Contains(settings(), `"claude-lsp.languages"`) })
	})

	act("what is sent", func(t *testing.T) {
		w.write("money.go", "package sums\n\nconst token = \"ghp_"+strings.Repeat("a1B2", 9)+"\"\n\n// Cents of an amount.\nfunc Cents(x float64) int { return int(x * 100) }\n")
		v.begins(sumsGo)
		v.keys("Control+s")
		v.palette("What Is Sent Here")
		page := func() string { return v.text("inside") }
		eventually(t, "the page", page, func() bool {
			return strings.Contains(page(), "sums.go:4:") && strings.Contains(page(), "money.go") && strings.Contains(page(), "1 secret was taken out")
		})
		v.shot("what-is-sent")
		v.must("follow", "Show all text")
		eventually(t, "the texts", page, func() bool { return !strings.Contains(page(), "Show all text") && strings.Contains(page(), "text") })
		if strings.Contains(page(), "ghp_") {
			t.Error("the page holds the secret")
		}
		v.aloneAgain()
	})

	act("why, and figures", func(t *testing.T) {
		for title, want := range map[string]string{"Why Was Nothing Suggested": "asked the model", "Show Figures of Use": "accepted"} {
			v.palette(title)
			text := func() string { return strings.Join(v.lines(), "\n") }
			eventually(t, want+" in a document", text, func() bool { return strings.Contains(text(), want) })
			v.aloneAgain()
		}
	})

	act("a server that is killed is started again", func(t *testing.T) {
		pid := v.server()
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		eventually(t, "another server", func() string { return v.text("status") }, func() bool { n := v.serverOr(0); return n != 0 && n != pid })
		v.says("(sparkle)")
		v.begins(sumsGo)
		v.types("retu")
		v.sees("rn a + b")
		v.noPopup()
	})

	if hosts := v.list("hosts"); len(hosts) != 1 || hosts[0] != "127.0.0.1" {
		t.Errorf("the page spoke to %q", hosts)
	}
}

// setsKey runs the command and enters a key.
func (v *vscode) setsKey(key string) {
	v.t.Helper()
	v.palette("Set API Key")
	v.entersKey(key)
}

// entersKey types a key where it is asked for, and unseen.
func (v *vscode) entersKey(key string) {
	v.t.Helper()
	eventually(v.t, "an input that hides what is typed", func() string { return v.text("input") }, func() bool { return v.text("input") == "password" })
	v.must("write", key)
	v.keys("Enter")
}

// server is the process id of the server inside the extension.
func (v *vscode) server() int {
	v.t.Helper()
	n := v.serverOr(0)
	if n == 0 {
		v.t.Fatal("no server runs")
	}
	return n
}

func (v *vscode) serverOr(none int) int {
	folders, _ := filepath.Glob("/proc/[0-9]*/exe")
	for _, link := range folders {
		if exe, err := os.Readlink(link); err == nil && strings.HasPrefix(exe, filepath.Join(v.w.dir, "extensions")) {
			if n, err := strconv.Atoi(filepath.Base(filepath.Dir(link))); err == nil {
				return n
			}
		}
	}
	return none
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
