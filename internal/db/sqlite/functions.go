package sqlite

import (
	"encoding/json"
	"strings"

	"github.com/prom-go/prom/dialect/sqlite"
	"github.com/prom-go/prom/internal/jsontext"
	"github.com/prom-go/prom/internal/match"
	"github.com/prom-go/prom/internal/span"
	"github.com/prom-go/prom/internal/sqlite3"
	"github.com/prom-go/prom/schema"
)

// addFunctions gives a connection the functions and the collation that the dialect's statements use.
func addFunctions(c *sqlite3.Conn) error {
	if err := c.CreateCollation(sqlite.DecimalCollation, schema.CompareDecimals); err != nil {
		return err
	}
	if err := c.CreateCollation(sqlite.IntervalCollation, schema.CompareIntervals); err != nil {
		return err
	}
	if err := c.CreateCollation(sqlite.RangeCollation, span.Compare); err != nil {
		return err
	}
	if err := c.CreateAggregate(sqlite.DecimalSum, func() sqlite3.Aggregate { return &decimalSum{} }); err != nil {
		return err
	}
	if err := c.CreateAggregate(sqlite.DecimalAverage,
		func() sqlite3.Aggregate { return &decimalSum{average: true} }); err != nil {
		return err
	}
	for name, v := range map[string]variance{
		sqlite.VarPop: {}, sqlite.VarSamp: {sample: true}, sqlite.StddevPop: {root: true}, sqlite.StddevSamp: {sample: true,
			root: true},
	} {
		if err := c.CreateNumberAggregate(name,
			func() sqlite3.NumberAggregate { return &variance{sample: v.sample, root: v.root} }); err != nil {
			return err
		}
	}
	for name, compute := range arithmetic {
		if err := c.CreateArithmetic(name, 2, compute); err != nil {
			return err
		}
	}
	for name, compute := range ofOne {
		if err := c.CreateArithmetic(name, 1, compute); err != nil {
			return err
		}
	}
	for name, call := range functions {
		if err := c.CreateFunction(name, -1, call); err != nil {
			return err
		}
	}
	if err := c.CreateFunction(sqlite.Regexp, 2, regexpMatches()); err != nil {
		return err
	}
	if err := c.CreateFunction(sqlite.Value, 3, liteValue); err != nil {
		return err
	}
	if err := c.CreateFunction(sqlite.AsStored, 3, asStored); err != nil {
		return err
	}
	if err := c.CreateFunction(sqlite.JSONLast, 1, jsonLast); err != nil {
		return err
	}
	if err := c.CreateFunction(sqlite.ListJoin, 2, listJoin); err != nil {
		return err
	}
	if err := c.CreateFunction(sqlite.JSONContains, 2, jsonContains(c)); err != nil {
		return err
	}
	if err := c.CreateFunction(sqlite.JSONMerge, 3, jsonMerge); err != nil {
		return err
	}
	operands := new(vectors)
	for name, compute := range distances {
		if err := c.CreateFunction(name, 2, operands.distance(compute)); err != nil {
			return err
		}
	}
	for name, m := range map[string]*match.Matcher{
		sqlite.TextLike: match.New(match.Like, false), sqlite.TextLikeFold: match.New(match.Like, true),
		sqlite.TextEnds: match.New(match.Suffix, false), sqlite.TextEndsFold: match.New(match.Suffix, true),
		sqlite.TextHas: match.New(match.Contains, false), sqlite.TextHasFold: match.New(match.Contains, true),
	} {
		if err := c.CreateFunction(name, 2, textMatches(c, m)); err != nil {
			return err
		}
	}
	return nil
}

// textMatches tells whether a text matches a pattern.
func textMatches(c *sqlite3.Conn, m *match.Matcher) func(args []sqlite3.Arg) sqlite3.Result {
	return func(args []sqlite3.Arg) sqlite3.Result {
		if args[0].Null || args[1].Null {
			return sqlite3.Result{}
		}
		matches, stopped := m.Match(args[0].Text, args[1].Text, c.Ended)
		return sqlite3.Result{Type: sqlite3.Integer, Int: truth(matches), Interrupted: stopped}
	}
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// jsonLast is a document in which an object has no key twice, since SQLite's functions take the first of equal ones,
// and PostgreSQL and encoding/json the last.
func jsonLast(args []sqlite3.Arg) sqlite3.Result {
	// A number, too, may be a document, and a BLOB one in SQLite's own form.
	if args[0].Null || args[0].Type == sqlite3.Blob {
		return sqlite3.Result{Argument: 1}
	}
	if last := jsontext.Last(args[0].Text); len(last) < len(args[0].Text) {
		return sqlite3.Result{Type: sqlite3.Text, Text: last}
	}
	return sqlite3.Result{Argument: 1}
}

// malformedJSON is what SQLite itself says of a text that is no JSON.
const malformedJSON = "malformed JSON"

// jsonContains is PostgreSQL's operator @> on jsonb: whether the second document is contained in the first one.
func jsonContains(c *sqlite3.Conn) func(args []sqlite3.Arg) sqlite3.Result {
	var container jsontext.Container
	return func(args []sqlite3.Arg) sqlite3.Result {
		if args[0].Null || args[1].Null {
			return sqlite3.Result{}
		}
		contains, ok, stopped := container.Contains(args[0].Text, args[1].Text, c.Ended)
		if !ok {
			return sqlite3.Result{Err: malformedJSON}
		}
		return sqlite3.Result{Type: sqlite3.Integer, Int: truth(contains), Interrupted: stopped}
	}
}

// jsonMerge merges a patch into a document, of which NULL is an empty one, and removes the keys of a list.
func jsonMerge(args []sqlite3.Arg) sqlite3.Result {
	doc := args[0].Text
	if args[0].Null {
		doc = "null"
	}
	var remove []string
	if err := json.Unmarshal([]byte(args[2].Text), &remove); err != nil {
		return sqlite3.Result{Err: malformedJSON}
	}
	text, ok := jsontext.Patch(doc, args[1].Text, remove)
	if !ok {
		return sqlite3.Result{Err: malformedJSON}
	}
	return sqlite3.Result{Type: sqlite3.Text, Text: text}
}

// listJoin joins the texts of a list with a separator; it is NULL when there are none.
func listJoin(args []sqlite3.Arg) sqlite3.Result {
	if args[0].Null {
		return sqlite3.Result{}
	}
	var texts []string
	if err := json.Unmarshal([]byte(args[0].Text), &texts); err != nil {
		return sqlite3.Result{Err: malformedJSON}
	}
	if len(texts) == 0 {
		return sqlite3.Result{}
	}
	return sqlite3.Result{Type: sqlite3.Text, Text: strings.Join(texts, args[1].Text)}
}
