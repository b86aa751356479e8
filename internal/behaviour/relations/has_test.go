package relations_test

import (
	"context"
	"errors"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// namesOf reads the names of the writers of a query, in their order.
func namesOf(t *testing.T, q *prom.Query[Writer]) string {
	t.Helper()
	list, err := q.OrderBy(writerName.Asc()).All(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, w := range list {
		text += w.Name + " "
	}
	return text
}

// Ensure that rows are chosen by the rows that refer to them and that they refer to, to any depth, and that tables
// which only a condition needs are made. parity: Q17 M24 A6 B22
func TestHasRelated(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		db := kit.Open(t, e.DSN)
		s := newShelf(db)
		deep := writerEssays.Has(essayRemarks.Has(remarkBy.Has(writerName.Eq("cid"))))
		if got := namesOf(t, s.writers.Where(deep)); got != "" {
			t.Fatal(got)
		}
		s.fill(context.Background(), t)
		for i, tt := range []struct {
			cond prom.Cond[*Writer]
			want string
		}{
			{writerEssays.Has(), "ada bob "},
			{prom.Not(writerEssays.Has()), "cid "},
			{writerEssays.Has(essayScore.Gt(6)), "ada "},
			{prom.Not(writerEssays.Has(essayScore.Gt(6))), "bob cid "},
			{writerEssays.Where(essayScore.Gt(6)).OrderBy(essayTitle.Asc()).Has(essayTitle.Eq("a1")), ""},
			{writerEdited.Has(), "bob "}, // the other of two references
			{writerEdited.Has(essayWriter.Has(writerName.Eq("ada"))), "bob "},
			{writerEssays.Has(prom.Not(essayEditor.Has())), "ada bob "},
			{deep, "ada "},
			{prom.Not(deep), "bob cid "},
			{prom.Or(writerEdited.Has(), prom.Not(writerEssays.Has())), "bob cid "},
			{writerRemarks.Has(remarkEssay.Has(essayWriter.Has(writerRemarks.Has(remarkText.Eq("long"))))), "bob cid "},
			{writerEssays.Count().Eq(4), "ada "},
			{writerEssays.Count().Eq(0), "cid "},
			{writerEssays.Count(essayScore.Lt(3)).Gte(1), "ada bob "},
			{writerEssays.Count(essayRemarks.Has()).Eq(1), "ada bob "},
			{prom.AggregateOf(writerEssays, prom.Sum(essayScore)).Eq(21), "ada "},
			{prom.AggregateOf(writerEssays.Where(essayTitle.Ne("a2")), prom.Max(essayScore)).Eq(7), "ada "},
			{prom.AggregateOf(writerEssays, prom.Min(essayTitle)).IsNull(), "cid "},
		} {
			if got := namesOf(t, s.writers.Where(tt.cond)); got != tt.want {
				t.Errorf("%d: got %s, want %s", i, got, tt.want)
			}
		}
		is := is.New(t)
		ctx := context.Background()
		counts, err := prom.Pluck2(s.writers.OrderBy(writerEssays.Count().Desc(), writerName.Asc()), writerName,
			writerEssays.Count(essayScore.Gt(2))).All(ctx)
		is.NoErr(err)
		is.Equal(len(counts), 3)
		is.Equal(counts[0].A, "ada")
		is.Equal(counts[0].B, int64(3))
		is.Equal(counts[2].B, int64(0))

		n, err := s.writers.Where(prom.Not(writerEssays.Has())).Delete(ctx) // cid, with his remark
		is.NoErr(err)
		is.Equal(n, 1)
		n, err = s.essays.Where(essayRemarks.Has(remarkBy.Has(writerName.Eq("bob")))).Update(ctx, essayScore.Set(100))
		is.NoErr(err)
		is.Equal(n, 1)
		_, err = s.writers.Where(writerEssays.Limit(3).Has()).All(ctx)
		is.True(errors.Is(err, prom.ErrValidation))
		_, err = s.writers.OrderBy(writerEssays.Limit(3).Count().Asc()).All(ctx)
		is.True(errors.Is(err, prom.ErrValidation))

		// The rows of a relation are chosen by their own relations.
		list, err := s.writers.Where(writerName.Eq("ada")).With(writerEssays.Where(essayRemarks.Has()).OrderBy(essayRemarks.Count().Desc()).Limit(1)).All(ctx)
		is.NoErr(err)
		is.Equal(titles(list[0].Essays.Rows()), "a1 ")
		list, err = s.writers.OrderBy(writerName.Asc()).With(writerEssays.Where(prom.Not(essayEditor.Has())).OrderBy(essayRemarks.Count().Asc(), essayTitle.Asc()).Limit(1)).All(ctx)
		is.NoErr(err)
		is.Equal(titles(list[0].Essays.Rows()), "a3 ")
		is.Equal(titles(list[1].Essays.Rows()), "b1 ")
	})
}

// Ensure that rows are chosen and counted through a join model, also of the model itself.
// parity: M27
func TestHasVia(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		swimmers, mates := prom.NewRepo[Swimmer](prom.Using(db)), prom.NewRepo[Mateship](prom.Using(db))
		n, err := swimmers.Where(swimmerMates.Has()).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 0)
		ann, ben, cat := kit.MustCreate(t, swimmers, Swimmer{Name: "ann"}), kit.MustCreate(t, swimmers,
			Swimmer{Name: "ben"}), kit.MustCreate(t, swimmers, Swimmer{Name: "cat"})
		for _, m := range []Mateship{
			{One: prom.RefTo(ann), Other: prom.RefTo(ben)}, {One: prom.RefTo(ann),
				Other: prom.RefTo(cat)}, {One: prom.RefTo(cat), Other: prom.RefTo(ben)},
		} {
			kit.MustCreate(t, mates, m)
		}
		for i, tt := range []struct {
			cond prom.Cond[*Swimmer]
			want string
		}{
			{swimmerMates.Has(), "ann cat "},
			{prom.Not(swimmerMates.Has()), "ben "},
			{swimmerMatesOf.Has(swimmerName.Eq("cat")), "ben "},
			{swimmerMates.Has(swimmerMates.Has(swimmerName.Eq("ben"))), "ann "},
			{swimmerMates.WhereThrough(mateshipOther.Eq(ben.ID)).Has(), "ann cat "},
			{swimmerMates.Where(swimmerName.Eq("cat")).Has(), "ann "},
			{swimmerMates.Count().Eq(2), "ann "},
			{swimmerMates.Count(swimmerName.Gt("b")).Eq(1), "cat "},
		} {
			list, err := swimmers.Where(tt.cond).OrderBy(swimmerName.Asc()).All(ctx)
			is.NoErr(err)
			got := ""
			for _, s := range list {
				got += s.Name + " "
			}
			if got != tt.want {
				t.Errorf("%d: got %s, want %s", i, got, tt.want)
			}
		}
	})
}

// Ensure that a join table that nobody else knows is made when a relation is loaded through it.
// parity: A6
func TestWithViaMissing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		tapes, songs := prom.NewRepo[Mixtape](prom.Using(db)), prom.NewRepo[Song](prom.Using(db))
		kit.MustCreate(t, tapes, Mixtape{Name: "one"})
		kit.MustCreate(t, songs, Song{Name: "a"})
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			list, err := tapes.With(mixtapeSongs).All(ctx)
			is.NoErr(err)
			is.True(list[0].Songs.Loaded())
			return nil
		}))
		kit.RolledBack(t, db, func(ctx context.Context) {
			list, err := songs.With(songMixtapes).All(ctx)
			is.NoErr(err)
			is.True(list[0].Mixtapes.Loaded())
		})
	})
}
