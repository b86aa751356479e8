package schema_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/schema"
)

func indexes(t *schema.Table) (lines []string) {
	for _, ix := range t.Indexes {
		s := ix.Name
		if ix.Unique {
			s += " unique"
		}
		for _, c := range ix.Columns {
			if c.Column != nil {
				s += " " + c.Column.Name
			} else {
				s += " =" + c.Expr
			}
			if c.Desc {
				s += "-"
			}
		}
		if ix.Include != nil {
			s += " include " + strings.Join(schema.ColumnNames(ix.Include), " ")
		}
		if ix.Where != "" {
			s += " where " + ix.Where
		}
		lines = append(lines, s)
	}
	return lines
}

type indexed struct {
	Model
	A       int     `prom:"unique"`
	B       *string `prom:"index,desc"`
	C       string  `prom:"index=cd"`
	D       string  `prom:"index=cd,unique=de,desc"`
	E       float64 `prom:"unique=de"`
	Spaced  int     `prom:"name='two words'"`
	Renamed int     `prom:"r,index"`
	_       int     `prom:"index=recent,on='_created desc, a ASC, two words, two words x'"`
	_       int     `prom:"unique=live,on=c,where='b IS NOT NULL'"`
	Odd     int     `prom:"name='two words x'"`
}

// Ensure that indexes are those of the tags, in their order, with the columns in the order of the fields.
// parity: X1 X2 X3 X10
func TestIndexes(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	tbl := of[indexed](t)
	is.Equal(indexes(tbl), []string{
		"indexed_a unique a",
		"indexed_b b-",
		"indexed_cd c d-",
		"indexed_de unique d- e",
		"indexed_r r",
		"indexed_recent _created- a two words two words x",
		"indexed_live unique c where b IS NOT NULL",
	})
	is.Equal(tbl.Indexes[2].Names(), []string{"c", "d"})

	other, err := tbl.WithName("other")
	is.NoErr(err)
	is.Equal(other.Name, "other")
	is.Equal(indexes(other)[0], "other_a unique a")
	is.Equal(indexes(tbl)[0], "indexed_a unique a")
	is.Equal(other.Column("a"), tbl.Column("a"))
	long, err := tbl.WithName(strings.Repeat("x", 60))
	is.NoErr(err)
	for _, ix := range long.Indexes {
		is.True(len(ix.Name) <= schema.MaxName)
	}
}

type computed struct {
	Model
	A string
	B string
	_ int `prom:"unique=x,on='lower(a)'"`
	_ int `prom:"index=y,on='b desc, coalesce(a, ''x, y(''), substr(b, 1, 2) DESC',include='a, _created',where='b <> ''x'''"`
}

// Ensure that indexes have the expressions and the columns besides that are given, and are present only under their
// names. parity: G3 G4
func TestComputedIndexes(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	tbl := of[computed](t)
	is.Equal(indexes(tbl), []string{"computed_x unique =lower(a)",
		"computed_y b- =coalesce(a, 'x, y(') =substr(b, 1, 2)- include a _created where b <> 'x'"})
	is.Equal(tbl.Indexes[1].Names(), []string{"b", "", ""})
	is.True(tbl.Indexes[0].OnColumns() == nil)
	f := schema.Found{Exists: true, Indexes: []schema.FoundIndex{foundIndex("other", true, false, "")}}
	for _, c := range tbl.Columns {
		f.Columns = append(f.Columns, schema.FoundColumn{Name: c.Name})
	}
	is.Equal(len(tbl.Diff(f).Indexes), 2)
	f.Indexes = []schema.FoundIndex{{Name: "computed_x"}, {Name: "computed_y"}}
	is.True(tbl.Diff(f).Empty())
}

