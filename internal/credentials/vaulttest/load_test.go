package vaulttest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// binary is the server as it is shipped, built once for all tests.
var binary = sync.OnceValues(func() (string, error) {
	path := filepath.Join(running.dir, "claude-lsp")
	cmd := exec.Command("go", "build", "-o", path, "github.com/claude-lsp/claude-lsp/cmd/claude-lsp")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

// command is a run of the binary with a home of its own, which it returns.
func command(t *testing.T, env []string, args ...string) (*exec.Cmd, string) {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	cmd := exec.Command(path, args...)
	cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "USERPROFILE=" + home, "SYSTEMROOT=" + os.Getenv("SYSTEMROOT"),
		"XDG_CONFIG_HOME=" + filepath.Join(home, "config"), "XDG_STATE_HOME=" + filepath.Join(home, "state"), "XDG_CACHE_HOME=" + filepath.Join(home, "cache"),
	}, env...)
	return cmd, home
}

// A gate lets only the newest key through to the API.
type gate struct {
	api http.Handler

	mu      sync.Mutex
	newest  string
	passed  map[string]int // requests for answers, by key
	refused int
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	key := r.Header.Get("X-Api-Key")
	g.mu.Lock()
	ok := key == g.newest
	switch {
	case !ok && key != "": // opening a connection ahead shows none
		g.refused++
	case r.URL.Path == "/v1/messages":
		g.passed[key]++
	}
	g.mu.Unlock()
	if ok || key == "" {
		g.api.ServeHTTP(w, r)
		return
	}
	time.Sleep(100 * time.Millisecond) // so that several are refused at once
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusUnauthorized)
	_, _ = io.WriteString(w, `{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}`)
}

// process is a running server as a connection.
type process struct {
	io.Reader
	io.WriteCloser
}

// The key is rotated while 20 documents ask 30 times a second, and the API
// takes the newest alone: each request is answered with a suggestion.
func TestRotationUnderLoad(t *testing.T) {
	s := need(t)
	s.policy(t, "load", "secret/data/load")
	s.put(t, "load", "k-load-0")
	d := s.door(t)
	roleID, secretID := s.approle(t, "load", "4s", "10s")

	api := messages.Start(t, messages.Options{})
	api.Answer(func(messages.Request) messages.Answer {
		return messages.Answer{Text: "```go\ncompute(first, second)\n```\n", FirstByte: 150 * time.Millisecond}
	})
	g := &gate{api: api, newest: "k-load-0", passed: map[string]int{}}
	front := httptest.NewServer(g)
	defer front.Close()

	env := []string{
		"ANTHROPIC_BASE_URL=" + front.URL, "CLAUDE_LSP_COMPLETION_DEBOUNCE=0ms", "CLAUDE_LSP_CONTEXT_PREWARM=false", "CLAUDE_LSP_COMPLETION_AHEAD=false",
		"CLAUDE_LSP_CREDENTIALS_SOURCE=vault", "CLAUDE_LSP_CREDENTIALS_VAULT_ADDRESS=" + d.url, "CLAUDE_LSP_CREDENTIALS_VAULT_AUTH=approle",
		"CLAUDE_LSP_CREDENTIALS_VAULT_ROLE_ID_FILE=" + roleID, "CLAUDE_LSP_CREDENTIALS_VAULT_SECRET_ID_FILE=" + secretID,
		"CLAUDE_LSP_CREDENTIALS_VAULT_PATH=secret/data/load", "CLAUDE_LSP_LOG_LEVEL=debug",
	}
	cmd, home := command(t, env, "--stdio")
	var log bytes.Buffer
	cmd.Stderr = &log
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, theirs, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout = theirs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = theirs.Close()
	e := editor.Start(t, process{out, in}, editor.Options{InlineCompletion: true, Encodings: []string{"utf-8"}})
	e.Allow("window/logMessage", "claude-lsp/status", "$/progress", "window/workDoneProgress/create", "workspace/configuration")
	e.Initialize()

	const documents, seconds, perSecond, rotations = 20, 12, 30, 5
	at := map[int]editor.Position{}
	uri := func(i int) string { return fmt.Sprintf("file:///load/file%d.go", i) }
	for i := range documents {
		text := "package load\n\nfunc compute(first, second int) int { return first + second }\n\nfunc run(first, second int) {"
		e.Open(uri(i), "go", text)
		at[i] = editor.Position{Line: 4, Character: len("func run(first, second int) {")}
	}
	last := map[int]*editor.Call{} // by document
	asked, answered := 0, 0
	look := func(c *editor.Call) {
		if c == nil {
			return
		}
		if asked++; len(c.Items()) > 0 {
			answered++
		}
	}
	tick := time.NewTicker(time.Second / perSecond)
	defer tick.Stop()
	key := 0
	for n := range seconds * perSecond {
		<-tick.C
		if n > 0 && n%(seconds*perSecond/(rotations+1)) == 0 && key < rotations {
			key++
			s.put(t, "load", fmt.Sprintf("k-load-%d", key))
			g.mu.Lock()
			g.newest = fmt.Sprintf("k-load-%d", key)
			g.mu.Unlock()
		}
		i := n % documents
		look(last[i]) // on a machine that stands still the pace is less, and nothing is overtaken
		at[i] = e.Type(uri(i), at[i], fmt.Sprintf("\n\tvalue%d := ", n))
		last[i] = e.Inline(uri(i), at[i], editor.InlineOptions{Invoked: true})
	}
	for _, c := range last {
		look(c)
	}
	e.Close()
	_ = cmd.Wait()
	_ = out.Close()

	g.mu.Lock()
	defer g.mu.Unlock()
	t.Logf("%d requests, %d answered; %d rotations, %d times a key was refused; by key: %v; Vault: %d logins, %d renewals, %d reads",
		asked, answered, key, g.refused, g.passed, d.count("login"), d.count("renew-self"), d.count("load"))
	if answered != asked || asked != seconds*perSecond {
		t.Errorf("%d of %d requests have no suggestion; %d were to be asked", asked-answered, asked, seconds*perSecond)
	}
	if key != rotations || len(g.passed) != rotations+1 {
		t.Errorf("keys used: %v; want each of %d", g.passed, rotations+1)
	}
	// What was on its way when a key was rotated is refused once, and nothing else.
	if g.refused < rotations || g.refused > rotations*perSecond/2 {
		t.Errorf("%d requests were refused in %d rotations", g.refused, rotations)
	}
	if reads := d.count("load"); reads > 3*rotations+15 {
		t.Errorf("Vault was asked for the key %d times", reads)
	}
	secrets := []string{"k-load-", read(t, secretID), read(t, roleID)}
	for _, secret := range secrets {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log tells %q", secret)
		}
	}
	if !strings.Contains(log.String(), "there is a new one") {
		t.Error("the log does not say that the key was replaced")
	}
	noSecretBelow(t, home, secrets)
}

