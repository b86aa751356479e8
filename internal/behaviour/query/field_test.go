package query_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Site is embedded in a model; its fields are columns of the model.
type Site struct {
	City string
	Attic
}

type Attic struct {
	Zip  *string
	Tags []string `prom:"json"`
}

type Landlord struct {
	prom.Model
	Name string
}

// House has a field of each family and form.
type House struct {
	prom.Model
	Site
	Owner  prom.Ref[Landlord]
	Guest  *prom.Ref[Landlord]
	Floors int
	Rooms  *int16
	Area   sql.Null[float64]
	Price  string `prom:"decimal=12.2"`
	Built  time.Time
	Sold   *time.Time `prom:"date"`
	Torn   sql.Null[time.Time]
	Note   sql.Null[string]
	Plan   json.RawMessage
	Extra  *map[string]int
	Key    prom.UUID
	Keys   *prom.UUID
	Lit    bool
	Dark   *bool
	Cosy   sql.Null[bool]
	Oven   sql.NullString
	Local  int `prom:"-"`
	hidden int
}

var (
	houseProto  = prom.Proto[House]()
	houseCity   = prom.TextOf(houseProto, &houseProto.City)
	houseZip    = prom.NullTextOf(houseProto, &houseProto.Zip)
	houseOwner  = prom.RefOf(houseProto, &houseProto.Owner)
	houseGuest  = prom.NullRefOf(houseProto, &houseProto.Guest)
	houseFloors = prom.NumberOf(houseProto, &houseProto.Floors)
	houseRooms  = prom.NullNumberOf(houseProto, &houseProto.Rooms)
	houseArea   = prom.SQLNullNumberOf(houseProto, &houseProto.Area)
	housePrice  = prom.OrderedOf(houseProto, &houseProto.Price)
	houseBuilt  = prom.TimeOf(houseProto, &houseProto.Built)
	houseSold   = prom.NullTimeOf(houseProto, &houseProto.Sold)
	houseTorn   = prom.SQLNullTimeOf(houseProto, &houseProto.Torn)
	houseNote   = prom.SQLNullTextOf(houseProto, &houseProto.Note)
	housePlan   = prom.JSONOf(houseProto, &houseProto.Plan)
	houseExtra  = prom.NullJSONOf(houseProto, &houseProto.Extra)
	houseTags   = prom.JSONOf(houseProto, &houseProto.Tags)
	houseKeys   = prom.NullOrderedOf(houseProto, &houseProto.Keys)
	houseLit    = prom.FieldOf(houseProto, &houseProto.Lit)
	houseDark   = prom.NullOf(houseProto, &houseProto.Dark)
	houseCosy   = prom.SQLNullOf(houseProto, &houseProto.Cosy)
	houseOven   = prom.TextOf(houseProto, &houseProto.Oven.String)
)

// Ensure that each constructor finds its column, in embedded structs too.
func TestFieldNames(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for name, f := range map[string]prom.Columner{
		"city": houseCity, "zip": houseZip, "owner": houseOwner, "guest": houseGuest, "floors": houseFloors, "rooms": houseRooms,
		"area": houseArea, "price": housePrice, "built": houseBuilt, "sold": houseSold, "torn": houseTorn, "note": houseNote,
		"plan": housePlan, "extra": houseExtra, "tags": houseTags, "keys": houseKeys, "lit": houseLit, "dark": houseDark,
		"cosy": houseCosy, "oven": houseOven,
		"_id":      prom.NumberOf(houseProto, &houseProto.ID),
		"_created": prom.TimeOf(houseProto, &houseProto.Created),
	} {
		is.Equal(f.Column().Name, name)
	}
	is.Equal(houseZip.Column().Field, "Site.Attic.Zip")
	is.True(houseZip.Column().Null)
}

