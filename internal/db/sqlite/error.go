package sqlite

import (
	"cmp"
	"database/sql"
	"errors"
	"regexp"
	"strconv"
	"strings"

	"modernc.org/sqlite"

	"github.com/prom-go/prom/internal/db/driver"

	lib "modernc.org/sqlite/lib"

	"github.com/prom-go/prom/internal/sqlite3"
)

// SQLiteError is the error of SQLite itself that an [Error] wraps: its code and its message, which may hold values.
type SQLiteError = sqlite3.Error

// Codes are the result codes of SQLite by kind, from https://www.sqlite.org/rescode.html. A code that is not listed has
// the kind of its primary code, its last eight bits.
var Codes = map[int]driver.Kind{
	lib.SQLITE_CONSTRAINT_UNIQUE:     driver.KindUnique,
	lib.SQLITE_CONSTRAINT_PRIMARYKEY: driver.KindUnique,
	lib.SQLITE_CONSTRAINT_ROWID:      driver.KindUnique,
	lib.SQLITE_CONSTRAINT_NOTNULL:    driver.KindNotNull,
	lib.SQLITE_CONSTRAINT_FOREIGNKEY: driver.KindForeignKey,
	lib.SQLITE_CONSTRAINT_CHECK:      driver.KindCheck,
	lib.SQLITE_CONSTRAINT_DATATYPE:   driver.KindType,
	lib.SQLITE_CONSTRAINT:            driver.KindCheck, // of a trigger or a virtual table
	lib.SQLITE_MISMATCH:              driver.KindType,
	lib.SQLITE_RANGE:                 driver.KindType,
	lib.SQLITE_TOOBIG:                driver.KindTooLong,
	lib.SQLITE_READONLY:              driver.KindReadOnly,
	lib.SQLITE_PERM:                  driver.KindPermission,
	lib.SQLITE_AUTH:                  driver.KindPermission,
	lib.SQLITE_BUSY:                  driver.KindBusy,
	lib.SQLITE_LOCKED:                driver.KindBusy,
	lib.SQLITE_INTERRUPT:             driver.KindCanceled,
	lib.SQLITE_CANTOPEN:              driver.KindConnection,
	lib.SQLITE_FULL:                  driver.KindDiskFull,
	lib.SQLITE_IOERR_WRITE:           driver.KindDiskFull, // what a full disk or a limit of the file's size gives
	lib.SQLITE_CORRUPT:               driver.KindCorrupt,
	lib.SQLITE_NOTADB:                driver.KindCorrupt,
}

// restricted is what SQLite says when ON DELETE or ON UPDATE RESTRICT refuses a statement, which is a trigger of its
// own (fkActionTrigger in its fkey.c).
const restricted = "FOREIGN KEY constraint failed"

// ErrorOf translates an error of SQLite, through its own connection or through database/sql. It returns nil for nil.
func ErrorOf(err error) error {
	if err == nil {
		return nil
	}
	var known *driver.Error
	if errors.As(err, &known) {
		return err
	}
	if e := driver.EndOfContext(err); e != nil {
		return e
	}
	if errors.Is(err, sqlite3.ErrStatementTimeout) {
		return &driver.Error{Kind: driver.KindTimeout, Detail: "the statement took longer than statement_timeout", Err: err}
	}
	var own *sqlite3.Error
	if errors.As(err, &own) {
		return fileError(own.Code, own.Message, own.Running, err)
	}
	var lite *sqlite.Error
	switch {
	case errors.As(err, &lite):
		return fileError(lite.Code(), withoutCode(lite.Error()), false, err)
	case errors.Is(err, sql.ErrConnDone), errors.Is(err, sql.ErrTxDone), strings.Contains(err.Error(),
		"database is closed"):
		return driver.Unsent(&driver.Error{Kind: driver.KindClosed, Detail: "the connection was closed", Err: err})
	}
	return &driver.Error{Kind: driver.KindOther, Err: err}
}

