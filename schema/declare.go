package schema

import (
	"fmt"
	"slices"
	"strings"
)

// Declare returns tables without models that are declared like the found ones, by their names, to create them in
// another database. They have columns, keys, indexes and foreign keys among each other. If same is true, the other
// database has the same engine, and expressions and types are kept. Otherwise the remarks list what is left out because
// it is SQL of the engine.
func Declare(names []string, found []Found, same bool) (tables []*Table, remarks []string) {
	d := declarer{same: same}
	for i := range found {
		d.tables = append(d.tables, d.table(names[i], &found[i]))
	}
	for i := range found {
		d.foreignKeys(d.tables[i], &found[i])
	}
	return d.tables, d.remarks
}

type declarer struct {
	same    bool
	tables  []*Table
	remarks []string
}

func (d *declarer) remark(t *Table, format string, args ...any) {
	d.remarks = append(d.remarks, t.Name+": "+fmt.Sprintf(format, args...))
}

func (d *declarer) table(name string, f *Found) *Table {
	t := &Table{Name: name, byName: map[string]*Column{}}
	key := f.Key()
	for i := range f.Columns {
		h := &f.Columns[i]
		c := &Column{Name: h.Name, Field: h.Name, Ordinal: len(t.Columns), Kind: h.Kind, Precision: h.Precision,
			Scale: h.Scale,
			Null:  !h.NotNull && !h.Key, Key: h.Key, Auto: h.Auto, NoCase: h.NoCase && h.Kind == Text, Dims: h.Dims}
		c.Folded = c.NoCase && !c.Key && (f.FoldNames || !h.Equating)
		if c.Key {
			c.KeyLen = len(key)
			t.Key = append(t.Key, c)
		}
		switch {
		case c.Kind == Null && f.FoldNames:
			c.Kind = Any
		case c.Kind == Null:
			c.Kind = Text
		}
		if labels := h.Native.Labels; labels != nil && d.same {
			_, enum := SplitName(strings.TrimSuffix(h.Native.Type, "[]"))
			c.Enum = &Enum{Name: strings.ReplaceAll(strings.Trim(enum, `"`), `""`, `"`), Labels: labels}
		}
		switch {
		case h.Generated && d.same:
			c.Generated, c.ReadOnly = h.Expr, true
			t.Filled = true
		case h.Generated:
			d.remark(t, "the generated column %s becomes an ordinary one with its values", h.Name)
		case h.Default != "" && !h.Auto && !d.same:
			if v, ok := constantOf(h); ok {
				c.Default = &Default{Literal: v}
			} else {
				d.remark(t, "the default of %s is left out", h.Name)
			}
		}
		t.Columns, t.byName[c.Name] = append(t.Columns, c), c
	}
	t.setQualified()
	for i := range f.Indexes {
		d.index(t, f, &f.Indexes[i])
	}
	if len(f.Checks) > 0 && !d.same {
		d.remark(t, "its CHECK constraints are left out")
	}
	return t
}

// constantOf returns the default of a column when it is a constant.
func constantOf(h *FoundColumn) (Value, bool) {
	text, ok := Constant(h.Default)
	if !ok || h.Kind == Null || h.Kind.IsList() || h.Kind == Bytes || h.Kind == Any || h.Kind == Text &&
		!strings.Contains(h.Default, "'") {
		return Value{}, false
	}
	v, err := ParseLiteral(h.Kind, text)
	return v, err == nil
}

func (d *declarer) index(t *Table, f *Found, h *FoundIndex) {
	ix := &Index{Name: h.Name, Unique: h.Unique, Where: h.Where, Method: h.Method, Ops: h.Ops,
		NullsNotDistinct: h.NullsNotDistinct,
		short:            strings.TrimPrefix(h.Name, t.Name+"_")}
	if strings.HasPrefix(h.Name, "sqlite_autoindex_") {
		ix.Name = IndexName(t.Name, strings.Join(h.Names(), "_")+"_key")
	}
	plain := true
	for _, c := range h.Columns {
		col := t.byName[c.Name]
		plain = plain && col != nil
		ix.Columns = append(ix.Columns, IndexColumn{Column: col, Expr: c.Expr, Desc: c.Desc})
	}
	for _, name := range h.Include {
		ix.Include = append(ix.Include, t.byName[name])
	}
	if slices.Contains(ix.Include, nil) || h.SQL != "" || h.Exclude || h.Invalid || !d.same && (!plain || h.Partial ||
		h.Method != "" ||
		h.Ops != "" || h.NullsNotDistinct) {
		d.remark(t, "the index %s is left out", h.Name)
		return
	}
	t.Indexes = append(t.Indexes, ix)
}

func (d *declarer) foreignKeys(t *Table, f *Found) {
	for i := range f.ForeignKeys {
		h := &f.ForeignKeys[i]
		at := slices.IndexFunc(d.tables, func(o *Table) bool { return f.refersTo(h, o.Name) })
		if at < 0 {
			d.remark(t, "the foreign key to %s is left out, which is not among the tables", h.Table)
			continue
		}
		target := d.tables[at]
		k := &ForeignKey{Field: strings.Join(h.Columns, ","), target: func() (*Table, error) { return target, nil },
			Actions: Actions{
				OnDelete: h.OnDelete, OnUpdate: h.OnUpdate, Deferrable: h.Deferrable, Deferred: h.Deferred}}
		for j, name := range h.Columns {
			c := t.byName[name]
			if c == nil {
				c = t.byName[f.Column(name).Name] // in another case of the letters
			}
			k.Columns = append(k.Columns, c)
			to := h.TargetColumns[j]
			if to == "" && j < len(target.Key) { // SQLite's REFERENCES without columns
				to = target.Key[j].Name
			}
			for _, tc := range target.Columns {
				if f.same(tc.Name, to) {
					to = tc.Name
				}
			}
			if slices.Contains(h.SetColumns, name) {
				k.Null = append(k.Null, c)
			}
			k.unique = append(k.unique, to)
		}
		t.ForeignKeys = append(t.ForeignKeys, k)
	}
}
