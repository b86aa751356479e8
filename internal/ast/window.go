package ast

import (
	"errors"
	"math"
	"time"

	"github.com/prom-go/prom/schema"
)

// Window says which rows a function of a window sees, and in which order.
type Window struct {
	Partition []*Expr
	Orders    []Order
	Frame     Frame
}

// Frame is the part of a partition that is seen. The zero Frame is SQL's own: with an order, the rows up to the present
// one and those that are equal to it.
type Frame struct {
	Unit     FrameUnit
	From, To int64 // so many units before the present row when negative, or one of the bounds below
	Exclude  FrameExclusion
}

// FrameUnit is what a frame is counted in.
type FrameUnit uint8

// The units.
const (
	frameDefault FrameUnit = iota
	FrameRows
	FrameRange  // by the number that the rows are ordered by
	FrameTime   // by the instant or the day, in microseconds
	FrameGroups // rows that are equal in the order
)

// The bounds that are not counted.
const (
	UnboundedPreceding int64 = math.MinInt64
	UnboundedFollowing int64 = math.MaxInt64
)

// FrameExclusion says which rows of a frame are left out.
type FrameExclusion uint8

// The exclusions.
const (
	ExcludeNothing FrameExclusion = iota
	ExcludeCurrentRow
	ExcludeGroup
	ExcludeTies
)

// Bounds returns where the frame begins and ends.
func (f Frame) Bounds() (from, to int64) {
	if f.Unit == frameDefault {
		return UnboundedPreceding, 0
	}
	return f.From, f.To
}

// Counted reports whether a bound is a number of units, which is an argument.
func Counted(bound int64) bool {
	return bound != 0 && bound != UnboundedPreceding && bound != UnboundedFollowing
}

// counts reports whether a bound of the frame is an argument.
func (f Frame) counts() bool { return Counted(f.From) || Counted(f.To) }

var (
	errFrameEnds   = errors.New("the frame of a window starts after its end: give the lower bound first, as in Rows(-2, 0)")
	errFrameGroups = errors.New("a GROUPS frame needs a window with ORDER BY: add OrderBy")
	errFrameRange  = errors.New("a RANGE frame with an offset needs a window that is ordered by one number: " +
		"order it by one integer or float, or use Rows, or RangeTime for times")
	errFrameTime = errors.New("RangeTime needs a window that is ordered by one time or date, and by nothing else")
)

// Microseconds returns a duration as the bound of a frame.
func Microseconds(d time.Duration) int64 {
	switch n := int64(d); n {
	case UnboundedPreceding, UnboundedFollowing:
		return n
	}
	return d.Microseconds()
}

func (w *Window) firstErr() error {
	for _, e := range w.Partition {
		if err := e.FirstErr(); err != nil {
			return err
		}
	}
	f := w.Frame
	switch from, to := f.Bounds(); {
	case from > to, from == UnboundedFollowing, to == UnboundedPreceding:
		return errFrameEnds
	case f.Unit == FrameGroups && len(w.Orders) == 0:
		return errFrameGroups
	case f.Unit == FrameRange && f.counts() && (len(w.Orders) != 1 || !countable(w.OffsetKind())):
		return errFrameRange
	case f.Unit == FrameTime && (len(w.Orders) != 1 || w.Orders[0].Part != 0 || !timed(w.Orders[0].Col.Kind)):
		return errFrameTime
	}
	return ordersErr(w.Orders)
}

func timed(k schema.Kind) bool { return k == schema.Time || k == schema.Date }

func countable(k schema.Kind) bool { return k.Integer() || k == schema.Float64 }

// OffsetKind returns the kind of the numbers of the frame's bounds: that of the order, which is as wide
// as can be, in a range.
func (w *Window) OffsetKind() schema.Kind {
	if w.Frame.Unit != FrameRange || len(w.Orders) != 1 {
		return schema.Int64
	}
	if w.Orders[0].Part != 0 {
		return schema.Int64
	}
	return Wider(w.Orders[0].Col).Kind
}

// offsets appends the arguments of the frame.
func (w *Window) offsets(dst []schema.Value) []schema.Value {
	from, to := w.Frame.Bounds()
	for _, bound := range [...]int64{from, to} {
		if !Counted(bound) {
			continue
		}
		n := max(bound, -bound)
		switch k := w.OffsetKind(); k {
		case schema.Uint64:
			dst = append(dst, schema.UintValue(uint64(n)))
		case schema.Float64:
			dst = append(dst, schema.FloatValue(k, float64(n)))
		default:
			dst = append(dst, schema.IntValue(k, n))
		}
	}
	return dst
}

// frame adds the frame of a window, but for its arguments.
func (k Shape) frame(f Frame) Shape {
	from, to := f.Bounds()
	return k.Byte(byte(f.Unit), byte(f.Exclude), boundForm(from), boundForm(to))
}

// boundForm distinguishes bounds that are written differently.
func boundForm(bound int64) byte {
	switch {
	case bound == UnboundedPreceding:
		return 0
	case bound == UnboundedFollowing:
		return 4
	case bound < 0:
		return 1
	case bound > 0:
		return 3
	}
	return 2
}
