package install_test

import (
	"context"
	"slices"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/install"
	"github.com/prom-go/prom/schema"
)

type (
	// page is the table of these tests, and the others what it was before.
	page struct {
		ID    string `prom:"key"`
		Title string
		Body  *string
		Views int64
		_     struct{} `prom:"fulltext='title A, body'"`
	}
	pageBefore struct {
		ID    string `prom:"key"`
		Title string
		Body  *string
		Views string
	}
	pageEnglish struct {
		ID    string `prom:"key"`
		Title string
		Body  *string
		Views int64
		_     struct{} `prom:"fulltext='title, body',language=english"`
	}
	pageRenamed struct {
		_     struct{} `prom:"was=page"`
		ID    string   `prom:"key"`
		Head  string   `prom:"was=title"`
		Body  *string
		Views int64
		_     struct{} `prom:"fulltext='head A, body'"`
	}
	pageKlingon struct {
		ID    string `prom:"key"`
		Title string
		_     struct{} `prom:"fulltext=title,language=klingon"`
	}
)

func (pageBefore) TableName() string  { return "page" }
func (pageEnglish) TableName() string { return "page" }
func (pageKlingon) TableName() string { return "page" }
func (pageRenamed) TableName() string { return "leaf" }

// matches counts the rows of a table that a word finds.
func matches(ctx context.Context, t *testing.T, e dbtest.Engine, db *db.DB, table, title, word string) int64 {
	t.Helper()
	if e.Name == dbtest.NameSQLite {
		runSQL(t, db, `INSERT INTO "`+table+`_fts" ("`+table+`_fts", rank) VALUES ('integrity-check', 1)`)
		return count(ctx, t, db, `SELECT count(*) FROM "`+table+`" WHERE rowid IN (SELECT rowid FROM "`+table+`_fts" WHERE "`+table+`_fts" MATCH '`+word+`')`)
	}
	if n := count(ctx, t, db, `SELECT count(*) FROM pg_indexes WHERE indexname = '`+table+`_fts' AND schemaname = current_schema()`); n != 1 {
		t.Fatal("there is no index")
	}
	return count(ctx, t, db, `SELECT count(*) FROM "`+table+`" WHERE to_tsvector('simple', "`+title+`" || ' ' || coalesce(body, '')) @@ to_tsquery('simple', '`+word+`')`)
}

