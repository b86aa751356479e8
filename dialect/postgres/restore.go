package postgres

import "github.com/prom-go/prom/dialect"

// DeferReferences makes the foreign keys deferrable, which they are not by themselves.
func (Dialect) DeferReferences(keys []dialect.Constraint) []string {
	if len(keys) == 0 {
		return nil
	}
	return append(alterConstraints(keys, "DEFERRABLE"), "SET CONSTRAINTS ALL DEFERRED")
}

// ResumeReferences checks them, and makes them what they were.
func (Dialect) ResumeReferences(keys []dialect.Constraint) []string {
	if len(keys) == 0 {
		return nil
	}
	return append([]string{"SET CONSTRAINTS ALL IMMEDIATE"}, alterConstraints(keys, "NOT DEFERRABLE")...)
}

func alterConstraints(keys []dialect.Constraint, to string) []string {
	var list []string
	for _, k := range keys {
		if !k.Deferrable {
			list = append(list, "ALTER TABLE "+dialect.QuoteTable(k.Table)+" ALTER CONSTRAINT "+dialect.Quote(k.Name)+" "+to)
		}
	}
	return list
}

// CountOn sets the key's sequence to the greatest key, unless it is beyond that.
func (Dialect) CountOn(table, column string) string {
	return "SELECT setval(s, m) FROM (SELECT pg_get_serial_sequence(" + quoteText(dialect.QuoteTable(table)) + ", " +
		quoteText(column) +
		")::regclass AS s, (SELECT max(" + dialect.Quote(column) + ") FROM " + dialect.QuoteTable(table) +
		") AS m) AS q WHERE s IS NOT NULL AND m > coalesce(pg_sequence_last_value(s), 0)"
}
