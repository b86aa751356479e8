package main

import (
	"context"
	"time"
)

// Peer is one library, or one way of writing by hand, at work on tables of its own. Each function is one thing to do;
// what a library has no way to do is nil and shown as "–". Results are what an application would keep: rows as structs.
type Peer struct {
	// On the table of items.
	Insert     func(ctx context.Context, it *Item) error                            // sets the key
	InsertMany func(ctx context.Context, items []Item) error                        // sets the keys; all or none
	InsertTx   func(ctx context.Context, items []Item) error                        // each by itself, in one transaction; sets the keys
	Get        func(ctx context.Context, id int64) (*Item, error)                   // by key
	GetMany    func(ctx context.Context, ids []int64) ([]Item, error)               // by keys, in any order
	List       func(ctx context.Context, n int) ([]Item, error)                     // active, of filterAge or more; the n greatest keys, greatest first
	Stream     func(ctx context.Context, row func(*Item)) error                     // all rows by key, in bounded memory
	Update     func(ctx context.Context, it *Item) error                            // all columns, by key
	SetPoints  func(ctx context.Context, id, points int64, updated time.Time) error // one column, and the time of the update
	Upsert     func(ctx context.Context, it *Item) error                            // by key
	UpsertMany func(ctx context.Context, items []Item) (inserted []bool, err error) // by key; all or none
	Delete     func(ctx context.Context, id int64) error                            // by key

	// On the tables of the blog.
	Eager        Eager
	Totals       Totals
	Keyset       Keyset
	EditDocument EditDocument
	Service      Service

	Close func()
}

// Library is how a peer is opened.
type Library struct {
	Name   string
	Engine string
	About  string   // how it is set up
	Module string   // whose version is reported
	Base   bool     // what the others are compared with
	Short  bool     // belongs to the short form
	Only   []string // the workloads that it takes part in, all unless said
	Times  string   // on SQLite: the layout in which it writes times
	Open   func(ctx context.Context, at Place) (*Peer, error)
	Blog   func(ctx context.Context, at Place) (*Peer, error) // on the tables of the blog; nil when it takes no part there
}

// opener returns what opens the library on the tables of a stock, or nil.
func (l *Library) opener(stock *Stock) func(ctx context.Context, at Place) (*Peer, error) {
	if stock == blogStock {
		return l.Blog
	}
	return l.Open
}

// Place is the database of one peer: a schema of PostgreSQL or a file of SQLite.
type Place struct {
	DSN   string // PostgreSQL: a URL with search_path
	File  string // SQLite
	Conns int    // of the pool
	Full  bool   // SQLite: synchronous=FULL and not NORMAL
}

// The engines, as flags name them.
const (
	Postgres = "postgres"
	SQLite   = "sqlite"
)

// libraries lists what can take part. Files that need a C compiler add theirs.
var libraries []*Library

func register(libs ...*Library) { libraries = append(libraries, libs...) }

// leftOut says which libraries do not take part, and why.
var leftOut []string
