package scan

import "github.com/prom-go/prom/schema"

// ValueAt reads a column of a row as a value of a kind that is no list.
func ValueAt(r Row, i int, k schema.Kind) (v schema.Value, err error) {
	if r.IsNull(i) {
		return schema.Value{}, nil
	}
	switch k {
	case schema.Any:
		return anyAt(r, i)
	case schema.Bool:
		b, err := r.Bool(i)
		return schema.BoolValue(b), err
	case schema.Int16, schema.Int32, schema.Int64:
		n, err := r.Int(i)
		return schema.IntValue(k, n), err
	case schema.Uint64:
		n, err := r.Uint(i)
		return schema.UintValue(n), err
	case schema.Float32, schema.Float64:
		f, err := r.Float(i)
		return schema.FloatValue(k, f), err
	case schema.Time, schema.Date:
		t, err := r.Time(i)
		if sign := schema.InfiniteSign(err); sign != 0 {
			return schema.Infinity(k, sign), nil
		}
		return schema.TimeValue(k, t), err
	case schema.Clock:
		d, err := r.Clock(i)
		return schema.ClockValue(d), err
	case schema.Bytes:
		b, err := r.Bytes(i)
		return schema.BytesValue(append([]byte{}, b...)), err
	case schema.JSON:
		b, err := r.Bytes(i)
		return schema.TextValue(k, string(b)), err
	}
	s, err := r.Text(i)
	return schema.TextValue(k, s), err
}
