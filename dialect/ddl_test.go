package dialect_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/schema"
)

// createModels makes the tables of all models. References to tables that are not there yet are added at the end.
func createModels(t *testing.T, e engine) {
	t.Helper()
	made := map[*schema.Table]bool{}
	var later []string
	for i := range models {
		tbl := table(t, i)
		made[tbl] = true
		inline := func(c *schema.Column) bool {
			ready := made[tbl.TargetOf(c)]
			if s := e.AddReference(tbl, c); !ready && s != "" {
				later = append(later, s)
			}
			return ready
		}
		e.exec(t, e.Prerequisites(tbl.Columns)...)
		e.exec(t, e.CreateTable(tbl, inline)...)
		for _, ix := range tbl.Indexes {
			e.exec(t, e.CreateIndex(tbl, ix)...)
		}
	}
	e.exec(t, later...)
}

// Ensure that the text of every golden table runs, and that introspection then finds what the model wants.
// parity: A4 A5 A18 F4 F39 N2 N4 B15 B21 B24 B33 B41
func TestCreate(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, de dbtest.Engine) {
		e := open(t, de)
		createModels(t, e)
		for i := range models {
			is := is.New(t)
			tbl := table(t, i)
			f := e.found(t, tbl.Name)
			is.True(tbl.Diff(f).Empty())
			is.Equal(len(f.Columns), len(tbl.Columns))
			is.Equal(len(f.Indexes), len(tbl.Indexes)) // none beside, such as one behind a key
			for j, c := range tbl.Columns {
				fc := f.Columns[j]
				is.Equal(fc.Name, c.Name)
				is.Equal(fc.NotNull, c.Required())
				is.Equal(fc.Key, c.Key)
				is.Equal(fc.Default != "", c.Default != nil && c.Default.Func == "")
				is.True(fc.Type != "")
			}
			for _, ix := range tbl.Indexes {
				if !hasIndex(f, ix) {
					t.Errorf("%s: %+v among %+v", tbl.Name, ix, f.Indexes)
				}
			}
			is.Equal(e.rows(t, e.HasRows(tbl.Name))[0] == "true" || e.rows(t, e.HasRows(tbl.Name))[0] == "1", false)
			e.exec(t, e.Prerequisites(tbl.Columns)...) // they may be repeated
			for _, s := range e.CreateTable(tbl, nil) {
				_, err := e.db.Exec(s)
				is.True(err != nil) // it exists
			}
			for _, ix := range tbl.Indexes {
				for _, s := range e.CreateIndex(tbl, ix) {
					_, err := e.db.Exec(s)
					is.True(err != nil)
				}
			}
		}
	})
}

func hasIndex(f schema.Found, ix *schema.Index) bool {
	for _, fi := range f.Indexes {
		if fi.Name == ix.Name {
			return fi.Unique == ix.Unique && fi.Partial == ix.Partial() &&
				slices.EqualFunc(fi.Columns, ix.Columns, func(have schema.FoundIndexColumn, want schema.IndexColumn) bool {
					if c := want.Column; c != nil && c.Folded && have.Name == "" {
						return strings.HasPrefix(have.Expr, "lower(") && strings.Contains(have.Expr, c.Name)
					}
					return want.Column == nil && have.Name == "" || want.Column != nil && have.Name == want.Column.Name
				})
		}
	}
	return false
}

