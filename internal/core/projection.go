package core

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"sync"
	"unsafe"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/render"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Projection is a query whose results are other values than those of its model. It is an immutable value.
type Projection struct {
	repo *Repo
	spec ast.Spec
	plan *scan.Plan // of the results
	err  error

	with   []Relation       // whose rows go into the results
	needs  []*schema.Column // of the model, which they are loaded by
	places []int            // of these in a row
}

// Target is where a column of a result goes.
type Target struct {
	Offset uintptr
	Type   reflect.Type
	Name   string // of the field, for messages
}

// Project returns the projection of a query to results of a type, whose memory is known. What is selected, by the spec,
// goes to the given places.
func (q *Query) Project(result reflect.Type, spec ast.Spec, places []Target) Projection {
	plan, err := resultPlan(result, spec.Kinds()[:len(places)], places)
	return Projection{repo: q.repo, spec: spec, plan: plan, err: err}
}

// Fail returns p, which cannot run because of err.
func (p Projection) Fail(err error) Projection {
	p.err = err
	return p
}

// With returns p with another spec.
func (p Projection) With(spec ast.Spec) Projection {
	p.spec = spec
	return p
}

// Spec returns what p selects, in which order.
func (p Projection) Spec() ast.Spec { return p.spec }

// made returns p, and in place of the zero Projection one that says so when it runs.
func (p Projection) made() Projection {
	if p.repo == nil {
		p.repo, p.err = &Repo{table: noTable}, errNoProjection
	}
	return p
}

var errNoProjection = errors.New("the projection is the zero Projection; make it by a function such as Pluck or Select")

// query is the query of p without what its results are.
func (p Projection) query() *Query { return &Query{repo: p.repo, spec: p.spec} }

// Nest returns p as a part of another statement.
func (p Projection) Nest() *ast.Subquery {
	if p = p.made(); p.err == nil {
		p.err = p.bare()
	}
	if p.err != nil {
		p.spec = p.spec.Fail(p.err)
	}
	s := &ast.Subquery{Owner: p.repo.owner(), Table: p.repo.table, Spec: p.spec}
	if p.plan != nil && len(p.plan.Table.Columns) > 1 {
		s.Places = make([]uintptr, len(p.plan.Table.Columns))
		for i, c := range p.plan.Table.Columns {
			s.Places[i] = c.Offset
		}
	}
	return s
}

// bare returns an error when results have rows of relations, where there are only terms.
func (p Projection) bare() error {
	if len(p.with) > 0 {
		return errors.New("a projection with RefCol or ManyCol is read by All, First and pages, and is no part of another query")
	}
	return nil
}

// planKey tells plans of results apart: kinds are columns, which live as long as the program.
type planKey struct {
	model reflect.Type
	key   string
}

var resultPlans sync.Map // planKey → *scan.Plan

// resultPlan returns the plan that reads columns of the given kinds into a result.
func resultPlan(result reflect.Type, kinds []*schema.Column, places []Target) (*scan.Plan, error) {
	b := make([]byte, 0, 64)
	for i, k := range kinds {
		b = fmt.Appendf(b, "%p %d %p,", k, places[i].Offset, places[i].Type)
	}
	key := planKey{result, string(b)}
	if p, ok := resultPlans.Load(key); ok {
		return p.(*scan.Plan), nil
	}
	cols := make([]*schema.Column, len(kinds))
	for i, k := range kinds {
		var err error
		if cols[i], err = targetColumn(places[i], k); err != nil {
			return nil, err
		}
	}
	p, err := scan.PlanOf(key.model, cols)
	if err != nil {
		return nil, err
	}
	known, _ := resultPlans.LoadOrStore(key, p)
	return known.(*scan.Plan), nil
}

// targetColumn returns the field of a result as a column of a kind.
func targetColumn(to Target, kind *schema.Column) (*schema.Column, error) {
	c, err := scan.ColumnFor(to.Type, kind)
	if err != nil {
		return nil, err
	}
	own := *c
	own.Offset, own.Name = to.Offset, to.Name
	if own.Field == "" || to.Name != "" {
		own.Field = to.Name
	}
	return &own, nil
}

// Column says which term goes into which field of a result, or the rows of which relation.
type Column struct {
	Term   *ast.Expr
	Rows   Relation // in place of Term
	To     Target
	Result reflect.Type
	Err    error
}

// Select returns the projection of a query to columns of a result, whose memory is known.
func (q *Query) Select(result reflect.Type, cols []Column) Projection {
	terms, places := make([]*ast.Expr, 0, len(cols)), make([]Target, 0, len(cols))
	var with []Relation
	var err error
	if len(cols) == 0 {
		err = errors.New("Select needs at least one column")
	}
	for _, c := range cols {
		switch {
		case c.Err != nil:
			err = c.Err
		case c.Term == nil && c.Rows == nil:
			return q.Project(result, q.Spec(),
				nil).Fail(errors.New("a column given to Select is the zero Column; use Col to make it"))
		case c.Result != result:
			err = fmt.Errorf("a column of the selection is for %s, and the result is %s", c.Result, result)
		}
		if c.Rows != nil {
			with = append(with, relationInto(c.Rows, c.To.Offset))
		} else {
			terms, places = append(terms, c.Term), append(places, c.To)
		}
	}
	terms, needs, at := needed(terms, with)
	p := q.Project(result, q.Spec().Project(terms), places)
	p.with, p.needs, p.places = with, needs, at
	if err != nil {
		p = p.Fail(err)
	}
	return p
}

