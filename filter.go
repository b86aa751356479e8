package prom

import (
	"net/url"
	"unsafe"

	"github.com/prom-go/prom/internal/filter"
)

// Filter converts the parameters of a URL to the conditions, the order and the page of a query. It accepts only its
// fields, with the operators that they permit. It is immutable and safe for concurrent use. Create it once, in a
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
// The name of a parameter is the name of a field, optionally followed by two underscores and an operator; the default
// is [FilterEq]. For times, the name of a part may stand between them. All conditions must be true. An unknown
// parameter is an error, unless [Filter.Ignore] ignores it. A parameter that appears twice is an error too, except the
// lists of in, notin and sort, which are joined. In an element of a list, write a comma as \, and a backslash as \\.
//
// Every error is a [*FilterError], whose text may be shown to the sender of the parameters.
type Filter[T any] struct {
	_      [0]func(*T)
	filter *filter.Filter
}

// FilterOp is an operator of a [Filter], as in the name of a parameter.
type FilterOp string

// The operators of filters. Their values are what stands behind the two underscores in a parameter's name, such as gt
// in views__gt. Without [FilterField.Ops], the operators of a field depend on its kind: numbers, decimals and times
// have the first nine; texts have Eq, Ne, In, NotIn and the last nine; all others have Eq, Ne, In and NotIn. A column
// that may be NULL also has IsNull.
const (
	FilterEq      = FilterOp(filter.Eq)      // eq: the column equals the value; the default
	FilterNe      = FilterOp(filter.Ne)      // ne: the column differs from the value
	FilterGt      = FilterOp(filter.Gt)      // gt: the column is greater than the value
	FilterGte     = FilterOp(filter.Gte)     // gte: the column is greater than or equal to the value
	FilterLt      = FilterOp(filter.Lt)      // lt: the column is less than the value
	FilterLte     = FilterOp(filter.Lte)     // lte: the column is less than or equal to the value
	FilterIn      = FilterOp(filter.In)      // in: the column equals one element of a list
	FilterNotIn   = FilterOp(filter.NotIn)   // notin: the column equals no element of a list
	FilterBetween = FilterOp(filter.Between) // between: the column is between the two elements of a list, both included
	FilterIsNull  = FilterOp(filter.IsNull)  // isnull: the column is NULL (true), or is not NULL (false)

	FilterContains     = FilterOp(filter.Contains)     // contains: the text contains the value
	FilterNotContains  = FilterOp(filter.NotContains)  // notcontains: the text does not contain the value
	FilterStartsWith   = FilterOp(filter.StartsWith)   // startswith: the text begins with the value
	FilterEndsWith     = FilterOp(filter.EndsWith)     // endswith: the text ends with the value
	FilterIEq          = FilterOp(filter.IEq)          // ieq: eq, ignoring the case of A to Z
	FilterIContains    = FilterOp(filter.IContains)    // icontains: contains, ignoring the case of A to Z
	FilterNotIContains = FilterOp(filter.NotIContains) // noticontains: notcontains, ignoring the case of A to Z
	FilterIStartsWith  = FilterOp(filter.IStartsWith)  // istartswith: startswith, ignoring the case of A to Z
	FilterIEndsWith    = FilterOp(filter.IEndsWith)    // iendswith: endswith, ignoring the case of A to Z
)

// FilterField is a field that a [Filter] accepts. [FilterOn] returns one. It is immutable.
type FilterField struct{ field filter.Field }

// FilterOn returns the field of the column with the given name. It has the operators of its kind, the parts of instants
// and days, and may be sorted by.
func FilterOn(column string) FilterField { return FilterField{filter.On(column)} }

// As sets another name of the field in parameters.
func (f FilterField) As(name string) FilterField { return FilterField{f.field.As(name)} }

// Ops sets the operators of the field. Parts of times are then only those of Parts.
func (f FilterField) Ops(ops ...FilterOp) FilterField {
	return FilterField{f.field.Ops(*(*[]filter.Op)(unsafe.Pointer(&ops)))}
}

// Parts sets the parts of the field, an instant or a day, by the names of [AnyField.Part].
func (f FilterField) Parts(parts ...string) FilterField { return FilterField{f.field.Parts(parts)} }

// NoSort excludes the field from the parameter sort.
func (f FilterField) NoSort() FilterField { return FilterField{f.field.NoSort()} }

// NewFilter returns a filter of a repo's rows by the given fields. It panics if a field does not exist or does not
// support its options. Call it in package variables, so that such mistakes show when the program starts.
func NewFilter[T any](repo *Repo[T], fields ...FilterField) *Filter[T] {
	return &Filter[T]{filter: filter.New(repo.core, *(*[]filter.Field)(unsafe.Pointer(&fields)))}
}

// PageSize sets the number of rows of a page without the parameter size, and the greatest value of that parameter.
func (f *Filter[T]) PageSize(standard, most int) *Filter[T] {
	return &Filter[T]{filter: f.filter.PageSize(standard, most)}
}

// Sorted sets the order of queries without the parameter sort. The default is the order of the primary key.
func (f *Filter[T]) Sorted(orders ...Order[*T]) *Filter[T] {
	return &Filter[T]{filter: f.filter.Sorted(ordersAt(unsafe.Pointer(&orders)))}
}

// Ignore ignores parameters with the given names. Without names it ignores all unknown parameters.
func (f *Filter[T]) Ignore(names ...string) *Filter[T] {
	return &Filter[T]{filter: f.filter.Ignore(names)}
}

// Apply adds to a query the conditions, the order and the page of the parameters. The page is always limited.
func (f *Filter[T]) Apply(q *Query[T], values url.Values) (*Query[T], error) {
	changed, err := f.filter.Apply(&q.core, values)
	return (*Query[T])(unsafe.Pointer(changed)), filterError(err)
}

// Filtered is the result of [Filter.Parse]: the conditions, the order and the page of the parameters of a URL.
type Filtered[T any] struct {
	Conds      []Cond[*T]  // one for each parameter that is a condition; all must be true
	Orders     []Order[*T] // its last term is the primary key
	Page, Size int         // the first page is 1
}

// Parse returns the conditions, the order and the page of the parameters, to build a query by hand. The conditions are
// in the order of the parameters' names.
func (f *Filter[T]) Parse(values url.Values) (Filtered[T], error) {
	asked, err := f.filter.Parse(values)
	return *(*Filtered[T])(unsafe.Pointer(&asked)), filterError(err)
}

// FilterError is an error of a parameter. It holds the name of the parameter, if that is a plain name, and the allowed
// names or values. It never holds a value, so its text may be shown to the sender of the parameters. It is of kind
// [ErrValidation].
type FilterError struct {
	Param   string   // the name of the parameter; "" if it is not a plain name
	Reason  string   // what is wrong
	Allowed []string // the allowed names or values; may be empty
}

// Error returns one line with the parameter, the reason, and what is allowed.
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
