package install_test

import (
	"context"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that a plan has nothing to say of columns of SQLite whose types are words that it does not know, and of ANY in
// STRICT tables: such a column holds what the fields hold.
func TestUnknownTypes(t *testing.T) {
	t.Parallel()
	type frob struct {
		ID int64 `prom:"key"`
		A  int64
		B  *float64
		C  []byte
		D  *string
		E  bool
	}
	is := is.New(t)
	ctx := context.Background()
	db := open(t, dbtest.SQLite(t))
	runSQL(t, db, `CREATE TABLE loose (id INTEGER PRIMARY KEY, a FROB NOT NULL, b ANY, c ANY NOT NULL, d STRING, e FLAG NOT NULL)`,
		`CREATE TABLE strict (id INTEGER PRIMARY KEY, a ANY NOT NULL, b ANY, c ANY NOT NULL, d ANY, e ANY NOT NULL) STRICT`)
	is.Equal(planOf(ctx, t, db, named[frob](t, "loose"), named[frob](t, "strict")), nil)
}
