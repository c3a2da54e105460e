package editors

import (
	"flag"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

var picture = flag.String("picture", "", "file into which TestPicture draws the screen, as SVG")

// columns is the width of the picture's terminal.
const columns = 64

// TestPicture plays the scene of the picture in the README, in Neovim in a
// terminal, and checks what the picture is to show: that the suggestion stands
// there, and looks different from text. With -picture it draws the screen.
func TestPicture(t *testing.T) {
	const before = "package ledger\n\n" +
		"// An Entry is one payment.\n" +
		"type Entry struct {\n\tDay   string\n\tCents int\n}\n\n" +
		"// Total is what was spent on a day.\n" +
		"func Total(entries []Entry, day string) int {\n"
	w := newWorld(t, writes(before+"\ttotal := 0\n\tfor _, e := range entries {\n\t\tif e.Day == day {\n\t\t\ttotal += e.Cents\n\t\t}\n\t}\n\treturn total¦"))
	file := w.write("ledger.go", before+"\ttotal := 0\n\t\n}\n")
	snippet, err := filepath.Abs("../cmd/claude-lsp/snippets/neovim.lua")
	if err != nil {
		t.Fatal(err)
	}
	// Neovim in a terminal is two processes, of which the first starts the second
	// from /proc/self/exe. An unpacked Neovim runs through its own loader, and
	// that is what stands there; so the test starts both.
	nvim, meeting := program(t, "nvim"), filepath.Join(shortFolder(t), "nvim")
	c := exec.CommandContext(t.Context(), nvim, "--headless", "--listen", meeting, "-u", snippet, "-i", "NONE", "-n",
		"-c", "set termguicolors background=dark number tabstop=4 laststatus=2", "ledger.go")
	c.Dir, c.Env = filepath.Dir(file), w.env
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Wait() }) // "signal: killed"
	eventually(t, "Neovim to listen", func() string { return "" }, func() bool { _, err := os.Stat(meeting); return err == nil })
	e := startTerminal(t, columns, 21, filepath.Dir(file), w.env, nvim, "--server", meeting, "--remote-ui")
	e.sees("ledger.go")
	e.keys("1", "2", "G", "A")
	e.sees("INSERT")
	e.types("for")
	e.sees("return total")

	rows := parseScreen(e.run("capture-pane", "-p", "-e"))
	typed, ghost := styleOf(rows, "total := 0"), styleOf(rows, "total += e.Cents")
	if typed == nil || ghost == nil || *typed == *ghost {
		t.Fatalf("the suggestion (%+v) does not look different from text (%+v):\n%s", ghost, typed, e.screen())
	}
	if *picture == "" {
		return
	}
	if err := os.MkdirAll(filepath.Dir(*picture), 0o755); err != nil {
		t.Fatal(err)
	}
	var cursor place
	if _, err := fmt.Sscan(e.run("display-message", "-p", "#{cursor_x} #{cursor_y}"), &cursor.column, &cursor.row); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(*picture, []byte(draw(rows, cursor, "ledger.go")), 0o644); err != nil {
		t.Fatal(err)
	}
}

// A style is how a cell of a terminal looks. Colours are as SVG writes them;
// "" is the terminal's own.
type style struct {
	front, back              string
	bold, italic, underlined bool
	reversed                 bool
}

// A run is text in one style.
type run struct {
	text string
	style
}

// A place is a cell of a terminal, counted from 0.
type place struct{ column, row int }

