// Package span computes with ranges as PostgreSQL does (src/backend/utils/adt/rangetypes.c and multirangetypes.c).
package span

import (
	"cmp"
	"errors"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/prom-go/prom/schema"
)

// End is a bound of a range. The zero value is the number 0, which does not belong to the range.
type End struct {
	Unbounded bool
	Inclusive bool
	Time      bool   // N is microseconds since 1970
	N         int64  // a number, if Decimal is empty
	Decimal   string // a number that no int64 is
}

// Span is a range that has a value.
type Span struct{ Lower, Upper End }

// List is a range, as one span or none, or a multirange. Its spans are canonical: in their order, with gaps between them,
// and those of whole numbers and days without their upper bounds.
type List []Span

var (
	errOrder    = errors.New("the lower bound of a range must be less than or equal to its upper bound")
	errOverflow = errors.New("the bound of a range is the greatest value of its type, and the range as it is stored, without " +
		"its upper bound, needs a greater one")
	errDecimal = errors.New("a bound of the range is not a decimal number")
	errTime    = errors.New("a time must be in the years 1 to 9999, in UTC")
	errMany    = errors.New("the value is a multirange of several ranges")
	errBound   = errors.New("a bound of the range is outside the range of the field's type")
	errKind    = errors.New("the bounds of the range are not of the field's type")
)

// Of returns a value of a type of package prom's ranges as a bound. A date is the time's day in its own location.
func Of(v any, k schema.Kind) (End, error) {
	switch v := v.(type) {
	case int32:
		return End{N: int64(v)}, nil
	case int64:
		return End{N: v}, nil
	case int:
		return End{N: int64(v)}, nil
	case string:
		return parseNumber(v)
	case time.Time:
		if k == schema.Null {
			k = schema.Time
		}
		t, err := schema.CheckedTime(k, v)
		return End{Time: true, N: t.Int()}, err
	}
	return End{}, errKind
}

// parseNumber reads a decimal number.
func parseNumber(s string) (End, error) {
	canonical, ok := schema.CanonicalDecimal(s)
	if !ok {
		return End{}, errDecimal
	}
	if n, err := strconv.ParseInt(canonical, 10, 64); err == nil {
		return End{N: n}, nil
	}
	return End{Decimal: canonical}, nil
}

// Number returns the text of a number.
func (e End) Number() string {
	if e.Decimal != "" {
		return e.Decimal
	}
	return strconv.FormatInt(e.N, 10)
}

// values compares the values of two bounds. Times are after numbers.
func values(a, b End) int {
	switch {
	case a.Time != b.Time:
		if a.Time {
			return 1
		}
		return -1
	case a.Decimal == "" && b.Decimal == "":
		return cmp.Compare(a.N, b.N)
	}
	return schema.CompareDecimals(a.Number(), b.Number())
}

// lowers and uppers compare two bounds that are both lower or both upper ones.
func lowers(a, b End) int {
	switch {
	case a.Unbounded || b.Unbounded:
		return truth(b.Unbounded) - truth(a.Unbounded)
	}
	if c := values(a, b); c != 0 {
		return c
	}
	return truth(b.Inclusive) - truth(a.Inclusive)
}

func uppers(a, b End) int {
	switch {
	case a.Unbounded || b.Unbounded:
		return truth(a.Unbounded) - truth(b.Unbounded)
	}
	if c := values(a, b); c != 0 {
		return c
	}
	return truth(a.Inclusive) - truth(b.Inclusive)
}

