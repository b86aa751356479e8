package schema_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/schema"
)

type (
	painter struct {
		Model
		Name     string                               `json:"name"`
		Pictures prom.Many[picture]                   `prom:"via=by_id" json:"pictures,omitzero"`
		Copies   prom.Many[picture]                   `prom:"via=copied_by,private" json:"-"`
		Friends  prom.ManyToMany[painter, friendship] `prom:"via=one,to=other" json:"-"`
		Fans     prom.ManyToMany[painter, friendship] `prom:"to=one" json:"-"`
		Shows    prom.ManyToMany[show, hanging]       `json:"-"`
		//lint:ignore U1000 a field that is not exported is no relation
		hidden prom.Many[picture]
	}
	picture struct {
		Model
		By     prom.Ref[painter]  `prom:"by_id"`
		Copier *prom.Ref[painter] `prom:"copied_by"`
	}
	friendship struct {
		One   prom.Ref[painter]
		Other prom.Ref[painter]
	}
	show    struct{ Model }
	hanging struct {
		Painter prom.Ref[painter]
		Show    prom.Ref[show]
	}
)

// Ensure that a relation is no column, and that it finds the columns that make it: the only reference, or the one that
// its tag names.
func TestRelations(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	tbl := of[painter](t)
	is.Equal(schema.ColumnNames(tbl.Columns), []string{"name", "_id", "_created", "_updated"})
	is.Equal(len(tbl.Relations), 5)
	is.NoErr(tbl.Check())
	for i, want := range []struct{ field, model, owner, target string }{
		{"Pictures", "picture", "by_id", ""},
		{"Copies", "picture", "copied_by", ""},
		{"Friends", "painter", "one", "other"},
		{"Fans", "painter", "other", "one"},
		{"Shows", "show", "painter", "show"},
	} {
		r := tbl.Relations[i]
		is.Equal(r.Field, want.field)
		is.Equal(r.Model.Name(), want.model)
		owner, target, err := r.Ends()
		is.NoErr(err)
		is.Equal(schema.ColumnNames(owner), []string{want.owner})
		is.Equal(target == nil, want.target == "")
		if target != nil {
			is.Equal(schema.ColumnNames(target), []string{want.target})
		}
		is.Equal(r.Private, want.field == "Copies")
		is.Equal(tbl.RelationAt(r.Offset, r.Type), r)
	}
	is.Equal(tbl.RelationAt(tbl.Relations[0].Offset, reflect.TypeFor[prom.Many[show]]()), nil)
}

type (
	noReferrer struct {
		ID int64 `prom:"key"`
		M  prom.Many[show]
	}
	twoReferrers struct {
		ID int64 `prom:"key"`
		M  prom.Many[twice]
	}
	twice    struct{ A, B prom.Ref[twoReferrers] }
	wrongVia struct {
		ID int64           `prom:"key"`
		M  prom.Many[once] `prom:"via=nope"`
	}
	once     struct{ A prom.Ref[wrongVia] }
	sameEnds struct {
		ID int64                           `prom:"key"`
		M  prom.ManyToMany[sameEnds, pair] `prom:"via=a,to=a"`
	}
	openEnds struct {
		ID int64 `prom:"key"`
		M  prom.ManyToMany[openEnds, openPair]
	}
	pair     struct{ A, B prom.Ref[sameEnds] }
	openPair struct{ A, B prom.Ref[openEnds] }
	otherKey struct {
		ID string `prom:"key"`
		M  prom.Many[toOtherKey]
	}
	toOtherKey struct{ A prom.Ref[otherKey] }
	toNoModel  struct {
		ID int64 `prom:"key"`
		M  prom.Many[int]
	}
)

