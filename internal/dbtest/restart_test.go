//go:build unix

package dbtest

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/matryer/is"
)

// Ensure a server can be stopped and started again, that what was committed is there then, and that it leaves nothing behind.
func TestServer_Restart(t *testing.T) {
	t.Parallel()
	var dir string
	t.Run("server", func(t *testing.T) {
		is := is.New(t)
		s := StartServer(t)
		dir = s.srv.dir
		dsn := s.Engine().DSN
		is.NoErr(execSQL(dsn, "CREATE TABLE t (n INT); INSERT INTO t VALUES (7)"))
		c := connect(t, dsn)
		for range 2 {
			s.Stop()
			is.True(execSQL(dsn, "SELECT 1") != nil)
			s.Start()
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
