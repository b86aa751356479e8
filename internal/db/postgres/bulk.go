package postgres

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/schema"
)

// CopyRows is from how many rows on COPY is used. Below, the two round trips more cost what it gains.
const CopyRows = 3000

func (e *engine) Bulk(ctx context.Context, b *driver.Bulk) error {
	err := e.bulkOnce(ctx, b)
	if withoutCopy(b, err) {
		err = e.bulkOnce(ctx, b)
	}
	return err
}

func (e *engine) bulkOnce(ctx context.Context, b *driver.Bulk) error {
	c, err := e.acquire(ctx)
	if err != nil {
		return err
	}
	s := sessionOf(c.Conn())
	intercepted, err := s.chooseWay(ctx, c.Conn(), b)
	if err != nil || intercepted || copies(b) {
		giveBack(c, err)
		if err != nil {
			return err
		}
		return e.bulkInTx(ctx, b)
	}
	defer func() { giveBack(c, err) }()
	if err = s.bulk(ctx, c.Conn(), b); driver.KindOf(err) == driver.KindNotStored {
		s.intercepts[written{b.Table, driver.StoresInsert}] = true // by now
	}
	return err
}

// chooseWay leaves COPY out when triggers or rules of the table may decide what becomes of its rows, and reports
// whether they may. COPY passes rules by, and returns no keys, which a trigger may have changed. That would go
// unnoticed, so before COPY it is asked each time.
func (s *session) chooseWay(ctx context.Context, c *pgx.Conn, b *driver.Bulk) (intercepted bool, err error) {
	if copies(b) {
		delete(s.intercepts, written{b.Table, driver.StoresInsert})
	}
	if intercepted, err = s.intercepted(ctx, c, &driver.Statement{Table: b.Table,
		Stores: driver.StoresInsert}); intercepted {
		b.Way.Copy = ""
	}
	return intercepted, err
}

// bulkInTx inserts rows in a transaction: how many the database has stored is known when the statement has ended, and
// the columns stay what they are between the look at them and COPY, because the look locks the table against a change
// until the end.
func (e *engine) bulkInTx(ctx context.Context, b *driver.Bulk) error {
	inner, err := e.Begin(ctx, driver.TxOptions{})
	if err != nil {
		return err
	}
	t := inner.(*pgTx)
	done := false
	defer func() {
		if !done {
			ctx, cancel := driver.Settling(ctx)
			defer cancel()
			_ = t.Rollback(ctx)
		}
	}()
	c := t.tx.Conn()
	if err := sessionOf(c).bulk(ctx, c, b); err != nil {
		return err
	}
	done = true
	return t.Commit(ctx)
}

// withoutCopy reports whether err says that the table takes rows, but not by COPY, as views and tables with row
// security do. Then the next attempt goes another way.
func withoutCopy(b *driver.Bulk, err error) bool {
	var pg *pgconn.PgError
	if b.Way.Copy == "" || !errors.As(err, &pg) || pg.Code != "0A000" && pg.Code != "42809" {
		return false
	}
	b.Way.Copy = ""
	return true
}

func (t *pgTx) Bulk(ctx context.Context, b *driver.Bulk) error {
	if err := t.run(ctx, guardOpen); err != nil {
		return err
	}
	err := errPanicked
	defer func() {
		if errors.Is(err, errPanicked) {
			_ = t.undo(ctx, err)
		}
	}()
	c := t.tx.Conn()
	if err = t.bulkOnce(ctx, c, b); err != nil {
		err = t.undo(ctx, err)
		if withoutCopy(b, err) {
			return t.Bulk(ctx, b)
		}
		return err
	}
	return t.settle(ctx)
}

func (t *pgTx) bulkOnce(ctx context.Context, c *pgx.Conn, b *driver.Bulk) error {
	s := sessionOf(c)
	if copies(b) {
		if _, err := s.chooseWay(ctx, c, b); err != nil {
			return err
		}
	}
	return s.bulk(ctx, c, b)
}

