package prom_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// cell is a model of one type in its three forms.
type cell[V any] struct {
	prom.Model
	Value   V
	Pointer *V
	Null    sql.Null[V]
}

func (cell[V]) TableName() string { return "cell" }

// typed is a set of checks on the values of one type.
type typed struct {
	name string
	run  func(t *testing.T, e dbtest.Engine, db *prom.DB, table string)
}

// kept says that values of a type are stored and come back as they are.
func kept[V any](values ...V) typed { return keptAs(func(v V) V { return v }, values...) }

// keptAs says that values come back as want makes them.
func keptAs[V any](want func(V) V, values ...V) typed {
	return typed{"keeps " + reflect.TypeFor[V]().String(), func(t *testing.T, e dbtest.Engine, db *prom.DB, table string) {
		repo := prom.NewRepo[cell[V]](prom.Using(db), prom.Table(table))
		for i, v := range values {
			if err := keep(repo, v, want(v)); err != nil {
				t.Errorf("value %d: %v", i, err)
			}
		}
		if err := keepMany(repo, values, want, 2*len(values)); err != nil {
			t.Error(err)
		}
		if e.Mode == "cache_statement" {
			if err := keepMany(repo, values, want, byCopy); err != nil {
				t.Errorf("by COPY: %v", err)
			}
		}
	}}
}

// keepMany creates n cells at once, with the values among cells that hold NULL, and reads them.
func keepMany[V any](repo *prom.Repo[cell[V]], values []V, want func(V) V, n int) error {
	ctx := context.Background()
	list := make([]cell[V], n)
	wants := make([]V, n)
	for i := range list {
		v := values[0]
		if i/2 < len(values) {
			v = values[i/2]
		}
		list[i].Value, list[i].Null.V, wants[i] = v, v, want(v)
		if i%2 == 0 {
			list[i].Pointer, list[i].Null.Valid = &v, true
		}
	}
	if err := repo.CreateMany(ctx, list); err != nil {
		return fmt.Errorf("create many: %w", err)
	}
	all, err := repo.All(ctx)
	if err != nil {
		return err
	}
	stored := make(map[int64]*cell[V], len(all))
	for i := range all {
		stored[all[i].ID] = &all[i]
	}
	if len(stored) < n {
		return fmt.Errorf("%d of %d rows are there", len(stored), n)
	}
	for i := range list {
		if i > 2*len(values)+10 && i < n-10 {
			continue // the same as those before
		}
		read := stored[list[i].ID]
		if read == nil {
			return fmt.Errorf("value %d of many is not there", i/2)
		}
		for what, c := range map[string]*cell[V]{"created": &list[i], "read": read} {
			full := cell[V]{Model: c.Model, Value: wants[i]}
			if i%2 == 0 {
				full.Pointer, full.Null = &wants[i], sql.Null[V]{V: wants[i], Valid: true}
			}
			if !reflect.DeepEqual(*c, full) {
				return fmt.Errorf("%s among many: %.80s became %.200s", what, fmt.Sprintf("%#v", wants[i]), fmt.Sprintf("%#v", c))
			}
			if m := repo.Modified(c); len(m) > 0 {
				return fmt.Errorf("%s among many: modified without a change: %v", what, m)
			}
		}
	}
	return nil
}

// keep creates a cell with a value, reads it, and writes it once more by an update.
func keep[V any](repo *prom.Repo[cell[V]], v, want V) error {
	ctx := context.Background()
	created := cell[V]{Value: v, Pointer: &v, Null: sql.Null[V]{V: v, Valid: true}}
	bare := cell[V]{Value: v}
	if err := errors.Join(repo.Create(ctx, &created), repo.Create(ctx, &bare)); err != nil {
		return fmt.Errorf("create: %w", err)
	}
	updated := bare
	updated.Pointer, updated.Null = &v, sql.Null[V]{V: v, Valid: true}
	if err := repo.Save(ctx, &updated); err != nil {
		return fmt.Errorf("update: %w", err)
	}
	read, err := repo.Get(ctx, created.ID)
	if err != nil {
		return fmt.Errorf("get: %w", err)
	}
	for what, c := range map[string]*cell[V]{"created": &created, "updated": &updated, "read": read} {
		if c.Pointer == nil || !c.Null.Valid {
			return fmt.Errorf("%s: a value became NULL", what)
		}
		if !reflect.DeepEqual([]V{c.Value, *c.Pointer, c.Null.V}, []V{want, want, want}) {
			return fmt.Errorf("%s: %.80s became %.200s", what, fmt.Sprintf("%#v", want), fmt.Sprintf("%#v", []V{c.Value, *c.Pointer, c.Null.V}))
		}
		if m := repo.Modified(c); len(m) > 0 {
			return fmt.Errorf("%s: modified without a change: %v", what, m)
		}
	}
	if !reflect.DeepEqual(bare.Value, want) || bare.Pointer != nil || bare.Null.Valid {
		return errors.New("NULL became a value")
	}
	return toNull(repo, &updated)
}

