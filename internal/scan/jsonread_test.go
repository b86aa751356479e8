package scan

import (
	"encoding/json"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/matryer/is"
)

type (
	jsonLeaf struct {
		Kind   string `json:"kind"`
		Weight float64
		Small  int8 `json:"small,omitempty"`
		Hidden int  `json:"-"`
		Dash   bool `json:"-x"`
	}
	jsonWhole struct {
		A      string
		AA     *string `json:"aa"`
		N      int64   `json:"n"`
		U      uint16
		F      float32
		B      *bool
		At     time.Time
		Any    any
		List   []string
		Ints   []int64
		Leaves []jsonLeaf
		Deep   [][]float64
		Leaf   *jsonLeaf
		Map    map[string]string `json:"map"`
		Anys   map[string]any
		Named  map[jsonName]jsonLeaf
		Next   *jsonWhole
	}
	jsonName string
)

// sameAsJSON reports whether a document that is read in the fast way is what encoding/json makes of it.
func sameAsJSON(t *testing.T, typ reflect.Type, text string) (read bool) {
	t.Helper()
	fast := newJSONReader(typ)
	if fast == nil {
		t.Fatal("no reader of " + typ.String())
	}
	got, want := reflect.New(typ), reflect.New(typ)
	if !fast.read([]byte(text), got.UnsafePointer()) {
		return false
	}
	if err := json.Unmarshal([]byte(text), want.Interface()); err != nil {
		t.Fatalf("%s is read as %v: %s: %v", typ, got.Elem(), text, err)
	}
	if !reflect.DeepEqual(got.Interface(), want.Interface()) {
		t.Fatalf("%s is read as %#v and should be %#v: %s", typ, got.Elem(), want.Elem(), text)
	}
	return true
}

// Ensure that what is read in the fast way is what encoding/json reads, and that common documents are.
func TestJSONReader(t *testing.T) {
	t.Parallel()
	whole, leaf, anything := reflect.TypeFor[jsonWhole](), reflect.TypeFor[jsonLeaf](), reflect.TypeFor[any]()
	for _, tt := range []struct {
		typ  reflect.Type
		text string
		read bool
	}{
		{leaf, `{}`, true},
		{leaf, ` { "kind" : "a\n\u00e9\/" , "Weight" : -1.5e3, "small":-128 } `, true},
		{leaf, `{"Hidden":1,"-x":true,"inside":2,"other":[{"kind":"x"},null,true,false,1,"é"]}`, true},
		{leaf, `null`, true},
		{leaf, `{"kind":null,"Weight":null,"small":null}`, true},
		{leaf, `{"KIND":"a"}`, false},            // matched without regard to case
		{leaf, `{"kind":"a","kind":"b"}`, false}, // the last counts
		{leaf, `{"small":128}`, false},
		{leaf, `{"small":1.0}`, false},
		{leaf, `{"Weight":"1"}`, false},
		{leaf, `{"Weight":1e999}`, false},
		{leaf, "{\"kind\":\"\xff\"}", false},
		{leaf, "{\"kind\":\"a\tb\"}", false},
		{leaf, `{"kind":"\ud83d\ude00"}`, false},
		{leaf, `{"kind":"a"}x`, false},
		{leaf, `{"kind":"a",}`, false},
		{leaf, `{"Weight":01}`, false},
		{leaf, `{"Weight":.5}`, false},
		{leaf, `{"Weight":1.}`, false},
		{leaf, `{"Weight":nullx}`, false},
		{leaf, ``, false},
		{leaf, `[]`, false},
		{whole, `{"A":"x","aa":"y","n":9223372036854775807,"U":65535,"F":0.1,"B":false,"At":"2024-01-02T03:04:05.6Z","Any":{"a":[1,{}]},` +
			`"List":["a","b"],"Ints":[1,-2],"Leaves":[{"kind":"k"},null],"Deep":[[],[1],null],"Leaf":{},"map":{"a":"b","":"c"},` +
			`"Anys":{"x":null},"Named":{"n":{"small":1}},"Next":{"Next":{"List":[]}}}`, true},
		{whole, `{"List":[],"map":{},"Anys":{},"Named":{},"Leaves":[],"aa":null,"B":null,"List":null}`, false},
		{whole, `{"List":null,"map":null,"Anys":null,"Named":null,"Leaves":null,"aa":null,"At":null,"Any":null,"Next":null}`,
			true},
		{whole, `{"map":{"a":"b","a":"c"}}`, false},
		{whole, `{"Anys":{"a":{"b":1,"b":2}}}`, false},
		{whole, `{"Named":{"a":{},"a":{}}}`, false},
		{whole, `{"List":["a",]}`, false},
		{whole, `{"List":[,"a"]}`, false},
		{whole, `{"List":["a" "b"]}`, false},
		{whole, `{"At":"yesterday"}`, false},
		{whole, `{"List":["a,b","]","\"",""]}`, true},
		{anything, `[1,"a",{"b":[true,false,null]},-0,1E+2]`, true},
		{reflect.TypeFor[[]jsonLeaf](), ` [ { } , { } ] `, true},
		{reflect.TypeFor[map[string]int](), `{"a":1}`, true},
		{reflect.TypeFor[*int](), `null`, true},
		{reflect.TypeFor[[]uuid.UUID](),
			`["6ba7b810-9dad-11d1-80b4-00c04fd430c8","{6ba7b810-9dad-11d1-80b4-00c04fd430c8}",null]`, true},
		{reflect.TypeFor[uuid.UUID](), `"6ba7b810"`, false},
		{reflect.TypeFor[uuid.UUID](), `1`, false},
	} {
		if read := sameAsJSON(t, tt.typ, tt.text); read != tt.read {
			t.Errorf("%s: read is %t: %s", tt.typ, read, tt.text)
		}
	}
}

