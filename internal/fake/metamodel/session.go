package metamodel

import (
	"encoding/json"
	"slices"
	"strings"
)

// A Session checks what the server says on one connection. What a response must
// look like depends on the request, and a progress on who gave its token, so it
// wants to see the messages of both sides in the order in which they were sent.
// It is not safe for use by several goroutines.
type Session struct {
	model  *model
	asked  map[string]*question // by the id, as it was written
	tokens map[string]*typ      // what the values of a progress are, by the token as it was written
}

// A question is a request of the client that has no answer yet.
type question struct {
	name   string
	method *method // nil if the model does not know it
}

// workDone is what a progress reports that tells how far the work is.
var workDone = &typ{Kind: "or", Items: []typ{
	{Kind: "reference", Name: "WorkDoneProgressBegin"},
	{Kind: "reference", Name: "WorkDoneProgressReport"},
	{Kind: "reference", Name: "WorkDoneProgressEnd"},
}}

// NewSession begins a connection.
func NewSession() *Session {
	return &Session{model: shared(), asked: map[string]*question{}, tokens: map[string]*typ{}}
}

// Client takes a message of the client. What is no message is passed over:
// tests send such things, and what the server makes of them is its own message.
func (s *Session) Client(body []byte) {
	var in struct {
		ID     json.RawMessage `json:"id"`
		Method string          `json:"method"`
		Params json.RawMessage `json:"params"`
	}
	if json.Unmarshal(body, &in) != nil || in.ID == nil || in.Method == "" {
		return
	}
	known := s.model.requests[in.Method]
	s.asked[string(in.ID)] = &question{in.Method, known}
	var tokens struct {
		WorkDoneToken      json.RawMessage `json:"workDoneToken"`
		PartialResultToken json.RawMessage `json:"partialResultToken"`
	}
	if json.Unmarshal(in.Params, &tokens) != nil {
		return
	}
	if tokens.WorkDoneToken != nil {
		s.tokens[string(tokens.WorkDoneToken)] = workDone
	}
	if tokens.PartialResultToken != nil && known != nil && known.PartialResult != nil {
		s.tokens[string(tokens.PartialResultToken)] = known.PartialResult
	}
}

