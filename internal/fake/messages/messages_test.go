package messages_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	v2023 = "2023-06-01"
	v2026 = "2026-10-21"
	haiku = "claude-haiku-5-5"
)

// plain is a request that every check lets through; the tests change it.
const plain = `{"model":"claude-haiku-5-5","max_tokens":256,"thinking":{"type":"disabled"},"messages":[{"role":"user","content":"Go on."}]}`

// streamed is plain as a stream.
var streamed = strings.Replace(plain, "{", `{"stream":true,`, 1)

// headers of a good request, with changes: "name: value" sets, "name:" removes.
func headers(changes ...string) http.Header {
	h := http.Header{"Content-Type": {"application/json"}, "Anthropic-Version": {v2026}, "X-Api-Key": {"sk-good"}}
	for _, c := range changes {
		name, value, _ := strings.Cut(c, ":")
		h.Del(name)
		if value = strings.TrimSpace(value); value != "" {
			h.Set(name, value)
		}
	}
	return h
}

// call sends one request and returns the response with its body read.
func call(t *testing.T, api *messages.API, method, path string, h http.Header, body []byte) (*http.Response, string) {
	t.Helper()
	res, text, err := try(t.Context(), api, method, path, h, body)
	if err != nil {
		t.Fatal(err)
	}
	return res, text
}

func try(ctx context.Context, api *messages.API, method, path string, h http.Header, body []byte) (*http.Response, string, error) {
	req, err := http.NewRequestWithContext(ctx, method, api.URL()+path, bytes.NewReader(body))
	if err != nil {
		return nil, "", err
	}
	req.Header = h
	c := *api.Client()
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := c.Do(req)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	return res, string(text), err
}

// ask sends a good POST to /v1/messages.
func ask(t *testing.T, api *messages.API, body string) (*http.Response, string) {
	t.Helper()
	return call(t, api, http.MethodPost, "/v1/messages", headers(), []byte(body))
}

// recorder is a test that only notes what it was failed for.
type recorder struct {
	cleanups []func()
	failed   []string
}

func (*recorder) Helper()            {}
func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }
func (r *recorder) Errorf(format string, args ...any) {
	r.failed = append(r.failed, fmt.Sprintf(format, args...))
}

// The point of the package: what the API turned down fails the test, unless the
// test wanted exactly that.
func TestStartFailsTheTest(t *testing.T) {
	tests := []struct {
		name   string
		expect []int
		send   []string
		want   []string // words of each complaint
	}{
		{name: "all is well", send: []string{plain}},
		{name: "refused", send: []string{"{}"}, want: []string{"refused POST /v1/messages: 400 invalid_request_error: model: Field required"}},
		{name: "refused as announced", expect: []int{400}, send: []string{"{}"}},
		{name: "refused once more than announced", expect: []int{400}, send: []string{"{}", "{}"}, want: []string{"refused POST"}},
		{name: "refused otherwise", expect: []int{404}, send: []string{"{}"}, want: []string{"refused POST", "never refused a request with 404"}},
		{name: "announced, but it never came", expect: []int{400}, send: []string{plain}, want: []string{"never refused a request with 400"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := &recorder{}
			api := messages.Start(r, messages.Options{})
			for _, status := range tt.expect {
				api.ExpectRefusal(status, map[int]string{400: "invalid_request_error", 404: "not_found_error"}[status])
			}
			for _, body := range tt.send {
				ask(t, api, body)
			}
			api.Client().CloseIdleConnections()
			for _, f := range r.cleanups {
				f()
			}
			if len(r.failed) != len(tt.want) {
				t.Fatalf("complaints %q, want %q", r.failed, tt.want)
			}
			for i, w := range tt.want {
				if !strings.Contains(r.failed[i], w) {
					t.Errorf("complaint %q, want one about %q", r.failed[i], w)
				}
			}
		})
	}
}

