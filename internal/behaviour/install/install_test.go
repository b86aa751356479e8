package install_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

const deleteKey = "delete key"

// operations are the ways of a repo to the database. Each of them works on a table that is missing or incomplete; on
// one that is empty, or has the one row that oldThing leaves.
var operations = []struct {
	name string
	run  func(ctx context.Context, repo *prom.Repo[kit.Thing]) error
}{
	{"create", func(ctx context.Context, r *prom.Repo[kit.Thing]) error { return r.Create(ctx, &kit.Thing{Name: "x"}) }},
	{"create many", func(ctx context.Context, r *prom.Repo[kit.Thing]) error {
		return r.CreateMany(ctx, make([]kit.Thing, 300))
	}},
	{"save", func(ctx context.Context, r *prom.Repo[kit.Thing]) error { return r.Save(ctx, &kit.Thing{Name: "x"}) }},
	{"upsert", func(ctx context.Context, r *prom.Repo[kit.Thing]) error {
		return r.Upsert(ctx, &kit.Thing{Model: prom.Model{ID: 5}, Name: "x"})
	}},
	{"upsert by index", func(ctx context.Context, r *prom.Repo[kit.Thing]) error {
		code := "c"
		return r.Upsert(ctx, &kit.Thing{Name: "x", Code: &code})
	}},
	{"get", func(ctx context.Context, r *prom.Repo[kit.Thing]) error { return notFound(r.Get(ctx, 99)) }},
	{"load", func(ctx context.Context, r *prom.Repo[kit.Thing]) error {
		code := "none"
		return notFound(nil, r.Load(ctx, &kit.Thing{Code: &code}))
	}},
	{"all", func(ctx context.Context, r *prom.Repo[kit.Thing]) error { _, err := r.All(ctx); return err }},
	{"where", func(ctx context.Context, r *prom.Repo[kit.Thing]) error {
		list, err := r.Where(kit.ThingCode.Eq("code")).All(ctx)
		return none(len(list), err)
	}},
	{"order by", func(ctx context.Context, r *prom.Repo[kit.Thing]) error {
		_, err := r.OrderBy(kit.ThingCode.Desc()).All(ctx)
		return err
	}},
	{"one", func(ctx context.Context, r *prom.Repo[kit.Thing]) error {
		return notFound(r.Where(kit.ThingCode.Eq("code")).First(ctx))
	}},
	{"count", func(ctx context.Context, r *prom.Repo[kit.Thing]) error {
		n, err := r.Where(kit.ThingCode.Eq("code")).Count(ctx)
		return none(n, err)
	}},
	{"has", func(ctx context.Context, r *prom.Repo[kit.Thing]) error {
		has, err := r.Where(kit.ThingCode.NotNull()).Exists(ctx)
		if has {
			return errors.New("there should be no row")
		}
		return err
	}},
	{"each", func(ctx context.Context, r *prom.Repo[kit.Thing]) error {
		for _, err := range r.OrderBy(kit.ThingCode.Asc()).Each(ctx) {
			if err != nil {
				return err
			}
		}
		return nil
	}},
	{"update by query", func(ctx context.Context, r *prom.Repo[kit.Thing]) error {
		n, err := r.Where(kit.ThingCode.Eq("code")).Update(ctx, kit.ThingCode.Set("y"))
		return none(n, err)
	}},
	{"delete by query", func(ctx context.Context, r *prom.Repo[kit.Thing]) error {
		n, err := r.Where(kit.ThingCode.Eq("code")).Delete(ctx)
		return none(n, err)
	}},
	{deleteKey, func(ctx context.Context, r *prom.Repo[kit.Thing]) error {
		return notFound(nil, r.DeleteKey(ctx, 99))
	}},
	{"install", func(ctx context.Context, r *prom.Repo[kit.Thing]) error { return prom.Install(ctx, r, r) }},
}

