package relations_test

import (
	"context"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that rows, pages by row and groups are ordered by the key that a reference holds, without a join, NULLs as
// everywhere, for keys that are numbers and texts.
func TestOrderByReference(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		s := newShelf(db)
		ada, bob := kit.MustIn(ctx, t, s.writers, Writer{Name: "ada"}), kit.MustIn(ctx, t, s.writers, Writer{Name: "bob"})
		is.NoErr(s.essays.CreateMany(ctx, []Essay{
			{Title: "a", Writer: prom.RefTo(bob), Editor: new(prom.RefTo(ada))},
			{Title: "b", Writer: prom.RefTo(ada), Editor: new(prom.RefTo(bob))},
			{Title: "c", Writer: prom.RefTo(bob)},
		}))
		q := s.essays.Query()
		for want, orders := range map[string][]prom.Order[*Essay]{
			"bac": {essayWriter.Asc(), essayTitle.Asc()},
			"acb": {essayWriter.Desc(), essayTitle.Asc()},
			"abc": {essayEditor.Asc()},
			"cba": {essayEditor.Desc()},
			"cab": {essayEditor.Asc().NullsFirst()},
		} {
			titles, err := prom.Pluck(q.OrderBy(orders...), essayTitle).All(ctx)
			is.NoErr(err)
			is.Equal(strings.Join(titles, ""), want)
			paged := ""
			for token, more := "", true; more; more = token != "" {
				page, err := q.OrderBy(orders...).KeysetPage(ctx, token, 1)
				is.NoErr(err)
				paged += page.Rows[0].Title
				token = page.Next
			}
			is.Equal(paged, want)
		}
		sql, _, err := q.OrderBy(essayWriter.Asc()).SQL()
		is.NoErr(err)
		is.True(!strings.Contains(sql, "JOIN"))
		groups, err := prom.Pluck2(q, essayWriter, prom.Count(essay)).OrderBy(essayWriter.Desc()).All(ctx)
		is.NoErr(err)
		is.Equal(groups, []prom.Pair[int64, int64]{{A: bob.ID, B: 2}, {A: ada.ID, B: 1}})

		nations, towns := prom.NewRepo[Nation](prom.Using(db)), prom.NewRepo[Town](prom.Using(db))
		kit.MustIn(ctx, t, nations, Nation{Code: "NO", Name: "Norway"})
		kit.MustIn(ctx, t, nations, Nation{Code: "IS", Name: "Iceland"})
		for _, town := range []Town{
			{Name: "Oslo", Nation: prom.NewRefBy[Nation]("NO")},
			{Name: "Akureyri", Nation: prom.NewRefBy[Nation]("IS")},
		} {
			is.NoErr(towns.Create(ctx, &town))
		}
		names, err := prom.Pluck(towns.OrderBy(townNation.Asc()), townName).All(ctx)
		is.NoErr(err)
		is.Equal(names, []string{"Akureyri", "Oslo"})
	})
}
