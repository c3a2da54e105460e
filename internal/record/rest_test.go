package record

import (
	"sync/atomic"
	"testing"
)

// Whatever a send sets off in other goroutines is done when wait returns.
func TestRestWaitsForChains(t *testing.T) {
	r := newRest()
	defer r.end()
	if r.blind {
		t.Fatal("this Go does not count goroutines by state: the replay has to guess")
	}
	const links = 20
	var reached atomic.Int64
	link := func(in <-chan int) <-chan int {
		out := make(chan int)
		go func() {
			defer close(out)
			for n := range in {
				for range 1000 {
					n++
				}
				reached.Add(1)
				out <- n
			}
		}()
		return out
	}
	first := make(chan int)
	var last <-chan int = first
	for range links {
		last = link(last)
	}
	go func() {
		for range last {
			reached.Add(1)
		}
	}()
	for i := range 500 {
		first <- i
		r.wait()
		if n := reached.Load(); n != int64(i+1)*(links+1) {
			t.Fatalf("%d links were reached after %d sends", n, i+1)
		}
	}
	close(first)
	r.wait()
}

func BenchmarkRest(b *testing.B) {
	r := newRest()
	defer r.end()
	for b.Loop() {
		r.wait()
	}
}
