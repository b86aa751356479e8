package query_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// severalStatements are texts of which one engine or the other, or a reader of SQL, might see one statement where there
// are more.
var severalStatements = []string{
	"SELECT 1; DROP TABLE victim",
	"CREATE TABLE trigger (a int); DROP TABLE victim",
	"CREATE TABLE a (procedure int); DROP TABLE victim",
	"CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; DROP TABLE victim",
	"CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END; DROP TABLE victim",
	"CREATE TRIGGER t AFTER INSERT ON victim BEGIN SELECT 1; END; DROP TABLE victim",
	"SELECT 1 AS x$a$; DROP TABLE victim; SELECT 2 AS y$a$",
	"SELECT 1 AS é$a$; DROP TABLE victim; SELECT 2 AS y$a$",
	"SELECT 1$a$; DROP TABLE victim; SELECT 2$a$",
	"SELECT 1E'\\'; DROP TABLE victim; --'",
	"SELECT xe'\\'; DROP TABLE victim; --'",
	"SELECT 1 /* /* */ ; DROP TABLE victim; /* */ */",
	"SELECT 1 AS [']; DROP TABLE victim; --']",
	"SELECT 1 AS `'`; DROP TABLE victim; --'",
	"DO $$ BEGIN END $$; DROP TABLE victim",
}

// Ensure that a text of several statements does nothing but fail, whatever it looks like, with and without a
// transaction, and run as a query or not.
func TestRawOneStatement(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		_, err := prom.RawExec(ctx, db, "CREATE TABLE victim (a int)")
		is.NoErr(err)
		undone := errors.New("undone")
		for _, sql := range severalStatements {
			for name, run := range map[string]func(ctx context.Context) error{
				"exec":  func(ctx context.Context) error { return kit.ErrOf(prom.RawExec(ctx, db, sql)) },
				"query": func(ctx context.Context) error { return kit.ErrOf(prom.RawQuery[any](db, sql).All(ctx)) },
				"stream": func(ctx context.Context) error {
					for _, err := range prom.RawQuery[any](db, sql).Stream(ctx) {
						if err != nil {
							return err
						}
					}
					return nil
				},
			} {
				if err := run(ctx); err == nil && e.Mode != "simple_protocol" {
					t.Errorf("%s: %q is taken", name, sql)
				}
				_ = db.Tx(ctx, func(ctx context.Context) error {
					if err := run(ctx); err == nil && e.Mode != "simple_protocol" {
						t.Errorf("%s in a transaction: %q is taken", name, sql)
					}
					return undone
				})
				if _, err := prom.RawQuery[int](db, "SELECT count(*) FROM victim").First(ctx); err != nil {
					t.Fatalf("%s: %q has run as several statements: %v", name, sql, err)
				}
			}
		}
	})
}

// Ensure that nothing in a transaction ends it or hands it over to another session.
func TestRawEndsNoTransaction(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db, notes := noteStore(t, e.DSN)
		undone := errors.New("undone")
		const explained = "EXPLAIN COMMIT" // which SQLite does and does not run
		for _, sql := range []string{
			"COMMIT", "commit AND CHAIN", "END", "ROLLBACK", "ABORT", "BEGIN", "START TRANSACTION", "SAVEPOINT a", "RELEASE a", "ROLLBACK TO prom_guard",
			"PREPARE TRANSACTION 'a'", "prepare /* it */ transaction 'a'", "PREPARE\tTRANSACTION 'a'", "COMMIT PREPARED 'a'", "ROLLBACK PREPARED 'a'",
			"DO $$ BEGIN COMMIT; END $$", "/* a */ COMMIT", "-- a\nCOMMIT", ";COMMIT", explained,
			"INSERT OR ROLLBACK INTO note SELECT * FROM note",
		} {
			err := db.Tx(ctx, func(ctx context.Context) error {
				if _, err := prom.RawExec(ctx, db, sql); err == nil && sql != explained {
					t.Errorf("%q is taken", sql)
				}
				_, _ = notes.WithoutWhere().Delete(ctx)
				return undone
			})
			is.True(errors.Is(err, undone))
			n, err := notes.Count(ctx)
			is.NoErr(err)
			if n != 3 {
				t.Fatalf("%q has ended the transaction", sql)
			}
		}
		if e.Name == dbtest.NamePostgres {
			_, err := prom.RawExec(ctx, db, "PREPARE TRANSACTION 'a'")
			is.True(err != nil && strings.Contains(err.Error(), "PREPARE TRANSACTION"))
		}
	})
}
