package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/config"
	"github.com/claude-lsp/claude-lsp/internal/store"
)

// bundledDecisions is how many of the last requests a bundle tells of.
const bundledDecisions = 500

// The files of a bundle.
const (
	readmeFile   = "README.txt"
	versionsFile = "versions.json"
	settingsFile = "settings.json"
	doctorFile   = "doctor.json"
	statsFile    = "stats.json"
	whyFile      = "why.jsonl"
)

// An attachment is a file of a bundle.
type attachment struct {
	name, about string
	data        []byte
}

// bundle writes the archive and says what is in it. Nothing is taken from what
// doctor prints or a log holds and cleaned afterwards: each file is composed of
// what strangers may see.
func (c doctorCmd) bundle(ctx context.Context, w io.Writer, h *house) error {
	all, err := h.attachments(ctx, c.Offline)
	if err != nil {
		return err
	}
	f, err := createBundle(c.Bundle, c.Force)
	if err != nil {
		return fmt.Errorf("--bundle: %w", err)
	}
	if err := errors.Join(writeBundle(f, all, time.Now()), f.Close()); err != nil {
		return fmt.Errorf("--bundle: %w", err)
	}
	fmt.Fprintf(w, "%s is written, and only you may read it. In it are:\n\n", clean(c.Bundle))
	for _, a := range all {
		fmt.Fprintf(w, "  %-15s %s\n", a.name, a.about)
	}
	_, err = fmt.Fprintln(w, "\nNo text of a document, prompt or answer, no path, no address, no key and no name that you chose is in it. It was sent nowhere.")
	return err
}

// createBundle makes the file, which its owner alone may read. One that is
// there is replaced only where force says so.
func createBundle(path string, force bool) (*os.File, error) {
	if force {
		// The old file may be open to others, or a link to another one.
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("%s is there already; name another file, or say --force to lose it", path)
	}
	return f, err
}

func writeBundle(w io.Writer, all []attachment, now time.Time) error {
	z := zip.NewWriter(w)
	for _, a := range all {
		f, err := z.CreateHeader(&zip.FileHeader{Name: a.name, Method: zip.Deflate, Modified: now.UTC()})
		if err != nil {
			return err
		}
		if _, err := f.Write(a.data); err != nil {
			return err
		}
	}
	return z.Close()
}

// attachments are the files of a bundle, the first of which lists them.
func (h *house) attachments(ctx context.Context, offline bool) ([]attachment, error) {
	var failed error
	put := func(x any) []byte {
		data, err := indented(x)
		failed = errors.Join(failed, err)
		return data
	}
	figures, decisions, trouble := h.bundledStore(ctx)
	all := []attachment{
		{versionsFile, "versions of the program and of what it was built with, the platform, which variables are set", put(newVersions(os.LookupEnv))},
		{settingsFile, "settings: numbers and choices as they are, of all else whether it is set; where something is wrong in them", put(bundledSettings{h.settings.Told(""), h.settings.ToldWarnings()})},
		{doctorFile, "what claude-lsp doctor found, in words without names and places", put(newBundledFindings(h.findings(ctx, offline)))},
		{statsFile, "what claude-lsp stats --json prints, without the path of the store", put(figures)},
		{whyFile, fmt.Sprintf("what claude-lsp why --json --all prints of the last %d requests: docs/why.md names the fields", bundledDecisions), decisions},
	}
	if trouble != "" {
		for i, a := range all {
			if a.name == whyFile || a.name == statsFile && figures == nil {
				all[i].about += "; not there: " + trouble
			}
		}
	}
	var list strings.Builder
	list.WriteString("Made by claude-lsp doctor --bundle, for a bug report. In it are:\n\n")
	for _, a := range all {
		fmt.Fprintf(&list, "%-15s %s\n", a.name, a.about)
	}
	list.WriteString("\nNames that are not the program's own are \"other\". docs/bug-reports.md says more.\n")
	return append([]attachment{{readmeFile, "this list", []byte(list.String())}}, all...), failed
}

type bundledSettings struct {
	Settings []config.Told        `json:"settings"`
	Warnings []config.ToldWarning `json:"warnings"`
}

// A bundledFinding is a finding as strangers may see it.
type bundledFinding struct {
	What string `json:"what"`
	OK   bool   `json:"ok"`
	Told string `json:"says"`
	Todo string `json:"todo,omitempty"`
}

func newBundledFindings(found []finding) []bundledFinding {
	var all []bundledFinding
	for _, f := range found {
		all = append(all, bundledFinding{f.what, f.ok, f.told, f.todo})
	}
	return all
}

// bundledStore is what a bundle holds of the store. trouble is why it is empty,
// in words of the program.
func (h *house) bundledStore(ctx context.Context) (figures *stats, decisions []byte, trouble string) {
	st := h.store.open()
	if st == nil {
		return nil, nil, "there is no place for a store"
	}
	now := time.Now()
	all, err := readRows(ctx, st, now)
	if err != nil {
		return nil, nil, storeTrouble(err)
	}
	figures = new(newStats("", now, all.forStrangers()))
	figures.Link, _ = linkOf(ctx, st, h.settings.For("").Claude.BaseURL, now) // without it the rest still helps
	last, err := st.Decisions(ctx, bundledDecisions)
	if err != nil {
		return figures, nil, storeTrouble(err)
	}
	sessions := map[string]string{}
	for i, d := range last {
		if sessions[d.Session] == "" {
			sessions[d.Session] = fmt.Sprint(len(sessions) + 1)
		}
		last[i] = forStrangers(d, sessions)
	}
	var out bytes.Buffer
	if err := (whyCmd{Last: bundledDecisions, All: true}).choose(last, now).printJSON(&out); err != nil {
		return figures, nil, "they could not be written down"
	}
	return figures, out.Bytes(), ""
}

// storeTrouble words an error of the store without its path.
func storeTrouble(err error) string {
	for _, known := range []error{store.ErrNewer, store.ErrUnavailable, store.ErrClosed, context.DeadlineExceeded} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return "the store cannot be read"
}

// versions say what runs, and where.
type versions struct {
	Version   string            `json:"version"`
	Go        string            `json:"go"`
	Platform  string            `json:"platform"`
	CPUs      int               `json:"cpus"`
	Revision  string            `json:"revision,omitempty"`
	Modules   map[string]string `json:"modules"`
	Variables map[string]bool   `json:"variables"` // whether they are set
}

// tellingVariables are those of the environment that change where and how the
// program reaches something.
var tellingVariables = []string{
	"ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR",
	"VAULT_ADDR", "VAULT_TOKEN", "VAULT_NAMESPACE", "VAULT_CACERT", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "GODEBUG", "GOMEMLIMIT", "GOGC",
}

func newVersions(lookup func(string) (string, bool)) versions {
	v := versions{
		Version: version, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH, CPUs: runtime.NumCPU(),
		Modules: map[string]string{}, Variables: map[string]bool{},
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if m.Replace == nil { // what stands in the place of a module may be a path
				v.Modules[m.Path] = m.Version
			}
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				v.Revision = s.Value
			}
		}
	}
	for _, name := range tellingVariables {
		_, v.Variables[name] = lookup(name)
	}
	return v
}

func indented(x any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(x)
	return out.Bytes(), err
}