// errPanicked stands for the panic of an application's code that encodes a value.
var errPanicked = errors.New("prom: a panic")

// copies reports whether the rows go by COPY.
func copies(b *driver.Bulk) bool { return b.Rows >= CopyRows && b.Way.Copy != "" }

func (s *session) bulk(ctx context.Context, c *pgx.Conn, b *driver.Bulk) error {
	if copies(b) {
		done, err := s.copyIn(ctx, c, b)
		if err != nil && ctx.Err() != nil { // pgx tells of the connection that it has closed then
			return driver.EndOfContext(ctx.Err())
		}
		if done || err != nil {
			return ErrorOf(err)
		}
	}
	return ErrorOf(s.lists(ctx, c, b))
}

// lists inserts the rows by one array for each column.
func (s *session) lists(ctx context.Context, c *pgx.Conn, b *driver.Bulk) error {
	p, err := s.prepareFor(ctx, c, &b.Statement, b.Way.Lists)
	if err != nil {
		return err
	}
	if len(p.ParamOIDs) != b.Cols {
		return errColumns
	}
	arrays := make([]pgArray, b.Cols)
	for j := range arrays {
		arrays[j].begin(p.ParamOIDs[j], b.Rows)
	}
	var row []schema.Value
	for i := range b.Rows {
		if row, err = b.Row(row[:0], i); err != nil {
			return err
		}
		for j := range arrays {
			arrays[j].add(row[j])
		}
	}
	s.args.reset()
	for j := range arrays {
		if !arrays[j].fits {
			return &driver.Error{Kind: driver.KindType,
				Detail: "a value does not fit the type that its column is cast to"}
		}
		s.args.values, s.args.formats = append(s.args.values, arrays[j].end()), append(s.args.formats, arrays[j].format)
	}
	alone := c.PgConn().TxStatus() == txIdle
	traced := s.traceQuery(ctx, c, p.plain, nil)
	if traced != nil {
		ctx = traced
	}
	rr := s.exec(ctx, c, p, &b.Statement)
	defer rr.Close() //nolint:errcheck // again, unless Key panics
	i := 0
	for ; rr.NextRow(); i++ {
		if b.Key != nil && i < b.Rows {
			key, ok := wireInt(first(rr.Values()))
			if !ok || !hasType(rr, pgtype.Int8OID, pgtype.Int4OID, pgtype.Int2OID) {
				err = errKey
			}
			b.Key(i, key)
		}
	}
	tag, closeErr := rr.Close()
	s.traced(traced, tag, closeErr)
	if alone {
		closeErr = outcome(closeErr)
	}
	if closeErr = ErrorOf(closeErr); closeErr != nil {
		s.failed(p, closeErr)
		return closeErr
	}
	if err == nil && tag.RowsAffected() != int64(b.Rows) {
		err = driver.NotStored(b.Op, b.Table)
	}
	return err
}

var errKey = errors.New("the table's key is not an integer of the database")

// wireInts reads an array of int8 without NULLs, of which wireArgs.list tells the form; nil for another.
func wireInts(b []byte) []int64 {
	const head, elem = 20, 12
	if len(b) < head || (len(b)-head)%elem != 0 {
		return nil
	}
	list := make([]int64, 0, (len(b)-head)/elem)
	for b = b[head:]; len(b) > 0; b = b[elem:] {
		if binary.BigEndian.Uint32(b) != 8 {
			return nil
		}
		list = append(list, int64(binary.BigEndian.Uint64(b[4:])))
	}
	return list
}

func wireInt(b []byte) (int64, bool) {
	switch len(b) {
	case 8:
		return int64(binary.BigEndian.Uint64(b)), true
	case 4:
		return int64(int32(binary.BigEndian.Uint32(b))), true
	case 2:
		return int64(int16(binary.BigEndian.Uint16(b))), true
	}
	return 0, false
}

