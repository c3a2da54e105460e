package credentials

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// A command prints the key.
type command struct {
	argv []string
	kind Kind
}

// Command is a program that prints the key, and its arguments. No shell is
// involved. It runs in the user's home folder, so that nothing of a workspace
// is found by it, with nothing to read, and in the background but for the
// first key: it is asked again after ten minutes of use, or when the service
// refuses the key.
func Command(argv []string, kind Kind) Source { return command{argv, kind} }

func (c command) Get(ctx context.Context, _ bool) (Found, error) {
	if len(c.argv) == 0 || c.argv[0] == "" {
		return Found{}, Missing("credentials.source is command, and credentials.command names none")
	}
	name := c.argv[0]
	if filepath.Base(name) != name && !filepath.IsAbs(name) {
		return Found{}, Missing("credentials.command must begin with a whole path or with a name that is looked for in PATH, not with %q", name)
	}
	out, err := c.run(ctx)
	if err != nil {
		return Found{}, err
	}
	key, err := NewKey(out, c.kind)
	if err != nil {
		return Found{}, Unusable("what %s printed: %w", c.program(), err)
	}
	return Found{Key: key, Hold: 10 * time.Minute}, nil
}

func (c command) run(ctx context.Context) (string, error) {
	// The program is named by the user's own settings alone: see invariant 10.
	cmd := exec.CommandContext(ctx, c.argv[0], c.argv[1:]...)
	cmd.Dir, _ = os.UserHomeDir()
	cmd.WaitDelay = time.Second // a child of it that keeps the pipe open holds nobody up
	var out bounded
	cmd.Stdout = &out
	err := cmd.Run()
	var failed *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return "", Missing("%s did not end in time; it must print the key without asking anything", c.program())
	case errors.As(err, &failed):
		// What it said on its standard error is not repeated: nobody knows what it holds.
		return "", Missing("%s failed (%s); run it in a terminal to see why", c.program(), failed.ProcessState)
	case err != nil && !errors.Is(err, exec.ErrWaitDelay):
		return "", Missing("credentials.command cannot be run: %w", err)
	case out.over:
		return "", Unusable("%s printed more than any key is long; it must print the key and nothing else", c.program())
	}
	return string(out.text), nil
}

func (c command) program() string { return filepath.Base(c.argv[0]) }

// Name shows the program alone: an argument may be a secret by itself.
func (c command) Name() string {
	if len(c.argv) == 0 {
		return "a command"
	}
	return "the command " + c.program()
}

func (command) Close() {}

// bounded takes what fits into maxSecret and drops the rest.
type bounded struct {
	text []byte
	over bool
}

func (b *bounded) Write(p []byte) (int, error) {
	room := min(len(p), maxSecret-len(b.text))
	b.over = b.over || room < len(p)
	b.text = append(b.text, p[:room]...)
	return len(p), nil
}
