package messages

import (
	"crypto/x509"
	"net/http"
	"net/http/httptest"
)

// T is what Start needs of a test; *testing.T and *testing.B are one.
type T interface {
	Helper()
	Cleanup(func())
	Errorf(format string, args ...any)
}

// An expectation is a refusal that a test wants to see.
type expectation struct {
	status int
	kind   string
	met    bool
}

// Start serves an API until the test ends. The test fails if the API turned
// down a request that ExpectRefusal had not announced, or if an announced
// refusal did not come.
func Start(t T, o Options) *API {
	t.Helper()
	a := New(o)
	a.server = httptest.NewUnstartedServer(a)
	if o.HTTP2 {
		a.server.EnableHTTP2 = true
		a.server.StartTLS()
	} else {
		a.server.Start()
	}
	t.Cleanup(func() {
		a.Close()
		a.server.CloseClientConnections()
		a.server.Close() // waits for the handlers
		a.mu.Lock()
		defer a.mu.Unlock()
		for _, q := range a.requests {
			// Whoever leaves in the middle of a request, as a process does that ends,
			// made no mistake.
			if q.Refused != nil && q.Cancelled.IsZero() && !a.wanted(q.Refused) {
				t.Errorf("the Messages API refused %s %s: %v", q.Method, q.Path, q.Refused)
			}
		}
		for _, e := range a.expected {
			if !e.met {
				t.Errorf("the Messages API never refused a request with %d %s", e.status, e.kind)
			}
		}
	})
	return a
}

// ExpectRefusal announces one refusal with this status and error type. Without
// it a refused request fails the test. Answers that a script plays are no
// refusals, whatever their status.
func (a *API) ExpectRefusal(status int, kind string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.expected = append(a.expected, expectation{status: status, kind: kind})
}

// wanted ticks off the first open expectation that f meets. The caller holds
// the lock.
func (a *API) wanted(f *Fault) bool {
	for i := range a.expected {
		e := &a.expected[i]
		if !e.met && e.status == f.Status && e.kind == f.Type {
			e.met = true
			return true
		}
	}
	return false
}

// refuse turns a request down by the API's own rules.
func (a *API) refuse(w http.ResponseWriter, x *exchange, f *Fault) {
	f = f.whole()
	a.note(x, func(q *Request) { q.Refused = f })
	a.fail(w, x, f)
}

// URL is the base URL of an API from Start, without a slash at its end.
func (a *API) URL() string { return a.server.URL }

// Client returns an HTTP client that trusts the certificate of an API from
// Start.
func (a *API) Client() *http.Client { return a.server.Client() }

// Certificate is what a client must trust under Options.HTTP2, or nil.
func (a *API) Certificate() *x509.Certificate { return a.server.Certificate() }
