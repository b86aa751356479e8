package prom

import (
	"context"
	"reflect"
	"unsafe"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/core"
	"github.com/prom-go/prom/internal/scan"
)

// Query selects rows of a repo by conditions, an order, a limit and an offset. A Query never changes: its methods
// return new queries. So it may be stored, shared between goroutines, and extended in different ways. It does no I/O
// until it is run. The methods of a [Repo] return queries; the zero Query cannot be used.
type Query[T any] struct {
	_    [0]func(*T)
	core core.Query
}

func (q *Query[T]) subquery(*T) *ast.Subquery { return q.core.Nest() }

// Where adds conditions. All of them must be true, and all those that the query already has.
func (q *Query[T]) Where(conds ...Cond[*T]) *Query[T] {
	return (*Query[T])(unsafe.Pointer(q.core.Where(condsAt(unsafe.Pointer(&conds)))))
}

// OrderBy adds terms to the end of the order. NULL sorts as greater than every other value on both engines: in
// ascending order NULLs come last.
func (q *Query[T]) OrderBy(orders ...Order[*T]) *Query[T] {
	return (*Query[T])(unsafe.Pointer(q.core.OrderBy(ordersAt(unsafe.Pointer(&orders)))))
}

// Limit limits the query to at most n rows. With 0 it returns no rows. A negative limit is an error when the query
// runs.
func (q *Query[T]) Limit(n int) *Query[T] { return (*Query[T])(unsafe.Pointer(q.core.Limit(n))) }

// Offset skips the first n rows. A negative offset is an error when the query runs.
func (q *Query[T]) Offset(n int) *Query[T] { return (*Query[T])(unsafe.Pointer(q.core.Offset(n))) }

// WithoutWhere permits Update and Delete without a condition, which they refuse otherwise.
func (q *Query[T]) WithoutWhere() *Query[T] {
	return (*Query[T])(unsafe.Pointer(q.core.WithoutWhere()))
}

// Only reads some fields of the rows; the other fields are zero. The key, the version and the time of the soft delete
// are always read, and so are the columns that load the relations of With, such as the column of a reference. The value
// knows which fields were read: Save writes those of them that changed, and refuses to write a field that was not read.
// Reload reads all fields. Only applies to everything that reads rows, but not to writes that return rows.
func (q *Query[T]) Only(fields ...Columner) *Query[T] {
	return (*Query[T])(unsafe.Pointer(q.core.Only(columnersAt(fields))))
}

// Without returns a query that reads all fields of the rows except the given ones, such as large fields that a list
// does not show. The rules are those of [Query.Only]: the key, the version, the time of the soft delete and the columns
// that load the relations of With are always read.
func Without[T any](q *Query[T], fields ...Columner) *Query[T] {
	return (*Query[T])(unsafe.Pointer(q.core.Without(columnersAt(fields))))
}

// Compute fills fields of the rows that have the tag option computed. Such a field is not a column. [Col] pairs the
// field, by its address in the prototype, with the term that computes it. So the one statement that reads the rows can
// also return the number of related rows, or flags for the current user:
//
//	articles.Compute(prom.Col(&article.Likes, articleFans.Count()), prom.Col(&article.LikedByMe, articleFans.Has(userID.Eq(viewer))))
//
// A computed field that the query does not compute is zero. No write stores computed fields, and Reload and Save do not
// change them. Compute applies to All, First, One, Get, Each, Stream, Watch, pages and batches. Calls that read no
// rows, such as Count, Update and Delete, ignore it. Relations compute fields of their rows in the same way; see
// [ManyField.Compute].
func (q *Query[T]) Compute(cols ...Column[*T]) *Query[T] {
	return (*Query[T])(unsafe.Pointer(q.core.Compute(columnsAt(unsafe.Pointer(&cols)))))
}

// All returns the rows.
func (q *Query[T]) All(ctx context.Context) ([]T, error) {
	list, err := q.core.All(ctx)
	return *(*[]T)(unsafe.Pointer(&list)), err
}

// First returns the first row. If there is none, the error is ErrNotFound.
func (q *Query[T]) First(ctx context.Context) (*T, error) {
	v, err := q.core.First(ctx)
	return (*T)(v), err
}

// One returns the only row. No row is [ErrNotFound], and several rows are [ErrTooManyRows].
func (q *Query[T]) One(ctx context.Context) (*T, error) {
	v, err := q.core.One(ctx)
	return (*T)(v), err
}

// Get returns the row with the given key, if it is one of the query's rows. Otherwise the error is ErrNotFound; see
// [Repo.Get].
func (q *Query[T]) Get(ctx context.Context, key ...any) (*T, error) {
	v, err := q.core.Get(ctx, key)
	return (*T)(v), err
}

