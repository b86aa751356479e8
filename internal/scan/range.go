package scan

import (
	"reflect"
	"time"
	"unsafe"

	"github.com/prom-go/prom/internal/span"
	"github.com/prom-go/prom/schema"
)

// rangeBase is for ranges and multiranges, which are texts in one form.
func rangeBase(t reflect.Type, col *schema.Column) base {
	one := t
	if t.Kind() == reflect.Slice {
		one = t.Elem()
	}
	ways := waysOf(one.Field(0).Type)
	from, fill := ways.one, ways.fillOne
	if one != t {
		from, fill = ways.all, ways.fillAll
	}
	return base{
		decode: func(r Row, i int, p unsafe.Pointer) error {
			s, err := r.Text(i)
			if err != nil {
				return err
			}
			l, err := span.ParseAs(s, col.Range)
			if err != nil {
				return err
			}
			return fill(p, l)
		},
		encode: func(p unsafe.Pointer) (schema.Value, error) {
			l, err := from(p, col.Range)
			if err != nil {
				return schema.Value{}, err
			}
			return schema.TextValue(schema.Text, l.Text(col.Range, col.Multi)), nil
		},
		deep: one != t,
	}
}

// rangeWays are how ranges of one type, and lists of them, are read and written.
type rangeWays struct {
	one, all         func(p unsafe.Pointer, k schema.Kind) (span.List, error)
	fillOne, fillAll func(p unsafe.Pointer, l span.List) error
}

func waysOf(bound reflect.Type) rangeWays {
	switch bound.Kind() {
	case reflect.Int32:
		return rangeWaysOf[int32]()
	case reflect.Int64:
		return rangeWaysOf[int64]()
	case reflect.Int:
		return rangeWaysOf[int]()
	case reflect.String:
		return rangeWaysOf[string]()
	}
	return rangeWaysOf[time.Time]()
}

func rangeWaysOf[T any]() rangeWays {
	return rangeWays{
		one: func(p unsafe.Pointer, k schema.Kind) (span.List, error) { return span.From((*schema.Range[T])(p), k) },
		all: func(p unsafe.Pointer, k schema.Kind) (span.List, error) {
			return span.FromAll(*(*[]schema.Range[T])(p), k)
		},
		fillOne: func(p unsafe.Pointer, l span.List) error { return span.Fill((*schema.Range[T])(p), l) },
		fillAll: func(p unsafe.Pointer, l span.List) error { return span.FillAll((*[]schema.Range[T])(p), l) },
	}
}

// storedRange returns the text of a range in the one form that its column has.
func storedRange(col *schema.Column, s string) (schema.Value, error) {
	l, err := span.ParseAs(s, col.Range)
	return schema.TextValue(schema.Text, l.Text(col.Range, col.Multi)), err
}
