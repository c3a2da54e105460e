package lsp

import (
	"time"

	"go.lsp.dev/protocol"

	"github.com/claude-lsp/claude-lsp/internal/model"
)

// A copilotStatus is the notification didChangeStatus.
type copilotStatus struct {
	Busy    bool              `json:"busy"`
	Kind    statusKind        `json:"kind"`
	Message string            `json:"message,omitempty"`
	Command *protocol.Command `json:"command,omitempty"` // what the client may offer to do about it
}

// A statusKind says how bad it is.
type statusKind string

const (
	statusNormal   statusKind = "Normal"
	statusWarning  statusKind = "Warning"  // it goes on by itself
	statusError    statusKind = "Error"    // somebody must do something
	statusInactive statusKind = "Inactive" // switched off, and meant to be
)

// busyAfter is how long a request takes before the client is told: what is
// answered from memory would only flicker.
const busyAfter = 50 * time.Millisecond

// busy tells a client of Copilot's server that a request waits for the model,
// until end is called.
func (s *Server) busy() (end func()) {
	if !s.copilot.client.Load() {
		return func() {}
	}
	add := func(n int32) {
		s.copilot.busy.Add(n)
		s.publishStatus()
	}
	t := time.AfterFunc(busyAfter, func() { add(1) })
	return func() {
		if !t.Stop() {
			add(-1) // maybe before the other: both are there in the end
		}
	}
}

// copilotStatusOf words our status as Copilot's server would.
func (s *Server) copilotStatusOf(st Status) copilotStatus {
	c := copilotStatus{Busy: s.copilot.busy.Load() > 0, Kind: statusNormal}
	account, why := s.account()
	switch {
	case st.State == StateTrouble:
		c.Kind, c.Message = statusError, remedies[st.Trouble.Kind]
		if c.Message == "" {
			c.Message = st.Trouble.Message
		}
		if passes(st.Trouble.Kind) {
			c.Kind = statusWarning
		}
	case account.Status == accountNotSignedIn:
		c.Kind, c.Message = statusError, why
	case st.State == StateSnoozed:
		c.Kind, c.Message = statusInactive, "suggestions are snoozed"
		c.Command = &protocol.Command{Title: "Wake suggestions", Command: commandEnable}
	case st.State == StateDisabled:
		c.Kind, c.Message = statusInactive, "suggestions are switched off"
		c.Command = &protocol.Command{Title: "Enable suggestions", Command: commandEnable}
	}
	return c
}

// passes reports whether a kind of trouble ends without anybody's help.
func passes(kind model.Trouble) bool {
	switch kind {
	case "rate_limited", "unavailable", "timeout", "offline", "budget":
		return true
	}
	return false
}

// publishCopilot sends the status to a client of Copilot's server, in the three
// forms in which it is known: plugins of different age read different ones. The
// lock statusBoard.publishing must be held.
func (s *Server) publishCopilot(st Status) {
	if !s.copilot.client.Load() {
		return
	}
	c := s.copilotStatusOf(st)
	old := s.copilot.status
	s.copilot.status = c
	if c.Busy != old.Busy || c.Kind != old.Kind || c.Message != old.Message {
		s.notify("didChangeStatus", c)
		older := struct {
			copilotStatus
			Status  string `json:"status"`
			Message string `json:"message"` // there is always one; clients show it as it is
		}{c, string(c.Kind), c.Message}
		if c.Busy {
			older.Status = "InProgress"
		}
		s.notify("statusNotification", older)
		s.notify("didChangeStatus/v2", s.statusV2(c))
	}
	s.publishQuota(st.Budget)
}

// statusV2 is the status taken apart.
func (s *Server) statusV2(c copilotStatus) any {
	type category struct {
		Category string     `json:"category"`
		Kind     statusKind `json:"kind,omitempty"`
		Message  string     `json:"message,omitempty"`
		Result   *account   `json:"result,omitempty"`
		Inactive *bool      `json:"inactive,omitempty"`
		Busy     *bool      `json:"busy,omitempty"`
	}
	a, why := s.account()
	auth := category{Category: "auth", Kind: statusNormal, Result: &a}
	if a.Status != accountOK {
		auth.Kind, auth.Message = statusError, why
	}
	return struct {
		Statuses []category `json:"statuses"`
	}{[]category{
		auth,
		{Category: "cls", Kind: c.Kind, Message: c.Message, Inactive: new(c.Kind == statusInactive)},
		{Category: "completion", Busy: &c.Busy},
	}}
}
