package index

import (
	"encoding/binary"
	"errors"
	"hash/fnv"
	"math"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// ErrEncoding says that bytes are no entry, or one that another program wrote.
var ErrEncoding = errors.New("not an entry of this program")

// encodingVersion is the first byte of an encoded entry.
const encodingVersion = 1

// headBytes is how long the version and the stamp of the maker are.
const headBytes = 5

// Encode returns e, all but its path, as bytes that Decode reads: numbers as
// varints, words by the distance of their hashes. maker names the program that
// read the file. Another program finds other symbols and takes other strings
// for secrets, so it must not use what this one has kept.
func Encode(e *Entry, maker string) []byte {
	b := make([]byte, 0, 256+6*len(e.Words)+96*len(e.Symbols))
	b = append(b, encodingVersion)
	b = binary.LittleEndian.AppendUint32(b, stamp(maker))
	b = appendString(b, e.Language)
	b = appendNumbers(b, e.Bytes, e.Lines, len(e.Symbols))
	for i := range e.Symbols {
		s := &e.Symbols[i]
		b = appendNumbers(b, int(s.Kind), s.Line, s.End-s.Line)
		b = appendString(b, s.Name)
		b = appendString(b, s.Scope)
		b = appendString(b, s.Signature)
	}
	b = appendNumbers(b, len(e.Imports))
	for _, m := range e.Imports {
		b = appendNumbers(b, m.From, m.To-m.From)
		b = appendString(b, m.Path)
		b = appendNumbers(b, len(m.Names))
		for _, name := range m.Names {
			b = appendString(b, name)
		}
	}
	b = appendNumbers(b, len(e.Words))
	before := uint32(0)
	for _, w := range e.Words {
		b = appendNumbers(b, int(w.Hash-before), int(w.Count))
		before = w.Hash
	}
	return b
}

// Decode reads what Encode has written, as the entry of the file at path. It
// takes nothing for granted: the bytes may be anything. All strings of the
// entry are parts of one copy of data: thousands of small ones cost more for
// themselves than the rest of data does. The error is ErrEncoding.
func Decode(data []byte, path, maker string) (*Entry, error) {
	if len(data) < headBytes || data[0] != encodingVersion || binary.LittleEndian.Uint32(data[1:]) != stamp(maker) {
		return nil, ErrEncoding
	}
	r := reader{data: data[headBytes:], text: string(data[headBytes:])}
	e := &Entry{Path: path, Language: r.string(), Bytes: r.number(), Lines: r.number()}
	if n := r.length(6); n > 0 {
		e.Symbols = make([]Symbol, n)
	}
	for i := range e.Symbols {
		s := &e.Symbols[i]
		s.Kind = syntax.SymbolKind(r.below(math.MaxUint8 + 1))
		s.Line = r.number()
		s.End = s.Line + r.number()
		s.Name = r.string()
		s.Scope = r.string()
		s.Signature = r.string()
	}
	if n := r.length(4); n > 0 {
		e.Imports = make([]Import, n)
	}
	for i := range e.Imports {
		m := &e.Imports[i]
		m.From = r.number()
		m.To = m.From + r.number()
		m.Path = r.string()
		m.Names = make([]string, r.length(1))
		for j := range m.Names {
			m.Names[j] = r.string()
		}
	}
	if n := r.length(2); n > 0 {
		e.Words = make([]Word, n)
	}
	hash := 0
	for i := range e.Words {
		step := r.below(math.MaxUint32 + 1)
		if hash += step; hash > math.MaxUint32 || step == 0 && i > 0 {
			r.bad = true // Words are each once, and in order
		}
		e.Words[i] = Word{Hash: uint32(hash), Count: uint16(r.below(math.MaxUint16 + 1))}
	}
	if r.bad || len(r.data) > 0 {
		return nil, ErrEncoding
	}
	return e, nil
}

// stamp is a short digest of who has made an entry.
func stamp(maker string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(maker)) // it never fails
	return h.Sum32()
}

func appendNumbers(b []byte, numbers ...int) []byte {
	for _, n := range numbers {
		b = binary.AppendUvarint(b, uint64(max(n, 0)))
	}
	return b
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// A reader takes values off the front of data, which text is a copy of. Once
// something was wrong all that it returns is zero.
type reader struct {
	data []byte // what is left
	text string // what is left
	bad  bool
}

// number is at most what a file can have of anything.
func (r *reader) number() int { return r.below(1 << 40) }

func (r *reader) below(limit int) int {
	n, size := binary.Uvarint(r.data)
	if r.bad || size <= 0 || n >= uint64(limit) {
		r.bad = true
		return 0
	}
	r.skip(size)
	return int(n)
}

// length is how many elements follow, of at least so many bytes each: no more
// memory is asked for than the data can be the reason of.
func (r *reader) length(each int) int {
	n := r.number()
	if n > len(r.data)/each {
		r.bad = true
		return 0
	}
	return n
}

func (r *reader) string() string {
	n := r.length(1)
	s := r.text[:n]
	r.skip(n)
	return s
}

func (r *reader) skip(n int) { r.data, r.text = r.data[n:], r.text[n:] }
