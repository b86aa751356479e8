package scan

import (
	"time"

	"github.com/prom-go/prom/schema"
)

// valueRow is a row of one value, which has the kind of its column.
type valueRow struct{ v schema.Value }

func (r valueRow) IsNull(int) bool                  { return r.v.IsNull() }
func (r valueRow) Bool(int) (bool, error)           { return r.v.Bool(), nil }
func (r valueRow) Int(int) (int64, error)           { return r.v.Int(), nil }
func (r valueRow) Uint(int) (uint64, error)         { return r.v.Uint(), nil }
func (r valueRow) Float(int) (float64, error)       { return r.v.Float(), nil }
func (r valueRow) Text(int) (string, error)         { return r.v.Text(), nil }
func (r valueRow) Clock(int) (time.Duration, error) { return r.v.Clock(), nil }
func (r valueRow) Any(int) (any, error)             { return r.v.Any(), nil }

func (r valueRow) Time(int) (time.Time, error) {
	if text, ok := schema.InfiniteMicros(r.v.Int()); ok {
		return time.Time{}, schema.InfiniteError(schema.InfiniteText(text))
	}
	return r.v.Time(), nil
}

func (r valueRow) List(_ int, k schema.Kind) (schema.Value, error) {
	if r.v.IsList() {
		return r.v, nil
	}
	return schema.ParseList(k, []byte(r.v.Text()))
}

func (r valueRow) Bytes(int) ([]byte, error) {
	if r.v.Kind() == schema.JSON {
		return []byte(r.v.Text()), nil
	}
	return r.v.Bytes(), nil
}