func fileError(code int, text string, running bool, err error) *driver.Error {
	kind, ok := Codes[code]
	if !ok {
		kind = Codes[code&0xff]
	}
	e := &driver.Error{Kind: kind, Err: err}
	switch {
	case code == lib.SQLITE_CONSTRAINT_TRIGGER && strings.TrimPrefix(text, "constraint failed: ") == restricted:
		e.Kind, driver.FactsOf(e).Referred = driver.KindForeignKey, true
	case kind == driver.KindUnique:
		setFailed(e, text, "UNIQUE constraint failed: ")
	case kind == driver.KindNotNull:
		setFailed(e, text, "NOT NULL constraint failed: ")
	case code == lib.SQLITE_CONSTRAINT_CHECK:
		// The name of the constraint, or the text of the condition when it has none: never a value.
		e.Constraint, _ = strings.CutPrefix(text, "CHECK constraint failed: ")
	case kind == driver.KindCheck: // what a trigger's RAISE or a virtual table says, which may be anything
		e.Detail = "a trigger or a virtual table of the database refused it"
	case running && code&0xff == lib.SQLITE_ERROR:
		setRunning(e, text)
	case code&0xff == lib.SQLITE_ERROR, code == lib.SQLITE_SCHEMA && strings.HasPrefix(text, "no such "): // the schema changes again and again
		setMissing(e, text)
	case kind == driver.KindType:
		driver.FactsOf(e).Tell = tellSQLite
	case code == lib.SQLITE_READONLY_DBMOVED:
		return movedError()
	case kind == driver.KindOther:
		e.Detail = "SQLite's result code " + strconv.Itoa(code)
	}
	return e
}

// movedError is the error of a file that has gone from under its connections.
func movedError() *driver.Error {
	return driver.Unsent(&driver.Error{Kind: driver.KindConnection,
		Detail: "the database file was removed, renamed or replaced while it was open; Close the connection, and the next call opens the file of that name"})
}

// setFailed reads "post.title, post.author", or "index 'post_title'" for an index over an expression.
func setFailed(e *driver.Error, text, phrase string) {
	list, _ := after(text, phrase)
	if name, ok := strings.CutPrefix(list, "index '"); ok {
		e.Constraint = strings.TrimSuffix(name, "'")
		return
	}
	driver.FactsOf(e).Failed = list
	for item := range strings.SplitSeq(list, ", ") {
		if table, column, ok := strings.Cut(item, "."); ok {
			e.Table = table
			e.Columns = append(e.Columns, column)
		}
	}
}

// setMissing tells what a generic error is about. SQLite has one code for a missing table, a missing column and a
// mistake in the statement; only the start of the message tells them apart, and introspection has the last word.
func setMissing(e *driver.Error, text string) {
	says := func(phrase string) bool { return strings.Contains(text, phrase) }
	switch {
	case says("no such table: "):
		e.Kind, driver.FactsOf(e).Tell = driver.KindNoTable, tellSQLite
	case says("no such column: "):
		e.Kind, driver.FactsOf(e).Tell = driver.KindNoColumn, tellSQLite
	case says(" has no column named "):
		e.Kind, driver.FactsOf(e).Tell = driver.KindNoColumn, tellSQLite
	case says("ON CONFLICT clause does not match any PRIMARY KEY or UNIQUE constraint"):
		e.Kind = driver.KindNoIndex
	case strings.HasPrefix(text, "cannot INSERT into generated column"), strings.HasPrefix(text, "cannot UPDATE generated column"):
		e.Kind, driver.FactsOf(e).Tell = driver.KindSyntax, tellGenerated
	case says(" already exists"), says("there is already "), says("duplicate column name: "):
		e.Detail, driver.FactsOf(e).Raced = "another session changed the schema at the same time", true
	default:
		e.Kind, driver.FactsOf(e).Tell = driver.KindSyntax, tellSQLite
		for phrase, detail := range Limits {
			if says(phrase) {
				e.Detail, driver.FactsOf(e).Tell = detail, nil
			}
		}
	}
}

