package dropin

import (
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/fake/built"
	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
)

// processRows are about the program itself.
func processRows() []row {
	return []row{
		{n: 32, capability: "parent-death and EOF exit", check: ends, how: "the process is gone after its input ended, and after the process that initialize names was killed"},
		{n: 33, capability: "Windows / macOS / Linux x64 + arm64 binaries", check: platforms, how: "each is built and its header read (`make test-rows`); otherwise its sources are resolved without cgo, and `make vet` builds one for each system"},
		{n: 34, capability: "stdio; node-ipc; ACP", check: transports, how: "stdio with what clients add to the command line, TCP with a token, a unix socket; ACP is for agents, and node-ipc for servers in Node"},
	}
}

func ends(t *probe) {
	c := connect(t, setup{})
	c.says("a + b")
	c.items(c.ask(c.draw("a.go", half), nil))
	if err := c.run.Close(); err != nil {
		t.Fatal(err)
	}
	c.WaitEnd()
	c.run.Exit()
	if state := c.run.Cmd.ProcessState; state == nil || !state.Exited() {
		t.Errorf("after the end of its input the server had to be killed")
	}

	if runtime.GOOS == "windows" {
		return // there is no sleep
	}
	parent := exec.Command("sleep", "600")
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	c = start(t, setup{})
	raw, err := c.Request("initialize", map[string]any{
		"processId": parent.Process.Pid, "capabilities": map[string]any{}, "initializationOptions": copilotOptions(nil),
	}).Wait()
	if err != nil {
		t.Fatal(err)
	}
	c.Initialized(raw)
	c.status()
	_ = parent.Process.Kill()
	_ = parent.Wait()
	c.WaitEnd()
	c.run.Exit()
	if state := c.run.Cmd.ProcessState; state == nil || !state.Exited() {
		t.Errorf("after its parent's death the server had to be killed")
	}
}

// buildAll is the variable that has every platform's server built.
const buildAll = "ROWS_BUILD"

func platforms(t *probe) {
	root, err := built.Root()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, system := range []string{"linux", "darwin", "windows"} {
		for _, machine := range []string{"amd64", "arm64"} {
			env := append(os.Environ(), "CGO_ENABLED=0", "GOOS="+system, "GOARCH="+machine)
			if os.Getenv(buildAll) == "" {
				cmd := exec.Command("go", "list", "-deps", "-e", "-f", "{{if .Error}}{{.ImportPath}}: {{.Error}}{{end}}{{if .CgoFiles}}{{if not .Standard}}{{.ImportPath}} needs cgo{{end}}{{end}}", "./cmd/claude-lsp")
				cmd.Dir, cmd.Env = root, env
				out, err := cmd.CombinedOutput()
				if wrong := strings.TrimSpace(string(out)); err != nil || wrong != "" {
					t.Errorf("%s/%s: %v: %s", system, machine, err, wrong)
				}
				continue
			}
			file := filepath.Join(dir, system+"-"+machine)
			cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", file, "./cmd/claude-lsp")
			cmd.Dir, cmd.Env = root, env
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s/%s: %v: %s", system, machine, err, out)
			} else if err := header(file, system, machine); err != nil {
				t.Errorf("%s/%s: %v", system, machine, err)
			}
		}
	}
}

// header reads for what system and machine a program is.
func header(file, system, machine string) error {
	var got any
	want := map[string]any{
		"linux/amd64": elf.EM_X86_64, "linux/arm64": elf.EM_AARCH64, "darwin/amd64": macho.CpuAmd64, "darwin/arm64": macho.CpuArm64,
		"windows/amd64": uint16(pe.IMAGE_FILE_MACHINE_AMD64), "windows/arm64": uint16(pe.IMAGE_FILE_MACHINE_ARM64),
	}[system+"/"+machine]
	switch system {
	case "linux":
		f, err := elf.Open(file)
		if err != nil {
			return err
		}
		defer f.Close()
		if libraries, _ := f.ImportedLibraries(); len(libraries) > 0 {
			return fmt.Errorf("it needs %v", libraries)
		}
		got = f.Machine
	case "darwin":
		f, err := macho.Open(file)
		if err != nil {
			return err
		}
		defer f.Close()
		got = f.Cpu
	default:
		f, err := pe.Open(file)
		if err != nil {
			return err
		}
		defer f.Close()
		got = f.Machine
	}
	if got != want {
		return fmt.Errorf("it is for %v, not %v", got, want)
	}
	return nil
}

func transports(t *probe) {
	for _, args := range [][]string{nil, {"--stdio"}, {"--clientProcessId", fmt.Sprint(os.Getpid())}} { // beside the first --stdio
		c := connect(t, setup{args: args})
		c.says("a + b")
		if got := c.items(c.ask(c.draw("a.go", half), nil)); len(got) != 1 {
			t.Errorf("%v: %d items", args, len(got))
		}
		c.Shutdown()
		if n := c.run.Exit(); n != 0 {
			t.Errorf("%v: exit code %d", args, n)
		}
	}
	out, err := built.Command(t, nil, "--version").Output()
	if err != nil || !strings.HasPrefix(string(out), "claude-lsp ") {
		t.Errorf("--version: %s, %v", out, err)
	}
	addr, token := built.Listen(t, "127.0.0.1:0")
	session(t, "tcp", addr, map[string]any{"token": token})
	if runtime.GOOS != "windows" {
		dir, err := os.MkdirTemp("", "rows") // short: the path of a socket has little room
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.RemoveAll(dir) })
		path := filepath.Join(dir, "s")
		built.Listen(t, "unix:"+path)
		session(t, "unix", path, nil)
	}
}

// session opens and ends a session on a socket.
func session(t *probe, network, addr string, options map[string]any) {
	t.Helper()
	conn, err := net.Dial(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	e := editor.Start(t, conn, editor.Options{InlineCompletion: true, InitializationOptions: copilotOptions(options)})
	e.Allow("claude-lsp/status", "window/logMessage", "didChangeStatus", "didChangeStatus/v2", "statusNotification")
	e.Initialize()
	e.Shutdown()
}