// Ensure that the difference to what a database has is what it lacks, and nothing else.
// parity: A7 A10 A11 A19 B24
func TestDiff(t *testing.T) {
	t.Parallel()
	tbl := of[indexed](t)
	all := schema.Found{Exists: true}
	for _, c := range tbl.Columns {
		all.Columns = append(all.Columns, schema.FoundColumn{Name: c.Name, Type: "whatever"})
	}
	for _, ix := range tbl.Indexes {
		all.Indexes = append(all.Indexes, foundIndex(ix.Name, ix.Unique, ix.Where != "", ix.Names()...))
	}
	tests := []struct {
		name   string
		change func(f *schema.Found)
		want   string // columns, then indexes
	}{
		{"nothing missing", func(*schema.Found) {}, ""},
		{"more than wanted", func(f *schema.Found) {
			f.Columns = append(f.Columns, schema.FoundColumn{Name: "legacy", NotNull: true})
			f.Indexes = append(f.Indexes, schema.FoundIndex{Name: "legacy"})
		}, ""},
		{"columns", func(f *schema.Found) { f.Columns = f.Columns[3:] }, "a b c |"},
		{"the key comes first", func(f *schema.Found) { f.Columns = f.Columns[1:8] }, "_id a _created _updated |"},
		{"no columns", func(f *schema.Found) { f.Columns = nil },
			"_id a b c d e two words r two words x _created _updated |"},
		{"no indexes", func(f *schema.Found) { f.Indexes = nil },
			"| indexed_a indexed_b indexed_cd indexed_de indexed_r indexed_recent indexed_live"},
		{"the same index under another name", func(f *schema.Found) { f.Indexes[0].Name = "x" }, ""},
		{"another kind of index", func(f *schema.Found) { f.Indexes[0] = foundIndex("x", false, false, "a") }, "| indexed_a"},
		{"an index of fewer rows", func(f *schema.Found) { f.Indexes[0].Name, f.Indexes[0].Partial = "x", true },
			"| indexed_a"},
		{"a partial index under another name", func(f *schema.Found) { f.Indexes[6].Name = "x" }, "| indexed_live"},
		{"more columns", func(f *schema.Found) { f.Indexes[0] = foundIndex("x", true, false, "a", "b") }, "| indexed_a"},
		{"an expression", func(f *schema.Found) { f.Indexes[0] = foundIndex("x", true, false, "") }, "| indexed_a"},
		{"names in another case", func(f *schema.Found) {
			f.Columns[0].Name, f.Indexes[1].Name, f.Indexes[1].Unique = "A", "INDEXED_B", true
		}, "a | indexed_b"},
		{"the same, folded", func(f *schema.Found) {
			f.FoldNames = true
			f.Columns[0].Name, f.Indexes[1].Name, f.Indexes[1].Unique = "A", "INDEXED_B", true
			f.Indexes[0].Name, f.Indexes[0].Columns = "x", foundIndex("", false, false, "A").Columns
		}, ""},
	}
	for _, tt := range tests {
		is := is.New(t)
		f := all
		f.Columns = append([]schema.FoundColumn(nil), all.Columns...)
		f.Indexes = append([]schema.FoundIndex(nil), all.Indexes...)
		tt.change(&f)
		d := tbl.Diff(f)
		var cols, ixs []string
		for _, c := range d.Columns {
			cols = append(cols, c.Name)
		}
		for _, ix := range d.Indexes {
			ixs = append(ixs, ix.Name)
		}
		got := strings.TrimSpace(fmt.Sprint(strings.Join(cols, " "), " | ", strings.Join(ixs, " ")))
		if got == "|" {
			got = ""
		}
		if got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
		is.Equal(d.Empty(), tt.want == "")
		is.True(!d.Create)
	}
	is := is.New(t)
	d := tbl.Diff(schema.Found{})
	is.True(d.Create && !d.Empty())
	is.Equal(len(d.Columns), len(tbl.Columns))
	is.Equal(len(d.Indexes), len(tbl.Indexes))
}

func foundIndex(name string, unique, partial bool, columns ...string) schema.FoundIndex {
	ix := schema.FoundIndex{Name: name, Unique: unique, Partial: partial}
	for _, c := range columns {
		ix.Columns = append(ix.Columns, schema.FoundIndexColumn{Name: c})
	}
	return ix
}
