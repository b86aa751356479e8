package postgres

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/prom-go/prom/dialect/postgres"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/schema"
)

// resultCheck is what is known of a prepared statement whose rows are read by a ResultChecker.
type resultCheck struct {
	by    any    // see ResultChecker; nil before the check
	plain bool   // the table stores what it is given
	risky uint64 // the columns of which some values cannot be read
}

// check refuses a statement whose result cannot be read, and reports whether it must be run so that it can be undone:
// whether one of the values in its rows may be such that it cannot be read.
func (s *session) check(ctx context.Context, c *pgx.Conn, p *pgPrepared, st *driver.Statement) (undo bool, err error) {
	if st.Check == nil {
		return false, nil
	}
	if by := st.Check.ReadBy(); p.check.by != by {
		r := &resultTypes{pgRows: pgRows{fields: p.Fields, raw: make([][]byte, len(p.Fields))}, formats: p.formats}
		check := resultCheck{by: by}
		if st.Undo {
			if check.plain, r.notNull, err = tableFacts(ctx, c, p.Fields); err != nil {
				return false, err
			}
		}
		if check.risky, err = st.Check.CheckResult(r); err != nil {
			s.forget(p) // the types may be those of a table that has changed since
			return false, &driver.Error{Kind: driver.KindType, Detail: err.Error(), Err: err}
		}
		p.check = check
	}
	return st.Undo && (!p.check.plain || p.check.risky&st.Kept != 0), nil
}

// tableFacts asks whether the table of a result stores what it is given, and for the numbers of its columns that hold
// no NULL.
func tableFacts(ctx context.Context, c *pgx.Conn, fields []pgconn.FieldDescription) (plain bool,
	notNull map[uint16]bool, err error) {
	var table uint32
	for _, f := range fields {
		if f.TableOID != 0 {
			table = f.TableOID
			break
		}
	}
	if table == 0 {
		return false, nil, nil
	}
	arg := strconv.FormatUint(uint64(table), 10)
	r := c.PgConn().ExecParams(ctx, postgres.TableFacts, [][]byte{[]byte(arg)}, nil, nil, nil).Read()
	if r.Err != nil || len(r.Rows) != 1 || len(r.Rows[0]) != 2 {
		return false, nil, r.Err
	}
	notNull = map[uint16]bool{}
	for n := range strings.FieldsSeq(string(r.Rows[0][1])) {
		if i, err := strconv.ParseUint(n, 10, 16); err == nil {
			notNull[uint16(i)] = true
		}
	}
	return string(r.Rows[0][0]) == "t", notNull, nil
}

// runChecked runs a statement that has its result checked.
func (e *engine) runChecked(ctx context.Context, c *pgxpool.Conn, st *driver.Statement) (*pgRows, error) {
	undo := st.Undo && !(st.Kept == 0 && e.seen.has(st))
	if e.direct {
		s := sessionOf(c.Conn())
		p, err := s.prepareFor(ctx, c.Conn(), st, st.SQL)
		if err == nil {
			undo, err = s.check(ctx, c.Conn(), p, st)
		}
		if err != nil {
			return nil, err
		}
		if !undo {
			return s.send(ctx, c.Conn(), c, p, st)
		}
	} else if !undo {
		return e.queryByPgx(ctx, c, st)
	}
	return e.runUndoable(ctx, c, st)
}

// runUndoable runs a statement in a transaction that the end of its rows commits, unless they are refused.
func (e *engine) runUndoable(ctx context.Context, c *pgxpool.Conn, st *driver.Statement) (*pgRows, error) {
	tx, err := c.Begin(ctx)
	if err != nil {
		return nil, err
	}
	t := &pgTx{tx: tx, settings: e.settings}
	undo := func() {
		ctx, cancel := driver.Settling(ctx)
		defer cancel()
		_ = t.Rollback(ctx)
	}
	rows, err := t.plain(ctx, st)
	if err != nil {
		undo()
		return nil, err
	}
	rows.pooled = c
	rows.finish = func(err error) error {
		if err != nil {
			undo()
			return err
		}
		if err = t.Commit(ctx); err == nil && !e.direct {
			e.seen.add(st)
		}
		if err == nil {
			thenLogApart(ctx, c.Conn(), st.Log)
		}
		return err
	}
	return rows, nil
}

