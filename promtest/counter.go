package promtest

import (
	"context"
	"errors"
	"strconv"
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

// maxKnown is how many texts of rows that were there are known, for each unique column.
const maxKnown = 100_000

// look finds what the rows that are there have in columns whose values must differ, once for a table: the greatest
// numbers, where the database does not generate them, and the texts.
func (m *maker) look(ctx context.Context) error {
	c, t := m.counter, m.repo.Table()
	c.looking.Lock()
	defer c.looking.Unlock()
	if c.starts != nil {
		return nil
	}
	starts := map[string]int64{}
	d := m.db.Dialect()
	from := " FROM " + d.Table(t.Name)
	there := int64(0)
	if len(m.distinct) > 0 {
		if err := ask(ctx, m.db, "SELECT count(*)"+from, &there); err != nil {
			return err
		}
	}
	for col := range m.distinct {
		switch {
		case there == 0 || col.References != nil:
		case col.Kind == schema.Int16 || col.Kind == schema.Int32 || col.Kind == schema.Int64:
			greatest := starts[col.Name]
			if err := ask(ctx, m.db, "SELECT coalesce(max("+d.Quote(col.Name)+"), 0)"+from, &greatest); err != nil {
				return err
			}
			starts[col.Name] = greatest
		case col.Kind == schema.Text && col.Codec == nil:
			var texts []string
			err := m.db.Tx(ctx, func(ctx context.Context) (err error) {
				texts, err = prom.RawQuery[string](m.db, "SELECT CAST("+d.Quote(col.Name)+" AS TEXT)"+from+" WHERE "+
					d.Quote(col.Name)+" IS NOT NULL LIMIT "+strconv.Itoa(maxKnown)).All(ctx)
				return err
			})
			if err != nil {
				return err
			}
			known := c.of(col.Name)
			for _, text := range texts {
				known.take(text)
			}
		}
	}
	c.mu.Lock()
	c.rows = int(there)
	c.starts = starts
	c.mu.Unlock()
	return nil
}

// ask reads a number, which stays as it is when the table is not there: one that is not has no rows.
func ask(ctx context.Context, d *prom.DB, sql string, n *int64) error {
	*n = 0
	err := d.Tx(ctx, func(ctx context.Context) error { // in a transaction a savepoint
		found, err := prom.RawQuery[int64](d, sql).First(ctx)
		if err == nil {
			*n = found
		}
		return err
	})
	if errors.Is(err, prom.ErrNoTable) {
		return nil
	}
	return err
}
