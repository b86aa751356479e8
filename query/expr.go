package query

import (
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Term is a value of type V that each row of T has: a field of any family, a part of a date, or an [Expr]. Fields that
// may be NULL are terms of the type that they hold otherwise; what NULL does to a comparison or a result is SQL's rule.
type Term[T, V any] interface {
	term() value[T, V]
}

// Expr is a value of type V that is computed from a row of T, or from a group of rows when it is an aggregate.
// Functions of this package make expressions; they are immutable values. The zero Expr is of no use.
type Expr[T, V any] struct {
	_ [0]func(*T)
	c *scan.Codec // of V
	e *ast.Expr
}

// value is what a term is, an Expr without its methods: these are compiled for each type of value of which a program
// has an expression, and not for each of which it has a field.
type value[T, V any] struct {
	_ [0]func(*T)
	_ [0]func(*V)
	e *ast.Expr
}

func (x Expr[T, V]) term() value[T, V] { return value[T, V]{e: x.e} }

// typed makes an Expr of an untyped one, whose values are of type V.
func typed[T, V any](e *ast.Expr) Expr[T, V] {
	c, e := ast.ReadAs[V](e)
	return Expr[T, V]{c: c, e: e}
}

func (f *PartField[T]) term() value[T, int] {
	return value[T, int]{e: ast.ColumnExpr(f.c.Column(), f.part)}
}

// Val is a constant, for expressions of which a part is one.
func Val[T, V any](v V) Expr[T, V] {
	like, err := ast.LikeOf[V]()
	e := &ast.Expr{Op: ast.ExprValue, Like: like, Given: v, Err: err}
	x := typed[T, V](e)
	if err == nil {
		if e.Val, e.Err = scan.EncodeField(x.c, v); e.Err == nil {
			e.Err = x.c.Readable(e.Val)
		}
	}
	return x
}

// RawExpr is a value in SQL, with a question mark for each argument, or term of T, as in [Raw]. V says how it is read,
// and what it is compared with.
func RawExpr[T, V any](sql string, args ...any) Expr[T, V] {
	like, err := ast.LikeOf[V]()
	e := ast.NewRaw(like, sql, args, termOf[T])
	if err != nil {
		e.Err = err
	}
	return typed[T, V](e)
}

// OrNull is the same value, read as nil when it is NULL.
func OrNull[T, V any](t Term[T, V]) Expr[T, *V] { return typed[T, *V](t.term().e) }

// If is the condition as a value: true or false, or NULL.
func (c Cond[T]) term() value[T, bool] {
	return value[T, bool]{e: &ast.Expr{Op: ast.ExprCond, Like: ast.KindColumns[schema.Bool], Conds: []ast.Cond{chain(ast.OpAnd, []Cond[T]{c})}}}
}

// Eq is true when the expression equals v.
func (x Expr[T, V]) Eq(v V) Cond[T] { return Cond[T]{n: ast.CompareExpr(ast.OpEq, x.e, x.c, v)} }

// Ne is true when the expression is a value other than v. It is not true for NULL.
func (x Expr[T, V]) Ne(v V) Cond[T] { return Cond[T]{n: ast.CompareExpr(ast.OpNe, x.e, x.c, v)} }

// Gt is true when the expression is greater than v.
func (x Expr[T, V]) Gt(v V) Cond[T] { return Cond[T]{n: ast.CompareExpr(ast.OpGt, x.e, x.c, v)} }

// Gte is true when the expression is greater than v or equal.
func (x Expr[T, V]) Gte(v V) Cond[T] { return Cond[T]{n: ast.CompareExpr(ast.OpGe, x.e, x.c, v)} }

// Lt is true when the expression is less than v.
func (x Expr[T, V]) Lt(v V) Cond[T] { return Cond[T]{n: ast.CompareExpr(ast.OpLt, x.e, x.c, v)} }

// Lte is true when the expression is less than v or equal.
func (x Expr[T, V]) Lte(v V) Cond[T] { return Cond[T]{n: ast.CompareExpr(ast.OpLe, x.e, x.c, v)} }

// Between is true when the expression is from low to high, both included.
func (x Expr[T, V]) Between(low, high V) Cond[T] {
	return Cond[T]{n: ast.ExprRange(x.e, x.c, low, high)}
}

// In is true when the expression is one of the values; none matches nothing.
func (x Expr[T, V]) In(vs ...V) Cond[T] { return Cond[T]{n: ast.InExpr(ast.OpIn, x.e, x.c, vs)} }

// NotIn is true when the expression is none of the values; none matches every row.
func (x Expr[T, V]) NotIn(vs ...V) Cond[T] { return Cond[T]{n: ast.InExpr(ast.OpNotIn, x.e, x.c, vs)} }

// IsNull is true when the expression is NULL.
func (x Expr[T, V]) IsNull() Cond[T] { return Cond[T]{n: ast.TestExpr(ast.OpNull, x.e)} }

// NotNull is true when the expression is not NULL.
func (x Expr[T, V]) NotNull() Cond[T] { return Cond[T]{n: ast.TestExpr(ast.OpNotNull, x.e)} }

// Asc orders by the expression, the least first, NULLs last.
func (x Expr[T, V]) Asc() Order[T] { return Order[T]{o: ast.OrderByExpr(x.e, false)} }

// Desc orders by the expression, the greatest first, NULLs first.
func (x Expr[T, V]) Desc() Order[T] { return Order[T]{o: ast.OrderByExpr(x.e, true)} }

// Truth is the condition that a boolean is true.
func Truth[T any](t Term[T, bool]) Cond[T] {
	return Cond[T]{n: ast.TestExpr(ast.OpTruth, t.term().e)}
}
