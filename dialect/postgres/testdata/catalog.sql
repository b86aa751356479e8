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
	pg_catalog.format_type(b.oid, -1), (e.typtype IN ('e', 'r', 'm') OR e.oid IN (16, 17, 20, 21, 23, 25, 700, 701, 1042, 1043, 1082, 1083, 1114, 1184, 1186, 1266, 1700, 2950, 3802) OR EXISTS (
		SELECT 1 FROM pg_catalog.pg_opclass o
		JOIN pg_catalog.pg_amop m ON m.amopfamily = o.opcfamily
			AND m.amoplefttype = o.opcintype AND m.amoprighttype = o.opcintype AND m.amopstrategy = 1
		JOIN pg_catalog.pg_operator p ON p.oid = m.amopopr AND p.oprname = '<'
		WHERE o.opcmethod = 403 AND o.opcdefault AND (o.opcintype = e.oid OR o.opcintype IN (SELECT k.casttarget
			FROM pg_catalog.pg_cast k WHERE k.castsource = e.oid AND k.castmethod = 'b' AND k.castcontext = 'i')))), b.elem <> b.oid OR e.typtype = 'e' OR EXISTS (SELECT 1 FROM pg_catalog.pg_proc p
		WHERE p.proname = 'min' AND p.pronamespace = 'pg_catalog'::regnamespace AND p.proargtypes[0] = b.oid),
	(SELECT json_agg(l.enumlabel::text ORDER BY l.enumsortorder)::text FROM pg_catalog.pg_enum l WHERE l.enumtypid = e.oid), c.relkind = 'm',
	a.attndims,
	CASE WHEN a.attcollation <> e.typcollation THEN
		CASE WHEN pg_catalog.pg_collation_is_visible(co.oid) THEN '' ELSE
			(SELECT '"' || replace(n.nspname::text, '"', '""') || '".' FROM pg_catalog.pg_namespace n
				WHERE n.oid = co.collnamespace)
			END ||
		'"' || replace(co.collname::text, '"', '""') || '"' END
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
CROSS JOIN LATERAL (WITH RECURSIVE d(oid, typmod, required, standard) AS (
		SELECT a.atttypid, a.atttypmod, false, NULL::text
		UNION ALL
		SELECT t.typbasetype, t.typtypmod, d.required OR t.typnotnull, coalesce(d.standard, t.typdefault COLLATE "default")
		FROM d CROSS JOIN LATERAL (SELECT * FROM pg_catalog.pg_type t WHERE t.oid = d.oid AND t.typtype = 'd' OFFSET 0) AS t)
	SELECT d.*, CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN t.typelem ELSE t.oid END AS elem
	FROM d CROSS JOIN LATERAL (SELECT * FROM pg_catalog.pg_type t
		WHERE t.oid = d.oid AND t.typtype <> 'd' OFFSET 0) AS t) AS b
CROSS JOIN LATERAL (SELECT * FROM pg_catalog.pg_type t WHERE t.oid = b.elem OFFSET 0) AS e
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN pg_catalog.pg_collation co ON co.oid = a.attcollation
WHERE c.oid = pg_catalog.to_regclass(?::text) AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
	AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum;
