package prom

import (
	"iter"
	"unsafe"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/core"
	"github.com/prom-go/prom/internal/filter"
	"github.com/prom-go/prom/internal/scan"
)

// What is generic here is compiled for each model, and again in each package that holds one of its repos. So it is a
// face: methods that convert, of types that are in memory what those of internal/core are, which do the work. P is a
// pointer to a model, so that a function of it is compiled once for all.

// What is cast into each other is of one size, or this does not compile.
var (
	_ [unsafe.Sizeof(core.Query{})]byte      = [unsafe.Sizeof(Query[int]{})]byte{}
	_ [unsafe.Sizeof(core.Conflict{})]byte   = [unsafe.Sizeof(Conflict[int]{})]byte{}
	_ [unsafe.Sizeof(core.Cond(nil))]byte    = [unsafe.Sizeof(Cond[*int]{})]byte{}
	_ [unsafe.Sizeof(core.Order(nil))]byte   = [unsafe.Sizeof(Order[*int]{})]byte{}
	_ [unsafe.Sizeof(core.Assign(nil))]byte  = [unsafe.Sizeof(Assign[*int]{})]byte{}
	_ [unsafe.Sizeof(core.Mapping{})]byte    = [unsafe.Sizeof(Mapping[*int, *int]{})]byte{}
	_ [unsafe.Sizeof(filter.Filtered{})]byte = [unsafe.Sizeof(Filtered[int]{})]byte{}
	_ [unsafe.Sizeof(filter.Field{})]byte    = [unsafe.Sizeof(FilterField{})]byte{}
	_ [unsafe.Sizeof(core.Column{})]byte     = [unsafe.Sizeof(Column[*int]{})]byte{}
	_ [unsafe.Sizeof(scan.List{})]byte       = [unsafe.Sizeof([]int{})]byte{}
)

// condsAt and its like read a slice of typed parts, given by its address, as what it is to the core. They are no
// generic functions, nor are the casts of what comes back: a method that calls one needs a dictionary, which keeps the
// types of all that it names in programs.
func condsAt(list unsafe.Pointer) []core.Cond       { return *(*[]core.Cond)(list) }
func ordersAt(list unsafe.Pointer) []core.Order     { return *(*[]core.Order)(list) }
func assignsAt(list unsafe.Pointer) []core.Assign   { return *(*[]core.Assign)(list) }
func mappingsAt(list unsafe.Pointer) []core.Mapping { return *(*[]core.Mapping)(list) }
func columnsAt(list unsafe.Pointer) []core.Column   { return *(*[]core.Column)(list) }
func queriesAt(list unsafe.Pointer) []*core.Query   { return *(*[]*core.Query)(list) }
func listAt(list unsafe.Pointer) scan.List          { return *(*scan.List)(list) }

// valueOf returns the value at an address, the zero value without one.
func valueOf[R any](v unsafe.Pointer, err error) (R, error) {
	if v == nil {
		return *new(R), err
	}
	return *(*R)(v), err
}

// valuesOf returns a loop over addresses as one over the values there.
func valuesOf[R any](rows core.Rows) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		rows(func(v unsafe.Pointer, err error) bool { return yield(valueOf[R](v, err)) })
	}
}

// waitOf returns what the options of a lock say.
func waitOf(options []LockOption) dialect.LockWait {
	wait := dialect.LockWaits
	for _, o := range options {
		wait = o.wait
	}
	return wait
}

// batchError and valueError return an error of one of several as what it is here.
func batchError(err error) error {
	if at, ok := err.(*core.At); ok { //nolint:errorlint // what is in it is the caller's
		return (*BatchError)(at)
	}
	return err
}

func valueError(err error) error {
	if at, ok := err.(*core.At); ok { //nolint:errorlint // what is in it is the caller's
		return (*ValueError)(at)
	}
	return err
}
