package sqlite3

import (
	"strings"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// NumberAggregate gathers the numbers of a group of rows, or of the frame of a window, in which rows leave again. NULLs
// are left out. Its result is a number or NULL, or an error's text.
type NumberAggregate interface {
	Add(n Number)
	Remove(n Number)
	Result() (result Number, err string)
}

// CreateNumberAggregate is [Conn.CreateAggregate] of numbers. A text counts as the number that it begins with.
func (c *Conn) CreateNumberAggregate(name string, start func() NumberAggregate) error {
	return c.createAggregate(name, func() gatherer { return numbers{start()} })
}

// gatherer is an aggregate of a group of rows, for the callbacks.
type gatherer interface {
	step(tls *libc.TLS, argv uintptr, leaves bool)
	give(tls *libc.TLS, c *Conn, ctx uintptr)
}

// texts is an aggregate of texts.
type texts struct{ Aggregate }

// step takes a row. What it keeps is a copy.
func (t texts) step(tls *libc.TLS, argv uintptr, leaves bool) {
	switch arg := argument(tls, argv, 0); {
	case arg.Null:
	case leaves:
		t.Remove(strings.Clone(arg.Text))
	default:
		t.Add(strings.Clone(arg.Text))
	}
}

func (t texts) give(tls *libc.TLS, c *Conn, ctx uintptr) { give(tls, c, ctx, t.Result()) }

// numbers is an aggregate of numbers.
type numbers struct{ NumberAggregate }

func (n numbers) step(tls *libc.TLS, argv uintptr, leaves bool) {
	switch arg := number(tls, argv, 0); {
	case arg.Type == Null:
	case leaves:
		n.Remove(arg)
	default:
		n.Add(arg)
	}
}

func (n numbers) give(tls *libc.TLS, c *Conn, ctx uintptr) {
	r, err := n.Result()
	giveNumber(tls, c, ctx, r, err)
}

// group returns what an aggregate has gathered for the group of a call. Its key is the address of memory that SQLite
// has for the group.
func group(tls *libc.TLS, ctx uintptr) (*Conn, gatherer, uintptr) {
	c, f := called(tls, ctx)
	key := lib.Xsqlite3_aggregate_context(tls, ctx, 1)
	g, ok := c.groups[key]
	if !ok {
		if c.groups == nil {
			c.groups = map[uintptr]gatherer{}
		}
		g = f.start()
		c.groups[key] = g
	}
	return c, g, key
}

// onStep takes a row, void (*)(sqlite3_context*, int, sqlite3_value**).
func onStep(tls *libc.TLS, ctx uintptr, _ int32, argv uintptr) {
	_, g, _ := group(tls, ctx)
	g.step(tls, argv, false)
}

// onInverse lets a row leave the frame of a window.
func onInverse(tls *libc.TLS, ctx uintptr, _ int32, argv uintptr) {
	_, g, _ := group(tls, ctx)
	g.step(tls, argv, true)
}

// onValue gives what there is so far, void (*)(sqlite3_context*).
func onValue(tls *libc.TLS, ctx uintptr) {
	c, g, _ := group(tls, ctx)
	g.give(tls, c, ctx)
}

// onFinal gives the result at the end of the group.
func onFinal(tls *libc.TLS, ctx uintptr) {
	c, g, key := group(tls, ctx)
	delete(c.groups, key)
	g.give(tls, c, ctx)
}
