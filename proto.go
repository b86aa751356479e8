package prom

import (
	"reflect"

	"github.com/prom-go/prom/internal/scan"
)

// Proto returns the prototype of a struct T, a model or a result: one value that is never stored, and whose fields'
// addresses name what they hold. Handles are made of them, once, in package variables:
//
//	var (
//		book      = prom.Proto[Book]()
//		bookTitle = prom.TextOf(book, &book.Title)
//		bookPages = prom.NumberOf(book, &book.Pages)
//	)
//
// The types of model and value follow from the field: a wrong one does not compile, and a field that is renamed takes
// its handles along. The prototype also says which model is meant where nothing else does, as in [Count] and [Val].
//
// There is one prototype for each type, and every call returns it. Structs that pointers in it lead to are there, so
// that an address in one of them is told, with what to do, when the program starts. The prototype must not be changed,
// nor copied, for a copy has these structs as well; calls that would store it or load into it refuse it.
func Proto[T any]() *T {
	scan.Know[T]()
	return (*T)(scan.Proto(reflect.TypeFor[T]()))
}
