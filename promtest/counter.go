package promtest

import (
	"sync"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/schema"
)

// counter numbers the values that are made for a table, by whatever factory, and knows the texts that must not come
// again.
type counter struct {
	mu   sync.Mutex
	n    int
	rows int                // that the table had
	used map[string]*values // by column

	looking sync.Mutex
	starts  map[string]int64 // by column: the greatest number that the table had; nil until it was looked for
}

// values are texts that were made up for a column whose values must differ. Nil has none and takes none.
type values struct {
	mu   sync.Mutex
	list map[string]bool
}

// take reports whether a text is new, and takes it.
func (v *values) take(s string) bool {
	if v == nil {
		return true
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.list[s] {
		return false
	}
	v.list[s] = true
	return true
}

// of returns the texts of a column.
func (c *counter) of(column string) *values {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.used[column] == nil {
		c.used[column] = &values{list: map[string]bool{}}
	}
	return c.used[column]
}

func (c *counter) next() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
	return c.n
}

// start returns the number behind which the values of a column begin, and how many rows the table had.
func (c *counter) start(column string) (greatest int64, rows int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.starts[column], c.rows
}

type counterKey struct {
	db    *prom.DB
	table string
}

var counters sync.Map // counterKey → *counter

func counterOf(db *prom.DB, t *schema.Table) *counter {
	c, _ := counters.LoadOrStore(counterKey{db, t.Name}, &counter{used: map[string]*values{}})
	return c.(*counter)
}

// forget drops what is kept of a database.
func forget(db *prom.DB) {
	counters.Range(func(key, _ any) bool {
		if key.(counterKey).db == db {
			counters.Delete(key)
		}
		return true
	})
}
