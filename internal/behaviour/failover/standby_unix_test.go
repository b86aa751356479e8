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

// Ensure what a standby says to those who take it for a primary, and that a DSN of several hosts does not.
func TestStandby(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := kit.Ended(t)
	cluster := dbtest.NewCluster(t, dbtest.ClusterConfig{Standbys: 1, Sync: true})
	standby := cluster.Standbys[0].Engine()
	items := prom.NewRepo[kit.Item](prom.Using(kit.Open(t, cluster.Hosts().DSN)))
	is.NoErr(items.Create(ctx, &kit.Item{Name: "a"}))
	cluster.Primary.SQL(t, "SET synchronous_commit = remote_apply; CREATE TABLE replayed (id int)")

	db := kit.Open(t, standby.DSN)
	on := items.Using(db)
	n, err := on.Count(ctx)
	is.NoErr(err)
	is.Equal(n, 1)
	err = on.Create(ctx, &kit.Item{Name: "b"})
	is.True(errors.Is(err, prom.ErrReadOnly))
	is.True(strings.Contains(err.Error(), "the server is a standby"))
	err = db.Tx(ctx, func(ctx context.Context) error { return on.Create(ctx, &kit.Item{Name: "b"}) }, prom.Retry(1))
	is.True(strings.Contains(err.Error(), "the server is a standby"))
	err = db.Tx(ctx, func(ctx context.Context) error {
		_, err := on.Count(ctx)
		return err
	}, prom.WithIsolation(prom.Serializable))
	is.True(errors.Is(err, prom.ErrUnsupported))
	is.True(strings.Contains(err.Error(), "a standby has no serializable transactions"))
	_, err = on.Count(ctx)
	is.NoErr(err)

	// A transaction that is to read only breaks no connection when it writes.
	opened := db.Stats().Pool.Opened
	err = db.Tx(ctx, func(ctx context.Context) error { return on.Create(ctx, &kit.Item{Name: "b"}) }, prom.ReadOnly())
	is.True(errors.Is(err, prom.ErrReadOnly))
	is.Equal(db.Stats().Pool.Opened, opened)

	// Of hosts that are all standbys none takes writes, and the DSN says who is to read.
	hosts := strings.Replace(standby.DSN, "127.0.0.1", "127.0.0.1:1,127.0.0.1", 1)
	err = kit.Open(t, hosts).Ping(ctx)
	is.True(errors.Is(err, prom.ErrConnection))
	is.True(strings.Contains(err.Error(), "no host takes writes"))
	is.NoErr(kit.Open(t, hosts+"&readonly=true").Ping(ctx))
	is.NoErr(kit.Open(t, hosts+"&target_session_attrs=any").Ping(ctx))
}
