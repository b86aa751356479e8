package write_test

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that a table or column that is missing, or has gone behind our back, is installed for many rows, whichever way
// they go.
func TestCreateManyInstalls(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		for _, n := range []int{kit.ByArrays, kit.ByCopy, 25_000} {
			for _, s := range kit.Situations[:map[bool]int{true: 2, false: 3}[n > kit.ByCopy]] { // a large one takes its time
				t.Run(fmt.Sprint(s.Name, " ", n), func(t *testing.T) {
					is := is.New(t)
					ctx := context.Background()
					db := kit.Open(t, e.With("pool_maxconn=2"))
					repo := prom.NewRepo[kit.Thing](prom.Using(db), prom.Table(fmt.Sprint("thing ", s.Name, n)))
					old := prom.NewRepo[kit.OldThing](prom.Using(db), prom.Table(fmt.Sprint("thing ", s.Name, n)))
					table := `"` + repo.Schema().Name + `"`
					create := func(ctx context.Context) error { return repo.CreateMany(ctx, make([]kit.Thing, n)) }

					is.NoErr(s.In(ctx, db, create)) // no table
					is.Equal(kit.Count(t, repo.Query()), n)

					kit.RunSQL(t, db, "DROP TABLE "+table)
					is.NoErr(old.Install(ctx)) // columns are missing
					is.NoErr(create(ctx))
					is.Equal(kit.Count(t, repo.Query()), n)

					kit.RunSQL(t, db, "DROP TABLE "+table)
					is.NoErr(create(ctx))
					is.Equal(kit.Count(t, repo.Query()), n)
				})
			}
		}
	})
}

// Ensure that a column whose type changes behind our back holds the values that were inserted, or the insert says that
// they do not fit: the form in which many rows are sent must be that of the type as it is now.
func TestCreateManyChangedColumn(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	db := kit.Open(t, dbtest.Postgres(t))
	for i, typ := range []string{"double precision", "integer", "smallint", "numeric", "real", "text",
		"timestamptz USING now()"} {
		for _, n := range []int{kit.ByArrays, kit.ByCopy} {
			repo := prom.NewRepo[tally](prom.Using(db), prom.Table(fmt.Sprint("tally", i, n)))
			is.NoErr(repo.CreateMany(ctx, manyTallies(1, n)))
			kit.RunSQL(t, db, fmt.Sprintf("DELETE FROM %[1]q; ALTER TABLE %[1]q ALTER COLUMN no TYPE %[2]s", repo.Schema().Name,
				typ))
			err := repo.CreateMany(ctx, manyTallies(1, n))
			if typ == "timestamptz USING now()" {
				is.True(errors.Is(err, prom.ErrType))
				continue
			}
			if err != nil {
				t.Errorf("%d rows, %s: %v", n, typ, err)
				continue
			}
			sum := kit.ScanOne[int](t, db, fmt.Sprintf("SELECT sum(no::bigint)::bigint FROM %q", repo.Schema().Name))
			is.Equal(sum, n*(n+1)/2)
		}
	}
}

// Ensure that tables that were made by hand, with other types of keys and columns, take many rows, and that what comes
// back is what is stored.
func TestCreateManyForeignTypes(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		keys := []string{"INTEGER PRIMARY KEY", "INTEGER PRIMARY KEY AUTOINCREMENT"}
		nos, texts := []string{"INT", "NUMERIC"}, []string{"VARCHAR(9)", "BLOB"}
		if e.Name == dbtest.NamePostgres {
			keys = []string{"smallserial PRIMARY KEY", "serial PRIMARY KEY", "bigserial PRIMARY KEY",
				"int GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
				"bigint DEFAULT nextval('apart') PRIMARY KEY", "bigint DEFAULT 7 * nextval('apart') PRIMARY KEY"}
			nos, texts = []string{"int", "smallint", "numeric", "numeric(9,0)"}, []string{"varchar(9)", "char(6)", "name",
				"varchar"}
			kit.RunSQL(t, db, "CREATE SEQUENCE apart")
		}
		for i, key := range keys {
			for j, no := range nos {
				is := is.New(t)
				repo := prom.NewRepo[tally](prom.Using(db), prom.Table(fmt.Sprint("tally", i, j)))
				kit.RunSQL(t, db, fmt.Sprintf("CREATE TABLE %q (id %s, no %s NOT NULL, s %s NOT NULL)", repo.Schema().Name, key, no,
					texts[j%len(texts)]))
				for _, n := range []int{kit.ByArrays, kit.ByCopy} {
					list := manyTallies(10_000, n)
					if err := repo.CreateMany(ctx, list); err != nil {
						t.Errorf("%s, %s, %d rows: %v", key, no, n, err)
						continue
					}
					is.True(slices.IsSortedFunc(list, func(a, b tally) int { return int(a.ID - b.ID) }))
					for _, v := range []tally{list[0], list[n/2], list[n-1]} {
						got, err := repo.Get(ctx, v.ID)
						is.NoErr(err)
						is.Equal(got.No, v.No)
						is.Equal(strings.TrimSpace(got.S), v.S)
					}
				}
			}
		}
	})
}

