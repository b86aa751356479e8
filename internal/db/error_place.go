package db

import (
	"github.com/prom-go/prom/internal/db/driver"
)

// place says of an error of the connection which one it was, and where it leads: its name, host and port or file, and
// the database. No user and no password, and nothing else of the DSN.
func (db *DB) place(err error) error {
	e, ok := err.(*driver.Error)
	if !ok || driver.FactsOf(e).Where != "" {
		return err
	}
	where := db.driver.Where(db.dsn, e)
	if where != "" && db.dsn.Name != "" {
		where = "connection " + db.dsn.Name + " to " + where
	}
	driver.FactsOf(e).Where = where
	return err
}
