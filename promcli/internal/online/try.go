package online

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// definitions are what PostgreSQL says of an alteration that was tried on empty temporary tables.
type definitions struct {
	typ       string // as PostgreSQL writes it
	collation string // "" for that of the type
	rewrites  bool   // ALTER TABLE would rewrite the rows
	safe      bool   // no value can fail to convert
	indexes   map[uint32]string
	checks    map[uint32]string
	keys      map[uint32]string // foreign keys from the column
}

// column is the type with its collation, as in a definition of a column.
func (d *definitions) column() string {
	if d.collation != "" {
		return d.typ + " COLLATE " + d.collation
	}
	return d.typ
}

// safePairs are conversions between types of PostgreSQL that cannot fail, and that depend on no setting of a session.
var safePairs = map[string][]string{
	"smallint":          {"integer", "bigint", "numeric", "real", "double precision", "text", "character varying"},
	"integer":           {"bigint", "numeric", "double precision", "text", "character varying"},
	"bigint":            {"numeric", "text", "character varying"},
	"real":              {"double precision"},
	"text":              {"character varying"},
	"character varying": {"text"},
	"uuid":              {"text", "character varying"},
	"boolean":           {"text", "character varying"},
}

// try makes the alteration on empty copies of the table, in a transaction that is rolled back.
func (s *session) try(ctx context.Context, t *table) (d *definitions, err error) {
	if err := s.exec(ctx, "BEGIN"); err != nil {
		return nil, err
	}
	defer func() {
		if end := s.exec(context.WithoutCancel(ctx), "ROLLBACK"); err == nil {
			err = end
		}
	}()
	d = &definitions{indexes: map[uint32]string{}, checks: map[uint32]string{}, keys: map[uint32]string{}}
	if err := s.tryType(ctx, t, d); err != nil {
		return nil, err
	}
	if err := s.rewrite(ctx, t, d); err != nil {
		return nil, err
	}
	return d, s.tryShadow(ctx, t, d)
}

// refused makes an error of a try one of the request.
func (s *session) refused(err error, format string, args ...any) error {
	if code(err) == "" {
		return err
	}
	return &Refused{s.req.Table, s.req.Column, []string{fmt.Sprintf(format, args...) + ": " + err.Error()}}
}

// tryType alters the column of an empty copy by ALTER TABLE, which tells whether the types convert, what the type is,
// and whether rows would be rewritten.
func (s *session) tryType(ctx context.Context, t *table, d *definitions) error {
	temp, using := "pg_temp."+quote(t.Name), ""
	if s.req.Using != "" {
		using = " USING (" + s.req.Using + ")"
	}
	var before, after uint32
	if err := s.exec(ctx, "CREATE TEMPORARY TABLE "+temp+" (LIKE "+t.sql()+")"); err != nil {
		return err
	}
	file := "SELECT pg_catalog.pg_relation_filenode(" + literal(temp) + "::regclass)"
	if err := s.row(ctx, file, nil, &before); err != nil {
		return err
	}
	if err := s.exec(ctx, "ALTER TABLE "+temp+" ALTER COLUMN "+quote(s.req.Column)+" TYPE "+s.req.Type+using); err != nil {
		remedy := ""
		if s.req.Using == "" && code(err) == "42804" {
			remedy = "; say how, with --using, such as --using '" + s.req.Column + "::" + s.req.Type + "'"
		}
		return s.refused(err, "type %s%s", s.req.Type, remedy)
	}
	if err := s.row(ctx, file, nil, &after); err != nil {
		return err
	}
	d.rewrites = before != after
	var constrained bool
	var plain string
	err := s.row(ctx, `SELECT format_type(a.atttypid, a.atttypmod), format_type(a.atttypid, NULL),
		CASE WHEN a.attcollation <> y.typcollation
			THEN (SELECT quote_ident(n.nspname) || '.' || quote_ident(c.collname) FROM pg_catalog.pg_collation c
				JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace WHERE c.oid = a.attcollation) ELSE '' END,
		(WITH RECURSIVE d AS (SELECT oid, typbasetype, typnotnull FROM pg_catalog.pg_type WHERE oid = a.atttypid
			AND typtype = 'd'
			UNION ALL SELECT b.oid, b.typbasetype, b.typnotnull FROM d JOIN pg_catalog.pg_type b ON b.oid = d.typbasetype
				AND b.typtype = 'd')
			SELECT count(*) > 0 FROM d WHERE typnotnull OR EXISTS (SELECT FROM pg_catalog.pg_constraint k
				WHERE k.contypid = d.oid))
		FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type y ON y.oid = a.atttypid
		WHERE a.attrelid = `+literal(temp)+`::regclass AND a.attname = $1::text`, []any{s.req.Column},
		&d.typ, &plain, &d.collation, &constrained)
	if err != nil {
		return err
	}
	if constrained {
		return &Refused{s.req.Table, s.req.Column, []string{"type " + d.typ +
			" is a domain with constraints, and adding a column " +
			"of it rewrites the table; use its base type, and a CHECK of the table"}}
	}
	from, _, _ := strings.Cut(t.Type, "(")
	d.safe = s.req.Using == "" && d.typ == plain && slices.Contains(safePairs[from], d.typ)
	return s.exec(ctx, "DROP TABLE "+temp)
}

