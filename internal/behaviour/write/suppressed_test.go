package write_test

import (
	"bytes"
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

// Post is a model whose rows a trigger of the database may suppress.
type Post struct {
	prom.Model
	Name string `prom:"unique"`
	N    int
}

var (
	post     = prom.Proto[Post]()
	postName = prom.TextOf(post, &post.Name)
	postN    = prom.NumberOf(post, &post.N)
)

func posts(db *prom.DB) *prom.Repo[Post] { return prom.NewRepo[Post](prom.Using(db)) }

// suppress makes triggers that suppress every write of a row named spam.
func suppress(t *testing.T, db *prom.DB, e dbtest.Engine, repo prom.AnyRepo) {
	t.Helper()
	if err := repo.Install(context.Background()); err != nil {
		t.Fatal(err)
	}
	table := repo.Schema().Name
	for event, row := range map[string]string{"INSERT": "NEW", "UPDATE": "NEW", "DELETE": "OLD"} {
		name := table + "_" + event
		if e.Name == dbtest.NameSQLite {
			kit.RunSQL(t, db, fmt.Sprintf("CREATE TRIGGER %s BEFORE %s ON %s WHEN %s.name = 'spam' BEGIN SELECT RAISE(IGNORE); END",
				name, event, table, row))
			continue
		}
		kit.RunSQL(t, db, fmt.Sprintf("CREATE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql AS "+
			"$$ BEGIN IF %s.name = 'spam' THEN RETURN NULL; END IF; RETURN %[2]s; END $$", name, row),
			fmt.Sprintf("CREATE TRIGGER %s BEFORE %s ON %s FOR EACH ROW EXECUTE FUNCTION %[1]s()", name, event, table))
	}
}

// threePosts returns values of which the one in the middle is suppressed, in a list of n.
func threePosts(n int) []Post {
	list := make([]Post, n)
	for i := range list {
		list[i].Name = fmt.Sprint("post ", i)
	}
	list[n/2].Name = "spam"
	return list
}

// Ensure that an insert which the database suppresses is an error that says so, in every call that inserts, that
// nothing else of the call is stored, that no value gets the key of another one's row, and that a transaction goes on.
// suite: 33
func TestSuppressedInserts(t *testing.T) {
	t.Parallel()
	calls := map[string]func(ctx context.Context, repo *prom.Repo[Post], v []Post) error{
		"Create": func(ctx context.Context, repo *prom.Repo[Post], v []Post) error {
			return repo.Create(ctx, &v[len(v)/2])
		},
		"Save": func(ctx context.Context, repo *prom.Repo[Post], v []Post) error { return repo.Save(ctx, &v[len(v)/2]) },
		"Create with a key": func(ctx context.Context, repo *prom.Repo[Post], v []Post) error {
			v[len(v)/2].ID = 77
			return repo.Create(ctx, &v[len(v)/2])
		},
		"CreateMany": func(ctx context.Context, repo *prom.Repo[Post], v []Post) error { return repo.CreateMany(ctx, v) },
		"CreateMany with keys": func(ctx context.Context, repo *prom.Repo[Post], v []Post) error {
			for i := range v {
				v[i].ID = int64(i + 1000)
			}
			return repo.CreateMany(ctx, v)
		},
		"Batch": func(ctx context.Context, repo *prom.Repo[Post], v []Post) error {
			var b prom.Batch
			for i := range v {
				prom.Queue(&b, repo).Create(&v[i])
			}
			return atMiddle(b.Run(ctx), len(v)/2)
		},
		"Upsert": func(ctx context.Context, repo *prom.Repo[Post], v []Post) error {
			return repo.Upsert(ctx, &v[len(v)/2], postName)
		},
		"OnConflict": func(ctx context.Context, repo *prom.Repo[Post], v []Post) error {
			return kit.ErrOf(repo.OnConflict(postName).Create(ctx, &v[len(v)/2]))
		},
		"OnConflict many": func(ctx context.Context, repo *prom.Repo[Post], v []Post) error {
			return atMiddle(kit.ErrOf(repo.OnConflict(postName).CreateMany(ctx, v)), len(v)/2)
		},
		"GetOrCreate": func(ctx context.Context, repo *prom.Repo[Post], v []Post) error {
			return kit.ErrOf(repo.GetOrCreate(ctx, &v[len(v)/2], postName))
		},
	}
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		ctx := kit.Ended(t)
		db := kit.Open(t, e.DSN)
		suppress(t, db, e, posts(db))
		for name, call := range calls {
			for _, known := range []bool{false, true} {
				for _, s := range kit.Situations[:2] {
					for _, n := range []int{3, 4, kit.ByArrays + 11, kit.ByCopy + 1} {
						many := name == "CreateMany" || name == "CreateMany with keys"
						if n > 4 && (!many || known) || n == 4 && name != "OnConflict many" {
							continue
						}
						t.Run(fmt.Sprint(name, " ", n, " ", s.Name, " ", known), func(t *testing.T) {
							is := is.New(t)
							db := db
							if e.Mode != "memory" { // which nothing is known of yet
								db = kit.Open(t, e.DSN)
							}
							repo := posts(db)
							if known {
								is.NoErr(repo.Create(ctx, &Post{Name: "first"}))
								is.NoErr(repo.Create(ctx, &Post{Name: "second"}))
							}
							before := kit.Count(t, repo.Query())
							list := threePosts(n)
							var was []Post
							err := s.In(ctx, db, func(ctx context.Context) error {
								err := call(ctx, repo, list)
								was = slices.Clone(list)
								if s.Name == "outside" {
									return err
								}
								is.True(errors.Is(err, prom.ErrNotStored))
								return repo.Create(ctx, &Post{Name: "goes on"})
							})
							if s.Name == "outside" {
								if !errors.Is(err, prom.ErrNotStored) {
									t.Fatalf("got the error %v", err)
								}
								is.Equal(kit.Count(t, repo.Query()), before)
							} else {
								is.NoErr(err)
								is.Equal(kit.Count(t, repo.Query()), before+1)
							}
							for i := range was {
								is.True(was[i].ID == 0 || was[i].ID == 77 || was[i].ID == int64(i+1000))
								is.Equal(was[i].Created.IsZero(), true)
							}
							is.Equal(kit.ErrOf(repo.WithoutWhere().Delete(ctx)), nil)
						})
					}
				}
			}
		}
	})
}