-- columns of usual types
SELECT a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull,
	EXISTS (SELECT 1 FROM pg_catalog.pg_index i, unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, n)
		WHERE i.indrelid = a.attrelid AND i.indisprimary AND k.n <= i.indnkeyatts AND k.attnum = a.attnum),
	coalesce(pg_catalog.pg_get_expr(d.adbin, d.adrelid), NULL),
	NOT coalesce(co.collisdeterministic, true) OR coalesce(co.collname, '') = 'prom_fold',
	a.attidentity <> '' OR coalesce(starts_with(pg_catalog.pg_get_expr(d.adbin, d.adrelid), 'nextval('), false),
	a.attgenerated <> '',
	c.relkind IN ('v', 'm'), c.relkind = 'p', NOT coalesce(co.collisdeterministic, true),
	NULL,
	pg_catalog.format_type(a.atttypid, -1), true, EXISTS (SELECT 1 FROM pg_catalog.pg_proc p
		WHERE p.proname = 'min' AND p.pronamespace = 'pg_catalog'::regnamespace AND p.proargtypes[0] = a.atttypid),
	NULL, c.relkind = 'm',
	a.attndims,
	CASE WHEN a.attcollation <> CASE WHEN a.atttypid IN (25, 1042, 1043) THEN 100 ELSE 0 END THEN
		CASE WHEN pg_catalog.pg_collation_is_visible(co.oid) THEN '' ELSE
			(SELECT '"' || replace(n.nspname::text, '"', '""') || '".' FROM pg_catalog.pg_namespace n
				WHERE n.oid = co.collnamespace)
			END ||
		'"' || replace(co.collname::text, '"', '""') || '"' END, a.atttypid NOT IN (16, 17, 20, 21, 23, 25, 700, 701, 1042, 1043, 1082, 1083, 1114, 1184, 1186, 1266, 1700, 2950, 3802)
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN pg_catalog.pg_collation co ON co.oid = a.attcollation
WHERE c.oid = pg_catalog.to_regclass(?::text) AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
	AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.atttypid IN (16, 17, 20, 21, 23, 25, 700, 701, 1042, 1043, 1082, 1083, 1114, 1184, 1186, 1266, 1700, 2950, 3802), a.attnum;
-- indexes
SELECT ic.relname::text, i.indisunique, i.indpred IS NOT NULL, a.attname::text,
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
	AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_constraint p WHERE p.oid = c.conparentid AND p.conrelid = c.conrelid)
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
-- dependents
WITH RECURSIVE t AS (SELECT oid, relkind, relowner, relacl, relrowsecurity, relforcerowsecurity, reloptions, reltablespace,
		relpersistence, relreplident, relispartition FROM pg_catalog.pg_class WHERE oid = (SELECT oid FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass(?::text) AND relkind IN ('r', 'p', 'f', 'v', 'm'))),
o AS (SELECT oid FROM t UNION SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN o ON i.inhparent = o.oid),
u AS (SELECT d.classid, d.objid, d.refobjid, a.attname::text AS col, CASE WHEN a.attname IS NULL THEN '' ELSE 'td' END AS holds
	FROM pg_catalog.pg_depend d JOIN o ON o.oid = d.refobjid
	LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
	WHERE d.refclassid = 'pg_catalog.pg_class'::regclass)
SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'rule' END AS sort,
	CASE WHEN c.relkind IN ('v', 'm') THEN CASE WHEN NOT pg_catalog.pg_table_is_visible(c.oid) THEN CASE WHEN n.nspname LIKE '%.%' OR n.nspname LIKE '"%' THEN '"' || replace(n.nspname, '"', '""') || '"' ELSE n.nspname::text END || '.' || CASE WHEN c.relname LIKE '%.%' OR c.relname LIKE '"%' THEN '"' || replace(c.relname, '"', '""') || '"' ELSE c.relname::text END WHEN c.relname LIKE '%.%' THEN '"' || replace(c.relname, '"', '""') || '"' ELSE c.relname::text END ELSE r.rulename || CASE WHEN c.oid <> t.oid THEN ' on ' || CASE WHEN NOT pg_catalog.pg_table_is_visible(c.oid) THEN CASE WHEN n.nspname LIKE '%.%' OR n.nspname LIKE '"%' THEN '"' || replace(n.nspname, '"', '""') || '"' ELSE n.nspname::text END || '.' || CASE WHEN c.relname LIKE '%.%' OR c.relname LIKE '"%' THEN '"' || replace(c.relname, '"', '""') || '"' ELSE c.relname::text END WHEN c.relname LIKE '%.%' THEN '"' || replace(c.relname, '"', '""') || '"' ELSE c.relname::text END ELSE '' END END AS name,
	u.col, NULL AS text, true AS listed, u.holds
