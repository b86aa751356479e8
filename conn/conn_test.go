package conn_test

import (
	"context"
	"errors"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/conn"
	"github.com/prom-go/prom/internal/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// Ensure that a registry gives the same connection each time, that a transaction is one of its connection whoever asks,
// and that errors are of the kinds that users compare with.
func TestRegistry(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		r := &conn.Registry{Prefix: "PROM_TEST_NONE"}
		opened, err := r.Open(e.DSN)
		is.NoErr(err)
		defer r.Close()
		got, err := r.Get(opened.Name())
		is.NoErr(err)
		is.True(got == opened)
		is.NoErr(opened.Tx(ctx, func(ctx context.Context) error {
			is.True(got.InTx(ctx))
			return nil
		}, conn.ReadOnly()))
		_, err = got.Describe(ctx, "nothing")
		is.True(errors.Is(err, conn.KindNoTable))
		is.Equal(conn.KindOf(err), conn.KindNoTable)
		_, err = r.Get("unknown")
		is.True(err != nil)
	})
}
