package sqlite

import (
	"slices"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// auditMark begins the body of each trigger of the audit log, and tells which columns it leaves out.
const auditMark = "/* prom audit without "

// AuditTriggers returns a query for the triggers that audit a table, see [dialect.Auditing].
func (Dialect) AuditTriggers() string {
	return "WITH t(name) AS (SELECT ?) SELECT s.name, s.sql FROM t, " + of + "sqlite_schema AS s " +
		"WHERE s.type = 'trigger' AND s.tbl_name = t.name COLLATE NOCASE AND instr(s.sql, '" + auditMark + "') > 0"
}

func isAudit(d schema.Definition) bool {
	return d.Sort == sortTrigger && strings.Contains(d.SQL, auditMark)
}

// AuditWithout returns which columns a trigger leaves out, see [dialect.Auditing].
func (Dialect) AuditWithout(text string) []string {
	_, rest, _ := strings.Cut(text, auditMark)
	list, _, _ := strings.Cut(rest, " */")
	return dialect.SplitNames(list)
}

// AuditWith returns the triggers that audit a table, see [dialect.Auditing]. They name each column: SQLite has no word
// for a row. They use SQLite's own functions, so that other programs can write to the table.
func (d Dialect) AuditWith(t *schema.Table, columns, without []string) []dialect.AuditTrigger {
	shown := slices.DeleteFunc(slices.Clone(columns), func(name string) bool {
		return slices.ContainsFunc(without, func(w string) bool { return strings.EqualFold(w, name) })
	})
	differ := make([]string, len(shown))
	for i, name := range shown {
		q := dialect.Quote(name)
		differ[i] = "OLD." + q + " COLLATE BINARY IS NOT NEW." + q
	}
	trigger := func(event, when, row, old, now string) dialect.AuditTrigger {
		name := schema.IndexName(t.Name, "audit_"+strings.ToLower(event))
		end := " AFTER " + event + " ON " + d.Target(t.Name) + when + " BEGIN " + auditMark + dialect.JoinNames(without) +
			" */ INSERT INTO " + dialect.AuditTable + ` ("at", "actor", "op", "table_name", "row_key", "old", "new") VALUES (` +
			"strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z', coalesce((SELECT max(actor) FROM " + dialect.ActorTable +
			"), ''), '" + strings.ToLower(event) + "', " + quoteText(t.Name) + ", " + auditKey(t, row) + ", " + old + ", " +
			now + "); END"
		return dialect.AuditTrigger{Name: name, Text: "CREATE TRIGGER " + dialect.Quote(name) + end,
			Create: "CREATE TRIGGER " + d.Index(t.Name, name) + end}
	}
	return []dialect.AuditTrigger{
		trigger("INSERT", "", "NEW", "'{}'", auditRow(t, shown, "NEW", nil)),
		trigger("UPDATE", " WHEN "+strings.Join(differ, " OR "), "OLD", auditRow(t, shown, "OLD", differ),
			auditRow(t, shown, "NEW", differ)),
		trigger("DELETE", "", "OLD", auditRow(t, shown, "OLD", nil), "'{}'"),
	}
}

// auditRow is a row as a JSON object: of all columns, or of those for which a condition is true.
func auditRow(t *schema.Table, columns []string, row string, conditions []string) string {
	terms := make([]string, len(columns))
	for i, name := range columns {
		terms[i] = "'," + strings.ReplaceAll(jsonName(name), "'", "''") + ":' || " + auditValue(t.Column(name),
			row+"."+dialect.Quote(name))
		if conditions != nil {
			terms[i] = "CASE WHEN " + conditions[i] + " THEN " + terms[i] + " ELSE '' END"
		}
	}
	return "'{' || substr(" + strings.Join(terms, " || ") + ", 2) || '}'"
}

// jsonName is the name of a column as JSON has it.
func jsonName(name string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
}

// auditValue is a value as JSON: the one that PostgreSQL's to_jsonb makes, times and types of other programs apart.
func auditValue(c *schema.Column, value string) string {
	text := "CASE typeof(" + value + `) WHEN 'blob' THEN '"\\x' || lower(hex(` + value + `)) || '"' WHEN 'real' THEN CASE WHEN ` +
		value + ` > 1.7976931348623157e308 THEN '"Infinity"' WHEN ` + value +
		` < -1.7976931348623157e308 THEN '"-Infinity"' ELSE json_quote(` + value + ") END ELSE json_quote(" + value + ") END"
	switch {
	case c == nil:
	case c.Kind == schema.Bool:
		return "CASE " + value + " WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE " + text + " END"
	case c.Kind == schema.JSON, c.Kind == schema.Decimal, c.Kind.IsList():
		return "CASE WHEN typeof(" + value + ") = 'text' AND json_valid(" + value + ") THEN " + value + " ELSE " + text + " END"
	}
	return text
}

// auditKey is the key of a row as a text.
func auditKey(t *schema.Table, row string) string {
	parts := make([]string, len(t.Key))
	for i, c := range t.Key {
		value := row + "." + dialect.Quote(c.Name)
		parts[i] = "CASE typeof(" + value + `) WHEN 'blob' THEN '\x' || lower(hex(` + value + ")) ELSE CAST(" + value +
			" AS TEXT) END"
		if c.Kind == schema.Bool {
			parts[i] = "CASE " + value + " WHEN 1 THEN 'true' ELSE 'false' END"
		}
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return "json_array(" + strings.Join(parts, ", ") + ")"
}

// AuditSupport makes the table that tells who writes, see [dialect.Auditing]. It has a row while a transaction writes
// for somebody, and no other one ever sees that.
func (d Dialect) AuditSupport(space string) []string {
	return []string{"CREATE TABLE IF NOT EXISTS " + d.Table(schema.JoinName(space, dialect.ActorTable)) + " (actor TEXT NOT NULL)"}
}

// DropTrigger returns the statement that drops a trigger, see [dialect.Auditing].
func (d Dialect) DropTrigger(table, name string) string {
	return "DROP TRIGGER IF EXISTS " + d.Index(table, name)
}

// SetActor returns the statements that say who writes, see [dialect.Auditing].
func (d Dialect) SetActor(space string) []string {
	return []string{d.ClearActor(space), "INSERT INTO " + d.Table(schema.JoinName(space, dialect.ActorTable)) + " (actor) VALUES (?)"}
}

// ClearActor ends what SetActor has begun, see [dialect.Auditing].
func (d Dialect) ClearActor(space string) string {
	return "DELETE FROM " + d.Table(schema.JoinName(space, dialect.ActorTable))
}

// BeginActor returns nothing: BEGIN takes no round trip here, see [dialect.Auditing].
func (Dialect) BeginActor(string) string { return "" }

// audited returns statements that drop the triggers which audit a table, as its columns are about to change, and
// those that make them again for the columns that it has then.
func (d Dialect) audited(t *schema.Table, definitions []schema.Definition, columns []string) (before, after []string) {
	without := t.Unaudited()
	for _, def := range definitions {
		if isAudit(def) {
			before = append(before, d.DropTrigger(t.Name, def.Name))
			for _, name := range d.AuditWithout(def.SQL) {
				if !slices.Contains(without, name) {
					without = append(without, name)
				}
			}
		}
	}
	if before == nil {
		return nil, nil
	}
	if t.Audited {
		for _, tr := range d.AuditWith(t, columns, without) {
			after = append(after, tr.Create)
		}
	}
	return before, after
}
