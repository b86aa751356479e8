// Package filter makes queries of the parameters of a URL.
package filter

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/core"
	"github.com/prom-go/prom/schema"
)

// Filter turns the parameters of a URL into conditions, an order and a page of a query; see prom.Filter. It is
// immutable and safe for concurrent use.
type Filter struct {
	rules     map[string]rule     // by parameter
	fields    map[string][]string // the parameters of each field, for messages
	names     []string            // of the fields, in their order
	sorts     map[string]ast.Field
	sortNames []string
	ignored   []string
	ignoreAll bool
	standard  []core.Order // without the parameter sort
	last      []core.Order // the key, so that a row is on one page only
	size, max int
}

// rule says what a parameter does.
type rule struct {
	field ast.Field
	part  string
	op    Op
}

// Op is an operator of a [Filter], as it stands in the name of a parameter.
type Op string

// The operators. Which ones a field has without Ops depends on its kind: numbers, decimals and times the first nine,
// texts Eq, Ne, In, NotIn and the last nine, all else Eq, Ne, In and NotIn; and IsNull, where the column may be NULL.
const (
	Eq      Op = "eq"
	Ne      Op = "ne"
	Gt      Op = "gt"
	Gte     Op = "gte"
	Lt      Op = "lt"
	Lte     Op = "lte"
	In      Op = "in"      // a list; true for one of its elements
	NotIn   Op = "notin"   // a list
	Between Op = "between" // a list of two, both included
	IsNull  Op = "isnull"  // true or false

	Contains     Op = "contains"
	NotContains  Op = "notcontains"
	StartsWith   Op = "startswith"
	EndsWith     Op = "endswith"
	IEq          Op = "ieq" // ignoring the case of A to Z, as those below
	IContains    Op = "icontains"
	NotIContains Op = "noticontains"
	IStartsWith  Op = "istartswith"
	IEndsWith    Op = "iendswith"
)

var (
	listOps    = []Op{Eq, Ne, In, NotIn}
	orderedOps = []Op{Eq, Ne, Gt, Gte, Lt, Lte, In, NotIn, Between}
	textOps    = []Op{Contains, NotContains, StartsWith, EndsWith,
		IEq, IContains, NotIContains, IStartsWith, IEndsWith}
	timeParts = []string{"year", "quarter", "month", "week", "day", "dayofweek", "dayofyear", "hour", "minute", "second"}
)

// Field is a field that a [Filter] lets through, made by [On]. It is an immutable value.
type Field struct {
	column, alias string
	ops           []Op
	parts         []string
	chosen        bool // the operators, or the parts
	noSort        bool
}

// On is the field whose column has that name, with the operators of its kind, the parts of times and days, and
// sortable.
func On(column string) Field { return Field{column: column, alias: column} }

// As gives the field another name for parameters.
func (f Field) As(name string) Field { f.alias = name; return f }

// Ops gives the field these operators and no others. Parts of times are then those of Parts.
func (f Field) Ops(ops []Op) Field {
	f.ops, f.chosen = slices.Clone(ops), true
	return f
}

// Parts gives the field, a time or a day, these parts and no others, by the names of [AnyField.Part].
func (f Field) Parts(parts []string) Field {
	f.parts, f.chosen = slices.Clone(parts), true
	return f
}

// NoSort keeps the field out of the parameter sort.
func (f Field) NoSort() Field { f.noSort = true; return f }

// The parameters that are no fields.
const (
	paramSort = "sort"
	paramPage = "page"
	paramSize = "size"
)

// The sizes of pages unless [Filter.PageSize] says otherwise.
const (
	defaultPageSize = 50
	maxPageSize     = 200
)

// New returns the filter of a repo's rows by the given fields. It panics when a field does not exist or cannot do what
// it is to allow; this is meant to show at start-up, in package variables.
func New(repo *core.Repo, fields []Field) *Filter {
	f := &Filter{rules: map[string]rule{}, fields: map[string][]string{}, sorts: map[string]ast.Field{},
		size: defaultPageSize, max: maxPageSize}
	for _, field := range fields {
		if err := f.add(repo, field); err != nil {
			panic(fmt.Errorf("prom: filter of %s: field %s: %w", repo.Table().Model, field.column, err))
		}
	}
	for _, key := range repo.Table().Key {
		field, err := ast.FieldByName(repo.Plan(), key.Name)
		if err != nil {
			panic(err) // it is one of the plan's own
		}
		f.last = append(f.last, field.OrderBy(false))
	}
	return f
}

// PageSize sets how many rows a page has without the parameter size, and the most that it may ask for.
func (f *Filter) PageSize(standard, most int) *Filter {
	if standard < 1 || most < standard {
		panic("prom: filter: the page size must be at least 1 and at most the maximum")
	}
	clone := *f
	clone.size, clone.max = standard, most
	return &clone
}

