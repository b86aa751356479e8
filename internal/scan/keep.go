package scan

import (
	"reflect"
	"unsafe"

	"github.com/prom-go/prom/schema"
)

// Kept is what values hold, kept to restore them after code of the application has run on them.
type Kept struct {
	plan   *Plan
	values List
	rows   unsafe.Pointer // copies of the values
	deep   []schema.Value // what the deep columns held, which copies share with the values
}

// Keep keeps what values hold.
func (p *Plan) Keep(values List) *Kept {
	m := p.memory.Load()
	k := &Kept{plan: p, values: values, rows: m.list(values.Len)}
	m.copy(k.rows, values.Data, values.Len)
	for i := range values.Len {
		v := unsafe.Add(values.Data, uintptr(i)*m.Size)
		for _, ordinal := range p.deep {
			c := p.codecs[ordinal]
			value, _ := c.snapshot(unsafe.Add(v, c.column.Offset), nil, ordinal)
			k.deep = append(k.deep, value)
		}
	}
	return k
}

// Guard runs fn, and restores the values when it fails or panics.
func (k *Kept) Guard(fn func() error) error {
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

// Restore makes the values hold what they held. A column that was changed in place, in a map say, gets a new one that
// is like the old one was.
func (k *Kept) Restore() {
	m := k.plan.memory.Load()
	m.copy(k.values.Data, k.rows, k.values.Len)
	for i := range k.values.Len {
		v := unsafe.Add(k.values.Data, uintptr(i)*m.Size)
		for n, ordinal := range k.plan.deep {
			c := k.plan.codecs[ordinal]
			at := unsafe.Add(v, c.column.Offset)
			was := k.deep[i*len(k.plan.deep)+n]
			if now, err := c.encode(at); err == nil && !was.IsNull() && !now.Equal(was) {
				reflect.NewAt(c.column.Type, at).Elem().SetZero() // or it would be written to what it shares
				_ = c.decode(valueRow{was}, 0, at)                // the same codec encoded it
			}
		}
	}
}
