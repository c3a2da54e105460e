package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A client is as little of an editor as measuring needs.
type client struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	next int

	mu      sync.Mutex
	waiting map[int]chan reply
	strays  int                                         // responses that nobody waited for, such as a second one
	hears   func(method string, params json.RawMessage) // the server's notifications; nil is nobody
}

// A reply is a response and when its last byte had come.
type reply struct {
	at     time.Time
	result json.RawMessage
	err    json.RawMessage
}

// start runs the server with an environment of its own and, behind --stdio,
// with arguments of its own.
func start(ctx context.Context, binary, home string, args []string, env ...string) (*client, error) {
	return startTo(ctx, os.Stderr, binary, home, args, env...)
}

// startTo is start with another place for what the server logs.
func startTo(ctx context.Context, stderr io.Writer, binary, home string, args []string, env ...string) (*client, error) {
	cmd := exec.CommandContext(ctx, binary, append([]string{"--stdio"}, args...)...)
	cmd.Env = append(homeEnv(home), env...)
	cmd.Stderr = stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	c := &client{cmd: cmd, in: in, waiting: map[int]chan reply{}}
	go c.read(bufio.NewReaderSize(out, 1<<20))
	return c, nil
}

// homeEnv is the environment of a user whose files are all below home.
func homeEnv(home string) []string {
	return []string{
		"HOME=" + home, "XDG_CONFIG_HOME=" + home + "/config", "XDG_STATE_HOME=" + home + "/state", "XDG_CACHE_HOME=" + home + "/cache",
		"PATH=" + os.Getenv("PATH"), "CLAUDE_LSP_LOG_LEVEL=error",
	}
}

// listen has f called for each notification of the server, one at a time.
func (c *client) listen(f func(method string, params json.RawMessage)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hears = f
}

func (c *client) read(r *bufio.Reader) {
	for {
		length := 0
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				c.mu.Lock()
				defer c.mu.Unlock()
				for _, w := range c.waiting {
					close(w)
				}
				return
			}
			line = strings.TrimSpace(line)
			if line == "" {
				break
			}
			if v, ok := strings.CutPrefix(line, "Content-Length:"); ok {
				length, _ = strconv.Atoi(strings.TrimSpace(v))
			}
		}
		body := make([]byte, length)
		if _, err := io.ReadFull(r, body); err != nil {
			return
		}
		at := time.Now()
		var m struct {
			ID     *int            `json:"id"`
			Method string          `json:"method"`
			Params json.RawMessage `json:"params"`
			Result json.RawMessage `json:"result"`
			Error  json.RawMessage `json:"error"`
		}
		if json.Unmarshal(body, &m) != nil {
			continue
		}
		if m.Method != "" && m.ID == nil {
			c.mu.Lock()
			if c.hears != nil {
				c.hears(m.Method, m.Params)
			}
			c.mu.Unlock()
		}
		if m.ID == nil || m.Method != "" {
			continue
		}
		c.mu.Lock()
		w := c.waiting[*m.ID]
		delete(c.waiting, *m.ID)
		if w == nil {
			c.strays++
		}
		c.mu.Unlock()
		if w != nil {
			w <- reply{at: at, result: m.Result, err: m.Error}
		}
	}
}

func (c *client) send(message map[string]any) error {
	message["jsonrpc"] = "2.0"
	body, err := json.Marshal(message)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.in, "Content-Length: %d\r\n\r\n%s", len(body), body)
	return err
}

func (c *client) notify(method string, params any) error {
	return c.send(map[string]any{"method": method, "params": params})
}

// call sends a request; sent is when its last byte had gone.
func (c *client) call(method string, params any) (answer chan reply, sent time.Time, err error) {
	c.mu.Lock()
	c.next++
	id := c.next
	answer = make(chan reply, 1)
	c.waiting[id] = answer
	c.mu.Unlock()
	err = c.send(map[string]any{"id": id, "method": method, "params": params})
	return answer, time.Now(), err
}

// ask is call, and the answer waited for.
func (c *client) ask(method string, params any) error {
	answer, _, err := c.call(method, params)
	if err != nil {
		return err
	}
	select {
	case r, ok := <-answer:
		if !ok {
			return fmt.Errorf("%s: the server has ended", method)
		}
		if r.err != nil {
			return fmt.Errorf("%s: %s", method, r.err)
		}
		return nil
	case <-time.After(30 * time.Second):
		return fmt.Errorf("%s: no answer", method)
	}
}

func (c *client) initialize() error {
	err := c.ask("initialize", map[string]any{
		"processId": os.Getpid(), "rootUri": nil,
		"capabilities": map[string]any{
			"general":      map[string]any{"positionEncodings": []string{"utf-16"}},
			"textDocument": map[string]any{"inlineCompletion": map[string]any{}},
		},
	})
	if err != nil {
		return err
	}
	return c.notify("initialized", map[string]any{})
}

func (c *client) open(uri, text string) error {
	return c.notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{
		"uri": uri, "languageId": "go", "version": 0, "text": text,
	}})
}

// typed inserts a character.
func (c *client) typed(uri string, version, line, character int, text string) error {
	at := map[string]int{"line": line, "character": character}
	return c.notify("textDocument/didChange", map[string]any{
		"textDocument":   map[string]any{"uri": uri, "version": version},
		"contentChanges": []any{map[string]any{"range": map[string]any{"start": at, "end": at}, "text": text}},
	})
}

func (c *client) inline(uri string, line, character int) (chan reply, time.Time, error) {
	return c.call("textDocument/inlineCompletion", map[string]any{
		"textDocument": map[string]any{"uri": uri}, "position": map[string]int{"line": line, "character": character},
		"context": map[string]int{"triggerKind": 2},
	})
}

// end shuts the server down.
func (c *client) end() error {
	if err := c.ask("shutdown", nil); err != nil {
		return err
	}
	if err := c.notify("exit", nil); err != nil {
		return err
	}
	return c.cmd.Wait()
}
