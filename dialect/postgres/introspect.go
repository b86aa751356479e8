package postgres

import (
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// relation resolves a table's name, quoted, as a query does: one without a schema through the search path. Indexes and
// sequences, which share the namespace, are no tables.
const relation = `(SELECT oid FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass(?::text) ` +
	`AND relkind IN ('r', 'p', 'f', 'v', 'm'))`

// Intercepts is a query that tells whether (boolean) something other than a table itself may decide what becomes of a
// row that is written to it: a trigger before each row of the table or of a partition, a rule, or that it is no table.
// Its arguments are the table's name, quoted, and the events as pg_trigger has them, EventInsert or
// EventInsert|EventUpdate.
const Intercepts = `SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_class c WHERE c.oid = pg_catalog.to_regclass($1::text)
	AND (c.relkind NOT IN ('r', 'p') OR c.relhasrules OR EXISTS (SELECT 1 FROM pg_catalog.pg_trigger g
		WHERE (g.tgrelid = c.oid OR c.relkind = 'p' AND g.tgrelid IN (SELECT relid FROM pg_catalog.pg_partition_tree(c.oid)))
			AND g.tgenabled <> 'D' AND g.tgtype & 3 = 3 AND g.tgtype & $2::int <> 0)))` // for each row, before

// Internal triggers before each row are those that a partition has of its table before PostgreSQL 15: they count.
// Triggers that fire after the row or for a statement suppress nothing. Those of tables that inherit from this one do.
const suppresses = `SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_class c WHERE c.oid = ` + relation + `
	AND (c.relkind NOT IN ('r', 'p') OR c.relhasrules OR c.relrowsecurity OR c.relkind = 'r' AND c.relhassubclass OR EXISTS (SELECT 1
		FROM pg_catalog.pg_trigger g
		WHERE (g.tgrelid = c.oid OR c.relkind = 'p' AND g.tgrelid IN (SELECT relid FROM pg_catalog.pg_partition_tree(c.oid)))
			AND g.tgenabled <> 'D' AND g.tgtype & 3 = 3)))`

// Events of triggers, the bits of pg_trigger.tgtype (catalog/pg_trigger.h).
const (
	EventInsert = 4
	EventUpdate = 16
)

// TableFacts is a query on a table by its OID. It tells whether (boolean) the table stores what it is given: it is an
// ordinary one without rules, without tables that inherit from it, and without triggers before each row that is
// inserted or updated; and, as a text with spaces between them, the numbers of its columns that hold no NULL.
const TableFacts = `SELECT c.relkind = 'r' AND NOT c.relhasrules AND NOT c.relhassubclass AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_trigger g
		WHERE g.tgrelid = c.oid AND g.tgtype & 3 = 3 AND g.tgtype & 20 <> 0),
	(SELECT string_agg(a.attnum::text, ' ') FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnotnull AND a.attnum > 0)
FROM pg_catalog.pg_class c WHERE c.oid = $1::oid`

// Tables of other sessions, temporary ones, are in schemas that begin with pg_, as the catalogs are.
const tables = `SELECT CASE WHEN c.relname LIKE '%.%' THEN '"' || replace(c.relname, '"', '""') || '"' ELSE c.relname::text END,
	CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' ELSE 'table' END,
	n.nspname = current_schema() AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d
		WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND pg_catalog.pg_table_is_visible(c.oid)
	AND n.nspname <> 'information_schema' AND NOT starts_with(n.nspname::text, 'pg_')
ORDER BY c.relname::text COLLATE "C"`

// An index that is not valid, such as one that CREATE INDEX CONCURRENTLY left invalid, covers some rows only.
// Versions before 15 have no column indnullsnotdistinct.
const indexes = `SELECT ic.relname::text, i.indisunique, i.indpred IS NOT NULL, a.attname::text,
	coalesce((i.indoption[(k.n - 1)::int] & 1) = 1, false),
	CASE WHEN k.attnum = 0 THEN pg_catalog.pg_get_indexdef(i.indexrelid, k.n::int, true) END,
	pg_catalog.pg_get_expr(i.indpred, i.indrelid), k.n > i.indnkeyatts, NOT i.indisvalid,
	EXISTS (SELECT 1 FROM pg_catalog.pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('u', 'x')),
	coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false), nullif(am.amname::text, 'btree'),
	(SELECT string_agg(DISTINCT o.opcname::text, ', ') FROM pg_catalog.pg_opclass o WHERE o.oid = ANY (i.indclass::oid[]) AND NOT o.opcdefault),
	CASE WHEN k.n > i.indnkeyatts THEN NULL
		WHEN i.indoption[(k.n - 1)::int] & 3 = 1 THEN 'NULLS LAST' WHEN i.indoption[(k.n - 1)::int] & 3 = 2 THEN 'NULLS FIRST' END,
	CASE WHEN k.n <= i.indnkeyatts AND i.indcollation[(k.n - 1)::int] NOT IN (0, coalesce(a.attcollation, 100))
		THEN (SELECT collname::text FROM pg_catalog.pg_collation WHERE oid = i.indcollation[(k.n - 1)::int]) END,
	i.indisexclusion
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
JOIN pg_catalog.pg_am am ON am.oid = ic.relam
CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, n)
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum <> 0
WHERE i.indrelid = ` + relation + ` AND NOT i.indisprimary
ORDER BY ic.relname, k.n`

// rule is the text of a foreign key's action.
const rule = ` WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' ELSE 'SET DEFAULT' END`

// ownConstraint leaves out the rows that a foreign key to a partitioned table has for each partition too. Their parent
// is the constraint of the same table that a statement made. The parent of a partition's foreign key is of another
// table.
const ownConstraint = `NOT EXISTS (SELECT 1 FROM pg_catalog.pg_constraint p WHERE p.oid = c.conparentid AND p.conrelid = c.conrelid)`

// Versions before 15 have no column confdelsetcols.
const foreignKeys = `SELECT c.oid::text, c.conname::text, a.attname::text, ` + reached + `, ta.attname::text,
	CASE c.confdeltype` + rule + `, CASE c.confupdtype` + rule + `, c.condeferrable, NOT c.convalidated,
	coalesce(to_jsonb(c) -> 'confdelsetcols' @> to_jsonb(k.attnum), false), c.condeferred, ` + full + `
FROM pg_catalog.pg_constraint c
CROSS JOIN LATERAL unnest(c.conkey, c.confkey) WITH ORDINALITY AS k(attnum, target, n)
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum
JOIN pg_catalog.pg_attribute ta ON ta.attrelid = c.confrelid AND ta.attnum = k.target
JOIN pg_catalog.pg_class t ON t.oid = c.confrelid
JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
WHERE c.contype = 'f' AND c.conrelid = ` + relation + `
	AND ` + ownConstraint + `
ORDER BY c.conname, k.n`

const checks = `SELECT conname::text, pg_catalog.pg_get_expr(conbin, conrelid), NOT convalidated
FROM pg_catalog.pg_constraint
WHERE contype = 'c' AND conrelid = ` + relation + `
ORDER BY conname`

// reached is the name of the table t in the schema n as [schema.JoinName] writes it: with the schema when the name
// alone does not reach it.
const reached = `CASE WHEN NOT pg_catalog.pg_table_is_visible(t.oid) THEN ` + full +
	` WHEN t.relname LIKE '%.%' THEN '"' || replace(t.relname, '"', '""') || '"' ELSE t.relname::text END`

// full is that name with the schema.
const full = `CASE WHEN n.nspname LIKE '%.%' OR n.nspname LIKE '"%' THEN '"' || replace(n.nspname, '"', '""') || '"' ELSE n.nspname::text END || '.' || ` +
	`CASE WHEN t.relname LIKE '%.%' OR t.relname LIKE '"%' THEN '"' || replace(t.relname, '"', '""') || '"' ELSE t.relname::text END`

const references = `SELECT (SELECT ` + reached + ` FROM pg_catalog.pg_class t JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace WHERE t.oid = c.conrelid),
	(SELECT ` + reached + ` FROM pg_catalog.pg_class t JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace WHERE t.oid = c.confrelid)
FROM pg_catalog.pg_constraint c
WHERE c.contype = 'f' AND c.conrelid <> c.confrelid
	AND (pg_catalog.pg_table_is_visible(c.conrelid) OR pg_catalog.pg_table_is_visible(c.confrelid))
GROUP BY c.conrelid, c.confrelid
ORDER BY 1, 2`

const tablesOf = `SELECT ` + full + `,
	CASE t.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' ELSE 'table' END,
	NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d
		WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = t.oid AND d.deptype = 'e')
FROM pg_catalog.pg_class t
JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
WHERE t.relkind IN ('r', 'p', 'f', 'v', 'm') AND n.nspname = `

const referrers = `SELECT DISTINCT ` + reached + `
FROM pg_catalog.pg_constraint c
JOIN pg_catalog.pg_class t ON t.oid = c.conrelid
JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
WHERE c.contype = 'f' AND c.conrelid <> c.confrelid AND c.confrelid = ` + relation + `
ORDER BY 1`

// About returns the query with the table's name, quoted, as its argument.
func (Dialect) About(sql, table string) (query, arg string) { return sql, dialect.QuoteTable(table) }

// TablesOf returns a query with one row a table of a schema, see [dialect.Introspection].
func (Dialect) TablesOf(space string) string {
	return tablesOf + quoteText(space) + ` ORDER BY t.relname::text COLLATE "C"`
}

// Referrers returns a query for which tables refer to a table, see [dialect.Introspection].
func (Dialect) Referrers() string { return referrers }

// HasSchema returns a query for whether the schema exists, and CreateSchema the statement that makes it. Another
// session may make it at the same moment.
func (Dialect) HasSchema(space string) string {
	return "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = " + quoteText(space) + ")"
}

// Unseen returns a query for whether a relation is newer than the snapshot, see [dialect.Definition]: to_regclass looks
// at the catalog as it is, and a query at that of the transaction (PostgreSQL's manual, section "Caveats" of
// "Concurrency Control").
func (Dialect) Unseen(name string) string {
	query := "SELECT pg_catalog.current_setting('transaction_isolation') IN ('repeatable read', 'serializable')"
	if name == "" {
		return query
	}
	oid := "pg_catalog.to_regclass(" + quoteText(dialect.QuoteTable(name)) + ")"
	return query + " AND " + oid + " IS NOT NULL AND NOT EXISTS (SELECT FROM pg_catalog.pg_class WHERE oid = " + oid + ")"
}

// CreateSchema returns the statement that makes a schema, see [dialect.Definition].
func (Dialect) CreateSchema(space string) string {
	return "CREATE SCHEMA IF NOT EXISTS " + dialect.Quote(space)
}

// Tables returns a query with one row a table, see [dialect.Introspection].
func (Dialect) Tables() string { return tables }

// Exists returns a query for whether there is a table, see [dialect.Introspection].
func (Dialect) Exists() string { return "SELECT 1 WHERE " + relation + " IS NOT NULL" }

// Indexes returns a query with one row for each column of each index, see [dialect.Introspection].
func (Dialect) Indexes() string { return indexes }

// ForeignKeys returns a query with one row for each column of each foreign key, see [dialect.Introspection].
func (Dialect) ForeignKeys() string { return foreignKeys }

// SetsColumns returns a query that tells whether SET NULL takes columns, which it does since version 15.
func (Dialect) SetsColumns() string {
	return "SELECT current_setting('server_version_num')::int >= 150000"
}

// EnumLabels returns a query of the values of an enum, see [dialect.Introspection].
func (Dialect) EnumLabels(c *schema.Column) string {
	return "SELECT enumlabel::text FROM pg_catalog.pg_enum " +
		"WHERE enumtypid = pg_catalog.to_regtype(" + quoteText(typeName(c)) +
		") ORDER BY enumsortorder"
}

// NullsNotDistinct returns a query that tells whether indexes can take NULLs for equal, which they can since version
// 15.
func (d Dialect) NullsNotDistinct() string { return d.SetsColumns() }

// A constraint that is checked at the end of a transaction, not at all (NOT ENFORCED, disabled triggers) or for other
// rows than those that a query reads (inheritance) is none to rely on; nor is a row that a policy may hide.
const enforcedReferences = `SELECT a.attname::text, ` + reached + `, ` + full + `
FROM pg_catalog.pg_constraint c
JOIN pg_catalog.pg_class o ON o.oid = c.conrelid
JOIN pg_catalog.pg_class t ON t.oid = c.confrelid
JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
WHERE c.contype = 'f' AND c.conrelid = ` + relation + ` AND cardinality(c.conkey) = 1 AND a.attnotnull
	AND ` + ownConstraint + ` AND c.convalidated AND NOT c.condeferrable AND coalesce((to_jsonb(c) ->> 'conenforced')::boolean, true)
	AND (o.relkind = 'p' OR NOT EXISTS (SELECT 1 FROM pg_catalog.pg_inherits i WHERE i.inhparent = o.oid)) AND t.relkind IN ('r', 'p') AND NOT t.relrowsecurity
	AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_trigger g WHERE g.tgconstraint = c.oid AND g.tgenabled NOT IN ('O', 'A'))
ORDER BY 1`

// EnforcedReferences returns a query for references that lead to a row, see [dialect.Introspection].
func (Dialect) EnforcedReferences() string { return enforcedReferences }

// References returns a query for which table refers to which, see [dialect.Introspection].
func (Dialect) References() string { return references }

// Checks returns a query with one row a CHECK constraint, see [dialect.Introspection].
func (Dialect) Checks() string { return checks }

// Definitions returns "": the catalog tells all.
func (Dialect) Definitions() string { return "" }

// Suppresses returns a query for what may keep a write from a row, see [dialect.Introspection].
func (Dialect) Suppresses() string { return suppresses }

const rewrites = `SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_rewrite w JOIN pg_catalog.pg_class c ON c.oid = w.ev_class
	WHERE c.relkind IN ('r', 'p') AND c.relhasrules AND w.ev_type = '3' AND w.is_instead AND w.ev_enabled IN ('O', 'A')
		AND c.oid = ` + relation + `)`

// Rewrites returns a query for whether a rule rewrites what is inserted, see [dialect.Introspection].
func (Dialect) Rewrites() string { return rewrites }

// AllDefinitions returns "": the catalog tells all.
func (Dialect) AllDefinitions() string { return "" }

// Sound returns "": the server knows what refers to what.
func (Dialect) Sound() (all, one string) { return "", "" }

// Complete does nothing: the catalog has told all.
func (Dialect) Complete(*schema.Found) {}

// HasRows returns a query that tells whether the table has a row.
func (d Dialect) HasRows(table string) string { return dialect.HasRows(d, table) }

// RowCount returns a query for the number of rows as it was estimated last, or where that has not been done, for the
// number itself.
func (Dialect) RowCount(table string) string {
	name := dialect.QuoteTable(table)
	return "SELECT CASE WHEN reltuples < 0 THEN (SELECT count(*) FROM " + name +
		") ELSE reltuples::bigint END FROM pg_catalog.pg_class WHERE oid = " +
		quoteText(name) + "::regclass"
}

// kinds are the kinds of types as format_type writes them, without their limits.
var kinds = map[string]schema.Kind{
	"boolean":                     schema.Bool,
	"smallint":                    schema.Int16,
	"integer":                     schema.Int32,
	"bigint":                      schema.Int64,
	"real":                        schema.Float32,
	"double precision":            schema.Float64,
	"text":                        schema.Text,
	"character varying":           schema.Text,
	"character":                   schema.Text,
	"bytea":                       schema.Bytes,
	"numeric":                     schema.Decimal,
	"timestamp with time zone":    schema.Time,
	"timestamp without time zone": schema.Time,
	"date":                        schema.Date,
	"time without time zone":      schema.Clock,
	"uuid":                        schema.UUID,
	"json":                        schema.JSON,
	"jsonb":                       schema.JSON,
}

// ReadType sets a column's Kind and limits from its Type. An array has the kind of a list; how many dimensions it has,
// the type does not tell.
func (d Dialect) ReadType(c *schema.FoundColumn) {
	if elem, ok := strings.CutSuffix(c.Type, "[]"); ok {
		one := schema.FoundColumn{Type: elem}
		if d.ReadType(&one); one.Kind != schema.Null && one.Kind != schema.JSON && one.Kind != schema.Uint64 {
			c.Kind, c.Precision, c.Scale = one.Kind.List(), one.Precision, one.Scale
		}
		return
	}
	name, limits := dialect.CutLimits(c.Type)
	c.Kind = kinds[name]
	switch {
	case c.Kind == schema.Text && len(limits) == 1:
		c.Size = limits[0]
	case c.Kind == schema.Decimal && len(limits) == 2 && limits[0] == 20 && limits[1] == 0:
		c.Kind = schema.Uint64
	case c.Kind == schema.Decimal && len(limits) == 2:
		c.Precision, c.Scale = limits[0], limits[1]
	}
}
