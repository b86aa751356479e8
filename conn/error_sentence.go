package conn

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/prom-go/prom/internal/sqlite3"
)

// What an engine says of a statement helps whoever wrote it, and may hold a value: "invalid input syntax for type
// integer: "S3CRET"", "no such column: S3CRET" of a search in FTS5, the text of a trigger. So a sentence is told when
// it has one of the forms below, and not otherwise:
//
//   - what is in brackets that capture is a name or a piece of SQL, and is told if the statement's own text has it
//     outside of its literals and comments. Arguments are not in that text, in no mode of the driver;
//   - all else in a form is the engine's own words, types, numbers of columns and parameters, and names of the catalog
//     where the engine says that sentence of nothing else;
//   - a form without $ at its end tells its beginning alone: what follows may be a value;
//   - PostgreSQL's Where is empty, or tells a parameter: with a function or a trigger in it, the sentence may be that of
//     a RAISE, or of SQL that was put together from values.
//
// A server that speaks another language than English has no such form, and its SQLSTATE is told.
var postgresForms = map[string][]form{
	"42P01": {{`^relation "([^"]+)" does not exist$`, ""},
		{`^missing FROM-clause entry for table "([^"]+)"$`, ""},
		{`^invalid reference to FROM-clause entry for table "([^"]+)"$`, ""}},
	"42703": {{`^column ([^" ]+) does not exist$`, ""},
		{`^column "([^"]+)" does not exist$`, ""},
		{`^column "([^"]+)" of relation "([^"]+)" does not exist$`, ""},
		{`^column "([^"]+)" named in key does not exist$`, ""}},
	"42883": {{`^function ([^ (]+)\((?:` + types + `(?:, ` + types + `)*)?\) does not exist$`, ""},
		{`^operator does not exist: (?:` + types + ` )?([-+*/<>=~!@#%^&|` + "`" + `?]+) ` + types + `$`, ""}},
	"42804": {{`^column "[^"]+" is of type ` + types + ` but expression is of type ` + types + `$`, ""},
		{`^argument of [A-Z/ ]+ must be type ` + types + `, not type ` + types + `$`, ""},
		{`^[A-Z/ ]+ types ` + types + ` and ` + types + ` cannot be matched$`, ""}},
	"42601": {{`^syntax error at or near "(.+)"$`, "syntax error"},
		{`^syntax error at end of input$`, ""},
		{`^(?:unterminated (?:quoted string|quoted identifier|dollar-quoted string|/\* comment)|zero-length delimited identifier|trailing junk after numeric literal)`, ""},
		{`^each (?:UNION|INTERSECT|EXCEPT) query must have the same number of columns$`, ""},
		{`^INSERT has more (?:expressions than target columns|target columns than expressions)$`, ""},
		{`^VALUES lists must all be the same length$`, ""},
		{`^subquery (?:must return only one column|has too (?:many|few) columns)$`, ""},
		{`^cannot insert multiple commands into a prepared statement$`, ""},
		{`^multiple assignments to same column "([^"]+)"$`, ""}},
	"42803": {{`^column "[^"]+" must appear in the GROUP BY clause or be used in an aggregate function$`, ""},
		{`^aggregate function(?:s| calls) (?:are not allowed in|cannot) [-a-zA-Z ]+$`, ""},
		{`^subquery uses ungrouped column "[^"]+" from outer query$`, ""}},
	"42P20": {{`^window function(?:s| calls) (?:are not allowed in|cannot) [-a-zA-Z ]+$`, ""}},
	"42702": {{`^column reference "([^"]+)" is ambiguous$`, ""}},
	"42712": {{`^table name "([^"]+)" specified more than once$`, ""}},
	"42701": {{`^column "([^"]+)" specified more than once$`, ""}},
	"42704": {{`^(?:type|collation|index|constraint|trigger) "([^"]+)" does not exist$`, ""}},
	"42846": {{`^cannot cast type ` + types + ` to ` + types + `$`, ""}},
	"42809": {{`^"([^"]+)" is (?:a|an|not a|not an) [a-z ]+$`, ""}},
	"42P02": {{`^there is no parameter \$\d+$`, ""}},
	"42P08": {{`^(?:inconsistent types deduced for|could not determine data type of) parameter \$\d+$`, ""}},
	"42P18": {{`^could not determine data type of parameter \$\d+$`, ""}},
	"42P10": {{`^for SELECT DISTINCT, ORDER BY expressions must appear in select list$`, ""},
		{`^(?:ORDER BY|GROUP BY) position \d+ is not in select list$`, ""}},
	"428C9": {{`^cannot insert a non-DEFAULT value into column "[^"]+"$`, ""},
		{`^column "[^"]+" can only be updated to DEFAULT$`, ""}},
	"42501": {{`^permission denied for (?:table|column|sequence|view|materialized view|foreign table|schema|database|function|procedure|type|language|relation|index) [^" ]+$`, ""},
		{`^must be owner of (?:table|column|sequence|view|materialized view|foreign table|schema|database|function|procedure|type|relation|index) [^" ]+$`, ""},
		{`^new row violates row-level security policy (?:"[^"]+" )?(?:\(USING expression\) )?for table "[^"]+"$`, ""},
		{`^query would be affected by row-level security policy for table "[^"]+"$`, ""},
		{`^permission denied to create (?:database|extension "[^"]+")$`, ""}},
	"3F000": {{`^schema "([^"]+)" does not exist$`, ""}, {`^no schema has been selected to create in$`, ""}},
	"0A000": {{`^FOR (?:NO KEY UPDATE|UPDATE|KEY SHARE|SHARE) is not allowed with [-a-zA-Z ]+$`, ""}},
	"22P02": {{`^invalid input syntax for type [a-z0-9_ ]+`, ""}, {`^invalid input value for enum [^": ]+`, ""}},
	"22007": {{`^invalid input syntax for type [a-z0-9_ ]+`, ""}},
	"22001": {{`^value too long for type ` + types + `$`, ""}},
}

