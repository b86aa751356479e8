package filter

import (
	"fmt"
	"maps"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/core"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/schema"
)

// Error is what is wrong with a parameter. It names the parameter when that is a plain name, and what is allowed; it
// never holds a value, so it may be shown to whoever has sent it. It is of the kind [driver.KindValidation].
type Error struct {
	Param   string   // "" when its name is not fit to be shown
	Reason  string   // what is wrong
	Allowed []string // what may stand there instead; may be empty
}

// Error returns one line with the parameter, the reason and what is allowed.
func (e *Error) Error() string {
	text := "parameter"
	if e.Param != "" {
		text += " " + e.Param
	}
	text += ": " + e.Reason
	if len(e.Allowed) > 0 {
		text += "; allowed: " + strings.Join(e.Allowed, ", ")
	}
	return text
}

// Unwrap returns [driver.KindValidation].
func (e *Error) Unwrap() error { return driver.KindValidation }

// The bounds of what a parameter may hold.
const (
	maxFilterText = 1000    // bytes of a value
	maxFilterList = 1000    // elements
	maxFilterRows = 1 << 40 // that a page may lie behind
)

// Parse returns what the parameters ask for, for a query that is put together by hand. The conditions are in the order
// of the parameters' names.
func (f *Filter) Parse(values url.Values) (Filtered, error) {
	asked := Filtered{Page: 1, Size: f.size, Orders: f.standard}
	for _, param := range slices.Sorted(maps.Keys(values)) {
		err := f.parse(&asked, param, values[param])
		if err != nil {
			return Filtered{}, err
		}
	}
	if int64(asked.Page-1) > maxFilterRows/int64(asked.Size) {
		return Filtered{}, &Error{Param: paramPage, Reason: "it is too large"}
	}
	asked.Orders = append(slices.Clip(asked.Orders), f.last...)
	return asked, nil
}

func (f *Filter) parse(asked *Filtered, param string, values []string) (err error) {
	switch param {
	case paramSort:
		asked.Orders, err = f.sort(values)
	case paramPage:
		asked.Page, err = wholeNumber(param, values, math.MaxInt32)
	case paramSize:
		asked.Size, err = wholeNumber(param, values, f.max)
	default:
		rule, ok := f.rules[param]
		if !ok {
			return f.unknown(param)
		}
		cond, failed := rule.cond(param, values)
		if failed != nil {
			return failed
		}
		asked.Conds = append(asked.Conds, cond)
	}
	return err
}

// unknown returns the error of a parameter that no rule knows, or nil when it is to be ignored.
func (f *Filter) unknown(param string) error {
	if slices.Contains(f.ignored, param) {
		return nil
	}
	for _, name := range f.names {
		if param == name || strings.HasPrefix(param, name+"__") {
			return &Error{Param: shown(param), Reason: "the field has no such operator or part",
				Allowed: slices.Clone(f.fields[name])}
		}
	}
	if f.ignoreAll {
		return nil
	}
	return &Error{Param: shown(param), Reason: "there is no such parameter",
		Allowed: append(slices.Clone(f.names), paramSort, paramPage, paramSize)}
}

func shown(param string) string {
	if readable(param) {
		return param
	}
	return ""
}

// wholeNumber reads a number from 1 to most.
func wholeNumber(param string, values []string, most int) (int, error) {
	text, err := single(param, values)
	if err != nil {
		return 0, err
	}
	n, bad := strconv.Atoi(text)
	if bad != nil || n < 1 || n > most || text[0] == '+' {
		return 0, &Error{Param: param, Reason: fmt.Sprintf("it must be a whole number from 1 to %d", most)}
	}
	return n, nil
}

// single returns the one value of a parameter.
func single(param string, values []string) (string, error) {
	switch {
	case len(values) != 1:
		return "", &Error{Param: param, Reason: "it must appear once"}
	case len(values[0]) > maxFilterText:
		return "", &Error{Param: param, Reason: fmt.Sprintf("it is longer than %d bytes", maxFilterText)}
	}
	return values[0], nil
}

// sort reads the names of fields, those with a minus in front backwards.
func (f *Filter) sort(values []string) ([]core.Order, error) {
	names, err := elements(paramSort, values, len(f.sorts))
	if err != nil {
		return nil, err
	}
	var orders []core.Order
	seen := map[string]bool{}
	for _, item := range names {
		name, down := strings.CutPrefix(item, "-")
		field, ok := f.sorts[name]
		switch {
		case !ok:
			return nil, &Error{Param: paramSort,
				Reason: "it is not a list of fields to sort by, with a minus in front of descending ones", Allowed: slices.Clone(f.sortNames)}
		case seen[name]:
			return nil, &Error{Param: paramSort, Reason: "a field appears in it twice"}
		case down:
			orders = append(orders, field.OrderBy(true))
		default:
			orders = append(orders, field.OrderBy(false))
		}
		seen[name] = true
	}
	return orders, nil
}

// elements splits lists at their commas and joins them.
func elements(param string, values []string, most int) ([]string, error) {
	var list []string
	for _, value := range values {
		if len(value) > maxFilterText*maxFilterList {
			return nil, &Error{Param: param, Reason: "it is too long"}
		}
		var b strings.Builder
		for i := 0; i <= len(value); i++ {
			switch {
			case i == len(value) || value[i] == ',':
				list = append(list, b.String())
				b.Reset()
			case value[i] == '\\' && i+1 < len(value) && (value[i+1] == ',' || value[i+1] == '\\'):
				i++
				b.WriteByte(value[i])
			default:
				b.WriteByte(value[i])
			}
			if len(list) > most {
				return nil, &Error{Param: param, Reason: fmt.Sprintf("its list has more than %d elements", most)}
			}
		}
	}
	return list, nil
}

