package core

import (
	"context"
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/install"
	"github.com/prom-go/prom/internal/render"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/internal/syncmap"
	"github.com/prom-go/prom/schema"
)

// Repo stores the values of a model in a table. Its values are given by their addresses: each must be one of a value of
// the model. A Repo is safe for concurrent use, and must not be copied.
type Repo struct {
	plan       *scan.Plan
	memory     *scan.Memory // of the plan
	table      *schema.Table
	registry   *db.Registry
	name       string // of the connection in the registry
	db         *db.DB // the connection itself, if it was given
	derived    bool   // see binding
	bound      atomic.Pointer[binding]
	works      sync.Pool  // of *work
	hooks      hookSet    // that the model has
	identities []identity // by which rows can be found
	coalesce   bool
	reads      coalescer

	tokenKeys [][]byte
	own       struct {
		once  sync.Once
		owner *ast.Owner
	}
}

// Options are what a repo is bound to, and how it works.
type Options struct {
	Table    string       // "" for the model's own
	Name     string       // of the connection
	Named    bool         // Name counts, and not what the model says
	Registry *db.Registry // where the connection is looked up; nil with a DB alone
	DB       *db.DB       // in place of a name

	Coalesce  bool
	TokenKeys [][]byte
}

// leastTokenKey is the least length of a key, in bytes.
const leastTokenKey = 16

// New returns a repo of the model of a plan, whose memory is known. The error names the model, and the field and the
// tag or the method that is wrong.
func New(plan *scan.Plan, o Options) (*Repo, error) {
	model := plan.Table.Model
	if err := plan.Table.Check(); err != nil {
		return nil, err
	}
	hooks, err := hooksOf(model)
	if err != nil {
		return nil, err
	}
	r := &Repo{plan: plan, memory: plan.Memory(), table: plan.Table, registry: o.Registry, name: o.Name, db: o.DB,
		hooks:    hooks,
		coalesce: o.Coalesce, tokenKeys: o.TokenKeys}
	if n, ok := reflect.TypeAssert[interface{ ConnectionName() string }](reflect.New(model)); ok && !o.Named {
		r.name = n.ConnectionName()
	}
	if o.Table != "" {
		if r.table, err = plan.Table.WithName(o.Table); err != nil {
			return nil, fmt.Errorf("prom: model %s: table name: %w", model, err)
		}
	}
	r.identities = identitiesOf(r.table)
	for _, key := range o.TokenKeys {
		if len(key) < leastTokenKey {
			return nil, fmt.Errorf("prom: model %s: a key of TokenKey has %d bytes, and needs %d", model, len(key),
				leastTokenKey)
		}
	}
	if r.db != nil {
		r.db.Know(r.table)
	} else {
		r.registry.Know(r.name, r.table)
	}
	return r, nil
}

// On returns the same repo bound to the connection of another name in the same registry.
func (r *Repo) On(name string) *Repo {
	r.registry.Know(name, r.table)
	return r.bindTo(name, nil)
}

// Using returns the same repo bound to a connection itself.
func (r *Repo) Using(db *db.DB) *Repo {
	db.Know(r.table)
	return r.bindTo("", db)
}

func (r *Repo) bindTo(name string, db *db.DB) *Repo {
	return &Repo{plan: r.plan, memory: r.memory, table: r.table, registry: r.registry, name: name, db: db, hooks: r.hooks,
		identities: r.identities, coalesce: r.coalesce, tokenKeys: r.tokenKeys}
}

// owner tells a subquery's connection.
func (r *Repo) owner() *ast.Owner {
	r.own.once.Do(func() {
		r.own.owner = &ast.Owner{DB: func() (any, error) { return r.DB() }}
	})
	return r.own.owner
}

// DB returns the repo's connection. An unknown name is an error that lists the known ones.
func (r *Repo) DB() (*db.DB, error) {
	if r.db != nil {
		return r.db, nil
	}
	if r.registry == nil { // of rows of the zero Projection, by From
		return nil, ErrorOf("query", noTable, errNoProjection)
	}
	return r.registry.Get(r.name)
}

