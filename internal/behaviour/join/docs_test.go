package join_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// The code of docs/guide/join.md.

type Customer struct {
	prom.Model
	Name string
}

func withPool(ctx context.Context, pool *pgxpool.Pool) error {
	shop, err := prom.OpenPool("join-docs-shop", pool)
	if err != nil {
		return err
	}
	customers := prom.NewRepo[Customer](prom.Using(shop))
	return customers.Create(ctx, &Customer{Name: "ada"})
}

func withToken(dsn string, token func(ctx context.Context) (string, error)) (*prom.DB, error) {
	return prom.Open(dsn, prom.ConfigurePool(func(cfg *pgxpool.Config) error {
		cfg.BeforeConnect = func(ctx context.Context, c *pgx.ConnConfig) (err error) {
			c.Password, err = token(ctx)
			return err
		}
		cfg.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
			_, err := c.Exec(ctx, "SET ROLE app_writer")
			return err
		}
		return nil
	}))
}

// Ensure that the code of the page works.
func TestDocs(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := t.Context()
	dsn := dbtest.Postgres(t)
	is.NoErr(withPool(ctx, poolOf(t, dsn, nil)))
	admin := kit.Open(t, dsn)
	is.Equal(kit.ScanOne[int](t, admin, `SELECT count(*) FROM customer`), 1)
	kit.RunSQL(t, admin, `DO $$ BEGIN CREATE ROLE app_writer; EXCEPTION WHEN duplicate_object THEN END $$`, `GRANT app_writer TO CURRENT_USER`)
	asked := 0
	db, err := withToken(dsn+"#join-docs-token", func(context.Context) (string, error) { asked++; return "token", nil })
	is.NoErr(err)
	t.Cleanup(func() { _ = db.Close() })
	is.Equal(kit.ScanOne[string](t, db, `SELECT current_user::text`), "app_writer")
	is.Equal(asked, 1)
}
