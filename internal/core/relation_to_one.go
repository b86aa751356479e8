package core

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"unsafe"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Ref is the relation of the row that a reference, a column, refers to.
type Ref struct {
	Column *schema.Column
	To     reflect.Type // the model that it refers to
	Spec   ast.Spec     // what is computed for the row
	With   []Relation   // of the row

	// Give gives rows what was found for their keys, of which each has the place that stands at its own, or -1.
	Give func(rows []unsafe.Pointer, places []int, found []unsafe.Pointer)
}

// Load returns the relation with relations of the row, which are loaded with it.
func (r *Ref) Load(with []Relation) *Ref {
	u := *r
	u.With = append(u.With[:len(u.With):len(u.With)], with...)
	return &u
}

// Compute returns the relation with computed fields of the row.
func (r *Ref) Compute(cols []Column) *Ref {
	u := *r
	u.Spec = computeRelated(u.Spec, TableOf(u.To), cols)
	return &u
}

func (r *Ref) needs() []*schema.Column { return []*schema.Column{r.Column} }

func (r *Ref) start(ctx context.Context, b *binding, of owners) (*loading, error) {
	keys, places, err := keysOf(ctx, b, &of, []*schema.Column{r.Column})
	if err != nil || keys.len() == 0 {
		return nil, err
	}
	values := of.values
	return loadByKey(b, r.To, TableOf(r.To).Key, keys, r.Spec, r.With, func(found []unsafe.Pointer) { r.Give(values, places, found) })
}

// One is the relation of the row that several columns refer to together.
type One struct {
	Relation *schema.Relation
	Of       reflect.Type // the model that has it
	Spec     ast.Spec     // what is computed for the row
	With     []Relation   // of the row

	Give func(row, found unsafe.Pointer) // gives a row what was found for it
}

func (r *One) needs() []*schema.Column {
	cols, _ := Ends(r.Relation)
	return cols
}

func (r *One) start(ctx context.Context, b *binding, of owners) (*loading, error) {
	keys, places, err := keysOf(ctx, b, &of, r.needs())
	if err != nil {
		return nil, err
	}
	values := of.values
	give := func(found []unsafe.Pointer) {
		for i, row := range values {
			if places[i] < 0 {
				r.Give(row, nil)
			} else {
				r.Give(row, found[places[i]])
			}
		}
	}
	if keys.len() == 0 {
		give(nil)
		return nil, nil
	}
	to, _ := referred(r.Relation)
	return loadByKey(b, r.Relation.Model, to, keys, r.Spec, r.With, give)
}

// Load returns r with relations of the row.
func (r One) Load(relations []Relation) One {
	r.With = append(r.With[:len(r.With):len(r.With)], relations...)
	return r
}

// Compute returns r with computed fields of the row.
func (r One) Compute(cols []Column) One {
	r.Spec = computeRelated(r.Spec, TableOf(r.Relation.Model), cols)
	return r
}

// Related describes the row that the columns refer to, if the conditions hold for it.
func (r One) Related(conds []Cond) ast.Related {
	cols, _ := Ends(r.Relation)
	to, _ := referred(r.Relation)
	return ast.Related{Table: TableOf(r.Relation.Model), Owner: to, Key: cols, Spec: ast.Spec{}.Where(conds)}
}

// Reference returns the columns as a reference.
func (r One) Reference() *ast.Reference {
	cols, _ := Ends(r.Relation)
	ref := &ast.Reference{Columns: cols, Table: TableOf(r.Relation.Model)}
	if to, _ := referred(r.Relation); !slices.Equal(to, ref.Table.Key) {
		ref.To = to
	}
	return ref
}

// Set makes a row refer to another one: its columns get the key of that. A key with a zero part is an error.
func (r One) Set(row, to unsafe.Pointer) error {
	target, err := scan.For(r.Relation.Model)
	if err != nil {
		return err
	}
	of, err := scan.For(r.Of)
	if err != nil {
		return err
	}
	cols, _ := Ends(r.Relation)
	parts, _ := referred(r.Relation)
	key, err := keyParts(nil, target, to, parts)
	if err != nil {
		return ErrorOf("set", of.Table, err)
	}
	for i, part := range key {
		if c := parts[i]; part.IsZero() && (c.Auto || part.IsNull()) {
			return ErrorOf("set", of.Table, fmt.Errorf("the row of %s cannot be referred to yet: its field %s is not set",
				target.Table.Model.Name(), c.Field))
		}
	}
	for i, c := range cols {
		if err := of.Set(row, c, key[i]); err != nil {
			return ErrorOf("set", of.Table, err)
		}
	}
	r.Give(row, to)
	return nil
}

// referred returns what the ends of a relation refer to.
func referred(r *schema.Relation) (owner, target []*schema.Column) {
	owner, target, err := r.Referred()
	if err != nil {
		panic(err)
	}
	return owner, target
}

// Ends returns the ends of a relation, and TableOf the schema of a model, which were found when the relation's handle
// was made.
func Ends(r *schema.Relation) (owner, target []*schema.Column) {
	owner, target, err := r.Ends()
	if err != nil {
		panic(err)
	}
	return owner, target
}

// TableOf returns the schema of a model that is known to be one.
func TableOf(model reflect.Type) *schema.Table {
	t, err := schema.Of(model)
	if err != nil {
		panic(err)
	}
	return t
}
