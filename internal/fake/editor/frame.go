package editor

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// readFrame reads one message: headers, an empty line, and as many bytes as
// Content-Length says. It returns io.EOF only where a frame could begin.
func readFrame(r *bufio.Reader) ([]byte, error) {
	length := -1
	for first := true; ; first = false {
		line, err := r.ReadString('\n')
		if errors.Is(err, io.EOF) && line == "" && first {
			return nil, io.EOF
		}
		if err != nil {
			return nil, fmt.Errorf("the connection ended inside the header %.80q: %w", line, unexpected(err))
		}
		header, crlf := strings.CutSuffix(line, "\r\n")
		if !crlf {
			return nil, fmt.Errorf("the header line %.80q does not end with \\r\\n", line)
		}
		if header == "" {
			break
		}
		name, value, colon := strings.Cut(header, ": ")
		switch {
		case !colon:
			return nil, fmt.Errorf("%.80q is no header", line)
		case name == "Content-Length":
			n, err := strconv.Atoi(value)
			if err != nil || n < 0 || strconv.Itoa(n) != value || length >= 0 {
				return nil, fmt.Errorf("the header %.80q is not a length, or one too many", line)
			}
			length = n
		case name != "Content-Type":
			return nil, fmt.Errorf("the protocol has no header %.80q", line)
		}
	}
	if length < 0 {
		return nil, errors.New("a header without Content-Length")
	}
	body := make([]byte, length)
	if n, err := io.ReadFull(r, body); err != nil {
		return nil, fmt.Errorf("the connection ended after %d of %d bytes of a message: %w", n, length, unexpected(err))
	}
	return body, nil
}

// unexpected turns io.EOF, which means a clean end, into one that is none.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// frame puts the header before a body.
func frame(body []byte) []byte {
	return append(fmt.Appendf(nil, "Content-Length: %d\r\n\r\n", len(body)), body...)
}

// An Error is the error of a response.
type Error struct {
	Code    int             `json:"code"`
	Message string          `json:"message"`
	Data    json.RawMessage `json:"data,omitempty"`
}

func (e *Error) Error() string { return fmt.Sprintf("%s (%d)", e.Message, e.Code) }

// Codes of errors that tests ask for.
const (
	MethodNotFound   = -32601
	RequestCancelled = -32800
	ContentModified  = -32801
	ServerCancelled  = -32802
)

// An incoming message of any kind. Which members were there at all matters, so
// a null differs from nothing.
type incoming struct {
	id     json.RawMessage
	method string
	params json.RawMessage
	result json.RawMessage
	err    *Error
}

// parse reads a message and refuses what JSON-RPC 2.0 does not allow.
func parse(body []byte) (incoming, error) {
	var m incoming
	if !utf8.Valid(body) {
		return m, errors.New("it is not UTF-8")
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil {
		return m, fmt.Errorf("it is not one JSON object: %w", err)
	}
	if string(members["jsonrpc"]) != `"2.0"` {
		return m, fmt.Errorf("jsonrpc is %s, not \"2.0\"", members["jsonrpc"])
	}
	for name := range members {
		switch name {
		case "jsonrpc", "id", "method", "params", "result", "error":
		default:
			return m, fmt.Errorf("it has an unknown member %q", name)
		}
	}
	m.id, m.params, m.result = members["id"], members["params"], members["result"]
	if m.id != nil && m.id[0] != '"' {
		if _, err := strconv.ParseInt(string(m.id), 10, 64); err != nil && (members["error"] == nil || string(m.id) != "null") {
			return m, fmt.Errorf("its id %s is neither a whole number nor a string", m.id)
		}
	}
	method, isRequest := members["method"]
	wire, isError := members["error"]
	switch {
	case isRequest && (m.result != nil || isError):
		return m, errors.New("it is a request and a response at once")
	case isRequest:
		if err := json.Unmarshal(method, &m.method); err != nil || m.method == "" {
			return m, fmt.Errorf("its method %s is no name", method)
		}
		if m.params != nil && m.params[0] != '{' && m.params[0] != '[' {
			return m, fmt.Errorf("its params %s are neither an object nor an array", m.params)
		}
	case m.id == nil:
		return m, errors.New("it is neither a request nor a response")
	case (m.result != nil) == isError:
		return m, errors.New("a response has either a result or an error")
	case isError:
		strict := json.NewDecoder(bytes.NewReader(wire))
		strict.DisallowUnknownFields()
		if err := strict.Decode(&m.err); err != nil || m.err == nil || m.err.Code == 0 || m.err.Message == "" {
			return m, fmt.Errorf("its error %s lacks a code or a message", wire)
		}
	}
	return m, nil
}
