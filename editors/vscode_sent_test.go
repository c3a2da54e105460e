package editors

import (
	"flag"
	"path/filepath"
	"strings"
	"testing"
)

var pictures = flag.String("pictures", "", "folder into which TestVSCode puts the pictures of its page")

// What is sent is shown of the text as it is in the editor.
func (v *visit) seesWhatIsSent(t *testing.T) {
	v.begins(strings.Replace(sumsGo, "Add", "NotSavedYet", 1))
	v.palette("What Is Sent Here")
	page := func() string { return v.text("inside") }
	eventually(t, "the page", page, func() bool {
		return strings.Contains(page(), "sums.go:4:") && strings.Contains(page(), "money.go") && strings.Contains(page(), "1 secret was taken out")
	})
	if text := page(); !strings.Contains(text, "\nsecret taken out") {
		t.Errorf("the secret is counted more than once: %s", text)
	}
	v.shot("what-is-sent")
	v.must("follow", "Show all text")
	eventually(t, "the texts", page, func() bool { return strings.Contains(v.text("source"), "func NotSavedYet(a, b int)") })
	if strings.Contains(v.text("source"), "ghp_") {
		t.Error("the page holds the secret")
	}
	v.aloneAgain()
}

func (v *visit) seesWhy(t *testing.T) {
	for title, want := range map[string]string{"Why Was Nothing Suggested": "asked the model", "Show Figures of Use": "accepted"} {
		v.palette(title)
		text := func() string { return strings.Join(v.lines(), "\n") }
		eventually(t, want+" in a document", text, func() bool { return strings.Contains(text(), want) })
		v.aloneAgain()
	}
}

// draws takes the pictures of the pages, where it is told to.
func (v *visit) draws(t *testing.T) {
	if *pictures == "" {
		t.Skip("no -pictures")
	}
	picture := func(name string, clip ...int) {
		t.Helper()
		v.must("away", nil)
		v.must("wait", 500) // until the cursor and the toasts are still
		with := map[string]any{"path": filepath.Join(*pictures, "vscode-"+name+".png")}
		if clip != nil {
			with["clip"] = clip
		}
		v.must("shot", with)
	}
	v.must("palette", "View: Toggle Primary Side Bar Visibility")
	v.must("size", []int{800, 290})
	v.s.says(writes(sumLead + sumBody + "¦"))
	v.begins(sumGo)
	v.types("sum := 0")
	v.keys("Enter")
	v.sees(sumGhost)
	picture("ghost")

	v.must("size", []int{1000, 700})
	v.must("click", statusItem)
	v.offers("Disable in this workspace")
	picture("menu", 201, 0, 598, 336)
	v.keys("Escape")

	v.must("size", []int{1560, 640})
	v.begins(sumGo)
	v.palette("What Is Sent Here")
	eventually(t, "the page", func() string { return v.text("inside") }, func() bool { return strings.Contains(v.text("inside"), "money.go") })
	picture("sent", 780, 0, 780, 615) // the page, which is the right half, without the status bar
	v.aloneAgain()
	v.must("palette", "View: Toggle Primary Side Bar Visibility")
	v.must("size", []int{1100, 620})
}
