package promvet

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

// loop reports a loop that has no variable for the error of its rows: when reading fails it ends as if there were no
// more rows.
func (c *checker) loop(loop *ast.RangeStmt) {
	if !blank(loop.Value) || !isRows(c.info.TypeOf(loop.X)) {
		return
	}
	fn := c.rowsOf(loop.X)
	if fn == nil {
		return
	}
	first, assign := "_", token.DEFINE
	if !blank(loop.Key) {
		first, assign = types.ExprString(loop.Key), loop.Tok
	}
	c.report(loop.X, "loop", fmt.Sprintf("the error of %s is dropped: write for %s, err %s range …, and look at err",
		fn.Name(), first, assign))
}

// blank reports whether a variable of a loop is left out.
func blank(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return e == nil || ok && id.Name == "_"
}

// rowsOf returns what of package prom has made the rows of a loop.
func (c *checker) rowsOf(e ast.Expr) *types.Func {
	switch e := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		return c.callee(e)
	case *ast.Ident:
		if call, ok := ast.Unparen(c.origin(c.info.Uses[e])).(*ast.CallExpr); ok {
			return c.callee(call)
		}
	}
	return nil
}

var errorType = types.Universe.Lookup("error").Type()

// isRows reports whether a type is an iter.Seq2 whose second values are errors.
func isRows(t types.Type) bool {
	seq, ok := t.Underlying().(*types.Signature)
	if !ok || seq.Params().Len() != 1 {
		return false
	}
	yield, ok := seq.Params().At(0).Type().Underlying().(*types.Signature)
	return ok && yield.Params().Len() == 2 && types.Identical(yield.Params().At(1).Type(), errorType)
}