// Where returns p with conditions on the rows.
func (p Projection) Where(conds []Cond) Projection { return p.With(p.spec.Where(conds)) }

// OrderBy returns p with terms of the order.
func (p Projection) OrderBy(orders []Order) Projection { return p.With(p.spec.OrderBy(orders)) }

// Having returns p with conditions on the groups.
func (p Projection) Having(conds []Cond) Projection { return p.With(p.spec.Having(conds)) }

// All returns the results.
func (p Projection) All(ctx context.Context) (scan.List, error) {
	if p = p.made(); p.err != nil {
		return scan.List{}, ErrorOf("query", p.repo.table, p.err)
	}
	b, err := p.repo.bind()
	if err != nil {
		return scan.List{}, err
	}
	return p.rows(ctx, b)
}

// rows reads the results.
func (p Projection) rows(ctx context.Context, b *binding) (scan.List, error) {
	if len(p.with) > 0 {
		list, _, _, err := p.someBehind(ctx, b, p.spec, math.MaxInt, nil, nil)
		return list, err
	}
	w := p.repo.take()
	defer p.repo.give(w)
	text, err := p.build(b, w)
	if err != nil {
		return scan.List{}, err
	}
	if w.hint = text.Rows(); w.hint == 0 {
		w.hint = firstList
	}
	w.hint = roomFor(p.plan.Memory(), w.hint)
	w.loader.Plan = p.plan
	if err := b.query(ctx, &w.call, w); err != nil {
		return scan.List{}, err
	}
	text.SawRows(w.list.Len)
	return w.list, nil
}

// build makes the statement of p.
func (p Projection) build(b *binding, w *work) (*render.Text, error) {
	text, args, err := b.stmts.Select(w.args, p.spec)
	if err != nil {
		return nil, ErrorOf("query", p.repo.table, err)
	}
	w.args = args
	w.setRead("query", text)
	return text, nil
}

// One returns the one result that there is.
func (p Projection) One(ctx context.Context) (unsafe.Pointer, error) {
	p.spec = p.spec.AtMost(2)
	list, err := p.All(ctx)
	switch {
	case err != nil:
		return nil, err
	case list.Len == 0:
		return nil, p.repo.notFound("query")
	case list.Len > 1:
		return nil, p.repo.tooMany("query")
	}
	return list.Data, nil
}

// First returns the first result, or ErrNotFound when there is none.
func (p Projection) First(ctx context.Context) (unsafe.Pointer, error) {
	p.spec = p.spec.AtMost(1)
	list, err := p.All(ctx)
	switch {
	case err != nil:
		return nil, err
	case list.Len == 0:
		return nil, p.repo.notFound("query")
	}
	return list.Data, nil
}

// Count returns the number of results.
func (p Projection) Count(ctx context.Context) (int, error) {
	if p = p.made(); p.err != nil {
		return 0, ErrorOf("count", p.repo.table, p.err)
	}
	return p.query().Count(ctx)
}

// Has reports whether there is a result.
func (p Projection) Has(ctx context.Context) (bool, error) {
	p.spec = p.spec.AtMost(1)
	n, err := p.Count(ctx)
	return n > 0, err
}

// Stream ranges over the results as the database sends them. Each is at the same place, and is to be copied from there.
func (p Projection) Stream(ctx context.Context) Rows {
	return func(yield func(unsafe.Pointer, error) bool) {
		if err := p.stream(ctx, yield); err != nil && !errors.Is(err, errStopped) {
			yield(nil, err)
		}
	}
}

func (p Projection) stream(ctx context.Context, yield func(unsafe.Pointer, error) bool) error {
	if p = p.made(); p.err != nil {
		return ErrorOf("query", p.repo.table, p.err)
	}
	if len(p.with) > 0 {
		return ErrorOf("query", p.repo.table,
			errors.New("Stream cannot load relations because its connection is in use; use KeysetPage"))
	}
	b, err := p.repo.bind()
	if err != nil {
		return err
	}
	w := p.repo.take()
	defer p.repo.give(w)
	if _, err := p.build(b, w); err != nil {
		return err
	}
	s := &streamer{memory: p.plan.Memory(), loader: &scan.Reader{Plan: p.plan}, yield: yield, single: true}
	return s.run(ctx, b, &w.call)
}

