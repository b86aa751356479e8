package transfer

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/db/postgres"
	"github.com/prom-go/prom/schema"
)

// The bounds of a block, which goes from the reader to the writer, and of a transaction of the target.
const (
	blockBytes = 128 << 10
	blockRows  = 512
	chunkRows  = 50_000
	chunkBytes = 16 << 20
)

// block is some rows of a table: encoded for COPY, or as values.
type block struct {
	data   []byte
	values []schema.Value
	total
	last []schema.Value // the key of its last row
	cut  bool           // the transaction ends behind it
	end  bool           // no rows follow
	err  error          // of the reader, which ends with it
}

// sink is how rows reach the target.
type sink struct {
	encoder *postgres.CopyEncoder // nil for values
	copySQL string
	bulk    driver.Bulk
}

// pipe copies the rows of a table that are missing: in one transaction after the other, or in one when the table has no
// key.
func (j *job) pipe(ctx context.Context, t *table) error {
	ctx, stop := context.WithCancel(ctx)
	to, err := j.sinkOf(ctx, t)
	if err != nil {
		stop()
		return err
	}
	blocks, free := make(chan *block, 4), make(chan *block, 8)
	ended, after := make(chan struct{}), t.state.last
	go func() {
		defer close(ended)
		j.produce(ctx, t, to, after, blocks, free)
	}()
	defer func() { // the reader uses the transaction of the source: wait for it
		stop()
		<-ended
	}()
	for !t.state.done {
		before := t.state
		if err := j.to.db.Tx(ctx, func(ctx context.Context) error {
			t.state = before
			return j.chunk(ctx, t, to, blocks, free)
		}, db.NoForeignKeys()); err != nil {
			t.state = before
			return err
		}
	}
	return nil
}

