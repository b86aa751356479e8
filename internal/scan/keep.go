package scan

import (
	"reflect"
	"unsafe"

	"github.com/prom-go/prom/schema"
)

// Kept is what values hold, kept to make them so again after somebody else's code has had them in its hands.
type Kept[T any] struct {
	plan   *Plan
	values []T
	rows   []T
	deep   []schema.Value // what the deep columns held, which copies share with the values
}

// Keep keeps what values hold.
func Keep[T any](p *Plan, values []T) *Kept[T] {
	checkModel[T](p)
	k := &Kept[T]{plan: p, values: values, rows: append([]T(nil), values...)}
	for i := range values {
		for _, ordinal := range p.deep {
			c := p.codecs[ordinal]
			value, _ := c.snapshot(unsafe.Add(unsafe.Pointer(&values[i]), c.column.Offset), nil, ordinal)
			k.deep = append(k.deep, value)
		}
	}
	return k
}

// KeepOne is Keep for one value.
func KeepOne[T any](p *Plan, v *T) *Kept[T] { return Keep(p, unsafe.Slice(v, 1)) }

// Guard runs fn, and restores the values when it fails or panics.
func (k *Kept[T]) Guard(fn func() error) error {
	failed := true
	defer func() {
		if failed {
			k.Restore()
		}
	}()
	err := fn()
	failed = err != nil
	return err
}

// Restore makes the values hold what they held. A column that was changed in place, in a map say, gets a new one that is like the
// old one was.
func (k *Kept[T]) Restore() {
	copy(k.values, k.rows)
	for i := range k.values {
		for n, ordinal := range k.plan.deep {
			c := k.plan.codecs[ordinal]
			at := unsafe.Add(unsafe.Pointer(&k.values[i]), c.column.Offset)
			was := k.deep[i*len(k.plan.deep)+n]
			if now, err := c.encode(at); err == nil && !was.IsNull() && !now.Equal(was) {
				reflect.NewAt(c.column.Type, at).Elem().SetZero() // or it would be written to what it shares
				_ = c.decode(valueRow{was}, 0, at)                // the same codec encoded it
			}
		}
	}
}
