package ast

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// JSONPath is the value of type V at a path of a document.
func JSONPath[V any](col *schema.Column, path []any) *Expr {
	like, err := LikeOf[V]()
	fn := jsonFunc(like, schema.Unwrap(reflect.TypeFor[V]()))
	if fn == dialect.NoFunc || like.Codec != nil {
		err = errors.Join(err, fmt.Errorf("a value of kind %s is not read out of JSON; read it as a text", like.Kind))
	}
	e := jsonAt(col, fn, like, path)
	if err != nil {
		e.Err = err
	}
	return e
}

// jsonFunc returns the function that reads a Go type out of a document, so that what the type does not hold is NULL
// and fails no query.
func jsonFunc(like *schema.Column, t reflect.Type) dialect.Func {
	switch {
	case like.Kind == schema.Text && !like.Scanner:
		return dialect.FuncJSONText
	case like.Kind.Integer() && like.Kind != schema.Uint64:
		narrow := map[reflect.Kind]dialect.Func{
			reflect.Int8: dialect.FuncJSONInt8, reflect.Int16: dialect.FuncJSONInt16, reflect.Int32: dialect.FuncJSONInt32,
			reflect.Uint8: dialect.FuncJSONUint8, reflect.Uint16: dialect.FuncJSONUint16, reflect.Uint32: dialect.FuncJSONUint32,
		}
		if fn, ok := narrow[t.Kind()]; ok && !like.Scanner {
			return fn
		}
		return dialect.FuncJSONInt
	case like.Kind == schema.Float32:
		return dialect.FuncJSONFloat32
	case like.Kind == schema.Float64:
		return dialect.FuncJSONFloat
	case like.Kind == schema.Bool:
		return dialect.FuncJSONBool
	case like.Kind == schema.JSON:
		switch scan.JSONForm(t) {
		case reflect.Map:
			return dialect.FuncJSONRecord
		case reflect.Slice:
			return dialect.FuncJSONList
		}
		return dialect.FuncJSONDoc
	}
	return dialect.NoFunc
}

// jsonAt makes the call of a function on a document and a path.
func jsonAt(col *schema.Column, fn dialect.Func, like *schema.Column, path []any) *Expr {
	e := Call(fn, like, ColumnExpr(col, dialect.NoPart), pathValue(path))
	if len(path) == 0 {
		e.Err = errNoPath
	}
	return e
}

var errNoPath = errors.New("a JSON path needs at least one key or index")

// pathValue returns a path as an argument. Both engines write paths alike, with keys as JSON writes texts, but for
// indexes that count from the end.
func pathValue(path []any) *Expr {
	var b, last strings.Builder
	e := &Expr{Op: ExprValue, Like: KindColumns[schema.Text]}
	both := func(s string) {
		b.WriteString(s)
		last.WriteString(s)
	}
	both("$")
	for _, segment := range path {
		switch s := segment.(type) {
		case string:
			if err := checkText(s); err != nil {
				e.Err = err
			}
			key, err := json.Marshal(s)
			if err != nil {
				e.Err = err
			}
			both("." + string(key))
		case int:
			switch {
			case s != int(int32(s)) || s == math.MinInt32:
				e.Err = errors.New("an index of a list in JSON is from -2147483647 to 2147483647")
			case s < 0:
				e.Op = ExprPath
				b.WriteString("[#" + strconv.Itoa(s) + "]")
				last.WriteString("[last-" + strconv.Itoa(-s-1) + "]")
			default:
				both("[" + strconv.Itoa(s) + "]")
			}
		default:
			e.Err = fmt.Errorf("a JSON path consists of strings (keys) and ints (indexes), not of a %T", segment)
		}
	}
	e.Val = schema.TextValue(schema.Text, b.String())
	if e.Op == ExprPath {
		e.Given = schema.TextValue(schema.Text, last.String())
	}
	return e
}

// stepsValue returns the segments of a path as a list of texts.
func stepsValue(path []any) *Expr {
	steps := make([]string, len(path))
	for i, s := range path {
		steps[i] = fmt.Sprint(s)
	}
	e := pathValue(path) // for its error
	return &Expr{Op: ExprValue, Like: textList, Val: schema.ListValue(schema.Text, steps), Err: e.Err}
}

var textList = &schema.Column{Kind: schema.Text.List()}

// jsonValue returns a value that is written as JSON, as an argument.
func jsonValue(doc any) *Expr {
	val, err := scan.JSONValue(doc)
	return &Expr{Op: ExprValue, Like: KindColumns[schema.JSON], Val: val, Err: err}
}

// HasKey makes the condition that a path of a document leads to something.
//
//go:noinline
func HasKey(c *scan.Codec, path []any) *Cond {
	return TestExpr(OpTruth, jsonAt(c.Column(), dialect.FuncJSONHas, KindColumns[schema.Bool], path))
}

// ContainsDoc makes the condition that a document contains another.
//
//go:noinline
func ContainsDoc(c *scan.Codec, doc any) *Cond {
	return TestExpr(OpTruth, Call(dialect.FuncJSONContains, KindColumns[schema.Bool],
		ColumnExpr(c.Column(), dialect.NoPart), jsonValue(doc)))
}