// rewrite lets PostgreSQL write the definitions of indexes and constraints with the shadow's name: it makes them on an
// empty copy of the table, whose column it then renames.
func (s *session) rewrite(ctx context.Context, t *table, d *definitions) error {
	const temp = "pg_temp.prom_alter_names"
	err := s.exec(ctx, "CREATE TEMPORARY TABLE prom_alter_names (LIKE "+t.sql()+")")
	if err == nil && t.Shadow {
		err = s.exec(ctx, "ALTER TABLE "+temp+" DROP COLUMN "+quote(shadowName))
	}
	if err != nil {
		return err
	}
	for _, ix := range t.Indexes {
		sql := fmt.Sprintf("CREATE %sINDEX %s%d ON %s USING %s", unique(ix.Uniq), indexName, ix.OID, temp, ix.Tail)
		if err := s.exec(ctx, sql); err != nil {
			return s.refused(err, "index %s", ix.Name)
		}
	}
	for _, c := range t.Constraints {
		if c.Sort != "c" {
			continue
		}
		if err := s.exec(ctx, fmt.Sprintf("ALTER TABLE %s ADD CONSTRAINT %s%d %s", temp, checkName, c.OID,
			c.Def)); err != nil {
			return s.refused(err, "CHECK %s", c.Name)
		}
	}
	if err := s.exec(ctx, "ALTER TABLE "+temp+" RENAME COLUMN "+quote(s.req.Column)+" TO "+quote(shadowName)); err != nil {
		return err
	}
	for _, ix := range t.Indexes {
		var tail string
		err := s.row(ctx, `SELECT substr(def, strpos(def, '.prom_alter_names USING ') + length('.prom_alter_names USING '))
			FROM (SELECT pg_get_indexdef(x.oid) FROM pg_catalog.pg_class x JOIN pg_catalog.pg_index i ON i.indexrelid = x.oid
				WHERE x.relname = $1::text AND i.indrelid = '`+temp+`'::regclass) AS d(def)`,
			[]any{fmt.Sprintf("%s%d", indexName, ix.OID)}, &tail)
		if err != nil {
			return err
		}
		d.indexes[ix.OID] = tail
	}
	for _, c := range t.Constraints {
		switch {
		case c.Sort == "c":
			var def string
			err := s.row(ctx, `SELECT pg_get_constraintdef(oid) FROM pg_catalog.pg_constraint
				WHERE conrelid = '`+temp+`'::regclass AND conname = $1::text`, []any{fmt.Sprintf("%s%d", checkName, c.OID)}, &def)
			if err != nil {
				return err
			}
			d.checks[c.OID] = def
		case c.Sort == "f" && !c.Readded:
			columns := "("
			rest := strings.Index(c.Def, ") REFERENCES ")
			for i, name := range c.Columns {
				if name == s.req.Column {
					name = shadowName
				}
				columns += map[bool]string{true: ", "}[i > 0] + quote(name)
			}
			d.keys[c.OID] = "FOREIGN KEY " + columns + c.Def[rest:]
		}
	}
	return nil
}

