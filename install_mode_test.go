package prom_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// failing runs every operation in every situation and makes sure that each fails with the kind and that no DDL was tried.
func failing(t *testing.T, db *prom.DB, log *statements, want func(op string) error) {
	t.Helper()
	is := is.New(t)
	for _, s := range situations {
		for _, op := range operations {
			log.take()
			err := s.in(context.Background(), db, func(ctx context.Context) error { return op.run(ctx, things(db)) })
			if kind := want(op.name); !errors.Is(err, kind) {
				t.Errorf("%s/%s: got %v, want kind %v", s.name, op.name, err, kind)
			}
			list := log.take()
			is.Equal(starting(list, "CREATE")+starting(list, "ALTER"), 0)
		}
	}
}

// Ensure that a connection with install=check changes nothing and says what is missing.
// parity: A19
func TestInstallCheck(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		var log statements
		db := open(t, e.With("install=check"), log.option())
		failing(t, db, &log, func(string) error { return prom.ErrDrift })
		err := things(db).Install(ctx)
		is.True(errors.Is(err, prom.ErrDrift))
		is.True(strings.Contains(err.Error(), "prom: check thing: schema drift"))
		is.True(strings.Contains(err.Error(), "the table is missing"))

		writer := open(t, e.DSN)
		is.NoErr(oldThings(writer).Install(ctx))
		failing(t, db, &log, func(op string) error {
			if op == deleteKey {
				return nil // it needs the key alone, and finds no row
			}
			return prom.ErrDrift
		})
		err = things(db).Install(ctx)
		is.True(strings.Contains(err.Error(), "columns code, count"))
		is.True(strings.Contains(err.Error(), "index thing_code"))

		is.NoErr(things(writer).Install(ctx))
		is.NoErr(things(db).Install(ctx))
		is.NoErr(things(db).Create(ctx, &Thing{}))
	})
}

// Ensure that a connection with install=off leaves the database's own error.
func TestInstallOff(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		var log statements
		db := open(t, e.With("install=off"), log.option())
		repo := things(db)
		is.True(errors.Is(repo.Create(ctx, &Thing{}), prom.ErrNoTable))
		_, err := repo.All(ctx)
		is.True(errors.Is(err, prom.ErrNoTable))
		is.NoErr(repo.Install(ctx))
		is.True(errors.Is(repo.Create(ctx, &Thing{}), prom.ErrNoTable))
		is.NoErr(oldThings(open(t, e.DSN)).Install(ctx))
		log.take()
		is.True(errors.Is(repo.Create(ctx, &Thing{}), prom.ErrNoColumn))
		is.Equal(len(log.take()), 1) // one attempt
	})
}

// Ensure that a read-only connection, and a read-only transaction, install nothing: a read says that the table is missing and a
// write is refused.
// parity: R10 A2
func TestInstallReadOnly(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		writer := open(t, e.DSN)
		is.NoErr(writer.Ping(ctx)) // makes the file
		var log statements
		db := open(t, e.With("readonly=true"), log.option())
		repo := things(db)
		_, err := repo.All(ctx)
		is.True(errors.Is(err, prom.ErrNoTable))
		is.Equal(len(log.take()), 1)
		is.True(errors.Is(repo.Create(ctx, &Thing{}), prom.ErrReadOnly))
		is.NoErr(repo.Install(ctx))

		err = writer.Tx(ctx, func(ctx context.Context) error { return things(writer).Create(ctx, &Thing{}) }, prom.ReadOnly())
		is.True(errors.Is(err, prom.ErrReadOnly) || errors.Is(err, prom.ErrNoTable))
		err = writer.Tx(ctx, func(ctx context.Context) error { _, err := things(writer).All(ctx); return err }, prom.ReadOnly())
		is.True(errors.Is(err, prom.ErrNoTable))

		is.NoErr(things(writer).Create(ctx, &Thing{Name: "n"}))
		is.Equal(len(allOf(t, repo)), 1)
		is.True(errors.Is(repo.Create(ctx, &Thing{}), prom.ErrReadOnly))
	})
}

// Ensure that a user who may not create tables gets a permission error after one attempt.
// suite: 26
func TestInstallWithoutPermission(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	e := dbtest.Engine{Name: dbtest.NamePostgres, DSN: dbtest.Postgres(t)}
	owner := open(t, e.DSN)
	schema := scanOne[string](t, owner, `SELECT current_schema()`)
	role := "role_" + schema
	runSQL(t, owner, `CREATE ROLE `+role, `GRANT USAGE ON SCHEMA `+schema+` TO `+role)
	t.Cleanup(func() {
		runSQL(t, owner, `REASSIGN OWNED BY `+role+` TO CURRENT_USER`, `DROP OWNED BY `+role, `DROP ROLE `+role)
	})
	var log statements
	db := open(t, e.With("role="+role), log.option())
	repo := things(db)
	is.True(errors.Is(repo.Create(ctx, &Thing{}), prom.ErrPermission))
	attempts := starting(log.take(), "CREATE TABLE")
	is.Equal(attempts, 1)
	dbtest.Reportf(t, 26, "a role without CREATE on PostgreSQL: %d attempt", attempts)
	_, err := repo.All(ctx)
	is.True(errors.Is(err, prom.ErrPermission))
	err = db.Tx(ctx, func(ctx context.Context) error { return repo.Create(ctx, &Thing{}) })
	is.True(errors.Is(err, prom.ErrPermission))

	is.NoErr(oldThings(owner).Install(ctx))
	runSQL(t, owner, `GRANT ALL ON "thing" TO `+role)
	is.True(errors.Is(repo.Create(ctx, &Thing{}), prom.ErrPermission)) // only the owner may alter it
	is.NoErr(things(owner).Install(ctx))
	runSQL(t, owner, `GRANT ALL ON ALL SEQUENCES IN SCHEMA `+schema+` TO `+role)
	is.NoErr(repo.Create(ctx, &Thing{}))
}
