package schema

import "fmt"

// Fits reports whether a column that was found can hold what a field stores, and return it. A column whose type no
// field has fits, since nothing is known of it, and so does one that holds less of the same, such as an integer of 32
// bits: a value that is too large is an error.
func (f *Found) Fits(c *Column, h *FoundColumn) bool {
	if h.Kind == Null || h.Kind == c.Kind || h.Generated || c.Kind == Any {
		return true
	}
	if f.FoldNames { // SQLite, where the column's type says what becomes of a value, and any value can be there
		return fitsLoosely(c.Kind, h.Kind)
	}
	if c.Kind.IsList() != h.Kind.IsList() {
		return false
	}
	if c.Kind.Elem() == Text && h.Kind.Elem() == Decimal {
		return true // of digits that the field does not count
	}
	return sortOf(c.Kind.Elem()) == sortOf(h.Kind.Elem())
}

// sortOf returns a kind for all those whose values are of one sort.
func sortOf(k Kind) Kind {
	switch {
	case k.Number():
		return Int64
	case k == Date:
		return Time
	case k == UUID, k == JSON: // texts that the server reads
		return Text
	}
	return k
}

// fitsLoosely is Fits on SQLite: a text in a column of numbers becomes a number where it looks like one, so that "007"
// is read as 7; and what others store as numbers, texts or times is read in several forms, but not as just anything.
func fitsLoosely(field, column Kind) bool {
	number := func(k Kind) bool { return k == Bool || k.Number() && k != Decimal }
	switch {
	case field == Text, field == UUID, field == JSON, field.IsList():
		return !number(column)
	case number(field):
		return number(column) || column == Text || column == Decimal
	case field == Decimal:
		return number(column) || column == Text
	case field == Time, field == Date, field == Clock:
		return column != Bool && column != Bytes && column != UUID && column != JSON
	}
	return !number(column) // bytes
}

// fitsAsIs reports whether a column of SQLite that is declared for another kind stores and returns the values of the
// field as they are, and compares them as this library's own would: letters for a truth value in a column of integers,
// texts in one of times.
func (c *Column) fitsAsIs(declared Kind) bool {
	switch c.Kind {
	case declared:
		return true
	case Bool:
		return declared.Integer()
	case Text, Bytes:
		return declared == Time || declared == Date || declared == Clock || declared == JSON || declared == Bytes
	}
	return false
}

// Unfit lists the columns of a table that was found which cannot hold or return their fields, each as a drift.
func (t *Table) Unfit(f *Found) (drifts []*Drift) {
	for _, c := range t.Columns {
		if h := f.Column(c.Name); h != nil && !f.View && !f.Fits(c, h) {
			drifts = append(drifts, &Drift{Sort: Different, Object: OfColumn, Table: t.Name, Name: c.Name, Aspect: AspectType,
				Have: h.typeText(),
				Want: fmt.Sprintf("one that holds a %s, as the field %s of %s", c.Kind, c.Field, t.Model), At: DriftPlace{Column: c,
					HaveColumn: h}})
		}
	}
	return drifts
}
