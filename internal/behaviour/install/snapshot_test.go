package install_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that serializable transactions that begin together, and all need a table which is not there, succeed when they
// may run again: the one that makes it is not seen by the others.
func TestInstallInSerializable(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := kit.Ended(t)
		db := kit.Open(t, e.DSN)
		items := prom.NewRepo[kit.Item](prom.Using(db))
		const transactions = 8
		errs := make([]error, transactions)
		var begun, done sync.WaitGroup
		begun.Add(transactions)
		for i := range transactions {
			done.Go(func() {
				first := sync.OnceFunc(begun.Done)
				errs[i] = db.Tx(ctx, func(ctx context.Context) error {
					first()
					if e.Name == dbtest.NamePostgres { // SQLite has one writer
						begun.Wait()
					}
					return items.Create(ctx, &kit.Item{Name: fmt.Sprint("item ", i)})
				}, prom.WithIsolation(prom.Serializable), prom.Retry(transactions))
			})
		}
		done.Wait()
		for _, err := range errs {
			is.NoErr(err)
		}
		n, err := items.Count(ctx)
		is.NoErr(err)
		is.Equal(n, transactions)
	})
}
