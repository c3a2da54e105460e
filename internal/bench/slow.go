package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/claude"
	"github.com/claude-lsp/claude-lsp/internal/credentials"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

// slowLink is the uplink that sending plays, in bytes a second: 20 Mbit.
const slowLink = 20_000_000 / 8

// sending measures what a prompt of 95,000 tokens weighs on the wire, and how
// long after the request the first byte of an answer comes that has no model to
// wait for, over a slow uplink.
func sending(ctx context.Context, _ string, n int) ([]row, error) {
	text, err := sourceText(240_000)
	if err != nil {
		return nil, err
	}
	var rows []row
	for _, when := range []claude.Gzip{claude.GzipNever, claude.GzipAlways} {
		bytes, first, later, err := sendSlowly(ctx, text, when, min(n, 20))
		if err != nil {
			return nil, err
		}
		name := map[claude.Gzip]string{claude.GzipNever: "plain", claude.GzipAlways: "gzip"}[when]
		rows = append(
			rows,
			row{"a 95K prompt on the wire, " + name, fmt.Sprintf("%.1f KB", float64(bytes)/1e3), ""},
			row{"its first key to the answer at 20 Mbit/s, " + name, short(first), ""},
			row{"its later keys to the answer at 20 Mbit/s, " + name, later.String(), ""},
		)
	}
	return rows, nil
}

// sourceText is some of this repository's own sources.
func sourceText(size int) (string, error) {
	var all strings.Builder
	for _, dir := range []string{"completion", "lsp", "internal/config", "internal/store"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			return "", err
		}
		for _, f := range files {
			raw, err := os.ReadFile(f)
			if err != nil {
				return "", err
			}
			all.Write(raw)
		}
	}
	if all.Len() < size {
		return "", fmt.Errorf("only %d bytes of sources here: run it at the root of the repository", all.Len())
	}
	return all.String()[:size], nil
}

// sendSlowly sends a prompt a few times: bytes of the last body, and the time
// from Stream to the first event, of the first request and of the others.
func sendSlowly(ctx context.Context, text string, when claude.Gzip, n int) (bytes int64, first time.Duration, later durations, err error) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprint(w, "data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}}\n\n"+
			"data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}}\n\ndata: {\"type\":\"message_stop\"}\n\n")
	}))
	server.Listener = throttled{server.Listener}
	server.Start()
	defer server.Close()
	client, err := claude.New(claude.Options{
		BaseURL: server.URL, Gzip: when,
		Key: func(context.Context) (credentials.Key, error) {
			return credentials.NewKey("sk-bench", credentials.APIKey)
		},
		Observe: func(t claude.Transfer) { bytes = t.Wire },
	})
	if err != nil {
		return 0, 0, nil, err
	}
	defer client.Close()
	p := model.Prompt{Rules: "Answer with the code alone.", Task: "Go on."}
	const blocks = 18
	for i := range blocks {
		part := model.Part{Path: "made.go", Text: text[i*len(text)/blocks : (i+1)*len(text)/blocks]}
		p.Blocks = append(p.Blocks, model.Block{ID: fmt.Sprint(i), Parts: []model.Part{part}, Breakpoint: i == 7 || i == 12 || i == blocks-1})
	}
	for i := range n + 1 {
		p.Before = text[:2000] + strings.Repeat(" ", i)
		began, took := time.Now(), time.Duration(0)
		for _, err := range client.Stream(ctx, p) {
			if err != nil {
				return 0, 0, nil, err
			}
			if took == 0 {
				took = time.Since(began)
			}
		}
		if i == 0 {
			first = took
		} else {
			later = append(later, took)
		}
	}
	if bytes == 0 {
		return 0, 0, nil, errors.New("no request was told of")
	}
	return bytes, first, later, nil
}

// throttled is a listener whose connections are read no faster than slowLink.
// The sender hardly notices, because the buffers between take the whole request,
// as they do on real links: it is the answer that comes later.
type throttled struct{ net.Listener }

func (l throttled) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &slowConn{Conn: c}, nil
}

type slowConn struct {
	net.Conn
	free time.Time // when what was read by now would have arrived
}

func (c *slowConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p[:min(len(p), 4<<10)])
	now := time.Now()
	if now.Sub(c.free) > 5*time.Millisecond { // less is a sleep that was too long, and made up for
		c.free = now
	}
	c.free = c.free.Add(time.Duration(n) * time.Second / slowLink)
	if wait := c.free.Sub(now); wait > time.Millisecond { // shorter sleeps are longer than they say
		time.Sleep(wait)
	}
	return n, err
}
