package promtest_test

import (
	"testing"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/promtest"
)

// BenchmarkDB tells how long a test waits for a database, and until it has used four tables of it; the rest of an
// iteration is not counted.
func BenchmarkDB(b *testing.B) {
	repos := []prom.AnyRepo{prom.NewRepo[Writer](), prom.NewRepo[Essay](), prom.NewRepo[Parcel]()}
	models := promtest.Models(repos...)
	for _, engine := range []string{dbtest.NameSQLite, dbtest.NamePostgres} {
		server := promtest.SQLite()
		if engine == dbtest.NamePostgres {
			server = promtest.Postgres(dbtest.Postgres(b))
		}
		measure := func(b *testing.B, opts ...promtest.Option) {
			var waited, used time.Duration
			for range b.N {
				begin := time.Now()
				record(b, func(tb testing.TB) {
					db := promtest.DB(tb, append(opts, server)...)
					waited += time.Since(begin)
					p := newPress(db)
					if err := p.writers.Create(b.Context(), &Writer{Name: "a"}); err != nil {
						b.Error(err)
					}
					if err := p.essays.Create(b.Context(), &Essay{By: prom.NewRef[Writer](1)}); err != nil {
						b.Error(err)
					}
					if _, err := prom.NewRepo[Parcel](prom.Using(db)).Count(b.Context()); err != nil {
						b.Error(err)
					}
					used += time.Since(begin)
					time.Sleep(30 * time.Millisecond) // of a test that has more to do
				})
			}
			b.ReportMetric(float64(waited.Microseconds())/1e3/float64(b.N), "ms-wait")
			b.ReportMetric(float64(used.Microseconds())/1e3/float64(b.N), "ms-until-used")
		}
		b.Run(engine+"/empty", func(b *testing.B) { measure(b) })
		b.Run(engine+"/models", func(b *testing.B) { measure(b, models) })
		b.Run(engine+"/models ahead", func(b *testing.B) {
			promtest.Run(runner(func() int { measure(b, models); return 0 }))
		})
	}
}
