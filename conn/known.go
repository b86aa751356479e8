package conn

import (
	"slices"
	"sync"

	"github.com/prom-go/prom/schema"
)

// known are the tables that a program stores on a connection, whether it has used them yet or not.
type known struct {
	mu     sync.Mutex
	tables []*schema.Table
}

func (k *known) add(t *schema.Table) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !slices.Contains(k.tables, t) {
		k.tables = append(k.tables, t)
	}
}

func (k *known) list() []*schema.Table {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.tables)
}

// Know notes that the program stores a table on a connection: db, or when it is nil the one that the registry has under the name,
// now or later.
func Know(db *DB, r *Registry, name string, t *schema.Table) {
	if db != nil {
		db.known.add(t)
		return
	}
	k, _ := r.known.LoadOrStore(name, &known{})
	k.(*known).add(t)
}

// Known lists the tables that the program stores on a connection.
func Known(db *DB) []*schema.Table {
	list := db.known.list()
	if db.registry != nil {
		if k, ok := db.registry.known.Load(db.Name()); ok {
			list = append(list, k.(*known).list()...)
		}
	}
	return list
}
