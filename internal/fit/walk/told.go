package walk

import (
	"context"
	"slices"
	"strings"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/schema"
)

// untold returns what the tables of the models have, as the database lists it, that is neither in the models nor in the
// plan's list of what is not modelled.
func (w *walker) untold(ctx context.Context, plan *prom.SchemaPlan) (missing []string) {
	for _, t := range w.tables {
		s := t.schema()
		if w.isView(t) {
			continue
		}
		known := map[string]bool{}
		for _, c := range s.Columns {
			known["column "+strings.ToLower(c.Name)] = true
		}
		for _, ix := range s.Indexes {
			known["index "+strings.ToLower(ix.Name)] = true
		}
		for _, k := range s.ForeignKeys {
			known["foreign key "+columnList(k.Columns)] = true
		}
		for _, c := range s.Columns {
			if c.References != nil {
				known["foreign key "+strings.ToLower(c.Name)] = true
			}
		}
		for _, d := range plan.NotModelled {
			if d.Table == s.Name {
				known[string(d.Object)+" "+listed(d.Name)] = true
			}
		}
		query := objectsOfPostgres
		if !w.isPostgres() {
			query = objectsOfSQLite
		}
		name := s.Name
		if w.isPostgres() {
			name = w.quoteTable(name)
		}
		list, err := w.texts(ctx, query, name)
		if err != nil {
			w.fault(t, "objects", "%v", err)
		}
		for _, object := range list {
			sort, name, _ := strings.Cut(object, " ")
			switch {
			case known[object], known[strings.ToLower(object)]:
			case sort == "index" && w.covers(t, name):
			default:
				missing = append(missing, s.Name+": "+object)
			}
		}
	}
	return missing
}

const objectsOfPostgres = `
WITH t AS (SELECT * FROM pg_class WHERE oid = to_regclass($1))
SELECT 'column ' || attname FROM t JOIN pg_attribute a ON attrelid = t.oid AND attnum > 0 AND NOT attisdropped
UNION ALL
SELECT 'index ' || c.relname FROM t JOIN pg_index i ON i.indrelid = t.oid JOIN pg_class c ON c.oid = i.indexrelid
	WHERE NOT indisprimary
UNION ALL
SELECT 'check ' || conname FROM t JOIN pg_constraint k ON k.conrelid = t.oid WHERE contype = 'c'
UNION ALL
SELECT 'foreign key ' || (SELECT string_agg(a.attname, ', ' ORDER BY a.attname) FROM pg_attribute a
	WHERE a.attrelid = t.oid AND a.attnum = ANY (k.conkey)) FROM t JOIN pg_constraint k ON k.conrelid = t.oid WHERE contype = 'f'
UNION ALL
SELECT 'trigger ' || tgname FROM t JOIN pg_trigger g ON g.tgrelid = t.oid WHERE NOT tgisinternal
UNION ALL
SELECT 'rule ' || rulename FROM t JOIN pg_rewrite r ON r.ev_class = t.oid
UNION ALL
SELECT 'policy ' || polname FROM t JOIN pg_policy p ON p.polrelid = t.oid
UNION ALL
SELECT 'row security ' || CASE WHEN relforcerowsecurity THEN 'forced' ELSE '' END FROM t WHERE relrowsecurity
UNION ALL
SELECT 'comment ' || CASE WHEN objsubid > 0 THEN 'on column ' || (SELECT attname FROM pg_attribute a
	WHERE a.attrelid = t.oid AND a.attnum = objsubid) ELSE '' END
	FROM t JOIN pg_description d ON d.classoid = 'pg_class'::regclass AND d.objoid = t.oid
UNION ALL
SELECT DISTINCT 'grant to ' || grantee FROM t JOIN information_schema.table_privileges p
	ON p.table_schema = t.relnamespace::regnamespace::text AND p.table_name = t.relname AND p.grantee <> pg_get_userbyid(t.relowner)
UNION ALL
SELECT 'statistics ' || stxname FROM t JOIN pg_statistic_ext x ON x.stxrelid = t.oid
UNION ALL
SELECT DISTINCT CASE v.relkind WHEN 'v' THEN 'view ' ELSE 'materialized view ' END || CASE WHEN pg_table_is_visible(v.oid)
	THEN '' ELSE v.relnamespace::regnamespace || '.' END || v.relname
	FROM t JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid AND d.classid = 'pg_rewrite'::regclass
	JOIN pg_rewrite r ON r.oid = d.objid JOIN pg_class v ON v.oid = r.ev_class AND v.relkind IN ('v', 'm')`

const objectsOfSQLite = `
SELECT 'column ' || name FROM pragma_table_xinfo(?1) WHERE hidden <> 1
UNION ALL
SELECT 'index ' || name FROM pragma_index_list(?1) WHERE origin <> 'pk'
UNION ALL
SELECT 'foreign key ' || group_concat("from", ', ') FROM (SELECT id, "from" FROM pragma_foreign_key_list(?1) ORDER BY id, "from")
	GROUP BY id
UNION ALL
SELECT 'trigger ' || name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?1`

// columnList returns the names of columns, sorted, with commas between them.
func columnList(columns []*schema.Column) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	return listed(strings.Join(names, ", "))
}

// listed sorts the names in a list.
func listed(names string) string {
	list := strings.Split(strings.ToLower(names), ", ")
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// covers reports whether an index of the model is one of the database under another name.
func (w *walker) covers(t table, name string) bool {
	table := w.found[t.schema().Name]
	found := table.Index(name)
	return found != nil && slices.ContainsFunc(t.schema().Indexes, func(ix *schema.Index) bool {
		return slices.Equal(ix.Names(), found.Names()) && ix.Unique == found.Unique
	})
}
