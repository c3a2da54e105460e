// Package lsp speaks the Language Server Protocol 3.18: one file per method,
// each of which converts, calls and converts back. Nothing else in the house
// knows go.lsp.dev.
//
// Start with conn.go (the order in which messages are handled), then
// methods.go (which file serves which method).
package lsp

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"sync"
	"time"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/uri"
	"go.uber.org/zap"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/config"
	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

// An Engine finds suggestions. Its error is the cause with which ctx ended,
// and nothing else: trouble is part of the answer.
type Engine interface {
	Complete(ctx context.Context, r completion.Request) (completion.Answer, error)
	// Prepare makes ready what the next requests about r's document need. Its At
	// is below 0 where the cursor is not known. It returns at once.
	Prepare(r completion.Request)
}

// Settings holds what the user chose, for each workspace folder ("" stands for
// none). config.Loader is one.
type Settings interface {
	SetInitial(raw json.RawMessage)
	SetEditor(raw json.RawMessage)
	SetFolderEditor(folder string, raw json.RawMessage)
	Forget(folder string)
	For(folder string) config.Config
	Warnings() []config.Warning
}

// A Workspace follows what happens to documents and folders. All calls come in
// wire order, must return at once, and pass immutable values.
type Workspace interface {
	// Folders sets the workspace's folders, as absolute paths.
	Folders(paths []string)
	// Changed tells the present text of an open document: after it was opened,
	// changed or saved.
	Changed(d *document.Document, path string)
	// Closed tells that the document is no longer open.
	Closed(path string)
	// Touched tells that files or folders were made, changed or deleted on the
	// disk. Which of these it was, the disk knows best.
	Touched(paths []string)
	// Allowed says whether a document may be completed, and if not, why, in one
	// word such as "secret_file".
	Allowed(path string) (ok bool, reason string)
	// Shareable says whether a document may stand beside others that are
	// completed.
	Shareable(path string) bool
}

// Options are what a Server needs. Engine, Settings and Workspace must be set.
type Options struct {
	Name, Version string
	Engine        Engine
	Settings      Settings
	Workspace     Workspace
	Log           *zap.Logger                      // nil: none
	ClientLog     *ClientLog                       // nil: nothing is sent by window/logMessage
	Applied       func()                           // called after settings changed; nil: nothing
	Spent         func() (usd float64, known bool) // today, by all editors; must not wait; nil: unknown
	Provider      func(folder string) (provider, model string)
	NoKey         func() string                    // why nobody can answer for want of a key, and what to do; "", also as nil: somebody can
	Diagnose      func(ctx context.Context) string // a report of everything, as Markdown; nil: there is none
	Proxied       bool                             // the environment names a proxy
	Models        func() []string                  // names that can be chosen, for a person to pick from
	Feedback      func(f completion.Feedback)      // called in order; must not wait; nil: nobody
	// Declined is told of requests that never get to Engine, and why; of the
	// request what is known by then. It must not wait; nil: nobody is told.
	Declined func(r completion.Request, reason string)
	// AutoWindow chooses the size of a prompt where context.windowTokens is
	// "auto", at most limit. It must not wait; nil: limit.
	AutoWindow func(limit tokens.Count) tokens.Count
	// Fit cuts settings down to what may be spent at the moment. It must not
	// wait; nil: they stay as they are.
	Fit func(completion.Settings) completion.Settings
	// Budget is what the status says of the budget of the day. It must not wait;
	// nil, also as an answer: there is none.
	Budget     func() *Budget
	Token      string        // what the client must name in its initializationOptions; "": nothing
	ParentPoll time.Duration // how often the parent process is looked for; 0 is 2 s
}

// A Server serves one client. It may be used for one connection only.
type Server struct {
	opts Options
	log  *zap.Logger
	conn jsonrpc2.Conn

	life     lifecycle
	sending  sync.RWMutex // held for reading while a notification is sent, for writing to end that
	cancels  cancelTable
	gate     gate
	trace    tracer
	status   statusBoard
	notices  noticeBoard
	feedback feedback
	trail    trailing
	copilot  copilot

	attention attention

	ctx  context.Context // of the connection; ends with it
	stop context.CancelFunc
	work sync.WaitGroup // goroutines beside the connection's own

	exitOnce sync.Once
	exitOK   bool
	exiting  chan struct{}

	// Written while initialize is handled, read after it alone.
	client clientInfo
	ready  chan struct{} // closed when the client is known to have the answer to initialize

	mu      sync.Mutex // guards what follows
	docs    map[uri.URI]*openDoc
	clock   uint64 // counts edits and views, to order open documents by recency
	folders []folder
}

