package core

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/render"
	"github.com/prom-go/prom/schema"
)

// How much of a value is read at once, and held: little of one that may be looked at here and there, and more of one
// that is read from place to place. PostgreSQL decompresses a value from its beginning for each part.
const (
	firstPart = 64 << 10
	bytesPart = 512 << 10
)

// MaxBytes is how large a value may be: SQLite takes rows of 1 000 000 000 bytes, and PostgreSQL messages of a little
// more.
const MaxBytes = 999_000_000

// The names of the calls in errors.
const (
	opReadBytes  = "read"
	opWriteBytes = "write"
)

// bytesColumn returns the column of a field whose bytes are streamed.
func (r *Repo) bytesColumn(field Columner) (*schema.Column, error) {
	c := field.Column()
	switch {
	case r.table.Column(c.Name) != c:
		return nil, fmt.Errorf("the field %s belongs to another model", c.Name)
	case c.Kind != schema.Bytes:
		return nil, fmt.Errorf("%s is no column of bytes", c.Field)
	}
	return c, nil
}

// terms reads some values of SQL of the rows of a query.
func (b *binding) terms(ctx context.Context, op string, spec ast.Spec, terms []*ast.Expr,
	read func(rows driver.Rows) error) (found bool, err error) {
	text, args, err := b.stmts.Select(nil, spec.Project(terms))
	if err != nil {
		return false, ErrorOf(op, b.table, err)
	}
	c := &call{text: text, Statement: driver.Statement{Op: op, SQL: text.SQL, Args: args}}
	err = b.query(ctx, c, driver.RowFunc(func(rows driver.Rows) (err error) {
		for found = false; err == nil && rows.Next(); found = true {
			err = read(rows)
		}
		return err
	}))
	return found, err
}

// sqlTerm is a value of type V in SQL, with terms of the row for question marks.
func sqlTerm[V any](sql string, args ...any) *ast.Expr {
	like, err := ast.LikeOf[V]()
	e := ast.NewRaw(like, sql, args, func(a any) *ast.Expr { term, _ := a.(*ast.Expr); return term })
	if err != nil {
		e.Err = err
	}
	return e
}

// rowNumber is the number of a row of SQLite, by the first of its names that is no column's.
func (r *Repo) rowNumber() *ast.Expr {
	for _, name := range []string{"rowid", "_rowid_"} {
		if r.table.Column(name) == nil {
			return sqlTerm[int64](name)
		}
	}
	return sqlTerm[int64]("oid")
}

// BytesReader does what BytesReader of package prom says.
type BytesReader struct {
	repo *Repo
	b    *binding
	ctx  context.Context //nolint:containedctx // of the transaction, from the opening to the end
	end  func()
	blob driver.Blob // nil where parts are read by SQL
	col  *schema.Column
	spec ast.Spec // of the row
	size int64

	version string // of the row, where parts are read by SQL
	at      int64  // where Read goes on
	part    []byte // that was read last by it,
	from    int64  // and where it begins
	closed  bool
}

// OpenBytes does what OpenBytes of package prom says.
func (r *Repo) OpenBytes(ctx context.Context, field Columner, key []any) (*BytesReader, error) {
	c, err := r.bytesColumn(field)
	var values []schema.Value
	if err == nil {
		values, err = r.convertKey(nil, key)
	}
	if err != nil {
		return nil, ErrorOf(opReadBytes, r.table, err)
	}
	b, err := r.bind()
	if err != nil {
		return nil, err
	}
	v := &BytesReader{repo: r, b: b, col: c, spec: ast.Spec{}.KeyIs(r.table.Key, values)}
	err = v.open(ctx)
	if missing(err) && !b.db.InTx(ctx) && r.Install(ctx) == nil { // which a read-only transaction could not
		err = v.open(ctx)
	}
	if err != nil {
		return nil, err
	}
	return v, nil
}

func (v *BytesReader) open(ctx context.Context) (err error) {
	if v.ctx, v.end, err = v.b.db.Snapshot(ctx); err != nil {
		return err
	}
	if err = v.find(); err != nil {
		v.end()
	}
	return err
}

