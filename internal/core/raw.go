package core

import (
	"context"
	"errors"
	"reflect"
	"unsafe"

	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/render"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/internal/syncmap"
	"github.com/prom-go/prom/schema"
)

// Source is where raw SQL runs: a connection, or a repo for its own. The zero Source is none.
type Source struct {
	DB   *db.DB
	Repo *Repo
}

// The names of raw statements in errors.
const (
	opRawQuery = "raw query"
	opRawExec  = "raw exec"
)

// noTable stands for the table of statements that are bound to no repo.
var noTable = &schema.Table{}

// bind returns the binding of a source.
func (s Source) bind() (*binding, error) {
	switch {
	case s.DB != nil:
		return &binding{db: s.DB, table: noTable, marked: s.DB.Mark(noTable), plain: syncmap.New()}, nil
	case s.Repo != nil:
		return s.Repo.bind()
	}
	return nil, ErrorOf(opRawQuery, noTable, errors.New("raw SQL runs on a *DB or a repo"))
}

// RawExec runs a statement in SQL and returns how many rows it has changed.
func RawExec(ctx context.Context, source Source, sql string, args []any) (int, error) {
	st, err := render.NewRawStatement(sql, args)
	if err != nil {
		return 0, ErrorOf(opRawExec, noTable, err)
	}
	b, err := source.bind()
	if err != nil {
		return 0, err
	}
	c := rawCall(b, opRawExec, st)
	c.Write = true
	n, err := b.exec(ctx, c)
	return int(n), err
}

func rawCall(b *binding, op string, st render.RawStatement) *call {
	c := &call{settles: !st.Reads(), Statement: driver.Statement{Op: op, SQL: st.SQL(b.db.Dialect()), Args: st.Args(),
		Raw: true}}
	if st.Commits() {
		c.again = rerunUnsent
	}
	return c
}

// RawRows is a statement in SQL whose rows are read into values of a type.
type RawRows struct {
	source Source
	memory *scan.Memory // of the values
	st     render.RawStatement
	err    error
}

// RawQuery returns a statement in SQL whose rows are read into values of a memory's type.
func RawQuery(source Source, memory *scan.Memory, sql string, args []any) RawRows {
	st, err := render.NewRawStatement(sql, args)
	return RawRows{source: source, memory: memory, st: st, err: err}
}

// All returns all rows.
func (q RawRows) All(ctx context.Context) (scan.List, error) {
	to := &rawList{memory: q.memory}
	err := q.read(ctx, to, func(ctx context.Context) error { return q.loaded(ctx, to.list) })
	if err != nil {
		return scan.List{}, err
	}
	return to.list, nil
}

// One returns the first row, or ErrNotFound when there is none.
func (q RawRows) One(ctx context.Context) (unsafe.Pointer, error) {
	to := &rawOne{memory: q.memory}
	err := q.read(ctx, to, func(ctx context.Context) error {
		if to.value == nil {
			return &driver.Error{Kind: driver.KindNotFound, Op: opRawQuery}
		}
		return q.loaded(ctx, scan.One(to.value))
	})
	if err != nil {
		return nil, err
	}
	return to.value, nil
}

// hooked reports whether the values have a hook AfterLoad: they need not be a model's.
func (q RawRows) hooked() bool {
	return reflect.PointerTo(q.memory.Type).Implements(reflect.TypeFor[afterLoader]())
}

// loaded calls the hook AfterLoad of values, if they have it.
func (q RawRows) loaded(ctx context.Context, list scan.List) error {
	if !q.hooked() {
		return nil
	}
	for i := range list.Len {
		if err := afterLoad.call(ctx, q.memory.Pointer(q.memory.At(list, i))); err != nil {
			return err
		}
	}
	return nil
}

// read has the rows read and calls what follows, with whose failure a write has not happened.
func (q RawRows) read(ctx context.Context, to driver.RowReader, follows func(ctx context.Context) error) error {
	b, err := q.bind()
	if err != nil {
		return err
	}
	run := func(ctx context.Context) error {
		c := rawCall(b, opRawQuery, q.st)
		if q.st.Writes() {
			c.Check, c.Undo, c.Kept = &rawLoader{memory: q.memory}, true, keptAll
		}
		if err := b.query(ctx, c, to); err != nil {
			return err
		}
		return follows(ctx)
	}
	if q.st.Writes() && q.hooked() {
		return b.inTx(ctx, run)
	}
	return run(ctx)
}

func (q RawRows) bind() (*binding, error) {
	if q.err != nil {
		return nil, ErrorOf(opRawQuery, noTable, q.err)
	}
	return q.source.bind()
}

// Stream ranges over the rows as the database sends them. Each is at the same place, and is to be copied from there.
func (q RawRows) Stream(ctx context.Context) Rows {
	return func(yield func(unsafe.Pointer, error) bool) {
		if err := q.stream(ctx, yield); err != nil && !errors.Is(err, errStopped) {
			yield(nil, err)
		}
	}
}

func (q RawRows) stream(ctx context.Context, yield func(unsafe.Pointer, error) bool) error {
	b, err := q.bind()
	if err != nil {
		return err
	}
	c := rawCall(b, opRawQuery, q.st)
	if q.st.Writes() {
		c.Check = &rawLoader{memory: q.memory} // and nothing is undone, since the loop may have used rows
	}
	s := &streamer{memory: q.memory, loader: &rawLoader{memory: q.memory}, yield: yield, single: true}
	if q.hooked() {
		s.hook = func(v unsafe.Pointer) error { return afterLoad.call(ctx, q.memory.Pointer(v)) }
	}
	return s.run(ctx, b, c)
}

// SQL returns the statement and its arguments as the engine gets them, without running it.
func (q RawRows) SQL() (sql string, args []any, err error) {
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
