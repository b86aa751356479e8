package jsontext

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"
)

// Ensure that what a database or encoding/json does not take is found in a document, and nothing else.
func TestLook(t *testing.T) {
	t.Parallel()
	many := func(n int, last string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `"k%d":%d,`, i, i)
		}
		return "{" + b.String() + last + "}"
	}
	for _, tt := range []struct {
		text string
		want Report
	}{
		{`1`, Report{}},
		{`{"a":[1,{"b":-2.5e3}]} `, Report{Depth: 3}},
		{strings.Repeat("[", 1001) + strings.Repeat("]", 1001), Report{Depth: 1001}},
		{`"[[[{{{ \"[ 1e999 \\"`, Report{}},
		{`"\ud83d\ude00"`, Report{}},
		{`"\\ud83d"`, Report{}},
		{`"\ud83d"`, Report{Surrogate: true}},
		{`"\ude00"`, Report{Surrogate: true}},
		{`"\uD83D\uD83D\uDE00"`, Report{Surrogate: true}},
		{`"\ud83d\\ude00"`, Report{Surrogate: true}},
		{`{"\ud83dx":1}`, Report{Depth: 1, Surrogate: true}},
		{`[1e308,-1.7976931348623157e308,1e-400,5e-324]`, Report{Depth: 1}},
		{`1e309`, Report{Float: true}},
		{`-1E400`, Report{Float: true}},
		{strings.Repeat("9", 400), Report{Float: true}},
		{`1e131071`, Report{Float: true}},
		{`0.1e131072`, Report{Float: true}},
		{`1e131072`, Report{Float: true, Number: true}},
		{`0.1e131073`, Report{Float: true, Number: true}},
		{`0e131072`, Report{}},
		{`1e-16383`, Report{}},
		{`1e-16384`, Report{Number: true}},
		{`0e-17000`, Report{Number: true}},
		{`0e99999999999`, Report{Number: true}},
		{`1e99999999999`, Report{Float: true, Number: true}},
		{"0." + strings.Repeat("0", 16384), Report{Number: true}},
		{`{"a":1,"b":{"a":1},"c":"a"}`, Report{Depth: 2}},
		{`{"a":1,"b":2,"a":3}`, Report{Depth: 1, Twice: true}},
		{`[{"a":1},{"a":1}]`, Report{Depth: 2}},
		{`{"a":{"x":1 , "x" : 2}}`, Report{Depth: 2, Twice: true}},
		{`{"a":1,"\u0061":2}`, Report{Depth: 1, Twice: true}},
		{`{"a":1,"A":2}`, Report{Depth: 1}},
		{many(40, `"x":1`), Report{Depth: 1}},
		{many(40, `"k39":1`), Report{Depth: 1, Twice: true}},
		{many(40, `"k0":1`), Report{Depth: 1, Twice: true}},
	} {
		is := is.New(t)
		if got := Look(tt.text); got != tt.want {
			t.Errorf("%.60s: got %+v, want %+v", tt.text, got, tt.want)
		}
		is.True(json.Valid([]byte(tt.text)))
	}
}

// Ensure that the last of equal keys is kept, at any depth, and that every other text stays as it is.
func TestLast(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for text, want := range map[string]string{
		`{"role":"admin","role":"user"}`:                       `{"role":"user"}`,
		`{"a":{"x":1},"a":{"y":2}}`:                            `{"a":{"y":2}}`,
		`[{"a":1, "b":[{"c":1,"\u0063":2.0}],"a":{"z":9}}, 1]`: `[{"a":{"z":9},"b":[{"\u0063":2.0}]},1]`,
		`{"a": 1}`:          `{"a": 1}`,
		`{"a":1,"a"`:        `{"a":1,"a"`,
		`{"a":1,"a":}`:      `{"a":1,"a":}`,
		`{a:1,"b":1,"b":2}`: `{a:1,"b":1,"b":2}`,
		"":                  "",
	} {
		is.Equal(Last(text), want)
	}
}

// Ensure that no text breaks what looks through it, and that documents mean what they meant.
func FuzzLast(f *testing.F) {
	for _, s := range []string{`{"a":1,"a":{"b":[1e5]}}`, `"\ud83d`, `[[{"`, `{"a":`, `-`, `{"x":1,"x":2`, `\`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		Look(text)
		last := Last(text)
		var before, after any
		if json.Unmarshal([]byte(text), &before) != nil {
			return
		}
		if err := json.Unmarshal([]byte(last), &after); err != nil || fmt.Sprint(before) != fmt.Sprint(after) {
			t.Errorf("%q became %q: %v", text, last, err)
		}
		if Look(last).Twice {
			t.Errorf("%q became %q, which has a key twice", text, last)
		}
		if got := Merge(text, text, text); got != text && json.Valid([]byte(text)) && strings.TrimSpace(text) != got &&
			!Look(text).Twice {
			t.Errorf("%q became %q without a change", text, got)
		}
	})
}
