package prom

import (
	"context"
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"

	"github.com/prom-go/prom/conn"
	"github.com/prom-go/prom/internal/install"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/query"
	"github.com/prom-go/prom/schema"
)

// Repo stores the values of a model, a struct type T, in a table. Repos are made once, usually in package variables, and may be
// embedded in types that add queries of their own. Making one does no I/O: it finds its connection by name, and its table is
// created, when they are first needed. A Repo is safe for concurrent use.
type Repo[T any] struct {
	plan     *scan.Plan
	table    *schema.Table
	registry *conn.Registry
	name     string   // of the connection in the registry
	db       *conn.DB // set by Using: the connection itself
	derived  bool     // see binding
	bound    atomic.Pointer[binding]
	works    sync.Pool // of *work[T]
	hooks    hookSet   // that the model has
	coalesce bool
	reads    coalescer[T]

	tokenKeys [][]byte // see TokenKey
	own       struct {
		once  sync.Once
		owner *query.Owner
	}
}

// RepoOption changes what a new repo is bound to.
type RepoOption func(*repoOptions)

type repoOptions struct {
	table    string
	name     string
	named    bool
	registry *conn.Registry
	db       *conn.DB
	coalesce bool

	tokenKeys [][]byte
}

// On binds the repo to the connection of that name. Without it a model's method ConnectionName tells the name, or it is "", the
// default connection.
func On(name string) RepoOption { return func(o *repoOptions) { o.name, o.named = name, true } }

// Table stores the model under another name than its own. References of other models go by the model's own name, the one that
// its method TableName gives.
func Table(name string) RepoOption { return func(o *repoOptions) { o.table = name } }

// In looks the connection up in a registry other than [Default].
func In(r *Registry) RepoOption { return func(o *repoOptions) { o.registry = r } }

// Using binds the repo to a connection itself.
func Using(db *DB) RepoOption { return func(o *repoOptions) { o.db = db } }

// NewRepo returns a repo of the model T. It panics when T is no model, one of its tags is wrong, or a method that is named like a hook
// does not look like one, with a message that names the model, and the field and the tag or the method; this is meant to show at
// start-up, in package variables.
func NewRepo[T any](options ...RepoOption) *Repo[T] {
	r, err := newRepo[T]()
	if err != nil {
		panic(err)
	}
	model, plan := r.plan.Table.Model, r.plan
	if err := plan.Table.Check(); err != nil {
		panic(err)
	}
	hooks, err := hooksOf(model)
	if err != nil {
		panic(err)
	}
	var o repoOptions
	if n, ok := reflect.TypeAssert[interface{ ConnectionName() string }](reflect.New(model)); ok {
		o.name = n.ConnectionName()
	}
	for _, option := range options {
		option(&o)
	}
	r.registry, r.name, r.db, r.hooks, r.coalesce = o.registry, o.name, o.db, hooks, o.coalesce
	if r.registry == nil {
		r.registry = Default
	}
	if o.table != "" {
		if r.table, err = plan.Table.WithName(o.table); err != nil {
			panic(fmt.Errorf("prom: model %s: table name: %w", model, err))
		}
	}
	for _, key := range o.tokenKeys {
		if len(key) < leastTokenKey {
			panic(fmt.Errorf("prom: model %s: a key of TokenKey has %d bytes, and needs %d", model, len(key), leastTokenKey))
		}
	}
	r.tokenKeys = o.tokenKeys
	conn.Know(r.db, r.registry, r.name, r.table)
	knowModel[T]()
	return r
}

// newRepo returns a repo that is bound to nothing.
func newRepo[T any]() (*Repo[T], error) {
	plan, err := scan.For(reflect.TypeFor[T]())
	if err != nil {
		return nil, err
	}
	scan.Know[T]()
	return &Repo[T]{plan: plan, table: plan.Table}, nil
}

// On returns the same repo bound to the connection of another name in the same registry.
func (r *Repo[T]) On(name string) *Repo[T] {
	conn.Know(nil, r.registry, name, r.table)
	return &Repo[T]{plan: r.plan, table: r.table, registry: r.registry, name: name, hooks: r.hooks, coalesce: r.coalesce, tokenKeys: r.tokenKeys}
}

