package prom

import (
	"bytes"
	"context"
	"reflect"

	"github.com/prom-go/prom/internal/core"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Repo stores the values of a model, a struct type T, in a table. Create repos once, usually in package variables. A
// type may embed a Repo and add queries of its own. Creating a Repo does no I/O: prom looks up the connection by its
// name and creates the table when they are first needed. A Repo is safe for concurrent use.
type Repo[T any] struct {
	_    [0]func(*T)
	core *core.Repo
}

// RepoOption is an option of [NewRepo]: it sets the repo's connection, its table or its behavior.
type RepoOption func(*core.Options)

// On binds the repo to the connection with the given name. Without On, the model's method ConnectionName returns the
// name. Without that method the name is "", the default connection.
func On(name string) RepoOption { return func(o *core.Options) { o.Name, o.Named = name, true } }

// Table stores the model in a table of another name. References of other models still use the name that the model's
// method TableName returns, or its default name.
func Table(name string) RepoOption { return func(o *core.Options) { o.Table = name } }

// In looks up the connection in another registry than [Default].
func In(r *Registry) RepoOption { return func(o *core.Options) { o.Registry = (*db.Registry)(r) } }

// Using binds the repo to the given connection.
func Using(db *DB) RepoOption { return func(o *core.Options) { o.DB = db.in() } }

// NewRepo returns a repo of the model T. It panics if T is not a model, if one of its tags is wrong, or if a method has
// the name of a hook but not its signature. The message names the model, and the field and the tag, or the method. Call
// NewRepo in package variables, so that such mistakes show when the program starts.
func NewRepo[T any](options ...RepoOption) *Repo[T] {
	scan.Know[T]()
	return &Repo[T]{core: newRepo(reflect.TypeFor[T](), options)}
}

func newRepo(model reflect.Type, options []RepoOption) *core.Repo {
	o := core.Options{Registry: (*db.Registry)(Default)}
	for _, option := range options {
		option(&o)
	}
	plan, err := scan.For(model)
	if err != nil {
		panic(err)
	}
	r, err := core.New(plan, o)
	if err != nil {
		panic(err)
	}
	return r
}

// On returns a copy of the repo that uses the connection with the given name, from the same registry.
func (r *Repo[T]) On(name string) *Repo[T] { return &Repo[T]{core: r.core.On(name)} }

// Using returns a copy of the repo that uses the given connection.
func (r *Repo[T]) Using(db *DB) *Repo[T] { return &Repo[T]{core: r.core.Using(db.in())} }

// DB returns the repo's connection. If the name is unknown, DB returns an error that lists the known names.
func (r *Repo[T]) DB() (*DB, error) {
	d, err := r.core.DB()
	return (*DB)(d), err
}

// Schema returns the schema of the repo's table, as the struct declares it. Do not change it.
func (r *Repo[T]) Schema() *schema.Table { return r.core.Table() }

// Tx runs fn in a transaction of the repo's connection; see [DB.Tx].
func (r *Repo[T]) Tx(ctx context.Context, fn func(ctx context.Context) error, options ...TxOption) error {
	return r.core.Tx(ctx, fn, txOptionsAt(options)...)
}

// Install creates the table, the tables that it refers to, and missing columns and indexes. Without Install, prom
// creates tables and columns when a statement first needs them. Install is idempotent, and many processes may call it
// at the same time.
func (r *Repo[T]) Install(ctx context.Context) error { return r.core.Install(ctx) }

// Install installs the tables of several repos; see [Repo.Install].
func Install(ctx context.Context, repos ...AnyRepo) error {
	for _, r := range repos {
		if err := r.Install(ctx); err != nil {
			return err
		}
	}
	return nil
}

// CacheStats are statistics of the statement cache that a repo has on a connection: the number of cached statement
// shapes, and the numbers of cache hits and misses.
type CacheStats struct {
	Shapes       int    // in the cache now
	Hits, Misses uint64 // since the program started
}

// CacheStatsOf returns the statistics of a repo's statement cache. Repos of the same table on the same connection share
// one cache. CacheStatsOf does not connect.
func CacheStatsOf(r AnyRepo) (CacheStats, error) {
	stats, err := r.repo().CacheStats()
	return CacheStats(stats), err
}

// AnyRepo is a [Repo] of any model. Functions that take repos of several models, such as [Dump], have it as the type of
// their arguments.
type AnyRepo interface {
	// Install creates the repo's table, and what is missing of it; see [Repo.Install].
	Install(ctx context.Context) error
	// Schema returns the schema of the repo's table.
	Schema() *schema.Table
	// DB returns the repo's connection.
	DB() (*DB, error)

	repo() *core.Repo
}

func (r *Repo[T]) repo() *core.Repo { return r.core }

func coresOf(repos []AnyRepo) []*core.Repo {
	list := make([]*core.Repo, len(repos))
	for i, r := range repos {
		list[i] = r.repo()
	}
	return list
}

func init() {
	core.Of = func(repo any) *core.Repo { return repo.(AnyRepo).repo() }
	core.ErrToken = &TokenError{"the token is damaged, or was made for another query"}
}

// BatchGets lets concurrent calls of Get on the repo share round trips (request coalescing). While a few calls are in
// flight, later calls wait, and one statement then reads the rows for all of them. It is for programs that read single
// rows in many goroutines, in more of them than the pool has connections. Each caller gets a value and an error of its
// own, and is canceled with its own context. Some calls are never shared: a Get inside a transaction, a Get by a
// composite key, and a Get by a key of a kind whose equality is not the equality of its bytes.
//
// The value is as fresh as the value of a separate Get that starts at the same time: a shared statement starts after
// the last of its calls.
func BatchGets() RepoOption { return func(o *core.Options) { o.Coalesce = true } }

// WithBatchGets returns a context with which every Get, on any repo, may share its round trip; see [BatchGets].
func WithBatchGets(ctx context.Context) context.Context { return core.WithCoalescing(ctx) }

// TokenError is the reason why a page token or a cursor cannot be used. It is the cause of an error of kind
// [ErrValidation]. Its text may be shown to users.
type TokenError struct {
	Reason string // what is wrong with the token, for people; without its content
}

// Error returns the reason.
func (e *TokenError) Error() string { return e.Reason }

// TokenKey makes the repo sign its page tokens and its watch cursors with HMAC-SHA256 and the given key, which must
// have at least 16 random bytes. The repo refuses tokens with another signature. It also accepts tokens that were
// signed with one of the older keys, so that a key can be replaced. Processes that accept each other's tokens need the
// same key.
//
// Without a key, a token has a checksum. The checksum detects damage and use with another query, but it does not stop
// anybody from making a token. Such a token can only choose where a page begins, as any other parameter could.
func TokenKey(key []byte, older ...[]byte) RepoOption {
	keys := [][]byte{bytes.Clone(key)}
	for _, k := range older {
		keys = append(keys, bytes.Clone(k))
	}
	return func(o *core.Options) { o.TokenKeys = keys }
}

// UnsafeDrop drops the table of a repo with all its rows. A missing table is not an error. UnsafeDrop does not drop a
// table that other tables refer to: it returns an error of kind [ErrForeignKey] that names them. The next call on the
// repo creates the table again. A read-only connection refuses UnsafeDrop.
func UnsafeDrop(ctx context.Context, r AnyRepo) error { return r.repo().Drop(ctx) }

// UnsafeClear deletes all rows of a repo's table, soft-deleted rows too, without hooks. Rows that refer to them are
// deleted or updated, as their references declare.
func UnsafeClear(ctx context.Context, r AnyRepo) error { return r.repo().Clear(ctx) }

// UnsafeDropAll drops all tables and views of a database with all their rows, including those that prom did not create.
// On PostgreSQL these are the tables and views of the schema in which new tables are created (the first one of
// search_path), except those that belong to extensions. UnsafeDropAll drops all of them or none. The next calls on
// repos create their tables again. A read-only connection refuses UnsafeDropAll.
func UnsafeDropAll(ctx context.Context, db *DB) error { return core.DropAll(ctx, db.in()) }

// UnsafeClearAll deletes all rows of the tables that [UnsafeDropAll] would drop, and restarts their generated keys.
func UnsafeClearAll(ctx context.Context, db *DB) error { return core.ClearAll(ctx, db.in()) }