// types are the names of types that sentences have, without those that a program defines.
const types = `(?:(?:smallint|integer|bigint|numeric|real|double precision|money|text|character varying|character|"char"|name|bytea|boolean|uuid|jsonb?|jsonpath|xml|date|` +
	`time without time zone|time with time zone|timestamp without time zone|timestamp with time zone|interval|bit|bit varying|inet|cidr|macaddr|oid|regclass|tsvector|tsquery|` +
	`point|unknown|record|any|anyarray|anyelement|int4range|int8range|numrange|tsrange|tstzrange|daterange)(?:\(\d+(?:,\d+)?\))?(?:\[\])?)`

// sqliteForms are those of SQLite's general error, which has no code to tell its sentences apart. They begin with what
// tells the kind already, when there is one.
var sqliteForms = []form{
	{`^near "(.+)": syntax error$`, "syntax error"},
	{`^unrecognized token: `, "it has a token that SQLite does not know"},
	{`^incomplete input$`, ""},
	{`^no such column: "([^"]+)" - should this be a string literal in single-quotes\?$`, ""},
	{`^(?:no such (?:table|column|index|view|trigger|function|collation sequence|window|module)): ([^ ]+)$`, ""},
	{`^table ([^ ]+) has no column named ([^ ]+)$`, ""},
	{`^wrong number of arguments to function ([^ ()]+)\(\)$`, ""},
	{`^(?:misuse of aggregate: |misuse of aggregate function |misuse of window function )([^ ()]+)\(\)$`, ""},
	{`^ambiguous column name: ([^ ]+)$`, ""},
	{`^SELECTs to the left and right of [A-Z ]+ do not have the same number of result columns$`, ""},
	{`^sub-select returns \d+ columns - expected \d+$`, ""},
	{`^\d+ values for \d+ columns$`, ""},
	{`^table ([^ ]+) has \d+ columns but \d+ values were supplied$`, ""},
	{`^all VALUES must have the same number of terms$`, ""},
	{`^cannot modify ([^ ]+) because it is a view$`, ""},
	{`^row value misused$`, ""},
	{`^(?:a GROUP BY|HAVING) clause (?:is required before HAVING|on a non-aggregate query)$`, ""},
	{`^aggregate functions are not allowed in the GROUP BY clause$`, ""},
	{`^(?:ORDER BY|LIMIT) clause should come (?:after|before) [A-Z ]+ not (?:after|before)$`, ""},
	{`^\d+(?:st|nd|rd|th) (?:ORDER|GROUP) BY term (?:out of range - should be between 1 and \d+|does not match any column in the result set)$`, ""},
	{`^DISTINCT (?:aggregates must have exactly one argument|is not supported for window functions)$`, ""},
	{`^no tables specified$`, ""},
	{`^malformed JSON$`, ""},
	{`^bad JSON path: `, "the path of JSON is not understood"},
	{`^fts5: syntax error near `, "the query of MATCH has a syntax error"},
	{`^unterminated string`, "a text or a query of MATCH has no closing quote"},
	{`^datatype mismatch$`, "the value has not the type of the primary key, an integer"},
	{`^cannot store (?:TEXT|BLOB|INT|REAL|NULL|NUMERIC) value in [A-Z]+ column [^ ]+$`, ""},
}

// form is a form of a sentence, and what is told when it is one and a name in it is not the statement's: "" is nothing.
// Without brackets it is told instead of the sentence.
type form struct {
	pattern string
	instead string
}

var compiledForms = map[string]*regexp.Regexp{}

func init() {
	for _, list := range postgresForms {
		for _, f := range list {
			compiledForms[f.pattern] = regexp.MustCompile(f.pattern)
		}
	}
	for _, f := range sqliteForms {
		compiledForms[f.pattern] = regexp.MustCompile(f.pattern)
	}
}

