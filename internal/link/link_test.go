package link

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// A way is a made link and provider, on a clock of its own.
type way struct {
	window *Window
	now    time.Time
	random *rand.Rand
	limit  int

	latency  time.Duration // until an answer begins, for the least prompt
	perK     time.Duration // more for each thousand tokens
	jitter   time.Duration // by which an answer is later on average, now and then much more
	buffered bool          // the system takes every request at once, so that uploads look like nothing
	fill     float64       // how much of the window the prompts fill
}

func newWay() *way {
	w := &way{now: time.Unix(1_800_000_000, 0), random: rand.New(rand.NewPCG(1, 2)), limit: 95_000, latency: 400 * time.Millisecond, fill: 0.9}
	w.window = New(func() time.Time { return w.now })
	return w
}

// typing has n requests made, two seconds apart, and returns the sizes in the
// order in which they were taken, without repetition.
func (w *way) typing(n int) (sizes []int) {
	for range n {
		size := w.window.Tokens(w.limit)
		if len(sizes) == 0 || sizes[len(sizes)-1] != size {
			sizes = append(sizes, size)
		}
		tokens := int(float64(size) * w.fill)
		upload := time.Duration(float64(w.perK) * float64(tokens) / 1000)
		s := Sample{Tokens: tokens, FirstByte: w.latency + upload + time.Duration(w.random.ExpFloat64()*float64(w.jitter))}
		if !w.buffered {
			s.Upload = upload
		}
		w.window.Observe(s)
		w.now = w.now.Add(2 * time.Second)
	}
	return sizes
}

// last is the size after all of it.
func (w *way) last() int { return w.window.Tokens(w.limit) }

func TestWindow(t *testing.T) {
	for _, tt := range []struct {
		name  string
		set   func(w *way)
		keys  int
		sizes []int
	}{
		{"before anything is known", func(*way) {}, 1, []int{32_000}},
		{"a few requests say nothing", func(*way) {}, enough, []int{32_000}},
		{"a quick link climbs to what is allowed", func(*way) {}, 400, []int{32_000, 64_000, 95_000}},
		{"also where that is more", func(w *way) { w.limit = 300_000 }, 400, []int{32_000, 64_000, 128_000, 256_000, 300_000}},
		{"or less", func(w *way) { w.limit = 40_000 }, 400, []int{32_000, 40_000}},
		{"or hardly anything", func(w *way) { w.limit = 2_000 }, 400, []int{2_000}},
		{"20 Mbit/s carries all of it", func(w *way) { w.perK = 320 * time.Microsecond }, 400, []int{32_000, 64_000, 95_000}},
		{"2 Mbit/s a sixth of it", func(w *way) { w.perK = 3200 * time.Microsecond }, 400, []int{32_000, 16_000}},
		{"half a megabit the least", func(w *way) { w.perK = 13 * time.Millisecond }, 400, []int{32_000, 8_000}},
		{"buffers hide the upload: the answers tell", func(w *way) { w.perK, w.buffered = 3200*time.Microsecond, true }, 300, []int{32_000, 64_000, 16_000}},
		{"a model that takes long may as well read more", func(w *way) { w.perK, w.latency = 3200*time.Microsecond, 2*time.Second }, 300, []int{32_000, 64_000, 95_000}},
		{"prompts that do not fill the window do not ask for more", func(w *way) { w.fill = 0.3 }, 400, []int{32_000}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWay()
			tt.set(w)
			if got := w.typing(tt.keys); !slices.Equal(got, tt.sizes) {
				t.Errorf("sizes %v, want %v", got, tt.sizes)
			}
		})
	}
}

// TestJitter: answers that are late by chance hardly move the window to and fro.
// At 1,000 requests in half an hour, each change spoils a cache once.
func TestJitter(t *testing.T) {
	for jitter, most := range map[time.Duration]int{50 * time.Millisecond: 4, 200 * time.Millisecond: 8, 500 * time.Millisecond: 14} {
		worst, sum, full := 0, 0, 0
		for seed := range uint64(25) {
			w := newWay()
			w.random = rand.New(rand.NewPCG(seed, uint64(jitter)))
			w.jitter, w.buffered, w.perK = jitter, true, 100*time.Microsecond
			for range 1000 {
				w.typing(1)
				if w.last() == w.limit {
					full++
				}
			}
			n := w.window.State().Changes
			worst, sum = max(worst, n), sum+n
		}
		t.Logf("late by %v on average: %d changes at most, %.1f on average, and the whole window for %d %% of the requests", jitter, worst, float64(sum)/25, full/250)
		if worst > most {
			t.Errorf("late by %v on average: %d changes, want at most %d", jitter, worst, most)
		}
	}
}

