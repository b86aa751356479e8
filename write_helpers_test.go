package prom_test

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/prom-go/prom"
)

// statements collects the SQL that a connection runs, as its logger is told.
type statements struct {
	mu   sync.Mutex
	list []string
}

// option returns the option that makes a connection tell s.
func (s *statements) option() prom.OpenOption { return prom.Logger(slog.New(s)) }

func (s *statements) Enabled(context.Context, slog.Level) bool { return true }
func (s *statements) WithAttrs([]slog.Attr) slog.Handler       { return s }
func (s *statements) WithGroup(string) slog.Handler            { return s }

func (s *statements) Handle(_ context.Context, r slog.Record) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.Attrs(func(a slog.Attr) bool {
		// The history of changes is made and written beside what a test asks about.
		if a.Key == "sql" && !strings.Contains(a.Value.String(), "prom_history") {
			s.list = append(s.list, a.Value.String())
		}
		return true
	})
	return nil
}

// take returns what was collected since the last call.
func (s *statements) take() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.list
	s.list = nil
	return list
}

// starting counts the statements that begin with a text.
func starting(list []string, prefix string) int {
	return len(slices.DeleteFunc(slices.Clone(list), func(s string) bool { return !strings.HasPrefix(s, prefix) }))
}

// sqlDB returns the database behind a connection, for what others do to it.
func sqlDB(tb testing.TB, db *prom.DB) *sql.DB {
	tb.Helper()
	raw, err := db.SQL(context.Background())
	if err != nil {
		tb.Fatal(err)
	}
	return raw
}

// runSQL runs statements as somebody else would, beside the library.
func runSQL(tb testing.TB, db *prom.DB, texts ...string) {
	tb.Helper()
	for _, text := range texts {
		if _, err := sqlDB(tb, db).ExecContext(context.Background(), text); err != nil {
			tb.Fatalf("%s: %v", text, err)
		}
	}
}

// scanOne reads one value with SQL of the test's own.
func scanOne[V any](tb testing.TB, db *prom.DB, text string) V {
	tb.Helper()
	var v V
	if err := sqlDB(tb, db).QueryRowContext(context.Background(), text).Scan(&v); err != nil {
		tb.Fatalf("%s: %v", text, err)
	}
	return v
}

// errUndo is what a transaction returns to be rolled back.
var errUndo = errors.New("undo")

// rolledBack runs fn in a transaction that rolls back.
func rolledBack(tb testing.TB, db *prom.DB, fn func(ctx context.Context)) {
	tb.Helper()
	err := db.Tx(context.Background(), func(ctx context.Context) error { fn(ctx); return errUndo })
	if !errors.Is(err, errUndo) {
		tb.Fatalf("the transaction ended with %v", err)
	}
}

// allOf returns the rows of a repo.
func allOf[T any](tb testing.TB, repo *prom.Repo[T]) []T {
	tb.Helper()
	list, err := repo.All(context.Background())
	if err != nil {
		tb.Fatal(err)
	}
	return list
}

// mustCreate inserts a value and returns it.
func mustCreate[T any](tb testing.TB, repo *prom.Repo[T], v T) *T {
	tb.Helper()
	if err := repo.Create(context.Background(), &v); err != nil {
		tb.Fatal(err)
	}
	return &v
}

// noSecret makes sure that an error's text does not hold the value SECRET.
func noSecret(tb testing.TB, err error) {
	tb.Helper()
	if strings.Contains(err.Error(), "SECRET") {
		tb.Errorf("the error holds a value: %v", err)
	}
}

// asError returns the library's error in an error.
func asError(tb testing.TB, err error) *prom.Error {
	tb.Helper()
	var e *prom.Error
	if !errors.As(err, &e) {
		tb.Fatalf("got the error %v, want one of the library", err)
	}
	return e
}
