package dialect_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// Ensure that functions of ranges are written with columns as they are stored, and values as ranges of the same type.
func TestGoldenRanges(t *testing.T) {
	t.Parallel()
	stored := func(kind schema.Kind, typ string, multi bool) dialect.RangeArg {
		return dialect.RangeArg{Text: `"c"`, Stored: true, Column: &schema.Column{Kind: schema.Text, Range: kind, Multi: multi,
			Form: schema.FormNative, Native: &schema.Native{Type: typ, Ordered: true}}}
	}
	fns := []dialect.Func{dialect.FuncRangeContains, dialect.FuncRangeOverlaps, dialect.FuncRangeAdjacent, dialect.FuncRangeBefore}
	for _, d := range dialects {
		t.Run(d.Name(), func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			for _, c := range []dialect.RangeArg{
				stored(schema.Int32, "int4range", false), stored(schema.Int64, "int8range", false), stored(schema.Decimal, "numrange", false),
				stored(schema.Time, "tstzrange", false), stored(schema.Time, "tsrange", false), stored(schema.Date, "daterange", false),
				stored(schema.Time, "tsmultirange", true),
			} {
				fmt.Fprintf(&b, "-- %s\n", c.Column.Native.Type)
				value := dialect.RangeArg{Text: "?", Column: &schema.Column{Kind: schema.Text, Range: c.Column.Range, SQLType: "tstzrange"}}
				for _, fn := range fns {
					fmt.Fprintf(&b, "%s\n", d.CallRange(fn, []dialect.RangeArg{c, value}))
				}
				elem := dialect.RangeArg{Text: d.Typed(c.Column.Range), Column: &schema.Column{Kind: c.Column.Range}}
				fmt.Fprintf(&b, "%s\n", d.CallRange(dialect.FuncRangeContainsElem, []dialect.RangeArg{c, elem}))
				for _, fn := range []dialect.Func{dialect.FuncRangeLower, dialect.FuncRangeUpper, dialect.FuncRangeIsEmpty} {
					fmt.Fprintf(&b, "%s\n", d.CallRange(fn, []dialect.RangeArg{c}))
				}
			}
			golden(t, d, "ranges", b.String())
		})
	}
}
