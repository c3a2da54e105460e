package metrics

import (
	"bufio"
	"context"
	"errors"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestText(t *testing.T) {
	var r Registry
	asked := r.Counter("x_asked_total", "Questions.", Label{"outcome", []string{"shown", "empty"}})
	r.Counter("x_retries_total", `One \ and`+"\n"+`two "lines".`).Add(2)
	r.GaugeFunc("x_files", "Files.", func() float64 { return 1234567 })
	state := r.Gauge("x_state", "States.", Label{"endpoint", []string{"first"}}, Label{"state", []string{"open", "closed"}})
	took := r.Histogram("x_seconds", "Times.", []float64{0.1, 1}, Label{"how", []string{"asked"}})

	asked.Add(1, "shown")
	asked.Add(1.5, "shown")
	asked.Add(1, "/home/ada/secret.go")
	asked.Add(1, "sk-ant-x")
	asked.Add(1)
	for _, lost := range []float64{-1, math.NaN(), math.Inf(-1)} {
		asked.Add(lost, "empty")
	}
	state.Set(1, "first", "open")
	state.Set(1, "first", "closed")
	state.Set(0, "first", "open")
	for _, x := range []float64{0.1, 0.05, 0.5, 7, math.NaN()} { // an end belongs to its bucket
		took.Observe(x, "asked")
	}

	const want = `# HELP x_asked_total Questions.
# TYPE x_asked_total counter
x_asked_total{outcome="empty"} 0
x_asked_total{outcome="other"} 3
x_asked_total{outcome="shown"} 2.5
# HELP x_retries_total One \\ and\ntwo "lines".
# TYPE x_retries_total counter
x_retries_total 2
# HELP x_files Files.
# TYPE x_files gauge
x_files 1.234567e+06
# HELP x_state States.
# TYPE x_state gauge
x_state{endpoint="first",state="closed"} 1
x_state{endpoint="first",state="open"} 0
# HELP x_seconds Times.
# TYPE x_seconds histogram
x_seconds_bucket{how="asked",le="0.1"} 2
x_seconds_bucket{how="asked",le="1"} 3
x_seconds_bucket{how="asked",le="+Inf"} 4
x_seconds_sum{how="asked"} 7.65
x_seconds_count{how="asked"} 4
`
	var got strings.Builder
	if err := r.WriteText(&got); err != nil {
		t.Fatal(err)
	}
	if got.String() != want {
		t.Errorf("it writes\n%s\nwant\n%s", got.String(), want)
	}
	if all := r.Families(); len(all) != 5 || all[3].Name != "x_state" || all[4].Kind != KindHistogram {
		t.Errorf("families %+v", all)
	}
}

// Figures are counted while they are read.
func TestCountingAtOnce(t *testing.T) {
	var r Registry
	c := r.Counter("c_total", "C.", Label{"a", []string{"x", "y"}})
	h := r.Histogram("h_seconds", "H.", []float64{1})
	g := r.Gauge("g", "G.")
	r.GaugeFunc("f", "F.", func() float64 { c.Add(1, "y"); return 1 })
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 100 {
				c.Add(1, "x")
				h.Observe(0.5)
				g.Set(1)
			}
			_ = r.WriteText(io.Discard)
		})
	}
	all.Wait()
	var got strings.Builder
	_ = r.WriteText(&got)
	for _, line := range []string{`c_total{a="x"} 800`, `c_total{a="y"} 8`, "h_seconds_count 800", `h_seconds_bucket{le="1"} 800`} {
		if !strings.Contains(got.String(), line+"\n") {
			t.Errorf("%s is missing:\n%s", line, got.String())
		}
	}
}