// Ensure that every column can be added to an empty table, and one that is optional or has a default to one with rows.
// parity: A7 A9 A10 B24
func TestAddColumn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, de dbtest.Engine) {
		e := open(t, de)
		createModels(t, e)
		for i, m := range models {
			is := is.New(t)
			tbl, err := table(t, i).WithName("x " + m.name)
			is.NoErr(err)
			for _, rows := range []bool{false, true} {
				e.exec(t, "DROP TABLE IF EXISTS "+e.Quote(tbl.Name),
					"CREATE TABLE "+e.Quote(tbl.Name)+` ("old column" TEXT)`)
				if rows {
					e.exec(t, "INSERT INTO "+e.Quote(tbl.Name)+` VALUES ('row')`)
				}
				for _, c := range tbl.Diff(e.found(t, tbl.Name)).Columns {
					_, err := e.db.Exec(e.AddColumn(tbl, c, nil)[0])
					switch {
					case c.Key && e.Name() == "sqlite" && len(tbl.Key) == 1:
						is.True(err != nil) // SQLite cannot
					case rows && c.Required() && (c.Default == nil || c.Default.Func != "") && !(c.Auto && c.Kind.Integer()):
						is.True(err != nil) // what would the old row hold?
					case rows && c.References != nil && c.Default != nil && e.Name() == "postgres":
						is.True(err != nil) // the default refers to nothing
					default:
						if err != nil {
							t.Errorf("%s: %s\n%v", e.Name(), e.AddColumn(tbl, c, nil)[0], err)
						}
					}
				}
				if rows || e.Name() == "sqlite" {
					continue
				}
				is.Equal(len(tbl.Diff(e.found(t, tbl.Name)).Columns), 0)
			}
		}
	})
}

// Ensure that a NULL key, a value that breaks a rule and a reference to nothing are refused, and the constraint's name
// tells which column it was. parity: F16 F41 F42 B11 B33
func TestConstraints(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, de dbtest.Engine) {
		e := open(t, de)
		createModels(t, e)
		limitsTable, err := table(t, 4).WithName("limits")
		if err != nil {
			t.Fatal(err)
		}
		long := strings.Repeat("x", 70)
		tests := []struct {
			column    string
			good, bad []any
		}{
			{"range", []any{"ab", "äöüßé", "😀😀"}, []any{"a", "abcdef", ""}},
			{"exact", []any{"abc"}, []any{"ab", "abcd"}},
			{"at_least", []any{"ab", long}, []any{"a", ""}},
			{"at_most", []any{"", "abcde", "😀😀😀😀😀"}, []any{"abcdef", long}},
			{"bytes", []any{[]byte{0}, []byte("abcd"), []byte{0, 0, 0, 0}}, []any{[]byte{}, []byte("abcde"), []byte("äöü")}},
			{"null", []any{nil, "a", "ab"}, []any{"", "abc"}},
			{"folded", []any{"ABCDE"}, []any{"ABCDEF"}},
			{"int", []any{-5, 0, 5}, []any{-6, 6}},
			{"int_min", []any{1, 127}, []any{0, -1}},
			{"uint", []any{0, 10}, []any{-1, 11}},
			{"uint_min", []any{nil, 3}, []any{2, -1}},
			{"f64", []any{-0.5, 1.5}, []any{-0.51, 1.51}},
			{"f32", []any{nil, 0.1, float64(float32(0.1)), -1e30}, []any{0.11}},
			{"check", []any{"x"}, []any{""}},
		}
		valid := map[string]any{}
		for _, tt := range tests {
			valid[tt.column] = tt.good[len(tt.good)-1]
		}
		now := schema.TimeValue(schema.Time, time.Now())
		valid["_created"], valid["_updated"] = now, now
		try := func(column string, v any) error {
			var names []string
			var values []any
			for name, w := range valid {
				if name == column {
					w = v
				}
				names, values = append(names, name), append(values, w)
			}
			return e.insert("limits", names, values...)
		}
		for _, tt := range tests {
			is := is.New(t)
			for _, v := range tt.good {
				is.NoErr(try(tt.column, v))
			}
			for _, v := range tt.bad {
				err := try(tt.column, v)
				is.True(err != nil)
				is.True(strings.Contains(err.Error(), limitsTable.CheckName(limitsTable.Column(tt.column))))
			}
		}

		is := is.New(t)
		key := func(i int) string { return table(t, i).Name }
		for i := range models {
			for _, c := range table(t, i).Key {
				if !c.Auto || c.Kind == schema.UUID {
					is.True(e.insert(key(i), []string{c.Name}, nil) != nil)
				}
			}
		}
		is.NoErr(e.insert("plain_key", []string{"id"}, 7))
		is.True(e.insert("plain_key", []string{"x"}, 7) != nil) // nothing makes up a key that is not auto
		is.True(e.insert("plain_key", []string{"id"}, 7) != nil)
		e.exec(t, "INSERT INTO small_key (x) VALUES (1)", "INSERT INTO small_key (x) VALUES (2)",
			"INSERT INTO medium_key (x) VALUES (1)", "INSERT INTO only_key DEFAULT VALUES", "INSERT INTO only_key DEFAULT VALUES")
		is.Equal(e.rows(t, "SELECT id FROM small_key ORDER BY id"), []string{"1", "2"}) // parity: B33
		is.Equal(e.rows(t, "SELECT id FROM only_key ORDER BY id"), []string{"1", "2"})
		counted := map[bool]string{true: "DEFAULT", false: "NULL"}[e.Features().DefaultInRow]
		e.exec(t, "INSERT INTO only_key (id) VALUES ("+counted+"), ("+counted+")")
		is.Equal(e.rows(t, "SELECT max(id) FROM only_key"), []string{"4"})
		e.exec(t, "INSERT INTO plain_key (id, x) VALUES (7, 1) ON CONFLICT (id) DO UPDATE SET x = excluded.x")
		is.Equal(e.rows(t, "SELECT id, x FROM plain_key"), []string{"7 1"})
		is.NoErr(e.insert("folded_key", []string{"code"}, "Go"))
		is.True(e.insert("folded_key", []string{"code"}, "gO") != nil) // parity: X6
		is.NoErr(e.insert("text_key", []string{"code"}, "Go"))
		is.NoErr(e.insert("text_key", []string{"code"}, "gO"))
	})
}

