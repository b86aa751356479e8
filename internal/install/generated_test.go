package install_test

import (
	"context"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/install"
	"github.com/prom-go/prom/schema"
)

type (
	rectBefore struct {
		ID int64 `prom:"key,auto"`
		A  int64
		B  int64
	}
	rect struct {
		ID   int64 `prom:"key,auto"`
		A    int64
		B    int64
		Area int64   `prom:"generated='a * b',min=0,index"`
		Name *string `prom:"generated='''r'' || a'"`
	}
	rectOther struct {
		ID   int64 `prom:"key,auto"`
		A    int64
		B    int64
		Area int64   `prom:"generated='a + b',min=0,index"`
		Name *string `prom:"generated='''r'' || a'"`
	}
	rectPlain struct {
		ID   int64 `prom:"key,auto"`
		A    int64
		B    int64
		Area int64 `prom:"min=0,index"`
		Name *string
	}
	rectFilled struct {
		ID   int64 `prom:"key,auto"`
		A    int64
		B    int64
		Area int64   `prom:"readonly,min=0,index"`
		Name *string `prom:"readonly"`
	}
)

func (rectBefore) TableName() string { return "rect" }
func (rectOther) TableName() string  { return "rect" }
func (rectPlain) TableName() string  { return "rect" }
func (rectFilled) TableName() string { return "rect" }

// Ensure that a plan adds a generated column, gives it another expression, and makes it an ordinary one and back, only
// as steps that say what they cost, and that it is then what the model says.
func TestGenerated(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		for _, rows := range []bool{false, true} {
			is, ctx := is.New(t), context.Background()
			db := open(t, e.DSN)
			lite := e.Name == dbtest.NameSQLite
			before := table[rectBefore](t)
			ensure(ctx, t, db, before)
			if rows {
				runSQL(t, db, `INSERT INTO rect (a, b) VALUES (2, 3), (4, 5)`)
			}
			area := func() (sum int64) {
				sum, err := db.Count(ctx, `SELECT coalesce(sum(area), 0) FROM rect`)
				is.NoErr(err)
				return sum
			}
			apply := func(now *schema.Table, most schema.Risk, steps int) {
				t.Helper()
				list, _, err := install.Plan(ctx, db, now)
				is.NoErr(err)
				is.Equal(len(list), steps)
				for _, s := range list {
					is.True(s.Risk <= most)
				}
				_, err = install.Apply(ctx, db, []*schema.Table{now}, list)
				is.NoErr(err)
				list, _, err = install.Plan(ctx, db, now)
				is.NoErr(err)
				is.Equal(len(list), 0)
				drifts, err := install.Drifts(ctx, db, now)
				is.NoErr(err)
				is.Equal(len(drifts), 0)
			}
			now := table[rect](t)
			if !lite && rows { // it does not rewrite a table by itself
				_, err := install.Ensure(ctx, db, now)
				is.Equal(driver.KindOf(err), driver.KindDrift)
				is.True(strings.Contains(err.Error(), "computes it for all rows"))
			}
			list, _, err := install.Plan(ctx, db, now)
			is.NoErr(err)
			is.True(len(list) >= 3)
			_, err = install.Apply(ctx, db, []*schema.Table{now}, list)
			is.NoErr(err)
			apply(now, schema.Additive, 0)
			is.Equal(area(), map[bool]int64{true: 26}[rows])

			// A model that does not say how it is filled has nothing against it.
			apply(table[rectFilled](t), schema.Additive, 0)

			apply(table[rectOther](t), schema.Rewriting, 1)
			is.Equal(area(), map[bool]int64{true: 14}[rows])
			apply(table[rectPlain](t), schema.Rewriting, map[bool]int{true: 1, false: 2}[lite])
			is.Equal(area(), map[bool]int64{true: 14}[rows])
			runSQL(t, db, `UPDATE rect SET area = 100`)
			apply(now, schema.Lossy, map[bool]int{true: 1, false: 2}[lite])
			is.Equal(area(), map[bool]int64{true: 26}[rows])

			// What others made is not replaced without saying that it is lost.
			runSQL(t, db, `DROP TABLE rect`, `CREATE TABLE rect (id `+map[bool]string{true: "INTEGER PRIMARY KEY", false: "bigserial PRIMARY KEY"}[lite]+
				`, a bigint NOT NULL, b bigint NOT NULL, area bigint NOT NULL GENERATED ALWAYS AS (b - a) STORED CONSTRAINT rect_area_check CHECK ("area" >= 0),
				name text GENERATED ALWAYS AS ('r' || a) STORED)`, `CREATE INDEX rect_area ON rect (area)`)
			runSQL(t, db, `DELETE FROM prom_history`)
			list, _, err = install.Plan(ctx, db, now)
			is.NoErr(err)
			is.Equal(len(list), 1)
			is.Equal(list[0].Risk, schema.Lossy)
			list, _, err = install.Plan(ctx, db, table[rectPlain](t))
			is.NoErr(err)
			is.Equal(len(list), 2)
			for _, s := range list {
				is.Equal(s.Kind, schema.ByHand)
				is.True(strings.Contains(s.Reason, "readonly"))
			}
			runSQL(t, db, `DROP TABLE rect`, `DELETE FROM prom_history`)
		}
	})
}

// rectWith has a generated column, and one that takes NULL by now, for which SQLite rebuilds the table.
type rectWith struct {
	ID   int64 `prom:"key,auto"`
	A    int64
	B    *int64
	Area *int64 `prom:"generated='a * b'"`
}

func (rectWith) TableName() string { return "rect" }

// Ensure that the statements of a plan add a generated column to a table that is changed in other ways too.
func TestGeneratedWithOthers(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		_, err := install.Ensure(ctx, db, table[rectBefore](t))
		is.NoErr(err)
		runSQL(t, db, `INSERT INTO "rect" ("a", "b") VALUES (3, 4)`)
		to := table[rectWith](t)
		is.NoErr(byHand(ctx, db, to))
		steps, _, err := install.Plan(ctx, db, to)
		is.NoErr(err)
		is.Equal(len(steps), 0)
		is.Equal(texts(ctx, t, db, "rect", "area"), []string{"12"})
	})
}
