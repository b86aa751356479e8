package walk

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/prom-go/prom/schema"
)

// join is what makes a relation: for each step a table and the columns of it that equal those of the table before.
type join struct {
	table      *schema.Table
	own, prior []*schema.Column
}

// relations follows each relation of a table, and compares the rows with those of a join.
func (w *walker) relations(ctx context.Context, t table) string {
	var done []string
	for i, name := range t.relations() {
		kind, problem := w.relation(ctx, t, i, name)
		if problem != "" {
			return w.fault(t, "With "+name, "%s", problem)
		}
		done = append(done, kind)
	}
	counts := []string{}
	slices.Sort(done)
	for len(done) > 0 {
		n := 0
		for n < len(done) && done[n] == done[0] {
			n++
		}
		counts = append(counts, fmt.Sprintf("%d %s", n, done[0]))
		done = done[n:]
	}
	return strings.Join(counts, ", ")
}

// joins returns how a field's rows are found.
func (w *walker) joins(s *schema.Table, field string) (kind string, steps []join, err error) {
	if i := slices.IndexFunc(s.Columns, func(c *schema.Column) bool { return c.Field == field }); i >= 0 {
		c := s.Columns[i]
		if kind = "required"; c.Null {
			kind = "optional"
		}
		target := s.TargetOf(c)
		if target == s {
			kind += " to itself"
		}
		return kind, []join{{target, []*schema.Column{c.References.TargetColumn()}, []*schema.Column{c}}}, nil
	}
	i := slices.IndexFunc(s.Relations, func(r *schema.Relation) bool { return r.Field == field })
	if i < 0 {
		return "", nil, fmt.Errorf("no column and no relation is %s", field)
	}
	r := s.Relations[i]
	owner, target, err := r.Ends()
	if err != nil {
		return "", nil, err
	}
	ownerTo, targetTo, err := r.Referred()
	if err != nil {
		return "", nil, err
	}
	related, err := schema.Of(r.Model)
	if err != nil {
		return "", nil, err
	}
	switch {
	case r.One:
		return "composite", []join{{related, ownerTo, owner}}, nil
	case r.Link == nil:
		return "many", []join{{related, owner, ownerTo}}, nil
	}
	link, err := schema.Of(r.Link)
	if err != nil {
		return "", nil, err
	}
	return "many to many", []join{{link, owner, ownerTo}, {related, targetTo, target}}, nil
}

func (w *walker) relation(ctx context.Context, t table, i int, field string) (kind, problem string) {
	s := t.schema()
	kind, steps, err := w.joins(s, field)
	if err != nil {
		return kind, err.Error()
	}
	q := w.quote
	from := w.quoteTable(s.Name) + " AS t0"
	for n, j := range steps {
		var on []string
		for k := range j.own {
			on = append(on, fmt.Sprintf("t%d.%s = t%d.%s", n+1, q(j.own[k].Name), n, q(j.prior[k].Name)))
		}
		from += fmt.Sprintf(" JOIN %s AS t%d ON %s", w.quoteTable(j.table.Name), n+1, strings.Join(on, " AND "))
	}
	related := steps[len(steps)-1].table
	last := fmt.Sprintf("t%d", len(steps))
	between := "' | '"
	texts, err := w.texts(ctx, fmt.Sprintf("SELECT %s || %s || %s FROM %s", w.row("t0", s), between, w.row(last, related), from))
	if err != nil {
		return kind, err.Error()
	}
	want := make([]string, len(texts))
	for i, text := range texts {
		if want[i], err = w.pair(text, s, related); err != nil {
			return kind, err.Error()
		}
	}
	rows, err := t.with(ctx, i)
	if err != nil {
		return kind, err.Error()
	}
	var got []string
	for i := range rows.Len() {
		row := rows.Index(i)
		one := strings.Join(recordOf(row, s), "\x1f")
		for _, to := range rowsOf(row, s, field) {
			got = append(got, one+"\x1e"+strings.Join(recordOf(to, related), "\x1f"))
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if len(want) != len(got) {
		return kind, fmt.Sprintf("%d pairs of rows, and the join has %d", len(got), len(want))
	}
	for i := range want {
		if want[i] != got[i] {
			return kind, fmt.Sprintf("the pair %.200q is not that of the join, %.200q", got[i], want[i])
		}
	}
	return kind, ""
}

func (w *walker) pair(text string, s, related *schema.Table) (string, error) {
	// Both lists are JSON, in which no quote stands beside the mark.
	i := strings.Index(text, "] | [")
	if i < 0 {
		return "", fmt.Errorf("a row of the join is not two lists")
	}
	one, err := w.record(text[:i+1], s)
	if err != nil {
		return "", err
	}
	other, err := w.record(text[i+4:], related)
	return strings.Join(one, "\x1f") + "\x1e" + strings.Join(other, "\x1f"), err
}

// rowsOf returns the rows that a field has loaded.
func rowsOf(row reflect.Value, s *schema.Table, field string) (list []reflect.Value) {
	var rows any
	if i := slices.IndexFunc(s.Columns, func(c *schema.Column) bool { return c.Field == field }); i >= 0 {
		v := row.FieldByIndex(s.Columns[i].Path)
		for v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return nil
			}
			v = v.Elem()
		}
		_, rows = v.Interface().(referring).ReferenceValues()
	} else {
		i := slices.IndexFunc(s.Relations, func(r *schema.Relation) bool { return r.Field == field })
		rows, _ = row.FieldByIndex(s.Relations[i].Path).Interface().(interface{ RelationRows() (any, bool) }).RelationRows()
	}
	v := reflect.ValueOf(rows)
	switch {
	case rows == nil || v.Kind() == reflect.Pointer && v.IsNil():
		return nil
	case v.Kind() == reflect.Pointer:
		return []reflect.Value{v.Elem()}
	}
	for i := range v.Len() {
		list = append(list, v.Index(i))
	}
	return list
}
