package query_test

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that functions of texts give the same on both engines, with characters beyond ASCII, of empty texts and NULL.
func TestTextFunctions(t *testing.T) {
	t.Parallel()
	null := prom.Null[string](reading)
	row := Reading{Name: "añ_%b😀", Part: ptr("ñ_%"), Any: "AÑB"}
	each(t, []Reading{row}, map[string]struct {
		shown shown
		want  string
	}{
		"lpad":              {show(prom.LPad(ReadingName, 9, "xy")), "xyxañ_%b😀"},
		"rpad":              {show(prom.RPad(ReadingName, 8, "é1")), "añ_%b😀é1"},
		"lpad cuts":         {show(prom.LPad(ReadingName, 2, "x")), "añ"},
		"rpad cuts":         {show(prom.RPad(ReadingName, 6, "x")), "añ_%b😀"},
		"lpad 0":            {show(prom.LPad(ReadingName, 0, "x")), ""},
		"lpad with nothing": {show(prom.LPad(ReadingName, 9, "")), "añ_%b😀"},
		"lpad null":         {show(prom.LPad(null, 9, "x")), "NULL"},
		"lpad negative":     {show(prom.LPad(ReadingName, -1, "x")), "validation"},
		"lpad huge":         {show(prom.RPad(ReadingName, 1<<21, "x")), "validation"},
		"lpad NUL":          {show(prom.RPad(ReadingName, 20, "\x00")), "validation"},
		"position":          {show(prom.Position(ReadingName, ReadingPart)), "2"},
		"position of none":  {show(prom.Position(ReadingName, constant("x"))), "0"},
		"position of empty": {show(prom.Position(ReadingName, constant(""))), "1"},
		"position null":     {show(prom.Position(ReadingName, null)), "NULL"},
		"position no case":  {show(prom.Position(ReadingAny, constant("b"))), "0"},
		"contains":          {showCond(prom.Contains(ReadingName, ReadingPart)), "true"},
		"contains not":      {showCond(prom.Contains(ReadingName, constant("ñ%"))), "false"},
		"contains any":      {showCond(prom.Contains(ReadingName, constant("_"))), "true"},
		"contains no case":  {showCond(prom.Contains(ReadingAny, constant("aÑ"))), "false"},
		"contains lower":    {showCond(prom.Contains(prom.Lower(ReadingAny), prom.Lower(constant("aÑ")))), "true"},
		"contains empty":    {showCond(prom.Contains(ReadingName, constant(""))), "true"},
		"contains null":     {showCond(prom.Contains(ReadingName, null)), "NULL"},
		"null contains":     {showCond(prom.Contains(null, ReadingName)), "NULL"},
		"prefix":            {showCond(prom.HasPrefix(ReadingName, prom.Concat(constant("a"), ReadingPart))), "true"},
		"prefix not":        {showCond(prom.HasPrefix(ReadingName, ReadingPart)), "false"},
		"prefix longer":     {showCond(prom.HasPrefix(ReadingPart, ReadingName)), "false"},
		"prefix no case":    {showCond(prom.HasPrefix(ReadingAny, constant("a"))), "false"},
		"suffix":            {showCond(prom.HasSuffix(ReadingName, constant("b😀"))), "true"},
		"suffix wild":       {showCond(prom.HasSuffix(ReadingName, constant("_😀"))), "false"},
		"suffix null":       {showCond(prom.HasSuffix(ReadingName, null)), "NULL"},
		"int":               {show(prom.ParseInt(constant("-0012"))), "-12"},
		"int plus":          {show(prom.ParseInt(constant("+7"))), "7"},
		"int greatest":      {show(prom.ParseInt(constant("9223372036854775807"))), "9223372036854775807"},
		"int least":         {show(prom.ParseInt(constant("-9223372036854775808"))), "-9223372036854775808"},
		"int too great":     {show(prom.ParseInt(constant("9223372036854775808"))), "NULL"},
		"int too small":     {show(prom.ParseInt(constant("-9223372036854775809"))), "NULL"},
		"int far too great": {show(prom.ParseInt(constant(strings.Repeat("9", 400)))), "NULL"},
		"int spaces":        {show(prom.ParseInt(constant(" 1"))), "NULL"},
		"int line":          {show(prom.ParseInt(constant("1\n"))), "NULL"},
		"int point":         {show(prom.ParseInt(constant("1.0"))), "NULL"},
		"int empty":         {show(prom.ParseInt(constant(""))), "NULL"},
		"int arabic":        {show(prom.ParseInt(constant("١"))), "NULL"},
		"int under":         {show(prom.ParseInt(constant("1_0"))), "NULL"},
		"int of null":       {show(prom.ParseInt(null)), "NULL"},
		"int of column":     {show(prom.ParseInt(ReadingName)), "NULL"},
	})
}

