package transfer_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/transfer"
)

// Ensure that a copy whose process is killed goes on where it was, several times, and that what changed in the source
// meanwhile is noticed.
func TestCopyKilled(t *testing.T) {
	if from := os.Getenv("COPY_FROM"); from != "" {
		source, target := kit.Open(t, from), kit.Open(t, os.Getenv("COPY_TO"))
		table, last, told := "", int64(0), 0
		copyAll(t, source, target, transfer.Options{Models: schemas(sized(source)...), ChunkRows: 500,
			Tell: func(p transfer.Progress) {
				if p.Table == table {
					told += int(p.Rows - last)
				}
				if table, last = p.Table, p.Rows; told > 3000 {
					time.Sleep(time.Hour) // so that it is killed in the middle
				}
			}})
		return
	}
	t.Parallel()
	for _, way := range [][2]string{{dbtest.NameSQLite, dbtest.NamePostgres}, {dbtest.NamePostgres, dbtest.NameSQLite}} {
		t.Run(way[1], func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			of := map[string]func(tb testing.TB) string{dbtest.NameSQLite: dbtest.SQLite, dbtest.NamePostgres: dbtest.Postgres}
			from, to := of[way[0]](t), of[way[1]](t)
			source, target := kit.Open(t, from), kit.Open(t, to)
			fillSized(t, source, 20_000)
			copied := func() (n int64) {
				found, err := (*db.DB)(target).Inspect(t.Context(), transfer.ProgressTable)
				is.NoErr(err)
				if found.Exists {
					n, err = prom.RawQuery[int64](target, "SELECT CAST(sum(copied) AS BIGINT) AS n FROM prom_copy").First(t.Context())
					is.NoErr(err)
				}
				return n
			}
			begun := int64(0)
			for range 3 {
				cmd := dbtest.Child(t, "TestCopyKilled", "COPY_FROM="+from, "COPY_TO="+to)
				is.NoErr(cmd.Start())
				for end := time.Now().Add(30 * time.Second); copied() < begun+2000; time.Sleep(10 * time.Millisecond) {
					is.True(time.Now().Before(end))
				}
				is.NoErr(cmd.Process.Kill())
				_ = cmd.Wait()
				now := copied()
				is.True(now >= begun+2000) // it went on, and not from the beginning
				begun = now
			}
			is.True(begun < 20_000)
			_, err := transfer.Copy(t.Context(), (*db.DB)(source), (*db.DB)(target), transfer.Options{Tables: []string{"shop"}})
			is.True(err != nil && strings.Contains(err.Error(), "unfinished copy of other tables"))
			r := copyAll(t, source, target, transfer.Options{Models: schemas(sized(source)...)})
			resumed := 0
			for _, c := range r.Tables {
				if c.Resumed {
					resumed++
				}
			}
			is.True(resumed > 0)
			equalSized(t, from, to)
			found, err := (*db.DB)(target).Inspect(t.Context(), transfer.ProgressTable)
			is.NoErr(err)
			is.True(!found.Exists)
		})
	}
}

// Ensure that a copy that goes on notices rows that the source has changed behind it, and that it can begin again.
func TestCopyChanged(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		source, target := kit.Open(t, dbtest.SQLite(t)), kit.Open(t, e.DSN)
		fillSized(t, source, 4000)
		o := transfer.Options{Models: schemas(sized(source)...), ChunkRows: 500}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		half := o
		half.Tell = func(p transfer.Progress) {
			if p.Table == "sale" && p.Rows > 1000 {
				stop()
			}
		}
		_, err := transfer.Copy(ctx, (*db.DB)(source), (*db.DB)(target), half)
		is.True(errors.Is(err, context.Canceled))
		sales := prom.NewRepo[Sale](prom.Using(source))
		first, err := sales.Get(t.Context(), 1)
		is.NoErr(err)
		first.Count++
		is.NoErr(sales.Save(t.Context(), first))
		for range 2 { // it stays wrong
			_, err = transfer.Copy(t.Context(), (*db.DB)(source), (*db.DB)(target), o)
			is.True(err != nil && strings.Contains(err.Error(), "sale: both have 2960 rows, and their checksums differ"))
		}
		o.Again = true
		for _, c := range copyAll(t, source, target, o).Tables {
			is.True(!c.Resumed)
		}
		got, err := sales.Using(target).Get(t.Context(), 1)
		is.NoErr(err)
		is.Equal(got.Count, first.Count)
	})
}
