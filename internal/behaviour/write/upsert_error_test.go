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

// shelf has a key of two columns, and is not a prom.Model.
type shelf struct {
	Room string `prom:"key,size=1..9"`
	No   int    `prom:"key"`
	Note string `prom:"max=5"`
}

type shelfBook struct {
	ID    int64 `prom:"key"`
	Room  string
	No    int
	Shelf prom.CompositeRef[shelf] `prom:"on='room, no',ondelete=restrict"`
	Next  *prom.Ref[shelfBook]     `prom:"ondelete=no action"`
}

var (
	shelfOf   = prom.Proto[shelf]()
	shelfRoom = prom.TextOf(shelfOf, &shelfOf.Room)
	shelfNo   = prom.NumberOf(shelfOf, &shelfOf.No)
)

// Ensure that an upsert of a composite key with a zero in it says so and takes the key when it is named, that errors of
// Save name Save, and that the error of a row which others refer to says what to do, on both engines alike.
func TestErrorsNameTheCall(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		shelves, books := prom.NewRepo[shelf](prom.Using(db)), prom.NewRepo[shelfBook](prom.Using(db))
		zero := shelf{Room: "a"}
		err := shelves.Upsert(ctx, &zero)
		is.True(errors.Is(err, prom.ErrValidation))
		is.True(strings.Contains(err.Error(), "none of room+no is set; of room+no, no is zero: name its fields as the conflict target"))
		is.NoErr(shelves.Upsert(ctx, &zero, shelfRoom, shelfNo))
		zero.Note = "b"
		is.NoErr(shelves.Save(ctx, &zero))
		got, err := shelves.Where(shelfRoom.Eq("a"), shelfNo.Eq(0)).First(ctx)
		is.NoErr(err)
		is.Equal(got.Note, "b")

		var named *prom.Error
		err = shelves.Save(ctx, &shelf{Room: "a", Note: "too long"})
		is.True(errors.As(err, &named))
		is.Equal(named.Op, "save")
		is.True(!strings.Contains(err.Error(), "upsert"))
		err = shelves.Upsert(ctx, &shelf{Room: "a", No: 1, Note: "too long"})
		is.True(errors.As(err, &named))
		is.Equal(named.Op, "upsert")
		is.NoErr(books.Install(ctx))
		err = books.Save(ctx, &shelfBook{ID: 1, Room: "none", No: 1})
		is.True(errors.Is(err, prom.ErrForeignKey))
		is.True(strings.HasPrefix(err.Error(), "prom: save shelf_book: "))
		is.True(!strings.Contains(err.Error(), "other rows refer"))

		is.NoErr(books.Save(ctx, &shelfBook{ID: 1, Room: "a"}))
		first := prom.NewRef[shelfBook](int64(1))
		is.NoErr(books.Save(ctx, &shelfBook{ID: 2, Room: "a", Next: &first}))
		_, byQuery := shelves.Where(shelfRoom.Eq("a")).Delete(ctx)
		for _, err := range []error{shelves.Delete(ctx, got), byQuery, books.Delete(ctx, &shelfBook{ID: 1, Room: "a"}),
			db.Tx(ctx, func(ctx context.Context) error { return shelves.Delete(ctx, got) })} {
			is.True(errors.Is(err, prom.ErrForeignKey))
			is.True(strings.Contains(err.Error(), "other rows refer to the row: delete or change them first, or give their reference"))
		}
	})
}
