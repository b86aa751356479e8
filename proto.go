package prom

import (
	"reflect"

	"github.com/prom-go/prom/internal/scan"
)

// Proto returns the prototype of a struct T, a model or a result. The prototype is one value that is never stored; the
// addresses of its fields identify fields. Declare fields with it once, in package variables:
//
//	var (
//		book      = prom.Proto[Book]()
//		bookTitle = prom.TextOf(book, &book.Title)
//		bookPages = prom.NumberOf(book, &book.Pages)
//	)
//
// The model and the type of the values follow from the address, so a wrong type does not compile, and renaming a field
// of the struct also renames it here. The prototype also tells functions such as [Count] and [Val] which model they are
// for.
//
// There is one prototype for each type, and every call returns it. Its pointers to structs are not nil, so that the
// address of a field in such a struct can be reported, with what to do, when the program starts. Do not change or copy
// the prototype: a copy shares these structs. Calls that would store it or load into it return an error.
func Proto[T any]() *T {
	scan.Know[T]()
	return (*T)(scan.Proto(reflect.TypeFor[T]()))
}
