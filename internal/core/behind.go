package core

import (
	"context"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// behind reads the rows of a result by a plan, and of each row values that stand at other places of it.
type behind struct {
	memory *scan.Memory
	loader scan.Reader
	model  *scan.Plan       // whose columns some of the values are of
	kinds  []*schema.Column // of the values
	places []int            // of the values in a row

	list scan.List
	read []schema.Value // the values of all rows, one after the other
}

// values returns the values of a row.
func (r *behind) values(i int) []schema.Value {
	n := len(r.places)
	return r.read[i*n : (i+1)*n : (i+1)*n]
}

// ReadRows implements [driver.RowReader].
func (r *behind) ReadRows(rows driver.Rows) error {
	r.loader.Reset()
	r.list, r.read = r.memory.Make(0, firstList), r.read[:0]
	for rows.Next() {
		if err := r.loader.Load(rows, r.memory.Next(&r.list)); err != nil {
			return err
		}
		for i := range r.places {
			v, err := r.value(rows, i)
			if err != nil {
				return err
			}
			r.read = append(r.read, v)
		}
	}
	return nil
}

// value returns a value of the current row, one of a column as the column's field would be encoded.
func (r *behind) value(rows driver.Rows, i int) (schema.Value, error) {
	c := r.kinds[i]
	plain := c.Codec == nil && !c.Scanner && !c.TextCodec && c.Kind != schema.Decimal
	if cols := r.model.Table.Columns; !plain && c.Ordinal >= 0 && c.Ordinal < len(cols) && cols[c.Ordinal] == c {
		key, err := scan.Key(r.model, rows, r.places[i], r.kinds[i:i+1])
		if err != nil {
			return schema.Value{}, err
		}
		return key[0], nil
	}
	v, err := scan.ValueAt(rows, r.places[i], c.Kind)
	if err != nil {
		return v, &scan.ColumnError{Field: c.Field, Column: c.Name, Err: err}
	}
	return v, nil
}

// readBehind runs the query of a spec and reads its rows.
func (r *Repo) readBehind(ctx context.Context, b *binding, spec ast.Spec, into *behind) error {
	w := r.take()
	defer r.give(w)
	text, args, err := b.stmts.Select(w.args, spec)
	if err != nil {
		return ErrorOf("query", r.table, err)
	}
	w.args = args
	w.setRead("query", text)
	return b.query(ctx, &w.call, into)
}
