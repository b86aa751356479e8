package conn

import (
	"cmp"
	"database/sql"
	"errors"
	"strconv"
	"strings"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"github.com/prom-go/prom/internal/sqlite3"
)

// SQLiteError is the error of SQLite itself that an [Error] wraps: its code and its message, which may hold values.
type SQLiteError = sqlite3.Error

// sqliteCodes are the result codes of SQLite by kind, from https://www.sqlite.org/rescode.html. A code that is not listed has
// the kind of its primary code, its last eight bits.
var sqliteCodes = map[int]Kind{
	lib.SQLITE_CONSTRAINT_UNIQUE:     KindUnique,
	lib.SQLITE_CONSTRAINT_PRIMARYKEY: KindUnique,
	lib.SQLITE_CONSTRAINT_ROWID:      KindUnique,
	lib.SQLITE_CONSTRAINT_NOTNULL:    KindNotNull,
	lib.SQLITE_CONSTRAINT_FOREIGNKEY: KindForeignKey,
	lib.SQLITE_CONSTRAINT_CHECK:      KindCheck,
	lib.SQLITE_CONSTRAINT_DATATYPE:   KindType,
	lib.SQLITE_CONSTRAINT:            KindCheck, // of a trigger or a virtual table
	lib.SQLITE_MISMATCH:              KindType,
	lib.SQLITE_RANGE:                 KindType,
	lib.SQLITE_TOOBIG:                KindTooLong,
	lib.SQLITE_READONLY:              KindReadOnly,
	lib.SQLITE_PERM:                  KindPermission,
	lib.SQLITE_AUTH:                  KindPermission,
	lib.SQLITE_BUSY:                  KindBusy,
	lib.SQLITE_LOCKED:                KindBusy,
	lib.SQLITE_INTERRUPT:             KindCanceled,
	lib.SQLITE_CANTOPEN:              KindConnection,
	lib.SQLITE_FULL:                  KindDiskFull,
	lib.SQLITE_IOERR_WRITE:           KindDiskFull, // what a full disk or a limit of the file's size gives
	lib.SQLITE_CORRUPT:               KindCorrupt,
	lib.SQLITE_NOTADB:                KindCorrupt,
}

// restricted is what SQLite says when ON DELETE or ON UPDATE RESTRICT refuses a statement, which is a trigger of its
// own (fkActionTrigger in its fkey.c).
const restricted = "FOREIGN KEY constraint failed"

// sqliteError translates an error of SQLite, through its own connection or through database/sql. It returns nil for nil.
func sqliteError(err error) error {
	if err == nil {
		return nil
	}
	var known *Error
	if errors.As(err, &known) {
		return err
	}
	if e := contextError(err); e != nil {
		return e
	}
	var own *sqlite3.Error
	if errors.As(err, &own) {
		return fileError(own.Code, own.Message, own.Running, err)
	}
	var lite *sqlite.Error
	switch {
	case errors.As(err, &lite):
		return fileError(lite.Code(), withoutCode(lite.Error()), false, err)
	case errors.Is(err, sql.ErrConnDone), errors.Is(err, sql.ErrTxDone), strings.Contains(err.Error(), "database is closed"):
		return &Error{Kind: KindClosed, Detail: "the connection was closed", Err: err, fresh: true}
	}
	return &Error{Kind: KindOther, Err: err}
}

func fileError(code int, text string, running bool, err error) *Error {
	kind, ok := sqliteCodes[code]
	if !ok {
		kind = sqliteCodes[code&0xff]
	}
	e := &Error{Kind: kind, Err: err}
	switch {
	case code == lib.SQLITE_CONSTRAINT_TRIGGER && strings.TrimPrefix(text, "constraint failed: ") == restricted:
		e.Kind, e.referred = KindForeignKey, true
	case kind == KindUnique:
		e.setFailed(text, "UNIQUE constraint failed: ")
	case kind == KindNotNull:
		e.setFailed(text, "NOT NULL constraint failed: ")
	case code == lib.SQLITE_CONSTRAINT_CHECK:
		// The name of the constraint, or the text of the condition when it has none: never a value.
		e.Constraint, _ = strings.CutPrefix(text, "CHECK constraint failed: ")
	case kind == KindCheck: // what a trigger's RAISE or a virtual table says, which may be anything
		e.Detail = "a trigger or a virtual table of the database refused it"
	case running && code&0xff == lib.SQLITE_ERROR:
		e.setRunning(text)
	case code&0xff == lib.SQLITE_ERROR, code == lib.SQLITE_SCHEMA && strings.HasPrefix(text, "no such "): // the schema changes again and again
		e.setMissing(text)
	case kind == KindType:
		e.untold = true
	case code == lib.SQLITE_READONLY_DBMOVED:
		return movedError()
	case kind == KindOther:
		e.Detail = "SQLite's result code " + strconv.Itoa(code)
	}
	return e
}

