package ast

import (
	"database/sql"
	"database/sql/driver"
	"reflect"
	"testing"

	"github.com/google/uuid"
	"github.com/matryer/is"
)

type (
	itself  int
	circle  *circle
	nest    []nest
	counted int64
)

func (v itself) Value() (driver.Value, error) { return v, nil }

// Value must be called on nothing that the caller has not passed.
func (v counted) Value() (driver.Value, error) {
	if v == 0 {
		panic("a zero that nobody passed")
	}
	return int64(v), nil
}

// Ensure that a type which leads to itself is an error and not the end of the process, and that no Value method is
// called on a zero element of a list.
func TestValueOfItself(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	var loop circle
	loop = &loop
	for _, a := range []any{itself(1), []itself{1}, []itself{1, 2}, loop, nest{}, nest{{}}, []any{itself(1)}} {
		_, err := ValueOf(a)
		is.True(err != nil)
	}
	for _, a := range []any{[]counted{3}, []counted{3, 4}, []counted{}, []*counted{new(counted)}[:0:0]} {
		v, err := ValueOf(a)
		if reflect.TypeOf(a).Elem().Kind() == reflect.Pointer {
			is.True(err != nil) // of no kind
			continue
		}
		is.NoErr(err)
		is.Equal(v.String(), "list of int64")
	}
	v, err := ValueOf([]sql.NullString{})
	is.NoErr(err)
	is.Equal(v.String(), "list of text")
	v, err = ValueOf([]uuid.UUID{})
	is.NoErr(err)
	is.Equal(v.String(), "list of uuid")
	one := counted(3)
	v, err = ValueOf(&one)
	is.NoErr(err)
	is.Equal(v.Int(), int64(3))
}

// Ensure that an argument that no statement takes is an error, and that one that it takes has its kind.
func TestValueOf(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	type text string
	one, nothing := text("x"), (*int)(nil)
	for want, args := range map[string][]any{
		"null": {nil, nothing}, "text": {"x", text("x"), &one}, "int64": {1, int8(1), uint16(1),
			uint64(1)}, "uint64": {uint64(1 << 63)},
		"float64": {1.5, float32(1)}, "bool": {true}, "bytes": {[]byte{1}, []byte(nil)}, "list of int64": {[]int{}, []int8{1},
			[]any{1, 2}},
		"list of text": {[]string{"a"}, []text{"a"}}, "list of bytes": {[][]byte{{1}}},
	} {
		for _, a := range args {
			v, err := ValueOf(a)
			is.NoErr(err)
			is.Equal(v.String(), want)
		}
	}
	for _, a := range []any{struct{}{}, map[int]int{}, func() {}, make(chan int), []any{}, []any{nil}, []any{1, "x"},
		[]*int{nil}, "\x00", "\xff", [2]int{}} {
		_, err := ValueOf(a)
		is.True(err != nil)
	}
}
