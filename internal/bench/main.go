// Command bench measures the built server. It is not shipped.
//
//	go run ./internal/bench table [-binary bin/claude-lsp]
//
// prints one table with a row for each budget of the design that can be
// measured by now: what was measured, how, and the budget beside it. Machines
// are shared and noisy, so nothing fails when a figure is missed; read the
// ratios.
//
//	go run ./internal/bench insert [-chunking given|bytes|lines|whole] FILE
//
// plays answers of a chat model through the server, and tells by style of
// answer how often the document ended as it should (testdata/insert.jsonl has
// the form of the file).
//
//	go run ./internal/bench growth FILE
//
// plays such answers to a client that shows text as it grows, and tells how much
// of them it saw before they were whole.
//
//	go run ./internal/bench styles [-half dev] [-compose 0] SOURCE... > FILE
//
// makes such files: it cuts holes from the sources in a folder, or takes those
// of a case file, and answers them in styles of answer that models are known
// for. Each style is a small function (styles_content.go: what the code says;
// styles_shape.go: in what form; styles_talk.go: what is said round it;
// styles_silent.go and styles_broken.go: answers without an end or a use).
//
//	go run ./internal/bench replay [-speed 4] [-right 1] FILE...
//
// plays editing sessions, with an upstream that knows what will be typed and
// takes its time, and tells what the server made of it: requests for each key,
// keys answered without one, keys for which a right text was shown in time
// (testdata/replay.jsonl has the form of the files).
//
//	go run ./internal/bench typing [-workspace .] [-file completion/engine.go] [-keys 1000] [-window 90000]
//
// types a part of a real file into its workspace, against the strict fake API
// and its prompt cache, and tells what of the prompts was read from the cache
// and what 1,000 keys cost.
//
//	go run ./internal/bench recall [-budgets 2000,8000] -repos DIR FILE
//
// opens places in repositories, and tells how often the definition that the
// line needs stands in the text that the server sends (recall.go has the form of
// the file).
//
//	go run ./internal/bench index [-files 10000] [-growth] [FOLDER]
//
// has the server read a folder, or a made one: how long that takes with nothing
// known and known from before, what it needs of memory, and what a keystroke
// takes meanwhile; with -growth, how that grows from 1,000 to 100,000 files.
//
//	go run ./internal/bench budget [-editors 4] [-daily 0.05] [-kill]
//
// types in several editors with one store and one small budget, and tells by how
// much the bill of the API passes it.
//
//	go run ./internal/bench repeats
//
// is the row of the table about questions that were asked before a restart.
//
//	go run ./internal/bench soak [-minutes 10]
//
// types in twenty documents at once while the upstream breaks at random, and
// tells whether a response was lost and whether anything grew.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Stdout, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, w io.Writer, args []string) error {
	commands := map[string]func(context.Context, io.Writer, []string) error{
		"table": budgets, "insert": insert, "replay": replay, "styles": styles, "typing": typeFile, "recall": recall, "index": indexing,
		"budget": spendAtOnce, "faults": faults, "growth": growth, "repeats": repeats, "soak": soak,
	}
	if len(args) == 0 || commands[args[0]] == nil {
		return errors.New("usage: bench table|insert|styles|replay|typing|recall|index|budget|faults|growth|repeats|soak [flags] [FILE...]; -h after a name tells its flags")
	}
	return commands[args[0]](ctx, w, args[1:])
}

// budgets is the subcommand "table".
func budgets(ctx context.Context, w io.Writer, args []string) error {
	flags := flag.NewFlagSet("table", flag.ContinueOnError)
	binary := flags.String("binary", "bin/claude-lsp", "the built server")
	n := flags.Int("n", 200, "how many keystrokes to measure")
	if err := flags.Parse(args); err != nil {
		return err
	}
	return table(ctx, w, *binary, *n)
}

// repeats is the subcommand "repeats".
func repeats(ctx context.Context, w io.Writer, args []string) error {
	flags := flag.NewFlagSet("repeats", flag.ContinueOnError)
	binary := flags.String("binary", "bin/claude-lsp", "the built server")
	n := flags.Int("n", 100, "how many questions")
	if err := flags.Parse(args); err != nil {
		return err
	}
	rows, err := repeating(ctx, *binary, *n)
	if err != nil {
		return err
	}
	return printRows(w, rows)
}
