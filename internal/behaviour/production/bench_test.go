package production_test

import (
	"context"
	"testing"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// BenchmarkCallTimeout measures what call_timeout adds to a Get.
func BenchmarkCallTimeout(b *testing.B) {
	for _, engine := range []struct{ name, dsn string }{
		{"sqlite", dbtest.SQLite(b)}, {"postgres", dbtest.Postgres(b)},
	} {
		for name, options := range map[string][]prom.OpenOption{"off": nil, "on": {prom.CallTimeout(5e9)}} {
			b.Run(engine.name+"/"+name, func(b *testing.B) {
				db, err := new(prom.Registry).Open(engine.dsn, options...)
				if err != nil {
					b.Fatal(err)
				}
				defer db.Close()
				notes := kit.Notes(db)
				n := kit.MustCreate(b, notes, kit.Note{Title: "n"})
				b.ReportAllocs()
				for b.Loop() {
					if _, err := notes.Get(context.Background(), n.ID); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkStats measures a look at the figures.
func BenchmarkStats(b *testing.B) {
	for name, dsn := range map[string]string{"sqlite": dbtest.SQLite(b), "postgres": dbtest.Postgres(b)} {
		b.Run(name, func(b *testing.B) {
			db := kit.Open(b, dsn)
			kit.MustCreate(b, kit.Notes(db), kit.Note{Title: "n"})
			b.ReportAllocs()
			for b.Loop() {
				_ = db.Stats()
			}
		})
	}
}

// BenchmarkTenant measures what the connection of a tenant adds to a Get: with a repo that is bound once, and with one
// that is bound for the call.
func BenchmarkTenant(b *testing.B) {
	ctx := context.Background()
	ts := prom.NewTenants(func(context.Context, string) (string, error) { return dbtest.SQLite(b), nil },
		prom.TenantOptions{})
	defer ts.Close()
	db, err := ts.DB(ctx, "one")
	if err != nil {
		b.Fatal(err)
	}
	plain, notes := kit.Open(b, dbtest.SQLite(b)), prom.NewRepo[kit.Note]()
	for _, c := range []struct {
		name string
		db   *prom.DB
	}{{"none", plain}, {"bound", db}, {"call", db}} {
		b.Run(c.name, func(b *testing.B) {
			bound := notes.Using(c.db)
			n := kit.MustCreate(b, bound, kit.Note{Title: "n"})
			b.ReportAllocs()
			for b.Loop() {
				if c.name == "call" {
					own, err := ts.DB(ctx, "one")
					if err != nil {
						b.Fatal(err)
					}
					bound = notes.Using(own)
				}
				if _, err := bound.Get(ctx, n.ID); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
