package shapes

import (
	"context"
	"database/sql"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/fieldgen/shapes/other"
	"github.com/prom-go/prom/promtest"
	"github.com/prom-go/prom/schema"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// Ensure that the handles are those that the generator writes of the models today.
func TestCurrent(t *testing.T) {
	t.Parallel()
	promtest.CheckFields(t, "-o", "zz_fields.go")
}

// Ensure that each column of a model has its handle, under the name of its field, but for those of types that have
// none.
func TestEachColumn(t *testing.T) {
	t.Parallel()
	none := map[string]bool{"shape.OldNull": true, "shape.DocN": true, "shape.Grid": true, "shape.GridP": true, "shape.Cube": true, "part.Trace.trace.Mode": true}
	for name, handles := range map[string]any{
		"shape": shape, "part": part, "owner": owner, "country": country, "slot": slot, "label": label, "labeled": labeled,
		"string": stringFields, "type": typeFields, "time": timeFields, "urlPart": urlPart, "plain": plainFields,
	} {
		is := is.New(t)
		v := reflect.ValueOf(handles)
		table, err := schema.Of(v.FieldByName("Proto").Type().Elem())
		is.NoErr(err)
		of := map[*schema.Column]string{}
		for f, h := range v.Fields() {
			if has, ok := h.Interface().(interface{ Column() *schema.Column }); ok {
				of[has.Column()] = f.Name
			}
		}
		for _, c := range table.Columns {
			field := c.Field[strings.LastIndex(c.Field, ".")+1:]
			switch got := of[c]; {
			case none[name+"."+c.Field]:
				is.Equal(got, "")
			case got != field && got != strings.ReplaceAll(c.Field, ".", "") && got != strings.ReplaceAll(c.Field, ".", "_") && got != field+"Field":
				t.Errorf("%s.%s: the handle is %q", name, c.Field, got)
			}
		}
	}
}

// Ensure that the handles find what they should, on both engines.
func TestQueries(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db, err := new(prom.Registry).Open(e.DSN)
		is.NoErr(err)
		t.Cleanup(func() { is.NoErr(db.Close()) })
		on := prom.Using(db)
		shapes, owners, slots, parts := prom.NewRepo[Shape](on), prom.NewRepo[Owner](on), prom.NewRepo[Slot](on), prom.NewRepo[Part](on)
		labels, ties := prom.NewRepo[Label](on), prom.NewRepo[Labeled](on)

		o, s, l := Owner{Name: "Ada"}, Slot{Shop: 3, Number: 4}, Label{Text: "round"}
		is.NoErr(owners.Create(ctx, &o))
		is.NoErr(slots.Create(ctx, &s))
		is.NoErr(labels.Create(ctx, &l))
		nick, at, grade := "ball", time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC), Grade(5)
		v := Shape{
			Stamp: Stamp{Note: "stamp", By: "me"}, Base: Base{Note: "base"},
			Flag: true, Grade: 3, Count: 3, Name: "circle", Tag: "t", At: at, Day: at, Price: "12.50", Text: prom.NewUUID().String(), Secret: "s",
			Level: other.Level{N: 7}, Addr: netip.MustParseAddr("10.0.0.1"), Free: map[string]int{"a": 1}, Tags: []Tag{"x", "y"},
			NameP: &nick, GradeP: &grade, NameN: sql.Null[string]{V: "n", Valid: true}, CountN: sql.Null[int]{V: 9, Valid: true},
			Maybes: []*Tag{nil}, Nulls: []sql.Null[int]{{V: 7, Valid: true}, {}}, Spans: []prom.TimeOrInfinity{{Infinity: 1}}, Plain: []string{"p"},
			Until: prom.TimeOrInfinity{Infinity: -1}, Grid: [][]int{{1, 2}}, Cube: [][][]prom.UUID{}, Bins: [][]byte{{1}},
			Shop: 3, Number: 4, Doc: []byte(`{}`), Raw: []byte{1}, UUID: prom.NewUUID(),
		}
		v.Owner = prom.RefTo(&o)
		is.NoErr(shapes.Create(ctx, &v))
		p := Part{Trace: other.Trace{Origin: "mine"}}
		p.Shape, p.Hop = prom.RefTo(&v), 2
		is.NoErr(parts.Create(ctx, &p))
		tie := Labeled{Shape: prom.RefTo(&v), Label: prom.RefTo(&l)}
		is.NoErr(ties.Create(ctx, &tie))

		for name, cond := range map[string]prom.Cond[*Shape]{
			"published": published, "id": shape.ID.Eq(v.ID), "note": shape.Note.Eq("base"), "stamp": shape.Stamp_Note.HasPrefix("st"),
			"by": shape.By.Eq("me"), "flag": shape.Flag.Eq(true), "name": shape.Name.Contains("irc"), "tag": shape.Tag.Eq("t"),
			"at": shape.At.Eq(at), "day": shape.Day.Lt(at.AddDate(0, 0,
				1)), "price": shape.Price.Eq("12.50"), "secret": shape.Secret.Eq("s"),
			"level": shape.Level.Gt(other.Level{N: 6}), "addr": shape.Addr.Eq(v.Addr), "free": prom.JSONInt(shape.Free,
				"a").Eq(1),
			"tags": shape.Tags.Has("y"), "nameP": shape.NameP.Eq("ball"), "gradeP": shape.GradeP.Gt(4), "nameN": shape.NameN.Eq("n"),
			"countN": shape.CountN.Eq(9), "atP": shape.AtP.IsNull(), "owner": shape.Owner.Has(owner.Name.Eq("Ada")),
			"second": shape.Second.IsNull(), "slot": shape.Slot.Has(slot.Shop.Eq(3)), "parts": shape.Parts.Has(part.Origin.Eq("mine"), part.Hop.Eq(2)),
			"labels": shape.Labels.Has(label.Text.Eq("round")), "proto": shape.ProtoField.Eq(""),
			"maybes": shape.Maybes.Len().Eq(1), "nulls": shape.Nulls.Has(sql.Null[int]{V: 7, Valid: true}), "plain": shape.Plain.Has("p"),
			"until": shape.Until.Eq(prom.TimeOrInfinity{Infinity: -1}), "untilP": shape.UntilP.IsNull(),
			"spans": shape.Spans.Has(prom.TimeOrInfinity{Infinity: 1}), "span": shape.During.ContainedBy(prom.NewRange(at, at)), "counts": shape.Counts.IsNull(),
		} {
			n, err := shapes.Where(cond).Count(ctx)
			if err != nil || n != 1 {
				t.Errorf("%s: %d %v", name, n, err)
			}
			n, err = shapes.Where(prom.Not(cond)).Count(ctx)
			if err != nil || n != 0 {
				t.Errorf("not %s: %d %v", name, n, err)
			}
		}
		got, err := shapes.With(shape.Owner, shape.Slot, shape.Parts, shape.Labels).
			Compute(prom.Col(&shape.Proto.Likes, prom.Plus(shape.Count, shape.Count))).One(ctx)
		if err != nil {
			t.Fatal(err)
		}
		is.Equal(got.Likes, 6)
		is.Equal(len(got.Parts.Rows()), 1)
		is.Equal(len(got.Labels.Rows()), 1)
		_, err = prom.NewRepo[String](on).Where(stringFields.Value.Eq("x")).All(ctx)
		is.NoErr(err)
		_, err = plains().Query().Count(ctx)
		is.True(err != nil) // the default connection is not there
	})
}
