package walk

import (
	"context"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// dump returns the schema of the database as a text: what pg_dump -s writes where there is one, sqlite_master of
// SQLite, and the catalog as SQL tells it.
func (s source) dump(ctx context.Context, dsn string) (text, by string, err error) {
	if !s.isPostgres() {
		list, err := s.texts(ctx,
			"SELECT type || ' ' || name || ' ' || tbl_name || ' ' || coalesce(sql, '') FROM sqlite_master ORDER BY 1")
		return strings.Join(list, "\n"), "sqlite_master", err
	}
	schemas, err := s.schemas(ctx)
	if err != nil {
		return "", "", err
	}
	list, err := s.texts(ctx, catalog, schemas)
	if err != nil {
		return "", "", err
	}
	text, by = strings.Join(list, "\n"), "catalog"
	if program := pgDump(); program != "" {
		plain, args := s.forPgDump(dsn, schemas)
		out, err := exec.CommandContext(ctx, program, append(args, "-s", "-d", plain)...).Output()
		if err == nil {
			lines := slices.DeleteFunc(strings.Split(string(out), "\n"), func(line string) bool {
				return strings.HasPrefix(line, `\restrict`) || strings.HasPrefix(line, `\unrestrict`) // a word by chance
			})
			text, by = text+"\n"+strings.Join(lines, "\n"), "pg_dump -s"
		}
	}
	return text, by, nil
}

// schemas returns the schemas that the database has. A DSN with a search path is of one that is shared with others, and
// only the schemas of the path are looked at.
func (s source) schemas(ctx context.Context) ([]string, error) {
	query := "SELECT nspname::text FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'"
	if s.limited() {
		query = "SELECT unnest(current_schemas(false))::text"
	}
	return s.texts(ctx, query)
}

func (s source) limited() bool {
	list, err := s.texts(context.Background(), "SELECT source FROM pg_settings WHERE name = 'search_path'")
	return err == nil && len(list) == 1 && list[0] == "client"
}

// forPgDump returns a DSN that libpq understands, and the arguments that limit pg_dump to schemas.
func (s source) forPgDump(dsn string, schemas []string) (plain string, args []string) {
	plain, _, _ = strings.Cut(dsn, "#")
	if !s.limited() {
		return plain, nil
	}
	for _, name := range schemas {
		args = append(args, "-n", name)
	}
	if u, err := url.Parse(plain); err == nil {
		q := u.Query()
		q.Del("search_path")
		u.RawQuery = q.Encode()
		plain = u.String()
	}
	return plain, args
}

// pgDump returns the newest pg_dump of the machine, "" for none.
func pgDump() string {
	if path, err := exec.LookPath("pg_dump"); err == nil {
		return path
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pg_dump")
	slices.Sort(found)
	for _, path := range slices.Backward(found) {
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return ""
}

// catalog lists relations, columns, constraints, indexes, triggers, rules, policies and comments of schemas.
const catalog = `
WITH rel AS (
	SELECT n.nspname || '.' || c.relname AS name, c.*
	FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE n.nspname = ANY ($1)
)
SELECT line FROM (
	SELECT concat_ws(' ', 'relation', name, relkind, relpersistence, reloptions, relacl, relrowsecurity,
		pg_get_expr(relpartbound, oid), CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(oid) END) FROM rel
	UNION ALL
	SELECT concat_ws(' ', 'column', name, attnum, attname, format_type(atttypid, atttypmod), attnotnull, attidentity,
		attgenerated, attcollation, pg_get_expr(adbin, adrelid), col_description(rel.oid, attnum))
	FROM rel JOIN pg_attribute a ON a.attrelid = rel.oid AND attnum > 0 AND NOT attisdropped
		LEFT JOIN pg_attrdef d ON d.adrelid = rel.oid AND d.adnum = attnum
	UNION ALL
	SELECT concat_ws(' ', 'constraint', name, conname, pg_get_constraintdef(k.oid), convalidated)
	FROM rel JOIN pg_constraint k ON k.conrelid = rel.oid
	UNION ALL
	SELECT concat_ws(' ', 'index', name, pg_get_indexdef(indexrelid), indisvalid, indisunique)
	FROM rel JOIN pg_index i ON i.indexrelid = rel.oid
	UNION ALL
	SELECT concat_ws(' ', 'trigger', name, pg_get_triggerdef(g.oid), tgenabled)
	FROM rel JOIN pg_trigger g ON g.tgrelid = rel.oid
	UNION ALL
	SELECT concat_ws(' ', 'rule', name, pg_get_ruledef(r.oid)) FROM rel JOIN pg_rewrite r ON r.ev_class = rel.oid
	UNION ALL
	SELECT concat_ws(' ', 'policy', name, polname, polcmd) FROM rel JOIN pg_policy p ON p.polrelid = rel.oid
	UNION ALL
	SELECT concat_ws(' ', 'comment', name, obj_description(rel.oid, 'pg_class')) FROM rel
	UNION ALL
	SELECT concat_ws(' ', 'type', n.nspname, typname, typtype, typnotnull, typdefault,
		(SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid))
	FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
	WHERE n.nspname = ANY ($1)
) all_lines(line) ORDER BY line COLLATE "C"`
