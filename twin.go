package prom

import (
	"unsafe"

	"github.com/prom-go/prom/internal/core"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dsn"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/internal/sqlite3"
	"github.com/prom-go/prom/internal/twin"
	"github.com/prom-go/prom/schema"
)

// What users name is declared in this package, so that its documentation and its methods print. Where an internal
// package works with the same, the two are alike in memory, and one is cast into the other: TestTwins compares them
// field by field.

// What is cast into each other is of one size, or this does not compile.
var (
	_ [unsafe.Sizeof(driver.Error{})]byte   = [unsafe.Sizeof(Error{})]byte{}
	_ [unsafe.Sizeof(sqlite3.Error{})]byte  = [unsafe.Sizeof(SQLiteError{})]byte{}
	_ [unsafe.Sizeof(scan.Violation{})]byte = [unsafe.Sizeof(Violation{})]byte{}
	_ [unsafe.Sizeof(dsn.DSN{})]byte        = [unsafe.Sizeof(DSN{})]byte{}
	_ [unsafe.Sizeof(schema.Step{})]byte    = [unsafe.Sizeof(Step{})]byte{}
	_ [unsafe.Sizeof(schema.Drift{})]byte   = [unsafe.Sizeof(Drift{})]byte{}
	_ [unsafe.Sizeof(db.Event{})]byte       = [unsafe.Sizeof(Event{})]byte{}
	_ [unsafe.Sizeof(db.TxOption(nil))]byte = [unsafe.Sizeof(TxOption{})]byte{}
)

func init() { twin.As, twin.Kind = asOwn, kindOf }

// asOwn sets the target of errors.As to an error of an internal package as what it is here.
func asOwn(err error, target any) bool {
	switch t := target.(type) {
	case **Error:
		e, ok := err.(*driver.Error) //nolint:errorlint // errors.As walks the tree
		if ok {
			*t = (*Error)(unsafe.Pointer(e))
		}
		return ok
	case *Violations:
		vs, ok := err.(scan.Violations) //nolint:errorlint // errors.As walks the tree
		if ok {
			*t = *(*Violations)(unsafe.Pointer(&vs))
		}
		return ok
	case **SQLiteError:
		e, ok := err.(*sqlite3.Error) //nolint:errorlint // errors.As walks the tree
		if ok {
			*t = (*SQLiteError)(unsafe.Pointer(e))
		}
		return ok
	}
	return false
}

func kindOf(target error) (kind uint8, ok bool) {
	k, ok := target.(Kind) //nolint:errorlint // it is a target of errors.Is
	return uint8(k), ok
}

// openOptionsAt and its like read a list as what it is to the packages below.
func openOptionsAt(list []OpenOption) []db.OpenOption {
	return *(*[]db.OpenOption)(unsafe.Pointer(&list))
}

func txOptionsAt(list []TxOption) []db.TxOption { return *(*[]db.TxOption)(unsafe.Pointer(&list)) }

func columnersAt(list []Columner) []core.Columner {
	return *(*[]core.Columner)(unsafe.Pointer(&list))
}

func stepsAt(list []Step) []schema.Step { return *(*[]schema.Step)(unsafe.Pointer(&list)) }

func ownSteps(list []schema.Step) []Step { return *(*[]Step)(unsafe.Pointer(&list)) }

func ownDrifts(list []*schema.Drift) []*Drift { return *(*[]*Drift)(unsafe.Pointer(&list)) }