// Ensure that a column that was made too narrow by hand is a typed error, and that nothing is stored then.
func TestCreateManyDoesNotFit(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	db := kit.Open(t, dbtest.Postgres(t))
	for i, c := range []struct {
		no, s string
		kind  prom.Kind
	}{{"smallint", "text", prom.ErrType}, {"int", "varchar(2)", prom.ErrTooLong}, {"numeric(3,0)", "text",
		prom.ErrType}, {"boolean", "text", prom.ErrType}} {
		repo := prom.NewRepo[tally](prom.Using(db), prom.Table(fmt.Sprint("tally", i)))
		kit.RunSQL(t, db, fmt.Sprintf("CREATE TABLE %q (id bigserial PRIMARY KEY, no %s NOT NULL, s %s NOT NULL)",
			repo.Schema().Name, c.no, c.s))
		for _, n := range []int{kit.ByArrays, kit.ByCopy} {
			list := manyTallies(100_000, n)
			if err := repo.CreateMany(ctx, list); !errors.Is(err, c.kind) {
				t.Errorf("%s, %s, %d rows: %v", c.no, c.s, n, err)
			}
			is.True(slices.Equal(list, manyTallies(100_000, n)))
			is.Equal(kit.ScanOne[int](t, db, fmt.Sprintf("SELECT count(*) FROM %q", repo.Schema().Name)), 0)
		}
	}
}

// Ensure that a key that the database was not told how to make is the error that Create gives, and that keys of one's
// own go in.
func TestCreateManyNoSequence(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	db := kit.Open(t, dbtest.Postgres(t))
	repo := tallies(db)
	kit.RunSQL(t, db, "CREATE TABLE tally (id bigint PRIMARY KEY, no bigint NOT NULL, s text NOT NULL)")
	is.True(errors.Is(repo.Create(ctx, &tally{}), prom.ErrNotNull))
	for _, n := range []int{kit.ByArrays, kit.ByCopy} {
		list := manyTallies(n, n)
		is.True(errors.Is(repo.CreateMany(ctx, list), prom.ErrNotNull))
		for i := range list {
			list[i].ID = int64(n + i)
		}
		is.NoErr(repo.CreateMany(ctx, list))
	}
	is.Equal(kit.Count(t, repo.Query()), kit.ByArrays+kit.ByCopy)
}

// Ensure that a user who may insert but not touch the sequence, a view, and a table with row security, take many rows
// as they take one, in a transaction too.
func TestCreateManyWithoutCopy(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	e := dbtest.Engine{Name: dbtest.NamePostgres, DSN: dbtest.Postgres(t)}
	owner := kit.Open(t, e.DSN)
	role := "r_" + strings.ToLower(rand.Text()[:12])
	schema := kit.ScanOne[string](t, owner, "SELECT current_schema()")
	is.NoErr(tallies(owner).Install(ctx))
	kit.RunSQL(t, owner, "CREATE ROLE "+role, fmt.Sprintf("GRANT USAGE ON SCHEMA %s TO %s", schema, role))
	t.Cleanup(func() { kit.RunSQL(t, owner, "DROP OWNED BY "+role, "DROP ROLE "+role) })
	kit.RunSQL(t, owner, "CREATE VIEW seen AS SELECT * FROM tally", "CREATE TABLE secured (LIKE tally INCLUDING ALL)",
		"ALTER TABLE secured ENABLE ROW LEVEL SECURITY", "CREATE POLICY p ON secured USING (no >= 0) WITH CHECK (no >= 0)",
		fmt.Sprintf("GRANT SELECT, INSERT ON tally, seen, secured TO %s", role))
	db := kit.Open(t, e.With("options=-c%20role%3D"+role))
	for _, table := range []string{"tally", "seen", "secured"} {
		repo := prom.NewRepo[tally](prom.Using(db), prom.Table(table))
		is.NoErr(repo.Create(ctx, &tally{No: 1}))
		for _, n := range []int{kit.ByArrays, kit.ByCopy} {
			before := kit.Count(t, repo.Query())
			for i, s := range kit.Situations {
				list := manyTallies(0, n)
				for j := range list {
					if i == 0 { // without keys to be made
						list[j].ID = int64(-1 - before - j)
					}
				}
				if err := s.In(ctx, db, func(ctx context.Context) error { return repo.CreateMany(ctx, list) }); err != nil {
					t.Errorf("%s, %d rows, %s: %v: %v", table, n, s.Name, err, errors.Unwrap(err))
					continue
				}
				got, err := repo.Get(ctx, list[n-1].ID)
				is.NoErr(err)
				is.Equal(*got, list[n-1])
				before += n
			}
			is.Equal(kit.Count(t, repo.Query()), before)
		}
	}
	secured := prom.NewRepo[tally](prom.Using(db), prom.Table("secured"))
	is.True(errors.Is(secured.CreateMany(ctx, manyTallies(-5, kit.ByCopy)), prom.ErrPermission)) // the policy still holds
}

