package main_test

import (
	"archive/zip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// unpacked are the files of an archive.
func unpacked(t *testing.T, path string) map[string]string {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = z.Close() }()
	all := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = r.Close()
		all[f.Name] = string(text)
	}
	return all
}

// A bundle helps, and nothing of its sender is in it: a session, settings and an
// environment full of names and secrets leave no byte of them.
func TestBundleHoldsNothingOfItsSender(t *testing.T) {
	const (
		key, typed, said = "sk-ant-hunted-key", "huntedXylophone", "huntedQuagga"
		user             = "hunted-ada"
	)
	dir := t.TempDir()
	home := filepath.Join(dir, "home", user)
	state := filepath.Join(home, "state")
	api := messages.Start(t, messages.Options{Keys: []string{key}})
	host := strings.TrimPrefix(api.URL(), "http://")
	write(t, filepath.Join(home, "config", "claude-lsp", "config.toml"), `
model = "hunted-model"
huntedSetting = "hunted-value"
[completion]
debounce = "0ms"
[context]
exclude = ["hunted-pattern/**"]
windowTokens = "hunted-window"
[log]
file = "`+filepath.ToSlash(home)+`/hunted.log"
[[claude.standby]]
baseURL = "https://hunted-standby.example"
credentials = { source = "env", variable = "HUNTED_STANDBY_KEY" }
[languages.hunted-language]
enabled = false
[models.hunted-name]
provider = "claude"
`)
	// The machine's user is named too, where that is no word of everybody's.
	hidden := []string{key, typed, said, "hunted", "HUNTED", home, filepath.ToSlash(home), dir, host, api.URL(), "config.toml", "store.db"}
	if me := os.Getenv("USER"); len(me) > 4 {
		hidden = append(hidden, me)
	}
	if name, err := os.Hostname(); err == nil && len(name) > 4 {
		hidden = append(hidden, name)
	}
	env := []string{
		"HOME=" + home, "USERPROFILE=" + home, "USER=" + user, "XDG_STATE_HOME=" + state, "XDG_CONFIG_HOME=" + filepath.Join(home, "config"),
		"ANTHROPIC_API_KEY=" + key, "ANTHROPIC_BASE_URL=" + api.URL(), "CLAUDE_LSP_HUNTED_VARIABLE=hunted", "VAULT_TOKEN=hunted-vault-token",
	}
	api.Say("```go\n" + said + "()\n```")
	api.ExpectRefusal(404, "not_found_error")
	api.ExpectRefusal(404, "not_found_error")
	for _, model := range []string{"claude-haiku-5-5", "hunted-model"} { // the service does not know the second one
		e := startServer(t, append(env, "CLAUDE_LSP_MODEL="+model), editor.Options{InlineCompletion: true})
		e.Allow("window/showMessage")
		e.Initialize()
		for _, language := range []string{"go", "hunted-other"} {
			uri := "file:///w/hunted-project/" + language + "/hunted.txt"
			e.Open(uri, language, "package a\n\nfunc "+typed+"() {\n\t\n}\n")
			for _, item := range e.Inline(uri, editor.Position{Line: 3, Character: 1}, editor.InlineOptions{}).Items() {
				if _, err := e.Accept(item).Wait(); err != nil {
					t.Fatal(err)
				}
			}
		}
		e.Shutdown()
		e.WaitEnd()
	}

	file := filepath.Join(dir, "bundle.zip")
	var all map[string]string
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) { // the server may still be writing
		out, errs, code := run(t, command(t, env, "doctor", "--offline", "--force", "--bundle", file))
		if code != 0 {
			t.Fatalf("exit code %d: %s", code, errs)
		}
		all = unpacked(t, file)
		for name := range all {
			if !strings.Contains(out, name) || !strings.Contains(all["README.txt"]+"README.txt", name) {
				t.Errorf("%s is in it, and neither the command nor the list tells: %s", name, out)
			}
		}
		if strings.Count(all["why.jsonl"], `"outcome":"shown"`) == 2 && strings.Count(all["why.jsonl"], `"outcome":"failed"`) == 2 && strings.Contains(all["stats.json"], `"accepted": 2`) || time.Now().After(end) {
			break
		}
	}
	if len(all) != 6 {
		t.Errorf("in it are %d files: %v", len(all), all)
	}
	for name, text := range all {
		for _, h := range hidden {
			if strings.Contains(text, h) || strings.Contains(name, h) {
				t.Errorf("%s holds %q:\n%s", name, h, text)
			}
		}
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range hidden {
		if strings.Contains(string(raw), h) {
			t.Errorf("the archive holds %q", h)
		}
	}

	// What helps is there. The version is what the go command made of the work tree.
	line, _, _ := run(t, command(t, env, "version"))
	version := strings.Fields(line)[1]
	for name, wants := range map[string][]string{
		"versions.json": {`"version": "` + version + `"`, `"platform": "` + runtime.GOOS + "/" + runtime.GOARCH, `"modernc.org/sqlite": "v`, `"VAULT_TOKEN": true`, `"HTTPS_PROXY": false`},
		"settings.json": {
			`"key": "claude.baseURL",
      "value": "set",
      "source": "environment"`, `"key": "completion.debounce",
      "value": "0s",
      "source": "file"`, `"key": "languages.\u003cid\u003e.enabled"`, `"key": "model",
      "value": "set"`,
		},
		"doctor.json": {`"what": "key"`, `from the source \"env\", of unknown age`, "one whose price is not known", "something odd"},
		"stats.json":  {`"name": "go"`, `"name": "other"`, `"store": ""`, `"p50Ms"`},
		"why.jsonl":   {`"language":"go"`, `"language":"other"`, `"model":"other"`, `"session":"1"`, `"says":"shown, asked the model`},
	} {
		for _, want := range wants {
			want = strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(want)
			if !strings.Contains(all[name], want) {
				t.Errorf("%s does not hold %s:\n%s", name, want, all[name])
			}
		}
	}
	for _, name := range []string{"versions.json", "settings.json", "doctor.json", "stats.json"} {
		if !json.Valid([]byte(all[name])) {
			t.Errorf("%s is no JSON: %s", name, all[name])
		}
	}
}

