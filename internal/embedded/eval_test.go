package embedded

import (
	"context"
	"io/fs"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/model"
	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// The benchmarks here measure how good the answers are and not only how fast:
// they take one line at a time out of real sources, type the beginning of it,
// and compare the answer with what stood there. The line is in no corpus while
// it is asked for. Run them with
//
//	go test ./internal/embedded -run '^$' -bench . -benchtime 1x

// language is that of the sources which are tried: Go, or what EMBEDDED_LANGUAGE
// names.
func language() string {
	if id := os.Getenv("EMBEDDED_LANGUAGE"); id != "" {
		return id
	}
	return "go"
}

// sources returns the files of the language below root by their paths, test data and
// generated files left out, about limit bytes of them in the order of their paths.
func sources(tb testing.TB, root string, limit int) (paths []string, texts map[string]string, size int) {
	texts = map[string]string{}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && file != root):
			return fs.SkipDir
		case syntax.IDForPath(file) != language() || !d.Type().IsRegular() || size > limit:
			return nil
		}
		text, err := os.ReadFile(file)
		if err != nil || len(text) > 512<<10 || strings.Contains(string(text[:min(len(text), 300)]), "DO NOT EDIT") {
			return err
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		paths = append(paths, rel)
		texts[rel] = string(text)
		size += len(text)
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	slices.Sort(paths)
	return paths, texts, size
}

// A task is a line of which the beginning is typed.
type task struct {
	prompt model.Prompt
	want   string // the rest of the line
}

// tasks draws about n lines of code and a place in each: after any character
// that the line's rest does not begin in a comment.
func tasks(paths []string, texts map[string]string, n int) []task {
	rng := rand.New(rand.NewSource(1))
	l := syntax.ByID(language())
	var all []task
	lines := 0
	for _, p := range paths {
		lines += strings.Count(texts[p], "\n")
	}
	for _, p := range paths {
		text, at := texts[p], 0
		for line := range strings.Lines(text) {
			from := at
			at += len(line)
			body := strings.TrimRight(line, " \t\r\n")
			lead := len(syntax.Leading(body))
			if rng.Float64()*float64(lines) > 2*float64(n) || len(body)-lead < 4 || strings.Contains(body, l.LineComments()[0]) {
				continue
			}
			cut := lead + 1 + rng.Intn(len(body)-lead-1)
			before := text[:from+cut]
			if l.After(before, syntax.State{}).In() == syntax.InComment {
				continue
			}
			all = append(all, task{
				prompt: model.Prompt{Language: language(), Path: p, Before: before, After: "\n" + text[at:], OneLine: true},
				want:   body[cut:],
			})
		}
	}
	rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:min(n, len(all))]
}

// answer is all text that m gives for p.
func answer(tb testing.TB, m *Model, p model.Prompt) string {
	tb.Helper()
	var b strings.Builder
	var last model.Chunk
	for c, err := range m.Stream(context.Background(), p) {
		if err != nil {
			tb.Fatal(err)
		}
		if c.Markdown {
			tb.Fatal("the answer says that it is Markdown")
		}
		b.WriteString(c.Text)
		last = c
	}
	if last.Stop != model.StopEnd || last.Usage == nil || *last.Usage != (model.Usage{}) {
		tb.Fatalf("the last chunk is %+v", last)
	}
	return b.String()
}

// evaluate asks all tasks and reports how many answers there are, how many of
// those are the whole rest of the line, and how long they take.
func evaluate(b *testing.B, m *Model, all []task) {
	if len(all) == 0 {
		b.Fatal("no lines to try")
	}
	var shown, right, worth int
	var took []time.Duration
	for _, t := range all {
		start := time.Now()
		got := answer(b, m, t.prompt)
		took = append(took, time.Since(start))
		if got == "" {
			continue
		}
		shown++
		// How far something is aligned depends on the lines around and is the formatter's work.
		if strings.Join(strings.Fields(got), " ") == strings.Join(strings.Fields(t.want), " ") {
			right++
			worth += len(t.want)
		}
	}
	slices.Sort(took)
	ms := func(i int) float64 { return float64(took[min(i, len(took)-1)].Microseconds()) / 1000 }
	b.ReportMetric(float64(len(all)), "lines")
	b.ReportMetric(100*float64(shown)/float64(len(all)), "shown-%")
	b.ReportMetric(100*float64(right)/float64(max(shown, 1)), "right-%-of-shown")
	b.ReportMetric(float64(worth)/float64(max(right, 1)), "characters-right")
	b.ReportMetric(ms(len(took)/2), "p50-ms")
	b.ReportMetric(ms(len(took)*99/100), "p99-ms")
	b.ReportMetric(0, "ns/op")
}

// selfRoot is the folder of this repository, or the one that EMBEDDED_SOURCES
// names.
func selfRoot() string {
	if root := os.Getenv("EMBEDDED_SOURCES"); root != "" {
		return root
	}
	return filepath.Join("..", "..")
}

// self returns a model of the files of this repository, or of those that
// EMBEDDED_SOURCES names, and the files.
func self(b *testing.B) (m *Model, paths []string, texts map[string]string) {
	paths, texts, _ = sources(b, selfRoot(), 10<<20)
	m = New(Options{})
	for _, p := range paths {
		m.Update(p, language(), texts[p])
	}
	return m, paths, texts
}

