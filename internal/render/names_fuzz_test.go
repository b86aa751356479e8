package render_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/prom-go/prom/schema"
)

// FuzzName ensures that a name which is taken fits both engines as it is, and reads back from its quotes as the same
// name; that the name of an index made of it is one too; and that two indexes have one name only if they are one.
// suite: 4
func FuzzName(f *testing.F) {
	for _, name := range []string{"", "title", "select", "two words", `quo"te`, `""`, "apo'strophe", "a?b", "nul\x00",
		"\xff", "😀", strings.Repeat("é", 31), strings.Repeat("é", 32), `"; DROP TABLE x; --`} {
		f.Add(name, "index")
		f.Add("table", name)
	}
	f.Fuzz(func(t *testing.T, name, index string) {
		err := schema.CheckName(name)
		bad := name == "" || len(name) > schema.MaxName || !utf8.ValidString(name) || strings.ContainsAny(name, "\x00?")
		if (err != nil) != bad {
			t.Fatalf("%q: %v", name, err)
		}
		_ = schema.Snake(name)
		if bad {
			return
		}
		for _, d := range dialects {
			quoted := d.Quote(name)
			inner := strings.TrimSuffix(strings.TrimPrefix(quoted, `"`), `"`)
			if len(quoted) != len(inner)+2 || strings.ReplaceAll(inner, `""`, "") != strings.ReplaceAll(name, `"`, "") ||
				strings.ReplaceAll(inner, `""`, `"`) != name {
				t.Fatalf("%s: %q became %s", d.Name(), name, quoted)
			}
		}
		if schema.CheckName(index) != nil {
			return
		}
		full := schema.IndexName(name, index)
		if err := schema.CheckName(full); err != nil {
			t.Fatalf("%q and %q: the index %q: %v", name, index, full, err)
		}
		if other := schema.IndexName(name, index+"x"); len(index) < schema.MaxName && other == full {
			t.Fatalf("%q: two indexes have the name %q", name, full)
		}
	})
}
