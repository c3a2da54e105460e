package messages

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// An object reads a JSON object field by field. What nobody asked for is
// refused at the end: the API does not overlook fields it does not know.
type object struct {
	path   string // of the object in the body, such as "messages.0.content.1"; "" is the body itself
	fields map[string]json.RawMessage
	err    *Fault // the first thing that was wrong
}

// at is the path of a field.
func at(path string, field any) string {
	if path == "" {
		return fmt.Sprint(field)
	}
	return fmt.Sprintf("%s.%v", path, field)
}

func openObject(path string, raw json.RawMessage) (*object, *Fault) {
	o := &object{path: path}
	if err := json.Unmarshal(raw, &o.fields); err != nil || o.fields == nil {
		return nil, invalid("%s: Input should be an object", path)
	}
	return o, nil
}

// take decodes the field into dst and reports whether it was there. JSON null
// counts as absent where the API documents null, and is refused elsewhere.
func (o *object) take(name string, dst any) bool {
	raw, ok := o.fields[name]
	delete(o.fields, name)
	if !ok || o.err != nil {
		return false
	}
	if bytes.Equal(raw, []byte("null")) {
		switch name {
		case "cache_control", "user_id", "inference_geo", "container", "citations", "previous_message_id":
			return false
		}
	}
	if err := json.Unmarshal(raw, dst); err != nil || bytes.Equal(raw, []byte("null")) {
		o.fail(name, "Input should be a valid "+wanted(dst))
		return false
	}
	return true
}

// need is take for a field that must be there.
func (o *object) need(name string, dst any) {
	_, there := o.fields[name]
	if !there {
		o.fail(name, "Field required")
		return
	}
	o.take(name, dst)
}

// skip accepts a field without looking into it.
func (o *object) skip(names ...string) {
	for _, n := range names {
		delete(o.fields, n)
	}
}

func (o *object) fail(field, message string) {
	if o.err == nil {
		o.err = invalid("%s: %s", at(o.path, field), message)
	}
}

// also passes on what was wrong with a part of the object.
func (o *object) also(err *Fault) {
	if o.err == nil {
		o.err = err
	}
}

// close refuses what is left.
func (o *object) close() *Fault {
	if o.err == nil && len(o.fields) > 0 {
		o.fail(slices.Sorted(maps.Keys(o.fields))[0], "Extra inputs are not permitted")
	}
	return o.err
}

// wanted names the type of dst as the API's messages do.
func wanted(dst any) string {
	switch dst.(type) {
	case *string:
		return "string"
	case *int, **int:
		return "integer"
	case *bool:
		return "boolean"
	case **float64:
		return "number"
	case *[]json.RawMessage, *[]string:
		return "list"
	}
	return "object"
}

// quote is s as a JSON string with its characters as they are: like the real
// API, and unlike encoding/json, it escapes neither < nor é.
func quote(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic(fmt.Sprintf("messages: encoding a string: %v", err)) // a string can always be encoded
	}
	return strings.TrimSuffix(b.String(), "\n")
}
