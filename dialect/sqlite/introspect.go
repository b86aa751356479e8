package sqlite

import "github.com/prom-go/prom/dialect"

// A key column that stands for the row's number, which alone has no index, can hold no NULL though nothing says so. Hidden
// columns are those of virtual tables (1); generated columns (2, 3) are ordinary ones to a reader.
const columns = `SELECT c.name, c.type,
	c."notnull" <> 0 OR c.pk > 0 AND NOT EXISTS (SELECT 1 FROM pragma_index_list(t.name) AS l WHERE l.origin = 'pk'),
	c.pk > 0, c.dflt_value
FROM (SELECT ? AS name) AS t, pragma_table_xinfo(t.name) AS c
WHERE c.hidden <> 1
ORDER BY c.cid`

// An expression is a column without a name; the row's number, which SQLite adds to every index, is no key column.
const indexes = `SELECT l.name, l."unique", l.partial, c.name
FROM pragma_index_list(?) AS l, pragma_index_xinfo(l.name) AS c
WHERE l.origin <> 'pk' AND c.key = 1
ORDER BY l.name, c.seqno`

// Columns returns a query with one row a column, see [dialect.Introspection].
func (Dialect) Columns() string { return columns }

// Indexes returns a query with one row for each column of each index, see [dialect.Introspection].
func (Dialect) Indexes() string { return indexes }

// HasRows returns a query that tells whether the table has a row.
func (Dialect) HasRows(table string) string { return dialect.HasRows(table) }
