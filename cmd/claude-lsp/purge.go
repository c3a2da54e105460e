package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/store"
)

type purgeCmd struct {
	Yes bool `short:"y" help:"Do not ask."`
}

// Run removes all that is kept between runs.
func (c purgeCmd) Run() error {
	path, err := store.Path(os.Getenv)
	if err != nil {
		return err
	}
	return c.purge(path, os.Stdin, os.Stdout)
}

func (c purgeCmd) purge(path string, in io.Reader, out io.Writer) error {
	files, err := store.Files(path)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		fmt.Fprintf(out, "Nothing is kept: there is no %s.\n", path)
		return nil
	}
	bytes := int64(0)
	for _, name := range files {
		if info, err := os.Stat(name); err == nil {
			bytes += info.Size()
		}
		fmt.Fprintln(out, clean(name))
	}
	fmt.Fprintf(out, "These hold answers, decisions, what became of suggestions, what is known of files, and what was spent: %.1f MB.\n", float64(bytes)/1e6)
	if !c.Yes {
		fmt.Fprint(out, "Remove all of it? [y/N] ")
		answer, err := bufio.NewReader(in).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if a := strings.ToLower(strings.TrimSpace(answer)); a != "y" && a != "yes" {
			fmt.Fprintln(out, "Nothing was removed.")
			return exitError(1)
		}
	}
	if err := store.Purge(path); err != nil {
		return fmt.Errorf("%w; end your editors and try again", err)
	}
	fmt.Fprintln(out, "Removed. Editors that run begin anew; what they know was spent today goes on to count.")
	return nil
}
