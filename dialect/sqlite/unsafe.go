package sqlite

// To drop a table, SQLite deletes its rows as DELETE does, so that rows which refer to them in a circle must be allowed
// to refer to nothing until the transaction commits. The setting ends with the transaction; switched off before, SQLite
// would forget what it has to check.
const deferForeignKeys = "PRAGMA defer_foreign_keys = ON"

// DropTables drops one after the other.
func (d Dialect) DropTables(tables []string) []string {
	return d.deferred(tables, "DROP TABLE IF EXISTS ")
}

// DropView drops a view.
func (d Dialect) DropView(name, _ string) string { return "DROP VIEW IF EXISTS " + d.Table(name) }

// ClearTables empties one after the other. Keys are counted from the greatest one, and so anew.
func (d Dialect) ClearTables(tables []string) []string { return d.deferred(tables, "DELETE FROM ") }

func (d Dialect) deferred(tables []string, statement string) []string {
	if len(tables) == 0 {
		return nil
	}
	list := []string{deferForeignKeys}
	for _, t := range tables {
		list = append(list, statement+d.Table(t))
	}
	return list
}