// find finds the value, and how large it is.
func (v *BytesReader) find() error {
	r, col := v.repo, ast.ColumnExpr(v.col, 0)
	opens, null, row := v.b.db.OpensBlobs(v.ctx), false, int64(0)
	terms := []*ast.Expr{sqlTerm[*int64]("octet_length(?)", col), sqlTerm[string](rowVersion)}
	if opens {
		terms = []*ast.Expr{sqlTerm[*int64]("CASE WHEN ? IS NOT NULL THEN 0 END", col), r.rowNumber()}
	}
	found, err := v.b.terms(v.ctx, opReadBytes, v.spec, terms, func(rows driver.Rows) (err error) {
		if null = rows.IsNull(0); null {
			return nil
		}
		if opens {
			row, err = rows.Int(1)
			return err
		}
		if v.size, err = rows.Int(0); err == nil {
			v.version, err = rows.Text(1)
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case !found:
		return r.notFound(opReadBytes)
	case null:
		return &driver.Error{Kind: driver.KindType, Op: opReadBytes, Table: r.table.Name, Columns: []string{v.col.Name},
			Detail: "the value is NULL, which has no bytes"}
	case opens:
		if v.blob, err = v.b.db.OpenBlob(v.ctx, r.table.Name, v.col.Name, row); err != nil {
			return ErrorOf(opReadBytes, r.table, err)
		}
		v.size = v.blob.Size()
	}
	return nil
}

// rowVersion is what tells a version of a row from those before and behind it, in PostgreSQL.
const rowVersion = "xmin::text || ' ' || ctid::text"

// Size returns the number of bytes.
func (v *BytesReader) Size() int64 { return v.size }

// ReadAt implements [io.ReaderAt].
func (v *BytesReader) ReadAt(p []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, errors.New("prom: the offset is negative")
	}
	if off >= v.size {
		if len(p) == 0 {
			return 0, nil
		}
		return 0, io.EOF
	}
	all := p[:min(int64(len(p)), v.size-off)]
	for n < len(all) {
		part := all[n:min(len(all), n+bytesPart)]
		if err := v.read(part, off+int64(n)); err != nil {
			return n, err
		}
		n += len(part)
	}
	if n < len(p) {
		err = io.EOF
	}
	return n, err
}

// read fills p, whose bytes are there.
func (v *BytesReader) read(p []byte, off int64) error {
	if v.blob != nil {
		if err := v.blob.ReadAt(p, off); err != nil {
			return ErrorOf(opReadBytes, v.repo.table, err)
		}
		return nil
	}
	stale := &driver.Error{Kind: driver.KindStale, Op: opReadBytes, Table: v.repo.table.Name,
		Columns: []string{v.col.Name},
		Detail:  "the row was changed while its value was read"}
	terms := []*ast.Expr{
		sqlTerm[*[]byte]("substring(? FROM ?::int FOR ?::int)", ast.ColumnExpr(v.col, 0), off+1, int64(len(p))),
		sqlTerm[string](rowVersion),
	}
	found, err := v.b.terms(v.ctx, opReadBytes, v.spec, terms, func(rows driver.Rows) error {
		version, err := rows.Text(1)
		if err != nil {
			return err
		}
		if version != v.version {
			return stale
		}
		part, err := rows.Bytes(0)
		if err == nil && copy(p, part) < len(p) {
			err = stale
		}
		return err
	})
	if err == nil && !found {
		err = stale
	}
	return err
}

// Read implements [io.Reader].
func (v *BytesReader) Read(p []byte) (n int, err error) {
	switch {
	case v.closed:
		return 0, errBytesClosed
	case len(p) == 0:
		return 0, nil
	case v.at >= v.size:
		return 0, io.EOF
	case len(p) >= bytesPart:
		if n, err = v.ReadAt(p, v.at); errors.Is(err, io.EOF) {
			err = nil // the next call says so
		}
		v.at += int64(n)
		return n, err
	}
	if v.at < v.from || v.at >= v.from+int64(len(v.part)) {
		size := firstPart
		if v.at == v.from+int64(len(v.part)) && len(v.part) > 0 {
			size = min(2*len(v.part), bytesPart)
		}
		size = int(min(int64(size), v.size-v.at))
		part := slices.Grow(v.part[:0], size)[:size]
		v.part = v.part[:0]
		if err := v.read(part, v.at); err != nil {
			return 0, err
		}
		v.part, v.from = part, v.at
	}
	n = copy(p, v.part[v.at-v.from:])
	v.at += int64(n)
	return n, nil
}

var errBytesClosed = errors.New("prom: the value has been closed")

// Seek implements [io.Seeker].
func (v *BytesReader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekStart:
	case io.SeekCurrent:
		offset += v.at
	case io.SeekEnd:
		offset += v.size
	default:
		return 0, errors.New("prom: Seek takes io.SeekStart, io.SeekCurrent or io.SeekEnd")
	}
	if offset < 0 {
		return 0, errors.New("prom: the offset is negative")
	}
	v.at = offset
	return offset, nil
}

