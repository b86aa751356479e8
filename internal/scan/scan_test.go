package scan

import (
	"database/sql"
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/matryer/is"

	"github.com/prom-go/prom/schema"
)

// tracked is the part of a model that tracks, as prom.Model does.
type tracked struct {
	ID    int64 `prom:"_id,key,auto"`
	Track schema.Tracker
}

type color string

func (color) Values() []color { return []color{"red", "green"} }

type thing struct {
	tracked
	Name  string `prom:"size=1..5"`
	Code  string `prom:"regex='^[a-z]+$',nonempty"`
	Count int8   `prom:"min=-3,max=7"`
	Big   uint64 `prom:"max=9"`
	Rate  float64
	Part  float32 `prom:"min=0.1,max=0.5"`
	Price string  `prom:"decimal=6.2"`
	Color color
	Level int            `prom:"choices=1|2"`
	Tags  []string       `prom:"nonempty"`
	Extra map[string]any `prom:"json"`
	Data  []byte         `prom:"max=3"`
	Stars *int
	Null  sql.Null[string]
	At    time.Time
	Day   time.Time     `prom:"date"`
	Hour  time.Duration `prom:"clock"`
	Addr  netip.Addr
	Key   uuid.UUID
	Raw   *json.RawMessage
	On    bool
}

func good() thing {
	return thing{Name: "a", Code: "b", Price: "1", Part: 0.1, Color: "red", Level: 1, Tags: []string{"x"},
		Key: uuid.UUID{1}, Addr: netip.MustParseAddr("::1"), At: time.Unix(0, 0), Day: time.Unix(0, 0)}
}

