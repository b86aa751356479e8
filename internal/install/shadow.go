package install

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/schema"
)

// shadow tells what the engine makes of a model: it creates the table where no other session sees it, once, and
// introspects it.
func shadow(ctx context.Context, db *db.DB, t *schema.Table) (*schema.Found, error) {
	known := db.Extra(shadowKey{t},
		func() any { return new(atomic.Pointer[schema.Found]) }).(*atomic.Pointer[schema.Found])
	if found := known.Load(); found != nil {
		return found, nil
	}
	found, err := makeShadow(ctx, db, t)
	if err != nil {
		return nil, err
	}
	known.Store(&found)
	return &found, nil
}

var errRolledBack = errors.New("rolled back")

func makeShadow(ctx context.Context, of *db.DB, t *schema.Table) (found schema.Found, err error) {
	look := func(ctx context.Context, db *db.DB) error {
		for _, sql := range db.Dialect().Shadow(t) {
			if _, err := db.Exec(ctx, &driver.Statement{SQL: sql, Op: "plan", Table: t.Name}); err != nil {
				return err
			}
		}
		if found, err = db.InspectAll(ctx, schema.JoinName("", t.Local())); err != nil {
			return err
		}
		for _, c := range t.Columns {
			if found.Column(c.Name) == nil {
				return &driver.Error{Kind: driver.KindConnection, Op: "plan", Table: t.Name, Columns: []string{c.Name},
					Detail: "the server's catalog does not have a column that has just been created"}
			}
		}
		for _, ix := range t.Indexes {
			if found.Index(ix.Name) == nil && db.Dialect().CreateIndex(t, ix) != nil {
				return &driver.Error{Kind: driver.KindConnection, Op: "plan", Table: t.Name,
					Detail: "the server's catalog does not have the index " + ix.Name + ", which has just been created"}
			}
		}
		return nil
	}
	if of.Dialect().ShadowApart() {
		return found, inMemory(ctx, look)
	}
	if of.ReadOnly() || of.InReadOnlyTx(ctx) {
		return found, &driver.Error{Kind: driver.KindReadOnly, Op: "plan", Table: t.Name,
			Detail: "comparing a model needs a temporary table, which is rolled back; use a connection that may write"}
	}
	err = of.Tx(ctx, func(ctx context.Context) error {
		if err := look(ctx, of); err != nil {
			return err
		}
		return errRolledBack
	})
	if errors.Is(err, errRolledBack) {
		err = nil
	}
	return found, err
}
