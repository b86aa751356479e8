package prom

import (
	"fmt"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// ListField is a column of the model P that holds a list of elements of type E. Its conditions have the same results on
// both engines. If the list is NULL, its conditions are neither true nor false.
type ListField[P, E any] struct {
	_ [0]func(P)
	c *scan.Codec
}

// ListOf returns the [ListField] of a slice, such as a []string.
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
	} else if col.Dims > 1 {
		panic(fmt.Sprintf("prom: %s.%s is an array of several dimensions, which no field compares or changes; "+
			"read it and write it with its row", at.Model, col.Field))
	}
	return c
}

// Column returns the column's schema.
func (f *ListField[P, E]) Column() *schema.Column { return f.c.Column() }

// Eq is true when the list has exactly the given elements in the given order.
func (f *ListField[P, E]) Eq(es []E) Cond[P] {
	return Cond[P]{n: ast.CompareList(dialect.FuncListEq, f.c, es)}
}

// Ne is true when the list has other elements than the given ones, or the same elements in another order.
func (f *ListField[P, E]) Ne(es []E) Cond[P] {
	return Cond[P]{n: ast.CompareList(dialect.FuncListNe, f.c, es)}
}

// Len is the number of elements.
func (f *ListField[P, E]) Len() Expr[P, int64] { return typed[P, int64](ast.ListLen(f.c)) }

// IsEmpty is true when the list has no elements.
func (f *ListField[P, E]) IsEmpty() Cond[P] { return f.Len().Eq(0) }

// NotEmpty is true when the list has at least one element.
func (f *ListField[P, E]) NotEmpty() Cond[P] { return f.Len().Gt(0) }

// Has is true when e is an element of the list.
func (f *ListField[P, E]) Has(e E) Cond[P] { return f.Contains(e) }

// Contains is true when all given values are elements of the list. Without values it is true for every list.
func (f *ListField[P, E]) Contains(es ...E) Cond[P] {
	return Cond[P]{n: ast.CompareList(dialect.FuncListContains, f.c, es)}
}

// ContainedBy is true when every element of the list is one of the given values. It is true for an empty list.
func (f *ListField[P, E]) ContainedBy(es ...E) Cond[P] {
	return Cond[P]{n: ast.CompareList(dialect.FuncListContainedBy, f.c, es)}
}

// Overlaps is true when at least one of the given values is an element of the list.
func (f *ListField[P, E]) Overlaps(es ...E) Cond[P] {
	return Cond[P]{n: ast.CompareList(dialect.FuncListOverlaps, f.c, es)}
}

// Append appends the given elements to the list, in the database, so that concurrent appends all take effect. NULL
// becomes a list.
func (f *ListField[P, E]) Append(es ...E) Assign[P] {
	return Assign[P]{a: ast.AssignList(dialect.FuncListAppend, f.c, es)}
}

// Remove removes all elements that equal one of the given values from the list, in the database. NULL stays NULL.
func (f *ListField[P, E]) Remove(es ...E) Assign[P] {
	return Assign[P]{a: ast.AssignList(dialect.FuncListRemove, f.c, es)}
}

// Set assigns a list to the column. A nil slice is an empty list.
func (f *ListField[P, E]) Set(es []E) Assign[P] {
	return Assign[P]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, es)}
}

// SetTo assigns the value of a term to the column.
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

// NullListOf returns the [ListField] of a pointer to a slice. The column may be NULL.
func NullListOf[P any, S ~[]E, E any](of P, field **S) *NullListField[P, E] {
	return &NullListField[P, E]{c: listColumnAt(place[S](of, field))}
}

// Column returns the column's schema.
func (f *NullListField[P, E]) Column() *schema.Column { return f.c.Column() }

// Eq is true when the list has exactly the given elements in the given order.
func (f *NullListField[P, E]) Eq(es []E) Cond[P] {
	return Cond[P]{n: ast.CompareList(dialect.FuncListEq, f.c, es)}
}

// Ne is true when the list has other elements than the given ones, or the same elements in another order.
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

// NotEmpty is true when the list has at least one element.
func (f *NullListField[P, E]) NotEmpty() Cond[P] { return f.Len().Gt(0) }

// Has is true when e is an element of the list.
func (f *NullListField[P, E]) Has(e E) Cond[P] { return f.Contains(e) }

// Contains is true when all given values are elements of the list. Without values it is true for every list.
func (f *NullListField[P, E]) Contains(es ...E) Cond[P] {
	return Cond[P]{n: ast.CompareList(dialect.FuncListContains, f.c, es)}
}

// ContainedBy is true when every element of the list is one of the given values. It is true for an empty list.
func (f *NullListField[P, E]) ContainedBy(es ...E) Cond[P] {
	return Cond[P]{n: ast.CompareList(dialect.FuncListContainedBy, f.c, es)}
}

// Overlaps is true when at least one of the given values is an element of the list.
func (f *NullListField[P, E]) Overlaps(es ...E) Cond[P] {
	return Cond[P]{n: ast.CompareList(dialect.FuncListOverlaps, f.c, es)}
}

// Append appends the given elements to the list, in the database, so that concurrent appends all take effect. NULL
// becomes a list.
func (f *NullListField[P, E]) Append(es ...E) Assign[P] {
	return Assign[P]{a: ast.AssignList(dialect.FuncListAppend, f.c, es)}
}

// Remove removes all elements that equal one of the given values from the list, in the database. NULL stays NULL.
func (f *NullListField[P, E]) Remove(es ...E) Assign[P] {
	return Assign[P]{a: ast.AssignList(dialect.FuncListRemove, f.c, es)}
}

// Set assigns a list to the column. A nil slice is an empty list.
func (f *NullListField[P, E]) Set(es []E) Assign[P] {
	return Assign[P]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, es)}
}

// SetTo assigns the value of a term to the column.
func (f *NullListField[P, E]) SetTo(t Term[P, []E]) Assign[P] {
	return Assign[P]{a: ast.AssignTerm(new(ast.Assign), f.c, t.term(*new(P), nil))}
}

// SetNull assigns NULL to the column.
func (f *NullListField[P, E]) SetNull() Assign[P] {
	return Assign[P]{a: ast.AssignNull(new(ast.Assign), f.c)}
}

func (f *NullListField[P, E]) term(P, *[]E) *ast.Expr { return ast.ColumnOf(f.c) }

func (f *NullListField[P, E]) anyTerm(P) *ast.Expr { return ast.ColumnOf(f.c) }
