package ast

import (
	"slices"
	"strconv"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// LimitBy returns the query of the first n rows of a query of a whole table, in its order, of each group of rows in
// which terms are equal. Rows that the order leaves equal come in that of the primary key.
func LimitBy(sub *Subquery, n int, by []*Expr) Spec {
	inner := sub.Spec
	if inner.Limits() { // whose rows are those on the page
		inner = Combine(Union, sub).ordered(inner.Orders)
	}
	window := &Window{Partition: by, Orders: inner.TotalOrder(sub.Table.Key).Orders}
	number := KindColumns[schema.Int64]
	rank := &schema.Column{Name: freeName(sub.Table, "prom_rank"), Kind: schema.Int64, Ordinal: len(sub.Table.Columns)}
	cols, names := make([]*Expr, 0, len(sub.Table.Columns)+1), schema.ColumnNames(sub.Table.Columns)
	for _, c := range sub.Table.Columns {
		cols = append(cols, ColumnExpr(c, dialect.NoPart))
	}
	cols = append(cols, &Expr{Op: ExprAggregate, Fn: dialect.FuncRowNumber, Like: number, Win: window})
	ranked := *sub
	ranked.Spec = inner.Unordered().With(func(m *More) {
		m.Cols, m.only, m.Computed, m.Names = cols, nil, nil, append(slices.Clip(names), rank.Name)
	})
	s := Combine(Union, &ranked).Limit(n).Unpaged() // which fails of a negative number
	many := func(e *Expr) bool { return e.Some((*Expr).ManyRows) }
	switch {
	case slices.ContainsFunc(by, many):
		s.fail(errGroupedBy)
	case slices.ContainsFunc(window.Orders, func(o Order) bool { return o.Expr != nil && o.Expr.aggregates() }):
		s.fail(errOrderMany)
	}
	return s.And(Cond{Op: OpLe, Col: rank, Val: schema.IntValue(schema.Int64, int64(n))})
}

// ordered returns s with an order.
func (s Spec) ordered(orders []Order) Spec { s.Orders = orders; return s }

// freeName returns a name that no column of a table has.
func freeName(t *schema.Table, name string) string {
	free := name
	for i := 2; slices.ContainsFunc(t.Columns,
		func(c *schema.Column) bool { return strings.EqualFold(c.Name, free) }); i++ {
		free = name + strconv.Itoa(i)
	}
	return free
}
