package store

import (
	"context"
	"database/sql"
)

// outcomesSchema makes the table of what became of suggestions, by local day
// and by whose they were. Numbers and names alone stand in it.
const outcomesSchema = `
CREATE TABLE outcomes (
	day                TEXT    NOT NULL, -- of the machine's own time zone, as 2026-11-23
	language           TEXT    NOT NULL, -- LSP language id
	provider           TEXT    NOT NULL, -- who was asked, such as claude
	model              TEXT    NOT NULL, -- the provider's model id
	shown              INTEGER NOT NULL, -- suggestions, and so are the others but characters
	accepted           INTEGER NOT NULL, -- whole
	partly_words       INTEGER NOT NULL,
	partly_lines       INTEGER NOT NULL,
	typed_through      INTEGER NOT NULL,
	rejected           INTEGER NOT NULL,
	undone             INTEGER NOT NULL, -- of the accepted ones: taken out again at once
	characters         INTEGER NOT NULL, -- that were inserted by accepting
	undone_characters  INTEGER NOT NULL, -- of these
	kept_30s           INTEGER NOT NULL, -- still there after 30 s
	changed_30s        INTEGER NOT NULL, -- and not
	kept_2m            INTEGER NOT NULL,
	changed_2m         INTEGER NOT NULL,
	kept_10m           INTEGER NOT NULL,
	changed_10m        INTEGER NOT NULL,
	PRIMARY KEY (day, language, provider, model)
) STRICT, WITHOUT ROWID`

// maxOutcomes bounds the rows that wait to be written: days, languages and
// models are few, but a language is what an editor says it is.
const maxOutcomes = 1024

// A Subject is whose suggestions are counted.
type Subject struct {
	Language string // LSP language id
	Provider string // who was asked, such as "claude"
	Model    string // the provider's model id
}

// Outcomes count what became of suggestions. Each that was Shown is in at most
// one of Accepted, PartlyWords, PartlyLines, TypedThrough and Rejected.
type Outcomes struct {
	Shown, Accepted, PartlyWords, PartlyLines, TypedThrough, Rejected int

	Undone           int // of the Accepted ones: taken out again at once
	Characters       int // that were inserted by accepting
	UndoneCharacters int // of these

	After30s, After2m, After10m Standing
}

// Standing counts accepted suggestions by what was left of them after a while.
type Standing struct{ Kept, Changed int }

func (a Standing) plus(b Standing) Standing {
	return Standing{a.Kept + b.Kept, a.Changed + b.Changed}
}

// Plus adds two up.
func (a Outcomes) Plus(b Outcomes) Outcomes {
	return Outcomes{
		Shown:            a.Shown + b.Shown,
		Accepted:         a.Accepted + b.Accepted,
		PartlyWords:      a.PartlyWords + b.PartlyWords,
		PartlyLines:      a.PartlyLines + b.PartlyLines,
		TypedThrough:     a.TypedThrough + b.TypedThrough,
		Rejected:         a.Rejected + b.Rejected,
		Undone:           a.Undone + b.Undone,
		Characters:       a.Characters + b.Characters,
		UndoneCharacters: a.UndoneCharacters + b.UndoneCharacters,
		After30s:         a.After30s.plus(b.After30s),
		After2m:          a.After2m.plus(b.After2m),
		After10m:         a.After10m.plus(b.After10m),
	}
}

// An OutcomesRow is what was counted of one subject on one day.
type OutcomesRow struct {
	Day string // as 2026-11-23
	Subject
	Outcomes
}

// AddOutcomes adds to the counts of today. It never waits: the file is written
// in the background.
func (s *Store) AddOutcomes(of Subject, x Outcomes) {
	s.outcomes.add(daySubject{s.today(), of}, x, maxOutcomes, others)
	nudge(s.wake)
}

