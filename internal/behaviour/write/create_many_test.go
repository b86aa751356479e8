package write_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// tally is a narrow model without change tracking, for very many rows.
type tally struct {
	ID int64 `prom:"key,auto"`
	No int
	S  string
}

var tallyProto = prom.Proto[tally]()

var tallyNo = prom.NumberOf(tallyProto, &tallyProto.No)

func tallies(db *prom.DB) *prom.Repo[tally] { return prom.NewRepo[tally](prom.Using(db)) }

// manyTallies returns n values, numbered from a number on.
func manyTallies(from, n int) []tally {
	list := make([]tally, n)
	for i := range list {
		list[i] = tally{No: from + i, S: fmt.Sprint("s", from+i)}
	}
	return list
}

// Ensure that any number of rows is inserted with one key each, in the order of the values, around the sizes where the
// way to the database changes. suite: 18
func TestCreateManySizes(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := tallies(kit.Open(t, e.DSN))
		sizes := []int{1, 2, 3, 2999, kit.ByCopy, 3001}
		if e.Mode == "cache_statement" || e.Mode == "file" {
			sizes = append(sizes, 20_000, 20_001, 45_000)
		}
		var want []tally
		for _, n := range sizes {
			list := manyTallies(len(want), n)
			is.NoErr(repo.CreateMany(ctx, list))
			for i := range list {
				if list[i].No != len(want)+i || i > 0 && list[i].ID <= list[i-1].ID {
					t.Fatalf("row %d of %d came back as %+v", i, n, list[i])
				}
			}
			want = append(want, list...)
		}
		got, err := repo.OrderBy(tallyNo.Asc()).All(ctx)
		is.NoErr(err)
		is.True(slices.Equal(got, want))
		dbtest.Reportf(t, 18, "bulk inserts of up to %d rows, more arguments than a statement takes", slices.Max(sizes))
	})
}

// Ensure that UUIDs as keys, and keys that are texts, are those that were given, or made, in every way to the database.
func TestCreateManyKeys(t *testing.T) {
	t.Parallel()
	type folded struct {
		Name string `prom:"key,nocase"`
		N    *int
	}
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		vouchers := prom.NewRepo[kit.Voucher](prom.Using(db))
		names := prom.NewRepo[folded](prom.Using(db), prom.Table("folded"))
		for size, n := range map[int]int{kit.ByArrays: 0, kit.ByCopy: 10_000} {
			vs, fs := make([]kit.Voucher, size), make([]folded, size)
			given := prom.NewUUID()
			for i := range vs {
				vs[i].N, fs[i].Name = n+i, fmt.Sprint("Ä", n+i)
			}
			vs[1].ID, fs[1].N = given, &n
			is.NoErr(vouchers.CreateMany(ctx, vs))
			is.NoErr(names.CreateMany(ctx, fs))
			is.Equal(vs[1].ID, given)
			for i := range size {
				if i > 100 && i < size-10 {
					continue
				}
				v, err := vouchers.Get(ctx, vs[i].ID)
				is.NoErr(err)
				is.Equal(v.N, n+i)
				f, err := names.Get(ctx, fmt.Sprint("Ä", n+i))
				is.NoErr(err)
				is.Equal(*f, fs[i])
			}
		}
		err := names.CreateMany(ctx, []folded{{Name: "b"}, {Name: "B"}})
		is.True(errors.Is(err, prom.ErrUnique))
	})
}

// Ensure that values with keys of their own, among such without, arrive by every way, and that a negative zero is
// stored as zero.
func TestCreateManyMixed(t *testing.T) {
	t.Parallel()
	type temperature struct {
		ID int64 `prom:"key,auto"`
		C  float64
		F  *float32
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[temperature](prom.Using(kit.Open(t, e.DSN)), prom.Table("temperature"))
		zero := float32(math.Copysign(0, -1))
		list := make([]temperature, 2*kit.ByCopy+20)
		for i := range list {
			list[i].C = math.Copysign(0, -1)
			if i%2 == 0 {
				list[i].F = &zero
			}
			if i < kit.ByCopy || i > 2*kit.ByCopy {
				list[i].ID = int64(10_000_000 + 2*i)
			}
		}
		is.NoErr(repo.CreateMany(ctx, list))
		stored := map[int64]temperature{}
		for _, v := range kit.AllOf(t, repo) {
			stored[v.ID] = v
		}
		is.Equal(len(stored), len(list))
		for i, v := range list {
			s, ok := stored[v.ID]
			if !ok || (i < kit.ByCopy || i > 2*kit.ByCopy) != (v.ID == int64(10_000_000+2*i)) {
				t.Fatalf("row %d got the key %d", i, v.ID)
			}
			for _, v := range []temperature{v, s} {
				if math.Signbit(v.C) || (v.F == nil) != (i%2 != 0) || v.F != nil && math.Signbit(float64(*v.F)) {
					t.Fatalf("row %d is %+v", i, v)
				}
			}
		}
	})
}

// Bounded has a rule and unique names, for failures among many rows.
type Bounded struct {
	prom.Model
	Name string `prom:"unique"`
	No   int    `prom:"max=1000000"`
	Data []byte
}

func manyBounded(n int) []Bounded {
	list := make([]Bounded, n)
	for i := range list {
		list[i] = Bounded{Name: fmt.Sprint("n", i), No: i}
	}
	return list
}

// Ensure that a row in the middle that is refused, by a rule, a unique index or a check of the database, leaves no row
// behind and the values as they were, outside a transaction and in one, which goes on.
func TestCreateManyFailures(t *testing.T) {
	t.Parallel()
	failures := map[prom.Kind]func(*Bounded){
		prom.ErrUnique:     func(v *Bounded) { v.Name = "n1" },
		prom.ErrValidation: func(v *Bounded) { v.No = 1_000_001 },
		prom.ErrCheck:      func(v *Bounded) { v.No = -1 },
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := prom.NewRepo[Bounded](prom.Using(db))
		key := "INTEGER PRIMARY KEY"
		if e.Name == dbtest.NamePostgres {
			key = "bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"
		}
		data, at := "blob", "text"
		if e.Name == dbtest.NamePostgres {
			data, at = "bytea", "timestamptz"
		}
		kit.RunSQL(t, db, `CREATE TABLE "bounded" (_id `+key+`, _created `+at+` NOT NULL, _updated `+at+` NOT NULL,
			name text NOT NULL, no bigint NOT NULL CHECK (no >= 0), data `+data+` NOT NULL)`)
		is.NoErr(repo.Install(ctx)) // the index
		for _, n := range []int{3, kit.ByArrays, kit.ByCopy, 25_000} {
			for kind, spoil := range failures {
				if n > kit.ByCopy && kind != prom.ErrCheck {
					continue
				}
				list := manyBounded(n)
				list[0].ID = -7 // so that there are several statements
				spoil(&list[n/2+1])
				was := slices.Clone(list)
				if err := repo.CreateMany(ctx, list); !errors.Is(err, kind) {
					t.Fatalf("%d rows: got %v, want %v", n, err, kind)
				}
				is.True(reflect.DeepEqual(list, was))
				is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
					is.True(errors.Is(repo.CreateMany(ctx, list[1:]), kind))
					is.True(reflect.DeepEqual(list, was))
					return repo.Create(ctx, &Bounded{Name: fmt.Sprint("goes on ", n, kind)})
				}))
			}
		}
		is.Equal(kit.Count(t, repo.Query()), 3*len(failures)+1)
	})
}
