package schema

import (
	"fmt"
	"reflect"
	"strings"
	"time"
)

// Range is a range of values. Package prom defines a type over it, which describes the fields.
type Range[T any] struct {
	Lower, Upper T // the bounds
	// whether the bounds are in the range, and whether there are any
	LowerExclusive, UpperInclusive, LowerUnbounded, UpperUnbounded bool
}

// ranges are the types of ranges, and the PostgreSQL types that their columns have by themselves.
var ranges = []struct {
	of   reflect.Type
	kind Kind
	name string
}{
	{reflect.TypeFor[Range[int32]](), Int32, "int4range"},
	{reflect.TypeFor[Range[int64]](), Int64, "int8range"},
	{reflect.TypeFor[Range[int]](), Int64, "int8range"},
	{reflect.TypeFor[Range[string]](), Decimal, "numrange"},
	{reflect.TypeFor[Range[time.Time]](), Time, "tstzrange"},
}

// rangeKinds are the kinds of the bounds of PostgreSQL's types of ranges.
var rangeKinds = map[string]Kind{"int4range": Int32, "int8range": Int64, "numrange": Decimal, "tsrange": Time,
	"tstzrange": Time, "daterange": Date}

// RangeType returns the kind of the bounds of one of PostgreSQL's types of ranges and multiranges, and the name of the
// type of ranges. The kind is [Null] for another type.
func RangeType(name string) (kind Kind, ofRange string, multi bool) {
	name = strings.ToLower(name)
	if one, ok := strings.CutSuffix(name, "multirange"); ok {
		name, multi = one+"range", true
	}
	return rangeKinds[name], name, multi
}

// IsRange reports whether a type is one of ranges, or of lists of ranges that are multiranges.
func IsRange(t reflect.Type) bool { k, _, _ := rangeOf(t); return k != Null }

func rangeOf(t reflect.Type) (kind Kind, name string, multi bool) {
	if t.Kind() == reflect.Slice && t.Name() != "" {
		t, multi = t.Elem(), true
	}
	if t.Kind() != reflect.Struct || t.NumField() != ranges[0].of.NumField() {
		return Null, "", false
	}
	for _, r := range ranges {
		if t.ConvertibleTo(r.of) {
			return r.kind, r.name, multi
		}
	}
	return Null, "", false
}

// setRange makes the column one of ranges.
func (c *Column) setRange(kind Kind, name string, tg *tag) error {
	declared, hasType := tg.value("type")
	switch {
	case tg.has("date"):
		if kind != Time {
			return fmt.Errorf("date needs a range of time.Time, not %s", c.Type)
		}
		kind, name = Date, "daterange"
	case hasType:
		k, ofRange, multi := RangeType(declared)
		if k != kind && !(k.Integer() && kind.Integer()) && !(k == Date && kind == Time) || multi != c.Multi {
			return fmt.Errorf("type=%s does not hold a %s", declared, c.Type)
		}
		kind, name = k, ofRange
	case tg.has("decimal"), tg.has("uuid"), tg.has("clock"):
		return fmt.Errorf("a %s is stored as a range; its tag may have date or type", c.Type)
	}
	if c.Multi {
		name = strings.TrimSuffix(name, "range") + "multirange"
	}
	c.Kind, c.Range, c.SQLType = Text, kind, name
	return nil
}

// HoldsRange reports whether a PostgreSQL type has the values of a column of ranges: one with times with or without a
// zone, or with whole numbers of any width.
func (c *Column) HoldsRange(typ string) bool {
	kind, _, multi := RangeType(typ)
	return multi == c.Multi && kind != Null && (kind == c.Range || kind.Integer() && c.Range.Integer())
}
