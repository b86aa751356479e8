package prom

import (
	"fmt"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// ListField is a column of T that holds a list of elements of type E. Its conditions have the same answers on both
// engines; those of a list that is NULL are neither true nor false.
type ListField[P, E any] struct {
	_ [0]func(P)
	c *scan.Codec
}

// ListOf returns the field that is a list, such as a []string.
func ListOf[P any, S ~[]E, E any](of P, field *S) *ListField[P, E] {
	return &ListField[P, E]{c: listColumnAt(place[S](of, field))}
}

func listColumnAt(at scan.Place) *scan.Codec {
	c, err := at.Codec()
	if err != nil {
		panic(err)
	}
	if col := c.Column(); !col.Kind.IsList() || schema.Unwrap(col.Type) != at.Values {
		panic(fmt.Sprintf("prom: %s.%s is not stored as a list of type %s", at.Model, col.Field, at.Values))
	}
	return c
}

// Column returns the column's schema.
func (f *ListField[P, E]) Column() *schema.Column { return f.c.Column() }

// Eq is true when the list has these elements in this order.
func (f *ListField[P, E]) Eq(es []E) Cond[P] {
	return Cond[P]{n: ast.CompareList(dialect.FuncListEq, f.c, es)}
}

// Ne is true when the list has other elements, or these in another order.
func (f *ListField[P, E]) Ne(es []E) Cond[P] {
	return Cond[P]{n: ast.CompareList(dialect.FuncListNe, f.c, es)}
}

// Len is the number of elements.
func (f *ListField[P, E]) Len() Expr[P, int64] { return typed[P, int64](ast.ListLen(f.c)) }

// IsEmpty is true when the list has no elements.
func (f *ListField[P, E]) IsEmpty() Cond[P] { return f.Len().Eq(0) }

// NotEmpty is true when the list has an element.
func (f *ListField[P, E]) NotEmpty() Cond[P] { return f.Len().Gt(0) }

// Has is true when e is an element of the list.
func (f *ListField[P, E]) Has(e E) Cond[P] { return f.Contains(e) }

// Contains is true when all of these are elements of the list; of none, every list is true.
func (f *ListField[P, E]) Contains(es ...E) Cond[P] {
	return Cond[P]{n: ast.CompareList(dialect.FuncListContains, f.c, es)}
}

// ContainedBy is true when the list has no elements but these; an empty one has none.
func (f *ListField[P, E]) ContainedBy(es ...E) Cond[P] {
	return Cond[P]{n: ast.CompareList(dialect.FuncListContainedBy, f.c, es)}
}

// Overlaps is true when one of these is an element of the list.
func (f *ListField[P, E]) Overlaps(es ...E) Cond[P] {
	return Cond[P]{n: ast.CompareList(dialect.FuncListOverlaps, f.c, es)}
}

// Append assigns the list with these elements behind its own, in the database, so that concurrent ones all count. NULL
// becomes a list.
func (f *ListField[P, E]) Append(es ...E) Assign[P] {
	return Assign[P]{a: ast.AssignList(dialect.FuncListAppend, f.c, es)}
}

// Remove assigns the list without its elements that equal one of these, in the database. NULL stays NULL.
func (f *ListField[P, E]) Remove(es ...E) Assign[P] {
	return Assign[P]{a: ast.AssignList(dialect.FuncListRemove, f.c, es)}
}

// Set assigns the list. nil is an empty one.
func (f *ListField[P, E]) Set(es []E) Assign[P] {
	return Assign[P]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, es)}
}

// SetTo assigns the value of a term.
func (f *ListField[P, E]) SetTo(t Term[P, []E]) Assign[P] {
	return Assign[P]{a: ast.AssignTerm(new(ast.Assign), f.c, t.term(*new(P), nil))}
}

func (f *ListField[P, E]) term(P, *[]E) *ast.Expr { return ast.ColumnOf(f.c) }

func (f *ListField[P, E]) anyTerm(P) *ast.Expr { return ast.ColumnOf(f.c) }

