package ast

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// Keyset is an order in which no two rows are equal: that of a query, and behind it what tells its rows apart.
type Keyset struct{ terms []KeysetTerm }

// KeysetTerm is one term of the order, by a column or, in its place, an expression.
type KeysetTerm struct {
	Order
	Kind *schema.Column // a column that could hold the term's values
}

// Keyset returns the order of s, whose rows are those of a table, as a keyset. The key goes the way of the last term.
func (s Spec) Keyset(key []*schema.Column) (Keyset, error) {
	if err := s.Err(); err != nil {
		return Keyset{}, err
	}
	if s.Flags != 0 {
		return Keyset{}, errKeysetPaged
	}
	if s.HasSource() {
		return Keyset{}, errKeysetSource
	}
	return keysetOf(s.Orders, columnOrders(key), false)
}

// columnOrders returns columns as terms of an order.
func columnOrders(cols []*schema.Column) []Order {
	list := make([]Order, len(cols))
	for i, c := range cols {
		list[i].Col = c
	}
	return list
}

// keysetOf returns the keyset of an order and of terms that tell rows apart. Terms of many rows are possible where they
// are columns of an inner query.
func keysetOf(orders, apart []Order, many bool) (Keyset, error) {
	k := Keyset{make([]KeysetTerm, 0, len(orders)+len(apart))}
	add := func(o Order) error {
		t, err := keysetTerm(o, many)
		if err == nil && !slices.ContainsFunc(k.terms, t.same) {
			k.terms = append(k.terms, t)
		}
		return err
	}
	for _, o := range orders {
		if err := add(o); err != nil {
			return Keyset{}, err
		}
	}
	desc := len(orders) > 0 && orders[len(orders)-1].Desc // also one that adds nothing to those before it
	for _, o := range apart {
		o.Desc = desc
		if err := add(o); err != nil {
			return Keyset{}, err
		}
	}
	return k, nil
}

// same reports whether two terms are by the same values.
func (o *KeysetTerm) same(p KeysetTerm) bool {
	if o.Expr == nil || p.Expr == nil {
		return o.Expr == p.Expr && o.Col == p.Col
	}
	return sameExpr(o.Expr, p.Expr)
}

// keysetTerm returns a term of an order as one of a keyset.
func keysetTerm(o Order, many bool) (KeysetTerm, error) {
	if o.Expr == nil && o.Part == dialect.NoPart {
		return KeysetTerm{o, o.Col}, nil
	}
	e := o.Term()
	if e.Op == ExprColumn && e.Part == dialect.NoPart {
		o.Col, o.Part, o.Expr = e.Col, dialect.NoPart, nil
		return KeysetTerm{o, e.Col}, nil
	}
	switch {
	case e.Some(random):
		return KeysetTerm{}, errKeysetRandom
	case !many && e.Some((*Expr).ManyRows):
		return KeysetTerm{}, errKeysetMany
	case e.Like.Kind == schema.JSON || e.Like.Kind.IsList():
		return KeysetTerm{}, errKeysetKind
	}
	o.Expr, o.Col, o.Part = e, e.Like, dialect.NoPart
	kind := *e.Like
	kind.Null, kind.Precision, kind.Scale = true, 0, 0
	return KeysetTerm{o, &kind}, nil
}

func random(e *Expr) bool { return e.Op == ExprCall && e.Fn == dialect.FuncRandom }

var (
	errKeysetPaged  = errors.New("KeysetPage sets the limit itself; remove Limit and Offset")
	errKeysetSource = errors.New("keyset pagination needs a query of a table, not a union or a query made by From")
	errKeysetRandom = errors.New("keyset pagination needs an order that stays the same, and Random has none; use Page")
	errKeysetMany   = errors.New("keyset pagination of rows takes no aggregate or window function in ORDER BY: " +
		"select it with Select, and read the pages of the projection")
	errKeysetKind = errors.New("keyset pagination cannot compare JSON and lists; leave them out of ORDER BY, GROUP BY and DISTINCT")
)

// Kinds returns columns that could hold the values of the terms.
func (k Keyset) Kinds() []*schema.Column {
	cols := make([]*schema.Column, len(k.terms))
	for i := range k.terms {
		cols[i] = k.terms[i].Kind
	}
	return cols
}

// Selected returns the terms as expressions.
func (k Keyset) Selected() []*Expr {
	list := make([]*Expr, len(k.terms))
	for i := range k.terms {
		list[i] = k.terms[i].Term()
	}
	return list
}

// Exprs returns the terms that are no columns.
func (k Keyset) Exprs() []*Expr {
	var list []*Expr
	for i := range k.terms {
		if e := k.terms[i].Expr; e != nil {
			list = append(list, e)
		}
	}
	return list
}

