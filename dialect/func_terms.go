package dialect

// Functions of single values beyond those that all engines share by name. Numbers among the arguments of which it is
// said so are written into the text; the others are SQL, used once each, in their order.
const (
	FuncRound    Func = 128 + iota // of a number, to so many digits behind the point (a number); halves away from zero
	FuncCeil                       // of a number
	FuncFloor                      // of a number
	FuncSign                       // of a number: -1, 0 or 1
	FuncPower                      // of two numbers, as floats
	FuncSqrt                       // of a number, as a float
	FuncInt                        // a number cut towards zero
	FuncGreatest                   // of values of one kind, NULLs left out
	FuncLeast                      // of values of one kind, NULLs left out

	FuncLPad      // a text of so many characters, filled on the left by another
	FuncRPad      // a text of so many characters, filled on the right by another
	FuncPosition  // of the first place in a text where another stands, from 1; 0 for none
	FuncContains  // whether a text has another in it
	FuncHasPrefix // whether a text begins with another
	FuncHasSuffix // whether a text ends with another
	FuncParseInt  // the integer that a text is, NULL when it is none of 64 bits

	FuncDecimalAdd   // a + b of decimals
	FuncDecimalSub   // a - b of decimals
	FuncDecimalMul   // a * b of decimals
	FuncDecimalDiv   // to so many digits behind the point (a number)
	FuncDecimalNeg   // -a of a decimal
	FuncDecimalAbs   // the absolute value of a decimal
	FuncDecimalRound // to so many digits behind the point (a number)
	FuncDecimalOf    // a number as a decimal, rounded to so many digits behind the point (a number)

	FuncTimeAdd    // an instant and a duration in nanoseconds, which is given twice
	FuncTimeDiff   // an instant less another in nanoseconds, both given twice
	FuncTimeTrunc  // an instant cut to a unit (a number), in a zone
	FuncTimePart   // a part (a number) of an instant, in a zone
	FuncTimeDate   // the day of an instant, in a zone
	FuncTimeDays   // an instant, in a zone, a number of days, the zone again
	FuncTimeMonths // an instant, in a zone, a number of months, the zone again
	FuncDayAdd     // a day and a number of days
	FuncDayMonths  // a day and a number of months
	FuncDayDiff    // the days from a day to another
	FuncDayTrunc   // a day cut to a unit (a number)
	FuncClockNanos // a time of day in nanoseconds
)

// OfTerms reports whether a function is one of single values, of those that are not called by a name that engines
// share.
func (f Func) OfTerms() bool { return f >= FuncRound && f <= FuncClockNanos }

// Unit is a unit of time, to which instants and days are truncated.
type Unit uint8

// The units, as PostgreSQL's date_trunc knows them. Weeks are those of ISO 8601 and begin on Monday.
const (
	NoUnit      Unit = iota // none
	UnitYear                // the year
	UnitQuarter             // the quarter
	UnitMonth               // the month
	UnitWeek                // the week
	UnitDay                 // the day
	UnitHour                // the hour
	UnitMinute              // the minute
	UnitSecond              // the second
)

// UnitNames are the names of units, as date_trunc takes them.
var UnitNames = [...]string{
	UnitYear: "year", UnitQuarter: "quarter", UnitMonth: "month", UnitWeek: "week", UnitDay: "day",
	UnitHour: "hour", UnitMinute: "minute", UnitSecond: "second",
}