// New returns a server that is ready to Serve.
func New(opts Options) *Server {
	if opts.Log == nil {
		opts.Log = zap.NewNop()
	}
	if opts.ParentPoll == 0 {
		opts.ParentPoll = 2 * time.Second
	}
	s := &Server{
		opts:    opts,
		log:     opts.Log,
		exiting: make(chan struct{}),
		ready:   make(chan struct{}),
		docs:    map[uri.URI]*openDoc{},
	}
	s.feedback.outcomes.report, s.feedback.outcomes.decided = s.report, s.trail.recorder.Decided
	s.feedback.wake = make(chan struct{}, 1)
	return s
}

// initializeWithin is how long a client that must name a token may take.
const initializeWithin = 10 * time.Second

// ErrNoShutdown says that the session ended by exit, by the end of the input
// or by the death of the client's process, and that shutdown had not come
// before. The specification asks for exit code 1 then.
var ErrNoShutdown = errors.New("the session ended without shutdown")

// Serve speaks with the client on rwc until the session ends, closes rwc, and
// returns nil when all was in order. It waits for all that it has started.
func (s *Server) Serve(ctx context.Context, rwc io.ReadWriteCloser) error {
	s.ctx, s.stop = context.WithCancel(ctx)
	defer s.stop()
	in := newFrames(rwc, s.log)
	// The library waits for what is under way, which may be a slow upstream; who
	// closed the input waits for nothing any more.
	in.ended = func() { s.cancels.all(errShutDown) }
	s.conn = jsonrpc2.NewConn(in, jsonrpc2.WithCodec(codec{}))
	s.opts.ClientLog.bind(s)
	s.trace.bind(s)
	s.conn.Go(s.ctx, s.handle)
	s.spawn(s.lookAgain)
	defer s.endFeedback()
	if s.opts.Token != "" { // others wait for the place
		late := time.AfterFunc(initializeWithin, func() {
			if s.life.at() == created {
				s.log.Warn("the client did not initialize in time")
				s.quit(false)
			}
		})
		defer late.Stop()
	}

	select {
	case <-s.conn.Done():
	case <-s.exiting:
	case <-ctx.Done():
	}
	s.opts.ClientLog.bind(nil)
	s.stop()
	s.cancels.all(errShutDown)
	closed := make(chan struct{})
	go func() { // a client that neither reads nor closes must not keep us
		_ = rwc.Close()
		_ = s.conn.Close()
		close(closed)
	}()
	select {
	case <-closed:
		s.work.Wait()
	case <-time.After(2 * time.Second): // what waits to be written to the client may wait for ever
		s.log.Warn("the connection did not close in time")
	}

	err := s.conn.Err()
	switch {
	case s.exited():
		if s.exitOK {
			return nil
		}
		return ErrNoShutdown
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, errBrokenFraming):
		return err
	case s.life.at() >= shutting:
		return nil
	case err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrClosedPipe):
		return err
	default:
		return ErrNoShutdown
	}
}

// quit ends the session; ok says that all was in order.
func (s *Server) quit(ok bool) {
	s.exitOnce.Do(func() {
		s.exitOK = ok
		close(s.exiting)
	})
}

func (s *Server) exited() bool {
	select {
	case <-s.exiting:
		return true
	default:
		return false
	}
}

// spawn runs f beside the connection. ctx ends with the connection.
func (s *Server) spawn(f func(ctx context.Context)) {
	s.work.Go(func() {
		defer func() {
			if r := recover(); r != nil {
				s.log.Error("a background task panicked", zap.Any("panic", r), zap.Stack("stack"))
			}
		}()
		f(s.ctx)
	})
}

// call asks the client something and waits for the answer; not once shutdown was
// asked for. It must not be used on the read loop, which the answer comes by.
func (s *Server) call(ctx context.Context, method string, params, result any) error {
	if s.life.at() != running {
		return errShutDown
	}
	_, err := s.conn.Call(ctx, method, params, result)
	return err
}

// notify sends a notification, unless the session has not begun or shutdown was
// asked for: from then on the client expects answers alone. A failure means
// that the connection is ending.
func (s *Server) notify(method string, params any) {
	s.sending.RLock()
	defer s.sending.RUnlock()
	if s.life.at() != running {
		return
	}
	if err := s.conn.Notify(s.ctx, method, params); err != nil && s.ctx.Err() == nil {
		s.log.Debug("a notification could not be sent", zap.String("method", method), zap.Error(err))
	}
}
