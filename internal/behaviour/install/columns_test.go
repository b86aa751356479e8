package install_test

import (
	"context"
	"errors"
	"path"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that SQLite keeps references, and makes the folders of its file.
// parity: R8 R9
func TestForeignKeysOfFile(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	dsn := dbtest.SQLite(t)
	db := kit.Open(t, path.Dir(dsn)+"/not there/nor this/x.db")
	books := prom.NewRepo[rackBook](prom.Using(db))
	err := books.Create(ctx, &rackBook{Rack: prom.NewRef[rack](9)})
	is.True(errors.Is(err, prom.ErrForeignKey))
	is.Equal(kit.ScanOne[int](t, db, "SELECT count(*) FROM rack_book"), 0)
}

type rack struct {
	prom.Model
	Name string
}

type rackBook struct {
	prom.Model
	Rack  prom.Ref[rack] `prom:"rack_id"`
	Title string         `prom:"index,desc"`
	Gone  bool

	_ struct{} `prom:"unique=live_title,on=title,where='NOT gone'"`
}

// Ensure that a table has a model's own columns first and _id, _created and _updated last, wherever the struct embeds
// them.
// parity: F6 F2
func TestColumnsOfTable(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := kit.Open(t, e.DSN)
		is.NoErr(prom.NewRepo[rackBook](prom.Using(db)).Install(context.Background()))
		query := "SELECT group_concat(name) FROM pragma_table_info('rack_book')"
		if e.Name == dbtest.NamePostgres {
			query = "SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'rack_book'::regclass AND attnum > 0"
		}
		is.Equal(kit.ScanOne[string](t, db, query), "rack_id,title,gone,_id,_created,_updated")
	})
}
