package write_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Host is a model whose table others change.
type Host struct {
	prom.Model
	Name string `prom:"unique"`
	No   int
	Addr *string
	Seen time.Time
}

var (
	host     = prom.Proto[Host]()
	hostName = prom.TextOf(host, &host.Name)
	hostNo   = prom.NumberOf(host, &host.No)
)

func newHost(name string) Host { return Host{Name: name, Seen: time.Unix(1700000000, 0)} }

// hostWrites are the writes that read rows back. They are about the row "a", which v was loaded from, or make one
// called "b".
func hostWrites(repo *prom.Repo[Host], v Host) map[string]func(ctx context.Context) error {
	fresh, again := newHost("b"), newHost("a")
	fresh.Addr, again.Addr = v.Addr, v.Addr
	all := repo.Where(hostName.Eq("a"))
	return map[string]func(ctx context.Context) error{
		"Create":      func(ctx context.Context) error { w := fresh; return repo.Create(ctx, &w) },
		"Save":        func(ctx context.Context) error { w := fresh; return repo.Save(ctx, &w) },
		"GetOrCreate": func(ctx context.Context) error { w := fresh; return kit.ErrOf(repo.GetOrCreate(ctx, &w, hostName)) },
		"Upsert":      func(ctx context.Context) error { w := fresh; return repo.Upsert(ctx, &w, hostName) },
		"Upsert of a row": func(ctx context.Context) error {
			w := again
			w.No = 9
			return kit.ErrOf(repo.OnConflict(hostName).Update(hostNo.Set(9)).Create(ctx, &w))
		},
		"OnConflict.CreateMany": func(ctx context.Context) error {
			return kit.ErrOf(repo.OnConflict(hostName).Update(hostNo.Set(9)).CreateMany(ctx, []Host{again, fresh}))
		},
		"Batch.Create": func(ctx context.Context) error {
			var b prom.Batch
			w := fresh
			prom.Queue(&b, repo).Create(&w)
			return b.Run(ctx)
		},
		"Batch.Update": func(ctx context.Context) error {
			var b prom.Batch
			w := v
			w.No = 9
			prom.Queue(&b, repo).Update(&w)
			return b.Run(ctx)
		},
		"Update": func(ctx context.Context) error {
			w := v
			w.No = 9
			return repo.Update(ctx, &w)
		},
		"UpdateReturning": func(ctx context.Context) error {
			return kit.ErrOf(prom.UpdateReturning(ctx, all,
				hostNo.Set(9)))
		},
		"DeleteReturning": func(ctx context.Context) error { return kit.ErrOf(prom.DeleteReturning(ctx, all)) },
		"Claim":           func(ctx context.Context) error { return kit.ErrOf(prom.Claim(ctx, all, 1, hostNo.Set(9))) },
		"RawQuery": func(ctx context.Context) error {
			return kit.ErrOf(prom.RawQuery[Host](repo, "UPDATE host SET no = 9 WHERE name = 'a' RETURNING *").All(ctx))
		},
		"RawQuery.One": func(ctx context.Context) error {
			return kit.ErrOf(prom.RawQuery[Host](repo, "UPDATE host SET no = 9 WHERE name = 'a' RETURNING *").First(ctx))
		},
	}
}

// nothingWritten runs writes on a table with the row "a", and fails when one succeeds, or has changed anything. Each is
// run twice, the second time on statements that are prepared.
func nothingWritten(t *testing.T, db *prom.DB, writes map[string]func(ctx context.Context) error, leave ...string) {
	t.Helper()
	state := func() string {
		return kit.ScanOne[string](t, db,
			"SELECT CAST(count(*) AS text) || ' ' || CAST(coalesce(sum(no), -1) AS text) FROM host")
	}
	before := state()
	for name, write := range writes {
		if slices.Contains(leave, name) {
			continue
		}
		for range 2 {
			if err := write(context.Background()); !errors.Is(err, prom.ErrType) {
				t.Errorf("%s: %v", name, err)
			}
			if now := state(); now != before {
				t.Fatalf("%s has happened: %s, not %s", name, now, before)
			}
		}
		err := db.Tx(context.Background(), func(ctx context.Context) error {
			for range 2 {
				if err := write(ctx); !errors.Is(err, prom.ErrType) {
					t.Errorf("%s in a transaction: %v", name, err)
				}
			}
			return nil
		})
		if now := state(); now != before || err != nil {
			t.Fatalf("%s in a transaction has happened: %s, not %s (%v)", name, now, before, err)
		}
	}
}

