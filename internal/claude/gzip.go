package claude

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
	"io"
	"net/http"
	"strings"
	"sync"

	"go.uber.org/zap"
)

// Gzip says which requests are compressed.
type Gzip string

// The values of Options.Gzip.
const (
	GzipAuto   Gzip = ""       // those to the first party and to loopback
	GzipAlways Gzip = "always" // all
	GzipNever  Gzip = "never"  // none
)

// minGzip is the size in bytes from which a body is compressed. What is smaller
// leaves with the first flight of packets of any connection (ten, or 14 KB) and
// would arrive no earlier.
const minGzip = 16 << 10

// How hard to compress. Measured on 240 KB of Go as JSON: level 1 makes 73 to
// 84 KB of it in 2.3 to 2.6 ms, level 4 makes 60 to 70 KB in 3.6 to 4.3 ms, and
// level 6 makes 57 to 67 KB in 8 to 9 ms. What waits for a keystroke takes the
// level whose time and bytes together are least on a link of 20 Mbit/s; what is
// made ahead may take its time. The end of a prompt is a few KB, where level 1
// is 200 bytes worse and twice as quick.
const (
	levelAhead = 6
	levelNow   = 4
	levelTail  = 1
)

// maxWindow is how far back deflate may refer, in bytes.
const maxWindow = 32 << 10

// maxSections bounds the bytes kept of compressed sections: some fifty full
// windows.
const maxSections = 4 << 20

// gzipHeader begins a gzip member: deflate, no name, no time, system unknown.
var gzipHeader = []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff}

// A section is a part of the frozen beginning of a body, compressed: from one
// cache breakpoint to the next. It ends with a sync flush, and so on a whole
// byte, behind which any deflate stream may go on. It is good only behind the
// very sections that it was made behind, because it may refer back into them.
type section struct {
	deflated []byte // never changed: requests under way read it
	crc      uint32 // of all that the body holds up to the section's end, uncompressed
}

func newSections(limit int) *kept[sectionKey, section] {
	return newKept(limit, func(k sectionKey, s section) int { return len(k) + len(s.deflated) })
}

// packed returns b as one gzip member: header, the frozen sections, what is left
// of the body, checksum and length. Sections that are not kept from an earlier
// request are made with the given level. What is left is compressed each time.
//
// A CRC is a running sum, so each section keeps the sum up to its end, and the
// tail's is continued from there: nothing has to be summed twice, or combined.
func (c *Client) packed(b *body, level int) *body {
	out := &body{pieces: make([][]byte, 0, len(b.cuts)+2), gzip: true}
	out.add(gzipHeader)
	var made *deflater
	var crc uint32
	from := 0
	for _, cut := range b.cuts {
		s := c.sections.get(cut.key, func() section {
			if made == nil {
				made = newDeflater(level)
			}
			return made.section(b.pieces, from, cut.end, crc)
		})
		out.add(s.deflated)
		crc, from = s.crc, cut.end
	}
	if made != nil {
		deflaters[level].Put(made)
	}
	tail, crc := deflateTail(b.pieces[from:], crc)
	tail = binary.LittleEndian.AppendUint32(tail, crc)
	out.add(binary.LittleEndian.AppendUint32(tail, uint32(b.size))) // the format wants the length modulo 2^32
	return out
}

// A deflater makes sections. It weighs about a megabyte, and is used again.
type deflater struct {
	w   *flate.Writer
	out bytes.Buffer
	at  int // how many pieces of the body it has read; -1: none of this body
}

// deflaters are those in nobody's use, by their level.
var deflaters [flate.BestCompression + 1]sync.Pool

// newDeflater returns a deflater that has read nothing of a body.
func newDeflater(level int) *deflater {
	if d, ok := deflaters[level].Get().(*deflater); ok {
		d.at = -1
		return d
	}
	d := &deflater{at: -1}
	d.w = newWriter(&d.out, level)
	return d
}