// cond makes the condition of a parameter.
func (r rule) cond(param string, values []string) (core.Cond, error) {
	var cond core.Cond
	var err error
	switch {
	case r.op == In, r.op == NotIn, r.op == Between:
		cond, err = r.list(param, values)
	default:
		var text string
		if text, err = single(param, values); err == nil {
			cond, err = r.one(param, text)
		}
	}
	if err != nil {
		return nil, err
	}
	if (ast.Spec{}).Where([]core.Cond{cond}).Err() != nil {
		return nil, &Error{Param: param, Reason: "it must be " + r.wants()}
	}
	return cond, nil
}

func (r rule) list(param string, values []string) (core.Cond, error) {
	most := maxFilterList
	if r.op == Between {
		most = 2
	}
	list, err := elements(param, values, most)
	if err != nil {
		return nil, err
	}
	if r.op == Between && len(list) != 2 {
		return nil, &Error{Param: param, Reason: "it must be two values with a comma between them"}
	}
	if r.part != "" {
		part, err := r.field.Part(r.part)
		if err != nil {
			return nil, err
		}
		ns := make([]int, len(list))
		for i, text := range list {
			if ns[i], err = r.number(param, text); err != nil {
				return nil, err
			}
		}
		if r.op == Between {
			return r.field.PartInRange(part, ns[0], ns[1]), nil
		}
		return r.field.PartIn(comparisons[r.op], part, ns), nil
	}
	xs := make([]any, len(list))
	for i, text := range list {
		if xs[i], err = r.value(param, text); err != nil {
			return nil, err
		}
	}
	if r.op == Between {
		return r.field.InRange(xs[0], xs[1]), nil
	}
	return r.field.In(comparisons[r.op], xs), nil
}

// comparisons are the operators of conditions on values.
var comparisons = map[Op]ast.Op{
	Eq: ast.OpEq, Ne: ast.OpNe, Gt: ast.OpGt, Gte: ast.OpGe, Lt: ast.OpLt, Lte: ast.OpLe, In: ast.OpIn, NotIn: ast.OpNotIn,
}

func (r rule) one(param, text string) (core.Cond, error) {
	if r.part != "" {
		part, err := r.field.Part(r.part)
		if err != nil {
			return nil, err
		}
		n, err := r.number(param, text)
		if err != nil {
			return nil, err
		}
		return r.field.ComparePart(comparisons[r.op], part, n), nil
	}
	field := r.field
	switch r.op {
	case IsNull:
		switch text {
		case "true", "1":
			return field.Test(ast.OpNull), nil
		case "false", "0":
			return field.Test(ast.OpNotNull), nil
		}
		return nil, &Error{Param: param, Reason: "it must be true or false"}
	case Contains:
		return field.Matches(dialect.MatchContains, text, false, false), nil
	case NotContains:
		return field.Matches(dialect.MatchContains, text, false, true), nil
	case StartsWith:
		return field.Matches(dialect.MatchPrefix, text, false, false), nil
	case EndsWith:
		return field.Matches(dialect.MatchSuffix, text, false, false), nil
	case IEq:
		return field.Matches(dialect.MatchLike, ast.EscapeLike(text), true, false), nil
	case IContains:
		return field.Matches(dialect.MatchContains, text, true, false), nil
	case NotIContains:
		return field.Matches(dialect.MatchContains, text, true, true), nil
	case IStartsWith:
		return field.Matches(dialect.MatchPrefix, text, true, false), nil
	case IEndsWith:
		return field.Matches(dialect.MatchSuffix, text, true, false), nil
	}
	x, err := r.value(param, text)
	if err != nil {
		return nil, err
	}
	return field.Compare(comparisons[r.op], x), nil
}

// value reads a value of the field.
func (r rule) value(param, text string) (any, error) {
	v, err := r.field.Parse(text)
	if err != nil || len(text) > maxFilterText || infinite(v.Value()) {
		return nil, &Error{Param: param, Reason: "it must be " + r.wants()}
	}
	return v, nil
}

func infinite(v schema.Value) bool {
	return (v.Kind() == schema.Float32 || v.Kind() == schema.Float64) && math.IsInf(v.Float(), 0)
}

// number reads the value of a part.
func (r rule) number(param, text string) (int, error) {
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return 0, &Error{Param: param, Reason: "it must be " + r.wants()}
	}
	return int(n), nil
}

// wants says what a value of the field looks like.
func (r rule) wants() string {
	col := r.field.Column()
	what := "a text without a NUL, in UTF-8"
	switch {
	case r.part != "" || col.Kind.Integer():
		what = "a whole number that the field can hold"
	case col.Kind.Number():
		what = "a number that the field can hold"
	case col.Kind == schema.Bool:
		return "true or false"
	case col.Kind == schema.Time:
		what = "a time such as 2024-02-29T12:00:00Z"
	case col.Kind == schema.Date:
		what = "a day such as 2024-02-29"
	case col.Kind == schema.Clock:
		what = "a time of day such as 12:30:00"
	case col.Kind == schema.UUID:
		what = "a UUID"
	}
	switch r.op {
	case In, NotIn, Between:
		return "a list of which each is " + what
	}
	return what
}
