package prom_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

const deleteKey = "delete key"

// operations are the ways of a repo to the database. Each of them works on a table that is missing or incomplete; on one that
// is empty, or has the one row that oldThing leaves.
var operations = []struct {
	name string
	run  func(ctx context.Context, repo *prom.Repo[Thing]) error
}{
	{"create", func(ctx context.Context, r *prom.Repo[Thing]) error { return r.Create(ctx, &Thing{Name: "x"}) }},
	{"create many", func(ctx context.Context, r *prom.Repo[Thing]) error {
		return r.CreateMany(ctx, make([]Thing, 300))
	}},
	{"save", func(ctx context.Context, r *prom.Repo[Thing]) error { return r.Save(ctx, &Thing{Name: "x"}) }},
	{"upsert", func(ctx context.Context, r *prom.Repo[Thing]) error {
		return r.Upsert(ctx, &Thing{Model: prom.Model{ID: 5}, Name: "x"})
	}},
	{"upsert by index", func(ctx context.Context, r *prom.Repo[Thing]) error {
		code := "c"
		return r.Upsert(ctx, &Thing{Name: "x", Code: &code})
	}},
	{"get", func(ctx context.Context, r *prom.Repo[Thing]) error { return notFound(r.Get(ctx, 99)) }},
	{"load", func(ctx context.Context, r *prom.Repo[Thing]) error {
		code := "none"
		return notFound(nil, r.Load(ctx, &Thing{Code: &code}))
	}},
	{"all", func(ctx context.Context, r *prom.Repo[Thing]) error { _, err := r.All(ctx); return err }},
	{"where", func(ctx context.Context, r *prom.Repo[Thing]) error {
		list, err := r.Where(ThingCode.Eq("code")).All(ctx)
		return none(len(list), err)
	}},
	{"order by", func(ctx context.Context, r *prom.Repo[Thing]) error {
		_, err := r.OrderBy(ThingCode.Desc()).All(ctx)
		return err
	}},
	{"one", func(ctx context.Context, r *prom.Repo[Thing]) error {
		return notFound(r.Where(ThingCode.Eq("code")).One(ctx))
	}},
	{"count", func(ctx context.Context, r *prom.Repo[Thing]) error {
		n, err := r.Where(ThingCode.Eq("code")).Count(ctx)
		return none(n, err)
	}},
	{"has", func(ctx context.Context, r *prom.Repo[Thing]) error {
		has, err := r.Where(ThingCode.NotNull()).Has(ctx)
		if has {
			return errors.New("there should be no row")
		}
		return err
	}},
	{"each", func(ctx context.Context, r *prom.Repo[Thing]) error {
		for _, err := range r.OrderBy(ThingCode.Asc()).Each(ctx) {
			if err != nil {
				return err
			}
		}
		return nil
	}},
	{"update by query", func(ctx context.Context, r *prom.Repo[Thing]) error {
		n, err := r.Where(ThingCode.Eq("code")).Update(ctx, ThingCode.Set("y"))
		return none(n, err)
	}},
	{"delete by query", func(ctx context.Context, r *prom.Repo[Thing]) error {
		n, err := r.Where(ThingCode.Eq("code")).Delete(ctx)
		return none(n, err)
	}},
	{deleteKey, func(ctx context.Context, r *prom.Repo[Thing]) error {
		return notFound(nil, r.DeleteKey(ctx, 99))
	}},
	{"install", func(ctx context.Context, r *prom.Repo[Thing]) error { return prom.Install(ctx, r, r) }},
}

func notFound(_ *Thing, err error) error {
	if errors.Is(err, prom.ErrNotFound) {
		return nil
	}
	return errors.Join(errors.New("it should not be found"), err)
}

func none(n int, err error) error {
	if n != 0 {
		return errors.New("there should be no row")
	}
	return err
}

// OldThing is Thing before it got more columns and an index.
type OldThing struct {
	prom.Model
	Name string `prom:"index"`
}

// Thing is the model as it is now.
type Thing struct {
	prom.Model
	Name  string  `prom:"index"`
	Code  *string `prom:"unique"`
	Count int     `prom:"default=7"`
}

var ThingCode = prom.NullTextOf(func(t *Thing) **string { return &t.Code })

func oldThings(db *prom.DB) *prom.Repo[OldThing] {
	return prom.NewRepo[OldThing](prom.Using(db), prom.Table("thing"))
}