// A process that ends while it asks something has asked nothing wrong.
func TestLeavingInTheMiddleOfARequestDoesNotFailTheTest(t *testing.T) {
	r := &recorder{}
	api := messages.Start(r, messages.Options{})
	conn, err := net.Dial("tcp", strings.TrimPrefix(api.URL(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "POST /v1/messages/count_tokens HTTP/1.1\r\nHost: x\r\nX-Api-Key: sk\r\nAnthropic-Version: 2023-06-01\r\n"+
		"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(plain), plain[:10])
	if err := api.Wait(t.Context(), func(q []messages.Request) bool { return len(q) == 1 }); err != nil {
		t.Fatal(err)
	}
	conn.Close()
	for _, f := range r.cleanups {
		f()
	}
	if q := api.Requests()[0]; q.Refused == nil || q.Cancelled.IsZero() || len(r.failed) > 0 {
		t.Errorf("refused %v, cancelled %v, complaints %q", q.Refused, q.Cancelled, r.failed)
	}
}

// A scripted error is no refusal.
func TestScriptedErrorsDoNotFailTheTest(t *testing.T) {
	r := &recorder{}
	api := messages.Start(r, messages.Options{})
	api.Queue(messages.Fail(400))
	if res, _ := ask(t, api, plain); res.StatusCode != http.StatusBadRequest {
		t.Errorf("status %d, want 400", res.StatusCode)
	}
	for _, f := range r.cleanups {
		f()
	}
	if len(r.failed) > 0 {
		t.Errorf("complaints %q, want none", r.failed)
	}
}

func TestRecord(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	var done []messages.Request
	api := messages.Start(t, messages.Options{Now: func() time.Time { return now }, Done: func(q messages.Request) { done = append(done, q) }})
	api.Say("fine")
	h := headers("x-api-key:", "authorization: Bearer sk-secret", "anthropic-beta: prompt-caching-2024-07-31, fast-mode-2026-02-01", "user-agent: test")
	res, _ := call(t, api, http.MethodPost, "/v1/messages?beta=true", h, []byte(plain))
	got := api.Requests()
	if len(got) != 1 || len(done) != 1 {
		t.Fatalf("%d requests and %d reports, want one of each", len(got), len(done))
	}
	q := got[0]
	if q.Method != http.MethodPost || q.Path != "/v1/messages" || q.Query != "beta=true" || q.Proto != "HTTP/1.1" || q.Status != 200 ||
		q.Version != v2026 || len(q.Betas) != 2 || q.Header.Get("User-Agent") != "test" || q.Wire != len(plain) || string(q.Raw) != plain {
		t.Errorf("record %+v does not say what was sent", q)
	}
	if q.KeyHeader != "Authorization" || q.KeyDigest != messages.KeyDigest("sk-secret") {
		t.Errorf("key in %q with digest %q", q.KeyHeader, q.KeyDigest)
	}
	if strings.Contains(fmt.Sprintf("%+v", q), "sk-secret") {
		t.Error("the record holds the key")
	}
	if q.Body.Model != haiku || q.Body.Prompt() != "Go on." || q.Body.Thinking.Type != "disabled" {
		t.Errorf("parsed body %+v", q.Body)
	}
	if !q.At.Equal(now) || !q.Ended.Equal(now) || !q.Cancelled.IsZero() || q.ID != res.Header.Get("Request-Id") {
		t.Errorf("record %+v has the wrong times or id", q)
	}
}

// A server that runs for days does not keep what it was sent.
func TestForget(t *testing.T) {
	var told messages.Request
	api := messages.Start(t, messages.Options{Forget: true, Done: func(q messages.Request) { told = q }})
	ask(t, api, plain)
	if err := api.Wait(t.Context(), func(all []messages.Request) bool { return all[0].Raw == nil }); err != nil {
		t.Fatal(err)
	}
	api.Close()
	if q := api.Requests()[0]; len(q.Body.Messages) > 0 || q.Status != 200 {
		t.Errorf("record %+v", q)
	}
	if len(told.Raw) == 0 {
		t.Error("Done was told of a request without its body")
	}
}

// TestConcurrent is for the race detector and for the bookkeeping of many
// requests at once.
func TestConcurrent(t *testing.T) {
	api := messages.Start(t, messages.Options{HTTP2: true})
	api.Answer(func(q messages.Request) messages.Answer { return messages.Answer{Text: q.Body.Prompt()} })
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			body := strings.Replace(streamed, "Go on.", fmt.Sprintf("number %d", i), 1)
			_, text, err := try(t.Context(), api, http.MethodPost, "/v1/messages", headers(), []byte(body))
			if err != nil || !strings.Contains(text, fmt.Sprintf(`" %d"`, i)) {
				t.Errorf("request %d: %v, %s", i, err, text)
			}
		})
	}
	group.Wait()
	ids := map[string]bool{}
	for _, q := range api.Requests() {
		ids[q.ID] = true
		if q.Ended.IsZero() {
			t.Errorf("%s has not ended", q.ID)
		}
	}
	if len(ids) != 20 {
		t.Errorf("%d different ids, want 20", len(ids))
	}
}

// errorOf reads an error body.
func errorOf(t *testing.T, body string) (kind, message, code, requestID string) {
	t.Helper()
	var e struct {
		Type  string
		Error struct {
			Type, Message string
			Details       struct {
				Code string `json:"error_code"`
			}
		}
		RequestID string `json:"request_id"`
	}
	if err := json.Unmarshal([]byte(body), &e); err != nil || e.Type != "error" {
		t.Fatalf("not an error body (%v): %s", err, body)
	}
	return e.Error.Type, e.Error.Message, e.Error.Details.Code, e.RequestID
}
