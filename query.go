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

// Query is a question about the rows of a repo: conditions, an order and a page. It never changes: its methods return
// new queries, so one may be kept, shared by goroutines and built upon in different ways. It costs nothing until it is
// run. Queries are made by the methods of a [Repo]; the zero Query is of no use.
type Query[T any] struct {
	_    [0]func(*T)
	core core.Query
}

func (q *Query[T]) subquery(*T) *ast.Subquery { return q.core.Nest() }

// Where adds conditions: all of them must hold, and those that the query has already.
func (q *Query[T]) Where(conds ...Cond[*T]) *Query[T] {
	return (*Query[T])(unsafe.Pointer(q.core.Where(condsAt(unsafe.Pointer(&conds)))))
}

// OrderBy adds terms to the order, behind those that the query has already. NULLs count as greater than every value on
// every engine: ascending they come last.
func (q *Query[T]) OrderBy(orders ...Order[*T]) *Query[T] {
	return (*Query[T])(unsafe.Pointer(q.core.OrderBy(ordersAt(unsafe.Pointer(&orders)))))
}

// Limit takes at most n rows; of 0 there are none. A negative limit is an error when the query runs.
func (q *Query[T]) Limit(n int) *Query[T] { return (*Query[T])(unsafe.Pointer(q.core.Limit(n))) }

// Offset leaves the first n rows out. A negative offset is an error when the query runs.
func (q *Query[T]) Offset(n int) *Query[T] { return (*Query[T])(unsafe.Pointer(q.core.Offset(n))) }

// WithoutWhere lets Update and Delete go without a condition, which they refuse otherwise.
func (q *Query[T]) WithoutWhere() *Query[T] {
	return (*Query[T])(unsafe.Pointer(q.core.WithoutWhere()))
}

// Only reads some fields of the rows, and the key, the version and the time of the soft delete; the others are zero. A
// value that was read so knows it: Save writes the fields that were read and changed, and refuses to write one that was
// not. Reload reads the rest. What relations that are asked for With the rows are loaded by, such as the column of a
// reference, is read as well. It is for all that reads rows, and not for writes that return them.
func (q *Query[T]) Only(fields ...Columner) *Query[T] {
	return (*Query[T])(unsafe.Pointer(q.core.Only(columnersAt(fields))))
}

// Without returns q that reads all fields of the rows but some, such as large ones that a list does not show: what
// [Query.Only] says of the others. The key, the version and the time of the soft delete are always read, and so is what
// relations that are asked for With the rows are loaded by.
func Without[T any](q *Query[T], fields ...Columner) *Query[T] {
	return (*Query[T])(unsafe.Pointer(q.core.Without(columnersAt(fields))))
}

// Compute fills fields of the rows that have the tag option computed and are no columns: each by a term, which [Col]
// puts into the field's place in the prototype. So lists carry counts of relations and flags for who looks, in the one
// statement that reads the rows:
//
//	articles.Compute(prom.Col(&article.Likes, articleFans.Count()), prom.Col(&article.LikedByMe, articleFans.Has(userID.Eq(viewer))))
//
// Fields that a query does not compute stay zero, no write stores them, and Reload and Save leave them as they are. It
// is for All, First, One, Get, Each, Stream, Watch, pages and batches; what reads no rows, such as Count, Update and
// Delete, goes without. Relations compute fields of their rows in the same way; see [ManyField.Compute].
func (q *Query[T]) Compute(cols ...Column[*T]) *Query[T] {
	return (*Query[T])(unsafe.Pointer(q.core.Compute(columnsAt(unsafe.Pointer(&cols)))))
}

// All returns the rows.
func (q *Query[T]) All(ctx context.Context) ([]T, error) {
	list, err := q.core.All(ctx)
	return *(*[]T)(unsafe.Pointer(&list)), err
}

// First returns the first row, or ErrNotFound when there is none.
func (q *Query[T]) First(ctx context.Context) (*T, error) {
	v, err := q.core.First(ctx)
	return (*T)(v), err
}

// One returns the one row that there is. None is [ErrNotFound], and several are [ErrTooManyRows].
func (q *Query[T]) One(ctx context.Context) (*T, error) {
	v, err := q.core.One(ctx)
	return (*T)(v), err
}

// Get returns the row with that key, if it is one of the query's rows, or ErrNotFound; see [Repo.Get].
func (q *Query[T]) Get(ctx context.Context, key ...any) (*T, error) {
	v, err := q.core.Get(ctx, key)
	return (*T)(v), err
}

// Count returns the number of rows, of its page if the query has a limit or an offset.
func (q *Query[T]) Count(ctx context.Context) (int, error) { return q.core.Count(ctx) }

