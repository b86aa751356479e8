package schema

import (
	"slices"
	"strings"
)

// Compare tells how what a database has of a table differs from want, what it would have if it had just made the table, as the same introspection
// tells it. So what an engine writes in its own way, such as a default or the condition of an index, is compared in that way. Foreign
// keys, which a table that is made for comparison may be without, are compared with the model.
func (t *Table) Compare(want, have *Found) []*Drift {
	c := comparison{table: t, want: want, have: have}
	if !have.Exists {
		c.add(&Drift{Sort: Missing, Object: OfTable})
		return c.drifts
	}
	c.columns()
	c.checks()
	c.foreignKeys()
	c.indexes()
	return c.drifts
}

type comparison struct {
	table      *Table
	want, have *Found
	drifts     []*Drift
}

func (c *comparison) add(d *Drift) {
	d.Table = c.table.Name
	c.drifts = append(c.drifts, d)
}

func (c *comparison) columns() {
	for _, col := range sortedByKey(c.table.Columns) {
		w, h := c.want.Column(col.Name), c.have.Column(col.Name)
		if h == nil {
			c.add(&Drift{Sort: Missing, Object: OfColumn, Name: col.Name, Want: w.typeText(), At: DriftPlace{Column: col, WantColumn: w}})
			continue
		}
		c.column(col, w, h)
	}
	for i := range c.have.Columns {
		if h := &c.have.Columns[i]; c.want.Column(h.Name) == nil {
			c.add(&Drift{Sort: Extra, Object: OfColumn, Name: h.Name, Have: h.typeText(), At: DriftPlace{HaveColumn: h}})
		}
	}
}

// sortedByKey puts those of the key first: a reference to the model itself can be added only when the key is there.
func sortedByKey(cols []*Column) []*Column {
	cols = slices.Clone(cols)
	slices.SortStableFunc(cols, func(a, b *Column) int { return boolInt(b.Key) - boolInt(a.Key) })
	return cols
}

func (c *comparison) column(col *Column, w, h *FoundColumn) {
	different := func(a Aspect, have, want string) {
		c.add(&Drift{Sort: Different, Object: OfColumn, Name: col.Name, Aspect: a, Have: have, Want: want,
			At: DriftPlace{Column: col, HaveColumn: h, WantColumn: w}})
	}
	flag := func(a Aspect, have, want bool, yes, no string) {
		texts := map[bool]string{true: yes, false: no}
		if have != want {
			different(a, texts[have], texts[want])
		}
	}
	flag(AspectGenerated, h.Generated, w.Generated, "is computed", "is stored")
	flag(AspectKey, h.Key, w.Key, "is part of the primary key", "is no part of the primary key")
	if !c.sameType(w, h) {
		different(AspectType, h.typeText(), w.typeText())
	}
	flag(AspectCount, h.Auto, w.Auto, "is counted up by the database", "is not counted up by the database")
	flag(AspectNull, h.NotNull, w.NotNull, "is NOT NULL", "takes NULL")
	// What is counted up may have a default of its own, and a reference's is left out where a column is added.
	if !w.Auto && !h.Auto && col.References == nil && h.Default != w.Default {
		different(AspectDefault, h.Default, w.Default)
	}
}

// sameType compares types as the engine writes them, or where that says little about what it stores, by kinds.
func (c *comparison) sameType(w, h *FoundColumn) bool {
	if w.NoCase != h.NoCase {
		return false
	}
	if c.have.FoldNames { // SQLite
		return strings.EqualFold(w.Type, h.Type) || w.Kind == h.Kind && w.Kind != Null
	}
	return w.Type == h.Type
}

func (c *FoundColumn) typeText() string {
	if c.NoCase {
		return c.Type + " (nocase)"
	}
	return c.Type
}

