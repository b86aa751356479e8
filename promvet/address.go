package promvet

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// address reports a constructor of a handle, such as TextOf(book, &author.Name), that is given an address which cannot
// be one of a field of its prototype: the program ends when it starts. It also reports a column of a Select that goes
// to another result, which is an error of the query.
func (c *checker) address(call *ast.CallExpr) {
	fn := c.callee(call)
	switch {
	case fn == nil || call.Ellipsis.IsValid():
	case isConstructor(fn) && len(call.Args) == 2:
		c.field(call.Args[0], call.Args[1], fn)
	case fn.Name() == "Select" && !isMethod(fn) && len(call.Args) > 2:
		for _, arg := range call.Args[2:] {
			column, ok := ast.Unparen(arg).(*ast.CallExpr)
			if !ok || len(column.Args) != 2 {
				continue
			}
			if to := c.callee(column); to != nil && (to.Name() == "Col" || to.Name() == "NullCol") {
				c.field(call.Args[1], column.Args[0], fn)
			}
		}
	}
}

// isConstructor reports whether a function makes a handle of a prototype and the address of a field of it.
func isConstructor(fn *types.Func) bool {
	params := fn.Signature().Params()
	if isMethod(fn) || !strings.HasSuffix(fn.Name(), "Of") || params.Len() != 2 {
		return false
	}
	_, ofAny := params.At(0).Type().(*types.TypeParam)
	return ofAny && isPointer(params.At(1).Type())
}

// field reports an address that is certainly none of a field of the prototype that is given with it.
func (c *checker) field(proto, address ast.Expr, fn *types.Func) {
	of, ok := c.info.TypeOf(proto).Underlying().(*types.Pointer)
	at, isAddress := ast.Unparen(address).(*ast.UnaryExpr)
	if !ok || !isAddress || at.Op != token.AND || hasParam(of.Elem()) {
		return
	}
	in := c.placeOf(at.X)
	if in.typ == nil || hasParam(in.typ) || in.root != nil && in.root == c.variable(proto) {
		return
	}
	if !in.apart && mayHold(of.Elem(), in.typ) {
		return
	}
	c.report(at, "address", fmt.Sprintf("%s is no address of a field of %s, the prototype that %s is given",
		types.ExprString(at), types.ExprString(proto), fn.Name()))
}

// place is the memory that an address lies in.
type place struct {
	typ   types.Type // of what is there: a variable, or what a pointer points to; nil when it is not known
	root  *types.Var // the variable that the expression begins with; nil when it begins with none
	apart bool       // it is no prototype, but a variable or a value that the program has made
}

// placeOf returns the memory that an operand of & lies in.
func (c *checker) placeOf(e ast.Expr) place {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return place{typ: c.info.TypeOf(e), root: c.variable(e), apart: true}
	case *ast.StarExpr:
		return c.pointee(e.X)
	case *ast.IndexExpr:
		switch c.info.TypeOf(e.X).Underlying().(type) {
		case *types.Array:
			return c.placeOf(e.X)
		case *types.Pointer: // to an array
			return c.pointee(e.X)
		}
	case *ast.SelectorExpr:
		return c.placeOfField(e)
	}
	return place{}
}

func (c *checker) placeOfField(e *ast.SelectorExpr) place {
	s := c.info.Selections[e]
	if s == nil { // a variable of another package
		return place{typ: c.info.TypeOf(e), root: c.variable(e), apart: true}
	}
	at, t := place{}, s.Recv()
	if isPointer(t) {
		at = c.pointee(e.X)
	} else {
		at = c.placeOf(e.X)
	}
	for depth, i := range s.Index() {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			if depth > 0 { // an embedded pointer
				at = place{typ: p.Elem(), root: at.root}
			}
			t = p.Elem()
		}
		in, ok := t.Underlying().(*types.Struct)
		if !ok {
			return place{}
		}
		t = in.Field(i).Type()
	}
	return at
}

// pointee returns the memory that a pointer points to.
func (c *checker) pointee(e ast.Expr) place {
	e = ast.Unparen(e)
	p, ok := c.info.TypeOf(e).Underlying().(*types.Pointer)
	if !ok {
		return place{}
	}
	at := place{typ: p.Elem(), apart: c.isMade(e)}
	switch e := e.(type) {
	case *ast.Ident:
		at.root = c.variable(e)
		at.apart = at.root != nil && c.isMade(c.origin(at.root))
	case *ast.SelectorExpr:
		if at.root = c.variable(e); at.root == nil {
			at.root = c.placeOf(e).root
		}
	}
	return at
}

// isMade reports whether an expression is the address of a variable, or of a value that the program makes there.
func (c *checker) isMade(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.UnaryExpr:
		_, literal := ast.Unparen(e.X).(*ast.CompositeLit)
		return e.Op == token.AND && (literal || c.variable(e.X) != nil)
	case *ast.CallExpr:
		id, ok := ast.Unparen(e.Fun).(*ast.Ident)
		return ok && c.info.Uses[id] == types.Universe.Lookup("new")
	}
	return false
}

// variable returns the variable, of this package or another, that an expression is, or is the address of.
func (c *checker) variable(e ast.Expr) *types.Var {
	e = ast.Unparen(e)
	if address, ok := e.(*ast.UnaryExpr); ok && address.Op == token.AND {
		e = ast.Unparen(address.X)
	}
	var obj types.Object
	switch e := e.(type) {
	case *ast.Ident:
		obj = c.info.Uses[e]
	case *ast.SelectorExpr:
		obj = c.info.Uses[e.Sel]
	}
	if v, ok := obj.(*types.Var); ok && !v.IsField() {
		return v
	}
	return nil
}

// mayHold reports whether there may be a value of a type in one of another, where a pointer to the first may point to.
func mayHold(in, t types.Type) bool {
	if types.IdenticalIgnoreTags(in.Underlying(), t.Underlying()) {
		return true
	}
	switch in := in.Underlying().(type) {
	case *types.Struct:
		for f := range in.Fields() {
			if mayHold(f.Type(), t) {
				return true
			}
		}
	case *types.Array:
		return mayHold(in.Elem(), t)
	}
	return false
}
