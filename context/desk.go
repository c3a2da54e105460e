package doccontext

import (
	"sync"
	"time"

	"github.com/claude-lsp/claude-lsp/context/rank"
	"github.com/claude-lsp/claude-lsp/internal/document"
)

// A desk is what is laid out for one document: the frozen part of its window,
// and what the last ranking found.
type desk struct {
	used uint64 // by Collector.clock; guarded by the lock of desks

	mu    sync.Mutex // guards the rest; held while a frame is made, and not while something is ranked
	frame *frame
	epoch *epoch
	line  []rank.Passage // of the last ranking, without what is frozen
	ended string         // why the epoch before this one ended

	hurry  chan struct{} // holds one when somebody waits for the next ranking
	next   *Request      // the newest place to be ranked; nil for none
	idle   chan struct{} // closed when no ranking is under way any more; nil while none is
	pause  bool          // something has come to an end since the last look at the bulk
	ranked bool          // something was ranked, or nothing will be

	keys   int       // rankings wanted since the epoch began
	looked int       // keys at the last look at the bulk
	drift  float64   // as of then
	wasted float64   // see moment
	last   time.Time // of the last window
}

// The bounds of what is laid out at a time.
const (
	maxDesks     = 16
	maxDeskBytes = 32 << 20
)

// desks are the documents that were used last.
type desks struct {
	mu    sync.Mutex
	clock uint64
	byDoc map[string]*desk // by path and URI
}

func (d *desks) get(doc *document.Document, path string) *desk {
	key := path + "\x00" + doc.URI()
	d.mu.Lock()
	defer d.mu.Unlock()
	k := d.byDoc[key]
	if k == nil {
		if d.byDoc == nil {
			d.byDoc = map[string]*desk{}
		}
		k = &desk{hurry: make(chan struct{}, 1)}
		d.byDoc[key] = k
		d.forget(k)
	}
	d.clock++
	k.used = d.clock
	return k
}

// forget drops what was used longest ago while there is too much. A desk that
// is in use at this moment is not asked for its size: it is looked at the next
// time.
func (d *desks) forget(but *desk) {
	for {
		bytes, oldest := 0, ""
		for key, k := range d.byDoc {
			bytes += k.bytes()
			if k != but && (oldest == "" || k.used < d.byDoc[oldest].used) {
				oldest = key
			}
		}
		if oldest == "" || len(d.byDoc) <= maxDesks && bytes <= maxDeskBytes {
			return
		}
		delete(d.byDoc, oldest)
	}
}

func (d *desk) bytes() (n int) {
	if !d.mu.TryLock() {
		return 0
	}
	defer d.mu.Unlock()
	if d.epoch != nil {
		n += d.epoch.bytes
	}
	if d.frame != nil {
		f := d.frame
		n += int(f.doc.Len()) + int(f.doc.Len()-f.lo-f.hi) // the version it was made of, and the slabs
	}
	return n
}
