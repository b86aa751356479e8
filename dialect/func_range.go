package dialect

import "github.com/prom-go/prom/schema"

// Functions of ranges and multiranges.
const (
	FuncRangeContains     Func = 200 + iota // the first has all values of the second
	FuncRangeContainsElem                   // the first has the second, a value
	FuncRangeOverlaps                       // both have a value
	FuncRangeAdjacent                       // one begins where the other ends
	FuncRangeBefore                         // all values of the first are less than all of the second
	FuncRangeLower                          // the lower bound, NULL if there is none
	FuncRangeUpper                          // the upper bound, NULL if there is none
	FuncRangeIsEmpty                        // it has no value
)

// OfRange reports whether the first argument of a function is a range or a multirange.
func (f Func) OfRange() bool { return f >= FuncRangeContains && f <= FuncRangeIsEmpty }

// RangeArg is an argument of a function of ranges.
type RangeArg struct {
	Column *schema.Column // a column like the argument; if Stored is true, the column itself, with its native type
	Text   string         // the SQL of the argument
	Stored bool           // the argument is a column as it is stored
}
