package prom

import (
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/scan"
)

// Term is a value of type V in each row of the model P: a field, a part of a date, or an [Expr]. A field that may be
// NULL is a term of the type of its values that are not NULL. The rules of SQL say how NULL affects comparisons and
// results.
type Term[P, V any] interface {
	term(P, *V) *ast.Expr
}

// Expr is an expression of type V. It is computed from a row of the model P, or, if it is an aggregate, from a group of
// rows. It has the same conditions as a field. Functions of this package, such as [Plus], [Via], [Sum] and [Over],
// return expressions.
type Expr[P, V any] struct {
	_ [0]func(P)
	c *scan.Codec // of V
	e *ast.Expr
}

// exprOf returns what a term is without its types.
func exprOf[P, V any](t Term[P, V]) *ast.Expr { return t.term(*new(P), nil) }

func (x Expr[P, V]) term(P, *V) *ast.Expr { return ast.Given(x.e) }

// typed makes an Expr of an untyped one, whose values are of type V.
func typed[P, V any](e *ast.Expr) Expr[P, V] {
	c, e := ast.ReadAs[V](e)
	return Expr[P, V]{c: c, e: e}
}

// Val is a constant in an expression of the model with the given prototype.
func Val[P, V any](of P, v V) Expr[P, V] {
	like, err := ast.LikeOf[V]()
	e := &ast.Expr{Op: ast.ExprValue, Like: like, Given: v, Err: err}
	x := typed[P, V](e)
	if err == nil {
		if e.Val, e.Err = scan.EncodeField(x.c, v); e.Err == nil {
			e.Err = x.c.Readable(e.Val)
		}
	}
	return x
}

// RawExpr is an expression in SQL, with a question mark for each argument or term, as in [Raw]. V is the type of the
// values that are read from it and compared with it. It may be used wherever a term may be used. Its terms may be
// fields, conditions, aggregates, [Via] or subqueries. A generic function that returns a RawExpr defines a function of
// your own:
//
//	// Initial is the first letter of a text, in capitals.
//	func Initial[P any, V prom.Texts](t prom.Term[P, V]) prom.Expr[P, string] {
//		return prom.RawExpr[string](*new(P), "upper(substr(?, 1, 1))", t)
//	}
//
// If PostgreSQL cannot determine the type of an argument, use [Val], which has a type. On SQLite a decimal is a text.
//
// A field appears as its column, here and in [Raw]: a column of a PostgreSQL type such as inet or citext has the
// operators, functions and indexes of its type. For a function of texts, write CAST(? AS text). Where the engines need
// different SQL, use [EngineExpr].
func RawExpr[V, P any](of P, sql string, args ...any) Expr[P, V] {
	like, err := ast.LikeOf[V]()
	return rawTyped[P, V](ast.NewRaw(like, sql, args, termOf[P]), err)
}

// EngineSQL is SQL of the same meaning for each engine. An empty text says that the engine has none.
type EngineSQL struct {
	Postgres, SQLite string // the text for PostgreSQL and the text for SQLite
}

// EngineExpr is a [RawExpr] with a text for each engine. Both texts have a question mark for each argument, in the same
// order. A statement on an engine whose text is empty is an error.
//
//	// Hex is a number in hexadecimal digits.
//	func Hex[P any, V prom.Integer](n prom.Term[P, V]) prom.Expr[P, string] {
//		return prom.EngineExpr[string](*new(P), prom.EngineSQL{Postgres: "to_hex(?)", SQLite: "printf('%x', ?)"}, n)
//	}
func EngineExpr[V, P any](of P, sql EngineSQL, args ...any) Expr[P, V] {
	like, err := ast.LikeOf[V]()
	return rawTyped[P, V](ast.NewEngineRaw(like, sql.texts(), args, termOf[P]), err)
}

// texts are the texts by the names of the engines.
func (s EngineSQL) texts() map[string]string {
	return map[string]string{"postgres": s.Postgres, "sqlite": s.SQLite}
}

// rawTyped makes an Expr of raw SQL, unless V has no type of columns.
func rawTyped[P, V any](e *ast.Expr, err error) Expr[P, V] {
	if err != nil {
		e.Err = err
	}
	return typed[P, V](e)
}

// AnyTerm is a [Term] of any type.
type AnyTerm[P any] interface {
	anyTerm(P) *ast.Expr
}

func (x Expr[P, V]) anyTerm(P) *ast.Expr { return ast.Given(x.e) }

func (f *AnyField[P]) anyTerm(P) *ast.Expr { return ast.ColumnOf(f.f.Codec()) }

func exprsOf[P any](terms []AnyTerm[P]) []*ast.Expr {
	list := make([]*ast.Expr, len(terms))
	for i, t := range terms {
		list[i] = t.anyTerm(*new(P))
	}
	return list
}

