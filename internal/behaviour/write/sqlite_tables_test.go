package write_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Stock is a model of tables of SQLite that others have made in each of its ways.
type Stock struct {
	ID    int64  `prom:"key,auto"`
	Name  string `prom:"unique"`
	N     int
	Price *float64
	Data  []byte
	OK    bool
	At    time.Time
}

const stockColumns = `, name TEXT NOT NULL UNIQUE, n %[1]s NOT NULL, price REAL, data BLOB NOT NULL, ok %[1]s NOT NULL, at TEXT NOT NULL)%[2]s`

// stocks are tables for it, by the definition of their keys; made says whether SQLite generates the key.
var stocks = []struct {
	key, integer, tail string
	made               bool
}{
	{"INTEGER PRIMARY KEY", "INT", "", true},
	{"INTEGER PRIMARY KEY AUTOINCREMENT", "INTEGER", "", true},
	{"INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT", "INTEGER", "", true},
	{`"INTEGER" PRIMARY KEY ASC`, "INTEGER", "", true},
	{"integer CONSTRAINT pk PRIMARY KEY ON CONFLICT ABORT", "bigint", "", true},
	{"INTEGER PRIMARY KEY", "INTEGER", " STRICT", true},
	{"INTEGER PRIMARY KEY AUTOINCREMENT", "INT", " STRICT", true},
	{"INT PRIMARY KEY", "INT", "", false},
	{"BIGINT NOT NULL PRIMARY KEY", "INT", "", false},
	{"INTEGER PRIMARY KEY DESC", "INT", "", false}, // by an old mistake it is no rowid alias
	{"INTEGER PRIMARY KEY NOT NULL", "INT", " WITHOUT ROWID", false},
	{"INT NOT NULL PRIMARY KEY", "INT", " STRICT, WITHOUT ROWID", false},
}

// Ensure that each definition of an integer key of SQLite works as far as it can: Check passes where the key is
// generated, keys come back, and where none is generated an insert without one is refused and stores nothing.
func TestTablesOfSQLite(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		if e.Name != dbtest.NameSQLite {
			t.Skip("the tables are SQLite's")
		}
		for _, s := range stocks {
			t.Run(s.key+s.tail, func(t *testing.T) {
				is, ctx := is.New(t), context.Background()
				db := kit.Open(t, dbtest.SQLite(t))
				kit.RunSQL(t, db, fmt.Sprintf(`CREATE TABLE stock (id `+s.key+stockColumns, s.integer, s.tail))
				repo := prom.NewRepo[Stock](prom.Using(db))
				stock := prom.Proto[Stock]()
				name, n := prom.TextOf(stock, &stock.Name), prom.NumberOf(stock, &stock.N)
				at := time.Date(2024, 5, 6, 7, 8, 9, 123456000, time.UTC)
				count := 0
				next := func() Stock {
					count++
					price := float64(count)
					v := Stock{Name: fmt.Sprint("s", count), N: count, Price: &price, Data: []byte("x"), OK: true, At: at}
					if !s.made {
						v.ID = int64(count)
					}
					return v
				}
				same := func(v *Stock) {
					t.Helper()
					got, err := repo.Get(ctx, v.ID)
					is.NoErr(err)
					is.True(v.ID > 0 && got.Name == v.Name && *got.Price == *v.Price && got.At.Equal(at) && got.OK)
				}
				for range 2 {
					if !s.made { // none is generated
						v := next()
						v.ID = 0
						err := repo.Create(ctx, &v)
						is.True(err != nil)
						before := len(kit.AllOf(t, repo))
						is.True(repo.CreateMany(ctx, []Stock{v, v}) != nil)
						is.Equal(len(kit.AllOf(t, repo)), before)
						is.Equal(kit.ScanOne[int](t, db, `SELECT count(*) FROM stock WHERE id IS NULL`), 0)
					}
					v := next()
					is.NoErr(repo.Create(ctx, &v))
					same(&v)
					list := make([]Stock, 100)
					for i := range list {
						list[i] = next()
					}
					is.NoErr(repo.CreateMany(ctx, list))
					same(&list[0])
					same(&list[99])
					v.N = 5
					is.NoErr(repo.Save(ctx, &v))
					same(&v)
					again := next()
					again.Name = v.Name
					outcome, err := repo.OnConflict(name).Update(n.Add(1)).Create(ctx, &again)
					is.NoErr(err)
					is.Equal(outcome, prom.Updated)
					is.Equal(again.ID, v.ID)
					is.Equal(again.N, 6)
					fresh := next()
					created, err := repo.GetOrCreate(ctx, &fresh, name)
					is.NoErr(err)
					is.True(created)
					same(&fresh)
					changed, err := repo.Where(name.Eq(v.Name)).Update(ctx, n.Set(1))
					is.NoErr(err)
					is.Equal(changed, 1)
				}
				page, err := repo.Query().OrderBy(name.Asc()).KeysetPage(ctx, "", 7)
				is.NoErr(err)
				rest, err := repo.Query().OrderBy(name.Asc()).KeysetPage(ctx, page.Next, 500)
				is.NoErr(err)
				is.Equal(len(page.Rows)+len(rest.Rows), len(kit.AllOf(t, repo)))
				rows := 0
				for _, err := range repo.Query().Each(ctx) {
					is.NoErr(err)
					rows++
				}
				is.Equal(rows, len(kit.AllOf(t, repo)))

				err = prom.Check(ctx, repo)
				is.Equal(err == nil, s.made)
				if err != nil {
					is.True(errors.Is(err, prom.ErrDrift))
				}
				_, err = repo.Where(name.HasPrefix("s")).Delete(ctx)
				is.NoErr(err)
			})
		}
	})
}

