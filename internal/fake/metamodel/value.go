package metamodel

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// A value is JSON as it was written: nil, bool, json.Number, string, []value or
// object.
type value any

type object map[string]value

// parse reads one JSON value. Unlike json.Unmarshal it refuses a name that
// stands twice in an object, of which clients take one or the other.
func parse(raw []byte) (value, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	v, err := next(d)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the value")
	}
	return v, nil
}

// next reads the value that begins at the next token.
func next(d *json.Decoder) (value, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('['):
		list := []value{}
		for d.More() {
			v, err := next(d)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := d.Token()
		return list, err
	case json.Delim('{'):
		members := object{}
		for d.More() {
			name, err := d.Token()
			if err != nil {
				return nil, err
			}
			key, ok := name.(string)
			if !ok {
				return nil, fmt.Errorf("the name %v is no string", name)
			}
			if _, twice := members[key]; twice {
				return nil, fmt.Errorf("the property %q is given twice", key)
			}
			if members[key], err = next(d); err != nil {
				return nil, err
			}
		}
		_, err := d.Token()
		return members, err
	}
	return token, nil
}

// kindOf names the JSON type of a value for a reader.
func kindOf(v value) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return fmt.Sprint(v)
	case json.Number:
		return v.String()
	case string:
		return fmt.Sprintf("the string %.40q", v)
	case []value:
		return "an array"
	case object:
		return "an object"
	}
	return fmt.Sprintf("%T", v)
}
