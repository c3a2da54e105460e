package messages

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Options of an API. The zero value takes any key, tells the time by the
// clock and speaks HTTP/1.1.
type Options struct {
	Keys       []string         // the keys that are good; none means that every key is
	Now        func() time.Time // the clock of the prompt cache and of the record, safe for concurrent use; nil is time.Now
	HTTP2      bool             // of Start: HTTP/2 over TLS, with a certificate of its own
	RefuseGzip bool             // play a server that takes no encoded bodies
	Done       func(Request)    // told of every request that is over, one at a time; may be nil
	Forget     bool             // drop the body of a request that is over: for servers that run for days
}

// An API is a fake Messages API. It is an http.Handler, safe for concurrent
// use.
type API struct {
	options Options
	now     func() time.Time
	closing chan struct{} // closed when the server goes away: nothing waits any longer
	shut    sync.Once
	server  *httptest.Server // of Start

	done sync.Mutex // one Done at a time

	mu       sync.Mutex
	answer   func(Request) Answer
	queue    []Answer
	expected []expectation
	requests []Request
	changed  chan struct{} // closed at the next change of requests
	cache    promptCache
}

// New returns an API that is not being served. Close it when it is no longer
// needed.
func New(o Options) *API {
	a := &API{options: o, now: o.Now, closing: make(chan struct{}), changed: make(chan struct{}), cache: promptCache{}}
	if a.now == nil {
		a.now = time.Now
	}
	return a
}

// Close ends every wait of the API, so that its handlers return.
func (a *API) Close() { a.shut.Do(func() { close(a.closing) }) }

// Answer lets f say what is answered. It is called once for each accepted
// request for an answer, from several goroutines; queued answers go first.
// While neither is set, the model has nothing to say and its answers are empty.
func (a *API) Answer(f func(Request) Answer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.answer = f
}

// Say lets the model say the same to everyone.
func (a *API) Say(text string) { a.Answer(func(Request) Answer { return Answer{Text: text} }) }

// Queue appends answers for the next requests, one each. Requests that only
// fill the prompt cache (max_tokens 0) have nothing to say and leave the queue
// alone.
func (a *API) Queue(answers ...Answer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.queue = append(a.queue, answers...)
}

// next takes the answer for a request.
func (a *API) next(x *exchange) Answer {
	a.mu.Lock()
	if len(a.queue) > 0 && x.body.MaxTokens > 0 {
		ans := a.queue[0]
		a.queue = a.queue[1:]
		a.mu.Unlock()
		return ans
	}
	answer, seen := a.answer, a.requests[x.n]
	a.mu.Unlock()
	if answer == nil {
		return Answer{}
	}
	return answer(seen)
}

// ServeHTTP plays the API for one request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := a.open(r)
	gone := context.AfterFunc(r.Context(), func() {
		now := a.now()
		a.note(x, func(q *Request) {
			if q.Ended.IsZero() {
				q.Cancelled = now
			}
		})
	})
	defer func() {
		gone()
		now := a.now()
		a.note(x, func(q *Request) {
			if r.Context().Err() != nil && q.Cancelled.IsZero() {
				q.Cancelled = now
			}
			q.Ended = now
		})
		a.report(x)
	}()
	a.rateHeaders(w.Header(), x)
	page, bad := a.admit(w, r, x)
	switch {
	case bad != nil:
		a.refuse(w, x, bad)
	case page != "":
		a.write(w, x, http.StatusOK, "application/json", page)
	default:
		a.play(r.Context(), w, x, a.next(x))
	}
}

// admit lets a request through all the checks. It returns a page for requests
// that ask for no answer of the model.
func (a *API) admit(w http.ResponseWriter, r *http.Request, x *exchange) (page string, bad *Fault) {
	method := http.MethodPost
	switch path := r.URL.Path; {
	case path == "/v1/messages", path == "/v1/messages/count_tokens":
	case path == "/v1/models", strings.HasPrefix(path, "/v1/models/"):
		method = http.MethodGet
	default: // /v1/complete among them
		return "", &Fault{Status: http.StatusNotFound}
	}
	if r.Method != method {
		return "", &Fault{Status: http.StatusMethodNotAllowed}
	}
	key, header := keyOf(r.Header)
	switch {
	case key == "":
		return "", &Fault{Status: http.StatusUnauthorized, Message: "x-api-key header is required"}
	case len(a.options.Keys) > 0 && !slices.Contains(a.options.Keys, key):
		if header == "Authorization" {
			return "", &Fault{Status: http.StatusUnauthorized, Message: "Invalid bearer token"}
		}
		return "", &Fault{Status: http.StatusUnauthorized, Message: "invalid x-api-key"}
	}
	if bad := checkHeaders(r.Header); bad != nil {
		return "", bad
	}
	if method == http.MethodGet {
		return modelsPage(r.URL.Path)
	}
	raw, bad := a.readBody(w, r, x)
	if bad != nil {
		return "", bad
	}
	c := call{version: r.Header.Get("Anthropic-Version"), betas: betaList(r.Header), count: r.URL.Path != "/v1/messages"}
	c.body, bad = parse(raw, c.count, slices.Contains(c.betas, betaThreads))
	a.note(x, func(q *Request) { q.Body = c.body })
	if bad != nil {
		return "", bad
	}
	if x.spec, bad = check(c); bad != nil {
		return "", bad
	}
	x.body = c.body
	if c.count {
		return fmt.Sprintf(`{"input_tokens":%d}`, promptTokens(c.body, x.spec)), nil
	}
	x.links = chain(c.body, x.spec, KeyDigest(key))
	a.mu.Lock()
	x.usage, x.hit = a.cache.read(x.links, x.spec.minCache, a.now())
	a.mu.Unlock()
	a.note(x, func(q *Request) { q.Usage = x.usage })
	return "", nil
}

