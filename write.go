package prom

import (
	"context"
	"fmt"
	"unsafe"

	"github.com/prom-go/prom/internal/core"
	"github.com/prom-go/prom/schema"
)

// New returns a new value with the defaults of its fields. A struct literal has only those that Create fills in: of
// pointers, times and UUIDs, which can be told to be unset; it never takes a zero that was meant for an unset value.
func (r *Repo[T]) New() *T { return (*T)(r.core.New()) }

// Create inserts v and makes it what is stored: with the key that the database made, the times, and on PostgreSQL
// whatever else the database did, since the row is read back there; SQLite stores what it is given. A key that is set
// already is kept. When Create fails, v is as it was.
//
// The model's hooks are called in the order BeforeSave, BeforeCreate, Validate, AfterCreate, AfterSave.
func (r *Repo[T]) Create(ctx context.Context, v *T) error {
	return r.core.Create(ctx, unsafe.Pointer(v))
}

// CreateMany inserts values: all of them or none. Afterwards each is as it is stored, with the key that the database
// made; when it fails they are left as they were. It takes any number of values. What a trigger changes while they are
// inserted is not read back, as [Repo.Create] does.
//
// Many rows go to PostgreSQL as one array for each column, and from a few thousand on by COPY, with keys that are taken
// from the key's sequence before; to SQLite by one prepared statement in one transaction.
//
// The model's hooks are called for each value, in one transaction with the insertion: BeforeSave and BeforeCreate of
// all values, then Validate of all, and after the insertion AfterCreate and AfterSave of all. When a value breaks a
// rule or one of its hooks fails, the error is a [*ValueError] that says which it was.
func (r *Repo[T]) CreateMany(ctx context.Context, vs []T) error {
	return valueError(r.core.CreateMany(ctx, listAt(unsafe.Pointer(&vs))))
}

// ValueError says which of the values given to [Repo.CreateMany] could not be stored. What the database itself refuses,
// such as a unique index, comes without it: the values went there together.
type ValueError struct {
	Index int   // of the value, from 0
	Err   error // of the value
}

// Error tells the value's number and its error.
func (e *ValueError) Error() string {
	return fmt.Sprintf("prom: value %d: %s", e.Index, core.Bare(e.Err))
}

// Unwrap returns the value's own error.
func (e *ValueError) Unwrap() error { return e.Err }

// Save stores v: it updates the row that v was loaded from or saved to before, and inserts a new one otherwise.
//
// A model without change tracking, which prom.Model brings, cannot tell the two apart: its version decides, which is 0
// in a new value, or without one its key. With a key that is not set, and that the database or the library makes, Save
// inserts; with any other it inserts or updates the row with that key.
func (r *Repo[T]) Save(ctx context.Context, v *T) error { return r.core.Save(ctx, unsafe.Pointer(v)) }

// Update writes the columns of v that changed since it was loaded to the row that it was loaded from, even when its key
// is among them, and reads back what is stored then. A row that is gone is ErrNotFound, and, for a model with a
// version, one that was changed since is ErrStale. A value that was never saved is an error. A model without change
// tracking is written whole, to the row with its key. When Update fails, v is as it was.
//
// The model's updated column is set to the time of the update, unless it was set by hand.
//
// The model's hooks are called in the order BeforeSave, BeforeUpdate, Validate, AfterUpdate, AfterSave. When there is
// nothing to write after the first two, as may be in a model without an updated column, the others are not called.
func (r *Repo[T]) Update(ctx context.Context, v *T) error {
	return r.core.Update(ctx, unsafe.Pointer(v))
}

// Modified lists the names of the columns that changed since v was loaded, in place too; all of them when it was not.
func (r *Repo[T]) Modified(v *T) []string { return r.core.Modified(unsafe.Pointer(v)) }

// Columner is a field: anything that stands for a column.
type Columner interface{ Column() *schema.Column }