// ContainedByDoc makes the condition that a document is contained in another.
//
//go:noinline
func ContainedByDoc(c *scan.Codec, doc any) *Cond {
	col := ColumnExpr(c.Column(), dialect.NoPart)
	return TestExpr(OpTruth, Call(dialect.FuncJSONContainedBy, KindColumns[schema.Bool], col, jsonValue(doc)))
}

// HasKeys makes the condition that a document has one of some keys, or all of them.
//
//go:noinline
func HasKeys(fn dialect.Func, c *scan.Codec, keys []string) *Cond {
	list := &Expr{Op: ExprValue, Like: textList, Val: schema.ListValue(schema.Text, append([]string{}, keys...))}
	for _, k := range keys {
		if err := checkText(k); err != nil {
			list.Err = err
		}
	}
	return TestExpr(OpTruth, Call(fn, KindColumns[schema.Bool], ColumnExpr(c.Column(), dialect.NoPart), list))
}

// JSONAbout makes the call of a function on what is at a path of a document, which is the document itself when the path
// is empty.
//
//go:noinline
func JSONAbout(fn dialect.Func, k schema.Kind, c *scan.Codec, path []any) *Expr {
	return Call(fn, KindColumns[k], ColumnExpr(c.Column(), dialect.NoPart), pathValue(path))
}

// SetPath makes an assignment of a document with a value at a path.
//
//go:noinline
func SetPath(c *scan.Codec, value any, path []any) *Assign {
	return changePath(c, dialect.FuncJSONSetKey, dialect.FuncJSONSetIndex, path, jsonValue(value))
}

// RemovePath makes an assignment of a document without what is at a path.
//
//go:noinline
func RemovePath(c *scan.Codec, path []any) *Assign {
	return changePath(c, dialect.FuncJSONRemoveKey, dialect.FuncJSONRemoveIndex, path)
}

// changePath makes the assignment of a document that is changed at a path, by one function for a key and another for an
// index.
func changePath(c *scan.Codec, key, index dialect.Func, path []any, value ...*Expr) *Assign {
	col := c.Column()
	if len(path) == 0 {
		return &Assign{Col: col, Err: errNoPath}
	}
	fn, to := key, path[:len(path)-1]
	if i, isIndex := path[len(path)-1].(int); isIndex {
		fn = index
		if i < 0 {
			fn, to = fromEnd[index], path
		}
	}
	for _, v := range value {
		if v.Err == nil {
			v.Err = c.FitsPath(documentAt(path, v.Val.Text()))
		}
	}
	args := append([]*Expr{ColumnExpr(col, dialect.NoPart), pathValue(to), stepsValue(path)}, value...)
	return AssignTerm(new(Assign), c, Call(fn, col, args...))
}

// fromEnd are the functions of an index that counts from the end, by those of others.
var fromEnd = map[dialect.Func]dialect.Func{
	dialect.FuncJSONSetIndex: dialect.FuncJSONSetFromEnd, dialect.FuncJSONRemoveIndex: dialect.FuncJSONRemoveFromEnd,
}

// documentAt returns a document that has a value at a path, and in the lists on the way nothing else.
func documentAt(path []any, value string) string {
	var b strings.Builder
	end := make([]byte, len(path))
	for i, segment := range path {
		end[len(path)-1-i] = ']'
		if key, ok := segment.(string); ok {
			name, _ := json.Marshal(key) // a text is always JSON
			b.WriteString("{" + string(name) + ":")
			end[len(path)-1-i] = '}'
		} else {
			b.WriteByte('[')
		}
	}
	return b.String() + value + string(end)
}

// MergeDoc makes an assignment of a document with another merged into it.
//
//go:noinline
func MergeDoc(c *scan.Codec, doc any) *Assign {
	patch := jsonValue(doc)
	if patch.Err != nil {
		return &Assign{Col: c.Column(), Err: patch.Err}
	}
	if err := c.FitsPath(patch.Val.Text()); err != nil {
		return &Assign{Col: c.Column(), Err: err}
	}
	return AssignTerm(new(Assign), c, merged(ColumnExpr(c.Column(), dialect.NoPart), patch))
}

// mostRemoved is how many members are removed one by one.
const mostRemoved = 100

// merged returns a document with a patch, an object, merged into it. Most patches have no objects in them, and are
// members that are set and keys that are removed.
func merged(doc, patch *Expr) *Expr {
	var members map[string]json.RawMessage
	if json.Unmarshal([]byte(patch.Val.Text()), &members) != nil || members == nil {
		return &Expr{Op: ExprValue, Like: doc.Like, Err: errors.New("a merge needs a JSON object")}
	}
	removed := []string{}
	for _, key := range slices.Sorted(maps.Keys(members)) {
		switch value := strings.TrimSpace(string(members[key])); {
		case strings.HasPrefix(value, "{") || len(removed) > mostRemoved:
			return Call(dialect.FuncJSONMerge, doc.Like, doc, patch)
		case value == "null":
			removed = append(removed, key)
			delete(members, key)
		}
	}
	keys := &Expr{Op: ExprValue, Like: textList, Val: schema.ListValue(schema.Text, removed)}
	return Call(dialect.FuncJSONMembers, doc.Like, doc, jsonValue(members), keys)
}
