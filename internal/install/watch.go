package install

import (
	"context"

	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dsn"
	"github.com/prom-go/prom/schema"
)

// WatchTrigger makes the trigger that tells of new rows of a table, and the table, if they are not there. Where nothing
// may be changed, a trigger that is missing is an error.
func WatchTrigger(ctx context.Context, db *db.DB, t *schema.Table) error {
	statements := db.Dialect().WatchTrigger(t.Name)
	if len(statements) == 0 {
		return nil
	}
	ctx = db.Unlimited(ctx)
	for attempt := 1; ; attempt++ {
		_, told, err := db.Channel(ctx, t.Name)
		if err != nil || told {
			return err
		}
		if db.ReadOnly() {
			return &driver.Error{Kind: driver.KindReadOnly, Op: "install", Table: t.Name,
				Detail: "the trigger prom_watch is missing"}
		}
		if db.DSN().Options.Install != dsn.InstallAuto {
			return &driver.Error{Kind: driver.KindDrift, Op: "check", Table: t.Name,
				Detail: "the trigger prom_watch is missing, and this connection may not change the schema"}
		}
		if _, err := Ensure(ctx, db, t); err != nil {
			return err
		}
		if err = watchTrigger(ctx, db, t, statements); err == nil || attempt == attempts || !mayTryAgain(ctx, db, err) {
			return err
		}
	}
}

func watchTrigger(ctx context.Context, db *db.DB, t *schema.Table, statements []string) error {
	return db.Tx(ctx, func(ctx context.Context) error {
		in := newInstaller(ctx, db)
		in.begin()
		told := false
		if in.err == nil {
			_, told, in.err = db.Channel(ctx, t.Name)
		}
		if !told {
			in.change(statements, t)
		}
		in.run(in.d.InstallEnd(), "")
		return in.err
	})
}
