package files

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// errNoGit says that there is no git to ask, or nothing to ask it about: not
// worth a line in the log.
var errNoGit = errors.New("git is not installed, or the folder is in no repository")

// gitSettings go before everything that a repository's own configuration says.
// A repository is not trusted: its .git/config may have come in an archive and
// name commands, and git would run them.
var gitSettings = []string{
	"core.fsmonitor=false",         // a command, asked what has changed
	"core.hooksPath=" + os.DevNull, // commands, run when the index is written
	"core.untrackedCache=false",    // would write the index
	"core.sshCommand=false",        // commands, run to fetch objects that are missing,
	"core.gitProxy=false",          // …
	"core.askPass=false",           // …
	"credential.helper=",           // …
	"protocol.allow=never",         // and the fetching itself
	"core.pager=cat",               // a command
	"safe.bareRepository=explicit", // files that look like a repository inside another are none
	"submodule.recurse=false",
}

// gitEnvironment is the environment for git: ours, without what steers git (an
// editor started from a hook has GIT_DIR set), and with nobody to ask.
//
// The work tree is said too: a repository could name another folder as its own.
func gitEnvironment(top string) []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(strings.ToUpper(v), "GIT_")
	})
	return append(env, "GIT_WORK_TREE="+top,
		"GIT_CONFIG_NOSYSTEM=1", "GIT_ATTR_NOSYSTEM=1", "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0",
		"GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none", "GIT_PAGER=cat", "GIT_ASKPASS=false", "SSH_ASKPASS=false",
		"GIT_SSH_COMMAND=false", "LC_ALL=C")
}

// gitFiles asks git which files of folder it tracks or would track: names
// relative to folder, with slashes, sorted and each once; a repository inside
// this one is named with a slash at its end, or without if it is a submodule.
//
// Whatever goes wrong is an error, and the caller walks the folder instead:
// that git refuses the repository as another user's is one of the cases.
func (w *Workspace) gitFiles(ctx context.Context, folder string) ([]string, error) {
	git, err := w.gitProgram()
	if err != nil {
		return nil, err
	}
	top, ok := repositoryTop(folder)
	if !ok {
		return nil, errNoGit
	}
	ctx, cancel := context.WithTimeout(ctx, w.options.GitTimeout)
	defer cancel()

	args := []string{"--no-pager", "--literal-pathspecs"}
	for _, s := range gitSettings {
		args = append(args, "-c", s)
	}
	args = append(args, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	cmd := exec.CommandContext(ctx, git, args...)
	cmd.Dir = folder
	cmd.Env = gitEnvironment(top)
	cmd.WaitDelay = time.Second // for a child of git that keeps the pipe open
	hideWindow(cmd)
	var complaint limited
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	names, readErr := splitNames(out, maxSeen*w.options.MaxFiles)
	if readErr != nil {
		cancel() // git would wait for somebody to read on
	}
	if err := cmd.Wait(); readErr == nil && err != nil {
		line, _, _ := strings.Cut(complaint.String(), "\n")
		return nil, fmt.Errorf("%w: %s", err, line)
	}
	if readErr != nil && !errors.Is(readErr, errManyNames) {
		return nil, readErr
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

var errManyNames = errors.New("too many names")

// splitNames reads names that each end in a NUL byte, at most limit of them.
func splitNames(r io.Reader, limit int) ([]string, error) {
	var names []string
	lines := bufio.NewScanner(r)
	lines.Split(func(data []byte, atEOF bool) (int, []byte, error) {
		if i := bytes.IndexByte(data, 0); i >= 0 {
			return i + 1, data[:i], nil
		}
		return 0, nil, nil
	})
	for lines.Scan() {
		if len(names) == limit {
			return names, errManyNames
		}
		names = append(names, lines.Text())
	}
	return names, lines.Err()
}

// gitProgram finds git, and none that lies in a folder of the workspace: with
// such a folder on the PATH, the repository would choose what is run.
func (w *Workspace) gitProgram() (string, error) {
	if w.options.Git == "none" {
		return "", errNoGit
	}
	git, err := exec.LookPath(cmp.Or(w.options.Git, "git"))
	if err != nil {
		return "", errNoGit
	}
	if git, err = filepath.Abs(git); err != nil {
		return "", err
	}
	target, err := filepath.EvalSymlinks(git)
	if err != nil {
		return "", err
	}
	for _, p := range []string{git, target} {
		if _, _, inside := w.within(p); inside {
			return "", fmt.Errorf("%s is in the workspace and is not run", p)
		}
	}
	return git, nil
}

// limited keeps the first bytes that are written to it.
type limited struct{ bytes.Buffer }

func (l *limited) Write(p []byte) (int, error) {
	if room := 1024 - l.Len(); room > 0 {
		l.Buffer.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}
