package sqlite3

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"
	"time"
)

// benchFile makes a file with 10,000 rows, which both ways read.
func benchFile(b *testing.B) (c *Conn, db *sql.DB) {
	b.Helper()
	path := filepath.ToSlash(filepath.Join(b.TempDir(), "x.db"))
	c = opened(b, "file://"+path, Options{})
	do(b, c, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT, n INT, at TIMESTAMP)")
	do(b, c, `WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r LIMIT 10000)
		INSERT INTO t SELECT n, 'name ' || n, 'some longer text ' || n, n * 7, '2024-02-29T12:34:56.123456Z' FROM r`)
	db, err := sql.Open("sqlite", "file://"+path+"?_synchronous=NORMAL")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	return c, db
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// BenchmarkSelect1 is what a statement costs at least: here, with a context that can end, and through database/sql.
func BenchmarkSelect1(b *testing.B) {
	c, db := benchFile(b)
	run := func() {
		s := must(c.Prepare("SELECT 1"))
		_ = must(s.Step())
		if s.Int64(0) != 1 {
			b.Fatal("no row")
		}
		_ = s.Reset()
	}
	b.Run("here", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			run()
		}
	})
	b.Run("context", func(b *testing.B) {
		ctx, cancel := context.WithTimeout(b.Context(), time.Hour)
		defer cancel()
		b.ReportAllocs()
		for b.Loop() {
			c.SetContext(ctx)
			run()
			c.ClearContext()
		}
	})
	b.Run("prepared", func(b *testing.B) {
		s := must(db.PrepareContext(b.Context(), "SELECT 1"))
		defer s.Close()
		b.ReportAllocs()
		n := 0
		for b.Loop() {
			_ = s.QueryRowContext(context.Background()).Scan(&n)
		}
	})
}

// BenchmarkGet reads a row by its key.
func BenchmarkGet(b *testing.B) {
	c, db := benchFile(b)
	const text = "SELECT id, a, b, n, at FROM t WHERE id = ?"
	b.Run("here", func(b *testing.B) {
		b.ReportAllocs()
		i := int64(0)
		for b.Loop() {
			i = i%10000 + 1
			s := must(c.Prepare(text))
			_ = s.BindInt64(0, i)
			_ = must(s.Step())
			if s.Int64(0) != i || len(s.Raw(1)) == 0 || len(s.Raw(2)) == 0 || s.Int64(3) != i*7 || len(s.Raw(4)) != 27 {
				b.Fatal("no row")
			}
			_ = s.Reset()
		}
	})
	b.Run("database-sql", func(b *testing.B) {
		b.ReportAllocs()
		i := int64(0)
		var id, n int64
		var x, y string
		var at time.Time
		for b.Loop() {
			i = i%10000 + 1
			if err := db.QueryRow(text, i).Scan(&id, &x, &y, &n, &at); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkList reads 10,000 rows.
func BenchmarkList(b *testing.B) {
	c, db := benchFile(b)
	const text = "SELECT id, a, b, n, at FROM t"
	b.Run("here", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			s := must(c.Prepare(text))
			sum := 0
			for must(s.Step()) {
				row := s.Row()
				x, _ := row[1].Bytes()
				y, _ := row[2].Bytes()
				z, _ := row[4].Bytes()
				sum += int(row[0].Int64()) + len(x) + len(y) + int(row[3].Int64()) + len(z)
			}
			_ = s.Reset()
		}
	})
	b.Run("database-sql", func(b *testing.B) {
		b.ReportAllocs()
		var id, n int64
		var x, y string
		var at time.Time
		for b.Loop() {
			rows := must(db.Query(text))
			for rows.Next() {
				if err := rows.Scan(&id, &x, &y, &n, &at); err != nil {
					b.Fatal(err)
				}
			}
			rows.Close()
		}
	})
}

// BenchmarkInsert writes a row in a transaction of its own, and 10,000 in one.
func BenchmarkInsert(b *testing.B) {
	c, db := benchFile(b)
	do(b, c, "CREATE TABLE u (id INTEGER PRIMARY KEY, a TEXT, b TEXT, n INT)")
	const text = "INSERT INTO u (a, b, n) VALUES (?, ?, ?)"
	insert := func() {
		s := must(c.Prepare(text))
		_ = s.BindText(0, "name")
		_ = s.BindText(1, "some longer text")
		_ = s.BindInt64(2, 7)
		_ = must(s.Step())
		_ = s.Reset()
	}
	b.Run("one/here", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			insert()
		}
	})
	b.Run("one/database-sql", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			must(db.Exec(text, "name", "some longer text", 7))
		}
	})
	b.Run("bulk/here", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			do(b, c, "BEGIN IMMEDIATE")
			for range 10000 {
				insert()
			}
			do(b, c, "COMMIT")
		}
	})
	b.Run("bulk/database-sql", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			tx := must(db.Begin())
			for range 10000 {
				must(tx.Exec(text, "name", "some longer text", 7))
			}
			_ = tx.Commit()
		}
	})
}
