package prom

import (
	"context"
	"fmt"
	"unsafe"

	"github.com/prom-go/prom/internal/core"
	"github.com/prom-go/prom/schema"
)

// New returns a new value with the default values of its fields. A struct literal does not have them: Create sets
// defaults only in fields whose type can be unset (pointers, times and UUIDs), and never replaces a zero value that may
// be intended.
func (r *Repo[T]) New() *T { return (*T)(r.core.New()) }

// Create inserts v. Then v holds the stored row: the generated key and the times. On PostgreSQL it also holds all other
// changes that the database made, because Create reads the row back; SQLite stores values as they are. Create keeps a
// key that is set. If Create fails, it does not change v.
//
// Create calls the model's hooks in the order BeforeSave, BeforeCreate, Validate, AfterCreate, AfterSave.
func (r *Repo[T]) Create(ctx context.Context, v *T) error {
	return r.core.Create(ctx, unsafe.Pointer(v))
}

// CreateMany inserts any number of values: all or none. Then each value holds the stored row, with its generated key.
// If CreateMany fails, it does not change the values. Unlike [Repo.Create], it does not read back what triggers change.
//
// On PostgreSQL, CreateMany sends many rows as one array for each column, and a few thousand rows or more by COPY, with
// keys that it takes from the key's sequence before. On SQLite it runs one prepared statement in one transaction.
//
// CreateMany calls the model's hooks for each value, in one transaction with the insert: first BeforeSave and
// BeforeCreate of all values, then Validate of all values, and after the insert AfterCreate and AfterSave of all
// values. If a value breaks a rule or one of its hooks fails, the error is a [*ValueError] with the index of the value.
func (r *Repo[T]) CreateMany(ctx context.Context, vs []T) error {
	return valueError(r.core.CreateMany(ctx, listAt(unsafe.Pointer(&vs))))
}

// ValueError is an error of one of several values, such as those of [Repo.CreateMany]. An error of the database, such
// as a unique violation, is not a ValueError, because the values are sent to the database together.
type ValueError struct {
	Index int   // the index of the value, from 0
	Err   error // the error of the value
}

// Error returns the index of the value and its error.
func (e *ValueError) Error() string {
	return fmt.Sprintf("prom: value %d: %s", e.Index, core.Bare(e.Err))
}

// Unwrap returns the value's own error.
func (e *ValueError) Unwrap() error { return e.Err }

// Save stores v. It updates the row that v was loaded from or saved to, and inserts a row if v is new.
//
// A model without change tracking ([Model] has it) does not know whether v is new. Then the version decides: it is 0 in
// a new value. Without a version the key decides: if the key is not set, and the database or prom generates it, Save
// inserts. With any other key, Save inserts or updates the row with this key.
func (r *Repo[T]) Save(ctx context.Context, v *T) error { return r.core.Save(ctx, unsafe.Pointer(v)) }

// Update writes the columns of v that changed since v was loaded to the row that v was loaded from, even if the key is
// one of them. Then it reads the stored row back into v. If the row does not exist, the error is ErrNotFound. For a
// model with a version, a row that was changed since is ErrStale. A value that was never saved is an error. For a model
// without change tracking, Update writes all columns to the row with the key of v. If Update fails, it does not change
// v.
//
// Update sets the model's updated column to the time of the update, unless the program set it.
//
// Update calls the model's hooks in the order BeforeSave, BeforeUpdate, Validate, AfterUpdate, AfterSave. If there is
// nothing to write after BeforeUpdate, which can occur in a model without an updated column, Update does not call the
// others.
func (r *Repo[T]) Update(ctx context.Context, v *T) error {
	return r.core.Update(ctx, unsafe.Pointer(v))
}

// Modified returns the names of the columns that changed since v was loaded, including changes inside slices and maps.
// If v was not loaded, it returns all columns.
func (r *Repo[T]) Modified(v *T) []string { return r.core.Modified(unsafe.Pointer(v)) }

// Columner is a field of a model, in calls that need only to know the column, such as [Repo.Upsert].
type Columner interface {
	// Column returns the schema of the column. Do not change it.
	Column() *schema.Column
}

