package query

import (
	"github.com/prom-go/prom/internal/ast"
)

// Project returns s with the given columns in place of the model's. The page that s has is of its rows, also when the
// results are groups of them; what is said of the page afterwards is about the results.
func Project[T any](s ast.Spec, terms ...AnyTerm[T]) ast.Spec { return s.Project(exprsOf(terms)) }

// GroupBy returns s with groups told apart by more than the columns that are no aggregates.
func GroupBy[T any](s ast.Spec, terms ...AnyTerm[T]) ast.Spec { return s.GroupBy(exprsOf(terms)) }
