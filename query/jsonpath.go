package query

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// JSONColumn is a column of T that holds a JSON document: a [JSONField] or a [NullJSONField].
type JSONColumn[T any] interface {
	jsonColumn(*T) *scan.Codec
}

// JSONPath is the value of type V at a path of a document. A segment of the path is the key of an object, a string,
// or the index of a list, an int, which begins at 0. V is a text, a number, a boolean, or what is stored as JSON
// itself, such as a struct or a map. Where the path leads to nothing, or to something of another type, such as a
// number that V does not hold, the value is NULL; [OrNull] reads that as nil. What is within an object or a list must
// fit V.
func JSONPath[V, T any](f JSONColumn[T], path ...any) Expr[T, V] {
	like, err := likeOf[V]()
	fn := jsonFunc(like, schema.Unwrap(reflect.TypeFor[V]()))
	if fn == dialect.NoFunc || like.Codec != nil {
		err = errors.Join(err, fmt.Errorf("a value of kind %s is not read out of JSON; read it as a text", like.Kind))
	}
	e := jsonAt(f.jsonColumn(nil).Column(), fn, like, path)
	if err != nil {
		e.err = err
	}
	return typed[T, V](e)
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

// JSONText is the text at a path of a document, see [JSONPath].
func JSONText[T any](f JSONColumn[T], path ...any) TextExpr[T, string] {
	return TextExpr[T, string]{JSONPath[string](f, path...)}
}

// JSONInt is the whole number at a path of a document, see [JSONPath].
func JSONInt[T any](f JSONColumn[T], path ...any) Expr[T, int64] { return JSONPath[int64](f, path...) }

// JSONNumber is the number at a path of a document, see [JSONPath].
func JSONNumber[T any](f JSONColumn[T], path ...any) Expr[T, float64] {
	return JSONPath[float64](f, path...)
}

// JSONBool is the boolean at a path of a document, see [JSONPath].
func JSONBool[T any](f JSONColumn[T], path ...any) Expr[T, bool] { return JSONPath[bool](f, path...) }

func jsonCall(fn dialect.Func, like *schema.Column, args ...*expr) *expr {
	return &expr{op: exprCall, fn: fn, like: like, args: args}
}

func jsonAt(col *schema.Column, fn dialect.Func, like *schema.Column, path []any) *expr {
	e := jsonCall(fn, like, columnExpr(col, dialect.NoPart), pathValue(path))
	if len(path) == 0 {
		e.err = errNoPath
	}
	return e
}

var errNoPath = errors.New("a path into JSON needs a key or an index")

// pathValue returns a path as an argument. Both engines write paths alike, with keys as JSON writes texts.
func pathValue(path []any) *expr {
	var b strings.Builder
	b.WriteByte('$')
	e := &expr{op: exprValue, like: kindColumns[schema.Text]}
	for _, segment := range path {
		switch s := segment.(type) {
		case string:
			if err := checkText(s); err != nil {
				e.err = err
			}
			key, err := json.Marshal(s)
			if err != nil {
				e.err = err
			}
			b.WriteString("." + string(key))
		case int:
			if s < 0 || s > 1<<31-1 {
				e.err = errors.New("an index of a list in JSON is from 0 to 2147483647")
			}
			b.WriteString("[" + strconv.Itoa(s) + "]")
		default:
			e.err = fmt.Errorf("a segment of a path into JSON is a string or an int, not a %T", segment)
		}
	}
	e.val = schema.TextValue(schema.Text, b.String())
	return e
}

// stepsValue returns the segments of a path as a list of texts.
func stepsValue(path []any) *expr {
	steps := make([]string, len(path))
	for i, s := range path {
		steps[i] = fmt.Sprint(s)
	}
	e := pathValue(path) // for its error
	return &expr{op: exprValue, like: textList, val: schema.ListValue(schema.Text, steps), err: e.err}
}

var textList = &schema.Column{Kind: schema.Text.List()}

// jsonValue returns a value that is written as JSON, as an argument.
func jsonValue(doc any) *expr {
	val, err := scan.JSONValue(doc)
	return &expr{op: exprValue, like: kindColumns[schema.JSON], val: val, err: err}
}

//go:noinline
func hasKey(c *scan.Codec, path []any) *node {
	return testExpr(opTruth, jsonAt(c.Column(), dialect.FuncJSONHas, kindColumns[schema.Bool], path))
}

//go:noinline
func containsDoc(c *scan.Codec, doc any) *node {
	return testExpr(opTruth, jsonCall(dialect.FuncJSONContains, kindColumns[schema.Bool], columnExpr(c.Column(), dialect.NoPart), jsonValue(doc)))
}

//go:noinline
func setPath(c *scan.Codec, value any, path []any) *assignment {
	return changePath(c, dialect.FuncJSONSetKey, dialect.FuncJSONSetIndex, path, jsonValue(value))
}

//go:noinline
func removePath(c *scan.Codec, path []any) *assignment {
	return changePath(c, dialect.FuncJSONRemoveKey, dialect.FuncJSONRemoveIndex, path)
}

// changePath makes the assignment of a document that is changed at a path, by one function for a key and another for an index.
func changePath(c *scan.Codec, key, index dialect.Func, path []any, value ...*expr) *assignment {
	col := c.Column()
	if len(path) == 0 {
		return &assignment{col: col, err: errNoPath}
	}
	fn := key
	if _, isKey := path[len(path)-1].(string); !isKey {
		fn = index
	}
	for _, v := range value {
		if v.err == nil {
			v.err = c.FitsPath(documentAt(path, v.val.Text()))
		}
	}
	args := append([]*expr{columnExpr(col, dialect.NoPart), pathValue(path[:len(path)-1]), stepsValue(path)}, value...)
	return assignTerm(c, jsonCall(fn, col, args...))
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

//go:noinline
func mergeDoc(c *scan.Codec, doc any) *assignment {
	patch := jsonValue(doc)
	if patch.err != nil {
		return &assignment{col: c.Column(), err: patch.err}
	}
	if err := c.FitsPath(patch.val.Text()); err != nil {
		return &assignment{col: c.Column(), err: err}
	}
	return assignTerm(c, merged(columnExpr(c.Column(), dialect.NoPart), patch))
}

// mostRemoved is how many members are removed one by one.
const mostRemoved = 100

// merged returns a document with a patch, an object, merged into it. Most patches have no objects in them, and are
// members that are set and keys that are removed.
func merged(doc, patch *expr) *expr {
	var members map[string]json.RawMessage
	if json.Unmarshal([]byte(patch.val.Text()), &members) != nil || members == nil {
		return &expr{op: exprValue, like: doc.like, err: errors.New("what is merged into a document must be an object of JSON")}
	}
	removed := []string{}
	for _, key := range slices.Sorted(maps.Keys(members)) {
		switch value := strings.TrimSpace(string(members[key])); {
		case strings.HasPrefix(value, "{") || len(removed) > mostRemoved:
			return jsonCall(dialect.FuncJSONMerge, doc.like, doc, patch)
		case value == "null":
			removed = append(removed, key)
			delete(members, key)
		}
	}
	keys := &expr{op: exprValue, like: textList, val: schema.ListValue(schema.Text, removed)}
	return jsonCall(dialect.FuncJSONMembers, doc.like, doc, jsonValue(members), keys)
}
