package db

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

// Know notes that the program stores a table on the connection.
func (db *DB) Know(t *schema.Table) { db.known.add(t) }

// Know notes that the program stores a table on the connection of a name, which may be opened later.
func (r *Registry) Know(name string, t *schema.Table) {
	k, _ := r.known.LoadOrStore(name, &known{})
	k.(*known).add(t)
}

// Known lists the tables that the program stores on a connection.
func (db *DB) Known() []*schema.Table {
	list := db.known.list()
	if db.registry != nil {
		if k, ok := db.registry.known.Load(db.Name()); ok {
			list = append(list, k.(*known).list()...)
		}
	}
	return list
}
