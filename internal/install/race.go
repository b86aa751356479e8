package install

import (
	"context"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/schema"
)

// What exists although looking again has not found it is another object of that name. Or it is newer than the snapshot
// of the program's transaction: at repeatable read and serializable the catalog is read as it was then, while a
// statement that makes something meets what is there now.

// takenName is a name that could not be given to a table or an index.
type takenName struct {
	table *schema.Table
	name  string // as [schema.JoinName] writes it
	what  string // for messages
}

// isTaken notes which name it was, of those in the schema of a table, when something exists already.
func (in *installer) isTaken(t *schema.Table, name, what string) {
	if driver.IsRaced(in.err) && in.taken.table == nil {
		space, _ := schema.SplitName(t.Name)
		in.taken = takenName{t, schema.JoinName(space, name), what}
	}
}

// raced says what is the matter with an installation that has met, each time that it looked, what was not there.
func (in *installer) raced(ctx context.Context, err error) error {
	unseen := false
	if in.db.InTx(ctx) {
		var failed error
		if unseen, failed = in.db.IsUnseen(ctx, in.taken.name); failed != nil {
			return err
		}
	}
	told := &driver.Error{Kind: driver.KindDrift, Op: "install", Table: driver.AsIs(err).Table, Err: err}
	switch {
	case unseen:
		told.Kind = driver.KindSerialization
		told.Detail = "another program has just made what is missing, which this transaction does not see: run it again, " +
			"as Retry does, or call Install before the first one"
	case in.taken.table != nil:
		told.Detail = in.taken.what + " is used by another object of the database; choose another one"
	default:
		return err
	}
	return told
}
