package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/config"
)

//go:embed example.toml
var example string

//go:embed intro.md
var intro string

// markdown is the page for people.
func markdown() []byte {
	var b strings.Builder
	b.WriteString("<!-- Made by go generate ./internal/config. Change the table in internal/config/rows.go instead. -->\n\n")
	b.WriteString(strings.Replace(intro, "EXAMPLE\n", example, 1))
	group := ""
	for _, s := range config.Settings() {
		if s.Group() != group {
			group = s.Group()
			fmt.Fprintf(&b, "\n## %s\n", group)
		}
		fmt.Fprintf(&b, "\n### `%s`\n\n%s\n\n", s.Key, s.Doc)
		row(&b, "Default", defaultOf(s))
		row(&b, "Value", s.Expects())
		row(&b, "Set in", s.Trust.String())
		row(&b, "Environment", environmentOf(s))
		switch {
		case s.Later:
			row(&b, "State", "no effect yet, comes in a later version")
		case len(s.LaterValues) > 0:
			row(&b, "State", "no effect yet: `"+strings.Join(s.LaterValues, "`, `")+"`")
		}
	}
	return []byte(b.String())
}

func row(b *strings.Builder, name, text string) {
	fmt.Fprintf(b, "- %s: %s\n", name, text)
}

func defaultOf(s *config.Setting) string {
	d := s.DefaultValue()
	switch {
	case d == nil, d == "":
		return s.Unset
	case s.Unset != "":
		return fmt.Sprintf("`%s` (%s)", asJSON(d), s.Unset)
	}
	return fmt.Sprintf("`%s`", asJSON(d))
}

// asJSON is a value as TOML and JSON both write it.
func asJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // defaults are plain values
	}
	return string(text)
}

func environmentOf(s *config.Setting) string {
	env := s.Env()
	switch {
	case env == "":
		list, _, _ := strings.Cut(s.Key, "[]")
		return "only with the whole list, as JSON" + " (see `" + list + "`)"
	case s.Type == config.Tables:
		return "`" + env + "`, as JSON"
	case s.AlsoEnv != "":
		return "`" + env + "`, else `" + s.AlsoEnv + "`"
	}
	return "`" + env + "`"
}
