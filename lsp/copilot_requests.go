package lsp

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	doccontext "github.com/claude-lsp/claude-lsp/context"
	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// extras is what clients of Copilot's server send with a completion request
// beside what the protocol has. All of it may be absent, and what has another
// form than it should counts as absent.
type extras struct {
	TextDocument struct {
		Version json.RawMessage `json:"version"`
	} `json:"textDocument"`
	FormattingOptions json.RawMessage `json:"formattingOptions"`
	ContextItems      json.RawMessage `json:"contextItems"`
}

// extras reads them.
func (c *call) extras() (x extras) {
	_ = json.Unmarshal(c.params, &x) // the request itself was read before
	return x
}

// version is the version of the document that the client asks about, if it says
// so.
func (x extras) version() (v int32, said bool) {
	var version *int32
	if json.Unmarshal(x.TextDocument.Version, &version) != nil || version == nil {
		return 0, false
	}
	return *version, true
}

// add puts into a question what goes along with it.
func (x extras) add(s *Server, q *question) {
	q.req.Settings.Indent = indentOf(x.FormattingOptions)
	q.req.Given = s.given(x.ContextItems)
}

// otherVersion reports whether the client asks about another version of an open
// document than the newest.
func (s *Server) otherVersion(u uri.URI, x extras) bool {
	v, said := x.version()
	open := s.get(u)
	return said && open != nil && v != open.doc.Version()
}

// indentOf is the indentation that formatting options ask for. Their values may
// be strings, and "auto" says nothing.
func indentOf(raw json.RawMessage) syntax.Indent {
	var o lenient
	_ = json.Unmarshal(raw, &o.value)
	spaces, err := strconv.ParseBool(textOf(o.at("insertSpaces").value))
	if err != nil {
		return syntax.Indent{}
	}
	width, err := strconv.ParseFloat(textOf(o.at("tabSize").value), 64)
	if err != nil || width < 1 || width > 16 {
		width = 4
	}
	return syntax.Indent{Tabs: !spaces, Width: int(width)}
}

func textOf(v any) string {
	if text, ok := v.(string); ok {
		return text
	}
	return fmt.Sprint(v)
}

// Bounds of what a client may hand in with one request. The window takes what it
// has room for, and the first items first.
const (
	maxItems     = 20
	maxItemBytes = 16 << 10
)

// traitsPath names the facts that a client tells of the project.
const traitsPath = "what the editor tells of the project"

// given reads the items of third-party context providers: parts of files, and
// traits, which are a name and a value. What comes from a file that must not be
// shown is left out.
func (s *Server) given(raw json.RawMessage) (all []doccontext.Given) {
	var items lenient
	if len(raw) == 0 || json.Unmarshal(raw, &items.value) != nil {
		return nil
	}
	var traits strings.Builder
	n := 0
	for _, provider := range items.at("providers").list() {
		for _, item := range provider.at("contextItems").list() {
			value := item.at("value").text()
			if n++; n > maxItems || value == "" || len(value) > maxItemBytes {
				continue
			}
			if name := item.at("name").text(); name != "" {
				if traits.Len()+len(name)+len(value) < maxItemBytes {
					traits.WriteString(name + ": " + value + "\n")
				}
				continue
			}
			u, err := uri.Parse(item.at("uri").text())
			if err != nil {
				continue
			}
			file, _, relative := s.placed(u)
			if s.opts.Workspace.Shareable(file) {
				all = append(all, doccontext.Given{Path: relative, Text: value})
			}
		}
	}
	if traits.Len() > 0 { // they are short
		all = append([]doccontext.Given{{Path: traitsPath, Text: traits.String()}}, all...)
	}
	return all
}

// placed is place for a document that need not be open.
func (s *Server) placed(u uri.URI) (file, dir, relative string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.place(u)
}

// A providerList is the parameters by which clients tell of their context
// providers.
type providerList struct {
	Providers []struct {
		ID string `json:"id"`
	} `json:"providers"`
}

func (p providerList) ids() []string {
	ids := make([]string, 0, len(p.Providers))
	for _, provider := range p.Providers {
		ids = append(ids, provider.ID)
	}
	return ids
}

type providerChange struct {
	Registered   []string `json:"registered"`
	Unregistered []string `json:"unregistered"`
}

// registerProviders welcomes third-party context providers. There is nothing to
// remember: their items come with the requests.
func (s *Server) registerProviders(c *call) (any, error) {
	var p providerList
	err := c.decode(&p)
	return providerChange{p.ids(), []string{}}, err
}

func (s *Server) unregisterProviders(c *call) (any, error) {
	var p providerList
	err := c.decode(&p)
	return providerChange{[]string{}, p.ids()}, err
}

// didAddWorkspaceFolder and its counterpart are how Visual Studio tells of
// folders.
func (s *Server) didAddWorkspaceFolder(c *call) (any, error) {
	var f protocol.WorkspaceFolder
	if err := c.decode(&f); err != nil {
		return nil, err
	}
	s.changeFolders([]protocol.WorkspaceFolder{f}, nil)
	return nil, nil
}

func (s *Server) didRemoveWorkspaceFolder(c *call) (any, error) {
	var f protocol.WorkspaceFolder
	if err := c.decode(&f); err != nil {
		return nil, err
	}
	s.changeFolders(nil, []protocol.WorkspaceFolder{f})
	return nil, nil
}
