package claude

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
)

func FuzzAppendString(f *testing.F) {
	f.Add("plain")
	f.Add("\"\\\n\r\t\x00\x1f\x7f<&>")
	f.Add("ü🌍\u2028\ufffd")
	f.Add("\xff\xc3\x28\xed\xa0\x80é\xf0\x9f")
	f.Fuzz(func(t *testing.T, s string) {
		var got string
		raw := append(appendString([]byte(`"`), s), '"')
		if err := json.Unmarshal(raw, &got); err != nil {
			t.Fatalf("%q: %v", raw, err)
		}
		// []rune replaces each byte that is not UTF-8 by U+FFFD.
		if want := string([]rune(s)); got != want {
			t.Errorf("%q came back as %q", s, got)
		}
		for _, c := range raw {
			if c < ' ' {
				t.Errorf("%q holds a raw control character", raw)
			}
		}
	})
}

func TestEncodingsAreBounded(t *testing.T) {
	made := 0
	e := newEncodings(100)
	get := func(name string, size int) {
		t.Helper()
		got := e.get(encodingKey{name: name}, func() []byte { made++; return []byte(strings.Repeat(name, size/len(name))) })
		if len(got) != size {
			t.Fatalf("got %d bytes for %s, want %d", len(got), name, size)
		}
		sum := 0
		for el := e.order.Front(); el != nil; el = el.Next() {
			kept := el.Value.(keeping[encodingKey, []byte])
			sum += len(kept.value) + len(kept.key.name)
		}
		if sum != e.size || sum > e.max || len(e.byKey) != e.order.Len() {
			t.Fatalf("%d bytes in %d entries, %d counted, %d by key", sum, e.order.Len(), e.size, len(e.byKey))
		}
	}
	expect := func(want int, why string) {
		t.Helper()
		if made != want {
			t.Fatalf("%s: encoded %d times, want %d", why, made, want)
		}
	}
	get("a", 40)
	get("b", 40)
	get("a", 40)
	expect(2, "a is kept")
	get("c", 40)
	expect(3, "c is new")
	get("a", 40)
	expect(3, "a was used last, so b had to go")
	get("b", 40)
	expect(4, "b had gone")
	get("d", 300)
	get("d", 300)
	expect(6, "what is larger than the bound is not kept")
	get("b", 40)
	expect(6, "and pushes nothing out")
	e.get(encodingKey{}, func() []byte { made++; return nil })
	e.get(encodingKey{}, func() []byte { made++; return nil })
	expect(8, "without a name nothing is kept")
	e.get(encodingKey{rules: true, name: "b"}, func() []byte { made++; return nil })
	expect(9, "rules are not mistaken for a block")
}

func TestEncodingsConcurrently(t *testing.T) {
	e := newEncodings(200)
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 500 {
				name := fmt.Sprint((i*7 + g) % 40)
				if got := e.get(encodingKey{name: name}, func() []byte { return []byte(name + "!") }); string(got) != name+"!" {
					t.Errorf("got %q for %q", got, name)
				}
			}
		})
	}
	wg.Wait()
}