// Ensure that a relation that nothing makes, or that several columns could, says what to change.
func TestRelationErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		tbl  *schema.Table
		want string
	}{
		{of[noReferrer](t), `prom: model schema_test.noReferrer: field M: no column of show refers to noReferrer; give it a field of type prom.Ref[noReferrer]`},
		{of[twoReferrers](t), `2 columns of twice refer to twoReferrers (a, b); choose one by the tag option via=a`},
		{of[wrongVia](t), `via=nope is not a column of once that refers to wrongVia`},
		{of[sameEnds](t), `via and to name the same column "a" of pair`},
		{of[openEnds](t), `2 columns of openPair refer to openEnds (a, b); choose one by the tag option via=a`},
		{of[otherKey](t), `the key of schema_test.otherKey is a string, the reference holds a int64`},
		{of[toNoModel](t), `prom: model int: a model is a struct type`},
	} {
		if err := tt.tbl.Check(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %s", tt.tbl.Name, err, tt.want)
		}
	}
}

// Ensure that a mistake in the tag of a relation is found with the model.
func TestRelationTagErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		model any
		want  string
	}{
		{struct {
			M prom.Many[show] `prom:"shows"`
		}{}, "a relation is not a column and has no name"},
		{struct {
			M prom.Many[show] `prom:"unique"`
		}{}, "this relation does not take the option unique; it takes via, to, private"},
		{struct {
			M prom.Many[show] `prom:"to=a"`
		}{}, "the option to is for a ManyToMany"},
		{struct{ M *prom.Many[show] }{}, "a relation must be a prom.Many["},
		{struct {
			m prom.Many[show] `prom:"via=a"`
		}{}, "an unexported field cannot be a column"},
		{struct {
			A int `prom:"via=a"`
		}{}, "via and to are for fields of type prom.Many and prom.ManyToMany, not for int"},
	} {
		_, err := schema.OfNamed(reflect.TypeOf(tt.model), "m")
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%T: got %v, want %s", tt.model, err, tt.want)
		}
	}
}

// Ensure that a Many tells none from not loaded, also in JSON, and that copies share the rows.
func TestMany(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	p := painter{Name: "p"}
	is.True(!p.Pictures.Loaded())
	is.True(p.Pictures.IsZero())
	is.True(strings.HasPrefix(panicText(func() { p.Pictures.Rows() }), "prom: "))
	b, err := json.Marshal(p)
	is.NoErr(err)
	is.True(!strings.Contains(string(b), "pictures"))
	b, err = json.Marshal(p.Pictures)
	is.NoErr(err)
	is.Equal(string(b), "null")

	p.Pictures.Set(nil)
	is.True(p.Pictures.Loaded())
	is.Equal(len(p.Pictures.Rows()), 0)
	b, err = json.Marshal(p)
	is.NoErr(err)
	is.True(strings.Contains(string(b), `"pictures":[]`))

	p.Pictures.Set([]picture{{Copier: new(prom.NewRef[painter](3))}})
	again := p
	again.Pictures.Rows()[0].Copier = nil
	is.Equal(p.Pictures.Rows()[0].Copier, nil)
	is.Equal(again, p) // a model with relations can be compared
	var back painter
	b, err = json.Marshal(p)
	is.NoErr(err)
	is.NoErr(json.Unmarshal(b, &back))
	is.Equal(len(back.Pictures.Rows()), 1)
	is.NoErr(json.Unmarshal([]byte(`{"pictures":null}`), &back))
	is.True(!back.Pictures.Loaded())

	p.Pictures.Reset()
	is.True(!p.Pictures.Loaded())
	is.True(again.Pictures.Loaded())
}

// panicText returns what fn panics with.
func panicText(fn func()) (text string) {
	defer func() { text = fmt.Sprint(recover()) }()
	fn()
	return ""
}

type place struct {
	Code string `prom:"key"`
	Name string
}

