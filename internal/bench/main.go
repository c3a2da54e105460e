// Command bench measures the built server. It is not shipped.
//
//	go run ./internal/bench table [-binary bin/claude-lsp]
//
// prints one table with a row for each budget of the design that can be
// measured by now: what was measured, how, and the budget beside it. Machines
// are shared and noisy, so nothing fails when a figure is missed; read the
// ratios.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 || args[0] != "table" {
		return fmt.Errorf("usage: bench table [-binary FILE] [-n N]")
	}
	flags := flag.NewFlagSet("table", flag.ContinueOnError)
	binary := flags.String("binary", "bin/claude-lsp", "the built server")
	n := flags.Int("n", 200, "how many keystrokes to measure")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	return table(ctx, os.Stdout, *binary, *n)
}
