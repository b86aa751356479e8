package core

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Compute does what Query.Compute of package prom says.
func (q *Query) Compute(cols []Column) *Query { return q.as(compute(q.spec, q.repo.plan.Table, cols)) }

// compute returns a spec of rows of a model with values for their computed fields.
func compute(spec ast.Spec, t *schema.Table, cols []Column) ast.Spec {
	model, list := t.Model, make([]ast.Computed, len(cols))
	for i, c := range cols {
		err := c.Err
		switch {
		case err != nil:
		case c.Rows != nil:
			err = errors.New("RefCol and ManyCol work with Select, not with Compute; use With to load a relation")
		case c.Term == nil:
			err = errors.New("a column given to Compute is the zero Column; use Col to make it")
		case c.Result != model:
			err = fmt.Errorf("the field belongs to %s, not to %s", c.Result, model)
		case t.ComputedAt(c.To.Offset, c.To.Type) == nil:
			err = fmt.Errorf("%s.%s is not computed: give the field the tag option computed", model.Name(), c.To.Name)
		default:
			list[i].Expr = c.Term
			list[i].Col, err = computedColumn(model, c)
		}
		if err != nil {
			return spec.Fail(err)
		}
	}
	return spec.Compute(list)
}

// computeRelated is [compute] of the rows of a relation, which are read for many rows at once.
func computeRelated(spec ast.Spec, t *schema.Table, cols []Column) ast.Spec {
	for _, c := range cols {
		if c.Term != nil && c.Term.Some((*ast.Expr).Windowed) {
			spec = spec.Fail(errRelatedWindow)
		}
	}
	return compute(spec, t, cols)
}

var errRelatedWindow = errors.New("a field of the rows of a relation cannot be computed by a window function, " +
	"which would be over the rows of all owners: query the rows themselves, with a window that PartitionBy divides")

// computedKey tells columns of computed fields apart; kinds are columns, which live as long as the program.
type computedKey struct {
	model, field reflect.Type
	offset       uintptr
	kind         *schema.Column
}

var computedColumns sync.Map // computedKey → *schema.Column

// computedColumn returns a computed field as a column of the kind of a term: one for each of both.
func computedColumn(model reflect.Type, c Column) (*schema.Column, error) {
	key := computedKey{model, c.To.Type, c.To.Offset, c.Term.Like}
	if col, ok := computedColumns.Load(key); ok {
		return col.(*schema.Column), nil
	}
	col, err := targetColumn(c.To, c.Term.Like)
	if err != nil {
		return nil, err
	}
	made, _ := computedColumns.LoadOrStore(key, col)
	return made.(*schema.Column), nil
}

// partOf returns how rows with some columns, or with computed fields, are read, nil for all columns and no others.
func partOf(plan *scan.Plan, spec ast.Spec) (*scan.Result, error) {
	only, computed := spec.Columns(), spec.Extra().Computed
	if only == nil && computed == nil {
		return nil, nil
	}
	fields := make([]*schema.Column, 0, len(computed))
	for _, c := range computed {
		if c.Col != nil {
			fields = append(fields, c.Col)
		}
	}
	if only == nil && len(fields) == 0 {
		return nil, nil
	}
	return plan.Part(only, fields)
}

// withNeeds returns a spec of some columns with those that relations of the rows are loaded by.
func withNeeds(spec ast.Spec, with []Relation) ast.Spec {
	for _, r := range with {
		if r != nil { // which is an error when the query runs
			spec = withColumns(spec, r.needs())
		}
	}
	return spec
}

// withColumns returns a spec of some columns with others too.
func withColumns(spec ast.Spec, also []*schema.Column) ast.Spec {
	only := spec.Columns()
	if only == nil {
		return spec
	}
	cols := only[:len(only):len(only)]
	for _, c := range also {
		if !slices.Contains(cols, c) {
			cols = append(cols, c)
		}
	}
	if len(cols) == len(only) {
		return spec
	}
	return spec.Only(cols)
}

// stored returns an error when the query computes fields, where rows are read as they are stored.
func (q *Query) stored() error {
	if q.spec.Extra().Computed != nil {
		return errors.New("Compute works with reads, not with Claim, UpdateReturning and DeleteReturning")
	}
	return nil
}