// Count returns the number of rows. With a limit or an offset, it counts only the rows within them.
func (q *Query[T]) Count(ctx context.Context) (int, error) { return q.core.Count(ctx) }

// Exists reports whether there is a row.
func (q *Query[T]) Exists(ctx context.Context) (bool, error) { return q.core.Exists(ctx) }

// SQL returns the statement of All and its arguments without running it. It needs the connection for its dialect, but
// does not connect.
func (q *Query[T]) SQL() (sql string, args []any, err error) { return q.core.SQL() }

// Update assigns new values to the rows and returns the number of rows. It refuses a query without a condition; see
// WithoutWhere. It sets the model's updated column to the present time and increments its version, unless they are
// assigned. The query must have no order, limit or offset. Update loads no rows, so it calls no hooks, but it checks
// the rules of the assigned fields.
func (q *Query[T]) Update(ctx context.Context, assigns ...Assign[*T]) (int, error) {
	return q.core.Update(ctx, assignsAt(unsafe.Pointer(&assigns)))
}

// UpdateReturning is [Query.Update] that returns the updated rows, in no defined order. If they cannot be read, nothing
// is updated. It loads the relations of With and calls the hook AfterLoad, both in a transaction with the update; their
// errors roll it back.
func UpdateReturning[T any](ctx context.Context, q *Query[T], assigns ...Assign[*T]) ([]T, error) {
	list, err := q.core.UpdateReturning(ctx, assignsAt(unsafe.Pointer(&assigns)))
	return *(*[]T)(unsafe.Pointer(&list)), err
}

// Delete deletes the rows and returns the number of rows. If the model has a field with the tag option deleted, Delete
// soft-deletes those that are not soft-deleted yet. It refuses a query without a condition; see WithoutWhere. The query
// must have no order, limit or offset. Delete loads no rows, so it calls no hooks.
func (q *Query[T]) Delete(ctx context.Context) (int, error) { return q.core.Delete(ctx) }

// DeleteReturning is [Query.Delete] that returns the rows, in no defined order: as they were, or, if they are
// soft-deleted, as they are then stored. Rows that are deleted for good count as new, so that Save inserts them again.
// Like UpdateReturning, it loads relations and calls the hook AfterLoad.
func DeleteReturning[T any](ctx context.Context, q *Query[T]) ([]T, error) {
	list, err := q.core.DeleteReturning(ctx)
	return *(*[]T)(unsafe.Pointer(&list)), err
}

// Claim updates at most n rows, the first ones of the query, in one statement, and returns them as they are after the
// update. Use it to take jobs from a queue. If the assignments remove the rows from the query, each row goes to exactly
// one of any number of concurrent calls. Claim skips rows that another transaction has locked; it does not wait for
// them. It refuses a query without a condition; see WithoutWhere.
//
//	prom.Claim(ctx, jobs.Where(JobState.Eq("new")).OrderBy(JobDue.Asc()), 10, JobState.Set("taken"), JobBy.Set(me))
//
// The rows are in the query's order; on SQLite only as far as columns that the claim does not change determine it. The
// query must have no limit, offset or lock, and the model must have a primary key.
//
// If the rows or the relations of With cannot be read, or a hook AfterLoad fails, Claim takes no rows.
func Claim[T any](ctx context.Context, q *Query[T], n int, assigns ...Assign[*T]) ([]T, error) {
	list, err := q.core.Claim(ctx, n, assignsAt(unsafe.Pointer(&assigns)))
	return *(*[]T)(unsafe.Pointer(&list)), err
}

// LockOption says what a query that locks rows does if another transaction has locked them: [SkipLocked] or [NoWait].
// Without an option the query waits.
type LockOption struct{ wait dialect.LockWait }

// SkipLocked skips the rows that other transactions have locked.
func SkipLocked() LockOption { return LockOption{dialect.SkipLocked} }

// NoWait makes the query fail at once, with [ErrBusy], if another transaction has locked one of the rows.
func NoWait() LockOption { return LockOption{dialect.NoWait} }

// ForUpdate locks the rows that the query reads until the end of the transaction (SELECT … FOR UPDATE): other
// transactions cannot lock, update or delete them, but can read them as they were before. Outside a transaction it is
// an error, and in a read-only transaction ErrReadOnly.
//
// On SQLite, a transaction that may write locks the whole database when it begins, so ForUpdate locks nothing more.
func (q *Query[T]) ForUpdate(options ...LockOption) *Query[T] {
	return (*Query[T])(unsafe.Pointer(q.core.Lock(dialect.LockUpdate, waitOf(options))))
}

// ForNoKeyUpdate locks the rows of q as [Query.ForUpdate] does, but lets other transactions insert rows that refer to
// them. An UPDATE of columns that are not part of a key takes the same lock.
func ForNoKeyUpdate[T any](q *Query[T], options ...LockOption) *Query[T] {
	return (*Query[T])(unsafe.Pointer(q.core.Lock(dialect.LockNoKeyUpdate, waitOf(options))))
}

