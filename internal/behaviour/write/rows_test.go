package write_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

var item = prom.Proto[kit.Item]()

// Ensure that updates and deletes by query return the rows that they changed, as values that were loaded.
// parity: Q39 Q40 Q43 M10
func TestWritesReturnRows(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := kit.Items(kit.Open(t, e.DSN))
		// of a table that is not there
		none, err := prom.UpdateReturning(ctx, repo.Where(kit.ItemNo.Eq(1)), kit.ItemNo.Add(1))
		is.NoErr(err)
		is.Equal(len(none), 0)
		is.NoErr(repo.CreateMany(ctx, kit.ManyItems(300)))
		list, err := prom.UpdateReturning(ctx, repo.Where(kit.ItemNo.Lt(200)),
			kit.ItemNo.SetTo(prom.Plus(kit.ItemNo, prom.Val(item, 1000))))
		is.NoErr(err)
		is.Equal(len(list), 200)
		for i := range list {
			if v := &list[i]; v.No < 1000 || v.IsNew() || len(repo.Modified(v)) > 0 || !v.Updated.After(v.Created) {
				t.Fatalf("row %d came back as %+v", i, *v)
			}
		}
		list[0].No = -5
		is.NoErr(repo.Save(ctx, &list[0]))

		gone, err := prom.DeleteReturning(ctx, repo.Where(kit.ItemNo.Lt(0)))
		is.NoErr(err)
		is.True(len(gone) == 1 && gone[0].Name == list[0].Name && gone[0].IsNew())
		is.NoErr(repo.Save(ctx, &gone[0])) // it is inserted again
		count, err := repo.Count(ctx)
		is.NoErr(err)
		is.Equal(count, 300)
		for _, err := range []error{kit.ErrOf(prom.UpdateReturning(ctx, repo.Query(), kit.ItemNo.Add(1))),
			kit.ErrOf(prom.DeleteReturning(ctx, repo.Query())),
			kit.ErrOf(prom.DeleteReturning(ctx, repo.WithoutWhere().Limit(1))), kit.ErrOf(prom.UpdateReturning(ctx,
				repo.WithoutWhere()))} {
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
	digest        = prom.Proto[Digest]()
	archive       = prom.Proto[Archive]()
	smallDigest   = prom.Proto[SmallDigest]()
	DigestName    = prom.TextOf(digest, &digest.Name)
	DigestItems   = prom.NumberOf(digest, &digest.Items)
	DigestNote    = prom.NullTextOf(digest, &digest.Note)
	ArchiveTitle  = prom.TextOf(archive, &archive.Title)
	DigestSmall   = prom.NumberOf(smallDigest, &smallDigest.Items)
	ItemID        = prom.NumberOf(item, &item.ID)
	SmallDigestNo = prom.NumberOf(smallDigest, &smallDigest.No)
)

// SmallDigest has a column that not every number fits.
type SmallDigest struct {
	No    int `prom:"key"`
	Items int16
}

// Ensure that the rows of a query are inserted into another table, which has what its columns have in new rows, and
// that both tables are made. parity: Q39 Q43 Q44 A6 B20
func TestCopy(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo, digests := kit.Items(db), prom.NewRepo[Digest](prom.Using(db))
		n, err := prom.InsertSelect(ctx, digests, repo.Query(), prom.To(DigestName, kit.ItemName),
			prom.To(DigestItems, ItemID))
		is.NoErr(err)
		is.Equal(n, 0)
		is.NoErr(repo.CreateMany(ctx, kit.ManyItems(20)))
		q := repo.Where(kit.ItemNo.Lt(15)).OrderBy(kit.ItemNo.Desc()).Limit(10)
		n, err = prom.InsertSelect(ctx, digests, q,
			prom.To(DigestName, prom.Concat(prom.Val(item, "copy of "), kit.ItemName)), prom.To(DigestItems, ItemID),
			prom.To(DigestNote, kit.ItemName))
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
		n, err = prom.InsertSelect(ctx, digests, prom.Union(repo.Where(kit.ItemNo.Lt(2)), repo.Where(kit.ItemNo.Eq(3))),
			prom.To(DigestName, kit.ItemName), prom.To(DigestItems, ItemID))
		is.NoErr(err)
		is.Equal(n, 3)
		_, err = prom.InsertSelect(ctx, digests, q, prom.To(DigestName, kit.ItemName), prom.To(DigestItems, ItemID))
		is.NoErr(err)
		_, err = prom.InsertSelect(ctx, digests, q, prom.To(DigestName, kit.ItemName), prom.To(DigestItems, ItemID))
		is.True(errors.Is(err, prom.ErrUnique))
	})
}

// Ensure that a copy that would leave a column without a value that it needs is an error before any SQL, and that a
// value that does not fit is one of the database.
func TestCopyErrors(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		var log kit.Statements
		db := kit.Open(t, e.DSN, log.Option())
		repo, archive, digests := kit.Items(db), prom.NewRepo[Archive](prom.Using(db)), prom.NewRepo[Digest](prom.Using(db))
		name := prom.To(DigestName, kit.ItemName)
		missing := kit.ErrOf(prom.InsertSelect(ctx, digests, repo.Query(), name))
		is.True(strings.Contains(missing.Error(), "no mapping for Items"))
		for _, err := range []error{
			missing, kit.ErrOf(prom.InsertSelect(ctx, digests, repo.Query())), kit.ErrOf(prom.InsertSelect(ctx, digests,
				repo.Query(), name, name)),
			// the key is made in Go
			kit.ErrOf(prom.InsertSelect(ctx, archive, repo.Query(), prom.To(ArchiveTitle, kit.ItemName))),
			kit.ErrOf(prom.InsertSelect(ctx, digests, repo.Limit(-1), name, prom.To(DigestItems, ItemID))),
		} {
			is.True(errors.Is(err, prom.ErrValidation))
		}
		is.Equal(len(log.Take()), 0)

		kit.MustCreate(t, repo, kit.Item{Name: "a", No: 30_000})
		small := prom.NewRepo[SmallDigest](prom.Using(db))
		tooMuch := prom.RawExpr[int16](item, "no * 2")
		_, err := prom.InsertSelect(ctx, small, repo.Query(), prom.To(SmallDigestNo, kit.ItemNo),
			prom.To(DigestSmall, tooMuch))
		is.True(errors.Is(err, prom.ErrType))
		other, err := prom.Open("sqlite://:memory:#copy_" + e.Name)
		is.NoErr(err)
		defer other.Close()
		_, err = prom.InsertSelect(ctx, digests, kit.Items(other).Query(), name, prom.To(DigestItems, ItemID))
		is.True(errors.Is(err, prom.ErrValidation)) // it is in another database
	})
}
