package core

import (
	"context"
	"reflect"
	"slices"
	"unsafe"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/render"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Many is the relation of the rows that refer to a row, or, through a join model, are connected with it.
type Many struct {
	Relation *schema.Relation
	Of       reflect.Type // the model that has it
	Spec     ast.Spec     // which rows, in which order
	LinkSpec ast.Spec     // which of the rows that connect, in which order
	With     []Relation   // of the rows

	Give func(row unsafe.Pointer, rows *scan.List) // gives a row those that were found for it
}

// Where returns m with conditions that the rows must fit too.
func (m Many) Where(conds []Cond) Many {
	m.Spec = m.Spec.Where(conds)
	return m
}

// OrderBy returns m with more terms in the order that each row has its rows in.
func (m Many) OrderBy(orders []Order) Many {
	m.Spec = m.Spec.OrderBy(orders)
	return m
}

// Limit returns m with at most n rows for each row.
func (m Many) Limit(n int) Many {
	m.Spec = m.Spec.Limit(n)
	return m
}

// Offset returns m without the first n rows of each row.
func (m Many) Offset(n int) Many {
	m.Spec = m.Spec.Offset(n)
	return m
}

// Load returns m with relations of its rows.
func (m Many) Load(relations []Relation) Many {
	m.With = append(m.With[:len(m.With):len(m.With)], relations...)
	return m
}

// Compute returns m with computed fields of its rows.
func (m Many) Compute(cols []Column) Many {
	m.Spec = computeRelated(m.Spec, TableOf(m.Relation.Model), cols)
	return m
}

// WhereLink returns m with conditions on the rows that connect.
func (m Many) WhereLink(conds []Cond) Many {
	m.LinkSpec = m.LinkSpec.Where(conds)
	return m
}

// OrderByLink returns m with more terms, about the rows that connect, in the order.
func (m Many) OrderByLink(orders []Order) Many {
	m.LinkSpec = m.LinkSpec.OrderBy(orders)
	return m
}

// Related describes the rows of the relation for which conditions hold too.
func (m Many) Related(conds []Cond) ast.Related {
	owner, target := Ends(m.Relation)
	ownerTo, targetTo := referred(m.Relation)
	r := ast.Related{Table: TableOf(m.Relation.Model), Owner: owner, Key: ownerTo, Spec: m.Spec.Where(conds)}
	if m.Relation.Link != nil {
		r.Link = &ast.Link{Table: TableOf(m.Relation.Link), Target: target, To: targetTo, Spec: m.LinkSpec}
	}
	return r
}

// Aggregate returns an aggregate over the rows of the relation.
func (m Many) Aggregate(e *ast.Expr) *ast.Expr {
	r := m.Related(nil)
	if r.Link != nil {
		e = ast.AggregateVia(&ast.Reference{Columns: r.Link.Target, Table: r.Table, To: r.Link.To}, e)
	}
	return r.Scalar(e)
}

func (m *Many) needs() []*schema.Column {
	cols, _ := referred(m.Relation)
	return cols
}

func (m *Many) start(ctx context.Context, b *binding, of owners) (*loading, error) {
	owner, target, err := m.Relation.Ends()
	if err != nil {
		return nil, err
	}
	keys, places, err := keysOf(ctx, b, &of, m.needs())
	if err != nil {
		return nil, err
	}
	if keys.len() == 0 {
		return nil, m.giveNone(b, of.values)
	}
	repo, rb, err := related(b, m.Relation.Model)
	if err != nil {
		return nil, err
	}
	l := &manyLoading{
		rowLoading: rowLoading{repo: repo, b: rb}, many: m, values: of.values, keys: keys, places: places, owner: owner,
	}
	if l.part, err = partOf(repo.plan, m.Spec); err == nil {
		if m.Relation.Link != nil {
			err = l.selectLinked(target)
		} else {
			err = l.selectOwned()
		}
	}
	if err != nil {
		return nil, ErrorOf("load", repo.table, err)
	}
	return &loading{b: rb, text: l.text, args: l.args, read: l.readRows, join: l.join, hooks: l.hooks}, nil
}

// giveNone gives rows no rows: they hold NULL, to which nothing refers.
func (m *Many) giveNone(b *binding, rows []unsafe.Pointer) error {
	if len(rows) == 0 {
		return nil
	}
	repo, _, err := related(b, m.Relation.Model)
	if err != nil {
		return err
	}
	none := repo.memory.Make(0, 0)
	for _, row := range rows {
		m.Give(row, &none)
	}
	return nil
}

// manyLoading is the loading of a [Many] into rows.
type manyLoading struct {
	rowLoading
	many   *Many
	values []unsafe.Pointer // of the owners
	keys   *rowKeys
	places []int // of the keys of the owners
	owner  []*schema.Column

	text *render.Text
	args []schema.Value

	link *scan.Plan     // of the join model; nil without one
	ends []schema.Value // what the rows that connect refer to, one after the other
}

// selectOwned makes the statement for rows that refer to the owners themselves.
func (l *manyLoading) selectOwned() (err error) {
	spec := l.many.Spec.Tied(l.repo.table.Key)
	if spec.Limits() && l.keys.len() > 1 {
		l.text, l.args, err = l.b.stmts.SelectEach(nil, spec, l.owner, l.keys.len(), l.keys.value)
	} else {
		l.text, l.args, err = l.b.stmts.Select(nil, spec.KeysIn(l.owner, l.keys.len(), l.keys.value))
	}
	return err
}

// selectLinked makes the statement for rows that others connect with the owners, by their columns that are the target.
func (l *manyLoading) selectLinked(target []*schema.Column) (err error) {
	if l.link, err = scan.For(l.many.Relation.Link); err != nil {
		return err
	}
	spec := l.many.LinkSpec.KeysIn(l.owner, l.keys.len(), l.keys.value)
	linked := ast.Link{Table: l.link.Table, Owner: l.owner, Target: target, Spec: spec}
	_, linked.To = referred(l.many.Relation)
	l.text, l.args, err = l.b.stmts.SelectLinked(nil, l.many.Spec, linked)
	return err
}

// readRows reads the rows, and behind each what the one that connects it refers to.
func (l *manyLoading) readRows(rows driver.Rows) error {
	expect := max(l.keys.len(), l.text.Rows())
	if l.link == nil {
		return l.read(rows, expect)
	}
	m := l.repo.memory
	l.list, l.ends = m.Make(0, expect), l.ends[:0]
	loader, width := l.reader(), len(l.repo.table.Columns)+len(l.many.Spec.Extra().Computed)
	l.ends = slices.Grow(l.ends, expect*len(l.owner))
	keys := scan.NewKeyReader(l.link, width, l.owner)
	for rows.Next() {
		err := loader.Load(rows, m.Next(&l.list))
		if err == nil {
			l.ends, err = keys.Append(l.ends, rows)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// join gives each row those that belong to it.
func (l *manyLoading) join(ctx context.Context) ([]*loading, error) {
	l.text.SawRows(l.list.Len)
	owners, err := l.owners(ctx)
	if err != nil {
		return nil, err
	}
	var parts []scan.List
	l.list, parts = grouped(l.repo.memory, l.list, owners, l.keys.len())
	for i, row := range l.values {
		if l.places[i] >= 0 {
			l.many.Give(row, &parts[l.places[i]])
		} else if err := l.many.giveNone(l.b, l.values[i:i+1]); err != nil {
			return nil, err
		}
	}
	return l.start(ctx, l.many.With)
}

// owners returns the places of the keys that the rows which were read belong to.
func (l *manyLoading) owners(ctx context.Context) (_ []int, err error) {
	n := len(l.owner)
	switch {
	case l.link == nil:
		err = learnRows(ctx, l.keys, l.b, l.repo.plan, l.list, l.owner)
	case l.keys.collated():
		err = l.keys.learn(ctx, l.b, l.link.Table.Name, l.owner, slices.Collect(slices.Chunk(l.ends, n)))
	}
	if err != nil {
		return nil, err
	}
	owners := make([]int, l.list.Len)
	for i := range owners {
		if l.link == nil {
			owners[i], err = findRow(l.keys, l.repo.plan, l.repo.memory.At(l.list, i), l.owner)
		} else {
			owners[i], err = l.keys.find(l.ends[i*n : (i+1)*n])
		}
		if err != nil {
			return nil, ErrorOf("load", l.repo.table, err)
		}
	}
	return owners, nil
}
