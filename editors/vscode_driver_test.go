package editors

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// A vscode is VS Code in a browser: code-server in a world, with our extension
// installed, and a Chromium that a driver presses the keys of.
type vscode struct {
	t    *testing.T
	w    *world
	port int
	in   io.Writer
	out  *bufio.Reader
}

// fetchedVSCode is the path of a file that `make editor-vscode` fetches, or ends
// the test with the reason why there is none.
func fetchedVSCode(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", ".cache", "vscode", name))
	if err == nil {
		_, err = os.Stat(path)
	}
	if err == nil {
		return path
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("no VS Code, which `make editor-vscode` fetches: %v", err)
	}
	t.Skipf("no VS Code here: run `make editor-vscode`, which needs npm, Debian's apt-get and a network (%v)", err)
	return ""
}

// packing lets one test at a time pack: they share a folder.
var packing sync.Mutex

// thisPlatform is the machine at hand as packages are named after it.
func thisPlatform() string {
	arch := map[string]string{"amd64": "x64"}[runtime.GOARCH]
	return runtime.GOOS + "-" + cmp.Or(arch, runtime.GOARCH)
}

// vsix packs the extension as a release is packed: for this platform with the
// server that the tests have built, or "universal" without one.
func vsix(t *testing.T, target string) string {
	t.Helper()
	packing.Lock()
	defer packing.Unlock()
	args := []string{"scripts/vsix.mjs", "--target", target}
	if target != "universal" {
		args = append(args, "--binary", filepath.Join(built, "claude-lsp"))
	}
	c := exec.CommandContext(t.Context(), "node", args...)
	c.Dir = "vscode"
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("packing the extension: %v\n%s", err, out)
	}
	file, err := filepath.Abs(filepath.Join("..", "out", "vsix", "claude-lsp-"+target+".vsix"))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// quiet is the part of VS Code's settings that only keeps it still.
var quiet = map[string]any{
	"workbench.startupEditor": "none", "telemetry.telemetryLevel": "off", "extensions.autoUpdate": false,
	"extensions.ignoreRecommendations": true, "editor.quickSuggestions": map[string]string{"other": "off", "comments": "off", "strings": "off"},
	"editor.parameterHints.enabled": false, "editor.hover.enabled": "off", "editor.minimap.enabled": false, "editor.occurrencesHighlight": "off",
	"chat.commandCenter.enabled": false, "chat.disableAIFeatures": true, "workbench.secondarySideBar.defaultVisibility": "hidden",
	"window.restoreWindows": "none", "editor.tabSize": 4, "editor.insertSpaces": false, "editor.detectIndentation": false,
	"files.simpleDialog.enable": true, "editor.cursorBlinking": "solid", "workbench.colorTheme": "Default Light Modern",
	"update.showReleaseNotes": false, "workbench.tips.enabled": false, "editor.selectionHighlight": false, "git.enabled": false,
	"breadcrumbs.enabled": false, "editor.fontSize": 14, "editor.autoIndent": "none", "editor.autoClosingBrackets": "never", "editor.formatOnType": false,
	"editor.inlineSuggest.showToolbar": "never", "workbench.reduceMotion": "on", "editor.overviewRulerBorder": false, "editor.hideCursorInOverviewRuler": true,
	"editor.scrollbar.vertical": "hidden", "workbench.hover.delay": 100, "window.commandCenter": false,
	"workbench.layoutControl.enabled": false, "workbench.activityBar.location": "hidden", "editor.renderLineHighlight": "none",
}

