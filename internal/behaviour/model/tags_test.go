package model_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// The models of docs/tags.md.
type (
	Naming struct {
		prom.Model
		UserID    int64  // the column user_id
		FullName  string `prom:"name_in_full"`
		Unique    bool   `prom:"name=unique"` // a column that is named like an option
		Scratch   []byte `prom:"-"`           // not a column
		forgotten int    // not a column either: it is not exported
	}

	Membership struct {
		Club   int64     `prom:"key"`
		Person int64     `prom:"key"`
		Since  time.Time `prom:"date,default=now"`
	}

	Country struct {
		Code string `prom:"key,size=2"`
		Name string
	}

	Flight struct {
		prom.Model
		Number string                       `prom:"unique=number_day"`
		Day    time.Time                    `prom:"date,unique=number_day"`
		Gate   string                       `prom:"index"`
		Delay  int                          `prom:"index,desc"`
		To     prom.RefBy[Country, string]  `prom:"to_code"`
		Via    *prom.RefBy[Country, string] `prom:"via_code"`
		Gone   bool

		_ struct{} `prom:"index=waiting,on='gate, delay desc',where='NOT gone'"`
	}

	Booking struct {
		prom.Model
		Flight prom.Ref[Flight]   `prom:"ondelete=restrict"` // a flight with bookings is not deleted
		Return *prom.Ref[Flight]  `prom:"ondelete=cascade,onupdate=no action"`
		Pair   *prom.Ref[Booking] `prom:"deferrable=deferred"` // checked when the transaction commits
	}

	Pilot struct {
		prom.Model
		Mail  string
		Rank  int
		Hours int

		_ struct{} `prom:"unique=mail,on='lower(mail)'"`
		_ struct{} `prom:"index=rank,on='rank desc',include='mail, hours'"`
	}

	Article struct {
		prom.Model
		Title string         `prom:"index,ops=text_pattern_ops"` // for LIKE 'begin%' in any collation
		Tags  []string       `prom:"index,using=gin"`
		Meta  map[string]any `prom:"index,using=gin,ops=jsonb_path_ops"` // for Contains
	}

	Shelf struct {
		prom.Model
		Room *int   `prom:"unique=place,nulls=not distinct"` // one shelf of a name that is in no room
		Name string `prom:"unique=place,nulls=not distinct"`
	}

	Musician struct {
		prom.Model
		Name     string
		Records  prom.Many[Record]                     `prom:"via=artist_id"` // of the two references of a record
		Produced prom.Many[Record]                     `prom:"via=producer_id"`
		Friends  prom.ManyToMany[Musician, Friendship] `prom:"via=one_id,to=other_id"`
	}
	Record struct {
		prom.Model
		Title    string
		Artist   prom.Ref[Musician]  `prom:"artist_id,index"`
		Producer *prom.Ref[Musician] `prom:"producer_id,index"`
	}
	Friendship struct {
		One   prom.Ref[Musician] `prom:"one_id,unique=pair"`
		Other prom.Ref[Musician] `prom:"other_id,unique=pair"`
	}

	Deed struct {
		prom.Model
		Parcel  string     `prom:"unique"`
		Version int        `prom:"version"`
		Gone    *time.Time `prom:"deleted"`
	}
	Customer struct {
		prom.Model
		Email   string `prom:"nocase,unique,max=200,regex='^[^@]+@[^@]+$'"`
		Name    string `prom:"size=1..100"`
		Code    string `prom:"size=8"`
		Level   string `prom:"choices=gold|silver|none,default=none"`
		Age     *int   `prom:"min=0,max=150"`
		Tags    []string
		Note    string `prom:"nonempty"`
		Secret  string `prom:"private"`
		Balance string `prom:"decimal=12.2,default=0"`
	}

	Shift struct {
		ID      prom.UUID      `prom:"key,auto"`
		Badge   string         `prom:"uuid,default=uuid"`
		Day     time.Time      `prom:"date"`
		Begins  time.Duration  `prom:"clock"`
		Ends    *time.Duration `prom:"clock"`
		Address netip.Addr     // a text, by its MarshalText
		Heat    Celsius        `prom:"type=int"`
		Cooled  Celsius        `prom:"type=int,null"`
		Raw     string         `prom:"json"`
		Grid    [][]int        `prom:"array"`
		Kind    *string        `prom:"enum=shift_kind,choices=day|night"`
		Left    sql.Null[int64]
		Made    time.Time `prom:"created"`
		Changed time.Time `prom:"updated"`
		Clocked time.Time `prom:"stored=datetime"`
	}
)

