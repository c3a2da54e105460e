package lsp

import (
	"fmt"
	"sync"

	"go.lsp.dev/jsonrpc2"
)

// A phase is where a session stands between initialize and exit.
type phase int

const (
	created  phase = iota // nothing but initialize and exit is served
	opening               // initialize was answered: everything is served, but the server says nothing by itself
	running               // a message has come since, initialized as a rule
	shutting              // shutdown was answered: nothing but exit is served
	exited
)

// lifecycle admits the messages that the specification allows in a phase.
type lifecycle struct {
	mu    sync.Mutex
	phase phase
}

// admit returns the error that a request gets in the present phase; a
// notification that comes at the wrong time is dropped with it.
func (l *lifecycle) admit(method string, isCall bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case method == "exit" || method == "$/cancelRequest":
		return nil
	case l.phase == created && method == "initialize":
		return nil
	case l.phase == created && isCall:
		return jsonrpc2.NewError(codeServerNotInitialized, "the server is not initialized")
	case l.phase == created:
		return fmt.Errorf("dropped: it came before initialize")
	case method == "initialize" && l.phase < shutting:
		return jsonrpc2.NewError(jsonrpc2.InvalidRequest, "the server is initialized already")
	case l.phase >= shutting:
		return jsonrpc2.NewError(jsonrpc2.InvalidRequest, "the server is shutting down")
	default:
		return nil
	}
}

// enter moves to a phase; there is no way back.
func (l *lifecycle) enter(p phase) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.phase = max(l.phase, p)
}

// begin moves on to running, and reports whether it did.
func (l *lifecycle) begin() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.phase != opening {
		return false
	}
	l.phase = running
	return true
}

func (l *lifecycle) at() phase {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.phase
}

// shutdown ends all work; the client still has to send exit.
func (s *Server) shutdown(*call) (any, error) {
	s.sending.Lock() // what is being sent goes out before the answer
	s.life.enter(shutting)
	s.sending.Unlock()
	s.cancels.all(errShutDown)
	s.endFeedback() // already: there are editors that do not wait for more than the answer
	return nil, nil
}

// exit ends the session. Whether shutdown came before it decides the exit
// code, which Serve returns.
func (s *Server) exit(*call) (any, error) {
	s.quit(s.life.at() == shutting)
	s.life.enter(exited)
	return nil, nil
}
