package sqlite

import (
	"cmp"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// What stands for the database of a table in queries: see [Dialect.About].
const (
	ofArg = "/*, schema*/" // behind the argument of a PRAGMA's function
	of    = "/*schema.*/"  // before sqlite_schema
)

// Shadow tables belong to a virtual one. An external content table of FTS5 is an index of another table.
const tables = `SELECT CASE WHEN s.name LIKE '%.%' THEN '"' || replace(s.name, '"', '""') || '"' ELSE s.name END,
	CASE WHEN EXISTS (SELECT 1 FROM ` + of + `sqlite_schema AS t WHERE t.type = 'table' AND ` + contentOf + `)
		THEN '` + dialect.SortFullText + `' ELSE s.type END, 1
FROM ` + of + `sqlite_schema AS s
WHERE s.type IN ('table', 'view') AND s.name NOT LIKE 'sqlite\_%' ESCAPE '\'
	AND NOT EXISTS (SELECT 1 FROM pragma_table_list(s.name) AS l WHERE l.schema = 'main' AND l.type = 'shadow')
ORDER BY s.name`

// contentOf is true of a virtual table s of FTS5 whose content is the table t. Spaces and quotes mean nothing there.
const contentOf = `s.type = 'table' AND s.sql LIKE 'CREATE VIRTUAL TABLE%USING fts5%' AND instr(
	lower(replace(replace(replace(replace(replace(s.sql, ' ', ''), '"', ''), '''', ''), '[', ''), ')', ',')), 'content=' ||
	lower(replace(replace(replace(replace(replace(t.name, ' ', ''), '"', ''), '''', ''), '[', ''), ')', ',')) || ',') > 0`

// counted is true of a key column that stands for the row's number, which alone has no index. It can hold no NULL
// though nothing says so.
const counted = `c.pk > 0 AND NOT EXISTS (SELECT 1 FROM pragma_index_list(t.name` + ofArg + `) AS l WHERE l.origin = 'pk')`

// Hidden columns are those of virtual tables (1); generated columns (2, 3) are ordinary ones to a reader.
const columns = `SELECT c.name, c.type,
	c."notnull" <> 0 OR ` + counted + `,
	c.pk > 0, c.dflt_value, 0, ` + counted + `, c.hidden > 1,
	EXISTS (SELECT 1 FROM ` + of + `sqlite_schema AS s WHERE s.type = 'view' AND s.name = t.name COLLATE NOCASE), 0, 0,
	NULL, NULL, 0, 0, NULL, 0, 0, NULL
FROM (SELECT ? AS name) AS t, pragma_table_xinfo(t.name` + ofArg + `) AS c
WHERE c.hidden <> 1
ORDER BY c.cid`

// An expression is a column without a name; the row's number, which SQLite adds to every index, is no key column.
const indexes = `WITH t(name) AS (SELECT ?)
SELECT i.name, i."unique", i.partial, i.col, i.desc, NULL, NULL, 0, 0, i.bound, 0, i.method, NULL, NULL, i.coll, 0
FROM (SELECT l.name, l."unique", l.partial, c.name AS col, c.desc, l.origin = 'u' AS bound, NULL AS method, c.seqno AS n,
		CASE WHEN c.coll <> 'BINARY' THEN c.coll END AS coll
	FROM t, pragma_index_list(t.name` + ofArg + `) AS l, pragma_index_xinfo(l.name` + ofArg + `) AS c
	WHERE l.origin <> 'pk' AND c.key = 1
	UNION ALL
	SELECT s.name, 0, 0, c.name, 0, 0, '` + methodFTS5 + `', c.cid, NULL
	FROM t, ` + of + `sqlite_schema AS s, pragma_table_xinfo(s.name` + ofArg + `) AS c
	WHERE ` + contentOf + ` AND c.hidden = 0) AS i
ORDER BY i.name, i.n`

// A foreign key that names no target columns means the primary key.
const foreignKeys = `SELECT CAST(f.id AS TEXT), NULL, f."from", f."table",
	coalesce(f."to", (SELECT p.name FROM pragma_table_info(f."table"` + ofArg + `) AS p WHERE p.pk = f.seq + 1)), f.on_delete, f.on_update, 0, 0, 0, 0, f."table"
FROM pragma_foreign_key_list(?` + ofArg + `) AS f
ORDER BY f.id DESC, f.seq`

const referrers = `SELECT DISTINCT s.name
FROM ` + of + `sqlite_schema AS s, pragma_foreign_key_list(s.name` + ofArg + `) AS f, (SELECT ? AS name) AS t
WHERE s.type = 'table' AND f."table" = t.name COLLATE NOCASE AND s.name <> f."table" COLLATE NOCASE
ORDER BY 1`

const references = `SELECT DISTINCT s.name, coalesce(t.name, f."table")
FROM sqlite_schema AS s, pragma_foreign_key_list(s.name) AS f
LEFT JOIN sqlite_schema AS t ON t.type = 'table' AND t.name = f."table" COLLATE NOCASE
WHERE s.type = 'table' AND s.name <> f."table" COLLATE NOCASE
ORDER BY 1, 2`

const definitions = `WITH t(name) AS (SELECT ?)
SELECT CASE WHEN s.tbl_name = t.name COLLATE NOCASE THEN s.type ELSE '` + sortFullText + `' END, s.name, s.sql
FROM t, ` + of + `sqlite_schema AS s
WHERE s.tbl_name = t.name COLLATE NOCASE AND s.sql IS NOT NULL AND s.type IN ('table', 'index', 'trigger') OR ` + contentOf + `
ORDER BY s.rowid`

// A conflict clause is found by its last word, which may stand elsewhere too. Other tables' triggers have their tables'
// names.
const suppresses = `WITH t(name) AS (SELECT ?)
SELECT EXISTS (SELECT 1 FROM t, (SELECT type, name, tbl_name, sql FROM ` + of + `sqlite_schema UNION ALL SELECT type, name, tbl_name, sql FROM sqlite_temp_schema) AS o
WHERE o.tbl_name = t.name COLLATE NOCASE AND (o.type = 'view' OR o.type = 'trigger' AND instr(o.sql, '` + auditMark + `') = 0 OR o.sql LIKE '%IGNORE%')
	AND NOT (` + fullTextTrigger + `))`

// fullTextTrigger is true of the triggers o of a full-text index, which insert into it alone.
const fullTextTrigger = `o.type = 'trigger' AND o.sql NOT LIKE '%RAISE%' AND o.sql NOT LIKE '%DELETE FROM%' AND EXISTS (
		SELECT 1 FROM ` + of + `sqlite_schema AS s WHERE ` + contentOf + ` AND o.name IN (s.name || '_ai', s.name || '_ad', s.name || '_au'))`

// OnlyReference is a query for the columns of the only foreign key that an INSERT or an UPDATE of a table may violate.
// It has no rows if there are several: of the table, by triggers, by rows that REPLACE removes, or by a change of what
// other rows refer to. Its arguments are the name of the table, and the text, in lower case, that sets columns of
// existing rows. See [Dialect.About].
const OnlyReference = `WITH t(name, assigned) AS (SELECT ?, ?)
SELECT f."from" FROM t, pragma_foreign_key_list(t.name` + ofArg + `) AS f
WHERE (SELECT count(DISTINCT k.id) FROM pragma_foreign_key_list(t.name` + ofArg + `) AS k) = 1
	AND NOT EXISTS (SELECT 1 FROM (SELECT type, name, tbl_name, sql FROM ` + of + `sqlite_schema UNION ALL SELECT type, name, tbl_name, sql FROM sqlite_temp_schema) AS o
		WHERE o.tbl_name = t.name COLLATE NOCASE AND NOT (` + fullTextTrigger + `)
			AND (o.type = 'trigger' AND instr(o.sql, '` + auditMark + `') = 0 OR o.type <> 'trigger' AND o.sql LIKE '%REPLACE%'))
	AND NOT EXISTS (SELECT 1 FROM ` + of + `sqlite_schema AS s, pragma_foreign_key_list(s.name` + ofArg + `) AS r
		WHERE s.type = 'table' AND r."table" = t.name COLLATE NOCASE AND instr(t.assigned, lower('"' || replace(
			coalesce(r."to", (SELECT p.name FROM pragma_table_info(t.name` + ofArg + `) AS p WHERE p.pk = r.seq + 1)), '"', '""') || '" = ')) > 0)
ORDER BY f.seq`

// Tables come before what is on them. Virtual tables make their shadow tables.
const allDefinitions = `SELECT s.sql FROM ` + of + `sqlite_schema AS s WHERE s.sql IS NOT NULL AND s.name NOT LIKE 'sqlite\_%' ESCAPE '\'
	AND NOT EXISTS (SELECT 1 FROM pragma_table_list(s.name) AS l WHERE l.schema = 'main' AND l.type = 'shadow')
ORDER BY s.type <> 'table', s.rowid`

// Statements compile their triggers and look for the keys that are referred to. EXPLAIN QUERY PLAN runs none of them.
const sound = `WITH s AS (
	SELECT name, type, '` + of + `"' || replace(name, '"', '""') || '"' AS quoted, '"' || replace(name, '"', '""') || '"' AS alone
	FROM ` + of + `sqlite_schema
	WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\_%' ESCAPE '\')
SELECT name, 'select', 'EXPLAIN QUERY PLAN SELECT * FROM ' || quoted FROM s
UNION ALL SELECT name, 'insert', 'EXPLAIN QUERY PLAN INSERT INTO ' || quoted || ' DEFAULT VALUES' FROM s
UNION ALL SELECT name, 'delete', 'EXPLAIN QUERY PLAN DELETE FROM ' || quoted FROM s
UNION ALL SELECT name, 'check', 'EXPLAIN QUERY PLAN PRAGMA ` + of + `foreign_key_check(' || alone || ')' FROM s WHERE type = 'table'`

const soundUpdate = `SELECT name, 'update', 'EXPLAIN QUERY PLAN UPDATE ` + of + `"' || replace(name, '"', '""') || '" SET ' || (
	SELECT group_concat('"' || replace(c.name, '"', '""') || '" = NULL', ', ') FROM pragma_table_xinfo(t.name` + ofArg + `) AS c WHERE c.hidden = 0)
FROM (SELECT ? AS name) AS t`

// About returns a query about the table of a name. A database that is attached, or the main one among several, is told
// by the text of the query, which takes no argument for it.
func (d Dialect) About(sql, table string) (query, arg string) {
	space, local := schema.SplitName(table)
	if space == "" && d.Attached {
		space = mainSchema
	}
	return in(space, sql), local
}

// in returns a query on a database that is attached, on any for "".
func in(space, sql string) string {
	if space == "" {
		return sql
	}
	return strings.NewReplacer(ofArg, ", "+quoteText(space), of, dialect.Quote(space)+".").Replace(sql)
}

// mainSchema is the name of the database that a connection has opened, beside those that are attached.
const mainSchema = "main"

// TablesOf returns a query with one row a table of an attached database, see [dialect.Introspection].
func (Dialect) TablesOf(space string) string {
	named := strings.Replace(tables, "l.schema = 'main'", "l.schema = "+quoteText(space), 1)
	named = strings.Replace(named, "SELECT CASE WHEN s.name LIKE '%.%' THEN", "SELECT "+quoteText(prefix(space))+
		" || CASE WHEN s.name LIKE '%.%' OR s.name LIKE '\"%' THEN", 1)
	return in(space, named)
}

// prefix is a schema as [schema.JoinName] writes it before a table.
func prefix(space string) string { return strings.TrimSuffix(schema.JoinName(space, "x"), "x") }

// Referrers returns a query for which tables refer to a table, see [dialect.Introspection].
func (Dialect) Referrers() string { return referrers }

// HasSchema returns "": a database is attached by who opens the connection.
func (Dialect) HasSchema(string) string { return "" }

// Unseen returns "": a transaction that writes sees all.
func (Dialect) Unseen(string) string { return "" }

// CreateSchema returns "".
func (Dialect) CreateSchema(string) string { return "" }

// Tables returns a query with one row a table, see [dialect.Introspection].
func (Dialect) Tables() string { return tables }

// Columns returns a query with one row a column, see [dialect.Introspection].
func (Dialect) Columns() string { return columns }

// UsualColumns returns "": Columns is cheap.
func (Dialect) UsualColumns() string { return "" }

// Exists returns a query for whether there is a table, see [dialect.Introspection].
func (Dialect) Exists() string {
	return "SELECT 1 FROM (SELECT ? AS name) AS t, pragma_table_xinfo(t.name" + ofArg + ") LIMIT 1"
}

// Indexes returns a query with one row for each column of each index, see [dialect.Introspection].
func (Dialect) Indexes() string { return indexes }

// ForeignKeys returns a query with one row for each column of each foreign key, see [dialect.Introspection].
func (Dialect) ForeignKeys() string { return foreignKeys }

// SetsColumns returns "": SET NULL is about all columns.
func (Dialect) SetsColumns() string { return "" }

// EnumLabels returns "": enums are texts.
func (Dialect) EnumLabels(*schema.Column) string { return "" }

// NullsNotDistinct returns "": a NULL is distinct from another one.
func (Dialect) NullsNotDistinct() string { return "" }

// EnforcedReferences returns "": other programs may write without foreign keys.
func (Dialect) EnforcedReferences() string { return "" }

// References returns a query for which table refers to which, see [dialect.Introspection].
func (Dialect) References() string { return references }

// Definitions returns a query for the statements that made a table, see [dialect.Introspection].
func (Dialect) Definitions() string { return definitions }

// Suppresses returns a query for what may keep a write from a row, see [dialect.Introspection].
func (Dialect) Suppresses() string { return suppresses }

// Rewrites returns "": there are no rules.
func (Dialect) Rewrites() string { return "" }

// AllDefinitions returns a query for the statements that made all there is, see [dialect.Introspection].
func (Dialect) AllDefinitions() string { return allDefinitions }

// Sound returns a query for statements that show what refers to nothing, see [dialect.Introspection].
func (Dialect) Sound() (all, one string) { return sound, soundUpdate }

// HasRows returns a query that tells whether the table has a row.
func (d Dialect) HasRows(table string) string { return dialect.HasRows(d, table) }

// Checks returns "": the definitions tell.
func (Dialect) Checks() string { return "" }

// RowCount returns a query for the number of rows.
func (d Dialect) RowCount(table string) string { return "SELECT count(*) FROM " + d.Table(table) }

// Complete adds the collations of the columns, the expressions of generated ones, the CHECK constraints, the
// expressions of indexes and their conditions.
func (Dialect) Complete(f *schema.Found) {
	for _, d := range f.Definitions {
		switch d.Sort {
		case sortTable:
			completeTable(f, d.SQL)
		case sortIndex:
			completeIndex(f, d)
		}
	}
	completeFullText(f)
}

func completeTable(f *schema.Found, sql string) {
	def, ok := parseTable(sql)
	if list := tokens(sql); len(list) > 1 && list[1].is("VIRTUAL") {
		f.Virtual = true
	}
	if !ok {
		return
	}
	for _, col := range def.columns {
		if c := f.Column(col.name()); c != nil {
			if c.Collation = col.collation(); strings.EqualFold(c.Collation, "BINARY") {
				c.Collation = ""
			}
			c.NoCase = strings.EqualFold(c.Collation, "NOCASE")
			if c.Generated {
				c.Expr = col.generated()
			}
		}
	}
	for i := range f.Indexes {
		for j := range f.Indexes[i].Columns { // that of the column goes without saying
			ic := &f.Indexes[i].Columns[j]
			if col := def.column(ic.Name); col != nil {
				own := cmp.Or(col.collation(), "BINARY")
				if ic.Collation = cmp.Or(ic.Collation, "BINARY"); strings.EqualFold(ic.Collation, own) {
					ic.Collation = ""
				}
			}
		}
	}
	for i := range f.ForeignKeys {
		if k := &f.ForeignKeys[i]; def.foreignKey(k.Columns) != nil {
			k.Deferrable, k.Deferred = def.foreignKey(k.Columns).deferrable()
		}
	}
	for _, c := range def.checks() {
		f.Checks = append(f.Checks, schema.FoundCheck{Name: c.name, Expr: c.condition()})
	}
}

func completeIndex(f *schema.Found, d schema.Definition) {
	ix := f.Index(d.Name)
	if ix == nil {
		return
	}
	var terms []string
	terms, ix.Where = indexTerms(d.SQL)
	for j := range ix.Columns {
		if ix.Columns[j].Name == "" && j < len(terms) {
			ix.Columns[j].Expr = terms[j]
		}
	}
}

// The sorts of definitions.
const (
	sortTable   = "table"
	sortIndex   = "index"
	sortTrigger = "trigger"

	sortFullText = "fulltext" // a virtual table of FTS5 over it
)

// kinds are the kinds of types as people declare columns of SQLite, in capitals. The table's rows may hold anything.
var kinds = map[string]schema.Kind{
	"BOOL": schema.Bool, "BOOLEAN": schema.Bool,
	"INTEGER": schema.Int64, "INT": schema.Int64, "BIGINT": schema.Int64, "INT8": schema.Int64, "MEDIUMINT": schema.Int64,
	"INT2": schema.Int64, "SMALLINT": schema.Int64, "TINYINT": schema.Int64, "UNSIGNED BIG INT": schema.Int64,
	"REAL": schema.Float64, "DOUBLE": schema.Float64, "DOUBLE PRECISION": schema.Float64, "FLOAT": schema.Float64,
	"NUMERIC": schema.Float64, "DECIMAL": schema.Float64, // whose digits SQLite turns into a float
	"TEXT": schema.Text, "CLOB": schema.Text, "VARCHAR": schema.Text, "CHARACTER": schema.Text, "CHAR": schema.Text,
	"NVARCHAR": schema.Text, "NCHAR": schema.Text, "VARYING CHARACTER": schema.Text, "NATIVE CHARACTER": schema.Text,
	"BLOB": schema.Bytes, "BYTEA": schema.Bytes,
	"TIMESTAMPTZ": schema.Time, "TIMESTAMP WITH TIME ZONE": schema.Time, "TIMESTAMP WITHOUT TIME ZONE": schema.Time,
	"TIMESTAMP": schema.Time, "DATETIME": schema.Time, "DATE": schema.Date, "TIME": schema.Clock,
	"UUID": schema.UUID, "JSON": schema.JSON, "JSONB": schema.JSON, "JSONBTEXT": schema.JSON,
	"DECIMALTEXT": schema.Decimal, "NUMERICTEXT": schema.Decimal, // with all their digits
}

// ReadType sets a column's Kind and limits from its Type.
func (Dialect) ReadType(c *schema.FoundColumn) {
	name, limits := dialect.CutLimits(c.Type)
	name = strings.ToUpper(name)
	if c.Kind = kinds[name]; c.Kind == schema.Null {
		c.Kind = kindOfAffinity(name)
	}
	if c.Kind == schema.Text && len(limits) == 1 {
		c.Size = limits[0]
	}
}

// kindOfAffinity returns the kind of a type of another name by the rules for the affinity of a column
// (https://www.sqlite.org/datatype3.html#determination_of_column_affinity), such as BIGINT UNSIGNED and BLOB SUB_TYPE
// TEXT. What has no affinity, or that of a number for want of a better one, may hold anything.
func kindOfAffinity(name string) schema.Kind {
	for _, a := range []struct {
		part string
		kind schema.Kind
	}{
		{"INT", schema.Int64}, {"CHAR", schema.Text}, {"CLOB", schema.Text}, {"TEXT", schema.Text}, {"BLOB", schema.Bytes},
		{"REAL", schema.Float64}, {"FLOA", schema.Float64}, {"DOUB", schema.Float64},
	} {
		if strings.Contains(name, a.part) {
			return a.kind
		}
	}
	return schema.Null
}