// Ensure that a write does not happen when the type of a column that it reads back cannot be read, whatever it holds.
// suite: 33
func TestUnreadableTypes(t *testing.T) {
	t.Parallel()
	for typ, addr := range map[string]string{"date": "2026-01-02", "real": "1.5", "timestamptz": "2026-01-02", "text[]": "{a,b}",
		"boolean": "t", "integer": "7"} {
		t.Run(typ, func(t *testing.T) {
			t.Parallel()
			modes(t, func(t *testing.T, dsn string) {
				db := kit.Open(t, dsn)
				v := newHost("a")
				v.Addr = &addr
				is.New(t).NoErr(prom.NewRepo[Host](prom.Using(db)).Create(context.Background(), &v))
				kit.RunSQL(t, db, "ALTER TABLE host ALTER addr TYPE "+typ+" USING addr::"+typ)
				for _, db := range []*prom.DB{db, kit.Open(t, dsn)} { // who has prepared statements on the table, and who has not
					nothingWritten(t, db, hostWrites(prom.NewRepo[Host](prom.Using(db)), v))
				}
			})
		})
	}
}

// modes runs fn on PostgreSQL in the exec mode of the direct way and in one of the others.
func modes(t *testing.T, fn func(t *testing.T, dsn string)) {
	t.Helper()
	for _, mode := range []string{"cache_statement", "cache_describe", "exec", "simple_protocol"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			fn(t, dbtest.Engine{DSN: dbtest.Postgres(t)}.With("default_query_exec_mode="+mode))
		})
	}
}

// Ensure that a write does not happen when a row that it reads back holds what no field takes, which its type does not
// tell.
// suite: 33
func TestUnreadableValues(t *testing.T) {
	t.Parallel()
	spoil := map[string][]string{
		dbtest.NameSQLite:   {"UPDATE host SET seen = 'soon'"},
		dbtest.NamePostgres: {"UPDATE host SET seen = 'infinity'"},
	}
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		db := kit.Open(t, e.DSN)
		repo := prom.NewRepo[Host](prom.Using(db))
		v := newHost("a")
		is.New(t).NoErr(repo.Create(context.Background(), &v))
		kit.RunSQL(t, db, spoil[e.Name]...)
		// New rows hold nothing of what is spoilt.
		nothingWritten(t, db, hostWrites(repo, v), "Create", "Save", "GetOrCreate", "Upsert", "Batch.Create")
		fresh := newHost("b")
		is.New(t).NoErr(repo.Create(context.Background(), &fresh))
	})
}

// Ensure that a write does not happen when a trigger makes of its row what no field takes, also NULL where the table
// allows it.
// suite: 33
func TestUnreadableByTrigger(t *testing.T) {
	t.Parallel()
	modes(t, func(t *testing.T, dsn string) {
		db := kit.Open(t, dsn)
		repo := prom.NewRepo[Host](prom.Using(db))
		v := newHost("a")
		is.New(t).NoErr(repo.Create(context.Background(), &v))
		kit.RunSQL(t, db, "ALTER TABLE host ALTER name DROP NOT NULL",
			"CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.name = NULL; RETURN NEW; END'",
			"CREATE TRIGGER spoil BEFORE INSERT OR UPDATE ON host FOR EACH ROW EXECUTE FUNCTION spoil()")
		db = kit.Open(t, dsn)
		nothingWritten(t, db, hostWrites(prom.NewRepo[Host](prom.Using(db)), v), "DeleteReturning")
	})
}

