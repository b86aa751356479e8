package prom

import (
	"context"
	"unsafe"

	"github.com/prom-go/prom/internal/core"
)

// Links are the rows of a join model that link one row to rows of R. Its methods add and remove such links, and do not
// change the linked rows. It holds the address of the row: create it where you use it, and do not store it.
type Links[R any] struct {
	_    [0]func(*R)
	core core.Links
}

// LinksOf returns the links of a row of the repo. The relation must be many-to-many, without conditions, order or
// limits. The row must have a key: it was loaded or saved, or its key was set. Nothing else of the row is used.
//
//	added, err := prom.LinksOf(recitals, recitalPoems, &recital).Add(ctx, poem, other)
//
// The other columns of the join model have the values of a new value. To set them, create the row with a repo of the
// join model. Links creates rows of the join model as Create does, with its rules and hooks. It deletes them as
// [Query.Delete] does, without hooks; it soft-deletes them if the join model has a field with the tag option deleted.
// Links does not change the rows that are loaded in the relation of the row; [Query.LoadInto] loads them again.
//
// If the pair of references is the primary key of the join model, or has a unique index, two rows can never be linked
// twice: declare one of them. Otherwise Links locks the row to prevent duplicates, which only works between users of
// Links.
func LinksOf[T, R, L any](r *Repo[T], relation *ManyToManyField[*T, *R, *L], row *T) Links[R] {
	return Links[R]{core: core.LinksOf(r.core, &relation.core, unsafe.Pointer(row))}
}

// Add links the row to other rows, and returns the number of new links. It links all of them or none. An error of one
// row, such as a value without a key, or [ErrForeignKey] for a row that does not exist, may be a [*ValueError] with its
// index.
func (l Links[R]) Add(ctx context.Context, rows ...*R) (added int, err error) {
	added, err = l.core.Add(ctx, *(*[]unsafe.Pointer)(unsafe.Pointer(&rows)), nil)
	return added, valueError(err)
}

// AddKeys is [Links.Add] with the keys of the rows.
func (l Links[R]) AddKeys(ctx context.Context, keys ...any) (added int, err error) {
	added, err = l.core.Add(ctx, nil, keys)
	return added, valueError(err)
}

// Remove deletes the links to rows, in one statement, and returns the number of deleted links. Rows that are not linked
// are not an error.
func (l Links[R]) Remove(ctx context.Context, rows ...*R) (removed int, err error) {
	removed, err = l.core.Remove(ctx, *(*[]unsafe.Pointer)(unsafe.Pointer(&rows)), nil)
	return removed, valueError(err)
}

// RemoveKeys is [Links.Remove] with the keys of the rows.
func (l Links[R]) RemoveKeys(ctx context.Context, keys ...any) (removed int, err error) {
	removed, err = l.core.Remove(ctx, nil, keys)
	return removed, valueError(err)
}

// Set links the row to exactly the given rows, in one transaction: it deletes the links to other rows, keeps existing
// links, and adds the missing ones. Without rows it deletes all links. Concurrent calls of Set for the same row run one
// after the other. If the row does not exist, the error is [ErrNotFound].
func (l Links[R]) Set(ctx context.Context, rows ...*R) (added, removed int, err error) {
	added, removed, err = l.core.Set(ctx, *(*[]unsafe.Pointer)(unsafe.Pointer(&rows)), nil)
	return added, removed, valueError(err)
}

// SetKeys is [Links.Set] with the keys of the rows.
func (l Links[R]) SetKeys(ctx context.Context, keys ...any) (added, removed int, err error) {
	added, removed, err = l.core.Set(ctx, nil, keys)
	return added, removed, valueError(err)
}
