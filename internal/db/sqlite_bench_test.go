package db

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dbtest"
)

// BenchmarkSQLite reads and writes rows here, and through database/sql in the way that it is commonly used: get by key
// from one goroutine and from 16, with a context that can end, and insert.
func BenchmarkSQLite(b *testing.B) {
	ctx := context.Background()
	db, err := new(Registry).Open(dbtest.SQLite(b))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	do(ctx, b, db, "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, n INT)",
		"CREATE TABLE u (id INTEGER PRIMARY KEY, a TEXT, n INT)",
		"WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r LIMIT 10000) INSERT INTO t SELECT n, 'name ' || n, n * 7 FROM r")
	pool := must(db.SQL(ctx))
	pool.SetMaxOpenConns(max(2, runtime.GOMAXPROCS(0)) + 1)
	pool.SetMaxIdleConns(max(2, runtime.GOMAXPROCS(0)) + 1)
	const get, insert = "SELECT id, a, n FROM t WHERE id = ?", "INSERT INTO u (a, n) VALUES (?, ?)"
	body := strings.Repeat("x", 100)

	here := func(ctx context.Context) func(i int64) error {
		st := read(db, get, num(0))
		reader := driver.RowFunc(func(rows driver.Rows) error {
			if !rows.Next() {
				return fmt.Errorf("no row")
			}
			_, _ = rows.Int(0)
			_, _ = rows.Text(1)
			_, err := rows.Int(2)
			return err
		})
		return func(i int64) error {
			st.Args[0] = num(i%10000 + 1)
			return db.Read(ctx, st, reader)
		}
	}
	there := func(ctx context.Context) func(i int64) error {
		var id, n int64
		var a string
		return func(i int64) error { return pool.QueryRowContext(ctx, get, i%10000+1).Scan(&id, &a, &n) }
	}
	timed, cancel := context.WithTimeout(ctx, time.Hour)
	defer cancel()
	for _, way := range []struct {
		name string
		ctx  context.Context
		make func(context.Context) func(int64) error
	}{{"get/here", ctx, here}, {"get/database-sql", ctx, there}, {"get-context/here", timed,
		here}, {"get-context/database-sql", timed, there}} {
		b.Run(way.name, func(b *testing.B) {
			b.ReportAllocs()
			f := way.make(way.ctx)
			for i := int64(0); b.Loop(); i++ {
				if err := f(i); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(strings.Replace(way.name, "/", "-16/", 1), func(b *testing.B) {
			b.ReportAllocs()
			b.SetParallelism(max(1, 16/runtime.GOMAXPROCS(0)))
			b.RunParallel(func(pb *testing.PB) {
				f := way.make(way.ctx)
				for i := int64(0); pb.Next(); i++ {
					if err := f(i); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
	b.Run("insert/here", func(b *testing.B) {
		b.ReportAllocs()
		st := write(db, insert, txt(body), num(7))
		for b.Loop() {
			if _, err := db.Exec(ctx, st); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("insert/database-sql", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := pool.ExecContext(ctx, insert, body, 7); err != nil {
				b.Fatal(err)
			}
		}
	})
}
