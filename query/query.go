// Package query has the names of package prom that are about the language of queries: for code that is given parts of
// queries and has no repositories. They are the same types, so that what one package makes the other takes.
package query

import "github.com/prom-go/prom"

// What fields hold. Each is a column of the model that P is the pointer to.
type (
	Field[P, V any]                  = prom.Field[P, V]
	NullField[P, V any]              = prom.NullField[P, V]
	OrderedField[P, V any]           = prom.OrderedField[P, V]
	NullOrderedField[P, V any]       = prom.NullOrderedField[P, V]
	NumberField[P any, V Number]     = prom.NumberField[P, V]
	NullNumberField[P any, V Number] = prom.NullNumberField[P, V]
	TextField[P any, V Texts]        = prom.TextField[P, V]
	NullTextField[P any, V Texts]    = prom.NullTextField[P, V]
	TimeField[P any]                 = prom.TimeField[P]
	NullTimeField[P any]             = prom.NullTimeField[P]
	JSONField[P, V any]              = prom.JSONField[P, V]
	NullJSONField[P, V any]          = prom.NullJSONField[P, V]
	ListField[P, E any]              = prom.ListField[P, E]
	NullListField[P, E any]          = prom.NullListField[P, E]
	AnyField[P any]                  = prom.AnyField[P]
)

// What numbers and texts are.
type (
	Number = prom.Number
	Texts  = prom.Texts
)

// The parts of a query.
type (
	Cond[P any]              = prom.Cond[P]
	Order[P any]             = prom.Order[P]
	Assign[P any]            = prom.Assign[P]
	Term[P, V any]           = prom.Term[P, V]
	AnyTerm[P any]           = prom.AnyTerm[P]
	Expr[P, V any]           = prom.Expr[P, V]
	TextExpr[P any, V Texts] = prom.TextExpr[P, V]
	Window[P any]            = prom.Window[P]
	When[P, V any]           = prom.When[P, V]
	Subquery[R any]          = prom.Subquery[R]
	Correlation[S, P any]    = prom.Correlation[S, P]
	RowValue[P, V any]       = prom.RowValue[P, V]
	Reference[P, R any]      = prom.Reference[P, R]
	Mapping[D, S any]        = prom.Mapping[D, S]
)