// meets returns a negative number if there is a gap between an upper bound and a lower one that is after it, 0 if they
// are adjacent, and a positive number if both have a value between them.
func meets(upper, lower End) int {
	if upper.Unbounded || lower.Unbounded {
		return 1
	}
	if c := values(upper, lower); c != 0 {
		return c
	}
	return truth(upper.Inclusive) + truth(lower.Inclusive) - 1
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

// From returns a range of package prom as one with bounds of a kind, by its type if that is [schema.Null].
func From[T any](r *schema.Range[T], k schema.Kind) (List, error) {
	return between(any(r.Lower), any(r.Upper), End{Unbounded: r.LowerUnbounded, Inclusive: !r.LowerExclusive},
		End{Unbounded: r.UpperUnbounded, Inclusive: r.UpperInclusive}, k)
}

// FromAll returns a multirange.
func FromAll[T any](ranges []schema.Range[T], k schema.Kind) (List, error) {
	var all List
	for i := range ranges {
		l, err := From(&ranges[i], k)
		if err != nil {
			return nil, err
		}
		all = append(all, l...)
	}
	return Merged(all), nil
}

// between returns the range of two values and what else belongs to their bounds.
func between(low, high any, lower, upper End, k schema.Kind) (List, error) {
	if s, ok := low.(string); ok && s == "" && high == low && !lower.Unbounded && !upper.Unbounded {
		return nil, nil // the zero value
	}
	if k == schema.Null {
		k = KindOf(low)
	}
	for _, b := range []struct {
		e *End
		v any
	}{{&lower, low}, {&upper, high}} {
		if b.e.Unbounded {
			continue
		}
		e, err := Of(b.v, k)
		if err != nil {
			return nil, err
		}
		e.Inclusive = b.e.Inclusive
		*b.e = e
	}
	return New(lower, upper, k)
}

// KindOf returns the kind of the bounds of ranges of a value's type.
func KindOf(v any) schema.Kind {
	switch v.(type) {
	case int32:
		return schema.Int32
	case int, int64:
		return schema.Int64
	case string:
		return schema.Decimal
	}
	return schema.Time
}

// day is a day in microseconds.
const day = 86400e6

// New returns the range between two bounds of a kind.
func New(lower, upper End, k schema.Kind) (List, error) {
	for _, e := range []*End{&lower, &upper} {
		switch {
		case e.Unbounded || k == schema.Null:
		case e.Time != (k == schema.Time || k == schema.Date):
			return nil, errKind
		case k.Integer() && e.Decimal != "", k == schema.Int32 && int64(int32(e.N)) != e.N:
			return nil, errBound
		case k == schema.Date:
			e.N -= (e.N%day + day) % day
		}
	}
	if !lower.Unbounded && !upper.Unbounded {
		c := values(lower, upper)
		switch {
		case c > 0:
			return nil, errOrder
		case c == 0 && !(lower.Inclusive && upper.Inclusive):
			return nil, nil
		}
	}
	step, most := int64(1), int64(math.MaxInt64)
	switch k {
	case schema.Int32:
		most = math.MaxInt32
	case schema.Int64:
	case schema.Date:
		step, most = day, time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC).UnixMicro()
	default:
		step = 0
	}
	if step > 0 {
		for _, e := range []*End{&lower, &upper} {
			if next := e == &upper; !e.Unbounded && e.Inclusive == next {
				if e.N >= most {
					return nil, errOverflow
				}
				e.N += step
				e.Inclusive = !next
			}
		}
		if !lower.Unbounded && !upper.Unbounded && lower.N == upper.N {
			return nil, nil
		}
	}
	return List{{plain(lower), plain(upper)}}, nil
}

// plain returns a bound without what does not count in an unbounded one.
func plain(e End) End {
	if e.Unbounded {
		return End{Unbounded: true}
	}
	return e
}

// Merged returns the multirange of all spans.
func Merged(spans List) List {
	slices.SortFunc(spans, func(a, b Span) int { return List{a}.Compare(List{b}) })
	merged := spans[:0]
	for _, s := range spans {
		if n := len(merged); n > 0 && meets(merged[n-1].Upper, s.Lower) >= 0 {
			if uppers(s.Upper, merged[n-1].Upper) > 0 {
				merged[n-1].Upper = s.Upper
			}
			continue
		}
		merged = append(merged, s)
	}
	return merged
}

// Compare orders ranges, and multiranges, as PostgreSQL does: by their spans, of these by the lower bounds, then the
// upper ones. What is empty is first.
func (l List) Compare(o List) int {
	return slices.CompareFunc(l, o, func(a, b Span) int {
		if c := lowers(a.Lower, b.Lower); c != 0 {
			return c
		}
		return uppers(a.Upper, b.Upper)
	})
}

