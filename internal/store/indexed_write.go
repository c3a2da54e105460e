package store

import (
	"context"
	"database/sql"
	"errors"
)

// An indexedWriter writes one batch of what is known of files.
type indexedWriter struct {
	tx    *sql.Tx
	key   []byte
	now   int64 // milliseconds since 1970
	limit int64 // bytes; below 0 where none was given, and nothing is added
	ids   map[string]int64
}

// use notes that a folder is in use, and its number.
func (w *indexedWriter) use(ctx context.Context, folder string) error {
	if _, known := w.ids[folder]; known || w.limit <= 0 {
		return nil
	}
	var id int64
	err := w.tx.QueryRowContext(ctx, `INSERT INTO indexed_folders (folder, used) VALUES (?, ?)
		ON CONFLICT (folder) DO UPDATE SET used = max(used, excluded.used) RETURNING id`, digest(w.key, folder), w.now).Scan(&id)
	w.ids[folder] = id
	return err
}

// remove deletes a row.
func (w *indexedWriter) remove(ctx context.Context, name indexedName) error {
	file := []byte(name.digest)
	if name.digest == "" {
		file = digest(w.key, name.folder, name.path)
	}
	_, err := w.tx.ExecContext(ctx, `DELETE FROM indexed_files WHERE file = ? AND folder =
		(SELECT id FROM indexed_folders WHERE folder = ?)`, file, digest(w.key, name.folder))
	return err
}

// add writes a row.
func (w *indexedWriter) add(ctx context.Context, name indexedName, f *IndexedFile) error {
	if err := w.use(ctx, name.folder); err != nil {
		return err
	}
	_, err := w.tx.ExecContext(ctx, `INSERT INTO indexed_files (folder, file, size, modified, entry) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (folder, file) DO UPDATE SET size = excluded.size, modified = excluded.modified, entry = excluded.entry`,
		w.ids[name.folder], digest(w.key, name.folder, name.path), f.Size, f.ModTime.UnixNano(), f.Entry)
	return err
}

// room makes room for some bytes and returns how many there are. It forgets
// whole folders, the one that was used longest ago first, and none that this
// batch is of.
func (w *indexedWriter) room(ctx context.Context, bytes int64) (int64, error) {
	if w.limit < 0 {
		return 0, nil
	}
	for {
		var used int64
		err := w.tx.QueryRowContext(ctx, `SELECT (c.page_count - f.freelist_count) * s.page_size
			FROM pragma_page_count AS c, pragma_freelist_count AS f, pragma_page_size AS s`).Scan(&used)
		if err != nil || used+bytes <= w.limit && w.limit > 0 {
			return w.limit - used, err
		}
		var id int64
		err = w.tx.QueryRowContext(ctx, `SELECT id FROM indexed_folders WHERE used < ? OR ? = 0 ORDER BY used LIMIT 1`, w.now, w.limit).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			return w.limit - used, nil
		}
		if err == nil {
			_, err = w.tx.ExecContext(ctx, `DELETE FROM indexed_files WHERE folder = ?`, id)
		}
		if err == nil {
			_, err = w.tx.ExecContext(ctx, `DELETE FROM indexed_folders WHERE id = ?`, id)
		}
		if err != nil {
			return 0, err
		}
	}
}
