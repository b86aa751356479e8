-- tables
SELECT CASE WHEN c.relname LIKE '%.%' THEN '"' || replace(c.relname, '"', '""') || '"' ELSE c.relname::text END,
	CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' ELSE 'table' END,
	n.nspname = current_schema() AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d
		WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND pg_catalog.pg_table_is_visible(c.oid)
	AND n.nspname <> 'information_schema' AND NOT starts_with(n.nspname::text, 'pg_')
ORDER BY c.relname::text COLLATE "C";
-- columns
SELECT a.attname::text, pg_catalog.format_type(b.oid, b.typmod), a.attnotnull OR b.required,
	EXISTS (SELECT 1 FROM pg_catalog.pg_index i, unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, n)
		WHERE i.indrelid = a.attrelid AND i.indisprimary AND k.n <= i.indnkeyatts AND k.attnum = a.attnum),
	coalesce(pg_catalog.pg_get_expr(d.adbin, d.adrelid), b.standard),
	NOT coalesce(co.collisdeterministic, true) OR coalesce(co.collname, '') = 'prom_fold',
	a.attidentity <> '' OR coalesce(starts_with(pg_catalog.pg_get_expr(d.adbin, d.adrelid), 'nextval('), false),
	a.attgenerated <> '',
	c.relkind IN ('v', 'm'), c.relkind = 'p', NOT coalesce(co.collisdeterministic, true),
	CASE WHEN b.oid <> a.atttypid THEN pg_catalog.format_type(a.atttypid, NULL) END,
	pg_catalog.format_type(b.oid, -1), (e.typtype IN ('e', 'r', 'm') OR EXISTS (SELECT 1 FROM pg_catalog.pg_opclass o
		JOIN pg_catalog.pg_amop m ON m.amopfamily = o.opcfamily AND m.amoplefttype = o.opcintype AND m.amoprighttype = o.opcintype AND m.amopstrategy = 1
		JOIN pg_catalog.pg_operator p ON p.oid = m.amopopr AND p.oprname = '<'
		WHERE o.opcmethod = 403 AND o.opcdefault AND (o.opcintype = e.oid OR o.opcintype IN (SELECT k.casttarget
			FROM pg_catalog.pg_cast k WHERE k.castsource = e.oid AND k.castmethod = 'b' AND k.castcontext = 'i')))), b.elem <> b.oid OR e.typtype = 'e' OR EXISTS (SELECT 1 FROM pg_catalog.pg_proc p
		WHERE p.proname = 'min' AND p.pronamespace = 'pg_catalog'::regnamespace AND p.proargtypes[0] = b.oid),
	(SELECT json_agg(l.enumlabel::text ORDER BY l.enumsortorder)::text FROM pg_catalog.pg_enum l WHERE l.enumtypid = e.oid), c.relkind = 'm'
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
CROSS JOIN LATERAL (WITH RECURSIVE d(oid, typmod, required, standard) AS (
		SELECT a.atttypid, a.atttypmod, false, NULL::text
		UNION ALL
		SELECT t.typbasetype, t.typtypmod, d.required OR t.typnotnull, coalesce(d.standard, t.typdefault COLLATE "default")
		FROM d JOIN pg_catalog.pg_type t ON t.oid = d.oid AND t.typtype = 'd')
	SELECT d.*, CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN t.typelem ELSE t.oid END AS elem
	FROM d JOIN pg_catalog.pg_type t ON t.oid = d.oid AND t.typtype <> 'd') AS b
