-- tables
SELECT CASE WHEN s.name LIKE '%.%' THEN '"' || replace(s.name, '"', '""') || '"' ELSE s.name END,
	CASE WHEN EXISTS (SELECT 1 FROM /*schema.*/sqlite_schema AS t WHERE t.type = 'table' AND s.type = 'table' AND s.sql LIKE 'CREATE VIRTUAL TABLE%USING fts5%' AND instr(
	lower(replace(replace(replace(replace(replace(s.sql, ' ', ''), '"', ''), '''', ''), '[', ''), ')', ',')), 'content=' ||
	lower(replace(replace(replace(replace(replace(t.name, ' ', ''), '"', ''), '''', ''), '[', ''), ')', ',')) || ',') > 0)
		THEN 'full-text index' ELSE s.type END, 1
FROM /*schema.*/sqlite_schema AS s
WHERE s.type IN ('table', 'view') AND s.name NOT LIKE 'sqlite\_%' ESCAPE '\'
	AND NOT EXISTS (SELECT 1 FROM pragma_table_list(s.name) AS l WHERE l.schema = 'main' AND l.type = 'shadow')
ORDER BY s.name;
-- columns
SELECT c.name, c.type,
	c."notnull" <> 0 OR c.pk > 0 AND NOT EXISTS (SELECT 1 FROM pragma_index_list(t.name/*, schema*/) AS l WHERE l.origin = 'pk'),
	c.pk > 0, c.dflt_value, 0, c.pk > 0 AND NOT EXISTS (SELECT 1 FROM pragma_index_list(t.name/*, schema*/) AS l WHERE l.origin = 'pk'), c.hidden > 1,
	EXISTS (SELECT 1 FROM /*schema.*/sqlite_schema AS s WHERE s.type = 'view' AND s.name = t.name COLLATE NOCASE), 0, 0,
	NULL, NULL, 0, 0, NULL, 0, 0, NULL
FROM (SELECT ? AS name) AS t, pragma_table_xinfo(t.name/*, schema*/) AS c
WHERE c.hidden <> 1
ORDER BY c.cid;
-- columns of usual types
;
-- indexes
WITH t(name) AS (SELECT ?)
SELECT i.name, i."unique", i.partial, i.col, i.desc, NULL, NULL, 0, 0, i.bound, 0, i.method, NULL, NULL, i.coll, 0
FROM (SELECT l.name, l."unique", l.partial, c.name AS col, c.desc, l.origin = 'u' AS bound, NULL AS method, c.seqno AS n,
		CASE WHEN c.coll <> 'BINARY' THEN c.coll END AS coll
	FROM t, pragma_index_list(t.name/*, schema*/) AS l, pragma_index_xinfo(l.name/*, schema*/) AS c
	WHERE l.origin <> 'pk' AND c.key = 1
	UNION ALL
	SELECT s.name, 0, 0, c.name, 0, 0, 'fts5', c.cid, NULL
	FROM t, /*schema.*/sqlite_schema AS s, pragma_table_xinfo(s.name/*, schema*/) AS c
	WHERE s.type = 'table' AND s.sql LIKE 'CREATE VIRTUAL TABLE%USING fts5%' AND instr(
	lower(replace(replace(replace(replace(replace(s.sql, ' ', ''), '"', ''), '''', ''), '[', ''), ')', ',')), 'content=' ||
	lower(replace(replace(replace(replace(replace(t.name, ' ', ''), '"', ''), '''', ''), '[', ''), ')', ',')) || ',') > 0 AND c.hidden = 0) AS i
ORDER BY i.name, i.n;
-- foreign keys
SELECT CAST(f.id AS TEXT), NULL, f."from", f."table",
	coalesce(f."to", (SELECT p.name FROM pragma_table_info(f."table"/*, schema*/) AS p WHERE p.pk = f.seq + 1)), f.on_delete, f.on_update, 0, 0, 0, 0, f."table"
FROM pragma_foreign_key_list(?/*, schema*/) AS f
ORDER BY f.id DESC, f.seq;
-- references
SELECT DISTINCT s.name, coalesce(t.name, f."table")
FROM sqlite_schema AS s, pragma_foreign_key_list(s.name) AS f
LEFT JOIN sqlite_schema AS t ON t.type = 'table' AND t.name = f."table" COLLATE NOCASE
WHERE s.type = 'table' AND s.name <> f."table" COLLATE NOCASE
ORDER BY 1, 2;
-- definitions
WITH t(name) AS (SELECT ?)
SELECT CASE WHEN s.tbl_name = t.name COLLATE NOCASE THEN s.type ELSE 'fulltext' END, s.name, s.sql
FROM t, /*schema.*/sqlite_schema AS s
WHERE s.tbl_name = t.name COLLATE NOCASE AND s.sql IS NOT NULL AND s.type IN ('table', 'index', 'trigger') OR s.type = 'table' AND s.sql LIKE 'CREATE VIRTUAL TABLE%USING fts5%' AND instr(
	lower(replace(replace(replace(replace(replace(s.sql, ' ', ''), '"', ''), '''', ''), '[', ''), ')', ',')), 'content=' ||
	lower(replace(replace(replace(replace(replace(t.name, ' ', ''), '"', ''), '''', ''), '[', ''), ')', ',')) || ',') > 0
ORDER BY s.rowid;
-- dependents
WITH t AS (SELECT n.name, '*[^a-z0-9_$]' || replace(replace(replace(lower(n.name), '[', '[[]'), '*', '[*]'), '?', '[?]') ||
		'[^a-z0-9_$]*' AS word FROM (SELECT ? AS name) AS n)
SELECT s.type, s.name || CASE WHEN s.type = 'trigger' AND s.tbl_name <> t.name COLLATE NOCASE THEN ' on ' || s.tbl_name ELSE '' END,
	NULL, NULL, 1, ''
FROM t, sqlite_schema AS s
WHERE s.type = 'trigger' AND s.tbl_name = t.name COLLATE NOCASE OR s.type IN ('trigger', 'view') AND lower(s.sql) || ' ' GLOB t.word
UNION ALL SELECT 'storage', o.what, NULL, NULL, 1, ''
FROM t, (SELECT 'WITHOUT ROWID' AS what UNION ALL SELECT 'STRICT') AS o, pragma_table_list(t.name) AS l
WHERE l.schema = 'main' AND CASE o.what WHEN 'STRICT' THEN l.strict ELSE l.wr END
ORDER BY 1, 2;
-- rows
SELECT EXISTS (SELECT 1 FROM "a""b");
-- drop
PRAGMA defer_foreign_keys = ON;
DROP TABLE IF EXISTS "a""b";
DROP TABLE IF EXISTS "cascade";
-- drop a view
DROP VIEW IF EXISTS "a""b";
-- drop a materialized view
DROP VIEW IF EXISTS "a""b";
-- clear
PRAGMA defer_foreign_keys = ON;
DELETE FROM "a""b";
DELETE FROM "cascade";
-- defer
PRAGMA defer_foreign_keys = ON;
-- resume
;
-- count on
;
