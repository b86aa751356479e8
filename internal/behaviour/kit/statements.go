package kit

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/prom-go/prom"
)

// Statements collects the SQL that a connection runs.
type Statements struct {
	mu   sync.Mutex
	list []string
}

// Option returns the option that makes a connection tell s.
func (s *Statements) Option() prom.OpenOption {
	return prom.OnEvent(func(_ context.Context, e *prom.Event) {
		// The history of changes is made and written beside what a test asks about.
		if (e.Kind == prom.EventStatement || e.Kind == prom.EventCopy) && !strings.Contains(e.SQL, "prom_history") {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.list = append(s.list, e.SQL)
		}
	})
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
