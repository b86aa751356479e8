package online

import (
	"context"
	"fmt"
	"strings"

	"github.com/prom-go/prom/dialect"
)

// oldSuffix ends the name of an old column that is kept.
const oldSuffix = "_old"

// fingerprint is a query for a text that changes with whatever a swap relies on: the columns of the table, what depends
// on it, and the state of its indexes, constraints and triggers.
func (t *table) fingerprint() string {
	return fmt.Sprintf(`(SELECT md5(concat_ws('/',
	(SELECT string_agg(concat_ws(',', a.attnum, a.attname, a.atttypid, a.atttypmod, a.attcollation, a.attnotnull,
		a.attidentity,
		a.attgenerated, a.attacl, a.attisdropped, pg_catalog.pg_get_expr(f.adbin, f.adrelid)), ';' ORDER BY a.attnum)
		FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
		WHERE a.attrelid = %[1]d AND a.attnum > 0),
	(SELECT string_agg(concat_ws(',', d.classid, d.objid, d.objsubid, d.refobjsubid, d.deptype), ';'
		ORDER BY d.classid, d.objid, d.objsubid, d.refobjsubid)
		FROM pg_catalog.pg_depend d WHERE d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = %[1]d),
	(SELECT string_agg(concat_ws(',', i.indexrelid, x.relname, i.indisvalid, i.indisclustered, i.indisreplident), ';'
		ORDER BY i.indexrelid) FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
			WHERE i.indrelid = %[1]d),
	(SELECT string_agg(concat_ws(',', k.oid, k.conname, k.convalidated), ';' ORDER BY k.oid)
		FROM pg_catalog.pg_constraint k
		WHERE k.conrelid = %[1]d OR k.confrelid = %[1]d),
	(SELECT string_agg(concat_ws(',', g.oid, g.tgname, g.tgenabled), ';' ORDER BY g.oid) FROM pg_catalog.pg_trigger g
		WHERE g.tgrelid = %[1]d AND NOT g.tgisinternal))))`, t.OID)
}

// swap puts the shadow in the column's place. It returns errChanged when the shadow lacks something by now.
func (s *session) swap(ctx context.Context, st *state) error {
	t, print, err := s.lookOnce(ctx)
	if err != nil {
		return err
	}
	if !t.ready() {
		return errChanged
	}
	if err := s.refuse(ctx, t); err != nil {
		return err
	}
	history, err := s.history(ctx, st)
	if err != nil {
		return err
	}
	s.say(PhaseSwap, "swap the columns")
	names, oids := t.tables()
	todo := t.todo()
	statements := []string{fmt.Sprintf("DO %s", dollar("BEGIN IF "+t.fingerprint()+" <> "+literal(print)+
		" THEN RAISE EXCEPTION 'the table has changed' USING ERRCODE = 'PR001'; END IF; END"))}
	statements = append(statements, s.statements(t, st)...)
	statements = append(statements, fmt.Sprintf("UPDATE %s SET phase = %s, todo = ARRAY[%s]::text[] WHERE table_name = "+
		"%s", t.state(),
		literal(phaseSwapped), strings.Join(todo, ", "), literal(t.Name)))
	statements = append(statements, history...)
	err = s.briefly(ctx, PhaseSwap, "LOCK TABLE "+strings.Join(names, ", ")+" IN ACCESS EXCLUSIVE MODE", oids,
		statements...)
	if code(err) == "PR001" {
		return errChanged
	}
	if err != nil {
		return fmt.Errorf("swap the columns: %w", err)
	}
	st.Phase = phaseSwapped
	return nil
}

// lookOnce looks at the table in one snapshot, and takes its fingerprint.
func (s *session) lookOnce(ctx context.Context) (t *table, print string, err error) {
	if err := s.exec(ctx, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"); err != nil {
		return nil, "", err
	}
	defer func() {
		if end := s.exec(context.WithoutCancel(ctx), "ROLLBACK"); err == nil {
			err = end
		}
	}()
	if t, err = s.look(ctx); err != nil {
		return nil, "", err
	}
	return t, print, s.row(ctx, "SELECT "+t.fingerprint(), nil, &print)
}

// ready reports whether the shadow has all that the column has.
func (t *table) ready() bool {
	if !t.Shadow || !t.made[triggerName].Valid || t.NotNull && !t.made[shadowName].Valid {
		return false
	}
	for _, ix := range t.Indexes {
		if !t.made[fmt.Sprintf("%s%d", indexName, ix.OID)].Valid {
			return false
		}
	}
	for _, c := range t.Constraints {
		name := fmt.Sprintf("%s%d", checkName, c.OID)
		if c.Sort == "f" {
			name = fmt.Sprintf("%s%d", keyName, c.OID)
		}
		if m, there := t.made[name]; !c.Readded && (!there || c.Valid && !m.Valid) {
			return false
		}
	}
	return true
}

