package messages

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"
)

// A wire writes the frames of a stream in the groups that a Split asks for.
type wire struct {
	w     http.ResponseWriter
	a     Answer
	held  bytes.Buffer // what SplitCoalesced keeps back
	bytes int          // written so far
	err   error        // the client is gone
}

// frame is e as it goes over the wire.
func (w *wire) frame(e event) []byte {
	var b strings.Builder
	if !w.a.Nameless {
		b.WriteString("event: " + e.name + "\n")
	}
	b.WriteString("data: " + e.data + "\n\n")
	if w.a.CRLF {
		return []byte(strings.ReplaceAll(b.String(), "\n", "\r\n"))
	}
	return []byte(b.String())
}

func (w *wire) send(frame []byte) {
	if w.a.Split == SplitCoalesced {
		w.held.Write(frame)
		return
	}
	for _, group := range split(frame, w.a.Split) {
		w.write(group)
	}
}

// flush sends what is kept back.
func (w *wire) flush() {
	if w.held.Len() > 0 {
		w.write(w.held.Bytes())
		w.held.Reset()
	}
}

func (w *wire) write(p []byte) {
	if w.err != nil {
		return
	}
	n, err := w.w.Write(p)
	w.bytes += n
	if err == nil {
		err = http.NewResponseController(w.w).Flush()
	}
	w.err = err
}

// split cuts a frame into groups. Together they are the frame again.
func split(frame []byte, how Split) [][]byte {
	var cuts []int // a group ends before each of these offsets
	switch how {
	case SplitBytes:
		for i := 1; i < len(frame); i++ {
			cuts = append(cuts, i)
		}
	case SplitRunes:
		for i, b := range frame {
			if b >= utf8.RuneSelf && !utf8.RuneStart(b) {
				cuts = append(cuts, i)
			}
		}
	case SplitEvents, SplitCoalesced: // a frame is one group
	case SplitLines:
		start := 0
		for i, b := range frame {
			if b == '\n' {
				if mid := (start + i) / 2; mid > start {
					cuts = append(cuts, mid)
				}
				start = i + 1
			}
		}
	}
	var groups [][]byte
	start := 0
	for _, c := range append(cuts, len(frame)) {
		groups = append(groups, frame[start:c])
		start = c
	}
	return groups
}

// pause waits and reports whether the client is still there. The wait ends
// with the client or with the server, whichever goes first.
func (a *API) pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
	case <-a.closing:
	}
	return false
}

// held waits until hold is closed. It is false if the client left before that.
func (a *API) held(ctx context.Context, hold <-chan struct{}) bool {
	select {
	case <-hold:
		return true
	case <-ctx.Done():
	case <-a.closing:
	}
	return false
}

// stall waits for the client to leave.
func (a *API) stall(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-a.closing:
	}
}
