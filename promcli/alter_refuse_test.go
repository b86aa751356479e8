package promcli_test

import (
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/promcli"
)

// TestAlterRefused tries alterations that cannot be done. Each is refused before anything is changed, by an error that
// names what is in the way and what to do.
func TestAlterRefused(t *testing.T) {
	t.Parallel()
	const base = "CREATE TABLE thing (id int PRIMARY KEY, a int, b text, c int);"
	const column = "--type=bigint"
	for name, c := range map[string]struct {
		sql  string
		args string
		want []string
	}{
		"no table":     {"", "nothing a " + column, []string{"no column a of a table nothing"}},
		"no column":    {base, "thing x " + column, []string{"no column x of a table thing"}},
		"no key":       {"CREATE TABLE thing (a int);", "thing a " + column, []string{"no primary key"}},
		"no type":      {base, "thing a", []string{"no alteration of thing.a is under way", "--type"}},
		"unknown type": {base, "thing a --type=bigserial", []string{"type bigserial", "does not exist"}},
		"not a type":   {base, "thing a --type=int+NOT+NULL", []string{"syntax error"}},
		"no cast":      {base, "thing b --type=int", []string{"cannot be cast automatically", "--using 'b::int'"}},
		"view": {base + "CREATE VIEW v AS SELECT a FROM thing", "thing a " + column, []string{"view v",
			"drop it before"}},
		"policy": {base + "CREATE POLICY p ON thing USING (a > 1)", "thing a " + column, []string{"policy p"}},
		"generated": {base + "ALTER TABLE thing ADD g int GENERATED ALWAYS AS (a + 1) STORED", "thing a " + column,
			[]string{"generated column g"}},
		"is generated": {base + "ALTER TABLE thing ADD g int GENERATED ALWAYS AS (a + 1) STORED", "thing g " + column,
			[]string{"is generated"}},
		"uses generated": {base + "ALTER TABLE thing ADD g int GENERATED ALWAYS AS (a + 1) STORED",
			"thing c --type=bigint --using=g*2", []string{"generated column g"}},
		"exclusion": {base + "ALTER TABLE thing ADD CONSTRAINT ex EXCLUDE USING btree (a WITH =)", "thing a " + column,
			[]string{"exclusion constraint ex"}},
		"deferrable": {base + "ALTER TABLE thing ADD CONSTRAINT un UNIQUE (a) DEFERRABLE", "thing a " + column,
			[]string{"un is DEFERRABLE"}},
		"partitions": {"CREATE TABLE thing (id int PRIMARY KEY, a int) PARTITION BY RANGE (id); " +
			"CREATE TABLE part PARTITION OF thing DEFAULT",
			"thing a " + column, []string{"no ordinary table"}},
		"partition": {"CREATE TABLE thing (id int PRIMARY KEY, a int) PARTITION BY RANGE (id); " +
			"CREATE TABLE part PARTITION OF thing DEFAULT",
			"part a " + column, []string{"is a partition"}},
		"parent": {base + "CREATE TABLE kid () INHERITS (thing)", "thing a " + column, []string{"inheritance", "kid"}},
		"rule":   {base + "CREATE RULE r AS ON UPDATE TO thing DO NOTHING", "thing a " + column, []string{"rules"}},
		"trigger of": {base + trigger("t", "BEFORE UPDATE OF a"), "thing a " + column, []string{"trigger t",
			"drop it before"}},
		"late": {base + trigger("~~late", "BEFORE INSERT"), "thing a " + column, []string{"~~late would run behind"}},
		"always": {base + trigger("t", "BEFORE UPDATE") + "; ALTER TABLE thing ENABLE ALWAYS TRIGGER t", "thing a " +
			column, []string{"trigger t is ENABLE ALWAYS"}},
		"body": {base + "CREATE FUNCTION f() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT sum(a) FROM thing; END",
			"thing a " + column, []string{"function f()"}},
		"domain": {base + "CREATE DOMAIN small AS int CHECK (VALUE < 9)", "thing a --type=small",
			[]string{"domain with constraints"}},
		"default": {base + "ALTER TABLE thing ALTER b SET DEFAULT 'x'", "thing b --type=int --using=b::int",
			[]string{"default does not fit"}},
		"check": {base + "ALTER TABLE thing ADD CONSTRAINT ck CHECK (b <> 'x')", "thing b --type=int --using=b::int",
			[]string{"CHECK ck does not fit"}},
		"index": {base + "CREATE INDEX ix ON thing (lower(b))", "thing b --type=int --using=b::int",
			[]string{"index ix does not fit"}},
		"foreign key": {base + "CREATE TABLE other (thing int CONSTRAINT fk REFERENCES thing)",
			"thing id --type=text --using=id::text", []string{"foreign key fk"}},
		"out": {base + "ALTER TABLE thing ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES thing (id)",
			"thing a --type=text --using=a::text",
			[]string{"foreign key fk"}},
		"publication": {base + "CREATE PUBLICATION {schema}_pub FOR TABLE thing", "thing a " + column,
			[]string{"publication", "_pub"}},
		"identity": {base + "ALTER TABLE thing ALTER id ADD GENERATED ALWAYS AS IDENTITY", "thing id --type=numeric",
			[]string{"the identity does not fit"}},
		"beyond": {base + "ALTER TABLE thing ALTER id ADD GENERATED ALWAYS AS IDENTITY (START 70000); " +
			"INSERT INTO thing (a) VALUES (1)",
			"thing id --type=smallint", []string{"beyond"}},
		"many": {base + "CREATE VIEW v AS SELECT a FROM thing; CREATE VIEW w AS SELECT a + 1 FROM thing", "thing a " +
			column, []string{"view v", "view w"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			d := postgresFor(t)
			if name == "body" && d.text("SELECT current_setting('server_version_num')") < "14" {
				t.Skip("PostgreSQL 13 has no functions with a body in SQL")
			}
			schema := d.text("SELECT current_schema()::text")
			d.exec(strings.ReplaceAll(c.sql, "{schema}", schema))
			if name == "publication" {
				defer d.exec("DROP PUBLICATION " + schema + "_pub")
			}
			before := d.dump()
			args := strings.Fields(c.args)
			for i := range args {
				args[i] = strings.ReplaceAll(args[i], "+", " ")
			}
			r := d.alter(args...)
			is.Equal(r.code, promcli.CodeFailed)
			if !containsAll(r.err, c.want...) {
				t.Errorf("the error lacks %q: %s", c.want, r.err)
			}
			same(t, d.dump(), before)
		})
	}
}

