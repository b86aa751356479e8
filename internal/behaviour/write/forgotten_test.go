package write_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// syncBuffer is a log that several goroutines write.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// ownContext is what an error and the log say of a call that forgot the transaction's context.
const ownContext = "use the context that"

// Ensure that a call with the context of before, made inside a transaction that it waits for, says in its error what it
// may have waited for, and that the log does, once; and that calls which wait for others do not.
func TestForgottenContext(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		waits := map[string]struct {
			option string
			call   func(ctx context.Context, db *prom.DB, n *kit.Note) error
		}{
			"pool": {"pool_max_conns=1", func(ctx context.Context, db *prom.DB, _ *kit.Note) error {
				_, err := kit.Notes(db).Count(ctx)
				return err
			}},
			"pool of another transaction": {"pool_max_conns=1", func(ctx context.Context, db *prom.DB, _ *kit.Note) error {
				return db.Tx(ctx, func(context.Context) error { return nil })
			}},
			"row": {"", func(ctx context.Context, db *prom.DB, n *kit.Note) error {
				_, err := kit.Notes(db).Where(kit.NoteID.Eq(n.ID)).Update(ctx, kit.NoteViews.Set(2))
				return err
			}},
			"value": {"", func(ctx context.Context, db *prom.DB, n *kit.Note) error {
				v := *n
				v.Views = 3
				return kit.Notes(db).Update(ctx, &v)
			}},
			"batch": {"", func(ctx context.Context, db *prom.DB, n *kit.Note) error {
				var b prom.Batch
				v := *n
				prom.Queue(&b, kit.Notes(db)).Update(&v)
				return b.Run(ctx)
			}},
			"row of another transaction": {"", func(ctx context.Context, db *prom.DB, n *kit.Note) error {
				return db.Tx(ctx, func(ctx context.Context) error {
					_, err := kit.Notes(db).Where(kit.NoteID.Eq(n.ID)).Update(ctx, kit.NoteViews.Set(2))
					return err
				})
			}},
			"installation": {"", func(ctx context.Context, db *prom.DB, _ *kit.Note) error {
				return prom.NewRepo[kit.Note](prom.Using(db), prom.Table("other")).Create(ctx, &kit.Note{Title: "a"})
			}},
		}
		for name, w := range waits {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				e := e
				if e.Name == dbtest.NameSQLite {
					if strings.HasPrefix(name, "pool") {
						return // a reader has a connection of its own
					}
					e.DSN, w.option = dbtest.SQLite(t), "busy_timeout=300ms"
				}
				is := is.New(t)
				var log syncBuffer
				warnings := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))
				db := kit.Open(t, e.With(w.option), prom.Logger(warnings))
				n := kit.MustCreate(t, kit.Notes(db), kit.Note{Title: "a"})
				waited := func(ctx context.Context) error {
					ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
					defer cancel()
					return w.call(ctx, db, n)
				}
				run := func(call func(tx context.Context) error) {
					err := db.Tx(context.Background(), func(tx context.Context) error {
						if _, err := kit.Notes(db).Where(kit.NoteID.Eq(n.ID)).Update(tx, kit.NoteViews.Set(1)); err != nil {
							return err
						}
						if name == "installation" {
							mine := prom.NewRepo[kit.Note](prom.Using(db), prom.Table("mine"))
							if err := mine.Create(tx, &kit.Note{Title: "a"}); err != nil {
								return err
							}
						}
						return call(tx)
					})
					is.True(errors.Is(err, kit.ErrUndo))
				}
				// Another goroutine may wait for the transaction, whose end it does not hold up.
				if e.Name == dbtest.NamePostgres {
					run(func(context.Context) error {
						others := make(chan error, 1)
						go func() { others <- waited(context.Background()) }()
						err := <-others
						is.True(errors.Is(err, prom.ErrTimeout))
						is.True(!strings.Contains(err.Error(), ownContext))
						return kit.ErrUndo
					})
					is.Equal(strings.Count(log.String(), "a call in a transaction does not use"), 0)
				}
				run(func(tx context.Context) error { // the right context
					is.NoErr(waited(tx))
					return kit.ErrUndo
				})
				is.Equal(strings.Count(log.String(), "a call in a transaction does not use"), 0)
				for range 2 {
					run(func(context.Context) error {
						err := waited(context.Background())
						is.True(errors.Is(err, prom.ErrTimeout) || errors.Is(err, prom.ErrBusy))
						is.True(strings.Contains(err.Error(), ownContext))
						return kit.ErrUndo
					})
				}
				if e.Name == dbtest.NamePostgres {
					is.Equal(strings.Count(log.String(), "a call in a transaction does not use"), 1)
				}
			})
		}
	})
}
