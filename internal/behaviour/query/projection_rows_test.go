package query_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Recipes by cooks, maybe after another cook, with tags and steps.
type (
	Cook struct {
		prom.Model
		Name    string
		Recipes prom.Many[Recipe] `prom:"via=by_id"`
		Count   int64             `prom:"computed"`
	}
	Recipe struct {
		prom.Model
		By    prom.Ref[Cook]  `prom:"by_id,index"`
		After *prom.Ref[Cook] `prom:"after_id"`
		Title string
		Stars *int
		Tags  prom.ManyToMany[Label, RecipeLabel]
		Steps prom.Many[Step]
	}
	Label struct {
		Name  string `prom:"key"`
		Upper string `prom:"computed"`
	}
	RecipeLabel struct {
		Recipe prom.Ref[Recipe]          `prom:"key"`
		Label  prom.RefBy[Label, string] `prom:"key,index"`
	}
	Step struct {
		prom.Model
		Recipe prom.Ref[Recipe] `prom:"index"`
		Text   string
	}

	// RecipeLine is what a list tells of a recipe.
	RecipeLine struct {
		Title  string
		Author string
		Steps  int64
		Nested struct{ By, After *Cook }
		Tags   []Label
		First  []Step
	}
	// CookLine is what a list tells of a cook's recipes.
	CookLine struct {
		Cook  *Cook
		Stars *int
		Count int64
	}
)

var (
	cook         = prom.Proto[Cook]()
	cookName     = prom.TextOf(cook, &cook.Name)
	cookRecipes  = prom.ManyOf(cook, &cook.Recipes)
	recipe       = prom.Proto[Recipe]()
	recipeID     = prom.NumberOf(recipe, &recipe.ID)
	recipeBy     = prom.RefOf(recipe, &recipe.By)
	recipeAfter  = prom.NullRefOf(recipe, &recipe.After)
	recipeTitle  = prom.TextOf(recipe, &recipe.Title)
	recipeStars  = prom.NullNumberOf(recipe, &recipe.Stars)
	recipeTags   = prom.ManyToManyOf(recipe, &recipe.Tags)
	recipeSteps  = prom.ManyOf(recipe, &recipe.Steps)
	label        = prom.Proto[Label]()
	labelName    = prom.TextOf(label, &label.Name)
	step         = prom.Proto[Step]()
	stepText     = prom.TextOf(step, &step.Text)
	recipeLine   = prom.Proto[RecipeLine]()
	cookLine     = prom.Proto[CookLine]()
	labelUpper   = prom.Col(&label.Upper, prom.Upper(labelName))
	cookCount    = prom.Col(&cook.Count, cookRecipes.Count())
	recipeColumn = []prom.Column[*Recipe]{
		prom.Col(&recipeLine.Title, recipeTitle),
		prom.Col(&recipeLine.Author, prom.Via(recipeBy, cookName)),
		prom.RefCol(&recipeLine.Nested.By, recipeBy.Compute(cookCount)),
		prom.RefCol(&recipeLine.Nested.After, recipeAfter),
		prom.ManyCol(&recipeLine.Tags, recipeTags.OrderBy(labelName.Asc()).Compute(labelUpper)),
		prom.ManyCol(&recipeLine.First, recipeSteps.OrderBy(stepText.Asc()).Limit(2)),
		prom.Col(&recipeLine.Steps, recipeSteps.Count()),
	}
)

// kitchen is a database of recipes: r0 to r9, by the cooks ada and bob in turn; each third one after bob, with as many
// steps as its number modulo 4, tagged by what divides its number of 2, 3 and 5, and by no stars or its number modulo
// 3.
type kitchen struct {
	cooks   *prom.Repo[Cook]
	recipes *prom.Repo[Recipe]
	log     *kit.Statements
}

