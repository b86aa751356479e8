package install_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Two models, of two packages as it were, whose tables have one name, and two whose required references go in a circle.
type (
	SharedFirst struct {
		prom.Model
		Name string
	}
	SharedSecond struct {
		prom.Model
		Total int
	}
	CircleA struct {
		prom.Model
		B prom.Ref[CircleB]
	}
	CircleB struct {
		prom.Model
		A prom.Ref[CircleA]
	}
)

func (SharedFirst) TableName() string  { return "shared" }
func (SharedSecond) TableName() string { return "shared" }

// Ensure that a model whose table another model of the program has is told so, whichever of them finds out.
func TestSharedTable(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		first, second := prom.NewRepo[SharedFirst](prom.Using(db)), prom.NewRepo[SharedSecond](prom.Using(db))
		is.NoErr(first.Create(ctx, &SharedFirst{Name: "n"}))
		told := func(err error, kind error, model string) {
			t.Helper()
			is.True(errors.Is(err, kind))
			is.True(strings.Contains(err.Error(), model))
			is.True(strings.Contains(err.Error(), "TableName"))
		}
		told(second.Create(ctx, &SharedSecond{Total: 1}), prom.ErrDrift, "install_test.SharedFirst has the same table name")
		told(second.Install(ctx), prom.ErrDrift, "install_test.SharedFirst has the same table name")

		checked := kit.Open(t, e.DSN, prom.Installing(prom.InstallCheck))
		prom.NewRepo[SharedFirst](prom.Using(checked))
		told(prom.NewRepo[SharedSecond](prom.Using(checked)).Install(ctx), prom.ErrDrift,
			"install_test.SharedFirst has the same table name")

		// While the table is empty the second gets its column, and then the first has no value for it.
		_, err := first.WithoutWhere().Delete(ctx)
		is.NoErr(err)
		is.NoErr(second.Install(ctx))
		want := "the model install_test.SharedFirst has no field for it; it is a column of install_test.SharedSecond"
		told(first.Create(ctx, &SharedFirst{Name: "n"}), prom.ErrNotNull, want)
		told(first.CreateMany(ctx, make([]SharedFirst, 40)), prom.ErrNotNull, want)
		told(db.Tx(ctx, func(ctx context.Context) error { return first.Create(ctx, &SharedFirst{Name: "n"}) }),
			prom.ErrNotNull, want)
		var b prom.Batch
		prom.Queue(&b, first).Create(&SharedFirst{Name: "n"})
		told(b.Run(ctx), prom.ErrNotNull, want)

		kit.RunSQL(t, db, `DROP TABLE "shared"`, `CREATE TABLE "shared" (`+strings.ReplaceAll(countedKey(e), `"id"`, `"_id"`)+`, "_created" TIMESTAMP NOT NULL,
			"_updated" TIMESTAMP NOT NULL, "name" TEXT NOT NULL, "theirs" TEXT NOT NULL)`)
		err = prom.NewRepo[SharedFirst](prom.Using(db)).Create(ctx, &SharedFirst{Name: "n"})
		is.True(errors.Is(err, prom.ErrNotNull))
		is.True(strings.HasSuffix(err.Error(), "column theirs: the model install_test.SharedFirst has no field for it"))
	})
}

// Ensure that a circle of required references, in which no row can be the first, is refused at start.
func TestCircleOfRequired(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for _, start := range []func(){func() { prom.NewRepo[CircleA]() }, func() { prom.NewRepo[CircleB]() }} {
		err := panics(start)
		is.True(err != nil)
		is.True(strings.Contains(err.Error(),
			"form a circle, so no row can be inserted first; make one of these fields a pointer"))
	}
}
