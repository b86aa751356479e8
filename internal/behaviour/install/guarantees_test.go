package install_test

import (
	"context"
	"errors"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// The versions of a model over time. They share the table coupon.
type (
	couponV1 struct {
		prom.Model
		Code string
	}
	couponUnique struct {
		prom.Model
		Code string `prom:"unique"`
	}
	couponRequired struct {
		prom.Model
		Code  string
		Limit int
	}
	couponDefault struct {
		prom.Model
		Code  string
		Limit int `prom:"default=7"`
	}
)

func coupons[T any](db *prom.DB) *prom.Repo[T] {
	return prom.NewRepo[T](prom.Using(db), prom.Table("coupon"))
}

// Ensure what happens to a table with rows when its model gets a field: a required one is refused with the advice, one
// with a constant default is added, and old rows have the default. parity: A7 A9 A10
func TestNewField(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		old := couponV1{Code: "x"}
		is.NoErr(coupons[couponV1](db).Create(ctx, &old))

		err := coupons[couponRequired](db).Create(ctx, &couponRequired{Code: "y"})
		is.True(errors.Is(err, prom.ErrDrift))

		is.NoErr(coupons[couponDefault](db).Create(ctx, &couponDefault{Code: "y", Limit: 1}))
		got, err := coupons[couponDefault](db).Get(ctx, old.ID)
		is.NoErr(err)
		is.Equal(got.Limit, 7)
	})
}

// Ensure the limit that the documentation names: an index on columns that are all there is not missed by any statement,
// so it is Install that adds it. Rows that do not allow it are an error that names it, on both engines. parity: A16 X5
func TestNewIndex(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		before, after := coupons[couponV1](db), coupons[couponUnique](db)
		is.NoErr(before.CreateMany(ctx, []couponV1{{Code: "x"}, {Code: "x"}}))

		err := after.Install(ctx)
		is.True(errors.Is(err, prom.ErrUnique))
		var pe *prom.Error
		is.True(errors.As(err, &pe))
		is.Equal(pe.Constraint, "coupon_code")
		is.Equal(pe.Columns, []string{"code"})

		_, err = before.WithoutWhere().Delete(ctx)
		is.NoErr(err)
		is.NoErr(after.Install(ctx))
		is.NoErr(after.Create(ctx, &couponUnique{Code: "x"}))
		is.True(errors.Is(after.Create(ctx, &couponUnique{Code: "x"}), prom.ErrUnique))
	})
}

// Ensure what the modes do with a missing table, by itself and by Install.
// parity: A16
func TestInstallModes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		option         string
		used, installs error
	}{
		{"install=auto", nil, nil},
		{"install=check", prom.ErrDrift, prom.ErrDrift},
		{"install=off", prom.ErrNoTable, nil},
		{"readonly=true", prom.ErrNoTable, nil},
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		if err := kit.Open(t, e.DSN).Ping(context.Background()); err != nil { // so that there is a file to open
			t.Fatal(err)
		}
		for i := len(tests) - 1; i >= 0; i-- { // auto comes last: it makes the table
			tt := tests[i]
			is := is.New(t)
			repo := coupons[couponV1](kit.Open(t, e.With(tt.option)))
			is.True(errors.Is(repo.Install(context.Background()), tt.installs))
			_, err := repo.Count(context.Background())
			is.True(errors.Is(err, tt.used))
		}
	})
}

// Ensure that what is installed in a transaction goes with it, and what the transaction did before the installation
// stays in it. parity: A14 A15 B4
func TestInstallInTx(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		first, second := kit.Notes(db), coupons[couponV1](db)
		both := func(ctx context.Context) error {
			if err := first.Create(ctx, &kit.Note{Title: "n"}); err != nil {
				return err
			}
			return second.Create(ctx, &couponV1{})
		}
		failed := errors.New("failed")
		is.Equal(db.Tx(ctx, func(ctx context.Context) error {
			is.NoErr(both(ctx))
			return failed
		}), failed)
		n, err := second.Count(ctx) // creates the table again
		is.NoErr(err)
		is.Equal(n, 0)
		is.NoErr(db.Tx(ctx, both))
		n, err = first.Count(ctx)
		is.NoErr(err)
		is.Equal(n, 1)
	})
}

// Ensure that a change of the schema does not wait long for a table that others use.
func TestInstallWaitsBriefly(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		brief := map[string]string{dbtest.NameSQLite: "busy_timeout=50ms",
			dbtest.NamePostgres: "install_lock_timeout=50ms"}[e.Name]
		db, other := kit.Open(t, e.DSN), kit.Open(t, e.With(brief))
		is.NoErr(coupons[couponV1](db).Install(ctx))
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			_, err := coupons[couponV1](db).Count(ctx)
			is.NoErr(err)
			err = coupons[couponDefault](other).Create(context.Background(), &couponDefault{})
			is.True(errors.Is(err, prom.ErrBusy))
			return nil
		}))
		is.NoErr(coupons[couponDefault](other).Create(ctx, &couponDefault{}))
	})
}