// Table returns the repo's table.
func (r *Repo) Table() *schema.Table { return r.table }

// Plan returns how rows become values of the model.
func (r *Repo) Plan() *scan.Plan { return r.plan }

// Tx runs fn in a transaction of the repo's connection; see [db.DB.Tx].
func (r *Repo) Tx(ctx context.Context, fn func(ctx context.Context) error, options ...db.TxOption) error {
	db, err := r.DB()
	if err != nil {
		return err
	}
	return db.Tx(ctx, fn, options...)
}

// Install creates the table, those that it refers to, and the columns and indexes that are missing.
func (r *Repo) Install(ctx context.Context) error {
	b, err := r.bind()
	if err != nil {
		return err
	}
	if _, err = install.Ensure(ctx, b.db, r.table); err != nil {
		return ErrorOf("install", r.table, err)
	}
	return nil
}

// Drop drops the table with all its rows; it is no error when there is none.
func (r *Repo) Drop(ctx context.Context) error {
	db, err := r.DB()
	if err != nil {
		return err
	}
	if r.table.View {
		return ErrorOf("drop", r.table, errView)
	}
	defer ForgetForms(db)
	return install.Drop(ctx, db, r.table.Name)
}

// Clear deletes all rows of the table, past hooks.
func (r *Repo) Clear(ctx context.Context) error {
	b, err := r.bind()
	if err != nil {
		return err
	}
	c := &call{}
	c.Op, c.Write, c.SQL = "clear", true, "DELETE FROM "+b.db.Dialect().Table(r.table.Name)
	n, err := b.exec(ctx, c)
	b.wroteRows(ctx, "delete", n)
	return err
}

// binding is a repo's connection with what belongs to both.
type binding struct {
	db     *db.DB
	table  *schema.Table
	stmts  *render.Statements
	forms  *tableForms
	marked *db.Mark     // set when the table is known to be complete
	told   atomic.Int32 // see tells
	wide   atomic.Bool  // the table has been compared with the model, see tooNarrow
	plain  syncmap.Map  // whether a unique index is over the columns themselves, by their names; see plainIndex

	nulls   atomic.Pointer[string] // see nullsEqual
	commits db.CommitFuncs         // what is told of writes that have been committed; nil for nothing

	derived bool // the rows are those of other queries, and there is no table
}

// bind returns the binding, anew when the connection of the name has been replaced.
func (r *Repo) bind() (*binding, error) {
	if b := r.bound.Load(); b != nil && !b.db.Replaced() {
		return b, nil
	}
	db, err := r.DB()
	if err != nil {
		return nil, err
	}
	if err := db.CheckTable(r.table); err != nil {
		return nil, err
	}
	b := &binding{db: db, table: r.table, forms: formsOf(db, r.table), stmts: statementsOf(db, r.table, r.derived),
		marked: install.Mark(db, r.table), derived: r.derived, plain: syncmap.New(),
		commits: db.CommitFuncs(r.table.Name)}
	r.bound.Store(b)
	return b, nil
}

// CacheStats returns the figures of the repo's cache of statements.
func (r *Repo) CacheStats() (render.CacheStats, error) {
	b, err := r.bind()
	if err != nil {
		return render.CacheStats{}, err
	}
	return b.stmts.Stats(), nil
}

// DropAll drops all tables and views of a database.
func DropAll(ctx context.Context, db *db.DB) error {
	defer ForgetForms(db)
	return install.DropAll(ctx, db)
}

// ClearAll deletes all rows of the tables that DropAll would drop, and begins to count their keys anew.
func ClearAll(ctx context.Context, db *db.DB) error { return install.ClearAll(ctx, db) }

// Of returns the core of a repo of package prom, which sets it: for packages beside that one.
var Of func(repo any) *Repo

// onPrimary returns a context whose reads go to the primary, for those on which a write depends.
func (r *Repo) onPrimary(ctx context.Context) context.Context {
	if b, err := r.bind(); err == nil && b.db.ReadsReplicas() {
		return db.OnPrimary(ctx)
	}
	return ctx
}
