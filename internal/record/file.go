package record

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"io"
)

// endBytes is what the last line needs.
const endBytes = 128

// A file is a recording that grows: one line of JSON for each event, and no more
// bytes than it may have.
type file struct {
	w    *bufio.Writer
	left int64 // bytes that events may still have
	full bool  // an event did not fit: nothing may follow but the last line
	err  error // the first one
}

func newFile(w io.Writer, o Options) *file {
	f := &file{w: bufio.NewWriterSize(w, 64<<10), left: o.MaxBytes - endBytes}
	f.put(Header{Format: Version, Program: o.Program, Platform: o.Platform, Holds: holds})
	return f
}

// write appends an event, unless one before it did not fit: a gap would not
// play.
func (f *file) write(e Event) {
	if !f.full {
		f.put(e)
	}
}

// last appends the last event.
func (f *file) last(e Event) {
	f.left = endBytes
	f.put(e)
}

func (f *file) put(line any) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(line); err != nil {
		f.err = cmp.Or(f.err, err)
		return
	}
	if f.left -= int64(b.Len()); f.left < 0 {
		f.full = true
		return
	}
	_, err := f.w.Write(b.Bytes())
	f.err = cmp.Or(f.err, err)
}

func (f *file) flush() error {
	f.err = cmp.Or(f.err, f.w.Flush())
	return f.err
}
