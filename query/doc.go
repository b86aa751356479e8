// Package query holds the language of typed queries: fields, conditions, orders, assignments, and expressions with
// their functions, each of which knows the model that it belongs to. Package prom has aliases of them, so that programs
// import one package.
//
// A type of this package is a node of internal/ast with its model's type, and its functions and methods are calls of
// what makes nodes there. Statements are made of nodes in internal/render.
package query
