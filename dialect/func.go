package dialect

import "strings"

// names are the functions whose names all engines share.
var names = [...]string{
	FuncAbs: "abs", FuncLower: "lower", FuncUpper: "upper", FuncLength: "length", FuncTrim: "trim", FuncReplace: "replace",
	FuncSubstr: "substr", FuncCoalesce: "coalesce", FuncRandom: "random",
	FuncCount: "count", FuncSum: "sum", FuncAvg: "avg", FuncMin: "min", FuncMax: "max",
	FuncVarPop: "var_pop", FuncVarSamp: "var_samp", FuncStddevPop: "stddev_pop", FuncStddevSamp: "stddev_samp",
	FuncRowNumber: "row_number", FuncRank: "rank", FuncDenseRank: "dense_rank", FuncNtile: "ntile",
	FuncLag: "lag", FuncLead: "lead", FuncFirstValue: "first_value", FuncLastValue: "last_value",
	FuncNthValue: "nth_value", FuncPercentRank: "percent_rank", FuncCumeDist: "cume_dist",
}

var operators = [...]string{
	FuncAdd: " + ", FuncSub: " - ", FuncMul: " * ", FuncDiv: " / ", FuncMod: " % ", FuncConcat: " || ",
}

// Operator reports whether a function is written between its arguments.
func (f Func) Operator() bool { return int(f) < len(operators) && operators[f] != "" }

// PlainCall returns the call of a function as all engines write it.
func PlainCall(fn Func, args ...string) string {
	switch {
	case fn == FuncNeg:
		return "(- " + args[0] + ")"
	case fn.Operator():
		return "(" + strings.Join(args, operators[fn]) + ")"
	}
	return names[fn] + "(" + strings.Join(args, ", ") + ")"
}

// Distinct returns the argument of an aggregate that takes equal values once.
func Distinct(distinct bool, arg string) string {
	if distinct {
		return "DISTINCT " + arg
	}
	return arg
}

// OfList reports whether the first argument of a function is a list.
func (f Func) OfList() bool { return f >= FuncListEq && f <= FuncListJoin }

// OfJSON reports whether the first argument of a function is a JSON document.
func (f Func) OfJSON() bool { return f >= FuncJSONText && f <= FuncJSONType }

// IntRange returns the least and the greatest number that a function gives, of those that read whole numbers out of
// JSON.
func (f Func) IntRange() (low, high string) {
	switch f {
	case FuncJSONInt8:
		return "-128", "127"
	case FuncJSONInt16:
		return "-32768", "32767"
	case FuncJSONInt32:
		return "-2147483648", "2147483647"
	case FuncJSONUint8:
		return "0", "255"
	case FuncJSONUint16:
		return "0", "65535"
	case FuncJSONUint32:
		return "0", "4294967295"
	}
	return "-9223372036854775808", "9223372036854775807"
}

// Aggregate reports whether a function computes one value from many rows.
func (f Func) Aggregate() bool { return f >= FuncCount && f <= FuncStddevSamp }
