package sqlite

// SQLite does not keep what uses a table but in the text of its definitions. A name counts that stands there as a word.
// What SQLite refuses it tells itself: plans try their steps on an empty copy of the database.
const dependents = `WITH t AS (SELECT n.name, '*[^a-z0-9_$]' || replace(replace(replace(lower(n.name), '[', '[[]'), '*', '[*]'), '?', '[?]') ||
		'[^a-z0-9_$]*' AS word FROM (SELECT ? AS name) AS n)
SELECT s.type, s.name || CASE WHEN s.type = 'trigger' AND s.tbl_name <> t.name COLLATE NOCASE THEN ' on ' || s.tbl_name ELSE '' END,
	NULL, NULL, 1, ''
FROM t, sqlite_schema AS s
WHERE s.type = 'trigger' AND s.tbl_name = t.name COLLATE NOCASE OR s.type IN ('trigger', 'view') AND lower(s.sql) || ' ' GLOB t.word
UNION ALL SELECT 'storage', o.what, NULL, NULL, 1, ''
FROM t, (SELECT 'WITHOUT ROWID' AS what UNION ALL SELECT 'STRICT') AS o, pragma_table_list(t.name) AS l
WHERE l.schema = 'main' AND CASE o.what WHEN 'STRICT' THEN l.strict ELSE l.wr END
ORDER BY 1, 2`

// Dependents returns a query for what lies on a table or uses it, see [dialect.Introspection].
func (Dialect) Dependents() string { return dependents }
