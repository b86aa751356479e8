package relations_test

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

// Potters, whose pots break into shards, and patrons who favour them.
type (
	Potter struct {
		prom.Model
		Name    string
		Pots    prom.Many[Pot] `prom:"via=by_id"`
		Patrons prom.ManyToMany[Patron, Favour]

		PotCount int64 `prom:"computed"`
		Mine     bool  `prom:"computed"`
	}
	Pot struct {
		prom.Model
		By     prom.Ref[Potter]  `prom:"by_id,index"`
		Glazer *prom.Ref[Potter] `prom:"glazer_id"`
		Title  string
		Shards prom.Many[Shard]

		Broken int64  `prom:"computed"`
		Label  string `prom:"computed"`
		Most   *int   `prom:"computed"`
	}
	Shard struct {
		prom.Model
		Pot  prom.Ref[Pot] `prom:"index"`
		Size int
		Half int64 `prom:"computed"`
	}
	Patron struct {
		prom.Model
		Name   string
		Favors prom.Many[Favour]
		Given  int64 `prom:"computed"`
	}
	Favour struct {
		Potter prom.Ref[Potter] `prom:"key"`
		Patron prom.Ref[Patron] `prom:"key,index"`
		Rank   int
	}
)

var (
	potter        = prom.Proto[Potter]()
	potterID      = prom.NumberOf(potter, &potter.ID)
	potterName    = prom.TextOf(potter, &potter.Name)
	potterPots    = prom.ManyOf(potter, &potter.Pots)
	potterPatrons = prom.ManyToManyOf(potter, &potter.Patrons)
	pot           = prom.Proto[Pot]()
	potID         = prom.NumberOf(pot, &pot.ID)
	potBy         = prom.RefOf(pot, &pot.By)
	potGlazer     = prom.NullRefOf(pot, &pot.Glazer)
	potTitle      = prom.TextOf(pot, &pot.Title)
	potShards     = prom.ManyOf(pot, &pot.Shards)
	shard         = prom.Proto[Shard]()
	shardPot      = prom.RefOf(shard, &shard.Pot)
	shardSize     = prom.NumberOf(shard, &shard.Size)
	patron        = prom.Proto[Patron]()
	patronID      = prom.NumberOf(patron, &patron.ID)
	patronName    = prom.TextOf(patron, &patron.Name)
	patronFavors  = prom.ManyOf(patron, &patron.Favors)
	favour        = prom.Proto[Favour]()
	favourRank    = prom.NumberOf(favour, &favour.Rank)
)

// pottery is a database of them.
type pottery struct {
	potters *prom.Repo[Potter]
	pots    *prom.Repo[Pot]
	shards  *prom.Repo[Shard]
	patrons *prom.Repo[Patron]
	favours *prom.Repo[Favour]
	log     *kit.Statements
	cyd     int64 // a patron of ada and bob
}

// newPottery stores ada with the pots a1, a2 and a3, the last one glazed by bob, bob with b1, and cid with none. A pot
// with the number n has n shards, of the sizes 1 to n. Patrons cyd and dan favour ada, cyd bob too.
func newPottery(t *testing.T, e dbtest.Engine) *pottery {
	t.Helper()
	is := is.New(t)
	ctx := context.Background()
	log := new(kit.Statements)
	db := prom.Using(kit.Open(t, e.DSN, log.Option()))
	p := &pottery{prom.NewRepo[Potter](db), prom.NewRepo[Pot](db), prom.NewRepo[Shard](db), prom.NewRepo[Patron](db),
		prom.NewRepo[Favour](db), log, 0}
	potters := []Potter{{Name: "ada"}, {Name: "bob"}, {Name: "cid"}}
	is.NoErr(p.potters.CreateMany(ctx, potters))
	ada, bob := prom.RefTo(&potters[0]), prom.RefTo(&potters[1])
	pots := []Pot{{By: ada, Title: "a1"}, {By: ada, Title: "a2"}, {By: bob, Title: "b1"},
		{By: ada, Title: "a3", Glazer: &bob}}
	is.NoErr(p.pots.CreateMany(ctx, pots))
	for i := range pots {
		for n := range int(pots[i].Title[1] - '0') {
			is.NoErr(p.shards.Create(ctx, &Shard{Pot: prom.RefTo(&pots[i]), Size: n + 1}))
		}
	}
	patrons := []Patron{{Name: "cyd"}, {Name: "dan"}}
	is.NoErr(p.patrons.CreateMany(ctx, patrons))
	p.cyd = patrons[0].ID
	cyd, dan := prom.RefTo(&patrons[0]), prom.RefTo(&patrons[1])
	is.NoErr(p.favours.CreateMany(ctx, []Favour{{ada, cyd, 2}, {ada, dan, 1}, {bob, cyd, 1}}))
	log.Take()
	return p
}