// toNull sets the forms that can be NULL back to it. parity: M15 B5
func toNull[V any](repo *prom.Repo[cell[V]], c *cell[V]) error {
	ctx := context.Background()
	c.Pointer, c.Null = nil, sql.Null[V]{}
	if err := repo.Save(ctx, c); err != nil {
		return fmt.Errorf("update to NULL: %w", err)
	}
	if err := repo.Reload(ctx, c); err != nil {
		return err
	}
	if c.Pointer != nil || c.Null.Valid {
		return errors.New("an update to NULL was lost")
	}
	return nil
}

// refused says that values of a type are refused on both engines, in every form and before they are sent.
func refused[V any](values ...V) typed { return refusedOn("", prom.ErrValidation, values...) }

// refusedOn says that values are refused by one engine, or by all of them, and kept by the other.
func refusedOn[V any](engine string, kind prom.Kind, values ...V) typed {
	return typed{"refuses " + reflect.TypeFor[V]().String(), func(t *testing.T, e dbtest.Engine, db *prom.DB, table string) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[cell[V]](prom.Using(db), prom.Table(table))
		for i, v := range values {
			if engine != "" && e.Name != engine {
				is.NoErr(keep(repo, v, v))
				continue
			}
			for _, c := range []cell[V]{{Value: v}, {Pointer: &v}, {Null: sql.Null[V]{V: v, Valid: true}}} {
				if err := repo.Create(ctx, &c); !errors.Is(err, kind) {
					t.Errorf("value %d: the error is %v, not of kind %v", i, err, kind)
				}
				is.Equal(c.IsNew(), true)
			}
			var c cell[V]
			is.NoErr(repo.Create(ctx, &c))
			c.Value = v
			if err := repo.Save(ctx, &c); !errors.Is(err, kind) {
				t.Errorf("value %d: the error of an update is %v, not of kind %v", i, err, kind)
			}
		}
	}}
}

// run runs the checks on one database, each in a table of its own.
func (c typed) at(t *testing.T, e dbtest.Engine, db *prom.DB, i int) {
	t.Run(c.name, func(t *testing.T) { c.run(t, e, db, fmt.Sprintf("cell %d", i)) })
}

func eachType(t *testing.T, checks []typed) {
	t.Helper()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		db := open(t, e.DSN)
		for i, c := range checks {
			c.at(t, e, db, i)
		}
	})
}

type (
	namedInt   int8
	namedText  string
	namedFloat float32
	namedBool  bool
	namedBytes []byte
	namedUUID  [16]byte
)

// Ensure that numbers of every type are stored exactly, extremes and infinities too, and refused where they cannot be.
// parity: FT B12
func TestNumbers(t *testing.T) {
	t.Parallel()
	inf, nan := math.Inf(1), math.NaN()
	eachType(t, []typed{
		kept[int8](0, 1, -1, math.MinInt8, math.MaxInt8),
		kept[int16](0, 1, -1, math.MinInt16, math.MaxInt16),
		kept[int32](0, 1, -1, math.MinInt32, math.MaxInt32),
		kept[int64](0, 1, -1, math.MinInt64, math.MaxInt64, 1<<53+1, -1<<53-1),
		kept(0, 1, -1, math.MinInt, math.MaxInt),
		kept[uint8](0, 1, math.MaxUint8),
		kept[uint16](0, 1, math.MaxUint16),
		kept[uint32](0, 1, math.MaxUint32),
		kept[uint64](0, 1, math.MaxInt64, 1<<53+1),
		kept[uint](0, 1, math.MaxInt64),
		refusedOn[uint64](dbtest.NameSQLite, prom.ErrType, math.MaxInt64+1, math.MaxUint64),
		refusedOn[uint](dbtest.NameSQLite, prom.ErrType, math.MaxInt64+1, math.MaxUint),
		kept[float32](0, 1, -1, 0.1, math.MaxFloat32, -math.MaxFloat32, math.SmallestNonzeroFloat32, float32(inf), float32(-inf)),
		kept(0, 1, -1, 0.1, 1e21, 1.0/3, math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64, 0x1p-1022, inf, -inf, math.Pi),
		keptAs(func(float64) float64 { return 0 }, math.Copysign(0, -1)), // SQLite has no negative zero
		keptAs(func(float32) float32 { return 0 }, float32(math.Copysign(0, -1))),
		refused(nan),
		refused(float32(nan)),
		kept(true, false),
		kept[namedInt](0, -128, 127),
		kept[namedFloat](0, 0.1, math.MaxFloat32),
		kept[namedBool](true, false),
	})
}

