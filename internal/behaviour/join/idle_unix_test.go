//go:build unix

package join_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that no call fails when the server has ended the sessions of idle connections: no write, with or without a
// transaction, and no read, in a pool that prom makes and in one of the program's.
func TestIdleSessionsEnd(t *testing.T) {
	t.Parallel()
	const conns = 3
	size := func(cfg *pgxpool.Config) error {
		cfg.MaxConns = conns
		cfg.ConnConfig.RuntimeParams["application_name"] = cfg.ConnConfig.RuntimeParams["search_path"]
		return nil
	}
	many := func(n int) []kit.Note {
		list := make([]kit.Note, n)
		for i := range list {
			list[i].Title = "x"
		}
		return list
	}
	for name, open := range map[string]func(t *testing.T, dsn string) *prom.DB{
		"made": func(t *testing.T, dsn string) *prom.DB { return kit.Open(t, dsn, prom.ConfigurePool(size)) },
		"joined": func(t *testing.T, dsn string) *prom.DB {
			return openPool(t, poolOf(t, dsn, func(cfg *pgxpool.Config) { _ = size(cfg) }))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			ctx := t.Context()
			dsn := dbtest.Postgres(t)
			admin, db := kit.Open(t, dsn), open(t, dsn)
			name := kit.ScanOne[string](t, admin, "SELECT current_schema()::text")
			pool, err := prom.PgxPool(ctx, db)
			is.NoErr(err)
			notes := kit.Notes(db)
			is.NoErr(notes.CreateMany(ctx, many(kit.ByCopy)))
			for what, call := range map[string]func() error{
				"read":     func() error { return kit.ErrOf(notes.Count(ctx)) },
				"create":   func() error { return notes.Create(ctx, &kit.Note{Title: "x"}) },
				"bulk":     func() error { return notes.CreateMany(ctx, many(2)) },
				"copy":     func() error { return notes.CreateMany(ctx, many(kit.ByCopy)) },
				"by query": func() error { return kit.ErrOf(notes.Where(kit.NoteTitle.Eq("none")).Delete(ctx)) },
				"raw":      func() error { return kit.ErrOf(prom.RawExec(ctx, db, "UPDATE note SET title = title WHERE false")) },
				"transaction": func() error {
					return db.Tx(ctx, func(ctx context.Context) error { return notes.Create(ctx, &kit.Note{Title: "x"}) })
				},
				"batch": func() error {
					var b prom.Batch
					prom.Queue(&b, notes).Create(&kit.Note{Title: "x"})
					prom.Queue(&b, notes).Create(&kit.Note{Title: "x"})
					return b.Run(ctx)
				},
			} {
				taken := make([]*pgxpool.Conn, conns)
				for i := range taken {
					taken[i], err = pool.Acquire(ctx)
					is.NoErr(err)
				}
				for _, c := range taken {
					c.Release()
				}
				sessions := " FROM pg_stat_activity WHERE application_name = '" + name + "'"
				is.Equal(kit.ScanOne[int](t, admin, "SELECT count(pg_terminate_backend(pid))"+sessions), conns)
				for kit.ScanOne[int](t, admin, "SELECT count(*)"+sessions) > 0 {
					time.Sleep(time.Millisecond)
				}
				for range conns {
					if err := call(); err != nil {
						t.Errorf("%s: %v", what, err)
					}
				}
			}
		})
	}
}
