package promcli_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/promcli"
)

// during is the standard error of a command that runs fn when it first reports a phase.
type during struct {
	phase string
	fn    func()
	seen  strings.Builder
	did   bool
}

func (u *during) Write(b []byte) (int, error) {
	var r report
	if json.Unmarshal(b, &r) == nil && r.Phase == u.phase && !u.did {
		u.did = true
		u.fn()
	}
	return u.seen.Write(b)
}

// alterWhile runs an alteration, and other statements when it reports a phase.
func (d *database) alterWhile(phase, sql string, args ...string) result {
	d.t.Helper()
	u := &during{phase: phase, fn: func() { d.exec(sql) }}
	code := promcli.Run(context.Background(), promcli.Streams{Err: u}, append([]string{"alter", "--dsn", d.dsn, "--yes",
		"--json"}, args...))
	is.New(d.t).True(u.did)
	return result{code: code, err: u.seen.String()}
}

// TestAlterChangedMeanwhile changes the table while it is altered.
func TestAlterChangedMeanwhile(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	d := postgresFor(t, fmt.Sprintf(events, 300))
	r := d.alterWhile("swap", "CREATE INDEX later ON event ((amount + 1)); GRANT SELECT (amount) ON event TO PUBLIC; "+
		"ALTER TABLE event ALTER amount SET DEFAULT 5",
		"event", "amount", "--type", "bigint")
	is.Equal(r.code, promcli.CodeDone)
	is.True(strings.Contains(r.err, "changed while"))
	dump := d.dump()
	is.True(containsAll(dump, "INDEX later ON event USING btree (((amount + 1)))", "amount bigint - t   5 {=r/"))

	r = d.alterWhile("swap", "CREATE VIEW v AS SELECT amount FROM event", "event", "amount", "--type", "int")
	is.Equal(r.code, promcli.CodeFailed)
	is.True(containsAll(r.err, "view v uses the column"))
	d.exec("DROP VIEW v")
	r = d.alterWhile("build", "DROP INDEX later", "event", "amount", "--type", "int")
	is.Equal(r.code, promcli.CodeDone)
	is.True(!strings.Contains(d.dump(), "later"))

	// Somebody writes with the trigger disabled.
	r = d.alterWhile("verify", `ALTER TABLE event DISABLE TRIGGER "~prom_alter"; UPDATE event SET amount = 1
		WHERE id IN (7, 8);
		ALTER TABLE event ENABLE ALWAYS TRIGGER "~prom_alter"`, "event", "amount", "--type", "bigint")
	is.Equal(r.code, promcli.CodeFailed)
	is.True(containsAll(r.err, "2 rows have another value", "--abort"))
	d.altered("event", "amount", "--abort")

	// A program writes what cannot be converted: its statement fails, as it will afterwards.
	r = d.alterWhile("copy", `DO $$ BEGIN UPDATE event SET amount = 70000 WHERE id = 9; RAISE 'no error';
		EXCEPTION WHEN numeric_value_out_of_range THEN END $$`,
		"event", "amount", "--type", "smallint")
	is.Equal(r.code, promcli.CodeDone)
}

// TestAlterKeys walks through tables by keys of several types and columns.
func TestAlterKeys(t *testing.T) {
	t.Parallel()
	for name, key := range map[string]string{
		"text":      `md5(n::text)`,
		"collation": `(n % 7)::text || ' Ä b''"\' || n`,
		"char":      `n::text::char(9)`,
		"time":      `timestamptz '2020-01-01 00:00:00.000001+00' + n * interval '1.000001 s'`,
		"uuid":      `md5(n::text)::uuid`,
		"numeric":   `CASE n WHEN 1 THEN 'NaN' WHEN 2 THEN 'Infinity' ELSE n::numeric / 7 END`,
		"float":     `n::float8 / 7`,
		"bytea":     `decode(md5(n::text), 'hex')`,
		"interval":  `n * interval '1 day 1 us'`,
		"array":     `ARRAY[n, 1]`,
	} {
		if !dbtest.Full() && !slices.Contains([]string{"collation", "time", "bytea"}, name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			d := postgresFor(t, "CREATE TABLE thing AS SELECT (n % 3)::smallint AS a, "+key+` AS "K", n AS v
				FROM generate_series(1, 1200) n;
				ALTER TABLE thing ADD PRIMARY KEY (a, "K")`)
			r := d.altered("thing", "v", "--type", "text", "--using", "v::text || '!'", "--json")
			is.True(strings.Contains(r.out, `"rows": 1200`))
			is.Equal(d.text("SELECT count(DISTINCT v) || ' ' || count(*) || ' ' || min(v) FROM thing WHERE v LIKE '%!'"),
				"1200 1200 1!")
		})
	}
}

// TestAlterAsOwner alters as a user that owns the table and is no superuser: its triggers would run for the backfill.
func TestAlterAsOwner(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	d := postgresFor(t, orders)
	schema := d.text("SELECT current_schema()::text")
	role := schema + "_owner"
	d.exec(strings.NewReplacer("@r", role, "@s", schema).Replace(`CREATE ROLE @r LOGIN; GRANT USAGE,
		CREATE ON SCHEMA @s TO @r;
		ALTER TABLE customer OWNER TO @r; ALTER TABLE orders OWNER TO @r; ALTER STATISTICS orders_stat OWNER TO @r;
		CREATE TABLE thing (id int PRIMARY KEY, a int, c int); INSERT INTO thing VALUES (1, 1); ` + trigger("touch",
		"BEFORE UPDATE") +
		`; ALTER TABLE thing OWNER TO @r`))
	t.Cleanup(func() { d.exec("DROP OWNED BY " + role + " CASCADE; DROP ROLE " + role) })
	u, err := url.Parse(d.dsn)
	is.NoErr(err)
	u.User = url.User(role)
	owner := &database{t: t, dsn: u.String(), c: d.c}
	owner.altered("orders", "amount", "--type", "bigint")
	r := owner.alter("orders", "id", "--type", "bigint") // item and refund belong to another user
	is.True(containsAll(r.err, "which this user does not own"))
	r = owner.alter("thing", "a", "--type", "bigint")
	is.True(containsAll(r.err, "trigger touch would run", "--triggers", "session_replication_role"))
	owner.altered("thing", "a", "--type", "bigint", "--triggers")
	is.Equal(d.text("SELECT c::text FROM thing"), "1")
	r = owner.alter("refund", "orders", "--type", "int")
	is.True(containsAll(r.err, "does not own the table"))
}

// TestAlterAsks says what it will do, and does nothing without a confirmation.
func TestAlterAsks(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	d := postgresFor(t, orders)
	before := d.dump()
	r := run(t, nil, "alter", "--dsn", d.dsn, "orders", "id", "--type", "bigint", "--keep-old")
	is.Equal(r.code, promcli.CodeUsage)
	is.True(strings.Contains(r.err, "--yes"))
	is.True(containsAll(r.out, "add the column prom_alter_new bigint", "about 1500 rows",
		"index orders_pk, CONCURRENTLY", "NOT NULL",
		"CHECK orders_both", "sequence orders_id_seq", "id_old", "item_orders_fkey of"))
	same(t, d.dump(), before)
	r = d.alter("customer", "name", "--type", "varchar")
	is.Equal(r.code, promcli.CodeDone)
	is.True(strings.Contains(r.out, "prom apply is enough"))
}
