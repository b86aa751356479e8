package postgres

import (
	"strings"

	"github.com/prom-go/prom/dialect"
)

// DropTables drops all in one statement, in which they may refer to each other. Without CASCADE nothing is dropped that
// is not named.
func (d Dialect) DropTables(tables []string) []string {
	if len(tables) == 0 {
		return nil
	}
	return []string{"DROP TABLE IF EXISTS " + dialect.TableList(d, tables)}
}

// DropView drops a view, and views on it.
func (Dialect) DropView(name, sort string) string {
	return "DROP " + strings.ToUpper(sort) + " IF EXISTS " + dialect.QuoteTable(name) + " CASCADE"
}

// ClearTables empties all in one statement, in which they may refer to each other.
func (d Dialect) ClearTables(tables []string) []string {
	if len(tables) == 0 {
		return nil
	}
	return []string{"TRUNCATE TABLE " + dialect.TableList(d, tables) + " RESTART IDENTITY"}
}