// Celsius converts itself.
type Celsius struct {
	Degrees int64
	Known   bool
}

// Value implements driver.Valuer.
func (c Celsius) Value() (driver.Value, error) {
	if !c.Known {
		return nil, nil
	}
	return c.Degrees, nil
}

// Scan implements sql.Scanner.
func (c *Celsius) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*c = Celsius{}
	case int64:
		*c = Celsius{v, true}
	default:
		return fmt.Errorf("not a temperature: %T", src)
	}
	return nil
}

// Ensure that the models of docs/tags.md are stored and read back on both engines, and do what is said there.
// parity: F3 F16 F19 F20 F21 F22 F25 X1 X3 X10 F42
func TestTagModels(t *testing.T) {
	t.Parallel()
	_ = Naming{forgotten: 1}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := prom.Using(kit.Open(t, e.DSN))

		naming := prom.NewRepo[Naming](db)
		is.NoErr(naming.Create(ctx, &Naming{UserID: 1}))
		is.Equal(columns(naming), []string{"user_id", "name_in_full", "unique", "_id", "_created", "_updated"})

		members := prom.NewRepo[Membership](db)
		is.NoErr(members.Create(ctx, &Membership{Club: 1, Person: 2}))
		m, err := members.Get(ctx, 1, 2)
		is.NoErr(err)
		is.True(!m.Since.IsZero())

		countries, flights := prom.NewRepo[Country](db), prom.NewRepo[Flight](db)
		for _, code := range []string{"IS", "NO"} {
			is.NoErr(countries.Create(ctx, &Country{Code: code}))
		}
		f := Flight{Number: "FI1", Day: time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC), To: prom.NewRefBy[Country]("IS")}
		f.Via = new(prom.NewRefBy[Country]("NO"))
		is.NoErr(flights.Create(ctx, &f))
		is.True(errors.Is(flights.Create(ctx, &Flight{Number: f.Number, Day: f.Day, To: f.To}), prom.ErrUnique))
		is.NoErr(countries.DeleteKey(ctx, "NO")) // the optional reference becomes NULL
		is.NoErr(flights.Reload(ctx, &f))
		is.True(f.Via == nil)
		bookings := prom.NewRepo[Booking](db)
		b := Booking{Flight: prom.RefTo(&f)}
		is.NoErr(bookings.Create(ctx, &b))
		is.True(errors.Is(flights.Delete(ctx, &f), prom.ErrForeignKey)) // it has a booking
		is.NoErr(bookings.Tx(ctx, func(ctx context.Context) error {
			pair := prom.NewRef[Booking](b.ID + 1)
			// which comes with the next one
			if err := bookings.Create(ctx, &Booking{Flight: prom.RefTo(&f), Pair: &pair}); err != nil {
				return err
			}
			return bookings.Create(ctx, &Booking{Flight: prom.RefTo(&f)})
		}))
		_, err = bookings.Query().WithoutWhere().Delete(ctx)
		is.NoErr(err)
		is.NoErr(countries.DeleteKey(ctx, "IS")) // the required one goes with its target
		is.True(errors.Is(flights.Reload(ctx, &f), prom.ErrNotFound))

		pilots := prom.NewRepo[Pilot](db)
		is.NoErr(pilots.Create(ctx, &Pilot{Mail: "ann@example.org", Rank: 2}))
		is.True(errors.Is(pilots.Create(ctx, &Pilot{Mail: "ANN@example.org"}), prom.ErrUnique))

		articles := prom.NewRepo[Article](db)
		is.NoErr(articles.Create(ctx, &Article{Title: "T", Tags: []string{"a"}, Meta: map[string]any{"k": 1}}))
		is.NoErr(prom.Check(ctx, articles))
		d, err := articles.DB()
		is.NoErr(err)
		found, err := d.Describe(ctx, "article")
		is.NoErr(err)
		var made []string
		for _, ix := range found.Indexes {
			made = append(made, strings.TrimSpace(ix.Name+" "+ix.Method+" "+ix.Ops))
		}
		want := []string{"article_title"}
		if e.Name == dbtest.NamePostgres {
			want = []string{"article_meta gin jsonb_path_ops", "article_tags gin", "article_title  text_pattern_ops"}
		}
		is.Equal(made, want)

		shelves := prom.NewRepo[Shelf](db)
		err = shelves.Create(ctx, &Shelf{Name: "A"})
		if e.Name == dbtest.NameSQLite ||
			kit.ScanOne[int](t, d, "SELECT current_setting('server_version_num')::int") < 150000 {
			is.True(errors.Is(err, prom.ErrDrift)) // which says that there is no such index
			return
		}
		is.NoErr(err)
		is.True(errors.Is(shelves.Create(ctx, &Shelf{Name: "A"}), prom.ErrUnique))
		is.NoErr(shelves.Create(ctx, &Shelf{Name: "A", Room: new(1)}))
	})
}

