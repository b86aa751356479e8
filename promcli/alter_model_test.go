package promcli_test

import (
	"context"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
)

type (
	// visitOld is the model of a program before its numbers became too small.
	visitOld struct {
		ID    int32  `prom:"key,auto"`
		Page  string `prom:"size=1..80,unique"`
		Count int32  `prom:"index,min=0,default=1"`
	}
	visit struct {
		ID    int64  `prom:"key,auto"`
		Page  string `prom:"size=1..80,unique"`
		Count int64  `prom:"index,min=0,default=1"`
	}
	// visitNext has no index any more.
	visitNext struct {
		ID    int64  `prom:"key,auto"`
		Page  string `prom:"size=1..80,unique"`
		Count int64  `prom:"min=0,default=1"`
	}
	hitOld struct {
		ID    int64 `prom:"key,auto"`
		Visit prom.RefBy[visitOld, int32]
	}
)

func (visitOld) TableName() string  { return "visit" }
func (visit) TableName() string     { return "visit" }
func (visitNext) TableName() string { return "visit" }
func (hitOld) TableName() string    { return "hit" }

// TestAlterOfModel alters columns of tables that prom created, while a program with the old model reads and writes. The
// plan of the new model is empty afterwards, and prom still knows its own index.
func TestAlterOfModel(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := t.Context()
	d := postgresFor(t)
	var registry prom.Registry
	defer registry.Close()
	_, err := registry.Open(d.dsn)
	is.NoErr(err)
	old := prom.NewRepo[visitOld](prom.In(&registry))
	hits := prom.NewRepo[hitOld](prom.In(&registry))
	row := visitOld{Page: "/", Count: 1}
	is.NoErr(old.Create(ctx, &row))
	is.NoErr(hits.Create(ctx, &hitOld{Visit: prom.NewRefBy[visitOld](row.ID)}))

	var next prom.Registry
	defer next.Close()
	_, err = next.Open(d.dsn)
	is.NoErr(err)
	visits := prom.NewRepo[visit](prom.In(&next))
	plan, err := prom.Plan(ctx, visits)
	is.NoErr(err)
	is.Equal(len(plan.Steps), 2) // that rewrite

	done := make(chan error)
	stop, cancel := context.WithCancel(ctx)
	go func() {
		for stop.Err() == nil {
			got, err := old.Get(ctx, row.ID)
			if err == nil {
				got.Count++
				err = old.Update(ctx, got)
			}
			if err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	d.altered("visit", "id", "--type", "bigint")
	d.altered("visit", "count", "--type", "bigint")
	cancel()
	is.NoErr(<-done)

	plan, err = prom.Plan(ctx, visits)
	is.NoErr(err)
	is.Equal(len(plan.Steps), 0)
	is.NoErr(prom.Check(ctx, visits))
	big := visit{Page: "/big", Count: 1 << 40}
	is.NoErr(visits.Create(ctx, &big))
	is.Equal(big.ID, int64(2))

	plan, err = prom.Plan(ctx, prom.NewRepo[visitNext](prom.In(&next)))
	is.NoErr(err)
	is.Equal(len(plan.NotModelled), 1) // only of what prom created it says who uses it
	is.True(strings.Contains(plan.NotModelled[0].Error(), "index visit_count is extra; in use by the model"))
	is.Equal(d.text(`SELECT string_agg(statement, E'\n' ORDER BY id) FROM prom_history WHERE library = 'prom alter'`),
		`ALTER TABLE "visit" ALTER COLUMN "id" TYPE bigint USING "id"::bigint`+"\n"+
			`ALTER TABLE "visit" ALTER COLUMN "count" TYPE bigint USING "count"::bigint`)
}
