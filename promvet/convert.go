package promvet

import "go/types"

// converts reports whether some value of a type is one that a column takes as its key, as Codec.Convert of
// internal/scan decides when the program runs. It is true too when that cannot be told.
func converts(from, to types.Type) bool {
	if isOpen(from) || isOpen(to) {
		return true
	}
	if p, ok := from.Underlying().(*types.Pointer); ok && types.Identical(p.Elem(), to) {
		return true
	}
	if types.AssignableTo(from, to) {
		return true
	}
	a, b := kindOf(from), kindOf(to)
	return a == b && (a == number || types.ConvertibleTo(from, to))
}

// The kinds of types, as far as they matter here. Whether a number converts depends on its value.
const (
	number = "number"
	other  = "other"
)

func kindOf(t types.Type) string {
	switch t := t.Underlying().(type) {
	case *types.Basic:
		if t.Info()&(types.IsInteger|types.IsFloat) != 0 {
			return number
		}
		return t.Name()
	case *types.Array:
		return "array"
	case *types.Slice:
		return "slice"
	case *types.Struct:
		return "struct"
	}
	return other
}

// isOpen reports whether a type does not say what a value's type is when the program runs: an interface, or one with a
// type parameter in it.
func isOpen(t types.Type) bool { return types.IsInterface(t) || hasParam(t) }

// hasParam reports whether there is a type parameter in a type, or may be.
func hasParam(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.Basic, *types.Interface:
		return false
	case *types.Named:
		for arg := range t.TypeArgs().Types() {
			if hasParam(arg) {
				return true
			}
		}
		_, basic := t.Underlying().(*types.Basic)
		return !basic && isLocal(t.Obj())
	case interface{ Elem() types.Type }: // a pointer, slice, array or channel, and not the key of a map
		return hasParam(t.Elem())
	}
	return true
}

// isLocal reports whether a type is declared in a function, whose type parameters may be in it then.
func isLocal(t *types.TypeName) bool { return t.Pkg() != nil && t.Parent() != t.Pkg().Scope() }
