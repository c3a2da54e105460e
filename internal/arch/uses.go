package arch

import (
	"go/ast"
	"path"
	"slices"
	"strings"
)

// pure names the rooms that read no clock, no file, no environment and no
// network but through what they were handed. Their tests may.
var pure = []string{
	"completion", "internal/model", "internal/document", "internal/syntax", "internal/tokens", "internal/redact", "internal/price",
}

// worldly are the packages a pure room does not import.
var worldly = []string{"os", "net", "syscall", "io/ioutil", "os/exec", "database/sql", "golang.org/x/sys", "crypto/rand", "math/rand"}

// clocks are the functions by which a pure room would read a clock or wait
// for one.
var clocks = []string{
	"time.Now", "time.Since", "time.Until", "time.Sleep", "time.After", "time.AfterFunc", "time.Tick", "time.NewTimer",
	"time.NewTicker", "context.WithTimeout", "context.WithTimeoutCause", "context.WithDeadline", "context.WithDeadlineCause",
}

// A ban is a function or variable that shipped code does not use outside the
// rooms named.
var bans = []struct {
	names []string // import path, dot, name
	rooms []string // which may
	why   string
}{
	{
		names: []string{"os.Stdout", "fmt.Print", "fmt.Printf", "fmt.Println"},
		rooms: []string{"cmd/claude-lsp"},
		why:   "stdout belongs to the protocol; log through zap, or take an io.Writer",
	},
	{
		names: []string{"log.Print", "log.Printf", "log.Println", "log.Fatal", "log.Fatalf", "log.Default"},
		why:   "log through the zap logger you were handed",
	},
	{
		names: []string{"os.Exit"},
		rooms: []string{"cmd/claude-lsp"},
		why:   "only main ends the process; deferred work elsewhere would be lost",
	},
	{
		names: []string{"go.lsp.dev/protocol.NewServer", "go.lsp.dev/jsonrpc2.AsyncHandler"},
		why:   "it releases every message at once, and so applies edits out of order",
	},
	{
		names: []string{"go.lsp.dev/protocol.CancelHandler", "go.lsp.dev/jsonrpc2.CancelHandler"},
		why:   "it derives from a context that jsonrpc2 recycles, which can crash the process; use lsp's own table",
	},
}

// checkUses applies the rules about single functions and variables.
func (s source) checkUses() []Violation {
	room := roomOf(s.dir)
	if s.test || floors[room] == beside || s.file.Name.Name == "main" && room != "cmd/claude-lsp" {
		return nil // nothing of it is shipped: a test, a driver, a generator
	}
	var found []Violation
	isPure := slices.Contains(pure, room)
	names := map[string]string{} // what the file calls a package -> its path
	for p, spec := range s.imports {
		if isPure && slices.ContainsFunc(worldly, func(w string) bool { return below(p, w) }) {
			found = append(found, s.at(spec.Pos(), "%s is pure and may not import %s: let it be handed in", room, p))
		}
		name := path.Base(p)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		if name == "." {
			found = append(found, s.at(spec.Pos(), "a dot import hides what is used"))
		}
		names[name] = p
	}
	for n := range ast.Preorder(s.file) {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			continue
		}
		x, ok := sel.X.(*ast.Ident)
		if !ok || names[x.Name] == "" {
			continue
		}
		use := names[x.Name] + "." + sel.Sel.Name
		if isPure && slices.Contains(clocks, use) {
			found = append(found, s.at(sel.Pos(), "%s is pure and may not call %s: take a clock in Options", room, use))
		}
		for _, b := range bans {
			if slices.Contains(b.names, use) && !slices.Contains(b.rooms, room) {
				found = append(found, s.at(sel.Pos(), "%s may not use %s: %s", room, use, b.why))
			}
		}
	}
	return found
}

// bags are names that say nothing about what is inside.
var bags = []string{"util", "utils", "common", "misc", "types", "helper", "helpers", "shared", "lib", "stuff"}

// checkNames refuses packages and folders that are bags.
func (s source) checkNames() []Violation {
	for _, name := range append(strings.Split(s.dir, "/"), strings.TrimSuffix(s.file.Name.Name, "_test")) {
		if slices.Contains(bags, name) {
			return []Violation{s.at(s.file.Package, "a package named %q says nothing: name the thing it holds", name)}
		}
	}
	return nil
}
