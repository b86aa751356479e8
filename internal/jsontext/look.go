package jsontext

import (
	"slices"
	"strconv"
	"strings"
)

// Report is what is in a document beyond its values.
type Report struct {
	Depth     int  // of objects and lists within one another
	Surrogate bool // a text has half of a pair of UTF-16, which is no character
	Number    bool // a number is beyond those of PostgreSQL
	Float     bool // a number is beyond those of a float64
	Twice     bool // an object has a key twice
}

// Look looks through a document.
func Look(text string) Report {
	var r Report
	var scopes [8]scope
	var names [24]string
	open, keys := scopes[:0], names[:0]
	for i := 0; i < len(text); {
		switch b := text[i]; {
		case b == '{' || b == '[':
			open = append(open, scope{from: len(keys)})
			r.Depth = max(r.Depth, len(open))
			i++
		case b == '}' || b == ']':
			if n := len(open) - 1; n >= 0 {
				open, keys = open[:n], keys[:open[n].from]
			}
			i++
		case b == '"':
			end := textEnd(text, i)
			name := text[i:end]
			if strings.IndexByte(name, '\\') >= 0 {
				r.Surrogate = r.Surrogate || halves(name)
			}
			if i = end; len(open) > 0 && !r.Twice && isKey(text, end) {
				keys, r.Twice = open[len(open)-1].add(keys, name)
			}
		case b == '-' || b >= '0' && b <= '9':
			end := i + 1
			for end < len(text) && strings.IndexByte("+-.eE0123456789", text[end]) >= 0 {
				end++
			}
			// Shorter ones without an exponent are of no doubt.
			if number := text[i:end]; len(number) > 300 || strings.ContainsAny(number, "eE") {
				r.Number = r.Number || beyondNumeric(number)
				r.Float = r.Float || beyondFloat(number)
			}
			i = end
		default:
			i++
		}
	}
	return r
}

// Last returns a document in which an object has no key twice: of equal ones the last is kept. Another text stays as
// it is, one that is no JSON too.
func Last(text string) string {
	if !Look(text).Twice {
		return text
	}
	if n, ok := parse(text); ok {
		return n.doc()
	}
	return text
}

// isKey reports whether the text that ends at a place is a key.
func isKey(text string, at int) bool {
	for at < len(text) && (text[at] == ' ' || text[at] == '\n' || text[at] == '\t' || text[at] == '\r') {
		at++
	}
	return at < len(text) && text[at] == ':'
}

// scope is an object or a list that is open, with the keys so far.
type scope struct {
	from int             // of its keys, among those of all scopes
	many map[string]bool // instead, once there are many
}

// add adds a key, as it is written, and reports whether it is there already.
func (in *scope) add(keys []string, name string) ([]string, bool) {
	key := unquote(name)
	if in.many != nil {
		twice := in.many[key]
		in.many[key] = true
		return keys, twice
	}
	own := keys[in.from:]
	if slices.Contains(own, key) {
		return keys, true
	}
	if len(own) == few {
		in.many = make(map[string]bool, 4*few)
		for _, k := range own {
			in.many[k] = true
		}
		in.many[key] = true
		return keys[:in.from], false
	}
	return append(keys, key), false
}

// halves reports whether a text as it is written has an escape of a surrogate without its other half.
func halves(name string) bool {
	for i := 0; i < len(name); i++ {
		if name[i] != '\\' {
			continue
		}
		if i++; i == len(name) || name[i] != 'u' {
			continue
		}
		switch c := escaped(name, i-1); {
		case c >= 0xdc00 && c < 0xe000:
			return true
		case c >= 0xd800 && c < 0xdc00:
			if low := escaped(name, i+5); low < 0xdc00 || low >= 0xe000 {
				return true
			}
			i += 6
		}
	}
	return false
}

// escaped returns the number of an escape \u at a place, or 0.
func escaped(name string, at int) uint64 {
	if at+6 > len(name) || name[at] != '\\' || name[at+1] != 'u' {
		return 0
	}
	n, err := strconv.ParseUint(name[at+2:at+6], 16, 16)
	if err != nil {
		return 0
	}
	return n
}

func beyondFloat(number string) bool {
	_, err := strconv.ParseFloat(number, 64)
	return err != nil
}

// The digits that PostgreSQL's numeric, and so its jsonb, has before the point and behind it.
const (
	numericWhole    = 131072
	numericFraction = 16383
)

func beyondNumeric(number string) bool {
	number = strings.TrimPrefix(number, "-")
	digits, exponent := number, 0
	if i := strings.IndexAny(number, "eE"); i >= 0 {
		n, err := strconv.Atoi(number[i+1:])
		if err != nil || n > 1<<29 || n < -1<<29 {
			return true
		}
		digits, exponent = number[:i], n
	}
	whole, fraction, _ := strings.Cut(digits, ".")
	if len(fraction)-exponent > numericFraction {
		return true
	}
	all := whole + fraction
	leading := len(all) - len(strings.TrimLeft(all, "0"))
	return leading < len(all) && len(whole)-leading+exponent > numericWhole
}