// Upsert inserts v, or updates the row that it conflicts with (INSERT … ON CONFLICT): all columns except the key and
// the time of creation. If v was loaded or saved, Upsert updates its row.
//
// Otherwise the given fields are the conflict target. They must be the primary key or the fields of a unique index.
// Without fields, the target is the primary key if it is set, and else the first unique index whose fields are all set;
// zero values count as not set. If there is none, Upsert returns an error. NULL in a field of the target is an error
// too, unless the unique index is NULLS NOT DISTINCT: NULL conflicts with nothing, so each call would insert another
// row. Upsert then reads the stored row into v. [Repo.OnConflict] has more options.
//
// A soft-deleted row does not conflict in a unique index, but it does in the primary key. In that case Upsert restores
// the row, if v is not deleted.
//
// Upsert calls the model's hooks in the order BeforeSave, Validate, AfterSave, and no others, because only the database
// knows whether it inserts or updates. For a value that was loaded or saved it calls the hooks of Update.
func (r *Repo[T]) Upsert(ctx context.Context, v *T, on ...Columner) error {
	return r.core.Upsert(ctx, unsafe.Pointer(v), columnersAt(on))
}

// GetOrCreate reads the row that has the same values in the given fields into v. If there is no such row, it inserts v
// and returns true. The fields are as for [Repo.Upsert]: the primary key or a unique index; without fields, the first
// of them that is set.
//
// Any number of callers may do this at the same time, inside and outside transactions: one inserts the row, and all get
// it. In a serializable or repeatable-read transaction of PostgreSQL, a row that another transaction has inserted
// meanwhile is ErrSerialization: run the transaction again. If GetOrCreate fails, it does not change v.
//
// If GetOrCreate finds no row, it calls the hooks of Create, in a transaction that it rolls back if another caller has
// inserted the row meanwhile. If it returns an existing row, it calls AfterLoad.
func (r *Repo[T]) GetOrCreate(ctx context.Context, v *T, on ...Columner) (created bool, err error) {
	return r.core.GetOrCreate(ctx, unsafe.Pointer(v), columnersAt(on))
}

// GetOrCreateMany is [Repo.GetOrCreate] for any number of values, in one transaction. It reports for each value whether
// it was inserted. One statement reads the existing rows, and one inserts the missing ones. Values that are equal in
// the fields become the same row. If it fails, nothing is stored and the values do not change; an error of one value is
// a [*ValueError] with its index. If the model has hooks, GetOrCreateMany handles the values one by one.
func GetOrCreateMany[T any](ctx context.Context, r *Repo[T], vs []T, on ...Columner) (created []bool, err error) {
	created, err = r.core.GetOrCreateMany(ctx, listAt(unsafe.Pointer(&vs)), columnersAt(on))
	return created, valueError(err)
}

// Delete deletes the row that v was loaded from. Without change tracking it deletes the row with the key of v. Then v
// counts as new: Save inserts it again, with the same key. If the row does not exist, the error is ErrNotFound. For a
// model with a version, a row that was changed since v was loaded is ErrStale.
//
// If the model has a field with the tag option deleted, Delete soft-deletes the row: it sets the time of deletion, and
// v then holds the stored row, which can be restored. See [Repo.Undelete] and [Repo.HardDelete].
//
// Delete calls the model's hooks BeforeDelete and AfterDelete.
func (r *Repo[T]) Delete(ctx context.Context, v *T) error {
	return r.core.Delete(ctx, unsafe.Pointer(v))
}

// DeleteKey deletes the row with the given key, as in Get, or soft-deletes it, as Delete does. If there is no such row,
// the error is ErrNotFound. DeleteKey calls no hooks, because it has no value: if you need the hooks, load the value
// and call Delete.
func (r *Repo[T]) DeleteKey(ctx context.Context, key ...any) error { return r.core.DeleteKey(ctx, key) }

// Invalid returns an error that says what is wrong with a field, for a model's method Validate: [Violations] with one
// element. The field is the path of the Go field, or "" for the value as a whole. Join the errors of several fields by
// errors.Join, or collect them by Violations.Add.
func Invalid(field, reason string) error { return Violations{{Field: field, Reason: reason}} }

// Validate checks v without storing it. It checks the same as Create, or, for a value that was loaded or saved, the
// same as Update: the rules of the fields (in the second case, of the fields that changed) and the model's method
// Validate. It returns all violations in one error of kind [ErrValidation], whose cause is [Violations]. It calls no
// other hooks. It uses no database, unless the model's method does.
func (r *Repo[T]) Validate(ctx context.Context, v *T) error {
	return r.core.Validate(ctx, unsafe.Pointer(v))
}

// JSON returns the stored fields of v as a JSON object, by the names of their columns and in their order, without
// private fields; the computed fields follow. Times are in the format of RFC 3339.
//
// A reference whose row was loaded is written as that row, and else as its key. Loaded relations come last, as arrays;
// their names are the field names in snake_case. A row that contains itself is not written twice: the reference is
// written as its key, and the array is omitted.
func (r *Repo[T]) JSON(v *T) ([]byte, error) { return r.core.JSON(unsafe.Pointer(v)) }
