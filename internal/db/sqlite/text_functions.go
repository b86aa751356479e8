package sqlite

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/prom-go/prom/dialect/sqlite"
	"github.com/prom-go/prom/internal/sqlite3"
	"github.com/prom-go/prom/schema"
)

// functions are those that take several arguments, by name.
var functions = map[string]func(args []sqlite3.Arg) sqlite3.Result{
	sqlite.Decimals: decimals, sqlite.Moments: moments, sqlite.Extreme: extreme,
	sqlite.Pad: pad, sqlite.Position: position, sqlite.Begins: begins, sqlite.ParseInt: parseInt,
	sqlite.Excerpt: excerpt, sqlite.RangeCall: rangeCall,
}

// extreme is the greatest or the least of its arguments but the first, which says which one. NULLs are left out, as by
// GREATEST and LEAST of PostgreSQL.
func extreme(args []sqlite3.Arg) sqlite3.Result {
	how, best := args[0].Text, 0
	for i := 1; i < len(args); i++ {
		if args[i].Null {
			continue
		}
		if best == 0 {
			best = i
			continue
		}
		c := compareArgs(args[i], args[best], how[1:])
		if how[0] == '>' && c > 0 || how[0] == '<' && c < 0 {
			best = i
		}
	}
	if best == 0 {
		return sqlite3.Result{}
	}
	return sqlite3.Result{Argument: best + 1}
}

// compareArgs compares two values of one kind: numbers, decimals, intervals, or texts by their bytes.
func compareArgs(a, b sqlite3.Arg, kind string) int {
	switch {
	case kind == "interval":
		return schema.CompareIntervals(a.Text, b.Text)
	case kind == "decimal":
		return schema.CompareDecimals(a.Text, b.Text)
	case a.Type == sqlite3.Integer && b.Type == sqlite3.Integer:
		x, _ := strconv.ParseInt(a.Text, 10, 64)
		y, _ := strconv.ParseInt(b.Text, 10, 64)
		return compare(x, y)
	case a.Type != sqlite3.Text && b.Type != sqlite3.Text:
		return compare(floatArg(a), floatArg(b))
	}
	return strings.Compare(a.Text, b.Text)
}

func compare[N int64 | float64](x, y N) int {
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

func floatArg(a sqlite3.Arg) float64 {
	if a.Type == sqlite3.Float {
		return a.Float
	}
	f, _ := strconv.ParseFloat(a.Text, 64)
	return f
}

// pad is lpad or rpad of PostgreSQL: a text of so many characters, cut behind them or filled by another.
func pad(args []sqlite3.Arg) sqlite3.Result {
	if args[1].Null || args[2].Null || args[3].Null {
		return sqlite3.Result{}
	}
	text, n, fill := args[1].Text, intArg(args[2]), args[3].Text
	have := utf8.RuneCountInString(text)
	if have >= n {
		return sqlite3.Result{Type: sqlite3.Text, Text: text[:byteOf(text, n)]}
	}
	if fill == "" {
		return sqlite3.Result{Type: sqlite3.Text, Text: text}
	}
	lacks := n - have
	filling := strings.Repeat(fill, lacks/utf8.RuneCountInString(fill)+1)
	filling = filling[:byteOf(filling, lacks)]
	if args[0].Text == "left" {
		return sqlite3.Result{Type: sqlite3.Text, Text: filling + text}
	}
	return sqlite3.Result{Type: sqlite3.Text, Text: text + filling}
}

// byteOf returns where so many characters of a text end.
func byteOf(text string, chars int) int {
	for i := range text {
		if chars == 0 {
			return i
		}
		chars--
	}
	return len(text)
}

// position is the number of the character at which a text stands in another, 0 when it does not.
func position(args []sqlite3.Arg) sqlite3.Result {
	if args[0].Null || args[1].Null {
		return sqlite3.Result{}
	}
	n := 0
	if i := strings.Index(args[0].Text, args[1].Text); i >= 0 {
		n = utf8.RuneCountInString(args[0].Text[:i]) + 1
	}
	return sqlite3.Result{Type: sqlite3.Integer, Int: int64(n)}
}

// begins tells whether a text begins with another.
func begins(args []sqlite3.Arg) sqlite3.Result {
	if args[0].Null || args[1].Null {
		return sqlite3.Result{}
	}
	return sqlite3.Result{Type: sqlite3.Integer, Int: truth(strings.HasPrefix(args[0].Text, args[1].Text))}
}

// excerpt is the beginning of a text: so many words.
func excerpt(args []sqlite3.Arg) sqlite3.Result {
	if args[0].Null || args[1].Null {
		return sqlite3.Result{}
	}
	text, n, in := args[0].Text, intArg(args[1]), false
	for i, r := range text {
		switch space := unicode.IsSpace(r); {
		case in && space:
			if n--; n == 0 {
				return sqlite3.Result{Type: sqlite3.Text, Text: text[:i]}
			}
			in = false
		case !space:
			in = true
		}
	}
	return sqlite3.Result{Type: sqlite3.Text, Text: text}
}

// parseInt is the integer that a text is, a sign and digits of ASCII; NULL for another text.
func parseInt(args []sqlite3.Arg) sqlite3.Result {
	n, err := strconv.ParseInt(args[0].Text, 10, 64)
	if args[0].Null || err != nil {
		return sqlite3.Result{}
	}
	return sqlite3.Result{Type: sqlite3.Integer, Int: n}
}

// mostRegexps is how many regular expressions a connection keeps.
const mostRegexps = 16

// regexpMatches tells whether a text matches a regular expression, in a time that grows with the text alone.
func regexpMatches() func(args []sqlite3.Arg) sqlite3.Result {
	kept := map[string]*regexp.Regexp{}
	return func(args []sqlite3.Arg) sqlite3.Result {
		if args[0].Null || args[1].Null {
			return sqlite3.Result{}
		}
		re, ok := kept[args[1].Text]
		if !ok {
			pattern := strings.Clone(args[1].Text)
			var err error
			if re, err = regexp.Compile(pattern); err != nil {
				return sqlite3.Result{Err: "invalid regular expression"}
			}
			if len(kept) == mostRegexps {
				clear(kept)
			}
			kept[pattern] = re
		}
		return sqlite3.Result{Type: sqlite3.Integer, Int: truth(re.MatchString(args[0].Text))}
	}
}