// Ensure that a reference holds the row that it was set to or that was loaded for it, as long as it has that row's key.
// parity: M28
func TestRefRow(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	var r prom.RefBy[place, string]
	is.True(!r.Loaded())
	_, ok := r.Get()
	is.True(!ok)

	bern := &place{"BE", "Bern"}
	r.Set(bern)
	is.Equal(r.Key(), "BE")
	row, ok := r.Get()
	is.True(ok && row == bern)
	other := r
	is.Equal(other, r)
	b, err := json.Marshal(r)
	is.NoErr(err)
	is.Equal(string(b), `{"Code":"BE","Name":"Bern"}`)
	var back prom.RefBy[place, string]
	is.NoErr(json.Unmarshal(b, &back))
	is.Equal(back.Key(), "BE")
	is.True(!back.Loaded()) // what others say that a row is, is not loaded

	other.SetKey("ZH")
	is.True(!other.Loaded())
	is.Equal(panicText(func() { other.Get() }),
		"prom: a RefBy of place was not loaded, so it is not known whether a row of place exists: "+
			"load it by With or LoadInto with the handle of the field, or call Loaded first")
	is.True(r.Loaded())

	r.Set(nil)
	is.True(r.IsZero() && !r.Loaded())
	var null *prom.RefBy[place, string]
	is.True(null.Loaded())
	_, ok = null.Get()
	is.True(!ok)

	for _, set := range []func(){
		func() { new(prom.Ref[place]).Set(bern) },
		func() { new(prom.Ref[noKey]).Set(&noKey{}) },
		func() { new(prom.Ref[int]).Set(new(int)) },
	} {
		func() {
			defer func() { is.True(recover() != nil) }()
			set()
		}()
	}
}

type (
	receipt struct {
		Shop   int64  `prom:"key"`
		Number string `prom:"key"`
		Items  prom.Many[item]
		Notes  prom.Many[item] `prom:"via='seller,ticket'"`
	}
	item struct {
		Model
		Shop    int64
		Number  string
		Seller  *int64
		Ticket  *string
		Receipt prom.CompositeRef[receipt] `prom:"on='shop, number'"`
		Noted   prom.CompositeRef[receipt] `prom:"on='seller, ticket',private"`
	}
	lonely struct {
		Shop   int64                     `prom:"key"`
		Number int32                     `prom:"key"`
		Items  prom.Many[item]           `prom:"-"`
		Self   prom.CompositeRef[lonely] `prom:"on='shop, other'"`
		Other  int32
	}
)

// Ensure that several columns refer to a row together, and that the rows which refer to it so are found.
func TestForeignKeys(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	items := of[item](t)
	is.Equal(len(items.Columns), 7)
	is.Equal(len(items.ForeignKeys), 2)
	is.NoErr(items.Check())
	receipts := of[receipt](t)
	for i, want := range [][]string{{"shop", "number"}, {"seller", "ticket"}} {
		k := items.ForeignKeys[i]
		is.Equal(schema.ColumnNames(k.Columns), want)
		is.Equal(len(k.Null), 2*i)
		is.Equal(items.TargetOfKey(k), receipts)
		owner, target, err := items.Relations[i].Ends()
		is.NoErr(err)
		is.Equal(owner, k.Columns)
		is.True(target == nil && items.Relations[i].One)
		is.Equal(items.Relations[i].Private, i == 1)
	}
	is.Equal(items.Targets(), []*schema.Table{receipts})
	owner, _, err := receipts.Relations[1].Ends()
	is.NoErr(err)
	is.Equal(owner, items.ForeignKeys[1].Columns)
	_, _, err = receipts.Relations[0].Ends()
	is.True(err != nil)
	is.True(strings.Contains(err.Error(), "(shop, number, seller, ticket)"))

	self := of[lonely](t)
	is.NoErr(self.Check())
	other, err := self.WithName("other")
	is.NoErr(err)
	is.Equal(other.TargetOfKey(other.ForeignKeys[0]), other)
}

type (
	// deck and hold are connected by rows that refer to each by two columns, of which they share one.
	deck struct {
		Ship  string `prom:"key"`
		Level int    `prom:"key"`
		Holds prom.ManyToMany[hold, hatch]
		Above prom.ManyToMany[deck, stair] `prom:"via='ship, lower'"`
		Stuck prom.ManyToMany[deck, stair] `prom:"via='ship, lower',to='ship,lower',private"`
	}
	hold struct {
		Ship string `prom:"key"`
		Bay  string `prom:"key"`
		Over prom.ManyToMany[deck, hatch]
	}
	hatch struct {
		Ship  string                  `prom:"key"`
		Level int                     `prom:"key"`
		Bay   string                  `prom:"key"`
		Deck  prom.CompositeRef[deck] `prom:"on='ship, level'"`
		Hold  prom.CompositeRef[hold] `prom:"on='ship, bay'"`
	}
	stair struct {
		Ship  string                  `prom:"key"`
		Lower int                     `prom:"key"`
		Upper int                     `prom:"key"`
		From  prom.CompositeRef[deck] `prom:"on='ship, lower'"`
		To    prom.CompositeRef[deck] `prom:"on='ship, upper'"`
	}
)