// Ensure that a strong reference is deleted with its target, a weak one becomes NULL and both follow a key that
// changes. parity: F39 F41 F42
func TestReferences(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, de dbtest.Engine) {
		is := is.New(t)
		e := open(t, de)
		createModels(t, e)
		now := schema.TimeValue(schema.Time, time.Now())
		stamps := func(names []string, values ...any) ([]string, []any) {
			return append(names, "_created", "_updated"), append(values, now, now)
		}
		add := func(table string, names []string, values ...any) error {
			names, values = stamps(names, values...)
			return e.insert(table, names, values...)
		}
		id := schema.TextValue(schema.UUID, "f47ac10b-58cc-4372-a567-0e02b2c3d479")
		is.NoErr(add("author", []string{"_id", "name"}, 1, "Ada"))
		is.NoErr(add("author", []string{"_id", "name"}, 2, "Bob"))
		is.NoErr(e.insert("folded_key", []string{"code"}, "Go"))
		is.NoErr(e.insert("uuid_key", []string{"id"}, id))
		cols := []string{"_id", "author_id", "editor_id", "tag", "device", "plain"}
		is.NoErr(e.insert("plain_key", []string{"id"}, 7))
		is.NoErr(add("post", cols, 1, 1, 2, "GO", id, 7))
		is.NoErr(add("post", cols, 2, 2, 1, "go", nil, nil))
		err := add("post", cols, 3, 9, nil, "go", nil, nil)
		is.True(err != nil)
		if e.Name() == "postgres" { // SQLite does not say which
			is.True(strings.Contains(err.Error(), "post_author_id_fkey"))
		}
		is.True(add("post", cols, 3, 1, nil, "rust", nil, nil) != nil)
		is.True(add("post", cols, 3, 1, nil, "go", nil, 8) != nil)
		e.exec(t, "UPDATE plain_key SET id = 8")
		is.Equal(e.rows(t, "SELECT plain FROM post WHERE _id = 1"), []string{"8"})
		e.exec(t, "UPDATE author SET _id = 20 WHERE _id = 2")
		is.Equal(e.rows(t, "SELECT _id, author_id, editor_id FROM post ORDER BY _id"), []string{"1 1 20", "2 20 1"})
		e.exec(t, "DELETE FROM author WHERE _id = 20")
		is.Equal(e.rows(t, "SELECT _id, author_id, editor_id FROM post ORDER BY _id"), []string{"1 1 <nil>"})
		e.exec(t, "DELETE FROM folded_key")
		is.Equal(len(e.rows(t, "SELECT _id FROM post")), 0)

		is.NoErr(add("node", []string{"_id", "parent"}, 1, nil))
		is.NoErr(add("node", []string{"_id", "parent"}, 2, 1))
		e.exec(t, "DELETE FROM node WHERE _id = 1")
		is.Equal(e.rows(t, "SELECT _id, parent FROM node"), []string{"2 <nil>"})

		is.NoErr(add("chicken", []string{"_id", "egg"}, 1, nil))
		is.NoErr(add("egg", []string{"_id", "chicken"}, 1, 1))
		e.exec(t, "UPDATE chicken SET egg = 1", "DELETE FROM chicken")
		is.Equal(len(e.rows(t, "SELECT _id FROM egg")), 0)
	})
}

