package main_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
)

// TestClients plays whole sessions as clients of Copilot's server hold them, with
// the built server. testdata/stories/README.md says how they are written.
func TestClients(t *testing.T) {
	eachStory(t, "../../testdata/stories/clients", (*story).converse)
}

// moods are the three forms of the status of Copilot's server.
var moods = map[string]bool{"didChangeStatus": true, "statusNotification": true, "didChangeStatus/v2": true}

// A conversation is a session that is played line by line.
type conversation struct {
	t      *testing.T
	e      *editor.Editor
	open   []*editor.Call // not answered yet, in the order of asking
	values map[string]any // what the names in it stand for
}

func (s *story) converse(t *testing.T) {
	workspace := t.TempDir()
	c := &conversation{t: t, values: map[string]any{"$root": "file://" + filepath.ToSlash(workspace)}}
	for _, f := range s.archive.Files {
		if f.Name != "session" && !sections[f.Name] {
			text := strings.TrimSuffix(string(f.Data), "\n")
			write(t, filepath.Join(workspace, f.Name), text)
			c.values["$text "+f.Name] = text
		}
	}
	_, env := s.upstream(t)
	var p *process
	var o editor.Options
	if strings.Contains(s.given["session"], `"configuration": true`) {
		o.Configuration = map[string]any{} // it has none for us
	}
	c.e, p = startProcess(t, env, o)
	c.e.Allow(slices.Collect(maps.Keys(moods))...)
	steps := turns(s.given["session"])
	if len(steps) == 0 {
		t.Fatal("the session is empty")
	}
	for _, step := range steps {
		c.play(step)
		if t.Failed() {
			t.Fatalf("at: %.300s", step)
		}
	}
	if len(c.open) > 0 {
		t.Errorf("the story does not look at the answer to %s", c.open[0])
	}
	c.e.Shutdown()
	p.exit()
}

// turns are the lines of a session, with those that go on put together.
func turns(session string) (all []string) {
	for line := range strings.Lines(session) {
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.TrimSpace(line) == "" || line[0] == '#':
		case (line[0] == ' ' || line[0] == '\t') && len(all) > 0:
			all[len(all)-1] += "\n" + line
		default:
			all = append(all, line)
		}
	}
	return all
}

func (c *conversation) play(step string) {
	sign, rest, _ := strings.Cut(step, " ")
	method := ""
	if sign == "->" || sign == "=>" || sign == "<=" {
		method, rest, _ = strings.Cut(rest, " ")
	}
	var value any
	if strings.TrimSpace(rest) != "" {
		if err := json.Unmarshal([]byte(rest), &value); err != nil {
			c.t.Fatalf("%s: %v", rest, err)
		}
	}
	switch sign {
	case "->":
		call := c.e.Request(method, c.filled(value))
		c.open = append(c.open, call)
	case "=>":
		c.e.Notify(method, c.filled(value))
	case "<=":
		message := c.e.Next(method)
		for moods[method] && !c.fits(value, message.Params) { // whether a request takes long enough to be told is the machine's business
			message = c.e.Next(method)
		}
		c.match(method, value, message.Params)
	case "<-":
		call := c.answered()
		result, err := call.Wait()
		if err != nil {
			c.t.Fatalf("%s ended with the error %v", call, err)
		}
		c.match(call.Method, value, result)
		if call.Method == "initialize" {
			c.e.Initialized(result)
		}
	case "<!":
		call := c.answered()
		result, err := call.Wait()
		if err == nil {
			c.t.Fatalf("%s was answered with %s, want an error", call, result)
		}
		raw, wrong := json.Marshal(err)
		if wrong != nil {
			c.t.Fatal(wrong)
		}
		c.match(call.Method, value, raw)
	default:
		c.t.Fatalf("a line of a session begins with ->, =>, <-, <! or <=, and not with %q", sign)
	}
}

// answered is the request that was asked first of those without an answer.
func (c *conversation) answered() *editor.Call {
	if len(c.open) == 0 {
		c.t.Fatal("an answer to nothing")
	}
	call := c.open[0]
	c.open = c.open[1:]
	return call
}

// filled puts values in the place of names.
func (c *conversation) filled(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, e := range v {
			out[k] = c.filled(e)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = c.filled(e)
		}
		return out
	case string:
		if known, ok := c.values[v]; ok {
			return known
		}
		if rest, ok := strings.CutPrefix(v, "$root/"); ok {
			return c.values["$root"].(string) + "/" + rest
		}
	}
	return v
}

// match holds what came against what was to come.
func (c *conversation) match(what string, want any, raw []byte) {
	var got any
	if err := json.Unmarshal(raw, &got); err != nil {
		c.t.Fatalf("%s: %s: %v", what, raw, err)
	}
	if wrong := c.differs(want, got); wrong != "" {
		c.t.Errorf("%s: %s\nin %s", what, wrong, raw)
	}
}

func (c *conversation) fits(want any, raw []byte) bool {
	var got any
	return json.Unmarshal(raw, &got) == nil && c.differs(want, got) == ""
}

// differs says where got is not what want says: an object may have more than is
// wanted, "*" is anything, and a name is what it stands for, from the first time
// on that it is met.
func (c *conversation) differs(want, got any) string {
	switch want := want.(type) {
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok {
			return fmt.Sprintf("%v is no object", got)
		}
		for _, key := range slices.Sorted(maps.Keys(want)) {
			if wrong := c.differs(want[key], object[key]); wrong != "" {
				return key + ": " + wrong
			}
		}
		return ""
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			return fmt.Sprintf("%v, want %d of them", got, len(want))
		}
		for i := range want {
			if wrong := c.differs(want[i], list[i]); wrong != "" {
				return fmt.Sprintf("%d: %s", i, wrong)
			}
		}
		return ""
	case string:
		if want == "*" && got != nil {
			return ""
		}
		if _, known := c.values[want]; strings.HasPrefix(want, "$") && !known && !strings.Contains(want, "/") {
			c.values[want] = got
			return ""
		}
	}
	if want = c.filled(want); !reflect.DeepEqual(want, got) {
		return fmt.Sprintf("%#v, want %#v", got, want)
	}
	return ""
}
