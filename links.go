package prom

import (
	"context"
	"unsafe"

	"github.com/prom-go/prom/internal/core"
)

// Links is what connects one row with rows of R: the rows of a join model that refer to it. Its methods add and remove
// such connections without touching the rows at their ends. It is a value that holds the row's address, and is made
// where it is used.
type Links[R any] struct {
	_    [0]func(*R)
	core core.Links
}

// LinksOf returns the links of a row of the repo, by a many-to-many relation without conditions, order or limits of its
// own. Of the row the key counts, which it must have: it was loaded or saved, or its key was set.
//
//	added, err := prom.LinksOf(recitals, recitalPoems, &recital).Add(ctx, poem, other)
//
// The join model's other columns are what they are in a new value of it; to say more about a connection, create the row
// by a repo of the join model. A row of the join model is created as Create does it, with its rules and hooks, and
// deleted as [Query.Delete] does, softly if it has a field that has the tag option deleted, and without hooks. What the
// row has loaded of the relation stays as it is; [Query.LoadInto] loads it anew.
//
// Where the key of the join model, or a unique index of it, is the pair of references, nobody can connect two rows
// twice; give it one. Without, links are kept apart by a lock on the row, which binds only those who use Links.
func LinksOf[T, R, L any](r *Repo[T], relation *ManyToManyField[*T, *R, *L], row *T) Links[R] {
	return Links[R]{core: core.LinksOf(r.core, &relation.core, unsafe.Pointer(row))}
}

// Add connects the row with others, and returns how many it was not connected with before. All of them are connected,
// or none: the error of one, such as a value without a key or [ErrForeignKey] for a row that is not there, may be a
// [*ValueError] with its number.
func (l Links[R]) Add(ctx context.Context, rows ...*R) (added int, err error) {
	added, err = l.core.Add(ctx, *(*[]unsafe.Pointer)(unsafe.Pointer(&rows)), nil)
	return added, valueError(err)
}

// AddKeys is [Links.Add] by the keys of the rows.
func (l Links[R]) AddKeys(ctx context.Context, keys ...any) (added int, err error) {
	added, err = l.core.Add(ctx, nil, keys)
	return added, valueError(err)
}

// Remove ends the connections with rows, in one statement, and returns how many there were. Rows that were not
// connected are no error.
func (l Links[R]) Remove(ctx context.Context, rows ...*R) (removed int, err error) {
	removed, err = l.core.Remove(ctx, *(*[]unsafe.Pointer)(unsafe.Pointer(&rows)), nil)
	return removed, valueError(err)
}

// RemoveKeys is [Links.Remove] by the keys of the rows.
func (l Links[R]) RemoveKeys(ctx context.Context, keys ...any) (removed int, err error) {
	removed, err = l.core.Remove(ctx, nil, keys)
	return removed, valueError(err)
}

// Set connects the row with the given rows and no others, in one transaction: connections with others end, those that
// there are stay as they are, and the rest is added. With no rows all of them end. Of those who set the links of one
// row at the same moment one comes after the other. A row that is gone is [ErrNotFound].
func (l Links[R]) Set(ctx context.Context, rows ...*R) (added, removed int, err error) {
	added, removed, err = l.core.Set(ctx, *(*[]unsafe.Pointer)(unsafe.Pointer(&rows)), nil)
	return added, removed, valueError(err)
}

// SetKeys is [Links.Set] by the keys of the rows.
func (l Links[R]) SetKeys(ctx context.Context, keys ...any) (added, removed int, err error) {
	added, removed, err = l.core.Set(ctx, nil, keys)
	return added, removed, valueError(err)
}
