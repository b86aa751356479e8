package sqlite3

import (
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// mostFunctions is how many functions and aggregates a connection may have; their number is kept in seven bits.
const mostFunctions = 128

// Arg is an argument of a function: a text, which lies in SQLite's memory and is good while the call runs, or NULL. A
// number comes as its text too, a BLOB as none.
type Arg struct {
	Text  string
	Null  bool
	Type  Type
	Float float64 // of a REAL
}

// Result is what a function gives: NULL, an INTEGER, a REAL or a TEXT, an error's text, or one of its arguments; or it
// was interrupted.
type Result struct {
	Type        Type
	Int         int64
	Float       float64
	Text        string
	Err         string
	Argument    int // the number of that argument, from 1 on; 0 for none
	Interrupted bool
}

// Aggregate gathers the values of a group of rows, or of the frame of a window, in which rows leave again. NULLs are
// left out.
type Aggregate interface {
	Add(text string)
	Remove(text string)
	Result() Result
}

// function is a function of a connection: a scalar one, arithmetic, or an aggregate.
type function struct {
	call    func(args []Arg) Result
	compute Arithmetic
	start   func() gatherer
}

// flags of functions: the same arguments give the same result, and no harm comes of a call in a schema that somebody
// else made.
const functionFlags = lib.SQLITE_UTF8 | lib.SQLITE_DETERMINISTIC | lib.SQLITE_INNOCUOUS

// CreateFunction gives the connection a function of so many arguments, of any number for -1. It must neither panic nor
// use the connection, but for [Conn.Ended], and does not keep the arguments.
func (c *Conn) CreateFunction(name string, args int, call func(args []Arg) Result) error {
	return c.createFunction(name, int32(args), functionFlags, call)
}

// CreateEffect gives the connection a function that is called for its effect, each time that it is met. A schema cannot
// use it. The rest is as with CreateFunction.
func (c *Conn) CreateEffect(name string, args int, call func(args []Arg) Result) error {
	return c.createFunction(name, int32(args), lib.SQLITE_UTF8|lib.SQLITE_DIRECTONLY, call)
}

func (c *Conn) createFunction(name string, args, flags int32, call func(args []Arg) Result) error {
	return c.addFunction(name, function{call: call}, func(p, arg uintptr) int32 {
		return lib.Xsqlite3_create_function_v2(c.tls, c.db, p, args, flags, arg, funcPointer(onCall), 0, 0, 0)
	})
}

// CreateAggregate gives the connection an aggregate of one argument, which is a function of windows too. Its methods
// must neither panic nor use the connection.
func (c *Conn) CreateAggregate(name string, start func() Aggregate) error {
	return c.createAggregate(name, func() gatherer { return texts{start()} })
}

func (c *Conn) createAggregate(name string, start func() gatherer) error {
	return c.addFunction(name, function{start: start}, func(p, arg uintptr) int32 {
		return lib.Xsqlite3_create_window_function(c.tls, c.db, p, 1, functionFlags, arg,
			funcPointer(onStep), funcPointer(onFinal), funcPointer(onValue), funcPointer(onInverse), 0)
	})
}

func (c *Conn) addFunction(name string, f function, create func(name, arg uintptr) int32) error {
	if len(c.functions) == mostFunctions {
		return misuse("the connection has too many functions")
	}
	p, free, err := c.cString(name)
	if err != nil {
		return err
	}
	defer free()
	c.functions = append(c.functions, f)
	if rc := create(p, c.id*mostFunctions+uintptr(len(c.functions)-1)); rc != lib.SQLITE_OK {
		return c.fail(rc)
	}
	return nil
}

// called returns the connection and the function of a call.
func called(tls *libc.TLS, ctx uintptr) (*Conn, *function) {
	arg := lib.Xsqlite3_user_data(tls, ctx)
	c := connection(arg / mostFunctions)
	return c, &c.functions[arg%mostFunctions]
}

// argument returns an argument of a call.
func argument(tls *libc.TLS, argv uintptr, i int) Arg {
	// argv is an array of as many pointers as arguments
	value := *(*uintptr)(pointer(argv + uintptr(i)*unsafe.Sizeof(argv)))
	var a Arg
	switch lib.Xsqlite3_value_type(tls, value) {
	case lib.SQLITE_NULL:
		return Arg{Null: true}
	case lib.SQLITE_INTEGER:
		a.Type = Integer
	case lib.SQLITE_FLOAT:
		a.Type, a.Float = Float, lib.Xsqlite3_value_double(tls, value)
	case lib.SQLITE_BLOB:
		return Arg{Type: Blob}
	default:
		a.Type = Text
	}
	p := lib.Xsqlite3_value_text(tls, value)
	if p == 0 {
		return Arg{Null: true} // out of memory, which SQLite reports
	}
	a.Text = view(p, lib.Xsqlite3_value_bytes(tls, value))
	return a
}

// give makes r the result of a call.
func give(tls *libc.TLS, c *Conn, ctx uintptr, r Result) {
	text := r.Text
	switch {
	case r.Err != "":
		text = r.Err
	case r.Type == Integer:
		lib.Xsqlite3_result_int64(tls, ctx, r.Int)
		return
	case r.Type == Float:
		lib.Xsqlite3_result_double(tls, ctx, r.Float)
		return
	case r.Type != Text:
		lib.Xsqlite3_result_null(tls, ctx)
		return
	}
	p, free, err := c.cString(text)
	if err != nil {
		lib.Xsqlite3_result_error_nomem(tls, ctx)
		return
	}
	defer free()
	if r.Err != "" {
		lib.Xsqlite3_result_error(tls, ctx, p, int32(len(text)))
		return
	}
	const transient = ^uintptr(0) // SQLITE_TRANSIENT: SQLite makes a copy
	lib.Xsqlite3_result_text(tls, ctx, p, int32(len(text)), transient)
}

// onCall is a function, void (*)(sqlite3_context*, int, sqlite3_value**).
func onCall(tls *libc.TLS, ctx uintptr, n int32, argv uintptr) {
	c, f := called(tls, ctx)
	args := c.args[:0]
	for i := range int(n) {
		args = append(args, argument(tls, argv, i))
	}
	r := f.call(args)
	clear(args)
	c.args = args
	switch {
	case r.Argument > 0:
		given := *(*uintptr)(pointer(argv + uintptr(r.Argument-1)*unsafe.Sizeof(argv)))
		lib.Xsqlite3_result_value(tls, ctx, given)
	case r.Interrupted:
		lib.Xsqlite3_result_error_code(tls, ctx, lib.SQLITE_INTERRUPT)
	default:
		give(tls, c, ctx, r)
	}
}