// Ensure that types whose documents are not plain have no fast way.
func TestNoJSONReader(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	type embeds struct{ jsonLeaf }
	type quoted struct {
		N int `json:"n,string"`
	}
	twice := reflect.StructOf([]reflect.StructField{
		{Name: "A", Type: reflect.TypeFor[int](), Tag: `json:"x"`}, {Name: "B", Type: reflect.TypeFor[int](),
			Tag: `json:"x"`},
	})
	for _, typ := range []reflect.Type{
		reflect.TypeFor[json.RawMessage](), reflect.TypeFor[json.Number](), reflect.TypeFor[netip.Addr](), reflect.TypeFor[[]byte](), reflect.TypeFor[[3]int](),
		reflect.TypeFor[map[int]string](), reflect.TypeFor[embeds](), reflect.TypeFor[quoted](), twice, reflect.TypeFor[[]embeds](),
		reflect.TypeFor[error](), reflect.TypeFor[map[string]json.RawMessage](), reflect.TypeFor[*chan int](),
	} {
		is.True(newJSONReader(typ) == nil)
	}
}

// Ensure that a document too deep for the fast way is left to the other one.
func TestJSONReaderDepth(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	nested := func(n int) (text string) {
		for range n {
			text = "[" + text + "]"
		}
		return text
	}
	is.True(sameAsJSON(t, reflect.TypeFor[any](), nested(deepestRead)))
	is.True(!sameAsJSON(t, reflect.TypeFor[any](), nested(deepestRead+1)))
}

// Ensure that what was read stays when the memory of the document is used again, whether it is long or short.
func TestJSONReaderKeeps(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for _, n := range []int{1, 2 * sharedDocument} {
		want := map[string]string{"a": string(make([]byte, 0)), "long": strconv.Itoa(n)}
		for range n {
			want["a"] += "x"
		}
		text, err := json.Marshal(want)
		is.NoErr(err)
		var got map[string]string
		is.True(newJSONReader(reflect.TypeFor[map[string]string]()).read(text, reflect.ValueOf(&got).UnsafePointer()))
		clear(text)
		is.Equal(got, want)
	}
}

// FuzzJSONReader compares the fast way with encoding/json on documents that are changed at random.
func FuzzJSONReader(f *testing.F) {
	for _, text := range []string{
		`{"A":"x","aa":"y","n":1,"U":2,"F":0.1,"B":false,"At":"2024-01-02T03:04:05Z","Any":{"a":[1,{}]},"List":["a"],"Ints":[1],"Leaves":[{"kind":"k"}],"map":{"a":"b"}}`,
		`{"Deep":[[],[1]],"Leaf":{"-x":true},"Anys":{"x":null},"Named":{"n":{"small":1}},"Next":{"Next":null}}`,
		`{"A":"\u00e9\\\"","List":[null,"\ud800"],"Any":1e5}`,
	} {
		f.Add(text, uint64(1))
	}
	parts := []string{`"`, `{`, `}`, `[`, `]`, `,`, `:`, ` `, `null`, `true`, `1`, `-`, `.`, `e`, `0`, `\`, `\u00`, `"A"`,
		`"kind"`, `é`, "\xff", "\n"}
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 1))
		for range r.IntN(4) {
			i := r.IntN(len(text) + 1)
			text = text[:i] + parts[r.IntN(len(parts))] + text[min(len(text), i+r.IntN(3)):]
		}
		for _, typ := range []reflect.Type{reflect.TypeFor[jsonWhole](), reflect.TypeFor[jsonLeaf](), reflect.TypeFor[any](),
			reflect.TypeFor[[]string]()} {
			sameAsJSON(t, typ, text)
		}
	})
}
