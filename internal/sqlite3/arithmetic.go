package sqlite3

import (
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// Number is an argument of arithmetic, or its result: an Integer, a Float, or else NULL.
type Number struct {
	Type  Type
	Int   int64
	Float float64
}

// Arithmetic computes a number of one, a, or two, of which none is NULL. Its error is a text, "" for none. It must
// neither panic nor use the connection.
type Arithmetic func(a, b Number) (result Number, err string)

// CreateArithmetic gives the connection a function of one or two numbers. It is NULL when one of them is; a text counts
// as the number that it begins with, as everywhere in SQLite.
func (c *Conn) CreateArithmetic(name string, args int, compute Arithmetic) error {
	return c.addFunction(name, function{compute: compute}, func(p, arg uintptr) int32 {
		return lib.Xsqlite3_create_function_v2(c.tls, c.db, p, int32(args), functionFlags, arg, funcPointer(onCompute), 0, 0,
			0)
	})
}

// onCompute is arithmetic, void (*)(sqlite3_context*, int, sqlite3_value**).
func onCompute(tls *libc.TLS, ctx uintptr, n int32, argv uintptr) {
	c, f := called(tls, ctx)
	a := number(tls, argv, 0)
	b := a
	if n > 1 {
		b = number(tls, argv, 1)
	}
	if a.Type == Null || b.Type == Null {
		lib.Xsqlite3_result_null(tls, ctx)
		return
	}
	r, err := f.compute(a, b)
	giveNumber(tls, c, ctx, r, err)
}

// giveNumber makes a number the result of a call, or an error.
func giveNumber(tls *libc.TLS, c *Conn, ctx uintptr, r Number, err string) {
	switch {
	case err != "":
		give(tls, c, ctx, Result{Err: err})
	case r.Type == Integer:
		lib.Xsqlite3_result_int64(tls, ctx, r.Int)
	case r.Type == Float:
		lib.Xsqlite3_result_double(tls, ctx, r.Float)
	default:
		lib.Xsqlite3_result_null(tls, ctx)
	}
}

func number(tls *libc.TLS, argv uintptr, i int) Number {
	// argv is an array of as many pointers as arguments
	value := *(*uintptr)(pointer(argv + uintptr(i)*unsafe.Sizeof(argv)))
	switch lib.Xsqlite3_value_numeric_type(tls, value) {
	case lib.SQLITE_NULL:
		return Number{Type: Null}
	case lib.SQLITE_INTEGER:
		return Number{Type: Integer, Int: lib.Xsqlite3_value_int64(tls, value)}
	}
	return Number{Type: Float, Float: lib.Xsqlite3_value_double(tls, value)}
}