// Sorted sets the order of queries without the parameter sort. Without it they are in the order of the key.
func (f *Filter) Sorted(orders []core.Order) *Filter {
	clone := *f
	clone.standard = slices.Clone(orders)
	return &clone
}

// Ignore passes over parameters of these names, and without names over all that are unknown.
func (f *Filter) Ignore(names []string) *Filter {
	clone := *f
	clone.ignored = append(slices.Clone(f.ignored), names...)
	clone.ignoreAll = f.ignoreAll || len(names) == 0
	return &clone
}

// add makes the rules of a field.
func (f *Filter) add(repo *core.Repo, field Field) error {
	byName, err := ast.FieldByName(repo.Plan(), field.column)
	if err != nil {
		return err
	}
	col := byName.Column()
	if field.alias == "" || !readable(field.alias) || f.fields[field.alias] != nil ||
		slices.Contains([]string{paramSort, paramPage, paramSize}, field.alias) {
		return fmt.Errorf("the name %q is used already, or cannot be a parameter name; choose another one by As", field.alias)
	}
	ops, parts := field.ops, field.parts
	if !field.chosen {
		ops, parts = standardOps(col), standardParts(col)
	}
	for _, op := range ops {
		if !slices.Contains(possibleOps(col), op) {
			return fmt.Errorf("the operator %q does not exist for a column of kind %s", op, col.Kind)
		}
		if err := f.allow(field.alias, rule{field: byName, op: op}); err != nil {
			return err
		}
	}
	for _, part := range parts {
		if _, err := byName.Part(part); err != nil {
			return err
		}
		for _, op := range orderedOps {
			if err := f.allow(field.alias, rule{field: byName, part: part, op: op}); err != nil {
				return err
			}
		}
	}
	sortable := col.Kind != schema.JSON && !col.Kind.IsList() && !field.noSort
	if f.fields[field.alias] == nil && !sortable {
		return errors.New("it has no operators")
	}
	f.names = append(f.names, field.alias)
	if sortable {
		f.sorts[field.alias] = byName
		f.sortNames = append(f.sortNames, field.alias)
	}
	return nil
}

// allow adds the parameters of a rule: with the operator, and for equality without.
func (f *Filter) allow(name string, r rule) error {
	param := name
	if r.part != "" {
		param += "__" + r.part
	}
	params := []string{param + "__" + string(r.op)}
	if r.op == Eq {
		params = append(params, param)
	}
	for _, p := range params {
		if _, taken := f.rules[p]; taken {
			return fmt.Errorf("the parameter %q has another meaning already; give the field another name by As", p)
		}
		f.rules[p] = r
	}
	if r.part == "" || r.op == Eq { // a list of all that parts can do would be long
		f.fields[name] = append(f.fields[name], params[len(params)-1])
	}
	return nil
}

func standardOps(col *schema.Column) []Op {
	ops := possibleOps(col)
	if col.Kind == schema.Text && col.References == nil {
		return slices.DeleteFunc(ops, func(op Op) bool {
			return slices.Contains(orderedOps, op) &&
				!slices.Contains(listOps, op)
		})
	}
	return ops
}

// possibleOps are the operators that the kind of a column allows.
func possibleOps(col *schema.Column) []Op {
	var ops []Op
	switch k := col.Kind; {
	case k == schema.JSON, k == schema.Bytes, k == schema.Any, k.IsList():
	case k == schema.Bool, k == schema.UUID, col.References != nil:
		ops = append(ops, listOps...)
	case k == schema.Text:
		ops = append(append(ops, orderedOps...), textOps...)
	default:
		ops = append(ops, orderedOps...)
	}
	if col.Null {
		ops = append(ops, IsNull)
	}
	return ops
}

func standardParts(col *schema.Column) []string {
	switch col.Kind {
	case schema.Time:
		return timeParts
	case schema.Date:
		return timeParts[:7]
	}
	return nil
}

// Apply adds to a query what the parameters ask for: conditions, the order, and the page, which is always bounded.
func (f *Filter) Apply(q *core.Query, values url.Values) (*core.Query, error) {
	asked, err := f.Parse(values)
	if err != nil {
		return q, err
	}
	return q.Where(asked.Conds).OrderBy(asked.Orders).Paged(asked.Page, asked.Size), nil
}

// Filtered is what the parameters of a URL ask for.
type Filtered struct {
	Conds      []core.Cond
	Orders     []core.Order // ends in the key
	Page, Size int          // the first page is 1
}

// readable reports whether the name of a parameter may stand in a message: it is short, and of letters, digits and a
// few signs.
func readable(name string) bool {
	const signs = "_-.[]"
	return len(name) <= 64 && name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(signs, r))
	})
}