// labelled computes all fields of pots.
func labelled(prefix string) []prom.Column[*Pot] {
	return []prom.Column[*Pot]{
		prom.Col(&pot.Broken, potShards.Count(shardSize.Gt(0))),
		prom.Col(&pot.Label, prom.Concat(prom.Val(pot, prefix), potTitle, prom.Val(pot, " by "),
			prom.Via(potBy, potterName))),
		prom.NullCol(&pot.Most, prom.AggregateOf(potShards, prom.Max(shardSize))),
	}
}

func (p *Pot) right(t *testing.T, prefix, by string) {
	t.Helper()
	n := int(p.Title[1] - '0')
	if p.Broken != int64(n) || p.Label != prefix+p.Title+" by "+by || p.Most == nil || *p.Most != n {
		t.Errorf("%s has %d, %q, %v", p.Title, p.Broken, p.Label, p.Most)
	}
}

// Ensure that relations of every kind fill computed fields of their rows, in the statement that reads them, on all
// levels, with conditions, orders and limits for each owner.
func TestComputeOfRelations(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		p := newPottery(t, e)
		half := prom.Col(&shard.Half, prom.Times(prom.Via(shardPot, potID), prom.Val(shard, int64(0))))
		pots := potterPots.OrderBy(potTitle.Desc()).Compute(labelled("<")...).With(potShards.OrderBy(shardSize.Asc()).Compute(half), potGlazer.Compute(
			prom.Col(&potter.PotCount, potterPots.Count())))
		given := prom.Col(&patron.Given, patronFavors.Count(favourRank.Gt(0)))
		patrons := potterPatrons.Compute(given).OrderByThrough(favourRank.Asc())
		q := p.potters.OrderBy(potterID.Asc()).Compute(prom.Col(&potter.PotCount, potterPots.Count()))
		all, err := q.With(pots, patrons).All(ctx)
		is.NoErr(err)
		is.Equal(kit.Starting(p.log.Take(), "SELECT"), 5)
		is.Equal(len(all[0].Pots.Rows()), 3)
		is.Equal(all[0].PotCount, int64(3))
		is.Equal(len(all[2].Pots.Rows()), 0)
		for i, by := range []string{"ada", "bob"} {
			for j := range all[i].Pots.Rows() {
				each := &all[i].Pots.Rows()[j]
				each.right(t, "<", by)
				is.Equal(len(each.Shards.Rows()), int(each.Broken))
				is.Equal(each.Shards.Rows()[0].Half, int64(0))
			}
		}
		glazer, ok := all[0].Pots.Rows()[0].Glazer.Get()
		is.True(ok)
		is.Equal(glazer.PotCount, int64(1))
		fans := all[0].Patrons.Rows()
		is.True(fans[0].Name == "dan" && fans[0].Given == 1 && fans[1].Name == "cyd" && fans[1].Given == 2)

		// The newest of each.
		newest := potterPots.OrderBy(potID.Desc()).Limit(2).Offset(1).Where(potTitle.Ne("")).Compute(labelled(">")...)
		first := potterPatrons.Compute(given).OrderByThrough(favourRank.Desc()).Limit(1).Where(patronName.Ne("")).WhereThrough(favourRank.Gt(0))
		plain := potterPatrons.Compute(given).OrderBy(patronID.Desc()).Limit(1)
		all, err = q.With(newest, first).All(ctx)
		is.NoErr(err)
		is.Equal(len(all[0].Pots.Rows()), 2)
		is.True(all[0].Pots.Rows()[0].Title == "a2" && all[0].Pots.Rows()[1].Title == "a1" && len(all[1].Pots.Rows()) == 0)
		all[0].Pots.Rows()[0].right(t, ">", "ada")
		all[0].Pots.Rows()[1].right(t, ">", "ada")
		is.True(all[0].Patrons.Rows()[0].Name == "cyd" && all[0].Patrons.Rows()[0].Given == 2)
		all, err = q.With(newest, plain).All(ctx)
		is.NoErr(err)
		is.True(all[0].Patrons.Rows()[0].Name == "dan" && all[0].Patrons.Rows()[0].Given == 1)
		one, err := q.With(newest, plain).Get(ctx, all[0].ID) // one owner has a statement of its own
		is.NoErr(err)
		is.True(len(one.Pots.Rows()) == 2 && one.Patrons.Rows()[0].Given == 1)
		one.Pots.Rows()[0].right(t, ">", "ada")

		// To one row, with relations of its own, in any order of the calls; rows that are shared are computed once.
		mine := prom.Col(&potter.Mine, potterPatrons.Has(patronID.Eq(p.cyd)))
		p.log.Take()
		for _, by := range []prom.Relation[*Pot]{potBy.Compute(mine).With(patrons), potBy.With(patrons).Compute(mine)} {
			list, err := p.pots.OrderBy(potID.Asc()).With(by, potGlazer).All(ctx)
			is.NoErr(err)
			is.Equal(kit.Starting(p.log.Take(), "SELECT"), 4)
			for i := range list {
				author, _ := list[i].By.Get()
				is.True(author.Mine)
				is.Equal(author.PotCount, int64(0)) // nobody asked
				is.Equal(author.Patrons.Rows()[0].Given > 0, true)
			}
			glazer, _ := list[3].Glazer.Get()
			is.True(!glazer.Mine)
		}
		// What is computed is not stored, and the rows know that they are.
		author, _ := func() (*Potter, bool) {
			list, err := p.pots.With(potBy.Compute(mine)).All(ctx)
			is.NoErr(err)
			return list[0].By.Get()
		}()
		is.Equal(len(p.potters.Modified(author)), 0)
		author.Name = "Ada"
		is.NoErr(p.potters.Save(ctx, author))
		is.True(author.Mine)

		// Conditions and counts by a relation go without.
		n, err := p.potters.Where(pots.Has(potTitle.Eq("a1"))).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 1)
		counted, err := prom.Pluck(q, pots.Count()).All(ctx)
		is.NoErr(err)
		is.Equal(counted, []int64{3, 1, 0})

		// Loops and pages load relations with computed fields; rows that are there get them.
		seen := 0
		for v, err := range p.potters.With(pots).Each(ctx) {
			is.NoErr(err)
			for i := range v.Pots.Rows() {
				v.Pots.Rows()[i].right(t, "<", v.Name)
				seen++
			}
		}
		is.Equal(seen, 4)
		page, err := q.With(pots).KeysetPage(ctx, "", 1)
		is.NoErr(err)
		page.Rows[0].Pots.Rows()[0].right(t, "<", "Ada")
		is.NoErr(prom.LoadIntoAll(ctx, p.potters.With(newest), page.Rows))
		page.Rows[0].Pots.Rows()[0].right(t, ">", "Ada")
	})
}

