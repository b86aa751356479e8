package write_test

import (
	"bytes"
	"context"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

type (
	// coded, texted, valued and jsoned write SECRET and do not read it.
	coded  string
	texted struct{ text string }
	valued struct{ text string }
	jsoned struct{ text string }
	// spoken is what JSON writes and cannot make.
	spoken interface{ speak() }
	dog    struct{ Name string }
	// branch may be of any depth.
	branch struct {
		Next *branch `json:"next,omitempty"`
	}
)

var errMute = errors.New("SECRET cannot be read")

var _ = prom.RegisterCodec(func(c coded) (string, error) { return string(c), nil }, func(s string) (coded, error) {
	return coded(s), readable(s)
})

func readable(s string) error {
	if strings.Contains(s, "SECRET") {
		return errMute
	}
	return nil
}

func (x texted) MarshalText() ([]byte, error) { return []byte(x.text), nil }
func (x *texted) UnmarshalText(b []byte) error {
	x.text = string(b)
	return readable(x.text)
}
func (x valued) Value() (driver.Value, error) { return x.text, nil }
func (x *valued) Scan(src any) error {
	x.text, _ = src.(string)
	return readable(x.text)
}
func (x jsoned) MarshalJSON() ([]byte, error) { return json.Marshal(x.text) }
func (x *jsoned) UnmarshalJSON(b []byte) error {
	x.text = string(b)
	return readable(x.text)
}
func (dog) speak() {}

// Mute has a column of each kind of type that may write what it does not read.
type Mute struct {
	prom.Model
	Code string `prom:"unique"`
	Meta map[string]any
	Any  any
	Doc  struct {
		Rows []struct{ N any }
		Age  int
		When map[string]int
	}
	Number json.Number `prom:"json"`
	Branch branch
	Coded  coded
	Codeds []coded
	Maybe  *coded
	Texted texted
	Valued valued
	JSON   struct{ In []jsoned }
	Spoken struct{ By spoken }
	Key    map[texted]int
	Raw    json.RawMessage
}

var mute = prom.Proto[Mute]()

func nested(depth int) any {
	var v any = 1
	for range depth {
		v = []any{v}
	}
	return v
}

// muted are changes of a value that make it one which could not be read back, or not be held by one of the engines.
var muted = map[string]func(m *Mute){
	"number in a map":      func(m *Mute) { m.Meta = map[string]any{"n": []any{json.Number("1e400")}} },
	"number in any":        func(m *Mute) { m.Any = json.Number("-1e309") },
	"number in a struct":   func(m *Mute) { m.Doc.Rows = []struct{ N any }{{json.Number("1e400")}} },
	"number in raw in any": func(m *Mute) { m.Any = json.RawMessage(`{"n":1e400}`) },
	"deep any":             func(m *Mute) { m.Any = nested(10_001) },
	"deeper than SQLite":   func(m *Mute) { m.Meta = map[string]any{"a": nested(1000)} },
	"deep type": func(m *Mute) {
		for range 1000 {
			m.Branch = branch{&branch{m.Branch.Next}}
		}
	},
	"codec":            func(m *Mute) { m.Coded = "SECRET" },
	"list":             func(m *Mute) { m.Codeds = []coded{"", "SECRET"} },
	"pointer":          func(m *Mute) { s := coded("SECRET"); m.Maybe = &s },
	"text":             func(m *Mute) { m.Texted.text = "SECRET" },
	"Valuer":           func(m *Mute) { m.Valued.text = "SECRET" },
	"method within":    func(m *Mute) { m.JSON.In = []jsoned{{"SECRET"}} },
	"interface":        func(m *Mute) { m.Spoken.By = dog{"SECRET"} },
	"key":              func(m *Mute) { m.Key = map[texted]int{{"SECRET"}: 1} },
	"raw":              func(m *Mute) { m.Raw = json.RawMessage(`{"a":`) },
	"raw deep":         func(m *Mute) { m.Raw = json.RawMessage(strings.Repeat("[", 1001) + strings.Repeat("]", 1001)) },
	"raw number":       func(m *Mute) { m.Raw = json.RawMessage(`[1e131072]`) },
	"raw small":        func(m *Mute) { m.Raw = json.RawMessage(`[1e-16384]`) },
	"raw surrogate":    func(m *Mute) { m.Raw = json.RawMessage(`"\ud800"`) },
	"surrogate in any": func(m *Mute) { m.Any = []any{json.RawMessage(`"\udc00"`)} },
	"number":           func(m *Mute) { m.Number = "1e131072" },
}

// Ensure that a value which could not be read back is refused before any SQL, by whatever way it would be written,
// and that the error does not hold it.
func TestWhatCannotBeReadIsNotWritten(t *testing.T) {
	t.Parallel()
	code := prom.TextOf(mute, &mute.Code)
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		mutes := prom.NewRepo[Mute](prom.Using(db))
		kit.MustCreate(t, mutes, Mute{Code: "first", Number: "1e400", Raw: json.RawMessage(`[1e400,"\ud83d\ude00"]`),
			Meta: map[string]any{"a": nested(999)}})
		row := kit.AllOf(t, mutes)[0] // what is at the limits is read
		check := func(name string, err error) {
			t.Helper()
			if !errors.Is(err, prom.ErrValidation) {
				t.Errorf("%s: got the error %v", name, err)
				return
			}
			kit.NoSecret(t, err)
		}
		for name, change := range muted {
			fresh := func() *Mute {
				m := Mute{Code: "new", Number: "1", Raw: json.RawMessage("1")}
				change(&m)
				return &m
			}
			many := func(n int) []Mute {
				list := make([]Mute, n)
				for i := range list {
					list[i] = Mute{Code: strings.Repeat("x", i+1), Number: "1", Raw: json.RawMessage("1")}
				}
				change(&list[n-1])
				return list
			}
			check(name, mutes.Create(ctx, fresh()))
			check(name, mutes.Validate(ctx, fresh()))
			check(name, mutes.Upsert(ctx, fresh(), code))
			_, err := mutes.OnConflict(code).Create(ctx, fresh())
			check(name, err)
			_, err = mutes.GetOrCreate(ctx, fresh(), code)
			check(name, err)
			check(name, mutes.CreateMany(ctx, many(2)))
			check(name, mutes.CreateMany(ctx, many(40)))
			changed := row
			change(&changed)
			check(name, mutes.Save(ctx, &changed))
			for _, write := range []func(b *prom.Batch){
				func(b *prom.Batch) { prom.Queue(b, mutes).Create(fresh()) },
				func(b *prom.Batch) { prom.Queue(b, mutes).Update(&changed) },
				func(b *prom.Batch) { prom.Queue(b, mutes).CreateMany(many(40)) },
			} {
				var b prom.Batch
				write(&b)
				check(name, b.Run(ctx))
			}
			_ = db.Tx(ctx, func(ctx context.Context) error {
				check(name, mutes.Create(ctx, fresh()))
				return nil
			})
		}
		check("many", mutes.CreateMany(ctx, func() []Mute {
			list := make([]Mute, 3001)
			for i := range list {
				list[i] = Mute{Code: "m" + strings.Repeat("x", i), Number: "1", Raw: json.RawMessage("1")}
			}
			list[3000].Coded = "SECRET"
			return list
		}()))
		is := is.New(t)
		is.Equal(len(kit.AllOf(t, mutes)), 1)
	})
}

