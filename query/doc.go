// Package query holds the language of typed queries: fields, conditions, orders and assignments, each of which knows the model
// that it belongs to, and the statements that they become. Statements are rendered through squirrel, once for each shape: the
// operators, columns and numbers of arguments of a query, never its values. The text of a shape is kept in a bounded cache.
package query