func things(db *prom.DB) *prom.Repo[Thing] { return prom.NewRepo[Thing](prom.Using(db)) }

// situations are where an operation runs: outside a transaction, in one, and in nested ones.
var situations = []struct {
	name string
	in   func(ctx context.Context, db *prom.DB, fn func(ctx context.Context) error) error
}{
	{"outside", func(ctx context.Context, _ *prom.DB, fn func(ctx context.Context) error) error { return fn(ctx) }},
	{"transaction", func(ctx context.Context, db *prom.DB, fn func(ctx context.Context) error) error {
		return db.Tx(ctx, fn)
	}},
	{"nested", func(ctx context.Context, db *prom.DB, fn func(ctx context.Context) error) error {
		return db.Tx(ctx, func(ctx context.Context) error {
			return db.Tx(ctx, func(ctx context.Context) error { return db.Tx(ctx, fn) })
		})
	}},
}

// everywhere runs fn for every operation in every situation, each on a fresh database.
func everywhere(t *testing.T, fn func(t *testing.T, op string, db *prom.DB, log *statements, run func() error)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		for _, s := range situations {
			for _, op := range operations {
				t.Run(s.name+"/"+op.name, func(t *testing.T) {
					log := &statements{}
					dsn := e.DSN
					if e.Name == dbtest.NameSQLite {
						dsn = dbtest.SQLite(t)
					}
					db := open(t, dsn, log.option())
					if e.Name == dbtest.NamePostgres {
						runSQL(t, db, `DROP TABLE IF EXISTS "thing"`)
					}
					fn(t, op.name, db, log, func() error {
						return s.in(context.Background(), db, func(ctx context.Context) error { return op.run(ctx, things(db)) })
					})
				})
			}
		}
	})
}

// thingIndexes counts the indexes of the table of things by the two columns that have one.
func thingIndexes(t *testing.T, db *prom.DB) int {
	t.Helper()
	if db.Dialect().Name() == dbtest.NameSQLite {
		return scanOne[int](t, db, `SELECT count(*) FROM sqlite_master WHERE type = 'index' AND name IN ('thing_name', 'thing_code')`)
	}
	return scanOne[int](t, db, `SELECT count(*) FROM pg_indexes WHERE schemaname = current_schema() AND indexname IN ('thing_name', 'thing_code')`)
}

// Ensure that every operation on a missing table makes it with its indexes and then does what it is for, in transactions and
// outside of them, and that it happens once.
// parity: A1 A2 A3 A12 A14 A16 X1 X3
func TestMissingTable(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, _ string, db *prom.DB, log *statements, run func() error) {
		is := is.New(t)
		is.NoErr(run())
		is.Equal(thingIndexes(t, db), 2)
		is.Equal(starting(log.take(), "CREATE TABLE"), 1)
		is.NoErr(things(db).Create(context.Background(), &Thing{Name: "then"}))
		is.Equal(starting(log.take(), "CREATE TABLE"), 0)
	})
}

// Ensure that every operation on a table that lacks columns adds them and their indexes, gives old rows NULL or the constant
// default, and then does what it is for; on SQLite a missing column is never taken for a text.
// parity: A7 A8 A10 A14 B6 B24
func TestMissingColumns(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, op string, db *prom.DB, log *statements, run func() error) {
		is := is.New(t)
		ctx := context.Background()
		old := mustCreate(t, oldThings(db), OldThing{Name: "old"})
		log.take()
		is.NoErr(run())
		if op != deleteKey { // which needs no column but the key
			is.Equal(starting(log.take(), "ALTER TABLE"), 2)
			is.Equal(thingIndexes(t, db), 2)
		}

		got, err := things(db).Get(ctx, old.ID)
		is.NoErr(err)
		is.Equal(got.Name, "old")
		is.Equal(got.Code, nil)
		is.Equal(got.Count, 7)
		code := "twice"
		is.NoErr(things(db).Create(ctx, &Thing{Code: &code}))
		is.True(errors.Is(things(db).Create(ctx, &Thing{Code: &code}), prom.ErrUnique))
		is.NoErr(oldThings(db).Create(ctx, &OldThing{Name: "the old program goes on"})) // A11
	})
}