// Ensure that an assignment of what could not be read back is refused, also of a part of a document.
func TestWhatCannotBeReadIsNotAssigned(t *testing.T) {
	t.Parallel()
	meta := prom.JSONOf(mute, &mute.Meta)
	anything := prom.JSONOf(mute, &mute.Any)
	doc := prom.JSONOf(mute, &mute.Doc)
	raw := prom.JSONOf(mute, &mute.Raw)
	code := prom.FieldOf(mute, &mute.Coded)
	codes := prom.ListOf(mute, &mute.Codeds)
	huge := json.Number("1e400")
	byName, err := prom.FieldByName(prom.NewRepo[Mute](), "coded")
	if err != nil {
		t.Fatal(err)
	}
	refused := map[string]prom.Assign[*Mute]{
		"set":              meta.Set(map[string]any{"n": huge}),
		"val":              meta.SetTo(prom.Val(mute, map[string]any{"n": huge})),
		"val of a codec":   code.SetTo(prom.Val(mute, coded("SECRET"))),
		"val within":       code.SetTo(prom.Coalesce[*Mute](code, prom.Val(mute, coded("SECRET")))),
		"codec":            code.Set("SECRET"),
		"by name":          byName.Set("SECRET"),
		"list":             codes.Set([]coded{"SECRET"}),
		"append":           codes.Append("SECRET"),
		"path":             meta.SetPath(huge, "n"),
		"path in a list":   anything.SetPath(huge, 3),
		"path in a struct": doc.SetPath(huge, "Rows", 0, "N"),
		"type of a field":  doc.SetPath("SECRET", "Age"),
		"type of a member": doc.SetPath(1.5, "When", "SECRET"),
		"type of an index": doc.SetPath("SECRET", "Rows", 1),
		"merge":            doc.Merge(map[string]any{"Age": "SECRET"}),
		"merged number":    meta.Merge(map[string]any{"a": map[string]any{"n": huge}}),
		"path too deep":    anything.SetPath(nested(999), "a", "b"),
		"raw number":       raw.SetPath(json.Number("1e131072"), 0),
		"raw surrogate":    raw.SetPath(json.RawMessage(`"\ud800"`), 0),
	}
	taken := map[string]prom.Assign[*Mute]{
		"raw number":     raw.SetPath(huge, 0),
		"path":           meta.SetPath(json.Number("1e308"), "n"),
		"unknown key":    doc.SetPath("text", "Other"),
		"null":           doc.SetPath(nil, "Age"),
		"whole":          doc.SetPath([]map[string]int{{"N": 1}}, "Rows"),
		"merge":          doc.Merge(map[string]any{"Age": 3, "When": map[string]any{"x": nil, "y": 1}}),
		"path not deep":  anything.SetPath(nested(998), "a", "b"),
		"val":            code.SetTo(prom.Val(mute, coded("x"))),
		"a list's value": codes.Append("x"),
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		ctx := context.Background()
		mutes := prom.NewRepo[Mute](prom.Using(kit.Open(t, e.DSN)))
		kit.MustCreate(t, mutes, Mute{Number: "1", Raw: json.RawMessage("[1]"), Any: map[string]any{"a": map[string]any{}}})
		for name, a := range refused {
			n, err := mutes.WithoutWhere().Update(ctx, a)
			if err == nil || n != 0 || strings.Contains(err.Error(), "SECRET") {
				t.Errorf("%s: %d rows, got the error %v", name, n, err)
			}
			if _, err = prom.UpdateReturning(ctx, mutes.WithoutWhere(), a); err == nil {
				t.Errorf("%s: it was assigned", name)
			}
		}
		for name, a := range taken {
			if n, err := mutes.WithoutWhere().Update(ctx, a); err != nil || n != 1 {
				t.Errorf("%s: %d rows, got the error %v", name, n, err)
			}
		}
		is := is.New(t)
		is.Equal(len(kit.AllOf(t, mutes)), 1) // it is read
	})
}

