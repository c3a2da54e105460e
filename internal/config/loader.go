package config

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
)

// Options are what a Loader reads from. The zero value knows the defaults and
// what the editor says.
type Options struct {
	UserFile string   // the user's own file, see the function of that name; "": none
	Environ  []string // as os.Environ returns it
	Log      *zap.Logger

	// Price says what a prompt of so many tokens costs at a model, for the
	// warning about large windows. It may be nil.
	Price func(model string, promptTokens int) (usd float64, known bool)

	// Every is the pause between two looks at the files; 0 is 2 s.
	Every time.Duration
}

// A Loader knows the settings of every workspace folder. It is safe for
// concurrent use.
type Loader struct {
	opts    Options
	log     *zap.Logger
	home    string
	environ layer

	// result holds what is asked for on every keystroke: it is read without a
	// lock and replaced as a whole.
	result atomic.Pointer[result]

	mu       sync.Mutex // guards all below, and the writing of result
	user     *file
	projects map[string]*file // by folder
	initial  layer            // initializationOptions
	section  layer            // the editor's settings that are for every folder
	folders  map[string]layer // the editor's settings for one folder
	refused  map[string]string
}

// A result is what follows from all sources.
type result struct {
	folders  map[string]*merged
	warnings []Warning
}

// merged is what follows for one folder.
type merged struct {
	config  Config
	origins map[string]origin
}

// New reads the user's file and the environment. It returns no error: what is
// wrong is among the Warnings.
func New(o Options) *Loader {
	if o.Log == nil {
		o.Log = zap.NewNop()
	}
	if o.Every <= 0 {
		o.Every = 2 * time.Second
	}
	l := &Loader{
		opts: o, log: o.Log, home: home(runtime.GOOS, environment(o.Environ)),
		environ:  parseEnviron(o.Environ),
		projects: map[string]*file{}, folders: map[string]layer{}, refused: map[string]string{},
	}
	if o.UserFile != "" {
		l.user = userLayer(o.UserFile)
		l.user.take(l.user.look(state{}))
	}
	l.result.Store(&result{folders: map[string]*merged{}})
	l.mu.Lock()
	defer l.mu.Unlock()
	l.merge("")
	return l
}

// For is what holds in a workspace folder, given by its path; "" is for
// documents outside of all folders. The first call for a folder reads the
// project's file; all others cost a look into a map.
func (l *Loader) For(folder string) Config { return l.mergedFor(folder).config }

// Origin says where the value comes from that holds for a key in a folder: a
// file and its line, "editor" or "environment". It is "" where the default
// holds.
func (l *Loader) Origin(folder, key string) (source string, line int) {
	o := l.mergedFor(folder).origins[key]
	return o.source, o.line
}

func (l *Loader) mergedFor(folder string) *merged {
	if m, ok := l.result.Load().folders[folder]; ok {
		return m
	}
	folder = cleanFolder(folder)
	if m, ok := l.result.Load().folders[folder]; ok {
		return m
	}
	var project *file
	if folder != "" {
		project = projectLayer(folder)
		project.take(project.look(state{})) // without the lock: the disk may be slow
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if m, ok := l.result.Load().folders[folder]; ok {
		return m
	}
	if project != nil {
		l.projects[folder] = project
	}
	l.merge(folder)
	return l.result.Load().folders[folder]
}

// cleanFolder is the one form of a folder's path. A relative one is no folder
// of a workspace, and would be taken inside the server's own.
func cleanFolder(folder string) string {
	if !filepath.IsAbs(folder) {
		return ""
	}
	return filepath.Clean(folder)
}

// SetInitial takes the initializationOptions. What the editor says later about
// the same key comes before them, but an empty didChangeConfiguration, as
// Emacs sends one, takes nothing back.
func (l *Loader) SetInitial(raw json.RawMessage) {
	l.setEditor("initializationOptions", raw, func(sent layer) { l.initial = sent })
}

// SetEditor takes the editor's settings for every folder, in place of those it
// sent before. If they cannot be understood, those before stay.
func (l *Loader) SetEditor(raw json.RawMessage) {
	l.setEditor("settings", raw, func(sent layer) { l.section = sent })
}

// SetFolderEditor is SetEditor for one folder. Its settings come before those
// for every folder.
func (l *Loader) SetFolderEditor(folder string, raw json.RawMessage) {
	folder = cleanFolder(folder)
	if folder == "" {
		l.SetEditor(raw)
		return
	}
	l.For(folder) // reads the project's file
	l.setEditor("settings for "+folder, raw, func(sent layer) { l.folders[folder] = sent })
}

func (l *Loader) setEditor(what string, raw json.RawMessage, put func(layer)) {
	sent, err := parseEditor(raw)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		l.refused[what] = err.Error()
	} else {
		delete(l.refused, what)
		put(sent)
	}
	l.merge()
}

