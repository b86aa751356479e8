package ast

import (
	"github.com/prom-go/prom/schema"
)

// Mapping says which term goes into which column of a copy.
type Mapping struct {
	Col  *schema.Column
	Term *Expr
}
