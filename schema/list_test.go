package schema_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom/schema"
)

// Ensure that a list that is written as JSON is read exactly, by the kind of its elements, and that what is none is
// refused without being shown.
func TestParseList(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for _, c := range []struct {
		kind schema.Kind
		text string
		want schema.Value
	}{
		{schema.Text, ` [ "a" , "\u00fc\"", "1" ] `, schema.ListValue(schema.Text, []string{"a", "ü\"", "1"})},
		{schema.Text, `["ü","","a/b"]`, schema.ListValue(schema.Text, []string{"ü", "", "a/b"})},
		{schema.Int64, `[9223372036854775807,-1]`, schema.ListValue(schema.Int64, []int64{math.MaxInt64, -1})},
		{schema.Bool, `[true,false,1,0]`, schema.ListValue(schema.Bool, []bool{true, false, true, false})},
		{schema.Float64, `[0.1,9e999,-9.0e+999,3]`, schema.ListValue(schema.Float64,
			[]float64{0.1, math.Inf(1), math.Inf(-1), 3})},
		{schema.Date, `["2024-02-29"]`, schema.ListValue(schema.Date,
			[]int64{time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC).UnixMicro()})},
		{schema.Decimal, `["1.50"]`, schema.ListValue(schema.Decimal, []string{"1.50"})},
		{schema.Text, `["\\",",","]", "\\\"" ,"["]`, schema.ListValue(schema.Text, []string{"\\", ",", "]", "\\\"", "["})},
		{schema.Text, " [\t] ", schema.ListValue(schema.Text, []string{})},
		{schema.Int64, "[ 1\n,\t2 ]", schema.ListValue(schema.Int64, []int64{1, 2})},
		{schema.Text, `[]`, schema.ListValue(schema.Text, []string{})},
	} {
		v, err := schema.ParseList(c.kind, []byte(c.text))
		is.NoErr(err)
		is.True(v.Equal(c.want))
		is.Equal(v.Len(), c.want.Len())
		for i := range v.Len() {
			is.True(v.At(i).Equal(c.want.At(i)))
			is.Equal(v.At(i).Kind(), c.kind)
		}
	}
	for _, c := range []struct {
		kind schema.Kind
		text string
	}{
		{schema.Text, `secret`}, {schema.Text, `null`}, {schema.Text, `{"secret":1}`}, {schema.Text, `[1]`},
		{schema.Int64, `["1"]`}, {schema.Int64, `[1.5]`}, {schema.Int16, `[40000]`}, {schema.Bool, `[2]`}, {schema.Time,
			`["secret"]`},
		{schema.UUID, `["secret"]`}, {schema.Text, `["a"] secret`}, {schema.Text, `["a",[{"secret":1}]]`}, {schema.Text,
			`[{"a":"secret"}]`}, {schema.Text, `["secret"`}, {schema.Text, `["a",]`},
		{schema.Text, ``},
	} {
		_, err := schema.ParseList(c.kind, []byte(c.text))
		is.True(err != nil)
		is.True(!strings.Contains(err.Error(), "secret"))
	}
}

// Ensure that the kind of a list is none of the kinds that its elements may have.
func TestListKind(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for k := schema.Bool; k <= schema.JSON; k++ {
		is.True(k.List().IsList() && !k.IsList())
		is.Equal(k.List().Elem(), k)
		is.Equal(k.List().String(), "list of "+k.String())
		is.True(!k.List().Integer() && !k.List().Number())
	}
}