func plan(tb testing.TB) *Plan {
	tb.Helper()
	p, err := For(reflect.TypeFor[thing]())
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func codec(tb testing.TB, name string) *Codec {
	tb.Helper()
	p := plan(tb)
	c := p.Table.Column(name)
	if c == nil {
		tb.Fatalf("no column %s", name)
	}
	return p.Codec(c)
}

// rowOf is a row of values, one for each column.
type rowOf []schema.Value

func (r rowOf) at(i int) valueRow                  { return valueRow{r[i]} }
func (r rowOf) IsNull(i int) bool                  { return r[i].IsNull() }
func (r rowOf) Bool(i int) (bool, error)           { return r.at(i).Bool(0) }
func (r rowOf) Int(i int) (int64, error)           { return r.at(i).Int(0) }
func (r rowOf) Uint(i int) (uint64, error)         { return r.at(i).Uint(0) }
func (r rowOf) Float(i int) (float64, error)       { return r.at(i).Float(0) }
func (r rowOf) Text(i int) (string, error)         { return r.at(i).Text(0) }
func (r rowOf) Bytes(i int) ([]byte, error)        { return r.at(i).Bytes(0) }
func (r rowOf) Time(i int) (time.Time, error)      { return r.at(i).Time(0) }
func (r rowOf) Clock(i int) (time.Duration, error) { return r.at(i).Clock(0) }
func (r rowOf) List(i int, k schema.Kind) (schema.Value, error) {
	return r.at(i).List(0, k)
}
func load(tb testing.TB, v *thing) (*thing, *Plan) { tb.Helper(); return loadWith(tb, plan(tb), v) }

func loadWith(tb testing.TB, p *Plan, v *thing) (*thing, *Plan) {
	tb.Helper()
	row, err := Values(p, nil, v, p.Table.Columns)
	if err != nil {
		tb.Fatal(err)
	}
	l, got := NewLoader[thing](p), new(thing)
	if err := l.Load(rowOf(row), got); err != nil {
		tb.Fatal(err)
	}
	return got, p
}

// Ensure that all rules that a value breaks are reported at once, by field, column and rule, and without the values.
func TestViolations(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	p := plan(t)
	v := thing{Name: "secret", Code: "SECRET", Count: 8, Big: math.MaxUint64, Rate: math.NaN(), Part: 0.6, Price: "secret",
		Color: "secret", Level: 3, Data: []byte("secret"),
		Extra: map[string]any{"secret": func() {}}, Null: sql.Null[string]{V: "secret\x00", Valid: true}, At: time.Date(10000,
			1, 1, 0, 0, 0, 0, time.UTC), Hour: -1}
	_, err := Values(p, nil, &v, p.Table.Columns)
	var broken Violations
	is.True(errors.As(err, &broken))
	rules := map[string]string{}
	for _, b := range broken {
		rules[b.Column] = b.Rule
		is.True(b.Reason != "" && b.Field != "")
	}
	is.Equal(rules, map[string]string{
		"name": "max", "code": "regex", "count": "max", "big": "max", "rate": "type", "part": "max", "price": "type", "color": "choices", "level": "choices",
		"tags": "nonempty", "data": "max", "extra": "type", "null": "type", "at": "type", "hour": "type", "key": "required",
	})
	is.True(!strings.Contains(strings.ToLower(err.Error()), "secret"))

	v = thing{Count: -4, Part: 0.05, Color: "red", Level: 1, Price: "1", Key: uuid.UUID{1}, Tags: []string{}}
	_, err = Values(p, nil, &v, p.Table.Columns)
	is.True(errors.As(err, &broken))
	var all []string
	for _, b := range broken {
		all = append(all, b.Column+" "+b.Rule)
	}
	is.Equal(all, []string{"name min", "code nonempty", "code regex", "count min", "part min", "tags nonempty"})

	v = good()
	_, err = Values(p, nil, &v, p.Table.Columns)
	is.NoErr(err)
}

// Ensure that limits count characters in a text, bytes in bytes, and include their ends.
func TestBounds(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for column, values := range map[string][]any{
		"name": {"a", "ééééé", "👩👩👩👩👩"}, "count": {-3, 7, 0}, "big": {uint64(9), 0}, "part": {float32(0.1),
			float32(0.5)}, "data": {[]byte("abc"), []byte{}}, "level": {1, 2},
	} {
		for _, x := range values {
			v, err := codec(t, column).Convert(x)
			is.NoErr(err)
			is.NoErr(codec(t, column).Check(v))
		}
	}
	for column, values := range map[string][]any{
		"name": {"", "éééééé"}, "count": {-4, 8, 127}, "big": {uint64(10), uint64(math.MaxUint64)}, "part": {float32(0.09),
			float32(0.51)}, "data": {[]byte("éé")}, "level": {0, 3}, "stars": {}, "on": {nil},
	} {
		for _, x := range values {
			v, err := codec(t, column).Convert(x)
			is.NoErr(err)
			is.True(codec(t, column).Check(v) != nil)
		}
	}
}

// Ensure that what is loaded is not modified, that each change shows, in place too, and that copies go their own ways.
// parity: M13 M14
func TestModified(t *testing.T) {
	t.Parallel()
	full := good()
	one, raw := 1, json.RawMessage(`{"a":1}`)
	full.Stars, full.Raw, full.Data, full.Extra = &one, &raw, []byte("ab"), map[string]any{"k": []any{1.0}}
	full.Null = sql.Null[string]{V: "x", Valid: true}
	for column, change := range map[string]func(*thing){
		"": func(v *thing) {
			two := 1
			v.Stars = &two
			v.Tags = []string{"x"}
			v.At = v.At.In(time.FixedZone("", 3600))
		}, // the same values
		"_id":   func(v *thing) { v.ID = 9 },
		"name":  func(v *thing) { v.Name = "z" },
		"count": func(v *thing) { v.Count++ },
		"rate":  func(v *thing) { v.Rate = math.NaN() }, // which a save must find
		"price": func(v *thing) { v.Price = "1.01" },
		"tags":  func(v *thing) { v.Tags[0] = "y" },
		"extra": func(v *thing) { v.Extra["k"].([]any)[0] = 2.0 },
		"data":  func(v *thing) { v.Data[1] = 'c' },
		"stars": func(v *thing) { *v.Stars = 2 },
		"null":  func(v *thing) { v.Null.Valid = false },
		"at":    func(v *thing) { v.At = v.At.Add(time.Microsecond) },
		"hour":  func(v *thing) { v.Hour = time.Hour },
		"addr":  func(v *thing) { v.Addr = netip.Addr{} },
		"key":   func(v *thing) { v.Key[15] = 1 },
		"raw":   func(v *thing) { (*v.Raw)[5] = '2' },
		"on":    func(v *thing) { v.On = true },
	} {
		t.Run(column, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			v, p := load(t, &full)
			is.True(IsLoaded(p, v))
			is.Equal(len(Modified(p, v)), 0)
			change(v)
			var want []string
			if column != "" {
				want = []string{column}
			}
			is.Equal(append([]string(nil), schema.ColumnNames(Modified(p, v))...), want)
			if column != "" && column != "rate" {
				Note(p, v)
				is.Equal(len(Modified(p, v)), 0)
			}
			Forget(p, v)
			is.Equal(len(Modified(p, v)), len(p.Table.Columns))
		})
	}
}