// Ensure that a context that ends, before many rows are sent or while they wait for a lock, leaves none of them and the
// values as they were, and that the connection is of use afterwards.
func TestCreateManyCanceled(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db, other := kit.Open(t, e.With("pool_maxconn=1")), kit.Open(t, e.DSN)
		repo := tallies(db)
		is.NoErr(repo.Create(kit.Ended(t), &tally{}))
		lock := "DELETE FROM tally"
		if e.Name == dbtest.NamePostgres {
			lock = "LOCK TABLE tally"
		}
		for _, n := range []int{kit.ByArrays, kit.ByCopy} {
			canceled, cancel := context.WithCancel(kit.Ended(t))
			cancel()
			list := manyTallies(0, n)
			is.True(errors.Is(repo.CreateMany(canceled, list), prom.ErrCanceled))

			tx, err := kit.SQLDB(t, other).Begin()
			is.NoErr(err)
			_, err = tx.Exec(lock)
			is.NoErr(err)
			short, cancel := context.WithTimeout(kit.Ended(t), 50*time.Millisecond)
			defer cancel()
			is.True(errors.Is(repo.CreateMany(short, list), prom.ErrTimeout))
			is.NoErr(tx.Rollback())
			is.True(slices.Equal(list, manyTallies(0, n)))
			is.NoErr(repo.CreateMany(kit.Ended(t), list))
		}
	})
}

// Ensure that each value gets its own key on SQLite too where keys do not follow one another, because a trigger inserts
// rows of its own. When the greatest key is taken, SQLite chooses free ones at random, which do not ascend: many rows
// are refused then.
func TestCreateManyOddKeys(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"after":  "CREATE TRIGGER t AFTER INSERT ON tally WHEN new.no % 3 = 0 AND new.s <> 'more' BEGIN INSERT INTO tally (no, s) VALUES (new.no, 'more'); END",
		"before": "CREATE TRIGGER t BEFORE INSERT ON tally WHEN new.no % 3 = 0 AND new.s <> 'more' BEGIN INSERT INTO tally (no, s) VALUES (new.no, 'more'); END",
		"last":   "INSERT INTO tally (id, no, s) VALUES (9223372036854775797, 0, 'more')",
		"full":   "INSERT INTO tally (id, no, s) VALUES (9223372036854775807, 0, 'more')",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			ctx := context.Background()
			db := kit.Open(t, dbtest.SQLite(t))
			repo := tallies(db)
			is.NoErr(repo.CreateMany(ctx, manyTallies(0, 1)))
			kit.RunSQL(t, db, text)
			for _, n := range []int{1, 31, 32, 100} {
				list := manyTallies(1, n)
				if n > 1 && (name == "last" || name == "full") {
					before := kit.Count(t, repo.Query())
					for _, s := range kit.Situations {
						err := s.In(ctx, db, func(ctx context.Context) error { return repo.CreateMany(ctx, list) })
						is.True(errors.Is(err, prom.ErrType))
						is.Equal(list, manyTallies(1, n))
						is.Equal(kit.Count(t, repo.Query()), before)
					}
					continue
				}
				is.NoErr(repo.CreateMany(ctx, list))
				is.True(slices.IsSortedFunc(list, func(a, b tally) int { return cmp.Compare(a.ID, b.ID) }))
				one := tally{No: 3, S: "one"}
				is.NoErr(repo.Create(ctx, &one))
				for _, v := range append(list, one) {
					got, err := repo.Get(ctx, v.ID)
					if err != nil || *got != v {
						t.Fatalf("%d rows: %+v is stored as %+v, %v", n, v, got, err)
					}
				}
			}
		})
	}
}