// doctor tells where a key comes from and how old it is, never the key.
func TestDoctor(t *testing.T) {
	s := need(t)
	s.policy(t, "doctor", "secret/data/doctor")
	s.put(t, "doctor", "k-doctor")
	env := []string{
		"CLAUDE_LSP_CREDENTIALS_SOURCE=vault", "VAULT_ADDR=" + s.url, "VAULT_CACERT=" + s.ca, "VAULT_TOKEN=" + token(t, "doctor", "1h"),
		"CLAUDE_LSP_CREDENTIALS_VAULT_PATH=secret/data/doctor",
	}
	cmd, home := command(t, env, "doctor", "--offline")
	out, err := cmd.CombinedOutput()
	if want := "ok  key       from Vault at " + s.url + ", secret/data/doctor, less than a day old\n"; err != nil || !strings.Contains(string(out), want) {
		t.Errorf("doctor: %v\n%s\nwant: %s", err, out, want)
	}
	if strings.Contains(string(out), "k-doctor") {
		t.Errorf("doctor shows the key:\n%s", out)
	}
	noSecretBelow(t, home, []string{"k-doctor"})

	env[4] = "CLAUDE_LSP_CREDENTIALS_VAULT_PATH=secret/data/other"
	cmd, _ = command(t, env, "doctor", "--offline")
	out, err = cmd.CombinedOutput()
	var failed *exec.ExitError
	if !errors.As(err, &failed) || failed.ExitCode() != 1 || !strings.Contains(string(out), "!!  key       from Vault at ") || !strings.Contains(string(out), "permission denied") {
		t.Errorf("doctor without the policy: %v\n%s", err, out)
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(b))
}

// noSecretBelow looks for secrets in every file of a folder.
func noSecretBelow(t *testing.T, dir string, secrets []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		for _, secret := range secrets {
			if strings.Contains(read(t, path), secret) {
				t.Errorf("%s holds %q", path, secret)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