// SQL returns the statement of All and its arguments without running it.
func (p Projection) SQL() (sql string, args []any, err error) {
	if p = p.made(); p.err != nil {
		return "", nil, ErrorOf("query", p.repo.table, p.err)
	}
	return p.query().SQL()
}

// From returns a query of the results of p, values of a struct whose memory is known, as if they were rows of a table.
func (p Projection) From(result reflect.Type) *Query {
	p = p.made()
	r := &Repo{registry: p.repo.registry, name: p.repo.name, db: p.repo.db}
	plan, err := scan.For(result)
	if err != nil {
		r.table = &schema.Table{Model: result}
		return &Query{repo: r, spec: ast.Combine(ast.Union, p.Nest()).Fail(err)}
	}
	r.plan, r.memory, r.table, r.derived = plan, plan.Memory(), plan.Table, true
	names, err := p.names(r.table)
	if err == nil {
		p.spec = p.spec.Named(names, r.table)
	}
	spec := ast.Combine(ast.Union, p.Nest())
	if err != nil {
		spec = spec.Fail(err)
	}
	return &Query{repo: r, spec: spec}
}

// names returns the names of the columns of p as columns of a table.
func (p Projection) names(t *schema.Table) ([]string, error) {
	if err := cmp.Or(p.err, p.bare()); err != nil {
		return nil, err
	}
	names := make([]string, len(p.plan.Table.Columns))
	filled := map[string]bool{}
	for i, c := range p.plan.Table.Columns {
		to := t.At(c.Offset, c.Type)
		if to == nil {
			return nil, fmt.Errorf("the field %s is not a column", c.Field)
		}
		names[i], filled[to.Name] = to.Name, true
	}
	for _, c := range t.Columns {
		if !filled[c.Name] {
			return nil, fmt.Errorf("the projection leaves the column %q out", c.Name)
		}
	}
	return names, nil
}

// LimitBy does what LimitBy of package prom says.
func (q *Query) LimitBy(n int, by []*ast.Expr) *Query {
	spec := ast.LimitBy(q.Nest(), n, by)
	if only := q.spec.Columns(); only != nil {
		spec = spec.Only(only)
	}
	if computed := q.spec.Extra().Computed; computed != nil {
		spec = spec.Compute(computed)
	}
	return q.as(spec)
}

// Combine returns the query of the rows of q and of others, which a kind of set makes of them.
func (q *Query) Combine(kind ast.SetKind, others []*Query) *Query {
	if i := slices.IndexFunc(others, func(o *Query) bool { return o != nil }); q == nil && i >= 0 {
		return others[i].as(others[i].spec.Fail(errNoMember)) // whose repo tells the error's place
	}
	err := q.member()
	list := make([]*ast.Subquery, 0, len(others))
	for _, o := range others {
		if o == nil {
			err = cmp.Or(err, errNoMember)
			continue
		}
		list, err = append(list, o.Nest()), cmp.Or(err, o.member())
	}
	spec := ast.Combine(kind, q.Nest(), list...)
	if err != nil {
		spec = spec.Fail(err)
	}
	return &Query{repo: q.repo, spec: spec}
}

var errNoMember = errors.New("a member of the union is nil; give queries")

// member returns why a query cannot be one of a set: it says something of the rows that the set would not keep.
func (q *Query) member() error {
	if len(q.with) > 0 || q.spec.Extra().Computed != nil || q.spec.Columns() != nil {
		return errors.New("With, Compute and Only cannot be set on a member of a union; set them on the query that Union, Intersect or Except returns")
	}
	return nil
}

// Copy inserts a row into the repo's table for each row of a query, in one statement, and returns how many they were.
func (r *Repo) Copy(ctx context.Context, from *Query, maps []Mapping) (int, error) {
	b, err := r.bind()
	if err != nil {
		return 0, err
	}
	w := r.take()
	defer r.give(w)
	maps = slices.Clone(maps)
	for i, m := range maps {
		if m.Col != nil && r.table.Column(m.Col.Name) == m.Col {
			maps[i].Term = ast.ConstantOf(r.plan.Codec(m.Col), m.Term)
		}
	}
	returning := render.ReturnNothing
	if b.toldKeys() && b.counts(ctx) { // the keys that the triggers of a view make are not returned
		rewritten, err := b.rewritten(ctx)
		if err != nil {
			return 0, ErrorOf("copy", r.table, err)
		}
		if !rewritten {
			returning = render.ReturnKeys
		}
	}
	text, args, err := b.stmts.Copy(w.args, from.Nest(), maps, now(), returning)
	if err != nil {
		return 0, ErrorOf("copy", r.table, err)
	}
	w.args = args
	w.setText("copy", text)
	w.Write = true
	if returning == render.ReturnKeys {
		n, err := r.writeKeys(ctx, b, "insert", &w.call)
		if b.refused(ctx, err) {
			return r.Copy(ctx, from, maps)
		}
		return n, err
	}
	n, err := b.exec(ctx, &w.call)
	b.wroteRows(ctx, "insert", n)
	return int(n), err
}
