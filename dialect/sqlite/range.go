package sqlite

import (
	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// RangeCollation is the name of the collation that compares ranges, and RangeCall that of the function that computes
// with them: its arguments are one of the constants below and the operands. A connection must register both.
const (
	RangeCollation = "prom_range_order"
	RangeCall      = "prom_range"
)

// What [RangeCall] does.
const (
	RangeContains     = "@>"
	RangeContainsElem = "has"
	RangeOverlaps     = "&&"
	RangeAdjacent     = "-|-"
	RangeBefore       = "<<"
	RangeLower        = "lower"   // as a value of a kind, the third argument
	RangeUpper        = "upper"   // as a value of a kind, the third argument
	RangeIsEmpty      = "isempty" // of one
)

var rangeOps = map[dialect.Func]string{
	dialect.FuncRangeContains: RangeContains, dialect.FuncRangeContainsElem: RangeContainsElem,
	dialect.FuncRangeOverlaps: RangeOverlaps, dialect.FuncRangeAdjacent: RangeAdjacent,
	dialect.FuncRangeBefore: RangeBefore, dialect.FuncRangeLower: RangeLower, dialect.FuncRangeUpper: RangeUpper,
	dialect.FuncRangeIsEmpty: RangeIsEmpty,
}

// CallRange returns the call of a function of ranges.
func (Dialect) CallRange(fn dialect.Func, args []dialect.RangeArg) string {
	texts := make([]string, len(args), len(args)+1)
	for i, a := range args {
		texts[i] = a.Text
	}
	if fn == dialect.FuncRangeLower || fn == dialect.FuncRangeUpper {
		texts = append(texts, quoteText(args[0].Column.Range.String()))
	}
	return with(RangeCall, rangeOps[fn], texts)
}

// isRange reports whether a column holds ranges or multiranges.
func isRange(c *schema.Column) bool { return c.Range != schema.Null && c.Kind == schema.Text }
