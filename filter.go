package prom

import (
	"net/url"
	"unsafe"

	"github.com/prom-go/prom/internal/filter"
)

// Filter turns the parameters of a URL into conditions, an order and a page of a query: only those of the fields that
// it was made with, by the operators that they allow. It is immutable, safe for concurrent use, and made once, in a
// package variable:
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
// A parameter is the name of a field, an operator behind two underscores, [FilterEq] if there is none, and of times a
// part between them. All must hold. One that is unknown is an error, unless [Filter.Ignore] says otherwise, and so is
// one that appears twice, but for the lists of in, notin and sort, which are joined. A comma in an element of a list is
// written \, and a backslash \\.
//
// Every error is a [*FilterError], whose text may be shown to who has sent the parameters.
type Filter[T any] struct {
	_      [0]func(*T)
	filter *filter.Filter
}

// FilterOp is an operator of a [Filter], as it stands in the name of a parameter.
type FilterOp string

// The operators. Which ones a field has without Ops depends on its kind: numbers, decimals and times the first nine,
// texts Eq, Ne, In, NotIn and the last nine, all else Eq, Ne, In and NotIn; and IsNull, where the column may be NULL.
const (
	FilterEq      = FilterOp(filter.Eq)
	FilterNe      = FilterOp(filter.Ne)
	FilterGt      = FilterOp(filter.Gt)
	FilterGte     = FilterOp(filter.Gte)
	FilterLt      = FilterOp(filter.Lt)
	FilterLte     = FilterOp(filter.Lte)
	FilterIn      = FilterOp(filter.In)      // a list; true for one of its elements
	FilterNotIn   = FilterOp(filter.NotIn)   // a list
	FilterBetween = FilterOp(filter.Between) // a list of two, both included
	FilterIsNull  = FilterOp(filter.IsNull)  // true or false

	FilterContains     = FilterOp(filter.Contains)
	FilterNotContains  = FilterOp(filter.NotContains)
	FilterStartsWith   = FilterOp(filter.StartsWith)
	FilterEndsWith     = FilterOp(filter.EndsWith)
	FilterIEq          = FilterOp(filter.IEq) // ignoring the case of A to Z, as those below
	FilterIContains    = FilterOp(filter.IContains)
	FilterNotIContains = FilterOp(filter.NotIContains)
	FilterIStartsWith  = FilterOp(filter.IStartsWith)
	FilterIEndsWith    = FilterOp(filter.IEndsWith)
)

// FilterField is a field that a [Filter] lets through, made by [FilterOn]. It is an immutable value.
type FilterField struct{ field filter.Field }

// FilterOn is the field whose column has that name, with the operators of its kind, the parts of times and days, and
// sortable.
func FilterOn(column string) FilterField { return FilterField{filter.On(column)} }

// As gives the field another name for parameters.
func (f FilterField) As(name string) FilterField { return FilterField{f.field.As(name)} }

// Ops gives the field these operators and no others. Parts of times are then those of Parts.
func (f FilterField) Ops(ops ...FilterOp) FilterField {
	return FilterField{f.field.Ops(*(*[]filter.Op)(unsafe.Pointer(&ops)))}
}

// Parts gives the field, a time or a day, these parts and no others, by the names of [AnyField.Part].
func (f FilterField) Parts(parts ...string) FilterField { return FilterField{f.field.Parts(parts)} }

// NoSort keeps the field out of the parameter sort.
func (f FilterField) NoSort() FilterField { return FilterField{f.field.NoSort()} }

// NewFilter returns the filter of a repo's rows by the given fields. It panics when a field does not exist or cannot do
// what it is to allow; this is meant to show at start-up, in package variables.
func NewFilter[T any](repo *Repo[T], fields ...FilterField) *Filter[T] {
	return &Filter[T]{filter: filter.New(repo.core, *(*[]filter.Field)(unsafe.Pointer(&fields)))}
}

// PageSize sets how many rows a page has without the parameter size, and the most that it may ask for.
func (f *Filter[T]) PageSize(standard, most int) *Filter[T] {
	return &Filter[T]{filter: f.filter.PageSize(standard, most)}
}

// Sorted sets the order of queries without the parameter sort. Without it they are in the order of the key.
func (f *Filter[T]) Sorted(orders ...Order[*T]) *Filter[T] {
	return &Filter[T]{filter: f.filter.Sorted(ordersAt(unsafe.Pointer(&orders)))}
}

// Ignore passes over parameters of these names, and without names over all that are unknown.
func (f *Filter[T]) Ignore(names ...string) *Filter[T] {
	return &Filter[T]{filter: f.filter.Ignore(names)}
}

// Apply adds to a query what the parameters ask for: conditions, the order, and the page, which is always bounded.
func (f *Filter[T]) Apply(q *Query[T], values url.Values) (*Query[T], error) {
	changed, err := f.filter.Apply(&q.core, values)
	return (*Query[T])(unsafe.Pointer(changed)), filterError(err)
}

// Filtered is what the parameters of a URL ask for.
type Filtered[T any] struct {
	Conds      []Cond[*T]
	Orders     []Order[*T] // ends in the key
	Page, Size int         // the first page is 1
}

// Parse returns what the parameters ask for, for a query that is put together by hand. The conditions are in the order
// of the parameters' names.
func (f *Filter[T]) Parse(values url.Values) (Filtered[T], error) {
	asked, err := f.filter.Parse(values)
	return *(*Filtered[T])(unsafe.Pointer(&asked)), filterError(err)
}

// FilterError is what is wrong with a parameter. It names the parameter when that is a plain name, and what is allowed;
// it never holds a value, so it may be shown to whoever has sent it. It is of the kind [ErrValidation].
type FilterError struct {
	Param   string   // "" when its name is not fit to be shown
	Reason  string   // what is wrong
	Allowed []string // what may stand there instead; may be empty
}

// Error returns one line with the parameter, the reason and what is allowed.
func (e *FilterError) Error() string { return (*filter.Error)(e).Error() }

// Unwrap returns [ErrValidation].
func (e *FilterError) Unwrap() error { return ErrValidation }

// filterError returns an error of a filter as what it is here.
func filterError(err error) error {
	if e, ok := err.(*filter.Error); ok { //nolint:errorlint // it is returned as it was made
		return (*FilterError)(e)
	}
	return err
}
