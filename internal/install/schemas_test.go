package install_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/install"
	"github.com/prom-go/prom/schema"
)

type (
	ledger struct {
		ID   int64 `prom:"key,auto"`
		Name string
	}
	ledgerRow struct {
		ID     int64 `prom:"key,auto"`
		Amount int   `prom:"index"`
	}
)

func (ledger) TableName() string    { return "books.ledger" }
func (ledgerRow) TableName() string { return "books.row" }

// Ensure that many who need a schema at once, with search paths of their own and so without a common lock, make it
// once, and that no right to make one is needed where it exists. Who has none is told the schema.
func TestCreateSchema(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	e := dbtest.Engine{Name: dbtest.NamePostgres, DSN: dbtest.Postgres(t)}.Schemas(t)
	owner := open(t, e.DSN)
	u, err := url.Parse(e.DSN)
	is.NoErr(err)
	role := "r_" + strings.TrimPrefix(u.Path, "/d_")
	runSQL(t, owner, "CREATE ROLE "+role, "CREATE SCHEMA own AUTHORIZATION "+role)
	t.Cleanup(func() { runSQL(t, open(t, dbtest.Postgres(t)), "DROP ROLE "+role) })
	t.Cleanup(func() { runSQL(t, owner, "DROP OWNED BY "+role) })
	poor := open(t, e.With("search_path=own&role="+role))
	_, err = install.Ensure(ctx, poor, table[ledger](t))
	is.Equal(driver.KindOf(err), driver.KindPermission)
	is.True(strings.Contains(err.Error(), "the schema books does not exist, and the role may not create it"))

	var group sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		path := "search_path=s" + string(rune('a'+i))
		runSQL(t, owner, "CREATE SCHEMA s"+string(rune('a'+i)))
		of := open(t, e.With(path))
		group.Go(func() {
			list := []*schema.Table{table[ledger](t), table[ledgerRow](t)}
			if i%2 == 0 {
				list[0], list[1] = list[1], list[0]
			}
			_, errs[i] = install.Ensure(ctx, of, list...)
		})
	}
	group.Wait()
	is.NoErr(errors.Join(errs...))

	runSQL(t, owner, "DROP TABLE books.ledger", "GRANT USAGE, CREATE ON SCHEMA books TO "+role)
	_, err = install.Ensure(ctx, poor, table[ledger](t))
	is.NoErr(err)
	fresh := open(t, e.DSN)
	found, err := fresh.Inspect(ctx, "books.ledger")
	is.NoErr(err)
	is.True(found.Exists)
}