// Ensure that regular expressions match the same texts on both engines, which are those that Go's package matches.
func TestRegexpLike(t *testing.T) {
	t.Parallel()
	texts := []string{"", "a", "A", "ab", "Ab\n", "a\nb", "x1-y_2", "k", "\u212a", "ñandú", "Straße", "STRASSE", "😀",
		"a.b", "a*b", "aaaa", "the end", "lend", "]", "^", "-", `\`, "١", "\t"}
	patterns := []string{
		"", "a", "^a", "b$", "^$", "a.b", "(?s)a.b", "(?m)^b$", "(?m)^$", "(?i)a", "(?i)k", "(?i)ß", "(?i)straSSe", `\d`, `\D`, `\w+`, `\W`, `\s`, `\S$`,
		"[a-c]", "[^a-c]", "[^a-z]", `[\]^-]`, `[^\]^-]`, `a\.b`, `a\*b`, `\\`, "^a{2,3}$", "^a{4}$", "a{2,}", "(a|b)+", "^(a|ab)(c|$)", "(?:ab)?$", "a*?b",
		`\bend`, `\Bend`, `^\b`, `\b$`, `\pL`, `^\PL`, `\p{Greek}`, "[[:alpha:]]", "[[:^alpha:]]", "😀", "[😀-😂]", `\x{1F600}`, "(^a)*", "(?:$|b)+", `(|a)+$`,
		`\Aa`, `a\z`, `\Qa.b\E`, "(?U)a+", `(?P<x>a)b`, "ñ|ß", "[ñß]", "^.$", "^(?s:.)$", `\w\b`, "x|y|z", `\t`, `[\t-\r]`, "^[^x]*$",
	}
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		rows := make([]Reading, len(texts))
		for i, s := range texts {
			rows[i] = Reading{Name: s, Any: s}
		}
		repo := newReadings(t, e.DSN, rows...)
		for _, p := range patterns {
			re := regexp.MustCompile(p)
			for _, field := range []prom.Term[*Reading, string]{ReadingName, ReadingAny,
				prom.Concat(ReadingName, constant(""))} {
				for _, not := range []bool{false, true} {
					cond := prom.RegexpLike(field, p)
					if not {
						cond = prom.Not(cond)
					}
					got, err := prom.Pluck(repo.Where(cond).OrderBy(ReadingID.Asc()), ReadingName).All(t.Context())
					is.NoErr(err)
					var want []string
					for _, s := range texts {
						if re.MatchString(s) != not {
							want = append(want, s)
						}
					}
					if !slices.Equal(got, want) {
						t.Errorf("%s, not %t: %q, not %q", p, not, got, want)
					}
				}
			}
		}
		n, err := repo.Where(prom.RegexpLike(ReadingPart, "")).Count(t.Context())
		is.NoErr(err)
		is.Equal(n, 0) // NULL
		for _, p := range []string{"(", `\1`, "(?=a)", "a{256}", "a{1001}", "a**", "\xff", "[^\\x00-\\x{10FFFF}]",
			"secret("} {
			_, err := repo.Where(prom.RegexpLike(ReadingName, p)).Count(t.Context())
			is.True(errors.Is(err, prom.ErrValidation))
			is.True(!strings.Contains(err.Error(), "secret"))
		}
	})
}
