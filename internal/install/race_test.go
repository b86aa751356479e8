package install_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/install"
)

// Ensure that a transaction whose snapshot is older than what another program has made fails as one that is to run
// again, and does when it may; and that a name which is another object's is told as that there too.
func TestOldSnapshot(t *testing.T) {
	t.Parallel()
	for name, makes := range map[string]string{
		"table":  "",
		"column": `CREATE TABLE owner (id bigserial PRIMARY KEY)`,
		"index":  `CREATE TABLE owner (id bigserial PRIMARY KEY, name text NOT NULL)`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			ctx := context.Background()
			d := open(t, dbtest.Postgres(t))
			if makes != "" {
				_, err := d.Exec(ctx, &driver.Statement{SQL: makes, Write: true})
				is.NoErr(err)
			}
			runs := 0
			work := func(inside context.Context) error {
				runs++
				_, err := d.Inspect(inside, "owner") // takes the snapshot
				is.NoErr(err)
				_, err = install.Ensure(ctx, d, table[owner](t))
				is.NoErr(err)
				_, err = install.Ensure(inside, d, table[owner](t))
				return err
			}
			err := d.Tx(ctx, work, db.WithIsolation(driver.Serializable))
			is.True(errors.Is(err, driver.KindSerialization))
			is.True(strings.Contains(err.Error(), "run it again"))

			_, err = d.Exec(ctx, &driver.Statement{SQL: "DROP TABLE owner", Write: true})
			is.NoErr(err)
			runs = 0
			is.NoErr(d.Tx(ctx, work, db.WithIsolation(driver.RepeatableRead), db.Retry(1)))
			is.Equal(runs, 2)
		})
	}
	t.Run("another object", func(t *testing.T) {
		t.Parallel()
		is := is.New(t)
		ctx := context.Background()
		d := open(t, dbtest.Postgres(t))
		_, err := d.Exec(ctx, &driver.Statement{SQL: "CREATE SEQUENCE owner", Write: true})
		is.NoErr(err)
		err = d.Tx(ctx, func(ctx context.Context) error {
			_, err := install.Ensure(ctx, d, table[owner](t))
			return err
		}, db.WithIsolation(driver.Serializable))
		isDrift(t, err, "prom: install owner: schema drift: the name of the table is used by another object of the "+
			"database; choose another one")
	})
}
