package promvet

import (
	"fmt"
	"go/ast"
	"go/types"
)

// values are the types of package prom that never change, and of which a call that returns one does nothing else.
// Constructors of handles and repos are no such calls, since they look at the model: of these types, methods are.
var values = map[string]struct {
	what    string
	methods bool // functions that return one do more
}{
	"Query":           {"a query never changes", false},
	"Projection":      {"a projection never changes", false},
	"Conflict":        {"it inserts nothing before Create or CreateMany", false},
	"RawRows":         {"it runs nothing before All, First or Stream; RawExec runs a statement", false},
	"Repo":            {"a repo never changes", true},
	"RelatedRow":      {"a relation never changes", true},
	"ManyField":       {"a relation never changes", true},
	"ManyToManyField": {"a relation never changes", true},
}

// unused reports a statement that makes a query, or something else that does nothing by itself, and drops it.
func (c *checker) unused(stmt *ast.ExprStmt) {
	call, ok := ast.Unparen(stmt.X).(*ast.CallExpr)
	if !ok {
		return
	}
	fn := c.callee(call)
	if fn == nil || fn.Signature().Results().Len() != 1 {
		return
	}
	result := fn.Signature().Results().At(0).Type()
	if isRows(result) {
		c.report(call, "unused", fmt.Sprintf("what %s returns is dropped: it reads nothing before a loop ranges over it",
			fn.Name()))
		return
	}
	n := named(result, promPath)
	if n == nil {
		return
	}
	if v, ok := values[n.Obj().Name()]; ok && (!v.methods || isMethod(fn)) {
		c.report(call, "unused", fmt.Sprintf("what %s returns is dropped: %s", fn.Name(), v.what))
	}
}

func isMethod(fn *types.Func) bool { return fn.Signature().Recv() != nil }