// Exists reports whether there is a row.
func (q *Query[T]) Exists(ctx context.Context) (bool, error) { return q.core.Exists(ctx) }

// SQL returns the statement of All and its arguments without running it. It needs to know the connection, for its
// dialect, and does not connect.
func (q *Query[T]) SQL() (sql string, args []any, err error) { return q.core.SQL() }

// Update assigns new values to the rows and returns how many they were. Without a condition it is refused; see
// WithoutWhere. The model's updated column is set to the present time, and its version incremented, unless they are
// assigned. It takes no order, limit or offset. It works on rows and loads none: hooks of the model are not called, but
// the rules of the assigned fields hold.
func (q *Query[T]) Update(ctx context.Context, assigns ...Assign[*T]) (int, error) {
	return q.core.Update(ctx, assignsAt(unsafe.Pointer(&assigns)))
}

// UpdateReturning is [Query.Update] that returns the rows as they are stored then, in no certain order. When they
// cannot be read nothing has been updated. What is asked for With them is loaded, and of the model's hooks AfterLoad is
// called, both in a transaction with the update, which their errors undo.
func UpdateReturning[T any](ctx context.Context, q *Query[T], assigns ...Assign[*T]) ([]T, error) {
	list, err := q.core.UpdateReturning(ctx, assignsAt(unsafe.Pointer(&assigns)))
	return *(*[]T)(unsafe.Pointer(&list)), err
}

// Delete deletes the rows and returns how many they were. Those of a model with a field that has the tag option deleted
// are marked instead, if they are not yet. Without a condition it is refused; see WithoutWhere. It takes no order,
// limit or offset. It works on rows and loads none: hooks of the model are not called.
func (q *Query[T]) Delete(ctx context.Context) (int, error) { return q.core.Delete(ctx) }

// DeleteReturning is [Query.Delete] that returns the rows, in no certain order: as they were, and, if they are marked
// instead, as they are stored then. Rows that are gone for good count as new, so that Save inserts them again.
// Relations are loaded, and the hook AfterLoad is called, as by UpdateReturning.
func DeleteReturning[T any](ctx context.Context, q *Query[T]) ([]T, error) {
	list, err := q.core.DeleteReturning(ctx)
	return *(*[]T)(unsafe.Pointer(&list)), err
}

// Claim takes the first n rows of the query, or as many as there are, by updating them in one statement: the way to
// take jobs from a queue. However many claim at once, each row goes to one of them, if the assignments take it out of
// the query's rows. A row that another transaction has locked is passed over, not waited for. Claim returns the rows as
// they are then. Without a condition it is refused; see WithoutWhere.
//
//	prom.Claim(ctx, jobs.Where(JobState.Eq("new")).OrderBy(JobDue.Asc()), 10, JobState.Set("taken"), JobBy.Set(me))
//
// The rows come in the query's order, on SQLite as far as columns that the claim does not change tell it, and in no
// order behind that. The query takes no limit, offset or lock, and the model must have a primary key.
//
// When the rows cannot be read, or what is asked for With them, or a hook AfterLoad fails, none has been taken.
func Claim[T any](ctx context.Context, q *Query[T], n int, assigns ...Assign[*T]) ([]T, error) {
	list, err := q.core.Claim(ctx, n, assignsAt(unsafe.Pointer(&assigns)))
	return *(*[]T)(unsafe.Pointer(&list)), err
}

// LockOption says what a query that locks rows does about those that others have locked. Without one it waits for them.
type LockOption struct{ wait dialect.LockWait }

// SkipLocked leaves the rows out that others have locked.
func SkipLocked() LockOption { return LockOption{dialect.SkipLocked} }

// NoWait fails at once, with [ErrBusy], when others have locked a row.
func NoWait() LockOption { return LockOption{dialect.NoWait} }

// ForUpdate locks the rows that are read until the end of the transaction: nobody else can lock, update or delete them
// meanwhile, and others read them as they were. It belongs to a transaction; outside it is an error, and in a read-only
// one ErrReadOnly.
//
// On SQLite a transaction that may write has locked the whole database when it began, so there is nothing more to lock.
func (q *Query[T]) ForUpdate(options ...LockOption) *Query[T] {
	return (*Query[T])(unsafe.Pointer(q.core.Lock(dialect.LockUpdate, waitOf(options))))
}

// ForNoKeyUpdate locks the rows of q as [Query.ForUpdate] does, but lets others insert rows that refer to them. It is
// the lock that an update of columns takes which are not part of a key.
func ForNoKeyUpdate[T any](q *Query[T], options ...LockOption) *Query[T] {
	return (*Query[T])(unsafe.Pointer(q.core.Lock(dialect.LockNoKeyUpdate, waitOf(options))))
}

