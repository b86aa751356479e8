package sqlite

import (
	"time"

	"github.com/prom-go/prom/dialect/sqlite"
	"github.com/prom-go/prom/internal/span"
	"github.com/prom-go/prom/internal/sqlite3"
	"github.com/prom-go/prom/schema"
)

const errRangeText = "malformed range"

// rangeCall is the function [sqlite.RangeCall]: what PostgreSQL computes with ranges.
func rangeCall(args []sqlite3.Arg) sqlite3.Result {
	for _, a := range args {
		if a.Null {
			return sqlite3.Result{}
		}
	}
	op := args[0].Text
	l, err := span.Parse(args[1].Text)
	if err != nil {
		return sqlite3.Result{Err: errRangeText}
	}
	is := func(b bool) sqlite3.Result { return sqlite3.Result{Type: sqlite3.Integer, Int: truth(b)} }
	switch op {
	case sqlite.RangeIsEmpty:
		return is(len(l) == 0)
	case sqlite.RangeLower, sqlite.RangeUpper:
		if len(l) == 0 {
			return sqlite3.Result{}
		}
		if op == sqlite.RangeLower {
			return rangeEnd(l[0].Lower, args[2].Text)
		}
		return rangeEnd(l[len(l)-1].Upper, args[2].Text)
	case sqlite.RangeContainsElem:
		v, err := span.ParseValue(args[2].Text)
		if err != nil {
			return sqlite3.Result{Err: errRangeText}
		}
		return is(l.Has(v))
	}
	o, err := span.Parse(args[2].Text)
	if err != nil {
		return sqlite3.Result{Err: errRangeText}
	}
	switch op {
	case sqlite.RangeContains:
		return is(l.Contains(o))
	case sqlite.RangeOverlaps:
		return is(l.Overlaps(o))
	case sqlite.RangeAdjacent:
		return is(l.Adjacent(o))
	}
	return is(l.Before(o))
}

// rangeEnd returns a bound as a value of a kind.
func rangeEnd(e span.End, kind string) sqlite3.Result {
	switch {
	case e.Unbounded:
		return sqlite3.Result{}
	case e.Time && kind == schema.Date.String():
		return sqlite3.Result{Type: sqlite3.Text, Text: string(sqlite.AppendDate(nil, time.UnixMicro(e.N).UTC()))}
	case e.Time:
		return sqlite3.Result{Type: sqlite3.Text, Text: string(sqlite.AppendTime(nil, time.UnixMicro(e.N)))}
	case kind == schema.Decimal.String():
		return sqlite3.Result{Type: sqlite3.Text, Text: e.Number()}
	}
	return sqlite3.Result{Type: sqlite3.Integer, Int: e.N}
}
