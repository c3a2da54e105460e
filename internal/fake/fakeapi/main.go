// Command fakeapi serves the fake Messages API of internal/fake/messages to
// people: it answers on a loopback port as Claude would, at no cost and without
// a network, and refuses what the real API refuses.
//
//	go run ./internal/fake/fakeapi --listen 127.0.0.1:8787
//	ANTHROPIC_BASE_URL=http://127.0.0.1:8787 ANTHROPIC_API_KEY=sk-test claude-lsp complete main.go:10:4
//
// Without --text or --answer it looks at the text round the cursor mark and
// makes a small completion from the rest of the prompt, always the same for the
// same prompt. The base URL goes to stdout, a line for each request to stderr.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "fakeapi:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("fakeapi", flag.ContinueOnError)
	flags.SetOutput(stderr)
	listen := flags.String("listen", "127.0.0.1:8787", "`address` to serve on; port 0 takes a free one")
	file := flags.String("answer", "", "answer everything with the text of `file`, Markdown as the model writes it")
	text := flags.String("text", "", "answer everything with this `text`")
	first := flags.Duration("first-byte", 400*time.Millisecond, "time before an answer begins")
	speed := flags.Float64("tokens-per-second", 60, "speed of an answer; 0 is all at once")
	key := flags.String("key", "", "the only `key` that is accepted; without it every key is")
	fail := flags.Int("fail", 0, "answer everything with this HTTP `status`, such as 429 or 529")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	say := complete
	switch {
	case *file != "" && *text != "":
		return errors.New("--answer and --text exclude each other")
	case *file != "":
		said, err := os.ReadFile(*file)
		if err != nil {
			return err
		}
		say = func(messages.Body) string { return string(said) }
	case *text != "":
		say = func(messages.Body) string { return *text }
	}

	options := messages.Options{Forget: true, Done: func(q messages.Request) { fmt.Fprintln(stderr, line(q)) }}
	if *key != "" {
		options.Keys = []string{*key}
	}
	api := messages.New(options)
	api.Answer(func(q messages.Request) messages.Answer {
		a := messages.Answer{FirstByte: *first, TokensPerSecond: *speed}
		if *fail != 0 {
			a.Fault = &messages.Fault{Status: *fail}
			return a
		}
		a.Text = say(q.Body)
		return a
	})
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", *listen)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: api, ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(ended)
		api.Close()
		soon, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		if server.Shutdown(soon) != nil {
			_ = server.Close() // a client that holds on is cut off: the fake has nothing to lose
		}
	})
	fmt.Fprintln(stdout, "http://"+l.Addr().String())
	err = server.Serve(l)
	if !stop() {
		<-ended
		return nil
	}
	return err
}

// line is what a person wants to know of a request.
func line(q messages.Request) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %d", q.Method, q.Path, q.Status)
	if q.Body.Model != "" {
		fmt.Fprintf(&b, " %s prompt %d tokens (read %d, written %d), answer %d", q.Body.Model,
			q.Usage.Prompt(), q.Usage.CacheRead, q.Usage.CacheWrite5m+q.Usage.CacheWrite1h, q.Usage.Output)
	}
	fmt.Fprintf(&b, ", %v", q.Ended.Sub(q.At).Round(time.Millisecond))
	if !q.Cancelled.IsZero() {
		b.WriteString(", given up by the client")
	}
	if q.Refused != nil {
		fmt.Fprintf(&b, ", refused: %s", q.Refused.Message)
	}
	return b.String()
}