// Ensure that copies of a value are tracked each for itself, and that what was loaded can be asked for.
func TestCopies(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	first := good()
	first.ID = 5
	v, p := load(t, &first)
	w := *v
	v.Name, w.On, w.ID = "v", true, 6
	is.Equal(schema.ColumnNames(Modified(p, v)), []string{"name"})
	is.Equal(schema.ColumnNames(Modified(p, &w)), []string{"on", "_id"})
	key, ok := Loaded(p, &w, p.Table.Key[0])
	is.True(ok)
	is.Equal(key.Int(), int64(5))
	Forget(p, &w)
	is.True(IsLoaded(p, v) && !IsLoaded(p, &w))
	_, ok = Loaded(p, &w, p.Table.Key[0])
	is.True(!ok)
}

// Ensure that a loader of many rows keeps them apart.
func TestLoader(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	p := plan(t)
	l := NewLoader[thing](p)
	list := make([]thing, 500)
	for i := range list {
		v := good()
		v.ID, v.Tags = int64(i), []string{"x", string(rune('a' + i%26))}
		row, err := Values(p, nil, &v, p.Table.Columns)
		is.NoErr(err)
		is.NoErr(l.Load(rowOf(row), &list[i]))
	}
	list[77].Tags[1], list[400].Name = "changed", "z"
	for i := range list {
		is.Equal(list[i].ID, int64(i))
		is.Equal(len(Modified(p, &list[i])) > 0, i == 77 || i == 400)
	}
}

// Ensure that a column that does not fit its field is an error that names both and shows nothing of it.
func TestColumnErrors(t *testing.T) {
	t.Parallel()
	p := plan(t)
	v := good()
	fitting, err := Values(p, nil, &v, p.Table.Columns)
	if err != nil {
		t.Fatal(err)
	}
	for column, value := range map[string]schema.Value{
		"count": schema.IntValue(schema.Int16, 128), "on": {}, "tags": schema.TextValue(schema.JSON,
			`{"secret":1}`), "key": schema.TextValue(schema.UUID, "secret"),
		"addr": schema.TextValue(schema.Text, "secret"), "name": {}, "part": schema.FloatValue(schema.Float64, 1e300),
	} {
		is := is.New(t)
		row := append(rowOf{}, fitting...)
		row[p.Table.Column(column).Ordinal] = value
		var bad *ColumnError
		is.True(errors.As(Decode(p, row, new(thing)), &bad))
		is.Equal(bad.Column, column)
		is.True(!strings.Contains(bad.Error(), "secret"))
	}
}

// Ensure that decimals get one form, exactly, and that those that do not fit are refused.
func TestDecimalForm(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"0": "0.00", "-0.000": "0.00", "+12": "12.00", "0012.5": "12.50", "-.0": "",
		"9999.99": "9999.99", "10000": "", "0.001": "", "0.010": "0.01", "-1.10": "-1.10", "": "", "1.": "", "+-1": "", "0x1": "", "1_0": ""} {
		v, err := encodeDecimal(plan(t).Table.Column("price"), text)
		if (err == nil) != (want != "") || v.Text() != want {
			t.Errorf("%q: %q, %v", text, v.Text(), err)
		}
	}
}

// Ensure that the form of a decimal is the same number as its text, and stays as it is.
func FuzzDecimal(f *testing.F) {
	for _, s := range []string{"0", "-1.5", "+007.250", "1e5", "."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		col := plan(t).Table.Column("price")
		v, err := encodeDecimal(col, s)
		if err != nil {
			return
		}
		a, ok := new(big.Rat).SetString(s)
		b, ok2 := new(big.Rat).SetString(v.Text())
		if !ok || !ok2 || a.Cmp(b) != 0 {
			t.Fatalf("%q became %q", s, v.Text())
		}
		if again, err := encodeDecimal(col, v.Text()); err != nil || again.Text() != v.Text() {
			t.Fatalf("%q became %q", v.Text(), again.Text())
		}
	})
}
