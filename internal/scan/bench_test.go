package scan

import (
	"reflect"
	"testing"

	"github.com/prom-go/prom/schema"
)

// BenchmarkModified compares a loaded value with what it was.
func BenchmarkModified(b *testing.B) {
	start := good()
	v, p := load(b, &start)
	v.Name = "z"
	b.ReportAllocs()
	for b.Loop() {
		if len(Modified(p, v)) != 1 {
			b.Fatal("not one")
		}
	}
}

// plain has the columns of flat without tracking.
type plain struct {
	ID         int64 `prom:"key,auto"`
	A, B, C, D string
	N          int
	On         bool
	M          int64
}

type flat struct {
	plain
	Track schema.Tracker
}

// BenchmarkLoad decodes rows with change tracking and without; the difference is what tracking costs, apart from the
// database.
func BenchmarkLoad(b *testing.B) {
	b.Run("tracked", benchLoad[flat])
	b.Run("plain", benchLoad[plain])
}

func benchLoad[T any](b *testing.B) {
	p, err := For(reflect.TypeFor[T]())
	if err != nil {
		b.Fatal(err)
	}
	row, err := Values(p, nil, new(T), p.Table.Columns)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		l, list := NewLoader[T](p), make([]T, 1000)
		for i := range list {
			if err := l.Load(rowOf(row), &list[i]); err != nil {
				b.Fatal(err)
			}
		}
	}
}