// parseScreen reads what tmux prints of a screen with its colours: lines with
// the control sequences for styles (SGR), and no others.
func parseScreen(text string) [][]run {
	var rows [][]run
	var now style
	for line := range strings.Lines(text) {
		var row []run
		for part := range strings.SplitSeq("m"+strings.TrimSuffix(line, "\n"), "\x1b[") {
			codes, rest, found := strings.Cut(part, "m")
			if !found {
				continue // no style
			}
			if len(row) > 0 || codes != "" {
				now = now.apply(codes)
			}
			if rest != "" {
				row = append(row, run{rest, now})
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// apply changes the style by the numbers of one sequence.
func (s style) apply(codes string) style {
	numbers := strings.FieldsFunc(codes, func(r rune) bool { return r == ';' || r == ':' })
	if len(numbers) == 0 {
		return style{}
	}
	for i := 0; i < len(numbers); i++ {
		n, err := strconv.Atoi(numbers[i])
		if err != nil {
			continue
		}
		switch {
		case n == 0:
			s = style{}
		case n == 1:
			s.bold = true
		case n == 3:
			s.italic = true
		case n == 4:
			s.underlined = true
		case n == 7:
			s.reversed = true
		case n == 22:
			s.bold = false
		case n == 23:
			s.italic = false
		case n == 24:
			s.underlined = false
		case n == 27:
			s.reversed = false
		case n == 39:
			s.front = ""
		case n == 49:
			s.back = ""
		case (n == 38 || n == 48) && i+4 < len(numbers) && numbers[i+1] == "2":
			colour := fmt.Sprintf("rgb(%s,%s,%s)", numbers[i+2], numbers[i+3], numbers[i+4])
			if n == 38 {
				s.front = colour
			} else {
				s.back = colour
			}
			i += 4
		}
	}
	return s
}

// styleOf is the style in which a text stands on the screen, or nil.
func styleOf(rows [][]run, text string) *style {
	for _, row := range rows {
		for _, r := range row {
			if strings.Contains(r.text, text) {
				return &r.style
			}
		}
	}
	return nil
}

// draw makes a picture of a terminal's window. Each run has the width that it
// has in the terminal, whatever font the reader has.
func draw(rows [][]run, cursor place, title string) string {
	const (
		cell, line  = 8.4, 19 // of one character
		margin, bar = 16, 36  // round the text, and above it
		front, back = "#e0e2ea", "#14161b"
		shade       = "#07080d" // of the window's title
	)
	width, height := columns*cell+2*margin, float64(len(rows)*line+bar+margin)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" role="img" aria-label="Neovim: a suggestion of claude-lsp stands dimmed behind the cursor">`+"\n",
		width, height, width, height)
	b.WriteString("<!-- Drawn by `make picture` from the screen of a real Neovim; do not edit. -->\n")
	fmt.Fprintf(&b, `<rect width="%.0f" height="%.0f" rx="9" fill="%s"/>`+"\n", width, height, back)
	fmt.Fprintf(&b, `<path d="M0 9a9 9 0 0 1 9-9h%.0fa9 9 0 0 1 9 9v19H0z" fill="%s"/>`+"\n", width-18, shade)
	for i, colour := range []string{"#ff5f57", "#febc2e", "#28c840"} {
		fmt.Fprintf(&b, `<circle cx="%d" cy="14" r="5.5" fill="%s"/>`, 18+20*i, colour)
	}
	fmt.Fprintf(&b, "\n"+`<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="14">`+"\n")
	fmt.Fprintf(&b, `<text x="%.0f" y="19" fill="#9b9ea4" font-size="12" text-anchor="middle">%s</text>`+"\n", width/2, html.EscapeString(title))
	for y, row := range rows {
		x := 0
		for _, r := range row {
			n := utf8.RuneCountInString(r.text)
			left, top := margin+float64(x)*cell, float64(bar+y*line)
			x += n
			paint, ground := r.front, r.back
			if paint == "" {
				paint = front
			}
			if r.reversed {
				paint, ground = back, paint
			}
			if ground != "" && ground != back {
				fmt.Fprintf(&b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%d" fill="%s"/>`, left, top, float64(n)*cell, line, ground)
			}
			text := strings.TrimRight(r.text, " ")
			if text == "" {
				continue
			}
			lead := len(text) - len(strings.TrimLeft(text, " "))
			left += float64(lead) * cell
			text = text[lead:]
			fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" textLength="%.1f" lengthAdjust="spacingAndGlyphs" xml:space="preserve" fill="%s"%s>%s</text>`+"\n",
				left, top+14, float64(utf8.RuneCountInString(text))*cell, paint, r.attributes(), html.EscapeString(text))
		}
	}
	fmt.Fprintf(&b, `<rect x="%.1f" y="%d" width="2" height="%d" fill="%s"/>`+"\n",
		margin+float64(cursor.column)*cell-1, bar+cursor.row*line+1, line-2, front)
	b.WriteString("</g>\n</svg>\n")
	return b.String()
}

// attributes are those of SVG for what is not colour.
func (s style) attributes() string {
	var a string
	if s.bold {
		a += ` font-weight="bold"`
	}
	if s.italic {
		a += ` font-style="italic"`
	}
	if s.underlined {
		a += ` text-decoration="underline"`
	}
	return a
}
