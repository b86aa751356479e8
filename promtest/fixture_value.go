package promtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/prom-go/prom/schema"
)

// set sets a column, or a relation of several, to what a fixture says.
func (l *loader) set(ctx context.Context, f *fixture, m member) error {
	row, t := reflect.ValueOf(f.value).Elem(), f.table.schema
	if c := t.Column(m.name); c != nil {
		return l.setColumn(ctx, f, row, c, m.raw)
	}
	i := slices.IndexFunc(t.ForeignKeys, func(k *schema.ForeignKey) bool { return k.Field == m.name })
	if i < 0 {
		return fmt.Errorf("there is no such column; the columns are %s", strings.Join(schema.ColumnNames(t.Columns), ", "))
	}
	k := t.ForeignKeys[i]
	label, ok := labelIn(m.raw)
	if !ok {
		return errors.New("a relation of several columns is given by a label, such as \"$home\"")
	}
	return l.refer(ctx, f, label, k.Model, k.Columns, k.To())
}

// labelIn returns the label that a JSON text names.
func labelIn(raw json.RawMessage) (label string, ok bool) {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return "", false
	}
	label, ok = strings.CutPrefix(text, "$")
	return label, ok && !strings.HasPrefix(label, "$")
}

// refer sets the columns of a reference to the key of a row with a label, which is stored first. But columns that may
// be NULL are set when all rows are stored, if that one is not: it may need this row.
func (l *loader) refer(ctx context.Context, f *fixture, label string, model reflect.Type,
	cols, to []*schema.Column) error {
	t := l.byModel[model]
	if t == nil {
		return fmt.Errorf("there is no repo of %s", model)
	}
	other := t.rows[label]
	if other == nil {
		return fmt.Errorf("there is no row of %s with the label %q", t.schema.Name, label)
	}
	required := slices.ContainsFunc(cols, func(c *schema.Column) bool { return !c.Null })
	if required && t.db == f.table.db {
		if err := l.store(ctx, other); err != nil {
			return err
		}
	}
	take := func() error {
		from, row := reflect.ValueOf(other.value).Elem(), reflect.ValueOf(f.value).Elem()
		for i, c := range cols {
			if err := assignKey(row.FieldByIndex(c.Path), c, from.FieldByIndex(to[i].Path), to[i]); err != nil {
				return err
			}
		}
		return nil
	}
	if other.stored || other == f && known(reflect.ValueOf(f.value).Elem(), to) {
		return take()
	}
	if required {
		return fmt.Errorf("the rows %s and %s need each other, so that neither can be stored first: make one of the "+
			"references a pointer, or give the keys as values", f.label, other.label)
	}
	l.later = append(l.later, func(ctx context.Context) error {
		err := take()
		if err == nil {
			err = f.table.repo.UpdateAny(ctx, f.value)
		}
		if err != nil {
			return f.errorf("%w", err)
		}
		return nil
	})
	return nil
}

// known reports whether a row has the values of columns before it is stored.
func known(row reflect.Value, cols []*schema.Column) bool {
	return !slices.ContainsFunc(cols, func(c *schema.Column) bool { return row.FieldByIndex(c.Path).IsZero() })
}

func (l *loader) setColumn(ctx context.Context, f *fixture, row reflect.Value, c *schema.Column,
	raw json.RawMessage) error {
	if c.ReadOnly {
		return errors.New("the database fills it")
	}
	field := row.FieldByIndex(c.Path)
	if string(raw) == "null" && c.Kind != schema.JSON {
		if !c.Null {
			return errors.New("it cannot be NULL")
		}
		field.SetZero()
		return nil
	}
	if c.References != nil {
		if label, ok := labelIn(raw); ok {
			return l.refer(ctx, f, label, c.References.Model, []*schema.Column{c},
				[]*schema.Column{c.References.TargetColumn()})
		}
	}
	raw = unescaped(c, raw)
	if field.Kind() == reflect.Pointer {
		field.Set(reflect.New(field.Type().Elem()))
		field = field.Elem()
	} else if schema.IsNullType(field.Type()) {
		field.Field(1).SetBool(true)
		field = field.Field(0)
	}
	if c.References != nil {
		return setReference(field, raw)
	}
	return setValue(field, c, raw)
}

// unescaped returns the text that "$$…" stands for.
func unescaped(c *schema.Column, raw json.RawMessage) json.RawMessage {
	var text string
	if c.References == nil || json.Unmarshal(raw, &text) != nil || !strings.HasPrefix(text, "$$") {
		return raw
	}
	raw, _ = json.Marshal(text[1:])
	return raw
}

// setReference sets a reference to a key.
func setReference(field reflect.Value, raw json.RawMessage) error {
	set := field.Addr().MethodByName("SetKey")
	key := reflect.New(set.Type().In(0))
	if json.Unmarshal(raw, key.Interface()) != nil {
		return fmt.Errorf("it is neither a label nor a %s", key.Elem().Type())
	}
	set.Call([]reflect.Value{key.Elem()})
	return nil
}

// setValue sets a field to a value that is written as JSON, or as a constant in a tag.
func setValue(field reflect.Value, c *schema.Column, raw json.RawMessage) error {
	var text string
	isText := json.Unmarshal(raw, &text) == nil
	switch c.Kind {
	case schema.Time, schema.Date, schema.Clock:
		if v, err := schema.ParseLiteral(c.Kind, text); isText && err == nil && !c.Scanner {
			if c.Kind == schema.Clock {
				assign(field, v.Clock())
			} else {
				assign(field, v.Time())
			}
			return nil
		}
	case schema.Decimal:
		if !isText && field.Kind() == reflect.String { // a number, with its digits
			text, isText = string(raw), true
		}
		if isText && field.Kind() == reflect.String {
			field.SetString(text)
			return nil
		}
	}
	if c.Scanner && isText && c.Kind != schema.JSON {
		if field.Addr().Interface().(interface{ Scan(any) error }).Scan(text) == nil {
			return nil
		}
	}
	if json.Unmarshal(raw, field.Addr().Interface()) != nil { // whose error may show the value
		return fmt.Errorf("it is no JSON that a %s takes", field.Type())
	}
	return nil
}
