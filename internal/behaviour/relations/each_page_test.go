package relations_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// The models whose indexes lead to the rows of an owner: in an order, in none, and by the primary key.
type (
	Venue struct {
		prom.UUIDModel
		Name  string
		Gigs  prom.Many[Gig]
		Plans prom.Many[Plan]
		Seats prom.Many[Seat]
	}
	Gig struct {
		prom.Model
		Venue prom.RefBy[Venue, prom.UUID] `prom:"venue_id"`
		Score *int
		Title string
		Gone  *time.Time `prom:"deleted"`
		_     struct{}   `prom:"index=best,on='venue_id, score'"`
	}
	Plan struct {
		prom.Model
		Venue prom.RefBy[Venue, prom.UUID] `prom:"venue_id,index"`
		Score *int
		Title string
	}
	Seat struct {
		Venue prom.RefBy[Venue, prom.UUID] `prom:"venue_id,key"`
		V     int                          `prom:"key"` // as the rows of keys call theirs
		Score *int
		Title string
	}
)

var (
	venue      = prom.Proto[Venue]()
	gig        = prom.Proto[Gig]()
	plan       = prom.Proto[Plan]()
	seat       = prom.Proto[Seat]()
	venueName  = prom.TextOf(venue, &venue.Name)
	venueGigs  = prom.ManyOf(venue, &venue.Gigs)
	venuePlans = prom.ManyOf(venue, &venue.Plans)
	venueSeats = prom.ManyOf(venue, &venue.Seats)
	gigVenue   = prom.RefOf(gig, &gig.Venue)
	gigScore   = prom.NullNumberOf(gig, &gig.Score)
	gigTitle   = prom.TextOf(gig, &gig.Title)
	planVenue  = prom.RefOf(plan, &plan.Venue)
	planScore  = prom.NullNumberOf(plan, &plan.Score)
	planTitle  = prom.TextOf(plan, &plan.Title)
	seatV      = prom.NumberOf(seat, &seat.V)
	seatScore  = prom.NullNumberOf(seat, &seat.Score)
)