func TestHandler(t *testing.T) {
	var r Registry
	r.Counter("c_total", "C.")
	for _, tt := range []struct {
		method, host, path string
		want               int
	}{
		{"GET", "127.0.0.1:9464", "/metrics", 200},
		{"GET", "127.0.0.1", "/metrics", 200},
		{"GET", "127.3.2.1:1", "/metrics", 200},
		{"GET", "localhost:9464", "/metrics", 200},
		{"GET", "[::1]:9464", "/metrics", 200},
		{"GET", "[::1]", "/metrics", 200},
		{"GET", "rebound.example:9464", "/metrics", 421},
		{"GET", "localhost.example", "/metrics", 421},
		{"GET", "127.0.0.1.example:9464", "/metrics", 421},
		{"GET", "192.168.0.7:9464", "/metrics", 421},
		{"GET", "0.0.0.0:9464", "/metrics", 421},
		{"GET", "", "/metrics", 421},
		{"GET", "rebound.example", "/", 421},
		{"GET", "127.0.0.1", "/", 404},
		{"GET", "127.0.0.1", "/metrics/", 404},
		{"GET", "127.0.0.1", "/debug/pprof/", 404},
		{"POST", "127.0.0.1", "/metrics", 405},
		{"HEAD", "127.0.0.1", "/metrics", 405},
		{"OPTIONS", "127.0.0.1", "/metrics", 405},
	} {
		q := httptest.NewRequest(tt.method, "http://placeholder"+tt.path, nil)
		q.Host = tt.host
		w := httptest.NewRecorder()
		r.Handler().ServeHTTP(w, q)
		shown := strings.Contains(w.Body.String(), "c_total 0")
		if w.Code != tt.want || shown != (tt.want == 200) {
			t.Errorf("%s %s at %q: %d, shown %v", tt.method, tt.path, tt.host, w.Code, shown)
		}
		if w.Header().Get("Access-Control-Allow-Origin") != "" {
			t.Error("pages of other origins may read it")
		}
	}
}

func TestListenRefusesWhatOthersReach(t *testing.T) {
	for _, address := range []string{"", ":9464", "0.0.0.0:0", "[::]:0", "192.168.0.7:0", "example.com:80", "localhost", "unix:/a", "127.0.0.1.example:0"} {
		if l, err := Listen(t.Context(), address); !errors.Is(err, ErrNotLoopback) {
			t.Errorf("%q: %v", address, err)
			if l != nil {
				_ = l.Close()
			}
		}
	}
}

func TestServe(t *testing.T) {
	var r Registry
	r.Counter("c_total", "C.").Add(3)
	l, err := Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- r.Serve(ctx, l) }()
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	resp, err := client.Get("http://" + l.Addr().String() + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	text, _ := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != ContentType || !strings.Contains(string(text), "c_total 3\n") {
		t.Errorf("%s, %q: %s", resp.Status, resp.Header.Get("Content-Type"), text)
	}

	// Whoever opens connections and says nothing takes none of the others' memory,
	// and does not keep the server from ending.
	var idle []net.Conn
	for range connections + 8 {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			break
		}
		idle = append(idle, c)
	}
	closed := 0
	for _, c := range idle {
		_ = c.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
		if _, err := bufio.NewReader(c).ReadByte(); errors.Is(err, io.EOF) || err != nil && !isTimeout(err) {
			closed++
		}
	}
	if closed < 8 {
		t.Errorf("%d of %d silent connections were closed, want 8 at least", closed, len(idle))
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("it ended with %v", err)
	}
	for _, c := range idle {
		_ = c.Close()
	}
	if _, err := net.Dial("tcp", l.Addr().String()); err == nil {
		t.Error("the address is still open")
	}
}

func isTimeout(err error) bool {
	var n net.Error
	return errors.As(err, &n) && n.Timeout()
}

// A listener that breaks is told.
func TestServeTellsOfABrokenListener(t *testing.T) {
	var r Registry
	l, err := Listen(t.Context(), "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	if err := r.Serve(t.Context(), l); !errors.Is(err, net.ErrClosed) {
		t.Errorf("it ended with %v", err)
	}
}
