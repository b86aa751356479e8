package prom

import (
	"context"

	"github.com/prom-go/prom/internal/install"
)

// UnsafeDrop drops the repo's table with all its rows; it is no error when there is none. A table that others refer to is not dropped: the
// error, of kind [ErrForeignKey], names them. The next call on the repo makes the table again. A read-only connection refuses it.
func (r *Repo[T]) UnsafeDrop(ctx context.Context) error {
	db, err := r.DB()
	if err != nil {
		return err
	}
	defer forgetForms(db)
	return install.Drop(ctx, db, r.table.Name)
}

// UnsafeClear deletes all rows of the repo's table, those that are marked as deleted too, past hooks. Rows that refer to them go or are
// changed, as their references say.
func (r *Repo[T]) UnsafeClear(ctx context.Context) error {
	b, err := r.bind()
	if err != nil {
		return err
	}
	c := &call{}
	c.Op, c.Write, c.SQL = "clear", true, "DELETE FROM "+b.db.Dialect().Quote(r.table.Name)
	_, err = b.exec(ctx, c)
	return err
}

// UnsafeDropAll drops all tables and views of a database, with all their rows, whoever made them: on PostgreSQL those of the schema where
// new tables go, the first of the search path, without what belongs to extensions. All are dropped or none. The next calls on repos make
// their tables again. A read-only connection refuses it.
func UnsafeDropAll(ctx context.Context, db *DB) error {
	defer forgetForms(db)
	return install.DropAll(ctx, db)
}

// UnsafeClearAll deletes all rows of the tables that [UnsafeDropAll] would drop, and begins to count their keys anew.
func UnsafeClearAll(ctx context.Context, db *DB) error { return install.ClearAll(ctx, db) }