// A file that is there is not touched, and what is written is for its owner alone.
func TestBundleFile(t *testing.T) {
	dir := t.TempDir()
	file, precious := filepath.Join(dir, "a.zip"), filepath.Join(dir, "precious")
	out, errs, code := run(t, command(t, nil, "doctor", "--offline", "--bundle", file))
	if code != 0 || !strings.Contains(out, "only you may read it") {
		t.Fatalf("exit code %d: %s%s", code, out, errs)
	}
	info, err := os.Stat(file)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	write(t, precious, "precious")
	if _, errs, code = run(t, command(t, nil, "doctor", "--offline", "--bundle", precious)); code != 1 || !strings.Contains(errs, "is there already") || !strings.Contains(errs, "--force") {
		t.Errorf("exit code %d: %s", code, errs)
	}
	if text, _ := os.ReadFile(precious); string(text) != "precious" {
		t.Errorf("the file is %q now", text)
	}
	if runtime.GOOS != "windows" { // a link is replaced, and what it names is not
		link := filepath.Join(dir, "link")
		if err := os.Symlink(precious, link); err != nil {
			t.Fatal(err)
		}
		if _, errs, code = run(t, command(t, nil, "doctor", "--offline", "--force", "--bundle", link)); code != 0 {
			t.Errorf("exit code %d: %s", code, errs)
		}
		if text, _ := os.ReadFile(precious); string(text) != "precious" {
			t.Errorf("what the link named is %q now", text)
		}
	}
	if _, errs, code = run(t, command(t, nil, "doctor", "--offline", "--force", "--bundle", filepath.Join(dir, "none", "a.zip"))); code != 1 {
		t.Errorf("exit code %d: %s", code, errs)
	}
	// Nothing of a store that cannot be used is told but that, and not where it is.
	blocked := filepath.Join(dir, "hunted-state")
	write(t, blocked, "a file where a folder should be")
	without := filepath.Join(dir, "without.zip")
	if out, errs, code = run(t, command(t, []string{"XDG_STATE_HOME=" + blocked}, "doctor", "--offline", "--bundle", without)); code != 0 || !strings.Contains(out, "not there: the store cannot be used") {
		t.Errorf("exit code %d: %s%s", code, out, errs)
	}
	for name, text := range unpacked(t, without) {
		if strings.Contains(text, "hunted") || name == "stats.json" && text != "null\n" || name == "doctor.json" && !strings.Contains(text, "cannot be used") {
			t.Errorf("%s says %s", name, text)
		}
	}

	all := unpacked(t, file)
	if !strings.Contains(all["doctor.json"], "the embedded model answers") {
		t.Errorf("doctor.json says %s", all["doctor.json"])
	}
}
