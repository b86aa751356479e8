// Package ast holds the nodes of which a statement is made, without type parameters and without SQL text: conditions
// ([Cond]), expressions ([Expr]), orders ([Order]), assignments ([Assign]), windows, raw SQL, and queries ([Spec]) with
// their pages, groups, sets and subqueries. Package query is the typed face over them, and package render makes
// statements of them.
//
// # Nodes
//
// Nodes are immutable: what changes one returns another. An error in a node, such as a value that does not fit its
// column, stays there until the query runs; [Spec.Err] finds it.
//
// # Constructors
//
// Functions such as [Compare], [OrderBy] and [AssignValue] make the nodes for the methods of fields. A field is a
// generic type, each of whose methods is compiled once for each model and type of value, whether it is used or not. So
// these methods are one call that returns one pointer, and what they do is here, kept from being inlined.
//
// # Shapes and arguments
//
// A [Shape] is everything of a node that the text of a statement depends on. Arguments are gathered apart from it
// ([Spec.Values]), in the order in which package render writes them.
package ast
