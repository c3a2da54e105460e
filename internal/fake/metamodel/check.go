package metamodel

import (
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// A Defect is one way in which a message differs from the model.
type Defect struct {
	Path string // from the message's root, such as result.items[0].range
	Says string

	kind bool // it is of another kind of JSON altogether
}

func (d Defect) String() string { return d.Path + ": " + d.Says }

func defect(path, format string, arguments ...any) []Defect {
	return []Defect{{Path: path, Says: fmt.Sprintf(format, arguments...)}}
}

// not is the defect of a value that is no such thing.
func not(v value, what, path string) []Defect {
	return []Defect{{Path: path, Says: "is " + kindOf(v) + ", not " + what, kind: true}}
}

// depth is how far inside the message it is.
func (d Defect) depth() int { return strings.Count(d.Path, ".") + strings.Count(d.Path, "[") }

// check holds a value against a type of the model.
func (m *model) check(v value, t *typ, path string) []Defect {
	switch t.Kind {
	case "base":
		return checkBase(v, t.Name, path)
	case "reference":
		return m.checkReference(v, t, path)
	case "array":
		list, ok := v.([]value)
		if !ok {
			return not(v, "an array", path)
		}
		var found []Defect
		for i, element := range list {
			found = append(found, m.check(element, t.Element, fmt.Sprintf("%s[%d]", path, i))...)
		}
		return found
	case "tuple":
		list, ok := v.([]value)
		if !ok || len(list) != len(t.Items) {
			return not(v, fmt.Sprintf("an array of %d", len(t.Items)), path)
		}
		var found []Defect
		for i, element := range list {
			found = append(found, m.check(element, &t.Items[i], fmt.Sprintf("%s[%d]", path, i))...)
		}
		return found
	case "map":
		members, ok := v.(object)
		if !ok {
			return not(v, "an object", path)
		}
		var found []Defect
		for _, name := range sortedKeys(members) {
			found = append(found, m.check(name, t.Key, path+"."+name)...)
			found = append(found, m.check(members[name], t.of, path+"."+name)...)
		}
		return found
	case "stringLiteral":
		if v != t.text {
			return not(v, strconv.Quote(t.text), path)
		}
		return nil
	case "or":
		return m.checkOr(v, t, path)
	case "and", "literal":
		return m.checkObject(v, m.properties(t), path)
	}
	return defect(path, "the model's kind %q is unknown", t.Kind)
}

// checkOr wants one alternative to fit. If none does, it says what the nearest
// one wants: of those that are this kind of JSON at all, the one whose first
// defect lies deepest, and of several the one with the fewest.
func (m *model) checkOr(v value, t *typ, path string) []Defect {
	var best []Defect
	var names []string
	for i := range t.Items {
		found := m.check(v, &t.Items[i], path)
		if found == nil {
			return nil
		}
		names = append(names, t.Items[i].String())
		if found[0].kind && found[0].Path == path {
			continue
		}
		if best == nil || found[0].depth() > best[0].depth() || found[0].depth() == best[0].depth() && len(found) < len(best) {
			best = found
		}
	}
	if best == nil {
		return not(v, "one of "+strings.Join(names, ", "), path)
	}
	return best
}

func (m *model) checkReference(v value, t *typ, path string) []Defect {
	if t.Name == "LSPAny" {
		return nil
	}
	if e := m.enumerations[t.Name]; e != nil {
		return m.checkEnumeration(v, e, path)
	}
	if alias := m.aliases[t.Name]; alias != nil {
		return m.check(v, alias, path)
	}
	return m.checkObject(v, m.properties(t), path)
}

func (m *model) checkEnumeration(v value, e *enumeration, path string) []Defect {
	if found := m.check(v, &e.Type, path); found != nil || e.SupportsCustomValues {
		return found
	}
	for _, known := range e.Values {
		if k, err := parse(known.Value); err == nil && k == v {
			return nil
		}
	}
	return defect(path, "is %s, which %s does not have", kindOf(v), e.Name)
}

func (m *model) checkObject(v value, properties map[string]*property, path string) []Defect {
	members, ok := v.(object)
	if !ok {
		return not(v, "an object", path)
	}
	var found []Defect
	for _, name := range sortedKeys(properties) {
		p := properties[name]
		member, given := members[name]
		switch {
		case given:
			found = append(found, m.check(member, &p.Type, path+"."+name)...)
		case !p.Optional:
			found = append(found, defect(path, "lacks %q", name)...)
		}
	}
	for _, name := range sortedKeys(members) {
		if properties[name] == nil {
			found = append(found, defect(path, "has %q, which the model does not know", name)...)
		}
	}
	return found
}

// properties are all that an object of the type may have. What a structure
// declares itself comes before what it inherits.
func (m *model) properties(t *typ) map[string]*property {
	all := map[string]*property{}
	var collect func(t *typ)
	add := func(list []property) {
		for i := range list {
			if all[list[i].Name] == nil {
				all[list[i].Name] = &list[i]
			}
		}
	}
	collect = func(t *typ) {
		switch t.Kind {
		case "literal":
			add(t.literal)
		case "and":
			for i := range t.Items {
				collect(&t.Items[i])
			}
		case "reference":
			if alias := m.aliases[t.Name]; alias != nil {
				collect(alias)
				return
			}
			s := m.structures[t.Name]
			add(s.Properties)
			for _, parents := range [][]typ{s.Extends, s.Mixins} {
				for i := range parents {
					collect(&parents[i])
				}
			}
		}
	}
	collect(t)
	return all
}

func checkBase(v value, name, path string) []Defect {
	switch name {
	case "null":
		if v != nil {
			return not(v, "null", path)
		}
	case "boolean":
		if _, ok := v.(bool); !ok {
			return not(v, "a boolean", path)
		}
	case "decimal":
		if _, ok := v.(json.Number); !ok {
			return not(v, "a number", path)
		}
	case "integer":
		return checkWhole(v, math.MinInt32, name, path)
	case "uinteger":
		return checkWhole(v, 0, name, path)
	case "string":
		if _, ok := v.(string); !ok {
			return not(v, "a string", path)
		}
	case "URI", "DocumentUri":
		text, ok := v.(string)
		if u, err := url.Parse(text); !ok || err != nil || u.Scheme == "" {
			return not(v, "a URI", path)
		}
	default:
		return defect(path, "the model's base type %q is unknown", name)
	}
	return nil
}

// checkWhole wants a whole number from least to 2^31-1, the bounds that the
// protocol gives to integer and uinteger.
func checkWhole(v value, least int64, name, path string) []Defect {
	number, ok := v.(json.Number)
	if !ok {
		return not(v, "a number", path)
	}
	if n, err := strconv.ParseInt(number.String(), 10, 64); err != nil || n < least || n > math.MaxInt32 {
		return defect(path, "is %s, which is no %s", number, name)
	}
	return nil
}

// String names a type for a reader.
func (t *typ) String() string {
	switch t.Kind {
	case "array":
		return t.Element.String() + "[]"
	case "stringLiteral":
		return strconv.Quote(t.text)
	case "base", "reference":
		return t.Name
	}
	return "a " + t.Kind
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
