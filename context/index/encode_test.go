package index

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// sources are texts of several languages, for what must hold for any.
var sources = map[string]string{
	"empty.go":  "",
	"pump.go":   "package p\n\nimport (\n\t\"fmt\"\n\tq \"example.com/q\"\n)\n\ntype Pump struct {\n\tRate int\n}\n\nfunc (p *Pump) Run(n int) error {\n\treturn fmt.Errorf(\"%d\", n+q.N)\n}\n",
	"pump.py":   "from a.b import c as d, e\nimport f\n\nclass Pump:\n    rate = 1\n\n    def run(self, größe):\n        return größe\n",
	"notes.txt": "words alone, words again\n",
}

func TestAnEntryComesBackAsItWas(t *testing.T) {
	for name, text := range sources {
		want := Read(name, syntax.IDForPath(name), text)
		got, err := Decode(Encode(want, "v1"), name, "v1")
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
}

func TestBrokenEntriesAreRefused(t *testing.T) {
	e := Read("pump.go", "go", sources["pump.go"])
	good := Encode(e, "v1")
	if _, err := Decode(good, "pump.go", "v2"); !errors.Is(err, ErrEncoding) {
		t.Errorf("what another program has kept was read: %v", err)
	}
	if _, err := Decode(append(bytes.Clone(good), 0), "pump.go", "v1"); !errors.Is(err, ErrEncoding) {
		t.Errorf("a byte too much: %v", err)
	}
	for n := range good {
		if _, err := Decode(good[:n], "pump.go", "v1"); !errors.Is(err, ErrEncoding) {
			t.Fatalf("the first %d of %d bytes: %v", n, len(good), err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for name, text := range sources {
		f.Add(Encode(Read(name, syntax.IDForPath(name), text), "v1"))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := Decode(data, "a", "v1")
		if err != nil {
			return
		}
		var x Index
		x.Put(e)
		x.Remove("a")
		again, err := Decode(Encode(e, "v1"), "a", "v1")
		if diff := cmp.Diff(e, again, cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Errorf("%v (-first +second):\n%s", err, diff)
		}
	})
}
