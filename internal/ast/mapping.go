package ast

import (
	"github.com/prom-go/prom/schema"
)

// Mapping says which term goes into which column.
type Mapping struct {
	Col  *schema.Column
	Term *Expr
}
