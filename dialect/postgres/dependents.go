package postgres

import "strings"

// dependents tells what lies on a table and what uses its columns or those of tables that inherit from it, from
// pg_depend ("System Catalogs", section "pg_depend") and the catalogs of what has no row there. What is refused is told
// by the source of ALTER TABLE (RememberAllDependentForRebuilding in commands/tablecmds.c) and by "Dependency Tracking".
var dependents = `WITH RECURSIVE t AS (SELECT oid, relkind, relowner, relacl, relrowsecurity, relforcerowsecurity, reloptions, reltablespace,
		relpersistence, relreplident, relispartition FROM pg_catalog.pg_class WHERE oid = ` + relation + `),
o AS (SELECT oid FROM t UNION SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN o ON i.inhparent = o.oid),
u AS (SELECT d.classid, d.objid, d.refobjid, a.attname::text AS col, CASE WHEN a.attname IS NULL THEN '' ELSE 'td' END AS holds
	FROM pg_catalog.pg_depend d JOIN o ON o.oid = d.refobjid
	LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
	WHERE d.refclassid = 'pg_catalog.pg_class'::regclass)
SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'rule' END AS sort,
	CASE WHEN c.relkind IN ('v', 'm') THEN ` + reachedAs("c") + ` ELSE r.rulename || ` + onOther("c") + ` END AS name,
	u.col, NULL AS text, true AS listed, u.holds
FROM u JOIN pg_catalog.pg_rewrite r ON u.classid = 'pg_catalog.pg_rewrite'::regclass AND r.oid = u.objid
JOIN pg_catalog.pg_class c ON c.oid = r.ev_class JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace CROSS JOIN t
UNION SELECT 'policy', p.polname || ` + onOther("c") + `, u.col, NULL, true, u.holds
FROM u JOIN pg_catalog.pg_policy p ON u.classid = 'pg_catalog.pg_policy'::regclass AND p.oid = u.objid
JOIN pg_catalog.pg_class c ON c.oid = p.polrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace CROSS JOIN t
UNION SELECT 'trigger', g.tgname || ` + onOther("c") + `, u.col, NULL, true, u.holds
FROM u JOIN pg_catalog.pg_trigger g ON u.classid = 'pg_catalog.pg_trigger'::regclass AND g.oid = u.objid
JOIN pg_catalog.pg_class c ON c.oid = g.tgrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace CROSS JOIN t
WHERE NOT g.tgisinternal AND g.tgname <> '` + watchTrigger + `'
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
UNION SELECT 'inheritance', 'by ' || ` + reachedAs("c") + `, NULL, NULL, true, ''
FROM t JOIN pg_catalog.pg_inherits i ON i.inhparent = t.oid AND t.relkind <> 'p'
JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
UNION SELECT 'inheritance', 'from ' || ` + reachedAs("c") + `, a.attname::text, NULL, true, CASE WHEN a.attinhcount > 0 THEN 'tdr' ELSE '' END
FROM t JOIN pg_catalog.pg_inherits i ON i.inhrelid = t.oid JOIN pg_catalog.pg_class c ON c.oid = i.inhparent
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
UNION SELECT 'foreign key', f.conname || ' of ' || ` + reachedAs("c") + `, a.attname::text, NULL, false, 'kd'
FROM t JOIN pg_catalog.pg_constraint f ON f.contype = 'f' AND f.confrelid = t.oid AND f.conrelid <> t.oid AND f.conparentid = 0
CROSS JOIN LATERAL unnest(f.confkey) AS k(attnum) JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum
JOIN pg_catalog.pg_class c ON c.oid = f.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
UNION SELECT 'foreign key', f.conname || ' of ' || ` + reachedAs("c") + `, ic.relname::text, NULL, false, 'x'
FROM t JOIN pg_catalog.pg_constraint f ON f.contype = 'f' AND f.confrelid = t.oid AND f.conparentid = 0
JOIN pg_catalog.pg_class ic ON ic.oid = f.conindid
JOIN pg_catalog.pg_class c ON c.oid = f.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
UNION SELECT 'row type', 'of column ' || ` + reachedAs("c") + ` || '.' || a.attname, NULL, NULL, true, 'w'
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
UNION SELECT 'grant', 'to ' || ` + grantee + `, NULL, string_agg(x.privilege_type, ', ' ORDER BY x.privilege_type), true, ''
FROM t CROSS JOIN LATERAL pg_catalog.aclexplode(t.relacl) AS x WHERE x.grantee <> t.relowner GROUP BY x.grantee
UNION SELECT 'grant', 'on column ' || a.attname || ' to ' || ` + grantee + `, NULL, string_agg(x.privilege_type, ', ' ORDER BY x.privilege_type), true, ''
FROM t JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND NOT a.attisdropped CROSS JOIN LATERAL pg_catalog.aclexplode(a.attacl) AS x
WHERE x.grantee <> t.relowner GROUP BY a.attname, x.grantee
UNION SELECT 'row security', CASE WHEN t.relforcerowsecurity THEN 'forced' ELSE '' END, NULL, NULL, true, '' FROM t WHERE t.relrowsecurity
UNION SELECT 'storage', s, NULL, NULL, true, '' FROM t CROSS JOIN LATERAL (VALUES
	('parameters ' || array_to_string(t.reloptions, ', ')),
	('tablespace ' || (SELECT spcname FROM pg_catalog.pg_tablespace WHERE oid = t.reltablespace)),
	(CASE t.relreplident WHEN 'n' THEN 'replica identity nothing' WHEN 'f' THEN 'replica identity full' WHEN 'i' THEN 'replica identity index' END),
	(CASE t.relpersistence WHEN 'u' THEN 'unlogged' END)) AS v(s) WHERE s IS NOT NULL
ORDER BY 1, 2, 3`

// reachedAs is reached of another table than t.
func reachedAs(name string) string { return strings.ReplaceAll(reached, "t.", name+".") }

// onOther tells the table that something lies on, with its schema n, when it is not the table t.
func onOther(name string) string {
	return `CASE WHEN ` + name + `.oid <> t.oid THEN ' on ' || ` + reachedAs(name) + ` ELSE '' END`
}

// grantee is the name of a role that has privileges.
const grantee = `CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.pg_get_userbyid(x.grantee)::text END`

// Dependents returns a query for what lies on a table or uses it, see [dialect.Introspection].
func (Dialect) Dependents() string { return dependents }
