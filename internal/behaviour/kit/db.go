package kit

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ended is a context that ends before a test that hangs would, and after any that works, on a busy machine too.
func Ended(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// Together runs n functions at the same moment and returns what went wrong.
func Together(n int, fn func(i int) error) error {
	errs := make([]error, n)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			errs[i] = fn(i)
		})
	}
	close(start)
	wg.Wait()
	return errors.Join(errs...)
}

// TablesOf lists the tables of a database.
func TablesOf(t *testing.T, db *prom.DB) []string {
	t.Helper()
	query := `SELECT coalesce(string_agg(tablename, ',' ORDER BY tablename COLLATE "C"), '') FROM pg_tables WHERE schemaname = current_schema() AND tablename <> 'prom_history'`
	if db.Dialect().Name() == dbtest.NameSQLite {
		query = `SELECT coalesce(group_concat(name, ',' ORDER BY name), '') FROM sqlite_master WHERE type = 'table' AND name <> 'prom_history'`
	}
	list := ScanOne[string](t, db, query)
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}

// Open connects to a test's database, in a registry of its own, and closes it at the end of the test.
func Open(tb testing.TB, dsn string, options ...prom.OpenOption) *prom.DB {
	tb.Helper()
	db, err := new(prom.Registry).Open(dsn, options...)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	return db
}

// Idle fails when a connection of a pool stays in use. One whose statement was cut off is closed in the background.
func Idle(t *testing.T, db *prom.DB) {
	t.Helper()
	pool, err := prom.PgxPool(context.Background(), db)
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); pool != nil &&
		pool.Stat().AcquiredConns() != 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d connections are in use", pool.Stat().AcquiredConns())
		}
	}
}

// SQLDB returns the database behind a connection, for what others do to it.
func SQLDB(tb testing.TB, db *prom.DB) *sql.DB {
	tb.Helper()
	raw, err := db.SQL(context.Background())
	if err != nil {
		tb.Fatal(err)
	}
	return raw
}

// RunSQL runs statements as another program would.
func RunSQL(tb testing.TB, db *prom.DB, texts ...string) {
	tb.Helper()
	for _, text := range texts {
		if _, err := SQLDB(tb, db).ExecContext(context.Background(), text); err != nil {
			tb.Fatalf("%s: %v", text, err)
		}
	}
}

// ScanOne reads one value with SQL of the test's own.
func ScanOne[V any](tb testing.TB, db *prom.DB, text string) V {
	tb.Helper()
	var v V
	if err := SQLDB(tb, db).QueryRowContext(context.Background(), text).Scan(&v); err != nil {
		tb.Fatalf("%s: %v", text, err)
	}
	return v
}

// ErrUndo is what a transaction returns to be rolled back.
var ErrUndo = errors.New("undo")

// RolledBack runs fn in a transaction that rolls back.
func RolledBack(tb testing.TB, db *prom.DB, fn func(ctx context.Context)) {
	tb.Helper()
	err := db.Tx(context.Background(), func(ctx context.Context) error { fn(ctx); return ErrUndo })
	if !errors.Is(err, ErrUndo) {
		tb.Fatalf("the transaction ended with %v", err)
	}
}
