package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// table measures what there is and prints it.
func table(ctx context.Context, w io.Writer, binary string, n int) error {
	st, err := os.Stat(binary)
	if err != nil {
		return fmt.Errorf("%w; run make build first", err)
	}
	rows := []row{{"binary, stripped", fmt.Sprintf("%.1f MB", float64(st.Size())/1e6), "<= 25 MB"}}
	for _, measure := range []func(context.Context, string, int) ([]row, error){starting, typing, reusing, repeating, editing, listing, sending} {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		more, err := measure(ctx, binary, n)
		if err != nil {
			return err
		}
		rows = append(rows, more...)
	}
	more, err := micro(ctx)
	if err != nil {
		return err
	}
	return printRows(w, append(rows, more...))
}

// withServer runs a server with a home of its own, pointed at an upstream.
func withServer(ctx context.Context, binary string, up *upstream, f func(c *client) error) (err error) {
	home, err := os.MkdirTemp("", "claude-lsp-bench")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(home) }()
	// One line is decided by the newline after it; where a block ends is a
	// matter of its text.
	env := []string{"CLAUDE_LSP_COMPLETION_DEBOUNCE=0ms", "CLAUDE_LSP_COMPLETION_MULTILINE=never"}
	if up != nil {
		env = append(env, "ANTHROPIC_API_KEY=sk-bench", "ANTHROPIC_BASE_URL="+up.server.URL)
	}
	c, err := start(ctx, binary, home, nil, env...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.end()) }()
	return f(c)
}

// starting measures from the start of the process to the result of
// initialize, and what the process weighs then.
func starting(ctx context.Context, binary string, _ int) ([]row, error) {
	var took durations
	memory := ""
	for range 20 {
		began := time.Now()
		err := withServer(ctx, binary, nil, func(c *client) error {
			if err := c.initialize(); err != nil {
				return err
			}
			took = append(took, time.Since(began))
			time.Sleep(100 * time.Millisecond) // what is done in the background weighs too
			memory = rss(c.cmd.Process.Pid)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return []row{
		{"start to initialize result", took.String(), "median <= 15 ms"},
		{"RSS before the first request", memory, "<= 15 MiB"},
	}, nil
}

// goFile is made source of about a number of bytes.
func goFile(name string, bytes int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "package made\n\n")
	for i := 0; b.Len() < bytes; i++ {
		fmt.Fprintf(&b, "// %s%d adds up what it is given, and %d.\nfunc %s%d(first, second int) int {\n\tif first > %d {\n\t\treturn compute(first, second)\n\t}\n\treturn first + second\n}\n\n", name, i, i, name, i, i)
	}
	return b.String()
}

// typing measures a keystroke at a full window: request to upstream, and the
// deciding delta to the response.
func typing(ctx context.Context, binary string, n int) ([]row, error) {
	up := newUpstream()
	defer up.server.Close()
	var toUpstream, toEditor, small durations
	var size, sizeSmall int
	weight := ""
	err := withServer(ctx, binary, up, func(c *client) error {
		if err := c.initialize(); err != nil {
			return err
		}
		if err := c.open("file:///made/small.go", "package made\n\nfunc f(first, second int) {\n\t\n}\n"); err != nil {
			return err
		}
		var err error
		if small, _, sizeSmall, err = keystrokes(c, up, "file:///made/small.go", 3, n); err != nil {
			return err
		}
		weight = rss(c.cmd.Process.Pid)
		for i := range 4 {
			name := fmt.Sprintf("Other%d", i)
			if err := c.open("file:///made/"+name+".go", goFile(name, 48_000)); err != nil {
				return err
			}
		}
		text := goFile("Here", 40_000)
		if err := c.open("file:///made/here.go", text+"func g(first, second int) {\n\t\n}\n"); err != nil {
			return err
		}
		toUpstream, toEditor, size, err = keystrokes(c, up, "file:///made/here.go", strings.Count(text, "\n")+1, n)
		return err
	})
	if err != nil {
		return nil, err
	}
	return []row{
		{"RSS with store and connection open", weight, "<= 24 MiB"},
		{fmt.Sprintf("request -> last byte at upstream, a full window of open documents (%d KB on the wire), warm", size/1000), toUpstream.String(), "p50 <= 1 ms, p99 <= 3 ms"},
		{fmt.Sprintf("the same, a small document (%d KB)", sizeSmall/1000), small.String(), ""},
		{"deciding delta -> response", toEditor.String(), "p50 <= 0.3 ms, p99 <= 1 ms"},
	}, nil
}

// keystrokes types at the end of a line and asks after each key.
func keystrokes(c *client, up *upstream, uri string, line, n int) (toUpstream, toEditor durations, size int, err error) {
	const warm = 10
	for i := range n + warm {
		if err := c.typed(uri, i+1, line, 1+i, "x"); err != nil {
			return nil, nil, 0, err
		}
		answer, sent, err := c.inline(uri, line, 2+i)
		if err != nil {
			return nil, nil, 0, err
		}
		r, ok := <-answer
		if !ok || r.err != nil {
			return nil, nil, 0, fmt.Errorf("keystroke %d: %s", i, r.err)
		}
		var list struct{ Items []json.RawMessage }
		if err := json.Unmarshal(r.result, &list); err != nil || len(list.Items) == 0 {
			return nil, nil, 0, fmt.Errorf("keystroke %d was answered with %s", i, r.result)
		}
		received, decided, bytes := up.times()
		size = bytes
		if i >= warm {
			toUpstream = append(toUpstream, received.Sub(sent))
			toEditor = append(toEditor, r.at.Sub(decided))
		}
	}
	return toUpstream, toEditor, size, nil
}

// editing measures didChange through the whole process, without requests.
func editing(ctx context.Context, binary string, _ int) ([]row, error) {
	var rows []row
	for _, size := range []struct{ bytes, edits int }{{40_000, 50_000}, {1_000_000, 20_000}} {
		err := withServer(ctx, binary, nil, func(c *client) error {
			if err := c.initialize(); err != nil {
				return err
			}
			if err := c.open("file:///made/here.go", goFile("Here", size.bytes)); err != nil {
				return err
			}
			if err := c.ask("claude-lsp/status", nil); err != nil {
				return err
			}
			began := time.Now()
			for i := range size.edits {
				if err := c.typed("file:///made/here.go", i+1, 200, i%40, "x"); err != nil {
					return err
				}
			}
			if err := c.ask("claude-lsp/status", nil); err != nil { // answered in order, so all edits are done
				return err
			}
			each := time.Since(began) / time.Duration(size.edits)
			rows = append(rows, row{
				fmt.Sprintf("didChange in a %d KB file, client's JSON in", size.bytes/1000),
				fmt.Sprintf("%s, %.0f a second", short(each), float64(time.Second)/float64(each)),
				map[int]string{40_000: "<= 20 us, >= 50,000 a second", 1_000_000: "<= 150 us"}[size.bytes],
			})
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// listing measures what the index of a made tree takes, with no git, and a
// keystroke meanwhile.
func listing(ctx context.Context, binary string, _ int) ([]row, error) {
	dir, err := made(10_000)
	defer func() { _ = os.RemoveAll(dir) }()
	if err != nil {
		return nil, err
	}
	rows, err := indexRows(ctx, binary, dir)
	if err != nil {
		return nil, err
	}
	more, err := rebuilding(ctx, binary, dir)
	return append(rows, more...), err
}