func notFound(_ *kit.Thing, err error) error {
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

// everywhere runs fn for every operation in every situation, each on a fresh database.
func everywhere(t *testing.T, fn func(t *testing.T, op string, db *prom.DB, log *kit.Statements, run func() error)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		for _, s := range kit.Situations {
			for _, op := range operations {
				t.Run(s.Name+"/"+op.name, func(t *testing.T) {
					log := &kit.Statements{}
					dsn := e.DSN
					if e.Name == dbtest.NameSQLite {
						dsn = dbtest.SQLite(t)
					}
					db := kit.Open(t, dsn, log.Option())
					if e.Name == dbtest.NamePostgres {
						kit.RunSQL(t, db, `DROP TABLE IF EXISTS "thing"`)
					}
					fn(t, op.name, db, log, func() error {
						return s.In(context.Background(), db, func(ctx context.Context) error { return op.run(ctx, kit.Things(db)) })
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
		return kit.ScanOne[int](t, db,
			`SELECT count(*) FROM sqlite_master WHERE type = 'index' AND name IN ('thing_name', 'thing_code')`)
	}
	return kit.ScanOne[int](t, db,
		`SELECT count(*) FROM pg_indexes WHERE schemaname = current_schema() AND indexname IN ('thing_name', 'thing_code')`)
}

// Ensure that every operation on a missing table makes it with its indexes and then does what it is for, in
// transactions and outside of them, and that it happens once.
// parity: A1 A2 A3 A12 A14 A16 X1 X3
func TestMissingTable(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, _ string, db *prom.DB, log *kit.Statements, run func() error) {
		is := is.New(t)
		is.NoErr(run())
		is.Equal(thingIndexes(t, db), 2)
		is.Equal(kit.Starting(log.Take(), "CREATE TABLE"), 1)
		is.NoErr(kit.Things(db).Create(context.Background(), &kit.Thing{Name: "then"}))
		is.Equal(kit.Starting(log.Take(), "CREATE TABLE"), 0)
	})
}

// Ensure that every operation on a table that lacks columns adds them and their indexes, gives old rows NULL or the
// constant default, and then does what it is for; on SQLite a missing column is never taken for a text.
// parity: A7 A8 A10 A14 B6 B24
func TestMissingColumns(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, op string, db *prom.DB, log *kit.Statements, run func() error) {
		is := is.New(t)
		ctx := context.Background()
		old := kit.MustCreate(t, kit.OldThings(db), kit.OldThing{Name: "old"})
		log.Take()
		is.NoErr(run())
		if op != deleteKey { // which needs no column but the key
			is.Equal(kit.Starting(log.Take(), "ALTER TABLE"), 2)
			is.Equal(thingIndexes(t, db), 2)
		}

		got, err := kit.Things(db).Get(ctx, old.ID)
		is.NoErr(err)
		is.Equal(got.Name, "old")
		is.Equal(got.Code, nil)
		is.Equal(got.Count, 7)
		code := "twice"
		is.NoErr(kit.Things(db).Create(ctx, &kit.Thing{Code: &code}))
		is.True(errors.Is(kit.Things(db).Create(ctx, &kit.Thing{Code: &code}), prom.ErrUnique))
		is.NoErr(kit.OldThings(db).Create(ctx, &kit.OldThing{Name: "the old program goes on"})) // A11
	})
}

// Ensure that a saved value whose new field is set adds the column on update.
// parity: A7
func TestMissingColumnOnUpdate(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		v := kit.MustCreate(t, kit.Things(kit.Open(t, e.DSN)), kit.Thing{Name: "n"})
		for _, s := range kit.Situations {
			db := kit.Open(t, e.DSN) // a program that has not used the table yet
			repo := kit.Things(db)
			kit.RunSQL(t, db, `DROP INDEX "thing_code"`, `ALTER TABLE "thing" DROP COLUMN "code"`)
			code := s.Name
			v.Code = &code
			is.NoErr(s.In(ctx, db, func(ctx context.Context) error { return repo.Save(ctx, v) }))
			is.Equal(kit.ScanOne[string](t, db, `SELECT "code" FROM "thing"`), s.Name)
			is.Equal(thingIndexes(t, db), 2)
		}
	})
}

// Ensure that a required column is added to an empty table, and that on one with rows it is an error that says what
// to do; a constant default is enough to add it.
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
		for _, s := range kit.Situations {
			is := is.New(t)
			db := kit.Open(t, e.DSN)
			repo := prom.NewRepo[Stricter](prom.Using(db), prom.Table("thing"))
			kit.RunSQL(t, db, `DROP TABLE IF EXISTS "thing"`)
			kit.MustCreate(t, kit.OldThings(db), kit.OldThing{Name: "old"})
			err := s.In(ctx, db, func(ctx context.Context) error { return repo.Create(ctx, &Stricter{Color: "SECRET"}) })
			is.True(errors.Is(err, prom.ErrDrift))
			var pe *prom.Error
			is.True(errors.As(err, &pe))
			is.Equal(pe.Table, "thing")
			is.Equal(pe.Columns, []string{"color", "at"})
			is.True(strings.Contains(err.Error(), "make the field a pointer, give it a constant by the tag option default"))
			kit.NoSecret(t, err)
			_, err = repo.All(ctx)
			is.True(errors.Is(err, prom.ErrDrift))
			is.Equal(len(kit.AllOf(t, kit.OldThings(db))), 1) // nothing has changed

			_, err = kit.OldThings(db).WithoutWhere().Delete(ctx)
			is.NoErr(err)
			is.NoErr(s.In(ctx, db, func(ctx context.Context) error { return repo.Create(ctx, &Stricter{Color: "red"}) }))
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
		db := kit.Open(t, e.DSN)
		repo := kit.Things(db)
		v := kit.MustCreate(t, repo, kit.Thing{Name: "n"})
		kit.RunSQL(t, db, `CREATE TABLE "cascade" (x INTEGER)`, // B35
			`ALTER TABLE "thing" ADD COLUMN "foreign" TEXT DEFAULT 'theirs'`, `CREATE INDEX "their index" ON "thing" ("foreign")`)
		is.NoErr(repo.Install(ctx))
		v.Count = 9
		is.NoErr(repo.Save(ctx, v))
		is.NoErr(repo.Create(ctx, &kit.Thing{Name: "m"}))
		is.Equal(len(kit.AllOf(t, repo)), 2)
		is.Equal(kit.ScanOne[int](t, db, `SELECT count(*) FROM "thing" WHERE "foreign" = 'theirs'`), 2)
		_, err := repo.WithoutWhere().Delete(ctx)
		is.NoErr(err)
		is.Equal(kit.ScanOne[int](t, db, `SELECT count(*) FROM "cascade"`), 0)
	})
}

// Ensure that an operation which fails for something that no installation puts right is tried twice and not for ever.
// parity: A12
func TestOneRepair(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		var log kit.Statements
		db := kit.Open(t, e.DSN, log.Option())
		repo := kit.Things(db)
		is.NoErr(repo.Install(ctx))
		log.Take()
		_, err := repo.Where(prom.Raw(thing, "nonsense = ?", 1)).Count(ctx)
		is.True(errors.Is(err, prom.ErrNoColumn))
		is.Equal(kit.Starting(log.Take(), "SELECT count"), 2)
		_, err = repo.Where(prom.Raw(thing, "EXISTS (SELECT 1 FROM nonsense)")).Count(ctx)
		is.True(errors.Is(err, prom.ErrNoTable))
		is.Equal(kit.Starting(log.Take(), "SELECT count"), 2)
		is.NoErr(repo.Create(ctx, &kit.Thing{}))
	})
}
