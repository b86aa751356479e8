package postgres

import "github.com/prom-go/prom/dialect"

// watchTrigger is the name of the trigger that tells of new rows, and of its function.
const watchTrigger = "prom_watch"

// channelOf returns the channel of a table, 45 bytes of the 63 that a name may have, whatever the names of schema and
// table are.
func channelOf(schema, table string) string {
	return "'prom_' || left(encode(sha256(convert_to(" + schema + " || '.' || " + table + ", 'UTF8')), 'hex'), 40)"
}

// Channel returns the query of a table's channel, see [dialect.Watching].
func (Dialect) Channel() string {
	return "SELECT " + channelOf("n.nspname", "c.relname") + `, EXISTS (SELECT 1 FROM pg_catalog.pg_trigger t
	WHERE t.tgrelid = c.oid AND t.tgname = '` + watchTrigger + `' AND t.tgenabled IN ('O', 'A'))
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = ` + relation
}

// WatchTrigger returns the statements that make the trigger. The function takes the channel from the table that it is
// fired for, so that one serves all tables, and a table that is renamed tells under its new name.
func (Dialect) WatchTrigger(table string) []string {
	return []string{
		"DO $prom$ BEGIN IF to_regprocedure('" + watchTrigger + "()') IS NULL THEN CREATE FUNCTION " + watchTrigger +
			"() RETURNS trigger LANGUAGE plpgsql AS " +
			"$body$ BEGIN PERFORM pg_catalog.pg_notify(" + channelOf("TG_TABLE_SCHEMA", "TG_TABLE_NAME") +
			", ''); RETURN NULL; END $body$; END IF; END $prom$",
		"CREATE TRIGGER " + watchTrigger + " AFTER INSERT ON " + dialect.QuoteTable(table) +
			" FOR EACH STATEMENT EXECUTE FUNCTION " + watchTrigger + "()",
	}
}

// Horizon returns the query of the numbers of transactions, see [dialect.Watching]. The numbers are those of 64 bits,
// which do not come again.
func (Dialect) Horizon() string {
	return "SELECT txid_snapshot_xmin(s), txid_snapshot_xmax(s) FROM txid_current_snapshot() AS s"
}
