package prom

import (
	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
)

// PlusDecimal is a + b of decimals: fields with the tag option decimal, whatever their Go type is, and what is computed
// of them. It is exact on every engine, and has as many digits behind the point as the operand that has more of them. A
// constant is a decimal with the digits that it is written with, also more than the column's:
//
//	prom.TimesDecimal(productPrice, prom.Val(product, "1.175"))
//
// What is no decimal is [ErrValidation]; [DecimalOf] makes one of a number. An assignment rounds to the scale of its
// column, halves away from zero, and a number that has too many digits before the point is [ErrType]. So it is with the
// other operations.
func PlusDecimal[P, V any](a, b Term[P, V]) Expr[P, V] {
	return typed[P, V](ast.DecimalArithmetic[V](dialect.FuncDecimalAdd, exprOf(a), exprOf(b)))
}

// MinusDecimal is a - b of decimals, as [PlusDecimal] is their sum.
func MinusDecimal[P, V any](a, b Term[P, V]) Expr[P, V] {
	return typed[P, V](ast.DecimalArithmetic[V](dialect.FuncDecimalSub, exprOf(a), exprOf(b)))
}

// TimesDecimal is a * b of decimals. It has as many digits behind the point as both together.
func TimesDecimal[P, V any](a, b Term[P, V]) Expr[P, V] {
	return typed[P, V](ast.DecimalArithmetic[V](dialect.FuncDecimalMul, exprOf(a), exprOf(b)))
}

// DivDecimal is a / b of decimals, rounded to scale digits behind the point, halves away from zero. A division by zero
// is NULL. The scale is from 0 to 1000.
func DivDecimal[P, V any](a, b Term[P, V], scale int) Expr[P, V] {
	return typed[P, V](ast.DecimalDiv[V](exprOf(a), exprOf(b), scale))
}

// NegDecimal is -a of a decimal.
func NegDecimal[P, V any](a Term[P, V]) Expr[P, V] {
	return typed[P, V](ast.DecimalSign[V](dialect.FuncDecimalNeg, exprOf(a)))
}

// AbsDecimal is a decimal without its sign.
func AbsDecimal[P, V any](a Term[P, V]) Expr[P, V] {
	return typed[P, V](ast.DecimalSign[V](dialect.FuncDecimalAbs, exprOf(a)))
}

// RoundDecimal is a decimal rounded to so many digits behind the point, halves away from zero; a negative number of
// digits rounds to tens, hundreds and so on.
func RoundDecimal[P, V any](a Term[P, V], digits int) Expr[P, V] {
	return typed[P, V](ast.DecimalRound[V](exprOf(a), digits))
}

// DecimalOf is a number as a decimal that is read into a V, rounded to scale digits behind the point as by [Round]:
//
//	prom.TimesDecimal(linePrice, prom.DecimalOf[string](lineCount, 0))
func DecimalOf[V, P any, N Number](a Term[P, N], scale int) Expr[P, V] {
	return typed[P, V](ast.DecimalOf[V](exprOf(a), scale))
}

// SumDecimal is [Sum] of decimals, exact on every engine.
func SumDecimal[P, V any](t Term[P, V]) Expr[P, V] { return typed[P, V](ast.DecimalSum[V](exprOf(t))) }

// AvgDecimal is the average of decimals, rounded to scale digits behind the point, halves away from zero. NULLs are
// left out, and it is NULL when there is nothing else. The scale is from 0 to 1000.
func AvgDecimal[P, V any](t Term[P, V], scale int) Expr[P, V] {
	return typed[P, V](ast.DecimalAvg[V](exprOf(t), scale))
}
