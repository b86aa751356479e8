package promcli_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/promcli"
)

// database is a schema of a PostgreSQL server for a test.
type database struct {
	t   *testing.T
	dsn string
	c   *pgx.Conn
}

func postgresFor(t *testing.T, sql ...string) *database {
	t.Helper()
	d := &database{t: t, dsn: dbtest.Postgres(t)}
	c, err := pgx.Connect(t.Context(), d.dsn)
	is.New(t).NoErr(err)
	d.c = c
	t.Cleanup(func() { _ = c.Close(context.Background()) })
	for _, s := range sql {
		d.exec(s)
	}
	return d
}

func (d *database) exec(sql string) {
	d.t.Helper()
	_, err := d.c.PgConn().Exec(context.Background(), sql).ReadAll()
	is.New(d.t).NoErr(err)
}

// text reads one text.
func (d *database) text(sql string) (text string) {
	d.t.Helper()
	is.New(d.t).NoErr(d.c.QueryRow(context.Background(), sql, pgx.QueryExecModeSimpleProtocol).Scan(&text))
	return text
}

// alter runs prom alter.
func (d *database) alter(args ...string) result {
	d.t.Helper()
	return run(d.t, nil, append([]string{"alter", "--dsn", d.dsn, "--yes"}, args...)...)
}

// altered runs prom alter, which must succeed.
func (d *database) altered(args ...string) result {
	d.t.Helper()
	r := d.alter(args...)
	if r.code != promcli.CodeDone {
		d.t.Fatalf("prom alter %v: code %d: %s", args, r.code, r.err)
	}
	return r
}

// dump writes what the catalog has of the schema, in an order that does not depend on that of columns, without OIDs and
// without the schema's name.
func (d *database) dump() string {
	d.t.Helper()
	schema := d.text("SELECT current_schema()::text")
	var b strings.Builder
	for _, q := range []string{
		`SELECT concat_ws(' ', 'column', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
			a.attcollation::regcollation, a.attnotnull,
			a.attidentity, a.attgenerated, pg_get_expr(f.adbin, f.adrelid), col_description(c.oid, a.attnum), a.attacl,
				a.attstattarget,
			a.attoptions, a.attstorage)
		FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef f ON f.adrelid = c.oid
			AND f.adnum = a.attnum
		WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v') AND a.attnum > 0
			AND NOT a.attisdropped`,
		`SELECT concat_ws(' ', 'index', pg_get_indexdef(i.indexrelid), indisvalid, indisprimary, indisclustered,
			indisreplident,
			obj_description(i.indexrelid), c.reltablespace)
		FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relnamespace = current_schema()::regnamespace`,
		`SELECT concat_ws(' ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(oid), convalidated,
			obj_description(oid))
		FROM pg_constraint WHERE connamespace = current_schema()::regnamespace`,
		`SELECT concat_ws(' ', 'trigger', tgenabled, pg_get_triggerdef(g.oid)) FROM pg_trigger g
			JOIN pg_class c ON c.oid = g.tgrelid
		WHERE c.relnamespace = current_schema()::regnamespace AND NOT tgisinternal`,
		`SELECT concat_ws(' ', 'function', oid::regprocedure) FROM pg_proc
			WHERE pronamespace = current_schema()::regnamespace`,
		`SELECT concat_ws(' ', 'sequence', c.relname, c.relacl, obj_description(c.oid), s.seqtypid::regtype, seqstart,
			seqincrement, seqmax,
			seqmin, seqcache, seqcycle, pg_sequence_last_value(c.oid), (SELECT string_agg(concat_ws(' ', d.deptype, a.attname),
				',')
			FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
			WHERE d.objid = c.oid AND d.deptype IN ('a', 'i')))
		FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid WHERE c.relnamespace = current_schema()::regnamespace`,
		`SELECT concat_ws(' ', 'statistics', stxrelid::regclass, stxname, stxkind, (SELECT string_agg(attname, ','
			ORDER BY attname)
			FROM pg_attribute WHERE attrelid = stxrelid AND attnum = ANY (stxkeys)), obj_description(oid)) FROM pg_statistic_ext
		WHERE stxnamespace = current_schema()::regnamespace`,
		`SELECT concat_ws(' ', 'table', relname, relkind, relreplident, relacl) FROM pg_class
		WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v')`,
	} {
		b.WriteString(d.text(`SELECT coalesce(string_agg(line, E'\n' ORDER BY line COLLATE "C"), '')
			FROM (`+q+`) AS q(line)`) + "\n")
	}
	return strings.ReplaceAll(b.String(), schema+".", "")
}

// same compares two dumps and shows the lines that differ.
func same(t *testing.T, got, want string) {
	t.Helper()
	if got == want {
		return
	}
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	var diff []string
	for _, line := range g {
		if !strings.Contains(want+"\n", line+"\n") {
			diff = append(diff, "+ "+line)
		}
	}
	for _, line := range w {
		if !strings.Contains(got+"\n", line+"\n") {
			diff = append(diff, "- "+line)
		}
	}
	t.Fatalf("the catalog differs:\n%s", strings.Join(diff, "\n"))
}

// rows reads all rows of a query as one text.
func (d *database) rows(sql string) string {
	d.t.Helper()
	return d.text(fmt.Sprintf("SELECT coalesce(string_agg(r::text, E'\\n' ORDER BY r::text), '') FROM (%s) AS r", sql))
}

func containsAll(text string, parts ...string) bool {
	for _, p := range parts {
		if !strings.Contains(text, p) {
			return false
		}
	}
	return true
}
