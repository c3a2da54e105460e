package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Section is the name of our settings among those of an editor.
const Section = "claude-lsp"

// parseEditor takes settings apart that an editor sent: as nested objects, with
// dotted keys or both, under the section's name or without it. null means that
// nothing is set.
func parseEditor(raw json.RawMessage) (layer, error) {
	var l layer
	if len(bytes.TrimSpace(raw)) == 0 {
		return l, nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return l, fmt.Errorf("the editor's settings are not JSON: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return l, errors.New("the editor's settings are more than one JSON value")
	}
	switch v := v.(type) {
	case nil:
	case map[string]any:
		l.object(nil, ours(v))
	case []any:
		if len(v) > 0 { // Lua writes an empty table so
			return l, errors.New("the editor's settings are a list and not an object")
		}
	default:
		return l, errors.New("the editor's settings are not an object")
	}
	return l, nil
}

// ours picks our section out of settings that may hold those of others too.
func ours(all map[string]any) map[string]any {
	section := map[string]any{}
	found := false
	for key, v := range all {
		if key == Section {
			found = true
			if inner, ok := v.(map[string]any); ok {
				maps.Copy(section, inner)
			}
		} else if own, ok := strings.CutPrefix(key, Section+"."); ok {
			found = true
			section[own] = v
		}
	}
	if found {
		return section
	}
	return all
}

func (l *layer) object(path []string, o map[string]any) {
	for _, key := range slices.Sorted(maps.Keys(o)) {
		p := append(slices.Clone(path), strings.Split(key, ".")...)
		if len(p) <= maxDepth {
			l.value(p, o[key])
		}
	}
}

func (l *layer) value(path []string, v any) {
	switch v := v.(type) {
	case nil:
	case map[string]any:
		if s, _ := table().find(path); s != nil && len(v) == 0 && (s.Type == List || s.Type == Tables) {
			l.add(path, []any{}) // Lua again
			return
		}
		l.object(path, v)
	case []any:
		l.array(path, v)
	default:
		l.add(path, jsonScalar(v))
	}
}

func (l *layer) array(path []string, v []any) {
	list, objects := make([]any, len(v)), 0
	for i, e := range v {
		if _, ok := e.(map[string]any); ok {
			objects++
		}
		list[i] = jsonScalar(e)
	}
	if objects == 0 || objects < len(v) {
		l.add(path, list)
		return
	}
	l.add(path, tables{len(v)})
	for i, e := range v {
		l.value(append(slices.Clone(path), fmt.Sprintf("[%d]", i)), e)
	}
}

func (l *layer) add(path []string, raw any) {
	l.entries = append(l.entries, entry{path: path, raw: raw})
}

func jsonScalar(v any) any {
	switch v := v.(type) {
	case bool, string:
		return v
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		if f, err := v.Float64(); err == nil {
			return f
		}
	}
	return foreign{}
}