// Forget drops all that is known about a folder that left the workspace.
func (l *Loader) Forget(folder string) {
	folder = cleanFolder(folder)
	if folder == "" {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.projects, folder)
	delete(l.folders, folder)
	old := l.result.Load()
	folders := maps.Clone(old.folders)
	delete(folders, folder)
	l.result.Store(&result{folders: folders})
	l.merge()
}

// Warnings are all that is to be said about the settings now: files first, by
// name and line. The slice is the caller's.
func (l *Loader) Warnings() []Warning { return slices.Clone(l.result.Load().warnings) }

// merge works out what follows for the folders that are known and for more. It
// reports whether any of it is new. The lock is held.
func (l *Loader) merge(more ...string) (changed bool) {
	old := l.result.Load()
	next := &result{folders: map[string]*merged{}}
	for _, folder := range slices.AppendSeq(more, maps.Keys(old.folders)) {
		if _, twice := next.folders[folder]; twice {
			continue
		}
		m, warnings := l.follow(folder)
		next.folders[folder] = m
		next.warnings = append(next.warnings, warnings...)
		was := old.folders[folder]
		changed = changed || was == nil || !reflect.DeepEqual(m.config, was.config)
	}
	for _, what := range slices.Sorted(maps.Keys(l.refused)) {
		next.warnings = append(next.warnings, Warning{Source: SourceEditor, Text: l.refused[what] + "; what it sent before stays"})
	}
	next.warnings = inOrder(next.warnings)
	l.result.Store(next)
	return changed || !slices.Equal(next.warnings, old.warnings)
}

// follow lays the sources over each other for one folder.
func (l *Loader) follow(folder string) (*merged, []Warning) {
	m := newMerger(l.opts.UserFile, l.home)
	for _, f := range []*file{l.user, l.projects[folder]} {
		if f != nil {
			read := f.good
			read.kind, read.source, read.broken = f.kind, f.path, f.trouble
			m.lay(read)
		}
	}
	m.lay(ofTheEditor(l.initial, l.section, l.folders[folder]))
	m.lay(l.environ)
	c := m.draft.config()
	if w, ok := l.dear(c, m.origins["context.windowTokens"]); ok {
		m.warnings = append(m.warnings, w)
	}
	return &merged{c, m.origins}, m.warnings
}

// cheapPrompt is the size in tokens above which models price a whole request
// higher.
const cheapPrompt = 100_000

// dear warns of a window that can cost several times as much.
func (l *Loader) dear(c Config, from origin) (Warning, bool) {
	n := c.Context.WindowTokens.Max
	if n <= cheapPrompt {
		return Warning{}, false
	}
	text := fmt.Sprintf("context.windowTokens is above %d: beyond that some models price the whole request higher", cheapPrompt)
	if l.opts.Price != nil {
		if usd, known := l.opts.Price(c.Model, n); known {
			text += fmt.Sprintf("; a full prompt costs $%.4f", usd)
			if below, known := l.opts.Price(c.Model, cheapPrompt); known {
				text += fmt.Sprintf(", one of %d tokens $%.4f", cheapPrompt, below)
			}
		}
	}
	return Warning{Source: from.source, Line: from.line, Key: "context.windowTokens", Text: text}, true
}
