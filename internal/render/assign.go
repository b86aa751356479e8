package render

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// assignments checks assignments and appends them to a list, but for those of nothing.
func assignments(list []ast.Assign, assigns []*ast.Assign) ([]ast.Assign, error) {
	for _, a := range assigns {
		if a == nil {
			continue
		}
		if a.Err != nil {
			return nil, a.Err
		}
		if err := a.Expr.FirstErr(); err != nil {
			return nil, err
		}
		if a.Expr != nil && a.Expr.Some((*ast.Expr).ManyRows) {
			return nil, errAssignMany
		}
		if a.Col.ReadOnly {
			return nil, ReadOnly(a.Col)
		}
		if assigned(list, a.Col) {
			return nil, errors.New("the column " + a.Col.Name + " is assigned twice")
		}
		list = append(list, *a)
	}
	return list, nil
}

// ReadOnly is the error of writing a column that the database fills.
func ReadOnly(c *schema.Column) error {
	return fmt.Errorf("%s is readonly: the database fills it, so that it cannot be written", c.Field)
}

var errAssignMany = errors.New("SET cannot contain an aggregate or a window function; assign a ScalarSubquery or CorrelatedSubquery that selects it")

func assigned(list []ast.Assign, c *schema.Column) bool {
	return slices.ContainsFunc(list, func(a ast.Assign) bool { return a.Col == c })
}

// mostAssigned is for how many assignments there is room at first.
const mostAssigned = 8

// kept adds what every update of a row changes, unless it is assigned: its time and its version.
func kept(t *schema.Table, list []ast.Assign, at time.Time) []ast.Assign {
	for _, c := range t.Columns {
		switch {
		case assigned(list, c):
		case c.Updated:
			list = append(list, ast.Assign{Col: c, Val: schema.TimeValue(schema.Time, at)})
		case c.Version:
			list = append(list, ast.Assign{Col: c, Kind: ast.AssignAdd, Val: versionStep(c)})
		}
	}
	return list
}

// versionStep is what a version is incremented by.
func versionStep(version *schema.Column) schema.Value { return schema.IntValue(version.Kind, 1) }

// assignShape adds assignments to a shape, and their arguments to args.
func (s *Statements) assignShape(key ast.Shape, args []schema.Value, list []ast.Assign) (ast.Shape, []schema.Value) {
	key = key.Int(len(list))
	for i := range list {
		key, args = key.Assign(&list[i]), list[i].Values(args, s.Dialect)
	}
	return key, args
}

// assigned writes the new value of a column.
func (r *renderer) assigned(a *ast.Assign) {
	formed := r.sc.forms.Of(a.Col)
	switch a.Kind {
	case ast.AssignExpr:
		r.b.WriteString(r.d.Stored(formed, r.d.Fit(a.Col, r.text(func() { r.expr(a.Expr) }))))
		return
	case ast.AssignSet:
		r.b.WriteString(r.d.ArgOf(formed))
	default:
		r.b.WriteString(r.d.Stored(formed, r.d.Add(a.Col, r.canonical(a.Col), a.Kind == ast.AssignSub)))
	}
	r.arg(a.Val)
}
