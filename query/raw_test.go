package query

import (
	"testing"

	"github.com/matryer/is"
)

// Ensure that an argument that no statement takes is an error, and that one that it takes has its kind.
func TestValueOf(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	type text string
	one, nothing := text("x"), (*int)(nil)
	for want, args := range map[string][]any{
		"null": {nil, nothing}, "text": {"x", text("x"), &one}, "int64": {1, int8(1), uint16(1), uint64(1)}, "uint64": {uint64(1 << 63)},
		"float64": {1.5, float32(1)}, "bool": {true}, "bytes": {[]byte{1}, []byte(nil)}, "list of int64": {[]int{}, []int8{1}, []any{1, 2}},
		"list of text": {[]string{"a"}, []text{"a"}}, "list of bytes": {[][]byte{{1}}},
	} {
		for _, a := range args {
			v, err := ValueOf(a)
			is.NoErr(err)
			is.Equal(v.String(), want)
		}
	}
	for _, a := range []any{struct{}{}, map[int]int{}, func() {}, make(chan int), []any{}, []any{nil}, []any{1, "x"}, []*int{nil}, "\x00", "\xff", [2]int{}} {
		_, err := ValueOf(a)
		is.True(err != nil)
	}
}
