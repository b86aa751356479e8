// Package queryplan asks an engine how it runs a statement, and shows the answer as a tree: which tables are read as a
// whole, how long each step takes, and which index would spare a scan.
//
// PostgreSQL answers EXPLAIN (FORMAT JSON), with the plan that does not depend on the arguments where there are none;
// SQLite answers EXPLAIN QUERY PLAN (https://www.sqlite.org/eqp.html), which has no times and no rows. An index is
// named when the engine has shown that it takes it: on copies of the tables without rows, which are in memory for
// SQLite and temporary for PostgreSQL.
package queryplan