// Server takes a message of the server and returns what is wrong with it: nil
// if nothing is.
func (s *Session) Server(body []byte) []Defect {
	v, err := parse(body)
	if err != nil {
		return defect("message", "%v", err)
	}
	message, ok := v.(object)
	if !ok {
		return defect("message", "is %s, not an object", kindOf(v))
	}
	if message["jsonrpc"] != "2.0" {
		return defect("jsonrpc", `is %s, not "2.0"`, kindOf(message["jsonrpc"]))
	}
	var in struct {
		ID     json.RawMessage `json:"id"`
		Params json.RawMessage `json:"params"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return defect("message", "%v", err)
	}
	if _, ok := message["method"]; ok {
		return s.said(message, in.Params)
	}
	return s.answered(message, string(in.ID))
}

// said checks a request or a notification.
func (s *Session) said(message object, raw json.RawMessage) []Defect {
	name, ok := message["method"].(string)
	if !ok {
		return defect("method", "is %s, not a string", kindOf(message["method"]))
	}
	if found := onlyMembers(message, "jsonrpc", "id", "method", "params"); found != nil {
		return found
	}
	known, kind := s.model.notifications[name], "notification"
	if id, request := message["id"]; request {
		known, kind = s.model.requests[name], "request"
		if found := s.model.check(id, &typ{Kind: "reference", Name: "ProgressToken"}, "id"); found != nil { // integer | string too
			return found
		}
	}
	switch {
	case known == nil:
		return defect("method", "the model has no %s %s", kind, name)
	case !known.fromServer():
		return defect("method", "%s is a %s of the client", name, kind)
	}
	params, given := message["params"]
	switch {
	case known.Params == nil && given:
		return defect("params", "are given, and %s has none", name)
	case known.Params == nil:
		return nil
	case !given:
		return defect("params", "are missing")
	}
	if found := s.model.check(params, known.Params, "params"); found != nil {
		return found
	}
	switch name {
	case "window/workDoneProgress/create":
		s.tokens[tokenOf(raw)] = workDone
	case "$/progress":
		return s.progressed(params.(object), raw)
	case "client/registerCapability":
		return s.registered(params.(object))
	}
	return nil
}

// progressed holds the value of a progress, which the model leaves open, against
// what its token was given for.
func (s *Session) progressed(params object, raw json.RawMessage) []Defect {
	is := s.tokens[tokenOf(raw)]
	if is == nil {
		return defect("params.token", "is %s, which nobody gave", kindOf(params["token"]))
	}
	return s.model.check(params["value"], is, "params.value")
}

// registered holds the options of registrations, which the model leaves open,
// against those that their methods have.
func (s *Session) registered(params object) []Defect {
	var found []Defect
	registrations, _ := params["registrations"].([]value)
	for _, r := range registrations {
		registration := r.(object) // checked before
		name, _ := registration["method"].(string)
		const path = "params.registrations"
		options := s.model.registrationOptions(name)
		given, ok := registration["registerOptions"]
		switch {
		case options == nil && !s.model.hasMethod(name):
			found = append(found, defect(path, "the model has no method %s", name)...)
		case options != nil && ok:
			found = append(found, s.model.check(given, options, path+"."+name)...)
		case options == nil && ok:
			found = append(found, defect(path, "%s has no options", name)...)
		}
	}
	return found
}

// answered checks a response.
func (s *Session) answered(message object, id string) []Defect {
	if found := onlyMembers(message, "jsonrpc", "id", "result", "error"); found != nil {
		return found
	}
	asked := s.asked[id]
	delete(s.asked, id)
	if failure, failed := message["error"]; failed {
		if _, both := message["result"]; both {
			return defect("message", "has a result and an error")
		}
		return s.failed(failure, asked)
	}
	result, given := message["result"]
	switch {
	case asked == nil:
		return defect("id", "is %s, which nobody asked with", id)
	case !given:
		return defect("message", "has neither a result nor an error")
	case asked.method == nil:
		return defect("result", "answers %s, which the model does not have", asked.name)
	case asked.method.fromServer() && asked.method.MessageDirection != "both":
		return defect("result", "answers %s, which only the server asks", asked.name)
	}
	return s.model.check(result, asked.method.Result, "result")
}

// failed checks the error of a response. Its data may be anything where the
// model says nothing of it, as it may be in JSON-RPC.
func (s *Session) failed(failure value, asked *question) []Defect {
	shape := []property{
		{Name: "code", Type: typ{Kind: "base", Name: "integer"}},
		{Name: "message", Type: typ{Kind: "base", Name: "string"}},
		{Name: "data", Type: typ{Kind: "reference", Name: "LSPAny"}, Optional: true},
	}
	if asked != nil && asked.method != nil && asked.method.ErrorData != nil {
		shape[2].Type = *asked.method.ErrorData
	}
	if found := s.model.check(failure, &typ{Kind: "literal", literal: shape}, "error"); found != nil {
		return found
	}
	members := failure.(object)
	if code, err := members["code"].(json.Number).Int64(); err != nil || !slices.Contains(s.model.codes, int(code)) {
		return defect("error.code", "is %s, which the model does not have", members["code"])
	}
	if strings.TrimSpace(members["message"].(string)) == "" {
		return defect("error.message", "says nothing")
	}
	return nil
}

// registrationOptions are what a method is registered with, or nil. Several
// methods may share a registration.
func (m *model) registrationOptions(name string) *typ {
	for _, known := range []map[string]*method{m.requests, m.notifications} {
		if r := known[name]; r != nil && r.RegistrationOptions != nil {
			return r.RegistrationOptions
		}
		for _, r := range known {
			if r.RegistrationMethod == name && r.RegistrationOptions != nil {
				return r.RegistrationOptions
			}
		}
	}
	return nil
}

func (m *model) hasMethod(name string) bool {
	return m.requests[name] != nil || m.notifications[name] != nil
}

// tokenOf is the token in the params of a progress, as it was written.
func tokenOf(params json.RawMessage) string {
	var in struct {
		Token json.RawMessage `json:"token"`
	}
	_ = json.Unmarshal(params, &in) // the shape was checked
	return string(in.Token)
}

func onlyMembers(message object, allowed ...string) []Defect {
	for _, name := range sortedKeys(message) {
		if !slices.Contains(allowed, name) {
			return defect("message", "has the member %q", name)
		}
	}
	return nil
}
