package schema

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// Relation is a field of a model that holds rows of another, a [Many] or a [ManyVia]. It is not a column.
type Relation struct {
	Name   string       // the snake_case form of the field's name, for JSON; no column has it
	Field  string       // the Go field's path, for messages
	Type   reflect.Type // the Go field's type
	Path   []int        // the field's index path for reflect's FieldByIndex
	Offset uintptr      // bytes from the start of the model

	Model reflect.Type // whose rows it holds
	Link  reflect.Type // the linking model of a many-to-many; nil for rows that refer to the owner themselves

	Private bool // left out of JSON that the library makes

	ends func() (ends, error)
}

// ends are the columns that make a relation.
type ends struct{ owner, target *Column }

// Ends returns the columns that make the relation: owner refers to the model that has the field, and is a column of the related model,
// or of the linking model when there is one; target is the linking model's column that refers to the related model, else nil.
// They are found at the first call, because models may refer to each other in a circle. An error says what to change.
func (r *Relation) Ends() (owner, target *Column, err error) {
	e, err := r.ends()
	return e.owner, e.target, err
}

// relationOptions are the options of a relation's tag.
var relationOptions = []string{"via", "to", "private"}

// addRelation adds a field that is a relation.
func (b *builder) addRelation(r *Relation, tg *tag) error {
	owner := b.table.Model
	if tg.name != "" {
		return fmt.Errorf("a relation is not a column and has no name of its own; via=%s would name the column that makes it", tg.name)
	}
	for _, it := range tg.items {
		if !slices.Contains(relationOptions, it.name) {
			return fmt.Errorf("the option %s is for columns; a relation takes %s", it.name, strings.Join(relationOptions, ", "))
		}
	}
	r.Model, r.Link = reflect.Zero(r.Type).Interface().(relater).RelationTypes()
	r.Private = tg.has("private")
	via, _ := tg.value("via")
	to, hasTo := tg.value("to")
	if hasTo && r.Link == nil {
		return fmt.Errorf("the option to is for a ManyVia, whose linking model refers to both sides")
	}
	r.ends = sync.OnceValues(func() (ends, error) {
		e, err := r.findEnds(owner, via, to)
		if err != nil {
			err = fmt.Errorf("prom: model %s: field %s: %w", owner, r.Field, err)
		}
		return e, err
	})
	b.table.Relations = append(b.table.Relations, r)
	return nil
}

func (r *Relation) findEnds(owner reflect.Type, via, to string) (e ends, err error) {
	from := r.Model
	if r.Link != nil {
		from = r.Link
	}
	table, err := Of(from)
	if err != nil {
		return e, err
	}
	// A linking model may refer to the same model on both sides: one side that is named leaves the other.
	if e.owner, err = referring(table, owner, "via", via, to); err != nil || r.Link == nil {
		return e, err
	}
	if e.target, err = referring(table, r.Model, "to", to, e.owner.Name); err != nil {
		return e, err
	}
	if e.target == e.owner {
		return e, fmt.Errorf("via and to name the same column %q of %s", to, from.Name())
	}
	return e, nil
}

// referring returns the column of a table that refers to a model: the one of that name, or the only one but for another.
func referring(t *Table, model reflect.Type, option, name, but string) (*Column, error) {
	var found []*Column
	for _, c := range t.References() {
		if c.References.Model == model && (name == "" || c.Name == name) && (name != "" || c.Name != but) {
			found = append(found, c)
		}
	}
	switch {
	case len(found) == 1:
		if _, err := found[0].References.target(); err != nil {
			return nil, err
		}
		return found[0], nil
	case len(found) > 1:
		names := ColumnNames(found)
		return nil, fmt.Errorf("%d columns of %s refer to %s (%s); say which one is meant by the tag option %s=%s",
			len(found), t.Model.Name(), model.Name(), strings.Join(names, ", "), option, names[0])
	case name != "":
		return nil, fmt.Errorf("%s=%s is not a column of %s that refers to %s", option, name, t.Model.Name(), model.Name())
	}
	return nil, fmt.Errorf("no column of %s refers to %s; give it a field of type prom.Ref[%s], or leave this one out by the tag prom:\"-\"",
		t.Model.Name(), model.Name(), model.Name())
}
