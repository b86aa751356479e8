package prom

import (
	"errors"
	"time"
	"unsafe"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/span"
	"github.com/prom-go/prom/schema"
)

// RangeValue are the types of the bounds of a [Range]. A string is a decimal number, such as "12.50".
type RangeValue interface {
	int | int32 | int64 | string | time.Time
}

// Range is a range of values as PostgreSQL has it (its manual, section "Range Types"). The zero value is the empty
// range. Without other fields, Range{Lower: a, Upper: b} has the values from a to less than b.
//
// The columns have these types on PostgreSQL:
//
//	Range[int32]      int4range
//	Range[int], int64 int8range
//	Range[string]     numrange
//	Range[time.Time]  tstzrange; with the tag option date daterange, with type=tsrange times without a zone, in UTC
//
// On SQLite they are texts in the form of PostgreSQL's. Both engines give the same results. Declare the field with
// [RangeOf].
//
// A range is stored in one form: whole numbers and days from the lower bound to less than the upper one, times in UTC
// with microseconds, decimals without zeros at their ends, and all that is empty as empty. That is also what is read
// back. A range whose lower bound is greater than its upper one is [ErrValidation], and so is one that has the greatest
// whole number or day as its last value.
type Range[T RangeValue] struct {
	Lower, Upper T // the bounds; see the fields below for whether they are in the range

	LowerExclusive bool // Lower is not in the range
	UpperInclusive bool // Upper is in the range
	LowerUnbounded bool // there is no lower bound, whatever Lower is
	UpperUnbounded bool // there is no upper bound, whatever Upper is
}

// NewRange returns the range from lower to less than upper: [lower, upper).
func NewRange[T RangeValue](lower, upper T) Range[T] { return Range[T]{Lower: lower, Upper: upper} }

// ClosedRange returns the range from lower to upper, both included: [lower, upper].
func ClosedRange[T RangeValue](lower, upper T) Range[T] {
	return Range[T]{Lower: lower, Upper: upper, UpperInclusive: true}
}

// RangeFrom returns the range of lower and all greater values: [lower, ∞).
func RangeFrom[T RangeValue](lower T) Range[T] { return Range[T]{Lower: lower, UpperUnbounded: true} }

// RangeUntil returns the range of all values less than upper: (-∞, upper).
func RangeUntil[T RangeValue](upper T) Range[T] { return Range[T]{Upper: upper, LowerUnbounded: true} }

// UnboundedRange returns the range of all values.
func UnboundedRange[T RangeValue]() Range[T] {
	return Range[T]{LowerUnbounded: true, UpperUnbounded: true}
}

// list is the range in its one form, and empty if it is not valid.
func (r Range[T]) list() span.List {
	l, _ := span.From((*schema.Range[T])(&r), schema.Null)
	return l
}

// IsEmpty reports whether no value is in the range. That is also so if the range is not valid, because its lower bound
// is greater than its upper one: it counts as empty in the other methods, too.
func (r Range[T]) IsEmpty() bool { return len(r.list()) == 0 }

// Contains reports whether v is in the range.
func (r Range[T]) Contains(v T) bool { return has(r.list(), v) }

// ContainsRange reports whether all values of o are in r.
func (r Range[T]) ContainsRange(o Range[T]) bool { return r.list().Contains(o.list()) }

// Overlaps reports whether a value is in both ranges.
func (r Range[T]) Overlaps(o Range[T]) bool { return r.list().Overlaps(o.list()) }

// Adjacent reports whether one range begins where the other one ends, with no value between them and none in both.
func (r Range[T]) Adjacent(o Range[T]) bool { return r.list().Adjacent(o.list()) }

// Equal reports whether the same values are in both ranges.
func (r Range[T]) Equal(o Range[T]) bool { return r.list().Compare(o.list()) == 0 }

// String returns the range as PostgreSQL writes it, such as [1,10) or empty.
func (r Range[T]) String() string { return r.list().Text(span.KindOf(any(r.Lower)), false) }

// MarshalText returns what String does. A range that is not valid is an error. A Range[time.Time] does not know that
// its column has days: its text, in JSON too, has the times at which they begin in UTC, and stands for the same days.
func (r Range[T]) MarshalText() ([]byte, error) {
	l, err := span.From((*schema.Range[T])(&r), schema.Null)
	return rangeText(l, span.KindOf(any(r.Lower)), false, err)
}

// UnmarshalText reads what MarshalText and PostgreSQL write. A text with another form is an error that does not show
// it.
func (r *Range[T]) UnmarshalText(text []byte) error {
	return rangeError(span.Read((*schema.Range[T])(r), text))
}

// MultiRange is a set of values as the ranges of which it consists: PostgreSQL's multirange, from version 14 on. The
// types of its columns are named like those of [Range]: int4multirange, int8multirange, nummultirange, tstzmultirange,
// and with the tag options date and type datemultirange and tsmultirange.
//
// It is stored in one form: in order, without empty ranges, and with one range in place of those that overlap or are
// adjacent. That is also what is read back. Declare the field with [OrderedOf], and query it with [RangeContains] and
// its like.
type MultiRange[T RangeValue] []Range[T]

func (m MultiRange[T]) list() span.List {
	l, _ := span.FromAll(m.ranges(), schema.Null)
	return l
}

