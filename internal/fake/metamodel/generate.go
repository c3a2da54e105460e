//go:build ignore

// Writes metamodel.json.gz anew: the model as it lies in the module
// go.lsp.dev/protocol, where go.sum vouches for it, without its documentation.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "go.lsp.dev/protocol").Output()
	if err != nil {
		log.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "internal", "genlsp", "testdata", "metaModel.json"))
	if err != nil {
		log.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var model any
	if err := decoder.Decode(&model); err != nil {
		log.Fatal(err)
	}
	plain, err := json.Marshal(undocumented(model))
	if err != nil {
		log.Fatal(err)
	}
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := w.Write(plain); err != nil {
		log.Fatal(err)
	}
	if err := w.Close(); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile("metamodel.json.gz", out.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
}

// undocumented is a value without what only people read. A property may be
// called documentation as well, but that is the value of a "name".
func undocumented(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for _, key := range []string{"documentation", "since", "sinceTags", "deprecated"} {
			delete(v, key)
		}
		for key := range v {
			v[key] = undocumented(v[key])
		}
	case []any:
		for i := range v {
			v[i] = undocumented(v[i])
		}
	}
	return v
}
