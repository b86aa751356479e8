// Package query holds the behaviour tests of queries: conditions, expressions, projections, subqueries, filters and
// raw SQL. It has no code of its own.
package query