func newKitchen(t *testing.T, e dbtest.Engine) kitchen {
	t.Helper()
	is := is.New(t)
	ctx := context.Background()
	log := new(kit.Statements)
	db := prom.Using(kit.Open(t, e.DSN, log.Option()))
	k := kitchen{prom.NewRepo[Cook](db), prom.NewRepo[Recipe](db), log}
	labels, links, steps := prom.NewRepo[Label](db), prom.NewRepo[RecipeLabel](db), prom.NewRepo[Step](db)
	cooks := []Cook{{Name: "ada"}, {Name: "bob"}, {Name: "cyd"}}
	is.NoErr(k.cooks.CreateMany(ctx, cooks))
	is.NoErr(labels.CreateMany(ctx, []Label{{Name: "d2"}, {Name: "d3"}, {Name: "d5"}}))
	bob := prom.RefTo(&cooks[1])
	for i := range 10 {
		r := Recipe{By: prom.RefTo(&cooks[i%2]), Title: fmt.Sprint("r", i)}
		if i%3 == 0 {
			r.After = &bob
		} else {
			r.Stars = new(i % 3)
		}
		is.NoErr(k.recipes.Create(ctx, &r))
		for _, n := range []int{2, 3, 5} {
			if i%n == 0 {
				is.NoErr(links.Create(ctx, &RecipeLabel{prom.RefTo(&r), prom.NewRefBy[Label](fmt.Sprint("d", n))}))
			}
		}
		for n := range i % 4 {
			is.NoErr(steps.Create(ctx, &Step{Recipe: prom.RefTo(&r), Text: fmt.Sprint("s", n)}))
		}
	}
	log.Take()
	return k
}

func (l *RecipeLine) right(t *testing.T) {
	t.Helper()
	i := int(l.Title[1] - '0')
	name := []string{"ada", "bob"}[i%2]
	tags := []string{}
	for _, n := range []int{2, 3, 5} {
		if i%n == 0 {
			tags = append(tags, fmt.Sprint("D", n))
		}
	}
	got := []string{}
	for _, label := range l.Tags {
		got = append(got, label.Upper)
	}
	by, after := l.Nested.By, l.Nested.After
	if l.Author != name || by == nil || by.Name != name || by.Count != 5 || (after == nil) != (i%3 != 0) ||
		after != nil && after.Name != "bob" ||
		!slices.Equal(got, tags) || l.Tags == nil || l.First == nil || len(l.First) != min(i%4, 2) || l.Steps != int64(i%4) ||
		len(l.First) > 0 && l.First[0].Text != "s0" {
		t.Errorf("%+v", l)
	}
}