// Ensure that the error says so when a trigger was made after the statement had been prepared, and nothing can be
// undone any more.
// suite: 33
func TestUnreadableAfterwards(t *testing.T) {
	t.Parallel()
	modes(t, func(t *testing.T, dsn string) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, dsn)
		repo := prom.NewRepo[Host](prom.Using(db))
		for _, name := range []string{"a", "b"} { // prepared, and known
			v := newHost(name)
			is.NoErr(repo.Create(ctx, &v))
		}
		kit.RunSQL(t, kit.Open(t, dsn), "ALTER TABLE host ALTER name DROP NOT NULL",
			"CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.name = NULL; RETURN NEW; END'",
			"CREATE TRIGGER spoil BEFORE INSERT OR UPDATE ON host FOR EACH ROW EXECUTE FUNCTION spoil()")
		v := newHost("c")
		err := repo.Create(ctx, &v)
		is.True(errors.Is(err, prom.ErrType))
		n, countErr := repo.Count(ctx)
		is.NoErr(countErr)
		is.Equal(errors.Is(err, prom.ErrOutcomeUnknown), n == 3) // it has happened, and the error says that it may have
	})
}

// Dated is a model whose only times are those of creation and update.
type Dated struct {
	prom.Model
	No int
}

var dated = prom.Proto[Dated]()

var datedNo = prom.NumberOf(dated, &dated.No)

// Ensure that a write of a row whose time of creation others made infinite has stored nothing, or has an error of the
// class ErrOutcomeUnknown: for so rare a thing, no single save is made one that can be undone.
// suite: 33
func TestUnreadableCreation(t *testing.T) {
	t.Parallel()
	modes(t, func(t *testing.T, dsn string) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[Dated](prom.Using(kit.Open(t, dsn)))
		loaded := kit.MustCreate(t, repo, Dated{})
		writes := map[string]func(r *prom.Repo[Dated], d *Dated) error{
			"Update": func(r *prom.Repo[Dated], d *Dated) error { return r.Update(ctx, d) },
			"Upsert": func(r *prom.Repo[Dated], d *Dated) error { return r.Upsert(ctx, d) },
			"batch": func(r *prom.Repo[Dated], d *Dated) error {
				var b prom.Batch
				prom.Queue(&b, r).Update(d)
				return b.Run(ctx)
			},
			"transaction": func(r *prom.Repo[Dated], d *Dated) error {
				return r.Tx(ctx, func(ctx context.Context) error { return r.Upsert(ctx, d) })
			},
		}
		for _, write := range writes {
			db := kit.Open(t, dsn) // whose connections know nothing of the last write
			kit.RunSQL(t, db, "UPDATE dated SET no = 0, _created = 'infinity'")
			for range 2 {
				d := *loaded
				d.No = 1
				err := write(prom.NewRepo[Dated](prom.Using(db)), &d)
				stored := kit.Count(t, repo.Where(datedNo.Eq(1))) == 1
				is.True(errors.Is(err, prom.ErrType))
				is.Equal(errors.Is(err, prom.ErrOutcomeUnknown), stored)
				kit.RunSQL(t, db, "UPDATE dated SET no = 0")
			}
		}
	})
}

// Narrow is a model whose key may be too large for it.
type Narrow struct {
	ID   int16 `prom:"key,auto"`
	Name string
}

