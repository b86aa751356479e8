package sqlite

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/prom-go/prom/dialect/sqlite"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/sqlite3"
	"github.com/prom-go/prom/schema"
)

// timeLayouts are the texts of times that are understood beside this library's own: what SQLite's functions write,
// what Python's prom wrote, and what drivers of database/sql make of a time. A fraction of any length may follow the
// seconds. Without a zone they are UTC.
var timeLayouts = []string{
	"2006-01-02T15:04:05Z07:00",
	"2006-01-02 15:04:05Z07:00",
	"2006-01-02T15:04:05",
	"2006-01-02 15:04:05",
	"20060102T150405Z07:00",
	"20060102T150405",
	"2006-01-02T15:04",
	"2006-01-02 15:04",
	"2006-01-02T15:04Z",
	"2006-01-02 15:04Z",
	"2006-01-02",
	"20060102",
	"2006-01-02 15:04:05 -0700 MST",
}

func parseTime(s string) (time.Time, bool) {
	s, _, _ = strings.Cut(s, " m=") // of a time that was printed with its monotonic clock
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), true
		}
	}
	// A number in a column of texts is a Unix time.
	if f, err := strconv.ParseFloat(s, 64); err == nil {
		return unixFloat(f)
	}
	return time.Time{}, false
}

// The Unix times of the years 0 to 9999, which are those that a time can be.
const earliestUnix, latestUnix = -62167219200, 253402300799

// unixTime reads seconds. What is beyond the year 9999 counts milliseconds, or something smaller.
func unixTime(n int64) (time.Time, bool) {
	return time.Unix(n, 0).UTC(), n >= earliestUnix && n <= latestUnix
}

// unixFloat reads seconds with a fraction. A number that may be a Julian day is not read as one of the first weeks of
// 1970.
func unixFloat(f float64) (time.Time, bool) {
	if !(f >= earliestUnix && f < latestUnix+1) || sqlite.MayBeJulian(f) {
		return time.Time{}, false
	}
	return time.UnixMicro(int64(math.Round(f * 1e6))).UTC(), true
}

// parseBool reads the words for truth values that others store in columns of SQLite, which has none of its own.
func parseBool(s string) (b, ok bool) {
	switch strings.ToLower(s) {
	case "t", "true", "1":
		return true, true
	case "f", "false", "0":
		return false, true
	}
	return false, false
}

// parseFloat reads the digits of a number.
func parseFloat(s string) (float64, bool) {
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil && !math.IsNaN(f) && !strings.ContainsAny(s, "xXpP_")
}

// liteKinds are the kinds that the function [sqlite.Value] knows, by name.
var liteKinds = map[string]schema.Kind{
	schema.Bool.String(): schema.Bool, schema.Time.String(): schema.Time, schema.Date.String(): schema.Date,
	schema.Clock.String(): schema.Clock, schema.UUID.String(): schema.UUID,
}

// unreadValue begins the error of [liteValue], which holds no value.
const unreadValue = sqlite.Value + ": "

// liteValue is the function [sqlite.Value]: it reads a value as [liteRows] does, and gives it in this library's own
// form.
func liteValue(args []sqlite3.Arg) sqlite3.Result {
	kind, v := liteKinds[args[0].Text], args[1]
	if v.Null {
		return sqlite3.Result{}
	}
	var text []byte
	switch kind {
	case schema.Bool:
		if b, ok := parseBool(v.Text); ok && (v.Type == sqlite3.Integer || v.Type == sqlite3.Text) {
			n := int64(0)
			if b {
				n = 1
			}
			return sqlite3.Result{Type: sqlite3.Integer, Int: n}
		}
	case schema.Time, schema.Date:
		if t, ok := liteTime(v); ok {
			if kind == schema.Date {
				text = sqlite.AppendDate(nil, t)
			} else {
				text = sqlite.AppendTime(nil, t)
			}
		}
	case schema.Clock:
		if d, err := driver.ParseClock(v.Text); err == nil && v.Type == sqlite3.Text {
			text = sqlite.AppendClock(nil, d)
		}
	case schema.UUID:
		if u, err := uuid.Parse(v.Text); err == nil {
			text = []byte(u.String())
		} else if v.Text == "" {
			text = []byte{}
		}
	}
	if text == nil {
		holds := "the column " + args[2].Text + " holds " + classNames[v.Type]
		return sqlite3.Result{Err: unreadValue + holds + ", which cannot be read as a " + kind.String()}
	}
	return sqlite3.Result{Type: sqlite3.Text, Text: string(text)}
}

// liteTime reads a time; see [liteRows.Time].
func liteTime(v sqlite3.Arg) (time.Time, bool) {
	switch v.Type {
	case sqlite3.Text:
		if t, ok := sqlite.ParseTime([]byte(v.Text)); ok {
			return t, true
		}
		return parseTime(v.Text)
	case sqlite3.Integer:
		n, err := strconv.ParseInt(v.Text, 10, 64)
		t, ok := unixTime(n)
		return t, ok && err == nil
	case sqlite3.Float:
		return unixFloat(v.Float)
	}
	return time.Time{}, false
}
