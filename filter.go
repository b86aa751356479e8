package prom

import (
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/prom-go/prom/query"
	"github.com/prom-go/prom/schema"
)

// Filter turns the parameters of a URL into conditions, an order and a page of a query: only those of the fields that it was made
// with, by the operators that they allow. It is immutable, safe for concurrent use, and made once, in a package variable:
//
//	var postFilter = prom.NewFilter(Posts,
//		prom.FilterOn("views"),
//		prom.FilterOn("title").Ops(prom.FilterEq, prom.FilterContains),
//		prom.FilterOn("author_id").As("author"),
//	).PageSize(20, 100)
//
// The parameters are
//
//	views=3  views__gt=3  title__contains=x  author__in=1,2,3  stars__isnull=true  views__between=1,9
//	at__year=2024  at__month__in=1,2  sort=-views,title  page=2  size=20
//
// A parameter is the name of a field, an operator behind two underscores, [FilterEq] if there is none, and of times a part between
// them. All must hold. One that is unknown is an error, unless [Filter.Ignore] says otherwise, and so is one that stands
// twice, but for the lists of in, notin and sort, which are joined. A comma in an element of a list is written \, and a backslash \\.
//
// Every error is a [*FilterError], whose text may be shown to who has sent the parameters.
type Filter[T any] struct {
	rules     map[string]filterRule[T] // by parameter
	fields    map[string][]string      // the parameters of each field, for messages
	names     []string                 // of the fields, in their order
	sorts     map[string]AnyField[T]
	sortNames []string
	ignored   []string
	ignoreAll bool
	standard  []Order[T] // without the parameter sort
	last      []Order[T] // the key, so that a row is on one page only
	size, max int
}

// filterRule says what a parameter does.
type filterRule[T any] struct {
	field AnyField[T]
	part  string
	op    FilterOp
}

// FilterOp is an operator of a [Filter], as it stands in the name of a parameter.
type FilterOp string

// The operators. Which ones a field has without Ops depends on its kind: numbers, decimals and times the first nine, texts Eq, Ne, In,
// NotIn and the last nine, all else Eq, Ne, In and NotIn; and IsNull, where the column may be NULL.
const (
	FilterEq      FilterOp = "eq"
	FilterNe      FilterOp = "ne"
	FilterGt      FilterOp = "gt"
	FilterGte     FilterOp = "gte"
	FilterLt      FilterOp = "lt"
	FilterLte     FilterOp = "lte"
	FilterIn      FilterOp = "in"      // a list; true for one of its elements
	FilterNotIn   FilterOp = "notin"   // a list
	FilterBetween FilterOp = "between" // a list of two, both included
	FilterIsNull  FilterOp = "isnull"  // true or false

	FilterContains     FilterOp = "contains"
	FilterNotContains  FilterOp = "notcontains"
	FilterStartsWith   FilterOp = "startswith"
	FilterEndsWith     FilterOp = "endswith"
	FilterIEq          FilterOp = "ieq" // ignoring the case of A to Z, as those below
	FilterIContains    FilterOp = "icontains"
	FilterNotIContains FilterOp = "noticontains"
	FilterIStartsWith  FilterOp = "istartswith"
	FilterIEndsWith    FilterOp = "iendswith"
)

var (
	listOps    = []FilterOp{FilterEq, FilterNe, FilterIn, FilterNotIn}
	orderedOps = []FilterOp{FilterEq, FilterNe, FilterGt, FilterGte, FilterLt, FilterLte, FilterIn, FilterNotIn, FilterBetween}
	textOps    = []FilterOp{FilterContains, FilterNotContains, FilterStartsWith, FilterEndsWith,
		FilterIEq, FilterIContains, FilterNotIContains, FilterIStartsWith, FilterIEndsWith}
	timeParts = []string{"year", "quarter", "month", "week", "day", "dayofweek", "dayofyear", "hour", "minute", "second"}
)

// FilterField is a field that a [Filter] lets through, made by [FilterOn]. It is an immutable value.
type FilterField struct {
	column, alias string
	ops           []FilterOp
	parts         []string
	chosen        bool // the operators, or the parts
	noSort        bool
}

// FilterOn is the field whose column has that name, with the operators of its kind, the parts of times and days, and sortable.
func FilterOn(column string) FilterField { return FilterField{column: column, alias: column} }

// As gives the field another name for parameters.
func (f FilterField) As(name string) FilterField { f.alias = name; return f }

// Ops gives the field these operators and no others. Parts of times are then those of Parts.
func (f FilterField) Ops(ops ...FilterOp) FilterField {
	f.ops, f.chosen = slices.Clone(ops), true
	return f
}

// Parts gives the field, a time or a day, these parts and no others, by the names of [AnyField.Part].
func (f FilterField) Parts(parts ...string) FilterField {
	f.parts, f.chosen = slices.Clone(parts), true
	return f
}

// NoSort keeps the field out of the parameter sort.
func (f FilterField) NoSort() FilterField { f.noSort = true; return f }

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

