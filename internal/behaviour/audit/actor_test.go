package audit_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that the name of an actor may be any text, and is nothing but that.
func TestActor_Names(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		w := newWorld(t, e)
		is.NoErr(w.owners.Install(context.Background()))
		for i, name := range []string{
			"ada", "O'Hara", `"x"`, `\`, `\'); DROP TABLE owner; --`, "$1", "?", "é\u2028😀\n\t", "%s", strings.Repeat("long ", 2000),
		} {
			ctx := prom.WithActor(context.Background(), name)
			is.NoErr(w.owners.Create(ctx, &owner{Name: string(rune('a' + i))}))
			is.NoErr(w.db.Tx(ctx, func(ctx context.Context) error {
				return w.owners.Create(ctx, &owner{Name: string(rune('A' + i))})
			}))
			for _, entry := range w.news() {
				is.Equal(entry.Actor, name)
			}
		}
		is.Equal(kit.Count(t, w.owners.Query()), 20)
		for i, name := range []string{"a\x00b", "\xff"} { // no texts of PostgreSQL
			ctx := prom.WithActor(context.Background(), name)
			err := w.owners.Create(ctx, &owner{Name: fmt.Sprint("refused ", i)})
			is.True(err != nil || e.Name == dbtest.NameSQLite)
			is.NoErr(w.db.Tx(ctx, func(context.Context) error { return nil })) // nothing is written
			is.NoErr(w.owners.Create(context.Background(), &owner{Name: fmt.Sprint("after ", i)}))
		}
	})
}

// Ensure that PostgreSQL is told of the actor together with BEGIN, in a transaction of every isolation level, without
// a round trip more, that the event says so without the name, and that nothing is told where nothing is audited.
func TestActor_Begin(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	var mu sync.Mutex
	var sent []string
	db := kit.Open(t, dbtest.Postgres(t), prom.OnEvent(func(_ context.Context, e *prom.Event) {
		if e.SQL != "" && e.Op != "inspect" {
			mu.Lock()
			defer mu.Unlock()
			sent = append(sent, strings.Trim(strings.Fields(e.SQL)[0], ";"))
			is.True(!strings.Contains(e.SQL, "ada"))
			if strings.Contains(e.SQL, "set_config") {
				sent[len(sent)-1] += "+actor"
			}
		}
	}))
	take := func() []string {
		mu.Lock()
		defer mu.Unlock()
		list := sent
		sent = nil
		return list
	}
	ada := prom.WithActor(t.Context(), "ada")
	notes := kit.Notes(db)
	kit.MustCreate(t, notes, kit.Note{Title: "first"})
	take()
	is.NoErr(db.Tx(ada, func(ctx context.Context) error { return notes.Create(ctx, &kit.Note{Title: "x"}) }))
	is.Equal(take(), []string{"BEGIN", "INSERT", "COMMIT"})

	owners := prom.NewRepo[owner](prom.Using(db))
	is.NoErr(owners.Create(t.Context(), &owner{Name: "first"}))
	take()
	is.NoErr(owners.Create(ada, &owner{Name: "alone"}))
	is.Equal(take(), []string{"BEGIN+actor", "INSERT", "COMMIT"})
	for _, level := range []prom.Isolation{prom.DefaultIsolation, prom.ReadCommitted, prom.RepeatableRead, prom.Serializable} {
		want := map[prom.Isolation]string{prom.RepeatableRead: "repeatable read", prom.Serializable: "serializable"}[level]
		if want == "" {
			want = "read committed"
		}
		is.NoErr(db.Tx(ada, func(ctx context.Context) error {
			names, err := prom.RawQuery[string](db, "SELECT current_setting('transaction_isolation')").All(ctx)
			is.Equal(names, []string{want})
			return errors.Join(err, owners.Create(ctx, &owner{Name: want + string(rune('a'+level))}),
				owners.Create(prom.WithActor(ctx, "bob"), &owner{Name: want + string(rune('A'+level))}))
		}, prom.WithIsolation(level)))
		list := take()
		is.Equal(list[0], "BEGIN+actor")
		is.Equal(slices.Index(list[1:], "SELECT+actor"), slices.Index(list[1:], "INSERT")+1) // that of bob
	}
	is.NoErr(db.Tx(ada, func(ctx context.Context) error {
		_, err := owners.Query().All(ctx)
		return err
	}, prom.ReadOnly()))
	is.Equal(take(), []string{"BEGIN", "SELECT", "COMMIT"})
}

// BenchmarkActor measures what an actor adds to an insert into an audited table, alone and in a transaction.
func BenchmarkActor(b *testing.B) {
	for _, e := range []dbtest.Engine{{Name: "sqlite", DSN: dbtest.SQLite(b)}, {Name: "postgres", DSN: dbtest.Postgres(b)}} {
		db := kit.Open(b, e.DSN)
		type price struct {
			_     struct{} `prom:"audit"`
			ID    int64    `prom:"key,auto"`
			Cents int
		}
		prices := prom.NewRepo[price](prom.Using(db))
		for _, actor := range []string{"", "ada"} {
			ctx := b.Context()
			name := "nobody"
			if actor != "" {
				ctx, name = prom.WithActor(ctx, actor), actor
			}
			run := func(what string, call func() error) {
				b.Run(e.Name+"/"+what+"/"+name, func(b *testing.B) {
					for b.Loop() {
						if err := call(); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
			run("alone", func() error { return prices.Create(ctx, &price{Cents: 1}) })
			run("transaction", func() error {
				return db.Tx(ctx, func(ctx context.Context) error { return prices.Create(ctx, &price{Cents: 1}) })
			})
		}
	}
}
