package arch

import (
	"slices"
	"strings"
)

// beside is the floor of what stands beside the house: tests, measures and
// drivers. It may import any floor, and nothing shipped imports it.
const beside = 100

// floors says on which floor a room stands. A package belongs to the room
// whose folder it is in. Imports go down only: to a room of a lower floor, or
// inside the room.
var floors = map[string]int{
	"cmd/claude-lsp": 5,

	"lsp":             4,
	"internal/record": 4,

	"completion": 3,

	"internal/claude":   2,
	"internal/embedded": 2,
	"internal/fim":      2,
	"internal/route":    2,
	"internal/budget":   2,

	"context":         1,
	"internal/model":  1,
	"internal/config": 1,
	"internal/store":  1,

	"internal/document":    0,
	"internal/syntax":      0,
	"internal/tokens":      0,
	"internal/redact":      0,
	"internal/credentials": 0,
	"internal/metrics":     0,
	"internal/link":        0,
	"internal/price":       0,

	"internal/arch":   beside,
	"internal/fake":   beside,
	"internal/bench":  beside,
	"internal/dropin": beside,
	"editors":         beside,
}

// roomOf returns the room that a folder belongs to, or "".
func roomOf(dir string) string {
	for room := range floors {
		if dir == room || strings.HasPrefix(dir, room+"/") {
			return room
		}
	}
	return ""
}

// A monopoly is a library that only some rooms may know. What stands beside
// the house may always know it.
var monopolies = []struct {
	library string // import path, with everything below it
	rooms   []string
	why     string
}{
	{"go.lsp.dev", []string{"lsp"}, "the protocol ends at lsp/"},
	{"github.com/tmaxmax/go-sse", []string{"internal/claude"}, "only the provider reads event streams"},
	{"modernc.org", []string{"internal/store"}, "only the store knows SQL"},
	{"database/sql", []string{"internal/store"}, "only the store knows SQL"},
	{"github.com/sony/gobreaker", []string{"internal/route"}, "only the policies break circuits"},
	{"golang.org/x/time", []string{"internal/route"}, "only the policies limit rates"},
	{"github.com/zalando/go-keyring", []string{"internal/credentials"}, "only the sources of keys know keyrings"},
	{"github.com/alecthomas/kong", []string{"cmd/claude-lsp"}, "only the command line has flags"},
	{"github.com/prometheus", nil, "its libraries cost every server 3 MB, used or not; internal/metrics writes the format"},
	{Module + "/internal/config", []string{"cmd/claude-lsp", "lsp", "internal/config"}, "other constructors take a small Options of their own"},
}

// checkImports applies the floors and the monopolies.
func (s source) checkImports() []Violation {
	var found []Violation
	room := roomOf(s.dir)
	if room == "" {
		return []Violation{s.at(s.file.Package, "%s stands on no floor: add its room to internal/arch/floors.go and to ARCHITECTURE.md", s.dir)}
	}
	from := floors[room]
	for p, spec := range s.imports {
		for _, m := range monopolies {
			if below(p, m.library) && from != beside && !slices.Contains(m.rooms, room) {
				found = append(found, s.at(spec.Pos(), "%s may not import %s: %s", room, p, m.why))
			}
		}
		if !below(p, Module) {
			continue
		}
		if p == Module+"/context" && (spec.Name == nil || spec.Name.Name != "doccontext") {
			found = append(found, s.at(spec.Pos(), `write the name of the package: import doccontext "%s"`, p))
		}
		other := roomOf(strings.TrimPrefix(strings.TrimPrefix(p, Module), "/"))
		to, known := floors[other]
		switch {
		case !known:
			found = append(found, s.at(spec.Pos(), "%s stands on no floor", p))
		case from == beside || other == room:
		case to == beside && !s.test:
			found = append(found, s.at(spec.Pos(), "%s ships and may not import %s, which stands beside the house", room, other))
		case to == beside:
		case to >= from:
			found = append(found, s.at(spec.Pos(), "%s (floor %d) imports %s (floor %d): imports go down only; declare a small interface and let cmd hand it in", room, from, other, to))
		}
	}
	return found
}

// below reports whether an import path is p or stands below it.
func below(importPath, p string) bool {
	return importPath == p || strings.HasPrefix(importPath, p+"/")
}
