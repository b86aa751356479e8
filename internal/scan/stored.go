package scan

import (
	"errors"
	"math"
	"reflect"

	"github.com/google/uuid"

	"github.com/prom-go/prom/schema"
)

// StoredRow appends the values of a row that has all columns of the table in their order, as they are stored: the Go
// type of a field may keep less of them, or write them otherwise. A value that the field cannot be read from is an
// error, so that what is copied elsewhere can be read there.
func (p *Plan) StoredRow(dst []schema.Value, r Row) ([]schema.Value, error) {
	if err := p.decode(r, reflect.New(p.Table.Model).UnsafePointer()); err != nil {
		return dst, p.ofRow(r, err)
	}
	for i, c := range p.codecs {
		v, err := storedAs(c.column, r, i)
		if err != nil {
			return dst, p.ofRow(r, &ColumnError{Field: c.column.Field, Column: c.column.Name, Err: err})
		}
		dst = append(dst, v)
	}
	return dst, nil
}

// StoredValue reads column i of a row by the kind of a column, as it is stored, without a model. An error names no
// value.
func StoredValue(col *schema.Column, r Row, i int) (schema.Value, error) { return storedAs(col, r, i) }

// storedAs reads column i of a row by the kind of a column, whatever Go type its field has.
func storedAs(col *schema.Column, r Row, i int) (schema.Value, error) {
	if r.IsNull(i) {
		return schema.Value{}, nil
	}
	if col.Kind.IsList() {
		return r.List(i, col.Kind.Elem())
	}
	switch col.Kind {
	case schema.Any:
		return anyAt(r, i)
	case schema.Bool:
		b, err := r.Bool(i)
		return schema.BoolValue(b), err
	case schema.Int16, schema.Int32, schema.Int64:
		n, err := r.Int(i)
		return schema.IntValue(col.Kind, n), err
	case schema.Uint64:
		n, err := r.Uint(i)
		return schema.UintValue(n), err
	case schema.Float32, schema.Float64:
		f, err := r.Float(i)
		if math.IsNaN(f) {
			err = errNaN
		}
		return schema.FloatValue(col.Kind, f), err
	case schema.Bytes:
		b, err := r.Bytes(i)
		return schema.BytesValue(append([]byte{}, b...)), err
	case schema.JSON:
		b, err := r.Bytes(i)
		return schema.TextValue(schema.JSON, string(b)), err
	case schema.Time, schema.Date:
		t, err := r.Time(i)
		if sign := schema.InfiniteSign(err); sign != 0 {
			return schema.Infinity(col.Kind, sign), nil
		} else if err != nil {
			return schema.Value{}, err
		}
		return schema.CheckedTime(col.Kind, t)
	case schema.Clock:
		d, err := r.Clock(i)
		return schema.ClockValue(d), err
	}
	s, err := r.Text(i)
	switch {
	case err != nil:
		return schema.Value{}, err
	case col.Range != schema.Null:
		return storedRange(col, s)
	case col.Kind == schema.Decimal:
		return encodeDecimal(col, s)
	case col.Kind == schema.UUID && s != "":
		u, err := uuid.Parse(s)
		if err != nil {
			return schema.Value{}, errNoUUID
		}
		s = u.String()
	}
	return encodeText(col.Kind, s)
}

var (
	errNaN    = errors.New("NaN cannot be stored")
	errNoUUID = errors.New("the column holds a text that is not a UUID")
)
