//go:build unix

package failover_test

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

// Ensure that a pooler which has moved on from a standby to its new primary is followed at the first write, though it
// tells its clients what was so when they connected.
func TestStandby_PgBouncer(t *testing.T) {
	t.Parallel()
	for _, b := range dbtest.Bouncers(t, 46) {
		t.Run(b.Version, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			ctx := kit.Ended(t)
			cluster := dbtest.NewCluster(t, dbtest.ClusterConfig{Standbys: 1})
			primary, standby := cluster.Primary.Engine(), cluster.Standbys[0].Engine()
			address, e := dbtest.NewAddress(t, primary)
			db := kit.Open(t, dbtest.PgBouncer(t, b, e, 2).DSN+"&pool_maxconn=2")
			items := prom.NewRepo[kit.Item](prom.Using(db))
			is.NoErr(items.Create(ctx, &kit.Item{Name: "a"}))

			address.Lead(t, standby)
			address.Cut()
			var err error
			for err == nil || errors.Is(err, prom.ErrConnection) { // of sessions that broke
				err = items.Create(ctx, &kit.Item{Name: "b"})
			}
			if !errors.Is(err, prom.ErrReadOnly) {
				t.Fatalf("a write behind a pooler of a standby: %v", err)
			}
			is.True(strings.Contains(err.Error(), "the server may be a standby"))
			err = db.Tx(ctx, func(ctx context.Context) error { return items.Create(ctx, &kit.Item{Name: "b"}) }, prom.ReadOnly())
			is.True(!strings.Contains(err.Error(), "standby"))

			address.Lead(t, primary)
			address.Cut()
			for err = errors.New(""); err != nil; {
				_, err = items.Count(ctx)
			}
			is.NoErr(items.Create(ctx, &kit.Item{Name: "b"}))
		})
	}
}
