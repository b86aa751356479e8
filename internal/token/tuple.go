package token

import "github.com/prom-go/prom/schema"

// AppendTuple appends the values of some columns.
func AppendTuple(b []byte, vals []schema.Value) []byte {
	for _, v := range vals {
		b = v.AppendBinary(b)
	}
	return b
}

// ReadTuple reads values of the columns, and returns what follows them.
func ReadTuple(b []byte, cols []*schema.Column) (vals []schema.Value, rest []byte, ok bool) {
	vals = make([]schema.Value, len(cols))
	for i, c := range cols {
		var err error
		if vals[i], b, err = schema.ReadBinary(b); err != nil {
			return nil, nil, false
		}
		if k := vals[i].Kind(); k != c.Kind && (k != schema.Null || !c.Null) {
			return nil, nil, false
		}
	}
	return vals, b, true
}