// Ensure that results have the rows of relations, in one statement a relation, however they are read and paged.
func TestProjectionRelations(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		k := newKitchen(t, e)
		p := prom.Select(k.recipes.Where(recipeTitle.Lt("r8")), recipeLine, recipeColumn...).OrderBy(recipeTitle.Asc())
		all, err := p.All(ctx)
		is.NoErr(err)
		is.Equal(kit.Starting(k.log.Take(), "SELECT"), 5)
		is.Equal(len(all), 8)
		for i := range all {
			all[i].right(t)
		}
		is.True(all[0].Nested.By == all[2].Nested.By) // rows that are shared
		first, err := p.OrderBy(recipeTitle.Desc()).First(ctx)
		is.NoErr(err)
		first.right(t)
		page, err := p.PageAt(ctx, 3, 3)
		is.NoErr(err)
		is.True(page.Total == 8 && page.More && page.Number == 2 && page.Size == 3)
		is.True(same(page.Rows, all[3:6]))
		k.log.Take()
		numbered, err := p.Page(ctx, 3, 3, prom.WithoutTotal())
		is.NoErr(err)
		is.Equal(kit.Starting(k.log.Take(), "SELECT"), 5)
		is.True(!numbered.More && numbered.Total == 0)
		is.True(same(numbered.Rows, all[6:]))
		keyed, sizes := keysetPages(t, p, 3)
		is.Equal(sizes, []int{3, 3, 2})
		is.True(same(keyed, all))
		counted, err := p.Count(ctx)
		is.NoErr(err)
		is.Equal(counted, 8)
		none, err := p.Where(recipeTitle.Eq("x")).All(ctx)
		is.NoErr(err)
		is.Equal(len(none), 0)
		kit.RolledBack(t, must(k.recipes.DB()), func(ctx context.Context) {
			_, err := k.recipes.Where(recipeTitle.Eq("r0")).Delete(ctx)
			is.NoErr(err)
			rest, err := p.All(ctx)
			is.NoErr(err)
			is.True(len(rest) == 7 && rest[0].Title == "r1" && rest[1].Nested.By.Count == 4 && rest[0].Nested.By.Count == 5)
		})

		// A relation alone, and groups of the rows that references lead to.
		type tagged struct{ Tags []Label }
		to := prom.Proto[tagged]()
		alone, err := prom.Select(k.recipes.OrderBy(recipeID.Asc()), to, prom.ManyCol(&to.Tags, recipeTags)).All(ctx)
		is.NoErr(err)
		is.True(len(alone) == 10 && len(alone[6].Tags) == 2 && len(alone[7].Tags) == 0)
		groups := prom.Select(k.recipes.Query(), cookLine, prom.RefCol(&cookLine.Cook, recipeAfter),
			prom.Col(&cookLine.Count, prom.Count(recipe)))
		lines, err := groups.OrderBy(prom.Count(recipe).Desc()).All(ctx)
		is.NoErr(err)
		is.True(len(lines) == 2 && lines[0].Cook == nil && lines[0].Count == 6 && lines[1].Cook.Name == "bob" &&
			lines[1].Count == 4)
		grouped, err := groups.OrderBy(prom.Count(recipe).Asc()).PageAt(ctx, 1, 0)
		is.NoErr(err)
		is.True(grouped.Total == 2 && grouped.More && grouped.Rows[0].Cook.Name == "bob")
		distinct, err := prom.Select(k.recipes.Query(), cookLine, prom.RefCol(&cookLine.Cook, recipeBy)).Distinct().All(ctx)
		is.NoErr(err)
		is.True(len(distinct) == 2 && distinct[0].Cook.Name+distinct[1].Cook.Name != "bobbob")
	})
}

// same reports whether values are the same in JSON.
func same[V any](a, b V) bool { return string(must(json.Marshal(a))) == string(must(json.Marshal(b))) }

func must[V any](v V, err error) V {
	if err != nil {
		panic(err)
	}
	return v
}

// keysetPages reads all pages of a projection, forwards and back.
func keysetPages[T, R any](t *testing.T, p prom.Projection[T, R], size int) (all []R, sizes []int) {
	t.Helper()
	is := is.New(t)
	var list [][]R
	var backs []string
	for token := ""; ; {
		page, err := p.KeysetPage(context.Background(), token, size)
		is.NoErr(err)
		is.Equal(page.Prev != "", token != "")
		list, backs = append(list, page.Rows), append(backs, page.Prev)
		if token = page.Next; token == "" || len(list) > 100 {
			break
		}
	}
	for i := len(list) - 1; i > 0; i-- {
		page, err := p.KeysetPage(context.Background(), backs[i], size)
		is.NoErr(err)
		is.True(same(page.Rows, list[i-1]))
		is.Equal(page.Prev != "", i > 1)
		if i > 1 {
			backs[i-1] = page.Prev
		}
	}
	for _, rows := range list {
		all, sizes = append(all, rows...), append(sizes, len(rows))
	}
	return all, sizes
}

