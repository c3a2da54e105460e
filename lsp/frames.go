package lsp

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"go.lsp.dev/jsonrpc2"
	"go.uber.org/zap"
)

// Limits of one message. The library's own are 1 GiB for a body and none for a
// header, so that one bad client could fill the memory.
const (
	maxHeader  = 8 << 10  // bytes of all header lines of a message together
	maxBody    = 64 << 20 // bytes of a body that is read; a larger one is skipped
	maxSkipped = 1 << 30  // bytes of a body that is skipped; past it the framing is taken for broken
	keepBuffer = 1 << 20  // a larger buffer is given back after its message was served
)

// errBrokenFraming says that the bytes on the wire are no messages of the base
// protocol. There is no way to find the next message, so the session ends.
var errBrokenFraming = errors.New("broken framing")

// frames is a jsonrpc2.Stream with header framing that bounds what it reads
// and that answers a body which is no JSON-RPC message itself: the library
// would end the connection for it, and one bad message must not.
//
// ReadFrame and WriteFrame make it a stream that the library can read without
// boxing each message.
type frames struct {
	jsonrpc2.Stream // writes and closes
	in              *bufio.Reader
	buf             []byte // the body handed out last; reused
	log             *zap.Logger
	ended           func() // called when no more can be read; nil: nothing
}

func newFrames(rwc io.ReadWriteCloser, log *zap.Logger) *frames {
	return &frames{Stream: jsonrpc2.NewHeaderStream(rwc), in: bufio.NewReaderSize(rwc, 32<<10), log: log}
}

// Read decodes the next message.
func (f *frames) Read(ctx context.Context) (jsonrpc2.Message, int64, error) {
	body, n, err := f.ReadFrame(ctx)
	if err != nil {
		return nil, 0, err
	}
	m, err := jsonrpc2.DecodeMessage(bytes.Clone(body))
	return m, n, err
}

// ReadFrame returns the body of the next sound message; it is valid until the
// next call. It returns io.EOF when the peer closed between two messages, and
// an error that is errBrokenFraming when the bytes cannot be understood.
func (f *frames) ReadFrame(ctx context.Context) (body []byte, n int64, err error) {
	defer func() {
		if err != nil && f.ended != nil {
			f.ended()
		}
	}()
	if cap(f.buf) > keepBuffer {
		f.buf = nil
	}
	for {
		if err := ctx.Err(); err != nil {
			return nil, 0, err
		}
		length, err := f.header()
		if err != nil {
			return nil, 0, err
		}
		if length > maxBody {
			f.log.Error("a message is too large and was skipped; the document it carried is not known to the server",
				zap.Int("bytes", length), zap.Int("limit", maxBody))
			if _, err := io.CopyN(io.Discard, f.in, int64(length)); err != nil {
				return nil, 0, midFrame(err)
			}
			continue
		}
		if cap(f.buf) < length {
			f.buf = make([]byte, length)
		}
		body = f.buf[:length]
		if _, err := io.ReadFull(f.in, body); err != nil {
			return nil, 0, midFrame(err)
		}
		if f.sound(ctx, body) {
			return body, int64(length), nil
		}
	}
}

// sound reports whether body is a message that the library will take. One that
// is not has been answered, as JSON-RPC 2.0 says, with the id null.
func (f *frames) sound(ctx context.Context, body []byte) bool {
	trimmed := bytes.TrimLeft(body, " \t\r\n")
	if len(trimmed) > 0 && trimmed[0] == '[' { // a batch: its members are judged one by one by the library
		if _, err := jsonrpc2.ParseRequests(body); err == nil {
			return true
		}
		f.refuse(ctx, jsonrpc2.ErrParse)
		return false
	}
	_, err := jsonrpc2.DecodeMessage(body) // borrows, so it costs one scan
	if err == nil {
		return true
	}
	if errors.Is(err, jsonrpc2.ErrInvalidRequest) && !bytes.Contains(body, []byte(`"method"`)) {
		f.log.Warn("a response that makes no sense was dropped") // a response is never answered
		return false
	}
	f.refuse(ctx, err)
	return false
}

func (f *frames) refuse(ctx context.Context, err error) {
	f.log.Warn("a message was refused", zap.Error(err))
	wire := jsonrpc2.ErrParse
	if errors.Is(err, jsonrpc2.ErrInvalidRequest) {
		wire = jsonrpc2.ErrInvalidRequest
	}
	if _, err := f.Write(ctx, jsonrpc2.NewResponse(jsonrpc2.ID{}, nil, wire)); err != nil {
		f.log.Warn("the refusal could not be sent", zap.Error(err))
	}
}

// WriteFrame frames data, a body that is encoded already.
func (f *frames) WriteFrame(ctx context.Context, data []byte) (int64, error) {
	w, ok := f.Stream.(interface {
		WriteFrame(ctx context.Context, data []byte) (int64, error)
	})
	if !ok {
		return 0, errors.New("the stream cannot write frames")
	}
	return w.WriteFrame(ctx, data)
}

// header reads header lines up to the empty one and returns the length of the
// body. Lines may end in a lone line feed; names are compared without case;
// fields other than Content-Length mean nothing here.
func (f *frames) header() (int, error) {
	length, read := -1, 0
	for {
		line, err := f.in.ReadSlice('\n')
		read += len(line)
		switch {
		case errors.Is(err, io.EOF) && read == 0:
			return 0, io.EOF
		case errors.Is(err, bufio.ErrBufferFull), read > maxHeader:
			return 0, fmt.Errorf("%w: a header of more than %d bytes", errBrokenFraming, maxHeader)
		case err != nil:
			return 0, midFrame(err)
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			if length < 0 {
				return 0, fmt.Errorf("%w: a header without Content-Length", errBrokenFraming)
			}
			return length, nil
		}
		name, value, ok := bytes.Cut(line, []byte(":"))
		if !ok {
			return 0, fmt.Errorf("%w: the header line %.60q has no colon", errBrokenFraming, line)
		}
		if !bytes.EqualFold(bytes.TrimSpace(name), []byte("Content-Length")) {
			continue
		}
		n, err := strconv.ParseUint(string(bytes.TrimSpace(value)), 10, 62)
		if err != nil || n > maxSkipped {
			return 0, fmt.Errorf("%w: Content-Length %.60q", errBrokenFraming, value)
		}
		length = int(n)
	}
}

// midFrame is the error of a connection that ended, or failed, inside a
// message.
func midFrame(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: the input ended inside a message", errBrokenFraming)
	}
	return err
}
