package metamodel

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"sync"
)

//go:generate go run generate.go

// The model of LSP 3.18 by Microsoft, under the licence in LICENSE.metamodel.
// It calls itself 3.17.0; that it is 3.18 shows in what it has.
//
//go:embed metamodel.json.gz
var packed []byte

//go:embed own.json
var own []byte

// A typ is a type of the model. Which members are set depends on the kind.
type typ struct {
	Kind    string          `json:"kind"` // base, reference, array, map, and, or, tuple, literal, stringLiteral
	Name    string          `json:"name"` // of base and reference
	Element *typ            `json:"element"`
	Items   []typ           `json:"items"` // of and, or and tuple
	Key     *typ            `json:"key"`
	Value   json.RawMessage `json:"value"` // of map a type, of literal its properties, of stringLiteral a string

	of      *typ       // Value of a map
	literal []property // Value of a literal
	text    string     // Value of a stringLiteral
}

func (t *typ) UnmarshalJSON(raw []byte) error {
	type plain typ // without this method
	if err := json.Unmarshal(raw, (*plain)(t)); err != nil {
		return err
	}
	switch t.Kind {
	case "map":
		return json.Unmarshal(t.Value, &t.of)
	case "stringLiteral":
		return json.Unmarshal(t.Value, &t.text)
	case "literal":
		var value struct{ Properties []property }
		err := json.Unmarshal(t.Value, &value)
		t.literal = value.Properties
		return err
	case "base", "reference", "array", "and", "or", "tuple":
		return nil
	}
	return fmt.Errorf("the model has a type of the unknown kind %q", t.Kind)
}

type property struct {
	Name     string `json:"name"`
	Type     typ    `json:"type"`
	Optional bool   `json:"optional"`
}

type structure struct {
	Name       string     `json:"name"`
	Properties []property `json:"properties"`
	Extends    []typ      `json:"extends"`
	Mixins     []typ      `json:"mixins"`
}

type enumeration struct {
	Name   string `json:"name"`
	Type   typ    `json:"type"`
	Values []struct {
		Value json.RawMessage `json:"value"`
	} `json:"values"`
	SupportsCustomValues bool `json:"supportsCustomValues"`
}

// A method is a request or a notification.
type method struct {
	Method              string `json:"method"`
	MessageDirection    string `json:"messageDirection"`
	Params              *typ   `json:"params"`
	Result              *typ   `json:"result"` // nil for notifications
	PartialResult       *typ   `json:"partialResult"`
	ErrorData           *typ   `json:"errorData"`
	RegistrationMethod  string `json:"registrationMethod"` // under which it is registered, if not its own name
	RegistrationOptions *typ   `json:"registrationOptions"`
}

// fromServer reports whether the server may send it.
func (m *method) fromServer() bool {
	return m.MessageDirection == "serverToClient" || m.MessageDirection == "both"
}

// A file is a model as it is written down.
type file struct {
	Requests      []method      `json:"requests"`
	Notifications []method      `json:"notifications"`
	Structures    []structure   `json:"structures"`
	Enumerations  []enumeration `json:"enumerations"`
	TypeAliases   []struct {
		Name string `json:"name"`
		Type typ    `json:"type"`
	} `json:"typeAliases"`
}

// A model knows all that one side may say to the other. It is not changed after
// it was read.
type model struct {
	requests, notifications map[string]*method
	structures              map[string]*structure
	enumerations            map[string]*enumeration
	aliases                 map[string]*typ
	codes                   []int // of errors
}

// shared is the protocol's model with ours, read once.
var shared = sync.OnceValue(func() *model {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		panic(err) // it is part of the program
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		panic(err)
	}
	m, err := read(plain, own)
	if err != nil {
		panic(err)
	}
	return m
})

// read makes one model of several files. A structure that an earlier file has
// too gets the later one's properties as well; all else must be new.
func read(files ...[]byte) (*model, error) {
	m := &model{
		requests: map[string]*method{}, notifications: map[string]*method{},
		structures: map[string]*structure{}, enumerations: map[string]*enumeration{}, aliases: map[string]*typ{},
	}
	for _, raw := range files {
		var f file
		if err := json.Unmarshal(raw, &f); err != nil {
			return nil, err
		}
		if err := m.add(&f); err != nil {
			return nil, err
		}
	}
	return m, m.complete()
}

func (m *model) add(f *file) error {
	for i := range f.Structures {
		s := &f.Structures[i]
		if old := m.structures[s.Name]; old != nil {
			old.Properties = append(old.Properties, s.Properties...)
			continue
		}
		m.structures[s.Name] = s
	}
	for i := range f.Enumerations {
		m.enumerations[f.Enumerations[i].Name] = &f.Enumerations[i]
	}
	for i := range f.TypeAliases {
		m.aliases[f.TypeAliases[i].Name] = &f.TypeAliases[i].Type
	}
	for _, of := range []struct {
		methods []method
		known   map[string]*method
	}{{f.Requests, m.requests}, {f.Notifications, m.notifications}} {
		for i := range of.methods {
			name := of.methods[i].Method
			if of.known[name] != nil {
				return fmt.Errorf("the model has the method %s twice", name)
			}
			of.known[name] = &of.methods[i]
		}
	}
	return nil
}

// complete collects the codes of errors and makes sure that every name in the
// model leads somewhere, so that a slip in own.json is found at once.
func (m *model) complete() error {
	for _, name := range []string{"ErrorCodes", "LSPErrorCodes", "OwnErrorCodes"} {
		e := m.enumerations[name]
		if e == nil {
			continue
		}
		for _, v := range e.Values {
			var code int
			if err := json.Unmarshal(v.Value, &code); err != nil {
				return fmt.Errorf("the code %s of %s: %w", v.Value, name, err)
			}
			m.codes = append(m.codes, code)
		}
	}
	var broken []string
	m.eachType(func(t *typ) {
		if t.Kind == "reference" && m.structures[t.Name] == nil && m.enumerations[t.Name] == nil && m.aliases[t.Name] == nil {
			broken = append(broken, t.Name)
		}
	})
	if broken != nil {
		slices.Sort(broken)
		return fmt.Errorf("the model refers to %q, which it does not have", slices.Compact(broken))
	}
	return nil
}

// eachType calls f for every type that is written down anywhere in the model.
func (m *model) eachType(f func(*typ)) {
	var walk func(t *typ)
	walk = func(t *typ) {
		if t == nil {
			return
		}
		f(t)
		walk(t.Element)
		walk(t.Key)
		walk(t.of)
		for i := range t.Items {
			walk(&t.Items[i])
		}
		for i := range t.literal {
			walk(&t.literal[i].Type)
		}
	}
	for _, s := range m.structures {
		for _, types := range [][]typ{s.Extends, s.Mixins} {
			for i := range types {
				walk(&types[i])
			}
		}
		for i := range s.Properties {
			walk(&s.Properties[i].Type)
		}
	}
	for _, e := range m.enumerations {
		walk(&e.Type)
	}
	for _, t := range m.aliases {
		walk(t)
	}
	for _, known := range []map[string]*method{m.requests, m.notifications} {
		for _, r := range known {
			for _, t := range []*typ{r.Params, r.Result, r.PartialResult, r.ErrorData, r.RegistrationOptions} {
				walk(t)
			}
		}
	}
}
