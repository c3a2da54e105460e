package editors

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

func TestKakouneTypeSeeAccept(t *testing.T) {
	w := newWorld(t, writes(authorOfAdd))
	k := startKakoune(t, w, w.write("sums.c", addingInC))
	k.inserts("3")
	k.types("ret")
	k.sees("return a + b;")
	k.accepts()
	k.saves(returnsInC)
}

// Several lines are put in as they are.
func TestKakouneSeveralLines(t *testing.T) {
	const begin, whole = "int larger(int a, int b)\n{\n\t", "if (a > b)\n\t\treturn a;\n\treturn b;"
	w := newWorld(t, writes(begin+whole+"¦"))
	k := startKakoune(t, w, w.write("sums.c", begin+"\n}\n"))
	k.inserts("3")
	k.types("if")
	k.sees("if (a > b)")
	k.accepts()
	k.sees("return b;")
	k.saves(begin + whole + "\n}\n")
}

func TestKakouneWideCharacters(t *testing.T) {
	const before, after = `	char *name = "é😀東京" `, ` "ö";`
	w := newWorld(t, writes("void f(void)\n{\n"+before+"first"+after+"¦"))
	k := startKakoune(t, w, w.write("names.c", "void f(void)\n{\n"+before+"\n}\n"))
	k.inserts("3")
	k.types("fir")
	k.sees("first ")
	k.accepts()
	k.saves("void f(void)\n{\n" + before + "first" + after + "\n}\n")
}

// Kakoune takes no request back; the server has to see that the person went on.
func TestKakouneTypesOnWhileASlowAnswerIsUnderWay(t *testing.T) {
	w := newWorld(t, func(before, after string) messages.Answer {
		if strings.HasSuffix(before, "\tre") {
			slow := fenced("STALE answer")
			slow.FirstByte = 1500 * time.Millisecond
			return slow
		}
		return writes(leadInC+"result = a + b;¦")(before, after)
	})
	k := startKakoune(t, w, w.write("sums.c", addingInC))
	k.inserts("3")
	k.types("re")
	w.asked(1)
	k.types("sul")
	k.sees("result = a + b;")
	if screen := k.screen(); strings.Contains(screen, "STALE") {
		t.Errorf("a stale answer is on the screen:\n%s", screen)
	}
	k.accepts()
	k.saves(leadInC + "result = a + b;\n}\n")
}

func TestKakouneTooManyRequests(t *testing.T) {
	w := newWorld(t, func(string, string) messages.Answer { return messages.Fail(http.StatusTooManyRequests) })
	k := startKakoune(t, w, w.write("sums.c", addingInC))
	k.inserts("3")
	k.types("ret")
	w.asked(1)
	w.answered()
	k.saves(leadInC + "ret\n}\n")
	w.noErrors()
}
