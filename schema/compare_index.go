package schema

import (
	"slices"
	"strings"
)

func (c *comparison) indexes() {
	known := map[*FoundIndex]bool{}
	for _, ix := range c.table.Indexes {
		w := c.want.Index(ix.Name)
		if w == nil {
			continue // of a method that SQLite does not have
		}
		h := c.have.Index(ix.Name)
		if h == nil || !h.Invalid && !c.sameIndex(ix, w, h) { // another one may do its work
			if i := slices.IndexFunc(c.have.Indexes,
				func(o FoundIndex) bool { return !o.Invalid && c.sameIndex(ix, w, &o) && c.sameTerms(ix, w, &o) }); i >= 0 {
				h = &c.have.Indexes[i]
				if known[h] = true; h.NullsNotDistinct && !ix.NullsNotDistinct {
					c.variant(ix, w, h)
				}
				continue
			}
		}
		if h != nil && h.Others && !known[h] { // its name is taken
			h, ix = c.besideOthers(ix)
		}
		if h == nil {
			c.add(&Drift{Sort: Missing, Object: OfIndex, Name: ix.Name, Want: w.text(), At: DriftPlace{Index: ix}})
			continue
		}
		known[h] = true
		place := DriftPlace{Index: ix, HaveIndex: h}
		switch {
		case h.Invalid:
			c.add(&Drift{Sort: Different, Object: OfIndex, Name: ix.Name, Aspect: AspectValid, Have: "was left invalid",
				Want: "is valid", At: place})
		case !c.sameIndex(ix, w, h):
			have, want := h.text(), w.text()
			if have == want { // of FTS5
				have += " with other options or triggers"
			}
			c.add(&Drift{Sort: Different, Object: OfIndex, Name: ix.Name, Aspect: AspectText, Have: have, Want: want,
				At: place})
		case h.NullsNotDistinct && !ix.NullsNotDistinct, !c.sameTerms(ix, w, h):
			c.variant(ix, w, h)
		}
	}
	for i := range c.have.Indexes {
		h := &c.have.Indexes[i]
		if w := c.want.Index(h.Name); w != nil && h.Bound && w.Bound && slices.Equal(w.Names(), h.Names()) {
			continue // of a key whose generated column is the primary key
		}
		if !known[h] {
			c.add(&Drift{Sort: Extra, Object: OfIndex, Name: h.Name, Have: h.text(), At: DriftPlace{HaveIndex: h}})
		}
	}
}

// besideOthers returns the index that was made for one of the model whose name another program's index has, nil for
// none, and that of the model with the name that it has or gets.
func (c *comparison) besideOthers(ix *Index) (*FoundIndex, *Index) {
	beside := *ix
	for i := range c.have.Indexes {
		if h := &c.have.Indexes[i]; !h.Others && Numbered(h.Name, ix.Name) {
			beside.Name = h.Name
			return h, &beside
		}
	}
	beside.Name = free(ix.Name, func(name string) bool { return c.have.Index(name) != nil })
	return nil, &beside
}

// variant notes an index that is as the model says, and has more that no tag says: NULLs that are equal, an order of
// NULLs, a collation.
func (c *comparison) variant(ix *Index, w, h *FoundIndex) {
	c.add(&Drift{Sort: Different, Object: OfIndex, Name: h.Name, Aspect: AspectText, Have: h.text(), Want: w.text(),
		At: DriftPlace{Index: ix, HaveIndex: h, Holds: true}})
}

// sameTerms reports whether indexes that are the same to a model have one order of NULLs and one collation.
func (c *comparison) sameTerms(ix *Index, w, h *FoundIndex) bool {
	for i, a := range w.Columns {
		b := h.Columns[i]
		if a.Nulls != b.Nulls || !strings.EqualFold(a.Collation, b.Collation) &&
			(i >= len(ix.Columns) || !c.equates(ix.Columns[i].Column, b)) {
			return false
		}
	}
	return true
}

func (c *comparison) sameIndex(ix *Index, w, h *FoundIndex) bool {
	if w.NullsNotDistinct && !h.NullsNotDistinct {
		return false
	}
	if w.Unique != h.Unique || w.Method != h.Method || w.Ops != h.Ops || !sameExpr(w.Where, h.Where) || w.SQL != h.SQL ||
		!slices.EqualFunc(w.Include, h.Include, c.have.same) || len(w.Columns) != len(h.Columns) {
		return false
	}
	for i, a := range w.Columns {
		b := h.Columns[i]
		same := c.have.same(a.Name, b.Name) && sameExpr(a.Expr, b.Expr)
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

// Alike reports whether two indexes are the same but for their names.
func (ix *FoundIndex) Alike(other *FoundIndex) bool { return ix.text() == other.text() }

// text describes an index without its name.
func (ix *FoundIndex) text() string {
	terms := make([]string, len(ix.Columns))
	for i, col := range ix.Columns {
		if terms[i] = col.Name + col.Expr; col.Collation != "" {
			terms[i] += " COLLATE " + col.Collation
		}
		if col.Desc {
			terms[i] += " DESC"
		}
		if col.Nulls != "" {
			terms[i] += " " + col.Nulls
		}
	}
	s := "(" + strings.Join(terms, ", ") + ")"
	if ix.Ops != "" {
		s += " " + ix.Ops
	}
	if ix.Method != "" {
		s = "using " + ix.Method + " " + s
	}
	if ix.Unique {
		s = "unique " + s
	}
	if ix.Include != nil {
		s += " INCLUDE (" + strings.Join(ix.Include, ", ") + ")"
	}
	if ix.NullsNotDistinct {
		s += " NULLS NOT DISTINCT"
	}
	if ix.Where != "" {
		s += " WHERE " + ix.Where
	}
	return s
}
