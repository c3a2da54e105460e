package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// indexing is the subcommand "index".
func indexing(ctx context.Context, w io.Writer, args []string) error {
	flags := flag.NewFlagSet("index", flag.ContinueOnError)
	binary := flags.String("binary", "bin/claude-lsp", "the built server")
	growth := flags.Bool("growth", false, "measure made trees of 1,000, 10,000 and 100,000 files instead")
	n := flags.Int("files", 10_000, "how many files the made tree has")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *growth {
		return indexGrowth(ctx, w, *binary)
	}
	dir := flags.Arg(0)
	if dir == "" {
		made, err := made(*n)
		defer func() { _ = os.RemoveAll(made) }()
		if err != nil {
			return err
		}
		dir = made
	}
	rows, err := indexRows(ctx, *binary, dir)
	if err != nil {
		return err
	}
	more, err := rebuilding(ctx, *binary, dir)
	if err != nil {
		return err
	}
	return printRows(w, append(rows, more...))
}

// made is a folder of files of 4 KB, each with names of its own, in a hundred
// folders. They are an hour old: what was changed a moment ago is not kept.
func made(n int) (string, error) {
	dir, err := os.MkdirTemp("", "claude-lsp-tree")
	if err != nil {
		return "", err
	}
	old := time.Now().Add(-time.Hour)
	for i := range n {
		sub := filepath.Join(dir, fmt.Sprintf("p%02d", i%100))
		if i < 100 {
			if err := os.Mkdir(sub, 0o755); err != nil {
				return dir, err
			}
		}
		name := filepath.Join(sub, fmt.Sprintf("f%d.go", i))
		text := strings.ReplaceAll(goFile(fmt.Sprintf("Name%dOf", i), 4000), "compute", fmt.Sprintf("Name%dOf0", i*7%n))
		if err := errors.Join(os.WriteFile(name, []byte(text), 0o644), os.Chtimes(name, old, old)); err != nil {
			return dir, err
		}
	}
	return dir, nil
}

// A reading is how a server has read a workspace.
type reading struct {
	Files int     `json:"files"`
	Read  int     `json:"read"`
	Kept  int     `json:"kept"`
	Took  seconds `json:"took"`

	cpu   time.Duration // of the whole process
	peak  string        // memory, at most
	store int64         // bytes of the store's files after the end
}

// seconds is a duration as the log writes it.
type seconds time.Duration

// UnmarshalJSON implements json.Unmarshaler.
func (s *seconds) UnmarshalJSON(data []byte) error {
	d, err := time.ParseDuration(strings.Trim(string(data), `"`))
	*s = seconds(d)
	return err
}

// indexRows reads a folder with nothing known of it, and then once more.
func indexRows(ctx context.Context, binary, dir string) ([]row, error) {
	home, err := os.MkdirTemp("", "claude-lsp-bench")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(home) }()
	cold, err := readOnce(ctx, binary, home, dir)
	if err != nil {
		return nil, err
	}
	warm, err := readOnce(ctx, binary, home, dir)
	if err != nil {
		return nil, err
	}
	return []row{
		{
			fmt.Sprintf("index of %d files: list, read, find", cold.Files),
			fmt.Sprintf("%s (processors %s), %d read, RSS at most %s", short(time.Duration(cold.Took)), short(cold.cpu), cold.Read, cold.peak),
			"<= 10 s and <= 200 MiB for 10,000",
		},
		{
			"the same, known from before",
			fmt.Sprintf("%s (processors %s), %d read, RSS at most %s, store %.1f MB", short(time.Duration(warm.Took)), short(warm.cpu), warm.Read, warm.peak, float64(warm.store)/1e6),
			"",
		},
	}, nil
}

// indexGrowth prints how time and memory grow with the number of files.
func indexGrowth(ctx context.Context, w io.Writer, binary string) error {
	rows := []row{}
	var before [2]reading // cold, warm
	for _, n := range []int{1000, 10_000, 100_000} {
		dir, err := made(n)
		if err == nil {
			err = func() error {
				home, err := os.MkdirTemp("", "claude-lsp-bench")
				if err != nil {
					return err
				}
				defer func() { _ = os.RemoveAll(home) }()
				for i, what := range []string{"nothing known", "known from before"} {
					r, err := readOnce(ctx, binary, home, dir)
					if err != nil {
						return err
					}
					factor := ""
					if b := before[i]; b.Took > 0 {
						factor = fmt.Sprintf(", %.1f and %.1f times the step before", float64(r.Took)/float64(b.Took), float64(r.cpu)/float64(b.cpu))
					}
					before[i] = r
					rows = append(rows, row{
						fmt.Sprintf("%d files, %s", r.Files, what),
						fmt.Sprintf("%s (processors %s)%s, %d read, RSS at most %s, store %.1f MB",
							short(time.Duration(r.Took)), short(r.cpu), factor, r.Read, r.peak, float64(r.store)/1e6),
						"<= 10 times the step before",
					})
				}
				return nil
			}()
		}
		_ = os.RemoveAll(dir)
		if err != nil {
			return err
		}
	}
	return printRows(w, rows)
}

