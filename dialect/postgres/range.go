package postgres

import (
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// rangeTypes are the types of ranges by the kind of their bounds, and the types of these.
var rangeTypes = map[schema.Kind]string{schema.Int32: "int4range", schema.Int64: "int8range", schema.Decimal: "numrange",
	schema.Time: "tstzrange", schema.Date: "daterange"}

var boundTypes = map[string]string{"int4range": "integer", "int8range": "bigint", "numrange": "numeric",
	"tsrange": zoneless, "tstzrange": "timestamptz", "daterange": "date"}

var rangeOps = map[dialect.Func]string{
	dialect.FuncRangeContains: " @> ", dialect.FuncRangeContainsElem: " @> ", dialect.FuncRangeOverlaps: " && ",
	dialect.FuncRangeAdjacent: " -|- ", dialect.FuncRangeBefore: " << ",
}

// CallRange returns the call of a function of ranges. A column stands in it as it is stored, so that an index serves it.
func (d Dialect) CallRange(fn dialect.Func, args []dialect.RangeArg) string {
	name := ""
	for _, a := range args {
		if k, ofRange, _ := rangeType(a); name == "" && k != schema.Null && a.Stored {
			name = ofRange
		}
	}
	if name == "" {
		_, name, _ = rangeType(args[0])
	}
	texts := make([]string, len(args))
	for i, a := range args {
		switch _, _, multi := rangeType(a); {
		case i == 1 && fn == dialect.FuncRangeContainsElem:
			texts[i] = boundOf(name, a.Text)
		case a.Stored:
			texts[i] = a.Text
		case multi:
			texts[i] = a.Text + "::" + strings.TrimSuffix(name, "range") + "multirange"
		default:
			texts[i] = a.Text + "::" + name
		}
	}
	switch fn {
	case dialect.FuncRangeIsEmpty:
		return "isempty(" + texts[0] + ")"
	case dialect.FuncRangeLower, dialect.FuncRangeUpper:
		call := "lower(" + texts[0] + ")"
		if fn == dialect.FuncRangeUpper {
			call = "upper(" + texts[0] + ")"
		}
		if name == "tsrange" {
			call = "(" + call + " AT TIME ZONE 'UTC')"
		}
		return call
	}
	return "(" + texts[0] + rangeOps[fn] + texts[1] + ")"
}

// rangeType returns what an argument's type is called.
func rangeType(a dialect.RangeArg) (kind schema.Kind, ofRange string, multi bool) {
	if a.Stored {
		return schema.RangeType(a.Column.Native.Type)
	}
	if kind, ofRange, multi = schema.RangeType(a.Column.SQLType); kind != schema.Null {
		return kind, ofRange, multi
	}
	return a.Column.Range, rangeTypes[a.Column.Range], a.Column.Multi
}

// computedRange reports whether a column stands for ranges that are computed, or given, as texts.
func computedRange(c *schema.Column) bool {
	return c.Range != schema.Null && c.Kind == schema.Text && !isNative(c)
}

// rangeName returns the type of such a column.
func rangeName(c *schema.Column) string {
	if kind, _, _ := schema.RangeType(c.SQLType); kind != schema.Null {
		return strings.ToLower(c.SQLType)
	}
	name := rangeTypes[c.Range]
	if c.Multi {
		name = strings.TrimSuffix(name, "range") + "multirange"
	}
	return name
}

// boundOf returns a value as one of a type of ranges.
func boundOf(name, expr string) string {
	if name == "tsrange" {
		return "(" + expr + " AT TIME ZONE 'UTC')"
	}
	return "(" + expr + ")::" + boundTypes[name]
}
