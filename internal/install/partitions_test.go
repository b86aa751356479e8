package install_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/install"
	"github.com/prom-go/prom/internal/snapshot"
	"github.com/prom-go/prom/schema"
)

type (
	beats struct {
		ID    int64     `prom:"key,auto"`
		At    time.Time `prom:"key"`
		Value int64
		_     struct{} `prom:"partition=month(at)"`
	}
	beatsLater struct {
		ID    int64     `prom:"key,auto"`
		When  time.Time `prom:"name=whence,was=at,key"`
		Value int64     `prom:"min=0,index"`
		Note  *string
		_     struct{} `prom:"partition=month(whence)"`
	}
	beatsHashed struct {
		ID    int64     `prom:"key,auto"`
		At    time.Time `prom:"key"`
		Value int64
		_     struct{} `prom:"partition=hash(id),partitions=2"`
	}
)

func (beats) TableName() string       { return "beats" }
func (beatsLater) TableName() string  { return "beats" }
func (beatsHashed) TableName() string { return "beats" }

// Ensure that migrations make a partitioned table with its default partition, or all of those by hash, that it gets
// what a later model has, and that another way to divide it is told as what a person has to do.
func TestBetween_Partitioned(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is, ctx := is.New(t), context.Background()
		db := open(t, e.With("history=false"))
		declared := func(tables ...*schema.Table) []*schema.Table {
			list, err := snapshot.Declared(tables)
			is.NoErr(err)
			return list
		}
		postgres := e.Name == dbtest.NamePostgres
		was, now, hashed := declared(table[beats](t)), declared(table[beatsLater](t)), declared(table[beatsHashed](t))
		is.NoErr(between(ctx, db, nil, was, false))
		found, err := db.InspectAll(ctx, "beats")
		is.NoErr(err)
		is.Equal(found.Partitioned, postgres)
		is.Equal(len(found.Partitions) == 1 && found.Partitions[0].Default, postgres)
		runSQL(t, db, `INSERT INTO beats (at, value) VALUES ('2024-01-01 00:00:00+00', 1)`)
		steps, err := install.Between(ctx, db.Dialect(), was, now, true)
		is.NoErr(err)
		if postgres {
			for _, s := range steps {
				is.True(s.Kind != schema.ByHand || strings.Contains(s.Reason, "the table is partitioned; change"))
			}
		}
		is.NoErr(between(ctx, db, was, now, true))
		count, err := db.Count(ctx, "SELECT count(whence) FROM beats WHERE note IS NULL")
		is.NoErr(err)
		is.Equal(count, int64(1))

		steps, err = install.Between(ctx, db.Dialect(), was, hashed, false)
		is.NoErr(err)
		is.Equal(len(steps) == 1 && steps[0].Kind == schema.ByHand &&
			strings.Contains(steps[0].Reason, `definition is RANGE ("at"), and should be HASH ("id") in 2 partitions`), postgres)
		if !postgres {
			is.Equal(len(steps), 0)
		}
		is.NoErr(install.Drop(ctx, db, "beats"))
		is.NoErr(between(ctx, db, nil, hashed, false))
		found, err = db.InspectAll(ctx, "beats")
		is.NoErr(err)
		is.Equal(len(found.Partitions) == 2, postgres)
	})
}
