package store

import (
	"context"
	"database/sql"
	"fmt"
)

// migrations bring a store from one schema to the next: the first makes schema
// 1 of an empty file, and so on. The schema's number is SQLite's user_version.
//
// A migration that was released is never changed and never removed; a new one
// is added at the end. What a released program reads or writes must keep its
// meaning in later schemas, because programs of several versions share the
// file: add tables and columns, do not rename them.
var migrations = []string{
	spendingSchema,
	decisionsSchema,
	outcomesSchema,
	sentSchema,
	warmingSchema,
	linksSchema,
	indexedSchema,
	ledgerSchema,
	answersSchema,
	latenciesSchema,
}

// applicationID marks a SQLite file as ours: the letters "clsp".
const applicationID = 0x636c7370

// A schema is what a file says about itself.
type schema struct {
	application int
	version     int
	tables      int
}

// empty reports whether nobody has put anything into the file.
func (c schema) empty() bool { return c == schema{} }

// readSchema reads it.
func readSchema(ctx context.Context, db interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
},
) (schema, error) {
	var c schema
	err := db.QueryRowContext(ctx, `SELECT a.application_id, v.user_version, (SELECT count(*) FROM sqlite_schema)
		FROM pragma_application_id AS a, pragma_user_version AS v`).Scan(&c.application, &c.version, &c.tables)
	return c, err
}

// migrate brings the file to the newest schema in one transaction. When
// several processes come at once, one does it and the others find it done.
func migrate(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // after Commit it does nothing, and before it err says why
	c, err := readSchema(ctx, tx)
	if err != nil {
		return err
	}
	if c.version > len(migrations) {
		return newer(c.version)
	}
	if c.version == len(migrations) {
		return nil
	}
	for i := c.version; i < len(migrations); i++ {
		if _, err := tx.ExecContext(ctx, migrations[i]); err != nil {
			return fmt.Errorf("migration to schema %d: %w", i+1, err)
		}
	}
	_, err = tx.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, len(migrations)))
	if err != nil {
		return err
	}
	return tx.Commit()
}

// newer is the error for a schema that this program does not know.
func newer(version int) error {
	return fmt.Errorf("%w: it has schema %d and this program knows %d; it is read and left as it is. Update claude-lsp here too",
		ErrNewer, version, len(migrations))
}
