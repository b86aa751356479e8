package query

import (
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// AnyField is a column of T that was found by its name, for filters and orders that arrive as text. Its values are of
// any type that converts to the field's without loss, or their text; what does not convert is an error of the query
// before any SQL.
type AnyField[T any] struct {
	_ [0]func(*T)
	f ast.Field
}

// FieldByName returns the column of that name, or an error that lists the columns.
func FieldByName[T any](p *scan.Plan, name string) (*AnyField[T], error) {
	f, err := ast.FieldByName(p, name)
	if err != nil {
		return nil, err
	}
	return &AnyField[T]{f: f}, nil
}

// Column returns the column's schema.
func (f *AnyField[T]) Column() *schema.Column { return f.f.Column() }

// Eq is true when the column equals x; nil is NULL here.
func (f *AnyField[T]) Eq(x any) Cond[T] { return Cond[T]{n: f.f.Compare(ast.OpEq, x)} }

// Ne is true when the column differs from x; nil is NULL here.
func (f *AnyField[T]) Ne(x any) Cond[T] { return Cond[T]{n: f.f.Compare(ast.OpNe, x)} }

// Gt is true when the column is greater than x.
func (f *AnyField[T]) Gt(x any) Cond[T] { return Cond[T]{n: f.f.Compare(ast.OpGt, x)} }

// Gte is true when the column is greater than x or equal.
func (f *AnyField[T]) Gte(x any) Cond[T] { return Cond[T]{n: f.f.Compare(ast.OpGe, x)} }

// Lt is true when the column is less than x.
func (f *AnyField[T]) Lt(x any) Cond[T] { return Cond[T]{n: f.f.Compare(ast.OpLt, x)} }

// Lte is true when the column is less than x or equal.
func (f *AnyField[T]) Lte(x any) Cond[T] { return Cond[T]{n: f.f.Compare(ast.OpLe, x)} }

// In is true when the column is one of the values; none matches nothing.
func (f *AnyField[T]) In(xs ...any) Cond[T] { return Cond[T]{n: f.f.In(ast.OpIn, xs)} }

// NotIn is true when the column is none of the values; none matches every row.
func (f *AnyField[T]) NotIn(xs ...any) Cond[T] { return Cond[T]{n: f.f.In(ast.OpNotIn, xs)} }

// Between is true when the column is from low to high, both included.
func (f *AnyField[T]) Between(low, high any) Cond[T] {
	return Cond[T]{n: f.f.InRange(low, high)}
}

// IsNull is true when the column is NULL.
func (f *AnyField[T]) IsNull() Cond[T] { return Cond[T]{n: f.f.Test(ast.OpNull)} }

// NotNull is true when the column is not NULL.
func (f *AnyField[T]) NotNull() Cond[T] { return Cond[T]{n: f.f.Test(ast.OpNotNull)} }

// Set assigns x; nil is NULL.
func (f *AnyField[T]) Set(x any) Assign[T] {
	return Assign[T]{a: f.f.Assign(x)}
}

// Asc orders by the column, the least first, NULLs last.
func (f *AnyField[T]) Asc() Order[T] { return Order[T]{o: f.f.OrderBy(false)} }

// Desc orders by the column, the greatest first, NULLs first.
func (f *AnyField[T]) Desc() Order[T] { return Order[T]{o: f.f.OrderBy(true)} }