// Ensure that projections of every kind have keyset pages in orders by any terms: rows, groups, distinct results, those
// with functions of windows, and those of a limited query.
func TestProjectionKeyset(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		k := newKitchen(t, e)
		q := k.recipes.Query()
		steps, tags := recipeSteps.Count(), recipeTags.Count()
		stars := prom.OrNull(recipeStars)
		type line = prom.Triple[string, *int, int64]
		for name, p := range map[string]prom.Projection[Recipe, line]{
			"rows": prom.Pluck3(q, recipeTitle, stars, steps),
			"by terms": prom.Pluck3(q, recipeTitle, stars, steps).OrderBy(steps.Desc(),
				recipeStars.Asc().NullsFirst()),
			"by what is not selected": prom.Pluck3(q, recipeTitle, stars, steps).OrderBy(tags.Asc(),
				prom.Via(recipeAfter, cookName).Desc()),
			"in the query's order": prom.Pluck3(q.OrderBy(steps.Asc()), recipeTitle, stars, tags),
			"groups":               prom.Pluck3(q, prom.Via(recipeBy, cookName), stars, prom.Count(recipe)),
			"groups by aggregates": prom.Pluck3(q, prom.Via(recipeBy, cookName), stars,
				prom.Count(recipe)).OrderBy(prom.Count(recipe).Desc(), recipeStars.Desc()),
			"groups by aggregates of others": prom.Pluck3(q, prom.Via(recipeBy, cookName), stars, prom.Count(recipe)).
				OrderBy(prom.CountOf(recipeAfter).Asc()).Having(prom.Count(recipe).Gt(0)),
			"groups by more": prom.Pluck3(q, prom.Max(recipeTitle), prom.OrNull(prom.Min(recipeStars)),
				prom.Count(recipe)).GroupBy(steps, recipeBy),
			"distinct":    prom.Pluck3(q, prom.Via(recipeBy, cookName), stars, steps).Distinct(),
			"distinct by": prom.Pluck3(q, prom.Via(recipeBy, cookName), stars, steps).Distinct().OrderBy(steps.Desc()),
			"windows": prom.Pluck3(q, recipeTitle, stars,
				prom.RowNumber(prom.PartitionBy(recipeBy).OrderBy(recipeTitle.Desc()))),
			"by windows": prom.Pluck3(q, recipeTitle, stars,
				prom.Rank(prom.OrderWindow(recipeStars.Desc()))).OrderBy(prom.Rank(prom.OrderWindow(recipeStars.Desc())).Asc()),
			"a limited query": prom.Pluck3(q.OrderBy(recipeTitle.Desc()).Limit(7), recipeTitle, stars, steps),
			"groups of limits": prom.Pluck3(q.OrderBy(recipeTitle.Desc()).Limit(7).Offset(1), prom.Via(recipeBy, cookName),
				stars, prom.Count(recipe)),
			"soft conditions": prom.Pluck3(q, recipeTitle, stars, steps).Where(prom.Or(recipeStars.IsNull(), steps.Gt(0))),
			"distinct groups": prom.Pluck3(q, prom.Via(recipeBy, cookName), prom.OrNull(prom.Min(recipeStars)),
				prom.Count(recipe)).
				GroupBy(steps).Distinct(),
		} {
			all, err := p.All(context.Background())
			is.NoErr(err)
			texts := func(list []line) []string {
				var texts []string
				for _, l := range list {
					n := -1
					if l.B != nil {
						n = *l.B
					}
					texts = append(texts, fmt.Sprint(l.A, n, l.C))
				}
				return texts
			}
			for _, size := range []int{1, 3, 100} {
				got, sizes := keysetPages(t, p, size)
				a, b := texts(all), texts(got)
				slices.Sort(a)
				slices.Sort(b)
				if !slices.Equal(a, b) || slices.Max(sizes) > size {
					t.Errorf("%s: pages of %d have %v, and not %v", name, size, b, a)
				}
			}
			page, err := p.PageAt(context.Background(), 2, 1)
			is.NoErr(err)
			is.Equal(page.Total, len(all))
			is.Equal(len(page.Rows), 2)
		}
		// An order of which nothing is equal is that of All.
		count := prom.Count(recipe)
		whole := prom.Pluck3(q, prom.Via(recipeBy, cookName), stars, count).OrderBy(count.Desc(), recipeStars.Asc(),
			prom.Via(recipeBy, cookName).Desc())
		all, err := whole.All(context.Background())
		is.NoErr(err)
		got, _ := keysetPages(t, whole, 2)
		is.True(same(got, all))
	})
}

