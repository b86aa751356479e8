package schema

import (
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"
)

// Ensure that the grammar of the tag reads what its description says.
func TestParseTag(t *testing.T) {
	t.Parallel()
	items := func(pairs ...string) (out []tagItem) {
		for i := 0; i < len(pairs); i += 2 {
			out = append(out, tagItem{pairs[i], pairs[i+1]})
		}
		return out
	}
	tests := []struct {
		text string
		want tag
	}{
		{"", tag{}},
		{" ", tag{}},
		{",", tag{}},
		{"-", tag{skip: true}},
		{"title", tag{name: "title"}},
		{" title ", tag{name: "title"}},
		{"title,unique", tag{name: "title", items: items("unique", "")}},
		{",unique", tag{items: items("unique", "")}},
		{"unique", tag{items: items("unique", "")}},
		{"unique,index", tag{items: items("unique", "", "index", "")}},
		{"unique=a,unique=b,index=c", tag{items: items("unique", "a", "unique", "b", "index", "c")}},
		{"name=unique,key", tag{name: "unique", items: items("key", "")}},
		{"key,name=id", tag{name: "id", items: items("key", "")}},
		{"name='a, b'", tag{name: "a, b"}},
		{"size=1..100", tag{items: items("size", "1..100")}},
		{" size = 1..100 , key ", tag{items: items("size", "1..100", "key", "")}},
		{"default=", tag{items: items("default", "")}},
		{"default=''", tag{items: items("default", "")}},
		{"default=' a '", tag{items: items("default", " a ")}},
		{"default='it''s, \"ok\"=1',key", tag{items: items("default", `it's, "ok"=1`, "key", "")}},
		{"default=it's", tag{items: items("default", "it's")}},
		{"default=a=b", tag{items: items("default", "a=b")}},
		{"regex='^[a-z]{1,3}$' , max=3", tag{items: items("regex", "^[a-z]{1,3}$", "max", "3")}},
		{"choices=", tag{items: items("choices", "")}},
		{"_created", tag{name: "_created"}}, // not a slip of created
		{"min1", tag{name: "min1"}},
		{"Größe", tag{name: "Größe"}},
		{"on2", tag{name: "on2"}},
	}
	for _, tt := range tests {
		is := is.New(t)
		got, err := parseTag(tt.text)
		is.NoErr(err)
		is.Equal(got.skip, tt.want.skip)
		is.Equal(got.name, tt.want.name)
		is.True(slices.Equal(got.items, tt.want.items))
	}
}

// Ensure that a mistake in a tag is told with what would be right.
func TestParseTagErrors(t *testing.T) {
	t.Parallel()
	names, _ := Options()
	tests := []struct{ text, want string }{
		{"uniqe", `"uniqe" looks like the option unique; a column of this name is written name=uniqe`},
		{"Unique", `"Unique" looks like the option unique; a column of this name is written name=Unique`},
		{"uinque", `"uinque" looks like the option unique; a column of this name is written name=uinque`}, // letters swapped
		{"ON", `"ON" looks like the option on; a column of this name is written name=ON`},
		{"title,on_delete=cascade", `unknown option "on_delete", which looks like ondelete`},
		{"title,uniqe", `unknown option "uniqe", which looks like unique`},
		{"title,nothing", `unknown option "nothing"; the options are ` + strings.Join(names, ", ")},
		{"choices=a,b", "; if it belongs to the value of choices: the allowed values: choices=red|green|blue"},
		{"decimal=10,2", "an exact number on a string or Scanner type: decimal=precision.scale"},
		{"titel=x", `unknown option "titel"`},
		{"=x", `unknown option ""`},
		{"key=1", "the option key takes no value"},
		{"key=", "the option key takes no value"},
		{"size", "the option size needs a value: the length in characters"},
		{"size=", "the option size needs a value"},
		{"min=''", "the option min needs a value"},
		{"unique=", "the option unique needs a value"},
		{"name=", "the option name needs a value"},
		{"a,name=b", `the column has two names, "a" and "b"`},
		{"name=a,name=b", `the column has two names, "a" and "b"`},
		{"min=1,min=2", "the option min appears twice"},
		{"key,key", "the option key appears twice"},
		{"default='a", "the value of default has no closing quote"},
		{"default='a''", "the value of default has no closing quote"},
		{"default='a'b", "the value of default continues after its closing quote"},
	}
	for _, tt := range tests {
		is := is.New(t)
		_, err := parseTag(tt.text)
		is.True(err != nil)
		if !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v does not say %s", tt.text, err, tt.want)
		}
	}
}

// Ensure that each option is described, once.
func TestOptions(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	names, help := Options()
	is.Equal(len(names), len(help))
	seen := map[string]bool{}
	for i, name := range names {
		is.True(!seen[name])
		seen[name] = true
		is.True(help[i] != "")
		is.Equal(strings.Trim(name, "abcdefghijklmnopqrstuvwxyz"), "") // nearestOption relies on it
	}
}

func TestDistance(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for _, tt := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"key", "key", 0}, {"kye", "key", 1}, {"keys", "key", 1}, {"ky", "key", 1}, {"kez", "key",
		1}, {"table", "key", 5}} {
		is.Equal(distance(tt.a, tt.b), tt.want)
		is.Equal(distance(tt.b, tt.a), tt.want)
	}
}

// Ensure that no tag makes the parser panic, and that what it read can be written and read again.
func FuzzParseTag(f *testing.F) {
	for _, s := range []string{"", "-", "a", "name='a, b',key", "default='it''s'", "size=1..2,unique=x,index", "uniqe",
		"=", "'", ",,", "on='a desc, b',where='x = 1'"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := parseTag(text)
		if err != nil || got.skip {
			return
		}
		quote := func(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
		parts := []string{""} // the first item may be a name
		if got.name != "" {
			parts = append(parts, "name="+quote(got.name))
		}
		for _, it := range got.items {
			i := slices.IndexFunc(options, func(o option) bool { return o.name == it.name })
			if i < 0 {
				t.Fatalf("%q: unknown option %q", text, it.name)
			}
			if options[i].value == flag || options[i].value == mayHaveValue && it.value == "" {
				parts = append(parts, it.name)
			} else {
				parts = append(parts, it.name+"="+quote(it.value))
			}
		}
		again, err := parseTag(strings.Join(parts, ","))
		if err != nil || again.name != got.name || !slices.Equal(again.items, got.items) {
			t.Errorf("%q: %+v became %+v, %v", text, got, again, err)
		}
	})
}
