package schema_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/schema"
)

type (
	geo struct {
		Lat, Lng float64
	}
	abode struct {
		Street  string  `prom:"index,size=1..80"`
		City    string  `prom:"town,unique=place,was=city"`
		Zip     *string `prom:"unique=place"`
		Geo     geo     `prom:"embed=geo_"`
		Country *prom.Ref[land]
		_       struct{} `prom:"index=both,on='town desc, zip, name'"`
	}
	land struct {
		ID int64 `prom:"key,auto"`
	}
	inhabitant struct {
		ID    int64 `prom:"key,auto"`
		Name  string
		Home  abode `prom:"embed=home_"`
		Work  abode `prom:"embed=work_"`
		Plain geo   `prom:"embed"`
	}
)

// Ensure that the fields of an embedded struct are columns with the prefixes of all structs that they are in, and that
// indexes, old names and references in its tags are those of these columns.
func TestEmbed(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	table, err := schema.Of(reflect.TypeFor[inhabitant]())
	is.NoErr(err)
	is.Equal(strings.Join(schema.ColumnNames(table.Columns), " "), "id name "+
		"home_street home_town home_zip home_geo_lat home_geo_lng home_country "+
		"work_street work_town work_zip work_geo_lat work_geo_lng work_country lat lng")
	var v inhabitant
	v.Work.Geo.Lng = 7
	c := table.Column("work_geo_lng")
	is.Equal(c.Field, "Work.Geo.Lng")
	is.Equal(reflect.ValueOf(v).FieldByIndex(c.Path).Float(), 7.0)
	is.Equal(table.At(c.Offset, c.Type), c)
	is.Equal(table.Column("home_town").Was, "home_city")
	is.Equal(table.Column("work_country").References.Target().Name, "land")
	is.Equal(table.Column("work_street").Rules.Max.Int, int64(80))
	var indexes []string
	for _, ix := range table.Indexes {
		indexes = append(indexes, ix.Name+"("+strings.Join(ix.Names(), ",")+")")
	}
	is.Equal(strings.Join(indexes, " "), "inhabitant_home_street(home_street) inhabitant_home_place(home_town,home_zip) "+
		"inhabitant_home_both(home_town,home_zip,name) inhabitant_work_street(work_street) "+
		"inhabitant_work_place(work_town,work_zip) inhabitant_work_both(work_town,work_zip,name)")
}

// Base is a struct that models embed.
type Base struct{ Note string }

// Outer embeds it by a pointer.
type Outer struct {
	ID int64 `prom:"key"`
	*Base
}

// Ensure that what cannot be embedded is refused, with the reason.
func TestEmbedRefused(t *testing.T) {
	t.Parallel()
	type none struct{ a int }
	_ = none{a: 1}
	type where struct {
		Name string
		_    struct{} `prom:"index=low,on='lower(name)'"`
	}
	for _, tt := range []struct {
		model any
		want  string
	}{
		{struct {
			Home *geo `prom:"embed=home_"`
		}{}, `field Home: tag prom:"embed=home_": embed the struct schema_test.geo by value`},
		{struct {
			ID int64 `prom:"key"`
			*Base
		}{}, `field Base: embed the struct schema_test.Base by value, not by pointer, or leave it out by the tag prom:"-"`},
		{struct {
			ID    int64 `prom:"key"`
			*Base `prom:"embed=b_"`
		}{}, `field Base: tag prom:"embed=b_": embed the struct schema_test.Base by value`},
		{struct {
			Outer
		}{}, `field Outer.Base: embed the struct schema_test.Base by value, not by pointer`},
		{struct {
			Home int `prom:"embed"`
		}{}, "embed is for structs, not for int"},
		{struct {
			home geo `prom:"embed"`
		}{}, "an unexported field cannot be embedded"},
		{struct {
			Home geo `prom:"home,embed"`
		}{}, "embed takes no column name and no other option"},
		{struct {
			Home geo `prom:"embed=a_,null"`
		}{}, "embed takes no column name and no other option"},
		{struct {
			At time.Time `prom:"embed"`
		}{}, "a time.Time is one value"},
		{struct {
			To prom.Ref[land] `prom:"embed"`
		}{}, "is one value"},
		{struct {
			ID   int64 `prom:"key"`
			None none  `prom:"embed"`
		}{}, "has no exported field to store"},
		{struct {
			ID    int64      `prom:"key"`
			Model prom.Model `prom:"embed=x_"`
		}{}, "tracks changes of its own"},
		{struct {
			A geo `prom:"embed"`
			B geo `prom:"embed"`
		}{}, `the column "lat" belongs to field A.Lat already`},
		{struct {
			Home where `prom:"embed=home_"`
		}{}, "names columns without its prefix"},
		{struct {
			Home geo `prom:"embed=a?"`
		}{}, "question mark"},
	} {
		is := is.New(t)
		_, err := schema.OfNamed(reflect.TypeOf(tt.model), "t")
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%T: %v, not %s", tt.model, err, tt.want)
		}
		is.True(err != nil)
	}
	table, err := schema.OfNamed(reflect.TypeFor[struct {
		Home where `prom:"embed"`
	}](), "t")
	is := is.New(t)
	is.NoErr(err)
	is.Equal(len(table.Indexes), 1)
}
