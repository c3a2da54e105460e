package record

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/document"
)

// A Recording is one that was read: the whole of it, and every number in it is
// one that was given before.
type Recording struct {
	Header Header
	Events []Event
	// Cut says that the last line is missing: the server was killed, or still
	// runs. What is there can be played all the same.
	Cut bool

	docs []*document.Document // by event: what an Open or a Change has led to
}

// The errors of Read, beside those of the reader.
var (
	ErrForeign = errors.New("this is no recording of claude-lsp; serve --record FILE makes one")
	ErrNewer   = errors.New("the recording was made by a newer claude-lsp; play it with that version")
	ErrDamaged = errors.New("the recording is damaged")
)

// maxLine bounds a line: no recording is larger, unless somebody said so.
const maxLine = 1 << 30

// Read reads a recording. A last line that breaks off is left out.
func Read(r io.Reader) (*Recording, error) {
	lines := bufio.NewReaderSize(r, 64<<10)
	first, err := readLine(lines)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	var rec Recording
	switch bad := json.Unmarshal(first, &rec.Header); {
	case bad != nil || rec.Header.Format < 1:
		return nil, ErrForeign
	case rec.Header.Format > Version:
		return nil, fmt.Errorf("%w: its format is %d (claude-lsp %s), and this one reads %d", ErrNewer, rec.Header.Format, rec.Header.Program, Version)
	}
	c := newChecker()
	for n := 2; ; n++ {
		line, err := readLine(lines)
		whole := err == nil
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if !whole && len(line) == 0 {
			break
		}
		var e Event
		if err := decode(line, &e); err != nil {
			if !whole {
				break // the writer did not come to its end
			}
			return nil, damaged(n, err)
		}
		doc, err := c.check(&e)
		if err != nil {
			return nil, damaged(n, err)
		}
		rec.Events = append(rec.Events, e)
		rec.docs = append(rec.docs, doc)
		if e.End != nil {
			return &rec, nil
		}
	}
	rec.Cut = true
	return &rec, nil
}

// damaged tells which line is wrong, in what way, and what to do.
func damaged(line int, err error) error {
	return fmt.Errorf("%w in line %d: %w; get it again as it was written, or cut it off before that line", ErrDamaged, line, err)
}

// readLine reads to the next line break, or to the end with io.EOF.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > maxLine:
			return nil, fmt.Errorf("%w: a line is longer than %d bytes", ErrDamaged, maxLine)
		case errors.Is(err, bufio.ErrBufferFull):
		default:
			return bytes.TrimRight(line, "\r\n"), err
		}
	}
}

// decode reads one line. A kind of event that is not known is refused: leaving
// it out would play something else.
func decode(line []byte, e *Event) error {
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(e); err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there are two events in it")
	}
	return nil
}
