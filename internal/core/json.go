package core

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"unsafe"

	"github.com/prom-go/prom/schema"
)

// JSON does what Repo.JSON of package prom says.
func (r *Repo) JSON(v unsafe.Pointer) ([]byte, error) {
	if err := r.given("json", v); err != nil {
		return nil, err
	}
	var w jsonWriter
	if err := w.row(r.table, reflect.ValueOf(r.memory.Pointer(v)).Elem()); err != nil {
		return nil, ErrorOf("json", r.table, err)
	}
	return w.b.Bytes(), nil
}

// jsonWriter writes rows with the rows that they hold.
type jsonWriter struct {
	b    bytes.Buffer
	open []uintptr // the addresses of the rows that are being written
}

// row writes a row of a table.
func (w *jsonWriter) row(t *schema.Table, v reflect.Value) error {
	w.open = append(w.open, v.Addr().Pointer())
	defer func() { w.open = w.open[:len(w.open)-1] }()
	sep := byte('{')
	name := func(name string) {
		w.b.WriteByte(sep)
		sep = ','
		text, _ := json.Marshal(name) // a text is always JSON
		w.b.Write(append(text, ':'))
	}
	for _, c := range t.Columns {
		if c.Private {
			continue
		}
		name(c.Name)
		if err := w.column(t, c, v.FieldByIndex(c.Path)); err != nil {
			return err
		}
	}
	for _, c := range t.Computed {
		name(c.Name)
		if err := w.column(t, c, v.FieldByIndex(c.Path)); err != nil {
			return err
		}
	}
	for _, r := range t.Relations {
		rows, loaded := schema.LoadedRows(v.FieldByIndex(r.Path))
		if r.Private || !loaded || r.One && slices.Contains(w.open, rows.Pointer()) || !r.One && w.within(rows) {
			continue
		}
		name(r.Name)
		if err := w.rows(r, rows); err != nil {
			return err
		}
	}
	if sep == '{' {
		w.b.WriteByte('{')
	}
	w.b.WriteByte('}')
	return nil
}

// within reports whether one of the rows is being written.
func (w *jsonWriter) within(rows reflect.Value) bool {
	first, size := rows.Pointer(), rows.Type().Elem().Size()
	return slices.ContainsFunc(w.open, func(at uintptr) bool { return at >= first && at < first+uintptr(rows.Len())*size })
}

// column writes a field that is a column.
func (w *jsonWriter) column(t *schema.Table, c *schema.Column, v reflect.Value) error {
	if c.References != nil {
		if row, ok := schema.LoadedRow(v); ok && !slices.Contains(w.open, row.Addr().Pointer()) {
			return w.row(t.TargetOf(c), row)
		}
	}
	text, err := json.Marshal(jsonField(c, v))
	if err != nil {
		return fmt.Errorf("the field %s cannot be written as JSON", c.Field)
	}
	w.b.Write(text)
	return nil
}

// rows writes the rows that a relation holds.
func (w *jsonWriter) rows(r *schema.Relation, rows reflect.Value) error {
	t, err := schema.Of(r.Model)
	if err != nil {
		return err
	}
	if r.One {
		if rows.IsNil() {
			w.b.WriteString("null")
			return nil
		}
		return w.row(t, rows.Elem())
	}
	w.b.WriteByte('[')
	for i := range rows.Len() {
		if i > 0 {
			w.b.WriteByte(',')
		}
		if err := w.row(t, rows.Index(i)); err != nil {
			return err
		}
	}
	w.b.WriteByte(']')
	return nil
}

// jsonField returns what to write for a field: the value inside a sql.Null, or nil, since those have no JSON of their
// own, and the key of a reference.
func jsonField(c *schema.Column, v reflect.Value) any {
	if schema.IsNullType(v.Type()) {
		if !v.Field(1).Bool() {
			return nil
		}
		v = v.Field(0)
	}
	if c.References != nil {
		return schema.KeyOf(v)
	}
	return v.Interface()
}