// trigger is a trigger function, and a trigger of the table thing.
func trigger(name, when string) string {
	return `CREATE FUNCTION touched() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.c := coalesce(NEW.c, 0) + 1;
		RETURN NEW; END';
		CREATE TRIGGER "` + name + `" ` + when + ` ON thing FOR EACH ROW EXECUTE FUNCTION touched()`
}

// TestAlterFailures finds rows that cannot be converted before anything is changed. The error counts them, and names
// the key of one, but no value.
func TestAlterFailures(t *testing.T) {
	t.Parallel()
	const table = "CREATE TABLE thing (id bigint, part text, v text NOT NULL, PRIMARY KEY (part, id)); "
	const fill = "INSERT INTO thing SELECT n, 'p' || n % 3, CASE WHEN n IN (800, 1301) THEN 'secret' ELSE n::text END " +
		"FROM generate_series(1, 2000) n"
	for name, c := range map[string]struct {
		args []string
		want []string
	}{
		"text": {[]string{"thing", "v", "--type", "int", "--using", "v::int"},
			[]string{"2 rows of thing cannot be converted to integer", "no text of the type", "with part, id = p2, 800",
				"--using"}},
		"long": {[]string{"thing", "v", "--type", "varchar(5)"}, []string{"2 rows", "too long", "p2, 800"}},
		"range": {[]string{"thing", "id", "--type", "smallint", "--using", "(id * 20)::smallint"}, []string{"362 rows",
			"out of range: fix"}},
		"null": {[]string{"thing", "v", "--type", "text", "--using", "nullif(v, '17')"}, []string{"1 rows", "is NULL",
			"p2, 17"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			d := postgresFor(t, table+fill)
			before := d.dump()
			r := d.alter(c.args...)
			is.Equal(r.code, promcli.CodeFailed)
			if !containsAll(r.err, c.want...) {
				t.Errorf("the error lacks %q: %s", c.want, r.err)
			}
			is.True(!strings.Contains(r.err, "secret"))
			same(t, d.dump(), before)
		})
	}
	t.Run("not unique", func(t *testing.T) { // only the index finds it, and must not stay, or it would refuse rows
		t.Parallel()
		is := is.New(t)
		d := postgresFor(t, "CREATE TABLE thing (id int PRIMARY KEY, v numeric UNIQUE); INSERT INTO thing VALUES (1, 1.2), "+
			"(2, 1.3)")
		before := d.dump()
		r := d.alter("thing", "v", "--type", "int")
		is.Equal(r.code, promcli.CodeFailed)
		is.True(containsAll(r.err, "not unique", "thing_v_key", "--abort"))
		d.exec("INSERT INTO thing VALUES (3, 1.4); DELETE FROM thing WHERE id = 3")
		d.altered("thing", "v", "--abort")
		same(t, d.dump(), before)
	})
	t.Run("check", func(t *testing.T) {
		t.Parallel()
		is := is.New(t)
		d := postgresFor(t, "CREATE TABLE thing (id int PRIMARY KEY, v numeric CONSTRAINT ck CHECK (v > 1)); INSERT INTO "+
			"thing VALUES (1, 1.2)")
		before := d.dump()
		r := d.alter("thing", "v", "--type", "int")
		is.Equal(r.code, promcli.CodeFailed)
		is.True(containsAll(r.err, "violate the CHECK ck", "--abort"))
		d.exec("INSERT INTO thing VALUES (3, 1.4)")
		d.altered("thing", "v", "--abort")
		same(t, d.dump(), before)
	})
}

