package dropin

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/fake/built"
)

func TestMain(m *testing.M) { built.Main(m) }

// A probe is the test of one row. It remembers the first thing that was wrong,
// for the table.
type probe struct {
	testing.TB
	mu  sync.Mutex
	why string // "" while all is well
}

func (p *probe) Errorf(format string, args ...any) {
	p.TB.Helper()
	p.note(fmt.Sprintf(format, args...))
	p.TB.Errorf(format, args...)
}

func (p *probe) Fatalf(format string, args ...any) {
	p.TB.Helper()
	p.note(fmt.Sprintf(format, args...))
	p.TB.Fatalf(format, args...)
}

func (p *probe) Fatal(args ...any) {
	p.TB.Helper()
	p.Fatalf("%s", strings.TrimSpace(fmt.Sprintln(args...)))
}

func (p *probe) note(why string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.why == "" {
		p.why, _, _ = strings.Cut(why, "\n")
	}
}

// reason is why the row does not hold, or "".
func (p *probe) reason() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.why == "" && p.TB != nil && p.Failed() {
		return "see its log"
	}
	return p.why
}