// Ensure that a join model may refer to its sides by several columns, which may share some, and that the ones of one
// side are not those of the other.
func TestManyToManyOfSeveralColumns(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	decks, holds := of[deck](t), of[hold](t)
	for _, tt := range []struct {
		r             *schema.Relation
		owner, target []string
	}{
		{decks.Relations[0], []string{"ship", "level"}, []string{"ship", "bay"}},
		{decks.Relations[1], []string{"ship", "lower"}, []string{"ship", "upper"}},
		{holds.Relations[0], []string{"ship", "bay"}, []string{"ship", "level"}},
	} {
		owner, target, err := tt.r.Ends()
		is.NoErr(err)
		is.Equal(schema.ColumnNames(owner), tt.owner)
		is.Equal(schema.ColumnNames(target), tt.target)
	}
	_, _, err := decks.Relations[2].Ends()
	is.True(err != nil && strings.Contains(err.Error(), "via and to name the same column"))
}

// Models whose required references go in circles, and models that need one of them, or break the circle.
type (
	chickenID struct {
		ID  int64 `prom:"key,auto"`
		Egg prom.Ref[eggID]
	}
	eggID struct {
		ID      int64 `prom:"key,auto"`
		Chicken prom.Ref[chickenID]
	}
	farmOf struct {
		ID   int64 `prom:"key,auto"`
		Best prom.Ref[eggID]
	}
	wheelA struct {
		ID int64 `prom:"key,auto"`
		B  prom.Ref[wheelB]
	}
	wheelB struct {
		ID int64 `prom:"key,auto"`
		C  prom.Ref[wheelC]
	}
	wheelC struct {
		ID int64 `prom:"key,auto"`
		A  *prom.Ref[wheelA]
		B  *prom.Ref[wheelB]
	}
	halfA struct {
		Tenant int64 `prom:"key"`
		ID     int64 `prom:"key"`
		Other  int64
		B      prom.CompositeRef[halfB] `prom:"on='tenant, other'"`
	}
	halfB struct {
		Tenant int64 `prom:"key"`
		ID     int64 `prom:"key"`
		Other  *int64
		A      prom.CompositeRef[halfA] `prom:"on='tenant, other'"`
		Up     int64
		Parent prom.CompositeRef[halfB] `prom:"on='tenant, up'"`
	}
	fullB struct {
		Tenant int64 `prom:"key"`
		ID     int64 `prom:"key"`
		Other  int64
		A      prom.CompositeRef[fullA] `prom:"on='tenant, other'"`
	}
	fullA struct {
		Tenant int64 `prom:"key"`
		ID     int64 `prom:"key"`
		Other  int64
		B      prom.CompositeRef[fullB] `prom:"on='tenant, other'"`
	}
)

// Ensure that a circle of required references, in which no row can be the first, is refused with its fields, and one
// that a pointer opens is not.
func TestRequiredCircles(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	is.Equal(of[chickenID](t).Check().Error(),
		"prom: model schema_test.chickenID: the required references chickenID.Egg and eggID.Chicken form a circle, "+
			"so no row can be inserted first; make one of these fields a pointer, or give it the tag option "+
			"deferrable=deferred, so that it is checked when a transaction ends")
	is.True(strings.Contains(of[farmOf](t).Check().Error(), "eggID.Chicken and chickenID.Egg form a circle"))
	is.True(strings.Contains(of[fullA](t).Check().Error(), "fullA.B and fullB.A form a circle"))
	for _, table := range []*schema.Table{of[wheelA](t), of[wheelB](t), of[wheelC](t), of[halfA](t), of[halfB](t)} {
		is.NoErr(table.Check())
	}
}
