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

// Repo stores the values of a model, a struct type T, in a table. Repos are made once, usually in package variables,
// and may be embedded in types that add queries of their own. Making one does no I/O: it finds its connection by name,
// and its table is created, when they are first needed. A Repo is safe for concurrent use.
type Repo[T any] struct {
	_    [0]func(*T)
	core *core.Repo
}

// RepoOption changes what a new repo is bound to.
type RepoOption func(*core.Options)

// On binds the repo to the connection of that name. Without it a model's method ConnectionName tells the name, or it is
// "", the default connection.
func On(name string) RepoOption { return func(o *core.Options) { o.Name, o.Named = name, true } }

// Table stores the model under another name than its own. References of other models go by the model's own name, the
// one that its method TableName gives.
func Table(name string) RepoOption { return func(o *core.Options) { o.Table = name } }

// In looks the connection up in a registry other than [Default].
func In(r *Registry) RepoOption { return func(o *core.Options) { o.Registry = (*db.Registry)(r) } }

// Using binds the repo to a connection itself.
func Using(db *DB) RepoOption { return func(o *core.Options) { o.DB = db.in() } }

// NewRepo returns a repo of the model T. It panics when T is no model, one of its tags is wrong, or a method that is
// named like a hook does not look like one, with a message that names the model, and the field and the tag or the
// method; this is meant to show at start-up, in package variables.
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

// On returns the same repo bound to the connection of another name in the same registry.
func (r *Repo[T]) On(name string) *Repo[T] { return &Repo[T]{core: r.core.On(name)} }

// Using returns the same repo bound to a connection itself.
func (r *Repo[T]) Using(db *DB) *Repo[T] { return &Repo[T]{core: r.core.Using(db.in())} }

// DB returns the repo's connection. An unknown name is an error that lists the known ones.
func (r *Repo[T]) DB() (*DB, error) {
	d, err := r.core.DB()
	return (*DB)(d), err
}

// Schema returns the schema of the repo's table, read from the struct. It must not be changed.
func (r *Repo[T]) Schema() *schema.Table { return r.core.Table() }

// Tx runs fn in a transaction of the repo's connection; see [DB.Tx].
func (r *Repo[T]) Tx(ctx context.Context, fn func(ctx context.Context) error, options ...TxOption) error {
	return r.core.Tx(ctx, fn, txOptionsAt(options)...)
}

// Install creates the table, those that it refers to, and the columns and indexes that are missing, as would happen by
// itself when they are first needed. It is idempotent, and safe when many processes do it at once.
func (r *Repo[T]) Install(ctx context.Context) error { return r.core.Install(ctx) }

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

// CacheStats are the figures of the cache of statements that a repo has on a connection: how many shapes of statements
// it keeps, and how often one was found there and not.
type CacheStats struct {
	Shapes       int    // kept now
	Hits, Misses uint64 // since the start
}

// CacheStatsOf returns the figures of a repo's cache of statements, which other repos of the same table on the same
// connection share. It connects to nothing.
func CacheStatsOf(r AnyRepo) (CacheStats, error) {
	stats, err := r.repo().CacheStats()
	return CacheStats(stats), err
}

// AnyRepo is a [Repo] of any model. It is what functions over several repos take, such as [Dump].
type AnyRepo interface {
	Installer

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

// BatchGets lets concurrent calls of Get on the repo share their round trips: while a few are on their way, those
// that come after them wait and are then asked for together, in one statement. It serves programs that get single rows
// from many goroutines, more than the pool has connections. Each caller has its own value and its own error, and hears
// its own context. A Get inside a transaction is never shared, nor is one of a key of several columns, or of a kind
// whose equality is not that of its bytes.
//
// A value that is got in this way is as fresh as one of a Get that began at the same time: a shared statement begins
// after the last of its calls.
func BatchGets() RepoOption { return func(o *core.Options) { o.Coalesce = true } }

// WithBatchGets returns a context with which every Get, on any repo, is one that may share its round trip; see
// [BatchGets].
func WithBatchGets(ctx context.Context) context.Context { return core.WithCoalescing(ctx) }

// TokenError says why a token or a cursor cannot be used. It is the cause of an error of kind [ErrValidation], and safe
// to show.
type TokenError struct {
	Reason string
}

// Error returns the reason.
func (e *TokenError) Error() string { return e.Reason }

// TokenKey makes a repo sign the tokens of its pages and the cursors of its watches with HMAC-SHA256 and that key, of
// 16 random bytes at least, and refuse others. Tokens that were signed with one of the older keys are taken as well, so
// that a key can be replaced. The processes that take each other's tokens need the same key.
//
// Without a key tokens hold a checksum, which tells damage and use with another query. It does not keep anybody from
// making a token: who does chooses where a page begins, as with any other parameter, and no more.
func TokenKey(key []byte, older ...[]byte) RepoOption {
	keys := [][]byte{bytes.Clone(key)}
	for _, k := range older {
		keys = append(keys, bytes.Clone(k))
	}
	return func(o *core.Options) { o.TokenKeys = keys }
}

// UnsafeDrop drops a repo's table with all its rows; it is no error when there is none. A table that others refer to
// is not dropped: the error, of kind [ErrForeignKey], names them. The next call on the repo makes the table again. A
// read-only connection refuses it.
func UnsafeDrop(ctx context.Context, r AnyRepo) error { return r.repo().Drop(ctx) }

// UnsafeClear deletes all rows of a repo's table, soft-deleted ones too, past hooks. Rows that refer to them go or
// are changed, as their references say.
func UnsafeClear(ctx context.Context, r AnyRepo) error { return r.repo().Clear(ctx) }

// UnsafeDropAll drops all tables and views of a database, with all their rows, whoever made them: on PostgreSQL those
// of the schema where new tables go, the first of the search path, without what belongs to extensions. All are dropped
// or none. The next calls on repos make their tables again. A read-only connection refuses it.
func UnsafeDropAll(ctx context.Context, db *DB) error { return core.DropAll(ctx, db.in()) }

// UnsafeClearAll deletes all rows of the tables that [UnsafeDropAll] would drop, and begins to count their keys anew.
func UnsafeClearAll(ctx context.Context, db *DB) error { return core.ClearAll(ctx, db.in()) }
