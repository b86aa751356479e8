package write_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Parcel is a model of a table of others, of which the database fills some columns.
type Parcel struct {
	ID     int64  `prom:"key,auto"`
	Name   string `prom:"unique"`
	Weight float64
	Grams  *int64  `prom:"readonly"` // generated
	State  string  `prom:"readonly"` // by a default
	Code   *string `prom:"readonly"` // generated
}

// parcels are tables for it; the key of PostgreSQL's is one that is generated always.
var parcels = map[string][]string{
	dbtest.NameSQLite: {
		`CREATE TABLE parcel (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, weight REAL NOT NULL,
			grams INTEGER AS (CAST(weight * 1000 AS INTEGER)), state TEXT NOT NULL DEFAULT 'new',
			code TEXT GENERATED ALWAYS AS (upper(name)) STORED)`,
	},
	dbtest.NamePostgres: {
		`CREATE TABLE parcel (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE, weight double precision NOT NULL,
			grams bigint GENERATED ALWAYS AS ((weight * 1000)::bigint) STORED, state text NOT NULL DEFAULT 'new',
			code text GENERATED ALWAYS AS (upper(name)) STORED)`,
	},
}

// Ensure that columns which others have the database fill come back and stay theirs: by generation, by a default, by an
// identity that takes no values; and that a dump restores them.
func TestReadOnlyColumnsOfOthers(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is, ctx := is.New(t), context.Background()
		db := kit.Open(t, e.DSN)
		kit.RunSQL(t, db, parcels[e.Name]...)
		repo := prom.NewRepo[Parcel](prom.Using(db))
		parcel := prom.Proto[Parcel]()
		name, weight := prom.TextOf(parcel, &parcel.Name), prom.NumberOf(parcel, &parcel.Weight)
		fits := func(p *Parcel) {
			t.Helper()
			is.True(p.ID > 0 && p.Grams != nil && *p.Grams == int64(p.Weight*1000))
			is.True(p.Code != nil && *p.Code == strings.ToUpper(p.Name))
			is.Equal(p.State, "new")
		}
		for range 2 { // nothing is known of the table at first
			is.NoErr(prom.UnsafeClear(ctx, repo))
			p := Parcel{Name: "a", Weight: 1.5, State: "other"}
			is.NoErr(repo.Create(ctx, &p))
			fits(&p)
			p.Weight, p.State = 2, "other"
			is.NoErr(repo.Save(ctx, &p)) // without tracking an upsert by the key
			fits(&p)
			q := Parcel{Name: "a", Weight: 3}
			is.NoErr(repo.Upsert(ctx, &q, name))
			is.Equal(q.ID, p.ID)
			fits(&q)
			for _, size := range []int{1, 3, kit.ByCopy + 1} {
				list := make([]Parcel, size)
				for i := range list {
					list[i] = Parcel{Name: fmt.Sprint("p", size, "-", i), Weight: float64(i)}
				}
				is.NoErr(repo.CreateMany(ctx, list))
				fits(&list[0])
				fits(&list[size-1])
				outcomes, err := repo.OnConflict(name).UpdateAll().CreateMany(ctx, list[:1])
				is.NoErr(err)
				is.Equal(outcomes[0], prom.Updated)
				fits(&list[0])
			}
			n, err := repo.Where(name.Eq("a")).Update(ctx, weight.Set(9))
			is.NoErr(err)
			is.Equal(n, 1)
		}
		if e.Name == dbtest.NamePostgres { // a key that is given is refused
			given := make([]Parcel, kit.ByCopy+1)
			for i := range given {
				given[i] = Parcel{ID: int64(1e6 + i), Name: fmt.Sprint("given", i)}
			}
			for _, err := range []error{repo.Create(ctx, &given[0]), repo.CreateMany(ctx, given[:2]),
				repo.CreateMany(ctx, given)} {
				is.True(err != nil)
				is.True(strings.Contains(err.Error(), "leave a generated key unset"))
			}
		}

		var dump bytes.Buffer
		is.NoErr(prom.Dump(ctx, &dump, repo))
		kit.RunSQL(t, db, `UPDATE parcel SET state = 'old'`)
		is.NoErr(prom.Dump(ctx, bytes.NewBuffer(nil), repo))
		before := kit.AllOf(t, repo)
		var changed bytes.Buffer
		is.NoErr(prom.Dump(ctx, &changed, repo))
		is.NoErr(prom.UnsafeClear(ctx, repo))
		is.NoErr(prom.Restore(ctx, &changed, repo))
		after := kit.AllOf(t, repo)
		is.Equal(len(after), len(before))
		is.Equal(after[0].State, "old") // what was stored
		p := Parcel{Name: "last"}
		is.NoErr(repo.Create(ctx, &p)) // its key is beyond the restored ones
		fits(&p)

		plan, err := prom.Plan(ctx, repo)
		is.NoErr(err)
		is.Equal(len(plan.Steps), 0)
	})
}

// PlainParcel is a model that does not say what the database fills.
type PlainParcel struct {
	ID     int64 `prom:"key,auto"`
	Name   string
	Weight float64
	Code   *string
}

func (PlainParcel) TableName() string { return "parcel" }

