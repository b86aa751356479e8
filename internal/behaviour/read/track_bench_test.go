package read_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

type benchRow struct {
	A, B, C, D string
	N          int
	On         bool
	M          int64
}

type benchTracked struct {
	prom.Model
	benchRow
}

type benchPlain struct {
	ID      int64     `prom:"_id,key,auto"`
	Created time.Time `prom:"_created"`
	Updated time.Time `prom:"_updated"`
	benchRow
}

// BenchmarkTracking reads 10,000 rows of one table with change tracking and without. TARGETS: section 1
func BenchmarkTracking(b *testing.B) {
	for engine, dsn := range map[string]string{"sqlite": dbtest.SQLite(b), "postgres": dbtest.Postgres(b)} {
		db := kit.Open(b, dsn)
		tracked := prom.NewRepo[benchTracked](prom.Using(db), prom.Table("rows"))
		list := make([]benchTracked, 10_000)
		for i := range list {
			text := fmt.Sprint("some text ", i)
			list[i].benchRow = benchRow{text, text, text, text, i, i%2 == 0, int64(i)}
		}
		if err := tracked.CreateMany(context.Background(), list); err != nil {
			b.Fatal(err)
		}
		b.Run(engine+"/tracked", func(b *testing.B) { benchAll(b, tracked) })
		b.Run(engine+"/plain", func(b *testing.B) {
			benchAll(b, prom.NewRepo[benchPlain](prom.Using(db),
				prom.Table("rows")))
		})
	}
}

func benchAll[T any](b *testing.B, repo *prom.Repo[T]) {
	b.ReportAllocs()
	for b.Loop() {
		if list, err := repo.All(context.Background()); err != nil || len(list) != 10_000 {
			b.Fatal(len(list), err)
		}
	}
}
