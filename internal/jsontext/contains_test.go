package jsontext

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"
)

func never() bool { return false }

func contains(t *testing.T, whole, part string) bool {
	t.Helper()
	var c Container
	got, ok, stopped := c.Contains(whole, part, never)
	if !ok || stopped {
		t.Fatalf("%s in %s: ok=%t stopped=%t", part, whole, ok, stopped)
	}
	again, _, _ := c.Contains(whole, part, never)
	if again != got {
		t.Fatalf("%s in %s: %t and then %t", part, whole, got, again)
	}
	return got
}

// Ensure that documents contain what the same question, asked of each pair of values, finds in them.
func FuzzContains(f *testing.F) {
	long := "[" + strings.Repeat(`1,"a",{"k":1},[2],[{"x":null}],`, 20) + `{"k":2,"l":[7]}]`
	for _, s := range []string{`1`, `"a"`, `{"a":1}`, `[1,2]`, `[]`, `{}`, `[[1]]`, `{"a":{"b":[1.0,{"c":null}]}}`,
		`[{"k":2}]`, `[{"l":[7.0]}]`, `[1e2,100]`, `-0.0`, `[true,"true"]`, long} {
		f.Add(s, s)
		f.Add(long, s)
		f.Add(`{"a":1,"b":[1,2,{"a":1}]}`, s)
		f.Add(`[100,0,[1,[2]],{"k":2}]`, s)
	}
	f.Fuzz(func(t *testing.T, whole, part string) {
		if len(whole)+len(part) > 3000 || !json.Valid([]byte(whole)) || !json.Valid([]byte(part)) {
			t.Skip()
		}
		w, p := decoded(whole), decoded(part)
		list, isList := w.([]any)
		want := inside(w, p) || isList && !container(p) && anyInside(list, p)
		if got := contains(t, whole, part); got != want {
			t.Errorf("%s in %s: %t", part, whole, got)
		}
	})
}

func decoded(text string) (v any) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	_ = d.Decode(&v)
	return v
}

func container(v any) bool {
	switch v.(type) {
	case map[string]any, []any:
		return true
	}
	return false
}

func inside(whole, part any) bool {
	switch p := part.(type) {
	case map[string]any:
		w, ok := whole.(map[string]any)
		for k, v := range p {
			if member, has := w[k]; !has || !inside(member, v) {
				return false
			}
		}
		return ok
	case []any:
		w, ok := whole.([]any)
		for _, v := range p {
			if !anyInside(w, v) {
				return false
			}
		}
		return ok
	case json.Number:
		w, ok := whole.(json.Number)
		return ok && equal(string(w), string(p))
	}
	return !container(whole) && whole == part
}

func anyInside(list []any, part any) bool {
	for _, v := range list {
		if inside(v, part) {
			return true
		}
	}
	return false
}

func equal(a, b string) bool {
	for _, s := range []string{a, b} {
		if _, exponent, _ := strings.Cut(strings.ToLower(s), "e"); len(exponent) > 5 {
			return plainNumber(a) == plainNumber(b) // rationals of that size are not to be computed with
		}
	}
	x, _ := new(big.Rat).SetString(a)
	y, _ := new(big.Rat).SetString(b)
	return x.Cmp(y) == 0
}

// Ensure that long lists are compared in a time that grows with them and not with their product, whatever is in them.
func TestContainsLong(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	const n = 50_000
	list := func(format string, from, step int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, ","+format, from+i*step)
		}
		return "[" + b.String()[1:] + "]"
	}
	start := time.Now()
	for _, format := range []string{"%d", `"%d"`, `{"a":1,"id":%d}`, "[0,%d]", "1e%d"} {
		is.True(contains(t, list(format, 0, 1), list(format, n-1, -1)))
		is.True(!contains(t, list(format, 0, 1), list(format, 1, 1)))
	}
	is.True(time.Since(start) < time.Minute) // hours, pair by pair
}