// Upsert inserts v, or updates the row that it conflicts with: all columns but the key and the time of creation. A
// value that was loaded or saved is updated. Otherwise the conflict is on the fields given, which must be the key or
// those of a unique index; without fields on the primary key if it is set, else on the first unique index whose fields
// are all set, zero values counting as not set; when there is none, it is an error. A field of the conflict that is
// NULL is an error too, unless the unique index is NULLS NOT DISTINCT, since NULL conflicts with nothing and a row
// would be inserted each time. What is stored then comes back into v. [Repo.OnConflict] has more to say.
//
// A soft-deleted row is no conflict of a unique index, but it is one of the primary key: then it is there again, if v
// is not deleted.
//
// The model's hooks are called in the order BeforeSave, Validate, AfterSave, and no others, since it is the database
// that finds out whether a row is inserted or updated; those of a value that was loaded or saved are the hooks of
// Update.
func (r *Repo[T]) Upsert(ctx context.Context, v *T, on ...Columner) error {
	return r.core.Upsert(ctx, unsafe.Pointer(v), columnersAt(on))
}

// GetOrCreate fills v with the row that has the same values in the fields given, or inserts v when there is none, and
// tells whether it has. The fields are as those of [Repo.Upsert]: the primary key or a unique index, without fields the
// first that is set.
//
// Any number of callers may do so at the same moment, in and outside transactions: one inserts the row, and all get it.
// In a transaction of PostgreSQL that is serializable or repeatable read, a row that another one has inserted meanwhile
// is ErrSerialization: run the transaction again. When GetOrCreate fails, v is as it was.
//
// The model's hooks are those of Create when there seems to be no row, in a transaction that is undone if it was there
// after all, or else AfterLoad.
func (r *Repo[T]) GetOrCreate(ctx context.Context, v *T, on ...Columner) (created bool, err error) {
	return r.core.GetOrCreate(ctx, unsafe.Pointer(v), columnersAt(on))
}

// GetOrCreateMany is [Repo.GetOrCreate] for any number of values, in one transaction, and tells for each whether it was
// inserted: one statement looks for the rows, and one inserts those that are not there. Values that are equal in the
// fields become the same row. When it fails nothing has happened, the values are as they were, and an error of one of
// them is a [*ValueError] with its number. Values of a model with hooks go one after the other.
func GetOrCreateMany[T any](ctx context.Context, r *Repo[T], vs []T, on ...Columner) (created []bool, err error) {
	created, err = r.core.GetOrCreateMany(ctx, listAt(unsafe.Pointer(&vs)), columnersAt(on))
	return created, valueError(err)
}

// Delete deletes the row that v was loaded from or, without change tracking, the one with its key. Afterwards v counts
// as new: Save inserts it again, with the key that it has. A row that is gone is ErrNotFound, and, for a model with a
// version, one that was changed since v was loaded is ErrStale.
//
// The row of a model with a field that has the tag option deleted is marked instead: v is what is stored then, with the
// time of the deletion, and can be restored. See [Repo.Undelete] and [Repo.HardDelete].
//
// The model's hooks BeforeDelete and AfterDelete are called.
func (r *Repo[T]) Delete(ctx context.Context, v *T) error {
	return r.core.Delete(ctx, unsafe.Pointer(v))
}

// DeleteKey deletes the row with that key, as Get would find it, or marks it as deleted, as Delete does. When there is
// none it is ErrNotFound. There is no value here to call hooks of: load it and call Delete if it must be so.
func (r *Repo[T]) DeleteKey(ctx context.Context, key ...any) error { return r.core.DeleteKey(ctx, key) }

// Invalid returns an error that says what is wrong with a field, for a model's method Validate: [Violations] of one.
// The field is the path of the Go field, or "" for the value as a whole. Errors of several fields are joined by
// errors.Join, or collected by Violations.Add.
func Invalid(field, reason string) error { return Violations{{Field: field, Reason: reason}} }

// Validate checks v without storing it, as Create would, or, for a value that was loaded or saved, as Update would: the
// rules of the fields, of those that changed in the second case, and the model's method Validate. All that is wrong is
// one error of kind [ErrValidation], whose cause is [Violations]. Other hooks are not called. It needs no database,
// unless the method does.
func (r *Repo[T]) Validate(ctx context.Context, v *T) error {
	return r.core.Validate(ctx, unsafe.Pointer(v))
}

// JSON returns the persisted fields of v as a JSON object, by the names of their columns and in their order, without
// those that are private, and the computed fields behind them. Times are written in the form of RFC 3339.
//
// A reference whose row was loaded is that row, written in the same way, and else its key. Relations that were loaded
// come last, as arrays by the snake_case form of their fields' names. Rows that hold themselves are not
// written twice: a reference is its key then, and the array is left out.
func (r *Repo[T]) JSON(v *T) ([]byte, error) { return r.core.JSON(unsafe.Pointer(v)) }
