package kit

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"

	"github.com/prom-go/prom"
)

// Statements collects the SQL that a connection runs, from its log.
type Statements struct {
	mu   sync.Mutex
	list []string
}

// Option returns the option that makes a connection tell s.
func (s *Statements) Option() prom.OpenOption { return prom.Logger(slog.New(s)) }

// Enabled is a method of [slog.Handler].
func (s *Statements) Enabled(context.Context, slog.Level) bool { return true }

// WithAttrs is a method of [slog.Handler].
func (s *Statements) WithAttrs([]slog.Attr) slog.Handler { return s }

// WithGroup is a method of [slog.Handler].
func (s *Statements) WithGroup(string) slog.Handler { return s }

// Handle is a method of [slog.Handler].
func (s *Statements) Handle(_ context.Context, r slog.Record) error {
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

// Take returns what was collected since the last call.
func (s *Statements) Take() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.list
	s.list = nil
	return list
}

// Starting counts the statements that begin with a text.
func Starting(list []string, prefix string) int {
	return len(slices.DeleteFunc(slices.Clone(list), func(s string) bool { return !strings.HasPrefix(s, prefix) }))
}

// Calls returns the statements without those by which a table is looked at before the first one on it; see prom's
// DB.Forms of internal/db.
func Calls(list []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool {
		return strings.Contains(s, "pragma_table_xinfo") || strings.Contains(s, "pg_catalog.pg_attribute") ||
			strings.HasPrefix(s, "SELECT typeof(")
	})
}
