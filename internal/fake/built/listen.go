package built

import (
	"bufio"
	"strings"
	"testing"
)

// Listen runs `claude-lsp serve --listen on` until the test ends, and returns the
// address and, of a TCP socket, the token that it prints.
func Listen(t testing.TB, on string) (addr, token string) {
	t.Helper()
	cmd := Command(t, nil, "serve", "--listen", on)
	log, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		if rest, ok := strings.CutPrefix(lines.Text(), "listening on "); ok {
			go func() {
				for lines.Scan() { // so that the log never blocks
				}
			}()
			words := append(strings.Fields(rest), "", "", "") // "ADDRESS token TOKEN"
			return words[0], words[2]
		}
	}
	t.Fatalf("the server does not listen on %s", on)
	return "", ""
}