// Has reports whether a value is in one of the spans.
func (l List) Has(v End) bool {
	v.Inclusive = true
	return slices.ContainsFunc(l, func(s Span) bool { return s.contains(Span{v, v}) })
}

func (s Span) contains(o Span) bool {
	return lowers(s.Lower, o.Lower) <= 0 && uppers(s.Upper, o.Upper) >= 0
}

// Contains reports whether each value of o is one of l.
func (l List) Contains(o List) bool {
	for _, s := range o {
		if !slices.ContainsFunc(l, func(own Span) bool { return own.contains(s) }) {
			return false
		}
	}
	return true
}

// Overlaps reports whether there is a value of both.
func (l List) Overlaps(o List) bool {
	for _, s := range o {
		if slices.ContainsFunc(l, func(own Span) bool { return meets(own.Upper, s.Lower) > 0 && meets(s.Upper, own.Lower) > 0 }) {
			return true
		}
	}
	return false
}

// Before reports whether all values of l are less than all of o. It is false if one of them is empty.
func (l List) Before(o List) bool {
	return len(l) > 0 && len(o) > 0 && meets(l[len(l)-1].Upper, o[0].Lower) <= 0
}

// Adjacent reports whether o begins where l ends, or ends where l begins.
func (l List) Adjacent(o List) bool {
	if len(l) == 0 || len(o) == 0 {
		return false
	}
	return meets(l[len(l)-1].Upper, o[0].Lower) == 0 || meets(o[len(o)-1].Upper, l[0].Lower) == 0
}

// Fill sets a range to what a list holds, which is one span or none.
func Fill[T any](r *schema.Range[T], l List) error {
	*r = schema.Range[T]{}
	switch len(l) {
	case 0:
		return nil
	case 1:
	default:
		return errMany
	}
	lower, upper := l[0].Lower, l[0].Upper
	r.LowerUnbounded, r.UpperUnbounded = lower.Unbounded, upper.Unbounded
	r.LowerExclusive, r.UpperInclusive = !lower.Inclusive && !lower.Unbounded, upper.Inclusive
	if err := lower.into(&r.Lower); err != nil {
		return err
	}
	return upper.into(&r.Upper)
}

// FillAll sets the ranges of a multirange.
func FillAll[T any](to *[]schema.Range[T], l List) error {
	*to = make([]schema.Range[T], len(l))
	for i := range l {
		if err := Fill(&(*to)[i], l[i:i+1]); err != nil {
			return err
		}
	}
	return nil
}

// Read sets a range to what a text says.
func Read[T any](r *schema.Range[T], text []byte) error {
	l, err := ParseAs(string(text), KindOf(any(r.Lower)))
	if err != nil {
		return err
	}
	return Fill(r, l)
}

// ReadAll sets the ranges of a multirange to what a text says.
func ReadAll[T any](to *[]schema.Range[T], text []byte) error {
	l, err := ParseAs(string(text), KindOf(any(*new(T))))
	if err != nil {
		return err
	}
	return FillAll(to, l)
}

// into sets what to points at to the value of a bound.
func (e End) into(to any) error {
	if e.Unbounded {
		return nil
	}
	if _, times := to.(*time.Time); times != e.Time {
		return errKind
	}
	switch to := to.(type) {
	case *time.Time:
		*to = time.UnixMicro(e.N).UTC()
		return nil
	case *string:
		*to = e.Number()
		return nil
	case *int32:
		*to = int32(e.N)
		return whole(e, int64(*to))
	case *int64:
		*to = e.N
		return whole(e, e.N)
	case *int:
		*to = int(e.N)
		return whole(e, int64(*to))
	}
	return errKind
}

// whole is an error if a bound is no such whole number.
func whole(e End, n int64) error {
	if e.Decimal != "" || n != e.N {
		return errBound
	}
	return nil
}