// Ensure that a write to a generated column of others says what to do, and that the plan does.
func TestGeneratedColumnIsNotTold(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is, ctx := is.New(t), context.Background()
		db := kit.Open(t, e.DSN)
		kit.RunSQL(t, db, parcels[e.Name]...)
		repo := prom.NewRepo[PlainParcel](prom.Using(db))
		plain := prom.Proto[PlainParcel]()
		for range 2 {
			code := "x"
			err := repo.Create(ctx, &PlainParcel{Name: "a", Code: &code})
			is.True(err != nil)
			is.True(strings.Contains(err.Error(), "option readonly"))
			err = repo.CreateMany(ctx, []PlainParcel{{Name: "a", Code: &code}, {Name: "b"}})
			is.True(err != nil)
			is.True(strings.Contains(err.Error(), "option readonly"))
			_, err = repo.Query().WithoutWhere().Update(ctx, prom.NullTextOf(plain, &plain.Code).Set("x"))
			is.True(err != nil)
			is.True(strings.Contains(err.Error(), "option readonly"))
		}
		plan, err := prom.Plan(ctx, repo)
		is.NoErr(err)
		is.Equal(len(plan.Steps), 1)
		is.Equal(plan.Steps[0].Kind, prom.StepByHand)
		is.True(strings.Contains(plan.Steps[0].Reason, "option readonly"))
	})
}

// Voucher has a key that a trigger or a default of the database makes.
type Voucher struct {
	Code string `prom:"key,readonly"`
	Note string
}

// Ensure that a key which the database fills comes back, and that a value with one is updated and never inserted.
func TestReadOnlyKey(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is, ctx := is.New(t), context.Background()
		db := kit.Open(t, e.DSN)
		def := map[string]string{dbtest.NameSQLite: "(lower(hex(randomblob(8))))", dbtest.NamePostgres: "md5(random()::text)"}[e.Name]
		kit.RunSQL(t, db, `CREATE TABLE voucher (code text NOT NULL PRIMARY KEY DEFAULT `+def+`, note text NOT NULL)`)
		repo := prom.NewRepo[Voucher](prom.Using(db))
		v := Voucher{Note: "a"}
		is.NoErr(repo.Create(ctx, &v))
		is.True(len(v.Code) > 10)
		code := v.Code
		v.Note = "b"
		is.NoErr(repo.Save(ctx, &v))
		is.Equal(v.Code, code)
		got, err := repo.Get(ctx, code)
		is.NoErr(err)
		is.Equal(*got, v)
		is.True(errors.Is(repo.Save(ctx, &Voucher{Code: "none"}), prom.ErrNotFound))
		w := Voucher{Note: "w"}
		is.NoErr(repo.Save(ctx, &w))
		list := []Voucher{{Note: "x"}, {Note: "y"}}
		is.NoErr(repo.CreateMany(ctx, list))
		is.True(list[0].Code != "" && list[0].Code != list[1].Code)
		is.Equal(len(kit.AllOf(t, repo)), 4)
	})
}

// Unfilled says that the database fills a column, and not how.
type Unfilled struct {
	prom.Model
	Rank int `prom:"readonly"`
}

// Filled says so of columns that prom can make.
type Filled struct {
	prom.Model
	Name string
	Rank int  `prom:"readonly,default=7"`
	Note *int `prom:"readonly"`
}

// Ensure that a table is made only when something fills its columns.
func TestUnfilledColumn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is, ctx := is.New(t), context.Background()
		db := kit.Open(t, e.DSN)
		repo := prom.NewRepo[Unfilled](prom.Using(db))
		err := repo.Create(ctx, &Unfilled{})
		is.True(errors.Is(err, prom.ErrDrift))
		is.True(strings.Contains(err.Error(), "rank"))
		is.Equal(len(kit.TablesOf(t, db)), 0)
		plan, err := prom.Plan(ctx, repo)
		is.NoErr(err)
		is.Equal(plan.Steps[0].Kind, prom.StepByHand)

		filled := prom.NewRepo[Filled](prom.Using(db))
		f := Filled{Name: "a", Rank: 1}
		is.NoErr(filled.Create(ctx, &f))
		is.Equal(f.Rank, 7)
		is.True(f.Note == nil)
	})
}

// Ticket reads an identity column beside the key as a pointer, which allows more than the column does.
type Ticket struct {
	Code  string `prom:"key"`
	Seat  *int64 `prom:"readonly"`
	Place *int64 `prom:"readonly"`
}

// Ensure that no step lets a column be NULL that only the database fills, which PostgreSQL would refuse for an identity
// column.
func TestReadOnlyStaysNotNull(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is, ctx := is.New(t), context.Background()
		db := kit.Open(t, e.DSN)
		seat := map[string]string{dbtest.NameSQLite: "DEFAULT 1", dbtest.NamePostgres: "GENERATED ALWAYS AS IDENTITY"}[e.Name]
		kit.RunSQL(t, db, `CREATE TABLE ticket (code text NOT NULL PRIMARY KEY, seat bigint NOT NULL `+seat+
			`, place bigint NOT NULL DEFAULT 4)`)
		repo := prom.NewRepo[Ticket](prom.Using(db))
		plan, err := prom.Plan(ctx, repo)
		is.NoErr(err)
		is.Equal(plan.Steps, nil)
		v := Ticket{Code: "a"}
		is.NoErr(repo.Create(ctx, &v))
		is.Equal([]int64{*v.Seat, *v.Place}, []int64{1, 4})
	})
}
