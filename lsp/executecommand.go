package lsp

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
)

// The commands that every client can run.
const (
	commandAccept      = "claude-lsp.accept"      // [id]: a suggestion was inserted; sent by the editor itself
	commandEnable      = "claude-lsp.enable"      // []
	commandDisable     = "claude-lsp.disable"     // []
	commandSnooze      = "claude-lsp.snooze"      // [minutes]: 5 without one; 0 ends it
	commandChooseModel = "claude-lsp.chooseModel" // [model]: asks without one; "" returns to the settings
)

func commandNames() []string {
	return []string{commandAccept, commandEnable, commandDisable, commandSnooze, commandChooseModel}
}

// defaultSnooze is how long suggestions stay away when no time was named.
const defaultSnooze = 5 * time.Minute

// acceptCommand is the command by which an editor reports that it inserted a
// candidate.
func acceptCommand(id string) protocol.Command {
	raw, err := protocol.Marshal(id)
	if err != nil {
		raw = []byte(`""`)
	}
	return protocol.Command{Title: "Accepted", Command: commandAccept, Arguments: []protocol.LSPAny{raw}}
}

// executeCommand runs a command. Those that change what is suggested answer
// with the status that follows.
func (s *Server) executeCommand(c *call) (any, error) {
	var p struct {
		Command   string            `json:"command"`
		Arguments []json.RawMessage `json:"arguments"`
	}
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	switch p.Command {
	case commandAccept:
		id, err := argument[string](p.Arguments)
		if err != nil {
			return nil, err
		}
		found := false
		s.outcome(func(o *outcomes, now time.Time) { found = o.accepted(id, now) })
		return found, nil // and not null, by which copilot.vim takes the answer for an error
	case commandEnable:
		s.snooze(0)
		s.change(func(b *statusBoard) { b.disabled, b.signedOut = false, false })
	case commandDisable:
		s.change(func(b *statusBoard) { b.disabled = true })
	case commandSnooze:
		d := defaultSnooze
		if len(p.Arguments) > 0 {
			minutes, err := argument[float64](p.Arguments)
			if err != nil || minutes < 0 || minutes > 24*60 {
				return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "%s takes a number of minutes from 0 to 1440", p.Command)
			}
			d = time.Duration(minutes * float64(time.Minute))
		}
		s.snooze(d)
	case commandChooseModel:
		if len(p.Arguments) == 0 {
			return s.pickModel(c)
		}
		name, err := argument[string](p.Arguments)
		if err != nil {
			return nil, err
		}
		s.chooseModel(name)
	default:
		if result, known, err := s.copilotCommand(p.Command, p.Arguments); known {
			return result, err
		}
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "%q is no command of this server; it has %v", p.Command, commandNames())
	}
	st := s.snapshot()
	return &st, nil
}

// chooseModel uses a model for the rest of the session.
func (s *Server) chooseModel(name string) {
	s.change(func(b *statusBoard) {
		b.chosen = name
		b.trouble = nil // it may be another model's
	})
}

// pickModel asks the user which model to use.
func (s *Server) pickModel(c *call) (any, error) {
	if s.opts.Models == nil {
		return nil, jsonrpc2.NewError(jsonrpc2.InvalidParams, commandChooseModel+" takes the name of a model")
	}
	current := ""
	if s.opts.Provider != nil {
		_, current = s.opts.Provider(s.firstFolder())
	}
	var actions []protocol.MessageActionItem
	for _, name := range s.opts.Models() {
		actions = append(actions, protocol.MessageActionItem{Title: name})
	}
	asked := c.async(nil)
	ctx, cancel := context.WithTimeout(asked, 2*time.Minute)
	defer cancel()
	var picked *protocol.MessageActionItem
	_, err := s.conn.Call(ctx, "window/showMessageRequest", &protocol.ShowMessageRequestParams{
		Type:    protocol.MessageTypeInfo,
		Message: fmt.Sprintf("Which model shall suggest? Now: %s", current),
		Actions: actions,
	}, &picked)
	if asked.Err() != nil { // cancelled, or the server shuts down
		return nil, wireError(context.Cause(asked))
	}
	if err != nil {
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "the editor did not ask which model (%v); name one as the argument of %s", err, commandChooseModel)
	}
	if picked != nil && slices.ContainsFunc(actions, func(a protocol.MessageActionItem) bool { return a.Title == picked.Title }) {
		s.chooseModel(picked.Title)
	}
	st := s.snapshot()
	return &st, nil
}

// argument reads the first argument of a command.
func argument[T any](args []json.RawMessage) (v T, err error) {
	if len(args) == 0 {
		return v, jsonrpc2.NewError(jsonrpc2.InvalidParams, "the command takes an argument")
	}
	if err := json.Unmarshal(args[0], &v); err != nil {
		return v, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "the argument of the command: %v", err)
	}
	return v, nil
}
