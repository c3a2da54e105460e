package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"go.uber.org/zap"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/config"
	"github.com/claude-lsp/claude-lsp/internal/record"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
	"github.com/claude-lsp/claude-lsp/lsp"
)

type serveCmd struct {
	Stdio           bool   `help:"Use standard input and output; this is the default and is accepted because editors pass it."`
	Listen          string `placeholder:"ADDR" help:"Serve one client at a time on a socket instead: unix:PATH (only its owner may connect) or a loopback address such as 127.0.0.1:0 (the client must send the token that is printed)."`
	Record          string `placeholder:"FILE" help:"Write the sitting down in a new file, for a bug report; claude-lsp replay plays it. It holds the text of your documents, with secrets masked."`
	Overwrite       bool   `help:"Let --record replace a file."`
	ClientProcessID int    `name:"clientProcessId" hidden:"" help:"Accepted because vscode-languageclient passes it; initialize says the same."`
	// ClockSpeed is for measurements that play a sitting faster than it was
	// typed: the engine's own waits and measures shrink with the typist's.
	ClockSpeed float64 `name:"clock-speed" hidden:"" default:"1" help:"How many seconds of the engine's clock a second lasts."`
}

// Run serves until the session ends. The exit code is 0 when the client said
// shutdown before, and 1 otherwise, as the specification asks.
func (c serveCmd) Run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	o := houseOptions{clock: clock{speed: c.ClockSpeed}}
	switch {
	case c.ClockSpeed <= 0:
		return errors.New("--clock-speed takes a positive number")
	case c.Listen != "" && c.Record != "":
		return errors.New("--record writes one session down, and --listen serves many: leave one of them out")
	case c.Listen != "":
		return listen(ctx, c.Listen, o)
	case c.Record == "":
		return serve(ctx, newStdio(), o, lsp.Options{})
	}
	f, err := record.Create(c.Record, c.Overwrite)
	if err != nil {
		return fmt.Errorf("--record: %w", err)
	}
	o.record = f
	return errors.Join(serve(ctx, newStdio(), o, lsp.Options{}), f.Close())
}

// stdio is the standard streams as one connection. A read that waits for
// os.Stdin cannot be interrupted, so that is left to a goroutine of its own,
// which ends with the process.
type stdio struct {
	*io.PipeReader
	io.Writer
}

func newStdio() stdio {
	r, w := io.Pipe()
	go func() {
		_, err := io.Copy(w, os.Stdin)
		_ = w.CloseWithError(err) // EOF when err is nil
	}()
	return stdio{r, os.Stdout}
}

// serve runs one session on a connection. o and base hold what the caller
// decides.
func serve(ctx context.Context, rwc io.ReadWriteCloser, o houseOptions, base lsp.Options) error {
	clientLog := lsp.NewClientLog()
	o.alsoLog, o.answers, o.exposed = clientLog, true, true
	h := openHouse(o)
	defer h.close()
	base.Name, base.Version = "claude-lsp", version
	base.Engine, base.Settings, base.Workspace = h.engine, h.settings, h.workspace
	base.Log, base.ClientLog = h.log, clientLog
	base.Spent, base.Provider, base.Models, base.Feedback = h.spent.today, h.provider.name, modelNames, h.feedback
	base.NoKey, base.Diagnose, base.Proxied = h.provider.noKey, h.report, proxied(os.Getenv)
	base.Declined = h.engine.Decline
	base.Fit, base.Budget = h.fit, h.budgetState
	base.Applied = h.workspace.settingsChanged
	base.AutoWindow = func(limit tokens.Count) tokens.Count {
		return h.provider.window(config.WindowTokens{Auto: true, Max: int(limit)})
	}
	h.decisions = newDecisions(h.store)
	if r := h.recorder; r != nil {
		base.Engine = r.Engine(h.engine)
		base.Declined = func(q completion.Request, reason string) {
			r.Declined(reason)
			h.engine.Decline(q, reason)
		}
		base.Feedback = func(f completion.Feedback) {
			r.Feedback(f)
			h.feedback(f)
		}
	}
	base.Engine = counted{base.Engine, h.workspace.turns}
	server := lsp.New(base)
	h.workspace.progress = server.Progress
	h.user.Store(new(user(server)))
	h.start(ctx, server.SettingsChanged)
	err := server.Serve(ctx, rwc)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, lsp.ErrNoShutdown), errors.Is(err, context.Canceled):
		h.log.Info("the session ended", zap.Error(err))
	default:
		h.log.Error("the session ended", zap.Error(err))
	}
	return exitError(1)
}
