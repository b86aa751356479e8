package prom

import (
	"context"
	"unsafe"

	"github.com/prom-go/prom/internal/core"
)

// Conflict inserts values, and says what happens when a row is there already: [Repo.OnConflict] begins one. It is an
// immutable value, and may be kept.
type Conflict[T any] struct {
	_    [0]func(*T)
	core core.Conflict
}

// Outcome says what an insert that minds conflicts has done.
type Outcome uint8

// The outcomes.
const (
	Unchanged Outcome = iota // a row was there, and it was left alone; or a trigger of the database suppressed the insert
	Inserted
	Updated
)

// String returns the outcome in lower case.
func (o Outcome) String() string { return [...]string{"unchanged", "inserted", "updated"}[o] }

// OnConflict begins an insert of values for which a row may be there already: one with the same values in the fields
// given, which are the primary key or those of a unique index. Without fields it is as [Repo.Upsert] finds it; or, with
// DoNothing, whatever conflicts. A row that is there is updated as Upsert does, unless more is said:
//
//	outcome, err := counters.OnConflict(CounterName).Update(CounterHits.SetTo(prom.Plus(CounterHits, prom.Excluded(CounterHits)))).Create(ctx, &c)
func (r *Repo[T]) OnConflict(fields ...Columner) *Conflict[T] {
	return (*Conflict[T])(unsafe.Pointer(r.core.OnConflict(columnersAt(fields))))
}

// DoNothing leaves a row that is there alone.
func (c *Conflict[T]) DoNothing() *Conflict[T] {
	return (*Conflict[T])(unsafe.Pointer(c.core.DoNothing()))
}

// Update assigns new values to a row that is there. Its own fields are the values that it has, and [Excluded] those
// that could not be inserted. The updated column is set to the present time, and the version incremented, unless they
// are assigned.
func (c *Conflict[T]) Update(assigns ...Assign[*T]) *Conflict[T] {
	return (*Conflict[T])(unsafe.Pointer(c.core.Update(assignsAt(unsafe.Pointer(&assigns)))))
}

// UpdateAll writes all columns to a row that is there, but the key, the time of creation and the fields of the
// conflict. It is what happens when nothing else is said.
func (c *Conflict[T]) UpdateAll() *Conflict[T] {
	return (*Conflict[T])(unsafe.Pointer(c.core.UpdateAll()))
}

// Where updates a row that is there only if all conditions hold, and leaves it alone otherwise. The fields in them are
// those of the row that is there, and [Excluded] those that could not be inserted.
func (c *Conflict[T]) Where(conds ...Cond[*T]) *Conflict[T] {
	return (*Conflict[T])(unsafe.Pointer(c.core.Where(condsAt(unsafe.Pointer(&conds)))))
}

// Create inserts v, or does what was said if there is a conflict, and tells which. What is stored comes back into v,
// unless the row that is there was left alone: then v is as it was. A conflict on another unique index is ErrUnique.
//
// The model's hooks are called in the order BeforeSave, Validate, AfterSave, and no others, since it is the database
// that finds out whether a row is inserted or updated. They are a transaction with the insert, which is undone when the
// row was left alone.
func (c *Conflict[T]) Create(ctx context.Context, v *T) (outcome Outcome, err error) {
	o, err := c.core.Create(ctx, unsafe.Pointer(v))
	return Outcome(o), err
}

// CreateMany is Create for any number of values, all of them or none; it returns the outcome of each, and each that was
// not left alone is as it is stored, with its key. When it fails the values are as they were, and the error is a
// [*ValueError] with the number of the value.
//
// Hundreds of them are one statement. Values go one after the other, in one transaction and in batches that do not wait
// for each other, where that cannot be: on SQLite without DoNothing, with hooks or conditions, when they are not all
// inserted by the same columns, and when one is there twice, which then conflicts with itself.
func (c *Conflict[T]) CreateMany(ctx context.Context, vs []T) ([]Outcome, error) {
	return outcomesOf(c.core.CreateMany(ctx, listAt(unsafe.Pointer(&vs))))
}

// outcomesOf returns outcomes of the core as those of this package, which are the same numbers.
func outcomesOf(list []core.Outcome, err error) ([]Outcome, error) {
	return *(*[]Outcome)(unsafe.Pointer(&list)), valueError(err)
}
