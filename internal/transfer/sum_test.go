package transfer

import (
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/schema"
)

// Ensure that the hash of a document does not depend on what jsonb does not keep, and on all else.
func TestDocumentHash(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	seen := map[uint64]int{}
	var many, turned strings.Builder
	for i := range 40 {
		many.WriteString(`"k` + strings.Repeat("x", i) + `":1,`)
		turned.WriteString(`"k` + strings.Repeat("x", 39-i) + `": 1.0, `)
	}
	for _, same := range [][]string{
		{`{"a":1,"b":[1,2,{}]}`, ` { "b" : [1, 2.0, { }] , "a" : 1e0 } `, `{"a":2,"b":[1,2,{}],"a":1}`},
		{`"\u00e9\n"`, `"é\n"`}, {`10`, `1e1`, `10.0`, `1E+1`}, {`null`}, {`"null"`}, {`[]`}, {`{}`}, {`[[]]`}, {`[1,2]`}, {`[2,1]`}, {`-0.5`, `-5e-1`},
		{"{" + many.String() + `"z":1}`, "{" + turned.String() + `"z":1}`, "{" + turned.String() + `"z":2, "z":1}`},
		{`{"a":`}, {`[1 2]`}, {``}, {`{"a":{"b":1}}`}, {`{"b":{"a":1}}`}, {`true`}, {`false`},
	} {
		for _, s := range same {
			is.Equal(documentHash(s), documentHash(same[0]))
		}
		seen[documentHash(same[0])]++
		is.Equal(seen[documentHash(same[0])], 1) // no two of them
	}
}

// Ensure that equal values of different kinds have one hash, and that a row's hash depends on each value and its place.
func TestRowHash(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	of := func(values ...schema.Value) uint64 { var h hasher; return h.row(values) }
	text := func(s string) schema.Value { return schema.TextValue(schema.Text, s) }
	decimal := func(s string) schema.Value { return schema.TextValue(schema.Decimal, s) }
	is.Equal(of(schema.IntValue(schema.Int16, 5)), of(schema.IntValue(schema.Int64, 5)))
	is.Equal(of(schema.UintValue(5)), of(schema.IntValue(schema.Int64, 5)))
	is.Equal(of(decimal("1.50")), of(decimal("001.5")))
	is.True(of(decimal("1.5")) != of(decimal("15")))
	is.True(of(decimal("1.5")) != of(decimal("-1.5")))
	is.True(of(text("a"), text("b")) != of(text("b"), text("a")))
	is.True(of(text("a"), text("b")) != of(text("ab"), text("")))
	is.True(of(text("")) != of(schema.Value{}))
	is.True(of(text("12345678\x00")) != of(text("12345678")))
	is.True(of(schema.BytesValue([]byte("12345678"))) != of(schema.BytesValue([]byte("12345679"))))
	is.True(of(schema.BytesValue([]byte("a"))) != of(text("a")))
}