// Letter is a model of a full-text table of SQLite.
type Letter struct {
	Title string
	Body  string
}

func (Letter) TableName() string { return "letters" }

// Ensure that a model over an FTS5 table reads and writes it by queries, since its rows have no key but the row number,
// and that nothing proposes to change it or its shadow tables.
func TestFullTextTableOfSQLite(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		if e.Name != dbtest.NameSQLite {
			t.Skip("the tables are SQLite's")
		}
		is, ctx := is.New(t), context.Background()
		db := kit.Open(t, e.DSN)
		kit.RunSQL(t, db, `CREATE VIRTUAL TABLE letters USING fts5(title, body)`, `INSERT INTO letters VALUES ('first', 'dear reader')`)
		names, err := db.Tables(ctx)
		is.NoErr(err)
		is.Equal(names, []string{"letters"})
		repo := prom.NewRepo[Letter](prom.Using(db))
		l := prom.Proto[Letter]()
		title := prom.TextOf(l, &l.Title)
		for i := range 2 {
			is.NoErr(repo.Create(ctx, &Letter{Title: "second", Body: "dear writer"}))
			is.NoErr(repo.CreateMany(ctx, []Letter{{Title: "a"}, {Title: "b"}}))
			changed, err := repo.Where(title.Eq("a")).Update(ctx, title.Set("z"))
			is.NoErr(err)
			is.Equal(changed, 1)
			gone, err := repo.Where(title.Eq("b")).Delete(ctx)
			is.NoErr(err)
			is.Equal(gone, 1)
			found, err := repo.Where(prom.Raw(l, "letters MATCH ?", "dear")).All(ctx)
			is.NoErr(err)
			is.Equal(len(found), 2+i)
			is.Equal(found[0], Letter{Title: "first", Body: "dear reader"})
			_, err = repo.Get(ctx, 1)
			is.True(errors.Is(err, prom.ErrValidation)) // it has no key
			is.NoErr(repo.Install(ctx))
		}
		plan, err := prom.Plan(ctx, repo)
		is.NoErr(err)
		is.Equal(len(plan.Steps)+len(plan.NotModelled), 0)
		is.NoErr(prom.Check(ctx, repo))
	})
}

// KeyValue and IntKey are models of tables whose keys SQLite lets be NULL, since nothing says NOT NULL.
type (
	KeyValue struct {
		Key   string `prom:"name=key,key"`
		Value []byte
	}
	IntKey struct {
		ID   int64 `prom:"key"`
		Name string
	}
)

// Ensure that Check passes for keys of others as they are usually declared.
func TestKeysOfSQLite(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		if e.Name != dbtest.NameSQLite {
			t.Skip("the tables are SQLite's")
		}
		is, ctx := is.New(t), context.Background()
		db := kit.Open(t, e.DSN)
		kit.RunSQL(t, db, `CREATE TABLE key_value (key TEXT PRIMARY KEY, value BLOB NOT NULL)`)
		values := prom.NewRepo[KeyValue](prom.Using(db))
		is.NoErr(values.Upsert(ctx, &KeyValue{Key: "a", Value: []byte("1")}))
		is.NoErr(prom.Check(ctx, values))
		plan, err := prom.Plan(ctx, values)
		is.NoErr(err)
		is.Equal(len(plan.Steps), 0)
		for _, key := range []string{"INTEGER PRIMARY KEY", "INTEGER PRIMARY KEY AUTOINCREMENT", "INT PRIMARY KEY",
			"INTEGER PRIMARY KEY DESC", "BIGINT NOT NULL PRIMARY KEY"} {
			kit.RunSQL(t, db, `DROP TABLE IF EXISTS int_key`, `CREATE TABLE int_key (id `+key+`, name TEXT NOT NULL)`)
			ints := prom.NewRepo[IntKey](prom.Using(db))
			is.NoErr(ints.Create(ctx, &IntKey{ID: 7, Name: "a"}))
			is.NoErr(prom.Check(ctx, ints))
			plan, err := prom.Plan(ctx, ints)
			is.NoErr(err)
			is.Equal(len(plan.Steps), 0)
		}
	})
}
