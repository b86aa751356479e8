package promtest_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/promtest"
)

// Models of tables whose numbers nobody generates, and of types that do not take every text.
type (
	Region struct {
		ID   int16 `prom:"key"`
		Code int32 `prom:"unique"`
	}
	Area struct {
		ID     int64 `prom:"key"`
		Region prom.RefBy[Region, int16]
	}
	Native struct {
		prom.Model
		IP     string `prom:"type=inet,unique"`
		Net    string `prom:"type=cidr"`
		Mac    string `prom:"type=macaddr,unique"`
		Lead   string `prom:"type=interval"`
		Price  string `prom:"type=money"`
		At     string `prom:"type=point"`
		During string `prom:"type=daterange"`
		Span   string `prom:"type=int4range"`
		Flags  string `prom:"type=bit(4)"`
		Mask   string `prom:"type=bit varying(16)"`
		Doc    string `prom:"type=xml"`
		Words  string `prom:"type=tsvector"`
		Name   string `prom:"type=varchar(40)"`
		Closes string `prom:"type=time with time zone"`
		Longs  prom.Range[int64]
		Nums   prom.Range[string]
		Times  prom.Range[time.Time]
		Days   prom.Range[time.Time] `prom:"date"`
		Ints   prom.MultiRange[int32]
		Spans  prom.MultiRange[time.Time]
		Wait   prom.Interval
		Pause  time.Duration `prom:"type=interval"`
	}
)

// Ensure that a factory's numbers begin behind those of the rows that are there, also of rows that it makes for others
// and in a transaction, whether the table is there or not.
func TestRowsThatAreThere(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := database(t, e)
		prom.NewRepo[Region](prom.Using(db))
		is.Equal(promtest.New[Area](db).Create(t).ID, int64(1)) // without a table
		other := database(t, e)
		regions, areas := prom.NewRepo[Region](prom.Using(other)), prom.NewRepo[Area](prom.Using(other))
		is.NoErr(regions.CreateMany(ctx, []Region{{ID: 1, Code: 1}, {ID: 2, Code: 70_000}}))
		is.NoErr(areas.Create(ctx, &Area{ID: 5, Region: prom.NewRefBy[Region](int16(1))}))
		is.NoErr(other.Tx(ctx, func(ctx context.Context) error {
			area := promtest.New[Area](other).In(ctx).Create(t)
			is.Equal(area.ID, int64(6))
			region := area.Region.Key()
			is.Equal(region, int16(3))
			return nil
		}))
		r := promtest.New[Region](other).Create(t)
		is.True(r.ID > 3 && r.Code > 70_000)
	})
}

// Ensure that columns of PostgreSQL's types get values that these take.
func TestNativeTypes(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := database(t, e)
		rows := promtest.New[Native](db).CreateMany(t, 20)
		is.Equal(len(rows), 20)
		is.True(!rows[0].Times.Overlaps(rows[1].Times) && !rows[0].Days.IsEmpty() && !rows[0].Spans.IsEmpty())
		is.True(!rows[0].Longs.Overlaps(rows[1].Longs) && !rows[0].Ints.IsEmpty() && !rows[0].Nums.IsEmpty())
	})
}

// Models whose keys share a column: a part lies in the plant and is of the material of one firm.
type (
	Plant struct {
		Firm string `prom:"key"`
		Code string `prom:"key"`
	}
	Material struct {
		Firm   string `prom:"key"`
		Number string `prom:"key"`
	}
	Lot struct {
		Firm    string                      `prom:"key"`
		Plant   string                      `prom:"key"`
		Number  string                      `prom:"key"`
		Other   *string                     // a material that need not be
		In      prom.CompositeRef[Plant]    `prom:"on='firm, plant'"`
		Of      prom.CompositeRef[Material] `prom:"on='firm, number'"`
		Instead prom.CompositeRef[Material] `prom:"on='firm, other'"`
	}
	Move struct {
		prom.Model
		Firm   string
		Number *string
		Of     prom.CompositeRef[Material] `prom:"on='firm, number'"`
	}
)

// Ensure that the rows to which keys with a column in common refer have one value in it, and that a key of which a
// column may be NULL is set only where nothing else sets the others.
func TestKeysThatShareAColumn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := database(t, e)
		plants, materials := prom.NewRepo[Plant](prom.Using(db)), prom.NewRepo[Material](prom.Using(db))
		for _, lot := range promtest.New[Lot](db).CreateMany(t, 3) {
			is.True(lot.Firm != "" && lot.Other == nil)
			_, err := plants.Get(ctx, lot.Firm, lot.Plant)
			is.NoErr(err)
			_, err = materials.Get(ctx, lot.Firm, lot.Number)
			is.NoErr(err)
		}
		move := promtest.New[Move](db).Create(t)
		is.True(move.Firm != "" && move.Number != nil)
	})
}

// Ensure that texts, decimals and times of unique columns differ from those of rows that another program has made with
// the same seed.
func TestTextsThatAreThere(t *testing.T) {
	t.Parallel()
	type Ticket struct {
		prom.Model
		Holder string    `prom:"unique"`
		Email  string    `prom:"unique,nocase"`
		Code   string    `prom:"unique,size=6"`
		Price  string    `prom:"unique,decimal=12.2"`
		Day    time.Time `prom:"unique,date"`
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		dsn := dsnOf(t, e)
		for range 3 {
			db, err := new(prom.Registry).Open(dsn)
			is.NoErr(err)
			t.Cleanup(func() { is.NoErr(db.Close()) })
			promtest.New[Ticket](db).CreateMany(t, 20)
		}
	})
}

// words is a Faker with a few words.
type words map[string][]string

func (w words) Fake(rng *rand.Rand, column string) string {
	if list := w[column]; list != nil {
		return list[rng.IntN(len(list))]
	}
	return ""
}

// Ensure that a Faker's texts are used where the rules allow them, that unique ones are its own as long as there are
// others, and that what could reach somebody is of what is reserved.
func TestFake(t *testing.T) {
	t.Parallel()
	type Member struct {
		prom.Model
		Name    string `prom:"unique"`
		Job     string
		City    string `prom:"size=..5"`
		Email   string `prom:"unique"`
		Website string
	}
	is := is.New(t)
	faker := words{"name": {"Zoë", "Yuri", "Xenia"}, "job": {"cook"}, "city": {"Ulm", "Ouagadougou"},
		"first_name": {"Zoë"}, "last_name": {"O'Hara"}, "email": {"somebody@real.example.net"}, "website": {"https://real.net"}}
	members := promtest.New[Member](promtest.DB(t, promtest.SQLite()), promtest.Fake(faker))
	var names []string
	for i, m := range members.CreateMany(t, 6) {
		names = append(names, m.Name)
		is.Equal(m.Job, "cook")
		is.Equal(m.City, "Ulm")
		is.Equal(m.Email, fmt.Sprintf("zo.ohara%d@example.com", i+1))
		is.True(strings.HasPrefix(m.Website, "https://example.com/"))
	}
	slices.Sort(names[:3])
	is.Equal(names[:3], []string{"Xenia", "Yuri", "Zoë"})
	is.True(strings.Contains(names[3], " 4")) // there are no more
}
