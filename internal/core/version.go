package core

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"unsafe"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// stands returns where the row of v is looked for: among the soft-deleted ones too, if v was loaded as one of them.
func (r *Repo) stands(v unsafe.Pointer) ast.Spec {
	if r.loadedDeleted(v) {
		return ast.Spec{}.WithDeleted()
	}
	return ast.Spec{}
}

// loadedDeleted reports whether the row of v was soft-deleted when it was loaded, or, without change tracking, whether
// v says so.
func (r *Repo) loadedDeleted(v unsafe.Pointer) bool {
	if r.table.Deleted == nil {
		return false
	}
	was, _ := r.plan.Loaded(v, r.table.Deleted)
	if !r.plan.Tracks() {
		was, _ = r.plan.Value(v, r.table.Deleted)
	}
	return !was.IsNull()
}

// rowIs appends the values that tell the row of v as it was loaded, and returns their columns: its key and, for a model
// with versions, its version. A value that was never saved has none to go by.
func (r *Repo) rowIs(dst []schema.Value, v unsafe.Pointer) ([]*schema.Column, []schema.Value, error) {
	dst, err := r.rowKey(dst, v)
	if r.table.Version == nil || err != nil {
		return r.table.Key, dst, err
	}
	version, err := r.version(v)
	if err != nil || version.IsZero() {
		return r.table.Key, dst, err
	}
	return r.table.Loaded, append(dst, version), nil
}

// version returns the version of the row that v was loaded from; without change tracking, the one that v has. It is 0
// when v was never saved.
func (r *Repo) version(v unsafe.Pointer) (schema.Value, error) {
	if !r.plan.Tracks() {
		return r.plan.Value(v, r.table.Version)
	}
	loaded, ok := r.plan.Loaded(v, r.table.Version)
	if !ok {
		loaded = schema.IntValue(r.table.Version.Kind, 0)
	}
	return loaded, nil
}

// countUp sets the version of v to that of its row, or to the one after that when v has changed.
func (r *Repo) countUp(v unsafe.Pointer, changed bool) error {
	version, err := r.version(v)
	if err != nil {
		return err
	}
	next := version.Int()
	if changed {
		if next++; version.IsZero() {
			return errNeverSaved
		}
	}
	if r.plan.Set(v, r.table.Version, schema.IntValue(schema.Int64, next)) != nil {
		return fmt.Errorf("the version %s has the greatest value of its type; give it a larger one", r.table.Version.Field)
	}
	return nil
}

var errNeverSaved = errors.New("the value was never saved; use Create or Save")

// missed returns the error of a write to the row in which the columns by have the values of row, its key first. When it
// has changed none, the row is looked for in rows: it may be gone, which is driver.KindNotFound; have another version
// by now, which is driver.KindStale; or be there as it should have been, which is driver.KindNotStored if something in
// the database can have suppressed the write.
func (r *Repo) missed(ctx context.Context, err error, rows ast.Spec, by []*schema.Column, row []schema.Value) error {
	var missed *driver.Error
	if !errors.Is(err, driver.KindNotFound) || !errors.As(err, &missed) {
		return err
	}
	found, lookErr := r.lookFor(ctx, rows, by, row)
	if lookErr != nil || found == nil {
		return cmp.Or(lookErr, err)
	}
	stale := &driver.Error{Kind: driver.KindStale, Op: missed.Op, Table: r.table.Name,
		Columns: schema.ColumnNames(by[len(r.table.Key):]),
		Detail:  "the row has been changed since the value was loaded; load it again and repeat the change"}
	version := row[len(by)-1]
	if found[len(by)-1] != version {
		return stale
	}
	b, lookErr := r.bind()
	if lookErr != nil {
		return lookErr
	}
	may, lookErr := b.db.MaySuppress(ctx, r.table.Name)
	switch {
	case lookErr != nil:
		return lookErr
	case may:
		return driver.NotStored(missed.Op, r.table.Name)
	case len(by) > len(r.table.Key) && version.Int() > 1:
		// It is another row with the same key, which has come to this version since. It has had others meanwhile.
		return stale
	}
	return err // inserted since
}

// lookFor returns the columns by of the row that has the key in row, nil when there is none. It is one statement, so
// that they are of one snapshot.
func (r *Repo) lookFor(ctx context.Context, rows ast.Spec, by []*schema.Column,
	row []schema.Value) (found []schema.Value, err error) {
	b, err := r.bind()
	if err != nil {
		return nil, err
	}
	text, args, err := b.stmts.SelectColumns(nil, rows.KeyIs(r.table.Key, row[:len(r.table.Key)]), by)
	if err != nil {
		return nil, ErrorOf("query", r.table, err)
	}
	c := &call{text: text, Statement: driver.Statement{Op: "query", SQL: text.SQL, Args: args}}
	err = b.query(ctx, c, driver.RowFunc(func(rows driver.Rows) (err error) {
		for found = nil; err == nil && rows.Next(); {
			found, err = scan.Key(r.plan, rows, 0, by)
		}
		return err
	}))
	return found, err
}