// readOnce has a server read a folder, and ends it.
func readOnce(ctx context.Context, binary, home, dir string) (reading, error) {
	c, log, err := startIn(ctx, binary, home, dir, "ANTHROPIC_API_KEY=sk-bench", "ANTHROPIC_BASE_URL=http://127.0.0.1:9")
	if err != nil {
		return reading{}, err
	}
	r, err := awaitReading(ctx, log)
	r.peak = memory(c.cmd.Process.Pid, "VmHWM:")
	err = errors.Join(err, c.end())
	if p := c.cmd.ProcessState; p != nil {
		r.cpu = p.UserTime() + p.SystemTime()
	}
	files, _ := filepath.Glob(filepath.Join(home, "state", "claude-lsp", "store.db*")) // the pattern is good
	for _, f := range files {
		if info, err := os.Stat(f); err == nil {
			r.store += info.Size()
		}
	}
	return r, err
}

// startIn runs a server whose workspace is a folder, and returns where its log
// is.
func startIn(ctx context.Context, binary, home, dir string, env ...string) (c *client, log string, err error) {
	log = filepath.Join(home, "log")
	_ = os.Remove(log) // there need not be one
	env = append([]string{
		"CLAUDE_LSP_LOG_LEVEL=info", "CLAUDE_LSP_LOG_FILE=" + log, "CLAUDE_LSP_COMPLETION_DEBOUNCE=0ms",
		"CLAUDE_LSP_COMPLETION_MULTILINE=never", "CLAUDE_LSP_CONTEXT_PREWARM=false",
	}, env...)
	if c, err = start(ctx, binary, home, nil, env...); err != nil {
		return nil, "", err
	}
	err = c.ask("initialize", map[string]any{
		"processId": os.Getpid(), "rootUri": nil,
		"workspaceFolders": []any{map[string]string{"uri": fileURI(dir), "name": filepath.Base(dir)}},
		"capabilities":     map[string]any{"textDocument": map[string]any{"inlineCompletion": map[string]any{}}},
	})
	if err != nil {
		return nil, "", err
	}
	return c, log, c.notify("initialized", map[string]any{})
}

func fileURI(path string) string {
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(path)}).String()
}

// readingIn looks into a log for what it says of the reading of the workspace.
func readingIn(log string) (r reading, ok bool, err error) {
	text, _ := os.ReadFile(log) // it is there in a moment
	_, rest, ok := strings.Cut(string(text), "the workspace was read")
	line, _, whole := strings.Cut(rest, "\n")
	if !ok || !whole {
		return r, false, nil
	}
	return r, true, json.Unmarshal([]byte(line), &r)
}

func awaitReading(ctx context.Context, log string) (reading, error) {
	for end := time.Now().Add(10 * time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if r, ok, err := readingIn(log); ok || ctx.Err() != nil {
			return r, errors.Join(err, ctx.Err())
		}
	}
	return reading{}, errors.New("the workspace was not read within ten minutes")
}

// rebuilding types while a workspace is read that nothing is known of, and then
// when all is still.
func rebuilding(ctx context.Context, binary, dir string) (rows []row, err error) {
	up := newUpstream()
	defer up.server.Close()
	home, err := os.MkdirTemp("", "claude-lsp-bench")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(home) }()
	c, log, err := startIn(ctx, binary, home, dir, "ANTHROPIC_API_KEY=sk-bench", "ANTHROPIC_BASE_URL="+up.server.URL)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.end()) }()
	k := &keyboard{c: c, up: up, uri: fileURI(filepath.Join(dir, "typed here.go"))}
	text := goFile("Here", 40_000)
	k.line = strings.Count(text, "\n") + 1
	if err := c.open(k.uri, text+"func g(first, second int) {\n\t\n}\n"); err != nil {
		return nil, err
	}
	for range 5 { // the connection is opened
		if _, err := k.key(); err != nil {
			return nil, err
		}
	}
	var busy, idle durations
	began, done := time.Now(), false
	for !done && len(busy) < 5000 && ctx.Err() == nil {
		took, err := k.key()
		if err != nil {
			return nil, err
		}
		if _, done, err = readingIn(log); err != nil {
			return nil, err
		}
		if !done {
			busy = append(busy, took)
		}
	}
	took := time.Since(began)
	if _, err := awaitReading(ctx, log); err != nil {
		return nil, err
	}
	for range 200 {
		took, err := k.key()
		if err != nil {
			return nil, err
		}
		idle = append(idle, took)
	}
	if len(busy) == 0 {
		return []row{{"request -> last byte at upstream while the index is built", "it was built before a key was typed", ""}}, nil
	}
	return []row{
		{"request -> last byte at upstream in that workspace, 20 keys a second, all still", idle.String(), ""},
		{
			"the same while the index is built",
			fmt.Sprintf("%s: %.1f and %.1f times that of before; built in %s", busy,
				float64(busy.at(0.5))/float64(idle.at(0.5)), float64(busy.at(0.99))/float64(idle.at(0.99)), short(took)),
			"a ratio near 1",
		},
	}, nil
}

// A keyboard types on one line, and asks after each key.
type keyboard struct {
	c     *client
	up    *upstream
	uri   string
	line  int
	typed int
}

// key is how long it took from the request to the last byte at the upstream.
func (k *keyboard) key() (time.Duration, error) {
	time.Sleep(50 * time.Millisecond) // twenty keys a second: faster than anybody types
	k.typed++
	if err := k.c.typed(k.uri, k.typed, k.line, k.typed, "x"); err != nil {
		return 0, err
	}
	answer, sent, err := k.c.inline(k.uri, k.line, k.typed+1)
	if err != nil {
		return 0, err
	}
	r, ok := <-answer
	if !ok || r.err != nil {
		return 0, fmt.Errorf("key %d: %s", k.typed, r.err)
	}
	received, _, _ := k.up.times()
	return received.Sub(sent), nil
}