// Ensure that a constructor panics at start-up when no column is where it is told, with a message that names the
// model and what could have been meant. parity: Q3
func TestFieldPanics(t *testing.T) {
	t.Parallel()
	elsewhere := new(int)
	type unusable struct {
		prom.Model
		C chan int
	}
	unusableProto := prom.Proto[unusable]()

	for name, tt := range map[string]struct {
		make func()
		says []string
	}{
		"nil":          {func() { prom.NumberOf(houseProto, (*int)(nil)) }, []string{"House", "the int ", "Proto"}},
		"elsewhere":    {func() { prom.NumberOf(houseProto, elsewhere) }, []string{"House", "the int ", "Proto"}},
		"another":      {func() { prom.NumberOf(new(House), &houseProto.Floors) }, []string{"House", "prom.Proto[House]()"}},
		"of another":   {func() { prom.NumberOf(houseProto, &unusableProto.ID) }, []string{"House", "unusable"}},
		"no prototype": {func() { h := new(House); prom.NumberOf(h, &h.Floors) }, []string{"House", "prom.Proto[House]()"}},
		"its value":    {func() { prom.NumberOf(houseProto, houseProto.Rooms) }, []string{"House", "the int16 ", "Proto"}},
		"not stored": {func() { prom.NumberOf(houseProto, &houseProto.Local) },
			[]string{"House", "not a column of type int", "Floors (int)", "Site.City (string)"}},
		"unexported": {func() { prom.NumberOf(houseProto, &houseProto.hidden) },
			[]string{"House", "not a column of type int", "Floors"}},
		"a part": {func() { prom.FieldOf(houseProto, &houseProto.Site) },
			[]string{"House", "not a column of type query_test.Site", "Site.City"}},
		"JSON": {func() { prom.FieldOf(houseProto, &houseProto.Tags) }, []string{"House", "Tags", "JSONOf"}},
		"no JSON": {func() { prom.JSONOf(houseProto, &houseProto.City) },
			[]string{"House", "City", "not stored as JSON"}},
		"pointer":      {func() { prom.FieldOf(houseProto, &houseProto.Rooms) }, []string{"House", "Rooms", "int16", "Null"}},
		"sql.Null":     {func() { prom.FieldOf(houseProto, &houseProto.Note) }, []string{"House", "Note", "SQLNull"}},
		"reference":    {func() { prom.FieldOf(houseProto, &houseProto.Owner) }, []string{"House", "Owner", "RefOf"}},
		"no model":     {func() { prom.Proto[int]() }, []string{"int", "struct"}},
		"no good type": {func() { prom.NumberOf(unusableProto, &unusableProto.ID) }, []string{"unusable", "C", "chan int"}},
		"repo":         {func() { prom.NewRepo[unusable]() }, []string{"unusable", "C", "chan int"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := kit.PanicText(tt.make)
			for _, want := range tt.says {
				if !strings.Contains(text, want) {
					t.Errorf("the panic says %q, without %q", text, want)
				}
			}
		})
	}
}

// house creates a house with its owner.
func house(t *testing.T, db *prom.DB, change func(*House)) (*prom.Repo[House], *House) {
	t.Helper()
	is := is.New(t)
	ctx := context.Background()
	owner := Landlord{Name: "Ada"}
	is.NoErr(prom.NewRepo[Landlord](prom.Using(db)).Create(ctx, &owner))
	h := House{Site: Site{City: "Paris"}, Owner: prom.NewRef[Landlord](owner.ID), Floors: 3, Price: "10.50",
		Plan: json.RawMessage(`{}`), Key: prom.NewUUID(), Built: time.Date(1900, 5, 6, 7, 8, 9, 0, time.UTC)}
	if change != nil {
		change(&h)
	}
	repo := prom.NewRepo[House](prom.Using(db))
	is.NoErr(repo.Create(ctx, &h))
	return repo, &h
}

// Ensure that every form of a field can be asked for, assigned and set to NULL. parity: B5
func TestFieldForms(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo, h := house(t, kit.Open(t, e.DSN), nil)
		key, day := prom.NewUUID(), time.Date(2020, 2, 2, 0, 0, 0, 0, time.UTC)

		nulls := []prom.Cond[*House]{houseZip.IsNull(), houseGuest.IsNull(), houseRooms.IsNull(), houseArea.IsNull(),
			houseSold.IsNull(),
			houseTorn.IsNull(), houseNote.IsNull(), houseExtra.IsNull(), houseKeys.IsNull(), houseDark.IsNull(), houseCosy.Is(nil)}
		is.Equal(kit.Count(t, repo.Where(nulls...)), 1)
		n, err := repo.Where(houseOwner.Eq(h.Owner.Key())).Update(ctx, houseZip.Set("75"), houseGuest.Set(h.Owner.Key()),
			houseRooms.Set(0),
			houseArea.Set(0), houseSold.Set(day), houseTorn.Set(day), houseNote.Set(""), houseExtra.Set(map[string]int{"a": 1}),
			houseKeys.Set(key), houseDark.Set(false), houseCosy.Set(true), houseTags.Set([]string{"x"}), houseOven.Set("gas"))
		is.NoErr(err)
		is.Equal(n, 1)
		zero, yes := 0.0, true
		is.Equal(kit.Count(t, repo.Where(houseZip.Eq("75"), houseGuest.Eq(h.Owner.Key()), houseRooms.Eq(0),
			houseArea.Is(&zero), houseSold.Eq(day),
			houseTorn.In(day), houseNote.Eq(""), houseExtra.NotNull(), houseKeys.Gte(key), houseDark.Eq(false), houseCosy.Is(&yes), houseOven.Eq("gas"))), 1)
		is.Equal(kit.Count(t, repo.Where(prom.Or(nulls...))), 0)

		_, err = repo.WithoutWhere().Update(ctx, houseZip.SetNull(), houseGuest.SetNull(), houseRooms.SetNull(),
			houseArea.SetNull(), houseSold.SetNull(),
			houseTorn.SetNull(), houseNote.SetNull(), houseExtra.SetNull(), houseKeys.SetNull(), houseDark.SetNull(), houseCosy.SetNull())
		is.NoErr(err)
		is.Equal(kit.Count(t, repo.Where(nulls...)), 1)
		is.Equal(kit.Count(t, repo.Where(houseZip.IsNot(nil))), 0)
	})
}