// TestJitterOnASlowLink: what chance does not explain is still seen.
func TestJitterOnASlowLink(t *testing.T) {
	large := 0
	for seed := range uint64(25) {
		w := newWay()
		w.random = rand.New(rand.NewPCG(seed, 3))
		w.jitter, w.buffered, w.perK = 100*time.Millisecond, true, 6*time.Millisecond
		for range 300 {
			w.typing(1)
			if w.last() > 32_000 {
				large++
			}
		}
	}
	t.Logf("too large a window for %d %% of the requests", large*100/(25*300))
	if large*3 > 25*300 {
		t.Errorf("too large a window for %d %% of the requests", large*100/(25*300))
	}
}

// TestSlowLinkKeepsItsSize: a size that was too much is tried again only when
// what was seen of it is old.
func TestSlowLinkKeepsItsSize(t *testing.T) {
	w := newWay()
	w.perK, w.buffered = 3200*time.Microsecond, true
	w.typing(1800) // an hour
	if n := w.window.State().Changes; n > 2*4+1 || w.last() > 64_000 {
		t.Errorf("%d changes in an hour, and %d tokens at its end", n, w.last())
	}
}

// TestLinkChanges: a network that becomes slow is noticed within some requests,
// and so is a better one.
func TestLinkChanges(t *testing.T) {
	for _, buffered := range []bool{false, true} {
		w := newWay()
		w.buffered = buffered
		w.typing(1000)
		if w.last() != 95_000 {
			t.Fatalf("%d tokens on a quick link", w.last())
		}
		w.perK = 10 * time.Millisecond
		w.typing(100)
		if w.last() > 16_000 {
			t.Errorf("buffered %v: %d tokens after 100 requests on a slow link", buffered, w.last())
		}
		w.perK = 0
		w.typing(600)
		if w.last() != 95_000 {
			t.Errorf("buffered %v: %d tokens after 20 minutes on a quick link", buffered, w.last())
		}
	}
}

// TestSlowProvider: where it is not the link, a smaller window is tried and
// given up again.
func TestSlowProvider(t *testing.T) {
	w := newWay()
	w.typing(1000)
	before := w.window.State().Changes
	w.latency = 1200 * time.Millisecond
	w.typing(300)
	if n := w.window.State().Changes - before; w.last() != 95_000 || n > 2 {
		t.Errorf("%d tokens after %d changes", w.last(), n)
	}
}

func TestState(t *testing.T) {
	w := newWay()
	w.perK = 320 * time.Microsecond
	if s := w.window.State(); s.Known || s.Tokens != 32_000 {
		t.Errorf("before anything was seen: %+v", s)
	}
	w.typing(400)
	s := w.window.State()
	if !s.Known || s.Tokens != 95_000 || s.Changes != 2 || s.Cost.Round(time.Millisecond) != 30*time.Millisecond || s.Share < 0.06 || s.Share > 0.08 {
		t.Errorf("got %+v", s)
	}
}

// TestNonsense: what cannot be is not believed.
func TestNonsense(t *testing.T) {
	w := New(nil)
	for range 100 {
		w.Observe(Sample{})
		w.Observe(Sample{Tokens: -1, FirstByte: time.Second})
		w.Observe(Sample{Tokens: 30_000, FirstByte: -time.Second})
		w.Observe(Sample{Tokens: 1 << 40, FirstByte: time.Second, Upload: time.Second})
	}
	if n := w.Tokens(95_000); n != 32_000 {
		t.Errorf("%d tokens", n)
	}
}

// BenchmarkObserve is what one request costs beside its answer.
func BenchmarkObserve(b *testing.B) {
	w := newWay()
	w.typing(400)
	b.ReportAllocs()
	for b.Loop() {
		w.window.Observe(Sample{Tokens: 90_000, Upload: 20 * time.Millisecond, FirstByte: 500 * time.Millisecond})
	}
}