// ranges are the same ones, as the type that is like theirs.
func (m MultiRange[T]) ranges() []schema.Range[T] { return *(*[]schema.Range[T])(unsafe.Pointer(&m)) }

// IsEmpty reports whether no value is in the multirange.
func (m MultiRange[T]) IsEmpty() bool { return len(m.list()) == 0 }

// Contains reports whether v is in one of the ranges.
func (m MultiRange[T]) Contains(v T) bool { return has(m.list(), v) }

// Overlaps reports whether a value is in both multiranges.
func (m MultiRange[T]) Overlaps(o MultiRange[T]) bool { return m.list().Overlaps(o.list()) }

// Equal reports whether the same values are in both multiranges.
func (m MultiRange[T]) Equal(o MultiRange[T]) bool { return m.list().Compare(o.list()) == 0 }

// String returns the multirange as PostgreSQL writes it, such as {[1,3),[5,7)}.
func (m MultiRange[T]) String() string { return m.list().Text(span.KindOf(any(*new(T))), true) }

// MarshalText returns what String does. A range that is not valid is an error.
func (m MultiRange[T]) MarshalText() ([]byte, error) {
	l, err := span.FromAll(m.ranges(), schema.Null)
	return rangeText(l, span.KindOf(any(*new(T))), true, err)
}

// UnmarshalText reads what MarshalText and PostgreSQL write. A text with another form is an error that does not show
// it.
func (m *MultiRange[T]) UnmarshalText(text []byte) error {
	return rangeError(span.ReadAll((*[]schema.Range[T])(unsafe.Pointer(m)), text))
}

func has(l span.List, v any) bool {
	e, err := span.Of(v, schema.Null)
	return err == nil && l.Has(e)
}

func rangeText(l span.List, k schema.Kind, multi bool, err error) ([]byte, error) {
	if err != nil {
		return nil, rangeError(err)
	}
	return []byte(l.Text(k, multi)), nil
}

func rangeError(err error) error {
	if err == nil {
		return nil
	}
	return errors.New("prom: " + err.Error())
}

// AnyRange is the constraint of ranges and multiranges with bounds of type T.
type AnyRange[T RangeValue] interface {
	Range[T] | MultiRange[T]
	// Contains reports whether v is in the range, or in one of the ranges.
	Contains(v T) bool
}

// RangeContains is true when the value is in the range or multirange:
//
//	prom.RangeContains(prom.Inner(both, stayDuring), prom.Outer(both, eventAt))
//
// With a constant in place of the value, use the method Contains of the field, or [Val].
func RangeContains[P any, R AnyRange[T], T RangeValue](r Term[P, R], v Term[P, T]) Cond[P] {
	return Cond[P]{n: ast.RangeTest(dialect.FuncRangeContainsElem, exprOf(r), ast.Beside[T](exprOf(v), ast.BoundLike(exprOf(r))))}
}

// RangeContainsRange is true when all values of b are in a. It is true if b is empty.
func RangeContainsRange[P any, A, B AnyRange[T], T RangeValue](a Term[P, A], b Term[P, B]) Cond[P] {
	return Cond[P]{n: ast.RangePair[A, B](dialect.FuncRangeContains, exprOf(a), exprOf(b))}
}

// RangeOverlaps is true when a value is in both.
func RangeOverlaps[P any, A, B AnyRange[T], T RangeValue](a Term[P, A], b Term[P, B]) Cond[P] {
	return Cond[P]{n: ast.RangePair[A, B](dialect.FuncRangeOverlaps, exprOf(a), exprOf(b))}
}

// RangeAdjacent is true when one of the two begins where the other one ends.
func RangeAdjacent[P any, A, B AnyRange[T], T RangeValue](a Term[P, A], b Term[P, B]) Cond[P] {
	return Cond[P]{n: ast.RangePair[A, B](dialect.FuncRangeAdjacent, exprOf(a), exprOf(b))}
}

// RangeBefore is true when all values of a are less than all values of b. It is false if one of them is empty.
func RangeBefore[P any, A, B AnyRange[T], T RangeValue](a Term[P, A], b Term[P, B]) Cond[P] {
	return Cond[P]{n: ast.RangePair[A, B](dialect.FuncRangeBefore, exprOf(a), exprOf(b))}
}

// RangeIsEmpty is true when no value is in the range or multirange.
func RangeIsEmpty[P any, R AnyRange[T], T RangeValue](r Term[P, R]) Cond[P] {
	return Cond[P]{n: ast.RangeTest(dialect.FuncRangeIsEmpty, exprOf(r))}
}

// RangeLower is the lower bound of a range or multirange. It is NULL if that is empty or has no lower bound; read it
// by [OrNull] then.
func RangeLower[P any, R AnyRange[T], T RangeValue](r Term[P, R]) Expr[P, T] {
	return typed[P, T](ast.RangeBound(dialect.FuncRangeLower, exprOf(r)))
}

// RangeUpper is the upper bound of a range or multirange, which is not in the range if the bounds are whole numbers or
// days. It is NULL if the range is empty or has no upper bound.
func RangeUpper[P any, R AnyRange[T], T RangeValue](r Term[P, R]) Expr[P, T] {
	return typed[P, T](ast.RangeBound(dialect.FuncRangeUpper, exprOf(r)))
}
