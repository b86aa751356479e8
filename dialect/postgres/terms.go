package postgres

import (
	"strconv"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// callTerm returns the call of a function of single values.
func callTerm(fn dialect.Func, c *schema.Column, args []string) string {
	if fn >= dialect.FuncDecimalAdd && fn <= dialect.FuncDecimalOf {
		return callDecimal(fn, c, args)
	}
	if fn >= dialect.FuncTimeAdd {
		return callTime(fn, args)
	}
	integer := c.Kind.Integer()
	switch fn {
	case dialect.FuncRound:
		switch {
		case !integer: // the digits are those by which the float is written
			return "round(" + wide(c, args[0]) + "::text::numeric, " + args[1] + ")::double precision"
		case !strings.HasPrefix(args[1], "-"):
			return wide(c, args[0])
		}
		return "round(" + args[0] + "::numeric, " + args[1] + ")" + intType(c)
	case dialect.FuncCeil, dialect.FuncFloor:
		if integer {
			return wide(c, args[0])
		}
		name := "ceil"
		if fn == dialect.FuncFloor {
			name = "floor"
		}
		return "(" + name + "(" + wide(c, args[0]) + ") + 0)" // a negative zero becomes zero
	case dialect.FuncSign:
		return "sign(" + args[0] + ")::bigint"
	case dialect.FuncPower:
		return number(floats, "power("+args[0]+"::double precision, "+args[1]+"::double precision)")
	case dialect.FuncSqrt:
		return "sqrt(" + args[0] + "::double precision)"
	case dialect.FuncInt:
		if integer {
			return args[0] + "::bigint"
		}
		return "trunc(" + args[0] + ")::bigint"
	case dialect.FuncGreatest, dialect.FuncLeast:
		interval := strings.EqualFold(c.SQLType, "interval")
		if interval {
			for i := range args {
				args[i] += "::interval"
			}
		} else if c.Kind == schema.Text {
			for i := range args { // one of them may have another collation, which the others must not meet
				args[i] = byBytes(args[i])
			}
		}
		name := "GREATEST"
		if fn == dialect.FuncLeast {
			name = "LEAST"
		}
		call := name + "(" + strings.Join(args, ", ") + ")"
		if interval {
			return call + "::text"
		}
		return call
	case dialect.FuncLPad:
		return "lpad(" + strings.Join(args, ", ") + ")"
	case dialect.FuncRPad:
		return "rpad(" + strings.Join(args, ", ") + ")"
	case dialect.FuncPosition:
		return "strpos(" + byBytes(args[0]) + ", " + byBytes(args[1]) + ")::bigint"
	case dialect.FuncContains:
		return "(strpos(" + byBytes(args[0]) + ", " + byBytes(args[1]) + ") > 0)"
	case dialect.FuncHasPrefix:
		return "starts_with(" + byBytes(args[0]) + ", " + byBytes(args[1]) + ")"
	case dialect.FuncHasSuffix:
		return "starts_with(reverse(" + byBytes(args[0]) + "), reverse(" + byBytes(args[1]) + "))"
	}
	// GREATEST and LEAST leave a NULL out, so that NULL is beyond 64 bits as well.
	const low, high = "-9223372036854775809", "9223372036854775808"
	digits := "substring(" + byBytes(args[0]) + ` from '^[+-]{0,1}[0-9]+$')::numeric`
	return "NULLIF(NULLIF(LEAST(GREATEST(" + digits + ", " + low + "), " + high + "), " + low + "), " + high + ")::bigint"
}

// floats stands for the kind of a float.
var floats = &schema.Column{Kind: schema.Float64}

// byBytes returns a text in a collation that compares by bytes, as SQLite does.
func byBytes(expr string) string { return "(" + expr + `)::text COLLATE "C"` }

// intType returns the cast to what integers are computed with.
func intType(c *schema.Column) string {
	if c.Kind == schema.Uint64 {
		return ""
	}
	return "::bigint"
}

// callDecimal returns the call of a function of decimals.
func callDecimal(fn dialect.Func, c *schema.Column, args []string) string {
	switch fn {
	case dialect.FuncDecimalAdd:
		return "(" + args[0] + " + " + args[1] + ")"
	case dialect.FuncDecimalSub:
		return "(" + args[0] + " - " + args[1] + ")"
	case dialect.FuncDecimalMul:
		return "(" + args[0] + " * " + args[1] + ")"
	case dialect.FuncDecimalDiv:
		// The operator / rounds to as many digits as it likes. Cut behind one digit more, a half is still a half.
		n, _ := strconv.Atoi(args[2])
		more := strconv.Itoa(n + 1)
		return "round(div(" + args[0] + " * 1e" + more + ", NULLIF(" + args[1] + ", 0)) * 1e-" + more + ", " + args[2] + ")"
	case dialect.FuncDecimalNeg:
		return "(- " + args[0] + ")"
	case dialect.FuncDecimalAbs:
		return "abs(" + args[0] + ")"
	case dialect.FuncDecimalRound:
		return "round(" + args[0] + ", " + args[1] + ")"
	}
	if c.Kind == schema.Float32 || c.Kind == schema.Float64 {
		args[0] = wide(c, args[0]) + "::text"
	}
	return "round(" + args[0] + "::numeric, " + args[1] + ")"
}

// callTime returns the call of a function of instants and days.
func callTime(fn dialect.Func, args []string) string {
	zoned := func(i int) string { return "(" + args[i] + " AT TIME ZONE " + args[i+1] + ")" }
	switch fn {
	case dialect.FuncTimeAdd: // in two steps, since an interval is multiplied as a float
		const hour = "3600000000000"
		return inYears(args[0] + " + " + args[1] + " / " + hour + " * interval '1 hour' + " +
			args[2] + " % " + hour + " / 1000 * interval '1 microsecond'")
	case dialect.FuncTimeDiff:
		// Before version 14 EXTRACT gives floats, which hold whole seconds, and microseconds of a minute.
		return "((EXTRACT(EPOCH FROM date_trunc('second', " + args[0] + " - " + args[1] + "))::bigint * 1000000 + " +
			"EXTRACT(MICROSECONDS FROM " + args[2] + " - " + args[3] + ")::bigint % 1000000) * 1000)"
	case dialect.FuncTimeTrunc:
		return "date_trunc('" + unitName(args[1]) + "', " + args[0] + ", " + args[2] + ")"
	case dialect.FuncTimePart:
		p, _ := strconv.Atoi(args[2])
		return extract(dialect.DatePart(p), args[0]+" AT TIME ZONE "+args[1])
	case dialect.FuncTimeDate:
		return zoned(0) + "::date"
	case dialect.FuncTimeDays:
		return inYears("(" + zoned(0) + " + make_interval(days => " + args[2] + "::integer)) AT TIME ZONE " + args[3])
	case dialect.FuncTimeMonths:
		return inYears("(" + zoned(0) + " + make_interval(months => " + args[2] + "::integer)) AT TIME ZONE " + args[3])
	case dialect.FuncDayAdd:
		return dayInYears(args[0] + " + " + args[1] + "::integer")
	case dialect.FuncDayMonths:
		return dayInYears("(" + args[0] + "::timestamp + make_interval(months => " + args[1] + "::integer))::date")
	case dialect.FuncDayDiff:
		return "(- (" + args[0] + " - " + args[1] + "))::bigint"
	case dialect.FuncDayTrunc:
		return "date_trunc('" + unitName(args[1]) + "', " + args[0] + "::timestamp)::date"
	}
	return "((EXTRACT(EPOCH FROM " + args[0] + ") * 1000000)::bigint * 1000)" // FuncClockNanos
}

// inYears returns an instant that is an error outside of the years 1 to 9999, which a time can have: a range whose
// upper bound is less than its lower one is one. A bound that is NULL is none, and NULL again.
func inYears(expr string) string {
	below := "lower(tstzrange(" + expr + ", '9999-12-31 23:59:59.999999+00', '[]'))"
	return "upper(tstzrange('0001-01-01 00:00:00+00', " + below + ", '[]'))"
}

// dayInYears is [inYears] for a day. The upper bound of a range of days is the day behind it.
func dayInYears(expr string) string {
	return "(upper(daterange('0001-01-01', lower(daterange(" + expr + ", '9999-12-31', '[]')), '[]')) - 1)"
}

// unitName returns the name of a unit that is given by its number.
func unitName(number string) string {
	n, _ := strconv.Atoi(number)
	return dialect.UnitNames[n]
}
