package promvet

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// keyed are the methods of package prom whose last parameter is a key, by their types.
var keyed = map[string][]string{
	"Repo":    {"Get", "DeleteKey"},
	"Query":   {"Get"},
	"BatchOf": {"Get", "DeleteKey"},
}

// key reports a call with a key that is not the model's: it has another number of values, or one of a type that does
// not convert, so that the call fails whatever the value is.
func (c *checker) key(call *ast.CallExpr) {
	fn, model := c.keyedCall(call)
	if fn == nil {
		return
	}
	columns, ok := keyOf(model)
	if !ok {
		return
	}
	name := c.typeName(model)
	given := call.Args[fn.Signature().Params().Len()-1:]
	switch {
	case len(columns) == 0:
		c.report(call, "key", fmt.Sprintf("%s has no primary key, which %s needs", name, fn.Name()))
		return
	case len(given) != len(columns):
		c.report(call, "key", fmt.Sprintf("the key of %s is %s, and %s is given %s",
			name, c.describe(columns), fn.Name(), count(len(given))))
		return
	}
	for i, arg := range given {
		c.keyValue(name, columns[i], arg)
	}
}

// keyedCall returns the method with a key that a call is of, and the model; nil when the values of the key do not stand
// in the call one by one.
func (c *checker) keyedCall(call *ast.CallExpr) (fn *types.Func, model types.Type) {
	if call.Ellipsis.IsValid() || c.callee(call) == nil {
		return nil, nil
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil, nil
	}
	s := c.info.Selections[sel]
	if s == nil || s.Kind() != types.MethodVal {
		return nil, nil
	}
	fn = s.Obj().(*types.Func) // with its type arguments
	of := named(fn.Signature().Recv().Type(), promPath)
	if of == nil || of.TypeArgs().Len() != 1 || !slices.Contains(keyed[of.Obj().Name()], fn.Name()) {
		return nil, nil
	}
	if len(call.Args) == 1 {
		if _, several := c.info.TypeOf(call.Args[0]).(*types.Tuple); several { // Get(f())
			return nil, nil
		}
	}
	return fn, of.TypeArgs().At(0)
}

// keyValue reports a value of a key whose type the column does not take.
func (c *checker) keyValue(model string, column keyColumn, arg ast.Expr) {
	tv := c.info.Types[arg]
	if tv.IsNil() {
		c.report(arg, "key", "the key is nil")
		return
	}
	from := types.Default(tv.Type)
	if converts(from, column.typ) {
		return
	}
	message := fmt.Sprintf("the key %s of %s has type %s, and %s does not convert to it",
		column.field, model, c.typeName(column.typ), c.typeName(from))
	if key := refKey(from); key != nil && converts(key, column.typ) {
		message += ": give its Key()"
	} else if p, ok := from.Underlying().(*types.Pointer); ok && converts(p.Elem(), column.typ) {
		message += ": give what it points to"
	}
	c.report(arg, "key", message)
}

// describe names the columns of a key: ID int64.
func (c *checker) describe(columns []keyColumn) string {
	list := make([]string, len(columns))
	for i, col := range columns {
		list[i] = col.field + " " + c.typeName(col.typ)
	}
	return strings.Join(list, ", ")
}

func (c *checker) typeName(t types.Type) string { return types.TypeString(t, c.qualify) }

// qualify names packages as code does.
func (c *checker) qualify(p *types.Package) string {
	if p == c.pass.Pkg {
		return ""
	}
	return p.Name()
}

func count(n int) string {
	if n == 1 {
		return "1 value"
	}
	return fmt.Sprintf("%d values", n)
}
