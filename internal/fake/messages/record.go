package messages

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"time"
)

// A Request is what the API saw of one request and what it did with it. The
// key is not in it: only its digest, and where it stood.
type Request struct {
	ID      string // request-id
	Method  string
	Path    string
	Query   string
	Proto   string // "HTTP/1.1" or "HTTP/2.0"
	Remote  string // the client's end of the connection: equal for requests that shared one
	Version string // anthropic-version
	Betas   []string
	Header  http.Header // without the headers that carry a key

	KeyHeader string // "X-Api-Key", "Authorization" or ""
	KeyDigest string // first 12 hexadecimal digits of the key's SHA-256

	Body     Body
	Raw      []byte // the body after decoding
	Wire     int    // bytes of the body as it came
	Encoding string // content-encoding

	Refused *Fault // why the request was turned down by the API's rules, or nil
	Status  int    // of the response; 0 when none went out
	Usage   Usage
	Deltas  int // text deltas that were sent
	Sent    int // bytes of a stream that were sent

	At        time.Time
	Ended     time.Time // zero while it runs
	Cancelled time.Time // when the client gave up; zero when it did not
}

// An exchange is a request under way.
type exchange struct {
	id    string
	n     int // its place in the record
	body  Body
	spec  spec
	links []link
	hit   int
	usage Usage // what is known before the answer: all but the output
}

// Requests returns what came in so far, in order of arrival.
func (a *API) Requests() []Request {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.requests)
}

// Wait blocks until ok is content with the requests seen so far, or ctx ends.
// It is for what happens on the API's side of a connection, such as the moment
// at which it notices that the client has left.
func (a *API) Wait(ctx context.Context, ok func([]Request) bool) error {
	for {
		a.mu.Lock()
		changed := a.changed
		seen := slices.Clone(a.requests)
		a.mu.Unlock()
		if ok(seen) {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// open writes a new request down.
func (a *API) open(r *http.Request) *exchange {
	a.mu.Lock()
	defer a.mu.Unlock()
	x := &exchange{n: len(a.requests), hit: -1}
	x.id = "req_" + pad(x.n+1)
	header := r.Header.Clone()
	key, name := keyOf(header)
	for _, h := range []string{"X-Api-Key", "Authorization", "Proxy-Authorization", "Cookie"} {
		header.Del(h)
	}
	q := Request{
		ID: x.id, Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Proto: r.Proto, Remote: r.RemoteAddr,
		Version: r.Header.Get("Anthropic-Version"), Betas: betaList(r.Header), Header: header,
		KeyHeader: name, Encoding: r.Header.Get("Content-Encoding"), At: a.now(),
	}
	if key != "" {
		q.KeyDigest = KeyDigest(key)
	}
	a.requests = append(a.requests, q)
	a.wake()
	return x
}

// note changes the record of x.
func (a *API) note(x *exchange, change func(*Request)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	change(&a.requests[x.n])
	a.wake()
}

// wake tells those who Wait. The caller holds the lock.
func (a *API) wake() {
	close(a.changed)
	a.changed = make(chan struct{})
}

// KeyDigest is what a record keeps of a key.
func KeyDigest(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:6])
}
