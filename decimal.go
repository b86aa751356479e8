package prom

import (
	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
)

// PlusDecimal is a + b for decimals: fields with the tag option decimal, of any Go type, and expressions of them. The
// result is exact on both engines. Its scale is the greater scale of the two operands. A constant has the scale with
// which it is written, which may be greater than the scale of the column:
//
//	prom.TimesDecimal(productPrice, prom.Val(product, "1.175"))
//
// An operand that is not a decimal is [ErrValidation]; [DecimalOf] converts a number. An assignment rounds to the scale
// of the column, halves away from zero. A result with too many digits before the decimal point is [ErrType]. The same
// holds for the other operations on decimals.
func PlusDecimal[P, V any](a, b Term[P, V]) Expr[P, V] {
	return typed[P, V](ast.DecimalArithmetic[V](dialect.FuncDecimalAdd, exprOf(a), exprOf(b)))
}

// MinusDecimal is a - b for decimals; see [PlusDecimal].
func MinusDecimal[P, V any](a, b Term[P, V]) Expr[P, V] {
	return typed[P, V](ast.DecimalArithmetic[V](dialect.FuncDecimalSub, exprOf(a), exprOf(b)))
}

// TimesDecimal is a * b for decimals. Its scale is the sum of the scales of the operands.
func TimesDecimal[P, V any](a, b Term[P, V]) Expr[P, V] {
	return typed[P, V](ast.DecimalArithmetic[V](dialect.FuncDecimalMul, exprOf(a), exprOf(b)))
}

// DivDecimal is a / b for decimals, rounded to the given scale, halves away from zero. A division by zero is NULL. The
// scale is from 0 to 1000.
func DivDecimal[P, V any](a, b Term[P, V], scale int) Expr[P, V] {
	return typed[P, V](ast.DecimalDiv[V](exprOf(a), exprOf(b), scale))
}

// NegDecimal is -a for a decimal.
func NegDecimal[P, V any](a Term[P, V]) Expr[P, V] {
	return typed[P, V](ast.DecimalSign[V](dialect.FuncDecimalNeg, exprOf(a)))
}

// AbsDecimal is the absolute value of a decimal.
func AbsDecimal[P, V any](a Term[P, V]) Expr[P, V] {
	return typed[P, V](ast.DecimalSign[V](dialect.FuncDecimalAbs, exprOf(a)))
}

// RoundDecimal rounds a decimal to the given number of decimal places, halves away from zero; a negative number of
// places rounds to tens, hundreds and so on.
func RoundDecimal[P, V any](a Term[P, V], digits int) Expr[P, V] {
	return typed[P, V](ast.DecimalRound[V](exprOf(a), digits))
}

// DecimalOf converts a number to a decimal that is read into a V. It rounds to the given scale as [Round] does:
//
//	prom.TimesDecimal(linePrice, prom.DecimalOf[string](lineCount, 0))
func DecimalOf[V, P any, N Number](a Term[P, N], scale int) Expr[P, V] {
	return typed[P, V](ast.DecimalOf[V](exprOf(a), scale))
}

// SumDecimal is the [Sum] of decimals, exact on both engines.
func SumDecimal[P, V any](t Term[P, V]) Expr[P, V] { return typed[P, V](ast.DecimalSum[V](exprOf(t))) }

// AvgDecimal is the average of the decimals that are not NULL, rounded to the given scale, halves away from zero. If
// there are none, it is NULL. The scale is from 0 to 1000.
func AvgDecimal[P, V any](t Term[P, V], scale int) Expr[P, V] {
	return typed[P, V](ast.DecimalAvg[V](exprOf(t), scale))
}