// Ensure that pages of projections refuse what they cannot do, with an error that says so, and tokens of other orders.
func TestProjectionPagesRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		k := newKitchen(t, e)
		q := k.recipes.Query()
		p := prom.Pluck(q, recipeTitle)
		lines := prom.Select(q, recipeLine, recipeColumn...)
		var b prom.Batch
		queued := prom.BatchAll(&b, lines)
		ran := b.Run(ctx)
		if _, err := queued.Value(); ran == nil {
			ran = err
		}
		var streamed error
		for _, streamed = range lines.Stream(ctx) {
		}
		type part struct{ Title string }
		to := prom.Proto[part]()
		for want, err := range map[string]error{
			"remove Limit":                  kit.ErrOf(p.Limit(3).Page(ctx, 1, 1)),
			"limit: it must be at least 1":  kit.ErrOf(p.PageAt(ctx, 0, 1)),
			"page: it must be at least 1":   kit.ErrOf(p.Page(ctx, 0, 1)),
			"offset: it must be at least 0": kit.ErrOf(p.PageAt(ctx, 1, -1)),
			"KeysetPage sets the limit":     kit.ErrOf(p.Offset(3).KeysetPage(ctx, "", 1)),
			"size: it must be at least 1":   kit.ErrOf(p.KeysetPage(ctx, "", 0)),
			"one result, and no pages":      kit.ErrOf(prom.Pluck(q, prom.Count(recipe)).KeysetPage(ctx, "", 1)),
			"Random has none":               kit.ErrOf(p.OrderBy(prom.Random(recipe)).KeysetPage(ctx, "", 1)),
			"select it with Select":         kit.ErrOf(p.OrderBy(prom.RowNumber(prom.OrderWindow(recipeTitle.Asc())).Asc()).KeysetPage(ctx, "", 1)),
			"DISTINCT rows can be":          kit.ErrOf(p.Distinct().OrderBy(recipeID.Asc()).KeysetPage(ctx, "", 1)),
			"must be one of the two": kit.ErrOf(prom.Pluck2(q, recipeTitle,
				prom.Count(recipe)).OrderBy(recipeID.Asc()).KeysetPage(ctx, "", 1)),
			"primary key": kit.ErrOf(prom.Pluck(prom.From(prom.Into[part](q)),
				prom.TextOf(to, &to.Title)).KeysetPage(ctx, "", 1)),
			"Stream cannot load":        streamed,
			"is read by All, First and": ran,
			"no part of another query":  kit.ErrOf(k.recipes.Where(prom.Exists(recipe, lines)).All(ctx)),
			"is not in a prototype": kit.ErrOf(prom.Select(q, recipeLine,
				prom.ManyCol(&(&RecipeLine{}).Tags, recipeTags)).All(ctx)),
			"is for query_test.CookLine": kit.ErrOf(prom.Select(q, recipeLine,
				prom.RefCol(&cookLine.Cook, recipeBy)).All(ctx)),
			"use With to load a relation": kit.ErrOf(k.cooks.Compute(prom.ManyCol(&recipeLine2.Recipes,
				cookRecipes)).All(ctx)),
			"the token is damaged": kit.ErrOf(p.KeysetPage(ctx, "x", 1)),
		} {
			if !errors.Is(err, prom.ErrValidation) || !strings.Contains(fmt.Sprint(err), want) {
				t.Errorf("%q: %v", want, err)
			}
		}
		byCount := prom.Pluck2(q, prom.Via(recipeBy, cookName), prom.Count(recipe)).OrderBy(prom.Count(recipe).Asc())
		page, err := byCount.KeysetPage(ctx, "", 1)
		is.NoErr(err)
		_, err = byCount.KeysetPage(ctx, page.Next, 1)
		is.NoErr(err)
		_, err = byCount.Where(recipeStars.NotNull()).KeysetPage(ctx, page.Next, 1)
		is.NoErr(err)
		for _, other := range []prom.Projection[Recipe, prom.Pair[string, int64]]{
			prom.Pluck2(q, prom.Via(recipeBy, cookName), prom.Count(recipe)).OrderBy(prom.Count(recipe).Desc()),
			prom.Pluck2(q, prom.Via(recipeBy, cookName), prom.CountOf(recipeStars)).OrderBy(prom.CountOf(recipeStars).Asc()),
			prom.Pluck2(q, recipeTitle, prom.Count(recipe)).OrderBy(prom.Count(recipe).Asc()),
			byCount.GroupBy(recipeStars),
		} {
			var bad *prom.TokenError
			_, err := other.KeysetPage(ctx, page.Next, 1)
			is.True(errors.As(err, &bad))
		}
	})
}