// Ensure that a saved value whose new field is set adds the column on update.
// parity: A7
func TestMissingColumnOnUpdate(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		v := mustCreate(t, things(open(t, e.DSN)), Thing{Name: "n"})
		for _, s := range situations {
			db := open(t, e.DSN) // a program that has not used the table yet
			repo := things(db)
			runSQL(t, db, `DROP INDEX "thing_code"`, `ALTER TABLE "thing" DROP COLUMN "code"`)
			code := s.name
			v.Code = &code
			is.NoErr(s.in(ctx, db, func(ctx context.Context) error { return repo.Save(ctx, v) }))
			is.Equal(scanOne[string](t, db, `SELECT "code" FROM "thing"`), s.name)
			is.Equal(thingIndexes(t, db), 2)
		}
	})
}

// Ensure that a required column is added to an empty table, and that on one with rows it is an error that says what to do; a
// constant default is enough to add it.
// parity: A9 A10
func TestRequiredColumn(t *testing.T) {
	t.Parallel()
	type Stricter struct {
		prom.Model
		Name  string
		Color string
		At    time.Time `prom:"default=now"`
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		ctx := context.Background()
		for _, s := range situations {
			is := is.New(t)
			db := open(t, e.DSN)
			repo := prom.NewRepo[Stricter](prom.Using(db), prom.Table("thing"))
			runSQL(t, db, `DROP TABLE IF EXISTS "thing"`)
			mustCreate(t, oldThings(db), OldThing{Name: "old"})
			err := s.in(ctx, db, func(ctx context.Context) error { return repo.Create(ctx, &Stricter{Color: "SECRET"}) })
			is.True(errors.Is(err, prom.ErrDrift))
			var pe *prom.Error
			is.True(errors.As(err, &pe))
			is.Equal(pe.Table, "thing")
			is.Equal(pe.Columns, []string{"color", "at"})
			is.True(strings.Contains(err.Error(), "make the field a pointer, give it a constant by the tag option default"))
			noSecret(t, err)
			_, err = repo.All(ctx)
			is.True(errors.Is(err, prom.ErrDrift))
			is.Equal(len(allOf(t, oldThings(db))), 1) // nothing has changed

			_, err = oldThings(db).AllRows().Delete(ctx)
			is.NoErr(err)
			is.NoErr(s.in(ctx, db, func(ctx context.Context) error { return repo.Create(ctx, &Stricter{Color: "red"}) }))
		}
	})
}

// Ensure that columns and tables that the models do not know are left alone and do not disturb.
// parity: A11 A19
func TestForeignColumns(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		repo := things(db)
		v := mustCreate(t, repo, Thing{Name: "n"})
		runSQL(t, db, `CREATE TABLE "cascade" (x INTEGER)`, // B35
			`ALTER TABLE "thing" ADD COLUMN "foreign" TEXT DEFAULT 'theirs'`, `CREATE INDEX "their index" ON "thing" ("foreign")`)
		is.NoErr(repo.Install(ctx))
		v.Count = 9
		is.NoErr(repo.Save(ctx, v))
		is.NoErr(repo.Create(ctx, &Thing{Name: "m"}))
		is.Equal(len(allOf(t, repo)), 2)
		is.Equal(scanOne[int](t, db, `SELECT count(*) FROM "thing" WHERE "foreign" = 'theirs'`), 2)
		_, err := repo.AllRows().Delete(ctx)
		is.NoErr(err)
		is.Equal(scanOne[int](t, db, `SELECT count(*) FROM "cascade"`), 0)
	})
}

// Ensure that an operation which fails for something that no installation puts right is tried twice and not for ever.
// parity: A12
func TestOneRepair(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		var log statements
		db := open(t, e.DSN, log.option())
		repo := things(db)
		is.NoErr(repo.Install(ctx))
		log.take()
		_, err := repo.Where(repo.Raw("nonsense = ?", 1)).Count(ctx)
		is.True(errors.Is(err, prom.ErrNoColumn))
		is.Equal(starting(log.take(), "SELECT count"), 2)
		_, err = repo.Where(repo.Raw("EXISTS (SELECT 1 FROM nonsense)")).Count(ctx)
		is.True(errors.Is(err, prom.ErrNoTable))
		is.Equal(starting(log.take(), "SELECT count"), 2)
		is.NoErr(repo.Create(ctx, &Thing{}))
	})
}