// NewFilter returns the filter of a repo's rows by the given fields. It panics when a field does not exist or cannot do what it
// is to allow; this is meant to show at start-up, in package variables.
func NewFilter[T any](repo *Repo[T], fields ...FilterField) *Filter[T] {
	f := &Filter[T]{rules: map[string]filterRule[T]{}, fields: map[string][]string{}, sorts: map[string]AnyField[T]{}, size: defaultPageSize, max: maxPageSize}
	for _, field := range fields {
		if err := f.add(repo, field); err != nil {
			panic(fmt.Errorf("prom: filter of %s: field %s: %w", reflect.TypeFor[T](), field.column, err))
		}
	}
	for _, key := range repo.core.Table().Key {
		field, err := query.FieldByName[*T](repo.core.Plan(), key.Name)
		if err != nil {
			panic(err) // it is one of the plan's own
		}
		f.last = append(f.last, field.Asc())
	}
	return f
}

// PageSize sets how many rows a page has without the parameter size, and the most that it may ask for.
func (f *Filter[T]) PageSize(standard, most int) *Filter[T] {
	if standard < 1 || most < standard {
		panic("prom: filter: a page has a row or more, and at most the greatest size")
	}
	clone := *f
	clone.size, clone.max = standard, most
	return &clone
}

// Sorted sets the order of queries without the parameter sort. Without it they are in the order of the key.
func (f *Filter[T]) Sorted(orders ...Order[T]) *Filter[T] {
	clone := *f
	clone.standard = slices.Clone(orders)
	return &clone
}

// Ignore passes over parameters of these names, and without names over all that are unknown.
func (f *Filter[T]) Ignore(names ...string) *Filter[T] {
	clone := *f
	clone.ignored = append(slices.Clone(f.ignored), names...)
	clone.ignoreAll = f.ignoreAll || len(names) == 0
	return &clone
}

// add makes the rules of a field.
func (f *Filter[T]) add(repo *Repo[T], field FilterField) error {
	byName, err := query.FieldByName[*T](repo.core.Plan(), field.column)
	if err != nil {
		return err
	}
	col := byName.Column()
	if field.alias == "" || !readable(field.alias) || f.fields[field.alias] != nil || slices.Contains([]string{paramSort, paramPage, paramSize}, field.alias) {
		return fmt.Errorf("the name %q is taken, or is none for a parameter; give it another by As", field.alias)
	}
	ops, parts := field.ops, field.parts
	if !field.chosen {
		ops, parts = standardOps(col), standardParts(col)
	}
	for _, op := range ops {
		if !slices.Contains(possibleOps(col), op) {
			return fmt.Errorf("the operator %q is none for a column of kind %s", op, col.Kind)
		}
		if err := f.rule(field.alias, filterRule[T]{field: byName, op: op}); err != nil {
			return err
		}
	}
	for _, part := range parts {
		if _, err := byName.Part(part); err != nil {
			return err
		}
		for _, op := range orderedOps {
			if err := f.rule(field.alias, filterRule[T]{field: byName, part: part, op: op}); err != nil {
				return err
			}
		}
	}
	sortable := col.Kind != schema.JSON && !col.Kind.IsList() && !field.noSort
	if f.fields[field.alias] == nil && !sortable {
		return errors.New("nothing can be asked of it")
	}
	f.names = append(f.names, field.alias)
	if sortable {
		f.sorts[field.alias] = byName
		f.sortNames = append(f.sortNames, field.alias)
	}
	return nil
}

// rule adds the parameters of a rule: with the operator, and for equality without.
func (f *Filter[T]) rule(name string, r filterRule[T]) error {
	param := name
	if r.part != "" {
		param += "__" + r.part
	}
	params := []string{param + "__" + string(r.op)}
	if r.op == FilterEq {
		params = append(params, param)
	}
	for _, p := range params {
		if _, taken := f.rules[p]; taken {
			return fmt.Errorf("the parameter %q has another meaning already; give the field another name by As", p)
		}
		f.rules[p] = r
	}
	if r.part == "" || r.op == FilterEq { // a list of all that parts can do would be long
		f.fields[name] = append(f.fields[name], params[len(params)-1])
	}
	return nil
}

func standardOps(col *schema.Column) []FilterOp {
	ops := possibleOps(col)
	if col.Kind == schema.Text && col.References == nil {
		return slices.DeleteFunc(ops, func(op FilterOp) bool { return slices.Contains(orderedOps, op) && !slices.Contains(listOps, op) })
	}
	return ops
}

// possibleOps are the operators that the kind of a column allows.
func possibleOps(col *schema.Column) []FilterOp {
	var ops []FilterOp
	switch k := col.Kind; {
	case k == schema.JSON, k == schema.Bytes, k.IsList():
	case k == schema.Bool, k == schema.UUID, col.References != nil:
		ops = append(ops, listOps...)
	case k == schema.Text:
		ops = append(append(ops, orderedOps...), textOps...)
	default:
		ops = append(ops, orderedOps...)
	}
	if col.Null {
		ops = append(ops, FilterIsNull)
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
func (f *Filter[T]) Apply(q *Query[T], values url.Values) (*Query[T], error) {
	asked, err := f.Parse(values)
	if err != nil {
		return q, err
	}
	return q.Where(asked.Conds...).OrderBy(asked.Orders...).Page(asked.Page, asked.Size), nil
}

// Filtered is what the parameters of a URL ask for.
type Filtered[T any] struct {
	Conds      []Cond[T]
	Orders     []Order[T] // ends in the key
	Page, Size int        // the first page is 1
}

// readable reports whether the name of a parameter may stand in a message: it is short, and of letters, digits and a few signs.
func readable(name string) bool {
	const signs = "_-.[]"
	return len(name) <= 64 && name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(signs, r))
	})
}
