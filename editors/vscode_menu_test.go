package editors

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// Our item in the status bar.
const statusItem = ".statusbar-item[id^='claude-lsp.claude-lsp']"

func (v *visit) answersWithoutKey(t *testing.T) {
	v.says("(sparkle) embedded")
	if v.w.requests() != 0 {
		t.Error("the API was asked without a key")
	}
}

func (v *visit) takesKey(t *testing.T) {
	v.palette("Set API Key")
	v.entersKey("sk-ant-api03-not-this-one")
	v.says("claude-haiku-5-5")
	v.begins(sumsGo)
	v.types("ret")
	v.says("(warning)")
	v.popup("the API key was refused")
	v.shot("wrong-key")
	v.must("button", "Set API Key") // of the message
	v.entersKey(key)
	v.says("(sparkle)")
	v.begins(sumsGo)
	v.types("ret")
	v.sees("urn a + b")
	for _, name := range append(v.outputs(), "code/User/settings.json", "server.log") {
		if text, _ := os.ReadFile(filepath.Join(v.w.dir, name)); strings.Contains(string(text), key) {
			t.Errorf("%s holds the key", name)
		}
	}
}

// entersKey types a key where it is asked for, and unseen.
func (v *vscode) entersKey(key string) {
	v.t.Helper()
	eventually(v.t, "an input that hides what is typed", func() string { return v.text("input") }, func() bool { return v.text("input") == "password" })
	v.must("write", key)
	v.keys("Enter")
}

func (v *visit) clearsKey(t *testing.T) {
	v.palette("Clear API Key")
	v.says("(sparkle) embedded")
	n := v.w.requests()
	v.begins(sumsGo)
	v.types("retu")
	v.palette("Suggest Here")
	v.must("click", statusItem)
	v.offers("Set API key") // there is none any more
	v.keys("Escape")
	if v.w.requests() != n {
		t.Error("the API was asked without a key")
	}
}

func (v *visit) isLimited(*testing.T) {
	v.s.says(func(string, string) messages.Answer { return messages.RateLimited(time.Second) })
	v.begins(strings.Replace(sumsGo, "Add", "Limit", 1))
	v.types("if ")
	v.says("(warning)")
	v.noPopup()
	v.s.says(writes("package sums\n\nfunc Limit(a, b int) int {\n\tif a > b {¦"))
	v.must("wait", 1100) // what the API asked for
	v.types("a")
	v.sees(" > b {")
	v.says("(sparkle)")
}

func (v *visit) hasTooltip(*testing.T) {
	v.must("hover", statusItem)
	seen := func() string { return v.text("hovered") }
	eventually(v.t, "a tooltip", seen, func() bool {
		for _, part := range []string{"is ready", "claude-haiku-5-5 (claude)", "Today", "$0.0", "suggested", "accepted"} {
			if !strings.Contains(seen(), part) {
				return false
			}
		}
		return true
	})
	v.shot("tooltip")
	v.must("focus", nil) // the mouse is elsewhere
}

func (v *visit) switchesOff(*testing.T) {
	v.s.says(writes(lead1 + "return a + b¦"))
	v.must("click", statusItem)
	v.offers("Disable in this workspace", "Disable for go", "Snooze", "Choose model", "What is sent here", "Why was nothing", "Figures of use", "Open log", "Set another API key", "Clear the API key", "Settings")
	v.shot("menu")
	v.must("pick", "Disable in this workspace")
	v.says("(circle-slash)")
	v.asksNothing()
	v.palette("Enable Suggestions in This Workspace")
	v.says("(sparkle)")
	v.types("u")
	v.sees("rn a + b")
}

// asksNothing types where nothing is suggested.
func (v *visit) asksNothing() {
	v.t.Helper()
	v.begins(sumsGo)
	n := v.w.requests()
	v.types("ret")
	v.must("wait", 400) // for nothing
	v.sees("")
	if v.w.requests() != n {
		v.t.Error("the API was asked")
	}
}

func (v *visit) choosesModel(t *testing.T) {
	model := func() string {
		all := v.w.api.Requests()
		return all[len(all)-1].Body.Model
	}
	for _, name := range []string{"claude-sonnet-5-5", "claude-haiku-5-5"} {
		v.must("click", statusItem)
		v.must("pick", "Choose model")
		v.offers("claude-sonnet-5-5", "claude-haiku-5-5", "now")
		v.must("pick", name)
		v.says(name)
		lead := strings.ReplaceAll("package sums\n\nfunc F(a, b int) int {\n\t", "F", "With_"+strings.ReplaceAll(name, "-", "_")) // or what the other said is good enough
		v.s.says(writes(lead + "return a + b¦"))
		v.begins(lead + "‸\n}\n")
		v.types("ret")
		v.sees("urn a + b")
		if got := model(); got != name {
			t.Errorf("%s was asked in the place of %s", got, name)
		}
	}
}

func (v *visit) snoozes(*testing.T) {
	v.s.says(writes(lead1 + "return a + b¦"))
	v.palette("Snooze Suggestions")
	v.offers("5 minutes", "an hour")
	v.must("pick", "15 minutes")
	v.says("(bell-slash)")
	v.asksNothing()
	v.palette("Snooze Suggestions")
	v.must("pick", "Suggest again")
	v.says("(sparkle)")
	// By a key of the person's own, for so short a time that its end can be seen.
	v.keys("Control+Alt+z")
	v.says("(bell-slash)")
	v.says("(sparkle)")
	v.begins(sumsGo)
	v.types("ret")
	v.sees("urn a + b")
}

func (v *visit) switchesLanguageOff(t *testing.T) {
	const toggle = "Enable or Disable Suggestions for This Language"
	v.palette(toggle)
	eventually(t, "the language in the user's settings", v.settings, func() bool { return strings.Contains(v.settings(), `"claude-lsp.languages"`) })
	v.asksNothing()
	v.palette(toggle)
	eventually(t, "the settings as they were", v.settings, func() bool { return !strings.Contains(v.settings(), `"claude-lsp.languages"`) })
}