// tryShadow makes what the shadow gets on an empty copy of the table, with empty copies of the tables that foreign keys
// join it with.
func (s *session) tryShadow(ctx context.Context, t *table, d *definitions) error {
	const temp = "pg_temp.prom_alter_try"
	err := s.exec(ctx, "CREATE TEMPORARY TABLE prom_alter_try (LIKE "+t.sql()+")")
	if err == nil && !t.Shadow {
		err = s.exec(ctx, "ALTER TABLE "+temp+" ADD COLUMN "+quote(shadowName)+" "+d.column())
	}
	if err != nil {
		return err
	}
	for _, ix := range t.Indexes {
		if err := s.exec(ctx, fmt.Sprintf("CREATE %sINDEX ON %s USING %s", unique(ix.Uniq), temp,
			d.indexes[ix.OID])); err != nil {
			return s.refused(err, "index %s does not fit the new type; drop it before, and create one that does afterwards",
				ix.Name)
		}
	}
	change := "ALTER TABLE " + temp + " ALTER COLUMN " + quote(shadowName)
	if t.Default != "" {
		if err := s.exec(ctx, change+" SET DEFAULT "+t.Default); err != nil {
			return s.refused(err, "the default does not fit the new type; drop it before, and set one that does afterwards")
		}
	}
	if t.Identity != "" {
		if err := s.exec(ctx, change+" SET NOT NULL; "+change+" ADD GENERATED BY DEFAULT AS IDENTITY"); err != nil {
			return s.refused(err, "the identity does not fit the new type; drop it before")
		}
		if most, ok := integers[d.typ]; ok && t.Sequences != nil && t.Sequences[0].Last != nil &&
			*t.Sequences[0].Last > most {
			return &Refused{s.req.Table, s.req.Column, []string{"the identity is beyond what " + d.typ + " can hold"}}
		}
	}
	for i, c := range t.Constraints {
		if c.Sort == "c" {
			if err := s.exec(ctx, "ALTER TABLE "+temp+" ADD "+d.checks[c.OID]); err != nil {
				return s.refused(err, "CHECK %s does not fit the new type; drop it before, and add one that does afterwards",
					c.Name)
			}
			continue
		}
		if c.Sort != "f" {
			continue
		}
		if err := s.tryKey(ctx, t, c, fmt.Sprint(i)); err != nil {
			return s.refused(err, "foreign key %s of %s does not fit the new type; drop it before, alter its column too, and "+
				"add it "+
				"afterwards", c.Name, c.On)
		}
	}
	return nil
}

// tryKey adds a foreign key between copies of its tables, by names of the columns as they are before the swap.
func (s *session) tryKey(ctx context.Context, t *table, c constraint, n string) error {
	const temp = "pg_temp.prom_alter_try"
	on, parent := temp, temp
	if c.OnID != t.OID {
		on = "pg_temp.prom_alter_on" + n
		if err := s.exec(ctx, "CREATE TEMPORARY TABLE prom_alter_on"+n+" (LIKE "+c.On+")"); err != nil {
			return err
		}
	}
	if c.ParentID != t.OID {
		parent = "pg_temp.prom_alter_to" + n
		err := s.exec(ctx, "CREATE TEMPORARY TABLE prom_alter_to"+n+" (LIKE "+c.Parent+" INCLUDING INDEXES)")
		if err != nil {
			return err
		}
	}
	columns := func(names []string, id uint32) string {
		quoted := make([]string, len(names))
		for i, name := range names {
			if id == t.OID && name == s.req.Column {
				name = shadowName
			}
			quoted[i] = quote(name)
		}
		return "(" + strings.Join(quoted, ", ") + ")"
	}
	if c.ParentID == t.OID { // the index may be another one than those of the column
		if err := s.exec(ctx, "CREATE UNIQUE INDEX ON "+temp+" "+columns(c.Referred, t.OID)); err != nil {
			return err
		}
	}
	return s.exec(ctx, "ALTER TABLE "+on+" ADD FOREIGN KEY "+columns(c.Columns, c.OnID)+" REFERENCES "+parent+" "+
		columns(c.Referred, c.ParentID))
}

func unique(is bool) string {
	if is {
		return "UNIQUE "
	}
	return ""
}

// integers are the greatest values of types that a sequence may have.
var integers = map[string]int64{"smallint": 1<<15 - 1, "integer": 1<<31 - 1, "bigint": 1<<63 - 1}