// readBody reads and decodes the body within the API's limits.
func (a *API) readBody(w http.ResponseWriter, r *http.Request, x *exchange) ([]byte, *Fault) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, invalid("content-type: application/json is required")
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	a.note(x, func(q *Request) { q.Wire = len(raw) })
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, &Fault{Status: http.StatusRequestEntityTooLarge}
	case err != nil: // the client has left in the middle of it
		now := a.now()
		a.note(x, func(q *Request) { q.Cancelled = now })
		return nil, invalid("The request body could not be read.")
	}
	coded := func(status int, code, message string) *Fault {
		return &Fault{Status: status, Code: code, Message: message}
	}
	switch encoding := r.Header.Get("Content-Encoding"); {
	case encoding == "" || encoding == "identity":
	case encoding != "gzip" || a.options.RefuseGzip:
		return nil, coded(400, "request_body_encoding_unsupported", "content-encoding: "+encoding+" is not supported")
	default:
		z, err := gzip.NewReader(bytes.NewReader(raw))
		if err == nil {
			raw, err = io.ReadAll(io.LimitReader(z, maxBody+1))
		}
		if err != nil {
			return nil, coded(400, "request_body_encoding_invalid", "The request body could not be decoded.")
		}
		if len(raw) > maxBody {
			return nil, coded(413, "request_body_too_large_after_decoding", "Request exceeds the maximum size.")
		}
	}
	a.note(x, func(q *Request) { q.Raw = raw })
	return raw, nil
}

// begin is the moment at which the answer of x begins.
func (a *API) begin(x *exchange) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.cache.begin(x.links, x.hit, x.spec.minCache, a.now())
}

// keyOf finds the key of a request and the header it stands in. x-api-key wins
// where there are both.
func keyOf(h http.Header) (key, header string) {
	if k := h.Get("X-Api-Key"); k != "" {
		return k, "X-Api-Key"
	}
	if k, ok := strings.CutPrefix(h.Get("Authorization"), "Bearer "); ok && k != "" {
		return k, "Authorization"
	}
	return "", ""
}

// Limits that the rate-limit headers speak of. They are never reached.
const (
	requestsPerMinute = 1000
	inputPerMinute    = 2_000_000
	outputPerMinute   = 400_000
)

// rateHeaders sets what every response carries.
func (a *API) rateHeaders(h http.Header, x *exchange) {
	h.Set("Request-Id", x.id)
	h.Set("Anthropic-Organization-Id", "00000000-0000-4000-8000-000000000000")
	h.Set("Anthropic-Workspace-Id", "wrkspc_"+pad(1))
	reset := a.now().Add(time.Minute).UTC().Format(time.RFC3339)
	for name, limit := range map[string]int{
		"requests": requestsPerMinute, "tokens": inputPerMinute + outputPerMinute,
		"input-tokens": inputPerMinute, "output-tokens": outputPerMinute,
	} {
		left := limit
		if name == "requests" {
			left = limit - 1
		}
		h.Set("Anthropic-Ratelimit-"+name+"-Limit", strconv.Itoa(limit))
		h.Set("Anthropic-Ratelimit-"+name+"-Remaining", strconv.Itoa(left))
		h.Set("Anthropic-Ratelimit-"+name+"-Reset", reset)
	}
}

// fail writes an error.
func (a *API) fail(w http.ResponseWriter, x *exchange, f *Fault) {
	f = f.whole()
	for name, values := range f.Header {
		w.Header()[http.CanonicalHeaderKey(name)] = values
	}
	a.write(w, x, f.Status, "application/json", f.body(x.id))
}

func (a *API) write(w http.ResponseWriter, x *exchange, status int, kind, body string) {
	a.note(x, func(q *Request) { q.Status, q.Sent = status, len(body) })
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// report ends the record of a request.
func (a *API) report(x *exchange) {
	a.mu.Lock()
	q := a.requests[x.n]
	if a.options.Forget {
		a.requests[x.n].Body, a.requests[x.n].Raw = Body{}, nil
	}
	a.mu.Unlock()
	if a.options.Done != nil {
		a.done.Lock()
		defer a.done.Unlock()
		a.options.Done(q)
	}
}

// pad makes a number as long as the API's names are.
func pad(n int) string { return fmt.Sprintf("%024d", n) }
