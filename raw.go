package prom

import (
	"context"
	"iter"
	"unsafe"

	"github.com/prom-go/prom/internal/core"
	"github.com/prom-go/prom/internal/scan"
)

// Source is a connection for raw SQL: a [*DB], or a repo, which stands for its connection. If the context carries a
// transaction of that connection, the statement is part of it. With a repo, a statement that finds the repo's table or
// one of its columns missing creates it and runs again, as every other call on the repo does. With a DB that is an
// error.
type Source interface {
	// Tx runs fn in a transaction of the connection; see [DB.Tx].
	Tx(ctx context.Context, fn func(ctx context.Context) error, options ...TxOption) error
}

// RawRows is a statement in SQL whose rows are read into values of type R; see [RawQuery]. The results are values, also
// if R is a model, whereas a [Query] returns pointers to rows. It is immutable, does no I/O until it is run, and may be
// run any number of times.
type RawRows[R any] struct {
	_    [0]func(*R)
	core core.RawRows
}

// RawQuery returns a statement in SQL whose rows are read into values of R. R is one of these:
//
//   - A model or any other struct. Each column is read into the field whose column has this name, by the rules of tags
//     and field names of models. A column without a field, or one that appears twice, is an error that names it.
//     Fields without a column are zero. A model that is read with its key counts as loaded: Save writes the fields that
//     changed since, but never a field that was not read and is still zero. Without its key it counts as new. The hook
//     AfterLoad is called in both cases.
//   - A map[string]any by the names of the columns, or any for one column. The values have the types nil, bool, int64,
//     float64, string, []byte, time.Time and time.Duration.
//   - Any other type, for one column: int64, string, time.Time, *int, sql.Null, a type with a method Scan, and so on.
//
// NULL in a field or value that cannot hold it is [ErrType], and the error names the column.
//
// A question mark stands for each argument on both engines, with the arguments and the quoting of [Raw]. $1, $2 and so
// on stand for the argument with that number, so the result of [Query.SQL] can be run. Comments of both forms are
// allowed. The SQL is one statement. If PostgreSQL cannot determine the type of an argument, as in SELECT ?, write
// CAST(? AS bigint). The SQL may write and return rows, as INSERT … RETURNING does; for statements that return no rows
// use [RawExec].
//
// Never put external input into the SQL: pass it as arguments.
func RawQuery[R any](source Source, sql string, args ...any) RawRows[R] {
	return RawRows[R]{core: core.RawQuery(sourceOf(source), scan.Know[R](), sql, args)}
}

// RawExec runs a statement in SQL, with a question mark for each argument as in [RawQuery], and returns the number of
// rows that an INSERT, UPDATE or DELETE changed.
func RawExec(ctx context.Context, source Source, sql string, args ...any) (int, error) {
	return core.RawExec(ctx, sourceOf(source), sql, args)
}

// sourceOf returns a source as the core has it.
func sourceOf(source Source) core.Source {
	switch s := source.(type) {
	case *DB:
		return core.Source{DB: s.in()}
	case interface{ repo() *core.Repo }:
		return core.Source{Repo: s.repo()}
	}
	return core.Source{}
}

// All returns all rows.
func (q RawRows[R]) All(ctx context.Context) ([]R, error) {
	list, err := q.core.All(ctx)
	return *(*[]R)(unsafe.Pointer(&list)), err
}

// First returns the first row. If there is none, the error is ErrNotFound. First adds no LIMIT to the SQL.
func (q RawRows[R]) First(ctx context.Context) (R, error) { return valueOf[R](q.core.One(ctx)) }

// Stream ranges over the rows as the database sends them, in bounded memory. It holds a connection until the loop ends,
// and has the limits of [Query.Stream]. If reading fails, the loop gets the error with a zero value, and ends.
func (q RawRows[R]) Stream(ctx context.Context) iter.Seq2[R, error] {
	return valuesOf[R](q.core.Stream(ctx))
}

// SQL returns the statement and its arguments as they are sent to the database, without running it.
func (q RawRows[R]) SQL() (sql string, args []any, err error) { return q.core.SQL() }