// Ensure that a column by its name takes values of other types and texts when they convert without loss, and that all
// else is an error before any SQL. parity: Q3
func TestFieldByName(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		repo, h := house(t, kit.Open(t, e.DSN), func(h *House) { h.Area = sql.Null[float64]{V: 70.5, Valid: true} })
		field := func(name string) *prom.AnyField[*House] {
			f, err := prom.FieldByName(repo, name)
			if err != nil {
				t.Fatal(err)
			}
			return f
		}
		for i, c := range []prom.Cond[*House]{
			field("floors").Eq(3), field("floors").Eq("3"), field("floors").Eq(int8(3)), field("floors").Gt(uint64(2)), field("floors").Lte(3.0),
			field("floors").In(1, "3"), field("floors").NotIn(), field("rooms").Eq(nil), field("extra").Eq(nil), field("plan").Ne(nil), field("floors").Ne(nil), field("area").Eq("70.5"),
			field("area").Gt(70), field("area").Lt(uint8(71)), field("area").In(float32(70.5)), field("price").Eq("10.5"), field("price").Lt("9999"),
			field("city").Contains("ari"), field("city").HasPrefix("Pa"), field("city").HasSuffix("is"), field("city").ContainsFold("PAR"),
			field("city").Like("P_ris"), field("lit").Eq("false"), field("lit").Eq(false), field("key").Eq(h.Key), field("key").Eq(h.Key.String()),
			field("built").Eq("1900-05-06T07:08:09Z"), field("built").Gte(h.Built), field("built").Gt("1900-05-06"), field("owner").Eq(h.Owner.Key()),
			field("owner").Eq(fmt.Sprint(h.Owner.Key())), field("_id").Eq(h.ID),
		} {
			if n := kit.Count(t, repo.Where(c)); n != 1 {
				t.Errorf("condition %d holds for %d rows", i, n)
			}
		}
		for i, c := range []prom.Cond[*House]{
			field("floors").Eq("x"), field("floors").Eq(""), field("floors").Eq(3.5), field("floors").Eq(true), field("floors").Gt(nil), field("floors").In(1, nil),
			field("floors").Eq(uint64(math.MaxUint64)), field("floors").Eq(1e30), field("rooms").Eq(70000), field("rooms").Eq("70000"), field("area").Eq("NaN"),
			field("area").Eq(math.NaN()), field("area").Eq(int64(math.MaxInt64)), field("price").Eq("1.234"), field("price").Eq("x"), field("city").Eq(3),
			field("city").Eq("\x00"), field("floors").Contains("3"), field("lit").Eq("yes?"), field("key").Eq("x"), field("built").Eq("yesterday"),
			field("built").Eq("0000-01-01"), field("plan").Eq("{}"), field("plan").In("{}"), field("plan").NotIn("{}"), field("plan").Contains("{"),
			field("city").Eq([]string{"a"}), field("city").Eq(struct{}{}), field("city").Eq(func() {}),
		} {
			if _, err := repo.Where(c).Count(context.Background()); !errors.Is(err, prom.ErrValidation) {
				t.Errorf("wrong condition %d: %v", i, err)
			}
		}
	})
}

// Ensure that columns by their names are assigned and ordered by, by the rules of the fields, and that an unknown name
// is an error that lists the columns.
func TestFieldByNameWrites(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo, _ := house(t, kit.Open(t, e.DSN), nil)
		field := func(name string) *prom.AnyField[*House] {
			f, err := prom.FieldByName(repo, name)
			is.NoErr(err)
			return f
		}
		_, err := repo.WithoutWhere().Update(ctx, field("floors").Set("7"), field("zip").Set("x"),
			field("plan").Set(`{"a":1}`), field("price").Set("8.5"), field("area").Set(nil))
		is.NoErr(err)
		got, err := repo.OrderBy(field("zip").Desc(), field("_id").Asc()).First(ctx)
		is.NoErr(err)
		is.Equal([]any{got.Floors, *got.Zip, got.Price, got.Area.Valid}, []any{7, "x", "8.50", false})
		for _, a := range []prom.Assign[*House]{field("floors").Set("x"), field("floors").Set(nil),
			field("price").Set("1.005"), field("plan").Set("{"), field("rooms").Set(1 << 20)} {
			_, err := repo.WithoutWhere().Update(ctx, a)
			is.True(errors.Is(err, prom.ErrValidation))
		}
		_, err = repo.OrderBy(field("plan").Asc()).All(ctx)
		is.True(errors.Is(err, prom.ErrValidation))

		_, err = prom.FieldByName(repo, "floor; drop")
		is.True(errors.Is(err, prom.ErrValidation))
		is.True(strings.Contains(err.Error(), "floors") && strings.Contains(err.Error(), "_created"))
	})
}
