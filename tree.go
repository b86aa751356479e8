package prom

import (
	"github.com/prom-go/prom/internal/ast"
)

// DescendantsOf is true for all descendants of the rows for which the conditions are true: their children, the children
// of these, and so on. The reference parent refers to the parent of a row. A cycle ends where it began.
func DescendantsOf[P any](parent Reference[P, P], conds ...Cond[P]) Cond[P] {
	return Cond[P]{n: ast.Below(referenceOf(parent), present(conds), false, 0)}
}

// AncestorsOf is true for all ancestors of the rows for which the conditions are true: their parents, the parents of
// these, and so on.
func AncestorsOf[P any](parent Reference[P, P], conds ...Cond[P]) Cond[P] {
	return Cond[P]{n: ast.Below(referenceOf(parent), present(conds), true, 0)}
}

// DescendantsWithin is [DescendantsOf] limited to a number of levels; 1 is the children. The query reads no deeper
// levels.
func DescendantsWithin[P any](levels int, parent Reference[P, P], conds ...Cond[P]) Cond[P] {
	return Cond[P]{n: ast.Below(referenceOf(parent), present(conds), false, levelsOf(levels))}
}

// AncestorsWithin is [AncestorsOf] limited to a number of levels; 1 is the parents.
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

// TreeDepth is the depth of a row in a tree: the number of its ancestors, 0 for a root. The reference parent refers to
// the parent of a row. With conditions, it is the number of levels between the row and its nearest ancestor for which
// they are true, or NULL if there is none; so it is not NULL for the rows of [DescendantsOf]. The path to the root ends
// at a soft-deleted row, and a cycle ends where it began.
//
//	list, err := places.Where(prom.DescendantsOf(placeIn, placeName.Eq("Peru"))).
//		OrderBy(prom.TreeDepth(placeIn).Asc()).All(ctx)
//
// The database computes it for each row, with as many lookups as there are levels.
func TreeDepth[P any](parent Reference[P, P], conds ...Cond[P]) Expr[P, int] {
	return typed[P, int](ast.Depth(referenceOf(parent), present(conds)))
}

// TreePath is the list of a term of the rows on the path from the root to the row, such as their keys or names; the
// term of the row itself is the last element. With conditions, the path begins at the nearest ancestor for which they
// are true; see [TreeDepth]. If the term is NULL in one of the rows, reading the list is an error; see [OrValue].
//
//	err := places.Compute(prom.Col(&place.Path, prom.TreePath(placeIn, placeName))) // [Earth Peru Cusco]
func TreePath[P, V any](parent Reference[P, P], t Term[P, V], conds ...Cond[P]) Expr[P, []V] {
	return typed[P, []V](ast.Path(referenceOf(parent), exprOf(t), present(conds)))
}
