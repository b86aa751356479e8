package query

import (
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// Mapping says which term of a row of S goes into which column of D.
type Mapping[D, S any] struct {
	_ [0]func(*D)
	_ [0]func(*S)
	m ast.Mapping
}

// To maps a term of the rows of S to a column of D.
func To[D, S, V any](field interface {
	Term[D, V]
	Column() *schema.Column
}, t Term[S, V]) Mapping[D, S] {
	return Mapping[D, S]{m: ast.Mapping{Col: field.Column(), Term: t.term().e}}
}
