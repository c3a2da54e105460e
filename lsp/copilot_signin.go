package lsp

import (
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
)

// ReasonSignedOut is why nothing is suggested after signOut.
const ReasonSignedOut = "signed_out"

// An account is the answer to whatever asks whether somebody is signed in. Here
// that is the case when somebody can answer: there is a key, or the provider
// needs none. What would be the name of a person is the provider's.
type account struct {
	Status string `json:"status"`
	User   string `json:"user,omitempty"`
}

// The states of an account, as Copilot's server names them.
const (
	accountOK            = "OK"
	accountSignedIn      = "AlreadySignedIn" // the answer of signIn where there is nothing to do
	accountNotAuthorized = "NotAuthorized"   // the key is refused, or cannot pay
	accountNotSignedIn   = "NotSignedIn"
)

// account says how things stand, without asking anybody.
func (s *Server) account() (a account, why string) {
	user := s.opts.Name
	if s.opts.Provider != nil {
		user, _ = s.opts.Provider(s.firstFolder())
	}
	if s.opts.NoKey != nil {
		why = s.opts.NoKey()
	}
	s.status.mu.Lock()
	defer s.status.mu.Unlock()
	t := s.status.trouble
	switch {
	case s.status.signedOut:
		return account{Status: accountNotSignedIn}, "signed out; sign in to get suggestions again"
	case why != "":
		return account{Status: accountNotSignedIn}, why
	case t != nil && t.Kind == "no_key":
		return account{Status: accountNotSignedIn}, t.Message
	case t != nil && (t.Kind == "unauthorized" || t.Kind == "billing"):
		return account{accountNotAuthorized, user}, t.Message
	}
	return account{accountOK, user}, ""
}

// checkStatus answers from what is known. Options that would have it ask the
// service, or not, change nothing.
func (s *Server) checkStatus(*call) (any, error) {
	a, _ := s.account()
	return a, nil
}

// signIn takes signOut back. There is no flow that could bring a key: it is given
// to the environment or in the user's own settings alone, never by an editor, whose
// settings may come from a repository. Where none is found, the error says how to
// give one, and all clients show it.
func (s *Server) signIn(c *call) (any, error) {
	s.status.mu.Lock()
	back := s.status.signedOut
	s.status.mu.Unlock()
	a, err := s.signedIn()
	if err != nil {
		return nil, err
	}
	switch {
	case back && c.method == "signInInitiate": // copilot.lua says "Failed to setup" where there is no flow to go through
		s.say(protocol.MessageTypeInfo, "claude-lsp: signed in again, and suggestions are on; "+a.User+" answers.")
	case a.User == embeddedProvider:
		s.say(protocol.MessageTypeInfo, "claude-lsp: the embedded model answers. For Claude's suggestions set ANTHROPIC_API_KEY in the environment that starts your editor.")
	}
	a.Status = accountSignedIn
	return a, nil
}

// signInConfirm is the second half of signIn, for clients that go on to it in
// any case.
func (s *Server) signInConfirm(*call) (any, error) { return s.signedIn() }

func (s *Server) signedIn() (account, error) {
	s.change(func(b *statusBoard) {
		b.signedOut = false
		if t := b.trouble; t != nil && (t.Kind == "no_key" || t.Kind == "unauthorized") {
			b.trouble = nil // another key may be there: the next request shows it
		}
	})
	a, why := s.account()
	if a.Status == accountNotSignedIn {
		return a, jsonrpc2.NewError(codeSignInFailed, why)
	}
	a.Status = accountOK
	return a, nil
}

// signOut ends suggestions for the session, until signIn. Nothing of it is kept,
// and the key stays where it is: it is not ours.
func (s *Server) signOut(*call) (any, error) {
	s.change(func(b *statusBoard) { b.signedOut = true })
	return account{Status: accountNotSignedIn}, nil
}
