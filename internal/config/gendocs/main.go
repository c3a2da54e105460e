// Gendocs writes the documentation and the JSON schema of the settings from
// their table.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	out := flag.String("o", "docs", "the folder to write into")
	flag.Parse()
	if err := write(*out); err != nil {
		fmt.Fprintln(os.Stderr, "gendocs:", err)
		os.Exit(1)
	}
}

func write(folder string) error {
	for name, text := range pages() {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// pages are the generated files by name.
func pages() map[string][]byte {
	return map[string][]byte{
		"settings.md":          markdown(),
		"settings.schema.json": schemaJSON(),
	}
}