// OutcomesSince returns what all editors of this machine have counted on a day,
// as 2026-11-23, and later, in order of days; what this process has not written
// yet comes last. It waits for the first attempt to open the store, until ctx
// ends. An error means that the counts are not known.
func (s *Store) OutcomesSince(ctx context.Context, day string) ([]OutcomesRow, error) {
	var found []OutcomesRow
	err := s.read(ctx, func(db *sql.DB) error {
		s.commit.RLock()
		defer s.commit.RUnlock()
		rows, err := db.QueryContext(ctx, `SELECT day, language, provider, model, shown, accepted, partly_words, partly_lines, typed_through,
			rejected, undone, characters, undone_characters, kept_30s, changed_30s, kept_2m, changed_2m, kept_10m, changed_10m
			FROM outcomes WHERE day >= ? ORDER BY day, language, provider, model`, day)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // rows.Err says what went wrong
		for rows.Next() {
			var r OutcomesRow
			if err := rows.Scan(&r.Day, &r.Language, &r.Provider, &r.Model, &r.Shown, &r.Accepted, &r.PartlyWords, &r.PartlyLines, &r.TypedThrough,
				&r.Rejected, &r.Undone, &r.Characters, &r.UndoneCharacters, &r.After30s.Kept, &r.After30s.Changed,
				&r.After2m.Kept, &r.After2m.Changed, &r.After10m.Kept, &r.After10m.Changed); err != nil {
				return err
			}
			found = append(found, r)
		}
		found = append(found, s.outcomes.waitingSince(day)...)
		return rows.Err()
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

// outcomes is the table of what became of suggestions, by day and subject.
type outcomes struct {
	sums[daySubject, Outcomes]
}

type daySubject struct {
	day string
	of  Subject
}

// others takes the place of a subject when too many wait: the count is kept, and
// whose it was is not.
func others(k daySubject) daySubject {
	k.of = Subject{Language: "other", Provider: "other", Model: "other"}
	return k
}

// waitingSince returns what is not in the file yet.
func (t *outcomes) waitingSince(day string) []OutcomesRow {
	var found []OutcomesRow
	for k, x := range t.unwritten() {
		if k.day >= day {
			found = append(found, OutcomesRow{k.day, k.of, x})
		}
	}
	return found
}

func (t *outcomes) insert(ctx context.Context, tx *sql.Tx) error {
	for k, x := range t.batch() {
		_, err := tx.ExecContext(ctx, `INSERT INTO outcomes
			(day, language, provider, model, shown, accepted, partly_words, partly_lines, typed_through, rejected, undone, characters,
			undone_characters, kept_30s, changed_30s, kept_2m, changed_2m, kept_10m, changed_10m)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (day, language, provider, model) DO UPDATE SET shown = shown + excluded.shown, accepted = accepted + excluded.accepted,
			partly_words = partly_words + excluded.partly_words, partly_lines = partly_lines + excluded.partly_lines,
			typed_through = typed_through + excluded.typed_through, rejected = rejected + excluded.rejected, undone = undone + excluded.undone,
			characters = characters + excluded.characters, undone_characters = undone_characters + excluded.undone_characters,
			kept_30s = kept_30s + excluded.kept_30s, changed_30s = changed_30s + excluded.changed_30s,
			kept_2m = kept_2m + excluded.kept_2m, changed_2m = changed_2m + excluded.changed_2m,
			kept_10m = kept_10m + excluded.kept_10m, changed_10m = changed_10m + excluded.changed_10m`,
			k.day, k.of.Language, k.of.Provider, k.of.Model, x.Shown, x.Accepted, x.PartlyWords, x.PartlyLines, x.TypedThrough, x.Rejected,
			x.Undone, x.Characters, x.UndoneCharacters, x.After30s.Kept, x.After30s.Changed, x.After2m.Kept, x.After2m.Changed,
			x.After10m.Kept, x.After10m.Changed)
		if err != nil {
			return err
		}
	}
	return nil
}