func columns[T any](r *prom.Repo[T]) []string {
	var names []string
	for _, c := range r.Schema().Columns {
		names = append(names, c.Name)
	}
	return names
}

// Ensure that rules are checked, all of them at once, and types that convert themselves come back.
// parity: F16 F17 F19 F20 F21 F25 F26 F45
func TestTagRules(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := prom.Using(kit.Open(t, e.DSN))
		customers := prom.NewRepo[Customer](db)
		bad := Customer{Email: "nobody", Code: "short", Level: "lead", Age: new(200), Balance: "1.234"}
		err := customers.Create(ctx, &bad)
		var broken prom.Violations
		is.True(errors.As(err, &broken))
		var fields []string
		for _, v := range broken {
			fields = append(fields, v.Field+" "+v.Rule)
		}
		is.Equal(fields, []string{"Email regex", "Name min", "Code min", "Level choices", "Age max", "Note nonempty",
			"Balance type"})

		good := customers.New()
		good.Email, good.Name, good.Code, good.Note, good.Secret = "Ada@example.org", "Ada", "12345678", "x", "hidden"
		is.NoErr(customers.Create(ctx, good))
		is.Equal(good.Level, "none")
		is.Equal(good.Balance, "0.00")
		again := *good
		again.Model, again.Email = prom.Model{}, "ADA@example.org"
		is.True(errors.Is(customers.Create(ctx, &again), prom.ErrUnique)) // nocase
		js, err := customers.JSON(good)
		is.NoErr(err)
		is.True(!strings.Contains(string(js), "hidden"))

		deeds := prom.NewRepo[Deed](db)
		deed := Deed{Parcel: "7"}
		is.NoErr(deeds.Create(ctx, &deed))
		is.Equal(deed.Version, 1)
		is.NoErr(deeds.Delete(ctx, &deed))
		is.NoErr(deeds.Create(ctx, &Deed{Parcel: "7"})) // unique among those that are there

		shifts := prom.NewRepo[Shift](db)
		s := Shift{Day: time.Date(2024, 2, 29, 5, 0, 0, 0, time.UTC), Begins: 90 * time.Minute,
			Address: netip.MustParseAddr("::1"), Heat: Celsius{21, true}, Raw: `"quoted"`}
		is.NoErr(shifts.Create(ctx, &s))
		got, err := shifts.Get(ctx, s.ID)
		is.NoErr(err)
		is.Equal(got.Begins, 90*time.Minute)
		is.Equal(got.Address, s.Address)
		is.Equal(got.Heat, s.Heat)
		is.Equal(got.Cooled, Celsius{})
		is.Equal(got.Raw, s.Raw)
		is.Equal(len(got.Badge), 36)
		is.True(got.Ends == nil && !got.Left.Valid && !got.Made.IsZero())
	})
}
