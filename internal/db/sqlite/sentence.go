package sqlite

import (
	"errors"
	"strings"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/sqlite3"
)

// forms are those of SQLite's general error, which has no code to tell its sentences apart. They begin with what
// tells the kind already, when there is one.
var forms = []driver.Form{
	driver.NewForm(`^near "(.+)": syntax error$`, "syntax error"),
	driver.NewForm(`^unrecognized token: `, "it has a token that SQLite does not know"),
	driver.NewForm(`^incomplete input$`, ""),
	driver.NewForm(`^no such column: "([^"]+)" - should this be a string literal in single-quotes\?$`, ""),
	driver.NewForm(`^(?:no such (?:table|column|index|view|trigger|function|collation sequence|window|module)): ([^ ]+)$`,
		""),
	driver.NewForm(`^table ([^ ]+) has no column named ([^ ]+)$`, ""),
	driver.NewForm(`^wrong number of arguments to function ([^ ()]+)\(\)$`, ""),
	driver.NewForm(`^(?:misuse of aggregate: |misuse of aggregate function |misuse of window function )([^ ()]+)\(\)$`,
		""),
	driver.NewForm(`^ambiguous column name: ([^ ]+)$`, ""),
	driver.NewForm(`^SELECTs to the left and right of [A-Z ]+ do not have the same number of result columns$`, ""),
	driver.NewForm(`^sub-select returns \d+ columns - expected \d+$`, ""),
	driver.NewForm(`^\d+ values for \d+ columns$`, ""),
	driver.NewForm(`^table ([^ ]+) has \d+ columns but \d+ values were supplied$`, ""),
	driver.NewForm(`^all VALUES must have the same number of terms$`, ""),
	driver.NewForm(`^cannot modify ([^ ]+) because it is a view$`, ""),
	driver.NewForm(`^cannot (?:INSERT into|UPDATE) generated column "([^"]+)"$`, ""),
	driver.NewForm(`^row value misused$`, ""),
	driver.NewForm(`^(?:a GROUP BY|HAVING) clause (?:is required before HAVING|on a non-aggregate query)$`, ""),
	driver.NewForm(`^aggregate functions are not allowed in the GROUP BY clause$`, ""),
	driver.NewForm(`^(?:ORDER BY|LIMIT) clause should come (?:after|before) [A-Z ]+ not (?:after|before)$`, ""),
	driver.NewForm(`^\d+(?:st|nd|rd|th) (?:ORDER|GROUP) BY term (?:out of range - should be between 1 and \d+|does not match any column in the result set)$`, ""),
	driver.NewForm(`^DISTINCT (?:aggregates must have exactly one argument|is not supported for window functions)$`, ""),
	driver.NewForm(`^no tables specified$`, ""),
	driver.NewForm(`^malformed JSON$`, ""),
	driver.NewForm(`^bad JSON path: `, "the JSON path is invalid"),
	driver.NewForm(`^fts5: syntax error near `, "the query of MATCH has a syntax error"),
	driver.NewForm(`^unterminated string`, "a text or a query of MATCH has no closing quote"),
	driver.NewForm(`^datatype mismatch$`, "the value does not have the type of the primary key, an integer"),
	driver.NewForm(`^cannot store (?:TEXT|BLOB|INT|REAL|NULL|NUMERIC) value in [A-Z]+ column [^ ]+$`, ""),
}

// tellSQLite adds what SQLite said of a statement.
func tellSQLite(e *driver.Error, sql string) {
	var lite *sqlite3.Error
	if !errors.As(e.Err, &lite) {
		return
	}
	e.Detail = driver.Sentence(forms, lite.Message, sql)
	if e.Kind == driver.KindNoTable || e.Kind == driver.KindNoColumn {
		e.Detail = nameAlone(e.Detail) // the kind says the rest
	}
}

// tellGenerated says what to do about a value for a generated column.
func tellGenerated(e *driver.Error, sql string) {
	tellSQLite(e, sql)
	e.Detail = strings.TrimPrefix(e.Detail+"; the database generates the column: give its field the tag option readonly", "; ")
}

// nameAlone is the name in one of SQLite's sentences about a table or column that is missing.
func nameAlone(said string) string {
	for _, phrase := range []string{"no such table: ", "no such column: ", " has no column named "} {
		if name, ok := after(said, phrase); ok {
			name, _, _ = strings.Cut(name, " - should this be")
			return strings.Trim(name, `"`)
		}
	}
	return said
}
