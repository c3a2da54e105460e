package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// readLines reads a file that has one JSON value on each line, packed by gzip
// or not.
func readLines[T any](name string) ([]T, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var r io.Reader = bytes.NewReader(data)
	if bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		r = z
	}
	var all []T
	for d := json.NewDecoder(bufio.NewReader(r)); ; {
		var one T
		err := d.Decode(&one)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s, value %d: %w", name, len(all)+1, err)
		}
		all = append(all, one)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s holds nothing", name)
	}
	return all, nil
}

// A position is a place in a text as the protocol names it: the column in
// UTF-16 units.
type position struct {
	Line      int `json:"line"`
	Character int `json:"character"`
}

type span struct {
	Start position `json:"start"`
	End   position `json:"end"`
}

// An item is a suggestion of the server.
type item struct {
	Text  string `json:"insertText"`
	Range *span  `json:"range"`
}

// itemsOf are the suggestions in a response.
func itemsOf(result json.RawMessage) ([]item, error) {
	var list struct{ Items []item }
	if err := json.Unmarshal(result, &list); err != nil {
		return nil, fmt.Errorf("%s: %w", result, err)
	}
	return list.Items, nil
}

// units is how many columns s takes.
func units(s string) int {
	n := 0
	for _, r := range s {
		n += max(1, utf16.RuneLen(r)) // what is no character is sent as one that stands for it
	}
	return n
}

// column is the byte of a line at which a column begins, or false if none
// begins there.
func column(line string, character int) (int, bool) {
	n := 0
	for i, r := range line {
		if n >= character {
			return i, n == character
		}
		n += max(1, utf16.RuneLen(r))
	}
	return len(line), n == character
}

// lineStart is the byte at which a line begins.
func lineStart(text string, line int) (int, bool) {
	at := 0
	for range line {
		i := strings.IndexAny(text[at:], "\r\n")
		if i < 0 {
			return 0, false
		}
		at += i + 1
		if text[at-1] == '\r' && strings.HasPrefix(text[at:], "\n") {
			at++
		}
	}
	return at, true
}

// lineAt is the line that begins at a byte, without its break.
func lineAt(text string, start int) string {
	if i := strings.IndexAny(text[start:], "\r\n"); i >= 0 {
		return text[start : start+i]
	}
	return text[start:]
}

// offsetOf is the byte of a position, or an error where the text has no such
// place. It shares no code with the server: a second opinion.
func offsetOf(text string, p position) (int, error) {
	start, ok := lineStart(text, p.Line)
	if ok {
		var in int
		if in, ok = column(lineAt(text, start), p.Character); ok {
			return start + in, nil
		}
	}
	return 0, fmt.Errorf("the text has no place %d:%d", p.Line, p.Character)
}

// positionOf is offsetOf the other way round.
func positionOf(text string, at int) position {
	var p position
	start := 0
	for {
		next, ok := lineStart(text[start:], 1)
		if !ok || start+next > at {
			break
		}
		start += next
		p.Line++
	}
	p.Character = units(text[start:at])
	return p
}

// edited is the text after a range was replaced.
func edited(text string, r span, by string) (string, error) {
	from, err := offsetOf(text, r.Start)
	if err != nil {
		return "", err
	}
	to, err := offsetOf(text, r.End)
	if err != nil {
		return "", err
	}
	if to < from {
		return "", fmt.Errorf("the range %v ends before it begins", r)
	}
	return text[:from] + by + text[to:], nil
}

// lastBytes and firstBytes are at most n bytes of s from its ends, and never a
// part of a character.
func lastBytes(s string, n int) string {
	i := max(0, len(s)-n)
	for i < len(s) && !utf8.RuneStart(s[i]) {
		i++
	}
	return s[i:]
}

func firstBytes(s string, n int) string {
	i := min(n, len(s))
	for i > 0 && i < len(s) && !utf8.RuneStart(s[i]) {
		i--
	}
	return s[:i]
}

// A sitting is a server of its own with an upstream of its own.
type sitting struct {
	*client
	root string // URI of the workspace folder
}

// sit runs a server with these arguments that asks api, and f with it. Its
// workspace folder is empty.
func sit(ctx context.Context, binary string, args []string, api *messages.API, env []string, f func(sitting) error) error {
	return sitIn(ctx, "", binary, args, api, env, f)
}

// sitIn is sit in a folder that is there already; "" makes an empty one.
func sitIn(ctx context.Context, folder, binary string, args []string, api *messages.API, env []string, f func(sitting) error) (err error) {
	return sitAs(ctx, nil, folder, binary, args, api, env, f)
}

// sitAs is sitIn for a client that has asked for something of the server's own.
func sitAs(ctx context.Context, experimental map[string]any, folder, binary string, args []string, api *messages.API, env []string, f func(sitting) error) (err error) {
	up := httptest.NewServer(api)
	defer func() {
		api.Close()
		up.CloseClientConnections()
		up.Close()
	}()
	home, err := os.MkdirTemp("", "claude-lsp-bench")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(home) }()
	c, err := start(ctx, binary, home, args, append([]string{
		"ANTHROPIC_API_KEY=sk-bench", "ANTHROPIC_BASE_URL=" + up.URL,
	}, env...)...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.end()) }()
	if folder == "" {
		folder = home + "/folder"
		if err := os.Mkdir(folder, 0o755); err != nil {
			return err
		}
	}
	root := (&url.URL{Scheme: "file", Path: folder}).String()
	err = c.ask("initialize", map[string]any{
		"processId": os.Getpid(), "rootUri": root,
		"workspaceFolders": []any{map[string]string{"uri": root, "name": "bench"}},
		"capabilities": map[string]any{
			"general":      map[string]any{"positionEncodings": []string{"utf-16"}},
			"workspace":    map[string]any{"workspaceFolders": true},
			"textDocument": map[string]any{"inlineCompletion": map[string]any{}},
			"experimental": experimental,
		},
	})
	if err != nil {
		return err
	}
	if err := c.notify("initialized", map[string]any{}); err != nil {
		return err
	}
	return f(sitting{c, root})
}

func (s sitting) opened(uri, language string, version int, text string) error {
	return s.notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{
		"uri": uri, "languageId": language, "version": version, "text": text,
	}})
}

func (s sitting) closed(uri string) error {
	return s.notify("textDocument/didClose", map[string]any{"textDocument": map[string]any{"uri": uri}})
}

// refusal is why the API turned a request down, or nil. A body that breaks off
// is no fault: the server left while it sent it.
func refusal(q messages.Request) error {
	if q.Refused == nil || q.Raw == nil && q.Refused.Message == "The request body could not be read." {
		return nil
	}
	return fmt.Errorf("the API turned down %s %s: %s", q.Method, q.Path, q.Refused.Message)
}

// share has n workers take the numbers below all one after the other, until
// one of them fails. Each worker calls next for its numbers.
func share(ctx context.Context, n, all int, worker func(ctx context.Context, next func() (int, bool)) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var (
		mu   sync.Mutex
		at   int
		done sync.WaitGroup
	)
	next := func() (int, bool) {
		mu.Lock()
		defer mu.Unlock()
		if ctx.Err() != nil || at == all {
			return 0, false
		}
		at++
		return at - 1, true
	}
	for range min(n, all) {
		done.Go(func() {
			if err := worker(ctx, next); err != nil {
				stop(err)
			}
		})
	}
	done.Wait()
	return context.Cause(ctx)
}
