package main

import (
	"time"

	"github.com/claude-lsp/claude-lsp/context/files"
)

// judgeAgain is how old a verdict about a path may get while it is asked for.
const judgeAgain = 2 * time.Second

// A verdict is what the rules say of a path. They lie on the disk, which a
// keystroke must not wait for; so they are read again in the background.
type verdict struct {
	ok, shareable bool
	reason        string
	at            time.Time
}

// Allowed implements lsp.Workspace.
func (w *workspace) Allowed(path string) (bool, string) {
	v := w.verdict(path)
	return v.ok, v.reason
}

// Shareable implements lsp.Workspace.
func (w *workspace) Shareable(path string) bool { return w.verdict(path).shareable }

// verdict is what is known of a path; the disk is asked when that is nothing.
func (w *workspace) verdict(path string) verdict {
	w.mu.Lock()
	v, known := w.verdicts[path]
	w.mu.Unlock()
	if !known {
		v = w.judge(path)
	}
	if time.Since(v.at) > judgeAgain {
		w.poke()
	}
	return v
}

// judge asks the disk.
func (w *workspace) judge(path string) verdict {
	w.mu.Lock()
	disk := w.files
	w.mu.Unlock()
	v := verdict{at: time.Now()}
	if disk == nil { // no client has named its folders
		v.ok = !w.secret(path)
		v.shareable = v.ok
		if !v.ok {
			v.reason = files.ReasonSecret
		}
	} else {
		v.ok, v.reason = disk.Allowed(path)
		v.shareable = v.ok && v.reason != files.ReasonGitIgnored
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.docs[path] != nil { // it may have been closed meanwhile
		w.verdicts[path] = v
	}
	return v
}

// rejudge asks the disk again about every path that is old.
func (w *workspace) rejudge() {
	w.mu.Lock()
	var old []string
	for path, v := range w.verdicts {
		if time.Since(v.at) > judgeAgain {
			old = append(old, path)
		}
	}
	w.mu.Unlock()
	for _, path := range old {
		w.judge(path)
	}
}
