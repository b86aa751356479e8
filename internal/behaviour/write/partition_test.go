package write_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

type (
	// Reading has a key of which the database generates one column, as a table that is partitioned by time needs.
	Reading struct {
		ID    int64     `prom:"key,auto"`
		At    time.Time `prom:"key"`
		Value int64
		Flags prom.Many[Flag]
	}
	// Flag refers to a reading by both columns.
	Flag struct {
		prom.Model
		ReadingID int64
		ReadingAt time.Time
		Reading   prom.CompositeRef[Reading] `prom:"on='reading_id, reading_at'"`
		Text      string
	}
)

var (
	reading      = prom.Proto[Reading]()
	readingID    = prom.NumberOf(reading, &reading.ID)
	readingAt    = prom.TimeOf(reading, &reading.At)
	readingValue = prom.NumberOf(reading, &reading.Value)
	readingFlags = prom.ManyOf(reading, &reading.Flags)
	flag         = prom.Proto[Flag]()
	flagReading  = prom.CompositeRefOf(flag, &flag.Reading)
)

// readings are tables of others, beside the one that prom makes: partitions by time, with a sequence of their own.
var readings = map[string][][]string{
	dbtest.NameSQLite: {nil},
	dbtest.NamePostgres: {nil, {
		`CREATE TABLE reading (id bigserial, at timestamptz NOT NULL, value bigint NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)`,
		`CREATE TABLE reading_old PARTITION OF reading FOR VALUES FROM (MINVALUE) TO ('2024-01-01Z')`,
		`CREATE TABLE reading_new PARTITION OF reading FOR VALUES FROM ('2024-01-01Z') TO (MAXVALUE)`,
	}},
}

// Ensure that the generated part of a key of several columns comes back from each kind of write, into partitions too,
// which plans leave alone.
func TestKeyWithGeneratedPart(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		for _, texts := range readings[e.Name] {
			is, ctx := is.New(t), context.Background()
			db := kit.Open(t, e.DSN)
			kit.RunSQL(t, db, texts...)
			repo, flags := prom.NewRepo[Reading](prom.Using(db)), prom.NewRepo[Flag](prom.Using(db))
			at := func(i int) time.Time { return time.Date(2023, 12, 31, 12, 0, i*30, 0, time.UTC) }
			same := func(r Reading) {
				t.Helper()
				got, err := repo.Get(ctx, r.ID, r.At)
				is.NoErr(err)
				is.True(got.At.Equal(r.At) && got.Value == r.Value && r.ID > 0)
			}
			for range 2 { // nothing is known of the table at first
				a := Reading{At: at(0), Value: 1}
				is.NoErr(repo.Create(ctx, &a))
				same(a)
				for _, size := range []int{1, 3, kit.ByCopy + 1} {
					list := make([]Reading, size)
					for i := range list {
						list[i] = Reading{At: at(i), Value: int64(i)}
					}
					is.NoErr(repo.CreateMany(ctx, list))
					same(list[0])
					same(list[size-1])
					is.True(size == 1 || list[0].ID < list[size-1].ID)
				}
				a.Value = 2
				is.NoErr(repo.Save(ctx, &a)) // without tracking an upsert
				same(a)
				outcome, err := repo.OnConflict(readingID, readingAt).Update(readingValue.Add(5)).Create(ctx, &a)
				is.NoErr(err)
				is.Equal(outcome, prom.Updated)
				is.Equal(a.Value, int64(7))
				fresh := Reading{ID: a.ID + 1_000_000, At: at(1), Value: 3}
				is.NoErr(repo.Upsert(ctx, &fresh))
				same(fresh)
				is.NoErr(repo.Delete(ctx, &fresh))
				is.True(errors.Is(repo.DeleteKey(ctx, fresh.ID, fresh.At), prom.ErrNotFound))
				var batch prom.Batch
				b := Reading{At: at(5)}
				prom.Queue(&batch, repo).Create(&b)
				is.NoErr(batch.Run(ctx))
				same(b)

				f := Flag{ReadingID: a.ID, ReadingAt: a.At, Text: "high"}
				is.NoErr(flags.Create(ctx, &f))
				got, err := flags.Query().OrderBy(prom.NumberOf(flag, &flag.ID).Desc()).With(flagReading).First(ctx)
				is.NoErr(err)
				is.Equal(mustRow(got.Reading.Get()).Value, int64(7))
				rows, err := repo.Where(readingID.Eq(a.ID)).With(readingFlags).All(ctx)
				is.NoErr(err)
				is.Equal(rows[0].Flags.Rows()[0].Text, "high")
				is.True(errors.Is(flags.Create(ctx, &Flag{ReadingID: -1, ReadingAt: a.At}), prom.ErrForeignKey))
			}
			page, err := repo.Query().OrderBy(readingID.Asc(), readingAt.Asc()).KeysetPage(ctx, "", 10)
			is.NoErr(err)
			is.Equal(len(page.Rows), 10)

			var dump bytes.Buffer
			is.NoErr(prom.Dump(ctx, &dump, repo))
			n := len(kit.AllOf(t, repo))
			is.NoErr(prom.UnsafeClear(ctx, flags))
			is.NoErr(prom.UnsafeClear(ctx, repo))
			is.NoErr(prom.Restore(ctx, &dump, repo))
			is.Equal(len(kit.AllOf(t, repo)), n)
			last := Reading{At: at(9)}
			is.NoErr(repo.Create(ctx, &last))
			same(last)

			plan, err := prom.Plan(ctx, repo, flags)
			is.NoErr(err)
			is.Equal(len(plan.Steps), 0)
			is.NoErr(prom.Check(ctx, repo, flags))
			is.NoErr(prom.UnsafeDropAll(ctx, db))
		}
	})
}

func mustRow[T any](v *T, _ bool) *T { return v }
