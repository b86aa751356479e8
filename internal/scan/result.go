package scan

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/prom-go/prom/schema"
)

// Result is how the rows of a result, of which the names of the columns are known, are read into values of one type.
type Result struct {
	Plan *Plan // of the result's columns, in their order

	// Known is the plan of a model with a tracker whose key is among the columns: a value that was read counts as loaded,
	// and is to be noted by it. It is nil for all else, and when Plan notes by itself.
	Known *Plan

	places []int            // of Known's columns in a row, by their ordinals; -1 for those that are not there
	only   []*schema.Column // those that are, when the value is to know that; nil when the others count as zero
}

// know makes the values of a result loaded ones of a model's plan.
func (r *Result) know(p *Plan, cols []*schema.Column) {
	r.Known, r.places = p, make([]int, len(p.codecs))
	for i, c := range p.Table.Columns {
		r.places[i] = slices.Index(cols, c)
	}
}

// ForResult returns how rows with columns of these names are read into a type: a struct, whose fields are found by the
// names of their columns, or anything that is a single column. It is made once for each type and list of names.
//
// Every column must have its field. A field without a column stays as it is.
func ForResult(t reflect.Type, names []string) (*Result, error) {
	known, ok := results.Load(t)
	if !ok {
		known, _ = results.LoadOrStore(t, &resultCache{})
	}
	return known.(*resultCache).get(t, names)
}

var results sync.Map // reflect.Type → *resultCache

// maxResults bounds how many lists of names are kept for a type. Who makes up names without end starts anew.
const maxResults = 256

// resultCache keeps the results of one type by the names of their columns. Reading it takes no lock.
type resultCache struct {
	byNames atomic.Pointer[map[string]*Result]
	write   sync.Mutex
}

func (c *resultCache) get(t reflect.Type, names []string) (*Result, error) {
	key := make([]byte, 0, 256)
	for _, name := range names {
		key = append(binary.AppendUvarint(key, uint64(len(name))), name...)
	}
	if m := c.byNames.Load(); m != nil {
		if r, ok := (*m)[string(key)]; ok {
			return r, nil
		}
	}
	r, err := newResult(t, names)
	if err != nil {
		return nil, err
	}
	c.write.Lock()
	defer c.write.Unlock()
	fresh := map[string]*Result{}
	if old := c.byNames.Load(); old != nil && len(*old) < maxResults {
		fresh = maps.Clone(*old)
	}
	fresh[string(key)] = r
	c.byNames.Store(&fresh)
	return r, nil
}

func newResult(t reflect.Type, names []string) (*Result, error) {
	if !schema.IsRow(t) {
		return valueResult(t, names)
	}
	if _, ok := schema.TrackerOffset(t); ok {
		return modelResult(t, names)
	}
	fields, err := schema.FieldsOf(t)
	if err != nil {
		return nil, err
	}
	cols, err := columnsFor(t, fields, names)
	if err != nil {
		return nil, err
	}
	plan, err := PlanOf(t, cols)
	return &Result{Plan: plan}, err
}

// valueResult is the result of one column, which is the value.
func valueResult(t reflect.Type, names []string) (*Result, error) {
	col, err := schema.ColumnOf(t)
	if err != nil {
		return nil, err
	}
	if len(names) != 1 {
		return nil, fmt.Errorf("the result has %d columns, and a %s holds one; read them into a struct or a map[string]any",
			len(names), t)
	}
	col.Name = names[0]
	plan, err := PlanOf(t, []*schema.Column{col})
	return &Result{Plan: plan}, err
}

// modelResult is the result of columns of a model that tracks changes. One that has all columns in their order is read
// as the library's own statements are.
func modelResult(t reflect.Type, names []string) (*Result, error) {
	own, err := For(t)
	if err != nil {
		return nil, err
	}
	cols, err := columnsFor(t, append(own.Table.Columns[:len(own.Table.Columns):len(own.Table.Columns)],
		own.Table.Computed...), names)
	if err != nil {
		return nil, err
	}
	if inOrder(cols, len(own.Table.Columns)) {
		return &Result{Plan: own}, nil
	}
	r := &Result{}
	if r.Plan, err = PlanOf(t, cols); err != nil {
		return nil, err
	}
	keys := 0
	for _, c := range cols {
		if c.Key {
			keys++
		}
	}
	if keys > 0 && keys == len(own.Table.Key) {
		r.know(own, cols)
	}
	return r, nil
}

func inOrder(cols []*schema.Column, all int) bool {
	for i, c := range cols {
		if c.Ordinal != i {
			return false
		}
	}
	return len(cols) == all
}

// columnsFor finds the field of each name. Case is ignored when no name is exactly the same, since engines differ in
// what they make of a name that is not quoted, and no two columns of a struct differ in case only.
func columnsFor(t reflect.Type, fields []*schema.Column, names []string) ([]*schema.Column, error) {
	cols := make([]*schema.Column, len(names))
	seen := make(map[*schema.Column]bool, len(names))
	for i, name := range names {
		for _, f := range fields {
			if f.Name == name || cols[i] == nil && strings.EqualFold(f.Name, name) {
				cols[i] = f
			}
		}
		switch {
		case cols[i] == nil:
			return nil, &ColumnError{Column: name,
				Err: fmt.Errorf("%s has no field for it; name the columns that are wanted, or rename it by AS to one of %s",
					t, strings.Join(schema.ColumnNames(fields), ", "))}
		case seen[cols[i]]:
			return nil, &ColumnError{Column: name,
				Err: errors.New("the result has two columns of this name; rename one with AS")}
		}
		seen[cols[i]] = true
	}
	return cols, nil
}