// Ensure that what has to be compared pair by pair ends when it is asked to.
func TestContainsStops(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	part := "[" + strings.Repeat(`{"a":{"b":1}},`, 2000) + `{"a":{"b":2}}]`
	whole := "[" + strings.Repeat(`{"a":{"c":1}},`, 2000) + `1]`
	var c Container
	asked := 0
	got, ok, stopped := c.Contains(whole, part, func() bool { asked++; return false })
	is.True(!got && ok && !stopped)
	is.True(asked == 0) // the first is not there
	whole = strings.Replace(whole, "]", `,{"a":{"b":1}}]`, 1)
	got, ok, stopped = c.Contains(whole, part, func() bool { asked++; return asked == 4 })
	is.True(!got && ok && stopped)
	is.Equal(asked, 4)
	for _, bad := range []string{"", "{", "1 2", `{"a":1,}`, "nul", "'a'"} {
		_, ok, _ := c.Contains(bad, "1", never)
		is.True(!ok)
		_, ok, _ = c.Contains("1", bad, never)
		is.True(!ok)
	}
}

// Ensure that a patch does what RFC 7396 says, by its own algorithm.
func FuzzPatch(f *testing.F) {
	for _, s := range []string{`{"a":"b"}`, `{"a":null}`, `{"a":{"b":"c","d":null}}`, `{"a":[{"b":null}]}`, `{}`,
		`{"a":{"x":{"y":null,"z":1.50}},"b":null}`, `{"a":1,"a":{"b":null}}`} {
		f.Add(`{"a":{"b":"d","x":1}}`, s)
		f.Add(`{"a":"c","b":[1.0, 2]}`, s)
		f.Add(`[1]`, s)
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, doc, patch string) {
		if !json.Valid([]byte(doc)) || !json.Valid([]byte(patch)) {
			return
		}
		got, ok := Patch(doc, patch, nil)
		p, isObject := decoded(patch).(map[string]any)
		if ok != isObject {
			t.Fatalf("%s: ok=%t", patch, ok)
		}
		if !ok {
			return
		}
		want := rfc7396(decoded(doc), p)
		if !json.Valid([]byte(got)) || fmt.Sprint(decoded(got)) != fmt.Sprint(want) {
			t.Errorf("%s with %s is %s, not %v", doc, patch, got, want)
		}
		if Look(got).Twice {
			t.Errorf("%s has a key twice", got)
		}
	})
}

func rfc7396(target, patch any) any {
	p, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	t, ok := target.(map[string]any)
	if !ok {
		t = map[string]any{}
	}
	for k, v := range p {
		if v == nil {
			delete(t, k)
		} else {
			t[k] = rfc7396(t[k], v)
		}
	}
	return t
}

// Ensure that large and deep patches, and documents, take no time that grows with their square.
func TestLongDocuments(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	var b strings.Builder
	for i := range 30_000 {
		b.WriteString(`"k` + strconv.Itoa(i) + `":{"a":` + strconv.Itoa(i) + `},`)
	}
	wide := "{" + b.String() + `"z":1}`
	deep := strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000)
	twice := strings.Repeat(`{"a":`, 5000) + `{"b":1,"b":"` + strings.Repeat("x", 1<<20) + `"}` + strings.Repeat("}", 5000)
	start := time.Now()
	for _, doc := range []string{wide, deep, `{}`} {
		for _, patch := range []string{wide, deep} {
			_, ok := Patch(doc, patch, nil)
			is.True(ok)
		}
	}
	is.Equal(len(Last(twice)), len(twice)-len(`"b":1,`))
	upper := strings.ReplaceAll(wide, "k", "K")
	is.True(len(Merge(upper, `{}`, wide)) >= len(wide))
	is.True(time.Since(start) < 30*time.Second)
	got, ok := Patch(`{"a":1,"b":2,"c":3}`, `{"c":4}`, []string{"a", "d"})
	is.True(ok)
	is.Equal(got, `{"b":2,"c":4}`)
}
