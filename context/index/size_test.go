package index

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

// source is a file with names of its own and names that others have.
func source(i, functions int) string {
	var b strings.Builder
	b.WriteString("package made\n\nimport \"example.org/shared/part\"\n")
	for n := range functions {
		fmt.Fprintf(&b, "\n// Step%dOf%d adds up.\nfunc Step%dOf%d(first, second int) (sum int, err error) {\n\tvalue := first + second + %d\n\treturn value, part.Check(value)\n}\n", n, i, n, i, n)
	}
	return b.String()
}

// The estimate is neither far above nor far below what the heap says.
func TestSizeIsNearTheHeap(t *testing.T) {
	heap := func() int {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int(m.HeapAlloc)
	}
	for _, functions := range []int{0, 3, 30} {
		before := heap()
		x := &Index{}
		for i := range 3000 {
			name := fmt.Sprintf("p%02d/f%d.go", i%50, i)
			x.Put(Read(name, "go", source(i, functions)))
		}
		took := heap() - before
		t.Logf("%d functions in each file: the estimate is %d KB, the heap %d KB", functions, x.Size()>>10, took>>10)
		if size := x.Size(); size < took*3/4 || size > took*5/2 {
			t.Errorf("%d functions in each file: the estimate is %d, the heap %d", functions, size, took)
		}
		for _, f := range x.All() {
			x.Remove(f.Path)
		}
		if x.Size() != 0 {
			t.Errorf("an empty index has a size of %d", x.Size())
		}
	}
}

// What has no room is not indexed, said once, not read again and again, and
// found when there is room.
func TestTheIndexIsBounded(t *testing.T) {
	texts := map[string]string{}
	for i := range 40 {
		texts[fmt.Sprintf("f%02d.go", i)] = source(i, 10)
	}
	d := newDisk(texts)
	core, logs := observer.New(zap.WarnLevel)
	x, keep := &Index{}, shelf{}
	const limit = 100_000
	b := NewBuilder(BuilderOptions{Index: x, Keeper: keep, Log: zap.New(core), MaxBytes: limit})
	build(t, b, d)
	fit := x.Len()
	if fit < 5 || fit > 35 || x.Size() > limit*5/4 {
		t.Fatalf("%d files in %d bytes", fit, x.Size())
	}
	if got := len(strings.Fields(d.took())); got != fit+1 {
		t.Errorf("%d files were read, of which %d have room", got, fit)
	}
	build(t, b, d)
	check(t, "read again", d.took(), "")
	if logs.Len() != 1 || logs.All()[0].ContextMap()["count"] != int64(40-fit) {
		t.Errorf("the log: %v", logs.All())
	}

	b.Open("f39.go", "go", texts["f39.go"]) // what is worked on counts in any case
	if x.Get("f39.go") == nil {
		t.Error("an open document has no room")
	}
	b.Close("f39.go")
	for i := range fit - 1 {
		delete(d.texts, fmt.Sprintf("f%02d.go", i))
	}
	build(t, b, d)
	if got := x.Len(); got < min(fit-2, len(d.texts)) {
		t.Errorf("%d of %d files are there, and %d had room", got, len(d.texts), fit)
	}

	// The same with all from before.
	again := &Index{}
	build(t, NewBuilder(BuilderOptions{Index: again, Keeper: keep, MaxBytes: limit / 2}), d)
	if again.Len() == 0 || again.Size() > limit*5/8 {
		t.Errorf("%d files in %d bytes", again.Len(), again.Size())
	}
}
