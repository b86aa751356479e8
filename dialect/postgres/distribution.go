package postgres

import "github.com/prom-go/prom/schema"

const hasCitus = "EXISTS (SELECT 1 FROM pg_catalog.pg_extension WHERE extname = 'citus')"

// Distribute returns the statement that has Citus distribute a table, see [dialect.Definition]. It is the same text on
// a server without the extension, so that plans and migrations need not know which one it is.
func (d Dialect) Distribute(t *schema.Table, beside string) string {
	if t.Distribution == nil {
		return ""
	}
	call := "create_reference_table(" + quoteText(d.Table(t.Name)) + ")"
	if c := t.Distribution.Column; c != nil {
		call = "create_distributed_table(" + quoteText(d.Table(t.Name)) + ", " + quoteText(c.Name)
		if beside != "" {
			call += ", colocate_with => " + quoteText(d.Table(beside))
		}
		call += ")"
	}
	return do("IF " + hasCitus + " THEN SET LOCAL citus.multi_shard_modify_mode TO 'sequential'; " +
		"PERFORM " + call + "; END IF;")
}

// Distributing returns the statements for changes of distributed tables, see [dialect.Definition]. A change of a
// reference table and one of a distributed table cannot be in one transaction otherwise. The name of a setting may be
// one that no extension knows.
func (Dialect) Distributing() (begin, end []string) {
	return []string{
			"SELECT set_config('prom.multi_shard_modify_mode', " +
				"coalesce(current_setting('citus.multi_shard_modify_mode', true), 'parallel'), true)",
			"SET LOCAL citus.multi_shard_modify_mode TO 'sequential'",
		}, []string{
			"SELECT set_config('citus.multi_shard_modify_mode', current_setting('prom.multi_shard_modify_mode'), true)",
		}
}

// Distributed returns queries for what Citus does, see [dialect.Definition].
func (Dialect) Distributed() (has, how string) {
	return "SELECT " + hasCitus, `SELECT CASE WHEN partmethod = 'h' THEN column_to_column_name(logicalrelid, partkey)
	WHEN partmethod = 'n' AND repmodel = 't' THEN '` + schema.Everywhere + `' END
FROM pg_dist_partition WHERE logicalrelid = ` + relation
}