// Names returns a text for each term, which tells orders by columns apart.
func (k Keyset) Names() []string {
	list := make([]string, len(k.terms))
	for i := range k.terms {
		o := &k.terms[i]
		name := o.Col.Name
		if o.Expr != nil {
			name = ""
		}
		list[i] = fmt.Sprintf("%s %t %t", name, o.Desc, o.NullsFirst())
	}
	return list
}

// Describing returns a spec whose statement and arguments tell what terms of s are, by whatever rows.
func (s Spec) Describing(terms []*Expr) Spec {
	m := s.Extra()
	groups := m.Groups
	if m.Grouped() {
		for _, e := range m.Cols {
			if e.Groups() {
				groups = append(groups[:len(groups):len(groups)], e)
				terms = append(terms[:len(terms):len(terms)], e)
			}
		}
	}
	of := Spec{Rows: s.Rows}
	return of.With(func(d *More) { d.Cols, d.Groups, d.Source, d.Distinct = terms, groups, m.Source, m.Distinct })
}

// In returns s in the order of k, or backwards.
func (k Keyset) In(s Spec, backwards bool) Spec {
	terms := k.directed(backwards)
	s.Orders = make([]Order, len(terms))
	for i := range terms {
		s.Orders[i] = terms[i].Order
	}
	return s
}

func (k Keyset) directed(backwards bool) []KeysetTerm {
	terms := slices.Clone(k.terms)
	if backwards {
		for i := range terms {
			o := &terms[i]
			o.Desc = !o.Desc
			switch o.Nulls {
			case NullsFirst:
				o.Nulls = NullsLast
			case NullsLast:
				o.Nulls = NullsFirst
			}
		}
	}
	return terms
}

// Beyond returns s with the condition that a row comes behind the one with those values, in the order of k or
// backwards, or is that one itself.
func (k Keyset) Beyond(s Spec, vals []schema.Value, backwards, itself bool) Spec {
	terms := k.directed(backwards)
	if oneWay(terms, vals) {
		cols := make([]*schema.Column, len(terms))
		for i := range terms {
			cols[i] = terms[i].Col
		}
		return s.And(compareRow(beyondOp(terms[0].Desc, itself), cols, vals))
	}
	either := Cond{Op: OpOr}
	for i := range terms {
		if n, possible := terms[i].beyond(vals[i]); possible {
			either.Kids = append(either.Kids, equalUpTo(terms, vals, i, n))
		}
	}
	if itself {
		all := equalUpTo(terms, vals, len(terms)-1, terms[len(terms)-1].equal(vals[len(terms)-1]))
		either.Kids = append(either.Kids, all)
	}
	if first := &terms[0]; len(terms) > 1 && first.Expr == nil && !first.Kind.Null {
		// It follows from the rest, and an index can use it.
		s = s.And(Cond{Op: beyondOp(first.Desc, true), Col: first.Col, Val: vals[0]})
	}
	return s.And(either)
}

// oneWay reports whether rows in the order of the terms compare as rows of values do: all terms are columns that go the
// same way, and nothing is NULL.
func oneWay(terms []KeysetTerm, vals []schema.Value) bool {
	for i := range terms {
		if t := &terms[i]; t.Desc != terms[0].Desc || t.Expr != nil || t.Part != 0 || t.Kind.Null || vals[i].IsNull() {
			return false
		}
	}
	return true
}

// beyondOp returns the comparison with which values come behind another one, or are that one itself.
func beyondOp(desc, itself bool) Op {
	switch {
	case desc && itself:
		return OpLe
	case desc:
		return OpLt
	case itself:
		return OpGe
	}
	return OpGt
}

// equalUpTo returns the condition that the terms before number n have those values, and the given one.
func equalUpTo(terms []KeysetTerm, vals []schema.Value, n int, last Cond) Cond {
	all := Cond{Op: OpAnd}
	for i := range n {
		all.Kids = append(all.Kids, terms[i].equal(vals[i]))
	}
	all.Kids = append(all.Kids, last)
	return all
}

// equal returns the condition that a row has that value.
func (o *KeysetTerm) equal(v schema.Value) Cond {
	if v.IsNull() {
		return Cond{Op: OpNull, Col: o.Col, Expr: o.Expr}
	}
	return Cond{Op: OpEq, Col: o.Col, Expr: o.Expr, Val: v}
}

