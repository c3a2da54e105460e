package dropin

import (
	"debug/elf"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// freeAddress is a loopback address on which nothing listens.
func freeAddress(t *probe) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// resident is how many KiB of memory a process has; 0 where Linux does not say.
func resident(pid int) int {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	fields := append(strings.Fields(rest), "0")
	n, _ := strconv.Atoi(fields[0])
	return n
}

// static says why a program of this system needs something beside itself.
func static(file string) error {
	if runtime.GOOS != "linux" {
		return nil // there the system's own libraries are always needed
	}
	f, err := elf.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	libraries, _ := f.ImportedLibraries()
	if len(libraries) > 0 || f.Section(".interp") != nil {
		return fmt.Errorf("it needs %v", libraries)
	}
	return nil
}

// connections are the TCP connections of a process to others than those that
// are expected, as Linux tells them.
func connections(pid int, expected ...string) (others []string) {
	inodes := map[string]bool{}
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	for _, file := range files {
		if to, err := os.Readlink(file); err == nil && strings.HasPrefix(to, "socket:[") {
			inodes[strings.Trim(to, "socket:[]")] = true
		}
	}
	ports := map[string]bool{}
	for _, e := range expected {
		ports[e[strings.LastIndex(e, ":")+1:]] = true
	}
	for _, table := range []string{"tcp", "tcp6"} {
		raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/net/%s", pid, table))
		if err != nil {
			return nil
		}
		for line := range strings.Lines(string(raw)) {
			f := strings.Fields(line)
			if len(f) < 10 || !inodes[f[9]] || f[3] == "0A" { // that listens
				continue
			}
			port := func(hex string) string {
				n, _ := strconv.ParseUint(hex[strings.LastIndex(hex, ":")+1:], 16, 16)
				return strconv.FormatUint(n, 10)
			}
			if !ports[port(f[1])] && !ports[port(f[2])] {
				others = append(others, f[2])
			}
		}
	}
	return others
}