// sentence returns what may be told of an engine's sentence about a statement, "" for nothing.
func sentence(forms []form, text, sql string) string {
	for _, f := range forms {
		m := compiledForms[f.pattern].FindStringSubmatch(text)
		switch {
		case m == nil:
			continue
		case len(m) == 1 && f.instead != "":
			return f.instead
		}
		outside := outsideLiterals(sql)
		for _, name := range m[1:] {
			if !isIn(outside, name) {
				return f.instead
			}
		}
		return m[0]
	}
	return ""
}

// tell adds what the engine said of a statement, as far as it holds no values.
func (e *Error) tell(sql string) {
	if !e.untold {
		return
	}
	e.untold = false
	var pg *pgconn.PgError
	var lite *sqlite3.Error
	switch {
	case errors.As(e.Err, &pg):
		e.tellPostgres(pg, sql)
	case errors.As(e.Err, &lite):
		e.Detail = sentence(sqliteForms, lite.Message, sql)
		if e.Kind == KindNoTable || e.Kind == KindNoColumn {
			e.Detail = nameAlone(e.Detail) // the kind says the rest
		}
	}
}

// nameAlone is the name in one of SQLite's sentences about a table or column that is missing.
func nameAlone(said string) string {
	for _, phrase := range []string{"no such table: ", "no such column: ", " has no column named "} {
		if name, ok := after(said, phrase); ok {
			name, _, _ = strings.Cut(name, " - should this be")
			return strings.Trim(name, `"`)
		}
	}
	return said
}

var (
	inParameter = regexp.MustCompile(`^(?:unnamed portal|portal "[^"]*") (parameter \$\d+)(?: = |$)`)
	inCopy      = regexp.MustCompile(`^COPY ([^ ,]+), line \d+, column ([^ :]+)(?:: |$)`)
)

func (e *Error) tellPostgres(pg *pgconn.PgError, sql string) {
	parameter := inParameter.FindStringSubmatch(pg.Where)
	column := inCopy.FindStringSubmatch(pg.Where)
	switch {
	case column != nil:
		e.Table, e.Columns = column[1], []string{column[2]}
	case pg.Where != "" && parameter == nil:
		return
	}
	if said := sentence(postgresForms[pg.Code], pg.Message, sql); said != "" {
		e.Detail = said
	}
	switch {
	case parameter != nil:
		e.Detail += ": " + parameter[1]
	case pg.Code == "42601" && pg.Position > 0:
		e.Detail += fmt.Sprintf(" at character %d of the statement", pg.Position)
	}
}

// outsideLiterals returns a statement in lower case and with blanks for its literals and comments. It returns "" for one
// whose literals are not certain, because of a backslash before a quote or of one that does not end.
func outsideLiterals(sql string) string {
	if strings.Contains(sql, `\'`) {
		return ""
	}
	var b strings.Builder
	for rest := sql; rest != ""; {
		skip, end := 0, ""
		switch {
		case rest[0] == '\'':
			skip, end = 1, "'" // a doubled quote begins a literal again
		case strings.HasPrefix(rest, "--"):
			skip, end = 2, "\n"
		case strings.HasPrefix(rest, "/*"):
			skip, end = 2, "*/"
		case rest[0] == '$' && !endsInWord(b.String()):
			if tag := dollarTag.FindString(rest); tag != "" {
				skip, end = len(tag), tag
			}
		case rest[0] == '"' || rest[0] == '`':
			n := strings.IndexByte(rest[1:], rest[0])
			if n < 0 {
				return ""
			}
			b.WriteString(rest[:n+2])
			rest = rest[n+2:]
			continue
		}
		if end == "" {
			b.WriteByte(rest[0])
			rest = rest[1:]
			continue
		}
		n := strings.Index(rest[skip:], end)
		if n < 0 && end != "\n" || strings.Contains(rest[skip:skip+max(n, 0)], "/*") && end == "*/" {
			return ""
		}
		b.WriteByte(' ')
		if n < 0 {
			break
		}
		rest = rest[skip+n+len(end):]
	}
	return strings.ToLower(b.String())
}

var dollarTag = regexp.MustCompile(`^\$(?:[\pL_][\pL\d_]*)?\$`)

// isIn reports whether a statement, without its literals, has a name: each part of it, as a word of its own.
func isIn(statement, name string) bool {
	if strings.Trim(name, ".") == "" {
		return name != "" && strings.Contains(statement, name)
	}
	for part := range strings.SplitSeq(strings.ToLower(name), ".") {
		if !hasWord(statement, strings.Trim(part, `"`)) {
			return false
		}
	}
	return true
}

func isLetter(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

func endsInWord(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return isLetter(r)
}

func hasWord(s, word string) bool {
	if word == "" {
		return false
	}
	for from := 0; ; {
		i := strings.Index(s[from:], word)
		if i < 0 {
			return false
		}
		i += from
		first, _ := utf8.DecodeRuneInString(word)
		after, _ := utf8.DecodeRuneInString(s[i+len(word):])
		if !(isLetter(first) && endsInWord(s[:i])) && !(endsInWord(word) && isLetter(after)) {
			return true
		}
		from = i + 1
	}
}