FROM u JOIN pg_catalog.pg_rewrite r ON u.classid = 'pg_catalog.pg_rewrite'::regclass AND r.oid = u.objid
JOIN pg_catalog.pg_class c ON c.oid = r.ev_class JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace CROSS JOIN t
UNION SELECT 'policy', p.polname || CASE WHEN c.oid <> t.oid THEN ' on ' || CASE WHEN NOT pg_catalog.pg_table_is_visible(c.oid) THEN CASE WHEN n.nspname LIKE '%.%' OR n.nspname LIKE '"%' THEN '"' || replace(n.nspname, '"', '""') || '"' ELSE n.nspname::text END || '.' || CASE WHEN c.relname LIKE '%.%' OR c.relname LIKE '"%' THEN '"' || replace(c.relname, '"', '""') || '"' ELSE c.relname::text END WHEN c.relname LIKE '%.%' THEN '"' || replace(c.relname, '"', '""') || '"' ELSE c.relname::text END ELSE '' END, u.col, NULL, true, u.holds
FROM u JOIN pg_catalog.pg_policy p ON u.classid = 'pg_catalog.pg_policy'::regclass AND p.oid = u.objid
JOIN pg_catalog.pg_class c ON c.oid = p.polrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace CROSS JOIN t
UNION SELECT 'trigger', g.tgname || CASE WHEN c.oid <> t.oid THEN ' on ' || CASE WHEN NOT pg_catalog.pg_table_is_visible(c.oid) THEN CASE WHEN n.nspname LIKE '%.%' OR n.nspname LIKE '"%' THEN '"' || replace(n.nspname, '"', '""') || '"' ELSE n.nspname::text END || '.' || CASE WHEN c.relname LIKE '%.%' OR c.relname LIKE '"%' THEN '"' || replace(c.relname, '"', '""') || '"' ELSE c.relname::text END WHEN c.relname LIKE '%.%' THEN '"' || replace(c.relname, '"', '""') || '"' ELSE c.relname::text END ELSE '' END, u.col, NULL, true, u.holds
FROM u JOIN pg_catalog.pg_trigger g ON u.classid = 'pg_catalog.pg_trigger'::regclass AND g.oid = u.objid
JOIN pg_catalog.pg_class c ON c.oid = g.tgrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace CROSS JOIN t
WHERE NOT g.tgisinternal AND g.tgname <> 'prom_watch'
UNION SELECT 'function', p.oid::regprocedure::text, u.col, NULL, true, u.holds
FROM u JOIN pg_catalog.pg_proc p ON u.classid = 'pg_catalog.pg_proc'::regclass AND p.oid = u.objid
UNION SELECT 'publication', p.pubname::text, u.col, NULL, true, u.holds
FROM u JOIN pg_catalog.pg_publication_rel pr ON u.classid = 'pg_catalog.pg_publication_rel'::regclass AND pr.oid = u.objid
JOIN pg_catalog.pg_publication p ON p.oid = pr.prpubid
UNION SELECT 'generated column', b.attname::text, u.col, pg_catalog.pg_get_expr(f.adbin, f.adrelid), false, u.holds
FROM u JOIN pg_catalog.pg_attrdef f ON u.classid = 'pg_catalog.pg_attrdef'::regclass AND f.oid = u.objid
JOIN pg_catalog.pg_attribute b ON b.attrelid = f.adrelid AND b.attnum = f.adnum AND b.attgenerated <> '' AND b.attname <> u.col
UNION SELECT 'generated column', b.attname::text, a.attname::text, pg_catalog.pg_get_expr(f.adbin, f.adrelid), false, 'td' -- before PostgreSQL 15
FROM t JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = t.oid
	AND d.refclassid = d.classid AND d.refobjid = t.oid AND d.refobjsubid > 0
JOIN pg_catalog.pg_attribute b ON b.attrelid = t.oid AND b.attnum = d.objsubid AND b.attgenerated <> ''
JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
JOIN pg_catalog.pg_attrdef f ON f.adrelid = t.oid AND f.adnum = b.attnum
UNION SELECT 'partition key', pg_catalog.pg_get_partkeydef(t.oid), a.attname::text, NULL, true, 'td'
FROM t JOIN pg_catalog.pg_depend d ON t.relkind = 'p' AND d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = t.oid
	AND d.refclassid = d.classid AND d.refobjid = t.oid AND d.refobjsubid = 0
JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.objsubid AND a.attnum > 0
UNION SELECT 'partitions', count(*) || ' tables', NULL, NULL, true, ''
FROM t JOIN pg_catalog.pg_inherits i ON i.inhparent = t.oid WHERE t.relkind = 'p' GROUP BY t.oid
UNION SELECT 'inheritance', 'by ' || CASE WHEN NOT pg_catalog.pg_table_is_visible(c.oid) THEN CASE WHEN n.nspname LIKE '%.%' OR n.nspname LIKE '"%' THEN '"' || replace(n.nspname, '"', '""') || '"' ELSE n.nspname::text END || '.' || CASE WHEN c.relname LIKE '%.%' OR c.relname LIKE '"%' THEN '"' || replace(c.relname, '"', '""') || '"' ELSE c.relname::text END WHEN c.relname LIKE '%.%' THEN '"' || replace(c.relname, '"', '""') || '"' ELSE c.relname::text END, NULL, NULL, true, ''
FROM t JOIN pg_catalog.pg_inherits i ON i.inhparent = t.oid AND t.relkind <> 'p'
JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
UNION SELECT 'inheritance', 'from ' || CASE WHEN NOT pg_catalog.pg_table_is_visible(c.oid) THEN CASE WHEN n.nspname LIKE '%.%' OR n.nspname LIKE '"%' THEN '"' || replace(n.nspname, '"', '""') || '"' ELSE n.nspname::text END || '.' || CASE WHEN c.relname LIKE '%.%' OR c.relname LIKE '"%' THEN '"' || replace(c.relname, '"', '""') || '"' ELSE c.relname::text END WHEN c.relname LIKE '%.%' THEN '"' || replace(c.relname, '"', '""') || '"' ELSE c.relname::text END, a.attname::text, NULL, true, CASE WHEN a.attinhcount > 0 THEN 'tdr' ELSE '' END
FROM t JOIN pg_catalog.pg_inherits i ON i.inhrelid = t.oid JOIN pg_catalog.pg_class c ON c.oid = i.inhparent
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
UNION SELECT 'foreign key', f.conname || ' of ' || CASE WHEN NOT pg_catalog.pg_table_is_visible(c.oid) THEN CASE WHEN n.nspname LIKE '%.%' OR n.nspname LIKE '"%' THEN '"' || replace(n.nspname, '"', '""') || '"' ELSE n.nspname::text END || '.' || CASE WHEN c.relname LIKE '%.%' OR c.relname LIKE '"%' THEN '"' || replace(c.relname, '"', '""') || '"' ELSE c.relname::text END WHEN c.relname LIKE '%.%' THEN '"' || replace(c.relname, '"', '""') || '"' ELSE c.relname::text END, a.attname::text, NULL, false, 'kd'
FROM t JOIN pg_catalog.pg_constraint f ON f.contype = 'f' AND f.confrelid = t.oid AND f.conrelid <> t.oid AND f.conparentid = 0
CROSS JOIN LATERAL unnest(f.confkey) AS k(attnum) JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum
JOIN pg_catalog.pg_class c ON c.oid = f.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
UNION SELECT 'foreign key', f.conname || ' of ' || CASE WHEN NOT pg_catalog.pg_table_is_visible(c.oid) THEN CASE WHEN n.nspname LIKE '%.%' OR n.nspname LIKE '"%' THEN '"' || replace(n.nspname, '"', '""') || '"' ELSE n.nspname::text END || '.' || CASE WHEN c.relname LIKE '%.%' OR c.relname LIKE '"%' THEN '"' || replace(c.relname, '"', '""') || '"' ELSE c.relname::text END WHEN c.relname LIKE '%.%' THEN '"' || replace(c.relname, '"', '""') || '"' ELSE c.relname::text END, ic.relname::text, NULL, false, 'x'
FROM t JOIN pg_catalog.pg_constraint f ON f.contype = 'f' AND f.confrelid = t.oid AND f.conparentid = 0
JOIN pg_catalog.pg_class ic ON ic.oid = f.conindid
JOIN pg_catalog.pg_class c ON c.oid = f.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
UNION SELECT 'row type', 'of column ' || CASE WHEN NOT pg_catalog.pg_table_is_visible(c.oid) THEN CASE WHEN n.nspname LIKE '%.%' OR n.nspname LIKE '"%' THEN '"' || replace(n.nspname, '"', '""') || '"' ELSE n.nspname::text END || '.' || CASE WHEN c.relname LIKE '%.%' OR c.relname LIKE '"%' THEN '"' || replace(c.relname, '"', '""') || '"' ELSE c.relname::text END WHEN c.relname LIKE '%.%' THEN '"' || replace(c.relname, '"', '""') || '"' ELSE c.relname::text END || '.' || a.attname, NULL, NULL, true, 'w'
FROM t JOIN pg_catalog.pg_type y ON y.typrelid = t.oid
JOIN pg_catalog.pg_attribute a ON a.atttypid IN (y.oid, y.typarray) AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'm') JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
UNION SELECT 'statistics', s.stxname::text, u.col, NULL, true, ''
FROM u JOIN pg_catalog.pg_statistic_ext s ON u.classid = 'pg_catalog.pg_statistic_ext'::regclass AND s.oid = u.objid
UNION SELECT 'comment', coalesce('on column ' || a.attname, ''), NULL, NULL, true, ''
FROM t JOIN pg_catalog.pg_description d ON d.classoid = 'pg_catalog.pg_class'::regclass AND d.objoid = t.oid
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.objsubid AND a.attnum > 0
UNION SELECT 'comment', 'on constraint ' || k.conname, NULL, NULL, true, ''
FROM t JOIN pg_catalog.pg_constraint k ON k.conrelid = t.oid
JOIN pg_catalog.pg_description d ON d.classoid = 'pg_catalog.pg_constraint'::regclass AND d.objoid = k.oid
UNION SELECT 'comment', 'on index ' || ic.relname, NULL, NULL, true, ''
FROM t JOIN pg_catalog.pg_index x ON x.indrelid = t.oid JOIN pg_catalog.pg_class ic ON ic.oid = x.indexrelid
JOIN pg_catalog.pg_description d ON d.classoid = 'pg_catalog.pg_class'::regclass AND d.objoid = x.indexrelid
UNION SELECT 'grant', 'to ' || CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.pg_get_userbyid(x.grantee)::text END, NULL, string_agg(x.privilege_type, ', ' ORDER BY x.privilege_type), true, ''
FROM t CROSS JOIN LATERAL pg_catalog.aclexplode(t.relacl) AS x WHERE x.grantee <> t.relowner GROUP BY x.grantee
UNION SELECT 'grant', 'on column ' || a.attname || ' to ' || CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.pg_get_userbyid(x.grantee)::text END, NULL, string_agg(x.privilege_type, ', ' ORDER BY x.privilege_type), true, ''
FROM t JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND NOT a.attisdropped CROSS JOIN LATERAL pg_catalog.aclexplode(a.attacl) AS x
WHERE x.grantee <> t.relowner GROUP BY a.attname, x.grantee
UNION SELECT 'row security', CASE WHEN t.relforcerowsecurity THEN 'forced' ELSE '' END, NULL, NULL, true, '' FROM t WHERE t.relrowsecurity
UNION SELECT 'storage', s, NULL, NULL, true, '' FROM t CROSS JOIN LATERAL (VALUES
	('parameters ' || array_to_string(t.reloptions, ', ')),
	('tablespace ' || (SELECT spcname FROM pg_catalog.pg_tablespace WHERE oid = t.reltablespace)),
	(CASE t.relreplident WHEN 'n' THEN 'replica identity nothing' WHEN 'f' THEN 'replica identity full' WHEN 'i' THEN 'replica identity index' END),
	(CASE t.relpersistence WHEN 'u' THEN 'unlogged' END)) AS v(s) WHERE s IS NOT NULL
ORDER BY 1, 2, 3;
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
