package modelgen

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/prom-go/prom/schema"
)

// foldedName returns the name of the column of which an expression of an index is the lower case, as it is of a nocase
// column on PostgreSQL; "" for another expression.
func foldedName(expr string, fields []*field) string {
	call, ok := strings.CutPrefix(expr, "lower(")
	inner, ends := strings.CutSuffix(call, ")")
	if !ok || !ends {
		return ""
	}
	inner, ok = strings.CutSuffix(strings.Trim(inner, "()"), ` COLLATE "C"`)
	for _, f := range fields {
		if ok && f.column.NoCase && (inner == f.column.Name || inner == `"`+strings.ReplaceAll(f.column.Name, `"`,
			`""`)+`"`) {
			return f.column.Name
		}
	}
	return ""
}

// indexes writes the indexes of a table into the tags of its fields, and returns the tags of those that need a blank
// field of their own, and notes of those that a model cannot have.
func indexes(t *found, fields []*field) (blanks [][]string, notes []string) {
	taken := map[string]bool{"pkey": true} // which PostgreSQL makes for the primary key
	for _, ix := range t.Indexes {
		if short, ok := shortName(t.table, ix.Name); ok {
			taken[schema.FoldName(short)] = true
		}
	}
	for _, ix := range t.Indexes {
		if ix.Exclude {
			notes = append(notes, fmt.Sprintf("The constraint %q is EXCLUDE, which no tag says. It is left out.", ix.Name))
		} else if ix.Partial && (ix.Where == "" || t.usesRetyped(ix.Where)) || ix.Invalid || !addIndex(t, ix, fields, taken, &blanks) {
			notes = append(notes, fmt.Sprintf("The index %q is one that a tag cannot say. It is left out.", ix.Name))
		} else if ix.Unique && !ix.Partial && !slices.Contains(ix.Names(), "") {
			t.uniques = append(t.uniques, ix.Names())
		}
	}
	return blanks, notes
}

// addIndex writes one index, and reports whether a tag can say it. An index whose name no tag makes gets one that is
// not taken, when its columns alone are enough to know it by.
func addIndex(t *found, ix schema.FoundIndex, fields []*field, taken map[string]bool, blanks *[][]string) bool {
	kind := "index"
	if ix.Unique {
		kind = "unique"
	}
	var used []*field
	use := func(name string) bool {
		j := slices.IndexFunc(fields, func(f *field) bool { return f.column.Name == name })
		if j >= 0 && !slices.Contains(used, fields[j]) {
			used = append(used, fields[j])
		}
		return j >= 0
	}
	ix.Columns = slices.Clone(ix.Columns)
	terms := make([]string, len(ix.Columns))
	for i, c := range ix.Columns {
		if name := foldedName(c.Expr, fields); name != "" {
			c.Name, ix.Columns[i].Name = name, name
		}
		if c.Nulls != "" || c.Name != "" && c.Expr == "" && c.Collation != "" || c.Name != "" && !use(c.Name) ||
			t.usesRetyped(c.Expr) {
			return false
		}
		if terms[i] = cmp.Or(c.Name, c.Expr); c.Desc {
			terms[i] += " desc"
		}
	}
	for _, name := range ix.Include {
		if !use(name) {
			return false
		}
	}
	var method []string
	if ix.Method != "" {
		method = append(method, "using="+tagValue(ix.Method))
	}
	if ix.Ops != "" {
		method = append(method, "ops="+tagValue(ix.Ops))
	}
	if ix.NullsNotDistinct {
		method = append(method, "nulls=not distinct")
	}
	short, named := shortName(t.table, ix.Name)
	if !named {
		short = strings.Join(ix.Names(), "_")
		if ix.Partial || slices.Contains(ix.Names(), "") || taken[schema.FoldName(short)] {
			return false
		}
		taken[schema.FoldName(short)], ix.Name = true, schema.IndexName(t.table, short)
	}
	// A tag of the field's own is enough for an index of one column that has its name.
	if len(ix.Columns) == 1 && short == ix.Columns[0].Name && len(ix.Include) == 0 && !ix.Partial &&
		!slices.Contains(used[0].tag, "index") && !slices.Contains(used[0].tag, "unique") {
		own := *used[0]
		own.tag = append(slices.Clone(own.tag), kind)
		if ix.Columns[0].Desc {
			own.tag = append(own.tag, "desc")
		}
		own.tag = append(own.tag, method...)
		if indexReadsBack(t.table, &ix, nil, &own) {
			used[0].tag = own.tag
			return true
		}
	}
	blank := append([]string{kind + "=" + tagValue(short), "on=" + tagValue(strings.Join(terms, ", "))}, method...)
	if len(ix.Include) > 0 {
		blank = append(blank, "include="+tagValue(strings.Join(ix.Include, ", ")))
	}
	if ix.Where != "" {
		blank = append(blank, "where="+tagValue(ix.Where))
	}
	own := func(option string) bool {
		return option == "index" || option == "unique" || option == "desc" || strings.HasPrefix(option, "using=") ||
			strings.HasPrefix(option, "ops=") || strings.HasPrefix(option, "nulls=")
	}
	plain := make([]*field, len(used)) // without the indexes of their own
	for i, f := range used {
		p := *f
		p.tag = slices.DeleteFunc(slices.Clone(p.tag), own)
		plain[i] = &p
	}
	if !indexReadsBack(t.table, &ix, blank, plain...) {
		return false
	}
	*blanks = append(*blanks, blank)
	return true
}