// atMiddle makes sure that the error of a batch says which of its operations failed, or one of values which of them.
func atMiddle(err error, i int) error {
	var at *prom.BatchError
	var of *prom.ValueError
	if errors.As(err, &at) && at.Index == i || errors.As(err, &of) && of.Index == i {
		return err
	}
	return fmt.Errorf("the error does not say that it was operation %d: %v", i, err) //nolint:errorlint // it must not match
}

// Ensure that a conflict that is left alone is told as before though a trigger might have suppressed the insert.
func TestSuppressedOrUnchanged(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := kit.Ended(t)
		db := kit.Open(t, e.DSN)
		suppress(t, db, e, posts(db))
		repo := posts(db)
		is.NoErr(repo.Create(ctx, &Post{Name: "a", N: 1}))
		outcome, err := repo.OnConflict(postName).DoNothing().Create(ctx, &Post{Name: "a"})
		is.NoErr(err)
		is.Equal(outcome, prom.Unchanged)
		outcome, err = repo.OnConflict(postName).Where(postN.Gt(1)).Create(ctx, &Post{Name: "a", N: 2})
		is.NoErr(err)
		is.Equal(outcome, prom.Unchanged)
		outcome, err = repo.OnConflict(postName).DoNothing().Create(ctx, &Post{Name: "spam"})
		is.NoErr(err)
		is.Equal(outcome, prom.Unchanged)
	})
}

// Ensure that a row which the database kept from being changed or deleted is told from one that is gone.
// suite: 33
func TestSuppressedChanges(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := kit.Ended(t)
		db := kit.Open(t, e.DSN)
		repo := posts(db)
		spam, gone, kept := Post{Name: "spam"}, Post{Name: "gone"}, Post{Name: "kept"}
		for _, v := range []*Post{&spam, &gone, &kept} {
			is.NoErr(repo.Create(ctx, v))
		}
		is.NoErr(repo.DeleteKey(ctx, gone.ID))
		suppress(t, db, e, posts(db))

		was := spam
		spam.N, gone.N, kept.N = 5, 5, 5
		is.True(errors.Is(repo.Update(ctx, &spam), prom.ErrNotStored))
		is.True(errors.Is(repo.Save(ctx, &spam), prom.ErrNotStored))
		is.True(errors.Is(repo.Update(ctx, &gone), prom.ErrNotFound))
		is.True(errors.Is(repo.Delete(ctx, &spam), prom.ErrNotStored))
		is.True(errors.Is(repo.DeleteKey(ctx, spam.ID), prom.ErrNotStored))
		is.True(errors.Is(repo.Delete(ctx, &gone), prom.ErrNotFound))
		is.True(errors.Is(repo.DeleteKey(ctx, gone.ID), prom.ErrNotFound))

		var b prom.Batch
		prom.Queue(&b, repo).Update(&kept)
		prom.Queue(&b, repo).Update(&spam)
		is.True(errors.Is(atMiddle(b.Run(ctx), 1), prom.ErrNotStored))
		got, err := repo.Get(ctx, kept.ID)
		is.NoErr(err)
		is.Equal(got.N, 0)

		n, err := repo.Where(postName.In("spam", "kept")).Update(ctx, postN.Set(7))
		is.NoErr(err)
		is.Equal(n, 1)
		list, err := prom.UpdateReturning(ctx, repo.Where(postName.In("spam", "kept")), postN.Set(8))
		is.NoErr(err)
		is.Equal(len(list), 1)
		got, err = repo.Get(ctx, spam.ID)
		is.NoErr(err)
		is.Equal(got.N, was.N)

		upserted := Post{Name: "spam", N: 9}
		is.True(errors.Is(repo.Upsert(ctx, &upserted, postName), prom.ErrNotStored))
		is.Equal(upserted.ID, int64(0))
	})
}

