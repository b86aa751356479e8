package install_test

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

// failing runs every operation in every situation and makes sure that each fails with the kind and that no DDL was
// tried.
func failing(t *testing.T, db *prom.DB, log *kit.Statements, want func(op string) error) {
	t.Helper()
	is := is.New(t)
	for _, s := range kit.Situations {
		for _, op := range operations {
			log.Take()
			err := s.In(context.Background(), db, func(ctx context.Context) error { return op.run(ctx, kit.Things(db)) })
			if kind := want(op.name); !errors.Is(err, kind) {
				t.Errorf("%s/%s: got %v, want kind %v", s.Name, op.name, err, kind)
			}
			list := log.Take()
			is.Equal(kit.Starting(list, "CREATE")+kit.Starting(list, "ALTER"), 0)
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
		var log kit.Statements
		db := kit.Open(t, e.With("install=check"), log.Option())
		failing(t, db, &log, func(string) error { return prom.ErrDrift })
		err := kit.Things(db).Install(ctx)
		is.True(errors.Is(err, prom.ErrDrift))
		is.True(strings.Contains(err.Error(), "prom: check thing: schema drift"))
		is.True(strings.Contains(err.Error(), "the table is missing"))

		writer := kit.Open(t, e.DSN)
		is.NoErr(kit.OldThings(writer).Install(ctx))
		failing(t, db, &log, func(op string) error {
			if op == deleteKey {
				return nil // it needs the key alone, and finds no row
			}
			return prom.ErrDrift
		})
		err = kit.Things(db).Install(ctx)
		is.True(strings.Contains(err.Error(), "columns code, count"))
		is.True(strings.Contains(err.Error(), "index thing_code"))

		is.NoErr(kit.Things(writer).Install(ctx))
		is.NoErr(kit.Things(db).Install(ctx))
		is.NoErr(kit.Things(db).Create(ctx, &kit.Thing{}))
	})
}

// Ensure that a connection with install=off leaves the database's own error.
func TestInstallOff(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		var log kit.Statements
		db := kit.Open(t, e.With("install=off"), log.Option())
		repo := kit.Things(db)
		is.True(errors.Is(repo.Create(ctx, &kit.Thing{}), prom.ErrNoTable))
		_, err := repo.All(ctx)
		is.True(errors.Is(err, prom.ErrNoTable))
		is.NoErr(repo.Install(ctx))
		is.True(errors.Is(repo.Create(ctx, &kit.Thing{}), prom.ErrNoTable))
		is.NoErr(kit.OldThings(kit.Open(t, e.DSN)).Install(ctx))
		log.Take()
		is.True(errors.Is(repo.Create(ctx, &kit.Thing{}), prom.ErrNoColumn))
		is.Equal(len(kit.Calls(log.Take())), 1) // one attempt
	})
}

// Ensure that a read-only connection, and a read-only transaction, install nothing: a read says that the table is
// missing and a write is refused. parity: R10 A2
func TestInstallReadOnly(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		writer := kit.Open(t, e.DSN)
		is.NoErr(writer.Ping(ctx)) // makes the file
		var log kit.Statements
		db := kit.Open(t, e.With("readonly=true"), log.Option())
		repo := kit.Things(db)
		_, err := repo.All(ctx)
		is.True(errors.Is(err, prom.ErrNoTable))
		is.Equal(len(kit.Calls(log.Take())), 1)
		is.True(errors.Is(repo.Create(ctx, &kit.Thing{}), prom.ErrReadOnly))
		is.NoErr(repo.Install(ctx))

		err = writer.Tx(ctx, func(ctx context.Context) error { return kit.Things(writer).Create(ctx, &kit.Thing{}) },
			prom.ReadOnly())
		is.True(errors.Is(err, prom.ErrReadOnly) || errors.Is(err, prom.ErrNoTable))
		err = writer.Tx(ctx, func(ctx context.Context) error { _, err := kit.Things(writer).All(ctx); return err },
			prom.ReadOnly())
		is.True(errors.Is(err, prom.ErrNoTable))

		is.NoErr(kit.Things(writer).Create(ctx, &kit.Thing{Name: "n"}))
		is.Equal(len(kit.AllOf(t, repo)), 1)
		is.True(errors.Is(repo.Create(ctx, &kit.Thing{}), prom.ErrReadOnly))
	})
}

// Ensure that a user who may not create tables gets a permission error after one attempt.
// suite: 26
func TestInstallWithoutPermission(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	e := dbtest.Engine{Name: dbtest.NamePostgres, DSN: dbtest.Postgres(t)}
	owner := kit.Open(t, e.DSN)
	schema := kit.ScanOne[string](t, owner, `SELECT current_schema()`)
	role := "role_" + schema
	kit.RunSQL(t, owner, `CREATE ROLE `+role, `GRANT USAGE ON SCHEMA `+schema+` TO `+role)
	t.Cleanup(func() {
		kit.RunSQL(t, owner, `REASSIGN OWNED BY `+role+` TO CURRENT_USER`, `DROP OWNED BY `+role, `DROP ROLE `+role)
	})
	var log kit.Statements
	db := kit.Open(t, e.With("role="+role), log.Option())
	repo := kit.Things(db)
	is.True(errors.Is(repo.Create(ctx, &kit.Thing{}), prom.ErrPermission))
	attempts := kit.Starting(log.Take(), "CREATE TABLE")
	is.Equal(attempts, 1)
	dbtest.Reportf(t, 26, "a role without CREATE on PostgreSQL: %d attempt", attempts)
	_, err := repo.All(ctx)
	is.True(errors.Is(err, prom.ErrPermission))
	err = db.Tx(ctx, func(ctx context.Context) error { return repo.Create(ctx, &kit.Thing{}) })
	is.True(errors.Is(err, prom.ErrPermission))

	is.NoErr(kit.OldThings(owner).Install(ctx))
	kit.RunSQL(t, owner, `GRANT ALL ON "thing" TO `+role)
	is.True(errors.Is(repo.Create(ctx, &kit.Thing{}), prom.ErrPermission)) // only the owner may alter it
	is.NoErr(kit.Things(owner).Install(ctx))
	kit.RunSQL(t, owner, `GRANT ALL ON ALL SEQUENCES IN SCHEMA `+schema+` TO `+role)
	is.NoErr(repo.Create(ctx, &kit.Thing{}))
}
