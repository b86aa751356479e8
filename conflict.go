package prom

import (
	"context"
	"unsafe"

	"github.com/prom-go/prom/internal/core"
)

// Conflict is an insert that says what to do if the row already exists (INSERT … ON CONFLICT). [Repo.OnConflict]
// returns one. It is immutable and may be stored.
type Conflict[T any] struct {
	_    [0]func(*T)
	core core.Conflict
}

// Outcome is what an insert of a [Conflict] did.
type Outcome uint8

// The outcomes of an insert of a [Conflict].
const (
	Unchanged Outcome = iota // the existing row was not changed, or a trigger suppressed the insert
	Inserted                 // there was no such row: the value was inserted
	Updated                  // the existing row was updated
)

// String returns the name of the outcome in lower case.
func (o Outcome) String() string { return [...]string{"unchanged", "inserted", "updated"}[o] }

// OnConflict begins an insert for which a row may already exist (INSERT … ON CONFLICT): a row with the same values in
// the given fields, which must be the primary key or the fields of a unique index. Without fields, the conflict target
// is that of [Repo.Upsert], or, with DoNothing, every unique constraint. An existing row is updated as Upsert does,
// unless a method says otherwise:
//
//	outcome, err := counters.OnConflict(CounterName).Update(CounterHits.SetTo(prom.Plus(CounterHits, prom.Excluded(CounterHits)))).Create(ctx, &c)
func (r *Repo[T]) OnConflict(fields ...Columner) *Conflict[T] {
	return (*Conflict[T])(unsafe.Pointer(r.core.OnConflict(columnersAt(fields))))
}

// DoNothing does not change an existing row (DO NOTHING).
func (c *Conflict[T]) DoNothing() *Conflict[T] {
	return (*Conflict[T])(unsafe.Pointer(c.core.DoNothing()))
}

// Update assigns new values to an existing row (DO UPDATE SET). In the assignments, fields are the values of the
// existing row, and [Excluded] gives the values that could not be inserted. Update sets the updated column to the
// present time and increments the version, unless they are assigned.
func (c *Conflict[T]) Update(assigns ...Assign[*T]) *Conflict[T] {
	return (*Conflict[T])(unsafe.Pointer(c.core.Update(assignsAt(unsafe.Pointer(&assigns)))))
}

// UpdateAll updates all columns of an existing row, except the key, the time of creation and the fields of the conflict
// target. It is the default.
func (c *Conflict[T]) UpdateAll() *Conflict[T] {
	return (*Conflict[T])(unsafe.Pointer(c.core.UpdateAll()))
}

// Where updates an existing row only if all conditions are true, and does not change it otherwise. In the conditions,
// fields are the values of the existing row, and [Excluded] gives the values that could not be inserted.
func (c *Conflict[T]) Where(conds ...Cond[*T]) *Conflict[T] {
	return (*Conflict[T])(unsafe.Pointer(c.core.Where(condsAt(unsafe.Pointer(&conds)))))
}

// Create inserts v, or handles the conflict, and returns which of them it did. Then v holds the stored row. If the
// existing row was not changed, v does not change either. A conflict in another unique index is ErrUnique.
//
// Create calls the model's hooks in the order BeforeSave, Validate, AfterSave, and no others, because only the database
// knows whether it inserts or updates. The hooks and the insert are one transaction; if the existing row was not
// changed, it is rolled back.
func (c *Conflict[T]) Create(ctx context.Context, v *T) (outcome Outcome, err error) {
	o, err := c.core.Create(ctx, unsafe.Pointer(v))
	return Outcome(o), err
}

// CreateMany is Create for any number of values, all or none. It returns the outcome of each value. Each value whose
// row was not left unchanged holds the stored row, with its key. If it fails, the values do not change, and the error
// is a [*ValueError] with the index of the value.
//
// Hundreds of values are one statement. In some cases the values are inserted one by one, in one transaction, in
// pipelined batches: with hooks or conditions; if the values are not all inserted with the same columns; and if a value
// occurs twice, which then conflicts with itself.
func (c *Conflict[T]) CreateMany(ctx context.Context, vs []T) ([]Outcome, error) {
	return outcomesOf(c.core.CreateMany(ctx, listAt(unsafe.Pointer(&vs))))
}

// outcomesOf returns outcomes of the core as those of this package, which are the same numbers.
func outcomesOf(list []core.Outcome, err error) ([]Outcome, error) {
	return *(*[]Outcome)(unsafe.Pointer(&list)), valueError(err)
}