// ForShare locks the rows of q so that others can lock them in the same way, but not update or delete them; see
// [Query.ForUpdate].
func ForShare[T any](q *Query[T], options ...LockOption) *Query[T] {
	return (*Query[T])(unsafe.Pointer(q.core.Lock(dialect.LockShare, waitOf(options))))
}

// ForKeyShare locks the rows of q so that others can neither delete them nor change their keys; see [Query.ForUpdate].
func ForKeyShare[T any](q *Query[T], options ...LockOption) *Query[T] {
	return (*Query[T])(unsafe.Pointer(q.core.Lock(dialect.LockKeyShare, waitOf(options))))
}

// LockOf says whose rows a query locks, which are its own otherwise: FOR UPDATE OF. A column stands for the rows of its
// table: one of the model for the rows of the query, and [Via] one for the rows that a reference leads to.
//
//	prom.LockOf(orders.Where(orderID.Eq(7)).ForUpdate(), orderID, prom.Via(orderAccount, accountID)) // both
//	prom.LockOf(orders.Where(orderID.Eq(7)).ForUpdate(), prom.Via(orderAccount, accountID))          // the account alone
//
// Conditions on these rows, and what is read of them by Via, are as they are once they have been locked. Where a
// reference may be NULL the query must have the condition that it is not. Soft-deleted rows are locked, too, and read
// as if they were not there.
//
// On SQLite it locks nothing more than [Query.ForUpdate] does.
func LockOf[T any](q *Query[T], of ...AnyTerm[*T]) *Query[T] {
	return (*Query[T])(unsafe.Pointer(q.core.LockOf(exprsOf(of))))
}

// Union returns the query of the rows of several queries, equal rows once. Conditions, an order and a page that are
// added to it are about all of them; those that a member has already are its own. A member has none of With, Compute
// and Only, which are for what Union returns.
func Union[T any](q *Query[T], others ...*Query[T]) *Query[T] {
	return (*Query[T])(unsafe.Pointer((*core.Query)(unsafe.Pointer(q)).Combine(ast.Union,
		queriesAt(unsafe.Pointer(&others)))))
}

// UnionAll returns the query of the rows of several queries, as often as they come.
func UnionAll[T any](q *Query[T], others ...*Query[T]) *Query[T] {
	return (*Query[T])(unsafe.Pointer((*core.Query)(unsafe.Pointer(q)).Combine(ast.UnionAll,
		queriesAt(unsafe.Pointer(&others)))))
}

// Intersect returns the query of the rows that q and all others have.
func Intersect[T any](q *Query[T], others ...*Query[T]) *Query[T] {
	return (*Query[T])(unsafe.Pointer((*core.Query)(unsafe.Pointer(q)).Combine(ast.Intersect,
		queriesAt(unsafe.Pointer(&others)))))
}

// Except returns the query of the rows of q that none of the others has.
func Except[T any](q *Query[T], others ...*Query[T]) *Query[T] {
	return (*Query[T])(unsafe.Pointer((*core.Query)(unsafe.Pointer(q)).Combine(ast.Except,
		queriesAt(unsafe.Pointer(&others)))))
}

// LimitBy returns the query of the first n rows of q, in its order, of each group of rows in which the terms are equal:
// LIMIT n BY, as some engines call it, or DISTINCT ON when n is 1. Rows that the order leaves equal come in that of the
// primary key, and NULL is equal to NULL.
//
//	newest := prom.LimitBy(posts.OrderBy(postAt.Desc()), 1, postAuthor) // of each author
//
// The rows are values of the model, with the relations, computed fields and columns that q asks for. Conditions, an
// order and a page that are added to the result are about all of its rows, which come in no certain order without one;
// those that q has already say which rows the groups are made of. Nothing is updated, deleted or locked through it:
// give it to [InQuery] for that.
func LimitBy[T any](q *Query[T], n int, by AnyTerm[*T], more ...AnyTerm[*T]) *Query[T] {
	terms := append([]*ast.Expr{by.anyTerm(nil)}, exprsOf(more)...)
	return (*Query[T])(unsafe.Pointer(q.core.LimitBy(n, terms)))
}

// From returns a query of the results of a projection, whose fields are columns as those of a model are: its results
// can be filtered, ordered, grouped and joined as rows of a table can. R must be a struct, all of whose columns the
// projection fills; prom.Select and prom.Into make such.
func From[T, R any](p Projection[T, R]) *Query[R] {
	scan.Know[R]()
	return (*Query[R])(unsafe.Pointer(p.core.From(reflect.TypeFor[R]())))
}
