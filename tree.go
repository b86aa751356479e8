package prom

import (
	"github.com/prom-go/prom/internal/ast"
)

// DescendantsOf is true for the rows below those for which the conditions hold, in a tree where a reference of a row
// leads to its parent: their children, the children of these and so on. A circle ends where it began.
func DescendantsOf[P any](parent Reference[P, P], conds ...Cond[P]) Cond[P] {
	return Cond[P]{n: ast.Below(referenceOf(parent), present(conds), false, 0)}
}

// AncestorsOf is true for the rows above those for which the conditions hold: their parents, the parents of these and
// so on.
func AncestorsOf[P any](parent Reference[P, P], conds ...Cond[P]) Cond[P] {
	return Cond[P]{n: ast.Below(referenceOf(parent), present(conds), true, 0)}
}

// DescendantsWithin is [DescendantsOf] for so many levels and no more: 1 is the children. The tree is read no deeper.
func DescendantsWithin[P any](levels int, parent Reference[P, P], conds ...Cond[P]) Cond[P] {
	return Cond[P]{n: ast.Below(referenceOf(parent), present(conds), false, levelsOf(levels))}
}

// AncestorsWithin is [AncestorsOf] for so many levels and no more: 1 is the parents.
func AncestorsWithin[P any](levels int, parent Reference[P, P], conds ...Cond[P]) Cond[P] {
	return Cond[P]{n: ast.Below(referenceOf(parent), present(conds), true, levelsOf(levels))}
}

// levelsOf returns a limit of levels, of which 0 is one that there cannot be.
func levelsOf(levels int) int {
	if levels == 0 {
		return -1
	}
	return levels
}

// TreeDepth is how many rows are above the row, in a tree where a reference of a row leads to its parent: 0 for a root.
// With conditions it is how many levels the row is below the nearest one above it for which they hold, and NULL when
// there is none, so that it is not NULL for the rows of which [DescendantsOf] is true. A soft-deleted row ends the way
// up, and a circle ends where it began.
//
//	list, err := places.Where(prom.DescendantsOf(placeIn, placeName.Eq("Peru"))).
//		OrderBy(prom.TreeDepth(placeIn).Asc()).All(ctx)
//
// It is computed for each row by as many look-ups as there are levels.
func TreeDepth[P any](parent Reference[P, P], conds ...Cond[P]) Expr[P, int] {
	return typed[P, int](ast.Depth(referenceOf(parent), present(conds)))
}

// TreePath is the list of a term of the rows on the way down to the row, such as their keys or names, its own the last:
// from the root, or, with conditions, from the nearest row above for which they hold; see [TreeDepth]. A term that is
// NULL in one of the rows is an error when it is read; see [OrValue].
//
//	err := places.Compute(prom.Col(&place.Path, prom.TreePath(placeIn, placeName))) // [Earth Peru Cusco]
func TreePath[P, V any](parent Reference[P, P], t Term[P, V], conds ...Cond[P]) Expr[P, []V] {
	return typed[P, []V](ast.Path(referenceOf(parent), exprOf(t), present(conds)))
}