// pgArray is an array that grows by an element at a time: in the binary form if its type has one here, else as text.
type pgArray struct {
	wireArgs // its buf alone
	elem     uint32
	format   int16
	fits     bool // every element so far has the form of the array's type
}

func (a *pgArray) begin(oid uint32, n int) {
	a.buf, a.fits = make([]byte, 0, 20+12*n), true
	elem, ok := arrayElems[oid]
	if !ok {
		a.format, a.buf = pgtype.TextFormatCode, append(a.buf, '{')
		return
	}
	a.elem, a.format = elem, pgtype.BinaryFormatCode
	for _, x := range [...]uint32{1, 1, elem, uint32(n), 1} { // one dimension, with NULLs maybe; see wireArgs.list
		a.buf = binary.BigEndian.AppendUint32(a.buf, x)
	}
}

func (a *pgArray) add(v schema.Value) {
	switch {
	case a.format == pgtype.BinaryFormatCode:
		if v.IsList() {
			v = schema.TextValue(schema.Text, valueText(v)) // which the statement casts
		}
		a.fits = a.field(a.elem, v) && a.fits
		return
	case len(a.buf) > 1:
		a.buf = append(a.buf, ',')
	}
	if v.IsNull() {
		a.buf = append(a.buf, "NULL"...)
	} else {
		a.buf = append(a.buf, arrayElement(valueText(v))...)
	}
}

func (a *pgArray) end() []byte {
	if a.format == pgtype.TextFormatCode {
		a.buf = append(a.buf, '}')
	}
	return a.buf
}

// arrayElems are the types of arrays whose elements are encoded here.
var arrayElems = map[uint32]uint32{
	pgtype.BoolArrayOID: pgtype.BoolOID, pgtype.Int8ArrayOID: pgtype.Int8OID, pgtype.Float8ArrayOID: pgtype.Float8OID,
	pgtype.Int4ArrayOID: pgtype.Int4OID, pgtype.Int2ArrayOID: pgtype.Int2OID, pgtype.Float4ArrayOID: pgtype.Float4OID,
	pgtype.TextArrayOID: pgtype.TextOID, pgtype.ByteaArrayOID: pgtype.ByteaOID, pgtype.TimestamptzArrayOID: pgtype.TimestamptzOID,
	pgtype.TimestampArrayOID: pgtype.TimestampOID, pgtype.UUIDArrayOID: pgtype.UUIDOID, pgtype.JSONBArrayOID: pgtype.JSONBOID,
}

// field appends a value behind its length, as the elements of arrays and the fields of COPY are sent. It reports
// whether the value has a binary form here.
func (w *wireArgs) field(oid uint32, v schema.Value) bool {
	be := binary.BigEndian
	if v.IsNull() {
		w.buf = be.AppendUint32(w.buf, 1<<32-1)
		return true
	}
	at := len(w.buf)
	w.buf = be.AppendUint32(w.buf, 0)
	switch {
	case v.IsList():
		if !w.list(oid, v) {
			return false
		}
	case w.scalar(oid, v):
	case v.Kind() == schema.Text && (oid == pgtype.TextOID || oid == pgtype.VarcharOID):
		w.buf = append(w.buf, v.Text()...)
	case v.Kind() == schema.JSON && oid == pgtype.JSONBOID:
		w.buf = append(append(w.buf, 1), v.Text()...) // behind the version of its form
	case v.Kind() == schema.UUID && oid == pgtype.UUIDOID:
		u, err := uuid.Parse(v.Text())
		if err != nil {
			return false
		}
		w.buf = append(w.buf, u[:]...)
	default:
		return false
	}
	be.PutUint32(w.buf[at:], uint32(len(w.buf)-at-4))
	return true
}