// OrNull is the same value, read into a pointer: NULL is nil.
func OrNull[P, V any](t Term[P, V]) Expr[P, *V] { return typed[P, *V](exprOf(t)) }

// term is the condition as a value: true, false or NULL.
func (c Cond[P]) term(P, *bool) *ast.Expr { return ast.CondExpr(c.n) }

// Eq is true when the expression equals v.
func (x Expr[P, V]) Eq(v V) Cond[P] { return Cond[P]{n: ast.CompareExpr(ast.OpEq, x.e, x.c, v)} }

// Ne is true when the expression is not NULL and differs from v.
func (x Expr[P, V]) Ne(v V) Cond[P] { return Cond[P]{n: ast.CompareExpr(ast.OpNe, x.e, x.c, v)} }

// Gt is true when the expression is greater than v.
func (x Expr[P, V]) Gt(v V) Cond[P] { return Cond[P]{n: ast.CompareExpr(ast.OpGt, x.e, x.c, v)} }

// Gte is true when the expression is greater than or equal to v.
func (x Expr[P, V]) Gte(v V) Cond[P] { return Cond[P]{n: ast.CompareExpr(ast.OpGe, x.e, x.c, v)} }

// Lt is true when the expression is less than v.
func (x Expr[P, V]) Lt(v V) Cond[P] { return Cond[P]{n: ast.CompareExpr(ast.OpLt, x.e, x.c, v)} }

// Lte is true when the expression is less than or equal to v.
func (x Expr[P, V]) Lte(v V) Cond[P] { return Cond[P]{n: ast.CompareExpr(ast.OpLe, x.e, x.c, v)} }

// Between is true when the expression is greater than or equal to low, and less than or equal to high.
func (x Expr[P, V]) Between(low, high V) Cond[P] {
	return Cond[P]{n: ast.ExprRange(x.e, x.c, low, high)}
}

// In is true when the expression equals one of the values. Without values it is always false.
func (x Expr[P, V]) In(vs ...V) Cond[P] { return Cond[P]{n: ast.InExpr(ast.OpIn, x.e, x.c, vs)} }

// NotIn is true when the expression equals none of the values. Without values it is true for every row.
func (x Expr[P, V]) NotIn(vs ...V) Cond[P] { return Cond[P]{n: ast.InExpr(ast.OpNotIn, x.e, x.c, vs)} }

// IsNull is true when the expression is NULL.
func (x Expr[P, V]) IsNull() Cond[P] { return Cond[P]{n: ast.TestExpr(ast.OpNull, x.e)} }

// NotNull is true when the expression is not NULL.
func (x Expr[P, V]) NotNull() Cond[P] { return Cond[P]{n: ast.TestExpr(ast.OpNotNull, x.e)} }

// Asc sorts by the expression in ascending order, NULLs last.
func (x Expr[P, V]) Asc() Order[P] { return Order[P]{o: ast.OrderByExpr(x.e, false)} }

// Desc sorts by the expression in descending order, NULLs first.
func (x Expr[P, V]) Desc() Order[P] { return Order[P]{o: ast.OrderByExpr(x.e, true)} }

// Truth is true when the boolean term is true.
func Truth[P any](t Term[P, bool]) Cond[P] {
	return Cond[P]{n: ast.TestExpr(ast.OpTruth, exprOf(t))}
}

// Eq is true when the two terms are equal. It is not true when one is NULL.
func Eq[P, V any](a, b Term[P, V]) Cond[P] { return between(ast.OpEq, a, b) }

// Ne is true when the two terms differ and neither is NULL.
func Ne[P, V any](a, b Term[P, V]) Cond[P] { return between(ast.OpNe, a, b) }

// Lt is true when a is less than b.
func Lt[P, V any](a, b Term[P, V]) Cond[P] { return between(ast.OpLt, a, b) }

// Lte is true when a is less than or equal to b.
func Lte[P, V any](a, b Term[P, V]) Cond[P] { return between(ast.OpLe, a, b) }

// Gt is true when a is greater than b.
func Gt[P, V any](a, b Term[P, V]) Cond[P] { return between(ast.OpGt, a, b) }

// Gte is true when a is greater than or equal to b.
func Gte[P, V any](a, b Term[P, V]) Cond[P] { return between(ast.OpGe, a, b) }

// Is is true when the two terms are equal, or when both are NULL (IS NOT DISTINCT FROM).
func Is[P, V any](a, b Term[P, V]) Cond[P] { return between(ast.OpSame, a, b) }

// IsNot is true when the two terms differ (IS DISTINCT FROM). NULL differs from every value, but not from NULL.
func IsNot[P, V any](a, b Term[P, V]) Cond[P] { return between(ast.OpNotSame, a, b) }

func between[P, V any](o ast.Op, a, b Term[P, V]) Cond[P] {
	return Cond[P]{n: ast.CompareTerms[V](o, exprOf(a), exprOf(b))}
}
