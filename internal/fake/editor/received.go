package editor

import (
	"encoding/json"
	"slices"
)

// A setting is one answer to workspace/configuration.
type setting struct {
	scope, section string // scope is the URI of a workspace folder; "" is everywhere
	value          any
}

// Configure sets what workspace/configuration is answered for a section in a
// workspace folder, or everywhere when folder is "", and tells the server that
// the configuration has changed, as VS Code does: without the values.
func (e *Editor) Configure(folder, section string, value any) {
	e.t.Helper()
	e.update(func() {
		e.settings = slices.DeleteFunc(e.settings, func(s setting) bool { return s.scope == folder && s.section == section })
		e.settings = append(e.settings, setting{folder, section, value})
	})
	e.Notify("workspace/didChangeConfiguration", map[string]any{"settings": nil})
}

// received takes a notification or request of the server, and answers requests.
func (e *Editor) received(m incoming) {
	var handler Handler
	e.update(func() {
		e.messages = append(e.messages, &Message{Method: m.method, Params: m.params})
		handler = e.handlers[m.method]
		switch {
		case e.state == exited:
			e.t.Errorf("the server sent %s after exit", m.method)
		case e.state == starting && !early(m):
			e.t.Errorf("the server sent %s before its answer to initialize", m.method)
		}
		if m.method == "$/progress" {
			if wrong := e.progress.take(m.params); wrong != "" {
				e.t.Errorf("$/progress %s: %s", m.params, wrong)
			}
		}
	})
	if m.id == nil {
		return
	}
	if handler == nil {
		handler = e.standard(m.method)
	}
	result, err := handler(m.params)
	answer := map[string]any{"id": m.id, "result": result}
	if err != nil {
		answer = map[string]any{"id": m.id, "error": err}
	}
	e.send(answer, nil)
}

// early reports whether the protocol lets a server send m before it has answered
// initialize.
func early(m incoming) bool {
	switch m.method {
	case "window/showMessage", "window/logMessage", "telemetry/event", "window/showMessageRequest", "$/progress", "$/logTrace":
		return true
	}
	return false
}

// standard returns what an editor without a handler of the test answers.
func (e *Editor) standard(method string) Handler {
	switch method {
	case "workspace/configuration":
		return e.configuration
	case "window/workDoneProgress/create":
		return func(params json.RawMessage) (any, *Error) {
			e.update(func() {
				if wrong := e.progress.create(params); wrong != "" {
					e.t.Errorf("%s %s: %s", method, params, wrong)
				}
			})
			return nil, nil
		}
	case "client/registerCapability", "client/unregisterCapability":
		return func(json.RawMessage) (any, *Error) { return nil, nil }
	case "window/showMessageRequest": // the user closes it without a choice
		return func(json.RawMessage) (any, *Error) { return nil, nil }
	case "workspace/workspaceFolders":
		return func(json.RawMessage) (any, *Error) { return e.folders(), nil }
	}
	return func(json.RawMessage) (any, *Error) {
		e.t.Errorf("the server requested %s, which the editor has no capability for", method)
		return nil, &Error{Code: MethodNotFound, Message: "no such method: " + method}
	}
}

// configuration answers workspace/configuration: of each section the value for
// its folder, else the value for everywhere, else null.
func (e *Editor) configuration(params json.RawMessage) (any, *Error) {
	var asked struct {
		Items []struct{ ScopeURI, Section string }
	}
	if err := json.Unmarshal(params, &asked); err != nil || asked.Items == nil {
		e.t.Errorf("workspace/configuration %s asks for no items", params)
	}
	if e.options.Configuration == nil {
		e.t.Errorf("the server requested workspace/configuration, which the editor has no capability for")
	}
	values := make([]any, len(asked.Items))
	e.update(func() {
		for i, item := range asked.Items {
			for _, s := range e.settings {
				if s.section == item.Section && (s.scope == item.ScopeURI || s.scope == "" && values[i] == nil) {
					values[i] = s.value
				}
			}
		}
	})
	return values, nil
}

// A progress knows the step of each token: "create", "begin" or "end".
type progress map[string]string

// create takes the params of window/workDoneProgress/create and says what is
// wrong with them.
func (p progress) create(params json.RawMessage) (wrong string) {
	var in struct{ Token json.RawMessage }
	if json.Unmarshal(params, &in) != nil || in.Token == nil {
		return "there is no token"
	}
	if step := p[string(in.Token)]; step == "create" || step == "begin" {
		return "the token is in use"
	}
	p[string(in.Token)] = "create"
	return ""
}

// take takes the params of $/progress and says what is wrong with them.
func (p progress) take(params json.RawMessage) (wrong string) {
	var in struct {
		Token json.RawMessage
		Value struct {
			Kind, Title string
		}
	}
	if err := json.Unmarshal(params, &in); err != nil {
		return err.Error()
	}
	token, kind := string(in.Token), in.Value.Kind
	switch step := p[token]; {
	case step == "":
		return "the token was not created"
	case step == "partial": // results, whose form is the request's
	case kind == "begin" && step == "create" && in.Value.Title == "":
		return "a begin without a title"
	case kind == "begin" && step == "create", kind == "end" && step == "begin":
		p[token] = kind
	case kind == "report" && step == "begin":
	default:
		return "a " + kind + " does not follow " + step
	}
	return ""
}
