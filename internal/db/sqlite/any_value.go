package sqlite

import (
	"math"
	"regexp"

	"github.com/prom-go/prom/dialect/sqlite"
	"github.com/prom-go/prom/internal/sqlite3"
)

// convertedValue begins the error of [asStored], which holds no value.
const convertedValue = sqlite.AsStored + ": "

// numeral is a text of which an affinity makes a number, with the spaces that SQLite skips.
var numeral = regexp.MustCompile(`^[ \t\n\v\f\r]*[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?[ \t\n\v\f\r]*$`)

// asStored is the function [sqlite.AsStored].
func asStored(args []sqlite3.Arg) sqlite3.Result {
	affinity, v := args[0].Text, args[1]
	pass := ""
	switch v.Type {
	case sqlite3.Integer:
		switch affinity {
		case "text":
			pass = "a string"
		case "real":
			pass = "a float64"
		}
	case sqlite3.Float:
		switch {
		case affinity == "text":
			pass = "a string"
		case affinity == "numeric" && math.Abs(v.Float) <= 1<<63 && v.Float == math.Trunc(v.Float):
			pass = "an int64"
		}
	case sqlite3.Text:
		if affinity != "text" && numeral.MatchString(v.Text) {
			pass = "a number"
		}
	}
	if v.Null || pass == "" {
		return sqlite3.Result{Argument: 2}
	}
	return sqlite3.Result{Err: convertedValue + "the column " + args[2].Text + " has the affinity of SQLite that turns " +
		classNames[v.Type] + " like this one into something else; pass " + pass}
}