var texts = []string{
	"", " ", "a", "  spaces  ", "\t\n\r", `'`, `"`, `''`, `\`, `\\'`, "`", "?", "??", "$1", ":a", "@a", "%", "_", `\%`, "*", "[a]", "--", "/*", ";", "$tag$x$tag$",
	"NULL", "null", "true", "0", "007", "1e5", "9223372036854775808", "2020-01-01", "{}", "[1]", "{a,b}",
	"e\u0301", "\u00e9", "ß", "İ", "ﬃ", "\u202eright to left", "שלום", "👩‍👩‍👧", "\U0010ffff", "\ufeffbom", "\u0001\u007f\u0085\u2028", "\ufffd",
	strings.Repeat("x", 100_000), strings.Repeat("👩", 50_000),
}

// Ensure that texts and bytes are stored exactly, whatever they hold, and that a text that no engine could hold is refused.
func TestTexts(t *testing.T) {
	t.Parallel()
	eachType(t, []typed{
		kept(texts...),
		kept[namedText]("", "a'b", "ü"),
		refused("\x00", "a\x00b", "\xff", "a\xc3", "\xed\xa0\x80", "\xf4\x90\x80\x80"),
		refused(namedText("\x00"), "\xff"),
		kept([]byte{}, []byte{0}, []byte("a\x00b"), []byte{0xff, 0xfe}, []byte(`\x00`), []byte("'"), []byte(strings.Repeat("\x00\xff", 50_000))),
		keptAs(func([]byte) []byte { return []byte{} }, []byte(nil)),
		kept(namedBytes{1, 2, 0}),
		kept(netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("fe80::1%eth0"), netip.Addr{}),
	})
}

// Ensure that a text of ten megabytes, and bytes of one, come back.
func TestLargeText(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("0123456789abcdé", 10<<20/16)
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := open(t, e.DSN)
		is.NoErr(keep(prom.NewRepo[cell[string]](prom.Using(db), prom.Table("texts")), large, large))
		is.NoErr(keep(prom.NewRepo[cell[[]byte]](prom.Using(db), prom.Table("bytes")), []byte(large[:1<<20]), []byte(large[:1<<20])))
	})
}

// Ensure that UUIDs are stored in any of their forms. parity: B30
func TestUUIDs(t *testing.T) {
	t.Parallel()
	eachType(t, []typed{
		kept(prom.NewUUID(), prom.UUID{15: 1}, prom.UUID{0xff, 15: 0xff}),
		kept(namedUUID{1, 2, 3}),
		kept([16]byte{0: 0x80, 15: 9}),
	})
}

type point struct {
	X, Y int     `json:",omitempty"`
	Name string  `json:"name"`
	To   *point  `json:"to,omitempty"`
	List []point `json:"list"`
}

// Ensure that structs, maps, slices and anything else are stored as JSON, and that what JSON cannot say exactly is refused.
func TestJSON(t *testing.T) {
	t.Parallel()
	eachType(t, []typed{
		kept(point{}, point{X: 1, Name: `"<>&'?\` + "\u2028", To: &point{Y: -1}, List: []point{{X: 2}}}),
		kept(map[string]int{}, map[string]int{"b": 1, "a": 2, "": 3, "?": 4}),
		keptAs(func(map[string]int) map[string]int { return map[string]int{} }, nil),
		kept([]string{}, []string{"", "a", "\ufffd", `\ufffd`, `\u0000`}),
		keptAs(func([]string) []string { return []string{} }, nil),
		kept([]int64{math.MinInt64, math.MaxInt64}),
		kept([3]uint16{1, 2, 65535}),
		kept[any](true, 1.5, "x", []any{1.0, nil}, map[string]any{"a": map[string]any{"b": []any{}}}),
		kept([]float64{math.MaxFloat64, 0.1, 5e-324}),
		refused([]string{"a\x00"}, []string{"a\xff"}),
		refused(map[string]int{"a\x00": 1}, map[string]int{"\xff": 1}),
		refused(point{To: &point{List: []point{{Name: "\xc3"}}}}),
		refused([]float64{math.Inf(1)}, []float64{math.NaN()}),
		refused[any](func() {}, map[string]any{"a": "\xff"}),
		refused(json.RawMessage(`{`), json.RawMessage(`"`+"\xff"+`"`), json.RawMessage(`"\u0000"`)),
	})
}

// Ensure that JSON that is kept as text comes back with the same meaning; engines write it in their own way.
func TestRawJSON(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[cell[json.RawMessage]](prom.Using(open(t, e.DSN)))
		for _, text := range []string{`null`, `1`, `"a"`, `[]`, `{"b":[1,2.50,{"c":null}],"a":"\ufffd?"}`, `[12345678901234567890]`} {
			c := cell[json.RawMessage]{Value: json.RawMessage(text)}
			is.NoErr(repo.Create(ctx, &c))
			is.Equal(len(repo.Modified(&c)), 0)
			got, err := repo.Get(ctx, c.ID)
			is.NoErr(err)
			var a, b any
			is.NoErr(json.Unmarshal(got.Value, &a))
			is.NoErr(json.Unmarshal([]byte(text), &b))
			is.Equal(a, b)
			is.Equal(got.Pointer, nil)
		}
	})
}