// unsure returns the first of a batch's statements that cannot be sent with the others as they are: the error is that
// of a result which cannot be read; without one it must be possible to undo them.
func (e *engine) unsure(ctx context.Context, c *pgx.Conn, sts []*driver.Statement) (i int, undo bool, err error) {
	for i, st := range sts {
		undo = undo || st.Batched == driver.BatchJudged
		switch {
		case st.Check == nil:
		case !e.direct:
			undo = true
		default:
			s := sessionOf(c)
			p, err := s.prepareFor(ctx, c, st, st.SQL)
			if err != nil {
				return i, false, ErrorOf(err)
			}
			must, err := s.check(ctx, c, p, st)
			if err != nil {
				return i, false, ErrorOf(err)
			}
			undo = undo || must
		}
	}
	return -1, undo, nil
}

// Refuse implements [Refuser]. A statement that was not run so that it can be undone is from now on; in a transaction
// it takes that with it, as its savepoint has been released.
func (r *pgRows) Refuse() {
	r.refused = true
	if r.prepared != nil {
		r.prepared.check.plain = false
	}
}

// Commits reports whether the end of the rows commits what was written, which nothing can undo.
func (r *pgRows) Commits() bool { return r.pooled != nil && r.finish == nil && r.st.MayWrite() }

// errRefused stands for the error of who could not read a result, which goes another way.
var errRefused = errors.New("prom: the result was refused")

// settle ends what the statement was guarded by.
func (r *pgRows) settle(err error) error {
	if r.refused && err == nil {
		if err = r.finish(errRefused); errors.Is(err, errRefused) {
			err = nil
		}
		return err
	}
	return r.finish(err)
}

// seen remembers statements whose rows have been read, for the modes in which the types of a result are known no
// earlier.
type seen struct {
	mu   sync.Mutex
	keys map[seenKey]bool
}

type seenKey struct {
	sql string
	by  any
}

// maxSeen bounds how many are remembered.
const maxSeen = 4096

func (s *seen) has(st *driver.Statement) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.keys[seenKey{st.SQL, st.Check.ReadBy()}]
}

func (s *seen) add(st *driver.Statement) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.keys == nil || len(s.keys) >= maxSeen {
		s.keys = map[seenKey]bool{}
	}
	s.keys[seenKey{st.SQL, st.Check.ReadBy()}] = true
}

// resultTypes are the types of a result before its statement is sent.
type resultTypes struct {
	pgRows
	formats []int16
	notNull map[uint16]bool
}

// errReadable says that a column's type can be read.
var errReadable = errors.New("prom: there is no row yet")

// as returns errReadable if the type of a column is read so.
func (r *resultTypes) as(i int, as reading) error {
	if readsAs(r.fields[i].DataTypeOID, as) {
		return errReadable
	}
	return r.wrongType(i, as.String())
}

func (r *resultTypes) Readable(err error) bool { return errors.Is(err, errReadable) }
func (r *resultTypes) Len() int                { return len(r.fields) }
func (r *resultTypes) Name(i int) string       { return r.fields[i].Name }
func (r *resultTypes) IsNull(int) bool         { return false }

func (r *resultTypes) WireType(i int) (oid uint32, binary bool) {
	return r.fields[i].DataTypeOID, r.formats[i] == pgtype.BinaryFormatCode
}

func (r *resultTypes) NotNull(i int) bool { return r.notNull[r.fields[i].TableAttributeNumber] }

func (r *resultTypes) Bool(i int) (bool, error)           { return false, r.as(i, asBool) }
func (r *resultTypes) Int(i int) (int64, error)           { return 0, r.as(i, asInt) }
func (r *resultTypes) Uint(i int) (uint64, error)         { return 0, r.as(i, asInt) }
func (r *resultTypes) Float(i int) (float64, error)       { return 0, r.as(i, asFloat) }
func (r *resultTypes) Text(i int) (string, error)         { return "", r.as(i, asText) }
func (r *resultTypes) Bytes(i int) ([]byte, error)        { return nil, r.as(i, asBytes) }
func (r *resultTypes) Time(i int) (time.Time, error)      { return time.Time{}, r.as(i, asTime) }
func (r *resultTypes) Clock(i int) (time.Duration, error) { return 0, r.as(i, asClock) }
func (r *resultTypes) Any(int) (any, error)               { return nil, errReadable }

func (r *resultTypes) List(i int, k schema.Kind) (schema.Value, error) {
	elem, ok := listElem(r.fields[i].DataTypeOID)
	if !ok {
		return schema.Value{}, r.wrongType(i, "a list")
	}
	if elem != 0 {
		one := resultTypes{pgRows: pgRows{fields: []pgconn.FieldDescription{{DataTypeOID: elem}}}}
		return schema.Value{}, one.as(0, readingOf(k))
	}
	return schema.Value{}, errReadable
}