// section compresses the pieces from..end of a body whose checksum up to there
// is crc. Where d has not just read what stands before them, it reads as much of
// it as deflate may refer back to, and what that gives is thrown away.
func (d *deflater) section(pieces [][]byte, from, end int, crc uint32) section {
	if d.at != from {
		d.w.Reset(&d.out)
		_, _ = d.w.Write(lastBytes(pieces[:from], maxWindow)) // a bytes.Buffer takes everything
		_ = d.w.Flush()
	}
	d.out.Reset()
	crc = write(d.w, pieces[from:end], crc)
	_ = d.w.Flush()
	d.at = end
	return section{deflated: bytes.Clone(d.out.Bytes()), crc: crc}
}

// deflateTail compresses the last pieces of a body and ends the stream. It knows
// nothing of what stands before: to read that again costs 70 us or more for each
// key, and saves 500 bytes, or 200 us at 20 Mbit/s.
func deflateTail(pieces [][]byte, crc uint32) ([]byte, uint32) {
	w := tails.Get().(*flate.Writer)
	defer tails.Put(w)
	var out bytes.Buffer
	out.Grow(4 << 10)
	w.Reset(&out)
	crc = write(w, pieces, crc)
	_ = w.Close()
	return out.Bytes(), crc
}

var tails = sync.Pool{New: func() any { return newWriter(io.Discard, levelTail) }}

func newWriter(out io.Writer, level int) *flate.Writer {
	w, err := flate.NewWriter(out, level)
	if err != nil {
		panic(err) // a level that does not exist
	}
	return w
}

// write writes pieces to w and returns the checksum that crc becomes by them.
func write(w *flate.Writer, pieces [][]byte, crc uint32) uint32 {
	for _, p := range pieces {
		_, _ = w.Write(p) // what is below takes everything
		crc = crc32.Update(crc, crc32.IEEETable, p)
	}
	return crc
}

// lastBytes are the last n bytes of pieces, or all of them.
func lastBytes(pieces [][]byte, n int) []byte {
	first, size := len(pieces), 0
	for first > 0 && size < n {
		first--
		size += len(pieces[first])
	}
	all := bytes.Join(pieces[first:], nil)
	return all[max(0, len(all)-n):]
}

// compresses reports whether b should go compressed, as far as is known of the
// endpoint by now.
func (c *Client) compresses(b *body) bool {
	return b.size >= minGzip && c.gzip && !c.plainOnly.Load()
}

// wantsGzip reports whether requests to host are to be compressed. Elsewhere
// than at the first party most servers cannot read them; what listens on
// loopback is as a rule on the way to somebody who can, and is asked once.
func wantsGzip(when Gzip, host string) bool {
	switch when {
	case GzipAlways:
		return true
	case GzipNever:
		return false
	default:
		return strings.EqualFold(host, firstParty) || loopback(host)
	}
}

// firstParty is the host of DefaultBaseURL.
const firstParty = "api.anthropic.com"

// The error codes with which the API turns down an encoding. A body that is too
// large once decoded has a code as well, and is an error like any other.
const (
	codeUnsupported = "request_body_encoding_unsupported"
	codeInvalid     = "request_body_encoding_invalid"
)

// unreadable reports whether a refusal says that the compressed body was not
// understood. maybe is true where it does not say so and may mean it: a server
// that knows nothing of encodings takes such a body for broken JSON.
func (c *Client) unreadable(e *StatusError) (sure, maybe bool) {
	switch {
	case e.Code == codeUnsupported, e.Code == codeInvalid, e.Status == http.StatusUnsupportedMediaType:
		return true, false
	case c.readsGzip.Load(), strings.EqualFold(c.base.Hostname(), firstParty), e.Code != "":
		return false, false
	}
	return false, e.Status == http.StatusBadRequest || e.Status == http.StatusUnprocessableEntity
}

// refuseGzip takes note that the endpoint reads no compressed bodies.
func (c *Client) refuseGzip(e *StatusError) {
	if c.plainOnly.CompareAndSwap(false, true) {
		c.opts.Log.Info("the endpoint reads no compressed requests; from now on they are sent as they are",
			zap.String("host", c.base.Host), zap.Int("status", e.Status), zap.String("code", e.Code))
	}
}

// RefusesGzip reports whether the endpoint turned a compressed request down,
// after which the client sends none. It is for whoever makes the next client
// of the same endpoint.
func (c *Client) RefusesGzip() bool { return c.plainOnly.Load() }
