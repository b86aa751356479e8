package dialect

import (
	"strings"

	"github.com/prom-go/prom/schema"
)

// The names of the audit log. Each schema with audited tables has its own.
const (
	AuditTable = "prom_audit"       // a row for each change
	ActorTable = "prom_audit_actor" // of SQLite: who writes in the transaction that runs
	ActorKey   = "prom.actor"       // of PostgreSQL: the setting that says so
)

// AuditTrigger is a trigger that writes the changes of a table's rows to the audit log.
type AuditTrigger struct {
	Name   string // the name of the trigger, unquoted
	Text   string // what it does, as [Auditing.AuditTriggers] reads it
	Create string // the statement that makes it
}

// Auditing writes the statements of the audit log.
type Auditing interface {
	// AuditTriggers returns a query about a table with one row for each trigger that audits it: its name, and its text.
	AuditTriggers() string

	// AuditWith returns the triggers that audit a table which has the columns. Without are the columns that they leave
	// out.
	AuditWith(t *schema.Table, columns, without []string) []AuditTrigger

	// AuditWithout returns which columns a trigger leaves out, by its text.
	AuditWithout(text string) []string

	// AuditSupport returns the statements that make what the triggers need in a schema besides the audit log itself, if
	// it is not there.
	AuditSupport(space string) []string

	// DropTrigger returns the statement that drops a trigger of a table, if it is there.
	DropTrigger(table, name string) string

	// SetActor returns the statement that says who writes from now on in the transaction, in the tables of a schema,
	// with a place for the argument, and ClearActor what ends that before the commit; "" where the commit does.
	SetActor(space string) []string
	ClearActor(space string) string

	// BeginActor returns a statement that does what SetActor's does for all schemas, with the actor in it, to be sent
	// together with BEGIN; "" if there is none.
	BeginActor(actor string) string
}

// JoinNames writes names of columns as one text, in the form of an array of PostgreSQL.
func JoinNames(names []string) string {
	if len(names) == 0 {
		return "{}"
	}
	return `{"` + strings.Join(names, `","`) + `"}`
}

// SplitNames reads what JoinNames has written.
func SplitNames(text string) []string {
	inner := strings.TrimSuffix(strings.TrimPrefix(text, "{"), "}")
	if inner == "" {
		return nil
	}
	return strings.Split(strings.Trim(inner, `"`), `","`)
}
