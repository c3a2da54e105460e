package main

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A recallTask is a place in a repository whose line goes on with a symbol that
// is defined once, in another file.
type recallTask struct {
	ID          string   `json:"id"`
	Repo        string   `json:"repo"`
	Commit      string   `json:"commit"`
	Language    string   `json:"lang"`
	Path        string   `json:"path"`
	Line        int      `json:"line"` // from 0
	Char        int      `json:"char"` // in code points, from 0
	Groundtruth string   `json:"groundtruth"`
	Symbol      string   `json:"symbol"`
	DefPath     string   `json:"def_path"`
	DefText     string   `json:"def_text"`
	IDs         []string `json:"ids"`
}

// perToken is how many characters count as one token for this measure.
const perToken = 3.6

// A recalled is what a window made of a task.
type recalled struct {
	task   *recallTask
	budget int
	window int     // characters
	def    bool    // the definition's text stands in it
	ids    float64 // share of the names of the true rest of the line that stand in it
}

var identifier = regexp.MustCompile(`[A-Za-z_]\w{2,}`)

func judge(t *recallTask, budget int, window string) recalled {
	r := recalled{task: t, budget: budget, window: len([]rune(window)), def: strings.Contains(window, t.DefText)}
	have := map[string]bool{}
	for _, w := range identifier.FindAllString(window, -1) {
		have[w] = true
	}
	wanted := t.IDs
	if len(wanted) == 0 {
		wanted = []string{t.Symbol}
	}
	for _, w := range wanted {
		if have[w] {
			r.ids += 1 / float64(len(wanted))
		}
	}
	return r
}

// recall is the subcommand "recall".
func recall(ctx context.Context, w io.Writer, args []string) error {
	flags := flag.NewFlagSet("recall", flag.ContinueOnError)
	repos := flags.String("repos", "", "the folder of the repositories: bare ones as owner+name/*, or checkouts as owner/name, owner+name or name")
	budgets := flags.String("budgets", "2000,8000,100000", "window budgets, in tokens of 3.6 characters")
	out := flags.String("out", "", "write the windows to this file")
	binary := flags.String("binary", "bin/claude-lsp", "the built server")
	direct := flags.Bool("direct", false, "ask the ranker itself and not the server")
	verbose := flags.Bool("v", false, "tell every miss")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 1 || *repos == "" {
		return errors.New("usage: bench recall [flags] FILE --repos DIR")
	}
	tasks, err := readTasks(flags.Arg(0))
	if err != nil {
		return err
	}
	var sizes []int
	for s := range strings.SplitSeq(*budgets, ",") {
		n, err := strconv.Atoi(s)
		if err != nil {
			return fmt.Errorf("-budgets: %w", err)
		}
		sizes = append(sizes, n)
	}
	var windows io.Writer = io.Discard
	if *out != "" {
		f, err := os.Create(*out)
		if err != nil {
			return err
		}
		defer f.Close()
		windows = f
	}
	play := (&recallServer{binary: *binary}).play
	if *direct {
		d := new(recallDirect)
		defer d.print(w)
		play = d.play
	}

	var all []recalled
	for group := range byRepo(tasks) {
		repo, err := openRepo(ctx, *repos, group[0].Repo, group[0].Commit)
		if err != nil {
			return err
		}
		for _, budget := range sizes {
			if err != nil {
				break
			}
			err = play(ctx, repo, group, budget, func(t *recallTask, window string) error {
				r := judge(t, budget, window)
				all = append(all, r)
				if *verbose && !r.def {
					fmt.Fprintf(w, "missed at %d: %s wants %s of %s\n", budget, t.ID, t.Symbol, t.DefPath)
				}
				return json.NewEncoder(windows).Encode(map[string]any{"id": t.ID, "budget": budget, "window": window})
			})
		}
		repo.remove()
		if err != nil {
			return err
		}
	}
	printRecall(w, all, sizes)
	return nil
}

func readTasks(file string) ([]*recallTask, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var r io.Reader = bytes.NewReader(data)
	if strings.HasSuffix(file, ".gz") {
		if r, err = gzip.NewReader(r); err != nil {
			return nil, err
		}
	}
	var tasks []*recallTask
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		t := new(recallTask)
		if err := json.Unmarshal(lines.Bytes(), t); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		tasks = append(tasks, t)
	}
	if len(tasks) == 0 {
		return nil, fmt.Errorf("%s: no tasks", file)
	}
	return tasks, lines.Err()
}

// byRepo yields the tasks of each repository.
func byRepo(tasks []*recallTask) func(func([]*recallTask) bool) {
	tasks = slices.Clone(tasks)
	slices.SortStableFunc(tasks, func(a, b *recallTask) int {
		return cmp.Or(cmp.Compare(a.Repo, b.Repo), cmp.Compare(a.Commit, b.Commit))
	})
	return func(yield func([]*recallTask) bool) {
		for len(tasks) > 0 {
			n := slices.IndexFunc(tasks, func(t *recallTask) bool { return t.Repo != tasks[0].Repo || t.Commit != tasks[0].Commit })
			if n < 0 {
				n = len(tasks)
			}
			if !yield(tasks[:n]) {
				return
			}
			tasks = tasks[n:]
		}
	}
}

func printRecall(w io.Writer, all []recalled, sizes []int) {
	fmt.Fprintf(w, "%-12s %8s %6s %8s %8s %10s %10s\n", "language", "budget", "tasks", "def", "ids", "mean tok", "max tok")
	languages := []string{"all"}
	for _, r := range all {
		if !slices.Contains(languages, r.task.Language) {
			languages = append(languages, r.task.Language)
		}
	}
	slices.Sort(languages[1:])
	for _, budget := range sizes {
		for _, language := range languages {
			var n, def, longest, sum int
			var ids float64
			for _, r := range all {
				if r.budget != budget || language != "all" && r.task.Language != language {
					continue
				}
				n++
				if r.def {
					def++
				}
				ids += r.ids
				longest, sum = max(longest, r.window), sum+r.window
			}
			if n == 0 {
				continue
			}
			fmt.Fprintf(w, "%-12s %8d %6d %7.1f%% %7.1f%% %10.0f %10.0f\n", language, budget, n,
				100*float64(def)/float64(n), 100*ids/float64(n), float64(sum)/float64(n)/perToken, float64(longest)/perToken)
		}
	}
}