// Using returns the same repo bound to a connection itself.
func (r *Repo[T]) Using(db *DB) *Repo[T] {
	conn.Know(db, nil, "", r.table)
	return &Repo[T]{plan: r.plan, table: r.table, registry: r.registry, db: db, hooks: r.hooks, coalesce: r.coalesce, tokenKeys: r.tokenKeys}
}

// owner tells a subquery's connection.
func (r *Repo[T]) owner() *query.Owner {
	r.own.once.Do(func() {
		r.own.owner = &query.Owner{DB: func() (any, error) { return r.DB() }}
	})
	return r.own.owner
}

// DB returns the repo's connection. An unknown name is an error that lists the known ones.
func (r *Repo[T]) DB() (*DB, error) {
	if r.db != nil {
		return r.db, nil
	}
	return r.registry.Get(r.name)
}

// Schema returns the schema of the repo's table, read from the struct. It must not be changed.
func (r *Repo[T]) Schema() *schema.Table { return r.table }

// Tx runs fn in a transaction of the repo's connection; see [DB.Tx].
func (r *Repo[T]) Tx(ctx context.Context, fn func(ctx context.Context) error, options ...TxOption) error {
	db, err := r.DB()
	if err != nil {
		return err
	}
	return db.Tx(ctx, fn, options...)
}

// Install creates the table, those that it refers to, and the columns and indexes that are missing, as would happen by itself
// when they are first needed. It is idempotent, and safe when many processes do it at once.
func (r *Repo[T]) Install(ctx context.Context) error {
	b, err := r.bind()
	if err != nil {
		return err
	}
	if _, err = install.Ensure(ctx, b.db, r.table); err != nil {
		return errorOf("install", r.table, err)
	}
	return nil
}

// Installer is what [Install] takes: every repo is one.
type Installer interface {
	Install(ctx context.Context) error
}

// Install installs the tables of several repos; see [Repo.Install].
func Install(ctx context.Context, repos ...Installer) error {
	for _, r := range repos {
		if err := r.Install(ctx); err != nil {
			return err
		}
	}
	return nil
}

// FieldByName returns the column of that name, for filters and orders that arrive as text. An unknown name is an error that lists
// the columns.
func (r *Repo[T]) FieldByName(name string) (AnyField[T], error) {
	f, err := query.FieldByName[*T](r.plan, name)
	if err != nil {
		return f, errorOf("query", r.table, err)
	}
	return f, nil
}

// binding is a repo's connection with what belongs to both.
type binding struct {
	db     *conn.DB
	table  *schema.Table
	stmts  *query.Statements
	forms  *tableForms
	marked *conn.Mark   // set when the table is known to be complete
	told   atomic.Int32 // see tells
	wide   atomic.Bool  // the table has been compared with the model, see tooNarrow
	plain  sync.Map     // whether a unique index is over the columns themselves, by their names; see plainIndex

	nulls atomic.Pointer[string] // see nullsEqual

	derived bool // the rows are those of other queries, and there is no table
}

// bind returns the binding, anew when the connection of the name has been replaced.
func (r *Repo[T]) bind() (*binding, error) {
	if b := r.bound.Load(); b != nil && !b.db.Replaced() {
		return b, nil
	}
	db, err := r.DB()
	if err != nil {
		return nil, err
	}
	b := &binding{db: db, table: r.table, forms: formsOf(db, r.table), stmts: statementsOf(db, r.table, r.derived), marked: install.Mark(db, r.table), derived: r.derived}
	r.bound.Store(b)
	return b, nil
}

// CacheStats are the figures of the cache of statements that a repo has on a connection: how many shapes of statements it keeps, and how
// often one was found there and not.
type CacheStats = query.CacheStats

// CacheStats returns the figures of the repo's cache of statements, which other repos of the same table on the same connection
// share. It connects to nothing.
func (r *Repo[T]) CacheStats() (CacheStats, error) {
	b, err := r.bind()
	if err != nil {
		return CacheStats{}, err
	}
	return b.stmts.Stats(), nil
}
