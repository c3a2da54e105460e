package oracle

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/claude-lsp/claude-lsp/internal/metrics"
)

func parse(t *testing.T, text string) map[string]*dto.MetricFamily {
	t.Helper()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	all, err := parser.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		t.Fatalf("Prometheus does not read it: %v\n%s", err, text)
	}
	return all
}

// What was counted is what Prometheus reads, whatever the labels and help texts.
func TestReadBack(t *testing.T) {
	awkward := []string{"plain", `back\slash`, `"quoted"`, "two\nlines", "", "ü", `\n`, "a,b", "}"}
	random := rand.New(rand.NewPCG(3, 4))
	var r metrics.Registry
	label := metrics.Label{Name: "what", Values: awkward}
	counter := r.Counter("t_things_total", "Things \\ \n \"counted\".", label)
	gauge := r.Gauge("t_level", "Level.", metrics.Label{Name: "side", Values: []string{"a"}}, label)
	histogram := r.Histogram("t_seconds", "Times.", []float64{.001, .5, 2}, label)
	counted, levels, times := map[string]float64{}, map[string]float64{}, map[string][]float64{}
	for range 1000 {
		v := awkward[random.IntN(len(awkward))]
		n := random.Float64() * 1e6
		counter.Add(n, v)
		counted[v] += n
		level := random.NormFloat64()
		gauge.Set(level, "a", v)
		levels[v] = level
		x := random.ExpFloat64()
		histogram.Observe(x, v)
		times[v] = append(times[v], x)
	}
	var text bytes.Buffer
	if err := r.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	all := parse(t, text.String())
	if got := all["t_things_total"].GetHelp(); got != "Things \\ \n \"counted\"." {
		t.Errorf("help is read as %q", got)
	}
	value := func(m *dto.Metric) string {
		for _, l := range m.GetLabel() {
			if l.GetName() == "what" {
				return l.GetValue()
			}
		}
		return "no label"
	}
	seen := 0
	for _, m := range all["t_things_total"].GetMetric() {
		seen++
		if got, want := m.GetCounter().GetValue(), counted[value(m)]; got != want {
			t.Errorf("%q is read as %v, counted %v", value(m), got, want)
		}
	}
	for _, m := range all["t_level"].GetMetric() {
		seen++
		if got, want := m.GetGauge().GetValue(), levels[value(m)]; got != want {
			t.Errorf("%q is read as %v, set to %v", value(m), got, want)
		}
	}
	for _, m := range all["t_seconds"].GetMetric() {
		seen++
		h, observed := m.GetHistogram(), times[value(m)]
		if h.GetSampleCount() != uint64(len(observed)) {
			t.Errorf("%q: %d are read, %d were observed", value(m), h.GetSampleCount(), len(observed))
		}
		for _, b := range h.GetBucket() {
			n := uint64(0)
			for _, x := range observed {
				if x <= b.GetUpperBound() {
					n++
				}
			}
			if b.GetCumulativeCount() != n {
				t.Errorf("%q up to %v: %d are read, %d were observed", value(m), b.GetUpperBound(), b.GetCumulativeCount(), n)
			}
		}
	}
	if seen != 3*len(awkward) {
		t.Errorf("%d series are read, want %d", seen, 3*len(awkward))
	}
}

// The built server's figures are what Prometheus would have them be.
func TestTheServer(t *testing.T) {
	dir := t.TempDir()
	binary := filepath.Join(dir, "claude-lsp")
	build := exec.Command("go", "build", "-o", binary, "./cmd/claude-lsp")
	build.Dir, build.Env = "../../..", append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close()
	server := exec.Command(binary, "--stdio")
	server.Env = []string{"HOME=" + dir, "PATH=" + os.Getenv("PATH"), "CLAUDE_LSP_METRICS_LISTEN=" + address, "CLAUDE_LSP_PROVIDER=embedded"}
	in, err := server.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = in.Close()
		_ = server.Wait() // it ends without a shutdown, and says so by its exit code
	}()
	text := ""
	for end := time.Now().Add(30 * time.Second); text == ""; time.Sleep(20 * time.Millisecond) {
		resp, err := http.Get("http://" + address + "/metrics")
		if err != nil {
			if time.Now().After(end) {
				t.Fatal(err)
			}
			continue
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		text = string(body)
		if format := expfmt.ResponseFormat(resp.Header); format.FormatType() != expfmt.TypeTextPlain {
			t.Errorf("Prometheus takes %q for %v", resp.Header.Get("Content-Type"), format)
		}
	}
	problems, err := promlint.New(strings.NewReader(text)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
	all := parse(t, text)
	if all["claude_lsp_info"].GetMetric()[0].GetGauge().GetValue() != 1 || all["claude_lsp_requests_total"].GetType() != dto.MetricType_COUNTER {
		t.Errorf("it shows\n%s", text)
	}
	fmt.Printf("%d families, no finding of the linter: %s\n", len(all), strings.Join(slices.Sorted(maps.Keys(all)), " "))
}