func (c *comparison) checks() {
	left := make([]*FoundCheck, len(c.have.Checks))
	for i := range c.have.Checks {
		left[i] = &c.have.Checks[i]
	}
	take := func(is func(h *FoundCheck) bool) *FoundCheck {
		i := slices.IndexFunc(left, func(h *FoundCheck) bool { return h != nil && is(h) })
		if i < 0 {
			return nil
		}
		h := left[i]
		left[i] = nil
		return h
	}
	added := map[string]bool{} // come with their columns
	for _, col := range c.table.Columns {
		if c.have.Column(col.Name) == nil {
			added[c.table.CheckName(col)] = true
		}
	}
	var unnamed []*FoundCheck
	for i := range c.want.Checks {
		w := &c.want.Checks[i]
		if added[w.Name] {
			continue
		}
		h := take(func(h *FoundCheck) bool { return h.Name != "" && c.have.same(h.Name, w.Name) })
		if former := c.formerNames(w.Name); h == nil && former != nil {
			h = take(func(h *FoundCheck) bool { return slices.Contains(former, h.Name) })
		}
		if h != nil {
			c.check(w, h)
		} else {
			unnamed = append(unnamed, w)
		}
	}
	for _, w := range unnamed { // another one may say the same
		if h := take(func(h *FoundCheck) bool { return h.Expr == w.Expr }); h != nil {
			c.check(w, h)
		} else {
			c.add(&Drift{Sort: Missing, Object: OfCheck, Name: w.Name, Want: w.Expr, At: DriftPlace{WantCheck: w}})
		}
	}
	for _, h := range left {
		if h != nil {
			c.add(&Drift{Sort: Extra, Object: OfCheck, Name: h.Name, Have: h.Expr, At: DriftPlace{HaveCheck: h}})
		}
	}
}

// formerNames lists the names that a CHECK of this name may have kept from before the table or its column was renamed.
func (c *comparison) formerNames(check string) (names []string) {
	for _, col := range c.table.Columns {
		if c.table.CheckName(col) != check {
			continue
		}
		for _, table := range []string{c.table.Name, c.table.Was} {
			for _, column := range []string{col.Name, col.Was} {
				if table != "" && column != "" {
					names = append(names, IndexName(table, column+"_check"))
				}
			}
		}
	}
	return names
}

func (c *comparison) check(w, h *FoundCheck) {
	place := DriftPlace{HaveCheck: h, WantCheck: w}
	switch {
	case h.Expr != w.Expr:
		c.add(&Drift{Sort: Different, Object: OfCheck, Name: h.Name, Aspect: AspectText, Have: h.Expr, Want: w.Expr, At: place})
	case h.Unchecked:
		c.add(&Drift{Sort: Different, Object: OfCheck, Name: h.Name, Aspect: AspectValid, Have: UncheckedText, Want: CheckedText, At: place})
	}
}

func (c *comparison) foreignKeys() {
	known := map[*FoundForeignKey]bool{}
	check := func(col *Column, k *ForeignKey, columns []string, wanted *FoundForeignKey) {
		name, want := strings.Join(columns, ", "), wanted.text()
		place := DriftPlace{Column: col, ForeignKey: k}
		h := c.have.Reference(columns...)
		if h == nil {
			c.add(&Drift{Sort: Missing, Object: OfForeignKey, Name: name, Want: want, At: place})
			return
		}
		known[h] = true
		place.HaveKey = h
		same := c.have.same(h.Table, wanted.Table) && slices.EqualFunc(h.TargetColumns, wanted.TargetColumns, c.have.same) &&
			h.OnDelete == wanted.OnDelete && h.OnUpdate == wanted.OnUpdate && slices.Equal(h.SetColumns, wanted.SetColumns)
		switch {
		case !same:
			c.add(&Drift{Sort: Different, Object: OfForeignKey, Name: name, Aspect: AspectText, Have: h.text(), Want: want, At: place})
		case h.Unchecked:
			c.add(&Drift{Sort: Different, Object: OfForeignKey, Name: name, Aspect: AspectValid, Have: UncheckedText, Want: CheckedText, At: place})
		}
	}
	for _, col := range c.table.References() {
		if c.have.Column(col.Name) == nil {
			continue // it comes with its column
		}
		check(col, nil, []string{col.Name}, WantedReference(c.table, col))
	}
	for _, k := range c.table.ForeignKeys {
		check(nil, k, ColumnNames(k.Columns), WantedKey(c.table, k, c.have.SetsColumns))
	}
	for i := range c.have.ForeignKeys {
		if h := &c.have.ForeignKeys[i]; !known[h] {
			c.add(&Drift{Sort: Extra, Object: OfForeignKey, Name: strings.Join(h.Columns, ", "), Have: h.text(), At: DriftPlace{HaveKey: h}})
		}
	}
}

// What a drift of [AspectValid] says of a constraint.
const (
	UncheckedText = "holds for new rows"
	CheckedText   = "is valid for all"
)

const cascade, setNull, noAction = "CASCADE", "SET NULL", "NO ACTION"

// WantedReference returns the foreign key of a column: a strong one is deleted with its target, a weak one becomes
// NULL, and both follow a key that changes.
func WantedReference(t *Table, c *Column) *FoundForeignKey {
	k := wantedKey([]*Column{c}, t.TargetOf(c))
	if c.References.Weak {
		k.OnDelete = setNull
	}
	return k
}

