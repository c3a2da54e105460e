package editor

import (
	"encoding/json"
	"os"
	"path"
	"slices"
)

// capabilities are what the editor reads of the server's.
type capabilities struct {
	PositionEncoding columns         `json:"positionEncoding"`
	Sync             json.RawMessage `json:"textDocumentSync"` // a number or an object
	Inline           json.RawMessage `json:"inlineCompletionProvider"`
	Notebooks        json.RawMessage `json:"notebookDocumentSync"`
	Completion       json.RawMessage `json:"completionProvider"`
	Execute          *struct {
		Commands []string `json:"commands"`
	} `json:"executeCommandProvider"`
}

// Kinds of text synchronisation.
const (
	syncNone = iota
	syncFull
	syncIncremental
)

// has reports whether a capability that is a boolean or an object is there.
func has(capability json.RawMessage) bool {
	return capability != nil && string(capability) != "false" && string(capability) != "null"
}

// sync returns how the server wants to be told of texts, and whether of opening
// and closing.
func (c capabilities) sync() (kind int, openClose bool) {
	if json.Unmarshal(c.Sync, &kind) == nil {
		return kind, kind != syncNone
	}
	var options struct {
		OpenClose bool
		Change    int
	}
	_ = json.Unmarshal(c.Sync, &options) // what cannot be read is not announced
	return options.Change, options.OpenClose
}

// Initialize opens the session and returns the result of initialize. The
// capabilities it sends are those of Options.
func (e *Editor) Initialize() json.RawMessage {
	e.t.Helper()
	result, err := e.Request("initialize", e.initializeParams()).Wait()
	if err != nil {
		e.t.Fatalf("initialize failed: %v", err)
	}
	e.Initialized(result)
	return result
}

// Initialized takes the result of an initialize that the test has sent itself,
// and completes the opening of the session.
func (e *Editor) Initialized(result json.RawMessage) {
	e.t.Helper()
	var in struct {
		Capabilities *capabilities `json:"capabilities"`
	}
	if err := json.Unmarshal(result, &in); err != nil || in.Capabilities == nil {
		e.t.Fatalf("the result of initialize is %s: %v", result, err)
	}
	e.server = *in.Capabilities
	if chosen := e.server.PositionEncoding; chosen != "" {
		if chosen != utf16Columns && !slices.Contains(e.options.Encodings, string(chosen)) {
			e.t.Errorf("the server chose to count in %q; the editor offered %q", chosen, e.options.Encodings)
		}
		e.encoding = chosen
	}
	e.update(func() { e.state = running })
	e.Notify("initialized", struct{}{})
}

func (e *Editor) initializeParams() map[string]any {
	name := e.options.Name
	if name == "" {
		name = "strict editor"
	}
	general := map[string]any{}
	if e.options.Encodings != nil {
		general["positionEncodings"] = e.options.Encodings
	}
	document := map[string]any{
		"synchronization": map[string]any{"didSave": true},
		"completion": map[string]any{"completionItem": map[string]any{
			"snippetSupport":      e.options.Snippets,
			"documentationFormat": []string{"markdown", "plaintext"},
		}},
	}
	if e.options.InlineCompletion {
		document["inlineCompletion"] = map[string]any{"dynamicRegistration": false}
	}
	params := map[string]any{
		"processId":        os.Getpid(),
		"clientInfo":       map[string]any{"name": name, "version": "1"},
		"rootUri":          nil,
		"workspaceFolders": e.folders(),
		"capabilities": map[string]any{
			"general":      general,
			"textDocument": document,
			"window":       map[string]any{"workDoneProgress": true, "showMessage": map[string]any{}},
			"workspace": map[string]any{
				"configuration":          e.options.Configuration != nil,
				"didChangeConfiguration": map[string]any{"dynamicRegistration": true},
				"didChangeWatchedFiles":  map[string]any{"dynamicRegistration": e.options.WatchesFiles},
				"workspaceFolders":       true,
				"executeCommand":         map[string]any{"dynamicRegistration": false},
			},
		},
	}
	if len(e.options.Folders) > 0 {
		params["rootUri"] = e.options.Folders[0]
	}
	if e.options.Experimental != nil {
		params["capabilities"].(map[string]any)["experimental"] = e.options.Experimental //nolint:forcetypeassert // it is written above
	}
	if e.options.InitializationOptions != nil {
		params["initializationOptions"] = e.options.InitializationOptions
	}
	return params
}

// folders are the workspace folders as the protocol writes them, and null where
// there are none.
func (e *Editor) folders() any {
	if len(e.options.Folders) == 0 {
		return nil
	}
	var folders []map[string]string
	for _, uri := range e.options.Folders {
		folders = append(folders, map[string]string{"uri": uri, "name": path.Base(uri)})
	}
	return folders
}
