package snapshot_test

import (
	"bytes"
	"flag"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/snapshot"
	"github.com/prom-go/prom/schema"
)

var update = flag.Bool("update", false, "write the golden files")

// Mood is an enum.
type Mood string

// Values are the moods.
func (Mood) Values() []Mood { return []Mood{"good", "not so good"} }

// Area has a key of two columns, and a unique column besides.
type Area struct {
	Country string `prom:"key,nocase"`
	Code    int    `prom:"key,auto"`
	Name    string `prom:"unique"`
}

// Everything has all that a line can say.
type Everything struct {
	prom.Model
	Title   string            `prom:"size=1..200"`
	Label   string            `prom:"nocase,unique"`
	Age     int8              `prom:"index=age,desc"`
	Share   float64           `prom:"min=-0.5,max=1,default=0.25"`
	Price   string            `prom:"decimal=10.2,default='1.50'"`
	Prices  []string          `prom:"decimal=10.2"`
	Grid    [][]int           `prom:"array"`
	Mood    Mood              `prom:"enum,default='not so good'"`
	Tags    []string          `prom:"default='[\"a b\", \"c\"]'"`
	At      time.Time         `prom:"default='2024-05-06 07:08:09.5'"`
	Day     time.Time         `prom:"date,default=2024-05-06"`
	Clock   time.Duration     `prom:"clock,default='07:08:09'"`
	Span    prom.Range[int64] // a range
	Data    map[string]int
	Raw     []byte `prom:"size=..16"`
	Addr    string `prom:"type='inet'"`
	Double  int    `prom:"generated='age * 2'"`
	Count   int    `prom:"readonly"`
	Secret  string `prom:"noaudit"`
	Unix    time.Time
	Parent  *prom.Ref[Everything] `prom:"ondelete=cascade,deferrable=deferred"`
	Country *string               `prom:"name='the country'"`
	Code    *int
	Area    prom.CompositeRef[Area] `prom:"on='the country, code'"`
	Version int                     `prom:"version"`
	Deleted *time.Time              `prom:"deleted"`
	_       struct{}                `prom:"audit"`
	_       struct{}                `prom:"unique=both,on='title desc, lower(label)',where='age > 3'"`
	_       struct{}                `prom:"index=cover,on='age',include='title, share'"`
	_       struct{}                `prom:"fulltext='title A, label',language=english"`
	_       struct{}                `prom:"index=tags,on=tags,using=gin"`
}

// Spread is partitioned.
type Spread struct {
	ID int      `prom:"key"`
	_  struct{} `prom:"partition=hash(id),partitions=4"`
}

// Totals is a view.
type Totals struct {
	ID int      `prom:"key"`
	N  int64    `prom:"name=n"`
	_  struct{} `prom:"view"`
}

func tables(t *testing.T, models ...any) []*schema.Table {
	t.Helper()
	var list []*schema.Table
	for _, m := range models {
		table, err := schema.Of(reflect.TypeOf(m))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, table)
	}
	return list
}

// Ensure the text says all that a model declares, whatever order the models come in.
func TestWrite(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	var a, b bytes.Buffer
	is.NoErr(snapshot.Write(&a, tables(t, Totals{}, Everything{}, Spread{}, Area{})))
	is.NoErr(snapshot.Write(&b, tables(t, Area{}, Spread{}, Area{}, Everything{}, Totals{})))
	is.Equal(a.String(), b.String())
	const golden = "testdata/everything.schema"
	if *update {
		is.NoErr(os.WriteFile(golden, a.Bytes(), 0o644))
	}
	want, err := os.ReadFile(golden)
	is.NoErr(err)
	is.Equal(a.String(), string(want))
}

// Ensure that a table with two models is refused: one of them would be lost.
func TestTwoModels(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	type Area struct {
		ID int `prom:"key"`
	}
	err := snapshot.Write(new(bytes.Buffer), append(tables(t, Area{}), areas(t)...))
	is.True(err != nil && strings.Contains(err.Error(), "area has two models"))
}

func areas(t *testing.T) []*schema.Table { t.Helper(); return tables(t, Area{}) }
