// Package audit reads the audit log: who changed which row, when, and what was changed (also called row history, or
// versioning). A model opts in by a tag on a blank field:
//
//	type Account struct {
//		prom.Model
//		_      struct{} `prom:"audit"`
//		Owner  string
//		Cents  int64
//		Secret []byte `prom:"noaudit"` // left out of the log
//	}
//
// Triggers in the database write the log, in the transaction of the change. So it holds single writes, bulk inserts
// (COPY too), writes by query, cascades of foreign keys, raw SQL and writes of other programs. [prom.WithActor] says
// who makes the changes of a context:
//
//	ctx = prom.WithActor(ctx, "ada")
//
// The log is a table, prom_audit, and [Entry] is its model, with the fields in the variables of this package:
//
//	log := audit.NewRepo()
//	list, err := log.Where(audit.Row(accounts, 42)).OrderBy(audit.ID.Asc()).All(ctx)
//
// The page docs/guide/audit.md tells the rest: installation, what is written for which call, and how to delete old
// entries.
package audit