// Ensure that a dump with a value that could not be read, or not be held exactly, restores nothing.
func TestWhatCannotBeReadIsNotRestored(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		mutes := prom.NewRepo[Mute](prom.Using(kit.Open(t, e.DSN)))
		kit.MustCreate(t, mutes, Mute{Code: "FIRST", Number: "1", Raw: json.RawMessage(`"here"`), Coded: "here",
			Valued: valued{"here"}, Any: "here",
			JSON: struct{ In []jsoned }{[]jsoned{{"x"}}}, Codeds: []coded{"here"}})
		var dump bytes.Buffer
		is.NoErr(prom.Dump(ctx, &dump, mutes))
		is.NoErr(prom.UnsafeClear(ctx, mutes))
		for old, bad := range map[string]string{
			`"here"`: `"SECRET"`, `["here"]`: `["SECRET"]`, `"\"here\""`: `"1e400"`, `\"x\"`: `\"SECRET\"`, `"{}"`: `"[]"`, `"1"`: `"1e131072"`,
		} {
			is.True(strings.Contains(dump.String(), old))
			err := prom.Restore(ctx, strings.NewReader(strings.Replace(dump.String(), old, bad, 1)), mutes)
			is.True(err != nil) // of one that holds another value
			is.True(strings.HasPrefix(err.Error(), "prom: restore: line 3: column "))
			kit.NoSecret(t, err)
		}
		is.Equal(len(kit.AllOf(t, mutes)), 0)
		is.NoErr(prom.Restore(ctx, &dump, mutes))
		is.NoErr(prom.Dump(ctx, io.Discard, mutes))
	})
}