// NullListField is a [ListField] that may be NULL.
type NullListField[P, E any] struct {
	_ [0]func(P)
	c *scan.Codec
}

// NullListOf returns the list whose address is given, a pointer.
func NullListOf[P any, S ~[]E, E any](of P, field **S) *NullListField[P, E] {
	return &NullListField[P, E]{c: listColumnAt(place[S](of, field))}
}

// Column returns the column's schema.
func (f *NullListField[P, E]) Column() *schema.Column { return f.c.Column() }

// Eq is true when the list has these elements in this order.
func (f *NullListField[P, E]) Eq(es []E) Cond[P] {
	return Cond[P]{n: ast.CompareList(dialect.FuncListEq, f.c, es)}
}

// Ne is true when the list has other elements, or these in another order.
func (f *NullListField[P, E]) Ne(es []E) Cond[P] {
	return Cond[P]{n: ast.CompareList(dialect.FuncListNe, f.c, es)}
}

// IsNull is true when the column is NULL.
func (f *NullListField[P, E]) IsNull() Cond[P] {
	return Cond[P]{n: ast.Test(new(ast.Cond), ast.OpNull, f.c)}
}

// NotNull is true when the column is not NULL.
func (f *NullListField[P, E]) NotNull() Cond[P] {
	return Cond[P]{n: ast.Test(new(ast.Cond), ast.OpNotNull, f.c)}
}

// Len is the number of elements.
func (f *NullListField[P, E]) Len() Expr[P, int64] { return typed[P, int64](ast.ListLen(f.c)) }

// IsEmpty is true when the list has no elements.
func (f *NullListField[P, E]) IsEmpty() Cond[P] { return f.Len().Eq(0) }

// NotEmpty is true when the list has an element.
func (f *NullListField[P, E]) NotEmpty() Cond[P] { return f.Len().Gt(0) }

// Has is true when e is an element of the list.
func (f *NullListField[P, E]) Has(e E) Cond[P] { return f.Contains(e) }

// Contains is true when all of these are elements of the list; of none, every list is true.
func (f *NullListField[P, E]) Contains(es ...E) Cond[P] {
	return Cond[P]{n: ast.CompareList(dialect.FuncListContains, f.c, es)}
}

// ContainedBy is true when the list has no elements but these; an empty one has none.
func (f *NullListField[P, E]) ContainedBy(es ...E) Cond[P] {
	return Cond[P]{n: ast.CompareList(dialect.FuncListContainedBy, f.c, es)}
}

// Overlaps is true when one of these is an element of the list.
func (f *NullListField[P, E]) Overlaps(es ...E) Cond[P] {
	return Cond[P]{n: ast.CompareList(dialect.FuncListOverlaps, f.c, es)}
}

// Append assigns the list with these elements behind its own, in the database, so that concurrent ones all count. NULL
// becomes a list.
func (f *NullListField[P, E]) Append(es ...E) Assign[P] {
	return Assign[P]{a: ast.AssignList(dialect.FuncListAppend, f.c, es)}
}

// Remove assigns the list without its elements that equal one of these, in the database. NULL stays NULL.
func (f *NullListField[P, E]) Remove(es ...E) Assign[P] {
	return Assign[P]{a: ast.AssignList(dialect.FuncListRemove, f.c, es)}
}

// Set assigns the list. nil is an empty one.
func (f *NullListField[P, E]) Set(es []E) Assign[P] {
	return Assign[P]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, es)}
}

// SetTo assigns the value of a term.
func (f *NullListField[P, E]) SetTo(t Term[P, []E]) Assign[P] {
	return Assign[P]{a: ast.AssignTerm(new(ast.Assign), f.c, t.term(*new(P), nil))}
}

// SetNull assigns NULL.
func (f *NullListField[P, E]) SetNull() Assign[P] {
	return Assign[P]{a: ast.AssignNull(new(ast.Assign), f.c)}
}

func (f *NullListField[P, E]) term(P, *[]E) *ast.Expr { return ast.ColumnOf(f.c) }

func (f *NullListField[P, E]) anyTerm(P) *ast.Expr { return ast.ColumnOf(f.c) }