// setRunning tells what the error of a statement is about that was understood. It comes from a function or a virtual
// table, a full text search for example, which may quote what it was given. So it is known by the messages of SQLite's
// and this library's own functions alone, by those forms of a sentence that hold no name, and nothing that it names is
// taken for a table or a column that is missing.
func setRunning(e *driver.Error, text string) {
	read, unread := strings.CutPrefix(text, unreadValue)
	kept, converted := strings.CutPrefix(text, convertedValue)
	switch {
	case converted:
		e.Kind, e.Detail = driver.KindType, kept
	case unread:
		e.Kind, e.Detail = driver.KindType, read
	case text == errIntegerRange, text == errFloatRange:
		e.Kind, e.Detail = driver.KindType, "the number is outside the range of the column"
	case computing[text] != "":
		e.Kind, e.Detail = driver.KindType, computing[text]
	case text == "LIKE or GLOB pattern too complex":
		e.Kind, e.Detail = driver.KindTooLong, "SQLite accepts patterns of up to 50,000 bytes"
	default:
		e.Kind, e.Detail = driver.KindSyntax, cmp.Or(driver.Sentence(forms, text, ""),
			"a function or a virtual table, such as a full text search, did not accept its arguments")
	}
}

// computing are the errors of this library's functions that compute, and what is to be said of them.
var computing = map[string]string{
	errNoPower:   "the number has no such power or root",
	errNoDecimal: "the value is no decimal number",
	errTimeRange: "the date or time is outside the range of the column",
	errNoZone:    "the time zone is not in this machine's zone database; import time/tzdata to have it in the program",

	errVector:     "the text is no vector such as [1,2,3]",
	errDimensions: "the vectors have different dimensions",
}

// Limits are what SQLite says of statements that are too large, and what is to be said of them; see
// https://www.sqlite.org/limits.html.
var Limits = map[string]string{
	"Expression tree is too large":      "it is nested deeper than SQLite's limit of 1,000 levels; use fewer conditions at once",
	"Recursion limit":                   "it is nested deeper than SQLite's limit; use fewer conditions at once",
	"too many terms in compound SELECT": "SQLite accepts at most 500 queries in a union; use fewer at once",
	"too many SQL variables":            "SQLite accepts at most 32,766 arguments; pass fewer at once, or pass a list as one argument",
	"tables in a join":                  "SQLite joins at most 64 tables; use fewer references",
	"too many columns in ":              "SQLite accepts at most 2,000 columns; select fewer",
	"too many terms in ORDER BY":        "SQLite accepts at most 2,000 terms in ORDER BY; use fewer",
	"too many terms in GROUP BY":        "SQLite accepts at most 2,000 terms in GROUP BY; use fewer",
	"too many arguments on function":    "a function has more arguments than SQLite accepts; pass fewer",
}

// after returns what follows a phrase in a message.
func after(text, phrase string) (string, bool) {
	_, rest, ok := strings.Cut(text, phrase)
	return rest, ok
}

// withoutCode cuts off the code in brackets that the driver of database/sql writes behind a message.
func withoutCode(text string) string {
	if i := strings.LastIndex(text, " ("); i >= 0 && strings.HasSuffix(text, ")") {
		return text[:i]
	}
	return text
}

// broken matches what SQLite says of something whose definition it does not understand, or not any more (alter.c,
// renameColumnParseError).
var broken = regexp.MustCompile(`(?s)^error in (view|trigger|index|table) (.+?)(?: after (?:drop column|rename))?: `)

// BrokenBy returns the sort and the name of what an ALTER TABLE failed for, because its definition could not be read
// then; "" for another error.
func BrokenBy(err error) (sort, name string) {
	var own *sqlite3.Error
	text := ""
	if errors.As(err, &own) {
		text = own.Message
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		text = withoutCode(lite.Error())
	}
	if m := broken.FindStringSubmatch(strings.TrimPrefix(text, "SQL logic error: ")); m != nil {
		return m[1], m[2]
	}
	return "", ""
}
