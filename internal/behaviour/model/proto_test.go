package model_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Villa has what a prototype must tell apart: structs by value, one of which begins where it does, structs that
// pointers lead to, in a circle too, and fields that are no columns.
type (
	Villa struct {
		prom.Model
		VillaSite
		Rooms  int
		View   *View
		Door   Door `prom:"json"`
		note   string
		Scrap  string `prom:"-"`
		Built  time.Time
		Garden []string
	}
	VillaSite struct {
		Town string
		Zip  *string
	}
	View struct {
		Of    string
		Sides *Side
	}
	Side struct {
		Left  int
		Other *Side
	}
	Door struct{ Wood string }
)

var villa = prom.Proto[Villa]()

// Ensure that a field is told by its address and its type, through structs, and that what is no column is told with the
// field and what to do, when the program starts. parity: Q3
func TestProto(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	is.Equal(prom.TextOf(villa, &villa.Town).Column().Name, "town") // it is where the embedded struct is
	is.Equal(prom.NullTextOf(villa, &villa.Zip).Column().Name, "zip")
	is.Equal(prom.NumberOf(villa, &villa.ID).Column().Name, "_id")
	is.Equal(prom.NullJSONOf(villa, &villa.View).Column().Name, "view")
	is.Equal(prom.JSONOf(villa, &villa.Door).Column().Name, "door")
	is.True(prom.Proto[Villa]() == villa)                                    // there is one
	is.True(villa.View != nil && villa.View.Sides != nil)                    // so that what is in it has an address
	is.True(villa.View.Sides.Other == nil)                                   // and the way ends
	is.True(villa.Built.Location() != nil && villa.Built.Equal(time.Time{})) // what is none of the program's is as it was
	is.Equal(villa.note, "")

	for name, tt := range map[string]struct {
		make func()
		says []string
	}{
		"a part of JSON": {func() { prom.TextOf(villa, &villa.Door.Wood) },
			[]string{"Villa.Door.Wood", "door", "JSONPath"}},
		"beyond a pointer": {func() { prom.TextOf(villa, &villa.View.Of) },
			[]string{"Villa", "Of", "the pointer View", "JSON"}},
		"beyond two": {func() { prom.NumberOf(villa, &villa.View.Sides.Left) },
			[]string{"Villa", "Left", "View.Sides"}},
		"not exported": {func() { prom.TextOf(villa, &villa.note) },
			[]string{"Villa.note", "not a column", "not exported"}},
		"left out": {func() { prom.TextOf(villa, &villa.Scrap) }, []string{"Villa.Scrap", "not a column"}},
		"a struct": {func() { prom.FieldOf(villa, &villa.VillaSite) }, []string{"Villa", "Town"}},
		"a value":  {func() { prom.NumberOf(*villa, &villa.Rooms) }, []string{"prom.Proto[Villa]()"}},
		"a copy":   {func() { v := *villa; prom.NumberOf(&v, &v.Rooms) }, []string{"prom.Proto[Villa]()"}},
		"an element": {func() { prom.TextOf(villa, &append(villa.Garden, "a")[0]) },
			[]string{"Villa", "string", "Proto"}},
		"no struct": {func() { prom.Proto[[]int]() }, []string{"[]int", "struct"}},
	} {
		text := kit.PanicText(tt.make)
		for _, want := range tt.says {
			if !strings.Contains(text, want) {
				t.Errorf("%s: the panic says %q, without %q", name, text, want)
			}
		}
	}
}

// Ensure that no call stores a prototype, or loads into it. parity: Q3
func TestProtoIsNeverStored(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		villas := prom.NewRepo[Villa](prom.Using(kit.Open(t, e.DSN)))
		is.NoErr(villas.Create(ctx, &Villa{Rooms: 1}))
		var b prom.Batch
		prom.Queue(&b, villas).Create(villa)
		for name, err := range map[string]error{
			"Create": villas.Create(ctx, villa), "Update": villas.Update(ctx, villa), "Save": villas.Save(ctx, villa),
			"Upsert": villas.Upsert(ctx, villa), "Delete": villas.Delete(ctx, villa), "Load": villas.Load(ctx, villa),
			"Reload": villas.Reload(ctx, villa), "Validate": villas.Validate(ctx, villa), "a batch": b.Run(ctx),
			"OnConflict": kit.ErrOf(villas.OnConflict(villaID).Create(ctx,
				villa)), "GetOrCreate": kit.ErrOf(villas.GetOrCreate(ctx, villa, villaID)),
		} {
			if err == nil || !strings.Contains(err.Error(), "the prototype of Villa, or in one") {
				t.Errorf("%s: %v", name, err)
			}
		}
		is.Equal(kit.Count(t, villas.Query()), 1)
		is.Equal(villa.Rooms, 0)
	})
}

