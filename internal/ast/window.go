package ast

// Window says which rows a function of a window sees, and in which order.
type Window struct {
	Partition []*Expr
	Orders    []Order
	Frame     Frame
}

// Frame is the part of a partition that is seen.
type Frame uint8

// The frames.
const (
	frameDefault Frame = iota // with an order, the rows up to this one and those that are equal to it
	FrameAll
	FrameSoFar // the rows up to this one
)

func (w *Window) firstErr() error {
	for _, e := range w.Partition {
		if err := e.FirstErr(); err != nil {
			return err
		}
	}
	return ordersErr(w.Orders)
}
