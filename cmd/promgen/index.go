package main

import (
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
		if ok && f.column.NoCase && (inner == f.column.Name || inner == `"`+strings.ReplaceAll(f.column.Name, `"`, `""`)+`"`) {
			return f.column.Name
		}
	}
	return ""
}

// indexes writes the indexes of a table into the tags of its fields, and returns those that need a blank field of their own and comments for
// those that a model cannot have.
func indexes(t *found, fields []*field) (blanks, notes []string) {
	for _, ix := range t.Indexes {
		kind := "index"
		if ix.Unique {
			kind = "unique"
		}
		cols := make([]string, len(ix.Columns))
		var one *field
		ok := true
		for i, c := range ix.Columns {
			if name := foldedName(c.Expr, fields); name != "" {
				c.Name, ix.Columns[i].Name = name, name
			}
			if c.Name == "" {
				// A list of expressions ends at a comma, which a tag takes for one in parentheses only.
				if !strings.ContainsRune(c.Expr, '(') || strings.ContainsAny(c.Expr, "?;\x00") {
					ok = false
					break
				}
				one, cols[i] = nil, c.Expr
				if c.Desc {
					cols[i] += " desc"
				}
				continue
			}
			j := slices.IndexFunc(fields, func(f *field) bool { return f.column.Name == c.Name })
			if j < 0 || fields[j].column.Kind == schema.JSON || fields[j].column.Kind.IsList() || strings.Contains(c.Name, ",") {
				ok = false
				break
			}
			one, cols[i] = fields[j], c.Name
			if c.Desc {
				cols[i] += " desc"
			}
		}
		short, named := shortName(t.table, ix.Name)
		where, writable := "", true
		if ix.Where != "" {
			where, writable = tagValue(ix.Where)
		}
		if !named && !ix.Partial && !ix.Invalid && !slices.Contains(ix.Names(), "") { // any name will do, since the columns are the same
			short, named = strings.Join(ix.Names(), "_"), true
		}
		on, onWritable := tagValue(strings.Join(cols, ", "))
		name, nameWritable := tagValue(short)
		switch {
		case ix.Invalid || !ok || !named || !writable || ix.Partial && ix.Where == "" || !onWritable || !nameWritable ||
			schema.CheckName(short) != nil || strings.Contains(short, ".") || strings.ContainsAny(ix.Where, "?\x00"):
			notes = append(notes, fmt.Sprintf("// The index %q is one that a tag cannot say. It is left out.", ix.Name))
		case len(cols) == 1 && one != nil && len(ix.Include) == 0 && !ix.Partial && short == one.column.Name && !slices.Contains(one.tag, "index") && !slices.Contains(one.tag, "unique"):
			one.tag = append(one.tag, kind)
			if ix.Columns[0].Desc {
				one.tag = append(one.tag, "desc")
			}
		default:
			tag := kind + "=" + name + ",on=" + on
			if len(ix.Include) > 0 {
				include, _ := tagValue(strings.Join(ix.Include, ", "))
				tag += ",include=" + include
			}
			if where != "" {
				tag += ",where=" + where
			}
			blanks = append(blanks, tag)
		}
	}
	return blanks, notes
}