// Ensure that the page of each owner's rows is the same whichever index leads to them, with NULLs, conditions through
// references, soft deletion, offsets, in a transaction and in forms of others, and that an index is made use of.
// parity: M24
func TestPageOfEachOwner(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		var ran kit.Statements
		db := kit.Open(t, e.DSN, ran.Option())
		venues, gigs := prom.NewRepo[Venue](prom.Using(db)), prom.NewRepo[Gig](prom.Using(db))
		plans, seats := prom.NewRepo[Plan](prom.Using(db)), prom.NewRepo[Seat](prom.Using(db))
		r := rand.New(rand.NewPCG(7, 7))

		places := make([]Venue, 7)
		for i := range places {
			places[i].Name = string(rune('a' + i))
		}
		is.NoErr(venues.CreateMany(ctx, places))
		var gigRows []Gig
		var planRows []Plan
		var seatRows []Seat
		for i := range 60 {
			at := prom.NewRefBy[Venue](places[r.IntN(len(places)-1)].ID) // one has none
			var score *int
			if n := r.IntN(6); n > 0 {
				score = &n
			}
			title := fmt.Sprintf("%02d", i)
			gigRows = append(gigRows, Gig{Venue: at, Score: score, Title: title})
			planRows = append(planRows, Plan{Venue: at, Score: score, Title: title})
			seatRows = append(seatRows, Seat{Venue: at, V: i, Score: score, Title: title})
		}
		is.NoErr(gigs.CreateMany(ctx, gigRows))
		is.NoErr(plans.CreateMany(ctx, planRows))
		is.NoErr(seats.CreateMany(ctx, seatRows))
		_, err := gigs.Where(gigTitle.In("03", "17", "44")).Delete(ctx)
		is.NoErr(err)
		_, err = plans.Where(planTitle.In("03", "17", "44")).Delete(ctx)
		is.NoErr(err)
		_, err = seats.Where(seatV.In(3, 17, 44)).Delete(ctx)
		is.NoErr(err)

		// want tells the pages as Go would make them.
		want := func(compare func(a, b *Plan) int, fits func(*Plan) bool, skip, take int) string {
			var b strings.Builder
			for _, v := range places {
				var list []*Plan
				for i := range planRows {
					p := &planRows[i]
					if p.Venue.Key() == v.ID && !slices.Contains([]string{"03", "17", "44"}, p.Title) && fits(p) {
						list = append(list, p)
					}
				}
				slices.SortStableFunc(list, compare)
				list = list[min(skip, len(list)):]
				for _, p := range list[:min(take, len(list))] {
					b.WriteString(p.Title + " ")
				}
				b.WriteString("|")
			}
			return b.String()
		}
		score := func(p *Plan, null int) int {
			if p.Score == nil {
				return null
			}
			return *p.Score
		}
		up := func(a, b *Plan) int { return cmp.Compare(score(a, 99), score(b, 99)) }
		down := func(a, b *Plan) int { return cmp.Compare(score(b, 99), score(a, 99)) }
		nullsFirst := func(a, b *Plan) int { return cmp.Compare(score(a, -1), score(b, -1)) }
		last := func(a, b *Plan) int { return cmp.Compare(b.Title, a.Title) }
		all := func(*Plan) bool { return true }
		some := func(p *Plan) bool { return p.Score == nil || *p.Score > 2 }
		inB := func(p *Plan) bool { return p.Venue.Key() == places[1].ID }
		some1, some2 := prom.Or(gigScore.IsNull(), gigScore.Gt(2)), prom.Or(planScore.IsNull(), planScore.Gt(2))
		type list = []prom.Relation[*Venue]
		for i, tt := range []struct {
			with list
			want string
		}{
			{list{venueGigs.OrderBy(gigScore.Asc()).Limit(3), venuePlans.OrderBy(planScore.Asc()).Limit(3),
				venueSeats.OrderBy(seatScore.Asc()).Limit(3)}, want(up, all, 0, 3)},
			{list{venueGigs.OrderBy(gigScore.Desc()).Limit(2), venuePlans.OrderBy(planScore.Desc()).Limit(2),
				venueSeats.OrderBy(seatScore.Desc()).Limit(2)}, want(down, all, 0, 2)},
			{list{venueGigs.OrderBy(gigScore.Asc().NullsFirst()).Limit(4),
				venuePlans.OrderBy(planScore.Asc().NullsFirst()).Limit(4)}, want(nullsFirst, all, 0, 4)},
			{list{venueGigs.Where(some1).OrderBy(gigScore.Desc()).Limit(3).Offset(1),
				venuePlans.Where(some2).OrderBy(planScore.Desc()).Limit(3).Offset(1)}, want(down, some, 1, 3)},
			{list{venueGigs.OrderBy(gigScore.Asc()).Offset(5), venuePlans.OrderBy(planScore.Asc()).Offset(5),
				venueSeats.OrderBy(seatScore.Asc()).Offset(5)}, want(up, all, 5, 99)},
			{list{
				venueGigs.Where(gigVenue.Has(venueName.Eq("b"))).OrderBy(gigScore.Asc()).Limit(2),
				venuePlans.Where(prom.Via(planVenue, venueName).Eq("b")).OrderBy(planScore.Asc()).Limit(2),
			}, want(up, inB, 0, 2)},
			{list{venuePlans.OrderBy(prom.Via(planVenue, venueName).Asc(), planScore.Asc()).Limit(2)}, want(up, all, 0, 2)},
			{list{venueSeats.OrderBy(seatV.Desc()).Limit(2)}, want(last, all, 0, 2)},
			{list{venueGigs.OrderBy(gigScore.Asc()).Limit(0), venuePlans.Limit(0), venueSeats.OrderBy(seatV.Asc()).Limit(0)},
				want(up, all, 0, 0)},
		} {
			read := func(ctx context.Context) error {
				rows, err := venues.OrderBy(venueName.Asc()).With(tt.with...).All(ctx)
				if err != nil {
					return err
				}
				var got [3]strings.Builder
				for j := range rows {
					v := &rows[j]
					if v.Gigs.Loaded() {
						for _, g := range v.Gigs.Rows() {
							got[0].WriteString(g.Title + " ")
						}
						got[0].WriteString("|")
					}
					if v.Plans.Loaded() {
						for _, p := range v.Plans.Rows() {
							got[1].WriteString(p.Title + " ")
						}
						got[1].WriteString("|")
					}
					if v.Seats.Loaded() {
						for _, s := range v.Seats.Rows() {
							got[2].WriteString(s.Title + " ")
						}
						got[2].WriteString("|")
					}
				}
				for n := range got {
					if text := got[n].String(); text != "" && text != tt.want {
						return fmt.Errorf("case %d, relation %d: got %q, want %q", i, n, text, tt.want)
					}
				}
				return nil
			}
			is.NoErr(read(ctx))
			is.NoErr(db.Tx(ctx, read))
		}
		sql := strings.Join(ran.Take(), "\n")
		is.True(strings.Contains(sql, "CROSS JOIN")) // the rows of each owner are looked for
		is.Equal(strings.Contains(sql, "LATERAL"), e.Name == dbtest.NamePostgres)
	})
}