// Ensure that what cannot be computed for the rows of a relation is an error that says so.
func TestComputeOfRelationsRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		p := newPottery(t, e)
		number := prom.Col(&pot.Broken, prom.RowNumber(prom.OrderWindow(potID.Asc())))
		for want, rel := range map[string]prom.Relation[*Potter]{
			"window function":           potterPots.Compute(number),
			"plain aggregate":           potterPots.Compute(prom.Col(&pot.Broken, prom.Count(pot))),
			"Pot.Title is not computed": potterPots.Limit(1).Compute(prom.Col(&pot.Title, potTitle)),
			"Patron.Name is not":        potterPatrons.Compute(prom.Col(&patron.Name, patronName)),
			"zero Column":               potterPots.Compute(prom.Column[*Pot]{}),
		} {
			_, err := p.potters.With(rel).All(ctx)
			if !errors.Is(err, prom.ErrValidation) || !strings.Contains(err.Error(), want) {
				t.Errorf("%q: %v", want, err)
			}
		}
		_, err := p.pots.With(potBy.Compute(prom.Col(&potter.Name, potterName))).All(ctx)
		is.True(errors.Is(err, prom.ErrValidation))
	})
}

// Ensure that rows of which some fields are read load relations: what these are loaded by is read as well, and said of
// a row that lacks it.
func TestOnlyWith(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		p := newPottery(t, e)
		for _, q := range []*prom.Query[Pot]{
			p.pots.With(potBy.With(potterPatrons), potShards).OrderBy(potID.Asc()).Only(potTitle),
			p.pots.OrderBy(potID.Asc()).Only(potTitle).With(potBy.With(potterPatrons), potShards),
		} {
			q = q.Compute(labelled("=")...)
			page, err := q.PageAt(ctx, 10, 0)
			is.NoErr(err)
			keyed, err := q.KeysetPage(ctx, "", 10)
			is.NoErr(err)
			all, err := q.All(ctx)
			is.NoErr(err)
			for _, rows := range [][]Pot{page.Rows, keyed.Rows, all} {
				is.Equal(len(rows), 4)
				for i := range rows {
					by, ok := rows[i].By.Get()
					is.True(ok)
					is.Equal(by.Name[0], rows[i].Title[0])
					is.True(len(by.Patrons.Rows()) > 0)
					is.Equal(len(rows[i].Shards.Rows()), int(rows[i].Broken))
					rows[i].right(t, "=", by.Name)
				}
				is.True(rows[3].Glazer == nil) // nobody asked
			}
			all[0].Title = "a1"
			all[0].By = all[2].By
			is.NoErr(p.pots.Save(ctx, &all[0])) // the reference was read, so that it can be written
			all[0].By = all[1].By
			is.NoErr(p.pots.Save(ctx, &all[0]))
		}
		bare, err := p.pots.OrderBy(potID.Asc()).Only(potTitle).First(ctx)
		is.NoErr(err)
		is.NoErr(p.pots.With(potShards).LoadInto(ctx, bare)) // by the key, which is always read
		err = p.pots.With(potBy).LoadInto(ctx, bare)
		is.True(errors.Is(err, prom.ErrValidation))
		is.True(strings.Contains(err.Error(), "without the field By"))
		rest, err := prom.Without(p.pots.With(potBy).OrderBy(potID.Asc()), potBy, potTitle).All(ctx)
		is.NoErr(err)
		is.True(rest[0].Title == "" && rest[3].Glazer != nil)
		_, ok := rest[0].By.Get()
		is.True(ok)
		n := 0
		for v, err := range p.pots.Query().Only(potTitle).Stream(ctx) {
			is.NoErr(err)
			is.True(v.Title != "" && v.By.Key() == 0)
			n++
		}
		is.Equal(n, 4)
		var b prom.Batch
		listed := prom.Queue(&b, p.pots).All(p.pots.OrderBy(potID.Asc()).Only(potTitle).Compute(labelled("b")...))
		first := prom.Queue(&b, p.pots).First(p.pots.OrderBy(potID.Desc()).Compute(labelled("c")...))
		is.NoErr(b.Run(ctx))
		rows, err := listed.Value()
		is.NoErr(err)
		is.Equal(len(rows), 4)
		rows[0].right(t, "b", "ada")
		is.Equal(rows[0].By.Key(), int64(0))
		last, err := first.Value()
		is.NoErr(err)
		last.right(t, "c", "ada")
		is.True(last.By.Key() != 0)
	})
}