// Ensure that a full-text index is made over the rows that are there, by the installation and by a plan; that a plan is
// empty then; and that renames, rebuilds and other options take it along.
func TestFullText(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		lite := e.Name == dbtest.NameSQLite
		for _, planned := range []bool{false, true} {
			db := open(t, e.DSN)
			ensure(ctx, t, db, table[pageBefore](t))
			runSQL(t, db, `INSERT INTO page VALUES ('a', 'alpha', NULL, '1'), ('b', 'beta', 'alpha', '2'), ('c', 'gamma', 'delta', '3')`,
				`DELETE FROM page WHERE id = 'a'`, `INSERT INTO page VALUES ('d', 'alpha', 'x', '4')`)
			now := table[page](t)
			apply := func(now *schema.Table, risk schema.Risk) {
				t.Helper()
				steps := slices.DeleteFunc(planOf(ctx, t, db, now), func(s schema.Step) bool { return s.Risk > risk })
				_, err := install.Apply(ctx, db, []*schema.Table{now}, steps)
				is.NoErr(err)
			}
			if !planned {
				ensure(ctx, t, db, now)
				is.Equal(matches(ctx, t, e, db, "page", "title", "alpha"), int64(2))
			}
			apply(now, schema.Lossy) // with a table rebuild on SQLite
			is.Equal(lines(planOf(ctx, t, db, now)), nil)
			is.Equal(matches(ctx, t, e, db, "page", "title", "alpha"), int64(2))
			runSQL(t, db, `UPDATE page SET title = 'epsilon' WHERE id = 'd'`, `INSERT INTO page VALUES ('e', 'zeta', 'epsilon', 5)`)
			is.Equal(matches(ctx, t, e, db, "page", "title", "epsilon"), int64(2))
			ensure(ctx, t, db, now)
			is.Equal(lines(planOf(ctx, t, db, now)), nil)

			if lite { // a trigger is missing
				runSQL(t, db, `DROP TRIGGER page_fts_au`, `UPDATE page SET title = 'lost' WHERE id = 'd'`)
				is.Equal(lines(planOf(ctx, t, db, now)), []string{"replace index page_fts [locking]"})
				apply(now, schema.Locking)
				is.Equal(lines(planOf(ctx, t, db, now)), nil)
				is.Equal(matches(ctx, t, e, db, "page", "title", "lost"), int64(1))
			}
			other := table[pageEnglish](t)
			is.Equal(len(planOf(ctx, t, db, other)), 1)
			apply(other, schema.Lossy)
			is.Equal(lines(planOf(ctx, t, db, other)), nil)
			apply(now, schema.Lossy)
			is.Equal(lines(planOf(ctx, t, db, now)), nil)

			renamed := table[pageRenamed](t)
			if planned {
				apply(renamed, schema.Additive)
			} else {
				ensure(ctx, t, db, renamed)
			}
			is.Equal(lines(planOf(ctx, t, db, renamed)), nil)
			is.Equal(matches(ctx, t, e, db, "leaf", "head", "epsilon"), int64(map[bool]int{true: 1, false: 2}[lite]))
			runSQL(t, db, `UPDATE leaf SET head = 'eta'`)
			is.Equal(matches(ctx, t, e, db, "leaf", "head", "eta"), int64(4))

			// What is left when the table is dropped by hand is taken again.
			runSQL(t, db, `DROP TABLE leaf`)
			ensure(ctx, t, db, renamed)
			runSQL(t, db, `INSERT INTO leaf VALUES ('a', 'theta', NULL, 1)`)
			is.Equal(matches(ctx, t, e, db, "leaf", "head", "eta"), int64(0))
			is.Equal(matches(ctx, t, e, db, "leaf", "head", "theta"), int64(1))
			is.Equal(lines(planOf(ctx, t, db, renamed)), nil)
			runSQL(t, db, `DROP TABLE leaf`)
			if lite {
				runSQL(t, db, `DROP TABLE leaf_fts`)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// Ensure that a full-text index which the model has no more goes with its triggers, before its columns.
func TestFullTextDropped(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	db := open(t, dbtest.SQLite(t))
	ensure(ctx, t, db, table[page](t))
	type pageShort struct {
		ID    string `prom:"key"`
		Views int64
	}
	now, err := table[pageShort](t).WithName("page")
	is.NoErr(err)
	is.Equal(lines(planOf(ctx, t, db, now)), []string{"drop index page_fts [lossy]", "drop column title [lossy]", "drop column body [lossy]"})
	_, err = install.Apply(ctx, db, []*schema.Table{now}, planOf(ctx, t, db, now))
	is.NoErr(err)
	is.Equal(count(ctx, t, db, `SELECT count(*) FROM sqlite_schema WHERE name LIKE 'page_fts%'`), int64(0))
}

// Ensure that what FTS5 cannot refer to, and a language that the server does not have, are refused with the reason.
func TestFullTextRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		if e.Name == dbtest.NameSQLite {
			runSQL(t, db, `CREATE TABLE page (id TEXT PRIMARY KEY NOT NULL, title TEXT NOT NULL, body TEXT, views INTEGER NOT NULL) WITHOUT ROWID`)
			_, err := install.Ensure(ctx, db, table[page](t))
			isDrift(t, err, `prom: install page: schema drift: the full-text index "page_fts" cannot be made: the table is WITHOUT ROWID, so that FTS5 has no row numbers to refer to, or the name is used by another table`)
			is.Equal(count(ctx, t, db, `SELECT count(*) FROM sqlite_schema WHERE name LIKE 'page_fts%'`), int64(0))
			return
		}
		_, err := install.Ensure(ctx, db, table[pageKlingon](t))
		isDrift(t, err, `prom: install page: schema drift: the text search configuration "klingon" does not exist; the tag option language of the full-text index names it`)
	})
}

// Ensure that tables of FTS5 and their shadow tables are no tables to anybody who lists them, and that others' are left
// alone.
func TestFullTextOfOthers(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	db := open(t, dbtest.SQLite(t))
	ensure(ctx, t, db, table[pageBefore](t))
	runSQL(t, db, `CREATE VIRTUAL TABLE theirs USING fts5(title, content="page", content_rowid=rowid)`,
		`CREATE TRIGGER theirs_insert AFTER INSERT ON page BEGIN INSERT INTO theirs (rowid, title) VALUES (new.rowid, new.title); END`,
		`CREATE VIRTUAL TABLE alone USING fts5(title)`)
	steps, others, err := install.Plan(ctx, db, table[pageBefore](t))
	is.NoErr(err)
	is.Equal(lines(steps), nil)
	is.Equal(len(others), 2)
	is.Equal(others[0].Object, schema.OfIndex)
	is.Equal(others[1].Error(), "page: trigger theirs_insert is extra")
	ensure(ctx, t, db, table[page](t))
	_, others, err = install.Plan(ctx, db, table[page](t))
	is.NoErr(err)
	is.Equal(len(others), 2) // and the triggers of the index that the library made are none of others
	names, err := db.Tables(ctx)
	is.NoErr(err)
	is.Equal(names, []string{"alone", "page"})
}
