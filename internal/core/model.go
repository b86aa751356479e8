package core

import (
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// What a query is made of, of any model. The face's own types are in memory what these are.
type (
	Cond    = *ast.Cond
	Order   = *ast.Order
	Assign  = *ast.Assign
	Mapping = ast.Mapping
)

// Columner is a field: anything that stands for a column.
type Columner = interface{ Column() *schema.Column }
