package config

import (
	"context"
	"time"

	"go.uber.org/zap"
)

// Watch looks at the settings files again until ctx ends, and calls changed,
// from the goroutine that called Watch, whenever the settings or the warnings
// of a folder became others. One Watch at a time is enough for a Loader.
//
// It looks at sizes and times every 2 s instead of asking the system to tell
// it. Notices of the system get lost on network drives, need the folder to
// exist and to be the same one after the file was replaced, and use a limited
// good on Linux and macOS; while a look at a few files costs microseconds, and
// 2 s are what it takes to get from the settings back to the code.
//
// A change counts when two looks in a row found the same content, so that a
// file that is being written is not read halfway.
func (l *Loader) Watch(ctx context.Context, changed func()) {
	timer := time.NewTimer(l.opts.Every)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		unsettled, isNew := l.lookAgain()
		if isNew {
			changed()
		}
		if unsettled {
			timer.Reset(l.opts.Every / 10)
		} else {
			timer.Reset(l.opts.Every)
		}
	}
}

// lookAgain looks at every file once. It reports whether one has changed and
// has to be seen a second time, and whether anything follows from a change.
func (l *Loader) lookAgain() (unsettled, isNew bool) {
	type seen struct {
		file   *file
		before state
		is     state
		data   []byte
	}
	l.mu.Lock()
	var looks []seen
	if l.user != nil {
		looks = append(looks, seen{file: l.user, before: l.user.is})
	}
	for _, f := range l.projects {
		looks = append(looks, seen{file: f, before: f.is})
	}
	l.mu.Unlock()

	for i := range looks { // without the lock: the disk may be slow
		looks[i].is, looks[i].data = looks[i].file.look(looks[i].before)
	}

	l.mu.Lock()
	defer l.mu.Unlock()
	taken := false
	for _, s := range looks {
		f := s.file
		switch {
		case s.is.sameAs(f.is):
			f.is, f.pending = s.is, nil
		case f.pending != nil && s.is.sameAs(*f.pending):
			f.take(s.is, s.data)
			f.pending = nil
			taken = true
			l.log.Info("settings file read again", zap.String("file", f.path))
		default:
			f.pending = &s.is
			unsettled = true
		}
	}
	if taken {
		isNew = l.merge()
	}
	return unsettled, isNew
}
