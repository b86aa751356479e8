package install_test

import (
	"context"
	"errors"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/schema"
)

// Ensure that tables and views are listed, and described with what a model asked for, from the live database.
// parity: N1 N2 N4 X6 F6
func TestDescribe(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		tables, err := db.Tables(ctx)
		is.NoErr(err)
		is.Equal(len(tables), 0)
		_, err = db.Describe(ctx, "parish")
		is.True(errors.Is(err, prom.ErrNoTable))

		parishes, chapels := prom.NewRepo[kit.Parish](prom.Using(db)), prom.NewRepo[kit.Chapel](prom.Using(db))
		is.NoErr(prom.Install(ctx, parishes, chapels))
		kit.RunSQL(t, db, `CREATE VIEW "busy" AS SELECT name FROM chapel`)
		tables, err = db.Tables(ctx)
		is.NoErr(err)
		is.Equal(tables, []string{"chapel", "parish"})
		views, err := db.Views(ctx)
		is.NoErr(err)
		is.Equal(views, []string{"busy"})

		found, err := db.Describe(ctx, "parish")
		is.NoErr(err)
		is.True(found.Exists && !found.View)
		is.True(parishes.Schema().Diff(found).Empty())
		is.Equal(len(found.Columns), 8)
		for i, c := range parishes.Schema().Columns {
			fc := found.Columns[i]
			is.Equal(fc.Name, c.Name)
			is.Equal(fc.NotNull, c.Required())
			is.Equal(fc.Key, c.Key)
			is.Equal(fc.Auto, c.Auto)
			is.Equal(fc.NoCase, c.NoCase)
			is.Equal(fc.Default != "", c.Default != nil)
			is.Equal(fc.Required(), c.Required() && !c.Auto)
			is.Equal(fc.Kind, c.Kind)
		}
		is.Equal(len(found.Key()), 1)
		is.True(found.Column("nope") == nil && found.Reference("name") == nil)
		for column, target := range map[string]string{"main": "chapel", "near": "parish"} {
			k := found.Reference(column)
			is.Equal(k.Table, target)
			is.Equal(k.TargetColumns, []string{"_id"})
			is.Equal(k.OnDelete, "SET NULL")
			is.Equal(k.OnUpdate, "CASCADE")
		}

		found, err = db.Describe(ctx, "chapel")
		is.NoErr(err)
		is.Equal(found.Reference("parish_id").OnDelete, "CASCADE")
		is.Equal(len(found.Indexes), 1)
		ix := found.Indexes[0]
		is.True(ix.Unique && ix.Partial && ix.Where != "")
		is.Equal(ix.Columns, []schema.FoundIndexColumn{{Name: "parish_id"}, {Name: "name", Desc: true}})

		found, err = db.Describe(ctx, "busy")
		is.NoErr(err)
		is.True(found.View)
		is.Equal(found.Columns[0].Kind, schema.Text)
	})
}
