package postgres

import (
	"slices"
	"strconv"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// columnType changes a column's type. The default and the CHECK are in the words of the old type, so they step aside.
// What the model has none of stays where the server can take it over, and else goes for good, in the same statement.
func (w *alteration) columnType(drift *schema.Drift) schema.Step {
	c, h, want, col := drift.At.Column, drift.At.HaveColumn, drift.At.WantColumn, alterColumn(drift.Name)
	risk, probe, can := conversion(h, want)
	if !can {
		w.stuck = append(w.stuck, drift.Name)
		return dialect.ByHand(drift, "there is no conversion between the types; add a column with another name, fill it, and drop this one")
	}
	name := dialect.Quote(drift.Name)
	check := w.Table.CheckName(c)
	constant := !want.Auto && c.References == nil && c.HasConstant()
	others := constant && w.othersDefault(drift.Name)
	if others && carried(h, want) {
		constant = false // it has a step of its own
	}
	var what []string
	i := slices.IndexFunc(w.Have.Checks, func(f schema.FoundCheck) bool {
		return !f.Others && (f.Name == check || schema.Numbered(f.Name, check))
	})
	if i >= 0 {
		check = w.Have.Checks[i].Name
	}
	constraint, _ := dialect.CheckNamed(w.d, check, c)
	checked := i >= 0 && h.Kind != want.Kind && constraint != ""
	if checked {
		// a step before may have dropped it
		what = append(what, "DROP CONSTRAINT IF EXISTS "+dialect.Quote(check))
		if !isOwn(w.Have.Checks[i].Expr) {
			risk = schema.Lossy
		}
	}
	var indexes, reasons []string
	if !carried(h, want) {
		for _, extra := range w.extraOn(drift.Name) {
			if ix := extra.At.HaveIndex; ix != nil && !ix.Bound {
				indexes = append(indexes, "DROP INDEX IF EXISTS "+dialect.Quote(ix.Name))
			} else {
				what = append(what, "DROP CONSTRAINT IF EXISTS "+dialect.Quote(constraintName(extra)))
			}
			risk = schema.Lossy
			w.goes, reasons = append(w.goes, extra), append(reasons, "; "+extra.Error())
		}
	}
	if h.Default != "" && !h.Auto && (constant || !carried(h, want)) {
		what = append(what, col+"DROP DEFAULT")
		w.settled[drift.Name] = true
		if !constant || others {
			risk = schema.Lossy
		}
	}
	computed, added, blocked := w.dependents(drift, risk)
	what = append(what, computed...)
	if added != nil {
		risk = max(risk, schema.Rewriting)
	}
	typ := w.d.ColumnType(c)
	plain, _, _ := strings.Cut(typ, " COLLATE ")
	if h.KeepsCollation(want) {
		typ = plain + " COLLATE " + h.Collation
	}
	using := name + "::" + plain
	if h.Kind == schema.Null {
		using = name + "::" + texts(c) + "::" + plain
	}
	what = append(what, col+"TYPE "+typ+" USING "+using)
	if constant {
		what = append(what, col+"SET DEFAULT "+w.d.Literal(c.Default.Literal))
		w.settled[drift.Name] = true
	}
	if checked {
		what = append(what, "ADD "+constraint)
	}
	if what = append(what, added...); added != nil {
		reasons = append(reasons, "; what is computed from it is dropped and added again, behind the other columns")
	}
	s := w.new(schema.AlterColumn, drift, risk, append(w.d.Prerequisites([]*schema.Column{c}),
		strings.Join(append(indexes, w.alter(what...)), "; "))...)
	s.Reason += strings.Join(reasons, "")
	if probe != "" {
		s.Probe = "SELECT count(*) FROM " + w.name + " WHERE " + strings.ReplaceAll(probe, "?", name)
	}
	s.Apart = risk != schema.Additive || added != nil
	s.Blocked = blocked
	return s
}

// dependents looks at what depends on a column whose type changes, for which the server refuses that. Generated columns
// are dropped and added again, where nothing else would go with them. The rest blocks the step.
func (w *alteration) dependents(drift *schema.Drift, risk schema.Risk) (drop, add, blocked []string) {
	holds := schema.HoldsType
	if risk >= schema.Rewriting {
		holds += schema.HoldsRewrite
	}
	if !carried(drift.At.HaveColumn, drift.At.WantColumn) {
		holds += schema.HoldsKind
	}
	var rest []schema.Dependent
	for _, d := range w.Have.Holding(drift.Name, holds) {
		if g := w.Have.Column(d.Name); d.Sort == schema.OfGeneratedColumn && g != nil && w.alone(d.Name) {
			name := dialect.Quote(d.Name)
			null := ""
			if g.NotNull {
				null = " NOT NULL"
			}
			drop = append(drop, "DROP COLUMN "+name)
			add = append(add, "ADD COLUMN "+name+" "+g.Type+null+" GENERATED ALWAYS AS ("+d.Text+") STORED")
			continue
		}
		rest = append(rest, d)
	}
	return drop, add, schema.Texts(rest)
}

// alone reports whether nothing is on a column that would go with it: no index or constraint, nothing that uses it, no
// comment, no privileges.
func (w *alteration) alone(column string) bool {
	on := " on column " + column
	return len(w.Have.Holding(column, schema.HoldsDrop+schema.HoldsType)) == 0 &&
		!slices.ContainsFunc(w.Have.Dependents, func(d schema.Dependent) bool {
			return d.Sort == schema.OfStatistics && d.Column == column || strings.HasPrefix(" "+d.Name+" ", on+" ")
		}) &&
		!slices.ContainsFunc(w.Have.Indexes, func(ix schema.FoundIndex) bool {
			return slices.Contains(ix.Names(), column) || slices.Contains(ix.Include, column) || hasWord(ix.Where, column) ||
				slices.ContainsFunc(ix.Columns, func(c schema.FoundIndexColumn) bool { return hasWord(c.Expr, column) })
		}) &&
		!slices.ContainsFunc(w.Have.Checks, func(c schema.FoundCheck) bool { return hasWord(c.Expr, column) }) &&
		!slices.ContainsFunc(w.Have.ForeignKeys,
			func(k schema.FoundForeignKey) bool { return slices.Contains(k.Columns, column) })
}

// othersDefault reports whether a column has a default that the library did not write, and that the model has none or
// another one of.
func (w *alteration) othersDefault(column string) bool {
	return slices.ContainsFunc(w.Drifts, func(d *schema.Drift) bool {
		return d.Object == schema.OfColumn && d.Name == column && d.Aspect == schema.AspectDefault &&
			dialect.Replacing(d, schema.Additive) == schema.Lossy
	})
}

// extraOn returns what the model has none of, and is written for the type of a column: the server would not change that
// while it stands.
func (w *alteration) extraOn(column string) (extra []*schema.Drift) {
	for _, drift := range w.Drifts {
		if drift.Sort != schema.Extra {
			continue
		}
		if speaks(drift, column) {
			extra = append(extra, drift)
		}
	}
	return extra
}

// speaks reports whether a constraint or an expression of an index that is extra is about a column.
func speaks(drift *schema.Drift, column string) bool {
	switch place := drift.At; drift.Object {
	case schema.OfCheck:
		return hasWord(place.HaveCheck.Expr, column)
	case schema.OfForeignKey:
		return slices.Contains(place.HaveKey.Columns, column)
	case schema.OfIndex:
		return hasWord(place.HaveIndex.Where, column) || slices.ContainsFunc(place.HaveIndex.Columns,
			func(c schema.FoundIndexColumn) bool { return hasWord(c.Expr, column) })
	}
	return false
}

// constraintName returns the name of a constraint that is extra.
func constraintName(extra *schema.Drift) string {
	if extra.Object == schema.OfForeignKey {
		return extra.At.HaveKey.Name
	}
	return extra.Name
}

// widths orders the integers by what they hold.
var widths = map[schema.Kind]int{schema.Int16: 16, schema.Int32: 32, schema.Int64: 64}

// carried reports whether the server takes rules and defaults over to another type.
func carried(h, w *schema.FoundColumn) bool {
	return h.Kind == w.Kind || isNumber(h.Kind) && isNumber(w.Kind)
}

func isNumber(k schema.Kind) bool {
	return widths[k] > 0 || k == schema.Uint64 || k == schema.Decimal || k == schema.Float32 || k == schema.Float64
}

// conversion tells what the change of a type costs, and what stands in its way: a condition in which a question mark
// stands for the column. What the server changes in its catalog alone is told by "ALTER TABLE", section "Notes": binary
// coercible types, and limits that are removed or made longer.
func conversion(h, w *schema.FoundColumn) (risk schema.Risk, probe string, can bool) {
	from, to, number := h.Kind, w.Kind, isNumber
	switch {
	case to == schema.Null && (from.Elem() == schema.Text || from == schema.Null):
		return schema.Lossy, "", true // the server refuses a text that is none of the type
	case from == schema.Text && to == schema.Text:
		if h.NoCase != w.NoCase { // the rows stay, and indexes on the column are rebuilt
			return schema.Rewriting, "", true
		}
		if h.Type == "character" || strings.HasPrefix(h.Type, "character(") { // whose spaces at the end go
			return schema.Rewriting, "", true
		}
		return schema.Additive, "", true
	case widths[from] > 0 && widths[to] > 0:
		if widths[to] > widths[from] {
			return schema.Rewriting, "", true
		}
		limit := uint64(1) << (widths[to] - 1)
		return schema.Lossy, "? NOT BETWEEN -" + strconv.FormatUint(limit, 10) + " AND " +
			strconv.FormatUint(limit-1, 10), true
	case from.IsList() && to.IsList() && (widths[from.Elem()] > 0 && widths[to.Elem()] > widths[from.Elem()] ||
		from.Elem() == schema.Float32 && to.Elem() == schema.Float64):
		return schema.Rewriting, "", true
	case from == schema.Decimal && to == schema.Decimal:
		if h.Precision > 0 && w.Scale == h.Scale && w.Precision >= h.Precision {
			return schema.Additive, "", true
		}
		if h.Precision > 0 && w.Scale >= h.Scale && w.Precision-w.Scale >= h.Precision-h.Scale {
			return schema.Rewriting, "", true
		}
		return schema.Lossy, "abs(?) >= 1e" + strconv.Itoa(w.Precision-w.Scale), true
	case to == schema.Text && from != schema.Bytes && !from.IsList():
		return schema.Rewriting, "", true
	case to == schema.Float64 && (from == schema.Float32 || widths[from] > 0 && widths[from] < 64):
		return schema.Rewriting, "", true
	case (widths[to] > 0) && number(from):
		limit := strconv.FormatUint(uint64(1)<<(widths[to]-1), 10)
		return schema.Lossy, "? < -" + limit + " OR ? >= " + limit, true // a fraction is rounded
	case to == schema.Uint64 && number(from):
		return schema.Lossy, "? < 0", true
	case number(from) && number(to):
		return schema.Lossy, "", true
	case from == schema.Text && (number(to) || to == schema.Bool || to == schema.UUID || to == schema.JSON ||
		to == schema.Date || to == schema.Time || to == schema.Clock):
		return schema.Lossy, "", true // the server refuses a text that is none
	case from == schema.Date && to == schema.Time, from == schema.JSON && to == schema.JSON:
		return schema.Rewriting, "", true
	case from == schema.Time && (to == schema.Date || to == schema.Time || to == schema.Clock):
		return schema.Lossy, "", true
	case from == schema.Bool && widths[to] == 32, widths[from] == 32 && to == schema.Bool:
		return schema.Lossy, "", true
	}
	return 0, "", false
}
