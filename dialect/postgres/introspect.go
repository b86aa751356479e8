package postgres

import "github.com/prom-go/prom/dialect"

// relation resolves a table's name as an unqualified name in a query is resolved, through the search path. Indexes and
// sequences, which share the namespace, are no tables.
const relation = `(SELECT oid FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass(pg_catalog.quote_ident(?::text)) ` +
	`AND relkind IN ('r', 'p', 'f', 'v', 'm'))`

const columns = `SELECT a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull,
	EXISTS (SELECT 1 FROM pg_catalog.pg_index i, unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, n)
		WHERE i.indrelid = a.attrelid AND i.indisprimary AND k.n <= i.indnkeyatts AND k.attnum = a.attnum),
	pg_catalog.pg_get_expr(d.adbin, d.adrelid)
FROM pg_catalog.pg_attribute a
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = ` + relation + ` AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum`

// An index that is not valid, such as one that CREATE INDEX CONCURRENTLY left half made, covers some rows only.
const indexes = `SELECT ic.relname::text, i.indisunique, i.indpred IS NOT NULL OR NOT i.indisvalid, a.attname::text
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, n)
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum <> 0
WHERE i.indrelid = ` + relation + ` AND NOT i.indisprimary AND k.n <= i.indnkeyatts
ORDER BY ic.relname, k.n`

// Columns returns a query with one row a column, see [dialect.Introspection].
func (Dialect) Columns() string { return columns }

// Indexes returns a query with one row for each column of each index, see [dialect.Introspection].
func (Dialect) Indexes() string { return indexes }

// HasRows returns a query that tells whether the table has a row.
func (Dialect) HasRows(table string) string { return dialect.HasRows(table) }
