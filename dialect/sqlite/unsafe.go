package sqlite

import "github.com/prom-go/prom/dialect"

// To drop a table, SQLite deletes its rows as DELETE does, so that rows which refer to them in a circle must be allowed
// to refer to nothing until the transaction commits. The setting ends with the transaction; switched off before, SQLite
// would forget what it has to check.
const deferForeignKeys = "PRAGMA defer_foreign_keys = ON"

// DropTables drops one after the other.
func (Dialect) DropTables(tables []string) []string {
	return deferred(tables, "DROP TABLE IF EXISTS ")
}

// DropView drops a view.
func (Dialect) DropView(name, _ string) string { return "DROP VIEW IF EXISTS " + dialect.Quote(name) }

// ClearTables empties one after the other. Keys are counted from the greatest one, and so anew.
func (Dialect) ClearTables(tables []string) []string { return deferred(tables, "DELETE FROM ") }

func deferred(tables []string, statement string) []string {
	if len(tables) == 0 {
		return nil
	}
	list := []string{deferForeignKeys}
	for _, t := range tables {
		list = append(list, statement+dialect.Quote(t))
	}
	return list
}
