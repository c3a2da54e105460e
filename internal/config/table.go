package config

import (
	"reflect"
	"slices"
	"strings"
	"sync"
)

// Settings lists every setting, in the order of the documentation. The rows
// are shared and must not be changed.
func Settings() []*Setting { return table().rows }

// Default is the Config in which nothing was chosen.
func Default() Config {
	return newDraft().config()
}

// settings are the rows and what is found by looking at them.
type settings struct {
	rows  []*Setting
	exact map[string]*Setting // those without a wild part, by key
	wild  []*Setting
}

var table = sync.OnceValue(func() *settings {
	t := &settings{exact: map[string]*Setting{}}
	for _, g := range slices.Concat(everyday(), sending(), reaching(), choosing()) {
		for i := range g.rows {
			s := &g.rows[i]
			s.group, s.path = g.name, partsOf(s.Key)
			s.wild = slices.IndexFunc(s.path, func(p string) bool { return p == "[]" || p[0] == '<' })
			t.rows = append(t.rows, s)
			if s.wild < 0 {
				t.exact[s.Key] = s
			} else {
				t.wild = append(t.wild, s)
			}
		}
	}
	return t
})

// find is the setting that path names, or nil.
func (t *settings) find(path []string) (*Setting, place) {
	if s := t.exact[strings.Join(path, ".")]; s != nil {
		return s, place{}
	}
	for _, s := range t.wild {
		if at, ok := s.match(path); ok {
			return s, at
		}
	}
	return nil, place{}
}

// partsOf takes a key of the table apart: a list's [] is a part of its own.
func partsOf(key string) []string {
	return strings.Split(strings.ReplaceAll(key, "[]", ".[]"), ".")
}

// A group is a heading and the rows under it.
type group struct {
	name string
	rows []Setting
}

// A draft is a Config in the making. The tables of the user's own names hold
// pointers, so that every setting has a field that can be pointed at.
type draft struct {
	Config
	models    map[string]*Model
	languages map[string]*Language
}

func newDraft() *draft {
	d := &draft{models: map[string]*Model{}, languages: map[string]*Language{}}
	for _, s := range table().rows {
		if s.wild < 0 && s.Default != nil {
			s.put(d, place{}, s.Default)
		}
	}
	return d
}

// config ends the making; d is not used after it.
func (d *draft) config() Config {
	c := d.Config
	c.Models = make(map[string]Model, len(d.models))
	for name, m := range d.models {
		c.Models[name] = *m
	}
	c.Languages = make(map[string]Language, len(d.languages))
	for id, l := range d.languages {
		c.Languages[id] = *l
	}
	return c
}

// get is the value that holds in d, of the type of a checked value.
func (s *Setting) get(d *draft, at place) any {
	field := reflect.ValueOf(s.field(d, at)).Elem()
	if field.Kind() == reflect.String {
		return field.String()
	}
	return field.Interface()
}

// put sets a checked value. For a list of tables it begins a new list.
func (s *Setting) put(d *draft, at place, v any) {
	field := reflect.ValueOf(s.field(d, at)).Elem()
	switch {
	case s.Type == Tables:
		field.SetZero()
	case field.Kind() == reflect.String: // a Choice has a type of its own
		field.SetString(v.(string))
	default:
		field.Set(reflect.ValueOf(v))
	}
}

// element is the place at of a list that grows by one at a time. A place that
// leaves a gap is nowhere: what is written there is lost.
func element[T any](list *[]T, at place, fresh T) *T {
	if at.index == len(*list) {
		*list = append(*list, fresh)
	}
	if at.index >= len(*list) {
		return new(T)
	}
	return &(*list)[at.index]
}

// entryOf is what stands under a user's own name.
func entryOf[T any](m map[string]*T, at place, fresh T) *T {
	if m[at.name] == nil {
		m[at.name] = &fresh
	}
	return m[at.name]
}
