package sqlite

import (
	"strconv"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// The names of the functions behind dialect.Func that SQLite does not have, or not with the meaning of PostgreSQL. They
// are registered with a connection. Those of decimals and times take what they do as their first argument, one of the
// constants below; those of extremes as well, and whether the values are decimals.
const (
	Round    = "prom_round"
	Ceil     = "prom_ceil"
	Floor    = "prom_floor"
	SignOf   = "prom_sign"
	Power    = "prom_power"
	Sqrt     = "prom_sqrt"
	Int      = "prom_int"
	ParseInt = "prom_parse_int"
	Extreme  = "prom_extreme"
	Pad      = "prom_pad"
	Position = "prom_position"
	Begins   = "prom_begins"
	Regexp   = "prom_regexp"

	DecimalAverage = "prom_decimal_avg" // to as many digits as the values have
	Decimals       = "prom_decimals"
	Moments        = "prom_moments"
)

// What [Decimals] does.
const (
	DecimalAdd   = "+"
	DecimalSub   = "-"
	DecimalMul   = "*"
	DecimalDiv   = "/"     // to so many digits, the last argument
	DecimalNeg   = "neg"   // of one
	DecimalAbs   = "abs"   // of one
	DecimalRound = "round" // to so many digits
	DecimalFit   = "fit"   // into a precision and a scale
)

// What [Moments] does.
const (
	TimeAdd    = "add"
	TimeDiff   = "diff"
	TimeTrunc  = "trunc"
	TimePart   = "part"
	TimeDate   = "date"
	TimeDays   = "days"
	TimeMonths = "months"
	DayAdd     = "day"
	DayMonths  = "day months"
	DayDiff    = "day diff"
	DayTrunc   = "day trunc"
	ClockNanos = "clock"
)

var termNames = map[dialect.Func]string{
	dialect.FuncRound: Round, dialect.FuncCeil: Ceil, dialect.FuncFloor: Floor, dialect.FuncSign: SignOf,
	dialect.FuncPower: Power, dialect.FuncSqrt: Sqrt, dialect.FuncInt: Int, dialect.FuncParseInt: ParseInt,
	dialect.FuncPosition: Position, dialect.FuncContains: TextHas, dialect.FuncHasPrefix: Begins,
	dialect.FuncHasSuffix: TextEnds,
}

var decimalOps = map[dialect.Func]string{
	dialect.FuncDecimalAdd: DecimalAdd, dialect.FuncDecimalSub: DecimalSub, dialect.FuncDecimalMul: DecimalMul,
	dialect.FuncDecimalDiv: DecimalDiv, dialect.FuncDecimalNeg: DecimalNeg, dialect.FuncDecimalAbs: DecimalAbs,
	dialect.FuncDecimalRound: DecimalRound, dialect.FuncDecimalOf: DecimalRound,
}

var timeOps = map[dialect.Func]string{
	dialect.FuncTimeAdd: TimeAdd, dialect.FuncTimeDiff: TimeDiff, dialect.FuncTimeTrunc: TimeTrunc,
	dialect.FuncTimePart: TimePart, dialect.FuncTimeDate: TimeDate, dialect.FuncTimeDays: TimeDays,
	dialect.FuncTimeMonths: TimeMonths, dialect.FuncDayAdd: DayAdd, dialect.FuncDayMonths: DayMonths,
	dialect.FuncDayDiff: DayDiff, dialect.FuncDayTrunc: DayTrunc, dialect.FuncClockNanos: ClockNanos,
}

// callTerm returns the call of a function of single values.
func callTerm(fn dialect.Func, c *schema.Column, args []string) string {
	if op, ok := decimalOps[fn]; ok {
		return with(Decimals, op, args)
	}
	if op, ok := timeOps[fn]; ok {
		return with(Moments, op, args)
	}
	switch fn {
	case dialect.FuncGreatest, dialect.FuncLeast:
		op := ">"
		if fn == dialect.FuncLeast {
			op = "<"
		}
		if c.Kind == schema.Decimal {
			op += "decimal"
		}
		if isInterval(c) {
			op += "interval"
		}
		return with(Extreme, op, args)
	case dialect.FuncLPad:
		return with(Pad, "left", args)
	case dialect.FuncRPad:
		return with(Pad, "right", args)
	case dialect.FuncPosition, dialect.FuncContains, dialect.FuncHasPrefix, dialect.FuncHasSuffix, dialect.FuncParseInt:
		for i := range args { // a BLOB counts as a text
			args[i] = "CAST(" + args[i] + " AS TEXT)"
		}
	}
	return compute(termNames[fn], args...)
}

// with returns the call of a function with an operation as its first argument.
func with(name, op string, args []string) string {
	return name + "('" + op + "', " + strings.Join(args, ", ") + ")"
}

// fitDecimal returns a decimal rounded to the digits of a column, or an error when it does not fit.
func fitDecimal(c *schema.Column, expr string) string {
	return with(Decimals, DecimalFit, []string{expr, strconv.Itoa(c.Precision), strconv.Itoa(c.Scale)})
}