// beyond returns the condition that a row's value comes behind that one, or that this is not possible.
func (o *KeysetTerm) beyond(v schema.Value) (n Cond, possible bool) {
	if v.IsNull() {
		return Cond{Op: OpNotNull, Col: o.Col, Expr: o.Expr}, o.NullsFirst()
	}
	n = Cond{Op: beyondOp(o.Desc, false), Col: o.Col, Expr: o.Expr, Val: v}
	if o.Kind.Null && !o.NullsFirst() {
		n = Cond{Op: OpOr, Kids: []Cond{n, {Op: OpNull, Col: o.Col, Expr: o.Expr}}}
	}
	return n, true
}

// Behind returns s that selects terms behind all else, and their places in a row. The columns of the model are as many
// as are given.
func (s Spec) Behind(terms []*Expr, columns int) (_ Spec, places []int) {
	m := s.Extra()
	if m.only != nil {
		columns = len(m.only)
	}
	columns += len(m.Computed)
	list, places := make([]Computed, len(terms)), make([]int, len(terms))
	for i, e := range terms {
		list[i], places[i] = Computed{Expr: e}, columns+i
	}
	return s.With(func(m *More) { m.Computed = append(m.Computed[:len(m.Computed):len(m.Computed)], list...) }), places
}

// ProjectedKeyset returns the order of s, whose results are of its own columns, as a keyset, the spec that its pages
// are of, and the places of the terms in a row. The key tells rows apart; it is asked for only when results are rows.
func (s Spec) ProjectedKeyset(key func() ([]*schema.Column, error)) (Keyset, Spec, []int, error) {
	fail := func(err error) (Keyset, Spec, []int, error) { return Keyset{}, s, nil, err }
	if err := s.Err(); err != nil {
		return fail(err)
	}
	if s.OwnPage() {
		return fail(errKeysetPaged)
	}
	m := s.Extra()
	var apart []Order
	switch {
	case m.Grouped() && m.Single():
		return fail(errKeysetSingle)
	case m.Distinct || m.Grouped():
		terms := m.Cols
		if !m.Distinct {
			terms = slices.Concat(m.Cols, m.Groups)
		}
		for _, e := range terms {
			switch {
			case !m.Distinct && !e.Groups():
			case e.Like.Kind == schema.JSON || e.Like.Kind.IsList():
				return fail(errKeysetKind)
			default:
				apart = append(apart, Order{Expr: e, Col: e.Like})
			}
		}
	default:
		cols, err := key()
		if err != nil {
			return fail(err)
		}
		apart = columnOrders(cols)
	}
	k, err := keysetOf(s.Orders, apart, s.Within())
	if err != nil {
		return fail(err)
	}
	// What is ordered by is selected, behind what is there.
	cols, places := m.Cols[:len(m.Cols):len(m.Cols)], make([]int, len(k.terms))
	for i := range k.terms {
		e := k.terms[i].Term()
		at := slices.IndexFunc(cols, func(c *Expr) bool { return sameExpr(c, e) })
		if at < 0 {
			at, cols = len(cols), append(cols, e)
		}
		places[i] = at
	}
	s = s.With(func(m *More) { m.Cols = cols })
	return k, s, places, nil
}

// Within reports whether conditions on the results of s are those of a query around it.
func (s Spec) Within() bool {
	m := s.Extra()
	if m.Distinct || m.Grouped() || s.Limits() || m.Rows != nil {
		return true
	}
	return slices.ContainsFunc(m.Cols, func(e *Expr) bool { return e.Some((*Expr).Windowed) })
}

// Around returns the query of the results of a subquery, which selects what its own spec does, and a keyset of it as
// one of these results.
func Around(sub *Subquery, k Keyset, places []int) (Spec, Keyset) {
	inner := sub.Spec
	if !inner.Limits() {
		inner = inner.Unordered()
	}
	cols := inner.Extra().Cols
	names, outer := make([]string, len(cols)), make([]*Expr, len(cols))
	for i, e := range cols {
		names[i] = "c" + strconv.Itoa(i+1)
		c := *e.Like
		c.Name, c.Ordinal, c.Null, c.Key = names[i], i, true, false
		if !e.IsColumn() { // a computed text is case-sensitive
			c.NoCase, c.Folded = false, false
		}
		outer[i] = ColumnExpr(&c, dialect.NoPart)
	}
	terms := slices.Clone(k.terms)
	for i := range terms {
		t := &terms[i]
		t.Expr, t.Col, t.Kind = nil, outer[places[i]].Col, outer[places[i]].Col
	}
	sub.Spec = inner.WithNames(names)
	return Combine(Union, sub).With(func(m *More) { m.Cols = outer }), Keyset{terms}
}

var errKeysetSingle = errors.New("aggregates without GROUP BY have one result, and no pages; use First")