// TestAlterTriggers keeps the table's own triggers from the backfill, or lets them run if it is told so.
func TestAlterTriggers(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	d := postgresFor(t, "CREATE TABLE thing (id int PRIMARY KEY, a int, c int); INSERT INTO thing SELECT n, n FROM "+
		"generate_series(1, 9) n; "+
		trigger("touch", "BEFORE UPDATE"))
	d.altered("thing", "a", "--type", "bigint")
	is.Equal(d.text("SELECT count(c)::text FROM thing"), "0")
	d.exec("ALTER TABLE thing ENABLE ALWAYS TRIGGER touch")
	is.Equal(d.alter("thing", "a", "--type", "int").code, promcli.CodeFailed)
	d.altered("thing", "a", "--type", "int", "--triggers")
	is.Equal(d.text("SELECT sum(c)::text FROM thing"), "9")
}

// TestAlterSettings converts by the settings of the session that alters, whatever those of the writers are.
func TestAlterSettings(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	d := postgresFor(t, "CREATE TABLE thing (id int PRIMARY KEY, at timestamp); INSERT INTO thing SELECT n, '2024-06-01 "+
		"12:00' FROM generate_series(1, 1500) n")
	args := []string{"--yes", "--json", "thing", "at", "--type", "timestamptz", "--pause", "5ms"}
	is.Equal(d.interrupted("copy", true, args...), promcli.CodeInterrupted)
	d.exec("SET TimeZone = 'Asia/Tokyo'; INSERT INTO thing VALUES (0, '2024-06-01 12:00'); UPDATE thing SET id = -id " +
		"WHERE id = 1400")
	d.altered(args...)
	is.Equal(d.text("SELECT count(DISTINCT at)::text || ' ' || count(*) FROM thing"), "1 1501")
}
