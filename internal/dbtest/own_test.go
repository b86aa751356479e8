//go:build unix

package dbtest

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/matryer/is"
)

// Ensure a test's own server can be killed and started again, that what was committed is there then, and that it leaves
// nothing behind.
func TestOwn_Kill(t *testing.T) {
	t.Parallel()
	var dir string
	t.Run("server", func(t *testing.T) {
		is := is.New(t)
		o := NewOwn(t, OwnConfig{})
		dir = o.dir
		dsn := o.Engine().DSN
		is.NoErr(execSQL(dsn, "CREATE TABLE t (n INT); INSERT INTO t VALUES (7)"))
		c := connect(t, dsn)
		for range 2 {
			o.Kill(t)
			is.True(execSQL(dsn, "SELECT 1") != nil)
			o.Start(t)
		}
		is.True(c.Ping(t.Context()) != nil) // of before
		again, err := pgx.Connect(t.Context(), dsn)
		is.NoErr(err)
		defer again.Close(t.Context())
		var n int
		is.NoErr(again.QueryRow(t.Context(), "SELECT n FROM t").Scan(&n))
		is.Equal(n, 7)
	})
	is.New(t).True(!exists(dir))
}