// ForShare locks the rows of q so that other transactions can lock them FOR SHARE too, but cannot update or delete
// them; see [Query.ForUpdate].
func ForShare[T any](q *Query[T], options ...LockOption) *Query[T] {
	return (*Query[T])(unsafe.Pointer(q.core.Lock(dialect.LockShare, waitOf(options))))
}

// ForKeyShare locks the rows of q so that other transactions can neither delete them nor change their keys; see
// [Query.ForUpdate].
func ForKeyShare[T any](q *Query[T], options ...LockOption) *Query[T] {
	return (*Query[T])(unsafe.Pointer(q.core.Lock(dialect.LockKeyShare, waitOf(options))))
}

// LockOf sets the tables whose rows a query locks (FOR UPDATE OF); otherwise they are its own. A column stands for its
// table: a column of the model for the rows of the query, and [Via] a column for the rows that a reference refers to.
//
//	prom.LockOf(orders.Where(orderID.Eq(7)).ForUpdate(), orderID, prom.Via(orderAccount, accountID)) // both
//	prom.LockOf(orders.Where(orderID.Eq(7)).ForUpdate(), prom.Via(orderAccount, accountID))          // the account alone
//
// Conditions on these rows, and the columns that Via reads from them, have the values of the rows after they have been
// locked. If a reference may be NULL, the query must have the condition that it is not NULL. Soft-deleted rows are
// locked too, but read as if they did not exist.
//
// On SQLite, LockOf locks nothing more than [Query.ForUpdate] does.
func LockOf[T any](q *Query[T], of ...AnyTerm[*T]) *Query[T] {
	return (*Query[T])(unsafe.Pointer(q.core.LockOf(exprsOf(of))))
}

// Union returns a query of the rows of several queries without duplicate rows. Conditions, an order, a limit and an
// offset that are added to the result apply to all its rows; those that a member already has apply to this member. The
// members must not have With, Compute or Only: add these to the result of Union.
func Union[T any](q *Query[T], others ...*Query[T]) *Query[T] {
	return (*Query[T])(unsafe.Pointer((*core.Query)(unsafe.Pointer(q)).Combine(ast.Union,
		queriesAt(unsafe.Pointer(&others)))))
}

// UnionAll returns a query of the rows of several queries, with duplicate rows.
func UnionAll[T any](q *Query[T], others ...*Query[T]) *Query[T] {
	return (*Query[T])(unsafe.Pointer((*core.Query)(unsafe.Pointer(q)).Combine(ast.UnionAll,
		queriesAt(unsafe.Pointer(&others)))))
}

// Intersect returns a query of the rows that are in q and in all others.
func Intersect[T any](q *Query[T], others ...*Query[T]) *Query[T] {
	return (*Query[T])(unsafe.Pointer((*core.Query)(unsafe.Pointer(q)).Combine(ast.Intersect,
		queriesAt(unsafe.Pointer(&others)))))
}

// Except returns a query of the rows of q that are in none of the others.
func Except[T any](q *Query[T], others ...*Query[T]) *Query[T] {
	return (*Query[T])(unsafe.Pointer((*core.Query)(unsafe.Pointer(q)).Combine(ast.Except,
		queriesAt(unsafe.Pointer(&others)))))
}

// LimitBy returns a query of the first n rows, in the order of q, of each group of rows with equal terms: LIMIT n BY in
// some databases, and DISTINCT ON if n is 1. Rows that are equal in the order are in the order of the primary key. NULL
// is equal to NULL.
//
//	newest := prom.LimitBy(posts.OrderBy(postAt.Desc()), 1, postAuthor) // of each author
//
// The rows have the relations, computed fields and columns of q. The conditions that q already has apply before the
// rows are grouped. Conditions, an order, a limit and an offset that are added to the result apply to all its rows;
// without an order they are in no defined order. The result cannot update, delete or lock rows: use it in [InQuery] for
// that.
func LimitBy[T any](q *Query[T], n int, by AnyTerm[*T], more ...AnyTerm[*T]) *Query[T] {
	terms := append([]*ast.Expr{by.anyTerm(nil)}, exprsOf(more)...)
	return (*Query[T])(unsafe.Pointer(q.core.LimitBy(n, terms)))
}

// From returns a query whose rows are the results of a projection. The fields of R are columns, as those of a model
// are: the results can be filtered, ordered, grouped and joined like the rows of a table. R must be a struct, and the
// projection must fill all its columns; prom.Select and prom.Into make such projections.
func From[T, R any](p Projection[T, R]) *Query[R] {
	scan.Know[R]()
	return (*Query[R])(unsafe.Pointer(p.core.From(reflect.TypeFor[R]())))
}