// copyIn inserts the rows by COPY. It is false, with nothing done, when a column's type has no binary form here, or the
// table's keys are no sequence's.
func (s *session) copyIn(ctx context.Context, c *pgx.Conn, b *driver.Bulk) (bool, error) {
	// Not by a statement that is kept: COPY takes bytes for what the columns are now, whatever they were before.
	shape, err := c.PgConn().Prepare(ctx, "", b.Way.Shape, nil)
	if err != nil {
		return false, err
	}
	types := shape.Fields
	want := b.Cols
	if b.Key != nil {
		want++
	}
	if len(types) != want {
		return false, errColumns
	}
	var keys []int64
	if b.Key != nil {
		if types[0].DataTypeOID != pgtype.Int8OID && types[0].DataTypeOID != pgtype.Int4OID {
			return false, nil
		}
		if keys, err = s.reserve(ctx, c, b); err != nil || keys == nil {
			return false, err
		}
	}
	data, ok, err := copyData(b, types, keys)
	if !ok || err != nil {
		return false, err
	}
	ctx, end := s.traceCopy(ctx, c, b.Table, types)
	tag, err := c.PgConn().CopyFrom(ctx, bytes.NewReader(data), b.Way.Copy)
	end(tag, err)
	if err != nil {
		return true, err
	}
	b.Copied, b.Bytes = true, int64(len(data))
	if tag.RowsAffected() != int64(b.Rows) {
		return true, driver.NotStored(b.Op, b.Table)
	}
	for i, key := range keys {
		b.Key(i, key)
	}
	return true, nil
}

// hasType reports whether a result's first column has one of the types.
func hasType(rr *pgconn.ResultReader, oids ...uint32) bool {
	fields := rr.FieldDescriptions()
	return len(fields) > 0 && slices.Contains(oids, fields[0].DataTypeOID)
}

// first returns the first value of a row, nil when the server has sent none.
func first(row [][]byte) []byte {
	if len(row) == 0 {
		return nil
	}
	return row[0]
}

// reserve takes keys from the sequence. None are returned when there is no sequence, or it is not for this user to use.
func (s *session) reserve(ctx context.Context, c *pgx.Conn, b *driver.Bulk) ([]int64, error) {
	p, err := s.prepareFor(ctx, c, &b.Statement, b.Way.Keys)
	if err != nil {
		return nil, err
	}
	s.args.reset()
	if err := s.args.add(p.ParamOIDs, []schema.Value{schema.IntValue(schema.Int64, int64(b.Rows))}); err != nil {
		return nil, err
	}
	var keys []int64
	rr := s.exec(ctx, c, p, &b.Statement)
	for rr.NextRow() && hasType(rr, pgtype.Int8ArrayOID) {
		keys = wireInts(first(rr.Values()))
	}
	if _, err := rr.Close(); err != nil {
		err = ErrorOf(err)
		s.failed(p, err)
		return nil, err
	}
	if len(keys) != b.Rows {
		return nil, nil
	}
	return keys, nil
}

// copyData writes the rows in COPY's binary format: a signature, flags and the length of an extension, then for each
// row the number of its fields and the fields, and a trailer (PostgreSQL's manual, section "COPY", "Binary Format"). It
// is false when a value has no binary form here.
func copyData(b *driver.Bulk, types []pgconn.FieldDescription, keys []int64) (data []byte, ok bool, err error) {
	be := binary.BigEndian
	w := wireArgs{buf: make([]byte, 0, 64+b.Rows*(8*len(types)+64))}
	w.buf = append(w.buf, "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"...)
	var row []schema.Value
	for i := range b.Rows {
		row = row[:0]
		if keys != nil {
			row = append(row, schema.IntValue(schema.Int64, keys[i]))
		}
		if row, err = b.Row(row, i); err != nil {
			return nil, false, err
		}
		w.buf = be.AppendUint16(w.buf, uint16(len(types)))
		for j, v := range row {
			if !w.field(types[j].DataTypeOID, v) {
				return nil, false, nil
			}
		}
	}
	return be.AppendUint16(w.buf, 1<<16-1), true, nil
}

// Bulks implements [Engine].
func (e *engine) Bulks() bool { return e.direct }

// Bulks implements [Tx].
func (t *pgTx) Bulks() bool { return t.direct }
