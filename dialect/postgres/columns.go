package postgres

// columnTypes is how a query of columns finds their types: expressions, of which some may be of the tables that it adds
// to those that each such query has, see columnQuery.
type columnTypes struct {
	typ, typmod   string // what a domain is over
	notNull       string // whether a domain says so
	standard      string // the default that a domain has
	domain        string
	ordered       string // whether values have an order that < tells
	least         string // whether it has min and max for another reason than a function min of the type
	labels        string // of an enum
	typeCollation string
	tables        string
	order         string
	last          string // what Columns does not tell
}

// columnQuery returns a query with one row a column of a table, see [dialect.Introspection].
func columnQuery(t columnTypes) string {
	return `SELECT a.attname::text, pg_catalog.format_type(` + t.typ + `, ` + t.typmod + `), a.attnotnull` + t.notNull + `,
	EXISTS (SELECT 1 FROM pg_catalog.pg_index i, unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, n)
		WHERE i.indrelid = a.attrelid AND i.indisprimary AND k.n <= i.indnkeyatts AND k.attnum = a.attnum),
	coalesce(pg_catalog.pg_get_expr(d.adbin, d.adrelid), ` + t.standard + `),
	NOT coalesce(co.collisdeterministic, true) OR coalesce(co.collname, '') = '` + FoldCollation + `',
	a.attidentity <> '' OR coalesce(starts_with(pg_catalog.pg_get_expr(d.adbin, d.adrelid), 'nextval('), false),
	a.attgenerated <> '',
	c.relkind IN ('v', 'm'), c.relkind = 'p', NOT coalesce(co.collisdeterministic, true),
	` + t.domain + `,
	pg_catalog.format_type(` + t.typ + `, -1), ` + t.ordered + `, ` + t.least + `EXISTS (SELECT 1 FROM pg_catalog.pg_proc p
		WHERE p.proname = 'min' AND p.pronamespace = 'pg_catalog'::regnamespace AND p.proargtypes[0] = ` + t.typ + `),
	` + t.labels + `, c.relkind = 'm',
	a.attndims,
	CASE WHEN a.attcollation <> ` + t.typeCollation + ` THEN
		CASE WHEN pg_catalog.pg_collation_is_visible(co.oid) THEN '' ELSE
			(SELECT '"' || replace(n.nspname::text, '"', '""') || '".' FROM pg_catalog.pg_namespace n
				WHERE n.oid = co.collnamespace)
			END ||
		'"' || replace(co.collname::text, '"', '""') || '"' END` + t.last + `
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid` + t.tables + `
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN pg_catalog.pg_collation co ON co.oid = a.attcollation
WHERE c.oid = pg_catalog.to_regclass(?::text) AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
	AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY ` + t.order
}

// Of columns of domains, enums and the like. A column of a domain has the type, the NOT NULL and the default of what
// the domain is over. A cast of a type without the -1 would cut a value to the length 1 (bit, character). OFFSET 0 has
// each type looked up by the index: PostgreSQL expects many rows of a recursive query, and would read all of pg_type
// for each column.
var columns = columnQuery(columnTypes{
	typ: "b.oid", typmod: "b.typmod", notNull: " OR b.required", standard: "b.standard",
	domain:  "CASE WHEN b.oid <> a.atttypid THEN pg_catalog.format_type(a.atttypid, NULL) END",
	ordered: ordered, least: "b.elem <> b.oid OR e.typtype = 'e' OR ",
	labels: "(SELECT json_agg(l.enumlabel::text ORDER BY l.enumsortorder)::text " +
		"FROM pg_catalog.pg_enum l WHERE l.enumtypid = e.oid)",
	typeCollation: "e.typcollation",
	tables: `
CROSS JOIN LATERAL (WITH RECURSIVE d(oid, typmod, required, standard) AS (
		SELECT a.atttypid, a.atttypmod, false, NULL::text
		UNION ALL
		SELECT t.typbasetype, t.typtypmod, d.required OR t.typnotnull, coalesce(d.standard, t.typdefault COLLATE "default")
		FROM d CROSS JOIN LATERAL (SELECT * FROM pg_catalog.pg_type t WHERE t.oid = d.oid AND t.typtype = 'd' OFFSET 0) AS t)
	SELECT d.*, CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN t.typelem ELSE t.oid END AS elem
	FROM d CROSS JOIN LATERAL (SELECT * FROM pg_catalog.pg_type t
		WHERE t.oid = d.oid AND t.typtype <> 'd' OFFSET 0) AS t) AS b
CROSS JOIN LATERAL (SELECT * FROM pg_catalog.pg_type t WHERE t.oid = b.elem OFFSET 0) AS e`,
	order: "a.attnum",
})

// Of columns of the usual types, of which all that needs pg_type is known: it takes half as long to plan.
var usualColumns = columnQuery(columnTypes{
	typ: "a.atttypid", typmod: "a.atttypmod", standard: "NULL", domain: "NULL", ordered: "true", labels: "NULL",
	typeCollation: "CASE WHEN a.atttypid IN (25, 1042, 1043) THEN 100 ELSE 0 END", // pg_type.dat: those of texts
	order:         "a.atttypid IN (" + usual + "), a.attnum",
	last:          ", a.atttypid NOT IN (" + usual + ")",
})

// ordered is true of the type e when its values have an order that < tells: that of its own B-trees (their access
// method is 403), or of those of a type that has the same values. That of hstore has operators of other names. Of the
// usual types it is known, without a search in the catalog for each column.
const ordered = `(e.typtype IN ('e', 'r', 'm') OR e.oid IN (` + usual + `) OR EXISTS (
		SELECT 1 FROM pg_catalog.pg_opclass o
		JOIN pg_catalog.pg_amop m ON m.amopfamily = o.opcfamily
			AND m.amoplefttype = o.opcintype AND m.amoprighttype = o.opcintype AND m.amopstrategy = 1
		JOIN pg_catalog.pg_operator p ON p.oid = m.amopopr AND p.oprname = '<'
		WHERE o.opcmethod = 403 AND o.opcdefault AND (o.opcintype = e.oid OR o.opcintype IN (SELECT k.casttarget
			FROM pg_catalog.pg_cast k WHERE k.castsource = e.oid AND k.castmethod = 'b' AND k.castcontext = 'i'))))`

// usual lists types by their OIDs, which are the same in all versions (pg_type.dat): bool, bytea, bigint, smallint,
// integer, text, real, double precision, character, varchar, date, time, timestamp, timestamptz, interval, timetz,
// numeric, uuid, jsonb.
const usual = `16, 17, 20, 21, 23, 25, 700, 701, 1042, 1043, 1082, 1083, 1114, 1184, 1186, 1266, 1700, 2950, 3802`

// Columns returns a query with one row a column, see [dialect.Introspection].
func (Dialect) Columns() string { return columns }

// UsualColumns returns a query with one row a column, see [dialect.Introspection].
func (Dialect) UsualColumns() string { return usualColumns }
