package prom_test

import (
	"context"
	"os"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/promtest"
)

// Venue and Concert are the models of docs/guide/testing.md.
type (
	Venue struct {
		prom.Model
		Name  string `prom:"unique"`
		City  string
		Seats int `prom:"min=50,max=80000"`
	}
	Concert struct {
		prom.Model
		Venue prom.Ref[Venue]
		Title string `prom:"size=1..100"`
		Email string `prom:"regex='^[^@]+@[^@]+$'"`
		Sold  int
	}
)

var (
	venue        = prom.Proto[Venue]()
	VenueCity    = prom.TextOf(venue, &venue.City)
	concert      = prom.Proto[Concert]()
	ConcertVenue = prom.RefOf(concert, &concert.Venue)
	ConcertSold  = prom.NumberOf(concert, &concert.Sold)
)

// soldOut lists the concerts that have sold as many tickets as given, the best first.
func soldOut(ctx context.Context, concerts *prom.Repo[Concert], tickets int) ([]Concert, error) {
	return concerts.Where(ConcertSold.Gte(tickets)).OrderBy(ConcertSold.Desc()).All(ctx)
}

// TestSoldOut is the test of docs/guide/testing.md.
func TestSoldOut(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := promtest.DB(t)
	concerts := promtest.New[Concert](db)

	// Ten concerts that nobody goes to, at a venue that is made up too, and one that is full.
	concerts.CreateMany(t, 10, func(c *Concert) { c.Sold = 0 })
	full := concerts.Create(t, func(c *Concert) { c.Title, c.Sold = "Full", 500 })

	found, err := soldOut(t.Context(), concerts.Repo(), 500)
	is.NoErr(err)
	is.Equal(len(found), 1)
	is.Equal(found[0].ID, full.ID)
}

// TestSoldOutEach is the second test of docs/guide/testing.md.
func TestSoldOutEach(t *testing.T) {
	t.Parallel()
	promtest.Each(t, func(t *testing.T, db *prom.DB) {
		is := is.New(t)
		hall := promtest.New[Venue](db, promtest.Seed(7)).Create(t, func(v *Venue) { v.Seats = 100 })
		promtest.New[Concert](db, promtest.Seed(7)).CreateMany(t, 3, func(c *Concert) {
			c.Venue = prom.NewRef[Venue](hall.ID)
			c.Sold = hall.Seats
		})
		concerts := prom.NewRepo[Concert](prom.Using(db))
		n, err := concerts.Where(ConcertVenue.Eq(hall.ID)).Count(t.Context())
		is.NoErr(err)
		is.Equal(n, 3)
	})
}

// concertsIn lists the concerts in a city, with their venues.
func concertsIn(ctx context.Context, concerts *prom.Repo[Concert], city string) ([]Concert, error) {
	return concerts.Where(ConcertVenue.Has(VenueCity.Eq(city))).With(ConcertVenue).All(ctx)
}

// TestConcertsIn is the test of docs/guide/testing.md that has guards.
func TestConcertsIn(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := promtest.DB(t)
	halls := promtest.New[Venue](db).CreateMany(t, 4, func(v *Venue) { v.City = "Bern" })
	concerts := promtest.New[Concert](db)
	for _, hall := range halls {
		concerts.Create(t, func(c *Concert) { c.Venue = prom.RefTo(hall) })
	}

	// Listing the concerts at the venues of a city takes two statements, however many venues there are.
	ctx := promtest.Budget(t, promtest.NoLoops(t, t.Context()), 2)
	list, err := concertsIn(ctx, concerts.Repo(), "Bern")
	is.NoErr(err)
	is.Equal(len(list), 4)
}

// TestFixtures is the test of docs/guide/testing.md that has fixtures.
func TestFixtures(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := promtest.DB(t)
	rows := promtest.LoadedFixtures(t, t.Context(), os.DirFS("testdata/concerts"),
		[]prom.AnyRepo{prom.NewRepo[Venue](prom.Using(db)), prom.NewRepo[Concert](prom.Using(db))})
	hall, quartet := promtest.Fixture[Venue](rows, "hall"), promtest.Fixture[Concert](rows, "quartet")
	is.Equal(quartet.Venue.Key(), hall.ID)
}