var recipeLine2 = prom.Proto[struct{ Recipes []Recipe }]()

// Ensure that a projection of a limited query selects from its rows, whatever page the projection has itself.
func TestProjectionOfLimited(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		k := newKitchen(t, e)
		five := k.recipes.OrderBy(recipeTitle.Desc()).Limit(5).Offset(1) // r8 to r4
		p := prom.Pluck(five, recipeTitle)
		list := func(p prom.Projection[Recipe, string]) string {
			t.Helper()
			titles, err := p.All(ctx)
			is.NoErr(err)
			n, err := p.Count(ctx)
			is.NoErr(err)
			is.Equal(n, len(titles))
			return strings.Join(titles, " ")
		}
		is.Equal(list(p), "r8 r7 r6 r5 r4")
		is.Equal(list(p.Limit(10)), "r8 r7 r6 r5 r4")
		is.Equal(list(p.Limit(2)), "r8 r7")
		is.Equal(list(p.Offset(3)), "r5 r4")
		is.Equal(list(p.Limit(3).Offset(3)), "r5 r4")
		is.Equal(list(p.Offset(1).Limit(2).Limit(3)), "r7 r6 r5")
		is.Equal(list(p.Where(recipeTitle.Ne("r6")).Limit(9)), "r8 r7 r5 r4 r3")
		is.Equal(list(p.Limit(0)), "")
		is.Equal(list(p.Limit(4).Distinct().OrderBy(recipeTitle.Asc())), "r4 r5 r6 r7")
		is.Equal(list(p.Distinct().OrderBy(recipeTitle.Asc()).Limit(4)), "r4 r5 r6 r7")
		is.Equal(list(prom.Pluck(five, prom.Via(recipeBy, cookName)).Limit(1).Distinct().OrderBy(prom.Via(recipeBy,
			cookName).Desc())), "bob")
		first, err := p.First(ctx)
		is.NoErr(err)
		is.Equal(first, "r8")
		first, err = p.Offset(4).First(ctx)
		is.NoErr(err)
		is.Equal(first, "r4")
		has, err := p.Offset(5).Exists(ctx)
		is.NoErr(err)
		is.True(!has)
		page, err := p.PageAt(ctx, 2, 4)
		is.NoErr(err)
		is.True(page.Total == 5 && !page.More && slices.Equal(page.Rows, []string{"r4"}))
		page, err = p.Page(ctx, 1, 2)
		is.NoErr(err)
		is.True(page.Total == 5 && page.More && slices.Equal(page.Rows, []string{"r8", "r7"}))
		in, err := k.recipes.Where(prom.InQuery(recipeTitle, p.Limit(2))).Count(ctx)
		is.NoErr(err)
		is.Equal(in, 2)
	})
}