// BenchmarkSelf tries lines of this repository.
func BenchmarkSelf(b *testing.B) {
	m, paths, texts := self(b)
	for range b.N {
		evaluate(b, m, tasks(paths, texts, 2000))
	}
}

// A blockTask is a place from which a few whole lines were taken out. The
// cursor stands where the first of them began, behind its indentation.
type blockTask struct {
	prompt model.Prompt
	want   []string // the lines, without blanks round them
}

// blockTasks draws about n blocks of two to six lines of code: a line that is
// indented and those after it which stand as deep or deeper, up to the end of
// the block it begins, or of the one it stands in.
func blockTasks(paths []string, texts map[string]string, n int) []blockTask {
	rng := rand.New(rand.NewSource(2))
	l := syntax.ByID(language())
	var all []blockTask
	for _, p := range paths {
		lines := strings.SplitAfter(texts[p], "\n")
		at := 0
		for i, first := range lines {
			from := at
			at += len(first)
			count := blockAt(l, lines[i:])
			if count == 0 || l.After(texts[p][:from], syntax.State{}).In() != syntax.InCode {
				continue
			}
			cut := len(syntax.Leading(first))
			block := lines[i : i+count]
			want := make([]string, count)
			for j := range block {
				want[j] = strings.TrimSpace(block[j])
			}
			all = append(all, blockTask{
				prompt: model.Prompt{
					Language: language(), Path: p, Before: texts[p][:from+cut],
					After: "\n" + texts[p][from+len(strings.Join(block, "")):],
				},
				want: want,
			})
		}
	}
	rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:min(n, len(all))]
}

// blockAt returns how many lines the block has that begins with the first
// line, or 0 where it is none of two to six lines of code alone.
func blockAt(l *syntax.Language, lines []string) int {
	depth := len(syntax.Leading(lines[0]))
	if depth == 0 || l.Closes(lines[0]) {
		return 0
	}
	opens, count := l.Opens(strings.TrimRight(lines[0], "\r\n")), 0
	for _, text := range lines {
		body := strings.TrimSpace(text)
		lead := len(syntax.Leading(text))
		if body == "" || lead < depth || count > 0 && opens && lead == depth && !l.Closes(text) {
			break
		}
		if strings.Contains(body, l.LineComments()[0]) {
			return 0
		}
		if count++; count > 6 {
			return 0
		}
		if opens && count > 1 && lead == depth && !l.Opens(body) {
			break
		}
	}
	if count < 2 {
		return 0
	}
	return count
}

// BenchmarkSelfBlocks takes blocks out of this repository, asks for them, and
// reports how many of the lines it gets stood there. An answer that ends early
// is right.
func BenchmarkSelfBlocks(b *testing.B) {
	m, paths, texts := self(b)
	all := blockTasks(paths, texts, 2000)
	if len(all) == 0 {
		b.Fatal("no blocks to try")
	}
	for range b.N {
		shown, allRight, blocks, blocksRight, lines, right := 0, 0, 0, 0, 0, 0
		var took []time.Duration
		for _, t := range all {
			start := time.Now()
			text := answer(b, m, t.prompt)
			took = append(took, time.Since(start))
			if text == "" {
				continue
			}
			got := strings.Split(text, "\n")
			good := 0
			for i, line := range got {
				if i < len(t.want) && strings.Join(strings.Fields(line), " ") == strings.Join(strings.Fields(t.want[i]), " ") {
					good++
				}
			}
			shown++
			lines += len(got)
			right += good
			if good == len(got) {
				allRight++
			}
			if len(got) > 1 {
				blocks++
				blocksRight += good * 1000 / len(got)
			}
		}
		slices.Sort(took)
		percent := func(n, of int) float64 { return 100 * float64(n) / float64(max(of, 1)) }
		b.ReportMetric(float64(len(all)), "asked")
		b.ReportMetric(percent(shown, len(all)), "shown-%")
		b.ReportMetric(percent(allRight, shown), "all-right-%-of-shown")
		b.ReportMetric(percent(right, lines), "lines-right-%")
		b.ReportMetric(percent(blocks, len(all)), "blocks-%")
		b.ReportMetric(percent(blocksRight, blocks*1000), "lines-right-%-of-blocks")
		b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
		b.ReportMetric(0, "ns/op")
	}
}

// BenchmarkTenMegabytes tries lines of 10 MB of Go's own sources.
func BenchmarkTenMegabytes(b *testing.B) {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		b.Skip("no go command to say where Go's sources are")
	}
	root := filepath.Join(strings.TrimSpace(string(out)), "src")
	if _, err := os.Stat(root); err != nil {
		b.Skipf("Go's sources are not there: %v", err)
	}
	paths, texts, size := sources(b, root, 10<<20)
	for range b.N {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		start := time.Now()
		m := New(Options{})
		for _, p := range paths {
			m.Update(p, "go", texts[p])
		}
		took := time.Since(start)
		runtime.GC()
		runtime.ReadMemStats(&after)
		evaluate(b, m, tasks(paths, texts, 500))
		b.ReportMetric(float64(size)/1e6, "MB")
		b.ReportMetric(took.Seconds(), "build-s")
		b.ReportMetric(float64(int64(after.HeapAlloc)-int64(before.HeapAlloc)+int64(size))/(1<<20), "MiB-held")
		runtime.KeepAlive(m)
	}
}
