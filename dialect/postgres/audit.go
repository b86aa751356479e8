package postgres

import (
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// The triggers that audit a table. Their function is named for its version: another one gets another name.
const (
	auditTrigger  = "prom_audit"
	auditTruncate = "prom_audit_truncate"
	auditFunction = "prom_audit_1"
)

// AuditTriggers returns a query for the triggers that audit a table, see [dialect.Auditing]. Their text is the
// arguments of the trigger, with the function's name before them.
func (Dialect) AuditTriggers() string {
	return `SELECT t.tgname::text, p.proname::text || ' ' || encode(t.tgargs, 'hex') FROM pg_catalog.pg_trigger t
JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
WHERE t.tgrelid = ` + relation + ` AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')
	AND t.tgname IN ('` + auditTrigger + `', '` + auditTruncate + `')`
}

// AuditWithout returns which columns a trigger leaves out, see [dialect.Auditing].
func (Dialect) AuditWithout(text string) []string {
	_, args, _ := strings.Cut(text, " ")
	b, err := hex.DecodeString(args)
	if list := strings.Split(string(b), "\x00"); err == nil && len(list) > 2 {
		return dialect.SplitNames(list[2])
	}
	return nil
}

// AuditWith returns the triggers that audit a table, see [dialect.Auditing]. They see each column that the table has.
func (d Dialect) AuditWith(t *schema.Table, _, without []string) []dialect.AuditTrigger {
	args := []string{t.Name, dialect.JoinNames(schema.ColumnNames(t.Key)), dialect.JoinNames(without)}
	space, _ := schema.SplitName(t.Name)
	function := dialect.QuoteTable(schema.JoinName(space, auditFunction))
	literals := make([]string, len(args))
	for i, a := range args {
		literals[i] = quoteText(a)
	}
	text := auditFunction + " " + hex.EncodeToString([]byte(strings.Join(args, "\x00")+"\x00"))
	trigger := func(name, event, each string) dialect.AuditTrigger {
		return dialect.AuditTrigger{Name: name, Text: text, Create: "CREATE TRIGGER " + name + " AFTER " + event + " ON " +
			dialect.QuoteTable(t.Name) + " FOR EACH " + each + " EXECUTE FUNCTION " + function + "(" +
			strings.Join(literals, ", ") + ")"}
	}
	return []dialect.AuditTrigger{
		trigger(auditTrigger, "INSERT OR UPDATE OR DELETE", "ROW"),
		trigger(auditTruncate, "TRUNCATE", "STATEMENT"),
	}
}

// auditBody is the function of the triggers. %1$I is the schema of the audit log. It runs with the rights of its owner,
// so that those who write to a table need none on the log and cannot change it. Its settings are those by which a value
// becomes the same text in each session.
const auditBody = `CREATE FUNCTION %1$I.` + auditFunction + `() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET bytea_output = 'hex' SET extra_float_digits = 1 AS $body$
DECLARE
	v_keys text[] := TG_ARGV[1]; v_without text[] := TG_ARGV[2];
	v_old jsonb := '{}'; v_new jsonb := '{}'; v_row jsonb; v_key text := '';
BEGIN
	IF TG_OP IN ('UPDATE', 'DELETE') THEN v_row := to_jsonb(OLD); v_old := v_row - v_without; END IF;
	IF TG_OP IN ('UPDATE', 'INSERT') THEN v_new := to_jsonb(NEW); v_row := coalesce(v_row, v_new); v_new := v_new - v_without; END IF;
	IF TG_OP = 'UPDATE' THEN
		SELECT coalesce(jsonb_object_agg(n.key, v_old -> n.key), '{}'), coalesce(jsonb_object_agg(n.key, n.value), '{}') INTO v_old, v_new
		FROM jsonb_each(v_new) n WHERE n.value::text <> (v_old -> n.key)::text;
		IF v_new = '{}' THEN RETURN NULL; END IF;
	END IF;
	IF TG_OP <> 'TRUNCATE' THEN
		IF cardinality(v_keys) = 1 THEN v_key := v_row ->> v_keys[1];
		ELSE SELECT array_to_json(array_agg(v_row ->> u.name ORDER BY u.i))::text INTO v_key FROM unnest(v_keys) WITH ORDINALITY u(name, i);
		END IF;
	END IF;
	INSERT INTO %1$I.` + dialect.AuditTable + ` ("at", "actor", "op", "table_name", "row_key", "old", "new") VALUES (clock_timestamp(),
		coalesce(current_setting('` + dialect.ActorKey + `', true), ''), lower(TG_OP), TG_ARGV[0], v_key, v_old, v_new);
	RETURN NULL;
END $body$`

// AuditSupport makes the function of the triggers, see [dialect.Auditing].
func (Dialect) AuditSupport(space string) []string {
	in := "current_schema()"
	if space != "" {
		in = quoteText(space)
	}
	return []string{"DO $prom$ BEGIN IF to_regprocedure(format('%I." + auditFunction + "()', " + in +
		")) IS NULL THEN EXECUTE format($make$" + auditBody + "$make$, " + in + "); END IF; END $prom$"}
}

// DropTrigger returns the statement that drops a trigger, see [dialect.Auditing].
func (Dialect) DropTrigger(table, name string) string {
	return "DROP TRIGGER IF EXISTS " + dialect.Quote(name) + " ON " + dialect.QuoteTable(table)
}

// SetActor returns the statement that says who writes, see [dialect.Auditing].
func (Dialect) SetActor(string) []string {
	return []string{"SELECT pg_catalog.set_config('" + dialect.ActorKey + "', $1, true)"}
}

// BeginActor returns the statement that says who writes, see [dialect.Auditing]. It holds the actor in hexadecimal
// digits, which need no quoting. Texts that PostgreSQL does not have are left to SetActor, where they are an error.
func (Dialect) BeginActor(actor string) string {
	if !utf8.ValidString(actor) || strings.ContainsRune(actor, 0) {
		return ""
	}
	return "SELECT pg_catalog.set_config('" + dialect.ActorKey + "', pg_catalog.convert_from(pg_catalog.decode('" +
		hex.EncodeToString([]byte(actor)) + "', 'hex'), 'UTF8'), true)"
}

// ClearActor returns nothing: the setting ends with the transaction.
func (Dialect) ClearActor(string) string { return "" }
