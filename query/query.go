// Package query has the types of package prom for fields, conditions and other parts of queries under the same names:
// for code that receives parts of queries and has no repositories. They are aliases: a query.Cond is a [prom.Cond].
package query

import "github.com/prom-go/prom"

// The types of fields. P is a pointer to the model that has the column, such as *Book.
type (
	// Field is a column whose values can be compared for equality; see [prom.Field].
	Field[P, V any] = prom.Field[P, V]
	// NullField is a [Field] that may be NULL; see [prom.NullField].
	NullField[P, V any] = prom.NullField[P, V]
	// OrderedField is a [Field] whose values can be ordered; see [prom.OrderedField].
	OrderedField[P, V any] = prom.OrderedField[P, V]
	// NullOrderedField is an [OrderedField] that may be NULL; see [prom.NullOrderedField].
	NullOrderedField[P, V any] = prom.NullOrderedField[P, V]
	// NumberField is a column of numbers; see [prom.NumberField].
	NumberField[P any, V Number] = prom.NumberField[P, V]
	// NullNumberField is a [NumberField] that may be NULL; see [prom.NullNumberField].
	NullNumberField[P any, V Number] = prom.NullNumberField[P, V]
	// TextField is a column of texts; see [prom.TextField].
	TextField[P any, V Texts] = prom.TextField[P, V]
	// NullTextField is a [TextField] that may be NULL; see [prom.NullTextField].
	NullTextField[P any, V Texts] = prom.NullTextField[P, V]
	// TimeField is a column of instants or days; see [prom.TimeField].
	TimeField[P any] = prom.TimeField[P]
	// NullTimeField is a [TimeField] that may be NULL; see [prom.NullTimeField].
	NullTimeField[P any] = prom.NullTimeField[P]
	// JSONField is a column that holds a JSON document; see [prom.JSONField].
	JSONField[P, V any] = prom.JSONField[P, V]
	// NullJSONField is a [JSONField] that may be NULL; see [prom.NullJSONField].
	NullJSONField[P, V any] = prom.NullJSONField[P, V]
	// ListField is a column that holds a list; see [prom.ListField].
	ListField[P, E any] = prom.ListField[P, E]
	// NullListField is a [ListField] that may be NULL; see [prom.NullListField].
	NullListField[P, E any] = prom.NullListField[P, E]
	// AnyField is a column that was found by its name; see [prom.AnyField].
	AnyField[P any] = prom.AnyField[P]
)

// The constraints of the values of fields.
type (
	// Number is the constraint of the values of a [NumberField]; see [prom.Number].
	Number = prom.Number
	// Texts is the constraint of the values of a [TextField]; see [prom.Texts].
	Texts = prom.Texts
)

// The types of the parts of a query. P is a pointer to the model, such as *Book.
type (
	// Cond is a condition on the rows of the model P; see [prom.Cond].
	Cond[P any] = prom.Cond[P]
	// Order is one term of an ORDER BY; see [prom.Order].
	Order[P any] = prom.Order[P]
	// Assign is the assignment of a value to a column; see [prom.Assign].
	Assign[P any] = prom.Assign[P]
	// Term is a value of type V in each row of the model P; see [prom.Term].
	Term[P, V any] = prom.Term[P, V]
	// AnyTerm is a [Term] of any type; see [prom.AnyTerm].
	AnyTerm[P any] = prom.AnyTerm[P]
	// Expr is an expression of type V over the rows of the model P; see [prom.Expr].
	Expr[P, V any] = prom.Expr[P, V]
	// TextExpr is an [Expr] that is a text, with the conditions of texts; see [prom.TextExpr].
	TextExpr[P any, V Texts] = prom.TextExpr[P, V]
	// Window is a window definition, for window functions; see [prom.Window].
	Window[P any] = prom.Window[P]
	// When is one branch of a CASE; see [prom.When].
	When[P, V any] = prom.When[P, V]
	// Subquery is a query that is part of another statement; see [prom.Subquery].
	Subquery[R any] = prom.Subquery[R]
	// Correlation is a row of a subquery together with the row of the outer query; see [prom.Correlation].
	Correlation[S, P any] = prom.Correlation[S, P]
	// RowValue is a row constructor: several terms that are compared together; see [prom.RowValue].
	RowValue[P, V any] = prom.RowValue[P, V]
	// Reference is a reference from the model P to the model R; see [prom.Reference].
	Reference[P, R any] = prom.Reference[P, R]
	// Mapping pairs a term with the column that INSERT … SELECT writes it to; see [prom.Mapping].
	Mapping[D, S any] = prom.Mapping[D, S]
)
