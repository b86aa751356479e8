package query

import (
	"fmt"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// ListField is a column of T that holds a list of elements of type E. Its conditions have the same answers on both
// engines; those of a list that is NULL are neither true nor false.
type ListField[T, E any] struct {
	_ [0]func(*T)
	c *scan.Codec
}

// ListOf returns the list that the accessor points to.
func ListOf[T any, S ~[]E, E any](accessor func(*T) *S) *ListField[*T, E] {
	return &ListField[*T, E]{c: listCodec[T, S, S](accessor)}
}

func listCodec[T, F, V any](accessor func(*T) *F) *scan.Codec {
	return codecOfList(scan.At[T, F, V](accessor))
}

func codecOfList(at scan.Access) *scan.Codec {
	c, err := at.Codec()
	if err != nil {
		panic(err)
	}
	if col := c.Column(); !col.Kind.IsList() || schema.Unwrap(col.Type) != at.Values {
		panic(fmt.Sprintf("prom: %s.%s is not stored as a list of type %s", at.Model, col.Field, at.Values))
	}
	return c
}

// Name returns the column's name.
func (f *ListField[T, E]) Name() string { return f.c.Column().Name }

// Column returns the column's schema.
func (f *ListField[T, E]) Column() *schema.Column { return f.c.Column() }

// Eq is true when the list has these elements in this order.
func (f *ListField[T, E]) Eq(es []E) Cond[T] {
	return Cond[T]{n: ast.CompareList(dialect.FuncListEq, f.c, es)}
}

// Ne is true when the list has other elements, or these in another order.
func (f *ListField[T, E]) Ne(es []E) Cond[T] {
	return Cond[T]{n: ast.CompareList(dialect.FuncListNe, f.c, es)}
}

// Len is the number of elements.
func (f *ListField[T, E]) Len() Expr[T, int64] { return typed[T, int64](ast.ListLen(f.c)) }

// IsEmpty is true when the list has no elements.
func (f *ListField[T, E]) IsEmpty() Cond[T] { return f.Len().Eq(0) }

// NotEmpty is true when the list has an element.
func (f *ListField[T, E]) NotEmpty() Cond[T] { return f.Len().Gt(0) }

// Has is true when e is an element of the list.
func (f *ListField[T, E]) Has(e E) Cond[T] { return f.Contains(e) }

// Contains is true when all of these are elements of the list; of none, every list is true.
func (f *ListField[T, E]) Contains(es ...E) Cond[T] {
	return Cond[T]{n: ast.CompareList(dialect.FuncListContains, f.c, es)}
}

// ContainedBy is true when the list has no elements but these; an empty one has none.
func (f *ListField[T, E]) ContainedBy(es ...E) Cond[T] {
	return Cond[T]{n: ast.CompareList(dialect.FuncListContainedBy, f.c, es)}
}

// Overlaps is true when one of these is an element of the list.
func (f *ListField[T, E]) Overlaps(es ...E) Cond[T] {
	return Cond[T]{n: ast.CompareList(dialect.FuncListOverlaps, f.c, es)}
}

// Append assigns the list with these elements behind its own, in the database, so that concurrent ones all count. NULL
// becomes a list.
func (f *ListField[T, E]) Append(es ...E) Assign[T] {
	return Assign[T]{a: ast.AssignList(dialect.FuncListAppend, f.c, es)}
}

// Remove assigns the list without its elements that equal one of these, in the database. NULL stays NULL.
func (f *ListField[T, E]) Remove(es ...E) Assign[T] {
	return Assign[T]{a: ast.AssignList(dialect.FuncListRemove, f.c, es)}
}

// Set assigns the list. nil is an empty one.
func (f *ListField[T, E]) Set(es []E) Assign[T] {
	return Assign[T]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, es)}
}

// SetTo assigns the value of a term.
func (f *ListField[T, E]) SetTo(t Term[T, []E]) Assign[T] { return setTo[T](f.c, t.term().e) }

func (f *ListField[T, E]) term() value[T, []E] { return value[T, []E]{e: ast.ColumnOf(f.c)} }

func (f *ListField[T, E]) anyTerm() (*ast.Expr, *T) { return ast.ColumnOf(f.c), nil }

