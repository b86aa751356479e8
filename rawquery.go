package prom

import (
	"context"
	"errors"
	"iter"

	"github.com/prom-go/prom/conn"
	"github.com/prom-go/prom/query"
	"github.com/prom-go/prom/schema"
)

// Source is where raw SQL runs: a [*DB], or a repo for its connection. The statement is part of the transaction that the context
// carries for that connection. Bound to a repo, a statement that finds its table missing, or a column of it, has it installed, as
// every other call on the repo does; bound to a DB it is an error.
type Source interface {
	Tx(ctx context.Context, fn func(ctx context.Context) error, options ...TxOption) error
}

// RawRows is a statement in SQL whose rows are read into values of type R; see [RawQuery]. It is an immutable value and costs
// nothing until it is run, which may be any number of times.
type RawRows[R any] struct {
	source Source
	st     query.RawStatement
	err    error
}

// RawQuery is a statement in SQL of one's own, whose rows become values of R:
//
//   - a model or any other struct: each column goes to the field whose column has its name, as tags and the names of fields say
//     for models. A column without a field is an error that names it, and so is one that stands twice. Fields without a column
//     are left zero. A model that was read with its key counts as loaded: Save writes what has changed since, and never a field
//     that was not read and is zero still. Read without its key it counts as new.
//     A hook AfterLoad is called, whatever was read.
//   - a map[string]any, by the names of the columns, or any for a result of one column. The values are nil, bool, int64, float64,
//     string, []byte, time.Time and time.Duration.
//   - any other type, for a result of one column: int64, string, time.Time, *int, sql.Null, a type with its own Scan, and so on.
//
// NULL in a field or value that does not take it is [ErrType], naming the column.
//
// A question mark stands for each argument on every engine, with the arguments and the quoting of [Raw]; comments of both forms may
// be there. It is one statement. Where nothing tells PostgreSQL the type of an argument, as in SELECT ?, write CAST(? AS bigint).
// The SQL may write and return rows, as by INSERT … RETURNING; what returns no rows is for [RawExec].
//
// The SQL is the program's own text: what comes from outside belongs into arguments.
func RawQuery[R any](source Source, sql string, args ...any) RawRows[R] {
	st, err := query.NewRawStatement(sql, args)
	return RawRows[R]{source: source, st: st, err: err}
}

// RawExec runs a statement in SQL of one's own, with a question mark for each argument as in [RawQuery], and returns how many rows an
// INSERT, UPDATE or DELETE has changed.
func RawExec(ctx context.Context, source Source, sql string, args ...any) (int, error) {
	st, err := query.NewRawStatement(sql, args)
	if err != nil {
		return 0, errorOf(opRawExec, noTable, err)
	}
	b, err := rawBinding(source)
	if err != nil {
		return 0, err
	}
	c := rawCall(b, opRawExec, st)
	c.Write = true
	n, err := b.exec(ctx, c)
	return int(n), err
}

// The names of raw statements in errors.
const (
	opRawQuery = "raw query"
	opRawExec  = "raw exec"
)

// noTable stands for the table of statements that are bound to no repo.
var noTable = &schema.Table{}

// rawBinding returns the binding of a source.
func rawBinding(source Source) (*binding, error) {
	switch s := source.(type) {
	case *DB:
		if s != nil {
			return &binding{db: s, table: noTable, marked: s.Mark(noTable)}, nil
		}
	case interface{ bind() (*binding, error) }:
		return s.bind()
	}
	return nil, errorOf(opRawQuery, noTable, errors.New("raw SQL runs on a *DB or a repo"))
}

func rawCall(b *binding, op string, st query.RawStatement) *call {
	return &call{commits: st.Commits(), settles: !st.Reads(), Statement: conn.Statement{Op: op, SQL: st.SQL(b.db.Dialect()), Args: st.Args(), Raw: true}}
}

// All returns all rows.
func (q RawRows[R]) All(ctx context.Context) ([]R, error) {
	to := &rawList[R]{}
	err := q.read(ctx, to, func(ctx context.Context) error { return loaded(ctx, loadHooks[R](), to.list) })
	if err != nil {
		return nil, err
	}
	return to.list, nil
}

// One returns the first row, or ErrNotFound when there is none. It does not limit what the database does: that is for the SQL.
func (q RawRows[R]) One(ctx context.Context) (R, error) {
	to := &rawOne[R]{}
	err := q.read(ctx, to, func(ctx context.Context) error {
		if !to.found {
			return &Error{Kind: ErrNotFound, Op: opRawQuery}
		}
		return loadedOne(ctx, loadHooks[R](), &to.value)
	})
	if err != nil {
		return *new(R), err
	}
	return to.value, nil
}

// read has the rows read and calls what follows, with whose failure a write has not happened.
func (q RawRows[R]) read(ctx context.Context, to conn.RowReader, follows func(ctx context.Context) error) error {
	b, err := q.bind()
	if err != nil {
		return err
	}
	run := func(ctx context.Context) error {
		c := rawCall(b, opRawQuery, q.st)
		if q.st.Writes() {
			c.Check, c.Undo, c.Kept = &rawLoader[R]{}, true, keptAll
		}
		if err := b.query(ctx, c, to); err != nil {
			return err
		}
		return follows(ctx)
	}
	if q.st.Writes() && loadHooks[R]() != 0 {
		return b.inTx(ctx, run)
	}
	return run(ctx)
}

func (q RawRows[R]) bind() (*binding, error) {
	if q.err != nil {
		return nil, errorOf(opRawQuery, noTable, q.err)
	}
	return rawBinding(q.source)
}

// Stream ranges over the rows as the database sends them, in bounded memory. It holds a connection until the loop ends, with the
// limits of [Query.Stream]. When reading fails the loop gets the error, with a zero value, and ends.
func (q RawRows[R]) Stream(ctx context.Context) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		if err := q.stream(ctx, yield); err != nil && !errors.Is(err, errStopped) {
			yield(*new(R), err)
		}
	}
}

func (q RawRows[R]) stream(ctx context.Context, yield func(R, error) bool) error {
	b, err := q.bind()
	if err != nil {
		return err
	}
	c := rawCall(b, opRawQuery, q.st)
	if q.st.Writes() {
		c.Check = &rawLoader[R]{} // and nothing is undone, since the loop may have used rows
	}
	return streamRows(ctx, b, c, &rawLoader[R]{}, loadHooks[R](), func(v *R, err error) bool { return yield(*v, err) })
}

// SQL returns the statement and its arguments as the engine gets them, without running it.
func (q RawRows[R]) SQL() (sql string, args []any, err error) {
	b, err := q.bind()
	if err != nil {
		return "", nil, err
	}
	args = make([]any, len(q.st.Args()))
	for i, v := range q.st.Args() {
		args[i] = v.Any()
	}
	return q.st.SQL(b.db.Dialect()), args, nil
}
