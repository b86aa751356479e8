package main

import (
	"context"
	"slices"

	"github.com/prom-go/prom"
	"github.com/stephenafamo/bob"
	"github.com/stephenafamo/bob/dialect/psql"
	"github.com/stephenafamo/bob/dialect/psql/sm"
	"github.com/stephenafamo/scan"
	"github.com/uptrace/bun"
	"gorm.io/gorm"
)

// Total is about the published posts of the users of a country.
type Total struct {
	Country string
	Posts   int64
	Views   int64
	Most    int64 // views of one post
}

// Totals finds the countries with more than so many views, those with the most first.
type Totals func(ctx context.Context, over int64) ([]Total, error)

var groupWorkloads = []Workload{
	{
		ID: "groupby", Title: "group by a column of the parent, having, 100 groups", Unit: "list", Stock: blogStock, op: groups,
	},
}

// groups asks for nearly all countries: for those with not much less than the average.
func groups(ctx context.Context, p *Peer, t Table) *Entrant {
	if p.Totals == nil {
		return nil
	}
	over := blogSize(t.Size()).posts() / countries * (maxViews / 2) * 7 / 8 * 15 / 16
	return &Entrant{Run: repeat(func() error {
		_, err := p.Totals(ctx, over)
		return err
	})}
}

// The statement's parts, which some peers take one by one.
const (
	totalColumns = "users.country, count(*) AS posts, CAST(sum(posts.views) AS BIGINT) AS views, max(posts.views) AS most"
	totalHaving  = "sum(posts.views) > ?"
	totalOrder   = "views DESC"
)

func handTotals(h hand) Totals {
	text := h.text("SELECT " + totalColumns + " FROM " + postsAndAuthors + " WHERE posts.published = ?" +
		" GROUP BY users.country HAVING " + totalHaving + " ORDER BY " + totalOrder)
	return func(ctx context.Context, over int64) ([]Total, error) {
		return collect(ctx, h, func(t *Total) []any {
			return []any{&t.Country, &t.Posts, &t.Views, &t.Most}
		}, text, true, over)
	}
}

var total = prom.Proto[Total]()

func (b *promBlog) totals(ctx context.Context, over int64) ([]Total, error) {
	views := prom.Sum(postViews)
	return prom.Select(b.posts.Where(postPublished.Eq(true)), total,
		prom.Col(&total.Country, prom.Via(postAuthor, userCountry)),
		prom.Col(&total.Posts, prom.Count(post)),
		prom.Col(&total.Views, views),
		prom.Col(&total.Most, prom.Max(postViews)),
	).Having(views.Gt(over)).OrderBy(views.Desc()).All(ctx)
}

func gormTotals(db *gorm.DB) Totals {
	return func(ctx context.Context, over int64) ([]Total, error) {
		return gorm.G[Total](db).Table(postsAndAuthors).Select(totalColumns).Where("posts.published = ?", true).
			Group("users.country").Having(totalHaving, over).Order(totalOrder).Find(ctx)
	}
}

func bunTotals(db *bun.DB) Totals {
	return func(ctx context.Context, over int64) (totals []Total, err error) {
		err = db.NewSelect().TableExpr(postsAndAuthors).ColumnExpr(totalColumns).Where("posts.published = ?", true).
			Group("users.country").Having(totalHaving, over).OrderExpr(totalOrder).Scan(ctx, &totals)
		return totals, err
	}
}

var bobTotal = scan.StructMapper[Total]()

func bobTotals(db bob.Executor) Totals {
	return func(ctx context.Context, over int64) ([]Total, error) {
		return bob.All(ctx, db, psql.Select(sm.Columns(psql.Raw(totalColumns)), sm.From(psql.Raw(postsAndAuthors)),
			sm.Where(psql.Quote("posts", "published").EQ(psql.Arg(true))), sm.GroupBy(psql.Quote("users", "country")),
			sm.Having(psql.Raw(totalHaving, over)), sm.OrderBy(psql.Raw(totalOrder))), bobTotal)
	}
}

// totals checks the groups of all countries, of half of them, and of none.
func (c *blogChecker) totals() error {
	if c.peer.Totals == nil {
		return nil
	}
	of := map[string]Total{}
	for p := range c.posts() {
		if p.Published {
			country := seedUser(p.AuthorID).Country
			t := of[country]
			of[country] = Total{country, t.Posts + 1, t.Views + p.Views, max(t.Most, p.Views)}
		}
	}
	var all []Total
	for _, t := range of {
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b Total) int { return int(b.Views - a.Views) })
	for _, n := range []int{len(all) - 1, len(all) / 2, 0} {
		got, err := c.peer.Totals(c.ctx, all[n].Views)
		if err := sameRows("the totals", func() []Total { return got }, err, all[:n]); err != nil {
			return err
		}
	}
	return nil
}