JOIN pg_catalog.pg_type e ON e.oid = b.elem
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN pg_catalog.pg_collation co ON co.oid = a.attcollation
WHERE a.attrelid = (SELECT oid FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass(?::text) AND relkind IN ('r', 'p', 'f', 'v', 'm')) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum;
-- indexes
SELECT ic.relname::text, i.indisunique, i.indpred IS NOT NULL, a.attname::text,
	coalesce((i.indoption[(k.n - 1)::int] & 1) = 1, false),
	CASE WHEN k.attnum = 0 THEN pg_catalog.pg_get_indexdef(i.indexrelid, k.n::int, true) END,
	pg_catalog.pg_get_expr(i.indpred, i.indrelid), k.n > i.indnkeyatts, NOT i.indisvalid,
	EXISTS (SELECT 1 FROM pg_catalog.pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('u', 'x')),
	coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false), nullif(am.amname::text, 'btree'),
	(SELECT string_agg(DISTINCT o.opcname::text, ', ') FROM pg_catalog.pg_opclass o WHERE o.oid = ANY (i.indclass::oid[]) AND NOT o.opcdefault)
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
JOIN pg_catalog.pg_am am ON am.oid = ic.relam
CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, n)
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum <> 0
WHERE i.indrelid = (SELECT oid FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass(?::text) AND relkind IN ('r', 'p', 'f', 'v', 'm')) AND NOT i.indisprimary
ORDER BY ic.relname, k.n;
-- foreign keys
SELECT c.oid::text, c.conname::text, a.attname::text, CASE WHEN NOT pg_catalog.pg_table_is_visible(t.oid) THEN CASE WHEN n.nspname LIKE '%.%' OR n.nspname LIKE '"%' THEN '"' || replace(n.nspname, '"', '""') || '"' ELSE n.nspname::text END || '.' || CASE WHEN t.relname LIKE '%.%' OR t.relname LIKE '"%' THEN '"' || replace(t.relname, '"', '""') || '"' ELSE t.relname::text END WHEN t.relname LIKE '%.%' THEN '"' || replace(t.relname, '"', '""') || '"' ELSE t.relname::text END, ta.attname::text,
	CASE c.confdeltype WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' ELSE 'SET DEFAULT' END, CASE c.confupdtype WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' ELSE 'SET DEFAULT' END, c.condeferrable, NOT c.convalidated,
	coalesce(to_jsonb(c) -> 'confdelsetcols' @> to_jsonb(k.attnum), false), c.condeferred, CASE WHEN n.nspname LIKE '%.%' OR n.nspname LIKE '"%' THEN '"' || replace(n.nspname, '"', '""') || '"' ELSE n.nspname::text END || '.' || CASE WHEN t.relname LIKE '%.%' OR t.relname LIKE '"%' THEN '"' || replace(t.relname, '"', '""') || '"' ELSE t.relname::text END
FROM pg_catalog.pg_constraint c
CROSS JOIN LATERAL unnest(c.conkey, c.confkey) WITH ORDINALITY AS k(attnum, target, n)
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum
JOIN pg_catalog.pg_attribute ta ON ta.attrelid = c.confrelid AND ta.attnum = k.target
JOIN pg_catalog.pg_class t ON t.oid = c.confrelid
JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
WHERE c.contype = 'f' AND c.conrelid = (SELECT oid FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass(?::text) AND relkind IN ('r', 'p', 'f', 'v', 'm'))
ORDER BY c.conname, k.n;
-- references
SELECT (SELECT CASE WHEN NOT pg_catalog.pg_table_is_visible(t.oid) THEN CASE WHEN n.nspname LIKE '%.%' OR n.nspname LIKE '"%' THEN '"' || replace(n.nspname, '"', '""') || '"' ELSE n.nspname::text END || '.' || CASE WHEN t.relname LIKE '%.%' OR t.relname LIKE '"%' THEN '"' || replace(t.relname, '"', '""') || '"' ELSE t.relname::text END WHEN t.relname LIKE '%.%' THEN '"' || replace(t.relname, '"', '""') || '"' ELSE t.relname::text END FROM pg_catalog.pg_class t JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace WHERE t.oid = c.conrelid),
	(SELECT CASE WHEN NOT pg_catalog.pg_table_is_visible(t.oid) THEN CASE WHEN n.nspname LIKE '%.%' OR n.nspname LIKE '"%' THEN '"' || replace(n.nspname, '"', '""') || '"' ELSE n.nspname::text END || '.' || CASE WHEN t.relname LIKE '%.%' OR t.relname LIKE '"%' THEN '"' || replace(t.relname, '"', '""') || '"' ELSE t.relname::text END WHEN t.relname LIKE '%.%' THEN '"' || replace(t.relname, '"', '""') || '"' ELSE t.relname::text END FROM pg_catalog.pg_class t JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace WHERE t.oid = c.confrelid)
FROM pg_catalog.pg_constraint c
WHERE c.contype = 'f' AND c.conrelid <> c.confrelid
	AND (pg_catalog.pg_table_is_visible(c.conrelid) OR pg_catalog.pg_table_is_visible(c.confrelid))
GROUP BY c.conrelid, c.confrelid
ORDER BY 1, 2;
-- definitions
;
-- rows
SELECT EXISTS (SELECT 1 FROM "a""b");
-- drop
DROP TABLE IF EXISTS "a""b", "cascade";
-- drop a view
DROP VIEW IF EXISTS "a""b" CASCADE;
-- drop a materialized view
DROP MATERIALIZED VIEW IF EXISTS "a""b" CASCADE;
-- clear
TRUNCATE TABLE "a""b", "cascade" RESTART IDENTITY;
-- defer
ALTER TABLE "a""b" ALTER CONSTRAINT "c""d" DEFERRABLE;
SET CONSTRAINTS ALL DEFERRED;
-- resume
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE "a""b" ALTER CONSTRAINT "c""d" NOT DEFERRABLE;
-- count on
SELECT setval(s, m) FROM (SELECT pg_get_serial_sequence('"a""b"', 'c''"d')::regclass AS s, (SELECT max("c'""d") FROM "a""b") AS m) AS q WHERE s IS NOT NULL AND m > coalesce(pg_sequence_last_value(s), 0);