// WantedKey returns the foreign key of several columns. Where some of them may be NULL and others not, those become
// NULL, if the engine can set some alone; else the row referred to cannot be deleted: to delete what refers to it would
// lose more than anybody asked for.
func WantedKey(t *Table, k *ForeignKey, sets bool) *FoundForeignKey {
	wanted := wantedKey(k.Columns, t.TargetOfKey(k))
	switch {
	case k.Mixed() && !sets:
		wanted.OnDelete = noAction
	case len(k.Null) > 0:
		wanted.OnDelete = setNull
	}
	if k.Mixed() && sets {
		wanted.SetColumns = ColumnNames(k.Null)
	}
	return wanted
}

func wantedKey(columns []*Column, target *Table) *FoundForeignKey {
	return &FoundForeignKey{Columns: ColumnNames(columns), Table: target.Name, TargetColumns: ColumnNames(target.Key), OnDelete: cascade, OnUpdate: cascade}
}

func (k *FoundForeignKey) text() string {
	s := k.Table + " (" + strings.Join(k.TargetColumns, ", ") + ") ON UPDATE " + k.OnUpdate + " ON DELETE " + k.OnDelete
	if k.SetColumns != nil {
		s += " (" + strings.Join(k.SetColumns, ", ") + ")"
	}
	return s
}

func (c *comparison) indexes() {
	known := map[*FoundIndex]bool{}
	for _, ix := range c.table.Indexes {
		w := c.want.Index(ix.Name)
		h := c.have.Index(ix.Name)
		if h == nil { // another one may do its work
			if i := slices.IndexFunc(c.have.Indexes, func(o FoundIndex) bool { return !o.Invalid && c.sameIndex(ix, w, &o) }); i >= 0 {
				known[&c.have.Indexes[i]] = true
				continue
			}
			c.add(&Drift{Sort: Missing, Object: OfIndex, Name: ix.Name, Want: w.text(), At: DriftPlace{Index: ix}})
			continue
		}
		known[h] = true
		place := DriftPlace{Index: ix, HaveIndex: h}
		switch {
		case h.Invalid:
			c.add(&Drift{Sort: Different, Object: OfIndex, Name: ix.Name, Aspect: AspectValid, Have: "was left half made", Want: "is valid", At: place})
		case !c.sameIndex(ix, w, h):
			c.add(&Drift{Sort: Different, Object: OfIndex, Name: ix.Name, Aspect: AspectText, Have: h.text(), Want: w.text(), At: place})
		}
	}
	for i := range c.have.Indexes {
		if h := &c.have.Indexes[i]; !known[h] {
			c.add(&Drift{Sort: Extra, Object: OfIndex, Name: h.Name, Have: h.text(), At: DriftPlace{HaveIndex: h}})
		}
	}
}

func (c *comparison) sameIndex(ix *Index, w, h *FoundIndex) bool {
	if w.Unique != h.Unique || w.Where != h.Where || !slices.EqualFunc(w.Include, h.Include, c.have.same) || len(w.Columns) != len(h.Columns) {
		return false
	}
	for i, a := range w.Columns {
		b := h.Columns[i]
		same := c.have.same(a.Name, b.Name) && a.Expr == b.Expr
		if !same && i < len(ix.Columns) { // SQLite has those that are included behind them
			same = c.equates(ix.Columns[i].Column, b)
		}
		if !same || a.Desc != b.Desc {
			return false
		}
	}
	return true
}

// equates reports whether a column of an index needs no expression that ignores case, because the column has a
// collation which does, as earlier versions made it.
func (c *comparison) equates(col *Column, h FoundIndexColumn) bool {
	if col == nil || !col.Folded || h.Name != col.Name {
		return false
	}
	have := c.have.Column(col.Name)
	return have != nil && have.Equating
}

// text describes an index without its name.
func (ix *FoundIndex) text() string {
	terms := make([]string, len(ix.Columns))
	for i, col := range ix.Columns {
		terms[i] = col.Name + col.Expr
		if col.Desc {
			terms[i] += " DESC"
		}
	}
	s := "(" + strings.Join(terms, ", ") + ")"
	if ix.Unique {
		s = "unique " + s
	}
	if ix.Include != nil {
		s += " INCLUDE (" + strings.Join(ix.Include, ", ") + ")"
	}
	if ix.Where != "" {
		s += " WHERE " + ix.Where
	}
	return s
}
