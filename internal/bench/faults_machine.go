package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	_ "modernc.org/sqlite" // locks a store as another process would
)

// machineRows are what goes wrong beside the upstream, for as long as the
// server runs.
func machineRows() []faultRow {
	mounts := ""
	if runtime.GOOS != "linux" || os.Geteuid() != 0 {
		mounts = "only root on Linux may mount the disk that it needs"
	}
	return []faultRow{
		{name: "the disk is full", once: items, ever: items, layout: fullDisk, skip: mounts},
		{name: "the home can only be read", once: items, ever: items, layout: readOnlyHome, skip: mounts},
		{name: "the store's place is no folder", once: items, ever: items, layout: noFolder},
		{name: "the store is locked by another process", once: items, ever: items, layout: lockedStore},
		{name: "the store is another program's file", once: items, ever: items, layout: foreignStore},
		{name: "the machine's clock jumps", skip: "no process can be shown another clock; internal/route and internal/store test it with clocks of their own"},
	}
}

// mounted puts a small disk in the place of the state folder.
func mounted(h *faultHouse, options string) (folder string, err error) {
	folder = filepath.Join(h.home, "state")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", err
	}
	if out, err := exec.CommandContext(context.Background(), "mount", "-t", "tmpfs", "-o", options, "tmpfs", folder).CombinedOutput(); err != nil {
		return "", fmt.Errorf("mount: %w: %s", err, out)
	}
	h.clean = append(h.clean, func() { _ = exec.CommandContext(context.Background(), "umount", "-l", folder).Run() })
	return folder, nil
}

// fullDisk leaves not one free block for the store.
func fullDisk(h *faultHouse) error {
	folder, err := mounted(h, "size=64k")
	if err != nil {
		return err
	}
	_ = os.WriteFile(filepath.Join(folder, "full"), make([]byte, 128<<10), 0o600) // it ends where the disk does
	return nil
}

func readOnlyHome(h *faultHouse) error {
	_, err := mounted(h, "size=64k,ro")
	return err
}

// noFolder puts a file where the folder of the store should be made.
func noFolder(h *faultHouse) error {
	return os.WriteFile(filepath.Join(h.home, "state"), []byte("no folder"), 0o600)
}

// storeFile makes the folder of the store and returns its path.
func storeFile(h *faultHouse) (string, error) {
	path := filepath.Join(h.home, "state", "claude-lsp", "store.db")
	return path, os.MkdirAll(filepath.Dir(path), 0o700)
}

func lockedStore(h *faultHouse) error {
	path, err := storeFile(h)
	if err != nil {
		return err
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	h.clean = append(h.clean, func() { _ = db.Close() })
	db.SetMaxOpenConns(1)
	for _, q := range []string{"PRAGMA locking_mode = EXCLUSIVE", "CREATE TABLE theirs (n)", "BEGIN EXCLUSIVE"} {
		if _, err := db.ExecContext(context.Background(), q); err != nil {
			return err
		}
	}
	return nil
}

func foreignStore(h *faultHouse) error {
	path, err := storeFile(h)
	if err != nil {
		return err
	}
	return os.WriteFile(path, []byte("a diary of somebody"), 0o600)
}
