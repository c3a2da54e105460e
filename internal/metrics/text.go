package metrics

import (
	"bytes"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// ContentType is that of the text format.
const ContentType = "text/plain; version=0.0.4; charset=utf-8"

// WriteText writes all series in Prometheus' text format, those of one family
// in order of their labels.
func (r *Registry) WriteText(w io.Writer) error {
	r.mu.Lock()
	families := slices.Clone(r.families)
	r.mu.Unlock()
	var out bytes.Buffer // written at once, so that a slow reader holds no lock
	for _, f := range families {
		value := math.NaN()
		if f.read != nil {
			value = f.read() // without the lock: it may take one of its own
		}
		r.mu.Lock()
		if f.read != nil {
			f.at().value = value
		}
		f.write(&out)
		r.mu.Unlock()
	}
	_, err := w.Write(out.Bytes())
	return err
}

// write writes one family; the registry's mu is held.
func (f *family) write(out *bytes.Buffer) {
	if len(f.series) == 0 {
		return
	}
	out.WriteString("# HELP " + f.Name + " " + helpEscapes.Replace(f.Help) + "\n")
	out.WriteString("# TYPE " + f.Name + " " + string(f.Kind) + "\n")
	for _, key := range slices.Sorted(maps.Keys(f.series)) {
		s := f.series[key]
		if f.Kind != KindHistogram {
			f.line(out, "", s, "", number(s.value))
			continue
		}
		var count uint64 // buckets are cumulative
		for i, n := range s.buckets {
			count += n
			end := "+Inf"
			if i < len(f.Bounds) {
				end = number(f.Bounds[i])
			}
			f.line(out, "_bucket", s, end, strconv.FormatUint(count, 10))
		}
		f.line(out, "_sum", s, "", number(s.value))
		f.line(out, "_count", s, "", strconv.FormatUint(count, 10))
	}
}

// line writes one sample. le is the end of its bucket, or "".
func (f *family) line(out *bytes.Buffer, suffix string, s *series, le, value string) {
	out.WriteString(f.Name + suffix)
	open := byte('{')
	label := func(name, value string) {
		out.WriteByte(open)
		open = ','
		out.WriteString(name + `="` + valueEscapes.Replace(value) + `"`)
	}
	for i, l := range f.Labels {
		label(l.Name, s.values[i])
	}
	if le != "" {
		label("le", le)
	}
	if open == ',' {
		out.WriteByte('}')
	}
	out.WriteString(" " + value + "\n")
}

// What the format asks to be escaped.
var (
	helpEscapes  = strings.NewReplacer(`\`, `\\`, "\n", `\n`)
	valueEscapes = strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)
)

func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
