package query

import (
	"errors"
	"fmt"
	"strings"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// AnyField is a column of T that was found by its name, for filters and orders that arrive as text. Its values are of
// any type that converts to the field's without loss, or their text; what does not convert is an error of the query
// before any SQL.
type AnyField[T any] struct {
	_ [0]func(*T)
	c *scan.Codec
}

// FieldByName returns the column of that name, or an error that lists the columns.
func FieldByName[T any](p *scan.Plan, name string) (*AnyField[T], error) {
	col := p.Table.Column(name)
	if col == nil {
		return nil, fmt.Errorf("%s has no column %.70q; its columns are %s", p.Table.Model.Name(), name, strings.Join(schema.ColumnNames(p.Table.Columns), ", "))
	}
	return &AnyField[T]{c: p.Codec(col)}, nil
}

// Column returns the column's schema.
func (f *AnyField[T]) Column() *schema.Column { return f.c.Column() }

// anyValue encodes a value of any type for a column.
func anyValue(c *scan.Codec, x any) (schema.Value, error) {
	switch x := x.(type) {
	case string:
		return c.Parse(x)
	case parsed:
		return x.of(c.Column())
	}
	return c.Convert(x)
}

//go:noinline
func compareAny(o ast.Op, c *scan.Codec, x any) *ast.Cond {
	v, err := anyValue(c, x)
	if v.IsNull() && err == nil {
		switch o {
		case ast.OpEq:
			return ast.Test(ast.OpNull, c)
		case ast.OpNe:
			return ast.Test(ast.OpNotNull, c)
		}
		err = ast.ErrNullOrder
	}
	if err == nil {
		err = comparison(c.Column())
	}
	return &ast.Cond{Op: o, Col: c.Column(), Val: v, Err: err}
}

// Eq is true when the column equals x; nil is NULL here.
func (f *AnyField[T]) Eq(x any) Cond[T] { return Cond[T]{n: compareAny(ast.OpEq, f.c, x)} }

// Ne is true when the column differs from x; nil is NULL here.
func (f *AnyField[T]) Ne(x any) Cond[T] { return Cond[T]{n: compareAny(ast.OpNe, f.c, x)} }

// Gt is true when the column is greater than x.
func (f *AnyField[T]) Gt(x any) Cond[T] { return Cond[T]{n: compareAny(ast.OpGt, f.c, x)} }

// Gte is true when the column is greater than x or equal.
func (f *AnyField[T]) Gte(x any) Cond[T] { return Cond[T]{n: compareAny(ast.OpGe, f.c, x)} }

// Lt is true when the column is less than x.
func (f *AnyField[T]) Lt(x any) Cond[T] { return Cond[T]{n: compareAny(ast.OpLt, f.c, x)} }

// Lte is true when the column is less than x or equal.
func (f *AnyField[T]) Lte(x any) Cond[T] { return Cond[T]{n: compareAny(ast.OpLe, f.c, x)} }

// In is true when the column is one of the values; none matches nothing.
func (f *AnyField[T]) In(xs ...any) Cond[T] { return Cond[T]{n: anyWithin(ast.OpIn, f.c, xs)} }

// NotIn is true when the column is none of the values; none matches every row.
func (f *AnyField[T]) NotIn(xs ...any) Cond[T] { return Cond[T]{n: anyWithin(ast.OpNotIn, f.c, xs)} }

//go:noinline
func anyWithin(o ast.Op, c *scan.Codec, xs []any) *ast.Cond {
	col := c.Column()
	val, err := schema.NewList(col.Kind, len(xs), func(i int) (schema.Value, error) {
		v, err := anyValue(c, xs[i])
		if err == nil && v.IsNull() {
			err = errors.New("a list cannot hold NULL; use Eq(nil)")
		}
		return v, err
	})
	if notComparable := comparison(col); notComparable != nil {
		err = notComparable
	}
	return &ast.Cond{Op: o, Col: col, Val: val, Err: err}
}

// comparison returns an error for a column whose values cannot be compared with one another.
func comparison(col *schema.Column) error {
	switch {
	case col.Kind == schema.JSON:
		return fmt.Errorf("the column %q holds JSON, which cannot be compared", col.Name)
	case col.Kind.IsList():
		return fmt.Errorf("the column %q holds lists, which cannot be compared by name", col.Name)
	}
	return nil
}

// Between is true when the column is from low to high, both included.
func (f *AnyField[T]) Between(low, high any) Cond[T] {
	return Cond[T]{n: ast.Both(compareAny(ast.OpGe, f.c, low), compareAny(ast.OpLe, f.c, high))}
}

// IsNull is true when the column is NULL.
func (f *AnyField[T]) IsNull() Cond[T] { return Cond[T]{n: ast.Test(ast.OpNull, f.c)} }

// NotNull is true when the column is not NULL.
func (f *AnyField[T]) NotNull() Cond[T] { return Cond[T]{n: ast.Test(ast.OpNotNull, f.c)} }

// Set assigns x; nil is NULL.
func (f *AnyField[T]) Set(x any) Assign[T] {
	return Assign[T]{a: assignAny(f.c, x)}
}

//go:noinline
func assignAny(c *scan.Codec, x any) *ast.Assign {
	v, err := anyValue(c, x)
	if err == nil {
		err = c.Check(v)
	}
	return &ast.Assign{Col: c.Column(), Kind: ast.AssignSet, Val: v, Err: err}
}

// Asc orders by the column, the least first, NULLs last.
func (f *AnyField[T]) Asc() Order[T] { return Order[T]{o: orderAny(f.c, false)} }

// Desc orders by the column, the greatest first, NULLs first.
func (f *AnyField[T]) Desc() Order[T] { return Order[T]{o: orderAny(f.c, true)} }

//go:noinline
func orderAny(c *scan.Codec, desc bool) *ast.Order {
	o := ast.OrderBy(c, 0, desc)
	if o.Col.Kind == schema.JSON || o.Col.Kind.IsList() {
		o.Err = fmt.Errorf("the column %q holds JSON or lists, which have no order", o.Col.Name)
	}
	return o
}
