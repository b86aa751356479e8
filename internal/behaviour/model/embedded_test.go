package model_test

import (
	"bytes"
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// The models of docs/guide/models.md.
type (
	Port struct {
		prom.Model
		Name    string
		Sailors prom.Many[Sailor] `prom:"via=home_port_id"`
	}
	Address struct {
		Street string          `prom:"max=80"`
		City   string          `prom:"index"`
		Port   *prom.Ref[Port] `prom:"port_id"`
		Geo    Point           `prom:"embed=geo_"`
	}
	Point struct{ Lat, Lng float64 }

	Sailor struct {
		prom.Model
		Name string
		Home Address  `prom:"embed=home_"` // the columns home_street, home_city, home_port_id, home_geo_lat, home_geo_lng
		Mail Address  `prom:"embed=mail_"` // the same with mail_
		Rank SailRank `prom:"embed"`       // the column grade
	}
	SailRank struct {
		Grade int `prom:"min=0"`
	}
)

var (
	port        = prom.Proto[Port]()
	portName    = prom.TextOf(port, &port.Name)
	portSailors = prom.ManyOf(port, &port.Sailors)

	sailor         = prom.Proto[Sailor]()
	sailorCity     = prom.TextOf(sailor, &sailor.Home.City)
	sailorMailCity = prom.TextOf(sailor, &sailor.Mail.City)
	sailorLat      = prom.NumberOf(sailor, &sailor.Home.Geo.Lat)
	sailorPort     = prom.NullRefOf(sailor, &sailor.Home.Port)
	sailorGrade    = prom.NumberOf(sailor, &sailor.Rank.Grade)
)

// Ensure that columns of embedded structs are written, found, ordered, updated, grouped, loaded, dumped and told in
// errors as all others, when a struct type is embedded twice as well.
func TestEmbeddedColumns(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		on := prom.Using(kit.Open(t, e.DSN))
		ports, sailors := prom.NewRepo[Port](on), prom.NewRepo[Sailor](on)
		brest := Port{Name: "Brest"}
		is.NoErr(ports.Create(ctx, &brest))
		ref := prom.RefTo(&brest)
		ada := Sailor{Name: "Ada", Home: Address{Street: "Quai 1", City: "Brest", Port: &ref, Geo: Point{48.4, -4.5}},
			Mail: Address{City: "Paris"}, Rank: SailRank{3}}
		is.NoErr(sailors.Create(ctx, &ada))
		is.NoErr(sailors.CreateMany(ctx, []Sailor{{Name: "Bob", Home: Address{City: "Aden"}},
			{Name: "Cem", Home: Address{City: "Cork"}}}))

		got, err := sailors.Where(sailorCity.Eq("Brest"), sailorMailCity.Eq("Paris"), sailorLat.Gt(48),
			sailorPort.Has(portName.Eq("Brest")), sailorGrade.Eq(3)).With(sailorPort).One(ctx)
		is.NoErr(err)
		home, ok := got.Home.Port.Get()
		is.True(ok)
		is.Equal(home.Name, "Brest")
		is.Equal(got.Mail.Port, nil)
		is.Equal(got.Home.Geo, Point{48.4, -4.5})

		got.Home.City, got.Mail.Geo.Lng = "Brest 2", 2
		is.Equal(sailors.Modified(got), []string{"home_city", "mail_geo_lng"})
		is.NoErr(sailors.Save(ctx, got))
		is.Equal(len(sailors.Modified(got)), 0)
		n, err := sailors.Where(sailorCity.In("Aden", "Cork")).Update(ctx, sailorMailCity.Set("Rome"), sailorGrade.Add(1))
		is.NoErr(err)
		is.Equal(n, 2)
		list, err := sailors.OrderBy(sailorCity.Desc()).All(ctx)
		is.NoErr(err)
		is.Equal([]string{list[0].Name, list[1].Name, list[2].Name}, []string{"Cem", "Ada", "Bob"})
		is.Equal([]string{list[0].Mail.City, list[1].Mail.City}, []string{"Rome", "Paris"})
		names, err := prom.Pluck(sailors.Where(sailorCity.Eq("Brest 2")), sailorMailCity).All(ctx)
		is.NoErr(err)
		is.Equal(names, []string{"Paris"})
		loaded, err := ports.With(portSailors).One(ctx)
		is.NoErr(err)
		is.Equal(len(loaded.Sailors.Rows()), 1)

		counted := func(q *prom.Query[Sailor]) int {
			n, err := q.Count(ctx)
			is.NoErr(err)
			return n
		}

		// By names, as requests have them.
		byName, err := prom.FieldByName(sailors, "home_geo_lat")
		is.NoErr(err)
		is.Equal(counted(sailors.Where(byName.Gt(40))), 1)
		_, err = prom.FieldByName(sailors, "lat")
		is.True(strings.Contains(err.Error(), "home_geo_lat"))
		filter := prom.NewFilter(sailors, prom.FilterOn("home_city"))
		q, err := filter.Apply(sailors.Query(), url.Values{"home_city": {"Cork"}, "sort": {"-home_city"}})
		is.NoErr(err)
		is.Equal(counted(q), 1)

		// Errors tell the column.
		err = sailors.Create(ctx, &Sailor{Home: Address{Street: strings.Repeat("x", 81)}, Rank: SailRank{-1}})
		is.True(errors.Is(err, prom.ErrValidation))
		is.True(strings.Contains(err.Error(), "Home.Street") && strings.Contains(err.Error(), "Rank.Grade"))

		// A dump has the columns, and a plan nothing to do.
		var dump bytes.Buffer
		is.NoErr(prom.Dump(ctx, &dump, ports, sailors))
		is.True(strings.Contains(dump.String(), "mail_geo_lng"))
		plan, err := prom.Plan(ctx, ports, sailors)
		is.NoErr(err)
		is.Equal(len(plan.Steps), 0)
	})
}
