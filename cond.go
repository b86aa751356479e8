package prom

import (
	"errors"
	"fmt"

	"github.com/Masterminds/squirrel"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// Cond is a condition on the rows of the model P. Fields and terms make conditions; [And], [Or] and [Not] combine them.
// A Cond is immutable. The zero value is no condition: it is true for every row, [And], [Or] and [Not] ignore it, and
// where a condition is required it does not count as one.
type Cond[P any] struct {
	_ [0]func(P) // keeps the conditions of two models from being converted into each other
	n *ast.Cond  // nil for the zero Cond
}

// And is true when all conditions are true. Without conditions it is the zero Cond.
func And[P any](conds ...Cond[P]) Cond[P] {
	n := chain(ast.OpAnd, conds)
	if len(n.Kids) == 0 {
		return Cond[P]{}
	}
	return Cond[P]{n: &n}
}

// Or is true when at least one of the conditions is true. Without conditions it is false for every row.
func Or[P any](conds ...Cond[P]) Cond[P] {
	n := chain(ast.OpOr, conds)
	return Cond[P]{n: &n}
}

// Not is true when the condition is false. As in SQL, a comparison with NULL is neither true nor false, and so is its
// negation.
func Not[P any](cond Cond[P]) Cond[P] {
	if cond.n == nil {
		return cond
	}
	return Cond[P]{n: &ast.Cond{Op: ast.OpNot, Kids: []ast.Cond{*cond.n}}}
}

// If returns the condition when on is true, and else the zero Cond. Lists of conditions, [And] and [Or] ignore the zero
// Cond. An Or without other conditions is then false for every row.
func If[P any](on bool, cond Cond[P]) Cond[P] {
	if !on {
		return Cond[P]{}
	}
	return cond
}

// chain joins the conditions that are there. One that is left out of an Or must not make it true for every row.
func chain[P any](o ast.Op, conds []Cond[P]) ast.Cond { return ast.Cond{Op: o, Kids: present(conds)} }

// present returns the conditions that are there.
func present[P any](conds []Cond[P]) []ast.Cond {
	list := make([]ast.Cond, 0, len(conds))
	for _, c := range conds {
		if c.n != nil {
			list = append(list, *c.n)
		}
	}
	return list
}

// Raw is a condition in SQL on the rows of the model with the given prototype. A question mark stands for each
// argument; write ?? for a question mark in the SQL. Arguments are booleans, numbers, texts, bytes, times, UUIDs,
// pointers to them, slices of them (as one list argument) and driver.Valuers. They are always bound, never written into
// the SQL. Fields, other terms and conditions of the model may be arguments too; their SQL replaces the question mark:
//
//	prom.Raw(post, "length(?) > ?", postTitle, 80)
//
// A column given as a field is qualified wherever the condition is used, also in a query of several tables, and in
// [Via].
//
// Parentheses, quotes and comments must be closed in the SQL that opens them. A semicolon, the comment -- and the
// placeholders of an engine, such as $1 and :name, are errors.
func Raw[P any](of P, sql string, args ...any) Cond[P] {
	return Cond[P]{n: ast.TestExpr(ast.OpTruth, ast.NewRaw(ast.KindColumns[schema.Bool], sql, args, termOf[P]))}
}

// termOf returns what an argument is when it is a term.
func termOf[P any](arg any) *ast.Expr {
	switch t := arg.(type) {
	case AnyTerm[P]:
		return t.anyTerm(*new(P))
	case Cond[P]:
		return ast.CondExpr(t.n)
	}
	return nil
}

// Sqlizer is a condition on the rows of the model with the given prototype, from squirrel or another library that
// returns SQL with question marks and arguments.
func Sqlizer[P any](of P, sql squirrel.Sqlizer) Cond[P] {
	if sql == nil {
		return Cond[P]{n: &ast.Cond{Op: ast.OpTrue, Err: errors.New("the condition is nil")}}
	}
	text, args, err := sql.ToSql()
	if err != nil {
		return Cond[P]{n: &ast.Cond{Op: ast.OpTrue, Err: fmt.Errorf("the condition cannot be rendered as SQL: %w", err)}}
	}
	if text == "" {
		return Cond[P]{}
	}
	return Raw(of, text, args...)
}
