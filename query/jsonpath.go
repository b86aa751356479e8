package query

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
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

// JSONPath is the value of type V at a path of a document. A segment of the path is the key of an object, a string, or the index of a list,
// an int, which begins at 0. V is a text, a number, a boolean, or what is stored as JSON itself, such as a struct or a map. Where the path
// leads to nothing, or to something of another type, the value is NULL; [OrNull] reads that as nil.
func JSONPath[V, T any](f JSONColumn[T], path ...any) Expr[T, V] {
	like, err := likeOf[V]()
	fn := dialect.NoFunc
	switch {
	case like.Kind == schema.Text && !like.Scanner:
		fn = dialect.FuncJSONText
	case like.Kind.Integer() && like.Kind != schema.Uint64:
		fn = dialect.FuncJSONInt
	case like.Kind == schema.Float32 || like.Kind == schema.Float64:
		fn = dialect.FuncJSONFloat
	case like.Kind == schema.Bool:
		fn = dialect.FuncJSONBool
	case like.Kind == schema.JSON:
		fn = dialect.FuncJSONDoc
	}
	if fn == dialect.NoFunc || like.Codec != nil {
		err = errors.Join(err, fmt.Errorf("a value of kind %s is not read out of JSON; read it as a text", like.Kind))
	}
	e := jsonAt(f.jsonColumn(nil).Column(), fn, like, path)
	if err != nil {
		e.err = err
	}
	return typed[T, V](e)
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
	doc := value
	for _, segment := range slices.Backward(path) {
		if key, ok := segment.(string); ok {
			name, _ := json.Marshal(key) // a text is always JSON
			doc = "{" + string(name) + ":" + doc + "}"
		} else {
			doc = "[" + doc + "]"
		}
	}
	return doc
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
	return assignTerm(c, merged(columnExpr(c.Column(), dialect.NoPart), nil, patch.val.Text()))
}

// merged returns what is at a path of a document with a patch, an object, merged into it.
func merged(doc *expr, path []any, patch string) *expr {
	at := doc
	if len(path) > 0 {
		at = jsonCall(dialect.FuncJSONDoc, kindColumns[schema.JSON], doc, pathValue(path))
	}
	x := jsonCall(dialect.FuncJSONObject, doc.like, at)
	var members map[string]json.RawMessage
	if json.Unmarshal([]byte(patch), &members) != nil || members == nil {
		x.err = errors.New("what is merged into a document must be an object of JSON")
		return x
	}
	for _, key := range slices.Sorted(maps.Keys(members)) {
		value := strings.TrimSpace(string(members[key]))
		switch {
		case value == "null":
			x = jsonCall(dialect.FuncJSONDrop, doc.like, x, textArg(key))
		case strings.HasPrefix(value, "{"):
			inner := merged(doc, append(slices.Clone(path), key), value)
			x = jsonCall(dialect.FuncJSONPut, doc.like, x, textArg(key), inner)
		default:
			x = jsonCall(dialect.FuncJSONPut, doc.like, x, textArg(key), jsonValue(members[key]))
		}
	}
	return x
}
