package schema

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// Relation is a field of a model that holds rows of another model: a Many, a ManyToMany or a CompositeRef of package
// prom. It is not a column.
type Relation struct {
	Name   string       // the snake_case form of the field's name, for JSON; no column has it
	Field  string       // the Go field's path, for messages
	Type   reflect.Type // the Go field's type
	Path   []int        // the field's index path for reflect's FieldByIndex
	Offset uintptr      // bytes from the start of the model

	Model reflect.Type // whose rows it holds
	Link  reflect.Type // the join model of a many-to-many; nil for rows that refer to the owner themselves

	One     bool // it holds one row, to which columns of the model refer
	Private bool // left out of JSON that the library makes

	prefix  string // of the columns of the struct that it is in
	on, to  string // of One: the columns, as the tag has them
	actions tag    // of One: with what its foreign key does
	ends    func() (ends, error)
}

// ends are the columns that make a relation.
type ends struct {
	owner, target     []*Column
	ownerTo, targetTo []*Column // what they refer to
}

// Ends returns the columns that make the relation. The owners refer to the model that has the field; they are columns
// of the related model, or of the join model if there is one. Of a relation with One, they are columns of the model
// itself and refer to the related model. The targets are the columns of the join model that refer to the related model,
// or nil. Ends resolves them at the first call, because models may refer to each other in a circle. An error says what
// to change.
func (r *Relation) Ends() (owner, target []*Column, err error) {
	e, err := r.ends()
	return e.owner, e.target, err
}

// Referred returns the columns that those of [Relation.Ends] refer to, in their order: a primary key, or unique
// columns.
func (r *Relation) Referred() (owner, target []*Column, err error) {
	e, err := r.ends()
	return e.ownerTo, e.targetTo, err
}

// The options of the tags of relations.
var (
	manyOptions = []string{"via", "to", "private"}
	oneOptions  = []string{"on", "to", "private", "ondelete", "onupdate", "deferrable"}
)

// addRelation adds a field that is a relation.
func (b *builder) addRelation(r *Relation, tg *tag) error {
	owner := b.table.Model
	if tg.name != "" {
		return fmt.Errorf("a relation is not a column and has no name; to name the referring column, write via=%s", tg.name)
	}
	holder := reflect.Zero(r.Type).Interface().(relater)
	r.Model, r.Link = holder.RelationTypes()
	rows, _ := holder.RelationRows()
	r.One, r.Private = reflect.TypeOf(rows).Kind() == reflect.Pointer, tg.has("private")
	options := manyOptions
	if r.One {
		options = oneOptions
	}
	for _, it := range tg.items {
		if !slices.Contains(options, it.name) {
			return fmt.Errorf("this relation does not take the option %s; it takes %s", it.name, strings.Join(options, ", "))
		}
	}
	if r.One {
		if r.on, _ = tg.value("on"); r.on == "" {
			return errors.New("a CompositeRef needs the referring columns: on='a, b'; for a reference of one column use a field of type prom.Ref")
		}
		if r.to, _ = tg.value("to"); strings.TrimSpace(r.to) == "" && tg.has("to") {
			return errors.New("to names no column")
		}
		r.actions = *tg
		b.table.Relations = append(b.table.Relations, r)
		return nil
	}
	via, _ := tg.value("via")
	to, hasTo := tg.value("to")
	if hasTo && r.Link == nil {
		return errors.New("the option to is for a ManyToMany, whose join model refers to both sides")
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
	// A join model may refer to the same model on both sides: one side that is named leaves the other.
	if e.owner, e.ownerTo, err = referring(table, owner, "via", via, to); err != nil || r.Link == nil {
		return e, err
	}
	e.target, e.targetTo, err = referring(table, r.Model, "to", to, strings.Join(ColumnNames(e.owner), ", "))
	if err == nil && slices.Equal(e.target, e.owner) {
		err = fmt.Errorf("via and to name the same column %q of %s", to, from.Name())
	}
	return e, err
}

// referring returns the columns of a table that refer to a model, those of that name or the only ones but for another,
// and what they refer to.
func referring(t *Table, model reflect.Type, option, name, but string) (cols, to []*Column, err error) {
	var found [][]*Column
	var names []string
	var referred []func() ([]*Column, error)
	consider := func(cols []*Column, target reflect.Type, to func() ([]*Column, error)) {
		is := strings.Join(ColumnNames(cols), ", ")
		if target == model && (name == "" && !sameNames(is, but) || name != "" && sameNames(is, name)) {
			found, names, referred = append(found, cols), append(names, is), append(referred, to)
		}
	}
	for _, c := range t.References() {
		consider([]*Column{c}, c.References.Model, func() ([]*Column, error) {
			target, err := c.References.target()
			if err != nil {
				return nil, err
			}
			return target.Key, nil
		})
	}
	for _, k := range t.ForeignKeys {
		consider(k.Columns, k.Model, func() ([]*Column, error) {
			if _, err := k.target(); err != nil {
				return nil, err
			}
			return k.To(), nil
		})
	}
	switch {
	case len(found) == 1:
		to, err := referred[0]()
		return found[0], to, err
	case len(found) > 1:
		return nil, nil, fmt.Errorf("%d columns of %s refer to %s (%s); choose one by the tag option %s=%s",
			len(found), t.Model.Name(), model.Name(), strings.Join(names, ", "), option, names[0])
	case name != "":
		return nil, nil, fmt.Errorf("%s=%s is not a column of %s that refers to %s", option, name, t.Model.Name(), model.Name())
	}
	return nil, nil, fmt.Errorf("no column of %s refers to %s; give it a field of type prom.Ref[%s], or leave this field out by the tag prom:\"-\"",
		t.Model.Name(), model.Name(), model.Name())
}

// sameNames reports whether two lists of names, with commas between them, are the same.
func sameNames(a, b string) bool {
	return slices.EqualFunc(strings.Split(a, ","), strings.Split(b, ","),
		func(a, b string) bool { return strings.TrimSpace(a) == strings.TrimSpace(b) })
}
