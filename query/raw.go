package query

import (
	"errors"
	"fmt"

	"github.com/Masterminds/squirrel"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// Raw is a condition in SQL. A question mark stands for each argument; ?? is a question mark itself, and inside quotes
// and comments a question mark is just that. Arguments are booleans, numbers, texts, bytes, times, UUIDs, their
// pointers, slices of them as one list argument, and driver.Valuers; they are never written into the text. So are
// fields and other terms of T, in whose place stands what they are in the statement: a column with the name of its
// rows, whatever these are called there.
func Raw[T any](sql string, args ...any) Cond[T] {
	return Cond[T]{n: ast.TestExpr(ast.OpTruth, ast.NewRaw(ast.KindColumns[schema.Bool], sql, args, termOf[T]))}
}

// termOf returns what an argument is when it is a term.
func termOf[T any](arg any) *ast.Expr {
	t, ok := arg.(AnyTerm[T])
	if !ok {
		return nil
	}
	e, _ := t.anyTerm()
	return e
}

// Sqlizer is a condition made by squirrel or anything else that gives SQL with question marks.
func Sqlizer[T any](sql squirrel.Sqlizer) Cond[T] {
	if sql == nil {
		return Cond[T]{n: &ast.Cond{Op: ast.OpTrue, Err: errors.New("the condition is nil")}}
	}
	text, args, err := sql.ToSql()
	if err != nil {
		return Cond[T]{n: &ast.Cond{Op: ast.OpTrue, Err: fmt.Errorf("the condition gives no SQL: %w", err)}}
	}
	if text == "" {
		return Cond[T]{}
	}
	return Raw[T](text, args...)
}
