package editors

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
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
	w.write("money.go", "package sums\n\nconst token = \"ghp_"+strings.Repeat("a1B2", 9)+"\"\n\n// Cents of an amount.\nfunc Cents(x float64) int { return int(x * 100) }\n")
	v := &visit{startVSCode(t, w, vsix(t, thisPlatform()), file, false), s, file}

	v.act("without a key the embedded model answers", v.answersWithoutKey)
	v.act("a wrong key is said, and the right one is taken", v.takesKey)
	v.act("type, see, Tab", v.takesAll)
	v.act("a word, then another", v.takesWords)
	v.act("a line of several", v.takesLines)
	v.act("the next one of several", v.takesTheNext)
	v.act("Escape", v.takesNone)
	v.act("a 429 is in the status bar, and no popup", v.isLimited)
	v.act("a tooltip with the figures", v.hasTooltip)
	v.act("the menu, off here and on again", v.switchesOff)
	v.act("another model, from the menu", v.choosesModel)
	v.act("quiet for a while", v.snoozes)
	v.act("off for the language", v.switchesLanguageOff)
	v.act("what is sent", v.seesWhatIsSent)
	v.act("why, and figures", v.seesWhy)
	v.act("pictures for the pages", v.draws)
	v.act("a notebook", v.completesCells)
	v.act("a server that is killed is started again", v.survivesTheServer)
	v.act("the key is taken away", v.clearsKey)

	if hosts := v.list("hosts"); len(hosts) != 1 || hosts[0] != "127.0.0.1" {
		t.Errorf("the page spoke to %q", hosts)
	}
}

func (v *visit) takesAll(*testing.T) {
	v.begins(sumsGo)
	v.types("re")
	v.sees("turn a + b")
	v.keys("Tab")
	v.sees("")
	v.saves(v.file, with("return a + b"))
	v.noPopup()
}

func (v *visit) takesWords(*testing.T) {
	v.begins(sumsGo)
	v.types("ret")
	v.sees("urn a + b")
	for _, rest := range []string{" a + b", "a + b", " + b"} { // a blank is a word to VS Code
		v.keys("Control+ArrowRight")
		v.sees(rest)
	}
	v.saves(v.file, with("return a"))
}

// A function of several lines.
const (
	sumGo    = "package sums\n\nfunc Sum(list []int) int {\n\t‸\n}\n"
	sumLead  = "package sums\n\nfunc Sum(list []int) int {\n\t"
	sumBody  = "sum := 0\n\tfor _, n := range list {\n\t\tsum += n\n\t}\n\treturn sum"
	sumGhost = "    for _, n := range list {\n        sum += n\n    }\n    return sum" // behind its first line, with tabs as they are drawn
)

func (v *visit) takesLines(*testing.T) {
	v.s.says(writes(sumLead + sumBody + "¦"))
	v.begins(sumGo)
	v.types("sum := 0")
	v.keys("Enter")
	v.sees(sumGhost)
	v.shot("several-lines")
	for _, rest := range []string{"        sum += n\n    }\n    return sum", "    }\n    return sum", "    return sum", ""} {
		v.keys("Control+Alt+ArrowRight")
		v.sees(rest)
	}
	v.saves(v.file, sumLead+sumBody+"\n}\n")
}

func (v *visit) takesTheNext(*testing.T) {
	v.s.says(func(before, _ string) messages.Answer {
		if strings.HasSuffix(before, "\t") {
			return messages.Answer{Text: "```\nreturn a + b\n```\n\n```\nreturn b + a\n```\n"}
		}
		return messages.Answer{}
	})
	v.begins(sumsGo)
	v.palette("Suggest Here")
	v.sees("return a + b")
	for _, step := range [][2]string{{"Alt+]", "return b + a"}, {"Alt+[", "return a + b"}, {"Alt+]", "return b + a"}} {
		v.keys(step[0])
		v.sees(step[1])
	}
	v.keys("Tab")
	v.saves(v.file, with("return b + a"))
}

func (v *visit) takesNone(*testing.T) {
	v.s.says(writes(lead1 + "return a + b¦"))
	v.begins(sumsGo)
	v.types("ret")
	v.sees("urn a + b")
	v.keys("Escape")
	v.sees("")
	v.saves(v.file, with("ret"))
}

// A cell is completed with the others of its notebook in mind.
func (v *visit) completesCells(t *testing.T) {
	const first = "rate = 1.19  # of the first cell"
	v.s.says(writes("def gross(net):\n    return net * rate¦"))
	v.w.write("notes.ipynb", `{"cells": [
 {"cell_type": "code", "execution_count": null, "metadata": {}, "outputs": [], "source": ["`+first+`"]},
 {"cell_type": "code", "execution_count": null, "metadata": {}, "outputs": [], "source": ["def gross(net):\n", "    "]}
], "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5}`)
	v.opens("notes.ipynb")
	v.must("cell", 1)
	v.keys("Control+End")
	v.types("ret")
	v.sees("urn net * rate")
	v.shot("ghost")
	requests := v.w.api.Requests()
	asked := string(requests[len(requests)-1].Raw)
	if !strings.Contains(asked, first) || !strings.Contains(asked, "notes.ipynb") {
		t.Errorf("the other cell was not sent along: %s", asked)
	}
	v.keys("Tab")
	v.sees("")
	file := filepath.Join(v.w.dir, "project", "notes.ipynb")
	v.keys("Control+s")
	v.w.eventuallyHolds(file, "return net * rate")
	v.opens("sums.go")
}
