package read_test

import (
	"context"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that the cache of statements tells how often it was of use, and that values make no shapes of their own.
func TestCacheStats(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		repo := kit.Items(kit.Open(t, e.DSN))
		is.NoErr(repo.Install(context.Background()))
		before, err := prom.CacheStatsOf(repo)
		is.NoErr(err)
		for i := range 100 {
			_, err := repo.Where(kit.ItemNo.Gt(i)).All(context.Background())
			is.NoErr(err)
		}
		after, err := prom.CacheStatsOf(repo)
		is.NoErr(err)
		is.Equal(after.Shapes-before.Shapes, 1)
		is.Equal(after.Misses-before.Misses, uint64(1))
		is.Equal(after.Hits-before.Hits, uint64(99))
	})
}
