package lsp

import (
	"path/filepath"
	"slices"

	"go.lsp.dev/protocol"
)

// didChangeWorkspaceFolders follows the user's folders. Open documents are
// placed anew.
func (s *Server) didChangeWorkspaceFolders(c *call) (any, error) {
	var p protocol.DidChangeWorkspaceFoldersParams
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	s.changeFolders(p.Event.Added, p.Event.Removed)
	return nil, nil
}

func (s *Server) changeFolders(more, less []protocol.WorkspaceFolder) {
	s.mu.Lock()
	folders := slices.Clone(s.folders)
	s.mu.Unlock()
	for _, gone := range less {
		// By the path: a client may name it with a slash at the end now and
		// without one then.
		path := filepath.Clean(filePath(gone.URI))
		folders = slices.DeleteFunc(folders, func(f folder) bool { return f.path == path })
		s.opts.Settings.Forget(path)
	}
	for _, added := range more {
		folders = appendFolder(folders, string(added.URI))
	}
	s.setFolders(folders)
	s.pullConfiguration()
}

func (s *Server) setFolders(folders []folder) {
	s.mu.Lock()
	s.folders = folders
	for u, d := range s.docs {
		moved := *d
		moved.path, moved.folder, moved.relative = s.place(u)
		s.docs[u] = &moved
	}
	for i := range s.trail.left {
		d := &s.trail.left[i]
		d.path, d.folder, d.relative = s.place(d.uri)
	}
	s.mu.Unlock()
	paths := make([]string, 0, len(folders))
	for _, f := range folders {
		paths = append(paths, f.path)
	}
	s.opts.Workspace.Folders(paths)
}

// firstFolder is the folder whose settings count where no document is named.
func (s *Server) firstFolder() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.folders) == 0 {
		return ""
	}
	return s.folders[0].path
}