// Close implements [io.Closer].
func (v *BytesReader) Close() error {
	if v.closed {
		return nil
	}
	v.closed, v.part = true, nil
	if v.blob != nil {
		_ = v.blob.Close()
	}
	v.end()
	return nil
}

// WriteBytes does what WriteBytes of package prom says.
func (r *Repo) WriteBytes(ctx context.Context, field Columner, src io.Reader, size int64, key []any) error {
	c, err := r.bytesColumn(field)
	var values []schema.Value
	switch {
	case err != nil:
	case r.table.View:
		err = errView
	case c.ReadOnly:
		err = render.ReadOnly(c)
	case src == nil:
		err = errors.New("the reader is nil")
	case r.streamable(c) != nil:
		err = r.streamable(c)
	case size < 0:
		err = errors.New("the number of bytes is negative; it must be known ahead")
	case size > MaxBytes:
		return &driver.Error{Kind: driver.KindTooLong, Op: opWriteBytes, Table: r.table.Name, Columns: []string{c.Name},
			Detail: fmt.Sprintf("a value has %d bytes at most", MaxBytes)}
	default:
		if err = r.plan.Codec(c).CheckSize(size); err == nil {
			values, err = r.convertKey(nil, key)
		}
	}
	if err != nil {
		return ErrorOf(opWriteBytes, r.table, err)
	}
	b, err := r.bind()
	if err != nil {
		return err
	}
	if err := b.audit(ctx); err != nil {
		return ErrorOf(opWriteBytes, r.table, err)
	}
	s := &counted{Reader: src}
	w := &bytesWrite{repo: r, b: b, q: &Query{repo: r, spec: ast.Spec{}.KeyIs(r.table.Key, values)}, key: values,
		col: c, src: s, size: size}
	err = b.db.Tx(ctx, w.run)
	if missing(err) && s.n == 0 && !b.db.InTx(ctx) && r.Install(ctx) == nil {
		err = b.db.Tx(ctx, w.run)
	}
	return err
}

// counted counts the bytes that were read.
type counted struct {
	io.Reader
	n int64
}

func (c *counted) Read(p []byte) (n int, err error) {
	n, err = c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}

// bytesWrite writes one value.
type bytesWrite struct {
	repo *Repo
	b    *binding
	q    *Query
	key  []schema.Value // of the row
	col  *schema.Column
	src  io.Reader
	size int64
}

// run writes the value, as an update of its row, in the transaction of ctx.
func (w *bytesWrite) run(ctx context.Context) error {
	r, b := w.repo, w.b
	s := &driver.Stream{Size: w.size, Source: w.src, Column: w.col.Name}
	if b.db.OpensBlobs(ctx) {
		found, err := b.terms(ctx, opWriteBytes, w.q.spec, []*ast.Expr{r.rowNumber()}, func(rows driver.Rows) (err error) {
			s.Row, err = rows.Int(0)
			return err
		})
		if err != nil {
			return err
		}
		if !found {
			return r.notFound(opWriteBytes)
		}
	}
	value := &ast.Assign{Col: w.col, Val: schema.BytesValue(nil)} // the first of the arguments
	text, args, err := b.stmts.Update(nil, w.q.spec, []*ast.Assign{value}, now(), render.ReturnNothing)
	if err == nil {
		text, err = w.formed(ctx, text)
	}
	if err != nil {
		return ErrorOf(opWriteBytes, r.table, err)
	}
	s.Op, s.Table, s.SQL, s.Args, s.Write = opWriteBytes, r.table.Name, text.SQL, args, true
	n, err := b.db.Stream(ctx, s)
	if err != nil {
		return ErrorOf(opWriteBytes, r.table, err)
	}
	if n == 0 {
		return w.missed(ctx)
	}
	r.wroteKey(ctx, b, "update", w.key)
	return nil
}

func (w *bytesWrite) formed(ctx context.Context, text *render.Text) (*render.Text, error) {
	if text.Unknown() != nil {
		return w.b.formed(ctx, text)
	}
	return text, nil
}

// missed returns why no row was written to.
func (w *bytesWrite) missed(ctx context.Context) error {
	there, err := w.q.Exists(ctx)
	if err != nil {
		return err
	}
	if there {
		may, err := w.b.db.MaySuppress(ctx, w.repo.table.Name)
		if err != nil {
			return err
		}
		if may {
			return driver.NotStored(opWriteBytes, w.repo.table.Name)
		}
	}
	return w.repo.notFound(opWriteBytes)
}