// Ensure that a table under another name refers to itself, not to the table of the first name.
func TestRenamedSelfReference(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, de dbtest.Engine) {
		is := is.New(t)
		e := open(t, de)
		for i, m := range models {
			if m.name != "node" {
				continue
			}
			tbl, err := table(t, i).WithName("tree")
			is.NoErr(err)
			e.exec(t, createAll(e, tbl, inlineSelf(tbl))...)
			is.NoErr(e.insert("tree", []string{"_id", "_created", "_updated"}, 1, schema.TimeValue(schema.Time, time.Now()),
				schema.TimeValue(schema.Time, time.Now())))
			e.exec(t, "UPDATE tree SET parent = 1")
		}
	})
}

// Ensure that the database's own defaults are the values that the tags say.
// parity: F22 A10
func TestDefaults(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, de dbtest.Engine) {
		e := open(t, de)
		for i, m := range models {
			if m.name != "constants" && m.name != "hostile_defaults" {
				continue
			}
			tbl := table(t, i)
			e.exec(t, createAll(e, tbl, inlineSelf(tbl))...)
			var names, conds []string
			var values, args []any
			for _, c := range tbl.Columns {
				if c.Default == nil || c.Default.Func != "" {
					if c.Kind == schema.Time {
						names, values = append(names, c.Name), append(values, schema.TimeValue(schema.Time, time.Now()))
					} else if c.Kind == schema.UUID {
						names, values = append(names, c.Name), append(values, schema.TextValue(schema.UUID,
							"f47ac10b-58cc-4372-a567-0e02b2c3d479"))
					}
					continue
				}
				conds = append(conds, e.Quote(c.Name)+" = "+e.Arg(c.Kind))
				args = append(args, e.value(c.Default.Literal))
			}
			is := is.New(t)
			is.NoErr(e.insert(tbl.Name, names, values...))
			for j, cond := range conds {
				if got := e.rows(t, "SELECT 1 FROM "+e.Quote(tbl.Name)+" WHERE "+cond, args[j]); len(got) != 1 {
					t.Errorf("%s: the default is not what was meant: %s", e.Name(), cond)
				}
			}
		}
	})
}

// Ensure that a partial unique index binds the rows of its condition only, and that DESC is used as asked.
func TestPartialIndex(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, de dbtest.Engine) {
		is := is.New(t)
		e := open(t, de)
		for i, m := range models {
			if m.name == "indexed" {
				e.exec(t, createAll(e, table(t, i), inlineSelf(table(t, i)))...)
			}
		}
		now := schema.TimeValue(schema.Time, time.Now())
		add := func(a int, c, d, f string) error {
			return e.insert("indexed", []string{"a", "c", "d", "e", "f", "_created", "_updated"}, a, c, d, float64(a), f, now,
				now)
		}
		is.NoErr(add(1, "same", "", "F"))
		is.NoErr(add(2, "same", "", "G"))
		is.NoErr(add(3, "same", "x", "H"))
		err := add(4, "same", "y", "I")
		is.True(err != nil)
		err = add(5, "other", "", "f") // parity: X6
		is.True(err != nil)
	})
}
