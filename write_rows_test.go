package prom_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that updates and deletes by query return the rows that they changed, as values that were loaded.
// parity: Q39 Q40 Q43 M10
func TestWritesReturnRows(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := items(open(t, e.DSN))
		none, err := repo.Where(ItemNo.Eq(1)).UpdateReturning(ctx, ItemNo.Add(1)) // of a table that is not there
		is.NoErr(err)
		is.Equal(len(none), 0)
		is.NoErr(repo.CreateMany(ctx, manyItems(300)))
		list, err := repo.Where(ItemNo.Lt(200)).UpdateReturning(ctx, ItemNo.SetTo(prom.Plus(ItemNo, prom.Val[Item](1000))))
		is.NoErr(err)
		is.Equal(len(list), 200)
		for i := range list {
			if v := &list[i]; v.No < 1000 || v.IsNew() || len(repo.Modified(v)) > 0 || !v.Updated.After(v.Created) {
				t.Fatalf("row %d came back as %+v", i, *v)
			}
		}
		list[0].No = -5
		is.NoErr(repo.Save(ctx, &list[0]))

		gone, err := repo.Where(ItemNo.Lt(0)).DeleteReturning(ctx)
		is.NoErr(err)
		is.True(len(gone) == 1 && gone[0].Name == list[0].Name && gone[0].IsNew())
		is.NoErr(repo.Save(ctx, &gone[0])) // it is inserted again
		count, err := repo.Count(ctx)
		is.NoErr(err)
		is.Equal(count, 300)
		for _, err := range []error{errOf(repo.Query().UpdateReturning(ctx, ItemNo.Add(1))), errOf(repo.Query().DeleteReturning(ctx)),
			errOf(repo.AllRows().Limit(1).DeleteReturning(ctx)), errOf(repo.AllRows().UpdateReturning(ctx))} {
			is.True(errors.Is(err, prom.ErrValidation))
		}
	})
}

// Archive takes over items.
type Archive struct {
	prom.UUIDModel
	Title   string
	No      *int
	Source  string `prom:"default=items"`
	Version int    `prom:"version"`
}

// Digest has a key that the database makes, and what it is about.
type Digest struct {
	prom.Model
	Name  string `prom:"unique"`
	Items int64
	Note  *string
	Kind  string `prom:"default=sum"`
}

var (
	DigestName    = prom.TextOf(func(d *Digest) *string { return &d.Name })
	DigestItems   = prom.NumberOf(func(d *Digest) *int64 { return &d.Items })
	DigestNote    = prom.NullTextOf(func(d *Digest) **string { return &d.Note })
	ArchiveTitle  = prom.TextOf(func(a *Archive) *string { return &a.Title })
	DigestSmall   = prom.NumberOf(func(d *SmallDigest) *int16 { return &d.Items })
	ItemID        = prom.NumberOf(func(i *Item) *int64 { return &i.ID })
	SmallDigestNo = prom.NumberOf(func(d *SmallDigest) *int { return &d.No })
)

// SmallDigest has a column that not every number fits.
type SmallDigest struct {
	No    int `prom:"key"`
	Items int16
}

// Ensure that the rows of a query are inserted into another table, which has what its columns have in new rows, and that both tables are
// made.
// parity: Q39 Q43 Q44 A6 B20
func TestCopy(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		repo, digests := items(db), prom.NewRepo[Digest](prom.Using(db))
		n, err := prom.Copy(ctx, digests, repo.Query(), prom.To(DigestName, ItemName), prom.To(DigestItems, ItemID))
		is.NoErr(err)
		is.Equal(n, 0)
		is.NoErr(repo.CreateMany(ctx, manyItems(20)))
		q := repo.Where(ItemNo.Lt(15)).OrderBy(ItemNo.Desc()).Limit(10)
		n, err = prom.Copy(ctx, digests, q, prom.To(DigestName, prom.Concat(prom.Val[Item]("copy of "), ItemName)), prom.To(DigestItems, ItemID),
			prom.To(DigestNote, ItemName))
		is.NoErr(err)
		is.Equal(n, 10)
		list, err := digests.OrderBy(DigestItems.Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(len(list), 10)
		first := list[0]
		is.True(first.ID > 0 && !first.Created.IsZero() && first.Updated.Equal(first.Created))
		is.Equal(first.Name, "copy of item 5")
		is.Equal(*first.Note, "item 5")
		is.Equal(first.Kind, "sum")
		n, err = prom.Copy(ctx, digests, repo.Where(ItemNo.Lt(2)).Union(repo.Where(ItemNo.Eq(3))), prom.To(DigestName, ItemName), prom.To(DigestItems, ItemID))
		is.NoErr(err)
		is.Equal(n, 3)
		_, err = prom.Copy(ctx, digests, q, prom.To(DigestName, ItemName), prom.To(DigestItems, ItemID))
		is.NoErr(err)
		_, err = prom.Copy(ctx, digests, q, prom.To(DigestName, ItemName), prom.To(DigestItems, ItemID))
		is.True(errors.Is(err, prom.ErrUnique))
	})
}

// Ensure that a copy that would leave a column without a value that it needs is an error before any SQL, and that a value that does not
// fit is one of the database.
func TestCopyErrors(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		var log statements
		db := open(t, e.DSN, log.option())
		repo, archive, digests := items(db), prom.NewRepo[Archive](prom.Using(db)), prom.NewRepo[Digest](prom.Using(db))
		name := prom.To(DigestName, ItemName)
		missing := errOf(prom.Copy(ctx, digests, repo.Query(), name))
		is.True(strings.Contains(missing.Error(), "nothing is mapped to Items"))
		for _, err := range []error{
			missing, errOf(prom.Copy(ctx, digests, repo.Query())), errOf(prom.Copy(ctx, digests, repo.Query(), name, name)),
			errOf(prom.Copy(ctx, archive, repo.Query(), prom.To(ArchiveTitle, ItemName))), // the key is made in Go
			errOf(prom.Copy(ctx, digests, repo.Limit(-1), name, prom.To(DigestItems, ItemID))),
		} {
			is.True(errors.Is(err, prom.ErrValidation))
		}
		is.Equal(len(log.take()), 0)

		mustCreate(t, repo, Item{Name: "a", No: 30_000})
		small := prom.NewRepo[SmallDigest](prom.Using(db))
		tooMuch := prom.RawExpr[Item, int16]("no * 2")
		_, err := prom.Copy(ctx, small, repo.Query(), prom.To(SmallDigestNo, ItemNo), prom.To(DigestSmall, tooMuch))
		is.True(errors.Is(err, prom.ErrType))
		other, err := prom.Open("sqlite://:memory:#copy_" + e.Name)
		is.NoErr(err)
		defer other.Close()
		_, err = prom.Copy(ctx, digests, items(other).Query(), name, prom.To(DigestItems, ItemID))
		is.True(errors.Is(err, prom.ErrValidation)) // it is in another database
	})
}