// Ensure that a row is not inserted whose key does not fit the model's field.
func TestKeyTooLarge(t *testing.T) {
	t.Parallel()
	make := map[string][]string{
		dbtest.NameSQLite: {"CREATE TABLE narrow (id INTEGER PRIMARY KEY, name TEXT NOT NULL)",
			"INSERT INTO narrow VALUES (40000, 'x')"},
		dbtest.NamePostgres: {"CREATE TABLE narrow (id bigint GENERATED BY DEFAULT AS IDENTITY (START 40000) PRIMARY KEY, name text NOT NULL)",
			"INSERT INTO narrow (name) VALUES ('x')"},
	}
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		kit.RunSQL(t, db, make[e.Name]...)
		repo := prom.NewRepo[Narrow](prom.Using(db))
		for _, n := range []int{1, 2, kit.ByArrays, kit.ByCopy} {
			err := repo.CreateMany(ctx, slices.Repeat([]Narrow{{Name: "y"}}, n))
			is.True(errors.Is(err, prom.ErrType))
			is.Equal(kit.Count(t, repo.Query()), 1)
		}
		for range 3 {
			is.True(errors.Is(repo.Create(ctx, &Narrow{Name: "y"}), prom.ErrType))
			var b prom.Batch
			prom.Queue(&b, repo).Create(&Narrow{Name: "y"})
			is.True(errors.Is(b.Run(ctx), prom.ErrType))
			is.Equal(kit.Count(t, repo.Query()), 1)
		}
	})
}

// Ensure that writes which share a commit on SQLite do not share the fate of one whose row cannot be read.
func TestUnreadableTogether(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := prom.NewRepo[Host](prom.Using(db))
		bad := kit.MustCreate(t, repo, newHost("bad"))
		kit.RunSQL(t, db, map[string]string{dbtest.NameSQLite: "UPDATE host SET seen = 'soon'",
			dbtest.NamePostgres: "UPDATE host SET seen = 'infinity'"}[e.Name])
		const n = 64
		is.NoErr(kit.Together(n, func(i int) error {
			if i%2 == 0 {
				v := newHost(fmt.Sprint(i))
				if err := repo.Create(ctx, &v); err != nil {
					return err
				}
				v.No = 1
				return repo.Update(ctx, &v)
			}
			w := *bad
			w.No = i
			if err := repo.Update(ctx, &w); !errors.Is(err, prom.ErrType) {
				return fmt.Errorf("update %d: %w", i, err)
			}
			return nil
		}))
		is.Equal(kit.Count(t, repo.Where(hostNo.Eq(1))), n/2)
		is.Equal(kit.Count(t, repo.Where(hostNo.Eq(0))), 1)
	})
}

// Late is a model whose rows a hook refuses when they have been loaded.
type Late struct {
	prom.Model
	No int
}

var late = prom.Proto[Late]()

var lateNo = prom.NumberOf(late, &late.No)

var errLate = errors.New("late")

// AfterLoad implements the hook.
func (l *Late) AfterLoad(context.Context) error {
	if l.No == 9 {
		return errLate
	}
	return nil
}

// Ensure that a write does not happen when the hook of a row that it returns fails.
func TestHookOfReturnedRow(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := kit.Open(t, e.DSN)
		repo := prom.NewRepo[Late](prom.Using(db))
		kit.MustCreate(t, repo, Late{No: 1})
		all := repo.Where(lateNo.Gt(0))
		for _, write := range []func(ctx context.Context) error{
			func(ctx context.Context) error { return kit.ErrOf(prom.UpdateReturning(ctx, all, lateNo.Set(9))) },
			func(ctx context.Context) error { return kit.ErrOf(prom.Claim(ctx, all, 1, lateNo.Set(9))) },
			func(ctx context.Context) error {
				return kit.ErrOf(prom.RawQuery[Late](db, "UPDATE late SET no = 9 RETURNING *").All(ctx))
			},
			func(ctx context.Context) error {
				return kit.ErrOf(prom.RawQuery[Late](db, "UPDATE late SET no = 9 RETURNING *").First(ctx))
			},
		} {
			is.True(errors.Is(write(context.Background()), errLate))
			is.NoErr(db.Tx(context.Background(), func(ctx context.Context) error {
				is.True(errors.Is(write(ctx), errLate))
				return nil
			}))
			is.Equal(kit.Count(t, repo.Where(lateNo.Eq(1))), 1)
		}
		kit.RunSQL(t, db, "UPDATE late SET no = 9")
		is.True(errors.Is(kit.ErrOf(prom.DeleteReturning(context.Background(), all)), errLate))
		is.Equal(kit.Count(t, repo.Query()), 1)
	})
}
