package watch_test

import (
	"context"
	"errors"
	"iter"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that behind PgBouncer in transaction mode a watch by notifications says that they do not come, and a watch
// without them gets the rows, whether or not the table has a trigger.
func TestWatch_PgBouncer(t *testing.T) {
	t.Parallel()
	for _, b := range dbtest.Bouncers(t, 34) {
		t.Run(b.Version, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			straight := dbtest.Engine{Name: dbtest.NamePostgres, DSN: dbtest.Postgres(t)}
			db := kit.Open(t, dbtest.PgBouncer(t, b, straight, 2).DSN)
			items := prom.NewRepo[kit.Item](prom.Using(db))
			w := watch(t, func(ctx context.Context) iter.Seq2[*kit.Item, error] {
				return prom.Watch(ctx, items.Query(), prom.WatchTrigger(), prom.WatchFromStart())
			})
			is.NoErr(items.Create(kit.Ended(t), &kit.Item{Name: "a"}))
			err := <-w.done
			is.True(errors.Is(err, prom.ErrUnsupported))
			is.True(strings.Contains(err.Error(), "leave WatchTrigger out"))

			w = watch(t, func(ctx context.Context) iter.Seq2[*kit.Item, error] {
				return prom.Watch(ctx, items.Query(), prom.WatchFromStart())
			})
			is.Equal(w.next().Name, "a")
			is.NoErr(items.Create(kit.Ended(t), &kit.Item{Name: "b"}))
			is.Equal(w.next().Name, "b")
		})
	}
}