// todo lists, as literals, what follows the swap.
func (t *table) todo() (list []string) {
	for _, c := range t.Constraints {
		if c.Readded && c.Valid {
			list = append(list, literal("ALTER TABLE "+c.On+" VALIDATE CONSTRAINT "+quote(c.Name)))
		}
	}
	return list
}

// statements are the swap.
func (s *session) statements(t *table, st *state) (sql []string) {
	add := func(format string, args ...any) { sql = append(sql, fmt.Sprintf(format, args...)) }
	alter, column, shadow := "ALTER TABLE "+t.sql(), quote(s.req.Column), quote(shadowName)
	comment := func(on, text string) {
		if text != "" {
			add("COMMENT ON %s IS %s", on, literal(text))
		}
	}
	// What the old column has goes.
	add("DROP TRIGGER %s ON %s", quote(triggerName), t.sql())
	add("DROP FUNCTION %s()", t.function())
	for _, c := range t.Constraints {
		add("ALTER TABLE %s DROP CONSTRAINT %s", c.On, quote(c.Name))
	}
	for _, e := range t.Extended {
		add("DROP STATISTICS %s", e.Name)
	}
	for _, ix := range t.Indexes {
		if ix.Constraint != "" {
			add("%s DROP CONSTRAINT %s", alter, quote(ix.Constraint))
		} else {
			add("DROP INDEX %s.%s", quote(t.Space), quote(ix.Name))
		}
	}
	sql = append(sql, s.moveSequences(t, st)...)
	if t.Default != "" {
		add("%s ALTER COLUMN %s SET DEFAULT %s, ALTER COLUMN %s DROP DEFAULT", alter, shadow, t.Default, column)
	}
	if st.KeepOld {
		add("%s ALTER COLUMN %s DROP NOT NULL", alter, column)
		add("%s RENAME COLUMN %s TO %s", alter, column, quote(s.req.Column+oldSuffix))
	} else {
		add("%s DROP COLUMN %s", alter, column)
	}
	// The shadow's get the names.
	add("%s RENAME COLUMN %s TO %s", alter, shadow, column)
	for _, ix := range t.Indexes {
		made := quote(fmt.Sprintf("%s%d", indexName, ix.OID))
		switch ix.Sort {
		case "p":
			add("%s ADD CONSTRAINT %s PRIMARY KEY USING INDEX %s", alter, quote(ix.Constraint), made)
		case "u":
			add("%s ADD CONSTRAINT %s UNIQUE USING INDEX %s", alter, quote(ix.Constraint), made)
		default:
			add("ALTER INDEX %s.%s RENAME TO %s", quote(t.Space), made, quote(ix.Name))
		}
		comment("INDEX "+quote(t.Space)+"."+quote(ix.Name), ix.Comment)
		if ix.Constraint != "" {
			comment("CONSTRAINT "+quote(ix.Constraint)+" ON "+t.sql(), ix.ConstrainAs)
		}
		if ix.Clustered {
			add("%s CLUSTER ON %s", alter, quote(ix.Name))
		}
		if ix.Replica {
			add("%s REPLICA IDENTITY USING INDEX %s", alter, quote(ix.Name))
		}
	}
	for _, c := range t.Constraints {
		switch {
		case c.Readded:
			add("ALTER TABLE %s ADD CONSTRAINT %s %s NOT VALID", c.On, quote(c.Name), c.Def)
		case c.Sort == "f":
			add("%s RENAME CONSTRAINT %s TO %s", alter, quote(fmt.Sprintf("%s%d", keyName, c.OID)), quote(c.Name))
		default:
			add("%s RENAME CONSTRAINT %s TO %s", alter, quote(fmt.Sprintf("%s%d", checkName, c.OID)), quote(c.Name))
		}
		comment("CONSTRAINT "+quote(c.Name)+" ON "+c.On, c.Comment)
	}
	if t.NotNullAs != "" { // PostgreSQL 18 names it
		add(`DO %s`, dollar(fmt.Sprintf(`DECLARE n name; BEGIN SELECT k.conname INTO n FROM pg_catalog.pg_constraint k
			JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND k.conkey = ARRAY[a.attnum] AND a.attname = %s
			WHERE k.conrelid = %d AND k.contype = 'n'; IF n <> %s THEN EXECUTE format('%s RENAME CONSTRAINT %%I TO %%I', n,
				%s); END IF; END`,
			literal(s.req.Column), t.OID, literal(t.NotNullAs), strings.ReplaceAll(strings.ReplaceAll(alter, "'", "''"), "%",
				"%%"),
			literal(t.NotNullAs))))
	}
	comment("COLUMN "+t.sql()+"."+column, t.Comment)
	if t.Statistics >= 0 {
		add("%s ALTER COLUMN %s SET STATISTICS %d", alter, column, t.Statistics)
	}
	if t.Options != "" {
		add("%s ALTER COLUMN %s SET (%s)", alter, column, t.Options)
	}
	for _, g := range t.Grants {
		option := ""
		if g.Option {
			option = " WITH GRANT OPTION"
		}
		add("GRANT %s (%s) ON %s TO %s%s", g.Privilege, column, t.sql(), g.Role, option)
	}
	for _, e := range t.Extended {
		sql = append(sql, e.Def, "ALTER STATISTICS "+e.Name+" OWNER TO "+e.Owner)
		comment("STATISTICS "+e.Name, e.Comment)
	}
	return sql
}