// produce reads the rows of a table behind a key into blocks.
func (j *job) produce(ctx context.Context, t *table, to *sink, after []schema.Value, blocks chan<- *block,
	free <-chan *block,
) {
	fresh := func() *block {
		select {
		case b := <-free:
			*b = block{data: b.data[:0], values: b.values[:0], last: b.last[:0]}
			return b
		default:
			return &block{}
		}
	}
	send := func(b *block) error {
		select {
		case blocks <- b:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	var h hasher
	b, keyAt := fresh(), t.keyAt()
	rows, size, n := 0, 0, 0 // of the transaction, and all
	err := j.from.rows(ctx, t, true, after, func(values []schema.Value) error {
		n++
		if to.encoder != nil {
			var column int
			var err error
			before := len(b.data)
			if b.data, column, err = to.encoder.Append(b.data, values); err != nil {
				return &rowError{table: t.Name, row: n, column: t.cols[column].Name, err: err}
			}
			size += len(b.data) - before
		} else {
			if i := j.refused(values); i >= 0 {
				return &rowError{table: t.Name, row: n, column: t.cols[i].Name, err: errNaN}
			}
			b.values = append(b.values, values...)
			for _, v := range values {
				size += 16 + len(v.Text())
				if v.Kind() == schema.Bytes {
					size += len(v.Bytes())
				}
			}
		}
		b.add(h.row(values))
		rows++
		if len(b.data) < blockBytes && b.Rows < blockRows && rows < j.ChunkRows && size < chunkBytes {
			return nil
		}
		if len(keyAt) > 0 {
			for _, i := range keyAt {
				b.last = append(b.last, values[i])
			}
			if b.cut = rows >= j.ChunkRows || size >= chunkBytes; b.cut {
				rows, size = 0, 0
			}
		}
		full := b
		b = fresh()
		return send(full)
	})
	b.end, b.cut, b.err = true, true, err
	_ = send(b)
}

var errNaN = errors.New("the value is NaN or infinite, which SQLite cannot store: fix the row, or leave the table out")

// refused returns the number of a value that SQLite would change, or -1.
func (j *job) refused(values []schema.Value) int {
	return slices.IndexFunc(values, func(v schema.Value) bool {
		switch v.Kind() {
		case schema.Float64, schema.Float32:
			return !v.IsList() && v.Float() != v.Float()
		case schema.Decimal:
			return !v.IsList() && notFinite(v.Text())
		}
		return false
	})
}

// chunk writes the blocks of one transaction, and how far the table is with them.
func (j *job) chunk(ctx context.Context, t *table, to *sink, blocks <-chan *block, free chan<- *block) error {
	if err := j.to.settle(ctx); err != nil {
		return err
	}
	r := &chunkReader{ctx: ctx, t: t, to: to, blocks: blocks, free: free,
		told: func() { j.tell(Progress{Table: t.Name, Stage: "rows", Rows: t.state.Rows, Of: t.about}) }}
	var err error
	if to.encoder != nil {
		// A crash of the server may lose transactions that a client knows of, with the place that they came to. The last
		// transaction of a copy is an ordinary one, and makes sure of all.
		if err = j.to.run(ctx, "", "SET LOCAL synchronous_commit = off"); err == nil {
			err = j.copyIn(ctx, t, to, r)
		}
	} else {
		err = j.insert(ctx, t, to, r)
	}
	if err != nil {
		return err
	}
	return j.save(ctx, t)
}

func (j *job) copyIn(ctx context.Context, t *table, to *sink, r *chunkReader) error {
	tx, err := db.PgxTxOn(ctx, j.to.db)
	if err != nil {
		return err
	}
	before := t.state.Rows
	r.rest = to.encoder.Begin(nil)
	tag, err := tx.Conn().PgConn().CopyFrom(ctx, r, to.copySQL)
	switch {
	case r.err != nil:
		return r.err
	case err != nil:
		return driver.Describe(postgres.ErrorOf(err), &driver.Statement{Op: "copy", Table: t.Name})
	case tag.RowsAffected() != t.state.Rows-before:
		return driver.NotStored("copy", t.Name)
	}
	return nil
}

// chunkReader reads the blocks of one transaction as the data of COPY.
type chunkReader struct {
	ctx    context.Context //nolint:containedctx // of one COPY
	t      *table
	to     *sink
	blocks <-chan *block
	free   chan<- *block
	told   func()

	b    *block
	rest []byte
	over bool
	err  error
}

// next takes the next block. It is nil behind the last one of the transaction.
func (r *chunkReader) next() *block {
	if r.b != nil {
		b := r.b
		r.t.state.Rows += b.Rows
		r.t.state.Sum += b.Sum
		if len(b.last) > 0 {
			r.t.state.last = append(r.t.state.last[:0:0], b.last...)
		}
		r.t.state.done = b.end
		r.told()
		r.over = b.cut
		select {
		case r.free <- b:
		default:
		}
		r.b = nil
	}
	if r.over {
		return nil
	}
	select {
	case r.b = <-r.blocks:
		if r.err = r.b.err; r.err != nil {
			return nil
		}
	case <-r.ctx.Done():
		r.err = r.ctx.Err()
		return nil
	}
	return r.b
}

func (r *chunkReader) Read(p []byte) (int, error) {
	for len(r.rest) == 0 {
		if r.over {
			return 0, io.EOF
		}
		switch b := r.next(); {
		case r.err != nil:
			return 0, r.err
		case b == nil:
			r.rest = r.to.encoder.End(nil)
			if len(r.rest) == 0 {
				return 0, io.EOF
			}
		default:
			r.rest = b.data
		}
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

func (j *job) insert(ctx context.Context, t *table, to *sink, r *chunkReader) error {
	for b := r.next(); b != nil; b = r.next() {
		n := len(t.cols)
		if b.Rows == 0 {
			continue
		}
		bulk := to.bulk
		bulk.Rows = int(b.Rows)
		bulk.Row = func(dst []schema.Value, row int) ([]schema.Value, error) {
			return append(dst, b.values[row*n:(row+1)*n]...), nil
		}
		if err := j.to.db.Bulk(ctx, &bulk); err != nil {
			return err
		}
	}
	return r.err
}

// sinkOf finds how the rows of a table reach the target.
func (j *job) sinkOf(ctx context.Context, t *table) (*sink, error) {
	forms, _, err := j.to.db.Forms(ctx, t.Table)
	if err != nil {
		return nil, err
	}
	cols := make([]*schema.Column, len(t.cols)) // as they are stored
	args := make([]string, len(t.cols))
	for i, c := range t.cols {
		if cols[i] = forms.Of(c); c.Kind == schema.Any && j.same {
			cols[i] = c // its values are those of a column of the same type
		}
		args[i] = j.to.d.ArgOf(cols[i])
	}
	names := dialect.QuoteList(schema.ColumnNames(cols))
	name := j.to.d.Table(t.Name)
	if !j.to.postgres {
		st := driver.Statement{Op: "copy", Table: t.Name, Write: true, Stores: driver.StoresInsert,
			SQL: "INSERT INTO " + name + " (" + names + ") VALUES (" + strings.Join(args, ", ") + ")"}
		return &sink{bulk: driver.Bulk{Statement: st, Way: j.to.d.Bulk(t.Table, cols, nil), Cols: len(cols)}}, nil
	}
	types, labels := make([]uint32, len(cols)), make([]bool, len(cols))
	err = j.to.db.Tx(ctx, func(ctx context.Context) error {
		tx, err := db.PgxTxOn(ctx, j.to.db)
		if err != nil {
			return err
		}
		shape, err := tx.Conn().PgConn().Prepare(ctx, "", "SELECT "+names+" FROM "+name, nil)
		if err != nil {
			return driver.Describe(postgres.ErrorOf(err), &driver.Statement{Op: "copy", Table: t.Name})
		}
		for i, f := range shape.Fields {
			types[i] = f.DataTypeOID
			labels[i] = cols[i].Native != nil && cols[i].Native.Labels != nil && !strings.HasSuffix(cols[i].Native.Type, "[]")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	e := postgres.NewCopyEncoder(types, labels)
	return &sink{encoder: e, copySQL: "COPY " + name + " (" + names + ") FROM STDIN (FORMAT " + e.Format() + ")"}, nil
}