// movedError is the error of a file that has gone from under its connections.
func movedError() *Error {
	return &Error{Kind: KindConnection, fresh: true,
		Detail: "the database's file was removed, renamed or replaced while it was open; Close the connection, and it opens the file of that name anew"}
}

// setFailed reads "post.title, post.author", or "index 'post_title'" for an index over an expression.
func (e *Error) setFailed(text, phrase string) {
	list, _ := after(text, phrase)
	if name, ok := strings.CutPrefix(list, "index '"); ok {
		e.Constraint = strings.TrimSuffix(name, "'")
		return
	}
	e.failed = list
	for item := range strings.SplitSeq(list, ", ") {
		if table, column, ok := strings.Cut(item, "."); ok {
			e.Table = table
			e.Columns = append(e.Columns, column)
		}
	}
}

// setMissing tells what a generic error is about. SQLite has one code for a missing table, a missing column and a mistake in
// the statement; only the start of the message tells them apart, and introspection has the last word.
func (e *Error) setMissing(text string) {
	says := func(phrase string) bool { return strings.Contains(text, phrase) }
	switch {
	case says("no such table: "):
		e.Kind, e.untold = KindNoTable, true
	case says("no such column: "):
		e.Kind, e.untold = KindNoColumn, true
	case says(" has no column named "):
		e.Kind, e.untold = KindNoColumn, true
	case says("ON CONFLICT clause does not match any PRIMARY KEY or UNIQUE constraint"):
		e.Kind = KindNoIndex
	case says(" already exists"), says("there is already "), says("duplicate column name: "):
		e.Detail, e.raced = "somebody else changed the schema at the same moment", true
	default:
		e.Kind, e.untold = KindSyntax, true
		for phrase, detail := range sqliteLimits {
			if says(phrase) {
				e.Detail, e.untold = detail, false
			}
		}
	}
}

// setRunning tells what the error of a statement is about that was understood. It comes from a function or a virtual
// table, a full text search for example, which may quote what it was given. So it is known by the messages of SQLite's
// and this library's own functions alone, by those forms of a sentence that hold no name, and nothing that it names is
// taken for a table or a column that is missing.
func (e *Error) setRunning(text string) {
	read, unread := strings.CutPrefix(text, unreadValue)
	switch {
	case unread:
		e.Kind, e.Detail = KindType, read
	case text == errIntegerRange, text == errFloatRange:
		e.Kind, e.Detail = KindType, "the number is outside the range of the column"
	case text == "LIKE or GLOB pattern too complex":
		e.Kind, e.Detail = KindTooLong, "SQLite takes patterns of up to 50,000 bytes"
	default:
		e.Kind, e.Detail = KindSyntax, cmp.Or(sentence(sqliteForms, text, ""), "a function or a virtual table, such as a full text search, did not take what it was given")
	}
}

// sqliteLimits are what SQLite says of statements that are too large, and what is to be said of them; see
// https://www.sqlite.org/limits.html.
var sqliteLimits = map[string]string{
	"Expression tree is too large":      "it is nested deeper than the 1,000 levels that SQLite takes; take less at once",
	"Recursion limit":                   "it is nested deeper than SQLite takes; take less at once",
	"too many terms in compound SELECT": "SQLite takes no more than 500 queries in a union; take less at once",
	"too many SQL variables":            "SQLite takes no more than 32,766 arguments; take less at once, or give a list as one argument",
	"tables in a join":                  "SQLite joins no more than 64 tables; follow fewer references",
	"too many columns in ":              "SQLite takes no more than 2,000 columns; select fewer",
	"too many terms in ORDER BY":        "SQLite takes no more than 2,000 terms in an order; take fewer",
	"too many terms in GROUP BY":        "SQLite takes no more than 2,000 terms in a group; take fewer",
	"too many arguments on function":    "a function has more arguments than SQLite takes; take less at once",
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