// NullListField is a [ListField] that may be NULL.
type NullListField[T, E any] struct {
	_ [0]func(*T)
	c *scan.Codec
}

// NullListOf returns the list that the accessor points to, a pointer.
func NullListOf[T any, S ~[]E, E any](accessor func(*T) **S) *NullListField[*T, E] {
	return &NullListField[*T, E]{c: listCodec[T, *S, S](accessor)}
}

// Name returns the column's name.
func (f *NullListField[T, E]) Name() string { return f.c.Column().Name }

// Column returns the column's schema.
func (f *NullListField[T, E]) Column() *schema.Column { return f.c.Column() }

// Eq is true when the list has these elements in this order.
func (f *NullListField[T, E]) Eq(es []E) Cond[T] {
	return Cond[T]{n: ast.CompareList(dialect.FuncListEq, f.c, es)}
}

// Ne is true when the list has other elements, or these in another order.
func (f *NullListField[T, E]) Ne(es []E) Cond[T] {
	return Cond[T]{n: ast.CompareList(dialect.FuncListNe, f.c, es)}
}

// IsNull is true when the column is NULL.
func (f *NullListField[T, E]) IsNull() Cond[T] {
	return Cond[T]{n: ast.Test(new(ast.Cond), ast.OpNull, f.c)}
}

// NotNull is true when the column is not NULL.
func (f *NullListField[T, E]) NotNull() Cond[T] {
	return Cond[T]{n: ast.Test(new(ast.Cond), ast.OpNotNull, f.c)}
}

// Len is the number of elements.
func (f *NullListField[T, E]) Len() Expr[T, int64] { return typed[T, int64](ast.ListLen(f.c)) }

// IsEmpty is true when the list has no elements.
func (f *NullListField[T, E]) IsEmpty() Cond[T] { return f.Len().Eq(0) }

// NotEmpty is true when the list has an element.
func (f *NullListField[T, E]) NotEmpty() Cond[T] { return f.Len().Gt(0) }

// Has is true when e is an element of the list.
func (f *NullListField[T, E]) Has(e E) Cond[T] { return f.Contains(e) }

// Contains is true when all of these are elements of the list; of none, every list is true.
func (f *NullListField[T, E]) Contains(es ...E) Cond[T] {
	return Cond[T]{n: ast.CompareList(dialect.FuncListContains, f.c, es)}
}

// ContainedBy is true when the list has no elements but these; an empty one has none.
func (f *NullListField[T, E]) ContainedBy(es ...E) Cond[T] {
	return Cond[T]{n: ast.CompareList(dialect.FuncListContainedBy, f.c, es)}
}

// Overlaps is true when one of these is an element of the list.
func (f *NullListField[T, E]) Overlaps(es ...E) Cond[T] {
	return Cond[T]{n: ast.CompareList(dialect.FuncListOverlaps, f.c, es)}
}

// Append assigns the list with these elements behind its own, in the database, so that concurrent ones all count. NULL
// becomes a list.
func (f *NullListField[T, E]) Append(es ...E) Assign[T] {
	return Assign[T]{a: ast.AssignList(dialect.FuncListAppend, f.c, es)}
}

// Remove assigns the list without its elements that equal one of these, in the database. NULL stays NULL.
func (f *NullListField[T, E]) Remove(es ...E) Assign[T] {
	return Assign[T]{a: ast.AssignList(dialect.FuncListRemove, f.c, es)}
}

// Set assigns the list. nil is an empty one.
func (f *NullListField[T, E]) Set(es []E) Assign[T] {
	return Assign[T]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, es)}
}

// SetTo assigns the value of a term.
func (f *NullListField[T, E]) SetTo(t Term[T, []E]) Assign[T] { return setTo[T](f.c, t.term().e) }

// SetNull assigns NULL.
func (f *NullListField[T, E]) SetNull() Assign[T] {
	return Assign[T]{a: ast.AssignNull(new(ast.Assign), f.c)}
}

func (f *NullListField[T, E]) term() value[T, []E] { return value[T, []E]{e: ast.ColumnOf(f.c)} }

func (f *NullListField[T, E]) anyTerm() (*ast.Expr, *T) { return ast.ColumnOf(f.c), nil }