// moveSequences gives the shadow the sequences of the column. That of an identity column cannot be moved, so it is
// dropped and created again, at the number where it is. ALTER SEQUENCE keeps nextval of other sessions away until then.
func (s *session) moveSequences(t *table, st *state) (sql []string) {
	alter, column, shadow := "ALTER TABLE "+t.sql(), quote(s.req.Column), quote(shadowName)
	for _, q := range t.Sequences {
		wider := integers[st.Type] > integers[q.Type]
		if q.Owned == "a" {
			if wider {
				sql = append(sql, "ALTER SEQUENCE "+q.Name+" AS "+st.Type)
			}
			sql = append(sql, "ALTER SEQUENCE "+q.Name+" OWNED BY "+t.sql()+"."+shadow)
			continue
		}
		always := "BY DEFAULT"
		if t.Identity == "a" {
			always = "ALWAYS"
		}
		options := fmt.Sprintf("SEQUENCE NAME %s INCREMENT BY %d START WITH %d CACHE %d", q.Name, q.Increment, q.Start,
			q.Cache)
		if q.Most != integers[q.Type] {
			options += fmt.Sprintf(" MAXVALUE %d", q.Most)
		}
		if q.Least != -integers[q.Type]-1 {
			options += fmt.Sprintf(" MINVALUE %d", q.Least)
		}
		if q.Cycle {
			options += " CYCLE"
		}
		sql = append(sql, fmt.Sprintf("ALTER SEQUENCE %s INCREMENT BY %d", q.Name, q.Increment),
			"DO "+dollar(fmt.Sprintf(`DECLARE l bigint; c boolean; BEGIN SELECT last_value, is_called INTO l, c FROM %s;
	%s ALTER COLUMN %s DROP IDENTITY;
	%s ALTER COLUMN %s ADD GENERATED %s AS IDENTITY (%s);
	PERFORM pg_catalog.setval(%s, l, c); END`, q.Name, alter, column, alter, shadow, always, options, literal(q.Name))))
		sql = append(sql, q.Grants...)
		if q.Comment != "" {
			sql = append(sql, "COMMENT ON SEQUENCE "+q.Name+" IS "+literal(q.Comment))
		}
	}
	return sql
}

// history is the statement that prom's history gets, where it has any of the table, as prom would write that of a plan.
func (s *session) history(ctx context.Context, st *state) ([]string, error) {
	names, err := s.texts(ctx, "SELECT to_regclass('prom_history')::text WHERE to_regclass('prom_history') IS NOT NULL")
	if err != nil || len(names) == 0 {
		return nil, err
	}
	tables, err := s.texts(ctx, "SELECT DISTINCT table_name::text FROM "+names[0]+
		" WHERE to_regclass(CASE WHEN strpos(table_name, '.') > 0 THEN table_name ELSE quote_ident(table_name) END) = "+
		"to_regclass($1::text)",
		dialect.QuoteTable(s.req.Table))
	if err != nil {
		return nil, err
	}
	var sql []string
	for _, name := range tables {
		using := quote(st.Column) + "::" + st.Type
		if st.Using != "" {
			using = st.Using
		}
		did := "ALTER TABLE " + dialect.QuoteTable(name) + " ALTER COLUMN " + quote(st.Column) + " TYPE " + st.Type +
			" USING " + using
		sql = append(sql, fmt.Sprintf("INSERT INTO %s (at, table_name, statement, fingerprint, library) VALUES (now(), %s, "+
			"%s, '', 'prom alter')",
			names[0], literal(name), literal(did)))
	}
	return sql, nil
}

// finish validates what the swap has added, and ends the alteration.
func (s *session) finish(ctx context.Context, t *table) error {
	st, err := s.findState(ctx, t)
	if err != nil {
		return err
	}
	if st == nil {
		return nil
	}
	for _, sql := range st.Todo {
		s.say(PhaseValidate, "%s", sql)
		if err := s.exec(ctx, sql); err != nil {
			return fmt.Errorf("the column is altered, but a foreign key could not be validated: %w", err)
		}
	}
	return s.forget(ctx, t)
}

// forget removes the state of an alteration, and prom_alter with the last one.
func (s *session) forget(ctx context.Context, t *table) error {
	return s.exec(ctx, "BEGIN; "+stateKey+"; "+t.dropState()+"; COMMIT")
}

func (t *table) dropState() string {
	return "DO " + dollar("BEGIN IF to_regclass("+literal(t.state())+") IS NOT NULL THEN DELETE FROM "+t.state()+" WHERE "+
		"table_name = "+
		literal(t.Name)+"; IF NOT EXISTS (SELECT FROM "+t.state()+") THEN DROP TABLE "+t.state()+"; END IF; END IF; END")
}
