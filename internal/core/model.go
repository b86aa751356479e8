package core

import (
	"github.com/prom-go/prom/query"
	"github.com/prom-go/prom/schema"
)

// Model stands for a model in the types that tell the conditions of models apart: here a plan says which it is.
type Model struct{}

// What a query is made of, of any model.
type (
	Cond   = query.Cond[Model]
	Order  = query.Order[Model]
	Assign = query.Assign[Model]
)

// Columner is a field: anything that stands for a column.
type Columner = interface{ Column() *schema.Column }
