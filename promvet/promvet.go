// Package promvet is an analyzer that reports mistakes in programs that use [github.com/prom-go/prom]: code that
// compiles, and loses an error, does nothing, or fails when it runs. It identifies methods by their types, so it
// ignores methods of the same name in other packages. It reports only certain mistakes: it ignores values whose type is
// only known at run time.
//
// The command promvet, in cmd/promvet, runs the analyzer alone and as a tool of go vet. docs/vet.md describes the
// rules.
package promvet

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"
)

// Analyzer reports the mistakes. The Category of a diagnostic is its rule: loop, key, unused or address.
var Analyzer = &analysis.Analyzer{
	Name: "promvet",
	Doc: `report mistakes in programs that use github.com/prom-go/prom

It reports loops that drop the error of Each, Stream or Watch; keys of another number or type than the model's; queries
that are built and dropped; and handles of an address that is not in their prototype.`,
	URL:      "https://github.com/prom-go/prom/blob/main/docs/vet.md",
	Requires: []*analysis.Analyzer{inspect.Analyzer},
	Run:      run,
}

// Import paths of the library.
const (
	promPath   = "github.com/prom-go/prom"
	schemaPath = promPath + "/schema"
)

func run(pass *analysis.Pass) (any, error) {
	c := &checker{pass: pass, info: pass.TypesInfo, in: pass.ResultOf[inspect.Analyzer].(*inspector.Inspector)}
	nodes := []ast.Node{(*ast.RangeStmt)(nil), (*ast.ExprStmt)(nil), (*ast.CallExpr)(nil)}
	c.in.Preorder(nodes, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.RangeStmt:
			c.loop(n)
		case *ast.ExprStmt:
			c.unused(n)
		case *ast.CallExpr:
			c.key(n)
			c.address(n)
		}
	})
	return nil, nil
}

// checker looks at one package.
type checker struct {
	pass    *analysis.Pass
	info    *types.Info
	in      *inspector.Inspector
	origins map[types.Object]ast.Expr // made by the first call of origin
}

func (c *checker) report(at ast.Node, rule, message string) {
	c.pass.Report(analysis.Diagnostic{Pos: at.Pos(), End: at.End(), Category: rule, Message: message})
}

// callee returns the function or method of package prom that a call is of, without its type arguments; nil when it is
// of another package, or known at run time only.
func (c *checker) callee(call *ast.CallExpr) *types.Func {
	if fn := typeutil.StaticCallee(c.info, call); fn != nil && isFrom(fn, promPath) {
		return fn
	}
	return nil
}

// isFrom reports whether something is declared in the package of that path.
func isFrom(obj types.Object, path string) bool {
	if obj.Pkg() == nil {
		return false
	}
	of, _, _ := strings.Cut(obj.Pkg().Path(), " ") // "prom [prom.test]" is prom as its tests import it
	return of == path
}

// named returns the named type that t is, or points to, when it is declared in the package of that path.
func named(t types.Type, path string) *types.Named {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	if n, ok := types.Unalias(t).(*types.Named); ok && isFrom(n.Obj(), path) {
		return n
	}
	return nil
}

// origin returns the value of a variable that is given one in one place of the package, where it is declared. Nothing
// else changes it: its address is not taken, and no other package sees it. It is nil for all others.
func (c *checker) origin(v types.Object) ast.Expr {
	if c.origins == nil {
		c.findOrigins()
	}
	return c.origins[v]
}

func (c *checker) findOrigins() {
	c.origins = map[types.Object]ast.Expr{}
	var again []ast.Expr // what is given another value, or may be
	declare := func(e, value ast.Expr) {
		if id, ok := e.(*ast.Ident); !ok || c.info.Defs[id] == nil {
			again = append(again, e)
		} else if v := c.info.Defs[id]; !seenElsewhere(v) {
			c.origins[v] = value
		}
	}
	nodes := []ast.Node{(*ast.ValueSpec)(nil), (*ast.AssignStmt)(nil), (*ast.RangeStmt)(nil), (*ast.UnaryExpr)(nil)}
	c.in.Preorder(nodes, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.ValueSpec:
			for i, name := range n.Names {
				declare(name, valueAt(n.Values, i, len(n.Names)))
			}
		case *ast.AssignStmt:
			for i, to := range n.Lhs {
				declare(to, valueAt(n.Rhs, i, len(n.Lhs)))
			}
		case *ast.RangeStmt:
			again = append(again, n.Key, n.Value)
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				again = append(again, n.X)
			}
		}
	})
	for _, e := range again {
		if id, ok := ast.Unparen(e).(*ast.Ident); ok {
			delete(c.origins, c.info.ObjectOf(id))
		}
	}
}

// valueAt returns the value that the variable at i of n is given, nil when it has none of its own.
func valueAt(values []ast.Expr, i, n int) ast.Expr {
	if len(values) != n {
		return nil
	}
	return values[i]
}

// seenElsewhere reports whether another package can assign to a variable.
func seenElsewhere(obj types.Object) bool {
	return obj.Exported() && obj.Pkg() != nil && obj.Parent() == obj.Pkg().Scope()
}
