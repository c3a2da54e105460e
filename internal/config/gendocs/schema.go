package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/config"
)

const schemaID = "https://raw.githubusercontent.com/claude-lsp/claude-lsp/main/docs/settings.schema.json"

// A schema is a JSON schema as JSON holds it.
type schema = map[string]any

func schemaJSON() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(whole()); err != nil {
		panic(err) // the schema holds nothing that JSON does not know
	}
	return b.Bytes()
}

// whole is the schema of a settings file. Editors that keep our settings as
// nested objects can use it as it is.
func whole() schema {
	root := object("Settings of claude-lsp. Made by go generate ./internal/config.")
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["$id"] = schemaID
	root["title"] = "claude-lsp"
	for _, s := range config.Settings() {
		place(root, s.Parts(), leaf(s))
	}
	return root
}

func object(description string) schema {
	return schema{"type": "object", "description": description, "additionalProperties": false, "properties": schema{}}
}

// place puts a leaf below node, and makes the objects on the way to it.
func place(node schema, path []string, leaf schema) {
	part, rest := path[0], path[1:]
	var child schema
	switch {
	case part == "[]":
		child = into(node, "items", "One element of the list.")
	case part[0] == '<':
		node["propertyNames"] = schema{"type": "string", "minLength": 1, "maxLength": 64}
		child = into(node, "additionalProperties", "Under a name of your own: "+part+".")
	case len(rest) == 0:
		node["properties"].(schema)[part] = leaf
		return
	default:
		child = into(node["properties"].(schema), part, "Settings under "+part+".")
	}
	place(child, rest, leaf)
}

func into(node schema, key, description string) schema {
	if child, ok := node[key].(schema); ok {
		return child
	}
	child := object(description)
	node[key] = child
	return child
}

// leaf is the schema of one setting. It says no to nothing that the server
// would take; ranges of durations are left to the server.
func leaf(s *config.Setting) schema {
	l := form(s)
	if s.Auto {
		l = schema{"anyOf": []any{schema{"const": "auto"}, l}}
	}
	l["description"] = description(s)
	if d := s.DefaultValue(); d != nil {
		l["default"] = d
	}
	l["x-trust"] = trust[s.Trust]
	if env := s.Env(); env != "" {
		l["x-environment"] = env
	}
	if s.Later {
		l["x-later"] = true
	}
	return l
}

// trust says to programs what the description says to people: whose word counts.
// A plugin must know it, because an editor keeps settings in repositories too.
var trust = map[config.Trust]string{
	config.UserOnly:     "user",    // the user's own file and the environment alone
	config.LowerOnly:    "narrows", // the editor can only make it less
	config.EditorLowers: "editor",  // the editor sets it, a project makes it less
	config.Editor:       "editor",  // the editor sets it
}

// line is one line of text without control characters.
const line = `^[^\u0000-\u001f\u007f-\u009f]*$`

func form(s *config.Setting) schema {
	switch s.Type {
	case config.Bool:
		return schema{"type": "boolean"}
	case config.Int:
		return schema{"type": "integer", "minimum": s.Min, "maximum": s.Max}
	case config.Number:
		return schema{"type": "number", "minimum": s.Min, "maximum": s.Max}
	case config.Choice:
		var values []any
		for _, v := range s.Values {
			values = append(values, v)
		}
		if s.Bools {
			values = append(values, true, false)
		}
		return schema{"enum": values}
	case config.Duration:
		return schema{"type": "string", "pattern": config.DurationPattern}
	case config.URL:
		return schema{"type": "string", "pattern": `^$|^https?://[^/]`}
	case config.Path:
		return schema{"type": "string", "pattern": `^$|^~/|^/|^[A-Za-z]:[\\/]|^\\\\`}
	case config.Listen:
		return schema{"type": "string", "pattern": `^$|^(localhost|127\.[0-9.]+|\[[0-9a-f:.]+\]):[0-9]+$`}
	case config.List:
		return schema{"type": "array", "maxItems": s.Max, "items": schema{"type": "string", "minLength": 1, "pattern": line}}
	case config.Tables:
		return schema{"type": "array", "maxItems": s.Max}
	case config.Text:
		l := schema{"type": "string", "pattern": line}
		if s.Default != nil && s.Default != "" {
			l["minLength"] = 1
		}
		return l
	}
	panic(fmt.Sprintf("%s has a type that the schema does not know", s.Key))
}

func description(s *config.Setting) string {
	var b strings.Builder
	b.WriteString(s.Doc)
	if s.Later {
		b.WriteString(" It has no effect yet: it comes in a later version.")
	}
	if s.Unset != "" {
		fmt.Fprintf(&b, " Unless it is set: %s.", s.Unset)
	}
	fmt.Fprintf(&b, " Set in %s.", s.Trust)
	if env := s.Env(); env != "" {
		fmt.Fprintf(&b, " Environment: %s.", env)
	}
	return b.String()
}