// Draft is a model with versions and soft deletion.
type Draft struct {
	prom.Model
	Name    string
	Version int        `prom:"version"`
	Deleted *time.Time `prom:"deleted"`
}

// Ensure that the same holds for rows with versions, where a value that is stale is told from one whose write was
// suppressed, and for soft deletion.
func TestSuppressedVersions(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := kit.Ended(t)
		db := kit.Open(t, e.DSN)
		repo := prom.NewRepo[Draft](prom.Using(db))
		draft := kit.MustCreate(t, repo, Draft{Name: "a"})
		stale := *draft
		draft.Name = "spam"
		is.NoErr(repo.Save(ctx, draft))
		suppress(t, db, e, repo)
		draft.Name = "b"
		stale.Name = "c"
		is.True(errors.Is(repo.Delete(ctx, &stale), prom.ErrStale))
		is.True(errors.Is(repo.HardDelete(ctx, &stale), prom.ErrStale))
		is.True(errors.Is(repo.HardDelete(ctx, draft), prom.ErrNotStored))
		is.True(errors.Is(repo.Undelete(ctx, draft), prom.ErrNotFound)) // it is not deleted
		is.NoErr(repo.Save(ctx, draft))
		draft.Name = "spam"
		is.True(errors.Is(repo.Save(ctx, draft), prom.ErrNotStored))
		is.True(errors.Is(repo.Save(ctx, &stale), prom.ErrStale))
		var b prom.Batch
		prom.Queue(&b, repo).Update(draft)
		is.True(errors.Is(b.Run(ctx), prom.ErrNotStored))
	})
}

// Ensure that a dump whose rows the database suppresses is not restored in part.
func TestSuppressedRestore(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := kit.Ended(t)
		from := kit.Open(t, dbtest.SQLite(t))
		is.NoErr(posts(from).CreateMany(ctx, threePosts(100)))
		var dump bytes.Buffer
		is.NoErr(prom.Dump(ctx, &dump, posts(from)))
		db := kit.Open(t, e.DSN)
		suppress(t, db, e, posts(db))
		is.True(errors.Is(prom.Restore(ctx, &dump, posts(db)), prom.ErrNotStored))
		is.Equal(kit.Count(t, posts(db).Query()), 0)
	})
}

// Ensure that a unique index of SQLite that ignores conflicts by itself is an error as well.
func TestSuppressedByConflictClause(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := kit.Ended(t)
	db := kit.Open(t, dbtest.SQLite(t))
	repo := tallies(db)
	kit.RunSQL(t, db, "CREATE TABLE tally (id INTEGER PRIMARY KEY, no INTEGER NOT NULL, s TEXT NOT NULL UNIQUE ON CONFLICT IGNORE)")
	for range 3 { // the table is not known at first
		is.True(errors.Is(repo.CreateMany(ctx, []tally{{S: "alice"}, {S: "alice"}, {S: "bob"}}), prom.ErrNotStored))
		is.True(errors.Is(repo.CreateMany(ctx, append(manyTallies(0, 40), tally{S: "s7"})), prom.ErrNotStored))
		is.Equal(kit.Count(t, repo.Query()), 0)
		one, two := tally{S: "one"}, tally{S: "one"}
		is.NoErr(repo.Create(ctx, &one))
		is.True(errors.Is(repo.Create(ctx, &two), prom.ErrNotStored))
		is.Equal(two.ID, int64(0))
		var b prom.Batch
		three := tally{S: "three"}
		prom.Queue(&b, repo).Create(&three)
		prom.Queue(&b, repo).Create(&two)
		is.True(errors.Is(atMiddle(b.Run(ctx), 1), prom.ErrNotStored))
		is.Equal(kit.Count(t, repo.Query()), 1)
		is.NoErr(repo.Delete(ctx, &one))
	}
}

// Ensure that what a trigger writes while it suppresses a row is not taken for the row, and is undone with many rows.
func TestSuppressedByAudit(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := kit.Ended(t)
	db := kit.Open(t, dbtest.SQLite(t))
	repo := posts(db)
	is.NoErr(repo.Create(ctx, &Post{Name: "first"}))
	kit.RunSQL(t, db, "CREATE TABLE audit (id INTEGER PRIMARY KEY, name TEXT)", `CREATE TRIGGER audited BEFORE INSERT ON post WHEN NEW.name = 'spam'
		BEGIN INSERT INTO audit (name) VALUES ('a'), ('b'); SELECT RAISE(IGNORE); END`)
	spam := Post{Name: "spam"}
	is.True(errors.Is(repo.Create(ctx, &spam), prom.ErrNotStored))
	is.Equal(spam.ID, int64(0))
	audits := func() int { return kit.ScanOne[int](t, db, "SELECT count(*) FROM audit") }
	is.Equal(audits(), 2) // the trigger's own
	for _, n := range []int{3, 100} {
		is.True(errors.Is(repo.CreateMany(ctx, threePosts(n)), prom.ErrNotStored))
		is.Equal(audits(), 2)
	}
	is.Equal(kit.Count(t, repo.Query()), 1)
}