var villaID = prom.NumberOf(villa, &villa.ID)

// Totals is a result with structs in it.
type villaTotals struct {
	Town string
	Size struct {
		Rooms int64
		Deep  struct{ Most *int }
	}
	View *View
}

// Ensure that the fields of a result may be in structs of its own, and that one beyond a pointer, or of another result,
// is an error that names it. parity: Q31
func TestProtoOfResult(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		villas := prom.NewRepo[Villa](prom.Using(kit.Open(t, e.DSN)))
		is.NoErr(villas.CreateMany(ctx, []Villa{{Rooms: 3, VillaSite: VillaSite{Town: "a"}},
			{Rooms: 5, VillaSite: VillaSite{Town: "a"}}}))
		town, rooms := prom.TextOf(villa, &villa.Town), prom.NumberOf(villa, &villa.Rooms)
		total := prom.Proto[villaTotals]()
		list, err := prom.Select(villas.Query(), total, prom.Col(&total.Town, town),
			prom.Col(&total.Size.Rooms, prom.Count(villa)),
			prom.NullCol(&total.Size.Deep.Most, prom.Max(rooms))).All(ctx)
		is.NoErr(err)
		is.Equal(len(list), 1)
		is.Equal(list[0].Size.Rooms, int64(2))
		is.Equal(*list[0].Size.Deep.Most, 5)

		var loose villaTotals
		for want, p := range map[string]prom.Projection[Villa, villaTotals]{
			"the pointer View":        prom.Select(villas.Query(), total, prom.Col(&total.View.Of, town)),
			"is not in a prototype":   prom.Select(villas.Query(), total, prom.Col(&loose.Town, town)),
			"needs its prototype":     prom.Select(villas.Query(), &loose, prom.Col(&total.Town, town)),
			"is for model_test.Villa": prom.Select(villas.Query(), total, prom.Col(&villa.Town, town)),
			"at least one column":     prom.Select(villas.Query(), total),
		} {
			if _, err := p.All(ctx); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%q: %v", want, err)
			}
		}
	})
}

// Ring leads to itself, and to others that lead to it.
type (
	Ring struct {
		prom.Model
		Next        *Ring `prom:"-"`
		Name        string
		Of          *prom.Ref[Ring]
		Ring1       *Ring1 `prom:"json"`
		NoA, NoB    [0]int `prom:"json"`
		Wide, Wide2 Gem    `prom:"json"`
	}
	Ring1 struct{ A, B, C *Ring2 }
	Ring2 struct{ A, B, C *Ring3 }
	Ring3 struct{ A, B, C *Ring4 }
	Ring4 struct{ A, B, C *Ring5 }
	Ring5 struct{ A, B, C *Ring1 }
	Gem   struct{ N int }
)

// Ensure that types which lead to each other are no more than they are in a prototype, that an address beyond a type's
// pointer to itself is told, and one that does not tell fields apart.
func TestProtoOfCircles(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ring := prom.Proto[Ring]()
	is.Equal(ring.Of, nil)                              // a reference is a value as a whole
	is.True(ring.Ring1.A != nil && ring.Ring1.B == nil) // each type once
	for name, tt := range map[string]struct {
		make func()
		says string
	}{
		"itself":    {func() { prom.TextOf(ring, &ring.Next.Name) }, "the pointer Next"},
		"no size":   {func() { prom.JSONOf(ring, &ring.NoB) }, "has no size"},
		"of a part": {func() { prom.NumberOf(ring, &ring.Wide2.N) }, "Ring.Wide2.N is part of the column wide2"},
		"of another": {func() { prom.TextOf(villa, &ring.Name) },
			"Ring.Name is a field of another type than model_test.Villa"},
	} {
		if text := kit.PanicText(tt.make); !strings.Contains(text, tt.says) {
			t.Errorf("%s: %q", name, text)
		}
	}
}