// startVSCode installs a package of the extension and opens the project with a
// file in it.
func startVSCode(t *testing.T, w *world, packed, file string, trust bool) *vscode {
	t.Helper()
	v := &vscode{t: t, w: w, port: freePort(t)}
	all := map[string]any{"security.workspace.trust.enabled": trust, "security.workspace.trust.startupPrompt": "never", "security.workspace.trust.banner": "never"}
	maps.Copy(all, quiet)
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(w.folder("code", "User"), "settings.json"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	const keys = `[{"key": "ctrl+alt+z", "command": "claude-lsp.snooze", "args": 0.03}]` // two seconds
	if err := os.WriteFile(filepath.Join(w.folder("code", "User"), "keybindings.json"), []byte(keys), 0o600); err != nil {
		t.Fatal(err)
	}
	// VS Code takes its PATH from the person's login shell.
	w.set("SHELL", "/bin/sh")
	if err := os.WriteFile(filepath.Join(w.folder("home"), ".profile"), []byte("PATH='"+w.folder("bin")+"':$PATH\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.set("EXTENSIONS_GALLERY", `{"serviceUrl":"http://127.0.0.1:9/"}`) // or it looks for one on the internet
	run := func(args ...string) *exec.Cmd {
		c := exec.CommandContext(t.Context(), fetchedVSCode(t, "bin/code-server"), append([]string{
			"--user-data-dir", w.folder("code"), "--extensions-dir", w.folder("extensions"), "--config", filepath.Join(w.dir, "code.yaml"),
		}, args...)...)
		c.Env, c.WaitDelay = w.env, 5*time.Second
		c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
		return c
	}
	if err := os.WriteFile(filepath.Join(w.dir, "code.yaml"), fmt.Appendf(nil, "bind-addr: 127.0.0.1:%d\nauth: none\ncert: false\n", v.port), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := run("--install-extension", packed, "--force").CombinedOutput(); err != nil {
		t.Fatalf("installing the extension: %v\n%s", err, out)
	}
	args := []string{"--disable-telemetry", "--disable-update-check", "--disable-getting-started-override"}
	if !trust {
		args = append(args, "--disable-workspace-trust")
	}
	code := run(append(args, w.folder("project"))...)
	log, err := os.Create(filepath.Join(w.dir, "code.log"))
	if err != nil {
		t.Fatal(err)
	}
	code.Stdout, code.Stderr = log, log
	start(t, code)
	v.drive()
	base := fmt.Sprintf("http://127.0.0.1:%d/", v.port)
	eventually(t, "code-server to listen", func() string { return "" }, func() bool {
		r, err := http.Get(base + "healthz")
		if err == nil {
			r.Body.Close()
		}
		return err == nil
	})
	open := fmt.Sprintf(`[["openFile","vscode-remote://127.0.0.1:%d%s"]]`, v.port, file)
	v.must("goto", base+"?folder="+url.QueryEscape(w.folder("project"))+"&payload="+url.QueryEscape(open))
	v.must("focus", nil)
	v.must("appears", ".statusbar-item[id^='claude-lsp.claude-lsp']")
	t.Cleanup(func() {
		if t.Failed() {
			w.log("code.log")
			for _, log := range v.outputs() {
				w.log(log)
			}
		}
	})
	return v
}

// start starts a program that ends with the test.
func start(t *testing.T, c *exec.Cmd) {
	t.Helper()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Cancel()
		_ = c.Wait() // "signal: interrupt"
	})
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// drive starts the browser and its driver.
func (v *vscode) drive() {
	v.t.Helper()
	c := exec.CommandContext(v.t.Context(), "node", "vscode/real/drive.mjs", fetchedVSCode(v.t, "bin/chromium"), fetchedVSCode(v.t, "node_modules/playwright-core"))
	c.Env, c.WaitDelay = v.w.env, 5*time.Second
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	in, err := c.StdinPipe()
	if err != nil {
		v.t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		v.t.Fatal(err)
	}
	c.Stderr = os.Stderr
	v.in, v.out = in, bufio.NewReaderSize(out, 1<<20)
	start(v.t, c)
}

// ask has the driver do something.
func (v *vscode) ask(do string, with any) (got any, err error) {
	line, err := json.Marshal(map[string]any{"do": do, "with": with})
	if err != nil {
		return nil, err
	}
	if _, err := v.in.Write(append(line, '\n')); err != nil {
		return nil, err
	}
	answer, err := v.out.ReadBytes('\n')
	if err != nil {
		return nil, fmt.Errorf("the driver has ended: %w", err)
	}
	var a struct {
		Got    any
		Failed string
	}
	if err := json.Unmarshal(answer, &a); err != nil {
		return nil, err
	}
	if a.Failed != "" {
		return nil, errors.New(a.Failed)
	}
	return a.Got, nil
}

func (v *vscode) must(do string, with any) any {
	v.t.Helper()
	got, err := v.ask(do, with)
	if err != nil {
		v.t.Fatalf("%s %v: %v", do, with, err)
	}
	return got
}

// text is what the driver sees as one text, and list as several.
func (v *vscode) text(do string) string {
	v.t.Helper()
	s, _ := v.must(do, nil).(string)
	return s
}

func (v *vscode) list(do string) (all []string) {
	v.t.Helper()
	got, _ := v.must(do, nil).([]any)
	for _, e := range got {
		s, _ := e.(string)
		all = append(all, s)
	}
	return all
}

func (v *vscode) types(text string) { v.t.Helper(); v.must("type", text) }

func (v *vscode) keys(keys ...string) { v.t.Helper(); v.must("press", keys) }

func (v *vscode) palette(title string) { v.t.Helper(); v.must("palette", "claude-lsp: "+title) }

// begins empties the document, puts a text there and the cursor where it has
// the sign ‸.
func (v *vscode) begins(text string) {
	v.t.Helper()
	before, after, ok := strings.Cut(text, "‸")
	if !ok {
		v.t.Fatal("no cursor in the text")
	}
	v.must("focus", nil)
	v.keys("Escape", "Escape", "Control+a", "Delete")
	v.must("write", before+after)
	v.keys("Control+Home")
	for range strings.Count(before, "\n") {
		v.keys("ArrowDown")
	}
	v.keys("Home", "Home") // to the first column, and not to the first letter
	v.keys("End")
}

// sees waits for a ghost text; "" for none.
func (v *vscode) sees(want string) {
	v.t.Helper()
	eventually(v.t, fmt.Sprintf("the ghost text %q", want), func() string { return fmt.Sprintf("%q", v.text("ghost")) }, func() bool { return v.text("ghost") == want })
}

// says waits until the status bar has a text, or not any more.
func (v *vscode) says(part string) {
	v.t.Helper()
	eventually(v.t, fmt.Sprintf("%q in the status bar", part), func() string { return fmt.Sprintf("%q", v.text("status")) }, func() bool { return strings.Contains(v.text("status"), part) })
}

// offers waits for entries of an open menu.
func (v *vscode) offers(parts ...string) {
	v.t.Helper()
	eventually(v.t, fmt.Sprintf("a menu with %q", parts), func() string { return fmt.Sprintf("%q", v.list("menu")) }, func() bool {
		menu := v.list("menu")
		return !slices.ContainsFunc(parts, func(p string) bool {
			return !slices.ContainsFunc(menu, func(m string) bool { return strings.Contains(m, p) })
		})
	})
}

// saves writes the file and waits for what it should hold.
func (v *vscode) saves(file, want string) {
	v.t.Helper()
	v.keys("Control+s")
	holds := func() string { b, _ := os.ReadFile(file); return string(b) }
	eventually(v.t, fmt.Sprintf("%q in the file", want), func() string { return fmt.Sprintf("%q", holds()) }, func() bool { return holds() == want })
}

// opens opens a file of the project by its name.
func (v *vscode) opens(name string) {
	v.t.Helper()
	v.keys("Control+p")
	eventually(v.t, "the input for a file", func() string { return v.text("input") }, func() bool { return v.text("input") != "" })
	v.must("write", name)
	v.must("pick", name)
}

// noPopup asserts that nothing stands before the text.
func (v *vscode) noPopup() {
	v.t.Helper()
	if p := v.list("popups"); len(p) != 0 {
		v.t.Errorf("there are popups: %q", p)
	}
}

// shot keeps a picture of the screen for people.
func (v *vscode) shot(name string) {
	v.t.Helper()
	dir, err := filepath.Abs("../out/screenshots")
	if err == nil {
		err = os.MkdirAll(dir, 0o755)
	}
	if err == nil {
		_, err = v.ask("shot", map[string]any{"path": filepath.Join(dir, "vscode-"+strings.ReplaceAll(v.t.Name(), "/", "-")+"-"+name+".png")})
	}
	if err != nil {
		v.t.Log("no screenshot:", err)
	}
}

// outputs are what the extension wrote into its log, by file.
func (v *vscode) outputs() (all []string) {
	found, _ := filepath.Glob(filepath.Join(v.w.dir, "code", "logs", "*", "exthost*", "claude-lsp.claude-lsp", "*.log"))
	for _, path := range found {
		if name, err := filepath.Rel(v.w.dir, path); err == nil {
			all = append(all, name)
		}
	}
	return all
}
